"""Years of nights: what they remember of verifications, and the rule that needs them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import night


@pytest.fixture(scope="module")
def years(tmp_path_factory) -> tuple[Path, list]:
    """Four nights, a year apart: every record is verified anew each year, and no other word changes."""
    folder = tmp_path_factory.mktemp("years")
    made = synthesize(agencies=25, seed="years", output=folder / "out", centers=1, as_of=date(2026, 11, 20)).centers[0]
    with made.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = []
    for year in (2023, 2024, 2025, 2026):
        export = folder / f"{year}.csv"
        with export.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            for row in rows:
                verified = f"{year}-11-01 0:00:00" if row["LastVerifiedOn"] else ""
                writer.writerow({**row, "LastVerifiedOn": verified, "UpdatedOn": "", "EnteredOn": "2015-01-05 0:00:00"})
        run_id = f"{year}1120T020000000Z-aaaaaa"
        facts.append(
            night(
                folder / "workspace",
                ("one", export),
                as_of=date(year, 11, 20),
                run_id=run_id,
                run={"report": False, "export_hsds": False, "queue": False},
            )
        )
    return folder / "workspace", facts


def test_the_rule_says_that_it_cannot_be_asked_until_there_are_three_years(years):
    """Without memory the rule would be silent, or cry wolf."""
    _, facts = years
    asked = [{rule.rule_id for rule in fact.centers[0].not_applicable} for fact in facts]
    assert ["FRE-013" in rules for rules in asked] == [True, True, False, False]
    assert [fact.centers[0].findings_by_rule.get("FRE-013", 0) > 0 for fact in facts] == [False, False, True, True]


def test_every_night_is_remembered_and_none_twice(years):
    """One row per record and verification date, with what the record said."""
    with open_published(Workspace(years[0])) as snapshot:
        known = snapshot.table("history.verification")
        agencies = snapshot.directory().agency
    verified = agencies.filter(agencies["verified_on"].is_not_null() & (agencies["origin"] == "delivered"))
    of_agencies = known.filter(known["kind"] == "agency")
    assert of_agencies.height == 4 * verified.height
    assert of_agencies.select("record_uid", "content_key").n_unique() == verified.height


def test_one_day_for_all_is_seen_as_a_stamp_and_the_old_words_as_unchanged(years):
    """The signals of the last night."""
    signals = years[1][-1].centers[0].signals
    counted = sum(years[1][-1].centers[0].records.values())
    assert 0 < signals["verified_unchanged"] <= counted
    assert signals["bulk_stamped"] == signals["verified_unchanged"]
    assert years[1][0].centers[0].signals == dict.fromkeys(signals, 0)
