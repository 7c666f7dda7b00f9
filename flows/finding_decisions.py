"""What people decided about findings, read from the decision log for a night or for a list."""

from __future__ import annotations

import polars as pl

from pipeline.curate.acceptances import ACCEPTED, REOPENED, read_acceptances
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from schemas.directory import Directory


def standing_decisions(workspace: Workspace) -> pl.DataFrame:
    """Return the exceptions that stand in the log (`schemas.quality.Acceptance`)."""
    entries = [*read_decisions(workspace, kind=ACCEPTED), *read_decisions(workspace, kind=REOPENED)]
    return read_acceptances(
        [
            (entry.decided_at, entry.decided_by, entry.kind, entry.subject, entry.payload)
            for entry in sorted(entries, key=lambda entry: entry.sequence)
        ]
    )


def delivered_records(directory: Directory) -> pl.DataFrame:
    """Return the keys of the delivered records: `center_id`, `kind`, `record_uid`, `is_counted`."""
    delivered = directory.records().filter(pl.col("origin") == "delivered")
    return delivered.select("center_id", "kind", "record_uid", "is_counted")
