"""A snapshot read in pieces and parted into blocks: the same rows, the same order, every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.store.block_files import BlockFiles
from pipeline.store.snapshot import Snapshot, open_published, publish_snapshot
from pipeline.store.snapshot_parts import part_snapshot
from pipeline.store.working import open_working, save_night
from pipeline.store.workspace import Workspace
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.errors import InputError
from tests.builders import row
from tests.built_once import built_once

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
COUNT = 3_000
COLUMNS = {
    "agency": ("center_id", "record_uid", "aka", "verified_on", "is_counted", "county"),
    "site": ("record_uid", "latitude"),
    "phone": ("owner_uid", "number_written"),
}


def _publish(folder: Path) -> None:
    workspace = Workspace(folder)
    number = pl.int_range(COUNT).cast(pl.String)
    agencies = pl.concat([row("agency", aka=["One", "Two"], county=None)] * COUNT, rechunk=True).with_columns(
        record_uid=pl.concat_str(pl.lit("agency "), number.reverse()), native_id=number
    )
    sites = pl.concat([row("site", latitude=40.5), row("site", "2", latitude=None)])
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": agencies, "core.site": sites}, centers=["test"])
        publish_snapshot(working, run_id="one", as_of=date(2026, 11, 20), now=NOW, keep=1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(built_once(tmp_path_factory, "snapshot-parts", _publish))


@pytest.fixture
def snapshot(workspace: Workspace) -> Iterator[Snapshot]:
    with open_published(workspace, memory_limit="100MB") as opened:
        yield opened


def _lengths(table: str, frame: pl.DataFrame) -> pl.Series:
    """Return a block for every row: agencies by the length of their id, all others in block 2."""
    if table == "agency":
        return frame["record_uid"].str.len_chars() % 3
    return pl.Series([2] * frame.height, dtype=pl.UInt32)


@pytest.mark.parametrize("rows", [100, 777, 1_000_000])
def test_pieces_are_the_whole_table_in_its_order(snapshot, rows):
    pieces = list(snapshot.batches("core.agency", COLUMNS["agency"], rows=rows))
    whole = snapshot.table("core.agency").select(COLUMNS["agency"])
    assert pl.concat(pieces).equals(whole)
    assert max(piece.height for piece in pieces) <= rows
    assert all(piece.schema == whole.schema for piece in pieces)


def test_the_order_of_rows_is_that_of_the_table_however_many_read_at_once(snapshot):
    """The same snapshot gives the same blocks: DuckDB reads 122,880 rows at a time, several of them at once."""
    with duckdb.connect(config={"threads": 4}) as large:
        large.execute("CREATE SCHEMA core")
        large.execute(
            "CREATE TABLE core.phone AS SELECT 'agency ' || (i * 7919 % 500000) AS owner_uid FROM range(500000) r(i)"
        )
        pieces = replace(snapshot, connection=large).batches("core.phone", ["owner_uid"], rows=20_000)
        expected = pl.concat_str(pl.lit("agency "), pl.int_range(500_000, dtype=pl.Int64) * 7919 % 500_000)
        assert pl.concat(pieces)["owner_uid"].equals(pl.select(expected.alias("owner_uid"))["owner_uid"])


def test_every_table_comes_in_pieces_with_its_dtypes(snapshot):
    for name, model in CORE_TABLES.items():
        schema = schema_of(model)
        together = pl.concat(snapshot.batches(f"core.{name}", list(schema), rows=COUNT))
        assert dict(together.schema) == schema
        assert together.height == {"agency": COUNT, "site": 2}.get(name, 0)


def test_other_tables_can_be_read_between_pieces(snapshot):
    agencies = snapshot.batches("core.agency", ["record_uid"], rows=100)
    first = next(agencies)
    assert snapshot.table("core.site").height == 2
    sites = pl.concat(snapshot.batches("core.site", ["record_uid"], rows=1))
    assert sites.height == 2
    assert pl.concat([first, *agencies]).height == COUNT


def test_the_limit_of_memory_holds_and_the_rest_stays_locked(workspace):
    with open_published(workspace, memory_limit="100MB") as snapshot:
        (limit,) = snapshot.connection.execute("SELECT current_setting('memory_limit')").fetchall()
        assert limit == ("95.3 MiB",)
        with pytest.raises(duckdb.Error, match="locked"):
            snapshot.connection.execute("SET memory_limit = '1GB'")


@pytest.mark.parametrize("change", ["DROP TABLE core.agency", "ALTER TABLE core.agency DROP COLUMN county"])
def test_a_snapshot_of_an_earlier_release_is_told(snapshot, change):
    with duckdb.connect() as earlier:
        earlier.execute("CREATE SCHEMA core")
        earlier.execute("CREATE TABLE core.agency (record_uid VARCHAR, county VARCHAR)")
        earlier.execute(change)
        old = replace(snapshot, connection=earlier)
        with pytest.raises(InputError, match="earlier release"):
            list(old.batches("core.agency", ["record_uid", "county"], rows=10))
        with pytest.raises(InputError, match="earlier release"):
            old.part_of_directory({"agency": ("record_uid", "county")})


@pytest.mark.parametrize("held_back", [1, 50_000, 10**9])
def test_blocks_hold_the_rows_placed_there_in_the_order_of_the_table(snapshot, tmp_path, held_back):
    """How much is held back until it is written must not show in a block."""
    with BlockFiles(tmp_path) as files:
        part_snapshot(snapshot, COLUMNS, files=files, place=_lengths, rows=400, held_back=held_back)
        whole = snapshot.table("core.agency").select(COLUMNS["agency"])
        of_block = _lengths("agency", whole)
        for block in range(3):
            assert files.read("agency", block).equals(whole.filter(of_block == block))
        assert files.read("site", 2).equals(snapshot.table("core.site").select(COLUMNS["site"]))
        assert files.read("site", 0).height == 0
        assert files.read("phone", 0).columns == list(COLUMNS["phone"])
        assert files.tables == tuple(COLUMNS)
