"""The history of changed fields as HSDS metadata: what a field said before, and since when it says what it says now.

Only fields that HSDS has a place for, of records that are written. A value that was private in the night that found the change was
never kept; one that is private today is left out here, in any spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from pipeline.publish.dependent_ids import with_id
from pipeline.publish.public_contacts import without_personal_email
from pipeline.publish.public_directions import MAPS
from pipeline.publish.public_directory import PublicDirectory
from schemas.export_parameters import ExportParameters
from schemas.private_values import find_kinds

#: Kind of record -> our field -> the HSDS field that says the same.
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "agency": {
        "name": "name",
        "aka": "alternate_name",
        "description": "description",
        "email": "email",
        "url": "website",
        "legal_status": "legal_status",
        "year_incorporated": "year_incorporated",
        "verified_on": "verified_on",
    },
    "site": {
        "name": "name",
        "aka": "alternate_name",
        "description": "description",
        "url": "url",
        "transportation": "transportation",
        "verified_on": "verified_on",
    },
    "service": {
        "name": "name",
        "aka": "alternate_name",
        "description": "description",
        "email": "email",
        "url": "url",
        "intake": "application_process",
        "fees": "fees_description",
        "wait_time": "wait_time",
        "accreditations": "accreditations",
        "eligibility": "eligibility_description",
        "minimum_age": "minimum_age",
        "maximum_age": "maximum_age",
        "verified_on": "assured_date",
    },
    "service_at_site": {"description": "description"},
}
_RESOURCES = {
    "agency": "organization",
    "site": "location",
    "service": "service",
    "service_at_site": "service_at_location",
}
#: Fields that tell where a place is; not told of one that must not be located.
_LOCATING = ("transportation", "url")
_WITHHELD = "withheld"
#: `updated_by` is required, and must not name a person.
_ROLE = "curator"


def metadata_rows(
    history: pl.DataFrame, public: PublicDirectory, *, parameters: ExportParameters
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return one row per change of a field, and how many were left out because of what they say.

    Args:
        history: `schemas.history.FieldChange` of all nights.
        public: What may leave.
        parameters: `metadata_days` says how far back; 0 for no history.
    """
    since = public.as_of - timedelta(days=parameters.metadata_days)
    recent = history.filter(
        (pl.col("change") == "changed")
        & pl.col("as_of").is_between(since, public.as_of, closed="right")
        & pl.col("before").is_not_null()
        & pl.col("now").is_not_null()
    )
    named = recent.join(_field_names(), on=["kind", "field"], how="inner", maintain_order="left")
    records = pl.concat(
        [
            frame.select(pl.lit(kind).alias("kind"), "center_id", "record_uid")
            for kind, frame in public.records().items()
        ]
    )
    theirs = named.join(records, on=["kind", "center_id", "record_uid"], how="semi", maintain_order="left")
    open_values = theirs.filter((pl.col("before") != _WITHHELD) & (pl.col("now") != _WITHHELD))
    told = _without_private(_without_places(open_values, public), public)
    told = _without_personal(told, parameters=parameters)
    is_verification = pl.col("field") == "verified_on"
    rows = with_id(
        told.with_columns(pl.concat_str("field", "run_id", separator=":").alias("slot")),
        kind="metadata",
        owner_kind=None,
        slot="slot",
    ).select(
        "id",
        pl.col("record_uid").alias("resource_id"),
        pl.col("owner_kind").replace_strict(_RESOURCES, return_dtype=pl.String).alias("resource_type"),
        pl.col("as_of").alias("last_action_date"),
        pl.when(is_verification).then(pl.lit("verified")).otherwise(pl.lit("update")).alias("last_action_type"),
        "field_name",
        pl.col("before").alias("previous_value"),
        pl.col("now").alias("replacement_value"),
        pl.lit(_ROLE).alias("updated_by"),
    )
    return rows, {"private_history": theirs.height - rows.height}


def _field_names() -> pl.DataFrame:
    rows = [(kind, field, name) for kind, fields in _FIELDS.items() for field, name in fields.items()]
    return pl.DataFrame(rows, schema=["kind", "field", "field_name"], orient="row")


def _without_places(changes: pl.DataFrame, public: PublicDirectory) -> pl.DataFrame:
    """Leave out what would locate a place that must not be located."""
    hidden = public.site.filter(~pl.col("is_located")).select("center_id", "record_uid", pl.lit("site").alias("kind"))
    marked = changes.join(
        hidden.with_columns(pl.lit(value=True).alias("is_hidden")),
        on=["center_id", "record_uid", "kind"],
        how="left",
        maintain_order="left",
    )
    # A link to a map told where a record was, whatever may be told of it now.
    has_map = pl.col("before").str.contains(MAPS) | pl.col("now").str.contains(MAPS)
    is_locating = pl.col("is_hidden").is_not_null() & pl.col("field").is_in(_LOCATING)
    return marked.filter(~is_locating, ~has_map).drop("is_hidden")


def _without_private(changes: pl.DataFrame, public: PublicDirectory) -> pl.DataFrame:
    values = public.private_values
    texts = pl.concat([changes.select(text="before"), changes.select(text="now")])["text"]
    private = list(find_kinds(texts, values))
    return changes.filter(~pl.col("before").is_in(private) & ~pl.col("now").is_in(private))


def _without_personal(changes: pl.DataFrame, *, parameters: ExportParameters) -> pl.DataFrame:
    """Leave out changes of an address that the center's policy keeps in, and name the owner as ids need it."""
    kept = changes.with_columns(pl.col("kind").alias("owner_kind"))
    for side in ("before", "now"):
        checked, _ = without_personal_email(kept.with_columns(pl.col(side).alias("email")), parameters=parameters)
        kept = checked.filter(pl.col("email").is_not_null()).drop("email")
    return kept
