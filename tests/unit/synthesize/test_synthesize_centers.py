"""Centers with planted duplicates, traps and faults."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipeline.synthesize.plant import CenterPlan, plant_centers
from pipeline.synthesize.synthesize import synthesize
from schemas.enumerations import RecordKind
from schemas.errors import UsageError

AS_OF = date(2026, 11, 20)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_centers_alternate_and_hold_what_was_asked_for(tmp_path: Path) -> None:
    """A user who asks for 90 agencies in three centers expects 90 in each, in the layouts that were promised."""
    synthesis = synthesize(agencies=90, seed="a", output=tmp_path, centers=3, as_of=AS_OF)
    assert [center.format_name for center in synthesis.centers] == ["icarol", "hsds", "icarol"]
    assert [center.agencies for center in synthesis.centers] == [90, 90, 90]
    assert all(center.path.exists() for center in synthesis.centers)
    with (synthesis.truth / "faults.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == synthesis.faults > 0
    with (synthesis.truth / "duplicates.csv").open(encoding="utf-8", newline="") as file:
        labels = [row["label"] for row in csv.DictReader(file)]
    assert {label: labels.count(label) for label in synthesis.pairs} == synthesis.pairs


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """A benchmark could not be repeated if the same call gave another directory."""
    for folder in ("one", "two"):
        synthesize(agencies=70, seed="a", output=tmp_path / folder, centers=2, as_of=AS_OF)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


@pytest.mark.parametrize("agencies", [1, 2, 7, 30])
def test_small_centers_work(tmp_path: Path, agencies: int) -> None:
    """Somebody trying the command with a handful of agencies must not meet a crash."""
    synthesis = synthesize(agencies=agencies, seed="a", output=tmp_path, centers=2, as_of=AS_OF)
    assert [center.agencies for center in synthesis.centers] == [agencies, agencies]


def test_nothing_asked_for_is_refused(tmp_path: Path) -> None:
    """An empty directory without a word would look like a success."""
    with pytest.raises(UsageError):
        synthesize(agencies=0, seed="a", output=tmp_path, as_of=AS_OF)


def test_more_agencies_bring_more_rounds_of_planting() -> None:
    """Recall measured on a large directory means little when it holds as few duplicates as a small one."""
    plans = [
        CenterPlan(center_id=f"c{size}", agencies=size, region="prairie", is_open_data=False) for size in (300, 900)
    ]
    small, large = (plant_centers([plan], seed="a", as_of=AS_OF) for plan in plans)
    assert len(large.pairs) == 3 * len(small.pairs)
    assert len(large.faults) == 3 * len(small.faults)


def test_planted_things_do_not_touch_each_other() -> None:
    """A fault planted in an agency of a known pair would change what is true about the pair."""
    plan = CenterPlan(center_id="c", agencies=300, region="prairie", is_open_data=False)
    planted = plant_centers([plan], seed="a", as_of=AS_OF)
    (plot,) = planted.plots
    agency_of = {
        record.native_id: bundle[0].native_id
        for bundle in plot.bundles.values()
        for record in bundle
        if record.native_id
    }
    paired = {number for pair in planted.pairs for number in (pair.native_id_a, pair.native_id_b)}
    faulty = {agency_of[fault.native_id] for fault in planted.faults if fault.native_id}
    assert not paired & faulty
    agencies = {record.native_id for record in plot.records() if record.kind is RecordKind.AGENCY}
    assert paired <= agencies
