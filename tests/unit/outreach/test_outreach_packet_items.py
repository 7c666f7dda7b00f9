"""Work that follows from returned forms: beside the value now, closed by the directory itself, with every change of mind kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.outreach.packet_form import PrintedForm
from pipeline.outreach.packet_keys import add_keys
from pipeline.outreach.work_history import seen_in
from pipeline.outreach.work_items import VERIFICATION, Return, Settlement, item_id, work_items
from pipeline.outreach.work_state import Present
from schemas.contract import empty_table, schema_of
from schemas.directory import Directory
from schemas.history import FieldChange, Verification
from schemas.packets import FormLine, ReturnedLine, Verifier
from tests.packet_directory import form_of, packet_directory, profile_of

RAE = Verifier(
    name="Rae Invented",
    title="Director",
    contact="rae@a.example",
    represents="the agency",
    verified_on=date(2026, 11, 27),
)
BEN = replace(RAE, name="Ben Invented", represents="a partner organization")
READ_ON, NIGHT = date(2026, 11, 28), date(2026, 11, 29)
ALL_LEVELS = frozenset(("c1", kind) for kind in ("agency", "site", "service"))


@pytest.fixture(scope="module")
def directory() -> Directory:
    return packet_directory()


@pytest.fixture(scope="module")
def form(directory: Directory) -> PrintedForm:
    return form_of(directory)


def line_of(form: PrintedForm, uid: str, what: str) -> FormLine:
    return next(line for line in form.packet.lines if (line.record_uid, line.what) == (uid, what))


def said(form: PrintedForm, what: str, answer: str, proposed: str = "", *, uid: str = "A", **more: Any) -> ReturnedLine:
    """Return an answer with its comparison forms, as reading a form makes them."""
    line = line_of(form, uid, what)
    shown = next((one.shown for one in form.lines if one.line == line), "")
    frame = pl.DataFrame({"compare": [line.compare] * 2, "shown": ["" if line.is_empty else shown, proposed]})
    of_shown, of_proposed = add_keys(frame)["keys"].to_list()
    keys = of_proposed[-1:] if of_proposed and of_proposed[0] in of_shown else of_proposed[:1]
    return ReturnedLine(
        line_id=line.line_id, answer=answer, shown="" if line.is_empty else shown, proposed=proposed, keys=tuple(keys),
        shown_keys=tuple(of_shown[:1]), **more,
    )  # fmt: skip


def returned(
    form: PrintedForm, *lines: ReturnedLine, sequence: int = 2, by: Verifier = RAE, is_complete: bool = False
) -> Return:
    return Return(
        sequence=sequence, packet_id=form.packet.packet_id, verifier=by, read_on=READ_ON, file="back.xlsx", lines=lines,
        is_complete=is_complete,
    )  # fmt: skip


def items_of(
    form: PrintedForm,
    directory: Directory,
    *returns: Return,
    settlements: tuple[Settlement, ...] = (),
    changes: pl.DataFrame | None = None,
    verifications: pl.DataFrame | None = None,
    tracked: frozenset[tuple[str, str]] = ALL_LEVELS,
    renumbered: dict[tuple[str, str, str], str] | None = None,
) -> list[dict[str, Any]]:
    present = Present(
        profile=profile_of(directory),
        records=directory.records(),
        renumbered=renumbered or {},
        tracked=tracked,
        seen=seen_in(
            empty_table(FieldChange) if changes is None else changes,
            empty_table(Verification) if verifications is None else verifications,
        ),
        as_of=NIGHT,
    )
    return work_items({form.packet.packet_id: form.packet}, returns, settlements, present=present).to_dicts()


def with_values(directory: Directory, table: str, uid: str, **values: Any) -> Directory:
    """Return the directory of a later night in which a record, or what belongs to it, says something else."""
    frame: pl.DataFrame = getattr(directory, table)
    column = "owner_uid" if "owner_uid" in frame.columns else "record_uid"
    is_it = pl.col(column) == uid
    changed = frame.with_columns(
        pl.when(is_it).then(pl.lit(value, dtype=frame.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    )
    return replace(directory, **{table: changed})


def test_a_correction_stands_beside_the_value_now(form: PrintedForm, directory: Directory) -> None:
    """The curator sees record, old value, new value, who and when, and nothing has changed."""
    (item,) = items_of(form, directory, returned(form, said(form, "E-mail", "change", "new@aid.example", file_row=11)))
    assert {name: item[name] for name in ("status", "action", "record_uid", "what", "shown", "value_now", "proposed", "curator")} == {
        "status": "open", "action": "change", "record_uid": "A", "what": "E-mail", "shown": "info@aid.example",
        "value_now": "info@aid.example", "proposed": "new@aid.example", "curator": "cura.tor",
    }  # fmt: skip
    assert item["verifier"] == "Rae Invented, Director, rae@a.example, for the agency"
    assert item["file"] == "back.xlsx, row 11"
    assert not item["is_moved"]


def test_a_record_that_changed_since_is_told(form: PrintedForm, directory: Directory) -> None:
    """The agency corrected a value that is no longer there."""
    later = with_values(directory, "agency", "A", hours="By appointment")
    (item,) = items_of(form, later, returned(form, said(form, "Days and hours", "change", "Mon-Sat 9-5")))
    assert (item["status"], item["value_now"], item["is_moved"]) == ("open", "By appointment", True)
    assert item["remark"] == "The directory has changed since the form was written: it said “Mon-Fri 9-5”."


@pytest.mark.parametrize(
    ("what", "proposed", "table", "values"),
    [
        ("Phone 1", "217.555.0177 (main)", "phone", {"e164": "+12175550177", "extension": None}),
        ("E-mail", "NEW@aid.example", "agency", {"email": "new@aid.example"}),
        ("Website", "aid.example/new", "agency", {"url": "https://www.aid.example/new/"}),
        ("Days and hours", "Mon - Sat, 9 - 5", "agency", {"hours": "Mon-Sat 9-5"}),
        ("Name", "Invented & Aid Inc.", "agency", {"name": "Invented & Aid, Inc."}),
        ("Other names in use", "Aid; IA", "agency", {"aka": ["IA", "Aid"]}),
        ("Street address", "12 North Oak Street, Springfield, IL 62701", "address", {"line1": "12 N Oak St", "is_private": False}),
        ("Director or manager", "Nia Rector, Manager", "contact", {"name": "Nia Rector", "title": "Manager", "is_private": False}),
    ],
)  # fmt: skip
def test_an_item_closes_when_a_night_shows_the_value(
    what: str, proposed: str, table: str, values: dict[str, Any], form: PrintedForm, directory: Directory
) -> None:
    """However it is written there; nobody has to tick it off."""
    back = returned(form, said(form, what, "change", proposed))
    (before,) = items_of(form, directory, back)
    (after,) = items_of(form, with_values(directory, table, "A", **values), back)
    assert before["status"] == "open"
    assert (after["status"], after["closed_on"], after["closed_by"]) == ("done", NIGHT, "the directory")


def test_a_change_of_spelling_alone_is_not_done_before_it_is_made(form: PrintedForm, directory: Directory) -> None:
    """The comparison form is the same before and after."""
    back = returned(form, said(form, "Days and hours", "change", "MON-FRI 9-5"))
    assert [item["status"] for item in items_of(form, directory, back)] == ["open"]
    later = with_values(directory, "agency", "A", hours="MON-FRI  9-5")
    assert [item["status"] for item in items_of(form, later, back)] == ["done"]


def test_a_value_that_stood_beside_the_wrong_one_closes_nothing(directory: Directory) -> None:
    """“Phone 1 should be what you have as phone 3”: done when phone 1 is gone."""
    extra = directory.phone.filter(pl.col("slot") == "1", pl.col("owner_uid") == "A").with_columns(
        slot=pl.lit("3"),
        e164=pl.lit("+12175550177"),
        record_uid=pl.lit("extra"),
        extension=pl.lit(None, dtype=pl.String),
    )
    two = replace(directory, phone=pl.concat([directory.phone, extra]))
    form = form_of(two)
    back = returned(form, said(form, "Phone 1", "change", "217-555-0177"))
    assert [item["status"] for item in items_of(form, two, back)] == ["open"]
    one = replace(two, phone=two.phone.filter(~((pl.col("owner_uid") == "A") & (pl.col("slot") == "1"))))
    assert [item["status"] for item in items_of(form, one, back)] == ["done"]
    # An extension that was missing is a change, too.
    longer = returned(form, said(form, "Phone 3", "change", "217-555-0177 ext. 9"))
    assert [item["status"] for item in items_of(form, two, longer)] == ["open"]
    there = replace(two, phone=pl.concat([directory.phone, extra.with_columns(extension=pl.lit("9"))]))
    assert [item["status"] for item in items_of(form, there, longer)] == ["done"]


def test_what_is_to_go_closes_when_it_is_gone(form: PrintedForm, directory: Directory) -> None:
    """A website that is taken out, and a site that is closed."""
    back = returned(form, said(form, "Website", "remove"), said(form, "This site", "remove", uid="S1"))
    assert {item["status"] for item in items_of(form, directory, back)} == {"open"}
    later = with_values(directory, "agency", "A", url=None)
    later = with_values(later, "site", "S1", status="inactive", is_counted=False, not_counted_reason="inactive")
    closed = {item["what"]: (item["status"], item["value_now"]) for item in items_of(form, later, back)}
    assert closed == {
        "Website": ("done", "(nothing on file)"),
        "This site": ("done", "(the record is closed, gone or kept private now)"),
    }


def test_done_stays_done_when_the_value_changes_again(form: PrintedForm, directory: Directory) -> None:
    """Otherwise old work would come back years later."""
    back = returned(form, said(form, "Days and hours", "change", "Mon-Sat 9-5"))
    change = {
        "center_id": "c1", "kind": "agency", "record_uid": "A", "change": "changed", "field": "hours", "before": "Mon-Fri 9-5",
        "now": "Mon-Sat, 9-5", "run_id": "r2", "as_of": date(2026, 11, 25),
    }  # fmt: skip
    changes = pl.DataFrame([dict.fromkeys(schema_of(FieldChange)) | change], schema=schema_of(FieldChange))
    later = with_values(directory, "agency", "A", hours="Closed for repairs")
    (item,) = items_of(form, later, back, changes=changes)
    assert (item["status"], item["closed_on"]) == ("done", date(2026, 11, 25))
    # What a night showed before the form was written says nothing.
    early = changes.with_columns(as_of=pl.lit(date(2026, 11, 19)))
    assert [item["status"] for item in items_of(form, later, back, changes=early)] == ["open"]


def test_an_item_follows_a_record_to_its_new_number(form: PrintedForm, directory: Directory) -> None:
    """Vendors renumber; work must not get lost."""
    later = with_values(with_values(directory, "site", "S1", record_uid="S9"), "site", "S9", accessibility="Lift")
    back = returned(form, said(form, "Access for people with disabilities", "change", "Lift", uid="S1"))
    (item,) = items_of(form, later, back, renumbered={("c1", "site", "S1"): "S9"})
    assert (item["record_uid"], item["status"]) == ("S9", "done")


def test_a_corrected_copy_replaces_and_keeps_the_earlier_word(form: PrintedForm, directory: Directory) -> None:
    """The same person, the same line: one item."""
    first = returned(form, said(form, "E-mail", "change", "slip@aid.example"))
    second = returned(form, said(form, "E-mail", "change", "new@aid.example"), sequence=3)
    (item,) = items_of(form, directory, first, second)
    assert (item["proposed"], item["earlier"]) == ("new@aid.example", "change: slip@aid.example")
    third = returned(form, said(form, "E-mail", "right"), sequence=4)
    (item,) = items_of(form, directory, first, second, third)
    assert (item["status"], item["closed_by"], item["proposed"]) == ("withdrawn", "Rae Invented", "new@aid.example")


def test_two_people_are_both_kept_and_told_of_each_other(form: PrintedForm, directory: Directory) -> None:
    """The program does not choose between them."""
    items = items_of(
        form,
        directory,
        returned(form, said(form, "E-mail", "change", "new@aid.example"), said(form, "Website", "remove")),
        returned(
            form,
            said(form, "E-mail", "change", "other@aid.example"),
            said(form, "Website", "remove"),
            sequence=3,
            by=BEN,
        ),
    )
    conflicts = {(item["what"], item["verifier"].split(",")[0]): item["conflict"] for item in items}
    assert conflicts == {
        ("E-mail", "Rae Invented"): "Ben Invented says: change: other@aid.example",
        ("E-mail", "Ben Invented"): "Rae Invented says: change: new@aid.example",
        ("Website", "Rae Invented"): None,
        ("Website", "Ben Invented"): None,
    }
    (one,) = items_of(
        form,
        directory,
        returned(form, said(form, "E-mail", "remove")),
        returned(form, said(form, "E-mail", "right"), by=BEN),
    )
    assert one["conflict"] == "Ben Invented says: right"


def test_a_decision_holds_until_the_line_is_said_anew(form: PrintedForm, directory: Directory) -> None:
    """What was dismissed once is not dismissed for another value."""
    own = item_id(form.packet.packet_id, line_of(form, "A", "E-mail").line_id, "RAE invented")
    dismissed = Settlement(sequence=3, item_id=own, status="dismissed", by="Cora", reason="A typing error.", on=READ_ON)
    first = returned(form, said(form, "E-mail", "change", "slip@aid.example"))
    (item,) = items_of(form, directory, first, settlements=(dismissed,))
    assert (item["item_id"], item["status"], item["closed_by"], item["reason"]) == (
        own,
        "dismissed",
        "Cora",
        "A typing error.",
    )
    again = returned(form, said(form, "E-mail", "change", "new@aid.example"), sequence=4)
    assert [one["status"] for one in items_of(form, directory, first, again, settlements=(dismissed,))] == ["open"]
    reopened = replace(dismissed, sequence=5, status="open")
    assert [one["status"] for one in items_of(form, directory, first, settlements=(dismissed, reopened))] == ["open"]


def test_questions_additions_and_private_lines_wait_for_a_person(form: PrintedForm, directory: Directory) -> None:
    """The directory cannot show that somebody was called."""
    missing = next(line for line in form.packet.lines if line.field == "missing_service")
    items = items_of(
        form,
        directory,
        returned(
            form,
            said(form, "E-mail", "not sure", "", remark="Ask Dee"),
            said(form, "Mailing address", "change", is_private=True),
            ReturnedLine(line_id=missing.line_id, answer="change", proposed="A new class"),
        ),
    )
    assert [(item["what"], item["action"], item["proposed"], item["status"]) for item in items] == [
        ("E-mail", "ask", "", "open"),
        ("Mailing address", "ask", "on file, not shown here", "open"),
        ("A service that is missing", "add", "A new class", "open"),
    ]
    assert items[1]["value_now"] == items[1]["shown"] == "on file, not shown here"


def test_a_confirmation_closes_when_the_whole_agency_is_verified(form: PrintedForm, directory: Directory) -> None:
    """Agency, every site and every service of the form: less is no annual update."""
    back = returned(form, is_complete=True)
    (item,) = items_of(form, directory, back)
    assert (item["action"], item["field"], item["status"]) == ("confirm", VERIFICATION, "open")
    assert item["value_now"] == "agency verified 2026-01-05; 0 of 5 records since 2026-11-27"
    assert (
        item["proposed"] == "Confirmed by Rae Invented, Director on 2026-11-27, once the changes asked for are entered"
    )
    day = date(2026, 11, 27)
    partly = with_values(directory, "agency", "A", verified_on=day)
    (item,) = items_of(form, partly, back)
    assert (item["status"], item["value_now"]) == (
        "open",
        "agency verified 2026-11-27; 1 of 5 records since 2026-11-27",
    )
    # A level on which the center keeps no days is not waited for.
    assert [one["status"] for one in items_of(form, partly, back, tracked=frozenset({("c1", "agency")}))] == ["done"]
    whole = partly
    for table, uid in (("site", "S1"), ("site", "S2"), ("service", "P1"), ("service", "P2")):
        whole = with_values(whole, table, uid, verified_on=day)
    (item,) = items_of(form, whole, back)
    assert (item["status"], item["closed_on"]) == ("done", NIGHT)
    ahead = with_values(directory, "agency", "A", verified_on=date(2027, 1, 1))
    assert [one["status"] for one in items_of(form, ahead, back, tracked=frozenset())] == ["open"]


def test_a_partner_confirms_for_itself_alone(form: PrintedForm, directory: Directory) -> None:
    """Whether that verifies the agency is for the center to say."""
    (item,) = items_of(form, directory, returned(form, is_complete=True, by=BEN))
    assert "Filled in by a partner organization: your center decides" in item["remark"]


def test_a_copy_that_is_no_longer_complete_asks_for_no_verification(form: PrintedForm, directory: Directory) -> None:
    """The person found out that something is not certain."""
    items = items_of(
        form, directory, returned(form, is_complete=True), returned(form, said(form, "E-mail", "not sure"), sequence=3)
    )
    assert [item["action"] for item in items] == ["ask"]
