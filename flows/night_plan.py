"""What a run needs to know before it starts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flows.clock import now, today
from flows.deliveries import Delivery, plan_deliveries
from flows.settings import Resolved, load_settings
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError
from schemas.gating import GateName


@dataclass(frozen=True, kw_only=True)
class NightPlan:
    """What a run needs to know; with the exports it makes the night again.

    Attributes:
        run_id: Name of the run, sortable by time.
        started_at: Start, UTC.
        as_of: Day the run speaks of.
        deliveries: Exports to read.
        resolved: Settings.
        workspace: Where everything is kept.
        overrides: Gates whose totals a person has found right tonight.
    """

    run_id: str
    started_at: datetime
    as_of: date
    deliveries: tuple[Delivery, ...]
    resolved: Resolved
    workspace: Workspace
    overrides: frozenset[GateName] = frozenset()

    @property
    def centers(self) -> list[str]:
        """Centers read in this run."""
        return [delivery.center_id for delivery in self.deliveries]


def new_run_id(moment: datetime) -> str:
    """Return a name for a run that starts at the moment: sortable by time, never given twice."""
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z-{uuid.uuid4().hex[:6]}"


def named_gates(names: Iterable[str]) -> frozenset[GateName]:
    """Return the gates of these names; `all` stands for every one.

    Raises:
        UsageError: There is no gate of that name.
    """
    asked = set(names)
    if "all" in asked:
        return frozenset(GateName)
    known = {gate.value for gate in GateName}
    if unknown := sorted(asked - known):
        raise UsageError(
            f"--override: there is no gate {unknown[0]}.", advice=f"Gates: {', '.join(sorted(known))}, or all."
        )
    return frozenset(GateName(name) for name in asked)


def plan_night(
    *,
    exports: tuple[Path, ...] = (),
    center: str | None = None,
    format_name: str = "auto",
    config: Path | None = None,
    workspace: Path | None = None,
    as_of: date | None = None,
    overrides: Iterable[str] = (),
) -> NightPlan:
    """Return what tonight's run reads and with which settings.

    Raises:
        UsageError: No export, an export without a center, or an override that no gate has.
        InputError: The settings or an export are not there or not readable.
    """
    resolved = load_settings(config, workspace=workspace)
    started_at = now()
    return NightPlan(
        run_id=new_run_id(started_at),
        started_at=started_at,
        as_of=as_of or resolved.settings.run.as_of or today(),
        deliveries=plan_deliveries(exports, center=center, format_name=format_name, resolved=resolved),
        resolved=resolved,
        workspace=Workspace(resolved.workspace_root),
        overrides=named_gates(overrides),
    )
