"""The table of taxonomy links."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.noticing import note_where
from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.taxonomy import split_links
from pipeline.normalize.text import columns_to_clean, one_line
from schemas.delivered import Conventions
from schemas.notes import NoteKind


def build_links(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one row per taxonomy link, and notes on links and codes that stand twice on one record.

    Args:
        delivered: The delivered frame, one row per cell.
        owners: Records the links belong to.
        conventions: Texts that mean empty.

    The slot of a link is its text, so that its id does not depend on the other links of the cell.
    """
    filled = delivered.filter((pl.col("codes").str.strip_chars() != "").fill_null(value=False))
    owned, notes = attach_owners(filled, table="taxonomy_link", owners=owners, conventions=conventions)
    cells = owned.with_row_index("cell")
    links = split_links(cells.select("cell", "codes", "terms"))
    rows = (
        links.with_columns(one_line(links[name]) for name in columns_to_clean(links, ["term"]))
        .join(cells.drop("codes", "terms", "slot"), on="cell", how="left", maintain_order="left")
        .sort("owner_row", "source_file", "source_line", "cell", "position")
        .with_columns(
            pl.struct("owner_row", "link_key").is_first_distinct().not_().alias("is_repeated"),
            pl.col("link_written").alias("slot"),
        )
    )
    codes = pl.col("link_key").str.split(" * ")
    is_twice_inside = codes.list.n_unique() < codes.list.len()
    notes.append(
        note_where(
            rows,
            pl.col("is_repeated") | is_twice_inside,
            note_kind=NoteKind.REPEATED_VALUE,
            field="taxonomy_link.code",
            value="link_written",
        )
    )
    return number_rows(rows, table="taxonomy_link"), notes
