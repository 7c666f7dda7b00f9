"""Which phone numbers of a load are private, in the forms in which they are searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.publish.collect_kinds import Kind
from pipeline.publish.collect_owners import OWNER, leaving_owners, private_owners
from pipeline.publish.public_records import Selection
from schemas.directory import Directory
from schemas.private_numbers import (
    FULL_DIGITS,
    LOCAL_DIGITS,
    abroad_forms,
    extension_forms,
    extension_in,
    phone_digits,
    phones_in,
    vanity_number,
)
from schemas.private_values import PrivateValues, suspect_cells

_WRITTEN = ("e164", "written", "extension")
#: Area codes of a center with which its numbers of seven digits are searched: those it writes most often (project choice).
_MOST_AREA_CODES = 20

#: Digits of a number and its extension.
Extension = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class FoundPhones:
    """What of a part is private, and which area codes it writes.

    Args:
        private: Distinct private cells: `center_id`, `e164`, `written`, `extension` (texts).
        area_codes: How often each center writes an area code: `center_id`, `code` (texts), `len` (number of rows).
    """

    private: pl.DataFrame
    area_codes: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class AskedPhones:
    """What is asked about: digits of hidden numbers, those written with letters, and numbers with their extension."""

    values: PrivateValues
    as_e164: pl.Series
    extensions: frozenset[Extension]


@dataclass(frozen=True, kw_only=True)
class SeenPhones:
    """What of it is shown publicly: numbers, those written with letters, and numbers with their extension."""

    digits: frozenset[str]
    letters: frozenset[str]
    extensions: frozenset[Extension]


def _find(directory: Directory, selection: Selection) -> FoundPhones:
    rows = _rows(directory)
    private = pl.concat([rows.filter("is_private"), rows.join(private_owners(selection), on=OWNER, how="semi")])
    code = pl.col("e164").str.extract(r"^\+1([0-9]{3})[0-9]{7}$", 1)
    counted = rows.select("center_id", code.alias("code")).drop_nulls().group_by("center_id", "code").len()
    return FoundPhones(private=private.select("center_id", *_WRITTEN).unique(), area_codes=counted)


def _settle(found: Sequence[FoundPhones]) -> AskedPhones:
    """Return what is asked about: a cell may hold several numbers, each is private.

    A number without area code is searched with those that its center writes.
    """
    if not found:
        return AskedPhones(values=PrivateValues(), as_e164=_as_e164(frozenset()), extensions=frozenset())
    private = pl.concat([one.private for one in found]).unique()
    area_codes = _area_codes(pl.concat([one.area_codes for one in found]))
    hidden = frozenset(_hidden(private, area_codes=area_codes))
    return AskedPhones(
        values=PrivateValues(phones=hidden, vanity=_letters(private)),
        as_e164=_as_e164(hidden),
        extensions=_with_extension(private),
    )


def _public(directory: Directory, selection: Selection) -> pl.DataFrame:
    rows = _rows(directory).filter(~pl.col("is_private"))
    return rows.join(leaving_owners(selection), on=OWNER, how="semi").select(_WRITTEN).unique()


def _ask(rows: pl.DataFrame, asked: AskedPhones) -> SeenPhones:
    # Most public numbers have nothing to do with private ones, and are not looked at one by one.
    is_same = pl.coalesce("e164", "written").is_in(asked.as_e164.implode())
    if asked.values.phones or asked.values.vanity:
        is_same |= suspect_cells("written", asked.values)
    alike = rows.filter(is_same)
    known = asked.values.phones | {digits for digits, _ in asked.extensions}
    return SeenPhones(
        digits=_shown(alike) & known,
        letters=_letters(alike) & asked.values.vanity,
        extensions=_with_extension(alike) & asked.extensions,
    )


def _tell(asked: AskedPhones, seen: Sequence[SeenPhones]) -> dict[str, frozenset[str]]:
    """Return the numbers by their digits, and those written with letters or known by their extension.

    Of a public number with a private extension, number and extension together are private.
    """
    shown = frozenset[str]().union(*(one.digits for one in seen))
    kept = asked.values.phones - shown
    letters = asked.values.vanity.difference(*(one.letters for one in seen))
    extensions = asked.extensions.difference(*(one.extensions for one in seen))
    private_extensions = {one for one in extensions if one[0] in shown}
    return {
        "phones": kept | {form for digits in kept for form in abroad_forms(digits)},
        "vanity": letters | {form for one in private_extensions for form in extension_forms(*one)},
    }


def _rows(directory: Directory) -> pl.DataFrame:
    """Return every number of a part, those of contacts too."""
    columns = (*OWNER, "is_private", *_WRITTEN)
    nothing = pl.lit(None, dtype=pl.String)
    return pl.concat(
        [
            directory.phone.with_columns(written="number_written").select(columns),
            directory.contact.filter(pl.col("phone").is_not_null())
            .with_columns(written="phone", e164=nothing, extension=nothing)
            .select(columns),
        ]
    )


def _hidden(private: pl.DataFrame, *, area_codes: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    for center, e164, written in private.select("center_id", "e164", "written").unique().iter_rows():
        own = phone_digits(e164) if e164 else None
        for digits in phones_in(written) | ({own} if own else set()):
            codes = area_codes.get(center, ()) if len(digits) == LOCAL_DIGITS else ()
            found |= {f"{code}{digits}" for code in codes} or {digits}
    return found


def _shown(public: pl.DataFrame) -> frozenset[str]:
    """Return the numbers that are shown anyway; where a cell holds several and none was read, nobody says which is meant."""
    digits = pl.col("e164").str.extract(r"^\+1([0-9]{10})$", 1)
    found = set(public.select(digits).to_series().drop_nulls().to_list())
    for e164, written in public.filter(digits.is_null()).select("e164", "written").iter_rows():
        own = phone_digits(e164) if e164 else None
        read = phones_in(e164 or written)
        found |= ({own} if own else set()) | (read if len(read) == 1 else frozenset())
    return frozenset(found)


def _letters(rows: pl.DataFrame) -> frozenset[str]:
    written = rows["written"].unique()
    return frozenset(
        found for text in written.filter(written.str.contains(r"\p{L}")).to_list() if (found := vanity_number(text))
    )


def _with_extension(rows: pl.DataFrame) -> frozenset[Extension]:
    found = set()
    may_have = pl.col("extension").is_not_null() | pl.col("written").str.contains(r"\p{L}|#")
    for e164, written, extension in rows.filter(may_have).select(_WRITTEN).unique().iter_rows():
        digits = phones_in(e164 or written)
        own = extension or extension_in(written)
        if len(digits) == 1 and own:
            found.add((next(iter(digits)), own))
    return frozenset(found)


def _as_e164(numbers: frozenset[str]) -> pl.Series:
    return pl.Series(
        "e164",
        [f"+1{digits}" if len(digits) == FULL_DIGITS else f"+{digits}" for digits in sorted(numbers)],
        dtype=pl.String,
    )


def _area_codes(counted: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return by center the area codes of its numbers, the most frequent first."""
    most = (
        counted.group_by("center_id", "code")
        .agg(pl.col("len").sum())
        .sort("center_id", "len", "code", descending=[False, True, False])
        .group_by("center_id", maintain_order=True)
        .agg(pl.col("code").head(_MOST_AREA_CODES))
    )
    return {center: tuple(codes) for center, codes in most.iter_rows()}


#: Numbers of private rows, contacts and records, unless a record that leaves shows them itself.
PHONES = Kind(find=_find, settle=_settle, public=_public, ask=_ask, tell=_tell)
