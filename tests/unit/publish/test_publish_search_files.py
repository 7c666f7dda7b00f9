"""The last look at written files finds a private value in every kind of file, in any spelling, and nothing where there is none."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipeline.publish.search_files import find_in_files
from schemas.private_values import PrivateValues

VALUES = PrivateValues(phones=frozenset({"2175550101"}), emails=frozenset({"hidden@shelter.example"}))
TELLING = ["Call 217.555.0101 now", "Ring (217)\n555 0101", "555-0101", "Write to Hidden@Shelter.example"]


def write_csv(path: Path, text: str) -> None:
    pl.DataFrame({"id": ["1"], "description": [text]}).write_csv(path / "services.csv")


def write_parquet(path: Path, text: str) -> None:
    pl.DataFrame({"id": ["1"], "description": [text]}).write_parquet(path / "services.parquet")


def write_json(path: Path, text: str) -> None:
    (path / "one.json").write_text(json.dumps({"a": [{"description": text}]}), encoding="utf-8")


def write_json_lines(path: Path, text: str) -> None:
    lines = [json.dumps({"id": str(number), "description": f"Number {number}"}) for number in range(3)]
    lines.append(
        json.dumps({"id": "x", "deep": [{"description": text, "open": True, "size": 1.5}]}, ensure_ascii=False)
    )
    (path / "many.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_xml(path: Path, text: str) -> None:
    (path / "airs.xml").write_text(
        f'<Source a="x"><Description>{text} &amp; more</Description></Source>', encoding="utf-8"
    )


def write_text(path: Path, text: str) -> None:
    (path / "readme.txt").write_text(" ".join(text.split()), encoding="utf-8")


def write_zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path / "all.zip", "w") as archive:
        archive.writestr("services.csv", f'id,description\n1,"{text}"\n')


WRITERS = [write_csv, write_parquet, write_json, write_json_lines, write_xml, write_text, write_zip]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", TELLING)
def test_private_value_is_found(tmp_path, write, text):
    """The file would be released."""
    write(tmp_path, text)
    assert sum(find_in_files(tmp_path, VALUES).values()) == 1


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_is_found_where_nothing_is(tmp_path, write):
    """An export refused for nothing is an export that nobody gets."""
    write(tmp_path, "Call 217-555-0102 or write to open@shelter.example. Founded 1955, case 0101.")
    assert find_in_files(tmp_path, VALUES) == {}


def test_record_numbers_and_codes_are_no_phones(tmp_path):
    """A record number or employer number with the digits of a private phone would stop every export of a center."""
    pl.DataFrame({"id": ["2175550101"], "identifier": ["2175550101"], "native_id": ["5550101"]}).write_csv(
        tmp_path / "organizations.csv"
    )
    (tmp_path / "n.jsonl").write_text(
        '{"taxId":"21-7555010","id":"2175550101","idService":"211-5550101"}\n', encoding="utf-8"
    )
    (tmp_path / "a.xml").write_text('<Agency FEIN="21-5550101"><Key>2175550101</Key></Agency>', encoding="utf-8")
    assert find_in_files(tmp_path, VALUES) == {}


def test_long_number_outside_quotes_is_looked_at(tmp_path):
    (tmp_path / "n.jsonl").write_text('{"extension":2175550101}\n', encoding="utf-8")
    assert find_in_files(tmp_path, VALUES) == {"n.jsonl: extension": 1}
