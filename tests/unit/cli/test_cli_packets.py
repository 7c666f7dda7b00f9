"""Update forms on the command line: written, filled in, read back, worked off by the next night."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from flows.cli import run
from flows.packets import contacted_days, written_decision
from pipeline.store.decisions import append_decisions, decisions_file, read_decisions
from pipeline.store.workspace import Workspace
from tests.export_center import ExportCenter
from tests.filled_forms import Form
from tests.packet_directory import form_of, packet_directory

AS_OF = date(2026, 11, 20)
#: Codes of this center's own records.
OWNERS = {"own_owner_codes": ["CENTER01"]}
SENT, READ = "2026-11-21", "2026-11-28"
#: Planted in the export; no form may hold them.
CANARIES = ("555-0188", "5550188", "41 Canary Court", "Nadia Noteworthy", "Paul Private", "Quentin Quiet")


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> ExportCenter:
    """A center with a published night; the first active agency has private values of every kind."""
    made = ExportCenter(tmp_path_factory.mktemp("packets"), agencies=6, seed="packets", as_of=AS_OF)
    agency, *rest = agencies(made)
    agency.update(
        Phone2Number="217-555-0188",
        Phone2Name="Back office",
        Phone2IsPrivate="TRUE",
        InternalNotes="Nadia Noteworthy is leaving.",
        SeniorWorkerName="Paul Private",
        SeniorWorkerIsPrivate="Yes",
        LastVerifiedByName="Quentin Quiet",
        MailingAddress1="41 Canary Court",
        MailingCity="Bloomington",
        MailingStateProvince="IL",
        MailingPostalCode="61701",
        MailingAddressIsPrivate="Yes",
    )
    agency["AgencyDescription"] += " Letters go to 41 Canary Court. Staff answer at (217) 555-0188."
    rest[-1]["RecordOwner"] = "NEXT211"
    made.night(normalize=OWNERS)
    return made


def agencies(made: ExportCenter) -> list[dict[str, str]]:
    return [row for row in made.rows if row["TaxonomyLevelName"] == "Agency" and row["AgencyStatus"] == "Active"]


@pytest.fixture
def workspace(center: ExportCenter, tmp_path: Path) -> Path:
    shutil.copytree(center.folder / "workspace", tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture
def number(center: ExportCenter) -> str:
    return agencies(center)[0]["ResourceAgencyNum"]


@pytest.fixture
def answer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a packet command with --json and return its document."""

    def ask(*words: str, code: int = 0, as_of: str = READ) -> Any:
        said = run(["packet", *words, "--workspace", str(workspace), "--as-of", as_of, "--json"])
        captured = capsys.readouterr()
        assert said == code, captured.err
        return json.loads(captured.out)

    return ask


@pytest.fixture
def sent(answer: Callable[..., Any], number: str, tmp_path: Path) -> dict[str, Any]:
    """One form that went out."""
    (one,) = answer(number, "--output", str(tmp_path / "forms"), "--by", "Mia", as_of=SENT)["packets"]
    return one


def filled(sent: dict[str, Any], **signed: Any) -> Form:
    return Form(Path(sent["xlsx"])).sign(**signed)


def test_a_form_goes_out_and_is_known(
    answer: Callable[..., Any], sent: dict[str, Any], workspace: Path, number: str
) -> None:
    """Page and workbook, an entry in the log without a value, and a line in the list of forms that are out."""
    assert Path(sent["html"]).is_file()
    assert (sent["native_id"], sent["as_of"], sent["written_on"], sent["reply_by"]) == (
        number,
        "2026-11-20",
        SENT,
        "2026-12-12",
    )
    assert sent["not_shown"] >= 4
    (entry,) = read_decisions(Workspace(workspace), kind="packet_written")
    assert (entry.subject, entry.decided_by) == (sent["packet_id"], "Mia")
    assert len(entry.payload["lines"]) == sent["lines"] + 6
    (listed,) = answer("list", "--status", "out")
    assert (listed["packet_id"], listed["state"], listed["days"]) == (sent["packet_id"], "out", 7)
    (late,) = answer("list", "--status", "late", as_of="2026-12-13")
    assert late["state"] == "late"
    assert answer("list", "--status", "returned") == []


def test_planted_private_values_are_nowhere(sent: dict[str, Any], workspace: Path) -> None:
    """From the export to the form and the log, by the real road."""
    book = openpyxl.load_workbook(sent["xlsx"])
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    everything = "\n".join((*texts, Path(sent["html"]).read_text(encoding="utf-8"))).casefold()
    log = decisions_file(Workspace(workspace)).read_bytes()
    assert [canary for canary in CANARIES if canary.casefold() in everything or canary.encode() in log] == []


def test_written_again_it_is_the_same_form_and_no_file_is_lost(
    answer: Callable[..., Any], sent: dict[str, Any], workspace: Path, number: str, tmp_path: Path
) -> None:
    """Somebody may be filling it in."""
    before = Path(sent["xlsx"]).read_bytes()
    folder = str(tmp_path / "forms")
    refused = answer(number, "--output", folder, code=2, as_of=SENT)["error"]
    assert "is already there (and 1 more)" in refused["message"]
    assert "--overwrite" in refused["advice"]
    (again,) = answer(number, "--output", folder, "--overwrite", as_of=SENT)["packets"]
    assert again == sent
    assert Path(sent["xlsx"]).read_bytes() == before
    assert len(read_decisions(Workspace(workspace), kind="packet_written")) == 1
    assert sorted(path.suffix for path in (tmp_path / "forms").iterdir()) == [".html", ".xlsx"]


def test_a_list_of_agencies(answer: Callable[..., Any], center: ExportCenter, tmp_path: Path, workspace: Path) -> None:
    """Those that cannot get a form are told with their line; the others get one."""
    numbers = [row["ResourceAgencyNum"] for row in agencies(center)]
    listed = tmp_path / "list.csv"
    listed.write_text("record,name\n" + "".join(f"{one},x\n" for one in (*numbers, numbers[0])), encoding="utf-8")
    told = answer("--list", str(listed), "--output", str(tmp_path / "all"), code=1)
    assert told["written"] == len(numbers) - 1
    assert len(list((tmp_path / "all").iterdir())) == 2 * (len(numbers) - 1)
    (skipped,) = told["skipped"]
    assert (skipped["where"], skipped["agency"]) == (f"list.csv, line {len(numbers) + 1}", numbers[-1])
    assert "is maintained by NEXT211, which verifies it" in skipped["reason"]
    assert contacted_days(Workspace(workspace)).height == len(numbers) - 1


def test_wrong_calls_are_told(answer: Callable[..., Any], center: ExportCenter, number: str, tmp_path: Path) -> None:
    """Each with what to do, and nothing is written."""
    folder = tmp_path / "none"
    wrong = {
        (): "Which agency?",
        ("nowhere",): "there is no agency nowhere",
        (agencies(center)[-1]["ResourceAgencyNum"],): "is maintained by NEXT211",
        (number, "--center", "two"): "There is no center two",
        (number, "--by", " "): "--by is empty",
    }
    for words, message in wrong.items():
        assert message in answer(*words, "--output", str(folder), code=2)["error"]["message"]
    assert "no file" in answer("--list", str(tmp_path / "x.csv"), "--output", str(folder), code=3)["error"]["message"]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "is a file, not a folder" in answer(number, "--output", str(tmp_path / "file"), code=2)["error"]["message"]
    assert not folder.exists()
    assert answer("items") == []
    for words in (("read",), ("done", "--by", "x"), ("done", "item-123456", "--by", "x"), ("items", "--limit", "0")):
        assert answer(*words, code=2)["error"]["advice"]


def test_a_round_from_form_to_night(center: ExportCenter, answer: Callable[..., Any], sent: dict[str, Any], workspace: Path,
                                    number: str, tmp_path: Path) -> None:  # fmt: skip
    """What the command is for: out, back, work items, entered in the center's software, closed by the next night."""
    form = filled(sent)
    form.say("Phone 1", "change", "(309) 555-0142 (main)")
    form.say("Days and hours", "change", "Tuesday, 1pm-4pm")
    form.say("Mailing address", "change", None, "please call me")
    form.say("A service that is missing", "change", "A new class", part="What")
    file = form.say_right().save(tmp_path / "back.xlsx")

    tried = answer("read", str(file), "--dry-run")
    assert (tried["is_kept"], len(tried["items"])) == (False, 4)
    assert answer("items") == []
    read = answer("read", str(file), "--by", "Cora")
    assert (read["is_kept"], read["refused"], read["is_complete"]) == (True, [], True)
    (entry,) = read_decisions(Workspace(workspace), kind="packet_returned")
    assert entry.decided_by == "Cora"
    again = answer("read", str(file))
    assert (again["is_kept"], again["new"], again["known"]) == (False, 0, read["new"])
    assert len(read_decisions(Workspace(workspace), kind="packet_returned")) == 1

    items = {
        one["what"]: one for one in answer("items", "--center", "one", "--agency", number, "--form", sent["packet_id"])
    }
    assert {what: one["action"] for what, one in items.items()} == {
        "Phone 1": "change", "Days and hours": "change", "Mailing address": "ask", "A service that is missing": "add",
        "Verification": "confirm",
    }  # fmt: skip
    assert items["Verification"]["item_id"] == read["confirmation"]
    assert items["Phone 1"]["value_now"] == items["Phone 1"]["shown"]
    assert items["Mailing address"]["value_now"] == "on file, not shown here"
    (listed,) = answer("list")
    assert (listed["state"], listed["returned_on"], listed["returned_by"], listed["days"]) == (
        "returned",
        READ,
        "Rae Invented",
        7,
    )
    assert contacted_days(Workspace(workspace)).rows() == [
        ("one", sent["agency_uid"], date(2026, 11, 21), date(2026, 11, 28))
    ]

    # Entered in the center's software: the phone, the hours, and the day of verification of the agency and all it has.
    rows = [dict(row) for row in center.rows]
    for row in rows:
        if row["ParentAgencyNum"] == number and row["AgencyStatus"] == "Active":
            row["LastVerifiedOn"] = "2026-11-27 0:00:00"
        if row["ResourceAgencyNum"] == number:
            row.update(Phone1Number="309.555.0142", HoursOfOperation="Tuesday, 1pm - 4pm")
    later = _next_night(center, workspace, rows)
    assert later.pointer.exists()
    assert {one["what"] for one in answer("items")} == {"Mailing address", "A service that is missing"}
    done = {one["what"]: (one["closed_on"], one["closed_by"]) for one in answer("items", "--status", "done")}
    assert done == dict.fromkeys(("Phone 1", "Days and hours", "Verification"), ("2026-11-29", "the directory"))

    # The rest is for people to close.
    ids = {one["what"]: one["item_id"] for one in answer("items")}
    assert answer("done", ids["Mailing address"], "--by", "Cora", "--reason", "Called.")[0]["status"] == "done"
    assert answer("dismiss", ids["A service that is missing"][5:], "--by", "Cora", "--reason", "Out of scope.")
    assert answer("items") == []
    assert "already" in answer("done", ids["Mailing address"], "--by", "Cora", code=2)["error"]["message"]
    assert answer("reopen", ids["A service that is missing"], "--by", "Cora")
    assert [one["what"] for one in answer("items")] == ["A service that is missing"]
    told = answer("reopen", items["Phone 1"]["item_id"], "--by", "Cora", code=2)
    assert "was closed by the directory itself" in told["error"]["message"]


def _next_night(center: ExportCenter, workspace: Path, rows: list[dict[str, str]]) -> Workspace:
    own = center.workspace
    center.workspace = Workspace(workspace)
    try:
        center.night(rows, as_of=date(2026, 11, 29), normalize=OWNERS)
    finally:
        center.workspace = own
    return Workspace(workspace)


def test_lists_go_into_files(
    answer: Callable[..., Any], sent: dict[str, Any], workspace: Path, tmp_path: Path, capsys
) -> None:
    """For the meeting on Monday, and for a curator's own table."""
    form = filled(sent)
    form.say("E-mail", "change", "-new@aid.example")
    answer("read", str(form.save()))
    for ending in (".csv", ".xlsx", ".json"):
        for what in ("items", "list"):
            answer(what, "--output", str(tmp_path / f"{what}{ending}"))
    table = pl.read_csv(tmp_path / "items.csv", infer_schema=False)
    assert table["Proposed"].to_list() == ["'-new@aid.example"]
    assert openpyxl.load_workbook(tmp_path / "list.xlsx")["Forms"]["A2"].value == sent["packet_id"]
    assert json.loads((tmp_path / "items.json").read_text(encoding="utf-8"))[0]["status"] == "open"
    curator = table["Curator"][0]
    assert len(answer("items", "--curator", curator)) == 1
    assert "nothing has 'nobody'" in answer("items", "--curator", "nobody", code=2)["error"]["message"]
    # As people read them.
    for words in (["items"], ["list"], ["read", str(form.path)]):
        assert run(["packet", *words, "--workspace", str(workspace), "--as-of", READ]) == 0
    printed = capsys.readouterr().out
    assert "1 item" in printed
    assert "1 form" in printed
    assert "1 answer known before, 0 new" in printed


def test_two_people_and_a_corrected_copy(answer: Callable[..., Any], sent: dict[str, Any], tmp_path: Path) -> None:
    """In one call: both are kept, and each is told of the other."""
    form = filled(sent)
    form.say("E-mail", "change", "rae@aid.example")
    first = form.save(tmp_path / "rae.xlsx")
    form.sign(name="Ben Invented", represents="a partner organization")
    form.say("E-mail", "change", "ben@aid.example")
    second = form.save(tmp_path / "ben.xlsx")
    both = answer("read", str(first), str(second))
    assert [one["new"] for one in both] == [1, 1]
    assert {one["conflict"] for one in answer("items")} == {
        "Ben Invented says: change: ben@aid.example",
        "Rae Invented says: change: rae@aid.example",
    }
    form.say("E-mail", "right")
    corrected = answer("read", str(form.save(second)))
    assert corrected["superseded"] == [
        {"part": f"Agency: {sent['name']}", "what": "E-mail", "before": "change ben@aid.example"}
    ]
    assert [one["proposed"] for one in answer("items", "--status", "withdrawn")] == ["ben@aid.example"]


def test_refused_rows_give_exit_code_1_and_a_refused_file_3_with_nothing_kept(
    answer: Callable[..., Any], sent: dict[str, Any], workspace: Path, tmp_path: Path
) -> None:
    """A script must notice; a good file beside a bad one waits until both can be read."""
    form = filled(sent)
    form.say("E-mail", "perhaps")
    form.say("Website", "remove")
    row = form.row("E-mail")
    good = form.save(tmp_path / "good.xlsx")
    form.sign(name=None)
    unsigned = form.save(tmp_path / "unsigned.xlsx")
    (tmp_path / "letter.xlsx").write_bytes(b"%PDF-1.7")
    for bad in (unsigned, tmp_path / "letter.xlsx", tmp_path / "gone.xlsx", Path(sent["html"])):
        error = answer("read", str(good), str(bad), code=3)["error"]
        assert bad.name in error["message"]
        assert error["advice"]
    assert read_decisions(Workspace(workspace), kind="packet_returned") == []
    told = answer("read", str(good), code=1)
    assert [(one["sheet"], one["row"], one["column"]) for one in told["refused"]] == [
        ("Your listing", row, "Still right? (D)")
    ]
    assert [one["what"] for one in told["items"]] == ["Website"]


def test_a_form_of_another_workspace_is_refused(
    answer: Callable[..., Any], sent: dict[str, Any], center: ExportCenter, capsys
) -> None:
    """Another center's form must not become work here."""
    file = filled(sent).save()
    words = ["packet", "read", str(file), "--workspace", str(center.workspace.root), "--as-of", READ, "--json"]
    assert run(words) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert f"is the form {sent['packet_id']}, which was not written here (center one)." in error["message"]
    assert "--workspace" in error["advice"]


@pytest.mark.parametrize("command", [[], ["read"], ["list"], ["items"], ["done"], ["dismiss"], ["reopen"]])
def test_every_command_has_help(command: list[str], capsys) -> None:
    """With each option explained."""
    assert run(["packet", *command, "--help"]) == 0
    printed = capsys.readouterr().out
    assert f"Usage: resdir packet {' '.join(command)}".strip() in printed
    assert "--workspace" in printed


def test_the_commands_start_without_prefect_and_spreadsheets() -> None:
    """Help must be there at once."""
    script = (
        "import sys\nfrom flows.cli import run\nrun(['packet', 'items', '--help'])\n"
        "heavy = {'prefect', 'openpyxl', 'scipy', 'pandas'} & set(sys.modules)\nsys.exit(f'{heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_forms_without_a_way_back_are_told(workspace: Path, number: str, tmp_path: Path, capsys) -> None:
    """Nobody can answer a form without an address; the settings say it once for all forms."""
    words = ["packet", number, "--workspace", str(workspace), "--as-of", SENT]
    assert run([*words, "--output", str(tmp_path / "plain")]) == 0
    assert "do not say where to send them back" in capsys.readouterr().err
    config = tmp_path / "curation.toml"
    config.write_text(
        '[packet]\ncenter_name = "Invented 2-1-1"\nreturn_email = "a@b.example"\nreply_by_days = 10\n'
        '[packet.centers.one]\ncenter_name = "Center One"\nreturn_phone = "217-555-0100"\n',
        encoding="utf-8",
    )
    assert run([*words, "--output", str(tmp_path / "own"), "--config", str(config)]) == 0
    captured = capsys.readouterr()
    assert "do not say" not in captured.err
    page = next((tmp_path / "own").glob("*.html")).read_text(encoding="utf-8")
    assert "Center One" in page
    assert "217-555-0100" in page
    assert "Please answer by December 1, 2026." in page
    assert "Invented 2-1-1" not in page


def test_a_form_goes_with_an_agency_that_got_another_number(tmp_path):
    """The reminder would be forgotten, and the first request sent once more."""
    place = Workspace(tmp_path)
    packet = form_of(packet_directory()).packet
    moment = datetime(2026, 11, 28, tzinfo=UTC)
    append_decisions(place, [written_decision(packet, files=["a.xlsx"], by="Mia")], now=moment)
    moved = {(packet.center_id, "agency", packet.agency_uid): "new-uid"}
    assert contacted_days(place)["agency_uid"].to_list() == [packet.agency_uid]
    assert contacted_days(place, renumbered=moved)["agency_uid"].to_list() == ["new-uid"]
