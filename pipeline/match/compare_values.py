"""Which phones, e-mails, domains, employer numbers, codes and areas two entities share, and what that is worth."""

from __future__ import annotations

import polars as pl

from pipeline.match.compared import Compared

#: Signals of `Entities.contact`.
CONTACT_SIGNALS: tuple[str, ...] = ("ein", "phone", "email", "domain")


def compare_contacts(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return what the contact values of each pair say.

    Args:
        pair: `a`, `b`.
        compared: Prepared entities.

    Returns:
        One row per pair, in the order of `pair`. Per signal of `CONTACT_SIGNALS`: `<signal>_worth` (0-1 of the shared value worth
        most; null when a side has no value), `<signal>_row_a`, `<signal>_row_b` (its contact rows; null when none is shared).
    """
    rows = pair.select("a", "b").with_row_index("row")
    result = rows
    for signal in CONTACT_SIGNALS:
        contact = compared.contact.filter(pl.col("signal") == signal)
        shared = _shared_values(rows, contact, child_share=compared.profile.child_share)
        # Values without worth still show that both sides have something to compare.
        has = contact.select("entity").unique()
        both = rows.join(has, left_on="a", right_on="entity", how="semi").join(
            has, left_on="b", right_on="entity", how="semi"
        )
        both = (
            both.select("row")
            .join(shared, on="row", how="left", maintain_order="left")
            .with_columns(pl.col("worth").fill_null(0.0))
            .rename({"worth": f"{signal}_worth", "row_a": f"{signal}_row_a", "row_b": f"{signal}_row_b"})
        )
        result = result.join(both, on="row", how="left", maintain_order="left")
    return result.sort("row").drop("row", "a", "b")


def _shared_values(rows: pl.DataFrame, contact: pl.DataFrame, *, child_share: float) -> pl.DataFrame:
    """Return the shared value worth most per pair; a value that only a child record has counts a share."""
    values = contact.select("entity", "key", "contact_row", "is_own", "worth")
    return (
        rows.join(
            values.rename({"entity": "a", "contact_row": "row_a", "is_own": "own_a"}),
            on="a",
            how="inner",
            maintain_order="left",
        )
        .join(
            values.drop("worth").rename({"entity": "b", "contact_row": "row_b", "is_own": "own_b"}),
            on=["b", "key"],
            how="inner",
        )
        .with_columns(
            worth=pl.col("worth") * pl.when(pl.col("own_a") & pl.col("own_b")).then(1.0).otherwise(child_share)
        )
        .sort("row", "worth", "key", descending=[False, True, False])
        .unique("row", keep="first", maintain_order=True)
        .select("row", "worth", "row_a", "row_b")
    )


def compare_codes(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return how far the taxonomy codes of each pair overlap.

    Returns:
        One row per pair, in the order of `pair`: `codes_shared`, `codes_fewer` (count of codes of the side with fewer); null when a
        side has none.
    """
    rows = pair.select("a", "b").with_row_index("row")
    code = compared.code
    return (
        rows.join(code.rename({"entity": "a", "codes": "codes_a"}), on="a", how="left", maintain_order="left")
        .join(code.rename({"entity": "b", "codes": "codes_b"}), on="b", how="left", maintain_order="left")
        .sort("row")
        .select(
            codes_shared=pl.col("codes_a").list.set_intersection("codes_b").list.len(),
            codes_fewer=pl.when(pl.col("codes_a").is_not_null() & pl.col("codes_b").is_not_null()).then(
                pl.min_horizontal(pl.col("codes_a").list.len(), pl.col("codes_b").list.len())
            ),
        )
    )


def compare_areas(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return whether the pairs share a ZIP and a city.

    Returns:
        One row per pair, in the order of `pair`: `has_same_postal_code`, `has_same_city`; null when a side has none.
    """
    rows = pair.select("a", "b").with_row_index("row")
    area = compared.area
    joined = (
        rows.join(
            area.rename({name: f"{name}_a" for name in area.columns} | {"entity": "a"}),
            on="a",
            how="left",
            maintain_order="left",
        )
        .join(
            area.rename({name: f"{name}_b" for name in area.columns} | {"entity": "b"}),
            on="b",
            how="left",
            maintain_order="left",
        )
        .sort("row")
    )
    return joined.select(
        _shares("postal_codes").alias("has_same_postal_code"), _shares("cities").alias("has_same_city")
    )


def _shares(name: str) -> pl.Expr:
    """Tell whether two lists share a value; null when one is empty or missing."""
    first, second = pl.col(f"{name}_a"), pl.col(f"{name}_b")
    return pl.when((first.list.len() > 0) & (second.list.len() > 0)).then(
        first.list.set_intersection(second).list.len() > 0
    )
