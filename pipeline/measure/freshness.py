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

from pipeline.measure.complexity import grade_bundles
from pipeline.measure.dated_records import DatedDirectory, date_bundles, date_directory
from pipeline.measure.freshness_cases import (
    HEADLINE,
    PLURALS,
    VERIFIED,
    count_cases,
    find_reasons,
    list_unknowable,
)
from pipeline.measure.freshness_dimensions import split_by_branch, split_by_language
from pipeline.measure.freshness_figures import (
    count_bands,
    count_not_counted,
    figure_bands,
    figure_dimension,
    figure_frequent_days,
    figure_not_counted,
    figure_shares,
    find_frequent_days,
)
from pipeline.measure.suspicious import count_suspicious, find_suspicious
from pipeline.measure.window import window_of
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.measures import Measure
from schemas.parameters import FreshnessRule
from schemas.staffing_parameters import StaffingParameters

#: Ending of the measures from which verifications that deserve a question are set aside.
WITHOUT_SUSPICIOUS = "without_suspicious"

#: What is asked of the records in further windows.
_BY_CENTER = ("center_id", "kind", "verified_on")

#: Dimensions in which a unit can stand several times.
_SPLIT = ("branch", "language")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows that a verification deserves a question.

    Attributes:
        findings: Open findings, `schemas.quality.TrackedFinding`.
        verifications: `schemas.history.Verification` of all nights.
    """

    findings: pl.DataFrame
    verifications: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """The freshness of a directory on one day.

    Attributes:
        as_of: Last day of the window.
        cutoff_on: First day of the window; both days count.
        window_kind: What the window begins with.
        rule: Window, bands and options used.
        figures: Every figure as `schemas.measures.Measure` rows. `center_id` is null for all centers together.
        bands: Counts per freshness band.
        levels: Which record kinds carry dates, and so take part in the date of a bundle.
        excluded: Rows left out of every figure, by reason.
        unknowable: Centers whose share cannot be known, with the number of records kept out.
        frequent_days: The most frequent single day.
        suspicions: `schemas.freshness.Suspicion`; None when it was not asked.
        level_notes: For the report: one sentence per center about the levels, and one for every center that is kept out of
            a share over all centers.
    """

    as_of: date
    cutoff_on: date
    window_kind: WindowKind
    rule: FreshnessRule
    figures: pl.DataFrame
    bands: pl.DataFrame
    levels: pl.DataFrame
    excluded: pl.DataFrame
    unknowable: pl.DataFrame
    frequent_days: pl.DataFrame
    suspicions: pl.DataFrame | None
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
    window_kind: WindowKind = WindowKind.ROLLING,
    further_windows: Sequence[WindowKind] = (),
    evidence: Evidence | None = None,
    dated: DatedDirectory | None = None,
) -> Freshness:
    """Measure how much of a directory was updated in the window that ends on a day.

    A record's county and curator are its own, else those of its agency. A record that exists in several languages counts
    with the oldest of its verification days, and with the newest of its edit days. A counted record whose agency is
    missing counts in the record figures only.

    Args:
        directory: One or many centers. Only counted rows count; duplicates of one id count as often as delivered.
        as_of: Last day of the window, included. Later days count as blank.
        rule: Window and bands in calendar months, the share from which a level is tracked, the verifier option.
        dimensions: Breakdowns wanted: `center`, `county`, `curator`, `kind`, `tier`, `branch`, `language`. In the last two a unit can
            stand in several rows.
        window_kind: What the window begins with.
        further_windows: Windows of which the headline and the verified records are also told, as a whole and by center, under the
            names `complete_agency_update_fiscal_year` and so on.
        evidence: What shows that a verification deserves a question; with it the shares without such verifications are also told,
            as `complete_agency_update_without_suspicious` and `verified_record_without_suspicious` (not by language), and the records
            under each reason as `suspicious_verification`.
        dated: From `date_directory` for the same directory, day and rule; worked out here when not given.

    Returns:
        All figures, over all centers and for each center.
    """
    window = window_of(rule, as_of=as_of, kind=window_kind)
    dated = dated or date_directory(directory, as_of=as_of, rule=rule)
    records, levels, bundles = dated.records, dated.levels, dated.bundles
    if "tier" in dimensions:
        tiers = grade_bundles(directory, parameters=StaffingParameters())
        records, bundles = (_with_tier(frame, tiers) for frame in (records, bundles))
    reasons = find_reasons(records, levels=levels, rule=rule)
    cases = count_cases(records, bundles=bundles, window=window, reasons=reasons)
    centers = _centers(directory)
    plain = [dimension for dimension in dimensions if dimension not in _SPLIT]
    parts = [figure_shares(cases, centers=centers, dimensions=plain)]
    for dimension in dimensions:
        if dimension in _SPLIT:
            split = (
                split_by_branch(records, bundles, directory=directory)
                if dimension == "branch"
                else split_by_language(records, bundles, directory=directory, levels=levels, as_of=as_of, rule=rule)
            )
            divided = count_cases(split[0], bundles=split[1], window=window, reasons=reasons)
            parts.append(figure_dimension(divided, dimension=dimension))
    for kind in further_windows:
        others = count_cases(
            records.select(_BY_CENTER),
            bundles=bundles.select("center_id", "kind", "day"),
            window=window_of(rule, as_of=as_of, kind=kind),
            reasons=reasons,
            measures=(HEADLINE, VERIFIED),
        )
        parts.append(_renamed(figure_shares(others, centers=centers, dimensions=["center"]), suffix=kind.value))
    suspicions = None
    if evidence is not None:
        suspicions = find_suspicious(
            records, findings=evidence.findings, verifications=evidence.verifications, window=window, rule=rule
        )
        kept = set_aside(records, suspicions=suspicions)
        kept_bundles = date_bundles(kept, levels=levels).with_columns(was_blank=pl.col("kept_day").is_null())
        without = count_cases(kept, bundles=kept_bundles, window=window, reasons=reasons, measures=(HEADLINE, VERIFIED))
        shares = [figure_shares(without, centers=centers, dimensions=plain)]
        if "branch" in dimensions:
            split = split_by_branch(kept, kept_bundles, directory=directory)
            divided = count_cases(
                split[0], bundles=split[1], window=window, reasons=reasons, measures=(HEADLINE, VERIFIED)
            )
            shares.append(figure_dimension(divided, dimension="branch"))
        parts += [
            _renamed(pl.concat(shares, how="diagonal"), suffix=WITHOUT_SUSPICIOUS),
            count_suspicious(suspicions, records=records),
        ]
    bands = count_bands(cases)
    excluded = count_not_counted(directory)
    days = find_frequent_days(records)
    figures = pl.concat(
        [
            *parts,
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
        window_kind=window_kind,
        rule=rule,
        figures=conform(figures.sort("center_id", "measure", "dimension", "value"), Measure),
        bands=bands,
        levels=levels,
        excluded=excluded,
        unknowable=unknowable,
        frequent_days=days,
        suspicions=suspicions,
        level_notes=(*_level_notes(levels, rule=rule), *_kept_out_notes(unknowable, figures=figures)),
    )


def set_aside(records: pl.DataFrame, *, suspicions: pl.DataFrame) -> pl.DataFrame:
    """Return the records with the verification days that deserve a question blanked; `was_blank` tells those that had none before.

    Args:
        records: From `date_records`.
        suspicions: From `find_suspicious`.
    """
    key = ["center_id", "kind", "record_uid"]
    marked = suspicions.select(key).unique().with_columns(is_set_aside=pl.lit(value=True))
    day = pl.col("verified_on")
    return (
        records.join(marked, on=key, how="left")
        .with_columns(
            was_blank=day.is_null(),
            own_day=day,
            verified_on=pl.when(pl.col("is_set_aside").is_null()).then(day),
        )
        .drop("is_set_aside")
    )


def _renamed(figures: pl.DataFrame, *, suffix: str) -> pl.DataFrame:
    return figures.filter(pl.col("measure").is_in([HEADLINE, VERIFIED])).with_columns(
        measure=pl.format(f"{{}}_{suffix}", "measure")
    )


def _centers(directory: Directory) -> list[str]:
    """Return every center that delivered a record, counted or not."""
    tables = (directory.agency, directory.site, directory.service, directory.service_at_site)
    return sorted({center_id for table in tables for center_id in table.get_column("center_id").unique()})


def _with_tier(units: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    return units.join(tiers, on=["center_id", "agency_uid"], how="left")


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
