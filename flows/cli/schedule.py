"""`resdir schedule`: serve the nightly run on a schedule."""

from __future__ import annotations

from flows.cli.terminal import Common, say


def schedule(
    *,
    cron: str | None = None,
    port: int = 4200,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Serve the nightly flow on a schedule until stopped with Ctrl-C; its runs show on Prefect's pages.

    Reads every center of the settings. Unless PREFECT_API_URL names a Prefect server, one is started on this machine for as long
    as the schedule is served.

    Args:
        cron: When to run, as a cron expression in this machine's time (default: [schedule] cron, 2 o'clock every night).
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
    place = common.place(resolved)
    place.prepare()
    prepare_prefect(place.logs)
    address_of(port)
    _refuse_bad_cron(when)
    say("Starting Prefect's server (about 15 seconds the first time)")
    with serving_prefect(place.logs, port=port) as address:
        from prefect.schedules import Cron

        from flows.nightly import nightly

        say(
            f"{', '.join(one.center_id for one in deliveries)}: at '{when}', {zone}. Runs are shown at {address}. Stop with Ctrl-C."
        )
        nightly.serve(
            name="nightly",
            # Without a time zone Prefect would take the cron expression as UTC.
            schedules=[Cron(when, timezone=zone)],
            parameters={
                "config": str(resolved.source.resolve()) if resolved.source else None,
                "workspace": str(place.root),
            },
            description="Read every center's export, check, match, measure and publish.",
            print_starting_message=False,
        )
    return 0


def _refuse_bad_cron(cron: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    from schemas.errors import UsageError

    try:
        CronSchedule(cron=cron)
    except ValidationError as fault:
        raise UsageError(f"--cron: {cron!r} is not a cron expression.", advice='Write it like "0 2 * * *".') from fault
