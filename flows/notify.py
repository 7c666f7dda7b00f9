"""Telling people about a night: the digest of one that ended, a line about one that failed, a warning when none came.

Off unless `[notify]` names a mail server or a webhook. Whatever goes wrong here is told and never ends a night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flows.clock import now, today
from flows.night import Verb, in_silence, plainly, run_night
from flows.night_plan import NightPlan
from flows.notify_senders import call_webhook, send_mail
from flows.settings import Resolved, load_settings
from pipeline.publish.digest import failed_digest, night_digest
from pipeline.publish.document_markdown import render_document_markdown
from pipeline.publish.wording import weekday
from pipeline.store.snapshot import read_pointer
from pipeline.store.workspace import Workspace
from schemas.digest import Digest, LastGoodNight
from schemas.errors import BusyError, ContractError, InputError, ResdirError, StorageError, UsageError
from schemas.night import NightFacts
from schemas.notify_parameters import NotifyParameters
from schemas.report_document import ReportDocument

#: Kinds of trouble in words. The error's own message stays in the house: it may name a value of a record.
_TROUBLE: tuple[tuple[type[BaseException], str], ...] = (
    (UsageError, "it was called wrongly (exit code 2)"),
    (InputError, "an export or a settings file cannot be read as what it should be (exit code 3)"),
    (BusyError, "another run held the working file (exit code 4)"),
    (StorageError, "the disk refused: no room, no right to write, or a damaged file (exit code 4)"),
    (ContractError, "a mistake in resdir itself (exit code 5)"),
)


def last_good_night(place: Workspace) -> LastGoodNight | None:
    """Return the night in force; None when nothing was published, or when the pointer cannot be read."""
    try:
        pointer = read_pointer(place)
    except StorageError:
        return None
    return None if pointer is None else LastGoodNight(as_of=pointer.as_of, published_at=pointer.published_at)


def run_and_tell(
    plan: NightPlan, *, verb: Verb = plainly, tell: Callable[[str], None] = in_silence, is_quiet: bool = False
) -> NightFacts:
    """Run a night as `flows.night.run_night` does, and send its digest.

    Args:
        plan: What to read, for which day, with which settings.
        verb: How stages are called.
        tell: Gets one line per finished stage, and one per road by which the digest could not be sent.
        is_quiet: Whether nothing is sent whatever the settings say.

    Returns:
        The facts of the night; a digest that could not be sent is among their warnings.

    Raises:
        ResdirError: As `run_night`.
    """
    before = last_good_night(plan.workspace)
    facts = run_night(plan, verb=verb, tell=tell)
    notify = plan.resolved.settings.notify
    if is_quiet or not notify.is_on:
        return facts
    faults = tell_night(facts, notify=notify, before=before, moment=now())
    for fault in faults:
        tell(fault)
    return replace(facts, warnings=(*facts.warnings, *faults))


def tell_night(
    facts: NightFacts, *, notify: NotifyParameters, before: LastGoodNight | None, moment: datetime
) -> list[str]:
    """Send the digest of a night that came to its end, if the settings want it sent.

    Args:
        facts: The night.
        notify: Who is told, and when.
        before: The good night before this one.
        moment: Moment of sending, UTC.

    Returns:
        One sentence per road that failed.
    """
    digest = night_digest(
        facts,
        before=before,
        now=moment,
        stale_after_hours=notify.stale_after_hours,
        report_address=notify.report_address,
    )
    if not is_wanted(digest, has_warnings=bool(facts.warnings), notify=notify):
        return []
    return send_digest(digest, notify=notify, moment=moment)


def is_wanted(digest: Digest, *, has_warnings: bool, notify: NotifyParameters) -> bool:
    """Return whether the settings want a digest sent."""
    is_trouble = digest.status != "published" or has_warnings
    if notify.when == "trouble":
        return is_trouble
    is_weekly = weekday(digest.as_of).lower() == notify.weekly_on
    return is_trouble or notify.when == "always" or digest.is_news or is_weekly


def tell_report(document: ReportDocument, *, period: str, notify: NotifyParameters, moment: datetime) -> list[str]:
    """Send the digest of a report of a period, unless only trouble is to be told.

    Args:
        document: The report; it names no record.
        period: Name of the period, such as `2026-Q4`.
        notify: Who is told.
        moment: Moment of sending, UTC.

    Returns:
        One sentence per road that failed.
    """
    if not notify.is_on or notify.when == "trouble":
        return []
    digest = Digest(
        subject=f"resdir: {document.title}, {period}",
        text=render_document_markdown(document, short=True),
        status="report",
        as_of=document.as_of,
    )
    return send_digest(digest, notify=notify, moment=moment)


def send_digest(digest: Digest, *, notify: NotifyParameters, moment: datetime) -> list[str]:
    """Send a digest by every road that is on, and return one sentence per road that failed."""
    faults = [
        send_mail(digest, notify.mail, now=moment) if notify.mail.is_on else None,
        call_webhook(digest, notify.webhook) if notify.webhook.is_on else None,
    ]
    return [fault for fault in faults if fault is not None]


def roads(notify: NotifyParameters) -> list[str]:
    """Return the roads that are on, one sentence each, without any secret."""
    told = []
    if notify.mail.is_on:
        to = ", ".join(notify.mail.recipients)
        told.append(f"Mail over {notify.mail.host} ({notify.mail.security}) from {notify.mail.sender} to {to}.")
    if notify.webhook.is_on:
        server = urlsplit(notify.webhook.url.get_secret_value()).hostname
        told.append(f"Webhook at {server} ({notify.webhook.shape}).")
    return told


@contextmanager
def told_trouble(
    *,
    config: Path | None,
    workspace: Path | None,
    as_of: date | None,
    tell: Callable[[str], None] = in_silence,
    is_quiet: bool = False,
) -> Iterator[None]:
    """Tell people when the night inside fails, and let the error go on its way.

    An error is told once, however many of these it passes. Interruptions by a person are not told.

    Args:
        config: Settings file; None takes the usual one.
        workspace: Folder from the command line.
        as_of: Day the night would have spoken of; None: that of the settings, or today.
        tell: Gets one line per road by which the message could not be sent.
        is_quiet: Whether nobody is told.
    """
    try:
        yield
    except Exception as fault:
        if not (is_quiet or getattr(fault, "is_told", False)):
            fault.is_told = True  # type: ignore[attr-defined]
            for sentence in _tell_failed(fault, config=config, workspace=workspace, as_of=as_of):
                tell(sentence)
        raise


def _tell_failed(fault: Exception, *, config: Path | None, workspace: Path | None, as_of: date | None) -> list[str]:
    try:
        resolved: Resolved = load_settings(config, workspace=workspace)
    except ResdirError:
        # Without settings nobody knows whom to tell.
        return []
    notify = resolved.settings.notify
    if not notify.is_on:
        return []
    moment = now()
    digest = failed_digest(
        kind=next(
            (words for kind, words in _TROUBLE if isinstance(fault, kind)), "a mistake in resdir itself (exit code 5)"
        ),
        as_of=as_of or resolved.settings.run.as_of or today(),
        last=last_good_night(Workspace(resolved.workspace_root)),
        now=moment,
        stale_after_hours=notify.stale_after_hours,
    )
    return send_digest(digest, notify=notify, moment=moment)
