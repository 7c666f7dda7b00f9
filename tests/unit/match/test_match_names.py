"""Names and addresses in comparison form."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.match.compare_names import compare_names
from pipeline.match.compared import prepare
from pipeline.match.listing import entities_of_list
from pipeline.match.names import prepare_names, words_of
from pipeline.match.places import house_number_of, street_core, street_of
from schemas.match_parameters import MatchParameters

PARAMETERS = MatchParameters()

#: Names that share nothing with those of the tests.
_OTHERS = (
    "Quiet Meadow Guild",
    "Northern Pike Anglers",
    "Velvet Curtain Players",
    "Copper Kettle Union",
    "Blue Gate Trust",
)


def words(name: str) -> list[str]:
    return words_of(pl.Series([name]), words=PARAMETERS.words)["word"].to_list()


def likeness(first: str, second: str, others: tuple[str, ...] = _OTHERS) -> float:
    """Likeness of two names in a list with the others."""
    names = [first, second, *others]
    records = pl.DataFrame({"id": [str(number) for number in range(len(names))], "name": names})
    entities = entities_of_list(records, parameters=PARAMETERS)
    compared = prepare(entities, profile=PARAMETERS.agency, parameters=PARAMETERS)
    pair = pl.DataFrame({"a": [0], "b": [1]}, schema={"a": pl.UInt32, "b": pl.UInt32})
    return float(compare_names(pair, compared)["likeness"][0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The Y.M.C.A. of Niños & Families, Inc.", ["ymca", "nino", "family"]),
        ("Saint Mary's Daycare", ["st", "mary", "day", "care"]),
        ("Head Start III", ["head", "start", "3"]),
        ("51st Street Clinic", ["51", "st", "clinic"]),
        ("The And", ["the", "and"]),
        (" - ", []),
    ],
)
def test_words_of_a_name(name: str, expected: list[str]) -> None:
    """Otherwise spelling habits of curators decide what is compared."""
    assert words(name) == expected


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ("Harbor Light Mission", "HARBOR LIGHT MISSION, INC.", 1.0, 1.0),
        ("Mission Harbor Light", "Harbor Light Mission", 1.0, 1.0),
        ("Harbor Light Mission", "Harborlight Mission", 1.0, 1.0),
        ("Harbor Light Mission", "Harbor Ligth Mission", 0.85, 0.99),
        ("Harbor Light Assoc.", "Harbor Light Association", 1.0, 1.0),
        ("Jubilant Housing", "Jubilant Jobs", 0.0, 0.6),
        ("Birch Affairs", "Larch Affairs", 0.0, 0.6),
        ("Harbor Light Mission", "Prairie Bicycle Kitchen", 0.0, 0.0),
    ],
)
def test_likeness_of_names(first: str, second: str, low: float, high: float) -> None:
    """Otherwise slips hide duplicates, or alike-looking names of different agencies are called one."""
    assert low <= likeness(first, second) <= high
    assert likeness(first, second) == likeness(second, first)


def test_no_names_no_comparison() -> None:
    """Otherwise two nameless records would count as having the same name."""
    records = pl.DataFrame({"id": ["1", "2"], "name": ["unknown", "n/a"]})
    compared = prepare(
        entities_of_list(records, parameters=PARAMETERS), profile=PARAMETERS.agency, parameters=PARAMETERS
    )
    pair = pl.DataFrame({"a": [0], "b": [1]}, schema={"a": pl.UInt32, "b": pl.UInt32})
    assert compare_names(pair, compared)["likeness"].to_list() == [None]


@pytest.mark.parametrize(
    ("line", "house", "street", "core"),
    [
        ("1420 Columbia Road Nw", "1420", "columbia rd nw", "columbia"),
        ("7146-48 S. Ashland Ave.", "7146", "s ashland ave", "ashland"),
        ("12 W 31St. St., Suite 5", "12", "w 31st st", "31st"),
        ("P. O. Box 77", "77", "po box", "po box"),
        ("8 Sixth St.", "8", "6th st", "6th"),
        ("Corner of Main & Lake", None, "corner of main and lake", "corner of main and lake"),
        ("12", "12", None, None),
    ],
)
def test_street_lines(line: str, house: str | None, street: str | None, core: str | None) -> None:
    """Otherwise the same door spelled in two ways is two places, or two doors are one."""
    found = pl.select(
        house=house_number_of(pl.lit(line)), street=street_of(pl.lit(line)), core=street_core(street_of(pl.lit(line)))
    ).row(0)
    assert found == (house, street, core)


def _observatories(count: int) -> tuple[str, ...]:
    """Names that all hold the word "planetarium" and share nothing else."""
    return tuple(f"{chr(97 + number // 10) * 4}{chr(97 + number % 10) * 5} Planetarium" for number in range(count))


def test_an_abbreviation_may_recur_where_its_word_is_frequent() -> None:
    """Otherwise a large directory, in which three people wrote "Planet." for "Planetarium", takes it for a word of its own."""
    recurring = ("Saffron Planet.", "Walnut Planet.")
    frequent, scarce = (
        likeness("Amber Planetarium", "Amber Planet.", (*_observatories(count), *recurring)) for count in (80, 20)
    )
    assert frequent > 0.9
    assert scarce < 0.8


def test_a_slip_may_recur_where_its_word_is_very_frequent() -> None:
    """Otherwise the slips that hundreds of people make in one word look like words in a statewide list."""
    recurring = ("Saffron Planetraium", "Walnut Planetraium")
    frequent, scarce = (
        likeness("Amber Planetarium", "Amber Planetraium", (*numbered, *recurring))
        for numbered in (
            tuple(f"{name} {rank}" for rank in range(17) for name in _observatories(90)),
            _observatories(90),
        )
    )
    assert frequent > 0.9
    assert scarce < 0.8


def test_a_word_keeps_its_weight_when_more_centers_are_put_together() -> None:
    """Otherwise what tells two agencies apart in one center counts for less in a network of ten."""
    weights = []
    for count in (20_000, 60_000):
        names = [f"Guild {'planetarium' if number % 200 == 0 else ''} {number}" for number in range(count)]
        records = pl.DataFrame({"id": [str(number) for number in range(count)], "name": names})
        token = prepare_names(entities_of_list(records, parameters=PARAMETERS), words=PARAMETERS.words).token
        weights.append(token.filter(pl.col("text") == "planetarium")["weight"][0])
        assert token["weight"].max() == pytest.approx(1.0, abs=1e-4)
    assert weights[0] == pytest.approx(weights[1])
