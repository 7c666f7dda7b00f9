"""Table contracts: what keeps them passes, what breaks them is named."""

from __future__ import annotations

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from schemas.contract import check, conform, schema_of
from schemas.core import CORE_TABLES, Agency
from schemas.errors import ContractError
from schemas.tables import STORED_TABLES
from tests.builders import row

BREACHES = {
    "a column is missing": lambda frame: frame.drop("name"),
    "a column is too many": lambda frame: frame.with_columns(surplus=1),
    "a dtype is wrong": lambda frame: frame.with_columns(name=pl.lit(1)),
    "an inner dtype is wrong": lambda frame: frame.with_columns(aka=pl.lit([1])),
    "a required cell is null": lambda frame: frame.with_columns(status=pl.lit(None, dtype=pl.String)),
    "columns are out of order": lambda frame: frame.select(frame.columns[::-1]),
}


def test_a_valid_row_passes():
    """A contract that refuses good rows would stop every night."""
    frame = row("agency")
    assert check(frame, Agency).equals(frame)


@pytest.mark.parametrize("breach", BREACHES)
def test_every_breach_is_refused_as_pandera_refuses_it(breach):
    """The quick look must never let through what pandera would stop."""
    broken = BREACHES[breach](row("agency"))
    with pytest.raises(ContractError, match="Agency breaks its contract"):
        check(broken, Agency)
    with pytest.raises(SchemaErrors):
        Agency.to_schema().validate(broken, lazy=True)


def test_the_message_names_columns_and_never_a_value():
    """A broken contract is reported by people; no record may be in the message."""
    broken = row("agency", name="A Very Private Name").with_columns(status=pl.lit(None, dtype=pl.String))
    with pytest.raises(ContractError) as fault:
        check(broken, Agency)
    assert "status" in str(fault.value)
    assert "Private" not in str(fault.value)


def test_conform_adds_what_is_missing_and_drops_what_is_too_much():
    """Stages may build only the columns they know."""
    frame = row("agency")
    loose = frame.select("name", *[name for name in frame.columns if name not in {"name", "county"}]).with_columns(
        surplus=1
    )
    assert conform(loose, Agency).equals(frame.with_columns(county=pl.lit(None, dtype=pl.String)))


@pytest.mark.parametrize("name", STORED_TABLES)
def test_every_column_is_described(name):
    """The data dictionary is made of these sentences."""
    for column in STORED_TABLES[name].to_schema().columns.values():
        assert column.description, column.name


SUFFIXES = {"_on": pl.Date, "_count": pl.Int64, "_share": pl.Float64, "_score": pl.Float64, "_probability": pl.Float64, "_uid": pl.String,
            "_id": pl.String, "_key": pl.String, "_written": pl.String, "_minutes": pl.Float64}  # fmt: skip


@pytest.mark.parametrize("name", CORE_TABLES)
def test_suffixes_mean_what_they_say(name):
    """A column named `_on` that is no day would be compared as text."""
    for column, dtype in schema_of(CORE_TABLES[name]).items():
        for suffix, wanted in SUFFIXES.items():
            if column.endswith(suffix):
                assert dtype == wanted, column
        if column.startswith(("is_", "has_")):
            assert dtype == pl.Boolean, column
