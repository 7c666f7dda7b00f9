"""The report of a period as a document: summary, headlines, sections and method."""

from __future__ import annotations

from pipeline.publish.period_audits import audit_sentence, audits_section, newest_result
from pipeline.publish.period_findings import findings_section, severity_counts
from pipeline.publish.period_freshness import definition, forecast_sentence, freshness_section
from pipeline.publish.period_parts import duplicates_section, gathering_section, visitors_section, visitors_sentence
from pipeline.publish.period_records import records_section
from pipeline.publish.period_staffing import staffing_section, staffing_sentence
from pipeline.publish.period_words import (
    band_words,
    before_words,
    count_change,
    counted_words,
    counts_words,
    interval_words,
    period_words,
    share_change,
    since,
    title_of,
    were,
)
from pipeline.publish.wording import count_of, day, number, per_cent, share_basis, share_text
from schemas.period_facts import PeriodFacts
from schemas.report_document import Headline, ReportDocument, Section


def period_document(facts: PeriodFacts) -> ReportDocument:
    """Return the report of a period. It names no single record, so that it can be passed on."""
    sections = [records_section(facts), freshness_section(facts), findings_section(facts)]
    if facts.audits is not None:
        sections.append(audits_section(facts))
    if facts.duplicates is not None:
        sections.append(duplicates_section(facts))
    if facts.scope.curator is None:
        sections.append(staffing_section(facts))
    else:
        sections.append(_curator_section(facts))
    if facts.visitors is not None:
        sections.append(visitors_section(facts))
    if facts.gathering is not None:
        sections.append(gathering_section(facts))
    sections.append(_method(facts))
    return ReportDocument(
        title=title_of(facts),
        subtitle=f"{facts.scope.title}. {period_words(facts)}.",
        as_of=facts.as_of,
        facts=(
            (
                "Period",
                f"{day(facts.period.first_on)} to {day(facts.period.last_on)}"
                + (", not over" if facts.is_running else ""),
            ),
            ("Figures of", f"the night of {day(facts.as_of)}"),
            (
                "Compared with",
                before_words(facts) if facts.before_on is None else f"the night of {before_words(facts)}",
            ),
            ("Nights in the period", number(facts.nights)),
            ("Run", facts.run_id),
            ("Program", f"resdir {facts.program_version}"),
        ),
        summary=summary_of(facts),
        headlines=headlines_of(facts),
        warnings=facts.warnings,
        sections=tuple(sections),
    )


def summary_of(facts: PeriodFacts) -> tuple[str, ...]:
    """Return the few sentences for somebody who reads nothing else."""
    head, total = facts.freshness.headline(), facts.findings.total
    agencies = facts.records.counted[0]
    change = since(count_change(agencies.now, agencies.before), facts)
    told = [counted_words(facts) + (f" (agencies: {change})." if change else ".")]
    if head.figure.share is None:
        told.append(
            f"How many agencies were completely updated in the last year is not known. {head.figure.reason or ''}".strip()
        )
    else:
        moved = since(share_change(head.figure, head.before), facts)
        told.append(
            f"{share_text(head.figure)} of the agencies were completely updated in the last {facts.freshness.window_months} months "
            f"({share_basis(head.figure, 'agency')})" + (f", {moved}." if moved else ".")
        )
    if facts.freshness.forecast is not None and facts.freshness.forecast.central is not None:
        told.append(forecast_sentence(facts.freshness.forecast))
    came = total.opened + total.reappeared
    found = f"A first night found {number(total.first_found)} findings. " if total.first_found else ""
    told.append(
        f"{found}In the period {count_of(came, 'finding')} {were(came)} opened or came back and {number(total.fixed)} "
        f"{were(total.fixed)} fixed; open at the end: {severity_counts(facts.findings)}."
    )
    if facts.scope.curator is not None:
        if facts.queue is not None:
            told.append(_queue_sentence(facts))
        return tuple(told)
    told.append(audit_sentence(facts))
    told.append(f"{staffing_sentence(facts)} {visitors_sentence(facts)}")
    return tuple(told)


def headlines_of(facts: PeriodFacts) -> tuple[Headline, ...]:
    """Return the figures that stand at the top."""
    head = facts.freshness.headline()
    agencies, *others = facts.records.counted
    by_severity = {row.value: row for row in facts.findings.by_severity}
    errors = by_severity["error"]
    others_open = [
        f"{number(row.open_now)} {words}"
        for name, words in (("warning", "warnings"), ("info", "notes"))
        if (row := by_severity[name]).open_now is not None
    ]
    told = [
        Headline(
            label="Counted agencies",
            value=number(agencies.now or 0),
            basis=f"with {counts_words((count.now or 0, count.name) for count in others)}"
            if facts.scope.curator is None
            else f"{count_of(others[0].now or 0, 'record')} of all kinds, agencies among them",
            change=since(count_change(agencies.now, agencies.before), facts),
        ),
        Headline(
            label="Agencies completely updated in the last year",
            value="unknown" if head.figure.share is None else share_text(head.figure),
            basis=share_basis(head.figure, "agency"),
            change=since(share_change(head.figure, head.before), facts),
        ),
    ]
    if facts.scope.curator is None:
        told.append(_forecast_headline(facts))
    told.append(
        Headline(
            label="Open errors",
            value="unknown" if errors.open_now is None else number(errors.open_now),
            basis=f"besides {' and '.join(others_open)}"
            if others_open
            else "The findings of that night are no longer kept.",
            change=since(count_change(errors.open_now, errors.open_before), facts),
        )
    )
    if facts.scope.curator is not None:
        told.append(
            Headline(
                label="Findings fixed in the period",
                value=number(facts.findings.total.fixed),
                basis=f"{number(facts.findings.total.opened + facts.findings.total.reappeared)} were opened or came back",
            )
        )
        return tuple(told)
    newest = newest_result(facts)
    told.append(
        Headline(
            label="Records with a fault, by audit",
            value="unknown"
            if newest is None
            else interval_words((newest.record_error_rate[0], None, None), is_share=True),
            basis="No audit of the period has a finished record." if newest is None else _audit_basis(facts),
        )
    )
    staffing = facts.staffing
    told.append(
        Headline(
            label="Curators needed",
            value="unknown" if staffing is None else f"{staffing.fte[1]:.{1 if staffing.fte[2] >= 1 else 2}f} FTE",
            basis="The night did not tell."
            if staffing is None
            else f"{band_words(staffing.fte)}; "
            + ("at work: not given" if staffing.actual is None else f"{staffing.actual:g} at work"),
        )
    )
    return tuple(told)


def _forecast_headline(facts: PeriodFacts) -> Headline:
    forecast = facts.freshness.forecast
    if forecast is None or forecast.central is None or forecast.low is None or forecast.high is None:
        reason = None if forecast is None else forecast.reason
        return Headline(label="Forecast", value="unknown", basis=reason or "That night told no forecast.")
    return Headline(
        label=f"Expected on {day(forecast.target_on)}",
        value=per_cent(forecast.central),
        basis=f"{forecast.confidence * 100:.0f} of 100 futures: {per_cent(forecast.low)} to {per_cent(forecast.high)}; "
        f"wanted: {per_cent(forecast.target_share)}",
    )


def _audit_basis(facts: PeriodFacts) -> str:
    newest = newest_result(facts)
    assert newest is not None
    _, low, high = newest.record_error_rate
    interval = "all were audited" if low is None or high is None else f"interval {low * 100:.1f} to {high * 100:.1f} %"
    return f"{interval}; {number(newest.done)} of {number(newest.drawn)} drawn are audited"


def _queue_sentence(facts: PeriodFacts) -> str:
    queue = facts.queue
    assert queue is not None
    return f"To verify this week: {count_of(queue.this_week, 'agency')}; in all weeks planned: {count_of(queue.all_weeks, 'agency')}."


def _curator_section(facts: PeriodFacts) -> Section:
    told = (
        "What is to be verified in the coming weeks was not planned in that night."
        if facts.queue is None
        else _queue_sentence(facts)
    )
    return Section(
        section_id="work",
        heading="Work of the coming weeks",
        paragraphs=(
            told,
            (
                f'The list itself: resdir queue --curator "{facts.scope.curator}". What is wrong: resdir findings --curator '
                f'"{facts.scope.curator}".'
            ),
        ),
        notes=(
            (
                "This report helps to plan the work on these records. It is not a measure of any person's work: records differ in kind and "
                "number, and what an agency answers is not in the hands of its curator."
            ),
            "Audits are not told by curator: a sample holds too few records of one person to say anything.",
        ),
    )


def _method(facts: PeriodFacts) -> Section:
    told = [
        (
            f"The figures are the state of the directory at the end of the period, as the night of "
            f"{day(facts.as_of)} found it; they are no "
            "average over its days. What happened in the period is counted from the nights within it."
        ),
        definition(facts),
        "Agencies, sites and services are counted apart: the word records means different things in different systems.",
        "Unknown is shown as unknown, never as 0. A share that cannot be known says why.",
        "Rates of the past come from the nights of that time, never from today's dates: dates are overwritten at every verification.",
    ]
    if facts.before_on is not None:
        told.append(f"Changes compare with the night of {day(facts.before_on)}, the last one before the period.")
    told.append("This report names no single record and no value of one, so that it can be passed on.")
    return Section(section_id="method", heading="How to read this report", paragraphs=tuple(told))
