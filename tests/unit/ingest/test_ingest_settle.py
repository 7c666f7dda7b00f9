"""Files that are still being written: waited for, and refused when they change before all is read."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest import read, settle
from pipeline.ingest.read import read_export
from schemas.errors import InputError
from schemas.parameters import IngestParameters

EXPORT = b"""ResourceAgencyNum,PublicName,TaxonomyLevelName,ParentAgencyNum,AgencyStatus,LastVerifiedOn,UpdatedOn
1,Harbor Center,Agency,0,Active,8/4/26 0:00,
"""
MORE = b"2,Harbor House,Agency,0,Active,8/4/26 0:00,\n"
NOW = 1_800_000_000.0


def write(path: Path, *, age: float) -> Path:
    path.write_bytes(EXPORT)
    os.utime(path, (NOW - age, NOW - age))
    return path


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited, at a fixed moment."""
    waits: list[float] = []
    monkeypatch.setattr(settle, "sleep", waits.append)
    monkeypatch.setattr(settle, "time", lambda: NOW)
    return waits


@pytest.mark.parametrize(
    ("age", "seconds", "waited"), [(10, 2.0, []), (2, 2.0, []), (0.5, 2.0, [1.5]), (-60, 2.0, [2.0]), (0, 0.0, [])]
)
def test_only_a_fresh_file_is_waited_for(tmp_path: Path, slept, age: float, seconds: float, waited: list[float]):
    """A finished export must not cost time; one from a clock that is ahead must not stop the night."""
    path = write(tmp_path / "export.csv", age=age)
    read_export(path, center_id="east", parameters=IngestParameters(settle_seconds=seconds))
    assert slept == pytest.approx(waited)


@pytest.mark.parametrize("kind", ["file", "folder", "zip"])
def test_file_that_grows_during_the_wait_is_refused(tmp_path: Path, slept, monkeypatch, kind: str):
    """Half an export reads well and looks like hundreds of removed records."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    path = write(folder / "export.csv", age=0)
    if kind == "zip":
        path = folder / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("export.csv", EXPORT)
        os.utime(path, (NOW, NOW))

    def grow(seconds: float) -> None:
        with path.open("ab") as file:
            file.write(MORE)

    monkeypatch.setattr(settle, "sleep", grow)
    with pytest.raises(InputError, match=rf"{path.name} was being written while it was read") as caught:
        read_export(folder if kind == "folder" else path, center_id="east")
    assert "Wait until the export is finished" in (caught.value.advice or "")


@pytest.mark.parametrize("is_folder", [False, True])
def test_file_that_grows_while_it_is_parsed_is_refused(tmp_path: Path, monkeypatch, is_folder: bool):
    """The bytes are read in a blink, their rows in seconds: a slow writer falls into the second."""
    path = write(tmp_path / "export.csv", age=100)
    deliver = read._deliver

    def grow_late(*given, **named):
        with path.open("ab") as file:
            file.write(MORE)
        return deliver(*given, **named)

    monkeypatch.setattr(read, "_deliver", grow_late)
    with pytest.raises(InputError, match=rf"had {len(EXPORT):,} bytes at first and has {len(EXPORT + MORE):,} now"):
        read_export(tmp_path if is_folder else path, center_id="east")


def test_fault_of_an_unfinished_file_is_not_told_as_a_fault_of_the_export(tmp_path: Path, monkeypatch):
    """People would go looking for a column that is only not there yet."""
    path = write(tmp_path / "export.csv", age=100)

    def fail_late(*given, **named):
        path.write_bytes(EXPORT + MORE)
        raise InputError("The header lacks a column.")

    monkeypatch.setattr(read, "_read_source", fail_late)
    with pytest.raises(InputError, match="was being written"):
        read_export(path, center_id="east")


@pytest.mark.parametrize(("comes", "words"), [(True, "late.csv came while"), (False, "other.txt was taken away while")])
def test_files_that_come_or_go_are_told(tmp_path: Path, slept, monkeypatch, comes: bool, words: str):
    """A package that is copied file by file would be read without its last tables."""
    write(tmp_path / "export.csv", age=0)
    write(tmp_path / "other.txt", age=0)

    def change(seconds: float) -> None:
        if comes:
            write(tmp_path / "late.csv", age=0)
        else:
            (tmp_path / "other.txt").unlink()

    monkeypatch.setattr(settle, "sleep", change)
    with pytest.raises(InputError, match=words):
        read_export(tmp_path, center_id="east")
