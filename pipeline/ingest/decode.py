"""Bytes to text (as UTF-8), strictly: a file is one encoding from end to end, or it is refused with the place that does not fit.

Vendors write UTF-8 with or without a byte order mark, Windows-1252, and UTF-16 with a mark ("Unicode Text" of spreadsheets).
Latin-1 is never tried: it accepts every byte and turns Windows dashes and quotes into control characters. Nothing is
replaced or ignored, because a replaced byte would look like delivered text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.errors import InputError
from schemas.parameters import IngestParameters

#: First bytes of files that are not text, and what they are.
_NOT_TEXT: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
#: Names inside a zip archive that tell a workbook from other archives.
_WORKBOOK_MARK = b"xl/"
#: Two or more bytes that are one character in UTF-8.
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
#: Old database tools end a text file with 0x1A.
_END_MARK = re.compile(r"\x1a\s*\Z")
#: Characters at the end of a file among which the mark is looked for; the whole text would be slow (project choice).
_END_LENGTH = 200
#: Bytes decoded at once, so that a large file is never in memory as bytes and as characters (project choice).
_PIECE_BYTES = 8_000_000
#: Bytes of a text by which its format is told (project choice).
_HEAD_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """Text of a file, as UTF-8, and the encoding that fits all of it (`utf-8`, `utf-8-sig`, `cp1252` or `utf-16`).

    Attributes:
        data: The whole text as UTF-8 without a mark; a view into the delivered bytes where these are UTF-8.
        encoding: The encoding.
        broken_lines: Lines that hold a few UTF-8 characters inside a Windows-1252 file, read as two or three strange ones.
    """

    data: memoryview
    encoding: str
    broken_lines: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The whole text. Needs several times the memory of `data`; for small files."""
        return bytes(self.data).decode()

    @property
    def head(self) -> str:
        """The start of the text, long enough to tell what it is."""
        return bytes(self.data[:_HEAD_BYTES]).decode(errors="ignore")


def decode_file(data: bytes, *, name: str, parameters: IngestParameters | None = None) -> Decoded:
    """Return the text of a file.

    Args:
        data: The bytes as delivered.
        name: File name for messages.
        parameters: From which share on UTF-8 characters in a Windows-1252 file prove that two files were joined.

    Raises:
        InputError: The file is empty, is not text, or does not fit one encoding; the message names byte and line.
    """
    parameters = parameters or IngestParameters()
    broken_lines: tuple[int, ...] = ()
    _refuse_what_is_not_text(data, name=name)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = memoryview(_decode_utf16(data, name=name)), "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        text, encoding = _check_marked_utf8(data, name=name), "utf-8-sig"
    else:
        text, encoding, broken_lines = _decode_unmarked(data, name=name, largest_share=parameters.largest_broken_share)
    text = _cut_end_mark(text)
    if not any(piece.strip() for piece in _pieces(text)):
        raise InputError(f"{name} is empty.", advice="Export it again; an empty file is never a directory.")
    return Decoded(data=text, encoding=encoding, broken_lines=broken_lines)


def _pieces(data: bytes | memoryview, encoding: str = "utf-8") -> Iterator[str]:
    """Decode piece by piece. A fault counts its place from the start of the data.

    Raises:
        UnicodeDecodeError: A byte does not fit.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    for start in range(0, len(view), _PIECE_BYTES):
        # A character cut by the border of two pieces waits in the decoder and stands before the next piece.
        waiting = len(decoder.getstate()[0])
        try:
            yield decoder.decode(view[start : start + _PIECE_BYTES], start + _PIECE_BYTES >= len(view))
        except UnicodeDecodeError as fault:
            offset = start - waiting
            raise UnicodeDecodeError(
                fault.encoding, b"", offset + fault.start, offset + fault.end, fault.reason
            ) from fault


def _cut_end_mark(text: memoryview) -> memoryview:
    tail = bytes(text[-_END_LENGTH:]).decode(errors="ignore")
    mark = _END_MARK.search(tail)
    return text if mark is None else text[: len(text) - len(tail[mark.start() :].encode())]


def _refuse_what_is_not_text(data: bytes, *, name: str) -> None:
    if not data:
        raise InputError(f"{name} is empty (0 bytes).", advice="Export it again; an empty file is never a directory.")
    for mark, kind in _NOT_TEXT:
        if data.startswith(mark):
            is_workbook = kind == "a zip archive" and _WORKBOOK_MARK in data
            found = "an Excel workbook (.xlsx)" if is_workbook else kind
            raise InputError(
                f"{name} is {found}, not a text file.",
                advice="Save the sheet as 'CSV UTF-8' and give that file."
                if is_workbook or "Excel" in kind
                else "Give the export as a CSV file, or a folder or .zip archive of CSV files.",
            )


def _decode_utf16(data: bytes, *, name: str) -> bytes:
    try:
        return b"".join(piece.encode() for piece in _pieces(data, "utf-16"))
    except UnicodeDecodeError as fault:
        raise InputError(
            f"{name} starts as UTF-16, but byte {fault.start:,} is not UTF-16 ({fault.reason}).",
            advice="The file may be cut off or joined from two; export it again.",
        ) from fault


def _check_marked_utf8(data: bytes, *, name: str) -> memoryview:
    text = memoryview(data)[len(codecs.BOM_UTF8) :]
    try:
        for _ in _pieces(text):
            pass
        return text
    except UnicodeDecodeError as fault:
        # Counted from behind the mark.
        offset = fault.start + len(codecs.BOM_UTF8)
        raise InputError(
            f"{name} is marked as UTF-8, but byte {offset:,} ({_place(data, offset)}) is not UTF-8.",
            advice="The file was joined from parts in two encodings or damaged on the way; export it again as UTF-8.",
        ) from fault


def _decode_unmarked(data: bytes, *, name: str, largest_share: float) -> tuple[memoryview, str, tuple[int, ...]]:
    try:
        for _ in _pieces(data):
            pass
        return memoryview(data), "utf-8", ()
    except UnicodeDecodeError as fault:
        not_utf8 = fault.start
    try:
        text = b"".join(piece.encode() for piece in _pieces(data, "cp1252"))
    except UnicodeDecodeError as fault:
        raise InputError(
            f"{name} is neither UTF-8 (byte {not_utf8:,}, {_place(data, not_utf8)}) "
            f"nor Windows-1252 (byte {fault.start:,}, {_place(data, fault.start)}).",
            advice="Export it again as UTF-8; no character is guessed or replaced.",
        ) from fault
    broken = [found.start() for found in _UTF8_SEQUENCE.finditer(data) if _is_western(found.group())]
    # A few are characters that were broken before they were exported: the text is kept, and the rules find it. Many mean that a
    # UTF-8 file was joined to this one, and half the names would be wrong.
    if broken and len(broken) > largest_share * len(_NOT_ASCII.findall(data)):
        raise InputError(
            f"{name} holds two encodings: byte {broken[0]:,} ({_place(data, broken[0])}) is UTF-8, "
            f"byte {not_utf8:,} ({_place(data, not_utf8)}) is not.",
            advice="The file was joined from two exports, or broken characters were saved in it. Export it as UTF-8.",
        )
    return memoryview(text), "cp1252", tuple(dict.fromkeys(data.count(b"\n", 0, start) + 1 for start in broken))


def _is_western(sequence: bytes) -> bool:
    """Tell whether UTF-8 bytes stand for a character that Windows-1252 has too.

    Only such a sequence proves that the bytes are UTF-8: an upper-case É before a closing quote looks like a rare phonetic letter,
    and é before two dashes like a Chinese one, which no export in Windows-1252 would mix in.
    """
    try:
        sequence.decode("utf-8").encode("cp1252")
    except UnicodeError:
        return False
    return True


def _place(data: bytes, offset: int) -> str:
    before = data[:offset]
    lines = before.count(b"\n") or before.count(b"\r")
    return f"0x{data[offset]:02X} on line {lines + 1:,}"
