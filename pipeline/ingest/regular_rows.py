"""Rows of regularly quoted bytes, found from the places of quotes, separators and line ends alone.

Where quotes pair up, each opens at the start of a cell and each closes at its end, every reader of separated values agrees on
rows and cells, and both can be cut out by position. Cells stay views into the bytes: a cell is copied only when it is short enough
to live in the view itself, or when it holds doubled quotes. What is not regular is left to the strict reader (`parse.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_QUOTE, _LF, _CR = 34, 10, 13
#: A text of this many bytes or fewer lies in its view itself (Arrow columnar format, variable-size binary view layout).
_INLINE = 12
#: Bytes that a cell may hold and still be blank: whitespace of ASCII as `str.strip` sees it.
_ASCII_BLANKS = (9, 10, 11, 12, 13, 28, 29, 30, 31, 32)


@dataclass(frozen=True, kw_only=True)
class RegularRows:
    """Rows at the start of a block of bytes, up to the first that is not regular.

    Attributes:
        starts, ends: Where the text of each row starts and ends (without its line end), counted from the start of the block.
        line_counts: Lines that each row spans.
        newlines: 0 for no line end (the last row of a file), 1 LF, 2 CRLF, 3 CR.
        quotes: Places of all quotes in these rows; they pair up.
        stop: Where the first byte behind these rows stands.
        is_broken: Whether the row behind them is irregular, not just cut off by the end of the block.
    """

    starts: Places
    ends: Places
    line_counts: Places
    newlines: npt.NDArray[np.uint8]
    quotes: Places
    stop: int
    is_broken: bool


def find_rows(
    block: Bytes, *, following: int | None, separator: int, longest_row_lines: int, longest_row: int
) -> RegularRows:
    """Return the regular rows at the start of a block.

    Args:
        block: Bytes from the start of a row on.
        following: The byte behind the block; None when the file ends with it.
        separator: Byte of the cell separator.
        longest_row_lines: A row over more lines counts as irregular.
        longest_row: A row of more bytes counts as irregular.
    """
    quotes = np.flatnonzero(block == _QUOTE)
    line_ends = _line_ends(block, following=following)
    last = len(block) - 1
    if following is None and len(block) and (not len(line_ends) or line_ends[-1] != last):
        line_ends = np.append(line_ends, len(block))  # the last line of the file has no end
    closing = np.flatnonzero(np.searchsorted(quotes, line_ends) % 2 == 0)
    row_ends = line_ends[closing]
    line_counts = np.diff(closing, prepend=-1)
    broken_at = _first_broken(block, quotes, following=following, separator=separator)
    whole = int(np.searchsorted(row_ends, broken_at))
    lengths = np.diff(row_ends, prepend=-1)
    long = np.flatnonzero((line_counts > longest_row_lines)[:whole] | (lengths > longest_row)[:whole])
    is_broken = whole < len(row_ends) or broken_at <= last
    if len(long):
        whole, is_broken = int(long[0]), True
    hangs = len(line_ends) - (int(closing[-1]) + 1 if len(closing) else 0)
    if whole == len(row_ends) and (hangs > longest_row_lines or (hangs and following is None)):
        is_broken = True  # a quote that does not close
    row_ends, line_counts = row_ends[:whole], line_counts[:whole]
    stop = min(int(row_ends[-1]) + 1, len(block)) if whole else 0
    starts = np.concatenate([[0], row_ends[:-1] + 1]).astype(np.int64) if whole else row_ends
    ends, newlines = _text_ends(block, starts, row_ends)
    return RegularRows(
        starts=starts,
        ends=ends,
        line_counts=line_counts,
        newlines=newlines,
        quotes=quotes[: np.searchsorted(quotes, stop)],
        stop=stop,
        is_broken=is_broken,
    )


def _line_ends(block: Bytes, *, following: int | None) -> Places:
    """Return the place of the last byte of each line end: LF, CRLF or CR alone."""
    feeds = np.flatnonzero(block == _LF)
    returns = np.flatnonzero(block == _CR)
    if not len(returns):
        return feeds
    behind = _take_behind(block, returns, following=following)
    alone = returns[behind != _LF]
    return np.union1d(feeds, alone) if len(alone) else feeds


def _take_behind(block: Bytes, places: Places, *, following: int | None) -> npt.NDArray[np.int64]:
    """Return the byte behind each place; -1 behind the end of the file."""
    inside = block[np.minimum(places + 1, len(block) - 1)].astype(np.int64)
    return np.where(places + 1 < len(block), inside, -1 if following is None else following)


def _first_broken(block: Bytes, quotes: Places, *, following: int | None, separator: int) -> int:
    """Return the place of the first quote that does not stand at the border of a cell; past the block when all do."""
    opens, closes = quotes[0::2], quotes[1::2]
    is_end = np.zeros(256, dtype=bool)
    is_end[[separator, _LF, _CR]] = True
    is_border = is_end[block[np.maximum(opens - 1, 0)]] | (opens == 0)
    # The second of two doubled quotes opens again right behind the quote that closed.
    is_border[1:] |= opens[1:] == closes[: max(len(opens) - 1, 0)] + 1
    is_end[_QUOTE] = True
    ends_cell = is_end[block[np.minimum(closes + 1, len(block) - 1)]]
    if len(closes) and closes[-1] == len(block) - 1:
        ends_cell[-1] = following is None or is_end[following]
    faults = [int(places[0]) for places in (opens[~is_border], closes[~ends_cell]) if len(places)]
    return min(faults, default=len(block) + 1)


def _text_ends(block: Bytes, starts: Places, row_ends: Places) -> tuple[Places, npt.NDArray[np.uint8]]:
    newlines = np.zeros(len(row_ends), dtype=np.uint8)
    if not len(row_ends):
        return row_ends, newlines
    has_end = row_ends < len(block)
    last = block[np.minimum(row_ends, len(block) - 1)]
    before = block[np.maximum(row_ends - 1, 0)]
    newlines[has_end & (last == _LF)] = 1
    newlines[has_end & (last == _LF) & (before == _CR) & (row_ends > starts)] = 2
    newlines[has_end & (last == _CR)] = 3
    return row_ends - (newlines == 2), newlines


@dataclass(frozen=True, kw_only=True)
class CellBounds:
    """Where the cells of rows stand.

    Attributes:
        has_width: Of all rows, which have as many cells as the header.
        separators: One line per place, one column per row with that width.
    """

    has_width: Mask
    separators: npt.NDArray[np.int32]


def find_cells(block: Bytes, rows: RegularRows, *, separator: int, width: int) -> CellBounds:
    """Return where the separators outside quotes stand in each row."""
    places = np.flatnonzero(block[: rows.stop] == separator).astype(np.int32)
    if len(rows.quotes) and len(places):
        # Of one type, or the long side would be copied.
        quotes = rows.quotes.astype(np.int32)
        first = np.searchsorted(places, quotes[0::2])
        behind = np.searchsorted(places, quotes[1::2])
        holds = first < behind
        size = len(places) + 1
        depth = np.bincount(first[holds], minlength=size) - np.bincount(behind[holds], minlength=size)
        places = places[np.cumsum(depth)[:-1] == 0]
    starts, ends = rows.starts.astype(np.int32), rows.ends.astype(np.int32)
    counts = np.searchsorted(places, ends) - np.searchsorted(places, starts)
    has_width = counts == width - 1
    if not has_width.all():
        places = places[np.repeat(has_width, counts)]
    return CellBounds(
        has_width=has_width, separators=np.ascontiguousarray(places.reshape(int(has_width.sum()), width - 1).T)
    )


def holds_only_blanks(block: Bytes, rows: RegularRows, *, separator: int) -> tuple[Mask, Mask]:
    """Return which rows are certainly blank, and which are blank or not as only a reader can tell."""
    none = np.zeros(len(rows.starts), dtype=bool)
    if not len(rows.starts):
        return none, none
    first = block[rows.starts]
    is_quoted = (first == _QUOTE) & (rows.ends - rows.starts > 2)
    first = np.where(is_quoted, block[np.minimum(rows.starts + 1, len(block) - 1)], first)
    doubtful = ~((first > 32) & (first < 127) & (first != separator) & (first != _QUOTE)) | (rows.ends == rows.starts)
    if not doubtful.any():
        return none, none
    # 2: a visible sign; 1: a quote or a character that may be a blank of Unicode; 0: a blank of ASCII or a separator.
    weight = np.full(256, 2, dtype=np.uint8)
    weight[[*_ASCII_BLANKS, separator]] = 0
    weight[_QUOTE] = 1
    weight[128:] = 1
    asked = np.flatnonzero(doubtful)
    # With their line ends, so that no row is without bytes.
    lengths = np.append(rows.starts[1:], rows.stop)[asked] - rows.starts[asked]
    places = np.cumsum(lengths) - lengths
    signs = block[np.repeat(rows.starts[asked] - places, lengths) + np.arange(int(lengths.sum()))]
    heaviest = np.maximum.reduceat(weight[signs], places)
    is_blank, may_be_blank = none.copy(), none.copy()
    is_blank[asked], may_be_blank[asked] = heaviest == 0, heaviest == 1
    return is_blank, may_be_blank


def _find_doubled(quotes: Places) -> Places:
    """Return the first of every two quotes that stand for one quote within a cell."""
    closes = quotes[1::2]
    return closes[:-1][quotes[2::2] == closes[:-1] + 1] if len(closes) else closes


def count_doubled(quotes: Places) -> int:
    """Return how many quotes stand doubled within cells."""
    return len(_find_doubled(quotes))


class BlockTexts:
    """Texts of one block as columns of views into its bytes."""

    def __init__(self, block: Bytes, *, buffer: pa.Buffer, quotes: Places) -> None:
        padded = np.concatenate([block, np.zeros(_INLINE + 4, dtype=np.uint8)])
        # Four bytes from any place on as one number.
        self._words = np.ndarray(shape=(len(block) + _INLINE,), dtype="<u4", buffer=padded.data, strides=(1,))
        self._block = block
        self._buffer = buffer
        self._doubled = _find_doubled(quotes)
        whole = np.zeros((1, 4), dtype=np.uint32)
        self._fill(whole, np.array([0]), np.array([0]), np.array([len(block)]))
        self._whole = pl.Series(self._array(whole))

    def column(self, starts: Places, ends: Places, *, is_cell: bool) -> tuple[pl.Series, Places]:
        """Return texts, of cells without their quotes, and the rows in which quotes are still doubled."""
        views = np.zeros((len(starts), 4), dtype=np.uint32)
        filled = np.flatnonzero(ends > starts)
        doubled: Places = np.zeros(0, dtype=np.int64)
        if len(filled):
            begin, end = starts[filled].astype(np.int64), ends[filled].astype(np.int64)
            if is_cell:
                quoted = self._block[begin] == _QUOTE
                begin, end = begin + quoted, end - quoted
                if len(self._doubled) and quoted.any():
                    holds = np.searchsorted(self._doubled, begin) < np.searchsorted(self._doubled, end)
                    doubled = filled[holds & quoted]
            self._fill(views, filled, begin, end - begin)
        return self._held(views), doubled

    def _array(self, views: npt.NDArray[np.uint32]) -> pa.Array:
        return pa.Array.from_buffers(pa.string_view(), len(views), [None, pa.py_buffer(views), self._buffer])

    def _held(self, views: npt.NDArray[np.uint32]) -> pl.Series:
        """Return the texts as a column that owns its views and shares the bytes.

        Views and bytes of an imported array live as long as either, so one text picked from a column would keep the whole column.
        Behind the text of the whole block they become a column that has those bytes from there, and views of its own.
        """
        return self._whole.clone().append(pl.Series(self._array(views))).rechunk().slice(1)

    def _fill(self, views: npt.NDArray[np.uint32], rows: Places, begin: Places, length: Places) -> None:
        is_short = length <= _INLINE
        short = np.minimum(length, _INLINE)
        words = self._words
        views[rows, 0] = length
        views[rows, 1] = words[begin] & _KEEP[0][short]
        views[rows, 2] = np.where(is_short, words[begin + 4 * is_short] & _KEEP[1][short], 0)
        views[rows, 3] = np.where(is_short, words[begin + 8 * is_short] & _KEEP[2][short], begin)


#: For each length up to twelve, which bits of the first, second and third word belong to the text.
_KEEP = np.array(
    [[(1 << 8 * min(max(length - 4 * word, 0), 4)) - 1 for length in range(_INLINE + 1)] for word in range(3)],
    dtype=np.uint32,
)


def row_texts(block: Bytes, *, buffer: pa.Buffer, rows: RegularRows) -> pl.Series:
    """Return the texts of the rows, as views into the bytes."""
    texts = BlockTexts(block, buffer=buffer, quotes=rows.quotes)
    return texts.column(rows.starts, rows.ends, is_cell=False)[0]


def make_columns(
    block: Bytes,
    *,
    buffer: pa.Buffer,
    rows: RegularRows,
    cells: CellBounds,
    kept: Mask,
    places: Sequence[int],
    width: int,
) -> pl.DataFrame:
    """Return the rows as a frame: `text`, then one column per wanted place, named `cell_name(place)`.

    Args:
        block: The bytes.
        buffer: The same bytes, kept alive by the frame.
        rows: The rows.
        cells: Where their cells stand.
        kept: Of the rows with the width of the header, which are wanted.
        places: Columns that are wanted, from 0.
        width: Columns of the header.
    """
    texts = BlockTexts(block, buffer=buffer, quotes=rows.quotes)
    starts, ends = rows.starts[cells.has_width], rows.ends[cells.has_width]
    is_all = bool(kept.all())
    columns = {"text": texts.column(starts[kept], ends[kept], is_cell=False)}
    for place in places:
        begin = starts if place == 0 else cells.separators[place - 1] + np.int32(1)
        end = ends if place == width - 1 else cells.separators[place]
        columns[cell_name(place)] = texts.column(
            begin if is_all else begin[kept], end if is_all else end[kept], is_cell=True
        )
    frame = pl.DataFrame({name: column for name, (column, _) in columns.items()})
    doubled = {name: found for name, (_, found) in columns.items() if len(found)}
    return frame.with_columns(_undouble(frame[name], found) for name, found in doubled.items())


def _undouble(column: pl.Series, rows: Places) -> pl.Series:
    place = pl.Series(rows)
    return column.scatter(place, column.gather(place).str.replace_all('""', '"', literal=True))


def cell_name(place: int) -> str:
    """Return the name of the column that holds the cells of one place, from 0."""
    return f"cell {place}"
