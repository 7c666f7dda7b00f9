"""Parsing: every line ends as a row, a reject or a counted blank."""

from __future__ import annotations

import csv
import hashlib
import tracemalloc

import polars as pl
import pytest

from pipeline.ingest.parse import ParsedTable, parse_table
from schemas.contract import check
from schemas.errors import InputError
from schemas.parameters import IngestParameters
from schemas.raw import RawReject, RawRow


def parse(text: str, **limits: int) -> ParsedTable:
    return parse_table(text, name="export.csv", center_id="test", parameters=IngestParameters(**limits))


def cells(table: ParsedTable) -> list[list[str]]:
    return [list(row) for row in table.cells.rows()]


def test_rows_keep_their_line_cells_and_hash():
    """A finding could not name the line of the export, and a changed row could not be told from an unchanged one."""
    table = parse('id,note\n1,"two\nlines"\n2,x\n')
    assert cells(table) == [["1", "two\nlines"], ["2", "x"]]
    assert table.rows["source_line"].to_list() == [2, 4]
    assert table.rows["text"].to_list() == ['1,"two\nlines"', "2,x"]
    assert table.rows["row_hash"][1] == hashlib.sha256(b"2,x").hexdigest()[:32]
    check(table.rows, RawRow)
    check(table.rejects, RawReject)


@pytest.mark.parametrize(("end", "name"), [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")])
def test_line_ends(end: str, name: str):
    """Exports of old systems would be read as one endless line."""
    table = parse(f"id,note{end}1,a{end}2,b{end}")
    assert cells(table) == [["1", "a"], ["2", "b"]]
    assert table.rows["source_line"].to_list() == [2, 3]
    assert table.newline == name


def test_line_breaks_in_cells_do_not_count_as_line_ends_of_the_file():
    """The run would report mixed line ends for every spreadsheet export."""
    assert parse('id,note\r\n1,"a\nb"\r\n').newline == "CRLF"
    assert parse("id,note\r\n1,a\n").newline == "mixed"


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_other_line_separators_are_text(character: str):
    """A form feed pasted into a description would split the record."""
    assert cells(parse(f"id,note\n1,a{character}b\n")) == [["1", f"a{character}b"]]


@pytest.mark.parametrize(
    ("header", "separator"),
    [("id,name", ","), ("id\tname", "\t"), ("id;name", ";"), ("id", ","), ('id;"a,b,c";name', ";"), ("id,a;b,c", ",")],
)
def test_separator_is_told_by_the_header(header: str, separator: str):
    """A tab-separated file would be read as one wide column."""
    assert parse(f"{header}\n").separator == separator


def test_row_of_another_width_is_rejected_and_reading_goes_on():
    """One cut line would stop the night, or shift its cells into wrong columns."""
    table = parse("id,name\n1\n2,b\n3,c,d\n4,e\n")
    assert cells(table) == [["2", "b"], ["4", "e"]]
    assert table.rejects.select("source_line", "reason", "text").rows() == [
        (2, "the row has 1 cells, the header has 2", "1"),
        (4, "the row has 3 cells, the header has 2", "3,c,d"),
    ]


def test_blank_rows_are_counted_and_nothing_else():
    """Empty lines at the end of a spreadsheet export would be reported as broken rows."""
    table = parse("id,name\n\n1,a\n,\n  , \n\n")
    assert (table.rows.height, table.rejects.height, table.blank_count) == (1, 0, 4)


def test_quote_inside_an_unquoted_cell_is_text():
    """An inch mark in an address would swallow the records behind it."""
    assert cells(parse('id,line\n1,Suite 5"\n2,b\n')) == [["1", 'Suite 5"'], ["2", "b"]]


def test_doubled_quotes_are_one():
    """Names in quotation marks would keep the marks of the file format."""
    assert cells(parse('id,name\n1,"The ""Ark"", Inc."\n')) == [["1", 'The "Ark", Inc.']]


def test_quote_that_is_not_doubled_keeps_the_row_and_is_reported():
    """A lost quotation mark would pass unseen, or cost the whole record."""
    table = parse('id,name,city\n1,"The "Ark" Inc.",X\n2,b,Y\n')
    assert [row[0] for row in cells(table)] == ["1", "2"]
    assert table.loose_quotes == (2,)


def test_quote_that_is_not_doubled_and_breaks_the_row_is_a_reject():
    """A name with quotes and a comma would move every later cell into the wrong column."""
    table = parse('id,name\n1,"The "Ark, Inc." x",y\n2,b\n')
    assert cells(table) == [["2", "b"]]
    assert table.rejects["source_line"].to_list() == [2]


def test_quote_that_never_closes_rejects_every_line_from_there_on():
    """One stray quote would swallow the rest of the directory into a single cell."""
    lines = "".join(f"{number},x\n" for number in range(3, 30))
    table = parse(f'id,note\n1,a\n2,"open\n{lines}', longest_row_lines=5)
    assert cells(table) == [["1", "a"]]
    assert table.rejects["source_line"].to_list() == list(range(3, 31))
    assert table.rejects["text"][0] == '2,"open'
    assert "a quote that opens on line 3 does not close within 5 lines" in table.rejects["reason"][0]


def test_quote_still_open_at_the_end_of_the_file_is_noticed():
    """The last column would silently hold the rest of the file, because the row has the right width."""
    table = parse('id,note\n1,a\n2,"open\n3,x\n4,y\n')
    assert cells(table) == [["1", "a"]]
    assert table.rejects["source_line"].to_list() == [3, 4, 5]
    assert "does not close within the file" in table.rejects["reason"][0]


def test_cell_with_as_many_lines_as_allowed_is_read():
    """A long description would be taken for a broken quote."""
    note = "\n".join("abc")
    table = parse(f'id,note\n1,"{note}"\n2,x\n', longest_row_lines=3)
    assert cells(table) == [["1", note], ["2", "x"]]


def test_nul_character_rejects_its_row_only():
    """A database dump with one damaged row would stop the night."""
    table = parse("id,name\n1,a\x00\n2,b\n")
    assert cells(table) == [["2", "b"]]
    assert "NUL" in table.rejects["reason"][0]


@pytest.mark.parametrize("text", ['"id,name\n1,a\n', "i\x00d\x00,\x00\n", "\n\n \n"])
def test_header_that_cannot_be_read_stops(text: str):
    """Rows would be read under wrong names."""
    with pytest.raises(InputError, match=r"export\.csv"):
        parse(text)


@pytest.mark.parametrize("limit_of_the_reader", [131_072, 10_000_000])
def test_very_long_cell_is_a_reject_and_not_a_crash(limit_of_the_reader):
    """A pasted document in one cell would end the run; whether another library raised the reader's limit must not matter."""
    before = csv.field_size_limit(limit_of_the_reader)
    try:
        check_long_cell()
    finally:
        csv.field_size_limit(before)


def check_long_cell():
    table = parse(f"id,note\n1,{'x' * 200_000}\n2,b\n")
    assert cells(table) == [["2", "b"]]
    assert table.rejects.select("source_line", "reason").rows() == [(2, "a cell holds more than 131,072 characters")]


def test_file_without_line_ends_is_refused_before_it_is_taken_apart():
    """A damaged file of one endless line would fill the memory of the machine with column names."""
    with pytest.raises(InputError, match=r"export\.csv, line 1: .* 1,000,001 bytes long"):
        parse("x" * 1_000_001)
    with pytest.raises(InputError, match=r"export\.csv, line 1: the header has 10,001 columns"):
        parse("x," * 10_000 + "x\n")


@pytest.mark.parametrize("row_by_row", [False, True])
def test_endless_row_is_one_reject_and_reading_goes_on(row_by_row: bool):
    """Lost line ends in the middle of a file would cost the rows behind them, or store the file a second time."""
    text = f"id,name\n1,a\n{'x,' * 600_000}\n2,b\n"
    table = parse_table(text, name="e.csv", center_id="c", parameters=IngestParameters(), row_by_row=row_by_row)
    assert cells(table) == [["1", "a"], ["2", "b"]]
    assert table.rejects["source_line"].to_list() == [3]
    assert "1,200,001 characters long" in table.rejects["reason"][0]
    assert table.rejects["text"].str.len_chars().to_list() == [1_000_000]


def test_only_chosen_columns_become_cells():
    """A wide export would take many times its size in memory for columns that nobody asks for."""
    text = 'id,note,name\n1,"a ""quoted"" and long text",x\n'
    table = parse_table(
        text, name="e.csv", center_id="c", parameters=IngestParameters(), choose=lambda header: [header.index("note")]
    )
    assert cells(table) == [['a "quoted" and long text']]
    assert table.rows["text"].to_list() == ['1,"a ""quoted"" and long text",x']


def test_texts_picked_from_a_block_do_not_keep_its_columns():
    """Every phone number would keep the memory of a column of the whole export."""
    text = "id,name\n" + "".join(f"{number},a name longer than twelve bytes {number}\n" for number in range(20_000))
    tracemalloc.start()
    try:
        table = parse_table(text, name="e.csv", center_id="c", parameters=IngestParameters())
        picked = table.cells.filter(pl.col("cell 0") == "7")
        del table
        assert tracemalloc.get_traced_memory()[0] < len(text) + 100_000
    finally:
        tracemalloc.stop()
    assert picked.rows() == [("7", "a name longer than twelve bytes 7")]
