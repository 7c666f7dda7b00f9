"""Comparison form of names."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.distinct import change_where

#: Legal forms taken off the end of a name, as they stand after punctuation is gone (project choice).
LEGAL_FORMS = (
    "inc", "incorporated", "llc", "l l c", "corp", "corporation", "co", "company", "ltd", "limited", "pc", "p c", "pllc",
    "llp", "l l p", "lp", "nfp", "n f p", "npo", "pbc",
)  # fmt: skip
_LEGAL_END = rf"^(.+?)(?: (?:{'|'.join(LEGAL_FORMS)}))+$"
#: Dots inside a word and apostrophes vanish (`Y.M.C.A.`, `Women's`); other punctuation parts words.
_JOINING = r"[.'’‘ʼ`´]"


def name_key(values: pl.Series) -> pl.Series:
    """Return the comparison form of names; null when nothing is left.

    Case, accents and punctuation do not matter, `&` is `and`, `Saint` is `St`, a leading `The` and legal forms at the end
    fall away. A name that consists of such words alone keeps them.

    >>> name_key(pl.Series(["The Café & Pantry, Inc.", "Y.M.C.A. of Saint Paul", "The", " - ", None])).to_list()
    ['cafe and pantry', 'ymca of st paul', 'the', None, None]
    """
    key = without_accents(values).str.replace_all("&", " and ", literal=True).str.replace_all(_JOINING, "")
    key = key.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    key = key.str.replace_all(r"\bsaint\b", "st")
    key = key.str.replace(_LEGAL_END, "$1").str.replace(r"^(?:the )+", "")
    return pl.select(pl.when(key != "").then(key)).to_series().alias(values.name)


def without_accents(values: pl.Series) -> pl.Series:
    """Return text in lower case without accents, compatible forms (full width, ligatures) made plain.

    >>> without_accents(pl.Series(["ÉCOLE", "ﬁt", None])).to_list()
    ['ecole', 'fit', None]
    """
    lower = values.str.to_lowercase()
    return change_where(lower, lower.str.contains(r"[^\x00-\x7F]"), _unaccented)


def _unaccented(values: pl.Series) -> pl.Series:
    # Twice: lower case of a compatible form may itself be composed.
    plain = values.str.normalize("NFKD").str.to_lowercase().str.normalize("NFKD")
    return plain.str.replace_all(r"\p{M}", "")
