"""`resdir freshness`: the share of the directory that was updated in the last year."""

from __future__ import annotations

from typing import Literal

import polars as pl

from flows.cli.terminal import Common, percent, require_center, say, show_json, show_table
from pipeline.measure.freshness import measure_freshness
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError


def freshness(
    *,
    by: Literal["all", "center", "county", "curator", "kind", "tier"] = "all",
    rule: Literal["complete_agency_update", "verified_record", "edited_record"] | None = None,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show how much of the directory was updated in the last year, as of the last published night.

    Args:
        by: How to divide it.
        rule: Which reading: complete_agency_update (the headline), verified_record (the default by kind, which the headline cannot
            be divided by), or edited_record, which shows work and is never to be called updated.
        center: Only this center.
        common: What every command takes; with --as-of the last night's records are judged on that day.
    """
    chosen = rule or ("verified_record" if by == "kind" else "complete_agency_update")
    if by == "kind" and chosen == "complete_agency_update":
        raise UsageError(
            "The complete agency update is about whole agencies and has no kinds.", advice="Add --rule verified_record."
        )
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        as_of = common.as_of or snapshot.pointer.as_of
    measured = measure_freshness(
        directory,
        as_of=as_of,
        rule=resolved.settings.freshness,
        dimensions=("center", "county", "curator", "kind", "tier"),
    )
    rows = measured.figures.filter(
        (pl.col("measure") == chosen)
        & (pl.col("dimension") == by)
        & pl.col("center_id").eq_missing(pl.lit(center, dtype=pl.String))
    ).sort("denominator", "value", descending=[True, False], nulls_last=True)
    document = {
        "as_of": as_of.isoformat(),
        "rule": chosen,
        "cutoff": measured.cutoff_on.isoformat(),
        "rows": [_row(row, by=by) for row in rows.to_dicts()],
    }
    if common.json:
        show_json(document)
        return 0
    show_table(
        f"{chosen}: {measured.cutoff_on} to {as_of}",
        (by, "updated", "of counted", "unknown", "share", "why unknown"),
        [
            (row["value"], _whole(row["numerator"]), _whole(row["denominator"]), _whole(row["unknown"]),
             percent(row["share"]), row["reason"])
            for row in rows.to_dicts()
        ],
        right=("updated", "of counted", "unknown", "share"),
    )  # fmt: skip
    for note in measured.level_notes:
        say(note)
    return 0


def _row(row: dict[str, object], *, by: str) -> dict[str, object]:
    shown: dict[str, object] = {
        "by": by,
        "value": row["value"],
        "numerator": _whole(row["numerator"]),
        "denominator": _whole(row["denominator"]),
        "unknown": _whole(row["unknown"]),
        "share": row["share"],
    }
    if row["share"] is None:
        shown["reason"] = row["reason"]
    return shown


def _whole(number: object) -> int | None:
    return int(number) if isinstance(number, int | float) else None
