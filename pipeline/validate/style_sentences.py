"""Sentences, words and the reading grade of texts, as expressions over whole columns.

A full stop is no end of a sentence after an abbreviation, inside a number, or before a small letter; a new line is one before
a bullet, an empty line, a capital letter or a digit. Everything here is approximate and used for information only.
"""

from __future__ import annotations

import polars as pl

#: Stand-ins while sentences are found: a stop that ends nothing, and the end of a sentence. Cleaned texts hold neither.
_STOP, _END = "\x1f", "\x1e"

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#: Abbreviations that are followed by a name or a number more often than by a new sentence.
_ABBREVIATED = (
    r"\b(St|Ste|Dr|Mr|Mrs|Ms|Prof|Rev|Fr|Sr|Jr|Hon|Gen|Lt|Col|Sgt|Capt|Gov|Sen|Rep|Inc|Corp|Ltd|Co|Bros|Ave|Blvd|Rd|Ln|Hwy|Pkwy|"
    r"Bldg|Rm|Apt|Dept|Univ|Mt|Ft|vs|approx|incl|esp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thurs?|Fri|Sat|"
    r"Sun|Tel|Ext|ext|Cert|Lic)\."
)
_NUMBERED = r"\b([Nn]os?|[Vv]ol|[Ff]l|[Pp]p?|[Ss]ec)\.(\s+[0-9])"

#: What is done to a text in this order to find where its sentences end.
_STEPS: tuple[tuple[str, str], ...] = (
    # Lists and lines.
    (r"^\s*(?:[-*•·▪◦–—]|\(?[0-9]{1,2}[.)])\s+", ""),
    (r"\s*\n\s*(?:[-*•·▪◦–—]|\(?[0-9]{1,2}[.)])\s+", _END),
    (r"\s+[•▪◦]\s*", _END),
    (r"\s*\n\s*\n\s*", _END),
    (r"\s*\n\s*([\p{Lu}\p{N}\"“(])", f"{_END}$1"),
    (r"\s+", " "),
    # Stops that end nothing.
    (_ABBREVIATED, f"$1{_STOP}"),
    (_NUMBERED, f"$1{_STOP}$2"),
    (rf"\b([AaPp])\. ?([Mm])\.(\s+{_WEEKDAY})", f"$1{_STOP}$2{_STOP}$3"),
    (r"\b([AaPp])\. ?([Mm])\.\s+(\p{Lu})", f"$1{_STOP}$2{_STOP}{_END}$3"),
    (r"\b([AaPp])\. ?([Mm])\.", f"$1{_STOP}$2{_STOP}"),
    (r"\b(\p{L})\.", f"$1{_STOP}"),
    # The numbers of a list within a line.
    (rf"([:;.] |{_END})([0-9]{{1,2}})\. ", f"$1$2{_STOP} "),
    # Ends.
    (r"([.!?]+[\"'”’)\]]*) ([\"'“‘(\[]?[\p{Lu}\p{N}])", f"$1{_END}$2"),
)

_WORD = r"[\p{L}\p{N}]+(?:['’.\-][\p{L}\p{N}]+)*"

#: Flesch-Kincaid grade level: Kincaid, Fishburne, Rogers and Chissom 1975, Research Branch Report 8-75.
_WORDS_WEIGHT, _SYLLABLES_WEIGHT, _CONSTANT = 0.39, 11.8, -15.59


def split_sentences(text: pl.Expr) -> pl.Expr:
    """Return the sentences of a text as a list, trimmed; pieces without a letter are left out.

    >>> pl.select(split_sentences(pl.lit("St. Mary's opens at 9 a.m. daily. Fees: $2.50. Call Dr. Ross."))).item().to_list()
    ["St. Mary's opens at 9 a.m. daily.", 'Fees: $2.50.', 'Call Dr. Ross.']
    """
    for pattern, replacement in _STEPS:
        text = text.str.replace_all(pattern, replacement)
    piece = pl.element().str.replace_all(_STOP, ".", literal=True).str.strip_chars()
    return text.str.split(_END).list.eval(piece.filter(piece.str.contains(r"\p{L}")))


def count_words(text: pl.Expr) -> pl.Expr:
    """Return the number of words; what hyphens, apostrophes and inner stops join is one word.

    >>> pl.select(count_words(pl.lit("After-school care, 3.5 hours: children's games"))).item()
    6
    """
    return text.str.count_matches(_WORD)


def count_syllables(text: pl.Expr) -> pl.Expr:
    """Return an estimate of the syllables of an English text: groups of vowels without the silent e; one for any other word.

    >>> pl.select(count_syllables(pl.lit("Provides housing for homeless families"))).item()
    10
    """
    small = text.str.to_lowercase()
    groups = small.str.count_matches(r"[aeiouy]+")
    silent = (
        small.str.count_matches(r"[aeiouy][a-z]*[bcdfghjkmnpqrstvwxz]e\b")
        + small.str.count_matches(r"[aeiouy]le\b")
        + small.str.count_matches(r"[aeiouy][a-z]*[bcfghjklmnpqrsvwxz]ed\b")
        + small.str.count_matches(r"[aeiouy][a-z]*[bdfkmnprtvw]es\b")
        # An e before a common ending is silent too: homeless, placement, safely.
        + small.str.count_matches(r"[aeiouy][bcdfgklmnprstvz]e(?:less|ment|ly|ful)")
    )
    voiceless = small.str.count_matches(r"\b[bcdfghjklmnpqrstvwxz0-9]+\b")
    return (groups.cast(pl.Int64) - silent + voiceless).clip(lower_bound=0)


def estimate_grade(*, words: pl.Expr, sentences: pl.Expr, syllables: pl.Expr) -> pl.Expr:
    """Return the Flesch-Kincaid grade level, about the years of school that a text asks for; null for a text without words.

    >>> pl.select(estimate_grade(words=pl.lit(100), sentences=pl.lit(5), syllables=pl.lit(150))).item()
    9.91
    """
    grade = _WORDS_WEIGHT * words / sentences + _SYLLABLES_WEIGHT * syllables / words + _CONSTANT
    return pl.when((words > 0) & (sentences > 0)).then(grade)
