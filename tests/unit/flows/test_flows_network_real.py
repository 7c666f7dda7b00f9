"""Two real exports side by side: one with verification dates, one without any."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.network_ground import NightGround, definition_of, summarize_centers
from flows.settings import CenterSettings, Resolved, Settings
from pipeline.match.agencies import match_agencies
from pipeline.measure.network import sum_network
from pipeline.measure.network_pairs import centers_without_owners, count_cross_pairs, find_cross_pairs
from schemas.contract import empty_table
from schemas.directory import join_directories
from schemas.match_parameters import MatchParameters
from schemas.network import County, State
from schemas.parameters import FreshnessRule
from schemas.quality import TrackedFinding
from schemas.verdicts import PairState
from tests.real_exports import normalize_once

pytestmark = pytest.mark.real_data

#: Last day on which the first export was verified.
AS_OF = date(2014, 4, 9)
STATE = State(
    name="Florida",
    code="FL",
    counties=(
        County(fips="12086", name="Miami-Dade", short="Miami", column=0, row=0),
        County(fips="12087", name="Monroe", short="Monro", column=0, row=1),
    ),
)


@pytest.fixture(scope="module")
def night(shared: Path) -> NightGround:
    paths = {"dc211": shared / "data/dc211/dc211_export.csv", "miami211": shared / "data/miami211"}
    directory = join_directories([normalize_once(path, center).directory for center, path in paths.items()])
    return NightGround(
        run_id="real",
        as_of=AS_OF,
        directory=directory,
        findings=empty_table(TrackedFinding),
        scored=match_agencies(directory, parameters=MatchParameters()).pairs,
        states=empty_table(PairState),
        centers=dict.fromkeys(paths, AS_OF),
    )


def test_two_real_centers_side_by_side(night: NightGround) -> None:
    settings = Settings(centers=(CenterSettings(id="dc211", curator_fte=4.0), CenterSettings(id="miami211")))
    resolved = Resolved(settings=settings, base=Path(), source=None)
    told = summarize_centers(resolved, night=night, center_ids=["dc211", "miami211"], state=STATE)
    dc, miami = (one.summary for one in told)
    total = sum_network([dc, miami], definition=definition_of(FreshnessRule()))
    # Without any date nothing is known of the share, and its agencies are in no denominator.
    assert miami.shares.complete_agency_update.numerator is None
    assert miami.shares.complete_agency_update.reason == "The export has no verification date that counts."
    head = total.shares["complete_agency_update"]
    assert (head.numerator, head.denominator) == (
        dc.shares.complete_agency_update.numerator,
        dc.shares.complete_agency_update.denominator,
    )
    assert (head.known, head.centers) == (1, 2)
    counted = {
        center: rows.height
        for (center,), rows in night.directory.agency.filter("is_counted")
        .partition_by("center_id", as_dict=True)
        .items()
    }
    assert {"dc211": dc.counted.agency, "miami211": miami.counted.agency} == counted
    assert total.counted["agency"] == sum(counted.values())
    assert total.curator_fte.known == 1
    assert total.agencies_per_fte == counted["dc211"] / 4.0
    assert dc.counties is None


def test_national_bodies_stand_in_both_and_one_center_names_an_owner(night: NightGround) -> None:
    """Two centers a thousand miles apart list the same hotlines and federal offices, and no record of one is a copy of the other's."""
    pairs = find_cross_pairs(night.directory, scored=night.scored, states=night.states)
    (counts,) = count_cross_pairs(pairs)
    assert (counts.sorts["copy"], counts.counted_twice) == (0, 0)
    names = {
        (center, uid): name
        for center, uid, name in night.directory.agency.select("center_id", "record_uid", "name").iter_rows()
    }
    likely = {
        names[center, uid]
        for center, uid in pairs.filter(pl.col("sort") == "duplicate").select("center_id_a", "uid_a").iter_rows()
    }
    assert {"AIDSinfo", "Federal Emergency Management Agency (FEMA)", "Social Security Administration"} <= likely
    assert centers_without_owners(night.directory) == ("miami211",)
    assert counts.owners["one"] + counts.owners["none"] == pairs.height
    assert counts.owners["one"] > 0
