"""Two nights held against each other: which records came, went, changed their number, or changed, and in which field."""

from __future__ import annotations

import polars as pl

from pipeline.curate.record_contents import (
    KINDS,
    PART_KEY,
    WITHHELD,
    changed_parts,
    delivered_records,
    join_parts,
    list_parts,
)
from pipeline.curate.rekeyed_records import find_rekeyed
from schemas.changes import RecordChange
from schemas.contract import conform, empty_table
from schemas.directory import Directory

#: Fields about people inside the center's partners; never printed.
_INTERNAL: tuple[str, ...] = ("verified_by", "verified_by_title", "verified_by_email")

#: Fields that locate a site; as private as its address.
_LOCATING: tuple[str, ...] = (
    "line1",
    "line2",
    "street",
    "unit",
    "postal_code",
    "postal_code5",
    "postal_code4",
    "latitude",
    "longitude",
)

#: What follows from other fields; those are told.
_DERIVED: frozenset[str] = frozenset(
    {"is_counted", "not_counted_reason", "withheld_reason", "is_confidential_place", "name_key"}
)

#: Fields that say where a record hangs; after a re-keying they are compared through the new numbers.
_LINKS: dict[str, str] = {"agency_uid": "agency", "parent_uid": "agency", "service_uid": "service", "site_uid": "site"}

_KEY = ["center_id", "record_uid"]
_LIST_SEPARATOR = "; "
_ORDER = ("center_id", "kind", "change", "native_id", "record_uid", "field")


def list_changes(now: Directory, *, before: Directory, rekeyed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return what differs between two nights in the delivered agencies, sites, services and services at sites.

    What belongs to a record is compared too: its phones, addresses and contacts one by one (`phone.Phone1Number`), its taxonomy
    links and its opening times as a whole. A re-keyed record is neither added nor removed; what else changed in it, and in what
    hangs on it, is told field by field. A field that differs only in how it was written is named with `(as written)`.

    Args:
        now: The later night.
        before: The earlier night.
        rekeyed: Records that came back under another number (`schemas.changes.RekeyedRecord`); found here when not given.

    Returns:
        RecordChange rows, ordered by center, kind, change, number and field.
    """
    moved = find_rekeyed(now, before=before) if rekeyed is None else rekeyed
    parts = [
        _changes_of_kind(kind, delivered_records(now, kind), delivered_records(before, kind), moved=moved)
        for kind in KINDS
    ]
    owners = pl.concat(
        [
            delivered_records(now, kind).select(*_KEY, "native_id", "name", "curator", kind=pl.lit(kind))
            for kind in KINDS
        ]
    )
    stayed = owners.join(
        pl.concat([part.filter(pl.col("change") == "added") for part in parts]).select(*_KEY, "kind"),
        on=[*_KEY, "kind"],
        how="anti",
    )
    parts.append(_part_changes(now, before, owners=stayed, moved=moved))
    return conform(pl.concat(parts).sort(_ORDER, nulls_last=True), RecordChange)


def _changes_of_kind(kind: str, now: pl.DataFrame, before: pl.DataFrame, *, moved: pl.DataFrame) -> pl.DataFrame:
    if now.is_empty() and before.is_empty():
        return empty_table(RecordChange)
    came = moved.filter(pl.col("kind") == kind)
    went = moved.filter(pl.col("old_kind") == kind)
    stayed_kind = came.filter(pl.col("old_kind") == kind)
    earlier = _under_new_numbers(before, stayed_kind, moved=moved)
    added = now.join(earlier, on=_KEY, how="anti").join(
        came.select("center_id", record_uid="new_record_uid"), on=_KEY, how="anti"
    )
    removed = earlier.join(now, on=_KEY, how="anti").join(
        went.select("center_id", record_uid="old_record_uid"), on=_KEY, how="anti"
    )
    renumbered = now.join(
        came.select(
            "center_id",
            "rekeyed_by",
            record_uid="new_record_uid",
            before=_number("old_kind", "old_native_id"),
            now=_number("kind", "new_native_id"),
        ),
        on=_KEY,
    )
    return pl.concat(
        [
            _whole(added, "added"),
            _whole(removed, "removed"),
            _whole(renumbered, "rekeyed"),
            _field_changes(now, earlier),
        ]
    )


def _number(kind: str, native_id: str) -> pl.Expr:
    # The kind is told only where it is what changed.
    return pl.when(pl.col("old_kind") != pl.col("kind")).then(pl.format("{} {}", kind, native_id)).otherwise(native_id)


def _under_new_numbers(before: pl.DataFrame, stayed_kind: pl.DataFrame, *, moved: pl.DataFrame) -> pl.DataFrame:
    """Return the earlier records as if re-keyed records had always had their new numbers."""
    if moved.is_empty():
        return before
    own = stayed_kind.select(
        "center_id", "new_record_uid", record_uid="old_record_uid", new_number="new_native_id", new_prior="new_prior_id",
        is_moved=pl.lit(value=True),
    )  # fmt: skip
    frame = before.join(own, on=_KEY, how="left", maintain_order="left")
    is_moved = pl.col("is_moved").fill_null(value=False)
    frame = frame.with_columns(
        record_uid=pl.coalesce("new_record_uid", "record_uid"),
        native_id=pl.when(is_moved).then("new_number").otherwise("native_id"),
        # That it names its old number now is how it was recognized, not a change.
        prior_native_id=pl.when(is_moved).then("new_prior").otherwise("prior_native_id"),
    ).drop("new_prior", "new_record_uid", "new_number", "is_moved")
    for column, kind in _LINKS.items():
        if column not in frame.columns:
            continue
        number = column.replace("_uid", "_native_id")
        links = moved.filter((pl.col("kind") == kind) & (pl.col("old_kind") == kind)).select(
            "center_id", pl.col("old_record_uid").alias(column), __uid="new_record_uid", __number="new_native_id"
        )
        frame = (
            frame.join(links, on=["center_id", column], how="left", maintain_order="left")
            .with_columns(
                pl.coalesce("__uid", column).alias(column),
                pl.when(pl.col(number).is_not_null()).then(pl.coalesce("__number", number)).alias(number),
            )
            .drop("__uid", "__number")
        )
    return frame.select(before.columns)


def _whole(records: pl.DataFrame, change: str) -> pl.DataFrame:
    return conform(records.with_columns(change=pl.lit(change), field=pl.lit(None, dtype=pl.String)), RecordChange)


def _field_changes(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    later = now.join(before.select(_KEY), on=_KEY, how="semi").sort(_KEY)
    earlier = before.join(now.select(_KEY), on=_KEY, how="semi").sort(_KEY)
    parts = [empty_table(RecordChange)]
    if later.height != earlier.height or later.is_empty():
        return parts[0]
    for name in later.columns:
        if name in _KEY or name in _DERIVED or name.endswith("_key"):
            continue
        # Most columns are the same from night to night; to see that takes no query.
        if later.get_column(name).equals(earlier.get_column(name)):
            continue
        differs = later.get_column(name).ne_missing(earlier.get_column(name))
        base = name.removesuffix("_written")
        if base != name and base in later.columns:
            # The value itself is told; its spelling only when nothing else of it changed.
            differs &= ~later.get_column(base).ne_missing(earlier.get_column(base))
        if not differs.any():
            continue
        rows = later.select("center_id", "kind", "record_uid", "native_id", "name", "curator").with_columns(
            change=pl.lit("changed"),
            field=pl.lit(name if base == name else f"{base} (as written)"),
            before=_shown(earlier, name, other=later),
            now=_shown(later, name, other=earlier),
            rekeyed_by=pl.lit(None, dtype=pl.String),
        )
        parts.append(conform(rows.filter(differs), RecordChange))
    return pl.concat(parts)


def _shown(records: pl.DataFrame, name: str, *, other: pl.DataFrame) -> pl.Series:
    values = records.get_column(name)
    text = values.list.join(_LIST_SEPARATOR) if isinstance(values.dtype, pl.List) else values.cast(pl.String)
    base = name.removesuffix("_written")
    if base in _INTERNAL:
        hidden = pl.Series([True]).new_from_index(0, records.height)
    elif base in _LOCATING and "is_address_private" in records.columns:
        # Private on either night: the value that is public now may have been let out by mistake.
        hidden = records.get_column("is_address_private") | other.get_column("is_address_private")
    else:
        return text
    return pl.select(pl.when(hidden & text.is_not_null()).then(pl.lit(WITHHELD)).otherwise(text)).to_series()


def _part_changes(now: Directory, before: Directory, *, owners: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of phones, addresses and the like of records that stayed."""
    old = list_parts(before)
    if not moved.is_empty():
        numbers = moved.filter(pl.col("kind") == pl.col("old_kind")).select(
            "center_id", "kind", "new_record_uid", record_uid="old_record_uid"
        )
        old = (
            old.join(numbers, on=["center_id", "kind", "record_uid"], how="left")
            .with_columns(record_uid=pl.coalesce("new_record_uid", "record_uid"))
            .drop("new_record_uid")
        )
    new = list_parts(now)
    differing = changed_parts(new, old)
    both = (
        join_parts(new.join(differing, on=list(PART_KEY), how="semi"))
        .join(
            join_parts(old.join(differing, on=list(PART_KEY), how="semi")),
            on=list(PART_KEY),
            how="full",
            coalesce=True,
            suffix="_before",
        )
        .filter(pl.col("text").ne_missing(pl.col("text_before")))
        .with_columns(
            hidden=pl.col("is_private").fill_null(value=False) | pl.col("is_private_before").fill_null(value=False)
        )
        .join(owners, on=["center_id", "kind", "record_uid"])
    )
    return conform(
        both.with_columns(
            change=pl.lit("changed"),
            before=_masked("text_before"),
            now=_masked("text"),
            rekeyed_by=pl.lit(None, dtype=pl.String),
        ),
        RecordChange,
    )


def _masked(column: str) -> pl.Expr:
    return pl.when(pl.col("hidden") & pl.col(column).is_not_null()).then(pl.lit(WITHHELD)).otherwise(column)
