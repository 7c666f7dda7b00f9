"""`resdir changes`: records added, changed, removed and re-keyed since an earlier run."""

from __future__ import annotations

import polars as pl

from flows.cli.common import Common, require_center, say, show, show_json, show_table
from pipeline.curate.record_changes import list_changes
from pipeline.store.snapshot import kept_runs, open_published
from schemas.errors import InputError

#: Rows printed on a terminal; --json gives all.
ROWS_SHOWN = 50


def changes(
    *,
    since: str | None = None,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Compare the last published night with an earlier one, field by field.

    Args:
        since: Run to compare with, as `resdir doctor` names it; the one before the last when not given.
        center: Only this center.
        common: What every command takes.
    """
    place = common.place(common.resolve())
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        now = snapshot.directory()
        last = snapshot.pointer.run_id
    earlier = [run_id for run_id in kept_runs(place) if run_id != last]
    if since is None and not earlier:
        raise InputError("There is no earlier night to compare with.", advice="After the next night there will be one.")
    run_id = since or earlier[-1]
    if run_id not in earlier:
        raise InputError(f"No snapshot of the run {run_id} is kept.", advice=f"Kept: {', '.join(earlier) or 'none'}.")
    with open_published(place, run_id=run_id) as snapshot:
        before = snapshot.directory()
    listed = list_changes(now, before=before)
    if center is not None:
        listed = listed.filter(pl.col("center_id") == center)
    if common.json:
        show_json({"since": run_id, "run_id": last, "changes": listed.to_dicts()})
        return 0
    counts = dict(listed.group_by("change").agg(pl.col("record_uid").n_unique()).sort("change").iter_rows())
    show(
        f"{run_id} to {last}: "
        + (", ".join(f"{count:,} {change}" for change, count in counts.items()) or "nothing changed")
    )
    if not listed.is_empty():
        show_table(
            f"{listed.height:,} rows" + (f", the first {ROWS_SHOWN} shown" if listed.height > ROWS_SHOWN else ""),
            ("change", "kind", "record", "field", "before", "now"),
            [
                (
                    row["change"],
                    row["kind"],
                    f"{row['name'] or ''} ({row['native_id']})",
                    row["field"],
                    row["before"],
                    row["now"],
                )
                for row in listed.head(ROWS_SHOWN).to_dicts()
            ],
        )
    if listed.height > ROWS_SHOWN:
        say("All of them: --json.")
    return 0
