"""Running a night in a test: fixed moment, no Prefect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from flows.deliveries import Delivery
from flows.night import run_night
from flows.night_plan import NightPlan
from flows.settings import Resolved, Settings
from pipeline.store.workspace import Workspace
from schemas.night import NightFacts

MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def night(
    workspace: Path, *deliveries: tuple[str, Path], as_of: date, run_id: str = "20261121T020000Z-000000", **settings
) -> NightFacts:
    """Run a night over (center, export) pairs into the workspace."""
    resolved = Resolved(settings=Settings(**settings), base=workspace.parent, source=None)
    plan = NightPlan(
        run_id=run_id,
        started_at=MOMENT,
        as_of=as_of,
        deliveries=tuple(Delivery(center_id=center, path=export, format_name="auto") for center, export in deliveries),
        resolved=resolved,
        workspace=Workspace(workspace),
    )
    return run_night(plan)
