"""Texts searched for very many patterns: first by eight bytes of each, then for the few patterns that can stand in the few texts.

A search for many patterns is prepared anew each time, and for the private values of a state that takes longer than searching. What is
found by eight bytes needs next to no preparing, and leaves little to search for. The result is that of the whole search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Windows = npt.NDArray[np.uint64]
    Places = npt.NDArray[np.int64]

#: Fewer patterns are searched for at once.
_FEW = 1_000
#: Preparing the whole search takes some microseconds a pattern; looking at windows takes some nanoseconds a byte more than searching, and
#: less where an anchor says where to look. So many bytes of text a pattern make the whole search worth while (measured).
_BYTES_WITHOUT_ANCHOR, _BYTES_WITH_ANCHOR = 500, 3_000
#: Bits of the table in which windows are looked up before they are compared.
_TABLE_BITS = 22
_MIX = 0x9E3779B97F4A7C15
_PADDING = 8


@dataclass(frozen=True)
class Anchor:
    """Where the bytes lie by which a pattern is found.

    Args:
        sign: ASCII character that stands in the patterns, at its first place; they are sought around it. Empty: sought everywhere, by the
            first bytes of the pattern.
        before: Bytes that are compared before it.
        width: Bytes that are compared in all, at most 8. A pattern that has not so many there is searched for as a whole.
    """

    sign: str = ""
    before: int = 0
    width: int = 8


def holds_any(texts: pl.Series, patterns: pl.Series, *, anchor: Anchor) -> pl.Series:
    """Return which texts hold any of the patterns (Boolean, never null).

    Args:
        texts: Texts; null holds nothing.
        patterns: Texts that are not empty.
        anchor: How they are found quickly; the result does not depend on it.
    """
    if texts.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    if _is_quick(texts, patterns, anchor):
        return _contains(texts, patterns)
    places, few = _pick(texts, patterns, anchor)
    found = _contains(texts.gather(places), few)
    none = pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)
    return none.scatter(places.filter(found), values=True)


def patterns_in(texts: pl.Series, patterns: pl.Series, *, anchor: Anchor) -> list[list[str] | None]:
    """Return which patterns stand in each text, those inside others too, each once; None or nothing where there are none.

    The arguments are those of `holds_any`.
    """
    if patterns.is_empty() or texts.is_empty():
        return [None] * len(texts)
    if _is_quick(texts, patterns, anchor):
        return _extracted(texts, patterns)
    places, few = _pick(texts, patterns, anchor)
    found: list[list[str] | None] = [None] * len(texts)
    for place, some in zip(places.to_list(), _extracted(texts.gather(places), few), strict=True):
        found[place] = some
    return found


def _is_quick(texts: pl.Series, patterns: pl.Series, anchor: Anchor) -> bool:
    """Tell whether the whole search takes no longer than looking at windows first."""
    worth = _BYTES_WITH_ANCHOR if anchor.sign else _BYTES_WITHOUT_ANCHOR
    return len(patterns) <= _FEW or len(patterns) * worth <= int(texts.str.len_bytes().sum() or 0)


def _contains(texts: pl.Series, patterns: pl.Series) -> pl.Series:
    if texts.is_empty() or patterns.is_empty():
        return pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)
    held = pl.col("text").str.contains_any(pl.lit(patterns).implode()).fill_null(value=False)
    return texts.to_frame("text").select(held).to_series()


def _extracted(texts: pl.Series, patterns: pl.Series) -> list[list[str] | None]:
    if texts.is_empty() or patterns.is_empty():
        return [None] * len(texts)
    found = pl.col("text").str.extract_many(pl.lit(patterns).implode(), overlapping=True).list.unique()
    return texts.to_frame("text").select(found).to_series().to_list()


def _pick(texts: pl.Series, patterns: pl.Series, anchor: Anchor) -> tuple[pl.Series, pl.Series]:
    """Return the places of texts that may hold a pattern, and the patterns that may stand in them."""
    import numpy as np

    keys, is_keyed = _keys(patterns, anchor)
    sought = np.unique(keys)
    data, offsets = _bytes_of(texts)
    at = _positions(data, patterns, anchor)
    read = _windows(data, at, anchor.width)
    # Most windows are none of a pattern's: a small table says so at once.
    table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    table[_slot(sought)] = True
    may_be = table[_slot(read)]
    at, read = at[may_be], read[may_be]
    where = np.minimum(np.searchsorted(sought, read), max(len(sought) - 1, 0))
    is_one = sought[where] == read if len(sought) else np.zeros(len(read), dtype=np.bool_)
    rows = np.unique(np.searchsorted(offsets, at[is_one], side="right") - 1)
    is_hit = np.isin(keys, read[is_one])
    odd = patterns.filter(~pl.Series(is_keyed))
    few = pl.concat([patterns.filter(pl.Series(is_keyed)).filter(pl.Series(is_hit)), odd])
    places = pl.Series(rows.astype(np.uint32))
    if len(odd):
        further = _contains(texts, odd).arg_true().cast(pl.UInt32)
        places = pl.concat([places, further]).unique().sort()
    return places, few


def _keys(patterns: pl.Series, anchor: Anchor) -> tuple[Windows, npt.NDArray[np.bool_]]:
    """Return the bytes of the patterns that are long enough, and which these are."""
    import numpy as np

    data, offsets = _bytes_of(patterns)
    starts, ends = offsets[:-1], offsets[1:]
    if anchor.sign:
        signs = np.flatnonzero(data[: ends[-1]] == ord(anchor.sign))
        first = np.searchsorted(signs, starts)
        has_sign = first < len(signs)
        at = np.where(has_sign, signs[np.minimum(first, max(len(signs) - 1, 0))] if len(signs) else 0, ends)
        starts = np.where(at < ends, at - anchor.before, -1)
    is_keyed = (starts >= offsets[:-1]) & (starts + anchor.width <= ends)
    return _windows(data, starts[is_keyed], anchor.width), is_keyed


def _positions(data: Bytes, patterns: pl.Series, anchor: Anchor) -> Places:
    """Return where in the texts a window of a pattern can begin."""
    import numpy as np

    end = len(data) - _PADDING
    if anchor.sign:
        at = np.flatnonzero(data[:end] == ord(anchor.sign)) - anchor.before
        return at[at >= 0]
    is_first = np.zeros(256, dtype=np.bool_)
    is_first[list({text.encode()[0] for text in patterns.str.head(1).unique().to_list() if text})] = True
    return np.flatnonzero(is_first[data[:end]])


def _bytes_of(texts: pl.Series) -> tuple[Bytes, Places]:
    """Return the bytes of all texts one behind the other, padded, and where each begins."""
    import numpy as np

    array = texts.fill_null("").rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    begins = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    length = int(begins[-1] - begins[0])
    held = np.zeros(length + _PADDING, dtype=np.uint8)
    if length:
        held[:length] = np.frombuffer(data, dtype=np.uint8)[begins[0] : begins[-1]]
    return held, begins - begins[0]


def _windows(data: Bytes, at: Places, width: int) -> Windows:
    """Return the bytes from some places on as one number each."""
    import numpy as np

    everywhere: Windows = np.ndarray((len(data) - _PADDING + 1,), dtype="<u8", buffer=data, strides=(1,))
    return everywhere[at] & np.uint64((1 << (8 * width)) - 1)


def _slot(windows: Windows) -> Windows:
    import numpy as np

    with np.errstate(over="ignore"):
        mixed: Windows = (windows * np.uint64(_MIX)) >> np.uint64(64 - _TABLE_BITS)
    return mixed
