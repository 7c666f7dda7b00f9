"""`resdir nightly`: the whole night once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from flows.cli.terminal import Common, say, show, show_json
from schemas.gating import GateName
from schemas.night import NightFacts

_WORSE: dict[str, tuple[str, ...]] = {
    "never": (),
    "error": ("error",),
    "warning": ("error", "warning"),
    "info": ("error", "warning", "info"),
}


def nightly(
    *exports: Path,
    center: str | None = None,
    format: str = "auto",  # noqa: A002 - the promised name of the option
    fail_on: Literal["error", "warning", "info", "never"] = "never",
    override: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = (),
    allow_shrink: Annotated[bool, Parameter(negative="")] = False,
    without_prefect: Annotated[bool, Parameter(negative="")] = False,
    no_notify: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Run the whole night once and publish it.

    Args:
        exports: File or folder of a center's export; without it every center of the settings is read.
        center: Id of the center that delivered the export.
        format: auto, icarol, hsds, hsds-json, airs, or a mapping file.
        fail_on: Exit code 1 when there is a finding of this severity or worse.
        override: A gate whose number you have found right, for this run only: rows-fell, table-empty, rejected-rows,
            column-emptied, unreadable-dates, unknown-status, or all. May be given several times.
        allow_shrink: The same as --override rows-fell.
        without_prefect: Run the same stages without Prefect: nothing is shown in Prefect's pages, and it starts at once.
        no_notify: Send no digest, whatever [notify] says: for a run by hand.
        common: What every command takes.
    """
    facts = _run(
        exports,
        center=center,
        format_name=format,
        overrides=(*override, *((GateName.ROWS_FELL.value,) if allow_shrink else ())),
        plain=without_prefect,
        is_quiet=no_notify,
        common=common,
    )
    from pipeline.publish.night_json import night_json
    from pipeline.publish.summary import summarize_night, without_escapes

    if common.json:
        show_json(night_json(facts))
    else:
        show(without_escapes(summarize_night(facts)))
    if facts.status == "gated":
        for gate in facts.gates:
            say(f"resdir: nothing was published. {gate.center_id}: {gate.message}")
        names = " ".join(f"--override {name}" for name in dict.fromkeys(gate.name for gate in facts.gates))
        say(f"        Look at the export. If it is right, run once more with {names}.")
        return 3
    worst = _WORSE[fail_on]
    return 1 if any(one.findings.get(severity, 0) for one in facts.centers for severity in worst) else 0


def _run(
    exports: tuple[Path, ...],
    *,
    center: str | None,
    format_name: str,
    overrides: tuple[str, ...],
    plain: bool,
    is_quiet: bool,
    common: Common,
) -> NightFacts:
    from flows.night_plan import named_gates
    from flows.notify import told_trouble

    named_gates(overrides)
    # Nobody sits before a night that a schedule has started: whom the settings name hears of one that cannot even begin.
    with told_trouble(
        config=common.config,
        workspace=common.workspace,
        as_of=common.as_of,
        tell=say,
        is_quiet=is_quiet,
    ):
        return _run_told(
            exports,
            center=center,
            format_name=format_name,
            overrides=overrides,
            plain=plain,
            is_quiet=is_quiet,
            common=common,
        )


def _run_told(
    exports: tuple[Path, ...],
    *,
    center: str | None,
    format_name: str,
    overrides: tuple[str, ...],
    plain: bool,
    is_quiet: bool,
    common: Common,
) -> NightFacts:
    resolved = common.resolve()
    place = common.place(resolved)
    if plain:
        from flows.night_plan import plan_night
        from flows.notify import run_and_tell

        plan = plan_night(
            exports=exports,
            center=center,
            format_name=format_name,
            config=common.config,
            workspace=common.workspace,
            as_of=common.as_of,
            overrides=overrides,
        )
        return run_and_tell(plan, tell=say, is_quiet=is_quiet)

    from flows.deliveries import plan_deliveries
    from flows.prefect_home import prepare_prefect

    # Told now, not after Prefect's start: is there anything to read?
    plan_deliveries(exports, center=center, format_name=format_name, resolved=resolved)
    place.prepare()
    prepare_prefect(place.logs)
    from flows.nightly import nightly as flow

    say("Starting Prefect (about 15 seconds the first time, 6 afterwards)")
    return flow(
        exports=tuple(str(export) for export in exports),
        center=center,
        format_name=format_name,
        config=str(common.config) if common.config else None,
        workspace=str(common.workspace) if common.workspace else None,
        as_of=common.day(resolved).isoformat(),
        overrides=overrides,
        is_quiet=is_quiet,
        tell=say,
    )
