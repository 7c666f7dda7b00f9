"""Divisions in which a unit can stand several times: branches of the taxonomy and language versions.

An agency with services in two branches counts once in each, so that the rows of these divisions are not to be added up.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.measure.window import usable
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, RecordKind
from schemas.parameters import FreshnessRule

_AGENCY = ["center_id", "agency_uid"]
_TARGET_BRANCH = "Y"
_KINDS: tuple[str, ...] = tuple(kind.value for kind in RecordKind)


def split_by_branch(
    records: pl.DataFrame, bundles: pl.DataFrame, *, directory: Directory
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return services and bundles once for every branch of the taxonomy in which they stand, as `branch`.

    A branch is the first letter of a service term; target (Y) terms are left out. A bundle stands in the branches of its counted
    services. Null where there is no term.

    Args:
        records: From `date_records`.
        bundles: From `date_bundles`.
        directory: The same directory.

    Returns:
        The services among the records, and the bundles.
    """
    links = directory.taxonomy_link.filter(pl.col("owner_kind") == RecordKind.SERVICE.value)
    branch = pl.col("code").str.slice(0, 1).str.to_uppercase()
    branches = (
        pl.concat(
            [
                links.select("center_id", "owner_uid", "code"),
                links.filter(pl.col("joined_codes").list.len() > 0)
                .select("center_id", "owner_uid", code="joined_codes")
                .explode("code", keep_nulls=False, empty_as_null=False),
            ]
        )
        .select("center_id", record_uid="owner_uid", branch=branch)
        .filter(pl.col("branch").str.contains("^[A-Z]$") & (pl.col("branch") != _TARGET_BRANCH))
        .unique()
    )
    services = records.filter(pl.col("kind") == RecordKind.SERVICE.value).join(
        branches, on=["center_id", "record_uid"], how="left"
    )
    of_agencies = services.select(*_AGENCY, "branch").drop_nulls().unique()
    return services, bundles.join(of_agencies, on=_AGENCY, how="left")


def split_by_language(
    records: pl.DataFrame,
    bundles: pl.DataFrame,
    *,
    directory: Directory,
    levels: pl.DataFrame,
    as_of: date,
    rule: FreshnessRule,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every language version of the records by its own days, and the bundles by the versions of one language, as `language`.

    A bundle's day in a language is the oldest over its records that are kept in it, on tracked levels; it is in no row of a language
    in which it has no version. The language is null where the export does not name it.

    Args:
        records: From `date_records`.
        bundles: From `date_bundles`.
        directory: The same directory.
        levels: From `track_levels`.
        as_of: Later days count as blank.
        rule: Whether a verification needs a verifier.
    """
    if directory.translation.is_empty():
        # One version of every record: its days are those of the record.
        versions = records.rename({"own_language": "language"})
    else:
        versions = _versions(records, directory=directory, as_of=as_of, rule=rule)
    tracked = levels.filter("is_tracked").select("center_id", "kind")
    oldest = (
        versions.join(tracked, on=["center_id", "kind"], how="semi")
        .group_by(*_AGENCY, "language")
        .agg(day=pl.when(pl.col("verified_on").is_not_null().all()).then(pl.col("verified_on").min()))
    )
    languages = versions.select(*_AGENCY, "language").unique()
    dated = bundles.drop("day").join(languages, on=_AGENCY, how="inner")
    return versions, dated.join(oldest, on=[*_AGENCY, "language"], how="left", nulls_equal=True)


def _versions(records: pl.DataFrame, *, directory: Directory, as_of: date, rule: FreshnessRule) -> pl.DataFrame:
    """Return the records once for every language, by the days of that version."""
    key = ["center_id", "record_uid"]
    day = {
        "verified_on": usable(pl.col("verified_on"), as_of=as_of),
        "edited_on": usable(pl.col("edited_on"), as_of=as_of),
    }
    first_day = dict(day)
    if rule.require_verifier:
        named = pl.any_horizontal(pl.col("verified_by", "verified_by_title", "verification_method").is_not_null())
        first_day["verified_on"] = pl.when(named).then(day["verified_on"])
    first = pl.concat(
        [
            directory.tables()[kind].filter("is_counted").select(*key, language="language_of_record", **first_day)
            for kind in _KINDS
        ]
    )
    further = directory.translation.filter(
        pl.col("status").is_in([status.value for status in COUNTED_STATUSES])
    ).select(*key, language="language_of_record", **day)
    about = records.drop("verified_on", "edited_on", "kept_on", "own_language").unique(key)
    return pl.concat([first, further]).join(about, on=key, how="inner")
