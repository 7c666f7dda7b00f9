"""Forms made of profiles: every line gets an id and a checksum, every form an id from all that stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipeline.workbook.checksums import checksum, plain_text
from schemas.enumerations import RecordKind
from schemas.packet_parameters import PacketParameters, ReturnPlace
from schemas.packets import HIDDEN, LAYOUT, MISSING_LINES, NOTHING, FormLine, Packet

_MISSING_PART = "What is missing"
#: Characters of a value that are printed: a cell holds 32,767.
_LONGEST, _CUT = 32_000, " … (shortened)"


@dataclass(frozen=True, kw_only=True)
class PrintedLine:
    """A line as it is printed.

    Attributes:
        line: What the log keeps of it.
        part: Heading of the record.
        shown: The present value, or words for nothing or for a private one.
    """

    line: FormLine
    part: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class PrintedForm:
    """A form ready to be written.

    Attributes:
        packet: What the log keeps of it.
        title: Name of the agency as printed.
        lines: Lines about records.
        missing: Lines for what is missing.
        sender: Who sends it and where it goes back to.
        further_sentence: A sentence of the center's own.
    """

    packet: Packet
    title: str
    lines: tuple[PrintedLine, ...]
    missing: tuple[PrintedLine, ...]
    sender: ReturnPlace
    further_sentence: str

    def parts(self) -> Iterator[tuple[str, list[PrintedLine]]]:
        """Return the lines by record, in the order of the form."""
        parts: dict[tuple[str, str], list[PrintedLine]] = {}
        for line in self.lines:
            parts.setdefault((line.line.kind, line.line.record_uid), []).append(line)
        for lines in parts.values():
            yield lines[0].part, lines


def line_check(line_id: str, *, part: str, what: str, shown: str) -> str:
    """Return a hash of everything on a line that nobody is to change.

    Args:
        line_id: Id of the line.
        part: Heading of the record, as printed.
        what: Field in words, as printed.
        shown: Present value, as printed.
    """
    return checksum((line_id, plain_text(part), plain_text(what), plain_text(shown)))


def lines_check(lines: tuple[FormLine, ...]) -> str:
    """Return a hash over all lines of a form."""
    return checksum(f"{line.line_id} {line.check}" for line in lines)


def make_forms(
    profile: pl.DataFrame, *, as_of: date, written_on: date, run_id: str, parameters: PacketParameters
) -> list[PrintedForm]:
    """Return the forms of the agencies of a profile.

    Args:
        profile: `schemas.packets.ProfileLine`.
        as_of: Day of the directory.
        written_on: Day on which the forms are written.
        run_id: Night that is shown.
        parameters: Sender, way back, days to answer.

    Returns:
        One form per agency, by center and agency.
    """
    return [
        _form(rows.to_dicts(), as_of=as_of, written_on=written_on, run_id=run_id, parameters=parameters)
        for _, rows in profile.sort("center_id", "agency_uid", "place").group_by(
            "center_id", "agency_uid", maintain_order=True
        )
    ]


def _form(
    rows: list[dict[str, Any]], *, as_of: date, written_on: date, run_id: str, parameters: PacketParameters
) -> PrintedForm:
    center_id, agency_uid = rows[0]["center_id"], rows[0]["agency_uid"]
    lines = tuple(_line(number, row) for number, row in enumerate(rows, start=1))
    agency = next(row for row in rows if row["kind"] == RecordKind.AGENCY.value)
    missing = tuple(
        _missing_line(number, field, what, agency=agency)
        for number, (field, what) in enumerate(MISSING_LINES.items(), start=1)
    )
    every = tuple(one.line for one in (*lines, *missing))
    digest = checksum(
        (LAYOUT, center_id, agency_uid, as_of.isoformat(), written_on.isoformat(), run_id, lines_check(every))
    )
    name = next((row["shown"] for row in rows if row["field"] == "name" and row["kind"] == agency["kind"]), "")
    hides_name = name == HIDDEN
    packet = Packet(
        packet_id=f"form-{written_on:%Y%m%d}-{digest[:10]}",
        center_id=center_id,
        agency_uid=agency_uid,
        native_id=agency["native_id"],
        name="" if hides_name else name,
        as_of=as_of,
        written_on=written_on,
        reply_by=written_on + timedelta(days=parameters.reply_by_days),
        run_id=run_id,
        lines=every,
    )
    return PrintedForm(
        packet=packet,
        title="your agency" if hides_name or not name else name,
        lines=lines,
        missing=missing,
        sender=parameters.place_of(center_id),
        further_sentence=parameters.further_sentence,
    )


def _line(number: int, row: dict[str, Any]) -> PrintedLine:
    line_id = f"r{number:03d}"
    shown = row["shown"] or NOTHING
    if len(shown) > _LONGEST:
        shown = shown[:_LONGEST] + _CUT
    return PrintedLine(
        line=FormLine(
            line_id=line_id,
            kind=row["kind"],
            record_uid=row["record_uid"],
            native_id=row["native_id"],
            part=row["part"],
            field=row["field"],
            entry=row["entry"],
            what=row["what"],
            compare=row["compare"],
            check=line_check(line_id, part=row["part"], what=row["what"], shown=shown),
            is_hidden=row["is_hidden"],
            is_empty=not row["shown"],
        ),
        part=row["part"],
        shown=shown,
    )


def _missing_line(number: int, field: str, what: str, *, agency: dict[str, Any]) -> PrintedLine:
    line_id = f"m{number:03d}"
    return PrintedLine(
        line=FormLine(
            line_id=line_id,
            kind=agency["kind"],
            record_uid=agency["record_uid"],
            native_id=agency["native_id"],
            part=_MISSING_PART,
            field=field,
            entry="",
            what=what,
            compare="text",
            check=line_check(line_id, part=_MISSING_PART, what=what, shown=""),
            is_hidden=False,
            is_empty=True,
        ),
        part=_MISSING_PART,
        shown="",
    )
