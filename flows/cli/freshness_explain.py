"""`resdir freshness explain`: why one record counts as updated or not."""

from __future__ import annotations

from dataclasses import asdict

import polars as pl

from flows.cli.freshness import Window
from flows.cli.terminal import Common, require_center, require_record, say, show, show_json, show_table
from flows.freshness_ground import day_of, last_ground
from pipeline.measure.freshness import measure_freshness
from pipeline.measure.freshness_explained import Explanation, explain_record
from pipeline.store.snapshot import open_published
from schemas.enumerations import WindowKind
from schemas.errors import UsageError

#: Members printed of a large bundle; --json gives all.
_MEMBERS_SHOWN = 40


def explain(
    record: str,
    *,
    center: str | None = None,
    window: Window = "rolling",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Say why a record counts as updated or not: each of the three figures in a sentence, and the days of its whole bundle.

    Args:
        record: Its number in the center's software, or its record_uid.
        center: Its center, where several have a record of that number.
        window: What counts as the last year.
        common: What every command takes; with --as-of a later day the records of the last night are judged on it.
    """
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
    ground = last_ground(place)
    records = ground.directory.records().select("center_id", "kind", "record_uid", "native_id", "name")
    require_record(record, records)
    found = records.filter((pl.col("native_id") == record) | (pl.col("record_uid") == record.lower())).unique(
        maintain_order=True
    )
    if center is not None:
        found = found.filter(pl.col("center_id") == center)
    if found.height != 1:
        known = "; ".join(f"{row[1]} {row[4] or ''} of {row[0]}: {row[2]}" for row in found.rows())
        raise UsageError(
            f"{record} names {found.height} records{f' of {center}' if center else ''}.",
            advice=f"Name one by its record_uid: {known}." if found.height else "Leave out --center.",
        )
    as_of = day_of(ground, common.as_of, advice="`resdir freshness --as-of` tells of past days.")
    rule = resolved.settings.freshness
    measured = measure_freshness(
        ground.directory,
        as_of=as_of,
        rule=rule,
        dimensions=(),
        window_kind=WindowKind(window),
        evidence=ground.evidence,
    )
    key = found.row(0, named=True)
    explained = explain_record(
        ground.directory,
        center_id=key["center_id"],
        kind=key["kind"],
        record_uid=key["record_uid"],
        as_of=as_of,
        rule=rule,
        window_kind=WindowKind(window),
        suspicions=measured.suspicions,
    )
    if common.json:
        show_json(
            {
                **asdict(explained),
                "members": explained.members.to_dicts(),
                "verdicts": [asdict(verdict) for verdict in explained.verdicts],
            }
        )
    else:
        _show(explained)
    return 0


def _show(explained: Explanation) -> None:
    record = explained.record
    number = f" ({record['native_id']})" if record["native_id"] else ""
    show(
        f"{record['kind'].replace('_', ' ').capitalize()} {record['name'] or '(no name)'}{number} of {record['center_id']}"
    )
    show(f"Window: {explained.cutoff_on} to {explained.as_of}, both included")
    for verdict in explained.verdicts:
        answer = {True: "yes", False: "no", None: "does not count"}[verdict.counts]
        show(f"  {verdict.measure}: {answer}. {verdict.sentence}")
    if explained.counts_until is not None:
        show(f"  Counts until {explained.counts_until} if nothing of it is verified before.")
    for question in explained.questions:
        show(f"  Deserves a question: {question}")
    if explained.members.height:
        show_table(
            f"Records whose days make up the bundle: {explained.members.height:,}",
            ("in window", "kind", "record", "name", "verified on", "band", "counts until"),
            [
                ("yes" if row["in_window"] else "no", row["kind"].replace("_", " "), row["native_id"], row["name"],
                 row["day"], row["band"], row["counts_until"])
                for row in explained.members.head(_MEMBERS_SHOWN).to_dicts()
            ],
        )  # fmt: skip
        if explained.members.height > _MEMBERS_SHOWN:
            say(f"The oldest {_MEMBERS_SHOWN} are shown; --json gives all.")
