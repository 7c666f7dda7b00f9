"""Decoding: one encoding from end to end, or a message that says where it breaks."""

from __future__ import annotations

import pytest

from pipeline.ingest.decode import decode_file
from schemas.errors import InputError

TEXT = "id,name\n1,Café – “Maple”\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (b"id\n1\n", "utf-8"),
    ],
)
def test_each_encoding_gives_the_same_text(data: bytes, encoding: str):
    """A center that saves from a spreadsheet would see broken names, and the night would not say how it read the file."""
    decoded = decode_file(data, name="export.csv")
    assert decoded.encoding == encoding
    assert decoded.text in (TEXT, "id\n1\n")


def test_byte_that_no_encoding_has_is_named_with_offset_and_line():
    """A damaged file would be read with replaced characters, or refused without saying where to look."""
    data = b"id,name\n1,Caf\xe9\n2,\x81\n"
    with pytest.raises(InputError) as caught:
        decode_file(data, name="export.csv")
    assert "export.csv" in caught.value.message
    assert "byte 13, 0xE9 on line 2" in caught.value.message
    assert "byte 17, 0x81 on line 3" in caught.value.message
    assert caught.value.exit_code == 3


def test_two_encodings_in_one_file_are_refused_with_both_places():
    """Lists merged from two systems would carry broken names into every report."""
    data = "id,name\n1,Café\n".encode() + "2,Café\n".encode("cp1252")
    with pytest.raises(InputError, match="two encodings") as caught:
        decode_file(data, name="export.csv")
    assert "byte 13 (0xC3 on line 2) is UTF-8" in caught.value.message
    assert "byte 21 (0xE9 on line 3) is not" in caught.value.message


def test_a_few_broken_characters_do_not_stop_a_night():
    """One name that was broken years ago must not keep a whole center from its findings."""
    lines = [f"{number},Café" for number in range(2, 22)]
    data = ("id,name\n" + "\n".join(lines) + "\n").encode("cp1252") + "22,Café\n".encode()
    decoded = decode_file(data, name="export.csv")
    assert decoded.encoding == "cp1252"
    assert decoded.broken_lines == (22,)
    assert decoded.text.endswith("22,CafÃ©\n")


@pytest.mark.parametrize("text", ["“CAFÉ”", "é––", "NIÑ”"])
def test_windows_text_that_happens_to_look_like_utf8_is_read(text):
    """A capital É before a closing quote is two bytes of UTF-8, too: that is no reason to refuse the file."""
    assert decode_file(f"id,name\n1,José\n2,{text}\n".encode("cp1252"), name="export.csv").text.endswith(f"2,{text}\n")


def test_mark_that_the_bytes_do_not_keep_is_refused():
    """A file cut in the middle of a character would lose its end without a word."""
    with pytest.raises(InputError, match=r"marked as UTF-8, but byte 11 \(0xE9 on line 2\)"):
        decode_file(b"\xef\xbb\xbfid\n1,Caf\xe9", name="export.csv")
    with pytest.raises(InputError, match="starts as UTF-16, but byte 4"):
        decode_file(b"\xff\xfei\x00d", name="export.csv")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty (0 bytes)"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \r\n \r\n", "is empty"),
        (b"\x1a", "is empty"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04....data.csv", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, words: str):
    """A renamed workbook would end in a message about a strange header."""
    with pytest.raises(InputError, match=r"export\.csv") as caught:
        decode_file(data, name="export.csv")
    assert words in caught.value.message


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\r\n", b"\n\x1a"])
def test_end_mark_of_old_tools_is_removed(end: bytes):
    """The last row of a database dump would be rejected for a character nobody typed."""
    decoded = decode_file(b"id\n1" + end, name="export.csv")
    assert decoded.text.strip() == "id\n1"


def test_end_mark_inside_a_cell_stays():
    """A character in the middle of a text would vanish."""
    assert decode_file(b"id\n\x1a1\n", name="export.csv").text == "id\n\x1a1\n"
