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
from pipeline.measure.window import Window, band_of, usable, window_of
from schemas.contract import conform
from schemas.directory import RECORD_COLUMNS, Directory
from schemas.enumerations import COUNTED_STATUSES, Band, RecordKind
from schemas.freshness import FrequentDay, FreshnessBand, FreshnessLevel, NotCountedRows, Unknowable
from schemas.measures import Measure
from schemas.parameters import FreshnessRule, StaffingParameters

#: The three figures, headline first.
MEASURES: tuple[str, ...] = ("complete_agency_update", "verified_record", "edited_record")

#: What a record without a value of the dimension is counted under.
UNKNOWN_VALUE = "(unknown)"

_KINDS: tuple[str, ...] = tuple(kind.value for kind in RecordKind)
_PLURALS: dict[str, str] = {
    "agency": "agencies",
    "site": "sites",
    "service": "services",
    "service_at_site": "services at sites",
}
_VERIFIER_COLUMNS = ("verified_by", "verified_by_title", "verification_method")
_KEY = ("center_id", "record_uid")


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
        level_notes: One sentence per center about the levels, for the report.
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

    def headline(self, measure: str = MEASURES[0], *, center_id: str | None = None) -> dict[str, object]:
        """Return one figure as the JSON documents show it.

        Args:
            measure: One of `MEASURES`.
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

    def headlines(self, *, center_id: str | None = None) -> dict[str, dict[str, object]]:
        """Return the three figures by name, for one center or for all together."""
        return {measure: self.headline(measure, center_id=center_id) for measure in MEASURES}


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
    records = _counted_records(directory, as_of=as_of, rule=rule)
    levels = _levels(records, rule=rule)
    if "tier" in dimensions:
        records = _with_tier(records, directory, as_of=as_of)
    bundles = _bundles(records, levels=levels)
    cases = pl.concat(
        [
            _cases(bundles, measure=MEASURES[0], window=window),
            _cases(records.with_columns(day=pl.col("verified_on")), measure=MEASURES[1], window=window),
            _cases(records.with_columns(day=pl.col("edited_on")), measure=MEASURES[2], window=window),
        ],
        how="diagonal",
    )
    cases = _with_reasons(cases, records=records, levels=levels, rule=rule)
    centers = directory.records().get_column("center_id").unique().sort().to_list()
    unknowable = _unknowable(cases)
    bands = _bands(cases, centers=centers)
    excluded = _excluded(directory)
    days = _frequent_days(records)
    figures = pl.concat(
        [
            _figures(cases, centers=centers, dimensions=dimensions),
            _band_figures(bands),
            _excluded_figures(excluded, directory),
            _day_figures(days),
        ],
        how="diagonal",
    )
    return Freshness(
        as_of=as_of,
        cutoff_on=window.cutoff_on,
        rule=rule,
        figures=conform(
            figures.with_columns(as_of=pl.lit(as_of)).sort(
                "center_id", "measure", "dimension", "value", nulls_last=False, maintain_order=True
            ),
            Measure,
        ),
        bands=bands,
        levels=levels,
        excluded=excluded,
        unknowable=unknowable,
        frequent_days=days,
        level_notes=_level_notes(levels, rule=rule),
    )


def _counted_records(directory: Directory, *, as_of: date, rule: FreshnessRule) -> pl.DataFrame:
    """Return counted records with usable days; county and curator filled from the agency."""
    columns = [*RECORD_COLUMNS, *_VERIFIER_COLUMNS]
    tables = directory.tables()
    records = (
        pl.concat([tables[kind].select(columns) for kind in _KINDS])
        .filter("is_counted")
        .with_columns(
            verified_on=usable(pl.col("verified_on"), as_of=as_of),
            edited_on=usable(pl.col("edited_on"), as_of=as_of),
            has_verifier=pl.any_horizontal(pl.col(_VERIFIER_COLUMNS).is_not_null()),
        )
    )
    records = _with_translations(records, directory, as_of=as_of, rule=rule).with_columns(
        kept_on=pl.col("verified_on")  # the day before the verifier option: what the center keeps at all
    )
    if rule.require_verifier:
        records = records.with_columns(verified_on=pl.when("has_verifier").then("verified_on"))
    agencies = directory.agency.unique(_KEY, keep="first", maintain_order=True).select(
        "center_id", agency_uid="record_uid", agency_county="county", agency_curator="curator"
    )
    return (
        records.join(agencies, on=["center_id", "agency_uid"], how="left")
        .with_columns(
            county=pl.coalesce("county", "agency_county"),
            curator=pl.coalesce("curator", "agency_curator"),
        )
        .drop("agency_county", "agency_curator")
    )


def _with_translations(
    records: pl.DataFrame, directory: Directory, *, as_of: date, rule: FreshnessRule
) -> pl.DataFrame:
    """Take the oldest verification and the newest edit over all language versions of a record.

    Versions of a center that keeps no verification days on them (a level not tracked) leave the record's own day alone.
    """
    versions = directory.translation.filter(
        pl.col("status").is_in([status.value for status in COUNTED_STATUSES])
    ).with_columns(
        verified_on=usable(pl.col("verified_on"), as_of=as_of), edited_on=usable(pl.col("edited_on"), as_of=as_of)
    )
    if versions.is_empty():
        return records
    by_record = (
        versions.with_columns(
            is_tracked=pl.col("verified_on").is_not_null().mean().over("center_id") >= rule.tracked_share
        )
        .group_by("center_id", "kind", "record_uid")
        .agg(
            version_verified_on=pl.col("verified_on").min(),
            version_is_blank=(pl.col("verified_on").is_null() & pl.col("is_tracked")).any(),
            version_edited_on=pl.col("edited_on").max(),
        )
    )
    return (
        records.join(by_record, on=["center_id", "kind", "record_uid"], how="left")
        .with_columns(
            verified_on=pl.when(
                pl.col("verified_on").is_not_null() & ~pl.col("version_is_blank").fill_null(value=False)
            ).then(pl.min_horizontal("verified_on", "version_verified_on")),
            edited_on=pl.max_horizontal("edited_on", "version_edited_on"),
        )
        .drop("version_verified_on", "version_is_blank", "version_edited_on")
    )


def _levels(records: pl.DataFrame, *, rule: FreshnessRule) -> pl.DataFrame:
    """Return how many records of each kind and center carry a verification day, and whether the level is tracked."""
    return conform(
        records.group_by("center_id", "kind")
        .agg(
            counted=pl.len().cast(pl.Int64),
            dated=pl.col("kept_on").is_not_null().sum().cast(pl.Int64),
        )
        .with_columns(dated_share=pl.col("dated") / pl.col("counted"))
        .with_columns(is_tracked=(pl.col("dated") > 0) & (pl.col("dated_share") >= rule.tracked_share))
        .sort("center_id", _kind_order()),
        FreshnessLevel,
    )


def _kind_order() -> pl.Expr:
    return pl.col("kind").replace_strict(dict(zip(_KINDS, range(len(_KINDS)), strict=True)), return_dtype=pl.Int64)


def _with_tier(records: pl.DataFrame, directory: Directory, *, as_of: date) -> pl.DataFrame:
    tiers = measure_complexity(directory, as_of=as_of, parameters=StaffingParameters()).select(
        "center_id", "tier", agency_uid="record_uid"
    )
    return records.join(tiers, on=["center_id", "agency_uid"], how="left")


def _bundles(records: pl.DataFrame, *, levels: pl.DataFrame) -> pl.DataFrame:
    """Return one row per counted agency with the oldest day over its records on tracked levels as `day`.

    One blank day on a tracked level makes the whole bundle blank.
    """
    oldest = (
        records.join(levels.filter("is_tracked").select("center_id", "kind"), on=["center_id", "kind"], how="semi")
        .group_by("center_id", "agency_uid")
        .agg(
            day=pl.when(pl.col("verified_on").is_not_null().all()).then(pl.col("verified_on").min()),
        )
    )
    return (
        records.filter(pl.col("kind") == RecordKind.AGENCY.value)
        .with_columns(agency_uid=pl.col("record_uid"))
        .join(oldest, on=["center_id", "agency_uid"], how="left")
    )


def _cases(frame: pl.DataFrame, *, measure: str, window: Window) -> pl.DataFrame:
    """Return one row per counted unit of a measure."""
    wanted = ("center_id", "kind", "county", "curator", "tier", "day")
    return frame.select(column for column in wanted if column in frame.columns).with_columns(
        measure=pl.lit(measure),
        center=pl.col("center_id"),
        is_met=(pl.col("day") >= window.cutoff_on).fill_null(value=False),
        is_unknown=pl.col("day").is_null(),
        band=band_of(pl.col("day"), window=window),
    )


def _with_reasons(
    cases: pl.DataFrame, *, records: pl.DataFrame, levels: pl.DataFrame, rule: FreshnessRule
) -> pl.DataFrame:
    """Mark the cases of which nothing can be known, with the reason; null means the case is knowable.

    `reason` speaks of the center as a whole, `kind_reason` of the record kind in that center.
    """
    center = pl.col("center_id")
    dates = records.group_by("center_id").agg(
        has_verified=pl.col("kept_on").is_not_null().any(),
        has_confirmed=pl.col("verified_on").is_not_null().any(),
        has_edited=pl.col("edited_on").is_not_null().any(),
    )
    tracked = levels.group_by("center_id").agg(has_tracked=pl.col("is_tracked").any())
    kinds = records.group_by("center_id", "kind").agg(
        kind_verified=pl.col("kept_on").is_not_null().any(), kind_edited=pl.col("edited_on").is_not_null().any()
    )
    is_edit = pl.col("measure") == MEASURES[2]
    no_verified = pl.format("The export of center {} has no verification date that counts.", center)
    no_edited = pl.format("The export of center {} has no edit date that counts.", center)
    no_verifier = pl.format("No verification in the export of center {} names who confirmed it, or how.", center)
    few_dates = pl.format(
        "In the export of center {} no record kind has verification dates on {} % of its records or more.",
        center,
        pl.lit(f"{rule.tracked_share * 100:g}"),
    )
    plural = pl.col("kind").replace_strict(_PLURALS, return_dtype=pl.String)
    return (
        cases.join(dates, on="center_id", how="left")
        .join(tracked, on="center_id", how="left")
        .join(kinds, on=["center_id", "kind"], how="left")
        .with_columns(
            reason=pl.when(is_edit)
            .then(pl.when(~pl.col("has_edited")).then(no_edited))
            .when(~pl.col("has_verified"))
            .then(no_verified)
            .when(~pl.col("has_confirmed"))
            .then(no_verifier)
            .when((pl.col("measure") == MEASURES[0]) & ~pl.col("has_tracked"))
            .then(few_dates)
        )
        .with_columns(
            kind_reason=pl.coalesce(
                "reason",
                pl.when(is_edit & ~pl.col("kind_edited"))
                .then(pl.format("The export of center {} has no edit date on {}.", center, plural))
                .when((pl.col("measure") == MEASURES[1]) & ~pl.col("kind_verified"))
                .then(pl.format("The export of center {} has no verification date on {}.", center, plural)),
            )
        )
    )


def _unknowable(cases: pl.DataFrame) -> pl.DataFrame:
    return conform(
        cases.filter(pl.col("reason").is_not_null())
        .group_by("measure", "center_id", "reason")
        .agg(record_count=pl.len().cast(pl.Int64))
        .sort("measure", "center_id"),
        Unknowable,
    )


def _figures(cases: pl.DataFrame, *, centers: Sequence[str], dimensions: Sequence[str]) -> pl.DataFrame:
    """Return the three figures: the whole and every dimension, over all centers and for each center."""
    parts = [
        _figure_rows(cases, dimension="all", by_center=False),
        _figure_rows(cases, dimension="all", by_center=True),
    ]
    for dimension in dimensions:
        parts.append(_figure_rows(cases, dimension=dimension, by_center=False))
        if dimension != "center":
            parts.append(_figure_rows(cases, dimension=dimension, by_center=True))
    figures = pl.concat(parts)
    return pl.concat([figures, _empty_figures(figures, centers=centers)], how="diagonal")


def _figure_rows(cases: pl.DataFrame, *, dimension: str, by_center: bool) -> pl.DataFrame:
    """Return one row per measure and value; cases of which nothing can be known are kept out of the share."""
    if dimension == "kind":  # the headline counts agencies only
        cases = cases.filter(pl.col("measure") != MEASURES[0])
    reason = pl.col("kind_reason" if dimension == "kind" else "reason")
    value = pl.lit("all") if dimension == "all" else pl.col(dimension).fill_null(UNKNOWN_VALUE)
    known = pl.col("known")
    return (
        cases.with_columns(
            center_id=pl.col("center_id") if by_center else pl.lit(None, dtype=pl.String),
            value=value,
            why=reason,
        )
        .group_by("center_id", "measure", "value")
        .agg(
            known=pl.col("why").is_null().sum(),
            total=pl.len(),
            met=(pl.col("is_met") & pl.col("why").is_null()).sum(),
            blank=(pl.col("is_unknown") & pl.col("why").is_null()).sum(),
            reason=pl.col("why").drop_nulls().unique().sort().str.join(" "),
        )
        .select(
            "center_id",
            "measure",
            "value",
            dimension=pl.lit(dimension),
            numerator=pl.when(known > 0).then(pl.col("met")).cast(pl.Float64),
            denominator=pl.when(known > 0).then(known).otherwise("total").cast(pl.Float64),
            unknown=pl.when(known > 0).then(pl.col("blank")).otherwise("total").cast(pl.Float64),
            share=pl.when(known > 0).then(pl.col("met") / known),
            reason=pl.when(known == 0).then("reason"),
        )
    )


def _empty_figures(figures: pl.DataFrame, *, centers: Sequence[str]) -> pl.DataFrame:
    """Return rows for scopes without a single counted unit: a null share with its reason, never 0."""
    scopes: list[str | None] = [None, *centers]
    wanted = pl.DataFrame(
        {
            "center_id": [scope for scope in scopes for _ in MEASURES],
            "measure": [measure for _ in scopes for measure in MEASURES],
        },
        schema={"center_id": pl.String, "measure": pl.String},
    )
    return wanted.join(
        figures.filter(pl.col("dimension") == "all"), on=["center_id", "measure"], how="anti", nulls_equal=True
    ).with_columns(
        value=pl.lit("all"),
        dimension=pl.lit("all"),
        numerator=pl.lit(0.0),
        denominator=pl.lit(0.0),
        unknown=pl.lit(0.0),
        reason=pl.when(pl.col("measure") == MEASURES[0])
        .then(pl.lit("There is no counted agency."))
        .otherwise(pl.lit("There is no counted record.")),
    )


def _bands(cases: pl.DataFrame, *, centers: Sequence[str]) -> pl.DataFrame:
    """Return the number of counted units per band, for every scope and kind that has any."""
    dated = cases.filter(pl.col("measure") != MEASURES[2])
    every = pl.concat([dated.with_columns(kind=pl.lit("all")), dated])
    scoped = pl.concat([every.with_columns(center_id=pl.lit(None, dtype=pl.String)), every])
    if not centers:
        scoped = scoped.clear()
    keys = ["center_id", "measure", "kind"]
    # A kind without any date in its center is unknown as such, but a blank record among the records as a whole.
    is_known = (
        pl.when(pl.col("kind") == "all").then(pl.col("reason").is_null()).otherwise(pl.col("kind_reason").is_null())
    )
    scoped = scoped.with_columns(is_known=is_known)
    totals = scoped.group_by(keys).agg(known=pl.col("is_known").sum().cast(pl.Int64))
    counts = scoped.filter("is_known").group_by([*keys, "band"]).agg(found=pl.len().cast(pl.Int64))
    order = pl.DataFrame({"band": [band.value for band in Band], "place": range(len(Band))})
    return conform(
        totals.join(order, how="cross")
        .join(counts, on=[*keys, "band"], how="left", nulls_equal=True)
        .with_columns(record_count=pl.when(pl.col("known") > 0).then(pl.col("found").fill_null(0)))
        .with_columns(share=pl.col("record_count") / pl.col("known"))
        .sort("center_id", "measure", "kind", "place"),
        FreshnessBand,
    )


def _band_figures(bands: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("record_count").sum().over("center_id", "measure")
    return bands.filter(pl.col("kind") == "all").select(
        "center_id",
        "measure",
        "share",
        dimension=pl.lit("band"),
        value="band",
        numerator=pl.col("record_count").cast(pl.Float64),
        denominator=pl.when(pl.col("record_count").is_not_null()).then(total).cast(pl.Float64),
        reason=pl.when(pl.col("record_count").is_null()).then(
            pl.lit("The export has no verification date that counts.")
        ),
    )


def _excluded(directory: Directory) -> pl.DataFrame:
    """Return the rows left out of every figure, by center, kind and reason."""
    return conform(
        directory.records()
        .filter(~pl.col("is_counted"))
        .with_columns(not_counted_reason=pl.col("not_counted_reason").fill_null("not given"))
        .group_by("center_id", "kind", "not_counted_reason")
        .agg(row_count=pl.len().cast(pl.Int64))
        .sort("center_id", _kind_order(), "not_counted_reason"),
        NotCountedRows,
    )


def _excluded_figures(excluded: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    rows = directory.records().select("center_id")
    scoped_rows = pl.concat([rows.with_columns(center_id=pl.lit(None, dtype=pl.String)), rows])
    scoped = pl.concat([excluded.with_columns(center_id=pl.lit(None, dtype=pl.String)), excluded])
    totals = scoped_rows.group_by("center_id").agg(denominator=pl.len().cast(pl.Float64))
    return (
        scoped.group_by("center_id", value=pl.col("not_counted_reason"))
        .agg(numerator=pl.col("row_count").sum().cast(pl.Float64))
        .join(totals, on="center_id", how="left", nulls_equal=True)
        .with_columns(
            measure=pl.lit("not_counted"),
            dimension=pl.lit("reason"),
            share=pl.col("numerator") / pl.col("denominator"),
        )
    )


def _frequent_days(records: pl.DataFrame) -> pl.DataFrame:
    """Return the most frequent verification and edit day of every scope that has any."""
    scoped = pl.concat(
        [
            records.select(pl.lit(None, dtype=pl.String).alias("center_id"), "verified_on", "edited_on"),
            records.select("center_id", "verified_on", "edited_on"),
        ]
    ).unpivot(["verified_on", "edited_on"], index="center_id", variable_name="field", value_name="day_on")
    return conform(
        scoped.with_columns(counted=pl.len().over("center_id", "field"))
        .filter(pl.col("day_on").is_not_null())
        .group_by("center_id", "field", "day_on")
        .agg(record_count=pl.len().cast(pl.Int64), share=pl.len() / pl.col("counted").first())
        .sort("center_id", "field", "record_count", "day_on", descending=[False, True, True, False])
        .unique(["center_id", "field"], keep="first", maintain_order=True),
        FrequentDay,
    )


def _day_figures(days: pl.DataFrame) -> pl.DataFrame:
    return days.select(
        "center_id",
        "share",
        measure=pl.format("most_frequent_day_{}", pl.col("field").str.strip_suffix("_on")),
        dimension=pl.lit("day"),
        value=pl.col("day_on").dt.to_string("%Y-%m-%d"),
        numerator=pl.col("record_count").cast(pl.Float64),
        denominator=(pl.col("record_count") / pl.col("share")).round(0),
    )


def _level_notes(levels: pl.DataFrame, *, rule: FreshnessRule) -> tuple[str, ...]:
    """Return one sentence per center: which levels make up the date of a bundle, and which are left out."""
    notes = []
    for (center_id,), rows in levels.group_by("center_id", maintain_order=True):
        tracked = [_PLURALS[row["kind"]] for row in rows.to_dicts() if row["is_tracked"]]
        left_out = [
            f"{_PLURALS[row['kind']]} ({row['dated']:,} of {row['counted']:,} dated)"
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


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
