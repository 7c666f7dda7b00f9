"""What a draw starts from: the last published night, with all audits so far."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.audits import Audits, Ground, read_audits
from flows.settings import Settings
from pipeline.audit.draw import AuditDraw
from pipeline.curate.findings import shown_findings
from pipeline.measure.complexity import measure_complexity
from pipeline.store.snapshot import Snapshot, open_published
from pipeline.store.workspace import Workspace
from schemas.directory import Directory


@dataclass(frozen=True, kw_only=True)
class AuditView:
    """What the audit commands look at.

    Attributes:
        ground: The last published night.
        audits: All audits, those of the log and of the nights.
        as_of: Day of the last published night.
        centers: Centers that were read.
    """

    ground: Ground
    audits: Audits
    as_of: date
    centers: tuple[str, ...]


def stored_draws(snapshot: Snapshot) -> AuditDraw:
    """Return the batches that the nights drew."""
    return AuditDraw(
        draw=snapshot.table("auditing.draw"),
        items=snapshot.table("auditing.draw_item"),
        strata=snapshot.table("auditing.stratum"),
        automatic=snapshot.table("auditing.automatic_score"),
    )


def read_audit_view(workspace: Workspace, *, settings: Settings, as_of: date | None = None) -> AuditView:
    """Return what the audit commands look at.

    Args:
        workspace: Where it lies.
        settings: Settings.
        as_of: Day from which the complexity of bundles is measured; None takes that of the night.

    Raises:
        InputError: Nothing was published yet.
    """
    with open_published(workspace) as snapshot:
        directory = snapshot.directory()
        tracked = snapshot.table("quality.finding")
        not_applicable = snapshot.table("quality.not_applicable")
        rekeyed = snapshot.table("history.rekeyed")
        stored = stored_draws(snapshot)
        pointer = snapshot.pointer
        centers = snapshot.table("control.run_input")["center_id"].unique().sort().to_list()
    return AuditView(
        ground=Ground(
            directory=directory,
            complexity=measure_complexity(directory, as_of=as_of or pointer.as_of, parameters=settings.staffing),
            findings=shown_findings(tracked),
            not_applicable=not_applicable,
            rekeyed=rekeyed,
            snapshot=pointer.snapshot,
        ),
        audits=read_audits(workspace, parameters=settings.audit, stored=stored),
        as_of=pointer.as_of,
        centers=tuple(centers),
    )


def month_batch(audits: Audits, *, seed: str, as_of: date, wanted: int, centers: Iterable[str]) -> AuditDraw | None:
    """Return the standing sample of the month, if it was drawn already.

    Args:
        audits: All audits.
        seed: Seed of the standing sample.
        as_of: A day of the month.
        wanted: Records that the settings want.
        centers: Centers of the directory: a sample drawn before one of them arrived does not speak for it.
    """
    parameters = audits.parameters
    reachable = pl.col("frame_size") - pl.when(pl.col("covers_recent")).then(0).otherwise(pl.col("recent_size"))
    found = audits.draws.draw.filter(
        (pl.col("seed") == seed)
        & (pl.col("unit") == parameters.unit)
        & (pl.col("method") == parameters.method)
        & pl.col("center_id").is_null()
        & (pl.col("as_of").dt.truncate("1mo") == as_of.replace(day=1))
        & (pl.col("size") >= pl.min_horizontal(pl.lit(wanted), reachable))
        & (pl.col("size") > 0)
    ).sort("as_of", "batch_id")
    now = set(centers)
    for row in found.to_dicts():
        if now <= set(json.loads(row["parameters"]).get("centers", ())):
            return audits.draws.batch(row["batch_id"])
    return None


def seed_of(settings: Settings, as_of: date) -> str:
    """Return the seed of the standing sample: that of the settings, or year and month."""
    return settings.audit.seed or f"{as_of:%Y-%m}"


def centers_of(directory: Directory, unit: str) -> list[str]:
    """Return the centers that have records of a unit to be drawn."""
    return directory.tables()[unit].filter("is_counted")["center_id"].unique().sort().to_list()
