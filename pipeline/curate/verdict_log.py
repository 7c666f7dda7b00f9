"""Verdicts of people on pairs of agencies: from the entries of the decision log to what stands.

The log is append-only. A person's later verdict replaces that person's earlier one; a withdrawal takes one entry out of force; a
verdict that overrules names the entries it takes out of force, and they come back when it is withdrawn. Nothing is decided by who
came last: two persons who say different things of one pair are a conflict until one of them, or a coordinator, settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.decided import Key, Pair, Values
from schemas.verdicts import Verdict

#: Kinds of entries in the decision log.
DECIDED = "duplicate_verdict"
WITHDRAWN = "duplicate_verdict_withdrawn"
RENUMBERED = "record_renumbered"


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One entry of the decision log, as the store hands it over.

    Attributes:
        sequence: Place in the log.
        decided_at: Moment, UTC.
        decided_by: Who.
        kind: `DECIDED`, `WITHDRAWN` or `RENUMBERED`.
        subject: What it is about.
        payload: The rest.
    """

    sequence: int
    decided_at: datetime
    decided_by: str
    kind: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VerdictEntry:
    """One verdict as it was written down.

    Attributes:
        sequence: Place in the log.
        decided_at: Moment, UTC.
        decided_by: Who.
        verdict: What was said.
        reason: Why.
        keys: Both records as they were called then, sorted.
        present: Both records as they are called now, in the order of `keys`.
        names: Their names then, in the same order.
        numbers: Their record numbers then, in the same order.
        values: What was compared then, record by record in the same order.
        forms: Version of the comparison forms of `values`.
        score: Score seen; None when the pair was never scored.
        band: Band seen.
    """

    sequence: int
    decided_at: datetime
    decided_by: str
    verdict: Verdict
    reason: str
    keys: Pair
    present: Pair
    names: tuple[str | None, str | None]
    numbers: tuple[str | None, str | None]
    values: tuple[Values, Values]
    forms: int
    score: float | None
    band: str | None

    @property
    def pair(self) -> Pair:
        """The pair under its present numbers, sorted."""
        first, second = sorted(self.present)
        return first, second


@dataclass(frozen=True, kw_only=True)
class PairVerdict:
    """What stands about one pair.

    Attributes:
        pair: Both records under their present numbers, sorted.
        entries: The standing entry of each person, in the order of the log; never empty.
        verdict: What they agree on; None when they contradict each other.
    """

    pair: Pair
    entries: tuple[VerdictEntry, ...]
    verdict: Verdict | None

    @property
    def last(self) -> VerdictEntry:
        """The last of the entries that say what stands; in a conflict the last of all."""
        saying = [entry for entry in self.entries if self.verdict is None or entry.verdict == self.verdict]
        return saying[-1]

    @property
    def persons(self) -> tuple[str, ...]:
        """Who says what stands, each once; in a conflict everybody."""
        saying = [entry for entry in self.entries if self.verdict is None or entry.verdict == self.verdict]
        return tuple(dict.fromkeys(entry.decided_by for entry in saying))


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """The decision log, folded.

    Attributes:
        standing: What stands, by pair, ordered by pair.
        entries: All verdicts ever written down, withdrawn ones too, in the order of the log.
        out_of_force: Numbers of the verdicts that do not stand, and why, in words.
        withdrawals: Number of a withdrawn entry to the entry that withdrew it.
    """

    standing: Mapping[Pair, PairVerdict]
    entries: tuple[VerdictEntry, ...] = ()
    out_of_force: Mapping[int, str] = field(default_factory=dict)
    withdrawals: Mapping[int, LogEntry] = field(default_factory=dict)

    def of(self, first: Key, second: Key) -> PairVerdict | None:
        """Return what stands about two records, in either order."""
        a, b = sorted([first, second])
        return self.standing.get((a, b))


def fold_verdicts(entries: Iterable[LogEntry], *, renumbered: Mapping[Key, Key] | None = None) -> Verdicts:
    """Return what stands after all entries of the log.

    Folding a log in one go or entry by entry as it grows gives the same.

    Args:
        entries: Entries of the three kinds, in any order.
        renumbered: New numbers that tonight's export brings and that the log does not hold yet: old key to new key.
    """
    ordered = sorted(entries, key=lambda entry: entry.sequence)
    withdrawals: dict[int, LogEntry] = {}
    for entry in ordered:
        if entry.kind == WITHDRAWN:
            withdrawals.setdefault(int(entry.payload["entry"]), entry)
    moves: dict[Key, list[tuple[int, Key]]] = {}
    for entry in ordered:
        if entry.kind == RENUMBERED and entry.sequence not in withdrawals:
            center, old, new = (entry.payload[name] for name in ("center_id", "old_uid", "new_uid"))
            moves.setdefault((center, old), []).append((entry.sequence, (center, new)))
    said = [_read(entry, moves=moves, tonight=renumbered or {}) for entry in ordered if entry.kind == DECIDED]
    overrules = {
        entry.sequence: [int(one) for one in entry.payload.get("overrules", ())]
        for entry in ordered
        if entry.kind == DECIDED
    }
    gone = _out_of_force(said, overrules=overrules, withdrawals=withdrawals)
    by_pair: dict[Pair, list[VerdictEntry]] = {}
    for verdict in said:
        if verdict.sequence not in gone and verdict.pair[0] != verdict.pair[1]:
            by_pair.setdefault(verdict.pair, []).append(verdict)
    return Verdicts(
        standing={pair: _agree(pair, by_pair[pair]) for pair in sorted(by_pair)},
        entries=tuple(said),
        out_of_force=gone,
        withdrawals=withdrawals,
    )


def _out_of_force(
    said: Sequence[VerdictEntry], *, overrules: Mapping[int, Sequence[int]], withdrawals: Mapping[int, LogEntry]
) -> dict[int, str]:
    """Return the verdicts that do not stand. The latest are settled first: only who stands can take others out of force."""
    gone: dict[int, str] = {}
    later: set[tuple[Pair, str]] = set()
    for verdict in reversed(said):
        if verdict.sequence in withdrawals:
            withdrawal = withdrawals[verdict.sequence]
            gone[verdict.sequence] = f"withdrawn by {withdrawal.decided_by} on {withdrawal.decided_at:%Y-%m-%d}"
            continue
        if verdict.sequence in gone:
            continue
        who = (verdict.pair, verdict.decided_by.casefold())
        if who in later:
            gone[verdict.sequence] = f"replaced by a later verdict of {verdict.decided_by}"
            continue
        later.add(who)
        for number in overrules[verdict.sequence]:
            gone.setdefault(number, f"overruled by {verdict.decided_by} (entry {verdict.sequence})")
    return gone


def _read(
    entry: LogEntry, *, moves: Mapping[Key, Sequence[tuple[int, Key]]], tonight: Mapping[Key, Key]
) -> VerdictEntry:
    records = entry.payload["records"]
    keys = [(record["center_id"], record["record_uid"]) for record in records]
    present = [_present(key, after=entry.sequence, moves=moves, tonight=tonight) for key in keys]
    first, second = records
    return VerdictEntry(
        sequence=entry.sequence,
        decided_at=entry.decided_at,
        decided_by=entry.decided_by,
        verdict=Verdict(entry.payload["verdict"]),
        reason=entry.payload["reason"],
        keys=(keys[0], keys[1]),
        present=(present[0], present[1]),
        names=(first.get("name"), second.get("name")),
        numbers=(first.get("native_id"), second.get("native_id")),
        values=(first.get("values", {}), second.get("values", {})),
        forms=entry.payload.get("forms", 1),
        score=entry.payload.get("score"),
        band=entry.payload.get("band"),
    )


def _present(
    key: Key, *, after: int, moves: Mapping[Key, Sequence[tuple[int, Key]]], tonight: Mapping[Key, Key]
) -> Key:
    """Return what a record is called now. Only numbers given after the verdict count: a center may go back to old ones."""
    while True:
        later = [(sequence, new) for sequence, new in moves.get(key, ()) if sequence > after]
        if not later:
            return tonight.get(key, key)
        after, key = later[0]


def _agree(pair: Pair, entries: Sequence[VerdictEntry]) -> PairVerdict:
    # Unsure is no voice: beside somebody's verdict it neither agrees nor contradicts.
    said = {entry.verdict for entry in entries} - {Verdict.UNSURE}
    verdict = (said.pop() if said else Verdict.UNSURE) if len(said) < 2 else None
    return PairVerdict(pair=pair, entries=tuple(entries), verdict=verdict)
