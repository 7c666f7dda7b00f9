"""`resdir notify`: who is told of a night, a test of the roads, a warning when no good night came."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from flows.cli.terminal import Common, say, show, show_json
from flows.clock import now
from schemas.errors import UsageError


def notify(
    *,
    test: Annotated[bool, Parameter(negative="")] = False,
    if_stale: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show who is told of a night, or send a message now.

    The digest itself is sent by the nightly run. A machine that is off sends nothing: let another one, or another schedule, run
    `resdir notify --if-stale`.

    Args:
        test: Send a test message by every road that [notify] names; exit code 1 when one of them fails.
        if_stale: Send a warning when the last good night is older than [notify] stale_after_hours; exit code 1 when it is.
        common: What every command takes.
    """
    from flows.notify import last_good_night, roads, send_digest
    from pipeline.publish.digest import stale_digest, test_digest

    if test and if_stale:
        raise UsageError("--test and --if-stale are two messages.", advice="Take one of them.")
    resolved = common.resolve()
    wanted = resolved.settings.notify
    if (test or if_stale) and not wanted.is_on:
        raise UsageError(
            "Nobody is told: [notify.mail] names no server and [notify.webhook] no address.",
            advice="docs/notifications.md shows how to set them.",
        )
    moment = now()
    last = last_good_night(common.place(resolved))
    day = common.day(resolved)
    stale = stale_digest(last, as_of=day, now=moment, stale_after_hours=wanted.stale_after_hours)
    digest = test_digest(as_of=day) if test else stale if if_stale else None
    faults = [] if digest is None else send_digest(digest, notify=wanted, moment=moment)
    for fault in faults:
        say(f"resdir: {fault}")
    if common.json:
        show_json(
            {
                "roads": roads(wanted),
                "when": wanted.when,
                "last_good_night": None if last is None else last.as_of.isoformat(),
                "published_at": None if last is None else last.published_at.isoformat(),
                "is_stale": stale is not None,
                "sent": None if digest is None else digest.status,
                "faults": faults,
            }
        )
    else:
        for road in roads(wanted) or ["Nobody is told: [notify] is off (docs/notifications.md)."]:
            show(road)
        show(f"The last good night is of {last.as_of}." if last else "Nothing was published yet.")
        if stale is not None:
            show("That is too old." if last else "Run `resdir nightly` first.")
        if digest is not None and not faults:
            show("Sent.")
    return 1 if faults or (if_stale and stale is not None) else 0
