"""The frame of an audit: the records that can be drawn, with what strata and auditors need to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.errors import UsageError

#: What can be audited: the agency with its sites and services, or the single service.
UNITS: tuple[str, ...] = ("agency", "service")

_KEY = ("center_id", "record_uid")
_DAYS_OF_MONTH = 30.4375  # 365.25 / 12


def audit_frame(directory: Directory, *, unit: str = "agency", complexity: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the records that can be drawn: every counted agency (as a bundle), or every counted service.

    Args:
        directory: One or many centers.
        unit: `agency` or `service`.
        complexity: `schemas.complexity.Complexity`, for tier, county and minutes; None leaves them null.

    Returns:
        One row per record, sorted by center and record: `center_id`, `record_uid`, `native_id`, `name`, `curator` (of the record),
        `curators` (List(String): everybody who curates a counted part of it), `county` and `tier` (of its agency), `minutes`
        (of one update of the bundle; null for services), `verified_on`, `is_recent` (false).

    Raises:
        UsageError: The unit is neither.
    """
    require_unit(unit)
    records = (
        directory.tables()[unit]
        .filter("is_counted")
        .sort("center_id", "record_uid", "source_file", "source_line")
        .unique(["center_id", "record_uid"], keep="first", maintain_order=True)
        .with_columns(agency_uid=pl.col("record_uid") if unit == RecordKind.AGENCY else pl.col("agency_uid"))
        .select(*_KEY, "native_id", "name", "curator", "agency_uid", "verified_on")
    )
    return (
        records.join(_bundles(complexity), on=["center_id", "agency_uid"], how="left", maintain_order="left")
        .join(_curators(directory, unit=unit), on=list(_KEY), how="left", maintain_order="left")
        .select(
            *_KEY,
            "native_id",
            "name",
            "curator",
            curators=pl.col("curators").fill_null([]),
            county="county",
            tier="tier",
            minutes=pl.col("minutes") if unit == RecordKind.AGENCY else pl.lit(None, dtype=pl.Float64),
            verified_on="verified_on",
            is_recent=pl.lit(value=False),
        )
    )


def mark_recent(frame: pl.DataFrame, *, audited: pl.DataFrame, as_of: date, cooldown_months: int) -> pl.DataFrame:
    """Return the frame with `is_recent`: whether a record was audited within the cool-down.

    Args:
        frame: See `audit_frame`.
        audited: `center_id`, `record_uid` under present numbers, `audited_on`; what was handed in since the day of the draw counts.
        as_of: Day of the draw.
        cooldown_months: Months after an audit; 0 marks nobody.
    """
    since = as_of - timedelta(days=round(cooldown_months * _DAYS_OF_MONTH))
    recent = (
        audited.filter(pl.col("audited_on") > since)
        .select(_KEY)
        .unique()
        .with_columns(__recent=pl.lit(cooldown_months > 0))
    )
    return (
        frame.join(recent, on=list(_KEY), how="left", maintain_order="left")
        .with_columns(is_recent=pl.col("__recent").fill_null(value=False))
        .drop("__recent")
    )


def require_unit(unit: str) -> None:
    """Stop when a unit cannot be audited.

    Raises:
        UsageError: It is neither `agency` nor `service`.
    """
    if unit not in UNITS:
        raise UsageError(f"{unit!r} cannot be audited.", advice=f"Choose one of: {', '.join(UNITS)}.")


def words_for(unit: str, count: int) -> str:
    """Return the unit as a word that fits a count.

    >>> words_for("agency", 1), words_for("service", 2)
    ('agency', 'services')
    """
    plural: Sequence[str] = ("agency", "agencies") if unit == RecordKind.AGENCY else ("service", "services")
    return plural[count != 1]


def _bundles(complexity: pl.DataFrame | None) -> pl.DataFrame:
    schema = {"center_id": pl.String, "agency_uid": pl.String, "county": pl.String, "tier": pl.String}
    if complexity is None:
        return pl.DataFrame(schema=schema | {"minutes": pl.Float64})
    return complexity.select("center_id", "county", "tier", agency_uid="record_uid", minutes="update_minutes")


def _curators(directory: Directory, *, unit: str) -> pl.DataFrame:
    kinds = (RecordKind.AGENCY, RecordKind.SITE, RecordKind.SERVICE) if unit == RecordKind.AGENCY else (unit,)
    owner = pl.col("record_uid") if unit != RecordKind.AGENCY else None
    parts = []
    for kind in kinds:
        own = owner if owner is not None else pl.col("record_uid" if kind == RecordKind.AGENCY else "agency_uid")
        parts.append(directory.tables()[kind].filter("is_counted").select("center_id", "curator", record_uid=own))
    return (
        pl.concat(parts)
        .drop_nulls(["record_uid", "curator"])
        .group_by(_KEY)
        .agg(curators=pl.col("curator").unique().sort())
    )
