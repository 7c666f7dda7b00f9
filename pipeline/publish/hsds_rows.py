"""What every HSDS row is made with: official columns as text, stable ids, and values that a strict reader accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.publish.strict_values import EMAIL, URI
from schemas.hsds_tables import HsdsColumn, HsdsTable

#: Kind of record -> the column by which HSDS rows name their owner.
OWNER_COLUMNS: Mapping[str, str] = {
    "agency": "organization_id",
    "site": "location_id",
    "service": "service_id",
    "service_at_site": "service_at_location_id",
}
_OWNER = ("center_id", "owner_kind", "owner_uid")
#: What `_plain` changes: control characters, outer blanks, nothing at all.
_UNTIDY = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|^\s|\s$|^$"


def as_table(frame: pl.DataFrame, table: HsdsTable) -> pl.DataFrame:
    """Return the frame with exactly the columns of a table, in order, as text sorted by id.

    Missing columns are empty; further ones are dropped. Blank text becomes empty, line ends become LF, and whole numbers lose
    their decimal point.
    """
    if frame.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(table.column_names(), pl.String))
    # Asked once: a frame works out its schema anew each time.
    given = frame.schema
    typed = [column.name for column in table.columns if given.get(column.name) == pl.String and _may_be_untidy(column)]
    # Looking costs little, and most columns are tidy.
    looks = frame.select(pl.col(name).str.contains(_UNTIDY).any().alias(name) for name in typed).row(0, named=True)
    columns = []
    for name in table.column_names():
        cell = pl.col(name)
        if name not in given:
            columns.append(pl.lit(None, dtype=pl.String).alias(name))
        elif given[name].is_numeric():
            columns.append(cell.cast(pl.String).str.replace(r"\.0$", ""))
        elif given[name] != pl.String:
            columns.append(cell.cast(pl.String))
        else:
            columns.append(_plain(cell) if looks.get(name) else cell)
    return frame.select(columns).sort("id")


def _may_be_untidy(column: HsdsColumn) -> bool:
    """Tell whether a column can hold what a person typed; ids, dates and words of lists are made by us."""
    return column.format != "uuid" and column.type == "string" and not column.enum


def of_owners(rows: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose owner leaves. `owners` has `center_id`, `owner_kind`, `owner_uid`, `owner_native_id`."""
    return rows.join(owners, on=list(_OWNER), how="inner")


def owner_columns(kinds: Sequence[str]) -> list[pl.Expr]:
    """Return one column per kind of owner, filled in the one that applies."""
    return [pl.when(pl.col("owner_kind") == kind).then("owner_uid").alias(OWNER_COLUMNS[kind]) for kind in kinds]


def strict_email(column: str) -> pl.Expr:
    """Return the e-mail address if a strict reader accepts it, else null."""
    cell = pl.col(column).str.strip_chars()
    return pl.when(cell.str.contains(EMAIL)).then(cell)


def strict_url(column: str) -> pl.Expr:
    """Return the web address if a strict reader accepts it, else null. Blanks inside are percent-encoded."""
    cell = pl.col(column).str.strip_chars().str.replace_all(" ", "%20", literal=True)
    return pl.when(cell.str.contains(URI)).then(cell)


def lost(frame: pl.DataFrame, column: str, kept: pl.Expr) -> int:
    """Return how many filled cells of a column become empty."""
    return int(frame.select((pl.col(column).is_not_null() & kept.is_null()).sum()).item())


def _plain(cell: pl.Expr) -> pl.Expr:
    """Return text that every reader of tables agrees on: LF line ends, no control characters, no outer blanks."""
    tidy = (
        cell.str.replace_all("\r\n", "\n", literal=True)
        .str.replace_all("\r", "\n", literal=True)
        .str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "")
        .str.strip_chars()
    )
    return pl.when(tidy != "").then(tidy)
