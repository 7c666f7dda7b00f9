"""Contents of an export kept beside its receipt: written and read in pieces, also those that an earlier release wrote at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from pipeline.publish.package_changes import CONTENT_SCHEMA, compare_pieces
from pipeline.store import receipts
from pipeline.store.receipts import Receipt, append_receipt, has_contents, read_contents, read_receipts
from pipeline.store.workspace import Workspace
from schemas.errors import StorageError

MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "workspace")


def receipt(receipt_id: str, **values) -> Receipt:
    told = {
        "target": "hsds", "version": "3.1", "kind": "whole", "since": None, "exported_at": MOMENT, "exported_by": "Ana",
        "sent_to": None, "run_id": "run-1", "as_of": date(2026, 11, 21), "only_center": None, "center_ids": ("one",),
        "path": "out", "agencies": 2, "records": {"organization": 2}, "changes": None, "withheld": {},
        "manifest_sha256": "0" * 64,
    }  # fmt: skip
    return Receipt(receipt_id=receipt_id, **(told | values))


def contents(*uids: str, content: int = 2**64 - 1) -> pl.DataFrame:
    rows = [("agency", "one", uid, None, uid, None, None, content) for uid in uids]
    return pl.DataFrame(rows, schema=dict(CONTENT_SCHEMA), orient="row")


def test_pieces_come_back_as_they_were(workspace):
    """The next delta would tell changes that are none."""
    pieces = [contents("a", "b"), contents(), contents("ü", "d", "e")]
    append_receipt(workspace, receipt("r1"), iter(pieces))
    assert has_contents(workspace, "r1")
    read = list(read_contents(workspace, "r1"))
    assert {tuple(piece.schema.items()) for piece in read} == {tuple(CONTENT_SCHEMA.items())}
    assert_frame_equal(pl.concat(read), pl.concat(pieces))
    assert [one.receipt_id for one in read_receipts(workspace)] == ["r1"]


def test_contents_larger_than_a_piece_are_read_in_several(workspace, monkeypatch):
    """What is kept of a nation would be in memory at once."""
    monkeypatch.setattr(receipts, "_ROWS", 2)
    append_receipt(workspace, receipt("r1"), [contents("a", "b", "c"), contents("d", "e")])
    read = list(read_contents(workspace, "r1"))
    assert max(piece.height for piece in read) == 2
    assert_frame_equal(pl.concat(read), contents("a", "b", "c", "d", "e"))


def test_contents_of_no_record_keep_their_columns(workspace):
    """The first record of a center would stop its export, because nothing is known of the one before."""
    append_receipt(workspace, receipt("r1"), [contents(), contents()])
    (read,) = list(read_contents(workspace, "r1"))
    assert read.is_empty()
    assert dict(read.schema) == dict(CONTENT_SCHEMA)
    changes = compare_pieces([contents("a")], lambda: read_contents(workspace, "r1"))
    assert changes.added["record_uid"].to_list() == ["a"]


@pytest.mark.parametrize("how", ["polars", "newer arrow"])
def test_contents_that_an_earlier_release_wrote_can_be_read(workspace, how):
    """After an update the first delta would fail, or would send everything anew."""
    append_receipt(workspace, receipt("r1"), [contents("a")])
    append_receipt(workspace, receipt("r2"), [contents("a", "b"), contents("c")])
    # Beside its own way, in which polars may have written texts for other readers, that in which newer Arrow keeps them.
    views = contents("a", "b", "c").to_arrow(compat_level=pl.CompatLevel.newest())
    path = workspace.exports / "contents" / "r1.parquet"
    if how == "polars":
        contents("a", "b", "c").write_parquet(path)
    else:
        pq.write_table(views, path)
    assert_frame_equal(pl.concat(read_contents(workspace, "r1")), pl.concat(read_contents(workspace, "r2")))
    changes = compare_pieces(read_contents(workspace, "r2"), lambda: read_contents(workspace, "r1"))
    assert [frame.height for frame in (changes.added, changes.changed, changes.removed)] == [0, 0, 0]


def test_contents_can_be_read_twice_and_let_go_in_between(workspace):
    """On some systems a file that is still open cannot be deleted when its time has come."""
    append_receipt(workspace, receipt("r1"), [contents("a"), contents("b")])
    begun = read_contents(workspace, "r1")
    next(begun)
    begun.close()
    assert pl.concat(read_contents(workspace, "r1")).height == 2


def test_only_the_newest_contents_stay(workspace):
    """A file for every night would fill the disk; a delta refers to one of the last."""
    for number in range(14):
        append_receipt(
            workspace,
            receipt(f"r{number:02}", exported_at=MOMENT + timedelta(days=number)),
            [contents("a"), contents()],
        )
    append_receipt(workspace, receipt("other", only_center="one"), [contents("a")])
    kept = [one.receipt_id for one in read_receipts(workspace) if has_contents(workspace, one.receipt_id)]
    assert kept == [*(f"r{number:02}" for number in range(2, 14)), "other"]


def test_a_disk_that_is_full_is_told_and_no_receipt_is_kept(workspace):
    """A receipt without its contents would look as if the next delta were known."""

    def pieces():
        yield contents("a")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match=r"could not be kept.*No space left"):
        append_receipt(workspace, receipt("r1"), pieces())
    assert read_receipts(workspace) == []
    assert not has_contents(workspace, "r1")
