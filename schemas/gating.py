"""Gates and drift: totals that stop a night, and what changed about an export besides its records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from schemas.contract import Table, required


class GateName(StrEnum):
    """The gates, by the words that `resdir nightly --override` takes."""

    ROWS_FELL = "rows-fell"
    TABLE_EMPTY = "table-empty"
    REJECTED_ROWS = "rejected-rows"
    COLUMN_EMPTIED = "column-emptied"
    UNREADABLE_DATES = "unreadable-dates"
    UNKNOWN_STATUS = "unknown-status"


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A total that is too far off to publish.

    Attributes:
        name: Which gate.
        center_id: Center whose export tripped it.
        message: Which number, against which limit, in one or two sentences.
        measured: The number: a share, or a count for `table-empty`.
        limit: The limit it crossed, in the same unit.
    """

    name: GateName
    center_id: str
    message: str
    measured: float
    limit: float


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What changed about an export since the last accepted one, besides its records.

    Attributes:
        warnings: Changes that take something away from the findings or the figures, one sentence each.
        notices: Changes that do no harm, one sentence each.
    """

    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class FilledCells(Table):
    """One row per field that a center's last accepted export carries: how many of its cells are filled."""

    center_id: pl.String = required("Center.")
    item: pl.String = required("`kind.field`, such as `agency.hours`; `kind.table.field` for phones and the like.")
    record_count: pl.Int64 = required("Delivered records of that kind.")
    filled_count: pl.Int64 = required("Cells that are not blank; of phones and the like a record can have several.")
