"""What follows from verdicts on other pairs: same and same is same, same and different is different, and no more.

Implied verdicts are derived anew every time and never stored as decisions. Where verdicts contradict each other (A is B, B is C,
A is not C) nothing follows from any of them until people settle it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.curate.verdict_log import PairVerdict, VerdictEntry
from schemas.decided import Key, Pair
from schemas.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Verdicts that cannot all be true.

    Attributes:
        pair: The pair that is called different, or of which two persons say different things.
        entries: The verdicts that contradict each other, in the order of the log.
        told: The contradiction in one sentence.
    """

    pair: Pair
    entries: tuple[VerdictEntry, ...]
    told: str


@dataclass(frozen=True, kw_only=True)
class Implied:
    """A verdict that follows from others.

    Attributes:
        verdict: `same` or `different`.
        chain: The verdicts it follows from, in the order in which they lead from one record to the other.
    """

    verdict: Verdict
    chain: tuple[VerdictEntry, ...]


class VerdictGroups:
    """Groups of agencies that people called one, and the walls between them."""

    def __init__(self, standing: Mapping[Pair, PairVerdict]) -> None:
        self._standing = standing
        self._same: dict[Key, dict[Key, PairVerdict]] = {}
        self._different: dict[Key, dict[Key, PairVerdict]] = {}
        for (a, b), said in standing.items():
            if said.verdict == Verdict.SAME:
                self._join(self._same, a, b, said)
            elif said.verdict == Verdict.DIFFERENT:
                self._join(self._different, a, b, said)
        self._group: dict[Key, Key] = {}
        self._members: dict[Key, tuple[Key, ...]] = {}
        for key in sorted(self._same):
            if key not in self._group:
                members = tuple(sorted(self._reach(key)))
                self._members[members[0]] = members
                self._group |= dict.fromkeys(members, members[0])
        self.contradictions: tuple[Contradiction, ...] = tuple(self._contradict())
        # Two persons at odds about one pair freeze nothing else; the pair itself is no edge.
        self._frozen = {
            self._group[a]
            for a, b in (one.pair for one in self.contradictions)
            if a in self._group and self._group[a] == self._group.get(b)
        }

    @staticmethod
    def _join(edges: dict[Key, dict[Key, PairVerdict]], a: Key, b: Key, said: PairVerdict) -> None:
        edges.setdefault(a, {})[b] = said
        edges.setdefault(b, {})[a] = said

    def _reach(self, start: Key) -> Collection[Key]:
        seen, waiting = {start}, deque([start])
        while waiting:
            for other in self._same[waiting.popleft()]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def groups(self) -> tuple[tuple[Key, ...], ...]:
        """Return the groups of two and more that verdicts confirm, sorted; groups with a contradiction are not among them."""
        return tuple(members for root, members in sorted(self._members.items()) if root not in self._frozen)

    def group_of(self, key: Key) -> tuple[Key, ...]:
        """Return all agencies that are the same as this one, itself included; itself alone where there is a contradiction."""
        root = self._group.get(key)
        return (key,) if root is None or root in self._frozen else self._members[root]

    def is_frozen(self, key: Key) -> bool:
        """Tell whether the agency's group holds a contradiction."""
        return self._group.get(key) in self._frozen if key in self._group else False

    def implied(self, a: Key, b: Key) -> Implied | None:
        """Return what follows about a pair that nobody decided; None when nothing does."""
        if self.is_frozen(a) or self.is_frozen(b):
            return None
        ours, theirs = self.group_of(a), self.group_of(b)
        if ours == theirs:
            return Implied(verdict=Verdict.SAME, chain=self._path(a, b)) if a != b else None
        small, large = sorted([ours, theirs], key=len)
        inside = set(large)
        for member in small:
            for other, said in sorted(self._different.get(member, {}).items()):
                if other in inside:
                    here, there = (member, other) if member in set(ours) else (other, member)
                    return Implied(
                        verdict=Verdict.DIFFERENT,
                        chain=(*self._path(a, here), said.last, *self._path(there, b)),
                    )
        return None

    def _path(self, start: Key, end: Key) -> tuple[VerdictEntry, ...]:
        """Return the shortest chain of verdicts "same" between two members of a group."""
        came: dict[Key, Key] = {start: start}
        waiting = deque([start])
        while waiting and end not in came:
            here = waiting.popleft()
            for other in sorted(self._same.get(here, {})):
                if other not in came:
                    came[other] = here
                    waiting.append(other)
        chain: list[VerdictEntry] = []
        while end != start:
            chain.append(self._same[came[end]][end].last)
            end = came[end]
        return tuple(reversed(chain))

    def _contradict(self) -> list[Contradiction]:
        found = []
        for pair, said in self._standing.items():
            if said.verdict is None:
                voices = ", ".join(f"{entry.decided_by} says {entry.verdict}" for entry in said.entries)
                found.append(Contradiction(pair=pair, entries=said.entries, told=f"Of this pair {voices}."))
            elif said.verdict == Verdict.DIFFERENT:
                a, b = pair
                if a in self._group and self._group[a] == self._group.get(b):
                    entries = sorted([said.last, *self._path(a, b)], key=lambda entry: entry.sequence)
                    voices = "; ".join(tell_entry(entry) for entry in entries)
                    found.append(
                        Contradiction(pair=pair, entries=tuple(entries), told=f"These cannot all be true: {voices}.")
                    )
        return found


def tell_entry(entry: VerdictEntry) -> str:
    """Return a verdict in words, such as `“Food Bank” (1) and “Food Bank Inc” (7) are the same (entry 3, Ana, 2026-11-20)`."""
    first, second = (
        f"“{name or '(no name)'}”" + (f" ({number})" if number else "")
        for name, number in zip(entry.names, entry.numbers, strict=True)
    )
    words = {
        Verdict.SAME: "are the same",
        Verdict.DIFFERENT: "are different",
        Verdict.UNSURE: "could not be told",
    }[entry.verdict]
    return f"{first} and {second} {words} (entry {entry.sequence}, {entry.decided_by}, {entry.decided_at:%Y-%m-%d})"
