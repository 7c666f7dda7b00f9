"""How much there is to keep up to date in each agency bundle."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.measure.window import usable
from schemas.complexity import Complexity
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, NotCountedReason, Origin, RecordKind, Tier
from schemas.staffing_parameters import StaffingParameters

_CENTRAL = 1
_BUNDLE = ("center_id", "agency_uid")
_TARGET_BRANCH = "Y"
_COUNTS = (
    "service_count",
    "site_count",
    "service_at_site_count",
    "service_term_count",
    "target_term_count",
    "extra_version_count",
    "language_count",
    "phone_count",
    "area_unit_count",
)


def measure_complexity(directory: Directory, *, as_of: date, parameters: StaffingParameters) -> pl.DataFrame:
    """Count the parts of every agency bundle and grade it.

    Only counted rows count. Edited service-at-site rows count here although they are no records by default, because they
    are work; link-only rows never do.

    Args:
        directory: One or many centers.
        as_of: Day from which the age of the verification is counted; later verification days count as blank.
        parameters: Minutes (central values are used) and limits of the tiers.

    Returns:
        `schemas.complexity.Complexity`, one row per counted agency, sorted by center and record. Counted rows whose
        agency is missing or not counted belong to no bundle.
    """
    agencies = directory.agency.filter("is_counted").unique(
        ["center_id", "record_uid"], keep="first", maintain_order=True
    )
    members = _members(directory)
    distinct = members.unique()
    bundles = agencies.select(
        "center_id",
        "record_uid",
        "native_id",
        "name",
        "county",
        "curator",
        verified_on=usable(pl.col("verified_on"), as_of=as_of),
        agency_uid="record_uid",
    )
    for counts in (
        _record_counts(members),
        _edited_rows(directory),
        _term_counts(directory, members),
        _version_counts(directory, distinct),
        _language_counts(directory),
        _phone_counts(directory, distinct),
        _area_counts(directory),
    ):
        bundles = bundles.join(counts, on=_BUNDLE, how="left")
    bundles = bundles.with_columns(
        pl.col(_COUNTS).fill_null(0).cast(pl.Int64),
        language_version_count=pl.col("language_version_count").fill_null(1).cast(pl.Int64),
        verification_age_days=(pl.lit(as_of) - pl.col("verified_on")).dt.total_days(),
    )
    return conform(
        bundles.with_columns(
            update_minutes=update_minutes(parameters, place=_CENTRAL),
            tier=tier_of(parameters),
        )
        .with_columns(complexity_score=pl.col("update_minutes") / simplest_minutes(parameters))
        .sort("center_id", "record_uid"),
        Complexity,
    )


def grade_bundles(directory: Directory, *, parameters: StaffingParameters) -> pl.DataFrame:
    """Return the tier of every agency with counted sites or services, as `measure_complexity` gives it: `center_id`, `agency_uid`, `tier`.

    Args:
        directory: One or many centers.
        parameters: Limits of the tiers.
    """
    counts = _record_counts(_members(directory))
    return counts.select(*_BUNDLE, tier=tier_of(parameters))


def update_minutes(parameters: StaffingParameters, *, place: int) -> pl.Expr:
    """Return the minutes of one update of a bundle: the sum of `minutes_by_part`.

    Args:
        parameters: The minutes, each as (low, central, high).
        place: 0 low, 1 central, 2 high.
    """
    return pl.sum_horizontal(minutes_by_part(parameters, place=place).values())


def minutes_by_part(parameters: StaffingParameters, *, place: int) -> dict[str, pl.Expr]:
    """Return the minutes of one update of a bundle, part by part, over the columns of `Complexity`."""
    services = pl.col("service_count")
    extra_terms = (pl.col("service_term_count") - services).clip(lower_bound=0)
    return {
        "agency": pl.lit(parameters.agency_minutes[place]),
        "service": services * parameters.service_minutes[place],
        "site": pl.col("site_count") * parameters.site_minutes[place],
        "service_at_site": pl.col("service_at_site_count") * parameters.service_at_site_minutes[place],
        "term": extra_terms * parameters.term_minutes[place],
        "language": pl.col("extra_version_count") * parameters.language_minutes[place],
    }


def simplest_minutes(parameters: StaffingParameters) -> float:
    """Return the central minutes of one service at one site, the unit of the complexity score."""
    return (
        parameters.agency_minutes[_CENTRAL] + parameters.service_minutes[_CENTRAL] + parameters.site_minutes[_CENTRAL]
    )


def tier_of(parameters: StaffingParameters) -> pl.Expr:
    """Return the tier: the highest one that the services or the sites of a bundle reach."""
    grade = pl.lit(Tier.T1.value)
    higher = (Tier.T2, Tier.T3, Tier.T4)
    for tier, services, sites in zip(higher, parameters.tier_services, parameters.tier_sites, strict=True):
        reached = (pl.col("service_count") >= services) | (pl.col("site_count") >= sites)
        grade = pl.when(reached).then(pl.lit(tier.value)).otherwise(grade)
    return grade


def _members(directory: Directory) -> pl.DataFrame:
    """Return the counted records of every bundle, the agency among them."""
    columns = ("center_id", "kind", "record_uid", "agency_uid")
    return pl.concat(
        [
            directory.agency.filter("is_counted").select(columns).with_columns(agency_uid=pl.col("record_uid")),
            directory.site.filter("is_counted").select(columns),
            directory.service.filter("is_counted").select(columns),
        ]
    ).filter(pl.col("agency_uid").is_not_null())


def _record_counts(members: pl.DataFrame) -> pl.DataFrame:
    return members.group_by(_BUNDLE).agg(
        service_count=(pl.col("kind") == RecordKind.SERVICE.value).sum(),
        site_count=(pl.col("kind") == RecordKind.SITE.value).sum(),
    )


def _edited_rows(directory: Directory) -> pl.DataFrame:
    """Return the edited service-at-site rows of every bundle, whether or not the center counts them as records."""
    is_edited = (
        ~pl.col("link_only")
        & (pl.col("origin") == Origin.DELIVERED.value)
        & pl.col("status").is_in([status.value for status in COUNTED_STATUSES])
        & (pl.col("is_counted") | (pl.col("not_counted_reason") == NotCountedReason.EDITED_SERVICE_AT_SITE.value))
    )
    return directory.service_at_site.filter(is_edited).group_by(_BUNDLE).agg(service_at_site_count=pl.len())


def _term_counts(directory: Directory, members: pl.DataFrame) -> pl.DataFrame:
    """Return distinct codes per service, summed over the bundle; Y codes apart."""
    services = (
        members.filter(pl.col("kind") == RecordKind.SERVICE.value)
        .unique(["center_id", "record_uid"], maintain_order=True)
        # A number in place of the key: a nation has millions of links, and what follows is only about which are alike.
        .with_row_index("service")
    )
    links = directory.taxonomy_link.filter(pl.col("owner_kind") == RecordKind.SERVICE.value).join(
        services.select("center_id", "service", owner_uid="record_uid"), on=["center_id", "owner_uid"]
    )
    codes = pl.concat(
        [
            links.select("service", "code"),
            links.filter(pl.col("target_code").is_not_null()).select("service", code="target_code"),
            links.filter(pl.col("joined_codes").list.len() > 0)
            .select("service", code="joined_codes")
            .explode("code", keep_nulls=False, empty_as_null=False),
        ]
    ).unique()
    is_target = pl.col("code").str.starts_with(_TARGET_BRANCH)
    return (
        codes.group_by("service")
        .agg(service_term_count=(~is_target).sum(), target_term_count=is_target.sum())
        .join(services.select("service", *_BUNDLE), on="service")
        .group_by(_BUNDLE)
        .agg(pl.col("service_term_count", "target_term_count").sum())
    )


def _version_counts(directory: Directory, members: pl.DataFrame) -> pl.DataFrame:
    """Return how many further language versions the records of a bundle have."""
    versions = (
        directory.translation.filter(pl.col("status").is_in([status.value for status in COUNTED_STATUSES]))
        .select("center_id", "kind", "record_uid", "language_of_record")
        .unique()
    )
    is_child = pl.col("kind") != RecordKind.AGENCY.value
    return (
        versions.join(members, on=["center_id", "kind", "record_uid"], how="inner")
        .group_by(_BUNDLE)
        .agg(
            language_version_count=pl.col("language_of_record").n_unique() + 1,
            extra_version_count=is_child.sum(),
        )
    )


def _language_counts(directory: Directory) -> pl.DataFrame:
    columns = ("center_id", "agency_uid", "languages")
    tables = (directory.agency, directory.site, directory.service)
    return (
        pl.concat([table.filter("is_counted").select(columns) for table in tables])
        .explode("languages", keep_nulls=False, empty_as_null=False)
        .group_by(_BUNDLE)
        .agg(language_count=pl.col("languages").str.to_lowercase().n_unique())
    )


def _phone_counts(directory: Directory, members: pl.DataFrame) -> pl.DataFrame:
    phones = directory.phone.select(
        "center_id",
        kind="owner_kind",
        record_uid="owner_uid",
        number=pl.coalesce("e164", "short_code", "number_written"),
    )
    return (
        phones.join(members, on=["center_id", "kind", "record_uid"], how="inner")
        .group_by(_BUNDLE)
        .agg(phone_count=pl.col("number").n_unique())
    )


def _area_counts(directory: Directory) -> pl.DataFrame:
    return (
        directory.service.filter("is_counted")
        .select("center_id", "agency_uid", "area_served_units")
        .explode("area_served_units", keep_nulls=False, empty_as_null=False)
        .group_by(_BUNDLE)
        .agg(area_unit_count=pl.col("area_served_units").n_unique())
    )
