"""The monthly audit as a Prefect flow: drawn on a schedule, with its results on Prefect's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run

from flows.audit_month import MonthAudit, audit_month, result_rows, tell_month
from flows.clock import today
from flows.night import in_silence
from flows.nightly import as_task
from flows.settings import load_settings
from pipeline.store.workspace import Workspace


def _flow_run_name() -> str:
    return f"audit of {flow_run.parameters.get('as_of') or f'{today():%Y-%m}'}"


@flow(name="monthly_audit", flow_run_name=_flow_run_name, validate_parameters=False)
def monthly_audit(
    config: str | None = None,
    workspace: str | None = None,
    as_of: str | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> MonthAudit:
    """Draw the month's audit once, write its worksheets, and leave the results of the last one.

    Parameters are plain texts, so that the flow can be started from Prefect's pages and from a schedule.

    Args:
        config: Settings file.
        workspace: Folder in which everything is kept.
        as_of: Day, YYYY-MM-DD; the day of the run when not given.
        tell: Gets one line per notice.
    """
    resolved = load_settings(Path(config) if config else None, workspace=Path(workspace) if workspace else None)
    month: MonthAudit = as_task(audit_month)(
        resolved,
        workspace=Workspace(resolved.workspace_root),
        as_of=date.fromisoformat(as_of) if as_of else resolved.settings.run.as_of or today(),
        tell=tell or in_silence,
    )
    leave_artifacts(month)
    return month


def leave_artifacts(month: MonthAudit) -> None:
    """Leave what was drawn, and the results of the last audit, on Prefect's pages."""
    create_markdown_artifact(tell_month(month), key="audit", description=f"Audit {month.batch.batch_id}")
    if month.last is not None:
        create_table_artifact(
            [{"measure": measure, **figures} for measure, figures in result_rows(month.last)],
            key="audit-results",
            description=f"Results of {month.last['batch_id']}",
        )
