"""Fits a table on paper: how wide its columns are, how small its type, and whether its page is turned sideways."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text
from pipeline.publish.chart_scales import text_width
from schemas.report_document import ReportTable

#: Room between the margins of letter paper, upright and sideways, and space beside the text of a cell; in points.
_UPRIGHT, _SIDEWAYS, _BESIDE = 489.0, 669.0, 10.0
#: Sizes of type that are tried in turn, with the room they are tried in.
_TRIES = ((_UPRIGHT, 9.0), (_UPRIGHT, 8.0), (_SIDEWAYS, 8.5), (_SIDEWAYS, 7.5), (_SIDEWAYS, 6.5))
#: The printed face is narrower than those of the screen, in bold by this much.
_NARROWER = 0.87
#: Widths are rounded; a word that fits is not broken for that.
_ROUNDED = 0.1
#: Characters of a text that stays on one line, of a word that is kept whole, and of the longest line of a cell.
_WHOLE_LINE, _WHOLE_WORD, _LONGEST_LINE = 12, 16, 44
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
        room = self.widths[place] - _BESIDE
        return re.sub(r"\S+", lambda found: _broken(found[0], room=room, size=self.size), text)


def plan_table(table: ReportTable) -> TablePlan:
    """Return how a table is set so that none of it leaves the page."""
    texts = [
        [clean_text(column.heading), *(cell_text(row[place], column) for row in table.rows)]
        for place, column in enumerate(table.columns)
    ]
    numeric = [column.kind in NUMERIC for column in table.columns]
    # Numbers are not broken; other texts are where a word is longer than most.
    whole = [
        _widest((piece for text in column for piece in _kept(text, is_number=is_number)), longest=_WHOLE_WORD)
        for column, is_number in zip(texts, numeric, strict=True)
    ]
    wanted = [
        _widest((line for text in column for line in text.split("\n")), longest=_LONGEST_LINE) for column in texts
    ]
    room, size = next(
        ((room, size) for room, size in _TRIES if sum(_points(width, size) for width in whole) <= room), _TRIES[-1]
    )
    return TablePlan(
        widths=_shared_out(
            [_points(width, size) for width in whole], [_points(width, size) for width in wanted], room=room
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


def _kept(text: str, *, is_number: bool) -> list[str]:
    """Return the pieces of a text that stay on one line each."""
    if len(text) <= _WHOLE_LINE or (is_number and len(text) <= _WHOLE_WORD):
        return [text]
    return text.split()


def _widest(pieces: Iterable[str], *, longest: int) -> float:
    """Return the width of the widest piece, of its first characters at most, in sizes of the type."""
    kept = {piece[:longest] for piece in pieces}
    return max((text_width(piece, size=1.0) for piece in kept), default=1.0) * _NARROWER


def _points(width: float, size: float) -> float:
    return width * size + _BESIDE


def _broken(word: str, *, room: float, size: float) -> str:
    """Return a word with a place to break wherever the room is full."""
    parts = [""]
    used = 0.0
    for sign in word:
        width = text_width(sign, size=size) * _NARROWER
        if parts[-1] and used + width > room + _ROUNDED:
            parts.append("")
            used = 0.0
        parts[-1] += sign
        used += width
    return "\u200b".join(parts)


def _shared_out(least: list[float], wanted: list[float], *, room: float) -> tuple[float, ...]:
    """Give every column what it needs, and share what is left by what each wants; shrink all where it is not enough."""
    if sum(least) > room:
        return tuple(round(width * room / sum(least) - 0.005, 2) for width in least)
    more = [max(want - need, 0.0) for need, want in zip(least, wanted, strict=True)]
    factor = min((room - sum(least)) / sum(more), 1.0) if sum(more) else 0.0
    return tuple(round(need + extra * factor, 2) for need, extra in zip(least, more, strict=True))
