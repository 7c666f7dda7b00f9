"""A directory exported in blocks: what a receiver gets is what one package of the whole would have been."""

from __future__ import annotations

import shutil
import zipfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.duplicate_verdicts import values_of, verdict_decision
from flows.export_ground import ExportGround, read_export_ground
from flows.exports import Exported, ExportWish, run_export
from flows.settings import Resolved, Settings
from pipeline.publish.package import RefusedError
from pipeline.publish.public_directory import PublicDirectory, public_part
from pipeline.store.decisions import append_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from schemas.airs_parameters import AirsParameters
from schemas.errors import StorageError
from schemas.export_parameters import ExportParameters
from schemas.identity import record_uid
from schemas.match_parameters import MatchParameters
from schemas.ndp_parameters import NdpParameters
from schemas.verdicts import Verdict
from tests.compared_packages import assert_same_packages, faults_of, parts_of
from tests.export_center import ExportCenter
from tests.nights import MOMENT, night

AS_OF = date(2026, 11, 20)
#: Agencies, sites, services and links in a block: the invented nights have several times as many.
BLOCK = 50
#: Target, version, and name of the export.
FORMATS = {
    "hsds": ("hsds", "3.1"),
    "hsds of version 3.0": ("hsds", "3.0"),
    "hsds-json": ("hsds-json", "3.1"),
    "airs": ("airs", "3.1"),
    "airs of version 3.0": ("airs", "3.0"),
    "ndp": ("ndp", ""),
}
NEWEST = ("hsds", "hsds-json", "airs", "ndp")
#: Tables of HSDS whose rows no block knows alone.
TERMS = ("taxonomies.csv", "taxonomy_terms.csv")


def resolved_for(place: Path, version: str = "3.1", *, is_full: bool = True) -> Resolved:
    """The settings that every target needs; the full ones have all files that may be wanted beside."""
    return Resolved(
        settings=Settings(
            export=ExportParameters(hsds_version=version or "3.1", parquet=is_full, archive=is_full, profile=is_full),
            export_airs=AirsParameters(taxonomy_version="2026-01-01T00:00:00Z", version=version or "3.1"),
            export_ndp=NdpParameters(
                owner_code="211one", owner_codes={"two": "211two"}, per_organization_files=is_full
            ),
        ),
        base=place,
        source=None,
    )


@dataclass
class Night:
    """A published night, exported whole and in blocks; every export is made once and only looked at by tests."""

    workspace: Workspace
    center: str | None = None
    is_full: bool = True
    twins: tuple[str, str] = ("", "")
    grounds: dict[str, ExportGround] = field(default_factory=dict)
    exported: dict[tuple[str, str], Exported] = field(default_factory=dict)
    numbers: count = field(default_factory=count)

    @property
    def resolved(self) -> Resolved:
        return resolved_for(self.workspace.root.parent)

    def ground(self, how: str) -> ExportGround:
        """What may leave, in memory (`whole`) or in blocks."""
        if how not in self.grounds:
            self.grounds[how] = self.read(**({} if how == "whole" else {"block_records": BLOCK}))
        return self.grounds[how]

    def read(self, *, withhold: bool = True, **options) -> ExportGround:
        return read_export_ground(
            self.resolved, place=self.workspace, center=self.center, as_of=None, withhold=withhold, **options
        )

    def export(self, ground: ExportGround, name: str) -> Exported:
        """Export into a new folder."""
        target, version = FORMATS[name]
        return run_export(
            ground,
            ExportWish(target=target, output=self.workspace.root.parent / f"package{next(self.numbers)}"),
            resolved=resolved_for(self.workspace.root.parent, version, is_full=self.is_full and name in NEWEST),
            place=self.workspace,
            moment=MOMENT,
        )

    def both(self, name: str) -> tuple[Exported, Exported]:
        """The export of the whole and the one in blocks."""
        for how in ("whole", "blocks"):
            if (name, how) not in self.exported:
                self.exported[name, how] = self.export(self.ground(how), name)
        return self.exported[name, "whole"], self.exported[name, "blocks"]

    def close(self) -> None:
        for ground in self.grounds.values():
            ground.close()


def uid_of(row: dict[str, str]) -> str:
    return record_uid("one", "agency", row["ResourceAgencyNum"])


def twin_of(agency: dict[str, str]) -> dict[str, str]:
    """The same agency once more, alone, under a number whose id comes last."""
    numbers = map(str, range(900_000, 999_999))
    twins = ({**agency, "ResourceAgencyNum": number, "ParentAgencyNum": number} for number in numbers)
    return next(row for row in twins if uid_of(row).startswith("ff"))


def changed_between_nights(center: ExportCenter) -> tuple[str, str]:
    """Two nights: on the second a third of the descriptions and some names are others, and some agencies have none.

    Returns the numbers of two agencies that are the same, the first and the last of the directory.
    """
    center.night()
    agencies = sorted((row for row in center.rows if row["TaxonomyLevelName"] == "Agency"), key=uid_of)
    for row in agencies[1::6]:
        row["AgencyDescription"] = ""
    for place, row in enumerate(center.rows):
        if row["AgencyDescription"] and place % 3 == 0:
            row["AgencyDescription"] += " Open to all of the county."
        if place % 5 == 0:
            row["PublicName"] += " of Today"
    first = next(
        row for row in agencies if row["AgencyDescription"] and row["ParentAgencyNum"] == row["ResourceAgencyNum"]
    )
    center.rows.append(twin_of(first))
    center.night()
    return first["ResourceAgencyNum"], center.rows[-1]["ResourceAgencyNum"]


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Two nights of one center, between which names and descriptions changed."""
    center = ExportCenter(tmp_path_factory.mktemp("blocks"), agencies=20, seed="in blocks", as_of=AS_OF)
    twins = changed_between_nights(center)
    with closing(Night(workspace=center.workspace, twins=twins)) as made:
        yield made


@pytest.fixture(scope="module")
def merged(changed, tmp_path_factory):
    """The same night with an agency that a person has found to be the same as one of another block."""
    folder = tmp_path_factory.mktemp("merged")
    ids = [record_uid("one", "agency", number) for number in changed.twins]
    blocks = [
        number
        for uid in ids
        for number, block in enumerate(changed.ground("blocks").public)
        if uid in block.agency["record_uid"]
    ]
    assert len(set(blocks)) == 2
    shutil.copytree(changed.workspace.root, folder / "workspace", ignore=shutil.ignore_patterns("exports"))
    workspace = Workspace(folder / "workspace")
    with open_published(workspace) as snapshot:
        directory = snapshot.directory()
    rows = {
        ("one", uid): directory.agency.row(by_predicate=pl.col("record_uid") == uid, named=True) for uid in sorted(ids)
    }
    first, second = sorted(rows)
    decision = verdict_decision(
        (first, second), verdict=Verdict.SAME, reason="looked", by="Ana", names=rows, score=0.99, band="likely", run_id="x",
        values=values_of(directory, set(rows), parameters=MatchParameters()),
    )  # fmt: skip
    append_decisions(workspace, [decision], now=MOMENT)
    with closing(Night(workspace=workspace, is_full=False)) as made:
        yield made, ids


@pytest.fixture(scope="module")
def of_one_center(tmp_path_factory):
    """A night of two centers, of which one is exported."""
    folder = tmp_path_factory.mktemp("two")
    made = synthesize(agencies=11, seed="two centers", output=folder / "out", centers=2, as_of=AS_OF).centers
    pairs = zip(("one", "two"), (one.path for one in made), strict=True)
    quiet = {"report": False, "export_hsds": False, "queue": False}
    night(folder / "workspace", *pairs, as_of=AS_OF, run=quiet)
    with closing(Night(workspace=Workspace(folder / "workspace"), center="two", is_full=False)) as exports:
        yield exports


@pytest.mark.parametrize("name", FORMATS)
def test_blocks_hold_what_the_whole_holds(changed, name):
    """A nation's receiver would get another directory than a county's."""
    assert changed.ground("blocks").public.count >= 4
    assert changed.ground("whole").public.count == 1
    whole, blocks = changed.both(name)
    assert_same_packages(whole, blocks)


def test_parquet_holds_the_rows_of_the_tables(changed):
    """A receiver of Parquet would have other records than one of CSV."""
    whole, blocks = changed.both("hsds")
    tables = sorted(path.relative_to(whole.manifest.path) for path in whole.manifest.path.rglob("*.parquet"))
    assert len(tables) > 10
    for table in tables:
        frame = pl.read_parquet(blocks.manifest.path / table)
        assert_frame_equal(frame, pl.read_parquet(whole.manifest.path / table), check_row_order=False)
        text = pl.read_csv(blocks.manifest.path / f"{table.stem}.csv", infer_schema=False)
        assert_frame_equal(frame, text.cast(dict(frame.schema)))


def test_the_archive_holds_the_files_beside_it(changed):
    """Who unpacks the archive would work with another directory than who reads the files."""
    whole, blocks = changed.both("hsds")
    members = {}
    for exported in (whole, blocks):
        with zipfile.ZipFile(exported.manifest.path / "hsds.zip") as archive:
            members[exported.manifest.path] = archive.namelist()
            for member in archive.namelist():
                assert archive.read(member) == (exported.manifest.path / member).read_bytes()
    assert members[whole.manifest.path] == members[blocks.manifest.path]


def test_terms_are_written_once(changed):
    """Every block brings the terms of all: a receiver would have each of them many times."""
    _, blocks = changed.both("hsds")
    for table in TERMS:
        header, rows = parts_of(blocks.manifest.path / table)
        assert rows
        assert len({row[header.index("id")] for row in rows}) == len(rows)


def test_history_of_every_block_is_told(changed):
    """A receiver could not see what a record said before."""
    _, blocks = changed.both("hsds")
    ground = changed.ground("blocks")
    told = pl.read_csv(blocks.manifest.path / "metadata.csv", infer_schema=False)
    assert {"name", "description"} <= set(told["field_name"])
    theirs = [
        told.filter(
            pl.col("resource_id").is_in(pl.concat(frame["record_uid"] for frame in block.records().values()).implode())
        )
        for block in ground.public
    ]
    assert sum(not frame.is_empty() for frame in theirs) >= 2
    assert sum(frame.height for frame in theirs) == told.height
    histories = [ground.history(number) for number in range(ground.public.count)]
    assert_frame_equal(pl.concat(histories), ground.history(None))
    whole = changed.ground("whole").history(None).filter(pl.col("change") == "changed")
    assert_frame_equal(ground.history(None), whole, check_row_order=False)


def left_in(workspace: Workspace) -> set[str]:
    """Everything in the folder of exports but receipts' contents."""
    return {
        path.relative_to(workspace.exports).as_posix()
        for path in workspace.exports.rglob("*")
        if "contents" not in path.relative_to(workspace.exports).parts
    }


def test_the_same_export_in_blocks_twice_is_the_same_bytes_and_leaves_nothing_else(changed):
    """A receiver would load everything anew for nothing, and the disk of a center would fill up night by night."""
    # Bundles have the same bytes as those of the whole, which has no blocks.
    names = ("hsds", "hsds-json", "airs")
    first = {name: changed.both(name)[1].manifest.sha256 for name in names}
    before = left_in(changed.workspace)
    with changed.read(block_records=BLOCK) as ground:
        assert left_in(changed.workspace) > before
        again = {name: changed.export(ground, name) for name in names}
    assert {name: exported.manifest.sha256 for name, exported in again.items()} == first
    assert left_in(changed.workspace) == before
    assert [path for path in changed.workspace.root.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["hsds", "airs"])
def test_a_refused_export_tells_the_errors_of_all_blocks(changed, name):
    """People would mend one block's records, export again, and be told of the next block's."""
    before = left_in(changed.workspace)
    packages = set(changed.workspace.root.parent.iterdir())
    told = []
    for options in ({}, {"block_records": BLOCK}):
        with changed.read(withhold=False, **options) as ground:
            assert (ground.public.count >= 4) == bool(options)
            with pytest.raises(RefusedError) as refused:
                changed.export(ground, name)
        told.append(refused.value)
    errors = [faults_of(refused.preflight.errors) for refused in told]
    assert errors[1] == errors[0]
    assert max(count for count, _ in errors[1].values()) > 1
    assert str(told[1]).partition(";")[0] == str(told[0]).partition(";")[0]
    assert left_in(changed.workspace) == before
    assert set(changed.workspace.root.parent.iterdir()) == packages


@pytest.mark.parametrize(
    ("name", "fault"), [("hsds", OSError(28, "No space left on device")), ("ndp", KeyboardInterrupt())]
)
def test_an_export_that_is_interrupted_within_a_block_leaves_nothing(changed, name, fault):
    """Half a directory would lie there as if it were one, and its pieces would fill the disk."""
    changed.ground("blocks")
    before = left_in(changed.workspace)
    packages = set(changed.workspace.root.parent.iterdir())
    with changed.read(block_records=BLOCK) as ground:

        def interrupted(number: int) -> PublicDirectory:
            if number == 1:
                raise fault
            return ground.public.read(number)

        broken = replace(ground, public=replace(ground.public, read=interrupted))
        with pytest.raises(StorageError if isinstance(fault, OSError) else KeyboardInterrupt):
            changed.export(broken, name)
    assert left_in(changed.workspace) == before
    assert set(changed.workspace.root.parent.iterdir()) == packages


def test_an_interruption_while_the_blocks_are_made_leaves_nothing(changed, monkeypatch):
    """All tables of a nation would lie in the workspace once more for every attempt."""
    changed.ground("blocks")
    before = left_in(changed.workspace)
    made = []

    def interrupted(*arguments, **options):
        made.append(1)
        if len(made) == 2:
            raise KeyboardInterrupt
        return public_part(*arguments, **options)

    monkeypatch.setattr("flows.export_blocks.public_part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        changed.read(block_records=BLOCK)
    assert len(made) >= 2
    assert left_in(changed.workspace) == before


@pytest.mark.parametrize("name", ["hsds", "airs"])
def test_merged_agencies_of_two_blocks_are_merged_in_blocks_too(merged, name):
    """Two agencies that people found to be one would be two at every receiver of a large directory."""
    exports, pair = merged
    assert exports.ground("blocks").public.count >= 4
    whole, blocks = exports.both(name)
    assert_same_packages(whole, blocks)
    taken_up = [entry for entry in blocks.manifest.withheld if entry["reason"] == "merged"]
    assert len(taken_up) == 1
    assert taken_up[0]["record_uid"] in pair
    assert taken_up[0]["kind"] == "agency"


@pytest.mark.parametrize("name", ["hsds-json", "ndp"])
def test_one_center_of_two_in_blocks(of_one_center, name):
    """A center would send its neighbor's records, or lack its own that stand in a block with them."""
    assert of_one_center.ground("blocks").public.count >= 4
    whole, blocks = of_one_center.both(name)
    assert_same_packages(whole, blocks)
    assert blocks.manifest.center_ids == ("two",)
    assert {entry["center_id"] for entry in blocks.manifest.withheld} <= {"two"}
