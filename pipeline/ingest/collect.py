"""Texts of other files gathered into the record (or contact) they speak of: languages, eligibility, documents, fees.

HSDS keeps in tables of their own what our records hold in one cell. Such tables promise no order, so the texts are put in
alphabetical order and each stands once.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.ingest.cells import condition, first_filled, introduce, is_filled, join_filled, owner_expressions
from pipeline.ingest.rows import ROW_ID, Rows, split_owners
from pipeline.ingest.tables import Table, Tables
from schemas.layout import Collected, FileLayout

_TEXT = "text"
#: A day whose order in the alphabet is its order in time.
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Texts for one field, one row per text and owner.

    Attributes:
        part: What the layout says.
        kinds: Record kinds for which the file can name an owner.
        frame: Columns `owner_kind`, `owner_native_id`, `text`.
        file: Name of the file.
    """

    part: Collected
    kinds: tuple[str, ...]
    frame: pl.DataFrame
    file: str


def gather_texts(tables: Tables, *, for_contacts: bool = False) -> list[Gathered]:
    """Return the texts that files of the delivery hold for cells of records, or of contacts."""
    return [
        gathered
        for table in tables.values()
        if table.layout is not None
        for part in table.layout.collected
        if part.into_contact is for_contacts
        if (gathered := _gather(part, table=table, layout=table.layout)) is not None
    ]


def _gather(part: Collected, *, table: Table, layout: FileLayout) -> Gathered | None:
    columns = [(name, column) for name in part.columns if (column := table.column(name)) is not None]
    owners = [(owner, pair) for owner in part.owners if (pair := owner_expressions(owner, table=table)) is not None]
    if not columns or not owners:
        return None
    texts = [introduce(column, part.before.get(name, "")) for name, column in columns]
    text = first_filled(texts) if part.take == "first_filled" else join_filled(texts, separator=part.joined_by)
    lines = table.rows.filter(condition(part.where, table=table)).with_columns(text.str.strip_chars().alias(_TEXT))
    frames = [
        split_owners(
            lines.filter(is_filled(pl.col(_TEXT))).select(
                kind.alias("owner_kind"), native.alias("owner_native_id"), _TEXT
            ),
            separator=layout.owner_separator,
        ).drop_nulls()
        for _, (kind, native) in owners
    ]
    frame = pl.concat(frames)
    kinds = [str(kind) for owner, _ in owners for kind in ([owner.kind] if owner.kind else owner.kind_words.values())]
    if part.only_when_blank:
        spoken = set(frame["owner_kind"].unique())
        kinds = [kind for kind in kinds if kind in spoken]
    return Gathered(part=part, kinds=tuple(dict.fromkeys(kinds)), frame=frame, file=table.name)


def add_texts(records: Rows, gathered: list[Gathered]) -> Rows:
    """Return the records with the gathered texts in their cells.

    A record's own cell stands before gathered texts; a text that is already there is not repeated. Where a file could have
    named a record and did not, the cell is blank, not null: the export carries the field.
    """
    frame, carried = records.frame, set(records.carried)
    # What only fills gaps comes last.
    for field, fills_gaps in sorted(
        {(one.part.into, one.part.only_when_blank) for one in gathered}, key=lambda key: key[1]
    ):
        parts = [one for one in gathered if (one.part.into, one.part.only_when_blank) == (field, fills_gaps)]
        kinds = {kind for one in parts for kind in one.kinds} & set(frame["kind"].unique())
        all_kinds = {kind for one in parts for kind in one.kinds}
        carried |= {f"{kind}.{field}" for kind in all_kinds}
        frame = _add_field(frame, field, parts, kinds=sorted(kinds))
    return Rows(frame=frame, carried=frozenset(carried))


def _add_field(frame: pl.DataFrame, field: str, parts: list[Gathered], *, kinds: list[str]) -> pl.DataFrame:
    separator = parts[0].part.separator
    texts = _join_texts(_picked(pl.concat([one.frame for one in parts]), parts[0].part.pick), separator=separator)
    keys = frame.select("kind", owner_native_id=pl.col("native_id").str.strip_chars())
    # Only the keys are joined: records are wide, and there is one such step for each field.
    found = keys.join(
        texts,
        left_on=["kind", "owner_native_id"],
        right_on=["owner_kind", "owner_native_id"],
        how="left",
        maintain_order="left",
    )
    own_and_text = [pl.col(field), pl.col(_TEXT)]
    fills_gaps = parts[0].part.only_when_blank
    both = first_filled(own_and_text) if fills_gaps else join_filled(own_and_text, separator=separator)
    filled = (
        pl.when(pl.col(_TEXT).is_null())
        .then(pl.when(pl.col("kind").is_in(kinds)).then(pl.col(field).fill_null("")).otherwise(pl.col(field)))
        .otherwise(both)
    )
    cells = frame.select("kind", field).with_columns(found[_TEXT])
    return frame.with_columns(cells.select(filled.alias(field)).to_series())


def _picked(frame: pl.DataFrame, pick: str) -> pl.DataFrame:
    """Return one text for each owner where only the first or the latest counts."""
    if pick == "all":
        return frame
    keys = ["owner_kind", "owner_native_id"]
    if pick == "first":
        return frame.sort(*keys, _TEXT).unique(keys, keep="first", maintain_order=True)
    is_day = pl.col(_TEXT).str.contains(_ISO_DAY)
    return frame.sort(*keys, is_day, _TEXT).unique(keys, keep="last", maintain_order=True)


def _join_texts(frame: pl.DataFrame, *, separator: str) -> pl.DataFrame:
    keys = ["owner_kind", "owner_native_id"]
    # Most owners have one text, and need neither a sort nor a list.
    has_several = frame.select(keys).is_duplicated()
    several = (
        frame.filter(has_several)
        .unique()
        .sort(*keys, _TEXT)
        .group_by(keys, maintain_order=True)
        .agg(pl.col(_TEXT).str.join(separator))
    )
    return pl.concat([frame.filter(~has_several).select(several.columns), several])


def add_contact_texts(contacts: Rows, gathered: list[Gathered]) -> Rows:
    """Return the contacts with the gathered texts in their cells, found by the id of the contact's own line."""
    frame, carried = contacts.frame, set(contacts.carried)
    for one in gathered:
        field, separator = one.part.into, one.part.separator
        texts = _join_texts(one.frame.with_columns(owner_kind=pl.lit("")), separator=separator).drop("owner_kind")
        joined = frame.join(texts, left_on=ROW_ID, right_on="owner_native_id", how="left", maintain_order="left")
        both = join_filled([pl.col(field), pl.col(_TEXT)], separator=separator)
        filled = pl.when(pl.col(_TEXT).is_null()).then(pl.col(field).fill_null("")).otherwise(both)
        frame = joined.with_columns(filled.alias(field)).select(frame.columns)
        carried.add(f"contact.{field}")
    return Rows(frame=frame, carried=frozenset(carried))
