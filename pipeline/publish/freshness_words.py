"""The annual update percentage, its doubts, where it goes and who works on it, in words."""

from __future__ import annotations

from pipeline.publish.wording import count_of, day, number, per_cent, share_text
from schemas.night import ForecastFigures, FreshnessFigures, QueueFigures

#: Reasons for which a verification deserves a question, as they stand behind a count.
SUSPICIONS = {
    "mass_stamp": "stamped on one day with a large part of the directory",
    "before_created": "older than the record",
    "no_verifier": "confirmed by nobody who is named",
    "unchanged_while_bad": "unchanged for years although a phone, link or e-mail is wrong",
}


def set_aside_words(freshness: FreshnessFigures) -> str | None:
    """Return the headline without verifications that deserve a question, and what they are; None when there are none."""
    figure, records = freshness.without_suspicious, freshness.suspicious.get("any", 0)
    if figure is None or figure.share is None or not records:
        return None
    told = [
        f"{number(freshness.suspicious[reason])} {words}"
        for reason, words in SUSPICIONS.items()
        if freshness.suspicious.get(reason)
    ]
    return (
        f"Without verifications that deserve a question: {share_text(figure)} ({number(figure.numerator or 0)} of "
        f"{count_of(figure.denominator or 0, 'agency')}). {count_of(records, 'record')}: {'; '.join(told)}."
    )


def year_words(freshness: FreshnessFigures) -> str | None:
    """Return the headline by calendar and fiscal year; None when it is not told."""
    told = [
        f"{share_text(figure)} since the {words} began"
        for figure, words in ((freshness.calendar_year, "calendar year"), (freshness.fiscal_year, "fiscal year"))
        if figure is not None and figure.share is not None
    ]
    return f"The same by other years: {', '.join(told)}." if told else None


def forecast_words(forecast: ForecastFigures) -> str:
    """Return where the share goes, with its range, and what it takes to reach the target."""
    if forecast.central is None or forecast.low is None or forecast.high is None:
        return f"On {day(forecast.target_on)}: not known. {forecast.reason or ''}".strip()
    told = (
        f"On {day(forecast.target_on)}: {per_cent(forecast.central)}, in {forecast.confidence * 100:.0f} of 100 cases between "
        f"{per_cent(forecast.low)} and {per_cent(forecast.high)}."
    )
    if forecast.without_work is not None:
        told += f" If nobody verified anything: {per_cent(forecast.without_work)}."
    target = per_cent(forecast.target_share)
    if forecast.needed_per_week is None:
        return f"{told} {target} can no longer be reached by then."
    if forecast.needed_per_week == 0:
        return f"{told} {target} is reached without further work."
    pace = "" if forecast.pace_per_week is None else f"; the pace of late is {forecast.pace_per_week:.1f}"
    return f"{told} {target} takes {forecast.needed_per_week:.1f} agencies a week{pace}."


def queue_words(queue: QueueFigures) -> str:
    """Return how much is to be verified this week and in all weeks planned."""
    this_week = sum(row.agencies for row in queue.this_week)
    hours = sum(row.minutes for row in queue.this_week) / 60
    until = "" if queue.until is None else f" until {day(queue.until)}"
    return (
        f"This week: {count_of(this_week, 'agency')}, about {hours:.0f} hours. In all {queue.weeks} weeks{until}: "
        f"{count_of(queue.agencies, 'agency')}."
    )
