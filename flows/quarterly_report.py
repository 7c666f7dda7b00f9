"""The quarterly report as a Prefect flow: the last finished quarter in all forms, with what it says on Prefect's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run

from flows.clock import now, today
from flows.night import in_silence
from flows.nightly import as_task
from flows.notify import tell_report
from flows.period_quarter import QuarterReport, report_quarter
from flows.settings import load_settings
from pipeline.publish.document_markdown import render_document_markdown
from pipeline.store.workspace import Workspace


def _flow_run_name() -> str:
    return f"report of the quarter before {flow_run.parameters.get('as_of') or today()}"


@flow(name="quarterly_report", flow_run_name=_flow_run_name, validate_parameters=False)
def quarterly_report(
    config: str | None = None,
    workspace: str | None = None,
    as_of: str | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> QuarterReport:
    """Write the report of the last finished quarter in all forms, and one for each center, into the folder of reports.

    Parameters are plain texts, so that the flow can be started from Prefect's pages and from a schedule.

    Args:
        config: Settings file.
        workspace: Folder in which everything is kept.
        as_of: Day, YYYY-MM-DD, after the end of the quarter; the day of the run when not given.
        tell: Gets one line per file and warning.
    """
    resolved = load_settings(Path(config) if config else None, workspace=Path(workspace) if workspace else None)
    report: QuarterReport = as_task(report_quarter)(
        resolved,
        place=Workspace(resolved.workspace_root),
        day=date.fromisoformat(as_of) if as_of else resolved.settings.run.as_of or today(),
        tell=tell or in_silence,
    )
    for fault in tell_report(report.document, period=report.period.name, notify=resolved.settings.notify, moment=now()):
        (tell or in_silence)(fault)
        get_run_logger().warning(fault)
    leave_artifacts(report)
    return report


def leave_artifacts(report: QuarterReport) -> None:
    """Leave the digest and the headlines on Prefect's pages."""
    document = report.document
    create_markdown_artifact(
        render_document_markdown(document, short=True),
        key="quarterly-report",
        description=f"{document.title}: {report.period.words}",
    )
    create_table_artifact(
        [
            {"figure": one.label, "value": one.value, "basis": one.basis, "change": one.change or ""}
            for one in document.headlines
        ],
        key="quarterly-report-headlines",
        description=f"Headlines of {report.period.words}",
    )
