"""Summaries of other centers: taken whole or not at all, with the file and the key named when they are refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.network_held import (
    check_summary,
    forget_summary,
    keep_summary,
    network_folder,
    read_held,
    read_summary,
)
from pipeline.store.workspace import Workspace
from schemas.errors import InputError, UsageError
from schemas.network_summary import MOST_BYTES
from tests.network_summaries import summary, summary_values

DAY = date(2026, 11, 21)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def written(folder: Path, text: str, name: str = "east.json") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(place: Workspace, path: Path, *, own: tuple[str, ...] = (), replace: bool = False) -> str:
    with pytest.raises(InputError) as fault:
        check_summary(read_summary(path), path=path, place=place, own=own, day=DAY, replace=replace)
    assert str(path) in fault.value.message
    return fault.value.message


def test_what_is_kept_comes_back_and_can_be_forgotten(place: Workspace):
    one, two = summary("west"), summary("east")
    for each in (one, two):
        keep_summary(each, place=place)
    assert read_held(place).summaries == (two, one)
    assert [path.name for path in network_folder(place).iterdir() if path.suffix != ".json"] == []
    forget_summary("east", place=place)
    assert read_held(place).summaries == (one,)
    with pytest.raises(UsageError, match="No summary of a center east"):
        forget_summary("east", place=place)


@pytest.mark.parametrize("name", ["../current", "..", "", "east/../west", "EAST"])
def test_only_summaries_are_forgotten(place: Workspace, name: str):
    keep_summary(summary("west"), place=place)
    (place.root / "current.json").write_text("{}")
    with pytest.raises(UsageError):
        forget_summary(name, place=place)
    assert (place.root / "current.json").exists()
    assert len(read_held(place).summaries) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ('{"document": "resdir network summary"', "not valid JSON"),
        ("[]", "holds no object"),
        ("{}", "no summary of a center"),
        ('{"document": "something else"}', "no summary of a center"),
        ('{"document": "resdir network summary", "version": 2}', "version is 2"),
        ('{"document": "resdir network summary", "version": true}', "version is True"),
        ('{"document": "resdir network summary", "document": "x"}', "'document' stands in it twice"),
        ('{"document": "resdir network summary", "version": NaN}', "NaN is no number"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"version": ' + "9" * 5000 + "}", "a number in it is far too long", id="long number"),
    ],
)
def test_files_that_are_no_summary(tmp_path: Path, place: Workspace, text: str, words: str):
    assert words in refusal(place, written(tmp_path, text))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, place: Workspace):
    assert "larger than" in refusal(place, written(tmp_path, " " * (MOST_BYTES + 1)))


def test_a_file_that_is_not_there_and_one_in_another_encoding(tmp_path: Path, place: Workspace):
    assert "cannot be read" in refusal(place, tmp_path / "none.json")
    path = tmp_path / "latin.json"
    path.write_bytes('{"center_name": "Zoë"}'.encode("latin-1"))
    assert "not UTF-8" in refusal(place, path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agency_names": ["Marlow"]}, "agency_names: there is no such key"),
        (
            {"counted": {"agency": -1, "site": 0, "service": 0, "service_at_site": 0}},
            "counted.agency: must be at least 0, not -1",
        ),
        ({"as_of": "soon"}, "as_of: must be a day"),
        ({"center_id": "Bad Id"}, "center_id: must be a short name of small letters"),
        ({"center_name": "  "}, "center_name: must not be blank"),
        ({"center_name": "a\x1b[31mb"}, "center_name: must not hold signs that cannot be seen"),
        ({"center_name": "a\u202eb"}, "center_name: must not hold signs that cannot be seen"),
        ({"duplicates": {"duplicate": 1, "possible": 2}}, "duplicates.asked: is missing"),
    ],
)
def test_a_broken_contract_names_file_and_key(tmp_path: Path, place: Workspace, changes: dict[str, Any], words: str):
    assert words in refusal(place, written(tmp_path, json.dumps(summary_values(**changes))))


def test_a_day_to_come_is_refused(tmp_path: Path, place: Workspace):
    path = written(tmp_path, json.dumps(summary_values(as_of="2026-11-22")))
    assert "lies after 2026-11-21" in refusal(place, path)


def test_a_center_that_is_read_here_would_count_twice(tmp_path: Path, place: Workspace):
    path = written(tmp_path, json.dumps(summary_values()))
    assert "count twice" in refusal(place, path, own=("east",), replace=True)


def test_an_older_summary_is_refused_until_it_is_asked_for(tmp_path: Path, place: Workspace):
    keep_summary(summary("east"), place=place)
    path = written(tmp_path, json.dumps(summary_values(as_of="2026-11-19")))
    assert "a newer summary is kept (2026-11-20; this one is of 2026-11-19)" in refusal(place, path)
    older = read_summary(path)
    check_summary(older, path=path, place=place, own=(), day=DAY, replace=True)
    same = written(tmp_path, json.dumps(summary_values()), "same.json")
    check_summary(read_summary(same), path=same, place=place, own=(), day=DAY, replace=False)


def test_a_kept_file_that_somebody_damaged_is_told_and_left_out(place: Workspace):
    keep_summary(summary("west"), place=place)
    written(network_folder(place), "{", "east.json")
    written(network_folder(place), json.dumps(summary_values("north")), "south.json")
    held = read_held(place)
    assert [one.center_id for one in held.summaries] == ["west"]
    assert len(held.unreadable) == 2
    assert "holds the center north" in held.unreadable[1]
    damaged = network_folder(place) / "east.json"
    check_summary(summary("east"), path=damaged, place=place, own=(), day=DAY, replace=False)
