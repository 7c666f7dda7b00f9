"""Rules AUD: what auditors found wrong in counted records and nobody has mended yet."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.questions import FAILURE_SCHEMA

_KEY = ["center_id", "kind", "record_uid"]


def no_faults() -> pl.DataFrame:
    """Return a frame without faults: `center_id`, `kind`, `record_uid`, `rule_id`, `item_id`, `value`."""
    names = (*_KEY, "rule_id", "item_id", "value")
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def find_audited(records: Mapping[str, pl.DataFrame], *, faults: pl.DataFrame) -> pl.DataFrame:
    """Return the failures of the AUD rules.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        faults: Columns of `no_faults`; `value` holds auditor, day and comment.
    """
    counted = pl.concat(
        [
            frame.filter("is_counted").select(*_KEY, is_hidden=pl.col("is_withheld") | pl.col("is_confidential_place"))
            for frame in records.values()
        ]
    ).unique(_KEY, maintain_order=True)
    return (
        faults.join(counted, on=_KEY, how="inner", maintain_order="left")
        .with_columns(variant=pl.lit(""), field=pl.col("item_id"))
        # The comment of an auditor may say where a confidential place is.
        .with_columns(is_private=pl.col("is_hidden"))
        .select(*FAILURE_SCHEMA)
    )
