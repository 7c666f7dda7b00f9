"""Whether two entities work from the same address."""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.match.compared import Compared

#: Likeness of street names from which they are one street, misspelled (project choice).
_SAME_STREET = 85.0
#: Pairs of addresses compared in one go. An agency may have a hundred addresses, so that few pairs of agencies make many pairs
#: of addresses. Bounds the memory, changes no result (project choice).
_ADDRESS_PAIRS_AT_ONCE = 200_000


def compare_places(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return what the addresses of each pair say: the best over all addresses of both.

    Args:
        pair: `a`, `b`.
        compared: Prepared entities.

    Returns:
        One row per pair, in the order of `pair`: `place_worth` (0-1 when an address is shared, 0 when addresses can be compared and
        none is shared, null when they cannot), `place_row_a`, `place_row_b` (the shared address, else the nearest two),
        `is_place_shared`, `is_house_different` (same street, other house), `nearness` (2: same street, a house number is missing;
        1: neighbouring houses; 0 otherwise).
    """
    rows = pair.select("a", "b").with_row_index("row")
    street = _streets(compared)
    parts = [_compare_part(part, street, compared) for part in _parts(rows, street)]
    return pl.concat(parts).sort("row").drop("row")


def _streets(compared: Compared) -> pl.DataFrame:
    return compared.place.filter(pl.col("street").is_not_null() | pl.col("address_key").is_not_null()).select(
        "entity",
        "place_row",
        "address_key",
        "house_number",
        "core",
        "directions",
        "city",
        "postal_code",
        "worth",
        "is_own",
    )


def _parts(rows: pl.DataFrame, street: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut the pairs into parts of about as many pairs of addresses."""
    counts = street.group_by("entity").agg(pl.len().cast(pl.Int64).alias("count"))
    weighed = rows.join(
        counts.rename({"entity": "a", "count": "count_a"}), on="a", how="left", maintain_order="left"
    ).join(counts.rename({"entity": "b", "count": "count_b"}), on="b", how="left")
    work = (pl.col("count_a") * pl.col("count_b")).fill_null(0) + 1
    part = (work.cum_sum() // _ADDRESS_PAIRS_AT_ONCE).alias("part")
    cut = weighed.sort("row").select("row", "a", "b", part)
    return [one.drop("part") for one in cut.partition_by("part", maintain_order=True)] or [rows]


def _compare_part(rows: pl.DataFrame, street: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    both = rows.join(
        street.rename({name: f"{name}_a" for name in street.columns} | {"entity": "a"}), on="a", how="inner"
    ).join(
        street.rename({name: f"{name}_b" for name in street.columns} | {"entity": "b"}),
        on="b",
        how="inner",
        maintain_order="left",
    )
    both = both.join(_compare_streets(both), on=["core_a", "core_b"], how="left", maintain_order="left")
    both = both.join(_compare_directions(both), on=["directions_a", "directions_b"], how="left", maintain_order="left")
    differs = {name: (pl.col(f"{name}_a") != pl.col(f"{name}_b")).fill_null(False) for name in ("city", "postal_code")}
    same_street = (pl.col("street_score") >= _SAME_STREET) & ~pl.col("is_direction_different").fill_null(False)
    same_house = pl.col("house_number_a") == pl.col("house_number_b")
    one_unnumbered = pl.col("house_number_a").is_null() != pl.col("house_number_b").is_null()
    both_unnumbered = pl.col("house_number_a").is_null() & pl.col("house_number_b").is_null()
    distance = (
        pl.col("house_number_a").cast(pl.Int64, strict=False) - pl.col("house_number_b").cast(pl.Int64, strict=False)
    ).abs()
    # The same house and street in another city *and* ZIP is another place; one of the two may be a slip.
    same_area = ~(differs["city"] & differs["postal_code"])
    is_shared = (
        (pl.col("address_key_a") == pl.col("address_key_b")).fill_null(False)
        | ((same_house.fill_null(False) | (both_unnumbered & (pl.col("street_score") >= 99))) & same_street & same_area)
    ).fill_null(False)
    slips = pl.when(differs["city"] | differs["postal_code"]).then(0.7).otherwise(1.0)
    own = pl.when(pl.col("is_own_a") & pl.col("is_own_b")).then(1.0).otherwise(compared.profile.child_share)
    best = (
        both.with_columns(
            is_place_shared=is_shared,
            place_worth=pl.when(is_shared).then(pl.min_horizontal("worth_a", "worth_b") * slips * own).otherwise(0.0),
            is_house_different=(same_street & ~same_house).fill_null(False),
            nearness=pl.when(same_street & same_area & one_unnumbered)
            .then(2)
            .when((same_street & same_area & (distance <= compared.profile.neighbouring_houses)).fill_null(False))
            .then(1)
            .otherwise(0),
        )
        .with_columns(__rank=_rank())
        .sort("row", "__rank", "place_row_a", "place_row_b", descending=[False, True, False, False])
        .unique("row", keep="first", maintain_order=True)
    )
    columns = ("place_worth", "place_row_a", "place_row_b", "is_place_shared", "is_house_different", "nearness")
    return rows.join(best.select("row", *columns), on="row", how="left", maintain_order="left").select("row", *columns)


def _rank() -> pl.Expr:
    """Return one number that orders two addresses as is_place_shared, place_worth, nearness, street_score do, in this order.

    One key sorts in half the time of four. Worth is told apart to a millionth, street scores to a thousandth.
    """
    worth = (pl.col("place_worth") * 1_000_000).round().cast(pl.Int64)
    street = (pl.col("street_score").fill_null(-1.0) * 1_000 + 1_000).round().cast(pl.Int64)
    shared = pl.col("is_place_shared").cast(pl.Int64)
    return ((shared * 1_000_001 + worth) * 3 + pl.col("nearness")) * 101_001 + street


def _compare_directions(both: pl.DataFrame) -> pl.DataFrame:
    """Compare distinct pairs of street directions, which are few.

    They differ when each street has a direction the other lacks ("n main" / "s main"); "e ferry" / "e ferry ne" do not.
    """
    first, second = pl.col("directions_a").str.split(" "), pl.col("directions_b").str.split(" ")
    conflict = (first.list.set_difference(second).list.len() > 0) & (second.list.set_difference(first).list.len() > 0)
    both_have_some = (pl.col("directions_a") != "") & (pl.col("directions_b") != "")
    return (
        both.select("directions_a", "directions_b")
        .drop_nulls()
        .unique()
        .with_columns(is_direction_different=both_have_some & conflict)
    )


def _compare_streets(both: pl.DataFrame) -> pl.DataFrame:
    """Compare distinct pairs of street names, 0-100.

    Blanks do not matter ("van buren" / "vanburen"). A street whose words are all in the other's is the same, spelled longer
    ("king" / "dr martin luther king", "main" / "main oak park"). Numbered streets with other numbers are other streets.
    """
    streets = both.select("core_a", "core_b").drop_nulls().unique().sort("core_a", "core_b")
    if streets.is_empty():
        return pl.DataFrame(schema={"core_a": pl.String, "core_b": pl.String, "street_score": pl.Float64})
    score = process.cpdist(
        streets["core_a"].to_list(), streets["core_b"].to_list(), scorer=fuzz.token_sort_ratio, dtype=np.float32
    )
    words_a, words_b = pl.col("core_a").str.split(" "), pl.col("core_b").str.split(" ")
    is_part = (words_a.list.set_difference(words_b).list.len() == 0) | (
        words_b.list.set_difference(words_a).list.len() == 0
    )
    same_letters = pl.col("core_a").str.replace_all(" ", "") == pl.col("core_b").str.replace_all(" ", "")
    numbers_differ = pl.col("core_a").str.extract_all(r"\d+") != pl.col("core_b").str.extract_all(r"\d+")
    return streets.with_columns(letters=pl.Series(score.astype(np.float64))).select(
        "core_a",
        "core_b",
        street_score=pl.when(same_letters)
        .then(pl.lit(100.0))
        .when(is_part)
        .then(pl.max_horizontal("letters", pl.lit(90.0)))
        .when(numbers_differ)
        .then(pl.min_horizontal("letters", pl.lit(60.0)))
        .otherwise("letters"),
    )
