"""Which phones, e-mails, domains, employer numbers, codes and areas two entities share, and what that is worth."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.match.compared import Compared
from pipeline.match.numbered import by_entity, in_rows

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
    shared = _shared_values(rows, compared.contact, child_share=compared.profile.child_share)
    parts = []
    for signal in CONTACT_SIGNALS:
        found = in_rows(shared.filter(pl.col("signal") == signal).drop("signal"), count=pair.height)
        # Values without worth still show that both sides have something to compare.
        has = np.zeros(compared.count, dtype=bool)
        has[compared.contact.filter(pl.col("signal") == signal)["entity"].to_numpy()] = True
        has_both = pl.Series(has[pair["a"].to_numpy()] & has[pair["b"].to_numpy()])
        parts.append(
            found.select(
                pl.when(has_both).then(pl.col("worth").fill_null(0.0)).alias(f"{signal}_worth"),
                pl.col("row_a").alias(f"{signal}_row_a"),
                pl.col("row_b").alias(f"{signal}_row_b"),
            )
        )
    return pl.concat(parts, how="horizontal")


def _shared_values(rows: pl.DataFrame, contact: pl.DataFrame, *, child_share: float) -> pl.DataFrame:
    """Return the shared value worth most per pair and signal; a value that only a child record has counts a share."""
    # Most values stand in one row and are shared by nobody.
    values = contact.filter(pl.col("value").is_not_null()).select(
        "entity", "signal", "value", "contact_row", "is_own", "worth"
    )
    return (
        rows.join(values.rename({"entity": "a", "contact_row": "row_a", "is_own": "own_a"}), on="a", how="inner")
        .join(
            values.drop("signal", "worth").rename({"entity": "b", "contact_row": "row_b", "is_own": "own_b"}),
            on=["b", "value"],
            how="inner",
        )
        .with_columns(
            worth=pl.col("worth") * pl.when(pl.col("own_a") & pl.col("own_b")).then(1.0).otherwise(child_share),
        )
        # The rows of an entity are in order of their values.
        .sort("signal", "row", "worth", "row_a", "row_b", descending=[False, False, True, False, False])
        .unique(["signal", "row"], keep="first", maintain_order=True)
        .select("signal", "row", "worth", "row_a", "row_b")
    )


def compare_codes(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return how far the taxonomy codes of each pair overlap.

    Returns:
        One row per pair, in the order of `pair`: `codes_shared`, `codes_fewer` (count of codes of the side with fewer); null when a
        side has none.
    """
    code = by_entity(compared.code, count=compared.count)["codes"]
    codes = pl.DataFrame({"a": code.gather(pair["a"]), "b": code.gather(pair["b"])})
    return codes.select(
        codes_shared=pl.col("a").list.set_intersection("b").list.len(),
        codes_fewer=pl.when(pl.col("a").is_not_null() & pl.col("b").is_not_null()).then(
            pl.min_horizontal(pl.col("a").list.len(), pl.col("b").list.len())
        ),
    )


def compare_areas(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return whether the pairs share a ZIP and a city.

    Returns:
        One row per pair, in the order of `pair`: `has_same_postal_code`, `has_same_city`; null when a side has none.
    """
    a, b = (pair[side].cast(pl.Int64).to_numpy() for side in ("a", "b"))
    return pl.DataFrame(
        {
            "has_same_postal_code": compared.postal_code.are_shared(a, b),
            "has_same_city": compared.city.are_shared(a, b),
        }
    )
