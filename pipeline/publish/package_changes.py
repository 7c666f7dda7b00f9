"""What changed in what may leave since an earlier export: added, changed and removed records, and the bundles they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import polars_hash as plh

from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from pipeline.publish.public_records import KEY, Selection
from schemas.enumerations import WithheldReason

_END = "\x1f"
#: Rows that are hashed together.
_ROWS = 50_000
_OWNER = ["center_id", "owner_kind", "owner_uid"]
#: Columns of `record_contents`, with dtypes.
CONTENT_SCHEMA: Mapping[str, pl.DataType] = {
    "kind": pl.String(),
    "center_id": pl.String(),
    "record_uid": pl.String(),
    "native_id": pl.String(),
    "agency_uid": pl.String(),
    "service_uid": pl.String(),
    "site_uid": pl.String(),
    "content": pl.UInt64(),
}
_ID = ("kind", "center_id", "record_uid")


@dataclass(frozen=True, kw_only=True)
class PackageChanges:
    """Records that differ between two exports of a target; each frame has `CONTENT_SCHEMA`.

    Args:
        added: Records that the earlier export did not have.
        changed: Records of which anything that may leave has changed.
        removed: Records that the earlier export had; as they were.
        renumbered: How many added records bear center, kind and native id of a removed one: their id has changed.
    """

    added: pl.DataFrame
    changed: pl.DataFrame
    removed: pl.DataFrame
    renumbered: int

    def counts(self, names: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """Return how many records were added, changed and removed, by the target's name for their kind."""
        by_kind = {
            change: dict(frame.group_by("kind").len().iter_rows())
            for change, frame in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
        }
        return {
            names[kind]: {change: int(counts.get(kind, 0)) for change, counts in by_kind.items()}
            for kind in RECORD_KINDS
        }


def record_contents(public: PublicDirectory, written: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record that was written (`CONTENT_SCHEMA`), sorted by kind and id.

    Args:
        public: What may leave.
        written: Records that are in the package: `kind`, `record_uid`.

    Returns:
        `content` is a hash of everything that may leave of the record and of what belongs to it, dates included. It is the same on
        every machine and in every order of rows.
    """
    owned = pl.concat(
        [
            _hashed(frame, _OWNER, _said(frame, without=("owner_kind", "owner_uid", "center_id"), mark=name))
            for name, frame in public.tables().items()
            if name not in RECORD_KINDS
        ]
    )
    of_owner = (
        # A sum does not depend on the order of rows; it wraps around and stays the same on every machine.
        owned.group_by(_OWNER).agg(pl.col("content").sum().cast(pl.String).alias("owned"))
    )
    parts = []
    for kind, frame in public.records().items():
        theirs = of_owner.filter(pl.col("owner_kind") == kind).select(
            "center_id", pl.col("owner_uid").alias("record_uid"), "owned"
        )
        named = frame.join(theirs, on=list(KEY), how="left", maintain_order="left").with_columns(
            pl.lit(kind).alias("kind"),
            *(
                pl.lit(None, dtype=pl.String).alias(column)
                for column in ("service_uid", "site_uid")
                if column not in frame.columns
            ),
        )
        told = pl.concat_str(_said(frame, without=(), mark=kind), pl.col("owned").fill_null(""), separator=_END)
        parts.append(_hashed(named, [name for name in CONTENT_SCHEMA if name != "content"], told))
    return pl.concat(parts).join(written, on=["kind", "record_uid"], how="semi").sort(*_ID)


def compare_contents(now: pl.DataFrame, before: pl.DataFrame) -> PackageChanges:
    """Return what changed between two exports; both have `CONTENT_SCHEMA`."""
    both = now.join(before.select(*_ID, pl.col("content").alias("earlier")), on=list(_ID), how="inner")
    return _in_order(
        now.join(before, on=list(_ID), how="anti"),
        both.filter(pl.col("content") != pl.col("earlier")).drop("earlier"),
        before.join(now, on=list(_ID), how="anti"),
    )


def _in_order(added: pl.DataFrame, changed: pl.DataFrame, removed: pl.DataFrame) -> PackageChanges:
    number = ["kind", "center_id", "native_id"]
    return PackageChanges(
        added=added.sort(*_ID),
        changed=changed.sort(*_ID),
        removed=removed.sort(*_ID),
        renumbered=added.drop_nulls("native_id").join(removed.drop_nulls("native_id"), on=number, how="semi").height,
    )


def _number_of_record() -> pl.Expr:
    """Return a hash of what names a record. That two of a nation's have the same is as unlikely as two contents with the same."""
    return plh.concat_str(*_ID, separator=_END).nchash.xxh3_64(seed=0)


def compare_pieces(now: Iterable[pl.DataFrame], before: Callable[[], Iterable[pl.DataFrame]]) -> PackageChanges:
    """Return the same for contents that are too many to be held in memory: of what did not change only 16 bytes a record are.

    Args:
        now: Pieces of the contents, read one after the other.
        before: Gives the pieces of the earlier contents; called twice.
    """
    number, earlier = "number of the record", "earlier content"
    told = _number_of_record().alias(number)
    known = pl.concat([piece.select(told, pl.col("content").alias(earlier)) for piece in before()])
    added, changed, seen = [], [], []
    for piece in now:
        both = piece.with_columns(told).join(known, on=number, how="left", maintain_order="left")
        seen.append(both[number])
        added.append(both.filter(pl.col(earlier).is_null()).select(list(CONTENT_SCHEMA)))
        changed.append(both.filter(pl.col("content") != pl.col(earlier)).select(list(CONTENT_SCHEMA)))
    still_there = pl.concat(seen).implode()
    removed = [piece.filter(~told.is_in(still_there)) for piece in before()]
    return _in_order(*(pl.concat(frames) for frames in (added, changed, removed)))


def keep_changes(public: PublicDirectory, changes: PackageChanges) -> PublicDirectory:
    """Return the bundles in which anything changed, whole: agencies with all their sites and services, sites without an agency.

    Records of other bundles are listed as withheld, being unchanged, so that the counts of what was delivered add up.
    """
    touched = pl.concat([changes.added, changes.changed, changes.removed])
    agencies = touched.select("center_id", "agency_uid").drop_nulls().unique()
    alone = touched.filter(pl.col("agency_uid").is_null()).select("center_id", "record_uid").unique()
    on = ["center_id", "agency_uid"]
    records = {
        kind: pl.concat(
            [
                frame.join(agencies, on=on, how="semi", maintain_order="left"),
                frame.filter(pl.col("agency_uid").is_null()).join(
                    alone, on=list(KEY), how="semi", maintain_order="left"
                ),
            ]
        )
        for kind, frame in public.records().items()
    }
    # A parent that stays out of the delta is still known to the receiver: the reference is kept only within the delta, because
    # every package must be valid by itself.
    kept = records["agency"]["record_uid"].implode()
    records["agency"] = records["agency"].with_columns(
        pl.when(pl.col("parent_uid").is_in(kept)).then("parent_uid").alias("parent_uid")
    )
    owners = pl.concat(
        [
            frame.select("center_id", pl.lit(kind).alias("owner_kind"), pl.col("record_uid").alias("owner_uid"))
            for kind, frame in records.items()
        ]
    )
    owned = {
        name: frame.join(owners, on=_OWNER, how="semi", maintain_order="left")
        for name, frame in {**public.tables(), "withheld_value": public.withheld_value}.items()
        if name not in RECORD_KINDS
    }
    return public.with_tables({**records, **owned}, selection=_unchanged(public.selection, records))


def _unchanged(selection: Selection, records: Mapping[str, pl.DataFrame]) -> Selection:
    kept = pl.concat(
        [
            frame.select(*KEY, pl.lit(kind).alias("kind"), pl.lit(value=True).alias("is_kept"))
            for kind, frame in records.items()
        ]
    )
    verdicts = selection.records.join(kept, on=[*KEY, "kind"], how="left", maintain_order="left")
    is_unchanged = pl.col("reason").is_null() & pl.col("is_kept").is_null()
    return Selection(
        records=verdicts.with_columns(
            pl.when(is_unchanged).then(pl.lit(str(WithheldReason.UNCHANGED))).otherwise("reason").alias("reason")
        ).drop("is_kept")
    )


def _hashed(frame: pl.DataFrame, kept: Sequence[str], said: pl.Expr) -> pl.DataFrame:
    """Return some columns and `content`, a hash of a text. Some rows at a time: all that is said would be the largest text of an export."""
    parts = frame.iter_slices(_ROWS) if frame.height else (frame,)
    content = plh.col("said").nchash.xxh3_64(seed=0).alias("content")
    return pl.concat([part.select(*kept, said.alias("said")).select(*kept, content) for part in parts])


def _said(frame: pl.DataFrame, *, without: tuple[str, ...], mark: str) -> pl.Expr:
    schema = frame.schema
    texts = [
        (
            pl.col(name).list.join("\x1e") if isinstance(schema[name], pl.List) else pl.col(name).cast(pl.String)
        ).fill_null("\x1d")
        for name in sorted(schema)
        if name not in without
    ]
    return pl.concat_str(pl.lit(mark), *texts, separator=_END)
