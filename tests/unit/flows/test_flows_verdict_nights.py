"""The second night: what people decided is kept and not asked again, whatever the export did meanwhile."""

from __future__ import annotations

import copy
import hashlib
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.cli import run as run_command
from flows.duplicate_verdicts import read_judgement, values_of, verdict_decision
from pipeline.store.decisions import append_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.match_parameters import MatchParameters
from schemas.night import NightFacts
from schemas.verdicts import Verdict
from tests.export_center import NUMBERS, ExportCenter

AS_OF = date(2026, 11, 20)
DECIDED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Town(ExportCenter):
    """A center in which people decide."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, agencies=120, seed="verdicts", as_of=AS_OF)

    def decide_all(self):
        """Decide every pair that is asked: likely ones are the same, every third is not, every seventh nobody can tell."""
        with open_published(self.workspace) as snapshot:
            pairs = snapshot.table("matching.scored_pair").filter(pl.col("band") != "below").sort("pair_id")
            directory = snapshot.directory()
        names = {
            (row["center_id"], row["record_uid"]): row
            for row in directory.agency.select("center_id", "record_uid", "native_id", "name").to_dicts()
        }
        values = values_of(directory, set(names), parameters=MatchParameters())
        decisions = []
        for place, row in enumerate(pairs.to_dicts()):
            verdict = Verdict.UNSURE if place % 7 == 6 else Verdict.DIFFERENT if place % 3 == 2 else Verdict.SAME
            pair = ((row["center_id_a"], row["uid_a"]), (row["center_id_b"], row["uid_b"]))
            if read_one(decisions, pair, verdict):
                decisions.append(
                    verdict_decision(
                        pair, verdict=verdict, reason="looked", by="Ana", names=names, values=values, score=row["score"],
                        band=row["band"], run_id="x",
                    )
                )  # fmt: skip
        append_decisions(self.workspace, decisions, now=DECIDED_AT)


def read_one(decisions, pair, verdict) -> bool:
    """Whether the verdict makes no chain with earlier ones: a group of two each keeps the expected numbers plain."""
    taken = {(record["center_id"], record["record_uid"]) for one in decisions for record in one.payload["records"]}
    return not taken & set(pair)


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> Town:
    """A center after one night, with every pair decided that shares no agency with another."""
    town = Town(tmp_path_factory.mktemp("town"))
    facts = town.night()
    assert facts.duplicates.decided == 0
    town.decide_all()
    return town


def copied(town: Town, folder: Path) -> Town:
    other = copy.copy(town)
    other.folder = folder
    shutil.copytree(town.workspace.root, folder / "workspace")
    other.workspace = Workspace(folder / "workspace")
    return other


@pytest.fixture(scope="module")
def unchanged(decided: Town, tmp_path_factory) -> tuple[Town, NightFacts]:
    """It after a second night in which nothing changed, and what that night told."""
    town = copied(decided, tmp_path_factory.mktemp("unchanged"))
    return town, town.night()


@pytest.fixture
def town(unchanged: tuple[Town, NightFacts], tmp_path: Path) -> Town:
    """A copy of that for one test."""
    return copied(unchanged[0], tmp_path)


def standings(town: Town) -> dict[str, int]:
    states = town.table("matching.pair_state")
    return dict(states.filter(pl.col("basis") == "decided").group_by("standing").len().iter_rows())


def verdicts(town: Town) -> list[tuple[str, str]]:
    """Names on both sides and the verdict: the same whatever the records are called."""
    names = dict(town.table("core.agency").select("record_uid", "name").iter_rows())
    states = town.table("matching.pair_state").filter(pl.col("basis") == "decided")
    return sorted(
        ("|".join(sorted([names.get(row["uid_a"]) or "-", names.get(row["uid_b"]) or "-"])), row["verdict"])
        for row in states.to_dicts()
    )


def clusters(town: Town) -> dict[str, list[str]]:
    names = dict(town.table("core.agency").select("record_uid", "name").iter_rows())
    frame = town.table("matching.cluster")
    return {
        cluster: sorted(names[uid] or "-" for uid in rows["record_uid"])
        for (cluster,), rows in frame.partition_by("cluster_id", as_dict=True).items()
    }


def rekeyed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The export after a move to another software: every number is another, in another order, and no old one is told."""

    def new(number: str) -> str:
        if not re.fullmatch(r"[1-9]\d*", number):
            return number
        return str(5_000_000 + int(hashlib.sha256(number.encode()).hexdigest(), 16) % 900_000_000)

    return [{**row, **{name: new(row[name]) for name in NUMBERS}} for row in rows]


def edited(rows: list[dict[str, str]], *, every: int = 50) -> tuple[list[dict[str, str]], set[str]]:
    """The export after a day of work: one record in fifty has another description and e-mail address."""
    changed, touched = [], set()
    for place, row in enumerate(rows):
        if place % every == 0:
            touched.add(row["ResourceAgencyNum"])
            row = {
                **row,
                "AgencyDescription": row["AgencyDescription"] + " New words.",
                "EmailAddressMain": f"new{place}@other.example",
            }
        changed.append(row)
    return changed, touched


def test_an_unchanged_night_asks_nothing_again(decided: Town, unchanged: tuple[Town, NightFacts], town: Town) -> None:
    """This is what every system of this kind gets wrong."""
    before_clusters = clusters(decided)
    facts = unchanged[1]
    count = len(read_judgement(town.workspace).verdicts.standing)
    assert count > 5
    assert facts.duplicates.decided == count
    assert facts.duplicates.reopened == 0
    states = standings(town)
    assert states.keys() <= {"decided", "waiting"}
    assert sum(states.values()) == count
    judged = town.table("matching.pair_state").filter(pl.col("basis") == "decided")
    asked = town.table("matching.pair_state").filter(pl.col("standing").is_in(["open", "reopened", "conflict"]))
    assert asked.join(judged, on="pair_id", how="semi").is_empty()
    first = clusters(town)
    town.night()
    # Groups that verdicts changed differ from before; unchanged ones, and all of the following night, keep their ids.
    assert clusters(town) == first
    for cluster, members in first.items():
        assert before_clusters.get(cluster, members) == members or cluster in before_clusters


def test_a_little_editing_reopens_only_what_was_edited(town: Town) -> None:
    """A verdict is asked again only when something changed that it rested on."""
    before, kept = verdicts(town), clusters(town)
    rows, touched = edited(town.rows)
    facts = town.night(rows)
    assert verdicts(town) == before  # every verdict still holds
    numbers = dict(town.table("core.agency").select("record_uid", "native_id").iter_rows())
    states = town.table("matching.pair_state").filter(pl.col("standing") == "reopened").to_dicts()
    for row in states:
        assert {numbers[row["uid_a"]], numbers[row["uid_b"]]} & touched
        assert "e-mail" in row["told"]
    assert facts.duplicates.reopened == len(states)
    now = clusters(town)
    for cluster, members in kept.items():
        if members in now.values():
            assert now[cluster] == members


def test_a_move_to_another_software_keeps_every_verdict_and_every_group(town: Town) -> None:
    """New numbers for every record must not cost a center years of decisions."""
    before, kept = verdicts(town), clusters(town)
    facts = town.night(rekeyed(town.rows))
    assert facts.centers[0].changes["rekeyed"] > 250
    assert verdicts(town) == before
    assert facts.duplicates.reopened == 0
    assert standings(town).keys() <= {"decided", "waiting"}
    assert clusters(town) == kept
    # Going back to the old numbers is no trouble either; the last night knows all that from the log alone.
    town.night()
    facts = town.night()
    assert (verdicts(town), clusters(town)) == (before, kept)
    assert facts.duplicates.reopened == 0


def test_a_record_that_leaves_takes_its_verdict_along_and_brings_it_back(town: Town) -> None:
    """A truncated record is no reason to ask again when it returns."""
    state = town.table("matching.pair_state").filter(pl.col("standing") == "decided").row(0, named=True)
    agencies = town.table("core.agency")
    number = agencies.filter(pl.col("record_uid") == state["uid_a"])["native_id"].item()
    town.night([row for row in town.rows if number not in (row["ResourceAgencyNum"], row["ParentAgencyNum"])])
    gone = town.table("matching.pair_state").filter(pl.col("pair_id") == state["pair_id"]).row(0, named=True)
    assert (gone["standing"], gone["verdict"]) == ("dormant", state["verdict"])
    # No group holds a record that is not there, and no plan waits for it.
    here = set(town.table("core.agency")["record_uid"])
    assert set(town.table("matching.cluster")["record_uid"]) <= here
    assert set(town.table("matching.merge_member")["record_uid"]) <= here
    town.night()
    back = town.table("matching.pair_state").filter(pl.col("pair_id") == state["pair_id"]).row(0, named=True)
    assert back["standing"] == "decided"


def test_a_duplicate_found_by_people_is_a_finding_until_it_is_merged(town: Town) -> None:
    """Deciding is half the work: the record is still there twice."""
    findings = town.table("quality.finding").filter(pl.col("rule_id") == "DUP-001")
    confirmed = findings.filter(pl.col("message").str.contains("People confirmed"))
    open_ones = confirmed.filter(pl.col("status").is_in(["open", "reappeared"]))
    assert open_ones.height > 1
    states = town.table("matching.pair_state")
    different = set(states.filter(pl.col("verdict") == "different")["pair_id"])
    still = findings.filter(pl.col("status") == "open")["field"].str.strip_prefix("pair.")
    assert not different & set(still)


def test_the_command_line_tells_the_same(decided: Town, town: Town, capsys) -> None:
    """Decisions hold at once, without waiting for the night."""
    pair = decided.table("matching.scored_pair").filter(pl.col("band") == "related").sort("pair_id")["pair_id"][0]
    where = ["--workspace", str(town.workspace.root)]
    words = ["--by", "Bo", "--reason", "chapters"]
    assert run_command(["duplicates", "decide", pair, "different", *words, *where]) in (0, 2)
    capsys.readouterr()
    assert run_command(["duplicates", "list", "--standing", "decided", "--json", *where]) == 0
    assert '"standing": "decided"' in capsys.readouterr().out
