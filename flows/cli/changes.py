"""`resdir changes`: records added, changed, removed and re-keyed since an earlier run, and what that says about the upkeep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, require_limit, require_record, say, show, show_json, show_table
from flows.compared_nights import list_shown_changes
from flows.past_nights import find_night
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import Snapshot, kept_runs, open_published
from pipeline.store.workspace import Workspace
from schemas.contract import conform

#: Rows printed on a terminal; --output and --json give all.
ROWS_SHOWN = 50

_COLUMNS: dict[str, tuple[str, int]] = {
    "change": ("Change", 10),
    "center_id": ("Center", 12),
    "kind": ("Kind", 14),
    "native_id": ("Record", 12),
    "name": ("Name", 38),
    "curator": ("Curator", 18),
    "field": ("Field", 24),
    "before": ("Before", 44),
    "now": ("Now", 44),
    "rekeyed_by": ("Recognized by", 20),
    "record_uid": ("Record id", 38),
}
_SIGNALS: dict[str, tuple[str, int]] = {
    "signal": ("Signal", 20),
    "center_id": ("Center", 12),
    "kind": ("Kind", 10),
    "native_id": ("Record", 12),
    "name": ("Name", 38),
    "curator": ("Curator", 18),
    "on": ("Verified on", 12),
    "since": ("Unchanged since", 15),
    "record_count": ("Records", 9),
    "share": ("Share", 9),
    "message": ("What was seen", 70),
    "record_uid": ("Record id", 38),
}


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """What was compared.

    Attributes:
        since: Earlier run; None when there is none.
        source: `snapshots` (both nights are kept and were compared) or `history` (the changes kept of each night were added up).
        listed: `schemas.changes.RecordChange`.
    """

    since: str | None
    source: Literal["snapshots", "history"]
    listed: pl.DataFrame


def changes(
    *,
    since: str | None = None,
    center: str | None = None,
    kind: Literal["agency", "site", "service", "service_at_site"] | None = None,
    record: str | None = None,
    change: Literal["added", "changed", "removed", "rekeyed"] | None = None,
    field: str | None = None,
    curator: str | None = None,
    signals: Annotated[bool, Parameter(negative="")] = False,
    limit: int = ROWS_SHOWN,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Compare the last published night with an earlier one, record by record and field by field.

    Args:
        since: Run to compare with (its name or the beginning of it, as `resdir doctor` shows it) or a day, YYYY-MM-DD: the last run
            that speaks of that day or an earlier one. The run before the last when not given.
        center: Only this center.
        kind: Only records of this kind.
        record: Only this record: its number in the center's software, or its record_uid.
        change: Only records that were added, changed, removed or came back under another number.
        field: Only this field, such as hours, or a group of fields, such as phone.
        curator: Only records of this curator.
        signals: What the nights say about the upkeep instead: verified without a word changed for years, stamped in bulk, edited
            without verification, edited without a new date of the last edit.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all of them to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    require_limit(limit)
    place = common.place(common.resolve())
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        last = snapshot.pointer.run_id
        earlier = _earlier_run(snapshot, since)
        if signals:
            found = _signals(snapshot, earlier)
            source: Literal["snapshots", "history"] = "history"
        else:
            compared = _compare(place, snapshot, earlier)
            found, source = compared.listed, compared.source
        if record is not None:
            require_record(record, found, snapshot.directory().records(), snapshot.table("history.field_change"))
    wanted = {"center_id": center, "kind": kind, "change": None if signals else change, "curator": curator}
    for column, asked in wanted.items():
        if asked is not None:
            found = found.filter(pl.col(column) == asked)
    if record is not None:
        found = found.filter((pl.col("native_id") == record) | (pl.col("record_uid") == record.lower()))
    if field is not None and not signals:
        found = found.filter((pl.col("field") == field) | pl.col("field").str.starts_with(f"{field}."))
    if output is not None:
        columns = _SIGNALS if signals else _COLUMNS
        write_table([Sheet(title="Signals" if signals else "Changes", rows=found, columns=columns)], output)
        say(f"{count_of(found.height, 'row')} written to {output}.")
    if common.json:
        name = "signals" if signals else "changes"
        show_json({"since": earlier, "run_id": last, "source": source, name: found.to_dicts()})
    elif earlier is None:
        show("There is one night so far: nothing to compare it with yet.")
    elif output is None:
        _print(found, earlier=earlier, last=last, limit=limit, signals=signals)
    return 0


def _earlier_run(snapshot: Snapshot, since: str | None) -> str | None:
    """Return the run to compare with; None when the last one is the first.

    Raises:
        InputError: No run is named so, or none speaks of that day or an earlier one.
        UsageError: Several runs begin so.
    """
    runs = snapshot.table("control.run").filter(pl.col("status") == "published").sort("run_id")
    earlier = runs.filter(pl.col("run_id") != snapshot.pointer.run_id)
    if since is None:
        return None if earlier.is_empty() else str(earlier["run_id"][-1])
    return find_night(earlier, since, option="--since")


def _compare(place: Workspace, snapshot: Snapshot, earlier: str | None) -> _Compared:
    history = snapshot.table("history.field_change")
    if earlier is None:
        return _Compared(since=None, source="snapshots", listed=_as_changes(history.clear()))
    if earlier in kept_runs(place):
        now = snapshot.directory()
        with open_published(place, run_id=earlier) as older:
            before = older.directory()
        return _Compared(since=earlier, source="snapshots", listed=list_shown_changes(now, before=before))
    # The snapshot is gone; what each later night found is kept.
    return _Compared(
        since=earlier, source="history", listed=_as_changes(history.filter(pl.col("run_id") > earlier).sort("run_id"))
    )


def _as_changes(rows: pl.DataFrame) -> pl.DataFrame:
    from schemas.changes import RecordChange

    return conform(rows, RecordChange)


def _signals(snapshot: Snapshot, earlier: str | None) -> pl.DataFrame:
    from schemas.changes import Signal

    kept = snapshot.table("history.signal")
    later = kept.clear() if earlier is None else kept.filter(pl.col("run_id") > earlier)
    return conform(later.sort("run_id", "center_id", "signal"), Signal)


def _print(found: pl.DataFrame, *, earlier: str, last: str, limit: int, signals: bool) -> None:
    counts = _count(found, signals=signals)
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()) or "nothing changed"
    show(f"{earlier} to {last}: {told}")
    if found.is_empty():
        return
    title = count_of(found.height, "row") + (f", the first {limit} shown" if found.height > limit else "")
    if signals:
        show_table(
            title,
            ("signal", "record", "curator", "what was seen"),
            [
                (row["signal"].replace("_", " "), _name(row), row["curator"], row["message"])
                for row in found.head(limit).to_dicts()
            ],
        )
    else:
        show_table(
            title,
            ("change", "kind", "record", "field", "before", "now"),
            [
                (row["change"], row["kind"], _name(row), row["field"] or row["rekeyed_by"], row["before"], row["now"])
                for row in found.head(limit).to_dicts()
            ],
        )
    if found.height > limit:
        say("All of them: --output changes.xlsx (or .csv, .json).")


def _count(found: pl.DataFrame, *, signals: bool) -> dict[str, int]:
    if signals:
        return dict(found.group_by("signal").agg(pl.col("record_count").sum()).sort("signal").iter_rows())
    record = ["center_id", "kind", "record_uid"]
    # Each record once: what else changed in a re-keyed one is listed, not counted again.
    renumbered = (
        found.filter(pl.col("change") == "rekeyed").select(record).with_columns(is_renumbered=pl.lit(value=True))
    )
    once = (
        found.select(*record, "change")
        .unique()
        .join(renumbered, on=record, how="left")
        .filter((pl.col("change") == "rekeyed") | pl.col("is_renumbered").is_null())
    )
    return dict(once.group_by("change").len().sort("change").iter_rows())


def _name(row: dict[str, object]) -> str:
    number = f" ({row['native_id']})" if row["native_id"] else ""
    return f"{row['name'] or ''}{number}".strip() or str(row["center_id"])
