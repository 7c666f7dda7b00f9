"""Drift: what changed about an export since the last accepted one, besides its records."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.curate.gates import compare_filled, field_words
from schemas.delivered import Delivered
from schemas.gating import Drift
from schemas.header_names import fold_name
from schemas.parameters import GateParameters

#: Names listed in one sentence; further ones are counted.
_SHOWN = 8


def compare_deliveries(
    delivered: Delivered,
    *,
    header_before: pl.DataFrame,
    files_before: pl.DataFrame,
    carried_before: frozenset[str],
    filled: pl.DataFrame,
    filled_before: pl.DataFrame,
    parameters: GateParameters,
) -> Drift:
    """Compare a delivery with the last accepted one of the same center.

    The order of columns says nothing and is not compared. A required column that is gone has stopped the run before.

    Args:
        delivered: Tonight's delivery.
        header_before: Columns of the last accepted delivery (`schemas.raw.RawHeader`); empty on the first night.
        files_before: How its files were read (`schemas.control.InputFileRow`).
        carried_before: Fields that it carried.
        filled: Tonight's filled cells (`schemas.gating.FilledCells`).
        filled_before: Those of the last accepted delivery.
        parameters: From which change of a filled share a warning is given.
    """
    center = pl.col("center_id") == delivered.center_id
    columns_before = header_before.filter(center)
    if columns_before.is_empty():
        return Drift()
    gone, new, respelled = _compare_headers(delivered.raw_header, columns_before)
    lost = sorted(carried_before - delivered.carried)
    # A flat export comes under a new file name every night; only a package can lose a file.
    files = set(columns_before["source_file"])
    files_gone = sorted(files - set(delivered.raw_header["source_file"])) if len(files) > 1 else []
    warnings = [
        *_sentence(
            files_gone,
            "This file of the last export is missing now: {}.",
            "These files of the last export are missing now: {}.",
        ),
        *_sentence(
            gone, "This column of the last export is gone: {}.", "These columns of the last export are gone: {}."
        ),
        *_sentence(
            [_told(item) for item in lost],
            "What needs it is answered with unknown or not applicable: {}.",
            "What needs them is answered with unknown or not applicable: {}.",
        ),
        *_changed_shares(delivered, filled=filled, before=filled_before, parameters=parameters),
    ]
    notices = [
        *_sentence(new, "This column is new since the last export: {}.", "These columns are new since the last export: {}."),
        *_sentence(
            respelled,
            "This column name is spelled otherwise than last time and was accepted: {}.",
            "These column names are spelled otherwise than last time and were accepted: {}.",
        ),
        *_changed_files(delivered, files_before.filter(center)),
    ]  # fmt: skip
    return Drift(warnings=tuple(warnings), notices=tuple(notices))


def _compare_headers(now: pl.DataFrame, before: pl.DataFrame) -> tuple[list[str], list[str], list[str]]:
    files = sorted(set(now["source_file"]) & set(before["source_file"])) or [None]
    # A flat export comes under a new file name every night; its one table is compared all the same.
    is_flat = files == [None] and now["source_file"].n_unique() == 1 == before["source_file"].n_unique()
    gone: list[str] = []
    new: list[str] = []
    respelled: list[str] = []
    for file in files:
        later = now if is_flat else now.filter(pl.col("source_file") == file)
        earlier = before if is_flat else before.filter(pl.col("source_file") == file)
        names = {fold_name(name): name for name in later["column_written"]}
        old = {fold_name(name): name for name in earlier["column_written"]}
        where = "" if is_flat or len(files) == 1 else f"{file}: "
        gone += [f"{where}{old[key]}" for key in old if key not in names]
        new += [f"{where}{names[key]}" for key in names if key not in old]
        respelled += [f"{where}{names[key]!r} ({old[key]!r})" for key in names if key in old and names[key] != old[key]]
    return gone, new, respelled


def _told(item: str) -> str:
    kind, field = item.split(".", 1)
    is_child = kind in {"phone", "address", "contact", "taxonomy_link", "schedule"}
    return f"{kind} {field}".replace("_", " ") if is_child else field_words(item)


def _changed_shares(
    delivered: Delivered, *, filled: pl.DataFrame, before: pl.DataFrame, parameters: GateParameters
) -> list[str]:
    compared = compare_filled(filled, before=before, center_id=delivered.center_id, carried=delivered.carried)
    moved = compared.filter(
        (pl.min_horizontal("record_count", "record_count_before") >= parameters.fewest_records_compared)
        & ((pl.col("share").clip(0, 1) - pl.col("share_before").clip(0, 1)).abs() >= parameters.fill_change_told)
    )
    told = [
        f"{field_words(row['item'])} from {min(row['share_before'], 1):.0%} to {min(row['share'], 1):.0%}"
        for row in moved.to_dicts()
    ]
    return _sentence(
        told, "The filled share of this column changed: {}.", "The filled share of these columns changed: {}."
    )


def _changed_files(delivered: Delivered, before: pl.DataFrame) -> list[str]:
    old = {row["name"]: row for row in before.to_dicts()}
    only = next(iter(old.values())) if len(old) == 1 == len(delivered.files) else None
    told = []
    for file in delivered.files:
        was = old.get(file.name, only)
        if was is None:
            continue
        for name, word in (("encoding", "encoding"), ("separator", "separator"), ("newline", "line end")):
            now = getattr(file, name)
            if now != was[name]:
                told.append(f"{file.name}: the {word} is {now!r}, it was {was[name]!r} in the last export.")
    return told


def _sentence(names: Sequence[str], one: str, several: str) -> list[str]:
    if not names:
        return []
    more = len(names) - _SHOWN
    listed = ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
    return [(one if len(names) == 1 else several).format(listed)]
