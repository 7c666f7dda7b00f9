"""Laws of matching that hold for any list."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.agencies import group_pairs, score_candidates
from pipeline.match.candidates import propose_candidates
from pipeline.match.compared import prepare
from pipeline.match.listing import entities_of_list
from schemas.match_parameters import MatchParameters

PARAMETERS = MatchParameters()

_NAMES = st.sampled_from(
    (
        *(
            "Harbor Light Mission",
            "Harbor Ligth Mission",
            "The Harbor Light",
            "HLM",
            "Lantern Ward 1",
            "Lantern Ward 7",
        ),
        *("Prairie Legal Aid - North", "Prairie Legal Aid - South", "Prairie Legal Aid", "", "unknown", "Springfield"),
    )
)
_ADDRESSES = st.sampled_from((None, "12 Main St", "12 Main Street, Suite 4", "14 Main St", "PO Box 12", "Main St"))
_PHONES = st.sampled_from((None, "217-555-0101", "(217) 555-0102", "800 555 0142", "000-0000"))
_ZIPS = st.sampled_from((None, "62701", "62702-1234", "6270"))
_RECORD = st.tuples(_NAMES, _ADDRESSES, _ZIPS, _PHONES)
_RECORDS = st.lists(_RECORD, min_size=0, max_size=9)


def listed(rows: list[tuple[str, str | None, str | None, str | None]]) -> pl.DataFrame:
    """The rows as a list with ids in their order."""
    return pl.DataFrame(
        [(f"{number:02}", *row) for number, row in enumerate(rows)],
        schema=dict.fromkeys(("id", "name", "address", "postal_code", "phone"), pl.String),
        orient="row",
    )


def match(records: pl.DataFrame) -> pl.DataFrame:
    """All candidates of a list, scored."""
    entities = entities_of_list(records, parameters=PARAMETERS)
    compared = prepare(entities, profile=PARAMETERS.agency, parameters=PARAMETERS)
    return score_candidates(propose_candidates(compared), compared, parameters=PARAMETERS)


@settings(max_examples=12, deadline=None)
@given(_RECORDS)
def test_candidates_are_in_one_order_and_none_twice(rows: list[tuple[str, str | None, str | None, str | None]]) -> None:
    """Otherwise a pair is asked twice, or once from either side."""
    scored = match(listed(rows))
    assert scored.filter(pl.col("uid_a") >= pl.col("uid_b")).is_empty()
    assert scored.select("uid_a", "uid_b").is_unique().all()
    assert scored["score"].is_between(0, 1).all()
    assert scored["score"].is_not_nan().all()


@settings(max_examples=12, deadline=None)
@given(_RECORDS, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_row_order(
    rows: list[tuple[str, str | None, str | None, str | None]], random: object
) -> None:
    """Otherwise the same export in another order gives another queue."""
    records = listed(rows)
    shuffled = records.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 9999))  # type: ignore[attr-defined]
    assert match(records).equals(match(shuffled))


@settings(max_examples=12, deadline=None)
@given(_RECORDS)
def test_scores_are_symmetric(rows: list[tuple[str, str | None, str | None, str | None]]) -> None:
    """Otherwise "A is like B" and "B is like A" are two different answers."""
    records = listed(rows)
    last = len(rows) - 1
    mirrored = records.with_columns(
        id=pl.Series([f"{last - number:02}" for number in range(len(rows))], dtype=pl.String)
    )
    names = {f"{number:02}": f"{last - number:02}" for number in range(len(rows))}
    one = match(records).select("uid_a", "uid_b", pl.col("score").round(9), "band")
    other = match(mirrored).select(
        uid_a=pl.col("uid_b").replace(names),
        uid_b=pl.col("uid_a").replace(names),
        score=pl.col("score").round(9),
        band="band",
    )
    assert one.sort("uid_a", "uid_b").equals(other.sort("uid_a", "uid_b"))


@settings(max_examples=12, deadline=None)
@given(_RECORDS)
def test_no_group_holds_a_pair_that_speaks_against(
    rows: list[tuple[str, str | None, str | None, str | None]],
) -> None:
    """Otherwise a proposed group joins what the evidence keeps apart."""
    scored = match(listed(rows))
    member = group_pairs(scored, profile=PARAMETERS.agency).cluster.select("cluster_id", "record_uid")
    assert member["record_uid"].is_unique().all()
    together = scored.join(member.rename({"cluster_id": "one", "record_uid": "uid_a"}), on="uid_a").join(
        member.rename({"cluster_id": "other", "record_uid": "uid_b"}), on="uid_b"
    )
    inside = together.filter(pl.col("one") == pl.col("other"))
    assert not inside["is_vetoed"].any()
    assert (inside["band"] != "related").all()


def test_identical_full_records_reach_the_top() -> None:
    """Otherwise exact copies, the plainest duplicates of all, are not called duplicates."""
    row = ("Harbor Light Mission", "12 Main St", "62701", "217-555-0101")
    scored = match(listed([row, row, ("Prairie Legal Aid", "9 Elm St", "62702", "217-555-0102")]))
    top = scored.filter((pl.col("uid_a") == "00") & (pl.col("uid_b") == "01")).row(0, named=True)
    assert top["band"] == "duplicate"
    assert top["score"] > 0.99
