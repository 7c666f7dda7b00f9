"""Gates: a damaged or cut export never replaces a good night."""

from __future__ import annotations

import dataclasses
from datetime import date

import polars as pl
import pytest

from pipeline.curate.filled_cells import count_filled
from pipeline.curate.gates import check_columns, check_rejects, check_totals, check_values
from schemas.contract import conform, empty_table
from schemas.delivered import DELIVERED_COLUMNS, Conventions, Delivered, InputFile, empty_delivered
from schemas.gating import FilledCells, GateName
from schemas.parameters import GateParameters
from schemas.quality import Note
from schemas.raw import RawHeader, RawReject, RawRow
from tests.builders import directory, row

GATES = GateParameters()


def delivery(*, rows_read: int = 0, rows_rejected: int = 0, carried=frozenset(), **frames) -> Delivered:
    file = InputFile(
        name="export.csv", sha256="0", bytes_count=1, encoding="utf-8", newline="LF", separator=",",
        rows_read=rows_read, rows_rejected=rows_rejected, rows_blank=0,
    )  # fmt: skip
    return Delivered(
        center_id="test", format_name="icarol", format_version="", input_sha256="0", files=(file,),
        raw_header=empty_table(RawHeader), raw_row=empty_table(RawRow), raw_reject=empty_table(RawReject),
        carried=frozenset(carried), conventions=Conventions(),
        **{table: empty_delivered(table) for table in DELIVERED_COLUMNS} | frames,
    )  # fmt: skip


def agencies(count: int, **changes):
    return directory(agency=[row("agency", str(number), **changes) for number in range(count)])


def delivered_rows(table: str, rows: list[dict[str, str]]) -> pl.DataFrame:
    return pl.concat([empty_delivered(table), pl.DataFrame(rows)], how="diagonal")


def filled(*rows: tuple[str, int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["item", "record_count", "filled_count"], orient="row")
    return conform(frame.with_columns(center_id=pl.lit("test")), FilledCells)


@pytest.mark.parametrize(("later", "tripped"), [(30, None), (18, None), (15, "rows-fell"), (0, "table-empty")])
def test_far_fewer_records_stop_the_run(later, tripped):
    """Six of ten is the floor: half stops the run, six tenths do not; none at all is told in its own words."""
    gates = check_totals(agencies(later), before=agencies(30), centers=["test"], parameters=GATES)
    assert [gate.name for gate in gates] == ([tripped] if tripped else [])
    if tripped == "rows-fell":
        assert "15 agencies against 30" in gates[0].message
        assert (gates[0].measured, gates[0].limit) == (0.5, 0.6)


def test_the_first_night_has_nothing_to_fall_below():
    """With nothing before, any number of agencies passes."""
    assert check_totals(agencies(1), before=agencies(0), centers=["test"], parameters=GATES) == []


def test_an_export_without_any_agency_stops_even_the_first_night():
    """A directory without agencies is an export with the wrong filter."""
    gates = check_totals(agencies(0), before=agencies(0), centers=["test"], parameters=GATES)
    assert [gate.name for gate in gates] == [GateName.TABLE_EMPTY]


def test_a_kind_that_vanished_stops_the_run():
    """No site at all where there were some is a fall to nothing."""
    before = directory(agency=[row("agency")], site=[row("site", str(number)) for number in range(25)])
    gates = check_totals(agencies(1), before=before, centers=["test"], parameters=GATES)
    assert [gate.message for gate in gates if "0 sites against 25" in gate.message]


def test_a_handful_of_records_is_not_compared():
    """The one site of a center that went is a change, not a cut export."""
    before = directory(agency=[row("agency")], site=[row("site")])
    assert check_totals(agencies(1), before=before, centers=["test"], parameters=GATES) == []


def test_most_rows_unreadable_stop_even_a_small_file():
    """Three bad rows of five are a broken file."""
    assert [gate.name for gate in check_rejects(delivery(rows_read=2, rows_rejected=3), parameters=GATES)] == [
        GateName.REJECTED_ROWS
    ]


def test_a_center_that_was_not_read_is_not_compared():
    """A night of one center says nothing about the others."""
    gates = check_totals(agencies(10), before=agencies(10, center_id="west"), centers=["test"], parameters=GATES)
    assert gates == []


@pytest.mark.parametrize(("rejected", "stopped"), [(0, False), (19, False), (20, False), (21, True)])
def test_many_unreadable_rows_stop_the_run(rejected, stopped):
    """A few bad rows are findings; more than 2 % of a file (and at least 20) mean that the file is damaged."""
    gates = check_rejects(delivery(rows_read=1000 - rejected, rows_rejected=rejected), parameters=GATES)
    assert bool(gates) is stopped


def test_a_small_file_is_not_stopped_by_one_bad_row():
    """One bad row of ten is 10 %, and still only one bad row."""
    one_bad = delivery(rows_read=9, rows_rejected=1)
    assert check_rejects(one_bad, parameters=GATES) == []
    assert dataclasses.replace(one_bad, files=()).rows_read == 0


def test_filled_cells_are_counted_by_kind_and_carried_column_only():
    """Blank and blanks are empty; a column that the export does not carry is not there at all."""
    one = delivery(
        carried={"agency.hours", "site.hours", "phone.number"},
        record=delivered_rows(
            "record",
            [{"kind": "agency", "hours": "9-5", "url": "x"}, {"kind": "agency", "hours": "  "}, {"kind": "site"}],
        ),
        phone=delivered_rows(
            "phone", [{"owner_kind": "agency", "number": "1"}, {"owner_kind": "agency", "number": "2"}]
        ),
    )
    assert count_filled(one).select("item", "record_count", "filled_count").rows() == [
        ("agency.hours", 2, 1),
        ("agency.phone.number", 2, 2),
        ("site.hours", 1, 0),
    ]


@pytest.mark.parametrize(
    ("before", "now", "stopped"),
    [
        ((100, 90), (100, 0), True),
        ((100, 90), (100, 8), True),
        ((100, 90), (100, 30), False),  # told as drift, not a gate
        ((100, 49), (100, 0), False),  # never filled enough to be watched
        ((10, 10), (10, 0), False),  # too few records to tell
        ((100, 0), (100, 90), False),  # filled now: no harm
    ],
)
def test_a_column_that_was_filled_and_is_empty_stops_the_run(before, now, stopped):
    """Nine tenths of the filled share gone overnight is an export that lost a column."""
    gates = check_columns(
        filled(("agency.hours", *now)), before=filled(("agency.hours", *before)), center_id="test",
        carried=frozenset({"agency.hours"}), parameters=GATES,
    )  # fmt: skip
    assert [gate.name for gate in gates] == ([GateName.COLUMN_EMPTIED] if stopped else [])


def test_phones_that_vanish_altogether_stop_the_run():
    """Without any phone there is no row to count; its owners still are."""
    gates = check_columns(
        filled(("agency.hours", 50, 50)), before=filled(("agency.phone.number", 50, 80), ("agency.hours", 50, 50)),
        center_id="test", carried=frozenset({"agency.hours", "phone.number"}), parameters=GATES,
    )  # fmt: skip
    assert len(gates) == 1
    assert "phone number of agencies 100% to 0%" in gates[0].message


def test_a_column_that_is_gone_altogether_is_no_gate():
    """An optional column may go: the rules that need it say that they do not apply."""
    gates = check_columns(
        filled(("agency.name", 50, 50)), before=filled(("agency.hours", 50, 50)), center_id="test",
        carried=frozenset({"agency.name"}), parameters=GATES,
    )  # fmt: skip
    assert gates == []


def test_one_column_of_several_kinds_is_one_gate():
    """A flat export has one column for agencies, sites and services: a person reads about it once."""
    kinds = ("agency", "site", "service")
    gates = check_columns(
        filled(*[(f"{kind}.hours", 50, 0) for kind in kinds]), before=filled(*[(f"{kind}.hours", 50, 50) for kind in kinds]),
        center_id="test", carried=frozenset(f"{kind}.hours" for kind in kinds), parameters=GATES,
    )  # fmt: skip
    assert len(gates) == 1
    assert all(word in gates[0].message for word in ("agencies", "sites", "services"))


def note(field: str, count: int) -> pl.DataFrame:
    rows = [
        {"center_id": "test", "record_uid": str(i), "kind": "agency", "note_kind": "unreadable_date", "field": field,
         "value_written": "24.11.26", "is_private": False}
        for i in range(count)
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), Note) if rows else empty_table(Note)


@pytest.mark.parametrize(("unread", "of", "stopped"), [(30, 1000, True), (20, 1000, False), (19, 100, False)])
def test_dates_in_a_new_format_stop_the_run(unread, of, stopped):
    """More than 2 % unreadable dates, and at least 20: the vendor changed the format, nobody mistyped thirty dates."""
    rows = agencies(of, verified_on_written="8/1/26", verified_on=date(2026, 8, 1))
    gates = check_values(rows, notes=note("verified_on", unread), center_id="test", parameters=GATES)
    assert [gate.name for gate in gates] == ([GateName.UNREADABLE_DATES] if stopped else [])


def test_status_words_that_nobody_knows_stop_the_run():
    """Blank statuses are findings; words in another language are a changed export."""
    blank = agencies(50, status="unknown", status_written=None)
    assert check_values(blank, notes=empty_table(Note), center_id="test", parameters=GATES) == []
    foreign = agencies(50, status="unknown", status_written="Actif")
    gates = check_values(foreign, notes=empty_table(Note), center_id="test", parameters=GATES)
    assert [gate.name for gate in gates] == [GateName.UNKNOWN_STATUS]
