"""The complexity report: what every agency is like, its minutes part by part, how they are spread, and why the dearest are dear."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.measure.complexity import measure_complexity, minutes_by_part, update_minutes
from schemas.complexity_detail import ComplexityDetail
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import Tier
from schemas.rules import LEVEL_LETTERS, completeness_matrix
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters

_BUNDLE = ["center_id", "agency_uid"]
_CENTRAL = 1
#: Texts whose length tells how much there is to read again at an update.
_TEXTS = ("description", "eligibility", "fees", "documents", "intake", "area_served", "hours")
#: Parts of the minutes that are told as reasons (project choice: what fits a line).
_REASONS = 3
#: How a part is told: its count, and its noun in the singular and the plural.
_NOUNS = {
    "service": ("service_count", "service", "services"),
    "site": ("site_count", "site", "sites"),
    "service_at_site": ("service_at_site_count", "edited service at a site", "edited services at sites"),
    "term": ("extra_term_count", "further term", "further terms"),
    "language": ("extra_version_count", "further language version", "further language versions"),
}


def detail_complexity(
    directory: Directory, *, findings: pl.DataFrame | None, as_of: date, parameters: StaffingParameters
) -> pl.DataFrame:
    """Return everything the complexity report tells of every counted agency.

    Args:
        directory: One or many centers.
        findings: Open findings, `schemas.quality.Finding`; those of rules about missing mandatory elements are counted. None: not known.
        as_of: Day from which the age of the verification is counted.
        parameters: Minutes and tiers.

    Returns:
        `schemas.complexity_detail.ComplexityDetail`, the dearest first, then by center and record.
    """
    bundles = measure_complexity(directory, as_of=as_of, parameters=parameters)
    counts = [_hours(directory), _lengths(directory)]
    if findings is not None:
        counts.append(_missing(findings))
    bundles = bundles.with_columns(agency_uid="record_uid")
    for count in counts:
        bundles = bundles.join(count, on=_BUNDLE, how="left")
    bundles = bundles.join(_children(directory), on=["center_id", "record_uid"], how="left").with_columns(
        pl.col("hours_variant_count", "text_length", "child_agency_count").fill_null(0)
    )
    if findings is not None:
        bundles = bundles.with_columns(pl.col("missing_element_count").fill_null(0))
    # A part of constant minutes has to take the height of the frame.
    ones = pl.col("service_count") * 0.0
    detailed = bundles.with_columns(
        **{
            f"{part}_part_minutes": minutes + ones
            for part, minutes in minutes_by_part(parameters, place=_CENTRAL).items()
        },
        low_minutes=update_minutes(parameters, place=0),
        high_minutes=update_minutes(parameters, place=2),
        extra_term_count=(pl.col("service_term_count") - pl.col("service_count")).clip(lower_bound=0),
    )
    return conform(
        detailed.with_columns(reason=_reason()).sort(
            "update_minutes", "center_id", "record_uid", descending=[True, False, False]
        ),
        ComplexityDetail,
    )


def spread_complexity(complexity: pl.DataFrame, *, by_curator: bool) -> pl.DataFrame:
    """Return how minutes and tiers are spread over centers, or over the curators of each center.

    Args:
        complexity: `schemas.complexity.Complexity` rows.
        by_curator: Whether each center is divided by curator.

    Returns:
        One row per center or curator: `center_id`, `curator` (null for the whole center, and for agencies without one in rows by
        curator), `agencies`, `T1` to `T4` (agencies per tier), `minutes` (central, one update of all), `quarter_minutes`,
        `median_minutes`, `three_quarter_minutes`, `largest_minutes`, `mean_score`.
    """
    keys = ["center_id", "curator"] if by_curator else ["center_id"]
    minutes = pl.col("update_minutes")
    rows = (
        complexity.group_by(keys)
        .agg(
            agencies=pl.len().cast(pl.Int64),
            **{tier.value: (pl.col("tier") == tier.value).sum().cast(pl.Int64) for tier in Tier},
            minutes=minutes.sum(),
            quarter_minutes=minutes.quantile(0.25, "linear"),
            median_minutes=minutes.median(),
            three_quarter_minutes=minutes.quantile(0.75, "linear"),
            largest_minutes=minutes.max(),
            mean_score=pl.col("complexity_score").mean(),
        )
        .sort(keys)
    )
    if not by_curator:
        rows = rows.with_columns(curator=pl.lit(None, dtype=pl.String))
    return rows


def _reason() -> pl.Expr:
    """Return the largest parts of the minutes in words, and how many times the simplest bundle it is."""
    told = []
    for part in MINUTE_PARTS:
        minutes = pl.col(f"{part}_part_minutes")
        if part == "agency":
            words = pl.lit("the agency itself")
        else:
            count, one, many = _NOUNS[part]
            noun = pl.when(pl.col(count) == 1).then(pl.lit(one)).otherwise(pl.lit(many))
            words = pl.format("{} {}", count, noun)
        told.append(
            pl.struct(
                minutes=minutes,
                words=pl.when(minutes > 0).then(pl.format("{} ({} min)", words, minutes.round(0).cast(pl.Int64))),
            )
        )
    largest = (
        pl.concat_list(told)
        .list.sort(descending=True)
        .list.head(_REASONS)
        .list.eval(pl.element().struct.field("words").drop_nulls())
        .list.join(", ")
    )
    return pl.format("{}; {} times the simplest agency", largest, pl.col("complexity_score").round(1))


def _counted(directory: Directory, *columns: str) -> pl.DataFrame:
    """Return the counted records of all levels with some columns; those that a level lacks are null."""
    agencies = directory.agency.filter("is_counted").with_columns(agency_uid="record_uid")
    tables = (agencies, directory.site.filter("is_counted"), directory.service.filter("is_counted"))
    chosen = [
        table.select(
            "center_id", "kind", "record_uid", "agency_uid", *[name for name in columns if name in table.columns]
        )
        for table in tables
    ]
    return pl.concat(chosen, how="diagonal").filter(pl.col("agency_uid").is_not_null())


def _hours(directory: Directory) -> pl.DataFrame:
    """Return how many different opening hours a bundle has: as texts, and as structured weeks of records that have no text."""
    records = _counted(directory, "hours")
    texts = records.select(
        *_BUNDLE, variant=pl.col("hours").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    ).filter(pl.col("variant").is_not_null() & (pl.col("variant") != ""))
    slots = directory.schedule.select(
        "center_id",
        kind="owner_kind",
        record_uid="owner_uid",
        slot=pl.concat_str(
            "weekday", pl.col("opens_at").cast(pl.String), pl.col("closes_at").cast(pl.String), separator=" "
        ),
    )
    weeks = (
        slots.join(records.filter(pl.col("hours").is_null()), on=["center_id", "kind", "record_uid"], how="inner")
        .sort("slot")
        .group_by(*_BUNDLE, "kind", "record_uid")
        .agg(variant=pl.col("slot").str.join(";"))
        .select(*_BUNDLE, "variant")
    )
    return (
        pl.concat([texts, weeks]).group_by(_BUNDLE).agg(hours_variant_count=pl.col("variant").n_unique().cast(pl.Int64))
    )


def _lengths(directory: Directory) -> pl.DataFrame:
    length = pl.sum_horizontal(pl.col(name).str.len_chars().fill_null(0) for name in _TEXTS)
    return (
        _counted(directory, *_TEXTS)
        .unique(["center_id", "kind", "record_uid"])
        .group_by(_BUNDLE)
        .agg(text_length=length.sum().cast(pl.Int64))
    )


def _missing(findings: pl.DataFrame) -> pl.DataFrame:
    """Return how many mandatory elements are missing, whatever severity the center gives them."""
    rules = {
        element.rule_id(kind)
        for element in completeness_matrix()
        for kind in LEVEL_LETTERS
        if element.requirement(kind) == "mandatory"
    }
    return (
        findings.filter(pl.col("rule_id").is_in(list(rules - {None})) & pl.col("agency_uid").is_not_null())
        .group_by(_BUNDLE)
        .agg(missing_element_count=pl.len().cast(pl.Int64))
    )


def _children(directory: Directory) -> pl.DataFrame:
    return (
        directory.agency.filter(pl.col("is_counted") & pl.col("parent_uid").is_not_null())
        .filter(pl.col("parent_uid") != pl.col("record_uid"))
        .unique(["center_id", "record_uid"])
        .group_by("center_id", record_uid="parent_uid")
        .agg(child_agency_count=pl.len().cast(pl.Int64))
    )
