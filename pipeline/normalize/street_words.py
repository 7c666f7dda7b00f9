"""Words of street lines and how the USPS abbreviates them.

Source: USPS Publication 28, Postal Addressing Standards: suffixes appendix C1, units appendix C2, directions section 233,
boxes and routes sections 24-28. Only forms that the standard lists, or that differ from one by a slip met in exports.
"""

from __future__ import annotations

from pipeline.normalize.address_words import SUFFIXES

#: Full words and variants of street suffixes, and the form the standard prints, in the letter case of addresses.
SUFFIX_FORMS: dict[str, str] = {
    variant: short.capitalize()
    for short, variants in SUFFIXES.items()
    for variant in (short, *variants.split())
    # `Saint` begins names; it is a suffix only in the tables that compare addresses.
    if variant not in ("saint", "sts", "streets")
} | {"streets": "Sts", "sts": "Sts"}

#: Suffixes that show a street where no house number does; others end the names of buildings as well (project choice).
PLAIN_SUFFIXES = frozenset(
    {
        "Ave",
        "Blvd",
        "Cir",
        "Ct",
        "Dr",
        "Expy",
        "Fwy",
        "Hwy",
        "Ln",
        "Pkwy",
        "Pl",
        "Rd",
        "Sq",
        "St",
        "Sts",
        "Ter",
        "Tpke",
        "Trl",
    }
)

DIRECTION_FORMS: dict[str, str] = {
    "north": "N", "south": "S", "east": "E", "west": "W", "northeast": "NE", "northwest": "NW", "southeast": "SE",
    "southwest": "SW", "n": "N", "s": "S", "e": "E", "w": "W", "ne": "NE", "nw": "NW", "se": "SE", "sw": "SW",
    "north-east": "NE", "north-west": "NW", "south-east": "SE", "south-west": "SW",
}  # fmt: skip

#: Unit words that need a number or letter after them.
UNIT_FORMS: dict[str, str] = {
    "apartment": "Apt", "apt": "Apt", "apts": "Apt", "building": "Bldg", "bldg": "Bldg", "department": "Dept",
    "dept": "Dept", "floor": "Fl", "flr": "Fl", "fl": "Fl", "hangar": "Hngr", "hngr": "Hngr", "lot": "Lot", "office": "Ofc",
    "ofc": "Ofc", "penthouse": "PH", "ph": "PH", "room": "Rm", "rm": "Rm", "space": "Spc", "spc": "Spc", "suite": "Ste",
    "suites": "Ste", "ste": "Ste", "trailer": "Trlr", "trlr": "Trlr", "unit": "Unit", "unt": "Unit", "#": "#",
}  # fmt: skip

#: Unit words that can stand alone.
LONE_UNIT_FORMS: dict[str, str] = {
    "basement": "Bsmt", "bsmt": "Bsmt", "front": "Frnt", "frnt": "Frnt", "lobby": "Lbby", "lbby": "Lbby",
    "lower level": "Lower Level", "upper level": "Upper Level", "penthouse": "PH", "ph": "PH", "rear": "Rear",
}  # fmt: skip

#: Words before a floor in place of a number.
FLOOR_WORDS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "ground", "lower", "upper",
    "top",
)  # fmt: skip

#: Words that keep their capitals when a line is written in capitals only.
CAPITAL_WORDS = frozenset(
    {"us", "usa", "ne", "nw", "se", "sw", "po", "rr", "hc", "ph", "mlk", "jfk", "ii", "iii", "iv"}
)
