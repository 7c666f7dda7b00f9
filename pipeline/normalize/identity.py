"""Stable identifiers for whole columns, equal to those of `schemas.identity` one by one."""

from __future__ import annotations

import polars as pl
import polars_hash as plh

from schemas.identity import center_namespace

#: Parts of a name that is hashed because there is no number are joined by this character, which no export holds.
CONTENT_SEPARATOR = "\x1f"
_HEX = "[0-9a-fA-F]"
_UUID = rf"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"
#: Characters of a UUID in its usual written form.
_UUID_LENGTH = 36


def record_uids(frame: pl.DataFrame, *, center_id: str) -> pl.Series:
    """Return the ids of records.

    Args:
        frame: Needs `kind` and `native_id`; neither may be null.
        center_id: Center that delivered the records.
    """
    return uids_of_names(
        frame["native_id"],
        frame.select(pl.format("{}:{}", "kind", "native_id")).to_series(),
        center_id=center_id,
    )


def uids_of_names(native_ids: pl.Series, names: pl.Series, *, center_id: str) -> pl.Series:
    """Return the UUIDv5 of each name in the center's namespace; a native id that is a UUID is kept instead."""
    hashed = hashed_uids(names, center_id=center_id)
    if not (native_ids.str.len_bytes() >= _UUID_LENGTH).any():
        return hashed
    trimmed = native_ids.str.strip_chars()
    is_uuid = trimmed.str.contains(_UUID)
    kept = pl.select(pl.when(is_uuid).then(trimmed.str.to_lowercase()).otherwise(hashed)).to_series()
    return kept.alias("record_uid")


def hashed_uids(names: pl.Series, *, center_id: str) -> pl.Series:
    """Return the UUIDv5 of each name in the center's namespace.

    Args:
        names: `kind:owner kind:owner id:slot` for dependent rows; null stays null.
        center_id: Center that delivered the rows.
    """
    namespace = str(center_namespace(center_id))
    # One call per column: dependent rows go into the millions, and a loop in Python takes ten times as long.
    return names.to_frame("name").select(plh.col("name").uuidhash.uuid5(namespace).alias("record_uid")).to_series()
