"""Bytes of a file as pieces between signs, without making a copy of any piece: most are looked at by their length only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Places = npt.NDArray[np.int64]

_BACKSLASH, _COLON = b"\\"[0], b":"[0]
_COLON_OR_BLANK = np.zeros(256, dtype=np.bool_)
_COLON_OR_BLANK[list(b": \t\r\n")] = True
_WINDOW = 8


@dataclass(frozen=True)
class Pieces:
    """Pieces of a text that stand between signs of one byte.

    Args:
        data: The bytes, valid UTF-8, ending with the sign.
        ends: Where the piece ends: the place of the sign behind it. Rising.
        sign: The sign.
    """

    data: npt.NDArray[np.uint8]
    ends: Places
    sign: str

    def begins(self) -> Places:
        """Return where the pieces begin."""
        return np.concatenate([np.zeros(1, dtype=np.int64), self.ends[:-1] + 1])

    def lengths(self) -> Places:
        """Return the bytes of every piece."""
        return self.ends - self.begins()

    def distinct(self, wanted: npt.NDArray[np.bool_] | None = None) -> pl.Series:
        """Return the texts of all pieces, or of those wanted, each once, in no order."""
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), self.ends + 1])
        # Each with the sign behind it: so the pieces lie one behind the other, and the bytes need not be copied.
        array = pa.LargeStringArray.from_buffers(len(self.ends), pa.py_buffer(offsets), pa.py_buffer(self.data))
        texts = pl.Series("text", array, dtype=pl.String)
        if wanted is not None:
            texts = texts.filter(pl.Series(wanted))
        return texts.unique().str.strip_suffix(self.sign)


def pieces_of(part: bytes, sign: str) -> Pieces:
    """Return the pieces between the signs of some bytes.

    Args:
        part: The bytes. What is no UTF-8 is read as a sign for what cannot be read.
        sign: One ASCII character.
    """
    data = _valid(part, sign)
    return Pieces(data=data, ends=np.flatnonzero(data == ord(sign)), sign=sign)


def json_pieces(part: bytes) -> Pieces:
    """Return the pieces between the quotation marks of JSON: texts, and by turns what stands between them.

    A quotation mark behind a backslash belongs to the text.
    """
    pieces = pieces_of(part, '"')
    data, ends = pieces.data, pieces.ends
    doubtful = np.flatnonzero((ends > 0) & (data[ends - 1] == _BACKSLASH))
    if not len(doubtful):
        return pieces
    is_mark = np.ones(len(ends), dtype=np.bool_)
    for place in doubtful.tolist():
        at = begin = int(ends[place])
        while begin and data[begin - 1] == _BACKSLASH:
            begin -= 1
        is_mark[place] = (at - begin) % 2 == 0
    # The one at the end was put there or ends the last text: it is none of a text.
    is_mark[-1] = True
    return Pieces(data=data, ends=ends[is_mark], sign='"')


def values_of(pieces: Pieces, members: Iterable[str]) -> dict[str, Places]:
    """Return for members of JSON objects which pieces are their texts: name, colon and text are side by side.

    Args:
        pieces: What `json_pieces` gave.
        members: Names of members.
    """
    begins, lengths, data = pieces.begins(), pieces.lengths(), pieces.data
    names = np.flatnonzero(_is_colon(data, begins[1:-1], lengths[1:-1]))
    # Names are told by their first eight bytes and their length; what is behind them is compared for the few that are alike.
    first = _first_bytes(data, begins[names])
    found = {}
    for member in members:
        name = member.encode()
        start = np.uint64(int.from_bytes(name[:_WINDOW], "little"))
        mask = np.uint64((1 << (8 * min(len(name), _WINDOW))) - 1)
        alike = names[(lengths[names] == len(name)) & (first & mask == start)]
        for place in range(_WINDOW, len(name)):
            alike = alike[data[begins[alike] + place] == name[place]]
        found[member] = alike + 2
    return found


def _first_bytes(data: npt.NDArray[np.uint8], places: Places) -> npt.NDArray[np.uint64]:
    """Return the eight bytes from each place on as a number; what lies behind the end is 0."""
    padded = np.concatenate([data, np.zeros(_WINDOW, dtype=np.uint8)])
    everywhere: npt.NDArray[np.uint64] = np.ndarray((len(data) + 1,), dtype="<u8", buffer=padded, strides=(1,))
    return everywhere[places]


def _is_colon(data: npt.NDArray[np.uint8], begins: Places, lengths: Places) -> npt.NDArray[np.bool_]:
    """Tell which pieces are a colon, with blanks around it where there are any."""
    begun = _COLON_OR_BLANK[data[begins]]
    is_colon: npt.NDArray[np.bool_] = begun & (lengths == 1) & (data[begins] == _COLON)
    with_blanks = begun & (lengths > 1) & _COLON_OR_BLANK[data[begins + lengths - 1]]
    for place in np.flatnonzero(with_blanks).tolist():
        begin = int(begins[place])
        is_colon[place] = data[begin : begin + int(lengths[place])].tobytes().strip(b" \t\r\n") == b":"
    return is_colon


def _valid(part: bytes, sign: str) -> npt.NDArray[np.uint8]:
    """Return the bytes, valid and ending with the sign."""
    try:
        # Nothing is kept of it; it is the quickest way to look.
        pl.Series([part], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        part = part.decode(errors="replace").encode()
    return np.frombuffer(part if part.endswith(sign.encode()) else part + sign.encode(), dtype=np.uint8)
