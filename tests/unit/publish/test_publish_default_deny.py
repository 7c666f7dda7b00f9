"""Default deny: a column leaves only when somebody has decided that it may."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.publish.public_directory import columns_read, make_public
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.parameters import ExportParameters, PrivacyParameters
from schemas.public_columns import internal_columns, public_tables
from schemas.quality import Finding
from tests.property.test_publish_laws import AS_OF

RECORDS = ("agency", "site", "service", "service_at_site")


@pytest.mark.parametrize("table", [name for name in CORE_TABLES if name != "translation"])
def test_every_column_is_decided_about(table):
    """A new column would be forgotten, or would slip out."""
    shared = internal_columns()["record" if table in RECORDS else "owned"]
    decided = {*public_tables()[table].columns, *shared, *internal_columns().get(table, ())}
    undecided = [column for column in schema_of(CORE_TABLES[table]) if column not in decided]
    assert not undecided, f"say in schemas/public_columns.toml whether {', '.join(undecided)} of {table} may leave"


@pytest.mark.parametrize("table", list(public_tables()))
def test_no_column_is_both_public_and_internal(table):
    shared = internal_columns()["record" if table in RECORDS else "owned"]
    internal = {*shared, *internal_columns().get(table, ())} - {"origin"}
    assert internal.isdisjoint(public_tables()[table].columns)


def public_of(directory: Directory):
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=AS_OF,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
    )


def test_unknown_column_stays(small):
    """Tomorrow's column of the directory software would be in the statewide directory the same night."""
    directory = small.directory(small.rows())
    odd = Directory(
        **{name: table.with_columns(pl.lit("secret").alias("new_column")) for name, table in directory.tables().items()}
    )
    assert all("new_column" not in frame.columns for frame in public_of(odd).tables().values())


def test_columns_that_are_read_are_enough(small):
    """An export that reads less would decide otherwise."""
    directory = small.directory(small.rows())
    part = Directory(
        **{
            name: table.select(columns_read()[name]) if name in columns_read() else table
            for name, table in directory.tables().items()
        }
    )
    whole, less = public_of(directory), public_of(part)
    assert whole.removed == less.removed
    for name, frame in whole.tables().items():
        assert frame.equals(less.tables()[name]), name
