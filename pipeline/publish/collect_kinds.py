"""Collecting private values of a directory that is looked at part by part, without having two parts in memory.

A value is private for the whole directory or not at all, though it may be private in one part and public in another. So every part is
looked at twice: first for what is private in it, then, when it is known what is private anywhere, for what of this it shows publicly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import polars as pl

from pipeline.publish.public_records import Selection
from pipeline.publish.working_ahead import done_together
from schemas.directory import Directory

_Found = TypeVar("_Found")
_Asked = TypeVar("_Asked")
_Seen = TypeVar("_Seen")

#: Blocks of whole families with the verdicts on their records; every call gives the same ones, read one by one.
Parts = Callable[[], Iterable[tuple[Directory, Selection]]]

#: Public rows of small parts are asked about together once there are so many: getting ready to search for all private values of a
#: nation costs as much as searching this many rows for them (project choice).
ROWS_AT_ONCE = 250_000


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[_Found, _Asked, _Seen]):
    """How one kind of private values is collected. What the steps return is small and holds no frame of a part.

    Args:
        find: What is private in a part.
        settle: What is asked about, of what was found in all parts.
        public: The distinct rows of a part that may show such values publicly.
        ask: What public rows show of that which is asked about.
        tell: The values by the field of `PrivateValues`, of what is asked about and what was seen.
    """

    find: Callable[[Directory, Selection], _Found]
    settle: Callable[[Sequence[_Found]], _Asked]
    public: Callable[[Directory, Selection], pl.DataFrame]
    ask: Callable[[pl.DataFrame, _Asked], _Seen]
    tell: Callable[[_Asked, Sequence[_Seen]], dict[str, frozenset[str]]]


def collect_kinds(
    kinds: Mapping[str, Kind[Any, Any, Any]], parts: Parts, *, rows_at_once: int
) -> dict[str, frozenset[str]]:
    """Return the private values by the field of `PrivateValues`; no kind waits for another, two are worked on at a time.

    Args:
        kinds: The kinds by name.
        parts: Gives the parts; called twice.
        rows_at_once: Public rows that are asked about together.
    """
    found = _listed(kinds, _of_each(parts, {name: kind.find for name, kind in kinds.items()}))
    asked = done_together({name: partial(kind.settle, found[name]) for name, kind in kinds.items()})
    del found
    waiting: dict[str, list[pl.DataFrame]] = {name: [] for name in kinds}
    seen: dict[str, list[Any]] = {name: [] for name in kinds}

    def ask(least_rows: int) -> None:
        due = [name for name, frames in waiting.items() if sum(frame.height for frame in frames) >= least_rows]
        for name, shown in done_together(
            {name: partial(_ask_about, kinds[name], waiting[name], asked[name]) for name in due}
        ).items():
            seen[name].append(shown)
            waiting[name] = []

    for rows in _of_each(parts, {name: kind.public for name, kind in kinds.items()}):
        for name, frame in rows.items():
            waiting[name].append(frame)
        del rows
        ask(rows_at_once)
    ask(1)
    told = done_together({name: partial(kind.tell, asked[name], seen[name]) for name, kind in kinds.items()})
    return {field: values for fields in told.values() for field, values in fields.items()}


def _of_each(parts: Parts, steps: Mapping[str, Callable[[Directory, Selection], Any]]) -> Iterator[dict[str, Any]]:
    """Do steps with each part, and let go of the part before the next one is read."""
    for part in parts():
        made = done_together({name: partial(step, *part) for name, step in steps.items()})
        del part
        yield made
        del made


def _listed(names: Iterable[str], made: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in names}
    for one in made:
        for name, value in one.items():
            found[name].append(value)
    return found


def _ask_about(kind: Kind[Any, Any, Any], frames: list[pl.DataFrame], asked: Any) -> Any:  # noqa: ANN401 a kind's own
    rows = frames[0] if len(frames) == 1 else pl.concat(frames).unique()
    return kind.ask(rows, asked)
