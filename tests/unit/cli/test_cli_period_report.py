"""`resdir report` over a workspace of three nights and two centers, as a coordinator asks for it."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from flows.cli import run
from flows.period_facts import curators_of, period_facts, scope_of
from flows.period_files import file_name
from flows.period_ground import read_period
from flows.period_quarter import report_quarter
from flows.settings import load_settings
from pipeline.measure.periods import period_named
from pipeline.publish.period_document import period_document
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from tests.filled_worksheets import fill
from tests.period_nights import NIGHTS, SECRETS, build_nights

LAST = NIGHTS[-1]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """The nights, run once."""
    return build_nights(tmp_path_factory.mktemp("period"))


@pytest.fixture
def ask(workspace, tmp_path, capsys):
    """Run the command with --json and return its document."""

    def asked(*words: str, output: str = "report.json", code: int = 0):
        told = run(["report", "--output", str(tmp_path / output), "--workspace", str(workspace), "--json", *words])
        printed = capsys.readouterr()
        assert told == code, printed.err
        return json.loads(printed.out)

    return asked


@pytest.fixture(scope="module")
def ground(workspace):
    """What the reports of the running quarter start from."""
    resolved = load_settings(None, workspace=workspace)
    period = period_named("2026-Q4", fiscal_month=7)
    return read_period(resolved, place=Workspace(workspace), period=period, day=LAST)


@pytest.fixture(scope="module")
def whole(ground):
    """The facts of all centers."""
    return period_facts(ground, scope_of(ground))


def table(document, name: str):
    """Return a table of a JSON document: its rows by their first cell, each with its cells by column."""
    for section in document["sections"]:
        for one in section["tables"]:
            if one["id"] == name:
                return {row[0]: dict(zip(one["columns"], row, strict=True)) for row in one["rows"]}
    raise AssertionError(name)


def test_the_keys_that_scripts_rely_on(ask):
    document = ask()
    assert {
        "period", "from", "to", "as_of", "run_id", "headlines", "sections", "warnings", "path", "summary", "compared_with",
    } <= set(document)  # fmt: skip
    assert (document["period"], document["from"], document["to"]) == ("2026-11", "2026-11-01", "2026-11-20")
    assert document["as_of"] == LAST.isoformat()
    assert len(document["headlines"]) <= 6
    assert all(one["basis"] for one in document["headlines"])
    assert [section["id"] for section in document["sections"]] == [
        "records", "freshness", "findings", "audits", "duplicates", "staffing", "visitors", "gathering", "method",
    ]  # fmt: skip
    assert json.loads(Path(document["path"]).read_text(encoding="utf-8"))["headlines"] == document["headlines"]


def test_figures_are_those_of_the_night(ask, workspace, capsys):
    """Two commands that give two shares for one day cost a meeting."""
    document = ask("--period", "quarter")
    assert run(["freshness", "--workspace", str(workspace), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    told = table(document, "freshness-readings")["Agencies completely updated (headline)"]
    assert (told["number"], told["counted"], told["unknown"]) == (row["numerator"], row["denominator"], row["unknown"])
    assert told["share"] == row["share"]
    with open_published(Workspace(workspace)) as snapshot:
        findings = snapshot.table("quality.finding")
    shown = findings.filter(findings["status"].is_in(["open", "reappeared"]))
    by_severity = table(document, "findings-by-severity")
    assert by_severity["all"]["open_now"] == shown.height
    assert by_severity["errors"]["open_now"] == shown.filter(shown["severity"] == "error").height


def test_what_came_less_what_went_is_what_is_there(whole):
    """The law that makes the account of a period more than five numbers."""
    findings = whole.findings
    assert findings.is_balanced
    total = findings.total
    assert total.fixed > 0
    assert total.other_ended > 0
    assert total.accepted == 1
    assert findings.under_exception == 1
    came, went = total.opened + total.reappeared, total.fixed + total.other_ended
    assert (
        total.open_before + findings.under_exception_before + came - went == total.open_now + findings.under_exception
    )


def test_parts_add_up_to_the_whole(ground, whole):
    """Centers, severities and families are divisions of the same findings and records."""
    findings = whole.findings
    for parts in (findings.by_severity, findings.by_family, findings.by_center):
        for name in ("open_before", "opened", "reappeared", "fixed", "other_ended", "accepted", "open_now"):
            assert sum(getattr(part, name) for part in parts) == getattr(findings.total, name), name
    assert sum(sum(counts.values()) for counts in findings.ages.values()) == findings.total.open_now
    centers = [period_facts(ground, scope_of(ground, center_id=center)) for center in ground.centers]
    for kind in range(3):
        assert sum(center.records.counted[kind].now for center in centers) == whole.records.counted[kind].now
        assert sum(center.records.counted[kind].before for center in centers) == whole.records.counted[kind].before
        assert whole.records.counted[kind].now == sum(
            center.now[whole.records.counted[kind].name] for center in whole.records.by_center
        )
    for name in ("added", "changed", "removed"):
        of_centers = sum(getattr(row, name) for center in centers for row in center.records.changes)
        assert of_centers == sum(getattr(row, name) for row in whole.records.changes)
    assert (
        sum(center.freshness.headline().figure.numerator for center in centers)
        == whole.freshness.headline().figure.numerator
    )
    assert whole.freshness.bands["all"] == {
        band: sum(center.freshness.bands["all"][band] for center in centers) for band in whole.freshness.bands["all"]
    }


def test_changes_of_the_period_are_those_between_its_nights(whole):
    """One agency came and one left, and a verification is a change of its fields."""
    by_kind = {row.kind: row for row in whole.records.changes}
    assert (by_kind["agency"].added, by_kind["agency"].removed) == (1, 1)
    assert "verified_on" in {row.field for row in whole.records.fields}


def test_a_first_night_opens_nothing(ask):
    """Everything that was wrong before would look like a flood of new faults."""
    document = ask("--of", "2026-Q3")
    account = table(document, "findings-account")
    assert account["+ opened"]["findings"] == 0
    assert account["+ found by the first night of a center"]["findings"] == account["= open at the end"]["findings"] > 0
    assert any("first night of all" in warning for warning in document["warnings"])
    assert document["compared_with"] is None
    assert all(one["change"] is None for one in document["headlines"])


def test_a_past_period_is_told_by_its_own_night(ask):
    """October's figures do not move when November comes."""
    document = ask("--of", "2026-10")
    assert (document["as_of"], document["to"], document["is_running"]) == ("2026-10-31", "2026-10-31", False)
    now, before = (table(document, "findings-by-severity")["all"][name] for name in ("open_now", "open_before"))
    november = table(ask("--of", "2026-11"), "findings-by-severity")["all"]
    assert november["open_before"] == now
    assert now != before


def test_what_a_night_no_longer_kept_cannot_say_is_not_known(ask, workspace):
    """Its snapshot is gone; the figures it stored are still told, and nothing is taken from another night."""
    kept = workspace / "published" / f"run_{NIGHTS[1]:%Y%m%d}T020000000Z-aaaaaa.duckdb"
    whole = ask("--of", "2026-10")
    away = kept.with_suffix(".away")
    kept.rename(away)
    try:
        less = ask("--of", "2026-10")
    finally:
        away.rename(kept)
    assert any("no longer kept" in warning for warning in less["warnings"])
    for name in (
        "findings-by-severity",
        "findings-by-center",
        "freshness-readings",
        "records-counted",
        "findings-account",
    ):
        assert table(less, name) == table(whole, name)
    names = {one["id"] for section in less["sections"] for one in section["tables"]}
    assert not {"findings-ages", "findings-fix-rates", "gathering-rules-not-asked"} & names


def test_visitors_are_not_given_until_they_are(ask, tmp_path):
    """The guide asks for them: an empty line is an answer, a zero is a lie."""
    assert set(table(ask(), "visitors-months")) == {"November 2026", "all together"}
    assert table(ask(), "visitors-months")["all together"]["visitors"] is None
    (tmp_path / "visitors.csv").write_text("month,visitors\n2026-07,1\n2026-08,1\n2026-09,1\n2026-10,20\n2026-11,22\n")
    config = tmp_path / "own.toml"
    config.write_text(
        '[report]\nvisitors = "visitors.csv"\n[report.given]\n"Calls answered" = 12034\n'
        "[report.policy_reviewed_on]\nInclusion = 2026-02-01\n"
    )
    document = ask("--config", str(config), "--period", "quarter")
    assert table(document, "visitors-months")["all together"]["visitors"] == 42
    assert table(document, "visitors-given")["Calls answered"]["value"] == "12,034"
    assert table(document, "gathering-reviews")["Inclusion"]["reviewed_on"] == "2026-02-01"
    (tmp_path / "visitors.csv").write_text("month,visitors\n2026-10,some\n")
    assert "line 2, column visitors" in ask("--config", str(config), code=3)["error"]["message"]


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx", "md", "json"])
def test_no_form_holds_a_secret_or_the_name_of_a_record(workspace, tmp_path, form, capsys):
    """A report is passed on to boards and funders."""
    path = tmp_path / f"report.{form}"
    assert run(["report", "--output", str(path), "--period", "quarter", "--workspace", str(workspace)]) == 0
    printed = capsys.readouterr()
    texts = [printed.out + printed.err, *_texts(path)]
    with open_published(Workspace(workspace)) as snapshot:
        names = [name for name in snapshot.directory().records("agency", "site")["name"].drop_nulls() if len(name) > 8]
    for text in texts:
        for secret in (*SECRETS.values(), *names):
            assert secret not in text
            assert secret.casefold() not in text.casefold()
    assert any("completely updated" in text for text in texts[1:]) or form == "pdf"


def test_the_document_holds_no_secret(ground, whole):
    """What PDF is made of; its text is packed there."""
    everything = repr(asdict(period_document(whole))) + repr(asdict(whole))
    for curator in curators_of(ground):
        everything += repr(asdict(period_document(period_facts(ground, scope_of(ground, curator=curator)))))
    for secret in SECRETS.values():
        assert secret not in everything


def _texts(path: Path) -> list[str]:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return [path.read_bytes().decode("utf-8", "replace")]


def test_audits_are_told_as_their_command_tells_them(workspace, tmp_path, capsys):
    """The error rate that goes to the board is the one that the auditors know, with its interval."""
    own = tmp_path / "workspace"
    shutil.copytree(workspace, own)

    def asked(*words: str):
        assert run([*words, "--workspace", str(own), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    with open_published(Workspace(own)) as snapshot:
        draws = snapshot.table("auditing.draw")
    (batch,) = draws.filter(draws["as_of"] == LAST)["batch_id"].to_list()
    (sheet,) = asked("audit", "worksheet", batch, "--output", str(tmp_path / "sheet.xlsx"))["worksheets"]

    def say(uid: str, item_id: str) -> str:
        return "no" if item_id == "accuracy.phones" and int(uid[:2], 16) % 2 else "yes"

    asked("audit", "record", str(fill(Path(sheet["path"]), say, name="Tester")))
    result = asked("audit", "result", batch)
    words = ["report", "--period", "quarter", "--output", str(tmp_path / "report.json")]
    row = table(asked(*words), "audits-rounds")[batch]
    rate = result["record_error_rate"]
    assert 0 < rate["estimate"] < 1
    assert row["fault"].startswith(f"{rate['estimate'] * 100:.1f} %")
    assert (row["done"], row["drawn"], row["speaks_for"]) == (result["n"], result["drawn"], result["speaks_for"])
    assert "rests on" in row["note"]
    done = {
        center: table(asked(*words, "--center", center), "audits-rounds")[batch]["done"] for center in ("east", "west")
    }
    assert sum(done.values()) == result["n"]


def test_the_trend_is_that_of_its_command(ask, workspace, capsys):
    """Nights as they told it, and the same range before the first one."""
    rows = table(ask(), "freshness-trend")
    assert (
        run(["freshness", "trend", "--every", "night", "--months", "13", "--workspace", str(workspace), "--json"]) == 0
    )
    told = {row["as_of"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert set(rows) == set(told)
    assert len(rows) > len(NIGHTS)
    for day, row in rows.items():
        assert (row["share"], row["low"], row["high"]) == tuple(
            told[day][name] for name in ("share", "share_low", "share_high")
        )


def test_editions_of_centers(ask, tmp_path):
    written = ask("--editions", "centers", "--period", "quarter", output="centers")["editions"]
    assert [Path(one["path"]).name for one in written] == ["2026-Q4_center_east.html", "2026-Q4_center_west.html"]
    index = (tmp_path / "centers" / "2026-Q4_centers_index.html").read_text(encoding="utf-8")
    assert all(Path(one["path"]).name in index for one in written)


def test_editions_of_curators_are_about_their_records_alone(ask, ground):
    """Figures by curator help to share out work; they are no measure of a person."""
    written = ask("--editions", "curators", "--form", "json", "--period", "quarter", output="curators")["editions"]
    assert [one["name"] for one in written] == curators_of(ground)
    agencies = 0
    for one in written:
        document = json.loads(Path(one["path"]).read_text(encoding="utf-8"))
        assert document["curator"] == one["name"]
        text = json.dumps(document, ensure_ascii=False)
        assert "not a measure of any person's work" in text
        assert not any(other in text for other in curators_of(ground) if other != one["name"])
        assert {section["id"] for section in document["sections"]} == {
            "records",
            "freshness",
            "findings",
            "work",
            "method",
        }
        agencies += table(document, "records-counted")["agencies"]["now"]
    assert agencies <= sum(count.now for count in period_facts(ground, scope_of(ground)).records.counted[:1])


def test_curators_whose_names_look_alike_keep_their_own_files():
    """Without accents, signs and capitals many names are one."""
    names = [
        "Zoë Ó Briain",
        "Zoe O Briain",
        "zoe o briain",
        "ZOE O'BRIAIN",
        "../../etc/passwd",
        "李 明",
        "王 明",
        "CON",
        " ",
        "a" * 300,
        "a" * 301,
    ]
    files = [file_name(name) for name in names]
    assert len({name.casefold() for name in files}) == len(names)
    assert all(len(name) < 60 and name.replace("-", "").replace("_", "").isalnum() and name.isascii() for name in files)
    assert file_name("Zoë Ó Briain") == file_name("Zoë Ó Briain")


def test_the_report_of_one_center_or_curator(ask, ground):
    document = ask("--center", "east", "--period", "quarter")
    assert document["center"] == "east"
    assert "records-by-center" not in {one["id"] for section in document["sections"] for one in section["tables"]}
    name = curators_of(ground)[0]
    assert ask("--curator", name)["curator"] == name


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--center", "nowhere"], 2, "east, west"),
        (["--curator", "Nobody"], 2, "curates no counted record"),
        (["--of", "2026-08"], 3, "Nothing is known of August 2026"),
        (["--of", "2027-01"], 2, "begins after"),
        (["--of", "soon"], 2, "names no period"),
        (["--period", "month", "--of", "2026-Q4"], 2, "do not go together"),
        (["--editions", "curators", "--curator", "Ann"], 2, "for each of them"),
        (["--period", "night", "--of", "2026-11"], 2, "knows no --of"),
        (["--as-of", "2026-09-01"], 3, "Nothing is known of September 2026"),
    ],
)
def test_wrong_calls_are_told_in_words(ask, words, code, told):
    error = ask(*words, code=code, output="out" if "--editions" in words else "report.html")["error"]
    assert told in error["message"] + error["advice"]


@pytest.mark.parametrize("name", ["report.docx", "report"])
def test_a_form_that_is_none_is_refused(ask, name):
    assert ".pdf" in ask(output=name, code=2)["error"]["message"]


def test_nothing_published_says_what_to_do(tmp_path, capsys):
    assert run(["report", "--output", str(tmp_path / "r.html"), "--workspace", str(tmp_path / "empty")]) == 3
    assert "resdir nightly" in capsys.readouterr().err


def test_a_day_without_nights_of_late_is_warned_of(ask):
    """In the middle of December the figures of 20 November are no figures of December."""
    document = ask("--as-of", "2026-12-15")
    assert (document["period"], document["to"], document["as_of"]) == ("2026-12", "2026-12-15", "2026-11-20")
    assert "No night was run in this period" in document["warnings"][0]


def test_the_page_of_the_night_is_still_to_be_had(workspace, tmp_path, capsys):
    """What `resdir report` did before."""
    words = ["report", "--period", "night", "--workspace", str(workspace)]
    assert run([*words, "--output", str(tmp_path / "night.html")]) == 3
    assert "[run] report = true" in capsys.readouterr().err
    assert run([*words, "--output", str(tmp_path / "night.pdf")]) == 2


def test_the_quarterly_report_speaks_of_the_last_finished_quarter(workspace):
    """Its schedule starts it on the second day of the next one."""
    told: list[str] = []
    place = Workspace(workspace)
    report = report_quarter(
        load_settings(None, workspace=workspace), place=place, day=date(2027, 1, 2), tell=told.append
    )
    assert report.period.name == "2026-Q4"
    names = [str(path.relative_to(place.reports)) for path in report.paths]
    assert names[:4] == [f"report_2026-Q4.{form}" for form in ("html", "pdf", "xlsx", "md")]
    assert {Path(name).name for name in names[4:]} == {"2026-Q4_center_east.html", "2026-Q4_center_west.html"}
    assert all(path.is_file() for path in report.paths)
    assert "41 days before the end of the period" in told[0]
