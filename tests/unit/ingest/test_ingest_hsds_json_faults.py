"""HSDS in JSON that is damaged, hostile or something else: refused in words, or rejected line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.ingest.json_records import JsonFault, decode_record, text_of
from pipeline.ingest.read import read_export
from schemas.delivered import Delivered
from schemas.errors import InputError
from schemas.parameters import IngestParameters

LIMITS = IngestParameters(settle_seconds=0)
GOOD = '{"id": "s1", "name": "Classes", "status": "active"}'


def read_bytes(tmp_path: Path, data: bytes, name: str = "services.jsonl", format_name: str = "auto") -> Delivered:
    (tmp_path / name).write_bytes(data)
    return read_export(tmp_path / name, center_id="test", format_name=format_name, parameters=LIMITS)


def refusal(tmp_path: Path, text: str, name: str = "services.json") -> str:
    with pytest.raises(InputError) as caught:
        read_bytes(tmp_path, text.encode(), name)
    return caught.value.message


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "s2", "name": "Pan', "column 22: a text that starts here does not end; perhaps it breaks off"),
        ('{"id": "s2"', "column 12: it breaks off"),
        ('{"id": s2}', "column 8: a value is missing or is not JSON"),
        ('{"id": "s2"} {"id": "s3"}', "column 14: something follows after the end"),
        ('{"id": "s2", "minimum_age": NaN}', "column 29: NaN is no number of JSON"),
        ('{"id": "s2", "fees": [-Infinity]}', "column 23: -Infinity is no number of JSON"),
        ('{"id": "s2", "name": "a", "name": "b"}', "an object has two members 'name' with different values"),
        ('{"id": "s2", "name": "a\\u0000"}', "a text holds a NUL character, which no text has"),
        ('{"id": "s2", "name": "\\ud83d"}', "a text holds half of a character (\\ud800 without its other half)"),
        ('{"id": ' + "[" * 300 + "]" * 300 + "}", "lists and objects stand inside each other more than 254 deep"),
        ('{"id": ' + "[" * 9000 + "]" * 9000 + "}", "lists and objects stand inside each other more than 254 deep"),
        ('["s2"]', "it is a list, not an object"),
        ('"s2"', "it is a text, not an object"),
        ("2", "it is a number, not an object"),
        ("2.50", "it is a number, not an object"),
        ("null", "it is null, not an object"),
        ("{}", "it is an object without members"),
    ],
)
def test_broken_line_is_a_reject_and_the_rest_is_read(tmp_path: Path, line: str, reason: str):
    """One damaged record would stop the night, or vanish without a word."""
    export = read_bytes(tmp_path, f"{GOOD}\n\n{line}\n{GOOD.replace('s1', 's9')}\n".encode())
    assert export.record["native_id"].to_list() == ["s1", "s9"]
    assert export.raw_reject.select("source_file", "source_line", "reason", "text").rows() == [
        ("services.jsonl", 3, reason, line)
    ]
    file = export.files[0]
    assert (file.rows_read, file.rows_rejected, file.rows_blank) == (2, 1, 1)


def test_first_line_may_be_the_broken_one(tmp_path: Path):
    """JSON Lines would be read as something else because of its first line."""
    export = read_bytes(tmp_path, f"oops\n{GOOD}\n".encode())
    assert (export.rows_read, export.raw_reject["source_line"].to_list()) == (1, [1])


def test_place_of_a_fault_inside_a_list_is_that_in_the_file(tmp_path: Path):
    """The line of a fault would be looked for in the wrong place."""
    text = f'[\n  {GOOD},\n  {{"id": "s2",\n   "minimum_age": NaN}}, {{"id": "s3", "maximum_age": NaN}}, 7\n]'
    export = read_bytes(tmp_path, text.encode(), "services.json")
    assert export.raw_reject.select("source_line", "reason").rows() == [
        (3, "line 4, column 19: NaN is no number of JSON"),
        (4, "column 53: NaN is no number of JSON"),
        (4, "it is a number, not an object"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"[{GOOD}",
            f"services.json, line 1, column {len(GOOD) + 2}: this is not JSON that can be read: it breaks off",
        ),
        (f"[{GOOD},\n", "line 2, column 1: this is not JSON that can be read: it breaks off"),
        (f"[{GOOD} {GOOD}]", "a comma or a closing bracket is missing"),
        (f'{{"total_items": 2, "contents": [{GOOD}', "it breaks off"),
        (f"[{GOOD}] more", "something follows after the end"),
        ('{\n "id" "s1"}', "line 2, column 7: this is not JSON that can be read: a colon is missing"),
        ("hello", "this is not JSON that can be read: a value is missing"),
        ('"s1"', "it is a single value, not an object or a list of objects"),
        ("[" * 100_000, "lists and objects stand inside each other more than 254 deep"),
        ("[]", "It holds no records."),
        ('{"total_items": 0, "contents": []}', "It holds no records."),
        ("[1, 2]", "None of its records could be read. The first, in services.json on line 1: it is a number"),
        ('{"id": NaN}', "column 8: NaN is no number of JSON"),
    ],
)
def test_json_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, text: str, words: str):
    """A cut-off download would be taken for a small directory."""
    assert words in refusal(tmp_path, text)


def test_empty_files_are_refused(tmp_path: Path):
    """An empty directory would be published."""
    assert "is empty (0 bytes)" in refusal(tmp_path, "")
    assert "is empty" in refusal(tmp_path, " \n ", "services.jsonl")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"servicesAtLocations": [], "dataOwner": "x"}', "an organization bundle of the National Data Platform"),
        ('{"agencies": [], "serviceSites": []}', "the older iCarol Resource API"),
        ('[{"id": 1, "names": [], "contactDetails": []}]', "the older iCarol Resource API"),
        ('{"resources": [{"path": "a.csv", "schema": {}}]}', "the descriptor of a package"),
        ("<Source/>", "is AIRS XML"),
        ("<html></html>", "a web page"),
    ],
)
def test_other_formats_are_still_named(tmp_path: Path, text: str, words: str):
    """Whoever gives the wrong file would not be told which one is right."""
    assert words in refusal(tmp_path, text, "export.json")


@pytest.mark.parametrize(
    "record",
    [
        {"id": 1, "type": "Site", "databaseID": 2, "modified": "x", "status": "Active", "cultureCode": "en"},
        {"ID": "1", "Organization Name": "Harbor", "Website": "x"},
        {"id": 1, "name": "Harbor"},
        {"version": "3.0", "profile": "https://www.example.org"},
    ],
)
def test_records_of_another_system_are_not_taken_for_services(tmp_path: Path, record: dict[str, object]):
    """Records of another system would be published because they have a status, too."""
    words = refusal(tmp_path, json.dumps([record]), "export.json")
    assert "it cannot be told whether it is an organization, a service, a location" in words


def test_terms_alone_are_no_directory(tmp_path: Path):
    """A list of terms would be taken for an empty directory."""
    words = refusal(tmp_path, '[{"id": "t1", "code": "BD-1800", "name": "Food"}]', "taxonomy_terms.json")
    assert "It holds taxonomy_term only." in words


def test_other_files_of_a_folder_are_passed_over_and_named(tmp_path: Path):
    """A manifest would stop the night, or a second export be left out without a word."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "services.jsonl").write_text(GOOD, encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "receipt.json").write_text('{"sha256": {}}', encoding="utf-8")
    export = read_export(folder, center_id="test", parameters=LIMITS)
    words = "Files not read, because no objects of HSDS are in them: 2 (broken.json, receipt.json)."
    assert words in export.notices


def test_several_folders_and_no_json_are_refused(tmp_path: Path):
    """One of two packages would be chosen by chance."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "services.jsonl").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match="JSON in several folders: a, b"):
        read_export(tmp_path, center_id="test", parameters=LIMITS)
    empty = tmp_path / "c"
    empty.mkdir()
    (empty / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no JSON file"):
        read_export(empty, center_id="test", format_name="hsds-json", parameters=LIMITS)


def test_named_format_reads_a_file_of_any_name(tmp_path: Path):
    """What an API gave into a file without an ending could not be read."""
    assert read_bytes(tmp_path, GOOD.encode(), "download.txt", "hsds-json").rows_read == 1
    with pytest.raises(InputError, match="is HSDS") as caught:
        read_bytes(tmp_path, GOOD.encode(), "download.txt")
    assert "--format hsds-json" in (caught.value.advice or "")


def test_ids_as_names_of_members_are_refused(tmp_path: Path):
    """A list written as an object would become a table of thousands of columns."""
    members = {f"x{number}": 1 for number in range(1_100)}
    text = json.dumps({"id": "s1", "name": "Classes", "status": "active"} | members)
    assert "The objects of service have 1,103 different members" in refusal(tmp_path, text)


def test_members_twice_with_one_value_are_one(tmp_path: Path):
    """A record would be lost that says the same thing twice."""
    export = read_bytes(tmp_path, b'{"id": "s1", "id": "s1", "name": "Classes", "status": "active"}')
    assert export.record["native_id"].to_list() == ["s1"]


@pytest.mark.parametrize("text", ['{"a":1.10}', '{"a" : 1.10}', '{"a":\n1.10}', '{"b":"x: 2.50, ","a":1.10}'])
def test_blanks_do_not_change_how_a_number_is_read(text: str):
    """The quick reader would be believed where it had lost a zero."""
    assert text_of(decode_record(text.encode())["a"]) == "1.10"


def test_fault_says_where_it_is():
    """Whoever looks for the fault would count characters."""
    with pytest.raises(JsonFault) as caught:
        decode_record(b'{"a": 1,\n "b": [1 2]}')
    assert (caught.value.line, caught.value.column) == (2, 10)
