"""A stopped night: what it leaves behind, how it is told, and how a person says that it is right after all."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.cli import run
from pipeline.store.snapshot import open_published, read_pointer
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True, scope="module")
def _without_package():
    """No test here looks at the public package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESDIR_RUN__EXPORT_HSDS", "false")
        patch.setenv("RESDIR_RUN__QUEUE", "false")
        yield


@pytest.fixture(scope="module")
def export(tmp_path_factory) -> Path:
    """A small invented iCarol export."""
    folder = tmp_path_factory.mktemp("gates")
    return synthesize(agencies=60, seed="gates", output=folder / "out", centers=1, as_of=DAY).centers[0].path


def words_of(path: Path, workspace: Path) -> list[str]:
    return [
        "nightly", str(path), "--center", "one", "--workspace", str(workspace), "--as-of", DAY.isoformat(),
        "--without-prefect", "--json",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def good_night(export, tmp_path_factory) -> Path:
    """A workspace with one published night of the export; tests work on copies."""
    workspace = tmp_path_factory.mktemp("good") / "workspace"
    assert run(words_of(export, workspace)) == 0
    return workspace


@pytest.fixture
def nightly(tmp_path, capsys, good_night):
    """Run a further night into a workspace of its own and return exit code, document and messages."""
    workspace = tmp_path / "workspace"
    shutil.copytree(good_night, workspace)
    capsys.readouterr()

    def ask(path: Path, *words: str):
        code = run([*words_of(path, workspace), *words])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    ask.workspace = workspace
    return ask


def changed(export: Path, target: Path, change, *, columns=None, **dialect) -> Path:
    with export.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = columns(list(rows[0])) if columns else list(rows[0])
    kept = [row for row in (change(dict(row)) for row in rows) if row is not None]
    with target.open("w", encoding=dialect.pop("encoding", "utf-8"), newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", **dialect)
        writer.writeheader()
        writer.writerows(kept)
    return target


def without_hours(row):
    return row | {"HoursOfOperation": "", "Hours": ""}


def test_a_stopped_night_changes_nothing_published_and_can_be_overridden(nightly, export, tmp_path, capsys):
    """The gate names its number and its override; the page, the run table and doctor tell of it; the override publishes."""
    place = Workspace(nightly.workspace)
    good = read_pointer(place)
    emptied = changed(export, tmp_path / "emptied.csv", without_hours)

    code, document, messages = nightly(emptied)
    assert (code, document["status"], document["published"]) == (3, "gated", None)
    assert {gate["gate"] for gate in document["gates"]} == {"column-emptied"}
    assert "--override column-emptied" in messages
    (told,) = document["centers"]
    assert told["records"] == told["records_before"], "only a column was emptied"
    assert told["records"]["agency"] == 60
    assert set(told["changes"].values()) == {None}
    assert read_pointer(place) == good
    page = (nightly.workspace / "reports" / f"night_{DAY}_stopped.html").read_text(encoding="utf-8")
    assert "hours of agencies 100% to 0%" in page
    assert run(["doctor", "--workspace", str(nightly.workspace), "--json"]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [one for one in checks if one["state"] == "problem" and "--override column-emptied" in one["mend"]]

    code, document, _ = nightly(emptied, "--override", "rows-fell")
    assert code == 3, "an override opens its own gate only"
    code, document, _ = nightly(emptied, "--override", "column-emptied")
    assert (code, document["status"]) == (0, "published")
    assert {gate["gate"] for gate in document["overridden"]} == {"column-emptied"}
    with open_published(place) as snapshot:
        assert snapshot.table("control.run").sort("run_id")["status"].to_list() == [
            "published", "gated", "gated", "published",
        ]  # fmt: skip


def test_the_override_holds_for_one_run_only(nightly, export, tmp_path):
    """What was found right tonight is not waved through tomorrow."""
    seen = itertools.count()
    half = changed(export, tmp_path / "half.csv", lambda row: row if next(seen) % 3 == 0 else None)
    assert nightly(half)[0] == 3
    assert nightly(half, "--allow-shrink")[0] == 0
    assert nightly(export)[0] == 0
    assert nightly(half)[0] == 3


def test_an_unknown_override_is_told_before_anything_starts(nightly, export):
    """A slip in the name must not look like an override that did not help."""
    code, _, messages = nightly(export, "--override", "rows-fel")
    assert code == 2
    assert "rows-fell" in messages


def without_columns(export: Path, target: Path, start: str) -> Path:
    """Write the export without the columns whose name begins like this, and with one that nobody knows."""
    return changed(
        export, target, lambda row: row,
        columns=lambda names: ["Custom_New", *(name for name in names if not name.startswith(start))],
    )  # fmt: skip


def test_an_optional_column_that_goes_is_told_and_the_night_goes_on(nightly, export, tmp_path):
    """What needs the column is not applicable; its absence is a warning once, not thousands of findings."""
    code, document, _ = nightly(without_columns(export, tmp_path / "less.csv", "Eligibility"))
    center = document["centers"][0]
    assert code == 0
    assert any("gone: Eligibility, EligibilityAdult" in warning for warning in center["warnings"])
    assert any("not applicable" in warning and "eligibility of services" in warning for warning in center["warnings"])
    assert "CMP-P-ELIG" not in center["findings_by_rule"]


def test_a_text_column_that_goes_leaves_what_the_flags_say(nightly, export, tmp_path):
    """The flags still say who may come; where all are false nothing is said, and that is told with its size."""
    with export.open(encoding="utf-8-sig", newline="") as file:
        names = list(csv.DictReader(file).fieldnames or [])
    kept = [name for name in names if name != "Eligibility"]
    code, document, _ = nightly(changed(export, tmp_path / "less.csv", lambda row: row, columns=lambda _: kept))
    center = document["centers"][0]
    assert code == 0
    assert center["warnings"][0] == "This column of the last export is gone: Eligibility."
    assert "filled share" in center["warnings"][1]
    assert "eligibility of services" in center["warnings"][1]
    assert not any("not applicable" in warning for warning in center["warnings"])
    with open_published(Workspace(nightly.workspace)) as snapshot:
        services = snapshot.table("core.service").filter("is_counted")
        findings = snapshot.table("quality.finding").filter(rule_id="CMP-P-ELIG", status="open")
    silent = services.filter(services["eligibility"].is_null())
    assert 0 < silent.height < services.height
    assert set(findings["record_uid"]) == set(silent["record_uid"])


def test_another_dialect_of_the_same_rows_is_a_notice(nightly, export, tmp_path):
    """Order, separator, encoding and line end may change: the records are the same."""
    other = changed(
        export, tmp_path / "other.txt", lambda row: row, columns=lambda names: names[::-1],
        encoding="utf-16", delimiter="\t", lineterminator="\n",
    )  # fmt: skip
    code, document, _ = nightly(other)
    center = document["centers"][0]
    assert (code, center.get("warnings"), center["changes"]) == (
        0, None, {"added": 0, "changed": 0, "removed": 0, "rekeyed": 0},
    )  # fmt: skip
    with open_published(Workspace(nightly.workspace)) as snapshot:
        remarks = snapshot.table("control.layout_note")["remark"].to_list()
        headers = snapshot.table("control.run_input").sort("run_id")["header_sha256"].to_list()
    assert [remark for remark in remarks if remark and "encoding is 'utf-16'" in remark]
    assert headers[0] != headers[1]
