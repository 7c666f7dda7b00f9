"""`resdir rejects`: rows of the last exports that could not be read."""

from __future__ import annotations

import polars as pl

from flows.cli.terminal import Common, require_center, show, show_json, show_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published

#: Characters of a row shown in the table; --json gives all.
TEXT_SHOWN = 80


def rejects(
    *,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the rows that could not be read, with file, line and reason. They are kept, and counted, and in no figure.

    Args:
        center: Only this center.
        common: What every command takes.
    """
    with open_published(common.place(common.resolve())) as snapshot:
        require_center(snapshot, center)
        rows = snapshot.table("raw.reject").sort("center_id", "source_file", "source_line")
    if center is not None:
        rows = rows.filter(pl.col("center_id") == center)
    if common.json:
        show_json(rows.to_dicts())
    elif rows.is_empty():
        show("Every row of the last exports could be read.")
    else:
        show_table(
            f"{count_of(rows.height, 'row')} could not be read",
            ("center", "file", "line", "why", "begins with"),
            [
                (row["center_id"], row["source_file"], row["source_line"], row["reason"], row["text"][:TEXT_SHOWN])
                for row in rows.to_dicts()
            ],
            right=("line",),
        )
    return 0
