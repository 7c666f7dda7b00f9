from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from pipeline.audit.assignment import Auditor, assign_auditors, read_auditors
from schemas.auditing import DrawItem
from schemas.contract import empty_table, schema_of
from schemas.errors import UsageError

ANN, BEN, CY = (Auditor(name=name) for name in ("Ann", "Ben", "Cy"))


def items_of(count: int, **columns: Sequence[object]) -> pl.DataFrame:
    """Return drawn records r00, r01 and so on."""
    rows = [
        dict.fromkeys(schema_of(DrawItem))
        | {
            "batch_id": "b1",
            "rank": place + 1,
            "center_id": "c1",
            "record_uid": f"r{place:02}",
            "stratum": "all",
            "u": place / 100,
            "inclusion_probability": 0.1,
        }
        | {name: values[place] for name, values in columns.items()}
        for place in range(count)
    ]
    return pl.DataFrame(rows, schema=schema_of(DrawItem))


def assigned(
    items: pl.DataFrame,
    *auditors: Auditor,
    curators: Mapping[tuple[str, str], Sequence[str]] | None = None,
    share: float = 0.0,
    minimum: int = 0,
    seed: str = "2026Q4",
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Share out the records, by default none of them twice."""
    return assign_auditors(
        items, auditors=auditors, curators=curators or {}, seed=seed, second_share=share, second_minimum=minimum
    )


def work_of(items: pl.DataFrame) -> dict[str, float]:
    """Return the minutes of every auditor, second opinions included."""
    names = [name for role in ("auditor", "second_rater") for name in items.get_column(role).drop_nulls().unique()]
    return {
        name: sum(
            float(items.filter(pl.col(role) == name).get_column("minutes").sum())
            for role in ("auditor", "second_rater")
        )
        for name in sorted(set(names))
    }


def twice(items: pl.DataFrame) -> list[str]:
    """Return the records that are scored twice."""
    return items.drop_nulls("second_rater").get_column("record_uid").to_list()


def test_nobody_audits_own_records() -> None:
    items, _ = assigned(items_of(12, curator=["Ann", "Ben", "Cy"] * 4), ANN, BEN, CY, share=1.0)
    for row in items.iter_rows(named=True):
        assert len({row["curator"], row["auditor"], row["second_rater"]}) == 3


def test_nobody_audits_a_record_of_which_they_curate_a_part() -> None:
    curators = {("c1", f"r{place:02}"): ["dee", "Ann"] for place in range(0, 10, 2)}
    items, _ = assigned(items_of(10, curator=["dee"] * 10), ANN, BEN, curators=curators)
    assert items.get_column("auditor").to_list()[::2] == ["Ben"] * 5
    assert items.get_column("auditor").to_list()[1::2] == ["Ann"] * 5


def test_curator_of_the_same_record_number_in_another_center_is_somebody_else() -> None:
    items, _ = assigned(items_of(1), ANN, curators={("c2", "r00"): ["Ann"]})
    assert items.get_column("auditor").to_list() == ["Ann"]


@pytest.mark.parametrize("curator", ["ANN", "ann", " Ann ", "jdoe", "JDoe", "Jane DOE"])
def test_own_records_are_known_in_whatever_case(curator: str) -> None:
    (ann,) = read_auditors(["Ann = jdoe, jane doe"])
    assert ann.owns([curator])
    assert not ann.owns(["Anna", "", "doe"])
    items, _ = assigned(items_of(3, curator=[curator] * 3), ann, BEN)
    assert items.get_column("auditor").to_list() == ["Ben"] * 3


def test_work_is_shared_out_in_minutes() -> None:
    minutes = [120.0, *[10.0] * 12]
    items, _ = assigned(items_of(13, minutes=minutes), ANN, BEN)
    assert work_of(items) == {"Ann": 120, "Ben": 120}
    assert items.filter(pl.col("auditor") == "Ann").get_column("record_uid").to_list() == ["r00"]


def test_work_of_many_sizes_differs_by_less_than_the_largest_record() -> None:
    minutes = [float(5 + place * 7919 % 56) for place in range(64)]
    items, _ = assigned(items_of(64, minutes=minutes), ANN, BEN, CY, share=0.15, minimum=20)
    work = work_of(items)
    assert max(work.values()) - min(work.values()) <= max(minutes)


def test_records_without_minutes_count_alike() -> None:
    items, _ = assigned(items_of(9), ANN, BEN, CY)
    assert items.get_column("auditor").value_counts().get_column("count").to_list() == [3, 3, 3]


def test_records_that_few_may_audit_are_given_first() -> None:
    curators = {("c1", f"r{place:02}"): ["Ben"] for place in range(5, 10)}
    items, _ = assigned(items_of(10), ANN, BEN, curators=curators)
    assert items.get_column("auditor").to_list() == ["Ben"] * 5 + ["Ann"] * 5


def test_record_that_nobody_may_audit_is_told() -> None:
    curators = {("c1", "r01"): ["ann", "ben"]}
    items, told = assigned(items_of(3), ANN, BEN, curators=curators)
    assert items.get_column("auditor").is_null().to_list() == [False, True, False]
    assert told == (
        "1 of 3 drawn records have no auditor: every auditor curates a part of them. Name another auditor.",
    )


def test_nobody_named_leaves_everything_open() -> None:
    items, told = assigned(items_of(3), share=0.5)
    assert items.get_column("auditor").null_count() == 3
    assert told == ()
    empty = empty_table(DrawItem)
    assert assigned(empty, ANN, BEN, share=0.5, minimum=20)[0].equals(empty)


@pytest.mark.parametrize(
    ("count", "share", "minimum", "expected"),
    [(100, 0.15, 0, 15), (100, 0.15, 20, 20), (138, 0.15, 20, 21), (200, 0.15, 20, 30), (10, 0.15, 20, 10), (30, 0.1, 0, 3)],
)  # fmt: skip
def test_second_opinions_by_share_and_minimum(count: int, share: float, minimum: int, expected: int) -> None:
    items, _ = assigned(items_of(count), ANN, BEN, CY, share=share, minimum=minimum)
    assert len(twice(items)) == expected
    both = items.drop_nulls("second_rater")
    assert (both.get_column("auditor") != both.get_column("second_rater")).all()


def test_share_of_0_scores_nothing_twice_whatever_the_minimum() -> None:
    items, told = assigned(items_of(30), ANN, BEN, share=0.0, minimum=20)
    assert (twice(items), told) == ([], ())


def test_second_auditor_does_not_curate_the_record_either() -> None:
    curators = {("c1", f"r{place:02}"): ["Cy"] for place in range(20)}
    items, _ = assigned(items_of(20), ANN, BEN, CY, curators=curators, share=1.0)
    assert set(items.get_column("second_rater").to_list()) == {"Ann", "Ben"}
    assert set(items.get_column("auditor").to_list()) == {"Ann", "Ben"}


def test_more_than_a_fifth_scored_twice_is_told() -> None:
    _, told = assigned(items_of(60), ANN, BEN, share=0.15, minimum=20)
    assert told == ("20 of 60 records are scored twice: below 20 an agreement says little. Fewer: --second-minimum.",)
    assert assigned(items_of(100), ANN, BEN, share=0.15, minimum=20)[1] == ()


def test_one_auditor_alone_gives_no_second_opinion_and_is_told() -> None:
    items, told = assigned(items_of(30), ANN, share=0.1)
    assert items.get_column("auditor").to_list() == ["Ann"] * 30
    assert twice(items) == []
    assert told == (
        "Only 0 of the 3 records that should be scored twice have a second auditor: name at least two auditors.",
    )


def test_too_few_others_for_a_second_opinion_is_told() -> None:
    curators = {("c1", f"r{place:02}"): ["Ben"] for place in range(2, 10)}
    items, told = assigned(items_of(10), ANN, BEN, curators=curators, share=0.5)
    assert twice(items) == ["r00", "r01"]
    assert told == ("Only 2 of the 5 records that should be scored twice have a second auditor; name more auditors.",)


def test_assignments_are_kept_and_count_as_work() -> None:
    before = items_of(8, minutes=[10.0] * 8, auditor=["Ann"] * 4 + [None] * 4, second_rater=["Cy", *[None] * 7])
    items, _ = assigned(before, ANN, BEN, share=0.25)
    assert items.get_column("auditor").to_list() == ["Ann"] * 4 + ["Ben"] * 4
    assert items.get_column("second_rater").to_list()[0] == "Cy"
    assert len(twice(items)) == 2


def test_auditor_who_is_named_no_more_keeps_the_records() -> None:
    items, _ = assigned(items_of(2, auditor=["Zoe", None]), ANN, BEN, share=1.0)
    assert items.get_column("auditor").to_list()[0] == "Zoe"
    assert items.get_column("second_rater").to_list()[0] in ("Ann", "Ben")


def test_second_auditor_is_another_person_however_the_name_is_written() -> None:
    items, _ = assigned(items_of(6, auditor=["ann"] * 6), ANN, BEN, share=1.0)
    assert items.get_column("second_rater").to_list() == ["Ben"] * 6


def test_more_drawn_keep_their_second_opinions_from_the_smaller_sample() -> None:
    small, _ = assigned(items_of(40), ANN, BEN, CY, share=0.25)
    first = set(twice(small))
    blanks: list[None] = [None] * 20
    larger = items_of(
        60,
        auditor=[*small.get_column("auditor").to_list(), *blanks],
        second_rater=[*small.get_column("second_rater").to_list(), *blanks],
    )
    after, _ = assigned(larger, ANN, BEN, CY, share=0.25)
    assert first < set(twice(after))
    assert len(twice(after)) == 15
    assert after.head(40).get_column("auditor").equals(small.get_column("auditor"))


def test_same_people_and_records_give_the_same_assignment() -> None:
    items = items_of(50, minutes=[float(place % 7) for place in range(50)])
    first = assigned(items, ANN, BEN, CY, share=0.2)
    assert assigned(items, ANN, BEN, CY, share=0.2)[0].equals(first[0])
    assert assigned(items, CY, ANN, BEN, share=0.2)[0].equals(first[0])
    by_rank = assigned(items.reverse(), ANN, BEN, CY, share=0.2)[0].sort("rank")
    assert by_rank.equals(first[0])
    assert first[0].drop("auditor", "second_rater").equals(items.drop("auditor", "second_rater"))


def test_who_is_scored_twice_goes_by_the_seed_and_not_by_rank() -> None:
    one, other = (twice(assigned(items_of(50), ANN, BEN, share=0.2, seed=seed)[0]) for seed in ("2026Q4", "2027Q1"))
    assert one != other
    assert one != [f"r{place:02}" for place in range(10)]


def test_auditors_are_read_with_what_is_theirs() -> None:
    assert read_auditors(["Ann = jdoe, ann", " Ben ", "Cy ="]) == (
        Auditor(name="Ann", curates=frozenset({"jdoe", "ann"})),
        BEN,
        CY,
    )


@pytest.mark.parametrize("texts", [["  "], ["= jdoe"], ["Ann", "ann"], ["Ann", "Ben", "ANN = jdoe"]])
def test_auditors_without_name_or_named_twice_are_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError, match=r"has no name|is named twice"):
        read_auditors(texts)
