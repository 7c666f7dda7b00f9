"""A workspace of one night over four invented centers that share agencies, with secrets planted; built once for many tests.

east    an iCarol export
west    the same agencies in another center's data, with other or blank record owners
north   an HSDS package of another center
south   the same package again: copies of one record, number for number
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipeline.synthesize.synthesize import synthesize
from tests.nights import night

AS_OF = date(2026, 11, 20)
CENTERS = ("east", "north", "south", "west")

#: What stands in the exports and must stand in no summary and on no page.
SECRETS = {
    "private street": "48 Quillfeather Terrace",
    "private phone": "(217) 555-7391",
    "excluded agency": "Zephyrine Undisclosed Circle",
    "internal note": "donor wants no thanks zqx",
    "verifier": "Ignatius Fennimore",
    "area": "Quorlandia County",
}

SETTINGS = """
[run]
as_of = {as_of}

[network]
name = "Prairie network"
state = "{state}"

[[centers]]
id = "east"
name = "East 211"
curator_fte = 2.5
certified_share = 0.4

[[centers]]
id = "west"
name = "West 211"
curator_fte = 1.5
certified_share = 1.0
counties = ["cook", "Vermillion"]

[[centers]]
id = "north"
name = "North 211"
"""


def build_night(folder: Path, *, state: Path, agencies: int = 4) -> Path:
    """Run the night and return the settings file; the workspace lies beside it."""
    made = synthesize(agencies=agencies, seed="network", output=folder / "out", centers=2, as_of=date(2026, 11, 19))
    icarol, hsds = made.centers
    rows = _read(icarol.path)
    _plant(rows)
    _write(folder / "east.csv", rows)
    for place, row in enumerate(rows):
        row["RecordOwner"] = "OTHER9" if place % 2 else ""
    _write(folder / "west.csv", rows)
    config = folder / "curation.toml"
    config.write_text(SETTINGS.format(as_of=AS_OF, state=state.as_posix()), encoding="utf-8")
    night(
        folder / "workspace",
        ("east", folder / "east.csv"),
        ("west", folder / "west.csv"),
        ("north", hsds.path),
        ("south", hsds.path),
        as_of=AS_OF,
        run={"report": False, "export_hsds": False, "queue": False},
        ingest={"settle_seconds": 0},
    )
    return config


def _plant(rows: list[dict[str, str]]) -> None:
    agencies = [row for row in rows if row["TaxonomyLevelName"] == "Agency" and row["AgencyStatus"] == "Active"]
    sites = [row for row in rows if row["TaxonomyLevelName"] == "Site"]
    services = [row for row in rows if row["TaxonomyLevelName"] == "Program"]
    agencies[0].update(PublicName=SECRETS["excluded agency"], ExcludeFromWebsite="Yes")
    agencies[1].update(InternalNotes=SECRETS["internal note"], LastVerifiedByName=SECRETS["verifier"])
    agencies[1].update(Phone1Number=SECRETS["private phone"], Phone1IsPrivate="TRUE")
    sites[0].update(PhysicalAddress1=SECRETS["private street"], PhysicalAddressIsPrivate="Yes")
    services[0]["Coverage"] = f"IL - {SECRETS['area']}; "


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
