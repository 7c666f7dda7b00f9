"""The share of the directory that was updated in the last year, in its three readings.

The three figures answer different questions and are always shown together:

    complete_agency_update   agencies of which every counted record was verified in the window    (headline)
    verified_record          records verified in the window
    edited_record            records changed in the window; an edit is no verification

A blank, unreadable or future day means "not updated": the record stays in the denominator and is also counted as
`unknown`. A center whose export has no such day at all is a different matter: nothing is known about it, so its share is
null with a reason and its records stay out of figures over several centers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.measure.complexity import measure_complexity
from pipeline.measure.dated_records import date_bundles, date_records, track_levels
from pipeline.measure.freshness_cases import HEADLINE, PLURALS, count_cases, list_unknowable
from pipeline.measure.freshness_figures import (
    count_bands,
    count_not_counted,
    figure_bands,
    figure_frequent_days,
    figure_not_counted,
    figure_shares,
    find_frequent_days,
)
from pipeline.measure.window import window_of
from schemas.contract import conform
from schemas.directory import Directory
from schemas.measures import Measure
from schemas.parameters import FreshnessRule, StaffingParameters


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """The freshness of a directory on one day.

    Attributes:
        as_of: Last day of the window.
        cutoff_on: First day of the window; both days count.
        rule: Window, bands and options used.
        figures: Every figure as `schemas.measures.Measure` rows. `center_id` is null for all centers together.
        bands: Counts per freshness band.
        levels: Which record kinds carry dates, and so take part in the date of a bundle.
        excluded: Rows left out of every figure, by reason.
        unknowable: Centers whose share cannot be known, with the number of records kept out.
        frequent_days: The most frequent single day.
        level_notes: For the report: one sentence per center about the levels, and one for every center that is kept out of
            a share over all centers.
    """

    as_of: date
    cutoff_on: date
    rule: FreshnessRule
    figures: pl.DataFrame
    bands: pl.DataFrame
    levels: pl.DataFrame
    excluded: pl.DataFrame
    unknowable: pl.DataFrame
    frequent_days: pl.DataFrame
    level_notes: tuple[str, ...]

    def headline(self, measure: str = HEADLINE, *, center_id: str | None = None) -> dict[str, object]:
        """Return one figure as the JSON documents show it.

        Args:
            measure: `complete_agency_update`, `verified_record` or `edited_record`.
            center_id: One center, or None for all together.

        Returns:
            `numerator`, `denominator`, `unknown`, `share`; with `reason` when the share is null, and with `kept_out`
            (center, records, reason) when centers whose share cannot be known are left out of it.
        """
        row = self.figures.filter(
            (pl.col("measure") == measure)
            & (pl.col("dimension") == "all")
            & pl.col("center_id").eq_missing(pl.lit(center_id, dtype=pl.String))
        ).to_dicts()[0]
        figure: dict[str, object] = {
            "numerator": _whole(row["numerator"]),
            "denominator": _whole(row["denominator"]),
            "unknown": _whole(row["unknown"]),
            "share": row["share"],
        }
        if row["share"] is None:
            figure["reason"] = row["reason"]
        elif center_id is None:
            kept_out = self.unknowable.filter(pl.col("measure") == measure)
            if kept_out.height:
                figure["kept_out"] = kept_out.select("center_id", "record_count", "reason").to_dicts()
        return figure


def measure_freshness(
    directory: Directory,
    *,
    as_of: date,
    rule: FreshnessRule,
    dimensions: Sequence[str] = ("center", "county", "curator", "kind"),
) -> Freshness:
    """Measure how much of a directory was updated in the window that ends on a day.

    A record's county and curator are its own, else those of its agency. A record that exists in several languages counts
    with the oldest of its verification days, and with the newest of its edit days. A counted record whose agency is
    missing counts in the record figures only.

    Args:
        directory: One or many centers. Only counted rows count; duplicates of one id count as often as delivered.
        as_of: Last day of the window, included. Later days count as blank.
        rule: Window and bands in calendar months, the share from which a level is tracked, the verifier option.
        dimensions: Breakdowns wanted: `center`, `county`, `curator`, `kind`, `tier`.

    Returns:
        All figures, over all centers and for each center.
    """
    window = window_of(rule, as_of=as_of)
    records = date_records(directory, as_of=as_of, rule=rule)
    if "tier" in dimensions:
        records = _with_tier(records, directory, as_of=as_of)
    levels = track_levels(records, rule=rule)
    bundles = date_bundles(records, levels=levels)
    cases = count_cases(records, bundles=bundles, levels=levels, window=window, rule=rule)
    bands = count_bands(cases)
    excluded = count_not_counted(directory)
    days = find_frequent_days(records)
    figures = pl.concat(
        [
            figure_shares(cases, centers=_centers(directory), dimensions=dimensions),
            figure_bands(bands),
            figure_not_counted(excluded, directory=directory),
            figure_frequent_days(days),
        ],
        how="diagonal",
    ).with_columns(as_of=pl.lit(as_of))
    unknowable = list_unknowable(cases)
    return Freshness(
        as_of=as_of,
        cutoff_on=window.cutoff_on,
        rule=rule,
        figures=conform(figures.sort("center_id", "measure", "dimension", "value"), Measure),
        bands=bands,
        levels=levels,
        excluded=excluded,
        unknowable=unknowable,
        frequent_days=days,
        level_notes=(*_level_notes(levels, rule=rule), *_kept_out_notes(unknowable, figures=figures)),
    )


def _centers(directory: Directory) -> list[str]:
    """Return every center that delivered a record, counted or not."""
    tables = (directory.agency, directory.site, directory.service, directory.service_at_site)
    return sorted({center_id for table in tables for center_id in table.get_column("center_id").unique()})


def _with_tier(records: pl.DataFrame, directory: Directory, *, as_of: date) -> pl.DataFrame:
    tiers = measure_complexity(directory, as_of=as_of, parameters=StaffingParameters()).select(
        "center_id", "tier", agency_uid="record_uid"
    )
    return records.join(tiers, on=["center_id", "agency_uid"], how="left")


def _level_notes(levels: pl.DataFrame, *, rule: FreshnessRule) -> tuple[str, ...]:
    """Return one sentence per center: which levels make up the date of a bundle, and which are left out."""
    notes = []
    for (center_id,), rows in levels.group_by("center_id", maintain_order=True):
        tracked = [PLURALS[row["kind"]] for row in rows.to_dicts() if row["is_tracked"]]
        left_out = [
            f"{PLURALS[row['kind']]} ({row['dated']:,} of {row['counted']:,} dated)"
            for row in rows.to_dicts()
            if not row["is_tracked"]
        ]
        if tracked:
            note = f"Center {center_id}: the date of a bundle is the oldest over its {_listed(tracked)}"
        else:
            note = f"Center {center_id}: no level is tracked, so bundles have no date"
        if left_out:
            note += f"; left out as not tracked (under {rule.tracked_share * 100:g} % dated): {_listed(left_out)}"
        notes.append(f"{note}.")
    return tuple(notes)


def _kept_out_notes(unknowable: pl.DataFrame, *, figures: pl.DataFrame) -> tuple[str, ...]:
    """Return one sentence per center and measure that a share over all centers does not speak of."""
    common = figures.filter(
        pl.col("center_id").is_null() & (pl.col("dimension") == "all") & pl.col("share").is_not_null()
    ).get_column("measure")
    return tuple(
        f"Center {row['center_id']}: its {row['record_count']:,} {'agencies' if row['measure'] == HEADLINE else 'records'} "
        f"are kept out of {row['measure']} over all centers. {row['reason']}"
        for row in unknowable.filter(pl.col("measure").is_in(common.implode())).to_dicts()
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
