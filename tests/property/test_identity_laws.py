"""Laws of identifiers: whole columns give what one value at a time gives."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.identity import hashed_uids, record_uids
from schemas.identity import dependent_uid, record_uid

_KINDS = st.sampled_from(["agency", "site", "service", "service_at_site"])
# Trimmed, as normalize hands them on; letters of any script, and UUIDs in either case.
_NUMBERS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=40),
    st.uuids().map(str),
    st.uuids().map(lambda value: str(value).upper()),
    st.uuids().map(lambda value: f"{value}x"),
)


@given(
    rows=st.lists(st.tuples(_KINDS, _NUMBERS), min_size=1, max_size=20),
    center_id=st.sampled_from(["dc211", "Prairie 211", "é"]),
)
def test_ids_of_a_column_are_the_ids_of_its_records(rows: list[tuple[str, str]], center_id: str) -> None:
    """Records would change their ids, and lose what people decided about them, if the two ways ever differed."""
    frame = pl.DataFrame(rows, schema={"kind": pl.String, "native_id": pl.String}, orient="row")
    expected = [record_uid(center_id, kind, number) for kind, number in rows]
    assert record_uids(frame, center_id=center_id).to_list() == expected


@given(owners=st.lists(st.tuples(_KINDS, _NUMBERS, _NUMBERS), min_size=1, max_size=20))
def test_ids_of_dependent_rows_are_those_of_single_rows(owners: list[tuple[str, str, str]]) -> None:
    """Phones and addresses keep their ids between versions of the program; a name that is not there gives no id."""
    names = [f"phone:{kind}:{owner}:{slot}" for kind, owner, slot in owners]
    expected = [dependent_uid("dc211", "phone", kind, owner, slot) for kind, owner, slot in owners]
    assert hashed_uids(pl.Series([*names, None], dtype=pl.String), center_id="dc211").to_list() == [*expected, None]
