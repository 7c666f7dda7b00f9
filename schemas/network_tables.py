"""Tables of the network of centers."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class CrossCenterPair(Table):
    """One row per pair of agencies of two centers; A sorts before B by (center, uid)."""

    center_id_a: pl.String = required("Center of record A.")
    uid_a: pl.String = required("Record A.")
    center_id_b: pl.String = required("Center of record B.")
    uid_b: pl.String = required("Record B.")
    sort: pl.String = required(
        "`copy` (both centers deliver one identifier), `confirmed` (people called them one), `duplicate`, `possible`, or `different` "
        "(people called them two)."
    )
    score: pl.Float64 = optional("How likely they are one, 0-1; null when they were not scored.")
    owner: pl.String = required("Who is named as owner: `both`, `one`, `conflicting`, `none`, `not known`.")
    owner_a: pl.String = optional("Owner of record A, trimmed; null when blank.")
    owner_b: pl.String = optional("Owner of record B, trimmed; null when blank.")
    are_both_counted: pl.Boolean = required("Whether both centers count the record, so that a sum counts it twice.")
