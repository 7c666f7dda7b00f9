"""Text as it is searched for private values: without what lets one value be written in many ways and read as the same.

Letter case, accents, invisible signs, entities of HTML, %-signs of web addresses, tags and digits of other scripts are settled
first; then texts are looked at as words, as a run of letters and digits, or as written. Every form exists twice: for a whole column
and for one text; both must say the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import polars as pl

_WORDS = r"[^\p{L}\p{N}]+"
_WORDS_PYTHON = re.compile(r"[\W_]+")

#: What makes a text more than letters of the alphabet; most texts hold nothing of it and are only written in small letters.
_ENTITY = r"&#?[0-9A-Za-z]{2,32};"
_ESCAPED = r"%[0-9A-Fa-f]{2}"
#: Tags within a word or a name. One with attributes may hold a value itself and stays.
_TAG = r"(?i)</?(?:a|b|br|div|em|font|i|li|p|s|small|span|strong|sub|sup|u|ul)\s*/?>"
_LINE_TAG = r"(?i)<(?:br|/?(?:div|li|p|ul))\s*/?>"
_FOREIGN = r"[[\p{L}\p{N}\p{M}\p{Cf}]--[[:ascii:]]]"
_MARKS = r"[\p{M}\p{Cf}]"
#: O'Brien and OBrien are one name.
_SHORT_PREFIX = r"\b([a-z])['’`´]([a-z]{3})"

#: Digits of other scripts in which agencies write for their readers: Arabic, Persian, Hindi and Bengali.
_FOREIGN_DIGITS = {chr(first + digit): str(digit) for first in (0x0660, 0x06F0, 0x0966, 0x09E6) for digit in range(10)}
_DIGIT_TABLE = str.maketrans(_FOREIGN_DIGITS)
#: Fractions would run into the house number before them.
_FRACTIONS = r"[¼½¾⅓⅔]"

_ENTITY_PYTHON, _ESCAPED_PYTHON = re.compile(_ENTITY), re.compile(_ESCAPED)
_TAG_PYTHON, _LINE_TAG_PYTHON = re.compile(_TAG), re.compile(_LINE_TAG)
_APOSTROPHES = frozenset("'’`´")
_SHORT_PREFIX_PYTHON = re.compile(_SHORT_PREFIX)
_FRACTIONS_PYTHON = re.compile(_FRACTIONS)
#: A name with initials, without them.
_LONE_LETTERS = r"(?: \p{L})+ "
_LONE_LETTERS_PYTHON = re.compile(r"(?: [^\W\d_])+ ")
#: Stands between two forms of one text, so that nothing is found across them.
_NEXT_FORM = "|"


def plain_texts(texts: pl.Series) -> pl.Series:
    """Return every text in the form that is searched; null stays null.

    >>> plain_texts(pl.Series(["Andr&eacute; O'Brien", "q=4417%20Elm", None])).to_list()
    ['andre obrien', 'q=4417 elm', None]
    """
    has_codes = texts.str.contains(f"{_ENTITY}|{_ESCAPED}").fill_null(value=False)
    plain = _where(texts, has_codes, lambda part: part.map_elements(_decode, return_dtype=pl.String))
    plain = _where(plain, plain.str.contains(_TAG), _untag)
    plain = _where(plain, _is_foreign(plain), _fold).str.to_lowercase()
    has_sign = plain.str.contains("['’`´]")
    return _where(plain, has_sign, lambda part: part.str.replace_all(_SHORT_PREFIX, "${1}${2}"))


def plain_text(text: str) -> str:
    """Return one text in the form that is searched; see `plain_texts`."""
    has_codes = ("&" in text and _ENTITY_PYTHON.search(text)) or ("%" in text and _ESCAPED_PYTHON.search(text))
    plain = _decode(text) if has_codes else text
    if "<" in plain:
        plain = _TAG_PYTHON.sub("", _LINE_TAG_PYTHON.sub(" ", plain))
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", _FRACTIONS_PYTHON.sub(" ", plain))
        plain = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Mc", "Me", "Cf"))
        plain = plain.translate(_DIGIT_TABLE)
    plain = plain.lower()
    return _SHORT_PREFIX_PYTHON.sub(r"\1\2", plain) if _APOSTROPHES.intersection(plain) else plain


def condensed_texts(plain: pl.Series) -> pl.Series:
    """Return nothing but the letters and digits of plain texts."""
    return plain.str.replace_all(_WORDS, "")


def condensed_text(plain: str) -> str:
    """Return nothing but the letters and digits of a plain text."""
    return _WORDS_PYTHON.sub("", plain)


def word_texts(plain: pl.Series) -> pl.Series:
    """Return plain texts as words with one blank between them and at both ends."""
    return " " + plain.str.replace_all(_WORDS, " ").str.strip_chars(" ") + " "


def word_text(plain: str) -> str:
    """Return a plain text as words with one blank between them and at both ends."""
    return f" {_WORDS_PYTHON.sub(' ', plain).strip(' ')} "


def person_texts(words: pl.Series) -> pl.Series:
    """Return texts of words in which persons are searched: as they are, and without single letters such as initials."""
    return words + _NEXT_FORM + words.str.replace_all(_LONE_LETTERS, " ")


def person_text(words: str) -> str:
    """Return a text of words in which persons are searched: as it is, and without single letters such as initials.

    >>> person_text(" jane q doe ")
    ' jane q doe | jane doe '
    """
    return words + _NEXT_FORM + _LONE_LETTERS_PYTHON.sub(" ", words)


def listed(words: str) -> list[str]:
    """Return the words of a list that is written in one text for reading's sake."""
    return words.split()


def _decode(text: str) -> str:
    return unquote(unescape(text), errors="replace")


def _untag(part: pl.Series) -> pl.Series:
    return part.str.replace_all(_LINE_TAG, " ").str.replace_all(_TAG, "")


def _fold(part: pl.Series) -> pl.Series:
    folded = part.str.replace_all(_FRACTIONS, " ").str.normalize("NFKD").str.replace_all(_MARKS, "")
    return (
        folded.to_frame("text")
        .select(pl.col("text").str.replace_many(list(_FOREIGN_DIGITS), list(_FOREIGN_DIGITS.values())))
        .to_series()
    )


def _is_foreign(texts: pl.Series) -> pl.Series:
    # Most texts hold nothing but ASCII, or no more of the rest than dashes and quotation marks.
    longer = (texts.str.len_bytes() != texts.str.len_chars()).fill_null(value=False).arg_true()
    found = texts.gather(longer).str.contains(_FOREIGN)
    return pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True).scatter(longer, found)


def _where(texts: pl.Series, mask: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    chosen = mask.fill_null(value=False)
    places = chosen.arg_true()
    return texts.clone().scatter(places, change(texts.gather(places))) if len(places) else texts
