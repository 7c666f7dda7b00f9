"""A workspace of several nights over two invented centers, in which something happens between the nights; built once for many tests.

30 September   first night; secrets are planted in it
31 October     one agency verified anew, a phone number taken away, another agency gone, a new one there, a description taken away
20 November    the phone number is back; the finding on the description was taken as an exception in between
"""

from __future__ import annotations

import csv
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

from flows.cli import run
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import night

NIGHTS = (date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 20))

#: What stands in the export and must stand in no report.
SECRETS = {
    "private street": "48 Quillfeather Terrace",
    "private phone": "(217) 555-7391",
    "shelter street": "912 Hollowbrook Crescent",
    "excluded agency": "Zephyrine Undisclosed Circle",
    "internal note": "donor wants no thanks zqx",
    "verifier": "Ignatius Fennimore",
    "method": "by phone with Odalys Brambleworth",
}


def build_nights(folder: Path, *, agencies: int = 14) -> Path:
    """Run the nights and return the workspace."""
    made = synthesize(agencies=agencies, seed="period", output=folder / "out", centers=2, as_of=date(2026, 9, 29))
    one, two = made.centers
    rows = _read(one.path)
    _plant(rows)
    workspace = folder / "workspace"
    changes = (_nothing, _october, _november)
    for place, (as_of, change) in enumerate(zip(NIGHTS, changes, strict=True)):
        rows = change(rows)
        export = folder / f"night{place}.csv"
        _write(export, rows)
        night(
            workspace,
            ("east", export),
            ("west", two.path),
            as_of=as_of,
            run_id=f"{as_of:%Y%m%d}T020000000Z-aaaaaa",
            run={"report": False, "export_hsds": False, "queue": False},
            ingest={"settle_seconds": 0},
        )
        if change is _october:
            _accept_one(workspace)
    return workspace


def _nothing(rows):
    return rows


def _october(rows):
    oldest, phoned, gone, copied, named = _public(rows)[-5:]
    for row in rows:
        if row is oldest or row["ParentAgencyNum"] == oldest["ResourceAgencyNum"]:
            row["LastVerifiedOn"] = "2026-10-15"
    phoned["kept"], phoned["Phone1Number"] = phoned["Phone1Number"], ""
    named["AgencyDescription"] = ""
    number = gone["ResourceAgencyNum"]
    left = [row for row in rows if number not in (row["ParentAgencyNum"], row["ResourceAgencyNum"])]
    new = {"ResourceAgencyNum": "990001", "PublicName": "Marlow Lantern Project", "Phone1Number": "(217) 555-0142"}
    return [*left, copied | new]


def _november(rows):
    phoned = next(row for row in rows if row.get("kept"))
    phoned["Phone1Number"] = phoned.pop("kept")
    return rows


def _accept_one(workspace: Path) -> None:
    """Take the finding on the missing description as an exception, as a curator would."""
    with open_published(Workspace(workspace)) as snapshot:
        findings = snapshot.table("quality.finding")
    (finding,) = findings.filter(
        (findings["rule_id"] == "CMP-A-DESC")
        & (findings["status"] == "open")
        & (findings["first_seen_on"] == NIGHTS[1])
        & (findings["native_id"] != "990001")
    )["finding_id"].to_list()
    words = ["findings", "accept", finding, "--until", "2027-06-30", "--reason", "being rewritten", "--by", "Tester"]
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        assert run([*words, "--workspace", str(workspace), "--as-of", "2026-11-01"]) == 0


def _public(rows):
    return [
        row
        for row in rows
        if row["TaxonomyLevelName"] == "Agency"
        and row["ExcludeFromWebsite"] == "No"
        and row["AgencyStatus"] == "Active"
        and row["Phone1Number"]
        and row["AgencyDescription"]
    ]


def _plant(rows) -> None:
    agencies = _public(rows)
    sites = [row for row in rows if row["TaxonomyLevelName"] == "Site" and row["ExcludeFromWebsite"] == "No"]
    first, second, third = agencies[:3]
    sites[0].update(PhysicalAddress1=SECRETS["private street"], PhysicalAddressIsPrivate="Yes")
    first.update(Phone1Number=SECRETS["private phone"], Phone1IsPrivate="TRUE")
    sites[1].update(PublicName="Domestic Violence Shelter", PhysicalAddress1=SECRETS["shelter street"])
    second.update(InternalNotes=SECRETS["internal note"], LastVerifiedByName=SECRETS["verifier"])
    third.update(PublicName=SECRETS["excluded agency"], ExcludeFromWebsite="Yes")
    if "LastVerificationApprovalFormat" in first:
        first["LastVerificationApprovalFormat"] = SECRETS["method"]


def _read(path: Path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows) -> None:
    columns = [name for name in rows[0] if name != "kept"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
