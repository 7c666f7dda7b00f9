"""A time log line by line: what can be used, what cannot and why, and which updates it adds up to."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.measure.time_log import TIME_LOG_COLUMNS, list_updates, read_entries
from schemas.contract import conform
from schemas.time_log import TimeEntry

AS_OF = date(2026, 11, 20)
RECORDS = pl.DataFrame(
    [
        ("east", "uid-a", "100", "uid-a"),
        ("east", "uid-s", "101", "uid-a"),
        ("east", "uid-b", "200", "uid-b"),
        ("east", "uid-c", "300", "uid-c"),
        ("west", "uid-d", "300", "uid-d"),
        ("west", "uid-e", None, "uid-e"),
    ],
    schema=["center_id", "record_uid", "native_id", "agency_uid"],
    orient="row",
)


def read(*rows: tuple[str | None, str | None, str | None, str | None]):
    """Read lines of (date, curator, record, minutes); the first is line 2 of the file."""
    lines = pl.DataFrame(rows, schema=dict.fromkeys(TIME_LOG_COLUMNS, pl.String), orient="row").with_row_index(
        "source_line", offset=2
    )
    return read_entries(lines.with_columns(pl.col("source_line").cast(pl.Int64)), records=RECORDS, as_of=AS_OF)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ((None, "Ann", "100", "30"), "date", "is missing"),
        (("13/45/2026", "Ann", "100", "30"), "date", "is no day"),
        (("2026-11-21", "Ann", "100", "30"), "date", "lies after 2026-11-20"),
        (("2026-05-04", "Ann", "100", None), "minutes", "are missing"),
        (("2026-05-04", "Ann", "100", "half an hour"), "minutes", "no number"),
        (("2026-05-04", "Ann", "100", "NaN"), "minutes", "no number"),
        (("2026-05-04", "Ann", "100", "0"), "minutes", "above 0"),
        (("2026-05-04", "Ann", "100", "-5"), "minutes", "above 0"),
        (("2026-05-04", "Ann", "100", "1441"), "minutes", "Nobody works more"),
        (("2026-05-04", "Ann", " ", "30"), "record", "is missing"),
        (("2026-05-04", "Ann", "999", "30"), "record", "no counted record"),
        (("2026-05-04", "Ann", "300", "30"), "record", "Several records"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_by_line_and_column(
    row: tuple[str | None, ...], column: str, reason: str
) -> None:
    log = read(("2026-05-04", "Ann", "200", "20"), row)
    assert log.entries.height == 1
    (fault,) = log.faults.to_dicts()
    assert (fault["source_line"], fault["column"]) == (3, column)
    assert reason in fault["reason"]


def test_a_record_of_another_center_is_told_as_such() -> None:
    lines = pl.DataFrame(
        [
            (2, "2026-05-04", "Ann", "300", "30"),
            (3, "2026-05-04", "Ann", "uid-d", "30"),
            (4, "2026-05-04", "Ann", "9", "30"),
        ],
        schema={"source_line": pl.Int64} | dict.fromkeys(TIME_LOG_COLUMNS, pl.String),
        orient="row",
    )
    is_east = pl.col("center_id") == "east"
    log = read_entries(lines, records=RECORDS.filter(is_east), elsewhere=RECORDS.filter(~is_east), as_of=AS_OF)
    assert log.entries["agency_uid"].to_list() == ["uid-c"]
    assert [row["reason"] for row in log.faults.to_dicts()] == [
        "This is a record of another center.",
        "There is no counted record of this number.",
    ]


def test_a_line_pasted_twice_counts_once() -> None:
    log = read(*[("2026-05-04", "Ann", "100", "30")] * 3)
    assert log.entries.height == 1
    assert log.faults["source_line"].to_list() == [3, 4]


def test_sites_and_services_count_for_their_agency() -> None:
    log = read(
        ("2026-05-04", "Ann", "101", "30"), ("5/6/2026", "", "UID-A", "12,5"), ("04.05.2026", "Ben", "uid-e", "7")
    )
    assert log.faults.is_empty()
    assert log.entries.select("agency_uid", "minutes", "curator").rows() == [
        ("uid-a", 30.0, "Ann"),
        ("uid-a", 12.5, "(not said)"),
        ("uid-e", 7.0, "Ben"),
    ]
    assert log.entries["worked_on"].to_list() == [date(2026, 5, 4), date(2026, 5, 6), date(2026, 5, 4)]


def entries(*rows: tuple[date, str, str, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["worked_on", "curator", "agency_uid", "minutes"], orient="row")
    return conform(
        frame.with_columns(center_id=pl.lit("east"), source_line=pl.int_range(pl.len(), dtype=pl.Int64)), TimeEntry
    )


def test_entries_close_together_are_one_update() -> None:
    updates = list_updates(
        entries(
            (date(2026, 1, 5), "Ann", "a", 10.0),
            (date(2026, 3, 6), "Ben", "a", 30.0),
            (date(2026, 5, 6), "Ann", "a", 5.0),
            (date(2026, 1, 5), "Ann", "b", 7.0),
        ),
        gap_days=60,
    )
    assert updates.select("agency_uid", "first_on", "minutes", "entry_count", "curator").rows() == [
        ("a", date(2026, 1, 5), 40.0, 2, "Ben"),
        ("a", date(2026, 5, 6), 5.0, 1, "Ann"),
        ("b", date(2026, 1, 5), 7.0, 1, "Ann"),
    ]


def test_nothing_is_lost_between_entries_and_updates() -> None:
    given = entries(*[(date(2026, 1 + place % 10, 1), "Ann", f"a{place % 7}", float(place + 1)) for place in range(60)])
    assert list_updates(given, gap_days=45)["minutes"].sum() == given["minutes"].sum()
    assert list_updates(given.head(0), gap_days=45).is_empty()
