"""Secrets planted in an export, looked for in everything a night writes for others: none may be found."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from pipeline.publish.digest import night_digest
from pipeline.publish.night_json import night_json
from pipeline.publish.summary import summarize_night
from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT, night
from tests.unit.validate.style_cases import CASES

#: What stands in the export, by what makes it private. Each text is found nowhere else.
SECRETS = {
    "private street": "48 Quillfeather Terrace",
    "private phone": "(217) 555-7391",
    "shelter street": "912 Hollowbrook Crescent",
    "director": "Perpetua Winterbourne",
    "director's mail": "perpetua.w@hiddenmail.example",
    "excluded agency": "Zephyrine Undisclosed Circle",
    "internal note": "donor wants no thanks zqx",
    "verifier": "Ignatius Fennimore",
}

#: The same secrets as people write them into texts.
SPELLINGS = (
    "217.555.7391",
    "+1 217 555 7391",
    "555-7391",
    "PERPETUA.W@HIDDENMAIL.EXAMPLE",
    "48 QUILLFEATHER Terr.",
    "912 hollowbrook cres",
    "Winterbourne, Perpetua",
)
#: Columns of the texts that the style rules read, and the level of their rows.
TEXT_COLUMNS = {
    "description": "AgencyDescription",
    "eligibility": "Eligibility",
    "fees": "FeeStructureSource",
    "documents": "DocumentsRequired",
    "intake": "ApplicationProcess",
}
LEVELS = {"agency": "Agency", "site": "Site", "service": "Program"}


def plant_in_style(rows: list[dict[str, str]]) -> int:
    """Put every fault of style with a secret beside it into a public record of its own; return how many there are."""
    cases = [case for case in CASES if case[2] in TEXT_COLUMNS]
    public = {
        kind: [
            row
            for row in rows
            if row["TaxonomyLevelName"] == level
            and row["ExcludeFromWebsite"] == "No"
            and row["AgencyStatus"] == "Active"
        ][5:]
        for kind, level in LEVELS.items()
    }
    for number, (_, kind, field, text, *_) in enumerate(cases):
        public[kind].pop()[TEXT_COLUMNS[field]] = f"{text} {SPELLINGS[number % len(SPELLINGS)]}"
    return len(cases)


def plant(rows: list[dict[str, str]]) -> None:
    """Put the secrets into records that would otherwise be public, also where a text repeats them in another spelling."""
    agencies = [row for row in rows if row["TaxonomyLevelName"] == "Agency" and row["ExcludeFromWebsite"] == "No"]
    sites = [row for row in rows if row["TaxonomyLevelName"] == "Site" and row["ExcludeFromWebsite"] == "No"]
    first, second, third = agencies[:3]
    place, shelter = sites[0], sites[1]
    place.update(PhysicalAddress1=SECRETS["private street"], PhysicalAddressIsPrivate="Yes")
    place["AgencyDescription"] = "Food and clothing. Come to 48 quillfeather terr. on Mondays. Bring a bag."
    first.update(Phone1Number=SECRETS["private phone"], Phone1IsPrivate="TRUE")
    first["AgencyDescription"] = "Help with rent. Staff line 217.555.7391 after hours. Open to all."
    shelter.update(
        PublicName="Domestic Violence Shelter",
        PhysicalAddress1=SECRETS["shelter street"],
        PhysicalAddressIsPrivate="No",
    )
    second.update(
        SeniorWorkerName=SECRETS["director"],
        SeniorWorkerEmailAddress=SECRETS["director's mail"],
        SeniorWorkerIsPrivate="Yes",
        InternalNotes=SECRETS["internal note"],
        LastVerifiedByName=SECRETS["verifier"],
    )
    third.update(PublicName=SECRETS["excluded agency"], ExcludeFromWebsite="Yes")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The night of an export with planted secrets: its workspace and its facts."""
    folder = tmp_path_factory.mktemp("canary")
    export = (
        synthesize(agencies=60, seed="canary", output=folder / "out", centers=1, as_of=MOMENT.date()).centers[0].path
    )
    with export.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    plant(rows)
    assert plant_in_style(rows) > 2 * len(SPELLINGS)
    planted = folder / "planted.csv"
    with planted.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for secret in SECRETS.values():
        assert secret in planted.read_text(encoding="utf-8")
    facts = night(folder / "workspace", ("east", planted), as_of=MOMENT.date())
    return folder / "workspace", facts


def texts_of(path: Path) -> str:
    """Everything readable in a file; spreadsheets are unpacked."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "\n".join(book.read(name).decode("utf-8", errors="replace") for name in book.namelist())
    return data.decode("utf-8", errors="replace")


def folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def assert_clean(text: str, where: str) -> None:
    seen = folded(text)
    for what, secret in SECRETS.items():
        assert folded(secret) not in seen, f"{what} stands in {where}"
    for spelling in ("quillfeather", "hollowbrook", "5557391", "hiddenmail"):
        assert spelling not in seen, f"{spelling} stands in {where}"


def test_nothing_private_leaves_in_the_package(written):
    """What a receiver gets cannot be taken back."""
    workspace, facts = written
    files = sorted((workspace / "exports").rglob("*.*"))
    assert len(files) > 20
    assert facts.exports[0].records["organization"] > 40
    for path in files:
        if path.is_file():
            assert_clean(texts_of(path), path.name)


def test_nothing_private_stands_in_report_worksheet_and_summary(written):
    """A report goes by e-mail, a worksheet to an auditor."""
    workspace, facts = written
    files = [*workspace.glob("reports/*"), *workspace.glob("worksheets/audit*")]
    assert len(files) == 2
    for path in files:
        assert_clean(texts_of(path), path.name)
    assert_clean(summarize_night(facts), "the summary")
    assert_clean(json.dumps(night_json(facts)), "the JSON answer")
    digest = night_digest(facts, before=None, now=MOMENT, stale_after_hours=30.0)
    assert_clean(digest.subject + digest.text, "the digest")


def test_findings_show_no_private_value(written, capsys, tmp_path):
    """Findings go to curators as files; a hidden street has no business in them. (The excluded agency is theirs to mend.)"""
    from flows.cli import run

    workspace, _ = written
    # The queue of the night names who must be verified, excluded agencies among them, and what is wrong with them.
    (queue,) = workspace.glob("worksheets/queue_*.xlsx")
    outputs = [queue]
    for ending in ("csv", "xlsx", "json"):
        outputs.append(tmp_path / f"findings.{ending}")
        assert run(["findings", "--workspace", str(workspace), "--output", str(outputs[-1])]) == 0
    for output in outputs:
        seen = folded(texts_of(output))
        for spelling in ("quillfeather", "hollowbrook", "5557391", "hiddenmail", "winterbourne", "fennimore", "zqx"):
            assert spelling not in seen, f"{spelling} stands in {output.name}"
    findings = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    withheld = {row["rule_id"] for row in findings if row["value"] == "withheld"}
    assert {case[0] for case in CASES if case[2] in TEXT_COLUMNS} <= withheld
    capsys.readouterr()
