"""The report of one night: a single HTML file that opens from disk, asks nothing of any network and prints well."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.publish import wording
from pipeline.publish.charts import bands_by_kind, bands_chart, findings_by_family, findings_chart
from pipeline.publish.freshness_words import forecast_words, queue_words, set_aside_words, year_words
from pipeline.publish.tasks import tasks_today
from schemas.night import NightFacts

#: Rows of a long table in the report; the whole is a command away and the page says how many there are.
_ROWS_SHOWN = 15


def render_report(night: NightFacts) -> str:
    """Return the report of a night as one HTML document.

    Every text that came from a directory is escaped; styles and charts stand inside; nothing is fetched and no script runs.
    The shares stand beside their numerators, denominators and definition; curator numbers beside their band and caveats.
    """
    totals = {
        severity: sum(center.findings.get(severity, 0) for center in night.centers) for severity in wording.SEVERITIES
    }
    families = findings_by_family(night)
    return (
        _environment()
        .get_template("night.html.j2")
        .render(
            night=night,
            tasks=tasks_today(night),
            totals=totals,
            findings_chart=findings_chart(night),
            bands_chart=bands_chart(night),
            families=families,
            severities_known=all("unknown" not in counts for _, counts in families),
            bands=bands_by_kind(night),
            moved_totals=wording.moved_totals(night),
            signals=wording.signal_counts(night),
            kinds=("agency", "site", "service", "service_at_site"),
            rows_shown=_ROWS_SHOWN,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.publish", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=wording.number,
        per_cent=wording.per_cent,
        share_text=wording.share_text,
        share_basis=wording.share_basis,
        day=wording.day,
        weekday=wording.weekday,
        kind_words=wording.kind_words,
        reason_words=wording.reason_words,
        audit_words=wording.audit_words,
        forecast_words=forecast_words,
        queue_words=queue_words,
        set_aside_words=set_aside_words,
        year_words=year_words,
        count_of=wording.count_of,
        severity_words=wording.severity_words,
    )
    environment.globals.update(
        staffing_words=wording.staffing_words, BANDS=wording.BANDS, SEVERITIES=wording.SEVERITIES
    )
    return environment
