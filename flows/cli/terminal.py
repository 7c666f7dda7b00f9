"""Options and output that every command shares."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from cyclopts import Parameter

from flows.clock import today
from flows.settings import Resolved, load_settings
from pipeline.store.snapshot import Snapshot
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options of every command."""

    workspace: Path | None = None
    """Folder in which everything is kept (default: ./workspace, or [workspace] of the settings)."""

    config: Path | None = None
    """Settings file (default: curation.toml when present)."""

    as_of: date | None = None
    """Day to speak of, YYYY-MM-DD (default: today, or [run] as_of of the settings)."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print exactly one JSON document."""

    def resolve(self) -> Resolved:
        """Read the settings these options name."""
        return load_settings(self.config, workspace=self.workspace)

    def place(self, resolved: Resolved) -> Workspace:
        """Return the workspace."""
        return Workspace(resolved.workspace_root)

    def day(self, resolved: Resolved) -> date:
        """Return the day to speak of."""
        return self.as_of or resolved.settings.run.as_of or today()


def require_center(snapshot: Snapshot, center: str | None) -> None:
    """Stop when a center is named that was never read: an empty answer would look like a clean directory.

    Raises:
        UsageError: Names the centers that were read.
    """
    known = snapshot.table("control.run_input").get_column("center_id").unique().sort().to_list()
    if center is not None and center not in known:
        raise UsageError(
            f"There is no center {center} in the last published night.", advice=f"Known: {', '.join(known)}."
        )


def require_limit(limit: int) -> None:
    """Stop when nothing would be printed.

    Raises:
        UsageError: The limit is under 1.
    """
    if limit < 1:
        raise UsageError(f"--limit: {limit} is less than 1.", advice="Give the number of rows to print, from 1 on.")


def require_record(record: str, *frames: pl.DataFrame) -> None:
    """Stop when a record is asked for that nothing tells of: an empty answer would look like a clean record.

    Args:
        record: Its number in the center's software, or its record_uid.
        frames: Frames with `native_id` and `record_uid` in which it may stand.

    Raises:
        UsageError: It stands in none of them.
    """
    is_it = (pl.col("native_id") == record) | (pl.col("record_uid") == record.lower())
    if all(frame.filter(is_it).is_empty() for frame in frames):
        raise UsageError(
            f"--record: there is no record {record}.",
            advice="Name it by its number in the center's software, or by its record_uid.",
        )


def say(line: str) -> None:
    """Print a message for the person, on stderr."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - messages of the command line


def show(text: str) -> None:
    """Print a result, on stdout."""
    print(text)  # noqa: T201 - results of the command line


def show_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print one JSON document, on stdout."""
    show(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> None:
    """Print a readable table, on stdout; numbers of the columns in `right` stand flush right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=160)
    console.print(table)


def percent(share: float | None) -> str:
    """Return a share as per cent with one decimal, `unknown` when it cannot be known.

    >>> percent(0.925), percent(None)
    ('92.5 %', 'unknown')
    """
    return "unknown" if share is None else f"{share * 100:.1f} %"
