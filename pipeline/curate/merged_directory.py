"""The directory as it will be when the merge plans are carried out: what public packages are made of.

Derived anew from the records; nothing is edited in place. Children move to the record that is kept, values are united, and what is
private on one of the records is private on the merged one. A merge is no verification: the merged record is as old as the oldest
verification among its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.curate.merge_plan import Plan
from pipeline.curate.merge_survivors import WITH_FIELD, Member
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.decided import Key
from schemas.directory import Directory
from schemas.merge_parameters import MergeParameters

#: What makes two rows of the merged agency one.
_SAME_ROW: Mapping[str, tuple[str, ...]] = {
    "phone": ("e164", "short_code", "extension"),
    "address": ("address_kind", "address_key", "unit"),
    "contact": ("role", "name", "title", "email", "phone"),
    "taxonomy_link": ("code", "target_code"),
}
#: What agencies own; rows move to the kept record.
_OWNED = ("phone", "address", "contact", "taxonomy_link", "schedule")
#: Columns that tell whether a record is in use.
_STATUS = ("status", "status_written", "is_counted", "not_counted_reason")
#: Without these a row says nothing that could be the same.
_KEY_OF_ROW: Mapping[str, str] = {"phone": "e164", "address": "address_key", "contact": "name", "taxonomy_link": "code"}


@dataclass(frozen=True, kw_only=True)
class MergedDirectory:
    """The merged view.

    Attributes:
        directory: The tables; everything refers to a record that is there.
        aliases: Taken-up record to the record that is kept, by center and uid.
    """

    directory: Directory
    aliases: Mapping[Key, Key]

    def rename(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows about records (`center_id`, `record_uid`) with the kept record in place of taken-up ones."""
        return _renamed(rows, self.aliases, uid="record_uid", only=None, moves_center=True)


def merge_directory(directory: Directory, plans: Sequence[Plan], *, parameters: MergeParameters) -> MergedDirectory:
    """Return the directory with the plans carried out that are ready or half done.

    Args:
        directory: The canonical tables.
        plans: The plans.
        parameters: Whether agencies of different centers are merged.
    """
    aliases: dict[Key, Key] = {}
    rows: dict[Key, dict[str, Any]] = {}
    dropped: list[tuple[str, str, str]] = []
    for plan in plans:
        kept, taken = plan.survivor.member, plan.taken(parameters)
        if not taken:
            continue
        dropped += _dropped_contacts(plan, taken)
        aliases |= {one.key: kept.key for one in taken}
        rows[kept.key] = _merged_row(plan, [kept, *taken])
    if not aliases:
        return MergedDirectory(directory=directory, aliases={})
    agency = _agencies(directory.agency, rows=rows, aliases=aliases)
    tables: dict[str, pl.DataFrame] = {"agency": agency}
    for name in ("site", "service", "service_at_site"):
        tables[name] = _renamed(getattr(directory, name), aliases, uid="agency_uid", only=None)
    for name in _OWNED:
        tables[name] = _owned(getattr(directory, name), name, aliases, dropped=dropped)
    gone = _keys(aliases).with_columns(kind=pl.lit("agency"))
    tables["translation"] = directory.translation.join(gone, on=["center_id", "record_uid", "kind"], how="anti")
    return MergedDirectory(directory=Directory.of(**tables), aliases=aliases)


def _keys(keys: Iterable[Key]) -> pl.DataFrame:
    return pl.DataFrame(list(keys), schema={"center_id": pl.String, "record_uid": pl.String}, orient="row")


def _dropped_contacts(plan: Plan, taken: Sequence[Member]) -> list[tuple[str, str, str]]:
    """Return whose rows are not taken up, by table: those of closed records, and those that a person did not choose."""
    kept = plan.survivor.member
    dropped = [
        (name, *one.key) for one in taken if not one.is_active for name in _OWNED if name not in plan.contact_from
    ]
    for name, chosen in plan.contact_from.items():
        if chosen is kept or chosen in taken:
            dropped += [(name, *one.key) for one in (kept, *taken) if one is not chosen]
    return dropped


def _merged_row(plan: Plan, members: Sequence[Member]) -> dict[str, Any]:
    row = dict(plan.survivor.member.row)
    inside = {one.key for one in members}
    used = [plan.survivor.member]
    if not plan.survivor.member.is_active:
        # A closed record that a person chose to keep is opened again.
        opened = next((one.row for one in members if one.is_active), plan.survivor.member.row)
        row |= {name: opened[name] for name in _STATUS}
    source = plan.parent if plan.parent is not None and plan.parent.key in inside else None
    row |= {name: None if source is None else source.row[name] for name in ("parent_uid", "parent_native_id")}
    for field, kept in plan.values.items():
        if kept.member.key in inside and kept.member is not plan.survivor.member:
            row |= {name: kept.member.row[name] for name in (field, *WITH_FIELD.get(field, ()))}
            used.append(kept.member)
    others = [one.row for one in members]
    names = [name for one in others for name in (one["name"], *(one["aka"] or ())) if name]
    row["aka"] = _united([name for name in names if name.casefold() != (row["name"] or "").casefold()])
    speaking = [one.row for one in members if one.is_active or one is plan.survivor.member]
    row["languages"] = _united([name for one in speaking for name in one["languages"] or ()])
    # What was said about one of them holds for all: nothing becomes public by a merge.
    for flag in ("is_confidential_place",):
        row[flag] = any(one[flag] for one in others)
    for flag in ("exclude_from_website", "exclude_from_directory"):
        row[flag] = _any_says(others, flag, word=True)
    for flag in ("available_for_directory", "available_for_referral", "available_for_research"):
        row[flag] = _any_says(others, flag, word=False)
    row["withheld_reason"] = next((one["withheld_reason"] for one in others if one["withheld_reason"]), None)
    verified = [one.row["verified_on"] for one in used]
    row["verified_on"] = None if None in verified else min(verified)
    edited = [one["edited_on"] for one in others if one["edited_on"]]
    row["edited_on"] = max(edited, default=None)
    created = [one["created_on"] for one in others if one["created_on"]]
    row["created_on"] = min(created, default=None)
    return row


def _any_says(rows: Sequence[Mapping[str, Any]], flag: str, *, word: bool) -> bool | None:
    """Return the word if one of the rows says it, else what the first says."""
    said = [row[flag] for row in rows]
    return word if word in said else next((one for one in said if one is not None), None)


def _united(texts: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for text in texts:
        seen.setdefault(text.casefold(), text)
    return list(seen.values())


def _agencies(
    agency: pl.DataFrame, *, rows: Mapping[Key, Mapping[str, Any]], aliases: Mapping[Key, Key]
) -> pl.DataFrame:
    keys = pl.DataFrame([*aliases, *rows], schema={"center_id": pl.String, "record_uid": pl.String}, orient="row")
    schema = schema_of(CORE_TABLES["agency"])
    merged = pl.DataFrame([{name: row[name] for name in schema} for row in rows.values()], schema=schema)
    left = pl.concat([agency.join(keys, on=["center_id", "record_uid"], how="anti"), merged])
    numbers = merged.select("center_id", parent_uid="record_uid", __number="native_id")
    moved = _renamed(left, aliases, uid="parent_uid", only=None)
    changed = moved["parent_uid"].ne_missing(left["parent_uid"])
    is_own = pl.col("parent_uid") == pl.col("record_uid")
    return (
        moved.with_columns(changed.alias("__changed"))
        .join(numbers, on=["center_id", "parent_uid"], how="left", maintain_order="left")
        .with_columns(parent_native_id=pl.when("__changed").then("__number").otherwise("parent_native_id"))
        # An agency that was entered again below itself has no parent any more.
        .with_columns(
            parent_native_id=pl.when(is_own).then(None).otherwise("parent_native_id"),
            parent_uid=pl.when(is_own).then(None).otherwise("parent_uid"),
        )
        .select(agency.columns)
        .sort("record_uid", maintain_order=True)
    )


def _renamed(
    rows: pl.DataFrame, aliases: Mapping[Key, Key], *, uid: str, only: pl.Expr | None, moves_center: bool = False
) -> pl.DataFrame:
    """Return the rows with the kept record in the column `uid`, and with its center when `moves_center`."""
    if not aliases:
        return rows
    names = pl.DataFrame(
        [(*old, new[1]) for old, new in aliases.items()],
        schema={"center_id": pl.String, uid: pl.String, "__kept": pl.String},
        orient="row",
    )
    if moves_center:
        names = names.with_columns(__center=pl.Series([new[0] for new in aliases.values()], dtype=pl.String))
    joined = rows.join(names, on=["center_id", uid], how="left", maintain_order="left")
    is_meant = pl.col("__kept").is_not_null() if only is None else only & pl.col("__kept").is_not_null()
    renamed = joined.with_columns(pl.when(is_meant).then("__kept").otherwise(uid).alias(uid))
    if moves_center:
        renamed = renamed.with_columns(pl.when(is_meant).then("__center").otherwise("center_id").alias("center_id"))
    return renamed.select(rows.columns)


def _owned(
    rows: pl.DataFrame, name: str, aliases: Mapping[Key, Key], *, dropped: Sequence[tuple[str, str, str]]
) -> pl.DataFrame:
    """Move what agencies own to the kept records, and drop what these have already; hours are those of the kept record.

    Rows of closed records and rows not chosen are dropped too. A private row stays: its value must be found wherever it stands.
    """
    is_agency = pl.col("owner_kind") == "agency"
    kept = pl.DataFrame(
        list(set(aliases.values())), schema={"center_id": pl.String, "owner_uid": pl.String}, orient="row"
    )
    moved = _renamed(
        rows.with_columns(__first=pl.col("owner_uid"), __home=pl.col("center_id")),
        aliases,
        uid="owner_uid",
        only=is_agency,
        moves_center=True,
    )
    moved = moved.with_columns(
        __moved=(pl.col("__first") != pl.col("owner_uid")) | (pl.col("__home") != pl.col("center_id"))
    )
    touched = moved.filter(is_agency).join(kept, on=["center_id", "owner_uid"], how="semi")
    rest = moved.join(touched.select("center_id", "record_uid"), on=["center_id", "record_uid"], how="anti")
    touched = touched.sort("center_id", "owner_uid", "__moved", "__first", "slot")
    owner = ["center_id", "owner_uid"]
    touched = _without_dropped(touched, name, dropped)
    if name == "schedule":
        has_own = (~pl.col("__moved")).any().over(owner)
        touched = touched.filter(
            ~pl.col("__moved") | (~has_own & (pl.col("__first") == pl.col("__first").first().over(owner)))
        )
    else:
        key = [*owner, *_SAME_ROW[name]]
        if "is_private" in rows.columns:
            # Private on one of the records is private on the merged one.
            touched = touched.with_columns(is_private=pl.col("is_private").any().over(key))
        says = pl.col(_KEY_OF_ROW[name]).is_not_null()
        touched = pl.concat(
            [touched.filter(says).unique(key, keep="first", maintain_order=True), touched.filter(~says)]
        )
    touched = touched.with_columns(
        # A slot that the kept record has as well gets a sign behind it.
        slot=pl.when(pl.col("__moved"))
        .then(pl.format("{}~{}", "slot", pl.col("__first").str.head(8)))
        .otherwise("slot")
    )
    whole = pl.concat([rest, touched]).select(rows.columns)
    return whole.sort("owner_kind", "owner_uid", "slot", maintain_order=True)


def _without_dropped(rows: pl.DataFrame, name: str, dropped: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    """Leave out the rows of owners that are not taken up."""
    owners = pl.DataFrame(
        [key for table, *key in dropped if table == name],
        schema={"__home": pl.String, "__first": pl.String},
        orient="row",
    ).with_columns(__dropped=pl.lit(value=True))
    is_dropped = pl.col("__dropped").fill_null(value=False)
    if "is_private" in rows.columns:
        is_dropped &= ~pl.col("is_private")
    found = rows.join(owners.unique(), on=["__home", "__first"], how="left", maintain_order="left")
    return found.filter(~is_dropped).drop("__dropped")
