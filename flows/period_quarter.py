"""The report of the last finished quarter, written in all forms, with one report for each center."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.period_choice import last_finished
from flows.period_facts import period_facts, scope_of
from flows.period_files import write_editions, write_report
from flows.period_ground import read_period
from flows.settings import Resolved
from pipeline.store.workspace import Workspace
from schemas.period import Period, PeriodKind
from schemas.report_document import ReportDocument

#: Forms that are written, in the order of who reads them: the page, the one to print, the figures, the digest.
WRITTEN_FORMS = ("html", "pdf", "xlsx", "md")


@dataclass(frozen=True, kw_only=True)
class QuarterReport:
    """What was written.

    Attributes:
        period: The quarter.
        document: The report of all centers.
        paths: Its files, then those of the centers.
    """

    period: Period
    document: ReportDocument
    paths: tuple[Path, ...]


def report_quarter(resolved: Resolved, *, place: Workspace, day: date, tell: Callable[[str], None]) -> QuarterReport:
    """Write the report of the last quarter that is over on a day. What is there already is replaced.

    Args:
        resolved: Settings.
        place: Workspace; the files go into its folder of reports.
        day: Day of the report.
        tell: Gets one line per file and warning.

    Raises:
        InputError: Nothing was published, or no night speaks of the quarter or a day before its end.
        StorageError: The disk refuses.
    """
    fiscal_month = resolved.settings.freshness.fiscal_year_start_month
    period = last_finished(day, kind=PeriodKind.QUARTER, fiscal_month=fiscal_month)
    ground = read_period(resolved, place=place, period=period, day=day)
    facts = period_facts(ground, scope_of(ground))
    place.prepare()
    paths = []
    for form in WRITTEN_FORMS:
        path = place.reports / f"report_{period.name}.{form}"
        document = write_report(facts, path)
        paths.append(path)
    for warning in document.warnings:
        tell(warning)
    if len(ground.centers) > 1:
        folder = place.reports / f"report_{period.name}_centers"
        paths += [one.path for one in write_editions(ground, by="centers", folder=folder, form="html")]
    for path in paths:
        tell(f"Written: {path}")
    return QuarterReport(period=period, document=document, paths=tuple(paths))
