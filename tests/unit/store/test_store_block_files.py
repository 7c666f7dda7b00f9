"""Tables in blocks on disk: what is appended comes back, the folder goes away, and a disk that refuses is told in words."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import polars as pl
import pytest

from pipeline.store.block_files import BlockFiles
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.errors import StorageError
from tests.builders import row


@pytest.fixture
def files(tmp_path):
    with BlockFiles(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("table", CORE_TABLES)
def test_every_canonical_table_comes_back_with_its_dtypes(files, table):
    """A block without rows goes through the same code as every other: it needs the columns of the table."""
    schema = schema_of(CORE_TABLES[table])
    files.append(table, 0, empty_table(CORE_TABLES[table]))
    assert files.blocks == ()
    assert files.read(table, 0).equals(empty_table(CORE_TABLES[table]))
    assert dict(files.read(table, 7).schema) == schema
    blank = pl.DataFrame({name: [None, None] for name in schema}, schema=schema)
    files.append(table, 1, blank)
    assert files.read(table, 1).equals(blank)
    assert dict(files.read(table, 1).schema) == schema


def test_pieces_of_a_block_come_back_one_after_the_other(files):
    first, second, other = (row("agency", native, aka=["One", native]) for native in ("2", "1", "3"))
    for block, frame in ((3, first), (0, other), (3, second)):
        files.append("agency", block, frame)
    assert files.read("agency", 3).equals(pl.concat([first, second]))
    assert files.read("agency", 3, ["native_id", "center_id"]).rows() == [("2", "test"), ("1", "test")]
    assert files.columns("agency", ["native_id"])["native_id"].to_list() == ["3", "2", "1"]
    assert (files.blocks, files.tables) == ((0, 3), ("agency",))


def test_a_part_of_a_larger_frame_is_written_without_the_rest(files):
    """A piece is cut from a larger frame whose texts it still points to; a hundred blocks must not hold them a hundred times."""
    whole = pl.DataFrame({"text": [f"{number:06}" * 30 for number in range(20_000)]})
    files.append("note", 0, whole.slice(5_000, 10))
    assert sum(path.stat().st_size for path in files.folder.iterdir()) < 20_000
    assert files.read("note", 0).equals(whole.slice(5_000, 10))


def test_rows_with_other_columns_are_refused(files):
    files.append("agency", 0, pl.DataFrame({"name": ["A"]}))
    with pytest.raises(ValueError, match="agency"):
        files.append("agency", 1, pl.DataFrame({"name": [1]}))


def test_a_table_that_was_never_begun_is_not_taken_for_an_empty_one(files):
    with pytest.raises(KeyError):
        files.read("agency", 0)
    with pytest.raises(KeyError):
        files.columns("agency", ["name"])


def test_the_folder_is_deleted_also_after_a_fault(tmp_path):
    """A nation's texts must not stay behind in a temporary folder."""
    files = BlockFiles(tmp_path)
    files.append("agency", 0, row("agency"))
    with pytest.raises(KeyError), files:
        files.read("never begun", 0)
    assert list(tmp_path.iterdir()) == []
    files.close()


def test_two_at_a_time_do_not_meet(tmp_path):
    with BlockFiles(tmp_path) as one, BlockFiles(tmp_path) as other:
        one.append("agency", 0, row("agency", "1"))
        other.append("agency", 0, row("agency", "2"))
        assert one.read("agency", 0)["native_id"].to_list() == ["1"]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_words(files, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StorageError, match="No space left") as told:
        files.append("agency", 0, row("agency"))
    assert "Free some room" in told.value.advice


def test_a_folder_that_is_not_there_is_made(tmp_path):
    """The first export of a workspace would fail."""
    with BlockFiles(tmp_path / "missing" / "exports") as opened:
        assert opened.folder.parent == tmp_path / "missing" / "exports"


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be used"):
        BlockFiles(tmp_path / "file" / "exports")


def test_a_file_that_was_taken_away_is_told_in_words(files):
    files.append("agency", 0, row("agency"))
    for path in files.folder.iterdir():
        path.unlink()
    with pytest.raises(StorageError, match="cannot be used"):
        files.read("agency", 0)


def test_a_file_that_was_cut_off_is_told_in_words(files):
    """Half of a block must never pass for the whole."""
    files.append("agency", 0, row("agency"))
    files.append("agency", 0, row("agency", "2"))
    (path,) = files.folder.iterdir()
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(StorageError, match="was changed"):
        files.read("agency", 0)


def test_what_a_killed_run_left_behind_is_deleted(tmp_path):
    """Private values in a folder that nobody knows of would stay on the disk for ever."""
    with BlockFiles(tmp_path) as running:
        left = running.folder.with_name(running.folder.name.replace(f"_{os.getpid()}_", "_999999999_"))
        left.mkdir()
        elsewhere = tmp_path / ".blocks_another-machine_999999999_x"
        elsewhere.mkdir()
        with BlockFiles(tmp_path):
            assert running.folder.is_dir()
            assert not left.exists()
            assert elsewhere.is_dir()
