"""How the figures of a period and their changes are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.publish.wording import count_of, day, number, share_basis, share_text
from schemas.night import ShareFigure
from schemas.period import PeriodKind
from schemas.period_facts import Interval, PeriodFacts
from schemas.report_document import Cell, Column, ColumnKind, ReportTable

#: Counties, curators or centers listed one by one: more than Illinois has counties (project choice).
MOST_PARTS = 120

#: Said wherever figures stand by curator.
NO_RANKING = (
    "Sorted by name. The records of curators differ in kind and number, and hands change: these figures help to share out work; they are "
    "not a measure of any person's work."
)

_TITLES = {
    PeriodKind.MONTH: "Monthly report of the resource directory",
    PeriodKind.QUARTER: "Quarterly report of the resource directory",
    PeriodKind.YEAR: "Annual report of the resource directory",
    PeriodKind.FISCAL_YEAR: "Report of the resource directory for the fiscal year",
}


def title_of(facts: PeriodFacts) -> str:
    """Return the title of a report."""
    return _TITLES[facts.period.kind]


def period_words(facts: PeriodFacts) -> str:
    """Return the period for people, `to date` when it is not over."""
    if not facts.is_running:
        return facts.period.words
    return f"{facts.period.words}, to date ({day(facts.until)})"


def before_words(facts: PeriodFacts) -> str:
    """Return which night stands for the end of the period before."""
    return "no earlier night" if facts.before_on is None else day(facts.before_on)


def counted_words(facts: PeriodFacts) -> str:
    """Return what is counted, as a sentence without its end."""
    counts = {count.name: count.now or 0 for count in facts.records.counted}
    if facts.scope.curator is not None:
        agencies, records = count_of(counts["agency"], "agency"), count_of(counts["record"], "record")
        return f"With {facts.scope.curator} as curator are {agencies}, and {records} of all kinds"
    return f"The directory counts {counts_words((count, kind) for kind, count in counts.items())}"


def count_change(now: int | None, before: int | None) -> str | None:
    """Return how a count moved; None when that is not known.

    >>> count_change(12, 15), count_change(5, 5), count_change(1200, 0)
    ('3 fewer', 'unchanged', '1,200 more')
    """
    if now is None or before is None:
        return None
    if now == before:
        return "unchanged"
    return f"{number(abs(now - before))} {'more' if now > before else 'fewer'}"


def share_change(now: ShareFigure | None, before: ShareFigure | None) -> str | None:
    """Return how a share moved, in points of per cent; None when that is not known.

    >>> share = lambda value: ShareFigure(numerator=1, denominator=2, unknown=0, share=value)
    >>> share_change(share(0.774), share(0.682)), share_change(share(0.5), share(0.5001))
    ('up 9.2 points', 'unchanged')
    """
    if now is None or before is None or now.share is None or before.share is None:
        return None
    points = round((now.share - before.share) * 100, 1)
    if points == 0:
        return "unchanged"
    one = "point" if abs(points) == 1 else "points"
    return f"{'up' if points > 0 else 'down'} {abs(points):.1f} {one}"


def since(change: str | None, facts: PeriodFacts) -> str | None:
    """Return a change with the day since which it happened."""
    return None if change is None or facts.before_on is None else f"{change} since {day(facts.before_on)}"


def interval_words(value: Interval, *, is_share: bool) -> str:
    """Return an estimate with its interval.

    >>> interval_words((0.125, 0.05, 0.25), is_share=True), interval_words((91.0, None, None), is_share=False)
    ('12.5 % (5.0 to 25.0 %)', '91.0')
    """
    estimate, low, high = value
    if estimate is None:
        return "not known"
    if not is_share:
        told = f"{estimate:.1f}"
        return told if low is None or high is None else f"{told} ({low:.1f} to {high:.1f})"
    told = f"{estimate * 100:.1f} %"
    return told if low is None or high is None else f"{told} ({low * 100:.1f} to {high * 100:.1f} %)"


def band_words(band: tuple[float, float, float]) -> str:
    """Return curators as a band.

    >>> band_words((2.04, 3.0, 4.26))
    '2.0 to 4.3 full-time curators (central figure 3.0)'
    """
    low, central, high = band
    # Small centers have tenths of a curator.
    digits = 1 if high >= 1 else 2
    return f"{low:.{digits}f} to {high:.{digits}f} full-time curators (central figure {central:.{digits}f})"


def figure_words(figure: ShareFigure, noun: str) -> str:
    """Return a share with what it was counted from."""
    return f"{share_text(figure)} ({share_basis(figure, noun)})"


def were(count: int) -> str:
    """Return the verb of a count.

    >>> were(1), were(0)
    ('was', 'were')
    """
    return "was" if count == 1 else "were"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def counts_words(counts: Iterable[tuple[int, str]]) -> str:
    """Return counts with their nouns as a list in a sentence."""
    return listed([count_of(count, kind) for count, kind in counts])


def count_column(key: str, heading: str, *, missing: str = "not known") -> Column:
    """Return a column of whole numbers."""
    return Column(key=key, heading=heading, kind=ColumnKind.COUNT, missing=missing)


def text_column(key: str, heading: str, *, missing: str = "") -> Column:
    """Return a column of words."""
    return Column(key=key, heading=heading, missing=missing)


def share_column(key: str, heading: str, *, missing: str = "not known") -> Column:
    """Return a column of shares."""
    return Column(key=key, heading=heading, kind=ColumnKind.SHARE, missing=missing)


def number_column(key: str, heading: str, *, decimals: int = 1, missing: str = "not known") -> Column:
    """Return a column of numbers."""
    return Column(key=key, heading=heading, kind=ColumnKind.NUMBER, decimals=decimals, missing=missing)


def day_column(key: str, heading: str) -> Column:
    """Return a column of days."""
    return Column(key=key, heading=heading, kind=ColumnKind.DAY)


def without_columns(
    columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], *, keys: Sequence[str]
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Return columns and rows without some of the columns."""
    kept = [place for place, column in enumerate(columns) if column.key not in keys]
    return tuple(columns[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows)


def compared(
    facts: PeriodFacts, columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Return columns and rows without those that compare with the period before, when nothing is known of it."""
    return without_columns(columns, rows, keys=("before", "change") if facts.before_on is None else ())


def without_empty_notes(
    columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]
) -> tuple[Sequence[Column], list[tuple[Cell, ...]]]:
    """Return columns and rows without a last column of notes in which nothing stands."""
    if any(row[-1] is not None for row in rows):
        return columns, list(rows)
    return columns[:-1], [row[:-1] for row in rows]


def top_table(
    table_id: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    *,
    most: int,
    where_all: str,
    of_rows: int | None = None,
    notes: Sequence[str] = (),
    is_folded: bool = False,
) -> ReportTable:
    """Return a table of the first rows, with the true number of rows beside it when it is larger.

    Args:
        table_id: Its name.
        title: Caption.
        columns: Columns.
        rows: Rows that are known; the first `most` are shown.
        most: Rows that are shown at most.
        where_all: How to get all of them.
        of_rows: Rows that there are in all, when not all of them are among `rows`.
        notes: Sentences under it.
        is_folded: Whether a page shows it closed at first.
    """
    total = len(rows) if of_rows is None else of_rows
    shown = tuple(rows[:most])
    return ReportTable(
        table_id=table_id,
        title=title,
        columns=tuple(columns),
        rows=shown,
        of_rows=total if total > len(shown) else None,
        where_all=where_all if total > len(shown) else None,
        notes=tuple(notes),
        is_folded=is_folded,
    )
