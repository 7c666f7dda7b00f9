"""The nightly flow: the road of `flows.night`, each stage a Prefect task, with artifacts for Prefect's pages.

A handful of coarse tasks: a task costs more than most of our stages, so none is made per record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run, task_run

from flows.clock import today
from flows.night import in_silence
from flows.night_plan import plan_night
from flows.notify import run_and_tell, told_trouble
from pipeline.publish.freshness_words import forecast_words, queue_words
from pipeline.publish.moved_findings import summarize_moved
from pipeline.publish.summary import summarize_night
from schemas.night import NightFacts

P = ParamSpec("P")
R = TypeVar("R")


def _flow_run_name() -> str:
    return f"night of {flow_run.parameters.get('as_of') or today()}"


@flow(name="nightly", flow_run_name=_flow_run_name, validate_parameters=False)
def nightly(
    exports: tuple[str, ...] = (),
    center: str | None = None,
    format_name: str = "auto",
    config: str | None = None,
    workspace: str | None = None,
    as_of: str | None = None,
    *,
    overrides: tuple[str, ...] = (),
    is_quiet: bool = False,
    tell: Callable[[str], None] | None = None,
) -> NightFacts:
    """Run the whole night once, and tell the people whom the settings name.

    Parameters are plain texts, so that the flow can be started from Prefect's pages and from a schedule.

    Args:
        exports: Files or folders to read; none takes every center of the settings.
        center: Center of those files.
        format_name: Layout, or `auto`.
        config: Settings file.
        workspace: Folder in which everything is kept.
        as_of: Day, YYYY-MM-DD; today when not given.
        overrides: Gates whose totals were found right by a person, see `schemas.gating.GateName`; `all` for every one.
        is_quiet: Whether nobody is told, whatever the settings say.
        tell: Gets one line per finished stage.
    """
    say = tell or in_silence
    paths = (Path(config) if config else None, Path(workspace) if workspace else None)
    day = date.fromisoformat(as_of) if as_of else None
    with told_trouble(config=paths[0], workspace=paths[1], as_of=day, tell=say, is_quiet=is_quiet):
        plan = plan_night(
            exports=tuple(Path(export) for export in exports),
            center=center,
            format_name=format_name,
            config=paths[0],
            workspace=paths[1],
            as_of=day,
            overrides=overrides,
        )
        facts = run_and_tell(plan, verb=as_task, tell=say, is_quiet=is_quiet)
    leave_artifacts(facts)
    return facts


@cache
def as_task(function: Callable[P, R], /) -> Callable[P, R]:
    """Return a stage as a Prefect task.

    Nothing is cached: inputs are frames, and hashing them would cost more than the stage. Nothing is retried: a stage is
    pure, it would fail again.
    """
    wrapped = task(
        name=function.__name__.replace("_", " "),
        task_run_name=_task_run_name,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(function)
    return cast("Callable[P, R]", wrapped)


def leave_artifacts(facts: NightFacts) -> None:
    """Leave the summary, the findings by rule, and what opened and closed on Prefect's pages."""
    create_markdown_artifact(summarize_night(facts), key="night", description=f"Night of {facts.as_of}")
    rows: list[dict[str, Any]] = [
        {"center": center.center_id, "rule": rule, "findings": count}
        for center in facts.centers
        for rule, count in sorted(center.findings_by_rule.items())
    ]
    create_table_artifact(rows, key="findings-by-rule", description=f"Findings of the night of {facts.as_of}")
    create_table_artifact(
        [asdict(moved) for moved in facts.moved_findings],
        key="findings-opened-and-closed",
        description=f"Findings opened and closed in the night of {facts.as_of}, by rule",
    )
    create_markdown_artifact(
        summarize_moved(facts),
        key="findings-tonight",
        description=f"What opened and closed in the night of {facts.as_of}, the first records of each",
    )
    freshness = facts.freshness
    create_table_artifact(
        [
            {
                "of": f"{by} {row.value}",
                "updated": row.figure.numerator,
                "of counted": row.figure.denominator,
                "unknown": row.figure.unknown,
                "share": row.figure.share,
            }
            for by, rows in (("center", freshness.by_center), ("curator", freshness.by_curator))
            for row in rows
        ],
        key="freshness",
        description=f"Agencies completely updated as of {facts.as_of}. "
        + ("" if freshness.forecast is None else forecast_words(freshness.forecast)),
    )
    if facts.staffing is not None:
        create_table_artifact(
            [
                {
                    "center": center.center_id,
                    "low": center.estimated[0],
                    "central": center.estimated[1],
                    "high": center.estimated[2],
                    "calibrated": None if center.calibrated is None else center.calibrated[1],
                    "at work": center.actual_fte,
                }
                for center in facts.staffing.centers
            ],
            key="staffing",
            description=f"Curators needed (FTE) as of {facts.as_of}. {facts.staffing.caveats[0]} {facts.staffing.caveats[1]}",
        )
    if facts.queue is not None:
        create_table_artifact(
            [
                {
                    "center": row.center_id,
                    "curator": row.curator or "(nobody named)",
                    "agencies": row.agencies,
                    "hours": round(row.minutes / 60, 1),
                    "of hours": round(row.limit_minutes / 60, 1),
                }
                for row in facts.queue.this_week
            ],
            key="queue-this-week",
            description=queue_words(facts.queue),
        )
    create_table_artifact(
        [
            {
                "center": center.center_id,
                "rows read": center.rows_read,
                "rejected": center.rows_rejected,
                **center.delivered,
            }
            for center in facts.centers
        ],
        key="records",
        description=f"What was read for the night of {facts.as_of}",
    )


def _task_run_name() -> str:
    parameters = task_run.parameters
    center = parameters.get("center_id") or getattr(parameters.get("delivered"), "center_id", None)
    return f"{task_run.task_name} {center}" if center else str(task_run.task_name)
