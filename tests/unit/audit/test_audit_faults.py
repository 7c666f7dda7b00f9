"""Faults that auditors found: how long they stand, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipeline.audit.answers import AnswerEntry, fold_answers
from pipeline.audit.draw import AuditDraw, DrawPlan, draw_sample
from pipeline.audit.faults import FAULT_SCHEMA, follow_numbers, standing_faults
from pipeline.audit.frame import audit_frame
from pipeline.audit.worksheet import write_worksheet
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.history import RekeyedInRun
from schemas.private_values import PrivateValues
from schemas.scorecard import QUESTIONS, REMARK_ID
from tests.bundles import directory_of_rows

FIRST, LATER = date(2026, 10, 5), date(2026, 11, 9)
PHONES, FEES, NAME, OPEN = "accuracy.phones", "accuracy.fees", "accuracy.name", "critical.open"
WORDS = "Ann Invented, 2026-10-05: Rings at the bakery."


def phone(owner_uid: str, number: str) -> dict[str, Any]:
    return {"owner_kind": "agency", "owner_uid": owner_uid, "number_written": number, "e164": number}


def plain(**changed: list[dict[str, Any]]) -> Directory:
    """Two agencies with a number and a service each; tables may be replaced."""
    tables: dict[str, list[dict[str, Any]]] = {
        "agency": [{"record_uid": "A", "name": "Pantry"}, {"record_uid": "B", "name": "Clinic"}],
        "service": [
            {"record_uid": f"p{uid}", "agency_uid": uid, "name": "Help", "fees": "No fee.", "eligibility": "All."}
            for uid in "AB"
        ],
        "phone": [phone(uid, f"+1217555010{n}") for n, uid in enumerate("AB", start=1)],
    }
    return directory_of_rows(**(tables | changed))


@pytest.fixture(scope="module")
def directory() -> Directory:
    return plain()


def drawn(directory: Directory, *, as_of: date = FIRST, unit: str = "agency") -> AuditDraw:
    return draw_sample(audit_frame(directory, unit=unit), DrawPlan(size=10, seed=str(as_of), as_of=as_of, unit=unit))


@pytest.fixture(scope="module")
def hashes(directory: Directory, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str]:
    """Return what a worksheet has in the column `values` of a record and item, of agencies and of services."""
    folder: Path = tmp_path_factory.mktemp("faults")
    found = {}
    for unit in ("agency", "service"):
        draw = drawn(directory, unit=unit)
        path = folder / f"{unit}.xlsx"
        write_worksheet(draw.items, directory, batch=draw.draw, path=path, findings=None, private=PrivateValues())
        rows = openpyxl.load_workbook(path)["Worksheet"].iter_rows(min_row=2, values_only=True)
        found |= {(row[8], row[10]): row[11] for row in rows if row[10]}
    return lambda uid, item: found[uid, item]


class Log:
    """A decision log of audits, and the batches it speaks of."""

    def __init__(self, directory: Directory, hashes: Callable[[str, str], str]) -> None:
        self.hashes = hashes
        self.first, self.later = drawn(directory), drawn(directory, as_of=LATER)
        self.services = drawn(directory, unit="service")
        self.entries: list[AnswerEntry] = []

    def say(
        self,
        answer: str | None,
        *,
        uid: str = "A",
        item: str = PHONES,
        comment: str | None = "Rings at the bakery.",
        by: str = "Ann Invented",
        role: str = "first",
        on: date = FIRST,
        batch: AuditDraw | None = None,
        has_hash: bool = True,
    ) -> Log:
        row = {
            "center_id": "c1",
            "record_uid": uid,
            "item_id": item,
            "answer": answer,
            "comment": comment if answer != "yes" else None,
            "source_note": None,
            "shown_sha256": self.hashes(uid, item) if has_hash else None,
        }
        self.entries.append(
            AnswerEntry(
                sequence=len(self.entries) + 1,
                handed_in_on=on,
                batch_id=(batch or self.first).batch_id,
                payload={"auditor": by, "role": role, "rows": [row]},
            )
        )
        return self

    def faults(self, directory: Directory, renumbered: dict[tuple[str, str, str], str] | None = None) -> pl.DataFrame:
        found = standing_faults(
            fold_answers(self.entries),
            draws=pl.concat([self.first.draw, self.later.draw, self.services.draw]),
            renumbered=renumbered or {},
            directory=directory,
        )
        assert dict(found.schema) == FAULT_SCHEMA
        return found


@pytest.fixture
def log(directory: Directory, hashes: Callable[[str, str], str]) -> Log:
    return Log(directory, hashes)


def brief(faults: pl.DataFrame) -> list[tuple[str, str]]:
    return faults.select("record_uid", "item_id").rows()


def test_a_no_becomes_a_fault_with_auditor_day_and_comment(log: Log, directory: Directory) -> None:
    """The curator would not know what to mend, nor whom to ask."""
    found = log.say("no").faults(directory)
    assert found.to_dicts() == [
        {
            "center_id": "c1",
            "kind": "agency",
            "record_uid": "A",
            "rule_id": "AUD-002",
            "item_id": PHONES,
            "value": WORDS,
        }
    ]


def test_yes_not_applicable_and_remarks_are_no_faults(log: Log, directory: Directory) -> None:
    """A curator would be sent after records that are right."""
    log.say("yes").say("not applicable", item=FEES).say(None, item=REMARK_ID, comment="There is a second pantry.")
    assert log.faults(directory).is_empty()


def test_without_answers_there_are_no_faults(log: Log, directory: Directory) -> None:
    """The night before the first audit must not fall over."""
    assert log.faults(directory).is_empty()
    log.say(None, item=REMARK_ID, comment="A remark alone.")
    assert log.faults(directory).is_empty()


def test_every_question_has_a_rule_of_its_own(log: Log, directory: Directory) -> None:
    """Two faults under one rule and record would count as one."""
    for question in QUESTIONS:
        log.say("no", item=question.item_id)
    found = log.faults(directory)
    assert found.height == len(QUESTIONS)
    assert dict(found.select("item_id", "rule_id").iter_rows()) == {one.item_id: one.rule_id for one in QUESTIONS}


def test_a_fault_is_gone_when_its_value_changes(log: Log) -> None:
    """A mended record would be shown as faulty until the next audit."""
    log.say("no").say("no", uid="B", comment="Fax.")
    numbers = [phone(uid, f"+121755501{n}") for uid, n in (("A", 77), ("B", "02"))]
    assert brief(log.faults(plain(phone=numbers))) == [("B", PHONES)]


def test_a_value_that_is_deleted_has_changed(log: Log) -> None:
    """The wrong number was taken out: there is nothing left to mend."""
    assert log.say("no").faults(plain(phone=[])).is_empty()


def test_a_fault_stays_when_another_value_changes(log: Log) -> None:
    """Whoever mends the fees has not mended the number."""
    log.say("no").say("no", item=FEES, comment="Two dollars.")
    services = [{"record_uid": "pA", "agency_uid": "A", "name": "Help", "fees": "Two dollars.", "eligibility": "All."}]
    found = log.faults(plain(service=services))
    assert brief(found) == [("A", PHONES)]
    assert found["value"].to_list() == [WORDS]


def test_a_fault_of_texts_ends_with_any_of_them(log: Log) -> None:
    """Spelling is asked of all texts together: whoever changed one has looked."""
    log.say("no", item="grammar.spelling", comment="Fee.")
    services = [{"record_uid": "pA", "agency_uid": "A", "name": "Help", "fees": "No fee.", "eligibility": "Anybody."}]
    assert log.faults(plain(service=services)).is_empty()


def test_a_change_beyond_what_the_sheet_shows_is_seen(tmp_path: Path) -> None:
    """Long lists are shortened on the sheet; a number mended far down must end the fault all the same."""

    def numbers(last: int) -> Directory:
        phones = [phone("A", f"+121755502{n:02}") for n in range(12)]
        return plain(phone=[*phones, phone("A", f"+121755503{last}")])

    before = numbers(30)
    draw = drawn(before)
    path = tmp_path / "w.xlsx"
    write_worksheet(draw.items, before, batch=draw.draw, path=path, findings=None, private=PrivateValues())
    rows = list(openpyxl.load_workbook(path)["Worksheet"].iter_rows(min_row=2, values_only=True))
    ((shown, value),) = [(row[4], row[11]) for row in rows if (row[8], row[10]) == ("A", PHONES)]
    assert "555-0330" not in shown
    log = Log(before, lambda *_: value)
    log.say("no")
    assert brief(log.faults(before)) == [("A", PHONES)]
    assert log.faults(numbers(31)).is_empty()


def test_rows_in_another_order_are_no_change(log: Log) -> None:
    """An export that is sorted otherwise would close every fault."""
    mixed = plain()
    mixed = replace(mixed, agency=mixed.agency.reverse(), service=mixed.service.reverse(), phone=mixed.phone.reverse())
    log.say("no").say("no", item=FEES, comment="Two dollars.").say("no", item=OPEN, comment="Closed.")
    assert brief(log.faults(mixed)) == [("A", FEES), ("A", PHONES), ("A", OPEN)]


def test_a_fault_without_a_hash_stands_until_somebody_says_yes(log: Log, directory: Directory) -> None:
    """Nobody can tell what the auditor saw: to close it would be a guess."""
    log.say("no", has_hash=False)
    assert brief(log.faults(plain(phone=[]))) == [("A", PHONES)]
    log.say("yes", on=LATER, batch=log.later)
    assert log.faults(directory).is_empty()


def test_a_later_audit_that_finds_it_right_ends_the_fault(log: Log, directory: Directory) -> None:
    """The agency changed its number back, and nothing in the record changed."""
    log.say("no").say("no", item=FEES, comment="Two dollars.").say("yes", on=LATER, batch=log.later, by="Ben Invented")
    assert brief(log.faults(directory)) == [("A", FEES)]


def test_the_latest_audit_counts_whenever_it_was_entered(log: Log, directory: Directory) -> None:
    """An old worksheet that turns up late must not bring an old fault back, nor hide a new one."""
    log.say("yes", on=LATER, batch=log.later, by="Ben Invented").say("no", on=FIRST)
    assert log.faults(directory).is_empty()
    log.say("no", item=FEES, on=LATER, batch=log.later, comment="Three dollars.", by="Ben Invented")
    log.say("no", item=FEES, on=FIRST, comment="Two dollars.")
    assert log.faults(directory)["value"].to_list() == ["Ben Invented, 2026-11-09: Three dollars."]


def test_a_later_audit_that_does_not_ask_leaves_the_fault(log: Log, directory: Directory) -> None:
    """What was not looked at is as it was."""
    log.say("no").say("yes", item=NAME, on=LATER, batch=log.later)
    assert brief(log.faults(directory)) == [("A", PHONES)]


def test_an_answer_that_was_corrected_counts_no_longer(log: Log, directory: Directory) -> None:
    """A slip of the auditor would stay the curator's fault."""
    log.say("no").say("yes", on=LATER)
    assert log.faults(directory).is_empty()
    log.say("no", comment="The fax, not the bakery.", on=LATER)
    assert log.faults(directory)["value"].to_list() == ["Ann Invented, 2026-11-09: The fax, not the bakery."]


@pytest.mark.parametrize("roles", [("first", "second"), ("second", "first")])
def test_of_two_opinions_any_no_is_a_fault(roles: tuple[str, str], log: Log, directory: Directory) -> None:
    """Until it is settled somebody has to look, whoever of the two came later."""
    log.say("no", role=roles[0]).say("yes", role=roles[1], by="Ben Invented", on=LATER)
    assert log.faults(directory)["value"].to_list() == [WORDS]


def test_two_that_find_the_same_fault_are_one_finding(log: Log, directory: Directory) -> None:
    """The curator mends it once; the first opinion is the one that is told."""
    log.say("no", role="second", by="Ben Invented", comment="Bakery.").say("no", on=LATER)
    assert log.faults(directory)["value"].to_list() == ["Ann Invented, 2026-11-09: Rings at the bakery."]


def test_the_third_opinion_settles_it(log: Log, directory: Directory) -> None:
    """Somebody was asked to decide; the decision has to count."""
    log.say("no").say("yes", role="second", by="Ben Invented")
    log.say("no", item=FEES, comment="Two dollars.").say("yes", item=FEES, role="second", by="Ben Invented")
    log.say("yes", role="third", by="Cara Invented", on=LATER)
    log.say("no", item=FEES, role="third", by="Cara Invented", on=LATER, comment="Asks three dollars.")
    found = log.faults(directory)
    assert brief(found) == [("A", FEES)]
    assert found["value"].to_list() == ["Cara Invented, 2026-11-09: Asks three dollars."]


def test_a_record_that_left_shows_no_fault(log: Log) -> None:
    """A finding would belong to no record of the night."""
    log.say("no").say("no", uid="B", comment="Fax.").say("no", uid="A", has_hash=False, item=OPEN, comment="Closed.")
    left = plain(
        agency=[{"record_uid": "B", "name": "Clinic"}],
        phone=[phone("B", "+12175550102")],
        service=[],
    )
    assert brief(log.faults(left)) == [("B", PHONES)]


@pytest.mark.parametrize("left", [[], [{"record_uid": "A", "name": "Pantry", "not_counted_reason": "inactive"}]])
def test_a_record_that_left_shows_no_fault_for_the_sake_of_a_service(left: list[dict[str, Any]], log: Log) -> None:
    """The agency is gone or inactive, a service of it was forgotten: the agency is no record of the night all the same."""
    log.say("no", item=OPEN, comment="Closed.").say("no", item=FEES, comment="Two dollars.")
    log.say("no", uid="B", comment="Fax.")
    agencies = [*left, {"record_uid": "B", "name": "Clinic"}]
    assert brief(log.faults(plain(agency=agencies))) == [("B", PHONES)]


def test_a_fault_of_a_service_is_one_of_the_service(log: Log, directory: Directory) -> None:
    """It would be looked for at an agency of that number."""
    log.say("no", uid="pA", item=FEES, comment="Two dollars.", batch=log.services)
    found = log.faults(directory)
    assert found.select("kind", "record_uid", "rule_id").rows() == [("service", "pA", "AUD-006")]
    log.say("no")
    assert log.faults(directory).select("kind", "record_uid").rows() == [("agency", "A"), ("service", "pA")]


def test_answers_of_a_batch_that_nobody_knows_are_passed_over(log: Log, directory: Directory) -> None:
    """Of a batch that is gone nobody can tell what was audited."""
    unknown = log.first.draw.with_columns(batch_id=pl.lit("audit-20200101-00000000"))
    log.say("no", batch=replace(log.first, draw=unknown))
    assert log.faults(directory).is_empty()


def renumbered_directory() -> Directory:
    """The same two agencies; the first has come back as Z."""
    return plain(
        agency=[{"record_uid": "Z", "name": "Pantry"}, {"record_uid": "B", "name": "Clinic"}],
        service=[
            {"record_uid": f"p{uid}", "agency_uid": uid, "name": "Help", "fees": "No fee.", "eligibility": "All."}
            for uid in "ZB"
        ],
        phone=[phone(uid, f"+1217555010{n}") for n, uid in enumerate("ZB", start=1)],
    )


def test_a_fault_follows_a_new_number(log: Log) -> None:
    """The software changed, the fault did not: it would be lost with the old number."""
    log.say("no").say("no", item=FEES, comment="Two dollars.")
    now = renumbered_directory()
    assert log.faults(now).is_empty()
    found = log.faults(now, {("c1", "agency", "A"): "Z"})
    assert brief(found) == [("Z", FEES), ("Z", PHONES)]
    # A number of another center or kind is another record.
    assert log.faults(now, {("c2", "agency", "A"): "Z", ("c1", "site", "A"): "Z"}).is_empty()


def test_an_audit_under_the_new_number_ends_the_fault_of_the_old(log: Log) -> None:
    """It is the same record, and it is right now."""
    log.say("no")
    old = log.hashes
    log.hashes = lambda uid, item: old("A" if uid == "Z" else uid, item)
    log.say("yes", uid="Z", on=LATER, batch=log.later)
    assert log.faults(renumbered_directory(), {("c1", "agency", "A"): "Z"}).is_empty()


def rekeyed(*steps: tuple[int, str, str], center_id: str = "c1", kind: str = "agency") -> pl.DataFrame:
    """Return changes of number: day of November, old and new."""
    rows = [
        dict.fromkeys(schema_of(RekeyedInRun), "x")
        | {"center_id": center_id, "kind": kind, "old_kind": kind, "old_record_uid": old, "new_record_uid": new}
        | {"run_id": f"2026-11-{day:02}", "as_of": date(2026, 11, day)}
        for day, old, new in steps
    ]
    return pl.DataFrame(rows, schema=schema_of(RekeyedInRun))


def test_numbers_are_followed_over_all_steps() -> None:
    """A decision of the spring would be lost with the second change of software."""
    steps = [(1, "A", "B"), (2, "B", "C"), (2, "X", "Y")]
    expected = {("c1", "agency", "A"): "C", ("c1", "agency", "B"): "C", ("c1", "agency", "X"): "Y"}
    assert follow_numbers(rekeyed(*steps)) == expected
    assert follow_numbers(rekeyed(*reversed(steps))) == expected


def test_a_number_that_comes_back_is_followed_back() -> None:
    """The record has its old number again; the number in between is its own as well."""
    assert follow_numbers(rekeyed((1, "A", "B"), (2, "B", "A"))) == {("c1", "agency", "B"): "A"}
    again = rekeyed((1, "A", "B"), (2, "B", "C"), (3, "C", "A"), (4, "A", "B"))
    assert follow_numbers(again) == {("c1", "agency", "A"): "B", ("c1", "agency", "C"): "B"}


def test_numbers_of_other_centers_and_kinds_are_not_mixed_up() -> None:
    """Every center has a record 101."""
    mixed = pl.concat(
        [
            rekeyed((1, "A", "B")),
            rekeyed((2, "B", "C"), center_id="c2"),
            rekeyed((3, "B", "D"), kind="service"),
        ]
    )
    assert follow_numbers(mixed) == {
        ("c1", "agency", "A"): "B",
        ("c2", "agency", "B"): "C",
        ("c1", "service", "B"): "D",
    }
    assert follow_numbers(rekeyed()) == {}


def test_two_runs_of_one_day_are_followed_in_their_order() -> None:
    """A night that was run twice must end where the second run ended."""
    same_day = rekeyed((1, "B", "C"), (1, "A", "B")).with_columns(run_id=pl.Series(["b", "a"]))
    assert follow_numbers(same_day) == {("c1", "agency", "A"): "C", ("c1", "agency", "B"): "C"}


def test_a_fault_goes_with_the_numbers_of_two_steps_and_back(log: Log, directory: Directory) -> None:
    """What holds of the numbers holds of the faults."""
    log.say("no")
    two_steps = follow_numbers(rekeyed((1, "A", "M"), (2, "M", "Z")))
    assert brief(log.faults(renumbered_directory(), two_steps)) == [("Z", PHONES)]
    back_again = follow_numbers(rekeyed((1, "A", "M"), (2, "M", "Z"), (3, "Z", "A")))
    assert brief(log.faults(directory, back_again)) == [("A", PHONES)]
