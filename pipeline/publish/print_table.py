"""Fits a table on paper: how wide its columns are, how small its type, and whether its page is turned sideways."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text
from schemas.report_document import ReportTable

#: Room between the margins of letter paper, upright and sideways, and space beside the text of a cell; in points.
_UPRIGHT, _SIDEWAYS, _BESIDE = 489.0, 669.0, 10.0
#: Sizes of type that are tried in turn, with the room they are tried in.
_TRIES = ((_UPRIGHT, 9.0), (_UPRIGHT, 8.0), (_SIDEWAYS, 8.5), (_SIDEWAYS, 7.5), (_SIDEWAYS, 6.5))
#: Width of an average character in parts of the size of the type, in bold, on the safe side.
_CHARACTER = 0.56
#: Characters of a text that stays on one line, of a word that is kept whole, and of the longest line of a cell.
_WHOLE_LINE, _WHOLE_WORD, _LONGEST_LINE = 8, 16, 44
#: Characters of a cell from which its row may run over the end of a page.
_LONG_CELL = 400


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """How a table is set on paper.

    Attributes:
        widths: Of its columns, in points.
        size: Of its type, in points.
        is_sideways: Whether its page is turned.
        keeps_rows: Whether no row runs over the end of a page.
    """

    widths: tuple[float, ...]
    size: float
    is_sideways: bool
    keeps_rows: bool

    def fitted(self, text: str, place: int) -> str:
        """Return a text whose words break where they would leave the column in a place."""
        return break_words(text, longest=max(int((self.widths[place] - _BESIDE) / (self.size * _CHARACTER)), 1))


def plan_table(table: ReportTable) -> TablePlan:
    """Return how a table is set so that none of it leaves the page."""
    texts = [
        [clean_text(column.heading), *(cell_text(row[place], column) for row in table.rows)]
        for place, column in enumerate(table.columns)
    ]
    # Numbers are not broken; other texts are where a word is longer than most.
    whole = [
        max((min(len(part), _WHOLE_WORD) for text in column for part in _kept(text, is_number)), default=1)
        for column, is_number in zip(texts, (column.kind in NUMERIC for column in table.columns), strict=True)
    ]
    wanted = [
        max((min(len(line), _LONGEST_LINE) for text in column for line in text.split("\n")), default=1)
        for column in texts
    ]
    room, size = next(
        ((room, size) for room, size in _TRIES if sum(_points(signs, size) for signs in whole) <= room),
        _TRIES[-1],
    )
    return TablePlan(
        widths=_shared_out(
            [_points(signs, size) for signs in whole], [_points(signs, size) for signs in wanted], room=room
        ),
        size=size,
        is_sideways=room > _UPRIGHT,
        keeps_rows=max((len(text) for column in texts for text in column), default=0) < _LONG_CELL,
    )


def break_words(text: str, *, longest: int) -> str:
    r"""Return a text with a place to break (a space without width) in every word that is longer.

    >>> break_words("short abcdefgh", longest=5)
    'short abcde\u200bfgh'
    """
    return re.sub(rf"\S{{{longest}}}(?=\S)", lambda found: found[0] + "\u200b", text)


def _kept(text: str, is_number: bool) -> list[str]:
    if len(text) <= _WHOLE_LINE or (is_number and len(text) <= _WHOLE_WORD):
        return [text]
    return text.split() or [""]


def _points(signs: int, size: float) -> float:
    return signs * size * _CHARACTER + _BESIDE


def _shared_out(least: list[float], wanted: list[float], *, room: float) -> tuple[float, ...]:
    """Give every column what it needs, and share what is left by what each still wants; shrink all where it is not enough."""
    if sum(least) > room:
        return tuple(round(width * room / sum(least), 2) for width in least)
    more = [max(want - need, 0.0) for need, want in zip(least, wanted, strict=True)]
    factor = min((room - sum(least)) / sum(more), 1.0) if sum(more) else 0.0
    return tuple(round(need + extra * factor, 2) for need, extra in zip(least, more, strict=True))
