"""Two nights held against each other: which records came, went or changed, and in which field."""

from __future__ import annotations

import polars as pl

from schemas.changes import RecordChange
from schemas.contract import conform, empty_table
from schemas.directory import Directory

#: Where a row stood in its file says nothing about the record.
NOT_CONTENT: tuple[str, ...] = ("source_file", "source_line")

#: Record kinds that are compared.
KINDS: tuple[str, ...] = ("agency", "site", "service", "service_at_site")

#: Text that stands for a private value.
WITHHELD = "withheld"

#: Fields about people inside the center's partners; never printed.
_INTERNAL: tuple[str, ...] = ("verified_by", "verified_by_title", "verified_by_email")

#: Fields that locate a site; as private as its address.
_LOCATING: tuple[str, ...] = ("line1", "line2", "postal_code", "latitude", "longitude")

_LIST_SEPARATOR = "; "


def list_changes(now: Directory, *, before: Directory) -> pl.DataFrame:
    """Return what differs between two nights in the delivered agencies, sites, services and services at sites.

    A record that came back under another number, and says so by its number in the prior system, is `rekeyed`; its other fields
    are not compared. A field that differs only in how it was written is named with `(as written)`.

    Args:
        now: The later night.
        before: The earlier night.

    Returns:
        RecordChange rows, ordered by center, kind, change, number and field.
    """
    parts = [_changes_of_kind(_delivered(now, kind), _delivered(before, kind)) for kind in KINDS]
    return conform(
        pl.concat(parts).sort("center_id", "kind", "change", "native_id", "record_uid", "field", nulls_last=True),
        RecordChange,
    )


def _delivered(directory: Directory, kind: str) -> pl.DataFrame:
    return directory.tables()[kind].filter(pl.col("origin") == "delivered").drop(NOT_CONTENT)


def _changes_of_kind(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    key = ["center_id", "record_uid"]
    added = now.join(before, on=key, how="anti")
    removed = before.join(now, on=key, how="anti")
    rekeyed = (
        added.drop_nulls("prior_native_id")
        .join(
            removed.select("center_id", pl.col("native_id").alias("prior_native_id")).drop_nulls().unique(),
            on=["center_id", "prior_native_id"],
        )
        .with_columns(before=pl.col("prior_native_id"), now=pl.col("native_id"))
    )
    gone = removed.join(
        rekeyed.select("center_id", pl.col("prior_native_id").alias("native_id")),
        on=["center_id", "native_id"],
        how="anti",
    )
    new = added.join(rekeyed, on=key, how="anti")
    return pl.concat(
        [
            _whole(new, "added"),
            _whole(gone, "removed"),
            _whole(rekeyed, "rekeyed"),
            _field_changes(now, before, key=key),
        ]
    )


def _whole(records: pl.DataFrame, change: str) -> pl.DataFrame:
    return conform(records.with_columns(change=pl.lit(change), field=pl.lit(None, dtype=pl.String)), RecordChange)


def _field_changes(now: pl.DataFrame, before: pl.DataFrame, *, key: list[str]) -> pl.DataFrame:
    later = now.join(before.select(key), on=key, how="semi").sort(key)
    earlier = before.join(now.select(key), on=key, how="semi").sort(key)
    parts = [empty_table(RecordChange)]
    if later.height != earlier.height:
        return parts[0]
    for name in later.columns:
        if name in key or name.endswith("_key"):
            continue
        differs = later.get_column(name).ne_missing(earlier.get_column(name))
        base = name.removesuffix("_written")
        if base != name and base in later.columns:
            # The value itself is told; its spelling only when nothing else of it changed.
            differs &= ~later.get_column(base).ne_missing(earlier.get_column(base))
        if not differs.any():
            continue
        rows = later.select("center_id", "kind", "record_uid", "native_id", "name").with_columns(
            change=pl.lit("changed"),
            field=pl.lit(name if base == name else f"{base} (as written)"),
            before=_shown(earlier, name),
            now=_shown(later, name),
        )
        parts.append(rows.filter(differs))
    return pl.concat(parts)


def _shown(records: pl.DataFrame, name: str) -> pl.Series:
    values = records.get_column(name)
    text = values.list.join(_LIST_SEPARATOR) if isinstance(values.dtype, pl.List) else values.cast(pl.String)
    base = name.removesuffix("_written")
    if base in _INTERNAL:
        hidden = pl.Series([True]).new_from_index(0, records.height)
    elif base in _LOCATING and "is_address_private" in records.columns:
        hidden = records.get_column("is_address_private")
    else:
        return text
    return pl.select(pl.when(hidden & text.is_not_null()).then(pl.lit(WITHHELD)).otherwise(text)).to_series()
