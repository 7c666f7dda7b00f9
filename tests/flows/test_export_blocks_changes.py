"""What changed between two nights, in blocks: the delta and the receipts are those of a directory that was exported as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import polars as pl
import pytest

from flows.export_ground import ExportGround, read_export_ground
from flows.exports import Exported, ExportWish, run_export
from flows.settings import Resolved, Settings
from pipeline.publish.package_changes import compare_pieces
from pipeline.store.receipts import read_contents
from schemas.airs_parameters import AirsParameters
from schemas.ndp_parameters import NdpParameters
from tests.compared_packages import parts_of
from tests.export_center import NUMBERS, ExportCenter
from tests.nights import MOMENT

AS_OF = date(2026, 11, 20)
BLOCK = 35
TARGETS = ("hsds", "hsds-json", "airs", "ndp")
HOW = ("whole", "blocks")


@dataclass
class TwoNights:
    """A night exported whole and in blocks, and a second one of which the changes are exported; every delta is made once."""

    center: ExportCenter
    resolved: Resolved
    before: dict[tuple[str, str], Exported] = field(default_factory=dict)
    grounds: dict[str, ExportGround] = field(default_factory=dict)
    deltas: dict[tuple[str, str, str], Exported] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)

    def read(self) -> None:
        """Read what may leave of the last night, in both ways."""
        for how in HOW:
            options = {"block_records": BLOCK} if how == "blocks" else {}
            self.grounds[how] = read_export_ground(
                self.resolved, place=self.center.workspace, center=None, as_of=None, withhold=True, **options
            )
        self.blocks.append(self.grounds["blocks"].public.count)

    def export(self, target: str, how: str, name: str, **wishes) -> Exported:
        wish = ExportWish(target=target, output=self.center.folder / f"{target}_{name}", **wishes)
        # Every export has a moment of its own: a receipt is named after it.
        moment = MOMENT + timedelta(minutes=len(self.before) + len(self.deltas))
        return run_export(self.grounds[how], wish, resolved=self.resolved, place=self.center.workspace, moment=moment)

    def export_all(self) -> None:
        """Export the first night whole, in both ways."""
        for target in TARGETS:
            for how in HOW:
                self.before[target, how] = self.export(target, how, f"before_{how}")

    def delta(self, target: str, how: str, *, since: str) -> Exported:
        """What changed since the export that was made whole or in blocks."""
        if (target, how, since) not in self.deltas:
            base = self.before[target, since].receipt.receipt_id
            name = f"delta_{how}_{since}"
            self.deltas[target, how, since] = self.export(target, how, name, delta=True, since=base)
        return self.deltas[target, how, since]

    def close(self) -> None:
        for ground in self.grounds.values():
            ground.close()
        self.grounds.clear()


def changed_rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The export of the next night: one agency changed, one gone with all that is below it, one new."""
    rows = [dict(row) for row in rows]
    alone = [
        row for row in rows
        if row["TaxonomyLevelName"] == "Agency" and row["AgencyStatus"] == "Active" and row["ParentAgencyNum"] == row["ResourceAgencyNum"]
    ]  # fmt: skip
    alone[0]["AgencyDescription"] = "Another description than the night before."
    gone = alone[3]["ResourceAgencyNum"]
    new = {**alone[1], "ResourceAgencyNum": "990001", "ParentAgencyNum": "990001", "PublicName": "New House"}
    return [*(row for row in rows if gone not in [row[number] for number in NUMBERS]), new]


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> Iterator[TwoNights]:
    """Both nights, the first one exported."""
    center = ExportCenter(tmp_path_factory.mktemp("changes"), agencies=14, seed="changes in blocks", as_of=AS_OF)
    center.night()
    settings = Settings(
        export_airs=AirsParameters(taxonomy_version="2026-01-01T00:00:00Z"),
        export_ndp=NdpParameters(owner_code="211one"),
    )
    made = TwoNights(center=center, resolved=Resolved(settings=settings, base=center.folder, source=None))
    with closing(made):
        made.read()
        made.export_all()
        made.close()
        center.night(changed_rows(center.rows))
        made.read()
        yield made


def document_of(exported: Exported) -> dict:
    """The manifest without what names files and the export it refers to."""
    document = exported.manifest.document()
    document["since"].pop("receipt_id")
    return {name: value for name, value in document.items() if name != "sha256"}


@pytest.mark.parametrize("target", TARGETS)
def test_the_delta_in_blocks_is_that_of_the_whole(nights, target):
    """A receiver that takes deltas of a nation would drift away from the directory."""
    assert min(nights.blocks) >= 4
    whole, blocks = (nights.delta(target, how, since=how) for how in HOW)
    assert document_of(blocks) == document_of(whole)
    assert blocks.manifest.document()["kind"] == "delta"
    assert list(blocks.manifest.sha256) == list(whole.manifest.sha256)
    for name in whole.manifest.sha256:
        if name != "preflight.json":
            assert parts_of(blocks.manifest.path / name) == parts_of(whole.manifest.path / name), name
    assert (blocks.manifest.path / "removed.csv").read_bytes() == (whole.manifest.path / "removed.csv").read_bytes()
    assert 0 < blocks.manifest.records[next(iter(blocks.manifest.records))] < blocks.receipt.agencies


@pytest.mark.parametrize("target", TARGETS)
def test_receipts_tell_the_same_changes(nights, target):
    """The center could not tell what it sent."""
    whole, blocks = (nights.delta(target, how, since=how).receipt for how in HOW)
    assert blocks.changes is not None
    assert blocks.changes == whole.changes
    assert (blocks.records, blocks.agencies, blocks.withheld) == (whole.records, whole.agencies, whole.withheld)
    agencies = next(iter(blocks.changes.values()))
    assert agencies == {"added": 1, "changed": 1, "removed": 1}
    assert sum(sum(kind.values()) for kind in blocks.changes.values()) > 3


@pytest.mark.parametrize("target", TARGETS)
def test_contents_are_the_same_in_both_ways(nights, target):
    """The first export in blocks would tell a whole directory as changed."""
    read = {
        how: partial(read_contents, nights.center.workspace, nights.before[target, how].receipt.receipt_id)
        for how in HOW
    }
    for now, before in (HOW, HOW[::-1]):
        changes = compare_pieces(read[now](), read[before])
        assert [frame.height for frame in (changes.added, changes.changed, changes.removed)] == [0, 0, 0]
        assert changes.renumbered == 0
    assert pl.concat(read["blocks"]()).height == sum(nights.before[target, "blocks"].receipt.records.values()) > 30


@pytest.mark.parametrize(("how", "since"), [HOW, HOW[::-1]])
def test_a_delta_can_refer_to_an_export_made_in_the_other_way(nights, how, since):
    """The night on which a directory has grown into blocks would break the chain of deltas."""
    straight, across = nights.delta("ndp", how, since=how), nights.delta("ndp", how, since=since)
    assert document_of(across) == document_of(straight)
    assert across.manifest.sha256 == straight.manifest.sha256
    assert across.receipt.changes == straight.receipt.changes
    assert across.receipt.since != straight.receipt.since


def test_an_export_that_is_not_released_leaves_no_blocks_behind(nights):
    """A delta makes the whole in blocks only to know what changed: its pieces must not stay."""
    nights.delta("hsds", "blocks", since="blocks")
    folders = {path.name for path in nights.center.workspace.exports.iterdir() if path.name.startswith(".")}
    nights.close()
    left = {path.name for path in nights.center.workspace.exports.iterdir() if path.name.startswith(".")}
    nights.read()
    assert len(folders) == 1
    assert left == set()
