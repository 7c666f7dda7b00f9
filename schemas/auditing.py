"""Tables of the schema `auditing`: draws and the drawn records."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Draw(Table):
    """One row per audit batch."""

    batch_id: pl.String = required("Id from method, seed, size, frame and as_of: the same draw has the same id.")
    method: pl.String = required("`simple`.")
    unit: pl.String = required("`agency` (the bundle) or `service`.")
    seed: pl.String = required("Seed as text; published after the draw.")
    algorithm: pl.String = required("Version of the algorithm, `sha256-53/1`.")
    as_of: pl.Date = required("Day of the frame.")
    center_id: pl.String = optional("Center of the frame; null for all centers.")
    frame_size: pl.Int64 = required("Counted records that could be drawn.")
    frame_sha256: pl.String = required("Hash over the sorted ids of the frame.")
    size: pl.Int64 = required("Records drawn.")
    snapshot: pl.String = optional("Published snapshot the frame came from.")


class DrawItem(Table):
    """One row per drawn record, in draw order."""

    batch_id: pl.String = required("Batch.")
    rank: pl.Int64 = required("Place in the draw, from 1.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Drawn record.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the record.")
    stratum: pl.String = required("Stratum; `all` in a simple draw.")
    u: pl.Float64 = required("Hash of seed and record as a number in [0, 1).")
    inclusion_probability: pl.Float64 = required("Probability that the draw holds this record.")
    auditor: pl.String = optional("Who audits; null until assigned.")
    second_rater: pl.String = optional("Who scores it blind a second time; null when nobody does.")
