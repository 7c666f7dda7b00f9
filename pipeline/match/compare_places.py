"""Whether two entities work from the same address."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from pipeline.match.compared import Compared
from pipeline.match.numbered import Flags, Numbers, first_best, in_rows
from pipeline.match.streets import Streets
from schemas.match_parameters import ProfileParameters

#: Likeness of street names from which they are one street, misspelled (project choice).
_SAME_STREET = 85.0
#: What speaks at most against two records when only the house or only the street is another, in bits (project choice): where name and
#: telephone agree, a slip or a second entrance is more likely than a second site just there.
PARTLY_SAME_BITS = -3.0
#: House numbers of one block, and the least house number that two streets of an area hardly have in common by chance (project choice).
_BLOCK, _TELLING_NUMBER = 100, 100
#: Pairs of addresses compared in one go. An agency may have a hundred addresses, so that few pairs of agencies make many pairs
#: of addresses. Bounds the memory, changes no result (project choice).
_ADDRESS_PAIRS_AT_ONCE = 500_000


def compare_places(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return what the addresses of each pair say: the best over all addresses of both.

    Args:
        pair: `a`, `b`.
        compared: Prepared entities.

    Returns:
        One row per pair, in the order of `pair`: `place_worth` (0-1 when an address is shared, 0 when addresses can be compared and
        none is shared, null when they cannot), `place_row_a`, `place_row_b` (the shared address, else the nearest two),
        `is_place_shared`, `is_house_different` (same street, other house), `nearness` (3: same street, a house number is missing;
        2: neighbouring houses; 1: another house in the same block, or the same house number on another street of the area, where
        another address would speak more strongly against the pair than `PARTLY_SAME_BITS`; 0 otherwise).
    """
    street = compared.street
    a, b = (pair[side].cast(pl.Int64).to_numpy() for side in ("a", "b"))
    parts = street.spans.parts(a, b, at_once=_ADDRESS_PAIRS_AT_ONCE)
    return pl.concat([_compare_part(a[part], b[part], street, profile=compared.profile) for part in parts])


def _compare_part(a: Numbers, b: Numbers, street: Streets, *, profile: ProfileParameters) -> pl.DataFrame:
    row, first, second = street.spans.crossed(a, b)

    def both(values: Numbers) -> tuple[Numbers, Numbers]:
        return values[first], values[second]

    def differs(values: Numbers) -> Flags:
        one, other = both(values)
        found: Flags = (one != other) & (one >= 0) & (other >= 0)
        return found

    score = _street_scores(*both(street.core), street.cores)
    same_street = (score >= _SAME_STREET) & ~street.is_turned[both(street.direction)]
    house_a, house_b = both(street.house)
    same_house = (house_a == house_b) & (house_a >= 0)
    one_unnumbered = (house_a < 0) != (house_b < 0)
    both_unnumbered = (house_a < 0) & (house_b < 0)
    number_a, number_b = both(street.number)
    both_numbered = (number_a >= 0) & (number_b >= 0)
    distance = np.abs(number_a - number_b)
    is_near = (distance <= profile.neighbouring_houses) & both_numbered
    city_differs, postal_code_differs = differs(street.city), differs(street.postal_code)
    # The same house and street in another city *and* ZIP is another place; one of the two may be a slip.
    same_area = ~(city_differs & postal_code_differs)
    address_a, address_b = both(street.address)
    is_shared = ((address_a == address_b) & (address_a >= 0)) | (
        (same_house | (both_unnumbered & (score >= 99))) & same_street & same_area
    )
    slips = np.where(city_differs | postal_code_differs, 0.7, 1.0)
    own = np.where(street.is_own[first] & street.is_own[second], 1.0, profile.child_share)
    worth = np.where(is_shared, np.minimum(street.worth[first], street.worth[second]) * slips * own, 0.0)
    near_street = same_street & same_area
    in_block = (distance <= _BLOCK) & both_numbered & ~street.is_box[first]
    is_partly_same = np.full(len(row), profile.address_differ_bits < PARTLY_SAME_BITS) & same_area
    is_partly_same &= (same_street & in_block) | (~same_street & same_house & (number_a >= _TELLING_NUMBER))
    nearness = np.select([near_street & one_unnumbered, near_street & is_near, is_partly_same], [3, 2, 1], default=0)
    best = first_best(row, _rank(is_shared, worth, nearness, score))
    found = pl.DataFrame(
        {
            "row": row[best],
            "place_worth": worth[best],
            "place_row_a": street.place_row[first[best]],
            "place_row_b": street.place_row[second[best]],
            "is_place_shared": is_shared[best],
            "is_house_different": (same_street & ~same_house & (house_a >= 0) & (house_b >= 0))[best],
            "nearness": nearness[best],
        },
        schema_overrides={"place_row_a": pl.UInt32, "place_row_b": pl.UInt32, "nearness": pl.Int32},
    )
    return in_rows(found, count=len(a))


def _rank(is_shared: Flags, worth: NDArray[np.float64], nearness: Numbers, score: NDArray[np.float64]) -> Numbers:
    """Return one number that orders two addresses as these do, in this order.

    Worth is told apart to a millionth, street scores to a thousandth.
    """
    worths = np.floor(worth * 1_000_000 + 0.5).astype(np.int64)
    streets = np.floor(np.nan_to_num(score, nan=-1.0) * 1_000 + 1_000.5).astype(np.int64)
    return ((is_shared * 1_000_001 + worths) * 4 + nearness) * 101_001 + streets


def _street_scores(core_a: Numbers, core_b: Numbers, cores: pl.Series) -> NDArray[np.float64]:
    """Return how alike the streets are, 0-100; not a number where one is missing."""
    score = np.full(len(core_a), np.nan)
    score[(core_a == core_b) & (core_a >= 0)] = 100.0
    other = np.flatnonzero((core_a != core_b) & (core_a >= 0) & (core_b >= 0))
    distinct, which = np.unique((core_a[other] << 32) | core_b[other], return_inverse=True)
    streets = pl.DataFrame(
        {"core_a": cores.gather(pl.Series(distinct >> 32)), "core_b": cores.gather(pl.Series(distinct & 0xFFFFFFFF))}
    )
    score[other] = _compare_streets(streets)[which]
    return score


def _compare_streets(streets: pl.DataFrame) -> NDArray[np.float64]:
    """Compare pairs of street names (`core_a`, `core_b`), 0-100.

    Blanks do not matter ("van buren" / "vanburen"). A street whose words are all in the other's is the same, spelled longer
    ("king" / "dr martin luther king", "main" / "main oak park"). Numbered streets with other numbers are other streets.
    """
    if streets.is_empty():
        return np.zeros(0)
    score = process.cpdist(
        streets["core_a"].to_list(), streets["core_b"].to_list(), scorer=fuzz.token_sort_ratio, dtype=np.float32
    )
    words_a, words_b = pl.col("core_a").str.split(" "), pl.col("core_b").str.split(" ")
    is_part = (words_a.list.set_difference(words_b).list.len() == 0) | (
        words_b.list.set_difference(words_a).list.len() == 0
    )
    same_letters = pl.col("core_a").str.replace_all(" ", "") == pl.col("core_b").str.replace_all(" ", "")
    numbers_differ = pl.col("core_a").str.extract_all(r"\d+") != pl.col("core_b").str.extract_all(r"\d+")
    scored = streets.with_columns(letters=pl.Series(score.astype(np.float64))).select(
        pl.when(same_letters)
        .then(pl.lit(100.0))
        .when(is_part)
        .then(pl.max_horizontal("letters", pl.lit(90.0)))
        .when(numbers_differ)
        .then(pl.min_horizontal("letters", pl.lit(60.0)))
        .otherwise("letters")
    )
    return scored.to_series().to_numpy()
