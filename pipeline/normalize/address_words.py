"""Words of addresses and the form they are compared in.

Street suffixes: USPS Publication 28, appendix C1 (full words and the variants met in exports); directions and numbers
by the same standard's abbreviations.
"""

from __future__ import annotations

#: Street suffixes by short form, variants parted by blanks.
SUFFIXES: dict[str, str] = {
    "aly": "alley ally allee", "ave": "avenue av aven avenu avn avnue", "bch": "beach", "bnd": "bend",
    "blvd": "boulevard boul boulv blv bvd", "br": "branch", "brg": "bridge", "brk": "brook", "byp": "bypass",
    "cswy": "causeway", "ctr": "center centre cntr cen", "cir": "circle circ crcl", "clf": "cliff", "clb": "club",
    "cor": "corner", "cors": "corners", "ct": "court crt", "cts": "courts", "cv": "cove", "crk": "creek", "cres": "crescent",
    "xing": "crossing crssng", "dl": "dale", "dr": "drive driv drv", "est": "estate", "ests": "estates",
    "expy": "expressway expwy expw exp", "ext": "extension", "fls": "falls", "fry": "ferry", "fld": "field",
    "flds": "fields", "frst": "forest", "frk": "fork", "ft": "fort", "fwy": "freeway frwy", "gdn": "garden",
    "gdns": "gardens", "gtwy": "gateway", "gln": "glen", "grn": "green", "grv": "grove", "hbr": "harbor", "hvn": "haven",
    "hts": "heights", "hwy": "highway hiway hiwy hway", "hl": "hill", "hls": "hills", "holw": "hollow", "is": "island",
    "jct": "junction", "knl": "knoll", "lk": "lake", "lks": "lakes", "lndg": "landing", "ln": "lane", "ldg": "lodge",
    "mnr": "manor", "mdw": "meadow", "mdws": "meadows", "ml": "mill", "mls": "mills", "mt": "mount mnt",
    "mtn": "mountain", "orch": "orchard", "pkwy": "parkway pky pkway parkwy", "pl": "place", "pln": "plain",
    "plns": "plains", "plz": "plaza plza", "pt": "point", "prt": "port", "rnch": "ranch", "rdg": "ridge", "riv": "river",
    "rd": "road", "rte": "route", "shr": "shore", "shrs": "shores", "spg": "spring", "spgs": "springs", "sq": "square sqr",
    "sta": "station", "strm": "stream", "st": "street streets str strt saint sts", "smt": "summit", "ter": "terrace terr",
    "trce": "trace", "trl": "trail", "tunl": "tunnel", "tpke": "turnpike trnpk", "vly": "valley", "vw": "view",
    "vlg": "village", "vis": "vista", "way": "wy",
}  # fmt: skip
_DIRECTIONS: dict[str, str] = {
    "n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast",
    "sw": "southwest",
}  # fmt: skip
_ORDINALS: dict[str, str] = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth", "7th": "seventh",
    "8th": "eighth", "9th": "ninth", "10th": "tenth", "11th": "eleventh", "12th": "twelfth", "13th": "thirteenth",
    "14th": "fourteenth", "15th": "fifteenth", "16th": "sixteenth", "17th": "seventeenth", "18th": "eighteenth",
    "19th": "nineteenth", "20th": "twentieth",
}  # fmt: skip
_UNITS: dict[str, str] = {
    "ste": "suite", "apt": "apartment", "rm": "room", "fl": "floor flr", "bldg": "building", "unit": "unt",
}  # fmt: skip


def _by_variant(*tables: dict[str, str]) -> dict[str, str]:
    return {variant: short for table in tables for short, variants in table.items() for variant in variants.split()}


#: Every variant and the short form it is compared as. No short form is itself a variant, so mapping twice changes nothing.
ADDRESS_WORDS: dict[str, str] = _by_variant(SUFFIXES, _DIRECTIONS, _ORDINALS, _UNITS)

#: Short forms of the words that begin a unit inside a building.
UNIT_WORDS: tuple[str, ...] = tuple(_UNITS)
