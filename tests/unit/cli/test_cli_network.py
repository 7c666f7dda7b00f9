"""`resdir network` over a night of four centers, and the way of summaries from one workspace into another."""

from __future__ import annotations

import csv
import json
import tomllib
import zipfile
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from flows.cli import run
from flows.network_facts import network_facts
from flows.settings import load_settings
from pipeline.store.workspace import Workspace
from schemas.network_summary import CenterSummary
from tests.network_nights import AS_OF, CENTERS, SECRETS, build_night

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "illinois"


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Path:
    """The settings of the four centers, their night run once."""
    return build_night(tmp_path_factory.mktemp("network"), state=EXAMPLE / "illinois.toml")


@pytest.fixture(scope="module")
def summaries(config, tmp_path_factory) -> dict[str, Path]:
    """The summary of each center."""
    folder = tmp_path_factory.mktemp("summaries")
    files = {center: folder / f"{center}.json" for center in CENTERS}
    for center, path in files.items():
        words = ["network", "summarize", "--config", str(config), "--center", center, "--output", str(path)]
        assert run(words) == 0
    return files


@pytest.fixture
def ask(capsys):
    """Run a command with --json and return its document."""

    def asked(*words: object, code: int = 0) -> Any:
        capsys.readouterr()
        told = run(["network", *(str(word) for word in words), "--json"])
        printed = capsys.readouterr()
        assert told == code, printed.err
        return json.loads(printed.out)

    return asked


@pytest.fixture(scope="module")
def document(config) -> dict[str, Any]:
    """What the command tells of the four centers."""
    with redirect_stdout(StringIO()) as printed:
        assert run(["network", "--config", str(config), "--json"]) == 0
    return json.loads(printed.getvalue())


@pytest.fixture
def other(tmp_path) -> Path:
    """Settings of another workspace, in which nothing was published."""
    path = tmp_path / "other.toml"
    path.write_text(f'[run]\nas_of = {AS_OF}\n[network]\nstate = "{(EXAMPLE / "illinois.toml").as_posix()}"\n')
    return path


def center(document, center_id: str):
    return next(one for one in document["centers"] if one["center_id"] == center_id)


def test_the_total_is_the_sum_of_the_centers(document):
    assert [one["name"] for one in document["centers"]] == ["East 211", "North 211", "south", "West 211"]
    total = document["total"]
    for kind in ("agency", "site", "service", "service_at_site", "total"):
        assert total["counted"][kind] == sum(one["counted"][kind] for one in document["centers"])
    for severity in ("error", "warning", "info"):
        assert total["findings"][severity] == sum(one["findings"][severity] for one in document["centers"])
    head = [one["shares"]["complete_agency_update"] for one in document["centers"]]
    whole = total["shares"]["complete_agency_update"]
    known = [one for one in head if one["numerator"] is not None]
    assert whole["denominator"] == sum(one["denominator"] for one in known)
    assert whole["of_centers"] == len(known)
    assert whole["share"] == whole["numerator"] / whole["denominator"]
    assert total["curator_fte"] == {"value": 4.0, "of_centers": 2}
    east, west = center(document, "east"), center(document, "west")
    assert total["agencies_per_fte"] == (east["counted"]["agency"] + west["counted"]["agency"]) / 4.0
    assert total["certified"]["share"] == pytest.approx((2.5 * 0.4 + 1.5) / 4.0)
    assert center(document, "north")["curator_fte"] is None
    assert center(document, "north")["records_per_fte"] is None


def test_figures_are_those_of_the_other_commands(document, config, capsys):
    """Two commands that give two shares for one center cost a meeting."""
    capsys.readouterr()
    assert run(["freshness", "--by", "center", "--config", str(config), "--json"]) == 0
    told = {row["value"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    for one in document["centers"]:
        head = one["shares"]["complete_agency_update"]
        row = told[one["center_id"]]
        assert (head["numerator"], head["denominator"], head["unknown"]) == (
            row["numerator"], row["denominator"], row["unknown"],
        )  # fmt: skip
    assert run(["findings", "--center", "east", "--config", str(config), "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    listed = findings["findings"] if isinstance(findings, dict) else findings
    assert sum(center(document, "east")["findings"].values()) == len(listed)


def test_counties_come_from_the_settings_or_from_the_areas_served(document):
    assert center(document, "west")["counties"] == ["cook", "Vermillion"]
    assert [center(document, one)["counties_from"] for one in CENTERS] == ["area_served"] * 3 + ["settings"]
    coverage = document["coverage"]
    assert coverage["basis"] == "measured"
    assert coverage["counties"] == len(coverage["covered"]) + len(coverage["uncovered"]) == 102
    assert coverage["remarks"] == [{"center_id": "west", "written": "Vermillion", "read_as": "Vermilion"}]
    assert coverage["by_center"]["west"] == ["17031", "17183"]
    assert coverage["by_center"]["north"] == coverage["by_center"]["south"]
    assert all(sorted(set(one["centers"]) & {"north", "south"}) == ["north", "south"] for one in coverage["several"])


def test_agencies_in_two_centers_with_their_owners(document):
    cross = document["cross_center_duplicates"]
    by_centers = {tuple(one["centers"]): one for one in cross["by_centers"]}
    copies = by_centers["north", "south"]
    assert copies["copy"] == copies["counted_twice"] == 4
    alike = by_centers["east", "west"]
    assert alike["duplicate"] > 0
    assert alike["owners"]["conflicting"] + alike["owners"]["one"] == alike["duplicate"] + alike["possible"]
    assert cross["pair_count"] == sum(
        one[name] for one in cross["by_centers"] for name in ("copy", "confirmed", "duplicate", "possible")
    )
    assert cross["centers_without_owners"] == ["north", "south"]
    assert cross["owner_conflicts"] > 0
    withheld = [one for one in cross["pairs"] if one["a"]["name"] == "withheld"]
    assert withheld
    assert all(one["a"]["native_id"] is None for one in withheld)


def test_a_verdict_moves_a_pair_at_once(ask, config, document, capsys):
    words = ["--config", str(config), "--by", "Tester"]
    assert run(["duplicates", "list", "--band", "duplicate", "--config", str(config), "--json"]) == 0
    pairs = json.loads(capsys.readouterr().out)
    pair = next(one for one in pairs if (one["a"]["center_id"], one["b"]["center_id"]) == ("east", "west"))
    both = [pair["a"]["record_uid"], pair["b"]["record_uid"]]
    assert run(["duplicates", "decide", *both, "different", "--reason", "two towns", *words]) == 0
    after = ask("--config", config)["cross_center_duplicates"]
    assert run(["duplicates", "undo", *both, "--reason", "a slip", *words]) == 0
    before = document["cross_center_duplicates"]
    counts = {
        name: next(one for one in told["by_centers"] if one["centers"] == ["east", "west"])
        for name, told in (("before", before), ("after", after))
    }
    assert counts["after"]["different"] == counts["before"]["different"] + 1
    assert counts["after"]["duplicate"] == counts["before"]["duplicate"] - 1
    assert after["pair_count"] == before["pair_count"] - 1


@pytest.mark.parametrize("ending", ["html", "pdf", "xlsx"])
def test_every_form_is_written_and_holds_no_secret(config, tmp_path, ending, capsys):
    path = tmp_path / f"network.{ending}"
    assert run(["network", "--config", str(config), "--output", str(path)]) == 0
    printed = capsys.readouterr().out
    content = path.read_bytes()
    if ending == "xlsx":
        with zipfile.ZipFile(path) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    for secret in SECRETS.values():
        assert secret not in printed
        assert secret.encode() not in content
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_terminal_tells_the_same(config, capsys):
    assert run(["network", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    for secret in SECRETS.values():
        assert secret not in told
    for words in (
        "Records",
        "Share updated in the last year",
        "Curators",
        "Counties served",
        "Agencies in several centers",
    ):
        assert f"\n{words}\n" in told
    assert "all centers" in told


def test_the_table_has_one_row_per_center_and_one_for_all(config, tmp_path):
    path = tmp_path / "network.csv"
    assert run(["network", "--config", str(config), "--output", str(path)]) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Name"] for row in rows] == ["East 211", "North 211", "south", "West 211", "all centers"]
    assert rows[1]["Curators at work, FTE"] == ""
    assert rows[-1]["Curators at work, FTE"] == "4.0"


def test_old_data_are_told(ask, config, document):
    old = ask("--config", config, "--as-of", "2026-11-28")
    assert all(one["is_stale"] and one["age_days"] == 8 for one in old["centers"])
    assert "The data of East 211 are of 20 November 2026, 8 days before this report." in old["notes"]
    assert not any(one["is_stale"] for one in document["centers"])


def test_a_day_before_the_first_night_is_refused(ask, config):
    assert (
        "No night speaks of 2026-11-19" in ask("--config", config, "--as-of", "2026-11-19", code=3)["error"]["message"]
    )


def test_a_summary_holds_its_contract_and_nothing_else(summaries):
    for path in summaries.values():
        text = path.read_text(encoding="utf-8")
        for secret in SECRETS.values():
            assert secret not in text
        document = json.loads(text)
        assert list(document) == list(CenterSummary.model_fields)
        assert len(text) < 20_000


def test_no_name_of_a_record_gets_into_a_summary(summaries, config):
    from pipeline.store.snapshot import open_published

    with open_published(Workspace(config.parent / "workspace")) as snapshot:
        directory = snapshot.directory()
    names = {
        name
        for table in (directory.agency, directory.site, directory.service, directory.contact)
        for name in table["name"].drop_nulls()
        if len(name) > 6
    }
    curators = set(directory.agency["curator"].drop_nulls())
    text = "".join(path.read_text(encoding="utf-8") for path in summaries.values())
    assert [name for name in names | curators if name in text] == []


def test_one_workspace_or_many_give_the_same_total(ask, document, summaries, other):
    """The law that makes a network of separate centers worth as much as one workspace."""
    together = document
    told = ask("include", *summaries.values(), "--config", other)
    assert [one["center_id"] for one in told["included"]] == list(CENTERS)
    apart = ask("--config", other)
    assert apart["total"] == together["total"]
    assert apart["coverage"] == together["coverage"]
    assert {one["source"] for one in apart["centers"]} == {"summary"}
    without_source = [{**one, "source": ""} for one in together["centers"]]
    assert [{**one, "source": ""} for one in apart["centers"]] == without_source
    assert apart["cross_center_duplicates"] is None


def test_included_centers_stand_beside_own_ones_until_they_are_forgotten(
    ask, config, document, summaries, tmp_path, capsys
):
    values = json.loads(summaries["east"].read_text(encoding="utf-8"))
    values.update(center_id="far", center_name="Far 211")
    path = tmp_path / "far.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    ask("include", path, "--config", config)
    assert run(["network", "--config", str(config), "--output", str(tmp_path / "both.json")]) == 0
    both = json.loads((tmp_path / "both.json").read_text(encoding="utf-8"))
    assert both["total"]["centers"] == 5
    assert both["total"]["counted"]["agency"] == document["total"]["counted"]["agency"] + values["counted"]["agency"]
    assert center(both, "far")["source"] == "summary"
    ask("forget", "far", "--config", config)
    assert ask("--config", config) == document
    assert "No summary of a center far" in ask("forget", "far", "--config", config, code=2)["error"]["message"]


def test_good_files_are_taken_and_bad_ones_named(ask, config, summaries, other, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text(summaries["north"].read_text(encoding="utf-8").replace('"agency":', '"agencies":', 1))
    told = ask("include", broken, summaries["south"], tmp_path / "none.json", "--config", other, code=3)
    assert [one["center_id"] for one in told["included"]] == ["south"]
    assert [Path(one["path"]).name for one in told["refused"]] == ["broken.json", "none.json"]
    assert "counted.agency: is missing" in told["refused"][0]["message"]
    assert [one["center_id"] for one in ask("--config", other)["centers"]] == ["south"]
    own = ask("include", summaries["east"], "--config", config, code=3)
    assert "count twice" in own["refused"][0]["message"]


def test_wrong_calls_are_answered_in_words(ask, config, other, tmp_path):
    assert "written as" in ask("--config", config, "--output", "network.docx", code=2)["error"]["message"]
    several = ask("summarize", "--config", config, "--output", tmp_path / "a.json", code=2)["error"]
    assert "east, north, south, west" in several["advice"]
    unknown = ask("summarize", "--config", config, "--center", "mars", "--output", tmp_path / "a.json", code=2)
    assert "no center mars" in unknown["error"]["message"]
    assert (
        "Nothing was published"
        in ask("summarize", "--config", other, "--output", tmp_path / "a.json", code=3)["error"]["message"]
    )
    assert "no center to show" in ask("--config", other, code=3)["error"]["message"]
    assert "written as .json" in ask("summarize", "--config", config, "--output", "a.txt", code=2)["error"]["message"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "does not exist"),
        ("state = ", "cannot be read as TOML"),
        ('state = "Illinois"\ncode = "IL"\ncounties = []', "counties: must have at least 1 entry"),
        (
            'state = "Illinois"\ncode = "IL"\ncounties = [{ fips = "1", name = "X", short = "X", tile = [0, 0] }]',
            "counties.1.fips",
        ),
    ],
)
def test_a_state_file_that_cannot_be(ask, tmp_path, text, words):
    if text is not None:
        (tmp_path / "state.toml").write_text(text)
    (tmp_path / "curation.toml").write_text('[network]\nstate = "state.toml"\n')
    assert words in ask("--config", tmp_path / "curation.toml", code=3)["error"]["message"]


def test_centers_that_were_not_read_are_in_no_figure(ask, tmp_path):
    said = (
        (EXAMPLE / "curation.toml")
        .read_text(encoding="utf-8")
        .replace('"illinois.toml"', f'"{(EXAMPLE / "illinois.toml").as_posix()}"')
    )
    (tmp_path / "curation.toml").write_text(
        said + '\n[[centers]]\nid = "later"\ncounties = ["Adams"]\n', encoding="utf-8"
    )
    document = ask("--config", tmp_path / "curation.toml")
    assert document["total"] is None
    assert any("not read yet" in note and "later" in note for note in document["notes"])
    assert "Adams" in [one["county"] for one in document["coverage"]["uncovered"]]


def test_facts_of_an_empty_workspace_are_the_published_ones(tmp_path):
    resolved = load_settings(EXAMPLE / "curation.toml", workspace=tmp_path / "none")
    facts = network_facts(resolved, place=Workspace(resolved.workspace_root), as_of=date(2026, 11, 20))
    assert (facts.centers, facts.total, facts.cross, facts.coverage) == ((), None, None, None)
    assert len(facts.published) == len(tomllib.loads((EXAMPLE / "curation.toml").read_text())["network"]["published"])
    assert not (tmp_path / "none").exists()
