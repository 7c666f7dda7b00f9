"""The address table: one row per delivered address that says more than state and country."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.address_counties import COUNTY_DELIVERED
from pipeline.normalize.addresses import address_keys, is_secret_line
from pipeline.normalize.noticing import note_where
from pipeline.normalize.numbers import read_coordinates
from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.privacy import read_private_flags
from pipeline.normalize.regions import read_counties, read_countries, read_postal_codes, read_states
from pipeline.normalize.streets import read_streets
from pipeline.normalize.text import columns_to_clean, has_broken_characters, has_markup, one_line, plain_text
from schemas.delivered import Conventions
from schemas.enumerations import AddressKind
from schemas.notes import NoteKind

_TEXTS = ("attention", "line1", "line2", "city", "directions")


def build_addresses(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the address table with `unit_key` beside its columns, and its notes.

    Args:
        delivered: The delivered address frame.
        owners: Records the addresses belong to.
        conventions: Texts that mean empty.

    An `other` address without a flag of its own is as private as the physical address of its owner.
    """
    owned, owner_notes = attach_owners(delivered, table="address", owners=owners, conventions=conventions)
    unclean = columns_to_clean(owned, (*_TEXTS, "county", "state", "postal_code", "country", "withheld_reason"))
    cleaned = owned.with_columns(
        *(plain_text(owned[name]) if name == "directions" else one_line(owned[name]) for name in unclean),
        read_coordinates(owned["latitude"]),
        read_coordinates(owned["longitude"]),
        *(
            pl.when(pl.col(f"__written_{name}").str.strip_chars() != "")
            .then(f"__written_{name}")
            .alias(f"{name}_written")
            for name in ("county", "state", "latitude", "longitude")
        ),
    )
    says_something = pl.any_horizontal(
        pl.col(name).is_not_null()
        for name in (
            "attention",
            "line1",
            "line2",
            "city",
            "county",
            "postal_code",
            "latitude",
            "longitude",
            "directions",
        )
    )
    is_kept = cleaned.select(says_something).to_series()
    as_delivered, rows = owned.filter(is_kept), cleaned.filter(is_kept)
    flagged, flag_notes = read_private_flags(rows, field="address.is_private")
    is_secret = is_secret_line(rows["line1"]) | is_secret_line(rows["line2"])
    said = pl.select(pl.when(rows["is_private"].is_not_null() | is_secret).then(flagged | is_secret)).to_series()
    keys = address_keys(rows)
    streets = read_streets(rows["line1"], rows["line2"])
    # A word in place of the street is no street.
    shown = streets.with_columns(pl.when(~is_secret).then(name).alias(name) for name in ("street", "unit"))
    counties = read_counties(rows["county"])
    marked = _private_beside_physical(
        rows.with_columns((flagged | is_secret).alias("is_private"), said.alias("is_flagged_private"))
    ).with_columns(
        read_states(rows["state"]),
        counties,
        pl.select(pl.when(counties.is_not_null()).then(pl.lit(COUNTY_DELIVERED))).to_series().alias("county_origin"),
        *shown.iter_columns(),
        *read_postal_codes(rows["postal_code"]).iter_columns(),
        read_countries(rows["country"]),
        keys["address_key"],
        keys["unit_key"],
        keys["house_number_key"],
    )
    text_notes = [
        note_where(
            as_delivered.with_columns(marked["is_private"]),
            mask,
            note_kind=note_kind,
            field=f"address.{name}",
            value=name,
            is_private=pl.col("is_private"),
        )
        for name in _TEXTS
        if name in unclean
        for mask, note_kind in (
            (has_markup(as_delivered[name]), NoteKind.HTML_REMOVED),
            (has_broken_characters(as_delivered[name]), NoteKind.BROKEN_CHARACTERS),
        )
    ]
    orphan_notes = [note for note in owner_notes if note.height]
    return number_rows(marked, table="address"), [*orphan_notes, *flag_notes, *text_notes]


def _private_beside_physical(rows: pl.DataFrame) -> pl.DataFrame:
    is_physical = pl.col("address_kind") == AddressKind.PHYSICAL
    owner_has_private = (pl.col("is_private") & is_physical).any().over("owner_kind", "owner_uid")
    is_other = pl.col("address_kind") == AddressKind.OTHER
    takes_over = is_other & owner_has_private
    flagged_beside = (
        (pl.col("is_flagged_private").fill_null(value=False) & is_physical).any().over("owner_kind", "owner_uid")
    )
    return rows.with_columns(
        pl.col("is_private") | takes_over,
        is_flagged_private=pl.when(is_other & flagged_beside).then(pl.lit(value=True)).otherwise("is_flagged_private"),
    )
