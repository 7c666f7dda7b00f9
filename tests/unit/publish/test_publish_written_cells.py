"""Written files are searched text by text: no escape, cut or repetition of the format hides a value, and places are told apart."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from pipeline.publish import search_files, written_cells
from pipeline.publish.search_files import find_in_files
from schemas.private_values import PrivateValues

STREET = PrivateValues(streets=frozenset({" 1407 thistle ", " 1407 * thistle "}))
VALUES = PrivateValues(
    phones=frozenset({"2175550101"}),
    emails=frozenset({"hidden@shelter.example"}),
    names=frozenset({" jane doe ", " doe jane "}),
)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize(
    "text",
    [
        'Ask for Jane "Q" Doe',
        "Ask for Jane\\Doe",
        'She said "call (217)\t555-0101"',
        "hidden@shelter.example\\",
        "Ask \u0007Jane Doe, Zürich",
    ],
)
@pytest.mark.parametrize("is_ascii", [True, False])
def test_no_escape_of_json_hides_a_value(tmp_path, text, is_ascii):
    """A quotation mark or backslash within a text ends it for a reader that is not careful."""
    lines = [{"id": "1", "description": "Open daily."}, {"id": "2", "description": text, "name": "A"}]
    written(tmp_path, "a.jsonl", "".join(json.dumps(line, ensure_ascii=is_ascii) + "\n" for line in lines))
    written(tmp_path, "a.json", json.dumps(lines, ensure_ascii=is_ascii, indent=2))
    assert find_in_files(tmp_path, VALUES) == {"a.json: description": 1, "a.jsonl: description": 1}


def test_every_occurrence_is_counted_at_its_place(tmp_path):
    """A text that stands many times is searched once, and still told wherever it stands."""
    told = "Call 217.555.0101 now"
    pl.DataFrame({"description": [told, "x", told], "fees": ["y", told, None]}).write_csv(tmp_path / "a.csv")
    written(tmp_path, "b.jsonl", (json.dumps({"deep": [{"note": told}], "fees": told}) + "\n") * 3)
    written(tmp_path, "c.xml", f'<A n="{told}"><Note>{told}</Note><Note>{told}</Note></A>')
    assert find_in_files(tmp_path, VALUES) == {
        "a.csv: description": 2,
        "a.csv: fees": 1,
        "b.jsonl: note": 3,
        "b.jsonl: fees": 3,
        "c.xml: A@n": 1,
        "c.xml: Note": 2,
    }


def test_street_is_private_everywhere_but_in_an_address(tmp_path):
    """The neighbour town's 1407 Thistle Avenue stays in its address; in a description nobody knows which one is meant."""
    line = "1407 N. Thistle Avenue"
    pl.DataFrame({"address_1": [line], "description": [line]}).write_csv(tmp_path / "a.csv")
    written(tmp_path, "b.jsonl", json.dumps({"address_1": line, "street": line, "address": line}) + "\n")
    written(tmp_path, "c.xml", f"<A><Line1>{line}</Line1><Note>{line}</Note><Line2 x='1'>{line}</Line2></A>")
    assert find_in_files(tmp_path, STREET) == {"a.csv: description": 1, "b.jsonl: address": 1, "c.xml: Note": 1}


def test_other_values_are_looked_for_in_addresses_too(tmp_path):
    written(tmp_path, "b.jsonl", json.dumps({"address_1": "c/o Jane Doe", "city": "Address_1"}) + "\n")
    written(tmp_path, "c.xml", "<A><Line1>c/o Jane &#10;Doe</Line1></A>")
    assert find_in_files(tmp_path, VALUES) == {"b.jsonl: address_1": 1, "c.xml: Line1": 1}


@pytest.mark.parametrize("size", [1, 7, 64])
def test_parts_cut_no_text(tmp_path, monkeypatch, size):
    """A value that lies over the end of a part would be seen in neither."""
    monkeypatch.setattr(written_cells, "_BYTES", size)
    monkeypatch.setattr(search_files, "_TEXTS", 2)
    told = "Please call (217) 555-0101 for Jane Doe"
    written(tmp_path, "a.txt", f"first\n{told}\nlast")
    written(tmp_path, "b.jsonl", json.dumps({"note": told}) + "\n" + json.dumps({"note": "none"}))
    written(tmp_path, "c.xml", f"<A><Note>{told}</Note></A>")
    assert find_in_files(tmp_path, VALUES) == {"a.txt: text": 1, "b.jsonl: note": 1, "c.xml: Note": 1}


def test_bytes_that_are_no_text_hide_nothing(tmp_path):
    written(tmp_path, "a.txt", b"\xff\xfe broken\nhidden@shelter.example \xff\n")
    assert find_in_files(tmp_path, VALUES) == {"a.txt: text": 1}


def test_number_is_private_with_its_own_area_code_only(tmp_path):
    """Half of all agencies of a state share the last seven digits with somebody."""
    pl.DataFrame({"number": ["(618) 555-0101", "618-555-0101", "(217) 555-0101", "(911) 555-0101"]}).write_csv(
        tmp_path / "phones.csv"
    )
    assert find_in_files(tmp_path, VALUES) == {"phones.csv: number": 2}


@pytest.mark.parametrize("content", ["", "{}", "[]\n", '"x"', "{}\n{}\n", '{"id":"1"}'])
def test_files_of_next_to_nothing_are_read(tmp_path, content):
    """A delta without changes is such a file."""
    written(tmp_path, "a.jsonl", content)
    written(tmp_path, "a.json", content.splitlines()[0] if content else "{}")
    written(tmp_path, "a.txt", content)
    assert find_in_files(tmp_path, VALUES) == {}
