"""Which night is meant: a run by its name or the beginning of it, or the last run that speaks of a day or an earlier one."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.errors import InputError, UsageError


def find_night(runs: pl.DataFrame, said: str, *, option: str) -> str:
    """Return the run that is meant.

    Args:
        runs: `run_id` and `as_of` of the published runs to choose from.
        said: Name of a run, the beginning of one, or a day, YYYY-MM-DD: the last run that speaks of that day or an earlier one.
        option: The option with which it was said, for messages.

    Raises:
        InputError: No run is named so, or none speaks of that day or an earlier one.
        UsageError: Several runs begin so, or nothing was said.
    """
    day = _day(said)
    if day is not None:
        run_id = night_of(runs, day)
        if run_id is None:
            days = runs["as_of"].sort().to_list()
            first = f" The first is of {days[0]}." if days else ""
            raise InputError(f"No earlier night speaks of {day} or a day before it.{first}")
        return run_id
    if not said.strip():
        raise UsageError(f"{option} is empty.", advice="Name a run, the beginning of one, or a day.")
    named = sorted(run_id for run_id in runs["run_id"].to_list() if run_id.startswith(said))
    if len(named) > 1 and said not in named:
        raise UsageError(f"{option}: several runs begin with {said}: {', '.join(named[:5])}.")
    if not named:
        known = ", ".join(runs["run_id"].sort().tail(5).to_list()) or "none"
        raise InputError(f"There is no earlier run {said}.", advice=f"The last ones: {known}. A day will do too.")
    return said if said in named else named[0]


def night_of(runs: pl.DataFrame, day: date) -> str | None:
    """Return the last run that speaks of a day, or else of the nearest day before it; None when there is none."""
    until = runs.filter(pl.col("as_of") <= day).sort("as_of", "run_id")
    return None if until.is_empty() else str(until["run_id"][-1])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
