"""Where each pair of agencies stands after all verdicts: asked, or not asked and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipeline.curate.verdict_groups import VerdictGroups, tell_entry
from pipeline.curate.verdict_log import PairVerdict, Verdicts
from schemas.contract import conform, schema_of
from schemas.decided import Key, Pair
from schemas.identity import pair_id
from schemas.verdicts import Basis, PairStanding, PairState, Verdict

_SIDES = ("center_id_a", "uid_a", "center_id_b", "uid_b")


def stand_pairs(
    pairs: pl.DataFrame,
    *,
    verdicts: Verdicts,
    groups: VerdictGroups,
    present: Collection[Key],
    changes: Mapping[Pair, Sequence[str]],
    as_of: date,
    unsure_days: int,
) -> pl.DataFrame:
    """Return where every pair stands.

    A pair that follows from verdicts on others is never asked. A decided pair is asked again only when a compared field changed
    materially; its verdict holds until it is answered.

    Args:
        pairs: Pairs to ask about: `center_id_a`, `uid_a`, `center_id_b`, `uid_b`, none twice.
        verdicts: The folded log.
        groups: The groups that follow from it.
        present: Agencies in the directory.
        changes: What changed materially since the verdict on a pair, one sentence each.
        as_of: Day the answer is for.
        unsure_days: Days after which a pair that nobody could tell is asked again.

    Returns:
        `PairState`: the pairs given and all that somebody has decided, ordered by pair id.
    """
    asked = [((row[0], row[1]), (row[2], row[3])) for row in pairs.select(_SIDES).iter_rows()]
    in_question = {entry.pair: one.told for one in groups.contradictions for entry in one.entries}
    rows: dict[Pair, dict[str, Any]] = {}
    for pair in [*asked, *verdicts.standing]:
        if pair in rows:
            continue
        said = verdicts.standing.get(pair)
        if said is None:
            rows[pair] = _undecided(pair, groups=groups)
        elif pair in in_question:
            rows[pair] = _of(pair, PairStanding.CONFLICT, said=said, told=in_question[pair])
        elif any(key not in present for key in pair):
            gone = " and ".join(
                f"“{name or number}”"
                for name, number, key in zip(said.last.names, said.last.numbers, said.last.present, strict=True)
                if key not in present
            )
            rows[pair] = _of(pair, PairStanding.DORMANT, said=said, told=f"{gone} is not in the directory now.")
        else:
            rows[pair] = _decided(pair, said, changes=changes.get(pair, ()), as_of=as_of, unsure_days=unsure_days)
    frame = pl.DataFrame(list(rows.values()), schema=schema_of(PairState))
    return conform(frame.sort("pair_id"), PairState)


def _undecided(pair: Pair, *, groups: VerdictGroups) -> dict[str, Any]:
    implied = groups.implied(*pair)
    if implied is None:
        return _of(pair, PairStanding.OPEN)
    chain = "; ".join(tell_entry(entry) for entry in implied.chain)
    persons = tuple(dict.fromkeys(entry.decided_by for entry in implied.chain))
    last = max(implied.chain, key=lambda entry: entry.sequence)
    return _row(pair, PairStanding.IMPLIED) | {
        "verdict": str(implied.verdict),
        "basis": str(Basis.IMPLIED),
        "decided_by": "; ".join(persons),
        "decided_at": last.decided_at.replace(tzinfo=None),
        "told": f"Follows from: {chain}.",
    }


def _decided(pair: Pair, said: PairVerdict, *, changes: Sequence[str], as_of: date, unsure_days: int) -> dict[str, Any]:
    if changes:
        return _of(pair, PairStanding.REOPENED, said=said, told=" ".join(changes))
    if said.verdict != Verdict.UNSURE:
        return _of(pair, PairStanding.DECIDED, said=said)
    again = said.last.decided_at.date() + timedelta(days=unsure_days)
    if again <= as_of:
        return _of(pair, PairStanding.REOPENED, said=said, told=f"Nobody could tell {unsure_days} days ago.")
    return _of(pair, PairStanding.WAITING, said=said, told=f"Asked again from {again} on, or when something changes.")


def _row(pair: Pair, standing: PairStanding) -> dict[str, Any]:
    (center_a, uid_a), (center_b, uid_b) = pair
    return {
        "pair_id": pair_id(center_a, uid_a, center_b, uid_b),
        "center_id_a": center_a,
        "uid_a": uid_a,
        "center_id_b": center_b,
        "uid_b": uid_b,
        "standing": str(standing),
        "verdict": None,
        "basis": None,
        "decided_by": None,
        "decided_at": None,
        "reason": None,
        "agreeing": 0,
        "entry": None,
        "told": None,
    }


def _of(
    pair: Pair, standing: PairStanding, *, said: PairVerdict | None = None, told: str | None = None
) -> dict[str, Any]:
    row = _row(pair, standing)
    if said is None:
        return row
    return row | {
        "verdict": None if said.verdict is None else str(said.verdict),
        "basis": str(Basis.DECIDED),
        "decided_by": "; ".join(said.persons),
        "decided_at": said.last.decided_at.replace(tzinfo=None),
        "reason": said.last.reason,
        "agreeing": len(said.persons) if said.verdict is not None else 0,
        "entry": said.last.sequence,
        "told": told,
    }
