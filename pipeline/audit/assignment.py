"""Who audits which record: nobody their own, the work shared out evenly, a part scored blind by a second auditor."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.audit.draw_numbers import draw_numbers
from schemas.auditing import DrawItem
from schemas.contract import conform
from schemas.errors import UsageError

#: Added to the seed, so that who is scored twice does not follow from who was drawn first.
_SECOND = "/second"
_MINUTES_UNKNOWN = 1.0
_LARGEST_SHARE = 0.20


@dataclass(frozen=True, kw_only=True)
class Auditor:
    """One auditor.

    Attributes:
        name: As on the worksheet.
        curates: Curator names of the directory whose records are this person's own; the own name always is one of them.
    """

    name: str
    curates: frozenset[str] = frozenset()

    def owns(self, curators: Iterable[str]) -> bool:
        """Tell whether one of these curators is this person."""
        own = {one.casefold() for one in (self.name, *self.curates)}
        return any(curator.strip().casefold() in own for curator in curators)


def read_auditors(texts: Iterable[str]) -> tuple[Auditor, ...]:
    """Read auditors from texts `Name` or `Name = curator, curator`.

    >>> [one.name for one in read_auditors(["Ann = jdoe, ann", "Ben"])]
    ['Ann', 'Ben']

    Raises:
        UsageError: A name is blank or given twice.
    """
    auditors = []
    for text in texts:
        name, _, own = text.partition("=")
        if not name.strip():
            raise UsageError(f"The auditor {text!r} has no name.", advice='Write "Name" or "Name = curator, curator".')
        auditors.append(
            Auditor(name=name.strip(), curates=frozenset(one.strip() for one in own.split(",") if one.strip()))
        )
    folded = [one.name.casefold() for one in auditors]
    for one in auditors:
        if folded.count(one.name.casefold()) > 1:
            raise UsageError(f"The auditor {one.name} is named twice.", advice="Name everybody once.")
    return tuple(auditors)


def assign_auditors(
    items: pl.DataFrame,
    *,
    auditors: Sequence[Auditor],
    curators: Mapping[tuple[str, str], Sequence[str]],
    seed: str,
    second_share: float,
    second_minimum: int,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Share out the drawn records.

    Records that fewest may audit are given first, then the largest; each goes to whoever has the least work so far, counted in
    minutes of the bundle. Assignments that the items carry already are kept.

    Args:
        items: `schemas.auditing.DrawItem`.
        auditors: Who audits; nobody leaves everything unassigned.
        curators: Everybody who curates a part of a record, by center and record.
        seed: Seed of the draw.
        second_share: Share scored twice.
        second_minimum: Fewest records scored twice, if so many were drawn.

    Returns:
        The items with `auditor` and `second_rater`, and what must be told.
    """
    if not auditors or items.is_empty():
        return items, ()
    rows = items.to_dicts()
    load = dict.fromkeys((one.name for one in auditors), 0.0)
    for row in rows:
        for name in (row["auditor"], row["second_rater"]):
            if name in load:
                load[name] += _minutes(row)
    allowed = {row["rank"]: [one.name for one in auditors if not one.owns(_owners(row, curators))] for row in rows}
    told = []
    for row in sorted(rows, key=lambda row: (len(allowed[row["rank"]]), -_minutes(row), row["rank"])):
        if row["auditor"] is None:
            row["auditor"] = _least_loaded(allowed[row["rank"]], load, row)
    nobody = [row for row in rows if row["auditor"] is None]
    if nobody:
        told.append(
            f"{len(nobody):,} of {len(rows):,} drawn records have no auditor: every auditor curates a part of them. "
            "Name another auditor."
        )
    wanted = second_count(len(rows), share=second_share, minimum=second_minimum)
    twice = _scored_twice(rows, seed=seed, wanted=wanted, allowed=allowed)
    for row in sorted(twice, key=lambda row: (len(allowed[row["rank"]]), -_minutes(row), row["rank"])):
        others = [name for name in allowed[row["rank"]] if name.casefold() != row["auditor"].casefold()]
        row["second_rater"] = _least_loaded(others, load, row)
    got = sum(row["second_rater"] is not None for row in rows)
    if got < wanted:
        told.append(
            f"Only {got:,} of the {wanted:,} records that should be scored twice have a second auditor"
            f"{': name at least two auditors.' if len(auditors) == 1 else '; name more auditors.'}"
        )
    elif got > second_count(len(rows), share=second_share, minimum=0) and got > _LARGEST_SHARE * len(rows) + 1e-9:
        told.append(
            f"{got:,} of {len(rows):,} records are scored twice: below {second_minimum} an agreement says little. "
            "Fewer: --second-minimum."
        )
    return conform(pl.DataFrame(rows, schema=items.schema), DrawItem), tuple(told)


def second_count(count: int, *, share: float, minimum: int) -> int:
    """Return how many records are scored twice.

    >>> second_count(100, share=0.15, minimum=20), second_count(32, share=0.15, minimum=0), second_count(9, share=0, minimum=20)
    (20, 5, 0)

    Args:
        count: Records drawn.
        share: Share scored twice, rounded up; 0 for none whatever the minimum.
        minimum: Fewest, if so many were drawn.
    """
    return min(count, max(math.ceil(share * count - 1e-9), minimum)) if share else 0


def _scored_twice(
    rows: Sequence[dict[str, Any]], *, seed: str, wanted: int, allowed: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    """Return the records that get a second auditor now: by their own numbers, those first that have one already."""
    numbers = draw_numbers(pl.Series([row["record_uid"] for row in rows], dtype=pl.String), seed=seed + _SECOND)
    has = [row for row in rows if row["second_rater"] is not None]
    can = [
        (number, row["rank"], row)
        for number, row in zip(numbers, rows, strict=True)
        if row["second_rater"] is None and row["auditor"] is not None and len(allowed[row["rank"]]) > 1
    ]
    return [row for *_, row in sorted(can, key=lambda one: one[:2])[: max(0, wanted - len(has))]]


def _least_loaded(names: Sequence[str], load: dict[str, float], row: Mapping[str, Any]) -> str | None:
    if not names:
        return None
    chosen = min(names, key=lambda name: (load[name], name))
    load[chosen] += _minutes(row)
    return chosen


def _owners(row: Mapping[str, Any], curators: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    own = [row["curator"]] if row["curator"] else []
    return [*own, *curators.get((row["center_id"], row["record_uid"]), ())]


def _minutes(row: Mapping[str, Any]) -> float:
    minutes = row["minutes"]
    return _MINUTES_UNKNOWN if minutes is None else float(minutes)
