"""What people decided about findings, read from the decision log for a night or for a list."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.acceptances import ACCEPTED, REOPENED, read_acceptances, standing_acceptances
from pipeline.curate.findings import SHOWN
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


def with_decisions(tracked: pl.DataFrame, place: Workspace, *, as_of: date) -> pl.DataFrame:
    """Return the findings with what people decided since the night was published: an exception holds at once.

    Args:
        tracked: `schemas.quality.TrackedFinding`.
        place: Workspace with the decision log.
        as_of: Day to speak of.
    """
    standing = standing_acceptances(standing_decisions(place), findings=tracked, as_of=as_of)
    is_shown = pl.col("status").is_in(SHOWN)
    again = pl.when(pl.col("times_reappeared") > 0).then(pl.lit("reappeared")).otherwise(pl.lit("open"))
    decided = ("accepted_until", "accepted_by", "accepted_reason")
    return (
        tracked.drop(decided)
        .join(standing, on="finding_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(~is_shown)
            .then("status")
            .when(pl.col("accepted_until").is_not_null())
            .then(pl.lit("accepted"))
            .otherwise(again)
            .alias("status"),
            *(pl.when(is_shown).then(name).alias(name) for name in decided),
        )
        .select(tracked.columns)
    )


def delivered_records(directory: Directory) -> pl.DataFrame:
    """Return the keys of the delivered records: `center_id`, `kind`, `record_uid`, `is_counted`."""
    delivered = directory.records().filter(pl.col("origin") == "delivered")
    return delivered.select("center_id", "kind", "record_uid", "is_counted")
