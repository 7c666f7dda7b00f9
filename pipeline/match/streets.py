"""The street addresses of the entities as numbers, so that millions of pairs of addresses can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.match.numbered import Flags, Numbers, Spans, numbers_of, shared_numbers_of


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Addresses that have a street or a comparison form, sorted by entity. Texts are numbers here; -1 stands for null.

    Attributes:
        spans: Where the addresses of each entity stand.
        place_row: Row of `Compared.place`.
        address: Equal numbers are equal texts; -1 also for what stands in one row only.
        house, city, postal_code: Equal numbers are equal texts.
        number: House number as a number.
        core, cores: Street without type and direction: place in the distinct names.
        direction: Place in the distinct directions; the last place of `is_turned` stands for null, which no direction contradicts.
        is_turned: Whether two directions contradict each other ("n main" / "s main"; "e ferry" / "e ferry ne" do not).
        is_box: Whether it is a post office box, whose number stands for no house.
        worth: As in `Compared.place`.
        is_own: As in `Compared.place`.
    """

    spans: Spans
    place_row: Numbers
    address: Numbers
    house: Numbers
    city: Numbers
    postal_code: Numbers
    number: Numbers
    core: Numbers
    cores: pl.Series
    direction: Numbers
    is_turned: Flags
    is_box: Flags
    worth: NDArray[np.float64]
    is_own: Flags


def number_streets(place: pl.DataFrame, *, count: int) -> Streets:
    """Return the addresses of `Compared.place` as numbers.

    Args:
        place: Sorted by entity.
        count: Number of entities.
    """
    rows = place.filter(pl.col("street").is_not_null() | pl.col("address_key").is_not_null())
    core, cores = _places_in_distinct(rows["core"])
    direction, directions = _places_in_distinct(rows["directions"])
    return Streets(
        spans=Spans.of(rows["entity"], count=count),
        place_row=numbers_of(rows["place_row"]),
        address=shared_numbers_of(rows["address_key"]),
        house=numbers_of(rows["house_number"]),
        city=numbers_of(rows["city"]),
        postal_code=numbers_of(rows["postal_code"]),
        number=numbers_of(rows["house_number"].cast(pl.Int64, strict=False)),
        core=core,
        cores=cores,
        direction=direction,
        is_turned=_contradictions(directions),
        is_box=(rows["core"] == "po box").fill_null(value=False).to_numpy(),
        worth=rows["worth"].to_numpy(),
        is_own=rows["is_own"].to_numpy(),
    )


def _places_in_distinct(values: pl.Series) -> tuple[Numbers, pl.Series]:
    distinct = values.drop_nulls().unique().sort()
    known = distinct.to_frame("value").with_row_index("number")
    numbers = values.to_frame("value").join(known, on="value", how="left", maintain_order="left")["number"]
    return numbers_of(numbers), distinct


def _contradictions(directions: pl.Series) -> Flags:
    """Tell for all pairs of directions whether each has one that the other lacks; the last row and column are for null."""
    words = [set(text.split()) for text in directions]
    turned = np.zeros((len(words) + 1, len(words) + 1), dtype=bool)
    for place, one in enumerate(words):
        turned[place, :-1] = [bool(one - other and other - one) for other in words]
    return turned
