"""`resdir schedule`: serve the nightly run on a schedule."""

from __future__ import annotations

from flows.cli.common import Common, say


def schedule(
    *,
    cron: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Serve the nightly flow on a schedule until stopped with Ctrl-C; its runs show in Prefect's pages.

    Reads every center of the settings. Without a Prefect server of its own (PREFECT_API_URL) a temporary one is started.

    Args:
        cron: When to run, as a cron expression in this machine's time (default: [schedule] cron, 2 o'clock every night).
        common: What every command takes; --as-of is not for schedules.
    """
    from flows.deliveries import plan_deliveries
    from flows.prefect_home import prepare_prefect
    from schemas.errors import UsageError

    resolved = common.resolve()
    if common.as_of is not None:
        raise UsageError("A schedule runs for the day it runs on.", advice="Leave --as-of out.")
    # Told now, not at two in the morning: is there anything to read?
    deliveries = plan_deliveries((), center=None, format_name="auto", resolved=resolved)
    when = cron or resolved.settings.schedule.cron
    _refuse_bad_cron(when)
    place = common.place(resolved)
    place.prepare()
    prepare_prefect(place.logs, to_file=False)
    from flows.nightly import nightly

    say(f"Every night at '{when}': {', '.join(one.center_id for one in deliveries)}. Stop with Ctrl-C.")
    nightly.serve(
        name="nightly",
        cron=when,
        parameters={
            "config": str(resolved.source.resolve()) if resolved.source else None,
            "workspace": str(place.root),
        },
        description="Read every center's export, check, match, measure and publish.",
    )
    return 0


def _refuse_bad_cron(cron: str) -> None:
    from prefect.server.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    from schemas.errors import UsageError

    try:
        CronSchedule(cron=cron)
    except ValidationError as fault:
        raise UsageError(f"--cron: {cron!r} is not a cron expression.", advice='Write it like "0 2 * * *".') from fault
