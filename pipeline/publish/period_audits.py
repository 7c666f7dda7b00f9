"""The section on audits in the report of a period."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.publish.period_words import (
    count_column,
    day_column,
    interval_words,
    share_column,
    text_column,
    without_empty_notes,
)
from pipeline.publish.wording import count_of, number, per_cent
from schemas.period_facts import AuditRound, PeriodFacts
from schemas.report_document import ReportTable, Section

#: Audited records below which an estimate is told to rest on few (project choice: the smallest round of an audit).
FEW_AUDITED = 30


def audits_section(facts: PeriodFacts) -> Section:
    """Return the section on audits."""
    rounds = facts.audits or ()
    if not rounds:
        return Section(
            section_id="audits",
            heading="Audits",
            paragraphs=(
                "No audit was drawn or worked on in the period. How many records one takes: resdir audit plan.",
            ),
        )
    done = [one for one in rounds if one.record_error_rate[0] is not None]
    columns, rows = without_empty_notes(
        (
            text_column("batch", "Audit"),
            day_column("drawn_on", "Drawn on"),
            count_column("done", "Audited"),
            count_column("drawn", "Of drawn"),
            count_column("speaks_for", "Speaks for"),
            text_column("fault", "Records with a fault"),
            text_column("critical", "With a critical error"),
            text_column("score", "Mean score, of 100"),
            text_column("note", "Note"),
        ),
        [
            (
                one.batch_id,
                one.drawn_on,
                one.done,
                one.drawn,
                one.speaks_for,
                interval_words(one.record_error_rate, is_share=True),
                interval_words(one.critical_error_rate, is_share=True),
                interval_words(one.score, is_share=False),
                _audit_note(one),
            )
            for one in rounds
        ],
    )
    tables = [
        ReportTable(
            table_id="audits-rounds",
            title="Audits drawn or worked on in the period",
            columns=tuple(columns),
            rows=tuple(rows),
            notes=(
                "In brackets: the 95 % interval. The sample is drawn at random; the interval says how far the whole may lie from it.",
                "The results are told as they stand now, also of audits that were finished after the period.",
                *_agreement(rounds),
            ),
        )
    ]
    if done and done[-1].criteria:
        newest = done[-1]
        tables.append(
            ReportTable(
                table_id="audits-criteria",
                title=f"By criterion, audit {newest.batch_id}",
                columns=(
                    text_column("criterion", "Criterion"),
                    share_column("estimate", "Estimate"),
                    share_column("low", "Low", missing="no interval"),
                    share_column("high", "High", missing="no interval"),
                ),
                rows=tuple((name, *value) for name, value in newest.criteria),
                is_folded=True,
            )
        )
    return Section(
        section_id="audits",
        heading="Audits",
        paragraphs=(audit_sentence(facts),),
        tables=tuple(tables),
        notes=(
            (
                "Records picked because of a complaint or many findings have no known chance of being drawn and are in no rate. No "
                "published pass "
                "mark for records is known."
            ),
        ),
    )


def newest_result(facts: PeriodFacts) -> AuditRound | None:
    """Return the newest audit of the period with an estimate; None when there is none."""
    known = [one for one in facts.audits or () if one.record_error_rate[0] is not None]
    return known[-1] if known else None


def audit_sentence(facts: PeriodFacts) -> str:
    """Return what the audits say, in a sentence or two."""
    newest = newest_result(facts)
    running = [one for one in facts.audits or () if not one.is_finished]
    if newest is None:
        if not facts.audits:
            return "No audit was drawn or worked on in the period."
        return f"{count_of(len(facts.audits), 'audit')} drawn, none with a finished record yet: the error rate is not known."
    told = (
        f"By audit, {interval_words(newest.record_error_rate, is_share=True)} of the records have a fault, from "
        f"{count_of(newest.done, newest.unit)} audited."
    )
    return f"{told} {count_of(len(running), 'audit')} still running." if running else told


def _agreement(rounds: Sequence[AuditRound]) -> tuple[str, ...]:
    """Say of each audit how often two auditors agreed on a record that both scored."""
    return tuple(
        f"{one.batch_id}: two auditors gave the same answer to {per_cent(one.agreement)} of {number(one.agreement_pairs)} "
        "questions that both "
        "were asked."
        if one.agreement is not None and one.agreement_pairs
        else f"{one.batch_id}: nothing was scored by two auditors yet, so their agreement is not known."
        for one in rounds
    )


def _audit_note(one: AuditRound) -> str | None:
    if not one.done:
        return "no record is finished yet"
    if not one.is_own:
        return "too few of this center's records to estimate"
    if one.done < FEW_AUDITED:
        return f"rests on {count_of(one.done, one.unit)}: the interval is wide"
    return None if one.is_finished else "still running"
