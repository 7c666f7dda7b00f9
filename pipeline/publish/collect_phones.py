"""Which phone numbers of a load are private, in the forms in which they are searched."""

from __future__ import annotations

import polars as pl

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

_OWNER = ["center_id", "owner_uid", "owner_kind"]
#: Area codes of a center with which its numbers of seven digits are searched: those it writes most often (project choice).
_MOST_AREA_CODES = 20


def private_phones(directory: Directory, selection: Selection) -> tuple[frozenset[str], frozenset[str]]:
    """Return the private numbers by their digits, and those written with letters or known by their extension.

    A cell may hold several numbers, each is private. A number without area code is searched with those that its center writes. Of a
    public number with a private extension, number and extension together are private.

    Args:
        directory: The whole load.
        selection: The verdict on every record.
    """
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    leaving = selection.records.filter(pl.col("reason").is_null()).select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind")
    )
    columns = (*_OWNER, "is_private", "e164", "written", "extension")
    nothing = pl.lit(None, dtype=pl.String)
    rows = pl.concat(
        [
            directory.phone.with_columns(written="number_written").select(columns),
            directory.contact.filter(pl.col("phone").is_not_null())
            .with_columns(written="phone", e164=nothing, extension=nothing)
            .select(columns),
        ]
    )
    private = pl.concat([rows.filter("is_private"), rows.join(owners, on=_OWNER, how="semi")]).unique()
    public = rows.filter(~pl.col("is_private")).join(leaving, on=_OWNER, how="semi")
    hidden = _hidden(private, area_codes=_area_codes(rows))
    letters = _letters(private)
    # Most public numbers have nothing to do with private ones, and are not looked at one by one.
    asked = PrivateValues(phones=frozenset(hidden), vanity=frozenset(letters))
    alike = (
        public.select("e164", "written", "extension")
        .unique()
        .filter(
            pl.coalesce("e164", "written").is_in(_as_e164(hidden).implode()) | suspect_cells("written", asked),
        )
    )
    shown = _shown(alike)
    kept = hidden - shown
    private_extensions = {one for one in _with_extension(private) if one[0] in shown} - set(_with_extension(alike))
    return (
        frozenset(kept | {form for digits in kept for form in abroad_forms(digits)}),
        frozenset((letters - _letters(alike)) | {form for one in private_extensions for form in extension_forms(*one)}),
    )


def _hidden(private: pl.DataFrame, *, area_codes: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    for center, e164, written in private.select("center_id", "e164", "written").unique().iter_rows():
        own = phone_digits(e164) if e164 else None
        for digits in phones_in(written) | ({own} if own else set()):
            codes = area_codes.get(center, ()) if len(digits) == LOCAL_DIGITS else ()
            found |= {f"{code}{digits}" for code in codes} or {digits}
    return found


def _shown(public: pl.DataFrame) -> set[str]:
    """Return the numbers that are shown anyway; where a cell holds several and none was read, nobody says which is meant."""
    digits = pl.col("e164").str.extract(r"^\+1([0-9]{10})$", 1)
    found = set(public.select(digits).to_series().drop_nulls().to_list())
    for e164, written in public.filter(digits.is_null()).select("e164", "written").iter_rows():
        own = phone_digits(e164) if e164 else None
        read = phones_in(e164 or written)
        found |= ({own} if own else set()) | (read if len(read) == 1 else frozenset())
    return found


def _letters(rows: pl.DataFrame) -> set[str]:
    written = rows["written"].unique()
    return {
        found for text in written.filter(written.str.contains(r"\p{L}")).to_list() if (found := vanity_number(text))
    }


def _with_extension(rows: pl.DataFrame) -> list[tuple[str, str]]:
    found = []
    may_have = pl.col("extension").is_not_null() | pl.col("written").str.contains(r"\p{L}|#")
    for e164, written, extension in rows.filter(may_have).select("e164", "written", "extension").unique().iter_rows():
        digits = phones_in(e164 or written)
        own = extension or extension_in(written)
        if len(digits) == 1 and own:
            found.append((next(iter(digits)), own))
    return found


def _as_e164(numbers: set[str]) -> pl.Series:
    return pl.Series(
        "e164",
        [f"+1{digits}" if len(digits) == FULL_DIGITS else f"+{digits}" for digits in sorted(numbers)],
        dtype=pl.String,
    )


def _area_codes(rows: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return by center the area codes of its numbers, the most frequent first."""
    code = pl.col("e164").str.extract(r"^\+1([0-9]{3})[0-9]{7}$", 1)
    counted = (
        rows.select("center_id", code.alias("code"))
        .drop_nulls()
        .group_by("center_id", "code")
        .len()
        .sort("center_id", "len", "code", descending=[False, True, False])
        .group_by("center_id", maintain_order=True)
        .agg(pl.col("code").head(_MOST_AREA_CODES))
    )
    return {center: tuple(codes) for center, codes in counted.iter_rows()}
