"""`resdir schedule`: serve the nightly run, the monthly audit, the quarterly report and the exports on a schedule."""

from __future__ import annotations

from typing import Any

from flows.cli.terminal import Common, say

#: What each flow does, for Prefect's pages.
_DESCRIPTIONS = {
    "nightly": "Read every center's export, check, match, measure and publish.",
    "monthly-audit": "Draw the month's audit and write its worksheets.",
    "quarterly-report": "Write the report of the last finished quarter in all forms.",
    "publish-exports": "Write the packages that may leave the house, checked and with receipts.",
}


def schedule(
    *,
    cron: str | None = None,
    audit_cron: str | None = None,
    report_cron: str | None = None,
    export_cron: str | None = None,
    port: int = 4200,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Serve the nightly flow, the monthly audit, the quarterly report and the exports on a schedule until stopped with Ctrl-C.

    Their runs show on Prefect's pages.

    Reads every center of the settings. Unless PREFECT_API_URL names a Prefect server, one is started on this machine for as long
    as the schedule is served.

    Args:
        cron: When to run, as a cron expression in this machine's time (default: [schedule] cron, 2 o'clock every night).
        audit_cron: When to draw the monthly audit (default: [schedule] audit_cron, 6 o'clock on the first of the month); "" never.
        report_cron: When to write the report of the last quarter (default: [schedule] report_cron, 7 o'clock on 2 January, April, July
            and October); "" never.
        export_cron: When to write the exports of [publish] (default: [schedule] export_cron, never); "" never.
        port: Port of that server and its pages.
        common: What every command takes; --as-of is not for schedules.
    """
    from tzlocal import get_localzone_name

    from flows.deliveries import plan_deliveries
    from flows.prefect_home import prepare_prefect
    from flows.prefect_server import address_of, serving_prefect
    from schemas.errors import UsageError

    resolved = common.resolve()
    if common.as_of is not None:
        raise UsageError("A schedule runs for the day it runs on.", advice="Leave --as-of out.")
    # Told now, not at two in the morning: is there anything to read?
    deliveries = plan_deliveries((), center=None, format_name="auto", resolved=resolved)
    zone = resolved.settings.schedule.timezone or get_localzone_name()
    when = cron or resolved.settings.schedule.cron
    audits_when = resolved.settings.schedule.audit_cron if audit_cron is None else audit_cron
    if not resolved.settings.audit.size:
        audits_when = ""
    reports_when = resolved.settings.schedule.report_cron if report_cron is None else report_cron
    exports_when = resolved.settings.schedule.export_cron if export_cron is None else export_cron
    place = common.place(resolved)
    place.prepare()
    prepare_prefect(place.logs)
    address_of(port)
    _refuse_bad_cron(when, option="--cron")
    if audits_when:
        _refuse_bad_cron(audits_when, option="--audit-cron")
    if reports_when:
        _refuse_bad_cron(reports_when, option="--report-cron")
    if exports_when:
        _refuse_bad_cron(exports_when, option="--export-cron")
    say("Starting Prefect's server (about 15 seconds the first time)")
    with serving_prefect(place.logs, port=port) as address:
        from prefect import serve
        from prefect.schedules import Cron

        from flows.monthly_audit import monthly_audit
        from flows.nightly import nightly
        from flows.publish_exports import publish_exports
        from flows.quarterly_report import quarterly_report

        say(
            f"{', '.join(one.center_id for one in deliveries)}: at '{when}', {zone}. Runs are shown at {address}. Stop with Ctrl-C."
        )
        parameters = {
            "config": str(resolved.source.resolve()) if resolved.source else None,
            "workspace": str(place.root),
        }
        targets = ", ".join(resolved.settings.publish.targets)
        planned: list[tuple[Any, str, str, str]] = [
            (nightly, "nightly", when, ""),
            (monthly_audit, "monthly-audit", audits_when, "Monthly audit"),
            (quarterly_report, "quarterly-report", reports_when, "Quarterly report"),
            (publish_exports, "publish-exports", exports_when, f"Exports ({targets})"),
        ]
        deployments: list[Any] = []
        for flow, name, cron_of_flow, title in planned:
            if not cron_of_flow:
                continue
            if title:
                say(f"{title}: at '{cron_of_flow}', {zone}.")
            deployments.append(
                flow.to_deployment(
                    name=name,
                    # Without a time zone Prefect would take the cron expression as UTC.
                    schedules=[Cron(cron_of_flow, timezone=zone)],
                    parameters=parameters,
                    description=_DESCRIPTIONS[name],
                )
            )
        serve(*deployments, print_starting_message=False)
    return 0


def _refuse_bad_cron(cron: str, *, option: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    from schemas.errors import UsageError

    try:
        CronSchedule(cron=cron)
    except ValidationError as fault:
        raise UsageError(
            f"{option}: {cron!r} is not a cron expression.", advice='Write it like "0 2 * * *".'
        ) from fault
