"""Laws of reading: what was written comes back, and no row goes missing."""

from __future__ import annotations

import csv
import io

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.ingest.decode import decode_file
from pipeline.ingest.parse import ParsedTable, parse_table
from schemas.errors import InputError
from schemas.parameters import IngestParameters

#: Characters that both UTF-8 and Windows-1252 can write, with everything that has a meaning in a separated text.
CHARACTERS = 'ab7 ,;\t"\n–éñ€“'
CELLS = st.text(CHARACTERS, max_size=8)
LIMITS = IngestParameters()


def write(rows: list[list[str]], *, separator: str, end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def parse(text: str) -> ParsedTable:
    return parse_table(text, name="export.csv", center_id="test", parameters=LIMITS)


def reads_as_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    separator=st.sampled_from([",", "\t", ";"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=200, deadline=None)
def test_written_cells_come_back(rows: list[list[str]], encoding: str, separator: str, end: str):
    """Some combination of encoding, separator and line end would change cells without a word."""
    text = write([["one", "two", "three"], *rows], separator=separator, end=end)
    written = text.encode(encoding)
    # "é––" in Windows-1252 is a Chinese character in UTF-8: nobody can tell such bytes apart, and UTF-8 is tried first.
    assume(encoding != "cp1252" or text.isascii() or not reads_as_utf8(written))
    parsed = parse(decode_file(written, name="export.csv").text)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert parsed.header == ("one", "two", "three")
    assert parsed.separator == separator
    assert parsed.rows["cells"].to_list() == filled
    assert (parsed.rejects.height, parsed.blank_count) == (0, len(rows) - len(filled))


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12))
@settings(max_examples=200, deadline=None)
def test_rows_in_are_rows_read_rejected_and_blank(rows: list[list[str]]):
    """A row would vanish from the accounts of the night."""
    parsed = parse(write([["one", "two"], *rows], separator=",", end="\n"))
    assert parsed.rows.height + parsed.rejects.height + parsed.blank_count == len(rows)
    assert parsed.rows.height == sum(len(row) == 2 and any(cell.strip() for cell in row) for row in rows)


@given(text=st.text('ab,;"\n\r \x00', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_to_its_last_line(text: str):
    """A damaged file would end the night with a traceback, or lose lines in silence."""
    parsed = parse("one,two\n" + text)
    accounted = "".join(
        [*("".join(cells) for cells in parsed.rows["cells"].to_list()), *parsed.rejects["text"].to_list()]
    )
    for letter in "ab":
        assert accounted.count(letter) == text.count(letter)
    lines = [*parsed.rows["source_line"].to_list(), *parsed.rejects["source_line"].to_list()]
    assert len(lines) == len(set(lines))
    assert all(line >= 2 for line in lines)


@given(data=st.binary(max_size=80), head=st.sampled_from([b"", b"one,two\n", b"\xff\xfe", b"\xef\xbb\xbf", b"PK"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(data: bytes, head: bytes):
    """A damaged file would end the night with a traceback instead of a message."""
    message = "export.csv was read"
    try:
        parse(decode_file(head + data, name="export.csv").text)
    except InputError as fault:
        message = fault.message
    assert "export.csv" in message
