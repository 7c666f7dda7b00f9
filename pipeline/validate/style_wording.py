"""Rules STY-002, -010 to -013, -030, -032 and -034 on texts: words, capitals, signs, and what belongs in another field."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.validate.style_texts import SLIP_SCHEMA, slips_of
from schemas.style_parameters import StyleParameters

_TEXT, _PLAIN = pl.col("text"), pl.col("plain")
_DESCRIPTION = pl.col("in_agency") | pl.col("in_site") | pl.col("in_service")
#: Sign that makes a blank visible in a finding.
_BLANK = "␣"
_BEFORE_SIGN = r"[\p{L}\p{N})] +[,;:.!?](?:\s|$)"
#: After a capitalised word the mark may be part of a name.
_EXCLAIMED = r"((?:^|[^.!?\n]{0,60}[\s(\"“])[\p{Ll}\p{N}][^\s!]*!+)"
#: Words that are long enough not to be acronyms.
_LONG_CAPITALS = r"\b\p{Lu}{5,}\b"


def find_wording(texts: pl.DataFrame, *, style: StyleParameters) -> pl.DataFrame:
    """Return the slips of the rules about words and signs.

    Args:
        texts: As `list_texts` returns them.
        style: The style profile.
    """
    described = texts.filter(_DESCRIPTION)
    return pl.concat(
        [
            slips_of(texts, rule_id="STY-002", passage=pl.when(is_all_capitals(_TEXT, style=style)).then(_TEXT)),
            slips_of(described, rule_id="STY-010", passage=_found(_PLAIN, style.praising_words)),
            slips_of(
                described.filter(pl.col("in_agency") | pl.col("in_service")),
                rule_id="STY-011",
                passage=_mission_opening(style),
            ),
            slips_of(texts, rule_id="STY-012", passage=_first_person(style)),
            slips_of(texts, rule_id="STY-013", passage=_PLAIN.str.extract(_EXCLAIMED, 1)),
            _find_usage(texts, style=style),
            slips_of(texts, rule_id="STY-032", passage=blank_before_sign(_TEXT)),
            slips_of(described, rule_id="STY-034", passage=_misplaced(style)),
        ]
    )


def is_all_capitals(text: pl.Expr, *, style: StyleParameters) -> pl.Expr:
    """Return whether a text is written in capitals throughout: enough letters, and two words too long for acronyms."""
    letters = text.str.count_matches(r"\p{L}")
    capitals = text.str.count_matches(r"\p{Lu}")
    return (
        (letters >= style.capital_letters)
        & (capitals >= style.capital_share * letters)
        & (text.str.count_matches(_LONG_CAPITALS) >= 2)
    )


def blank_before_sign(text: pl.Expr) -> pl.Expr:
    """Return the passage with a blank before a punctuation mark, the blank made visible; null when there is none."""
    passage = text.str.extract(rf"((?:\S{{1,25}} )?\S{{0,25}}{_BEFORE_SIGN})", 1)
    return passage.str.replace(r" +([,;:.!?])(?:\s|$)", f"{_BLANK}$1").str.strip_chars()


def double_blank(text: pl.Expr, *, style: StyleParameters) -> pl.Expr:
    """Return the passage with two blanks between words, the blanks made visible; null when there is none."""
    before = r"[^\s.!?:]" if style.blanks_after_sentence else r"\S"
    passage = text.str.extract(rf"(\S{{0,25}}{before}  +\S{{1,25}})", 1)
    return passage.str.replace_all("  ", _BLANK * 2, literal=True)


def one_of(phrases: Iterable[str]) -> str:
    r"""Return the regular expression for any of the phrases as whole words, the longer ones first.

    >>> one_of(["web site", "web sites"])
    '\\b(?:web sites|web site)\\b'
    """
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return rf"\b(?:{'|'.join(map(_literal, ordered))})\b"


def _literal(phrase: str) -> str:
    return "".join(
        sign if sign.isalnum() or sign.isspace() else f"\\{sign}" if sign.isascii() else sign for sign in phrase
    )


def _found(text: pl.Expr, phrases: tuple[str, ...]) -> pl.Expr:
    """Return the phrases that stand in a text, each once, in their order; null when there is none."""
    if not phrases:
        return pl.lit(None, dtype=pl.String)
    found = text.str.extract_all(one_of(phrases)).list.unique(maintain_order=True)
    return pl.when(found.list.len() > 0).then(found.list.join("; "))


def _mission_opening(style: StyleParameters) -> pl.Expr:
    if not style.mission_openings:
        return pl.lit(None, dtype=pl.String)
    return _PLAIN.str.extract(rf"(?i)^\s*[\"“]?((?:{'|'.join(style.mission_openings)}).{{0,60}})", 1)


def _first_person(style: StyleParameters) -> pl.Expr:
    words = style.first_person_words
    if not words:
        return pl.lit(None, dtype=pl.String)
    inside = one_of(words)
    # "Our Lady" is a name: at the beginning of a sentence a small letter must follow.
    begins = rf"(?:^|[.!?]\s+){one_of([word.capitalize() for word in words])}\s+\p{{Ll}}"
    # Not in "L.L.us", addresses or after an apostrophe: a blank or a bracket stands before the word.
    return pl.coalesce(
        _PLAIN.str.extract(rf"((?:\S{{1,25}}\s){{0,3}}[(\"“]?{inside}(?:\s\S{{1,25}}){{0,3}})", 1),
        _PLAIN.str.extract(rf"({begins}\S*(?:\s\S{{1,25}}){{0,3}})", 1).str.strip_chars(". !?"),
    )


def _find_usage(texts: pl.DataFrame, *, style: StyleParameters) -> pl.DataFrame:
    if not style.preferred_usage:
        return pl.DataFrame(schema=SLIP_SCHEMA)
    pattern = one_of(style.preferred_usage)
    found = (
        texts.filter(_PLAIN.str.contains(pattern))
        .select("text_key", phrase=_PLAIN.str.extract_all(pattern).list.unique(maintain_order=True))
        .explode("phrase")
        .with_columns(
            passage=pl.format(
                "{} → {}", "phrase", pl.col("phrase").replace_strict(style.preferred_usage, return_dtype=pl.String)
            )
        )
        .group_by("text_key", maintain_order=True)
        .agg(pl.col("passage").str.join("; "))
    )
    return slips_of(found, rule_id="STY-030", passage=pl.col("passage"))


def _misplaced(style: StyleParameters) -> pl.Expr:
    parts = [
        _TEXT.str.extract(f"({pattern})", 1) for pattern in (style.phone_pattern, style.url_pattern, style.date_pattern)
    ]
    found = pl.concat_list(parts).list.drop_nulls()
    return pl.when(found.list.len() > 0).then(found.list.join("; "))
