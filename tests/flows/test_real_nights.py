"""The whole night on real exports: what is known about them must come out."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.publish.night_json import night_json
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from tests.dc211_nights import FIRST, LAST, dc211_nights
from tests.nights import night

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def dc211(shared, tmp_path_factory):
    """The night of an iCarol export of 116 columns, twice."""
    nights = dc211_nights(tmp_path_factory, shared)
    return Workspace(nights.workspace), nights.first, nights.second


@pytest.fixture(scope="module")
def miami211(shared, tmp_path_factory):
    """The night of an HSDS 1.1 package that was cut out of a larger directory."""
    workspace = tmp_path_factory.mktemp("miami211") / "workspace"
    facts = night(workspace, ("miami211", shared / "data" / "miami211"), as_of=date(2019, 8, 18))
    return Workspace(workspace), night_json(facts)


def test_dc211_in_numbers(dc211):
    """Every row of the file is accounted for."""
    workspace, first, _ = dc211
    (center,) = first["centers"]
    assert (center["format"], center["rows_read"], center["rows_rejected"]) == ("icarol", 2132, 0)
    assert center["records"] == {"agency": 494, "site": 1, "service": 1637, "service_at_site": 0}
    assert first["status"] == "published"
    with open_published(workspace) as snapshot:
        assert snapshot.table("raw.row").height == 2132
        assert snapshot.table("core.taxonomy_link").height == 4574
        # 5,192 cells are filled; a cell that holds two numbers gives two phones.
        phones = snapshot.table("core.phone")
        cells = phones.select("owner_uid", pl.col("slot").str.split("#").list.first()).unique().height
        assert cells == 5192
        assert snapshot.table("core.agency").get_column("status").value_counts().height >= 2


def test_the_same_export_twice_changes_nothing(dc211):
    """An unchanged night adds, changes and removes nothing, and asks about the same pairs."""
    _, first, second = dc211
    assert first["centers"][0]["changes"] == {"added": 2132, "changed": 0, "removed": 0, "rekeyed": 0}
    assert second["centers"][0]["changes"] == {"added": 0, "changed": 0, "removed": 0, "rekeyed": 0}
    assert first["duplicates"] == second["duplicates"]
    assert first["centers"][0]["input_sha256"] == second["centers"][0]["input_sha256"]


def test_findings_of_an_unchanged_night_keep_their_first_day(dc211):
    """Their age must grow."""
    workspace, _, _ = dc211
    with open_published(workspace) as snapshot:
        findings = snapshot.table("quality.finding").filter(pl.col("status") == "open")
    days = findings.get_column("first_seen_on").unique().to_list()
    assert findings.height > 0
    # A record may pass into an older band over night; everything else was seen the night before.
    assert FIRST in days
    later = findings.filter(pl.col("first_seen_on") == LAST)
    assert later.filter(~pl.col("rule_id").str.starts_with("FRE-")).is_empty()


def test_miami211_in_numbers(miami211):
    """Records whose agency is not in the file are kept and told, none invented."""
    workspace, document = miami211
    (center,) = document["centers"]
    assert center["format"] == "hsds"
    assert center["records"] == {"agency": 1074, "site": 4089, "service": 4089, "service_at_site": 4089}
    with open_published(workspace) as snapshot:
        missing = snapshot.table("quality.finding").filter(
            (pl.col("rule_id") == "ID-002") & (pl.col("field") == "agency_native_id")
        )
        agencies = snapshot.table("core.agency").height
    assert missing.group_by("kind").len().sort("kind").rows() == [("service", 447), ("site", 3015)]
    assert agencies == 1074


def test_miami211_freshness_is_unknown_and_not_zero(miami211):
    """The package holds no verification date at all: 0 % would be a lie."""
    _, document = miami211
    figures = dict(document["freshness"])
    forecast, suspicious = figures.pop("forecast"), figures.pop("suspicious")
    assert forecast["share"] is None
    assert not any(suspicious.values())
    assert {"complete_agency_update", "verified_record", "edited_record"} <= set(figures)
    for figure in figures.values():
        assert figure["share"] is None
        assert figure["reason"]


def test_two_centers_in_one_workspace(shared, tmp_path, dc211):
    """A center whose freshness cannot be known must not pull the other's down to 0 %."""
    workspace = tmp_path / "workspace"
    data = shared / "data"
    both = night_json(
        night(
            workspace,
            ("dc211", data / "dc211" / "dc211_export.csv"),
            ("miami211", data / "miami211"),
            as_of=LAST,
            run={"report": False, "export_hsds": False, "queue": False},
        )
    )
    alone = dc211[2]
    assert both["freshness"]["complete_agency_update"]["share"] == alone["freshness"]["complete_agency_update"]["share"]
    assert [center["center_id"] for center in both["centers"]] == ["dc211", "miami211"]
    assert both["centers"][0]["findings_by_rule"]["FRE-003"] == alone["centers"][0]["findings_by_rule"]["FRE-003"]
