"""A report as a workbook: a sheet to read first, then one sheet per table whose cells can be sorted, filtered and summed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import wording
from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text, is_missing
from schemas.errors import StorageError, UsageError
from schemas.report_document import Cell, Column, ColumnKind, Headline, ReportDocument, ReportTable, Section

#: Characters that the name of a sheet may not hold, and its length (as Excel and LibreOffice keep it).
_NOT_IN_NAMES, _NAME_LENGTH = re.compile(r"[\[\]:*?/\\\x00-\x1f]"), 31
#: Name of the sheet to read first, and the name that Excel keeps for itself.
_FIRST, _KEPT = "Report", "history"
#: Characters of a cell, and rows of a sheet with room for its heading and notes.
_CELL_LENGTH, _SHEET_ROWS = 32_767, 1_048_000
#: Widths in characters: of a column of a table, and of the two columns of the first sheet.
_NARROWEST, _WIDEST, _LABELS, _TEXTS = 9, 46, 30, 92
#: Characters of a line above a narrow table, and of a column that nothing was said of.
_LINE_OF_TEXT, _USUAL = 80, 8.43
#: Widest table in characters that is printed upright.
_UPRIGHT = 90
#: Points of one line, and lines of the tallest row (Excel ends at 409 points).
_LINE, _MOST_LINES = 15.0, 27
_INK, _SOFT, _MARK, _LINE_COLOR, _WASH = "#1A1A1A", "#565D66", "#1B4F8A", "#D9DDE1", "#F4F6F8"


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A sheet that is being filled from the top: where the next row goes."""

    sheet: Worksheet
    book: _Book
    rows: list[int]

    def next_row(self, *, lines: float = 1) -> int:
        row = self.rows[0]
        self.rows[0] += 1
        self.sheet.set_row(row, min(max(lines, 1), _MOST_LINES) * _LINE + 5)
        return row


class _Book:
    """The workbook with its formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def style(self, **wanted: object) -> Format:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            given = {"font_name": "Calibri", "font_size": 11, "font_color": _INK, "valign": "top", **wanted}
            self._made[key] = self.book.add_format(given)
        return self._made[key]


def write_document_workbook(document: ReportDocument, path: Path) -> None:
    """Write a report as an .xlsx file; an existing file is replaced once the new one is whole.

    The first sheet holds what the report says, the others its tables. Texts are stored as texts, whatever they begin with; a null
    says what its column says of nulls. The same report gives the same bytes.

    Args:
        document: The report.
        path: The file.

    Raises:
        UsageError: The path does not end in `.xlsx`, or a table has more rows than a sheet.
        StorageError: The file cannot be written, for instance because it is open in a spreadsheet program.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"A workbook is an .xlsx file, not {path.name!r}.", advice="Give a name that ends in .xlsx.")
    for table in document.tables():
        if len(table.rows) > _SHEET_ROWS:
            raise UsageError(
                f"The table {table.title!r} has more rows than a sheet ({len(table.rows):,}).",
                advice="Show the first of them in the report and say where all of them are.",
            )
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(document, partial)
        partial.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise StorageError(
            f"The workbook {path} cannot be written: {fault}.",
            advice="Close it if it is open in a spreadsheet program, and see that the folder may be written to.",
        ) from fault
    finally:
        partial.unlink(missing_ok=True)


def sheet_names(document: ReportDocument) -> dict[str, str]:
    """Return the name of the sheet of each table, by the table's id: valid in every spreadsheet program and used once."""
    taken = {_FIRST.lower(), _KEPT}
    names = {}
    for table in document.tables():
        plain = _NOT_IN_NAMES.sub("-", clean_text(table.table_id)).strip("' ")[:_NAME_LENGTH].rstrip("' ") or "table"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: _NAME_LENGTH - len(f' {number}')]} {number}"
        taken.add(name.lower())
        names[table.table_id] = name
    return names


def _write(document: ReportDocument, path: Path) -> None:
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties(
            {
                "title": clean_text(document.title)[:255],
                "subject": clean_text(document.subtitle)[:255],
                "created": datetime.combine(document.as_of, time(), tzinfo=UTC),
            }
        )
        book = _Book(workbook)
        names = sheet_names(document)
        first = workbook.add_worksheet(_FIRST)
        sheets = {table.table_id: workbook.add_worksheet(names[table.table_id]) for table in document.tables()}
        _write_first(_Page(sheet=first, book=book, rows=[0]), document, names)
        for table in document.tables():
            _write_table(_Page(sheet=sheets[table.table_id], book=book, rows=[0]), table, document)


# The first sheet


def _write_first(page: _Page, document: ReportDocument, names: dict[str, str]) -> None:
    page.sheet.hide_gridlines(2)
    page.sheet.set_column(0, 0, _LABELS)
    page.sheet.set_column(1, 1, _TEXTS)
    _text(page, document.title, bold=True, font_size=20, lines=1.9)
    if document.subtitle:
        _text(page, document.subtitle, font_size=13, font_color=_SOFT, lines=1.3)
    _text(page, f"Figures as of {wording.day(document.as_of)}", font_color=_SOFT)
    if document.warnings:
        _heading(page, "Before you read the figures")
        for warning in document.warnings:
            _text(page, warning, bg_color="#FDF3E1", indent=1, left=5, left_color="#A94A16")
    if document.summary:
        _heading(page, "In short")
        for text in document.summary:
            _text(page, text)
    for headline in document.headlines:
        _figure(page, headline)
    _contents(page, document, names)
    for section in document.sections:
        _section(page, section)
    if document.facts:
        _heading(page, "About this report")
        for name, value in document.facts:
            _pair(page, name, value)
    _printed(page.sheet, document, landscape=False)


def _contents(page: _Page, document: ReportDocument, names: dict[str, str]) -> None:
    if not names:
        return
    _heading(page, "Tables in this workbook")
    link = page.book.style(font_color=_MARK, underline=1, text_wrap=True)
    said = page.book.style(text_wrap=True)
    for table in document.tables():
        title, name = clean_text(table.title), names[table.table_id]
        row = page.next_row(lines=_lines(title, width=_TEXTS))
        quoted = name.replace("'", "''")
        page.sheet.write_url(row, 0, f"internal:'{quoted}'!A1", link, string=name)
        page.sheet.write_string(row, 1, title[:_CELL_LENGTH], said)


def _section(page: _Page, section: Section) -> None:
    _heading(page, section.heading)
    for text in section.paragraphs:
        _text(page, text)
    for headline in section.headlines:
        _figure(page, headline)
    for chart in section.charts:
        _pair(page, chart.title, chart.told)
    for note in section.notes:
        _text(page, note, font_color=_SOFT)


def _heading(page: _Page, text: str) -> None:
    page.next_row()
    _text(page, text, bold=True, font_size=14, font_color=_MARK, bottom=1, bottom_color=_LINE_COLOR, lines=1.4)


def _text(page: _Page, text: str, *, lines: float = 1, **style: object) -> None:
    """Write a text over both columns."""
    plain = clean_text(text)[:_CELL_LENGTH]
    needed = _lines(plain, width=int((_LABELS + _TEXTS) * 11 / float(str(style.get("font_size", 11)))))
    row = page.next_row(lines=needed * lines)
    cell = page.book.style(text_wrap=True, **style)
    page.sheet.merge_range(row, 0, row, 1, "", cell)
    page.sheet.write_string(row, 0, plain, cell)


def _pair(page: _Page, name: str, value: str) -> None:
    left, right = clean_text(name)[:_CELL_LENGTH], clean_text(value)[:_CELL_LENGTH]
    row = page.next_row(lines=max(_lines(left, width=_LABELS), _lines(right, width=_TEXTS)))
    page.sheet.write_string(row, 0, left, page.book.style(text_wrap=True, font_color=_SOFT))
    page.sheet.write_string(row, 1, right, page.book.style(text_wrap=True))


def _figure(page: _Page, headline: Headline) -> None:
    said = ". ".join(clean_text(part).rstrip(".") for part in (headline.basis, headline.change) if part)
    value, label = clean_text(headline.value), clean_text(headline.label)
    right = (f"{label}\n{said}" if said else label)[:_CELL_LENGTH]
    row = page.next_row(
        lines=max(1.6 * _lines(value, width=_LABELS * 11 // 16), _lines(right, width=_TEXTS)),
    )
    page.sheet.write_string(
        row, 0, value[:_CELL_LENGTH], page.book.style(text_wrap=True, bold=True, font_size=16, font_color=_MARK)
    )
    wrapped = page.book.style(text_wrap=True)
    if label.strip() and len(right) > len(label):
        # Two faces in one cell.
        page.sheet.write_rich_string(row, 1, page.book.style(bold=True), label, right[len(label) :], wrapped)
    else:
        page.sheet.write_string(row, 1, right, wrapped)


# The sheet of a table


def _write_table(page: _Page, table: ReportTable, document: ReportDocument) -> None:
    sheet = page.sheet
    widths = [_width(table, place) for place in range(len(table.columns))]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    last, room = _across(widths)
    for text, style in _above(table):
        plain = clean_text(text)[:_CELL_LENGTH]
        size = float(str(style.get("font_size", 11)))
        row = page.next_row(lines=_lines(plain, width=int(room * 11 / size)) * size / 11 * 1.05)
        cell = page.book.style(text_wrap=True, **style)
        # A text that runs over the edge of a table would be printed so small that it fits the page.
        sheet.merge_range(row, 0, row, last, "", cell)
        sheet.write_string(row, 0, plain, cell)
    back = page.next_row()
    sheet.write_url(
        back, 0, f"internal:'{_FIRST}'!A1", page.book.style(font_color=_MARK, underline=1), string="Back to the report"
    )
    head = _write_head(page, table, widths)
    for values in table.rows:
        texts = [cell_text(value, column) for value, column in zip(values, table.columns, strict=True)]
        row = page.next_row(
            lines=max((_lines(text, width=width) for text, width in zip(texts, widths, strict=True)), default=1)
        )
        for place, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            _write_cell(page, row, place, value, column)
    sheet.freeze_panes(head + 1, 1 if len(widths) > 1 else 0)
    if widths:
        sheet.autofilter(head, 0, max(page.rows[0] - 1, head), len(widths) - 1)
    sheet.repeat_rows(head)
    _printed(sheet, document, landscape=sum(widths) > _UPRIGHT)


def _across(widths: list[int]) -> tuple[int, float]:
    """Return the last column and the width of what is written above a table: over all of it, and no narrower than a line."""
    last, room = max(len(widths) - 1, 0), float(sum(widths))
    while room < _LINE_OF_TEXT or last == 0:
        last += 1
        room += _USUAL
    return last, room


def _above(table: ReportTable) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what stands above the heading of a table: it is not at its foot, where sorting would take it along."""
    yield table.title, {"bold": True, "font_size": 14}
    if table.of_rows is not None and table.of_rows > len(table.rows):
        where = f" All of them: {table.where_all}" if table.where_all else ""
        yield (
            f"The first {wording.number(len(table.rows))} of {wording.number(table.of_rows)}.{where}",
            {"font_color": _SOFT},
        )
    elif not table.rows:
        yield "There are none.", {"font_color": _SOFT}
    for note in table.notes:
        yield note, {"font_color": _SOFT}


def _write_head(page: _Page, table: ReportTable, widths: list[int]) -> int:
    # Three characters are left for the button of the filter.
    lines = [
        _lines(clean_text(column.heading), width=width - 3) for column, width in zip(table.columns, widths, strict=True)
    ]
    row = page.next_row(lines=max(lines, default=1))
    for place, column in enumerate(table.columns):
        cell = page.book.style(
            bold=True,
            text_wrap=True,
            valign="bottom",
            bg_color=_WASH,
            bottom=1,
            bottom_color=_SOFT,
            align=_side(column),
            indent=_indent(place, column),
        )
        page.sheet.write_string(row, place, clean_text(column.heading)[:_CELL_LENGTH], cell)
    return row


def _write_cell(page: _Page, row: int, place: int, value: Cell, column: Column) -> None:
    ruled: dict[str, object] = {
        "bottom": 1,
        "bottom_color": _LINE_COLOR,
        "align": _side(column),
        "indent": _indent(place, column),
        "bold": place == 0,
    }
    if is_missing(value):
        cell = page.book.style(text_wrap=True, italic=True, font_color=_SOFT, **ruled | {"bold": False})
        page.sheet.write_string(row, place, cell_text(value, column)[:_CELL_LENGTH], cell)
    elif isinstance(value, date):
        page.sheet.write_datetime(row, place, value, page.book.style(num_format="yyyy-mm-dd", **ruled))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        page.sheet.write_number(row, place, value, page.book.style(num_format=_number_format(column), **ruled))
    else:
        page.sheet.write_string(
            row, place, cell_text(value, column)[:_CELL_LENGTH], page.book.style(text_wrap=True, **ruled)
        )


def _number_format(column: Column) -> str:
    decimals = "." + "0" * column.decimals if column.decimals > 0 else ""
    return {
        ColumnKind.COUNT: "#,##0",
        ColumnKind.NUMBER: f"#,##0{decimals}",
        ColumnKind.SHARE: f"0{decimals}\\ %",
    }.get(column.kind, "General")


def _side(column: Column) -> str:
    return "right" if column.kind in NUMERIC else "left"


def _indent(place: int, column: Column) -> int:
    """Return the space before a text, which would else touch the number to its left."""
    return 1 if place and column.kind not in NUMERIC else 0


def _width(table: ReportTable, place: int) -> int:
    """Return the width of a column: of its longest value and the longest word of its heading, within limits."""
    column = table.columns[place]
    heading = max((len(word) for word in clean_text(column.heading).split()), default=0) + 3
    longest = max(
        (len(line) for row in table.rows for line in cell_text(row[place], column).split("\n")), default=_NARROWEST
    )
    return min(max(heading, longest + 2, _NARROWEST), _WIDEST)


def _printed(sheet: Worksheet, document: ReportDocument, *, landscape: bool) -> None:
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(1)  # US letter
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    # `&` begins a command in a footer.
    title = clean_text(document.title).replace("&", "&&")[:150]
    sheet.set_footer(f"&L&9{title}&R&9&P of &N")


def _lines(text: str, *, width: int) -> int:
    """Return how many lines a wrapped text takes in a column of a width in characters."""
    return sum(max(1, -(-len(part) // max(width - 1, 1))) for part in text.split("\n"))
