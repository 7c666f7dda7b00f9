"""What a center's own verdicts say about the threshold."""

from __future__ import annotations

import pytest

from pipeline.curate.threshold_advice import advise, wilson_interval
from pipeline.curate.verdict_log import fold_verdicts
from tests.verdict_entries import Log, pair


def log_of(*said: tuple[float, str, str]) -> Log:
    """One verdict per pair: score, band, verdict."""
    log = Log()
    for number, (score, band, verdict) in enumerate(said):
        log.say(f"a{number:03}", f"b{number:03}", verdict)
        log.entries[-1].payload.update(score=score, band=band)
    return log


def advice_of(log: Log, *, enough: int = 5, relations=None):
    return advise(fold_verdicts(log.entries), relations=relations or {}, enough=enough)


def test_the_interval_is_that_of_the_book() -> None:
    """Worked by hand: 9 of 10 and 0 of 10 at 95 %."""
    assert wilson_interval(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_each_band_tells_how_often_it_was_right() -> None:
    """A coordinator sees whether the upper band can be trusted."""
    log = log_of(
        *[(0.97, "duplicate", "same")] * 19, (0.9, "duplicate", "different"),
        (0.5, "possible", "same"), (0.4, "possible", "different"), (0.4, "possible", "unsure"),
    )  # fmt: skip
    found = advice_of(log)
    duplicate, possible, below = found.bands
    assert (duplicate.same, duplicate.different, duplicate.share) == (19, 1, 0.95)
    assert (possible.same, possible.different, possible.share) == (1, 1, 0.5)
    assert (below.share, below.low) == (None, None)
    assert (found.decided, found.unsure) == (22, 1)
    assert sum(one.same + one.different for one in found.slices) == found.decided


def test_the_suggested_threshold_is_the_lowest_that_keeps_the_wanted_share() -> None:
    """Worked by hand: down to .80 there are 19 of 20 right, with the next two wrong ones too few."""
    log = log_of(
        *[(0.95, "duplicate", "same")] * 10, *[(0.8, "possible", "same")] * 9, (0.8, "possible", "different"),
        *[(0.6, "possible", "different")] * 2,
    )  # fmt: skip
    assert advice_of(log).suggested == 0.8
    assert advice_of(log, enough=30).suggested is None
    assert advice_of(log_of(*[(0.99, "duplicate", "different")] * 6)).suggested is None


def test_branches_and_withdrawn_verdicts_say_nothing_about_the_threshold() -> None:
    """They answer another question, or none."""
    log = log_of((0.99, "related", "different"), (0.99, "duplicate", "same"))
    log.withdraw(2)
    found = advice_of(log, relations={pair("a000", "b000"): "chapters"})
    assert found.decided == 0


def test_agreement_between_persons_is_counted() -> None:
    """Whether the questions are clear shows in how often two people answer alike."""
    log = Log()
    log.say("a", "b", "same", by="Ana")
    log.say("a", "b", "same", by="Bo")
    log.say("c", "d", "same", by="Ana")
    log.say("c", "d", "different", by="Bo")
    found = advice_of(log)
    assert (found.agreeing, found.disagreeing, found.conflicting) == (1, 1, 1)
    assert found.persons == {
        "Ana": {"same": 2, "different": 0, "unsure": 0},
        "Bo": {"same": 1, "different": 1, "unsure": 0},
    }


def test_verdicts_that_contradict_each_other_in_a_chain_are_no_evidence() -> None:
    """Which of them is wrong nobody knows yet."""
    log = log_of((0.9, "duplicate", "same"), (0.9, "duplicate", "same"))
    found = advise(fold_verdicts(log.entries), relations={}, in_question={pair("a000", "b000")}, enough=5)
    assert (found.decided, found.conflicting) == (1, 1)
