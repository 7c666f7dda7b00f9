"""`resdir export`: every target from one night, receipts, deltas after a second night, and what happens when it is asked wrongly."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.cli import run
from tests.export_center import ExportCenter

AS_OF = date(2026, 11, 20)
TARGETS = ("hsds", "hsds-json", "airs", "ndp")
SETTINGS = """[export_airs]
taxonomy_version = "2026-01-01T00:00:00Z"
[export_ndp]
owner_code = "211ONE"
[publish]
targets = ["hsds", "ndp", "airs"]
sent_to = "the state"
"""


@pytest.fixture(scope="module")
def first_night(tmp_path_factory) -> ExportCenter:
    """One night of an invented center, with settings for all targets beside it."""
    center = ExportCenter(tmp_path_factory.mktemp("exports"), agencies=12, seed="exports", as_of=AS_OF)
    center.night()
    (center.folder / "curation.toml").write_text(SETTINGS, encoding="utf-8")
    return center


@pytest.fixture(scope="module")
def exported(first_night) -> dict[str, dict]:
    """Every target exported once."""
    return {target: told(first_night.folder, target, "--to", "the state", "--by", "Pat") for target in TARGETS}


def told(folder: Path, *words: str, output: str | None = None, code: int = 0) -> dict:
    """The document of a command over the workspace in a folder."""
    from contextlib import redirect_stdout
    from io import StringIO

    place = ["--workspace", str(folder / "workspace"), "--config", str(folder / "curation.toml"), "--json"]
    target = [] if words[0] in ("receipts", "all") else ["--output", str(folder / (output or words[0])), "--withhold"]
    with redirect_stdout(StringIO()) as out:
        assert run(["export", *words, *target, *place]) == code
    return json.loads(out.getvalue()) if out.getvalue() else {}


@pytest.mark.parametrize("target", TARGETS)
def test_package_tells_what_is_in_it_and_why_the_rest_is_not(first_night, exported, target):
    """Scripts and people read the same figures."""
    document = exported[target]
    folder = first_night.folder / target
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (document["target"], document["kind"], document["changes"]) == (target, "whole", None)
    assert document["records"] == manifest["records"]
    assert {*document["sha256"], "manifest.json"} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    for counts in manifest["counts"].values():
        assert counts["delivered"] == counts["written"] + sum(counts["withheld"].values())
    page = Path(document["preflight_page"]).read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "would be accepted" in page


def test_receipts_tell_what_was_sent_when_and_for_whom(first_night, exported, capsys):
    kept = told(first_night.folder, "receipts")
    assert {one["receipt_id"] for one in kept} >= {document["receipt_id"] for document in exported.values()}
    assert {(one["sent_to"], one["exported_by"]) for one in kept} >= {("the state", "Pat")}
    listed = first_night.folder / "receipts.csv"
    assert run(["export", "receipts", "--output", str(listed), "--workspace", str(first_night.workspace.root)]) == 0
    with listed.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(kept)
    capsys.readouterr()
    assert run(["export", "receipts", "--target", "airs", "--workspace", str(first_night.workspace.root)]) == 0
    assert "airs 3.1 whole for the state, by Pat" in capsys.readouterr().out


@pytest.mark.parametrize("target", TARGETS)
def test_same_night_gives_the_same_bytes(first_night, exported, target):
    """A receiver could not tell news from noise."""
    again = told(first_night.folder, target, output=f"{target}_again")
    assert again["sha256"] == exported[target]["sha256"]
    assert all(sum(one.values()) == 0 for one in again["changes"].values())


def test_delta_after_a_second_night_holds_the_changed_agency(first_night, exported, tmp_path):
    """What was changed, what was removed, and nothing else."""
    folder = tmp_path / "center"
    shutil.copytree(first_night.folder, folder)
    center = ExportCenter.__new__(ExportCenter)
    center.__dict__ |= {
        **first_night.__dict__,
        "folder": folder,
        "workspace": type(first_night.workspace)(folder / "workspace"),
    }
    rows = [dict(row) for row in first_night.rows]
    changed = next(row for row in rows if row["TaxonomyLevelName"] == "Agency" and row["AgencyStatus"] == "Active")
    changed["AgencyDescription"] = "Now told in other words. "
    center.night(rows)
    for target in TARGETS:
        document = told(folder, target, "--delta", output=f"{target}_delta")
        agency = next(iter(document["changes"]))
        assert document["kind"] == "delta"
        assert document["changes"][agency] == {"added": 0, "changed": 1, "removed": 0}
        assert next(iter(document["records"].values())) == 1
        assert document["withheld_by_reason"]["unchanged"] > 0
        assert (folder / f"{target}_delta" / "removed.csv").read_text(encoding="utf-8").splitlines() == [
            "kind,center_id,id,native_id"
        ]
    since = exported["hsds"]["receipt_id"]
    manifest = json.loads((folder / "hsds_delta" / "manifest.json").read_text(encoding="utf-8"))
    named = told(folder, "hsds", "--since", since, output="hsds_since")
    assert named["records"]["organization"] == 1
    assert manifest["since"]["as_of"] == AS_OF.isoformat()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("hsds", "--delta", "--hsds-version", "3.0"), 2, "no earlier export"),
        (("hsds", "--since", "hsds-nothing"), 2, "no receipt hsds-nothing"),
        (("hsds", "--center", "nobody"), 2, "no center nobody"),
        (("hsds", "--schema-dir", "nowhere"), 2, "is not a folder"),
        (("airs", "--airs-version", "3.2"), 2, "3.2"),
    ],
)
def test_wrong_asking_is_told_in_words(first_night, exported, capsys, words, code, said):
    place = ["--workspace", str(first_night.workspace.root), "--config", str(first_night.folder / "curation.toml")]
    output = first_night.folder / "wrong"
    assert run(["export", *words, "--output", str(output), "--withhold", *place]) == code
    assert said in capsys.readouterr().err
    assert not output.exists()


def test_setting_without_a_default_is_asked_for(first_night, exported, capsys, tmp_path):
    """A made-up date would go out under the center's name."""
    plain = tmp_path / "curation.toml"
    plain.write_text("", encoding="utf-8")
    place = ["--workspace", str(first_night.workspace.root), "--config", str(plain)]
    assert run(["export", "airs", "--output", str(tmp_path / "out"), "--withhold", *place]) == 2
    assert "taxonomy_version" in capsys.readouterr().err


def test_all_targets_of_the_settings_and_one_that_fails(first_night, exported, capsys):
    """One receiver's trouble must not keep the others waiting."""
    documents = told(first_night.folder, "all", "--without-prefect")
    assert [one["target"] for one in documents] == ["hsds", "ndp", "airs"]
    broken = first_night.folder / "broken.toml"
    broken.write_text(SETTINGS.replace("taxonomy_version", "source_id"), encoding="utf-8")
    capsys.readouterr()
    place = ["--workspace", str(first_night.workspace.root), "--config", str(broken)]
    assert run(["export", "all", "--without-prefect", *place]) == 3
    said = capsys.readouterr().err
    assert "Not exported: airs" in said
    assert "HSDS tables: " in said


def test_nothing_published_yet(tmp_path, capsys):
    assert run(["export", "hsds", "--output", str(tmp_path / "out"), "--workspace", str(tmp_path / "w")]) == 3
    assert "Nothing was published yet" in capsys.readouterr().err
