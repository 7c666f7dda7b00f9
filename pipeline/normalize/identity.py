"""Stable identifiers for whole columns, equal to those of `schemas.identity` one by one."""

from __future__ import annotations

import hashlib

import polars as pl

from schemas.identity import center_namespace, is_uuid

#: Parts of a name that is hashed because there is no number are joined by this character, which no export holds.
CONTENT_SEPARATOR = "\x1f"


def record_uids(frame: pl.DataFrame, *, center_id: str) -> pl.Series:
    """Return the ids of records.

    Args:
        frame: Needs `kind` and `native_id`; neither may be null.
        center_id: Center that delivered the records.
    """
    return uids_of_names(
        frame["native_id"],
        pl.select(pl.format("{}:{}", frame["kind"], frame["native_id"])).to_series(),
        center_id=center_id,
    )


def uids_of_names(native_ids: pl.Series, names: pl.Series, *, center_id: str) -> pl.Series:
    """Return the UUIDv5 of each name in the center's namespace; a native id that is a UUID is kept instead."""
    namespace = center_namespace(center_id).bytes
    uids = [
        native.strip().lower() if len(native) >= 36 and is_uuid(native.strip()) else _uuid5(namespace, name)
        for native, name in zip(native_ids, names, strict=True)
    ]
    return pl.Series("record_uid", uids, dtype=pl.String)


def hashed_uids(names: pl.Series, *, center_id: str) -> pl.Series:
    """Return the UUIDv5 of each name in the center's namespace.

    Args:
        names: `kind:owner kind:owner id:slot` for dependent rows; null stays null.
        center_id: Center that delivered the rows.
    """
    namespace = center_namespace(center_id).bytes
    return pl.Series(
        "record_uid", [None if name is None else _uuid5(namespace, name) for name in names], dtype=pl.String
    )


def _uuid5(namespace: bytes, name: str) -> str:
    # The same digits as uuid.uuid5, without building the object: dependent rows go into the millions.
    digest = bytearray(hashlib.sha1(namespace + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
