from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from pipeline.audit.answers import AnswerEntry, fold_answers
from pipeline.audit.calibration import Agreement, compare_opinions, differing_items, measure_agreement
from schemas.auditing import Score
from schemas.contract import conform, empty_table
from schemas.scorecard import REMARK_ID

FIRST = {"accuracy.name": "yes", "accuracy.fees": "yes", "indexing.terms": "no"}


def entry(
    sequence: int, role: str, answers: Mapping[str, str | None], *, record: str = "r1", auditor: str | None = None
) -> AnswerEntry:
    """Return the log entry of one opinion of a record; the auditor is called after the role."""
    rows = [
        {"center_id": "c1", "record_uid": record, "item_id": item_id, "answer": answer, "comment": f"by {role}"}
        for item_id, answer in answers.items()
    ]
    payload = {"auditor": auditor or role.title(), "role": role, "rows": rows}
    return AnswerEntry(sequence=sequence, handed_in_on=date(2026, 11, 20), batch_id="b1", payload=payload)


def opinions(*entries: AnswerEntry) -> pl.DataFrame:
    """Return the opinions beside each other."""
    return compare_opinions(fold_answers(entries))


def bands(*pairs: tuple[str | None, str | None], unanswered: int = 0) -> pl.DataFrame:
    """Return the scores of both opinions about records r0, r1 and so on."""
    rows = [
        {
            "batch_id": "b1",
            "center_id": "c1",
            "record_uid": f"r{place}",
            "auditor": role,
            "role": role,
            "unanswered": unanswered,
            "faults": 0,
            "critical_errors": 0,
            "band": band,
        }
        for place, pair in enumerate(pairs)
        for role, band in zip(("first", "second"), pair, strict=True)
    ]
    return conform(pl.DataFrame(rows, schema_overrides={"band": pl.String}), Score)


def by_name(told: list[Agreement]) -> dict[str, Agreement]:
    """Return the agreements by what they are about."""
    return {one.about: one for one in told}


def figures(one: Agreement) -> tuple[float | None, ...]:
    """Return percent, kappa and alpha."""
    return one.percent, one.kappa, one.alpha


def test_items_of_records_scored_twice_stand_beside_each_other() -> None:
    both = opinions(
        entry(1, "first", FIRST),
        entry(2, "second", FIRST | {"accuracy.fees": "no"}),
        entry(3, "first", FIRST, record="r2"),
        entry(4, "third", {"accuracy.fees": "no"}),
        entry(5, "third", {"accuracy.fees": "no"}, record="r2"),
    )
    assert both.select("record_uid", "item_id", "first", "second", "third").rows() == [
        ("r1", "accuracy.fees", "yes", "no", "no"),
        ("r1", "accuracy.name", "yes", "yes", None),
        ("r1", "indexing.terms", "no", "no", None),
    ]
    assert both.select("auditor_first", "auditor_second", "auditor_third", "comment_second").row(0) == (
        "First",
        "Second",
        "Third",
        "by second",
    )


def test_item_that_one_of_two_left_open_is_shown_but_does_not_count() -> None:
    both = opinions(
        entry(1, "first", FIRST | {REMARK_ID: None}),
        entry(2, "second", {"accuracy.name": "yes", "accuracy.area": "no"}),
    )
    assert both.select("item_id", "first", "second").rows() == [
        ("accuracy.area", None, "no"),
        ("accuracy.fees", "yes", None),
        ("accuracy.name", "yes", "yes"),
        ("indexing.terms", "no", None),
    ]
    assert differing_items(both).is_empty()
    assert by_name(measure_agreement(both, scores=empty_table(Score)))["all"].pairs == 1


def test_corrected_answers_are_compared() -> None:
    both = opinions(
        entry(1, "first", FIRST),
        entry(2, "second", {"accuracy.name": "no"}),
        entry(3, "second", {"accuracy.name": "yes"}),
    )
    assert differing_items(both).is_empty()


def test_differing_items_are_those_with_two_answers() -> None:
    both = opinions(
        entry(1, "first", FIRST),
        entry(2, "second", {"accuracy.name": "yes", "accuracy.fees": "not applicable", "indexing.terms": "yes"}),
    )
    assert differing_items(both).select("item_id", "first", "second").rows() == [
        ("accuracy.fees", "yes", "not applicable"),
        ("indexing.terms", "no", "yes"),
    ]


def test_agreement_over_all_and_by_criterion() -> None:
    """The table K1: 24 yes-yes, 2 yes-no, 1 no-yes, 3 no-no, of the fees; all names agree."""
    pairs = [("yes", "yes")] * 24 + [("yes", "no")] * 2 + [("no", "yes")] + [("no", "no")] * 3
    entries = []
    for place, (first, second) in enumerate(pairs):
        answers = [{"accuracy.fees": one, "grammar.spelling": "yes"} for one in (first, second)]
        entries += [
            entry(2 * place + 1, "first", answers[0], record=f"r{place:02}"),
            entry(2 * place + 2, "second", answers[1], record=f"r{place:02}"),
        ]
    told = measure_agreement(opinions(*entries), scores=empty_table(Score))
    assert [one.about for one in told] == ["all", "accuracy", "grammar"]
    found = by_name(told)
    assert found["accuracy"].pairs == 30
    assert figures(found["accuracy"]) == pytest.approx((0.9, 0.608696, 0.614379), abs=1e-6)
    assert found["grammar"] == Agreement(about="grammar", pairs=30, percent=1, kappa=None, alpha=None)
    assert found["all"].pairs == 60
    assert found["all"].percent == pytest.approx(57 / 60)


def test_agreement_of_bands_is_ordered() -> None:
    """The table K3."""
    names, table = ("fail", "coaching", "meets"), [[12, 2, 0], [3, 6, 1], [0, 1, 5]]
    pairs = [
        (names[first], names[second])
        for first, row in enumerate(table)
        for second, count in enumerate(row)
        for _ in range(count)
    ]
    told = measure_agreement(opinions(), scores=bands(*pairs))
    made = by_name(told)["bands"]
    assert made.pairs == 30
    assert figures(made) == pytest.approx((0.766667, 0.715447, 0.783340), abs=1e-6)


def test_bands_all_alike_are_not_defined() -> None:
    made = by_name(measure_agreement(opinions(), scores=bands(*[("meets", "meets")] * 7)))["bands"]
    assert made == Agreement(about="bands", pairs=7, percent=1, kappa=None, alpha=None)


def test_bands_of_records_not_finished_by_both_do_not_count() -> None:
    finished = bands(("meets", "meets"), ("meets", None))
    assert by_name(measure_agreement(opinions(), scores=finished))["bands"].pairs == 1
    assert "bands" not in by_name(measure_agreement(opinions(), scores=bands(("meets", "fail"), unanswered=1)))
    half = finished.filter(pl.col("role") == "first")
    assert "bands" not in by_name(measure_agreement(opinions(), scores=half))


def test_nothing_scored_twice_has_no_agreement() -> None:
    told = measure_agreement(opinions(entry(1, "first", FIRST)), scores=empty_table(Score))
    assert told == [Agreement(about="all", pairs=0, percent=None, kappa=None, alpha=None)]
