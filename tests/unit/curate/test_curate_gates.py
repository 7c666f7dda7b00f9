"""Gates: a damaged or cut export never replaces a good night."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.curate.gates import check_rejects, check_totals
from schemas.contract import empty_table
from schemas.delivered import DELIVERED_COLUMNS, Conventions, Delivered, InputFile, empty_delivered
from schemas.parameters import GateParameters
from schemas.raw import RawHeader, RawReject, RawRow
from tests.builders import directory, row

GATES = GateParameters()


def delivery(*, rows_read: int, rows_rejected: int) -> Delivered:
    file = InputFile(
        name="export.csv", sha256="0", bytes_count=1, encoding="utf-8", newline="LF", separator=",",
        rows_read=rows_read, rows_rejected=rows_rejected, rows_blank=0,
    )  # fmt: skip
    return Delivered(
        center_id="test", format_name="icarol", format_version="", input_sha256="0", files=(file,),
        raw_header=empty_table(RawHeader), raw_row=empty_table(RawRow), raw_reject=empty_table(RawReject),
        carried=frozenset(), conventions=Conventions(),
        **{table: empty_delivered(table) for table in DELIVERED_COLUMNS},
    )  # fmt: skip


def agencies(count: int):
    return directory(agency=[row("agency", str(number)) for number in range(count)])


@pytest.mark.parametrize(("later", "stopped"), [(10, False), (6, False), (5, True), (0, True)])
def test_far_fewer_records_stop_the_run(later, stopped):
    """Six of ten is the floor: five stop the run, six do not."""
    reasons = check_totals(agencies(later), before=agencies(10), centers=["test"], parameters=GATES)
    assert bool(reasons) is stopped
    if stopped:
        assert f"{later} agency records against 10" in reasons[0]


def test_the_first_night_is_never_stopped():
    """With nothing before, there is nothing to fall below."""
    assert check_totals(agencies(1), before=agencies(0), centers=["test"], parameters=GATES) == []


def test_a_center_that_was_not_read_is_not_compared():
    """A night of one center says nothing about the others."""
    assert check_totals(agencies(0), before=agencies(10), centers=["west"], parameters=GATES) == []


@pytest.mark.parametrize(("rejected", "stopped"), [(0, False), (19, False), (20, False), (21, True)])
def test_many_unreadable_rows_stop_the_run(rejected, stopped):
    """A few bad rows are findings; more than 2 % of a file (and at least 20) mean that the file is damaged."""
    reasons = check_rejects(delivery(rows_read=1000 - rejected, rows_rejected=rejected), parameters=GATES)
    assert bool(reasons) is stopped


def test_a_small_file_is_not_stopped_by_one_bad_row():
    """One bad row of ten is 10 %, and still only one bad row."""
    one_bad = delivery(rows_read=9, rows_rejected=1)
    assert check_rejects(one_bad, parameters=GATES) == []
    assert dataclasses.replace(one_bad, files=()).rows_read == 0
