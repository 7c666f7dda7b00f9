"""What must not leave the house: flags, and places that must not be located whatever the flags say."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.distinct import change_where
from pipeline.normalize.flags import read_flags
from pipeline.normalize.noticing import note_where
from schemas.enumerations import WithheldReason
from schemas.errors import InputError
from schemas.notes import NoteKind
from schemas.parameters import PrivacyParameters

RECORD_FLAGS = (
    "exclude_from_website",
    "exclude_from_directory",
    "available_for_directory",
    "available_for_referral",
    "available_for_research",
)
#: A mention of where to turn is no statement about the place of the record itself.
_MENTION = r"(?:refer(?:s|red|ral|rals)?|linkages?|links?|connect(?:s|ion|ions)?|transport(?:s|ation)?|placements?)\b[^.;\n]{0,60}"


def read_record_flags(records: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with their flags as booleans and `withheld_reason`, and notes on unclear flags.

    Args:
        records: Needs `center_id`, `record_uid`, `kind`, `link_only` (boolean) and the five flag columns as written
            (`""` when blank, null when the export does not carry the flag).

    A blank exclusion flag on a full record counts as "excluded": unknown is private. A blank availability flag states
    nothing, for those columns are empty in whole exports. Link-only rows carry no flags by nature.
    """
    flags = {name: read_flags(records[name]) for name in RECORD_FLAGS}
    is_full = ~records["link_only"]
    unclear = {
        name: flag["is_unclear"] | (flag["is_blank"] & is_full & pl.lit(name.startswith("exclude_")))
        for name, flag in flags.items()
    }
    unclear_series = {name: pl.select(mask).to_series() for name, mask in unclear.items()}
    is_unclear = pl.any_horizontal(unclear_series[name] for name in RECORD_FLAGS if name != "available_for_research")
    reason = (
        pl.when(flags["exclude_from_website"]["value"])
        .then(pl.lit(str(WithheldReason.EXCLUDED_FROM_WEBSITE)))
        .when(flags["exclude_from_directory"]["value"])
        .then(pl.lit(str(WithheldReason.EXCLUDED_FROM_DIRECTORY)))
        .when(flags["available_for_directory"]["value"].not_())
        .then(pl.lit(str(WithheldReason.NOT_AVAILABLE_FOR_DIRECTORY)))
        .when(flags["available_for_referral"]["value"].not_())
        .then(pl.lit(str(WithheldReason.NOT_AVAILABLE_FOR_REFERRAL)))
        .when(is_unclear)
        .then(pl.lit(str(WithheldReason.FLAG_UNCLEAR)))
    )
    notes = [
        note_where(records, unclear_series[name], note_kind=NoteKind.UNCLEAR_FLAG, field=name, value=name)
        for name in RECORD_FLAGS
    ]
    marked = records.with_columns(
        *(flag["value"].alias(name) for name, flag in flags.items()), reason.alias("withheld_reason")
    )
    return marked, notes


def read_private_flags(rows: pl.DataFrame, *, field: str) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return whether phones, addresses or contacts are private, and notes on unclear flags.

    Args:
        rows: Needs `center_id`, `record_uid` and `kind` of the owner, and `is_private` as written (`""` when blank, null
            when the export carries no flag for this value).
        field: Name of the flag in notes, such as `phone.is_private`.

    Returns:
        True for yes, for blank and for unclear: unknown is private when the flag exists. False when it does not.
    """
    flags = read_flags(rows["is_private"])
    is_private = flags["value"].fill_null(value=False) | flags["is_blank"] | flags["is_unclear"]
    is_unclear = flags["is_blank"] | flags["is_unclear"]
    notes = [note_where(rows, is_unclear, note_kind=NoteKind.UNCLEAR_FLAG, field=field, value="is_private")]
    return is_private, notes


def is_confidential_text(values: pl.Series, *, parameters: PrivacyParameters) -> pl.Series:
    """Tell where a text points to a place that must not be located.

    A text that only mentions such places as somewhere to refer to does not count.

    Raises:
        InputError: A pattern is no regular expression that can be used.

    >>> texts = pl.Series(["Runs a domestic violence shelter.", "Referrals to domestic violence shelters.", "Counseling.", None])
    >>> is_confidential_text(texts, parameters=PrivacyParameters()).to_list()
    [True, False, False, False]
    """
    patterns = parameters.confidential_place_patterns
    if not patterns:
        return pl.Series([False] * len(values), dtype=pl.Boolean)
    # Whole words only: an address confidentiality program hides nobody's address in the directory.
    anywhere = "|".join(rf"(?:\b(?:{_as_written(pattern)})s?\b)" for pattern in patterns)
    is_named = values.str.contains(f"(?i){anywhere}").fill_null(value=False)
    # Most texts name no such place; only the few that do are read a second time.
    return change_where(
        is_named,
        is_named,
        lambda _: (
            values.filter(is_named)
            .str.replace_all(f"(?i){_MENTION}(?:{anywhere})", " ")
            .str.contains(f"(?i){anywhere}")
        ),
    )


def _as_written(pattern: str) -> str:
    # Words may be parted by a line break, and apostrophes are often typographic.
    adapted = pattern.replace(" ", r"\s+").replace("'", "['’`]")
    try:
        pl.Series([""]).str.contains(adapted)
    except pl.exceptions.ComputeError as fault:
        raise InputError(
            f"The pattern {pattern!r} in confidential_place_patterns cannot be used.",
            advice="Write it without look-ahead, look-behind and back-references.",
        ) from fault
    return adapted


def is_confidential_code(codes: pl.Series, *, parameters: PrivacyParameters) -> pl.Series:
    """Tell which taxonomy codes, or codes below them, the center listed as places that are never located.

    >>> codes = pl.Series(["BH-1800.1500", "BH-1800.1500-100", "BH-1800.15001", "BH-1800"])
    >>> is_confidential_code(codes, parameters=PrivacyParameters(confidential_place_codes=("BH-1800.1500",))).to_list()
    [True, True, False, False]
    """
    listed = [code.strip().upper() for code in parameters.confidential_place_codes if code.strip()]
    result = pl.Series([False] * len(codes), dtype=pl.Boolean)
    upper = codes.str.to_uppercase()
    for code in listed:
        # Below a letter comes a letter or a dash, below everything else a dash or a dot.
        below = r"(?:$|[-.])" if len(code) > 1 else ""
        result = result | upper.str.contains(f"^{_escaped(code)}{below}").fill_null(value=False)
    return result


def _escaped(text: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in text)
