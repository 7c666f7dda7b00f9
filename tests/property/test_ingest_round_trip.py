"""Laws of reading: what was written comes back, and no row goes missing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.ingest import parse as parse_module
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
    assert [list(row) for row in parsed.cells.rows()] == filled
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
    accounted = "".join([*("".join(cells) for cells in parsed.cells.rows()), *parsed.rejects["text"].to_list()])
    for letter in "ab":
        assert accounted.count(letter) == text.count(letter)
    lines = [*parsed.rows["source_line"].to_list(), *parsed.rejects["source_line"].to_list()]
    assert len(lines) == len(set(lines))
    assert all(line >= 2 for line in lines)


def quoted(cell: str, how: int) -> str:
    """Write a cell with needed quotes, always with quotes, or carelessly."""
    doubled = '"' + cell.replace('"', '""') + '"'
    needed = any(sign in cell for sign in ',"\n\r')
    return cell if how == 2 else doubled if how == 1 or needed else cell


PARTS = st.text('ab ,"\n\r\x00\x1c\xa0é', max_size=5) | st.sampled_from(
    ["", "long enough to lie outside", 'twelve ""bytes']
)
TABLES = st.lists(
    st.tuples(
        st.lists(st.tuples(PARTS, st.sampled_from([0, 0, 0, 1, 1, 2])), min_size=1, max_size=4)
        | st.lists(st.tuples(PARTS, st.sampled_from([0, 1])), min_size=3, max_size=3),
        st.sampled_from(["\n", "\r\n", "\r"]),
    ),
    max_size=14,
)


def check_both_ways_agree(text: str, *, limits: IngestParameters, sizes: tuple[int, int, int]) -> None:
    names = ("_BLOCK_BYTES", "_SMALL_BLOCK_BYTES", "_LONGEST_BLOCK_BYTES")
    with pytest.MonkeyPatch.context() as patch:
        for name, size in zip(names, sizes, strict=True):
            patch.setattr(parse_module, name, size)
        quick = parse_table(text, name="export.csv", center_id="test", parameters=limits)
    strict = parse_table(text, name="export.csv", center_id="test", parameters=limits, row_by_row=True)
    assert quick.rows.rows() == strict.rows.rows()
    assert quick.cells.rows() == strict.cells.rows()
    assert quick.rejects.rows() == strict.rejects.rows()
    assert (quick.blank_count, quick.newline, quick.loose_quotes) == (
        strict.blank_count,
        strict.newline,
        strict.loose_quotes,
    )


@given(
    table=TABLES,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    has_one_end=st.booleans(),
    is_cut=st.booleans(),
    longest_row_lines=st.sampled_from([2, 3, 200]),
    longest_cell=st.sampled_from([3, 131_072]),
    sizes=st.sampled_from([(16_000_000, 64_000, 128_000_000), (40, 10, 100), (1, 1, 16)]),
)
@settings(max_examples=500, deadline=None)
def test_quick_and_strict_reading_agree(
    table: list[tuple[list[tuple[str, int]], str]],
    end: str,
    has_one_end: bool,
    is_cut: bool,
    longest_row_lines: int,
    longest_cell: int,
    sizes: tuple[int, int, int],
):
    """A row would be read otherwise, or not at all, only because the file is large or a neighbor is broken."""
    rows = [",".join(quoted(*cell) for cell in cells) + (end if has_one_end else own) for cells, own in table]
    text = "one,two,three\n" + "".join(rows)
    limits = IngestParameters(longest_row_lines=longest_row_lines, longest_cell=longest_cell)
    check_both_ways_agree(text.rstrip("\r\n") if is_cut else text, limits=limits, sizes=sizes)


@given(
    text=st.text('ab,;"\n\r \x00é', max_size=80),
    header=st.sampled_from(["one\n", "one,two\r\n", '"o,ne",two,three\r']),
    sizes=st.sampled_from([(16_000_000, 64_000, 128_000_000), (20, 5, 50)]),
)
@settings(max_examples=500, deadline=None)
def test_quick_and_strict_reading_agree_on_any_text(text: str, header: str, sizes: tuple[int, int, int]):
    """A damaged file would be accounted for in two ways."""
    check_both_ways_agree(header + text, limits=LIMITS, sizes=sizes)


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
