"""Laws of the rules: whatever the directory, order and neighbors must not matter."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.validate.records import validate_directory
from schemas.directory import Directory
from schemas.parameters import FreshnessRule, ValidateParameters
from tests.unit.validate.full_directory import (
    ALL_FIELDS,
    AS_OF,
    Parts,
    full_parts,
    join_notes,
    join_parts,
    validate_parts,
)

BANDS = ("FRE-001", "FRE-002", "FRE-003", "FRE-012")
TEXT = st.one_of(
    st.none(),
    st.sampled_from(["None", "tbd", "9 to 5", "Mon-Fri", "http://", "x@gmail.com", "Ms. Who"]),
    st.text(max_size=12),
)
DAY = st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2030, 1, 1)))
CODE = st.one_of(
    st.sampled_from(["BD", "BD-1800", "BD-1800.2000", "YB-8000", "bd-1800"]), st.text("BDY-.018L", max_size=8)
)


@st.composite
def centers(draw: st.DrawFn, name: str = "test") -> Parts:
    """One center with anything in its fields."""
    parts = full_parts(name)
    for kind in ("agency", "site", "service"):
        texts = ["name", "description", "hours", "email_written", "url_written", "curator"]
        if kind == "service":
            texts += ["intake", "documents", "eligibility", "area_served", "fees"]
        parts.one(kind).update({column: draw(TEXT) for column in texts})
        parts.one(kind).update({column: draw(DAY) for column in ("verified_on", "edited_on", "created_on")})
    for code in draw(st.lists(CODE, max_size=4, unique=True)):
        parts.link(code, joined_codes=draw(st.lists(CODE, max_size=2)))
    parts.one("service").update(draw(st.sampled_from([{}, {"agency_uid": None}, {"is_confidential_place": True}])))
    return parts


def shuffled(directory: Directory, seed: int) -> Directory:
    """Return the directory with the rows of every table in another order."""
    return Directory(
        **{name: table.sample(fraction=1, shuffle=True, seed=seed) for name, table in directory.tables().items()}
    )


@settings(max_examples=4, deadline=None)
@given(first=centers("a"), second=centers("b"), seed=st.integers(0, 1000))
def test_row_order_and_neighbors_do_not_matter(first: Parts, second: Parts, seed: int):
    """Two runs over the same export must give the same list, or every comparison of nights is noise."""
    options = {
        "notes": join_notes([first, second]),
        "carried": {"a": ALL_FIELDS, "b": ALL_FIELDS},
        "as_of": AS_OF,
        "parameters": ValidateParameters(),
        "freshness": FreshnessRule(),
    }
    together = join_parts([first, second])
    findings = validate_directory(together, **options).findings
    assert validate_directory(shuffled(together, seed), **options).findings.equals(findings)
    alone = validate_parts([first]).findings
    assert findings.filter(pl.col("center_id") == "a").equals(alone)


@settings(max_examples=8, deadline=None)
@given(parts=centers())
def test_findings_are_unique_and_known(parts: Parts):
    """Whatever stands in the fields: one finding per record, rule and field, in one band, with all sentences."""
    findings = parts.validate().findings
    assert findings.get_column("finding_id").is_unique().all()
    assert findings.select("record_uid", "rule_id", "field").is_unique().all()
    bands = findings.filter(pl.col("rule_id").is_in(BANDS))
    assert bands.get_column("record_uid").is_unique().all()
    assert findings.select("message", "how_to_fix", "expected").null_count().sum_horizontal().item() == 0
    assert (findings.get_column("value").str.len_chars().fill_null(0) <= ValidateParameters().value_length).all()
