"""New agencies, audits and merges of a year: as the settings say, or as the directory shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.measure.window import months_before
from schemas.directory import Directory
from schemas.staffing_parameters import StaffingParameters, Workload

_YEAR_MONTHS = 12
#: Noun of each number, of one and of several, in the order of the formula.
_NOUNS = {
    "new_agencies": ("new agency a year", "new agencies a year"),
    "audits": ("audited record a year", "audited records a year"),
    "merges": ("merged duplicate", "merged duplicates"),
}


@dataclass(frozen=True, kw_only=True)
class ObservedWorkload:
    """What a directory shows of the work besides updates. None: it cannot be known.

    Attributes:
        new_agencies: Agencies entered in the last twelve months.
        audits: Records audited in a year, at the rate of the standing sample.
        merges: Pairs of agencies that wait to be compared because they are probably one, and confirmed ones not merged yet.
    """

    new_agencies: int | None = None
    audits: int | None = None
    merges: int | None = None


def count_new_agencies(directory: Directory, *, as_of: date) -> int | None:
    """Return the counted agencies created in the twelve months that end on a day; None when no agency has a creation day.

    Args:
        directory: One or many centers.
        as_of: Last day; agencies created later are not counted.
    """
    created = directory.agency.filter("is_counted").unique(["center_id", "record_uid"])["created_on"].drop_nulls()
    if created.is_empty():
        return None
    first = months_before(as_of, months=_YEAR_MONTHS)
    return int(((created > first) & (created <= as_of)).sum())


def settle_workload(
    parameters: StaffingParameters, *, observed: ObservedWorkload
) -> tuple[StaffingParameters, tuple[str, ...]]:
    """Put what is observed in the place of `observed`, and tell what is left out.

    Args:
        parameters: The model, with numbers or `observed`.
        observed: What the directory shows.

    Returns:
        The model with numbers only, and what must be told, one sentence each: numbers that cannot be observed and count as 0, and
        work that the directory shows and the settings leave out.
    """
    settled: dict[str, int] = {}
    notes = []
    for name, (one, many) in _NOUNS.items():
        wanted: Workload = getattr(parameters, name)
        shown: int | None = getattr(observed, name)
        if wanted == "observed":
            settled[name] = shown or 0
            if shown is None:
                notes.append(
                    f"How many {many} there are cannot be seen in the data; none is in the figure ([staffing] {name})."
                )
        elif wanted == 0 and shown:
            noun = one if shown == 1 else many
            notes.append(
                f"Not in the figure: about {shown:,} {noun}, as the data show. Put them in with [staffing] {name} = {shown} "
                'or "observed".'
            )
    return parameters.model_copy(update=settled), tuple(notes)


def number_of(wanted: Workload) -> int:
    """Return a number of the year; what is to be observed and was not settled counts as 0."""
    return 0 if wanted == "observed" else int(wanted)


def count_audits(size_a_month: int) -> int:
    """Return the records audited in a year at the rate of the standing monthly sample."""
    return size_a_month * _YEAR_MONTHS


def count_merges(pair_state: pl.DataFrame, scored: pl.DataFrame) -> int:
    """Return pairs that somebody will have to merge or to look at: asked ones in the band `duplicate`, and pairs that people called one.

    Args:
        pair_state: `schemas.verdicts.PairState`.
        scored: `schemas.matching.ScoredPair`.
    """
    likely = scored.filter(pl.col("band") == "duplicate").select("pair_id")
    asked = pair_state.filter(pl.col("standing").is_in(["open", "reopened"])).join(likely, on="pair_id", how="semi")
    same = pair_state.filter((pl.col("verdict") == "same") & (pl.col("standing") == "decided"))
    return pl.concat([asked.select("pair_id"), same.select("pair_id")]).n_unique()
