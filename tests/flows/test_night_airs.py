"""The whole night on AIRS XML: a real center's eight files as one delivery, and a file that changes over night."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.publish.night_json import night_json
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from tests.airs_files import address, agency, phone, service, site, source
from tests.nights import night

#: What the night does beside its records is not asked here.
QUICK = {"report": False, "export_hsds": False}
VERIFIED = '<ResourceInfo DateAdded="2020-01-02" DateLastVerified="{}" DateOfLastAction="2026-06-01"/>'


def text(verified: str, *, fee: str = "Free") -> str:
    """A directory of one agency with a service at two sites."""
    pantry = service(
        VERIFIED.format(verified),
        "<Taxonomy><Code>BD-1800.2000</Code></Taxonomy>",
        f"<FeeStructure>{fee}</FeeStructure>",
    )
    sites = site(address(), pantry) + site(address(street="7 Hill Rd"), pantry, key="12", name="Hill")
    return source(agency(sites, phone("217-555-0101"), VERIFIED.format(verified)), version="3.0")


def test_nights_of_an_invented_file(tmp_path):
    """A vendor's nightly XML would change every record every night, or change would pass unseen."""
    workspace = tmp_path / "workspace"
    changes = []
    for number, content in enumerate((text("2026-05-04"), text("2026-11-20", fee="5 $"))):
        export = tmp_path / f"night{number}.xml"
        export.write_text(content, encoding="utf-8")
        facts = night(
            workspace,
            ("mytown", export),
            as_of=date(2026, 11, 20 + number),
            run_id=f"2026112{number}T020000Z-000000",
            run=QUICK,
        )
        (center,) = night_json(facts)["centers"]
        changes.append(center["changes"])
    assert center["format"] == "airs"
    assert center["records"] == {"agency": 1, "site": 2, "service": 1, "service_at_site": 2}
    assert changes == [
        {"added": 6, "changed": 0, "removed": 0, "rekeyed": 0},
        {"added": 0, "changed": 2, "removed": 0, "rekeyed": 0},
    ]
    with open_published(Workspace(workspace)) as snapshot:
        assert snapshot.table("core.site")["verified_on"].null_count() == 2
        assert snapshot.table("raw.row").height == 11


@pytest.mark.real_data
def test_night_of_eight_files_of_one_center(shared, tmp_path):
    """Files that repeat each other would make records twice, or stop the night."""
    folder = shared / "data" / "formats" / "bc211_icarol_airs30"
    document = night_json(night(tmp_path / "workspace", ("bc211", folder), as_of=date(2018, 9, 24), run=QUICK))
    (center,) = document["centers"]
    assert (center["format"], center["rows_rejected"], document["status"]) == ("airs", 0, "published")
    with open_published(Workspace(tmp_path / "workspace")) as snapshot:
        agencies = snapshot.table("core.agency")
        findings = snapshot.table("quality.finding")
    assert agencies["native_id"].n_unique() == agencies.height == 21
    repeated = findings.filter(pl.col("rule_id") == "ID-008").group_by("kind").len()
    assert dict(repeated.iter_rows())["agency"] == 2
