"""What people decided about pairs of agencies, read from the decision log for a night, a list or a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import polars as pl

from pipeline.curate.pair_states import stand_pairs
from pipeline.curate.verdict_groups import VerdictGroups
from pipeline.curate.verdict_log import (
    DECIDED,
    RENUMBERED,
    WITHDRAWN,
    LogEntry,
    PairVerdict,
    Verdicts,
    fold_verdicts,
)
from pipeline.match.compared_values import FORMS, compared_values
from pipeline.match.directory_entities import entities_of_directory
from pipeline.match.verdict_changes import material_changes
from pipeline.store.decisions import NewDecision, append_decisions, read_decisions
from pipeline.store.snapshot import Snapshot
from pipeline.store.working import WorkingFile, read_table
from pipeline.store.workspace import Workspace
from schemas.decided import PAIR_SIDES, DecidedPairs, Key, Pair, Values, pairs_frame
from schemas.directory import Directory
from schemas.enumerations import Origin, PairBand, RecordKind
from schemas.identity import pair_id
from schemas.match_parameters import MatchParameters
from schemas.verdict_parameters import VerdictParameters
from schemas.verdicts import Verdict

#: Who writes down that a record came back under another number.
PROGRAM = "resdir"


@dataclass(frozen=True)
class Judgement:
    """The folded log with what follows from it."""

    verdicts: Verdicts

    @cached_property
    def groups(self) -> VerdictGroups:
        """Agencies that people called one, and the walls between them."""
        return VerdictGroups(self.verdicts.standing)

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Agencies about which a verdict stands, under their present numbers."""
        return frozenset(key for pair in self.verdicts.standing for key in pair)

    def decided_pairs(self) -> DecidedPairs:
        """Return the verdicts in the form in which matching obeys them; what is contradictory is an open question."""
        in_question = self.in_question()
        sorted_out: dict[Verdict | None, list[Pair]] = {}
        for pair, said in self.verdicts.standing.items():
            is_wall = said.verdict == Verdict.DIFFERENT
            verdict = None if pair in in_question and not is_wall else said.verdict
            sorted_out.setdefault(verdict, []).append(pair)
        return DecidedPairs(
            same=pairs_frame(sorted_out.get(Verdict.SAME, [])),
            different=pairs_frame(sorted_out.get(Verdict.DIFFERENT, [])),
            open_question=pairs_frame([*sorted_out.get(Verdict.UNSURE, []), *sorted_out.get(None, [])]),
        )

    def in_question(self) -> frozenset[Pair]:
        """Return the pairs whose verdicts cannot all be true."""
        return frozenset(entry.pair for one in self.groups.contradictions for entry in one.entries)

    def of_center(self, center: str | None) -> Judgement:
        """Return what stands about pairs in which a center takes part; all of it without a center."""
        if center is None:
            return self
        kept = {pair: said for pair, said in self.verdicts.standing.items() if center in (key[0] for key in pair)}
        return Judgement(replace(self.verdicts, standing=kept))

    def settles(self, pair: Pair) -> PairVerdict | None:
        """Return what stands about a pair."""
        return self.verdicts.standing.get(pair)


def read_judgement(
    workspace: Workspace,
    *,
    renumbered: Mapping[Key, Key] | None = None,
    also: Sequence[NewDecision] = (),
    now: datetime | None = None,
) -> Judgement:
    """Return what stands in the decision log.

    Args:
        workspace: Where the log lies.
        renumbered: Numbers that tonight's export changes and that the log does not hold yet.
        also: Decisions that are not written down, taken as if they were: what would stand then.
        now: Moment of these; needed with them.
    """
    entries = [
        LogEntry(
            sequence=entry.sequence,
            decided_at=entry.decided_at,
            decided_by=entry.decided_by,
            kind=entry.kind,
            subject=entry.subject,
            payload=entry.payload,
        )
        for entry in read_decisions(workspace, kind=DECIDED, or_kinds=(WITHDRAWN, RENUMBERED))
    ]
    last = max((entry.sequence for entry in entries), default=0)
    for place, one in enumerate(also, start=last + 1):
        assert now is not None
        entries.append(
            LogEntry(
                sequence=place,
                decided_at=now,
                decided_by=one.decided_by,
                kind=one.kind,
                subject=one.subject,
                payload=one.payload,
            )
        )
    return Judgement(fold_verdicts(entries, renumbered=renumbered))


def values_of(directory: Directory, keys: Collection[Key], *, parameters: MatchParameters) -> dict[Key, Values]:
    """Return what is compared of some agencies, see `compared_values`."""
    if not keys:
        return {}
    entities = entities_of_directory(directory.of_agencies(keys), parameters=parameters)
    return dict(compared_values(entities, keys=keys, words=parameters.words))


def changes_since(
    judgement: Judgement, directory: Directory, *, parameters: MatchParameters
) -> dict[Pair, tuple[str, ...]]:
    """Return what changed materially since each standing verdict, one sentence each; pairs without a change are left out."""
    values = values_of(directory, judgement.keys, parameters=parameters)
    changed = {}
    for pair, said in judgement.verdicts.standing.items():
        entry = said.last
        first, second = entry.present
        if first in values and second in values and entry.forms == FORMS:
            found = material_changes(
                entry.values, (values[first], values[second]), names=entry.names, verdict=entry.verdict
            )
            if found:
                changed[pair] = found
    return changed


def delivered_agencies(directory: Directory) -> set[Key]:
    """Return the keys of the agencies that the exports deliver."""
    delivered = directory.agency.filter(pl.col("origin") == Origin.DELIVERED)
    return set(delivered.select("center_id", "record_uid").iter_rows())


def stand_all(
    judgement: Judgement,
    pairs: pl.DataFrame,
    *,
    directory: Directory,
    match: MatchParameters,
    parameters: VerdictParameters,
    as_of: date,
) -> pl.DataFrame:
    """Return where the scored pairs and all decided ones stand (`schemas.verdicts.PairState`).

    Args:
        judgement: What people decided.
        pairs: `ScoredPair`; those of the band below are not asked.
        directory: The canonical tables.
        match: Word lists and shared hosts.
        parameters: When an unsure pair is asked again.
        as_of: Day the answer is for.
    """
    return stand_pairs(
        pairs.filter(pl.col("band") != PairBand.BELOW).select(PAIR_SIDES),
        verdicts=judgement.verdicts,
        groups=judgement.groups,
        present=delivered_agencies(directory) if judgement.keys else frozenset(),
        changes=changes_since(judgement, directory, parameters=match),
        as_of=as_of,
        unsure_days=parameters.unsure_days,
    )


def renumbered_agencies(rekeyed: pl.DataFrame) -> dict[Key, Key]:
    """Return old key to new key of the agencies in a frame of `schemas.changes.RekeyedRecord`."""
    agencies = rekeyed.filter((pl.col("kind") == RecordKind.AGENCY) & (pl.col("old_kind") == RecordKind.AGENCY))
    return {
        (center, old): (center, new)
        for center, old, new in agencies.select("center_id", "old_record_uid", "new_record_uid").iter_rows()
    }


def read_renumbered(working: WorkingFile, *, run_id: str) -> pl.DataFrame:
    """Return the records that came back under another number in one run (`schemas.history.RekeyedInRun`)."""
    return read_table(working, "history.rekeyed").filter(pl.col("run_id") == run_id)


def keep_renumbered(workspace: Workspace, rekeyed: pl.DataFrame, *, now: datetime) -> int:
    """Write down the new numbers of agencies that have verdicts, so that the verdicts go with them.

    What is written down already is not written again.

    Args:
        workspace: Where the log lies.
        rekeyed: `schemas.history.RekeyedInRun` of the run that was published last.
        now: Moment, UTC.

    Returns:
        Entries added.
    """
    known = {
        (entry.payload["run_id"], entry.payload["center_id"], entry.payload["old_uid"], entry.payload["new_uid"])
        for entry in read_decisions(workspace, kind=RENUMBERED)
    }
    judgement = read_judgement(workspace)
    judged = {key for entry in judgement.verdicts.entries for key in entry.present}
    agencies = rekeyed.filter((pl.col("kind") == RecordKind.AGENCY) & (pl.col("old_kind") == RecordKind.AGENCY))
    added: list[NewDecision] = []
    for row in agencies.sort("as_of", "run_id", "center_id", "old_record_uid").to_dicts():
        old, new = (row["center_id"], row["old_record_uid"]), (row["center_id"], row["new_record_uid"])
        if (row["run_id"], *old, new[1]) in known or old not in judged:
            continue
        judged.discard(old)
        judged.add(new)
        added.append(
            NewDecision(
                kind=RENUMBERED,
                subject=f"{new[0]}:{new[1]}",
                payload={
                    "run_id": row["run_id"],
                    "center_id": row["center_id"],
                    "old_uid": old[1],
                    "new_uid": new[1],
                    "old_native_id": row["old_native_id"],
                    "new_native_id": row["new_native_id"],
                    "recognized_by": row["rekeyed_by"],
                },
                decided_by=PROGRAM,
            )
        )
    if added:
        append_decisions(workspace, added, now=now)
    return len(added)


def plan_ids(judgement: Judgement) -> dict[str, tuple[Key, ...]]:
    """Return the groups that people confirmed, by the id of their merge plan.

    The id is made of the first verdict that holds the group together: it stays the same when the group grows or its records get
    other numbers.
    """
    group_of = {key: members for members in judgement.groups.groups() for key in members}
    first: dict[tuple[Key, ...], int] = {}
    for (a, _), said in judgement.verdicts.standing.items():
        members = group_of.get(a)
        if said.verdict == Verdict.SAME and members is not None:
            first[members] = min(first.get(members, said.entries[0].sequence), said.entries[0].sequence)
    return {f"plan-{number}": members for members, number in sorted(first.items(), key=lambda one: one[1])}


def confirmed_frame(judgement: Judgement, *, present: Collection[Key]) -> pl.DataFrame:
    """Return the confirmed groups as `plan_id`, `center_id`, `record_uid`; records that left the directory are not among them.

    Args:
        judgement: What people decided.
        present: Agencies in the directory.
    """
    rows = []
    for plan_id, members in plan_ids(judgement).items():
        here = [key for key in members if key in present]
        if len(here) > 1:
            rows += [(plan_id, *key) for key in here]
    schema = {"plan_id": pl.String, "center_id": pl.String, "record_uid": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("plan_id", "center_id", "record_uid")


def confirmed_groups(workspace: Workspace, snapshot: Snapshot) -> pl.DataFrame:
    """Return the groups that people confirmed, as `confirmed_frame`, decisions made since the last night included."""
    agencies = snapshot.table("core.agency").filter(pl.col("origin") == Origin.DELIVERED)
    present = set(agencies.select("center_id", "record_uid").iter_rows())
    return confirmed_frame(read_judgement(workspace), present=present)


def verdict_decision(
    pair: Pair,
    *,
    verdict: Verdict,
    reason: str,
    by: str,
    names: Mapping[Key, Mapping[str, str | None]],
    values: Mapping[Key, Values],
    score: float | None,
    band: str | None,
    run_id: str,
    overrules: Sequence[int] = (),
    source: str | None = None,
) -> NewDecision:
    """Return a verdict as an entry of the log, with what is compared of both records as they stand now.

    Args:
        pair: Both records, sorted.
        verdict: What is said.
        reason: Why.
        by: Who.
        names: Name and record number by key.
        values: What is compared of the records, see `values_of`.
        score: Score seen; None when the pair was not scored.
        band: Band seen.
        run_id: Night that was looked at.
        overrules: Entries that this one takes out of force.
        source: File and row it came from; None when it was given by a command.
    """
    return NewDecision(
        kind=DECIDED,
        subject=pair_id(*pair[0], *pair[1]),
        payload={
            "verdict": str(verdict),
            "reason": reason,
            "records": [
                {
                    "center_id": key[0],
                    "record_uid": key[1],
                    "native_id": names[key]["native_id"],
                    "name": names[key]["name"],
                    "values": values.get(key, {}),
                }
                for key in pair
            ],
            "forms": FORMS,
            "score": score,
            "band": band,
            "run_id": run_id,
            "overrules": list(overrules),
            "source": source,
        },
        decided_by=by,
    )
