"""From the decision log to what stands about pairs of agencies, and what follows from it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.curate.pair_states import stand_pairs
from pipeline.curate.verdict_groups import VerdictGroups
from pipeline.curate.verdict_log import fold_verdicts
from schemas.decided import pairs_frame
from tests.verdict_entries import Log, key, pair


@pytest.fixture
def log() -> Log:
    return Log()


def folded(log: Log, **renumbered):
    return fold_verdicts(log.entries, renumbered={key(old): key(new) for old, new in renumbered.items()})


def verdict_of(log: Log, a: str, b: str) -> str | None:
    said = folded(log).of(key(a), key(b))
    return None if said is None else str(said.verdict) if said.verdict else "conflict"


def groups(log: Log) -> VerdictGroups:
    return VerdictGroups(folded(log).standing)


def states(log: Log, *pairs, present="abcdefxyz", changes=None, as_of=date(2026, 11, 20)) -> dict[str, dict]:
    frame = stand_pairs(
        pairs_frame([pair(*one) for one in pairs]),
        verdicts=folded(log),
        groups=groups(log),
        present={key(uid) for uid in present},
        changes=changes or {},
        as_of=as_of,
        unsure_days=90,
    )
    return {row["uid_a"] + row["uid_b"]: row for row in frame.to_dicts()}


def test_dismissing_from_either_side_is_the_same_act(log) -> None:
    """Otherwise the pair comes back when it is opened from the other record."""
    log.say("b", "a", "different")
    assert verdict_of(log, "a", "b") == verdict_of(log, "b", "a") == "different"


def test_a_person_may_change_their_mind_and_the_log_keeps_both(log) -> None:
    """The later verdict of one person stands; the earlier one is told as replaced."""
    log.say("a", "b", "same")
    log.say("a", "b", "different")
    assert verdict_of(log, "a", "b") == "different"
    assert "replaced" in folded(log).out_of_force[1]
    assert len(folded(log).entries) == 2


def test_two_persons_at_odds_are_a_conflict_and_never_the_newest_wins(log) -> None:
    """Whoever comes last would silently undo a colleague's work."""
    log.say("a", "b", "same", by="Ana")
    log.say("a", "b", "different", by="Bo")
    assert verdict_of(log, "a", "b") == "conflict"
    assert "Ana says same, Bo says different" in groups(log).contradictions[0].told
    assert states(log)["ab"]["standing"] == "conflict"


def test_unsure_is_no_voice_against_a_verdict(log) -> None:
    """A colleague's doubt does not undo a decision."""
    log.say("a", "b", "same", by="Ana")
    log.say("a", "b", "unsure", by="Bo")
    assert verdict_of(log, "a", "b") == "same"


def test_a_coordinator_settles_a_conflict_and_the_settlement_can_be_withdrawn(log) -> None:
    """Overruled verdicts come back with the withdrawal: nothing is lost in the log."""
    first, second = log.say("a", "b", "same", by="Ana"), log.say("a", "b", "different", by="Bo")
    third = log.say("a", "b", "same", by="Cy", overrules=[first, second])
    assert verdict_of(log, "a", "b") == "same"
    assert "overruled by Cy" in folded(log).out_of_force[second]
    log.withdraw(third)
    assert verdict_of(log, "a", "b") == "conflict"


def test_undo_is_another_entry_and_undoing_twice_is_undoing_once(log) -> None:
    """A verdict then withdrawn is as if it had never been, except in the log."""
    entry = log.say("a", "b", "same")
    log.withdraw(entry)
    assert verdict_of(log, "a", "b") is None
    log.withdraw(entry)
    assert verdict_of(log, "a", "b") is None
    log.say("a", "b", "different")
    assert verdict_of(log, "a", "b") == "different"


def test_the_withdrawn_replacement_gives_way_to_the_verdict_before(log) -> None:
    """Otherwise undoing a correction would undo the first decision too."""
    log.say("a", "b", "same")
    log.withdraw(log.say("a", "b", "different"))
    assert verdict_of(log, "a", "b") == "same"


def test_what_follows_is_never_asked_and_shows_its_chain(log) -> None:
    """A is B, B is not C: nobody has to be asked about A and C."""
    log.say("a", "b", "same")
    log.say("b", "c", "different")
    log.say("c", "d", "same")
    found = states(log, "ac", "ad", "bd", "ax")
    assert {
        name: (row["standing"], row["verdict"]) for name, row in found.items() if name in ("ac", "ad", "bd")
    } == dict.fromkeys(("ac", "ad", "bd"), ("implied", "different"))
    assert found["ad"]["told"].count("entry") == 3
    assert found["ax"]["standing"] == "open"


def test_same_and_same_is_same(log) -> None:
    """Three entries of one agency are one group after two verdicts."""
    log.say("a", "b", "same")
    log.say("b", "c", "same")
    assert groups(log).groups() == ((key("a"), key("b"), key("c")),)
    assert states(log, "ac")["ac"]["verdict"] == "same"


def test_nothing_follows_from_unsure_or_from_two_differences(log) -> None:
    """A differs from B and B from C says nothing about A and C."""
    log.say("a", "b", "different")
    log.say("b", "c", "different")
    log.say("c", "d", "unsure")
    found = states(log, "ac", "ad", "bd")
    assert {found[name]["standing"] for name in ("ac", "ad", "bd")} == {"open"}


def test_a_contradiction_freezes_its_group_and_names_every_author(log) -> None:
    """A is B, B is C, A is not C: none of the three may be acted on until people settle it."""
    log.say("a", "b", "same", by="Ana")
    log.say("b", "c", "same", by="Bo")
    log.say("a", "c", "different", by="Cy")
    log.say("c", "d", "same", by="Di")
    log.say("x", "y", "same")
    assert groups(log).groups() == ((key("x"), key("y")),)
    found = states(log, "ad", "bd")
    assert [found[name]["standing"] for name in ("ab", "bc", "ac")] == ["conflict"] * 3
    assert found["ad"]["standing"] == "open"
    assert all(name in found["ab"]["told"] for name in ("Ana", "Bo", "Cy"))
    assert "Di" not in found["ab"]["told"]


def test_a_pair_comes_back_only_when_something_changed_and_the_verdict_holds_meanwhile(log) -> None:
    """The question is new, the answer stands until it is answered."""
    log.say("a", "b", "different")
    found = states(log, "ab", changes={pair("a", "b"): ("Both now have the phone 12175550100.",)})["ab"]
    assert (found["standing"], found["verdict"], found["told"]) == (
        "reopened",
        "different",
        "Both now have the phone 12175550100.",
    )


def test_unsure_waits_its_days_and_is_asked_again(log) -> None:
    """Not asked every night, and not forgotten either."""
    log.say("a", "b", "unsure")  # on 2 November
    assert states(log, "ab", as_of=date(2027, 1, 30))["ab"]["standing"] == "waiting"
    assert states(log, "ab", as_of=date(2027, 1, 31))["ab"]["standing"] == "reopened"


def test_a_verdict_sleeps_while_a_record_is_gone(log) -> None:
    """A record that vanishes keeps its verdicts; they wake when it returns."""
    log.say("a", "b", "same")
    asleep = states(log, present="b")["ab"]
    assert (asleep["standing"], asleep["verdict"]) == ("dormant", "same")
    assert "“Name a” is not in the directory" in asleep["told"]


def test_verdicts_go_with_records_under_new_numbers_and_back(log) -> None:
    """A center that moves to another software, and back, loses nothing."""
    log.say("a", "b", "same")
    log.renumber("a", "n")
    assert verdict_of(log, "n", "b") == "same"
    assert verdict_of(log, "a", "b") is None
    log.renumber("n", "a")
    assert verdict_of(log, "a", "b") == "same"
    # A verdict given under the new number is not moved by the move before it.
    log.say("n", "c", "different")
    assert verdict_of(log, "n", "c") == "different"
    assert folded(log, a="z").of(key("z"), key("b")) is not None


def test_a_new_number_that_was_wrong_can_be_withdrawn(log) -> None:
    """The alias is an entry like any other."""
    log.say("a", "b", "same")
    log.withdraw(log.renumber("a", "n"))
    assert verdict_of(log, "a", "b") == "same"


def test_persons_who_agree_are_counted(log) -> None:
    """Agreement between two people is worth knowing."""
    log.say("a", "b", "same", by="Ana")
    log.say("a", "b", "same", by="Bo")
    found = states(log)["ab"]
    assert (found["agreeing"], found["decided_by"], found["entry"]) == (2, "Ana; Bo", 2)


def test_the_states_keep_their_contract_without_any_verdict(log) -> None:
    """The first night has pairs and no log."""
    found = stand_pairs(
        pairs_frame([pair("a", "b")]), verdicts=folded(log), groups=groups(log), present=(), changes={},
        as_of=date(2026, 11, 20), unsure_days=90,
    )  # fmt: skip
    assert found.select("standing", "verdict", "agreeing").rows() == [("open", None, 0)]
    assert found.schema["decided_at"] == pl.Datetime
