"""The phone table: one row per number."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.noticing import note_where
from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.phone_types import read_phone_types, types_in_numbers
from pipeline.normalize.phones import read_phones
from pipeline.normalize.privacy import read_private_flags
from pipeline.normalize.text import one_line, plain_text
from schemas.delivered import Conventions
from schemas.notes import NoteKind


def build_phones(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the phone table and its notes. A cell with two numbers gives two rows; a blank cell gives none.

    Args:
        delivered: The delivered phone frame.
        owners: Records the numbers belong to.
        conventions: Texts that mean empty.
    """
    filled = delivered.filter((pl.col("number").str.strip_chars() != "").fill_null(value=False))
    owned, notes = attach_owners(filled, table="phone", owners=owners, conventions=conventions)
    rows = owned.filter(pl.col("number").is_not_null())
    is_private, flag_notes = read_private_flags(rows, field="phone.is_private")
    found = read_phones(rows["number"])
    typed = rows.with_columns(
        is_private.alias("is_private"),
        found["parts"],
        found["has_extension_inside"],
        read_phone_types(rows["type"]).alias("type"),
        pl.col("__written_type").alias("type_written"),
        one_line(rows["label"]).alias("label"),
        plain_text(rows["note"]).alias("note"),
        pl.col("extension").alias("__extension"),
    ).drop("extension")
    notes += flag_notes + [
        note_where(
            typed,
            mask,
            note_kind=note_kind,
            field="phone.number",
            value="number",
            is_private=pl.col("is_private"),
        )
        for mask, note_kind in (
            (pl.col("parts").list.len() > 1, NoteKind.SEVERAL_VALUES),
            (pl.col("has_extension_inside"), NoteKind.EXTENSION_IN_NUMBER),
        )
    ]
    single = (
        typed.with_columns(pl.int_ranges(1, pl.col("parts").list.len() + 1).alias("__part"))
        .rename({"number": "__cell"})
        .explode("parts", "__part")
        .unnest("parts")
    )
    numbered = single.with_columns(
        pl.when(pl.col("__part") > 1)
        .then(pl.format("{}#{}", pl.col("slot").fill_null("phone"), "__part"))
        .otherwise("slot")
        .alias("slot"),
        pl.coalesce("__extension", "extension").alias("extension"),
        pl.col("number").alias("number_written"),
        pl.coalesce("type", types_in_numbers(single["number"])).alias("type"),
    )
    return number_rows(numbered, table="phone"), notes
