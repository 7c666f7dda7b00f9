"""What a record says, as texts: what belongs to it, field by field, and a fingerprint of the whole.

Ids, dates of verification and edit, comparison forms and places in the file are not content: a record that is verified again
without a word changed says the same.
"""

from __future__ import annotations

import polars as pl
import polars_hash as plh

from schemas.directory import Directory

#: Record kinds that are compared.
KINDS: tuple[str, ...] = ("agency", "site", "service", "service_at_site")

#: Where a row stood in its file says nothing about the record.
NOT_CONTENT: tuple[str, ...] = ("source_file", "source_line")

#: Text that stands for a private value.
WITHHELD = "withheld"

_BETWEEN = "; "
_END = "\x1f"

#: Columns of `list_parts`.
PART_SCHEMA: dict[str, pl.DataType] = {
    "center_id": pl.String(),
    "kind": pl.String(),
    "record_uid": pl.String(),
    "field": pl.String(),
    "text": pl.String(),
    "is_private": pl.Boolean(),
}

#: What names a part.
PART_KEY: tuple[str, ...] = ("center_id", "kind", "record_uid", "field")

#: Columns of what belongs to records that make up its text, as delivered where there is a choice.
_PART_COLUMNS: dict[str, tuple[str, ...]] = {
    "phone": ("number_written", "extension", "type", "label", "note"),
    "address": ("attention", "line1", "line2", "city", "county_written", "state_written", "postal_code", "country", "directions"),
    "contact": ("name", "title", "email", "phone"),
}  # fmt: skip

#: Columns of a record that identify it, date it, or follow from others.
_NO_FINGERPRINT: frozenset[str] = frozenset(
    {
        *NOT_CONTENT, "center_id", "record_uid", "native_id", "prior_native_id", "origin", "agency_uid", "agency_native_id",
        "parent_uid", "parent_native_id", "service_uid", "service_native_id", "site_uid", "site_native_id", "created_on",
        "edited_on", "verified_on", "verified_by", "verified_by_title", "verified_by_email", "verification_method", "curator",
        "is_counted", "not_counted_reason", "withheld_reason", "is_confidential_place", "county",
    }
)  # fmt: skip


def delivered_records(directory: Directory, kind: str) -> pl.DataFrame:
    """Return the delivered records of a kind without their place in the file."""
    return directory.tables()[kind].filter(pl.col("origin") == "delivered").drop(NOT_CONTENT)


def list_parts(directory: Directory) -> pl.DataFrame:
    """Return every row that belongs to a record as a text.

    Returns:
        `PART_SCHEMA`: phones, addresses and contacts by their slot (`phone.Phone1Number`), the taxonomy links (`taxonomy_link`) and the
        opening times (`schedule`), one row each. `text` is the value as it stands, private or not; `is_private` tells.
    """
    parts = [pl.DataFrame(schema=PART_SCHEMA)]
    for table, columns in _PART_COLUMNS.items():
        rows = directory.tables()[table]
        parts.append(
            _part(rows, field=pl.format(table + ".{}", "slot"), text=_joined(columns), is_private=pl.col("is_private"))
        )
    parts.append(_part(directory.taxonomy_link, field=pl.lit("taxonomy_link"), text=pl.col("link_written")))
    span = pl.format(
        "{} {}-{}",
        "weekday",
        pl.col("opens_at").cast(pl.String).str.head(5),
        pl.col("closes_at").cast(pl.String).str.head(5),
    )
    parts.append(_part(directory.schedule, field=pl.lit("schedule"), text=span))
    return pl.concat(parts)


def join_parts(parts: pl.DataFrame) -> pl.DataFrame:
    """Return one text per record and field (`PART_SCHEMA`): all links, all times, two numbers of one cell, in order."""
    return parts.group_by(*PART_KEY).agg(pl.col("text").sort().str.join(_BETWEEN), pl.col("is_private").any())


def changed_parts(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return record and field (`PART_KEY`) of the parts that differ between two nights.

    Compared by sums of hashes, so that no text is put together for the many that are the same.
    """
    later, earlier = (
        parts.group_by(*PART_KEY).agg(pl.col("text").hash().sum().alias("said")) for parts in (now, before)
    )
    both = later.join(earlier, on=list(PART_KEY), how="full", coalesce=True, suffix="_before")
    return both.filter(pl.col("said").ne_missing(pl.col("said_before"))).select(PART_KEY)


def fingerprint(directory: Directory) -> pl.DataFrame:
    """Return a fingerprint of what each delivered record and all that belongs to it say.

    Letter case and blanks count, for a corrected spelling is work done; ids, dates and people who verified do not.

    Returns:
        `center_id`, `kind`, `record_uid`, `content_key` (16 hex digits of SHA-256).
    """
    key = ["center_id", "kind", "record_uid"]
    owned = (
        list_parts(directory)
        .select(*key, said=pl.format("{}={}", "field", "text"))
        .select(*key, plh.col("said").nchash.xxh3_64(seed=0).alias("said"))
        .group_by(key)
        # A sum does not depend on the order of rows; it wraps around and stays the same on every machine.
        .agg(__owned=pl.col("said").sum().cast(pl.String))
    )
    return pl.concat(
        [
            _own_text(delivered_records(directory, kind))
            .join(owned, on=key, how="left", maintain_order="left")
            .select(*key, text=pl.concat_str("__own", pl.col("__owned").fill_null(""), separator=_END))
            .select(*key, content_key=plh.col("text").chash.sha2_256().str.head(16))
            for kind in KINDS
        ]
    )


def _own_text(records: pl.DataFrame) -> pl.DataFrame:
    schema = records.schema
    names = [
        name
        for name in schema
        if name not in _NO_FINGERPRINT and not name.endswith(("_key", "_written")) and name != "kind"
    ]
    texts = [
        (pl.col(name).list.join(_BETWEEN) if isinstance(schema[name], pl.List) else pl.col(name).cast(pl.String))
        .fill_null("")
        .alias(name)
        for name in sorted(names)
    ]
    return records.select("center_id", "kind", "record_uid", __own=pl.concat_str(texts, separator=_END))


def _joined(columns: tuple[str, ...]) -> pl.Expr:
    return pl.concat_list(pl.col(name).cast(pl.String) for name in columns).list.drop_nulls().list.join(_BETWEEN)


def _part(rows: pl.DataFrame, *, field: pl.Expr, text: pl.Expr, is_private: pl.Expr | None = None) -> pl.DataFrame:
    hidden = pl.lit(value=False) if is_private is None else is_private.fill_null(value=True)
    return rows.select(
        "center_id", kind="owner_kind", record_uid="owner_uid", field=field, text=text, is_private=hidden
    )
