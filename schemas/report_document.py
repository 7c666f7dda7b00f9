"""A report as data: sections of sentences, tiles, tables and charts, from which every written form is made.

HTML, PDF, XLSX and Markdown are drawn from one and the same document, so that no form tells what another does not. A chart names
the table that holds its numbers: there is no chart without its table. Everything here may be shown to the people who read the
report; what is confidential must not be put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Cell = str | int | float | bool | date | None


class ColumnKind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    COUNT = "count"  # whole number
    NUMBER = "number"  # with `decimals`
    SHARE = "share"  # 0-1, written as per cent
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Args:
        key: Name for files and scripts: small letters, digits and `_`.
        heading: Name for people, with its unit when it has one.
        kind: How values are written.
        decimals: Digits behind the point, of numbers and of shares in per cent.
        missing: What stands for a null.
    """

    key: str
    heading: str
    kind: ColumnKind = ColumnKind.TEXT
    decimals: int = 1
    missing: str = "not known"


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """One table.

    Args:
        table_id: Name of it in this document: small letters, digits and `-`; the sheet of a workbook is named by it.
        title: Caption.
        columns: Its columns; the first one names the row.
        rows: One tuple per row, as long as `columns`. A null is written as the column's `missing`.
        of_rows: Rows that there are in all, when only the first are shown; None when all are.
        where_all: How to get all of them, when only the first are shown; a command or a file.
        notes: Sentences that belong under it: definitions, denominators, caveats.
        is_folded: Whether a page shows it closed at first, because a chart tells it above.
    """

    table_id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_rows: int | None = None
    where_all: str | None = None
    notes: tuple[str, ...] = ()
    is_folded: bool = False

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns.

        Raises:
            ValueError: A row has more or fewer cells than there are columns, or two columns have one key.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"the table {self.table_id} has a row that does not fit its columns")
        if len({column.key for column in self.columns}) != len(self.columns):
            raise ValueError(f"the table {self.table_id} has two columns of one key")


@dataclass(frozen=True, kw_only=True)
class LineSeries:
    """One line of a line chart.

    Args:
        name: Its name in the legend.
        days: Where its points lie, ascending.
        values: One per day; null leaves a gap.
        low: Lower end of the range round each point; empty when there is none.
        high: Upper end; empty likewise.
        is_expected: Whether it speaks of days to come (drawn dashed).
    """

    name: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    is_expected: bool = False


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """Lines over days.

    Args:
        chart_id: Name of it in this document.
        title: What it shows.
        told: The same in a sentence or two, for those who do not see it.
        table_id: Table of this section that holds its numbers.
        series: Its lines.
        unit: How values are written on the axis.
        target: A level to be reached, with its name.
        from_zero: Whether the axis begins at 0.
    """

    chart_id: str
    title: str
    told: str
    table_id: str
    series: tuple[LineSeries, ...]
    unit: ColumnKind = ColumnKind.SHARE
    target: tuple[str, float] | None = None
    from_zero: bool = True


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Bars from left to right, one per row, each of one or more parts.

    Args:
        chart_id: Name of it in this document.
        title: What it shows.
        told: The same in a sentence or two.
        table_id: Table of this section that holds its numbers.
        parts: Key and name of each part, in the order in which they are drawn.
        rows: Name of the row, with the value of each part that it has; a null value is drawn as no part.
        unit: How values are written.
        decimals: Digits behind the point.
        as_whole: Whether every bar fills the width and its parts are shares of it.
        ranges: Low and high of a row's sum, drawn as a whisker; by name of the row.
        palette: `plain`, `severity` or `bands`: the colors of the parts.
    """

    chart_id: str
    title: str
    told: str
    table_id: str
    parts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, Mapping[str, float | None]], ...]
    unit: ColumnKind = ColumnKind.COUNT
    decimals: int = 0
    as_whole: bool = False
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    palette: str = "plain"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One area of a tile map.

    Args:
        name: Its name.
        short: What is written inside, five characters at most.
        column: Place from the left, from 0.
        row: Place from the top, from 0.
        state: Key of what is true of it.
    """

    name: str
    short: str
    column: int
    row: int
    state: str


@dataclass(frozen=True, kw_only=True)
class TileMap:
    """Areas as tiles, near to where they lie.

    Args:
        chart_id: Name of it in this document.
        title: What it shows.
        told: The same in a sentence or two.
        table_id: Table of this section that holds it.
        tiles: The areas.
        states: Key and name of each state, in the order of the legend. Each has its own pattern besides its color.
    """

    chart_id: str
    title: str
    told: str
    table_id: str
    tiles: tuple[Tile, ...]
    states: tuple[tuple[str, str], ...]


Chart = LineChart | BarChart | TileMap


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure that stands large.

    Args:
        label: What it is.
        value: The figure as text, with its unit; `unknown` when it cannot be known.
        basis: What it rests on: numerator and denominator, band, or why it is unknown. Never empty for shares and curators.
        change: How it moved since the period before, in words; None when that is not known.
    """

    label: str
    value: str
    basis: str
    change: str | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a report.

    Args:
        section_id: Name of it in this document: small letters, digits and `-`.
        heading: Its heading.
        paragraphs: What it says, in sentences.
        headlines: Figures that stand large.
        charts: Charts; each names a table of this section.
        tables: Tables.
        notes: Method and caveats in plain sentences.
    """

    section_id: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    headlines: tuple[Headline, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a chart without its table.

        Raises:
            ValueError: A chart names a table that this section does not have.
        """
        known = {table.table_id for table in self.tables}
        for chart in self.charts:
            if chart.table_id not in known:
                raise ValueError(f"the chart {chart.chart_id} has no table {chart.table_id} beside it")


@dataclass(frozen=True, kw_only=True)
class ReportDocument:
    """A whole report.

    Args:
        title: What it is, such as `Quarterly report of the directory`.
        subtitle: Of what and of when: the center or curator, the period.
        as_of: Day that its figures speak of.
        facts: What identifies it, name and value: run, day of the export, definition of the period, program version.
        summary: The few sentences that somebody reads who reads nothing else; a digest for e-mail begins with them.
        headlines: The figures that stand at the top, at most six.
        warnings: What the reader has to know before believing a figure, one sentence each.
        sections: Its parts.
        language: Language of the texts, as a tag.
    """

    title: str
    subtitle: str
    as_of: date
    facts: tuple[tuple[str, str], ...] = ()
    summary: tuple[str, ...] = ()
    headlines: tuple[Headline, ...] = ()
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuse names that are used twice.

        Raises:
            ValueError: Two sections, tables or charts have one name.
        """
        for kind, names in (
            ("section", [section.section_id for section in self.sections]),
            ("table", [table.table_id for section in self.sections for table in section.tables]),
            ("chart", [chart.chart_id for section in self.sections for chart in section.charts]),
        ):
            repeated = sorted({name for name in names if names.count(name) > 1})
            if repeated:
                raise ValueError(f"two {kind}s are named {repeated[0]}")

    def tables(self) -> tuple[ReportTable, ...]:
        """Return the tables of all sections, in order."""
        return tuple(table for section in self.sections for table in section.tables)
