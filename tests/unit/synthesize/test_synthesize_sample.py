"""The sample data as it lies in the project."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.synthesize.sample import SAMPLE_NIGHTS, write_sample

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"
NIGHTS = [SAMPLE / "prairie211" / night.isoformat() / "resources.csv" for night in SAMPLE_NIGHTS]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hashes(folder: Path, names: list[str]) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def native_ids() -> dict[str, set[str]]:
    """Native ids by center; those of the first center on either night."""
    prairie = {row["ResourceAgencyNum"] for night in NIGHTS for row in rows(night)}
    files = ("organizations.csv", "locations.csv", "services.csv", "service_at_location.csv")
    riverbend = {row["id"] for file in files for row in rows(SAMPLE / "riverbend211" / file)}
    return {"prairie211": prairie, "riverbend211": riverbend}


def test_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    """Sample files edited by hand would be lost with the next `make sample`, and their truth would be wrong."""
    write_sample(tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(names) == 2 + 25 + 3
    assert hashes(tmp_path, names) == hashes(SAMPLE, names)


def test_sample_is_small_and_large_enough() -> None:
    """The sample comes with every clone; it must stay light and still hold two real-sized centers."""
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 8_000_000
    kinds = Counter(row["TaxonomyLevelName"] for row in rows(NIGHTS[1]))
    assert kinds["Agency"] >= 320
    assert min(kinds[name] for name in ("Site", "Program", "ProgramAtSite")) > 400
    assert len(rows(SAMPLE / "riverbend211" / "organizations.csv")) >= 300


def test_every_number_of_the_truth_is_in_the_data() -> None:
    """Truth about records that do not exist could never be met."""
    known = native_ids()
    for fault in rows(SAMPLE / "truth" / "faults.csv"):
        # A blank number is the fault itself; the note names the service and its agency.
        assert fault["native_id"] in known[fault["center_id"]]
        assert fault["native_id"] or fault["note"]
    for pair in rows(SAMPLE / "truth" / "duplicates.csv"):
        assert pair["native_id_a"] in known[pair["center_id_a"]]
        assert pair["native_id_b"] in known[pair["center_id_b"]]
    for change in rows(SAMPLE / "truth" / "changes.csv"):
        assert change["native_id"] in known[change["center_id"]]


def test_enough_is_planted() -> None:
    """Figures on how much is found mean little on a handful of planted things."""
    faults = rows(SAMPLE / "truth" / "faults.csv")
    assert len(faults) >= 80
    families = {fault["rule_id"].split("-")[0] for fault in faults}
    assert families == {"ID", "CMP", "FRE", "FMT", "PRV", "TAX"}
    pairs = rows(SAMPLE / "truth" / "duplicates.csv")
    labels = Counter(pair["label"] for pair in pairs)
    assert labels["duplicate"] >= 25
    assert labels["distinct"] + labels["related"] >= 15
    assert sum(pair["center_id_a"] != pair["center_id_b"] for pair in pairs if pair["label"] == "duplicate") >= 10


def test_changes_are_those_between_the_two_files() -> None:
    """The changes a nightly run reports are judged by this list; it must agree with the files themselves."""
    old, new = ({row["ResourceAgencyNum"]: row for row in rows(night)} for night in NIGHTS)
    changes = rows(SAMPLE / "truth" / "changes.csv")
    of = {
        name: {row["native_id"] for row in changes if row["change"] == name} for name in ("added", "removed", "rekeyed")
    }
    prior = {new[number]["UniqueIDPriorSystem"] for number in of["rekeyed"]}
    assert len(prior) == 1
    assert new.keys() - old.keys() == of["added"] | of["rekeyed"]
    assert old.keys() - new.keys() == of["removed"] | prior
    repeated = {
        number for number, count in Counter(row["ResourceAgencyNum"] for row in rows(NIGHTS[0])).items() if count > 1
    }
    # The name of a renamed or re-keyed agency is repeated in the rows below it.
    copies = ("ParentAgency", "ProgramAgencyNamePublic", "SiteAgencyNamePublic")
    differing = {
        number
        for number in old.keys() & new.keys() - repeated - {""}
        if any(old[number][name] != new[number][name] for name in old[number] if name not in copies)
    }
    assert differing == {row["native_id"] for row in changes if row["change"] == "changed"} - of["rekeyed"]


def test_fixed_faults_are_gone_on_the_second_night() -> None:
    """A fault called fixed that still stands would count against a run that reports it."""
    fixed = [fault for fault in rows(SAMPLE / "truth" / "faults.csv") if fault["fixed_on"]]
    assert len(fixed) >= 4
    assert {fault["fixed_on"] for fault in fixed} == {"2026-11-20"}
    old, new = ({row["ResourceAgencyNum"]: row for row in rows(night)} for night in NIGHTS)
    assert all(old[fault["native_id"]] != new[fault["native_id"]] for fault in fixed)


@pytest.mark.parametrize("night", NIGHTS, ids=["first", "second"])
def test_no_code_of_the_licensed_taxonomy(night: Path) -> None:
    """Service codes of the licensed taxonomy must not travel with the program, not even by accident."""
    codes = {code for row in rows(night) for code in re.split(r"; | \* ", row["TaxonomyCodes"]) if code}
    codes |= {row["code"] for row in rows(SAMPLE / "riverbend211" / "taxonomy_terms.csv")}
    assert all(code[0].upper() in "ACEGK" or code.startswith("YX-9") for code in codes)


# The checker's own dependencies warn about Python features; nothing of ours is in those warnings.
@pytest.mark.filterwarnings("ignore")
def test_hsds_sample_is_valid_in_spite_of_its_faults() -> None:
    """The faults planted in the package are faults of content; its structure must be beyond doubt."""
    import frictionless

    report = frictionless.validate(str(SAMPLE / "riverbend211" / "datapackage.json"))
    assert report.stats["errors"] == 0, report.flatten(["title", "rowNumber", "message"])
