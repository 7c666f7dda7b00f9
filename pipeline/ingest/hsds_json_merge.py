"""One object that is nested in many places becomes one row.

Objects of one id are the same object when no member says two things; one that has fewer members is a shorter form of the fuller one.
Where a member says two things, both stay, so that the rules find that one id stands for different content.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.ingest.cells import is_filled
from pipeline.ingest.hsds_json_rows import FILE, LINE

_Cells = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Rows of one table.

    Attributes:
        rows: Columns as given; cells that are blank are null.
        differing: Ids that stand for rows with different content, apart from who owns them, sorted.
    """

    rows: pl.DataFrame
    differing: tuple[str, ...]


def merge_rows(rows: pl.DataFrame, *, owner_columns: frozenset[str]) -> Merged:
    """Return the rows with one row for each object.

    Args:
        rows: `FILE`, `LINE` and the members as text.
        owner_columns: Columns that say whose an object is; one that several own, such as a phone, has no different content.
    """
    cells = [name for name in rows.columns if name not in (FILE, LINE)]
    rows = rows.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in cells)
    if not cells:
        return Merged(rows=rows.head(0), differing=())
    if "id" not in cells:
        return Merged(rows=rows.unique(cells, keep="first", maintain_order=True), differing=())
    again = rows["id"].is_duplicated()
    if not again.any():
        return Merged(rows=rows, differing=())
    once, several = rows.filter(~again), rows.filter(again).unique(cells, keep="first", maintain_order=True)
    has_id = several.select(is_filled(pl.col("id"))).to_series() & several["id"].is_duplicated()
    parts, shared = [once, several.filter(~has_id)], several.filter(has_id)
    differing: tuple[str, ...] = ()
    if shared.height:
        others = [name for name in cells if name != "id"]
        agreed = _agree(shared, others)
        parts.append(agreed.select(rows.columns))
        disputed = shared.join(agreed.select("id"), on="id", how="anti", maintain_order="left")
        if disputed.height:
            parts.append(_join_compatible(disputed, cells))
            content = [name for name in others if name not in owner_columns]
            told = disputed.join(_agree(disputed.select("id", FILE, LINE, *content), content), on="id", how="anti")
            differing = tuple(told["id"].unique().sort())
    return Merged(rows=pl.concat(parts), differing=differing)


def _agree(shared: pl.DataFrame, others: list[str]) -> pl.DataFrame:
    """Return one row for each id whose rows say nothing different."""
    # The smallest and the largest text are the same where all are; both pass over what is not there.
    bounds = shared.group_by("id", maintain_order=True).agg(
        pl.col(FILE, LINE).first(),
        *(pl.col(name).min() for name in others),
        *(pl.col(name).max().alias(f"\0{name}") for name in others),
    )
    same = [pl.col(name).eq_missing(pl.col(f"\0{name}")) for name in others]
    return bounds.filter(pl.all_horizontal(pl.lit(True), *same))


def _join_compatible(disputed: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    """Return the fewest rows that say all that was said, the fullest first; the order of the rows does not matter."""
    count = pl.sum_horizontal(pl.col(cells).is_not_null())
    ordered = disputed.sort(
        "id",
        count,
        *(name for name in cells if name != "id"),
        descending=[False, True, *([False] * (len(cells) - 1))],
        nulls_last=True,
    )
    kept: list[list[str | None]] = []
    places: list[tuple[str, int]] = []
    first = 0
    identity = cells.index("id")
    for file, line, *row in ordered.select(FILE, LINE, *cells).iter_rows():
        if kept and kept[-1][identity] != row[identity]:
            first = len(kept)
        for place in range(first, len(kept)):
            known = kept[place]
            if all(one is None or other is None or one == other for one, other in zip(known, row, strict=True)):
                kept[place] = [one if one is not None else other for one, other in zip(known, row, strict=True)]
                break
        else:
            kept.append(row)
            places.append((file, line))
    frame = pl.DataFrame(kept, schema=dict.fromkeys(cells, pl.String), orient="row")
    return frame.with_columns(
        pl.Series(FILE, [file for file, _ in places], dtype=pl.String),
        pl.Series(LINE, [line for _, line in places], dtype=pl.Int64),
    ).select(disputed.columns)
