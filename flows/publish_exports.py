"""The exports as a Prefect flow: every target of the settings, with what became of it on Prefect's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run

from flows.clock import now
from flows.exports_of_night import PublishedExports, publish_targets
from flows.night import in_silence
from flows.nightly import as_task
from flows.settings import load_settings
from pipeline.store.workspace import Workspace


def _flow_run_name() -> str:
    return f"exports of {flow_run.parameters.get('as_of') or 'the last night'}"


@flow(name="publish_exports", flow_run_name=_flow_run_name, validate_parameters=False)
def publish_exports(
    config: str | None = None,
    workspace: str | None = None,
    as_of: str | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> PublishedExports:
    """Write every target of `[publish] targets` from the last published night, checked and with receipts.

    Parameters are plain texts, so that the flow can be started from Prefect's pages and from a schedule.

    Args:
        config: Settings file.
        workspace: Folder in which everything is kept.
        as_of: Day, YYYY-MM-DD, that the exports speak of; the day of the night when not given.
        tell: Gets one line per target.

    Raises:
        InputError: A target was refused; the others are written, and the page says which.
    """
    resolved = load_settings(Path(config) if config else None, workspace=Path(workspace) if workspace else None)
    published: PublishedExports = as_task(publish_targets)(
        resolved,
        place=Workspace(resolved.workspace_root),
        as_of=date.fromisoformat(as_of) if as_of else None,
        moment=now(),
        tell=tell or in_silence,
    )
    create_table_artifact(published.rows(), key="exports", description="What leaves the house, by target")
    published.refuse_failures()
    return published
