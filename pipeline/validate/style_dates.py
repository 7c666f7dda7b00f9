"""Rule STY-035: a season, school year or day that is over and still stands in the text.

A year alone is often history ("since 1984", "the Act of 2009") and is left alone; a calendar day, the year of a school year or
season, and a year after words such as "until" is an event, unless its sentence tells of the past.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.validate.style_sentences import split_sentences
from pipeline.validate.style_texts import slips_of
from pipeline.validate.style_wording import one_of
from schemas.style_parameters import StyleParameters

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_YEAR = r"20[0-9]{2}"
_DAY = rf"\b{_MONTH} (?:[0-9]{{1,2}}(?:st|nd|rd|th)?,? )?{_YEAR}\b|\b[01]?[0-9]/[0-3]?[0-9]/{_YEAR}\b"
_RANGE = rf"\b{_YEAR} ?[-–/] ?(?:20)?[0-9]{{2}}\b(?: (?:school|fiscal|academic|program) year)?"


def find_past_events(texts: pl.DataFrame, *, style: StyleParameters, as_of: date) -> pl.DataFrame:
    """Return a slip for every text that names an event before the month of the run.

    Args:
        texts: As `list_texts` returns them.
        style: Words of history and of events.
        as_of: Day of the run.
    """
    # With no words at all, `$^` finds nothing.
    words = one_of(style.event_words) if style.event_words else "$^"
    event = rf"(?i){_RANGE}|{_DAY}|{words},?(?: of| in| the| year)* {_YEAR}\b"
    history = rf"(?i){one_of(style.history_words)}" if style.history_words else "$^"
    plain = pl.col("plain")
    sentences = (
        texts.filter(plain.str.contains(r"20[0-9]{2}"))
        .select("text_key", sentence=split_sentences(plain))
        .explode("sentence", empty_as_null=True)
        .filter(pl.col("sentence").str.contains(event), ~pl.col("sentence").str.contains(history))
    )
    events = (
        sentences.with_columns(passage=pl.col("sentence").str.extract_all(event))
        .explode("passage", empty_as_null=True)
        .filter(_month_of(pl.col("passage")) < as_of.year * 12 + as_of.month)
        .unique(["text_key", "passage"], maintain_order=True)
        .group_by("text_key", maintain_order=True)
        .agg(pl.col("passage").str.join("; "))
    )
    return slips_of(events, rule_id="STY-035", passage=pl.col("passage"))


def _month_of(event: pl.Expr) -> pl.Expr:
    """Return the last month of an event as months since the year 0: the named one, otherwise December of the last year."""
    small = event.str.to_lowercase()
    first, second = small.str.extract(rf"({_YEAR})", 1), small.str.extract(rf"{_YEAR} ?[-–/] ?(?:20)?([0-9]{{2}})", 1)
    year = pl.coalesce(pl.lit(2000) + second.cast(pl.Int64), first.cast(pl.Int64))
    named = small.str.extract(rf"\b({'|'.join(_MONTHS)})", 1).replace_strict(
        list(_MONTHS), list(range(1, 13)), default=None, return_dtype=pl.Int64
    )
    written = small.str.extract(rf"^([01]?[0-9])/[0-9]+/{_YEAR}", 1).cast(pl.Int64)
    return year * 12 + pl.coalesce(named, written, pl.lit(12))
