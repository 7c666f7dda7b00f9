"""The working file: one holder, one transaction, forward migrations."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.store.migrate import migrations
from pipeline.store.snapshot import open_published, publish_snapshot, read_pointer
from pipeline.store.working import open_working, read_directory, read_table, save_night
from pipeline.store.workspace import Workspace
from schemas.contract import empty_table, schema_of
from schemas.errors import BusyError, ContractError, InputError, StorageError
from schemas.tables import STORED_TABLES
from tests.builders import row

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def test_every_stored_table_keeps_its_contract(workspace):
    """A table whose columns drift from the documented contract would break every reader of a snapshot."""
    with open_working(workspace, now=NOW) as working:
        for name, model in STORED_TABLES.items():
            stored = working.connection.sql(f"SELECT * FROM {name}").pl()
            assert dict(stored.schema) == schema_of(model), name


def test_migrations_are_numbered_without_gaps():
    """A gap or a repeated number would leave some workspaces in a form of their own."""
    numbers = [number for number, _, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_opening_again_applies_nothing(workspace):
    """A second run must not try to create the tables again."""
    with open_working(workspace, now=NOW):
        pass
    with open_working(workspace, now=NOW) as working:
        ((count,),) = working.connection.execute("SELECT count(*) FROM control.migration").fetchall()
    assert count == len(migrations())


def test_a_newer_workspace_is_refused(workspace):
    """An old release must not write into a workspace of a newer one."""
    with open_working(workspace, now=NOW) as working:
        working.connection.execute("INSERT INTO control.migration VALUES (9999, 'of the future', now()::TIMESTAMP)")
    with pytest.raises(StorageError, match="newer resdir"), open_working(workspace, now=NOW):
        pass


def test_saved_rows_come_back_unchanged(workspace):
    """What a run stores is what the next night compares with: dtypes, lists and nulls included."""
    agency = row("agency", aka=["PFP", "The Pantry"], county=None)
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": agency}, centers=["test"])
        assert read_table(working, "core.agency").equals(agency)
        assert read_directory(working).agency.equals(agency)
        assert read_table(working, "core.agency", without_centers=["test"]).is_empty()


def test_another_centers_rows_stay(workspace):
    """A night of one center must not remove what the other centers delivered."""
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": row("agency", center_id="east")}, centers=["east"])
        save_night(working, {"core.agency": row("agency", center_id="west")}, centers=["west"])
        save_night(working, {"core.agency": row("agency", "2", center_id="west")}, centers=["west"])
        rows = read_table(working, "core.agency").select("center_id", "native_id").sort("center_id").rows()
    assert rows == [("east", "1"), ("west", "2")]


def test_nothing_is_written_when_one_table_is_wrong(workspace):
    """A run that breaks half-way must leave the last night as it was."""
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": row("agency")}, centers=["test"])
        wrong = pl.concat([row("agency", "2"), row("agency", "2")])
        with pytest.raises(ContractError, match="key twice"):
            save_night(working, {"core.site": row("site"), "core.agency": wrong}, centers=["test"])
        assert read_table(working, "core.site").is_empty()
        assert read_table(working, "core.agency").get_column("native_id").to_list() == ["1"]


def test_a_killed_run_leaves_the_last_commit(workspace):
    """A power cut in the middle of a run must not cost the last good night."""
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": row("agency")}, centers=["test"])
    script = (
        "import duckdb, os\n"
        f"con = duckdb.connect({str(workspace.working_file)!r})\n"
        "con.execute('BEGIN')\n"
        "con.execute('DELETE FROM core.agency')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    with open_working(workspace, now=NOW) as working:
        assert read_table(working, "core.agency").height == 1


def test_a_second_run_is_told_to_wait(workspace):
    """Two runs at once would overwrite each other: the second must stop with a plain word, exit code 4."""
    with open_working(workspace, now=NOW):
        script = (
            "from datetime import UTC, datetime\n"
            "from pathlib import Path\n"
            "from pipeline.store.working import open_working\n"
            "from pipeline.store.workspace import Workspace\n"
            "from schemas.errors import BusyError\n"
            "import sys\n"
            "try:\n"
            f"    with open_working(Workspace(Path({str(workspace.root)!r})), now=datetime(2026, 1, 1, tzinfo=UTC)):\n"
            "        sys.exit(0)\n"
            "except BusyError as fault:\n"
            "    print(fault.message)\n"
            "    sys.exit(fault.exit_code)\n"
        )
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert second.returncode == BusyError.exit_code == 4
    assert "in use by another run" in second.stdout


def test_a_foreign_file_is_not_overwritten(workspace):
    """A file that is no database of ours must be left alone and named."""
    workspace.prepare()
    workspace.working_file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError, match="damaged or is not ours"), open_working(workspace, now=NOW):
        pass
    assert workspace.working_file.read_bytes().startswith(b"not a database")


def test_snapshot_holds_what_was_committed_and_is_read_only(workspace):
    """Readers see exactly the published night, and no page can reach another file through it."""
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.agency": row("agency")}, centers=["test"])
        publish_snapshot(working, run_id="a", as_of=date(2026, 11, 20), now=NOW, keep=3)
        save_night(working, {"core.agency": row("agency", "2")}, centers=["test"])
        with open_published(workspace) as snapshot:
            assert snapshot.directory().agency.get_column("native_id").to_list() == ["1"]
            for forbidden in ("DELETE FROM core.agency", f"ATTACH '{workspace.root / 'x.duckdb'}'", "SET threads = 1"):
                with pytest.raises(Exception, match=r"read-only|disabled|locked|configuration|not allowed|Permission"):
                    snapshot.connection.execute(forbidden)


def test_pointer_names_the_newest_and_old_snapshots_go(workspace):
    """The disk must not fill up with old nights, and the pointer must never name one that is gone."""
    with open_working(workspace, now=NOW) as working:
        for run_id in ("1", "2", "3", "4"):
            publish_snapshot(working, run_id=run_id, as_of=date(2026, 11, 20), now=NOW, keep=2)
    pointer = read_pointer(workspace)
    assert pointer is not None
    assert pointer.run_id == "4"
    assert sorted(path.name for path in workspace.published.glob("*.duckdb")) == ["run_3.duckdb", "run_4.duckdb"]


def test_reading_before_the_first_night_says_so(workspace):
    """A new user who asks for findings first must hear what to run."""
    with pytest.raises(InputError, match="Nothing was published yet"), open_published(workspace):
        pass


def test_a_lost_snapshot_is_named(workspace):
    """A snapshot removed by hand must not end in a traceback."""
    with open_working(workspace, now=NOW) as working:
        path = publish_snapshot(working, run_id="a", as_of=date(2026, 11, 20), now=NOW, keep=2)
    path.unlink()
    with pytest.raises(StorageError, match="is gone"), open_published(workspace):
        pass


def test_a_damaged_pointer_is_named(workspace):
    """A half-written pointer must be told, not guessed around."""
    workspace.prepare()
    workspace.pointer.write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be read"):
        read_pointer(workspace)


def test_empty_tables_are_stored_too(workspace):
    """A center without contacts must not keep the contacts of the night before."""
    contacts = empty_table(STORED_TABLES["core.contact"])
    with open_working(workspace, now=NOW) as working:
        save_night(working, {"core.contact": contacts}, centers=["test"])
        assert read_table(working, "core.contact").equals(contacts)
