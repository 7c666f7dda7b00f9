"""Taxonomy cells: links parted by `;`, codes of one link joined by `*`, and term names in the same order."""

from __future__ import annotations

import polars as pl

#: Targets stand in this branch of the taxonomy.
TARGET_LETTER = "Y"
#: Cells of exactly this length were cut by the export (a database limit); their last name is incomplete.
CUT_LENGTH = 255


def split_links(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per taxonomy link.

    Args:
        cells: Needs `cell` (number of the cell), `codes`, `terms`. Names are paired with links by position when there are as
            many of them; otherwise links go without names.

    Returns:
        One row per link in the order of the cells: `cell`, `position`, `link_written`, `code` (first service code, or the
        target code when there is no other), `target_code` (first target joined to it), `joined_codes` (the others),
        `link_key` (the codes sorted: equal for the same codes) and `term`.

    >>> links = split_links(pl.DataFrame({"cell": [0], "codes": ["BH-1800 * YJ-2050; PH-6100; "], "terms": ["One; Two; "]}))
    >>> links.select("code", "target_code", "term").rows()
    [('BH-1800', 'YJ-2050', 'One'), ('PH-6100', None, 'Two')]
    """
    names = _listed(pl.col("terms")).alias("names")
    is_cut = (pl.col("terms").str.len_chars() == CUT_LENGTH) & ~pl.col("terms").str.ends_with(";")
    listed = cells.with_columns(_listed(pl.col("codes")).alias("links"), names).with_columns(
        pl.when((pl.col("names").list.len() == pl.col("links").list.len()) & ~is_cut.fill_null(value=False))
        .then("names")
        .otherwise(pl.col("links").list.eval(pl.lit(None, dtype=pl.String)))
        .alias("names")
    )
    links = (
        listed.select("cell", "links", "names")
        .filter(pl.col("links").list.len() > 0)
        .explode("links", "names")
        .with_columns(pl.int_range(pl.len()).over("cell").alias("position"))
        .rename({"links": "link_written", "names": "term"})
    )
    return links.with_columns(_listed(pl.col("link_written"), separator="*").alias("codes")).select(
        "cell", "position", "link_written", *_roles(pl.col("codes")), "term"
    )


def _listed(column: pl.Expr, *, separator: str = ";") -> pl.Expr:
    trimmed = column.fill_null("").str.split(separator).list.eval(pl.element().str.strip_chars())
    return trimmed.list.eval(pl.element().filter(pl.element() != ""))


def _roles(codes: pl.Expr) -> list[pl.Expr]:
    is_target = pl.element().str.to_uppercase().str.starts_with(TARGET_LETTER)
    targets = codes.list.eval(pl.element().filter(is_target))
    services = codes.list.eval(pl.element().filter(~is_target))
    has_service = services.list.len() > 0
    first = pl.when(has_service).then(services.list.first()).otherwise(targets.list.first())
    target = pl.when(has_service).then(targets.list.first())
    further = (
        pl.when(has_service)
        .then(pl.concat_list(services.list.slice(1), targets.list.slice(1)))
        .otherwise(targets.list.slice(1))
    )
    return [
        first.alias("code"),
        target.alias("target_code"),
        further.alias("joined_codes"),
        codes.list.sort().list.join(" * ").alias("link_key"),
    ]
