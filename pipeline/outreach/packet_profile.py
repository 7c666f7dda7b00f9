"""The present profile of agencies, line by line, as their forms show it."""

from __future__ import annotations

import polars as pl

from pipeline.outreach.packet_fields import STANDING, field_frame
from pipeline.outreach.packet_keys import add_keys
from pipeline.outreach.packet_privacy import Kept, hide_repeated
from pipeline.outreach.packet_values import values_of
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, NotCountedReason, Origin, RecordKind
from schemas.packets import HIDDEN, ProfileLine

_KEY = ("center_id", "kind", "record_uid")
_AGENCY = ("center_id", "agency_uid")
_PART_WORDS = {
    RecordKind.AGENCY.value: "Agency",
    RecordKind.SITE.value: "Site",
    RecordKind.SERVICE.value: "Service",
    RecordKind.SERVICE_AT_SITE.value: "Service at a site",
}
_PLACES = {kind: place for place, kind in enumerate(_PART_WORDS)}


def present_profile(agencies: pl.DataFrame, *, directory: Directory, kept: Kept) -> pl.DataFrame:
    """Return the lines of the forms of some agencies.

    Args:
        agencies: `center_id`, `agency_uid`.
        directory: The directory.
        kept: What must not be shown.

    Returns:
        `ProfileLine` rows, sorted by center, agency and place.
    """
    members = form_members(agencies, directory=directory)
    private = kept.records.select(_KEY).unique().with_columns(is_private_record=True)
    members = members.join(private, on=list(_KEY), how="left").with_columns(
        pl.col("is_private_record").fill_null(value=False)
    )
    fields = field_frame()
    values = values_of(members, directory=directory, kept=kept).join(fields, on=["kind", "field"], how="inner")
    wanted = members.join(fields.filter("is_asked"), on="kind", how="inner")
    blank = wanted.join(values, on=[*_KEY, "field"], how="anti").select(
        *_KEY,
        "field",
        pl.lit("").alias("entry"),
        pl.lit("").alias("shown"),
        pl.lit(value=False).alias("is_hidden"),
        pl.lit(0, dtype=pl.Int64).alias("entry_place"),
        *(column for column in fields.columns if column not in ("kind", "field")),
    )
    told = hide_repeated(pl.concat([values, blank.select(values.columns)]), kept.values)
    parts = _parts(members, told)
    lines = add_keys(
        told.join(parts, on=list(_KEY), how="inner").with_columns(
            told=pl.when(~pl.col("is_hidden")).then("shown"),
            what=_numbered("what"),
        ),
        text="told",
    )
    return conform(
        lines.sort(*_AGENCY, "part_place", "field_place", "entry_place").with_columns(
            place=pl.int_range(pl.len(), dtype=pl.Int64).over(*_AGENCY)
        ),
        ProfileLine,
    )


def form_members(agencies: pl.DataFrame, *, directory: Directory) -> pl.DataFrame:
    """Return the records that stand on the forms of some agencies.

    These are the agency, its counted sites and services and the services at a site that have a text of their own. Left out are
    children that are withheld by their own flags, owned by another center, derived, or not active.

    Returns:
        `center_id`, `agency_uid`, `kind`, `record_uid`, `native_id`, `record_name`, `service_uid`, `site_uid`, in the order of the form.
    """
    tables = directory.tables()
    parts = []
    for kind in _PART_WORDS:
        is_agency, is_at_site = kind == RecordKind.AGENCY.value, kind == RecordKind.SERVICE_AT_SITE.value
        is_asked = _is_edited() if is_at_site else pl.col("is_counted")
        # An agency that was asked for is on its form, whatever its flags.
        is_shown = _is_active() if is_agency else is_asked & pl.col("withheld_reason").is_null()
        parts.append(
            tables[kind]
            .filter((pl.col("origin") == Origin.DELIVERED.value) & is_shown)
            .unique(["center_id", "record_uid"], keep="first", maintain_order=True)
            .select(
                "center_id",
                pl.col("record_uid" if is_agency else "agency_uid").alias("agency_uid"),
                pl.lit(kind).alias("kind"),
                "record_uid",
                "native_id",
                pl.col("name").alias("record_name"),
                (pl.col("service_uid") if is_at_site else pl.lit(None, dtype=pl.String)).alias("service_uid"),
                (pl.col("site_uid") if is_at_site else pl.lit(None, dtype=pl.String)).alias("site_uid"),
            )
        )
    members = pl.concat(parts).join(agencies.select(_AGENCY).unique(), on=list(_AGENCY), how="semi")
    return _with_parents(members).sort(
        *_AGENCY,
        pl.col("kind").replace_strict(_PLACES, return_dtype=pl.Int64),
        "record_name",
        "record_uid",
        nulls_last=True,
    )


def _with_parents(members: pl.DataFrame) -> pl.DataFrame:
    """Keep services at a site of which both are on the form, under the name of both."""
    is_at_site = pl.col("kind") == RecordKind.SERVICE_AT_SITE.value
    named = {
        name: members.filter(pl.col("kind") == kind).select(
            "center_id", pl.col("record_uid").alias(f"{name}_uid"), pl.col("record_name").alias(f"{name}_name")
        )
        for name, kind in (("service", RecordKind.SERVICE.value), ("site", RecordKind.SITE.value))
    }
    at_sites = members.filter(is_at_site).join(named["service"], on=["center_id", "service_uid"], how="inner")
    at_sites = at_sites.join(named["site"], on=["center_id", "site_uid"], how="inner").with_columns(
        record_name=pl.concat_str("service_name", "site_name", separator=" at ", ignore_nulls=True)
    )
    return pl.concat([members.filter(~is_at_site), at_sites.select(members.columns)])


def _is_edited() -> pl.Expr:
    is_edited = pl.col("not_counted_reason").fill_null("") == NotCountedReason.EDITED_SERVICE_AT_SITE.value
    return (pl.col("is_counted") | is_edited) & _is_active() & ~pl.col("link_only")


def _is_active() -> pl.Expr:
    return pl.col("status").is_in([status.value for status in COUNTED_STATUSES])


def _parts(members: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return heading and place of every record on its form. A name that must not be told is left out of the heading."""
    hidden = told.filter((pl.col("field") == "name") & pl.col("is_hidden")).select(_KEY)
    unnamed = members.join(hidden, on=list(_KEY), how="semi")
    at_sites = members.filter(pl.col("kind") == RecordKind.SERVICE_AT_SITE.value)
    # A service at a site bears the names of both.
    bearing = [
        at_sites.join(
            unnamed.select("center_id", pl.col("record_uid").alias(parent)), on=["center_id", parent], how="semi"
        )
        for parent in ("service_uid", "site_uid")
    ]
    secret = pl.concat([rows.select(_KEY) for rows in (unnamed, *bearing)])
    number = pl.int_range(1, pl.len() + 1).over(*_AGENCY, "kind")
    words = pl.col("kind").replace_strict(_PART_WORDS, return_dtype=pl.String)
    is_agency = pl.col("kind") == RecordKind.AGENCY.value
    return (
        members.join(secret.unique().with_columns(is_secret=True), on=list(_KEY), how="left", maintain_order="left")
        .with_columns(
            heading=pl.when(is_agency).then(words).otherwise(pl.format("{} {}", words, number)),
            part_place=pl.int_range(pl.len(), dtype=pl.Int64),
            title=pl.when(pl.col("is_secret").is_null()).then(pl.col("record_name").fill_null("(no name)")),
        )
        .with_columns(part=pl.format("{}: {}", "heading", pl.col("title").fill_null(f"name {HIDDEN}")))
        .select(*_KEY, "agency_uid", "native_id", "part", "part_place")
    )


def _numbered(column: str) -> pl.Expr:
    """Number the entries of a field of which a record has several; a record as a whole is called what it is."""
    several = pl.len().over(*_KEY, "field") > 1
    number = pl.col("entry_place").rank("ordinal").over(*_KEY, "field")
    whole = pl.format(
        "This {}", pl.col("kind").str.replace_all("_", " ").str.replace("service at site", "service at this site")
    )
    return (
        pl.when(pl.col("field") == STANDING)
        .then(whole)
        .when(several)
        .then(pl.format("{} {}", column, number))
        .otherwise(column)
    )
