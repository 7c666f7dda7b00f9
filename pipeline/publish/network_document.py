"""Many centers side by side as a document: records, share updated, findings, curators, counties, shared agencies, published figures."""

from __future__ import annotations

from pipeline.publish.network_centers import (
    centers_section,
    findings_section,
    fte_words,
    staffing_section,
    updated_section,
)
from pipeline.publish.network_counties import coverage_section, coverage_words
from pipeline.publish.network_published import published_section
from pipeline.publish.network_shared import shared_section
from pipeline.publish.wording import count_of, number, per_cent
from schemas.network import NetworkFacts
from schemas.report_document import Headline, ReportDocument, Section


def network_document(facts: NetworkFacts, *, caveats: tuple[str, ...]) -> ReportDocument:
    """Return the network as a document.

    Args:
        facts: The network.
        caveats: Sentences that belong to every estimate of curators.
    """
    names = {one.id: one.name for one in facts.published}
    names |= {one.summary.center_id: one.summary.center_name for one in facts.centers}
    sections: list[Section] = []
    if facts.total is not None:
        sections += [
            centers_section(facts, facts.total),
            updated_section(facts, facts.total),
            findings_section(facts, facts.total),
            staffing_section(facts, facts.total, caveats=caveats),
        ]
    if facts.coverage is not None:
        sections.append(coverage_section(facts.coverage, names=names))
    if facts.cross is not None:
        sections.append(shared_section(facts.cross, names=names))
    if facts.published_total is not None:
        sections.append(published_section(facts.published, facts.published_total))
    if facts.published_coverage is not None:
        sections.append(coverage_section(facts.published_coverage, names=names, section_id="published-counties"))
    return ReportDocument(
        title=f"{facts.name or 'Network'}: centers side by side",
        subtitle=f"{_how_many(facts)}. Sorted by name; this is no ranking.",
        as_of=facts.as_of,
        facts=(("Program", f"resdir {facts.program_version}"),),
        summary=summary_of(facts),
        headlines=_headlines(facts),
        warnings=facts.notes,
        sections=tuple(sections),
    )


def summary_of(facts: NetworkFacts) -> tuple[str, ...]:
    """Return the few sentences for somebody who reads nothing else."""
    told = []
    if facts.total is not None:
        head = facts.total.shares["complete_agency_update"]
        counts = "counts" if facts.total.centers == 1 else "count"
        told.append(
            f"{count_of(facts.total.centers, 'center')} {counts} {count_of(facts.total.counted['agency'], 'agency')} and "
            f"{number(facts.total.records)} records in all."
        )
        if head.share is None:
            told.append("How many agencies were completely updated in the last year is not known.")
        else:
            of = "" if head.known == head.centers else f", known of {head.known} of {head.centers} centers"
            told.append(
                f"{per_cent(head.share)} of the agencies were completely updated in the last year "
                f"({number(head.numerator or 0)} of {number(head.denominator or 0)}{of})."
            )
    else:
        told.append("No center's data have been read here and no summary is included: only published figures are told.")
    if facts.coverage is not None:
        told.append(coverage_words(facts.coverage))
    if facts.cross is not None:
        told.append(
            f"{count_of(facts.cross.pair_count, 'pair')} of agencies of two centers are copies of one record, or may be one."
        )
    if facts.published_total is not None:
        told.append(f"As published, the centers have {fte_words(facts.published_total.curator_fte)}.")
    if facts.coverage is None and facts.published_coverage is not None:
        told.append(f"As published: {coverage_words(facts.published_coverage)}")
    return tuple(told)


def _headlines(facts: NetworkFacts) -> tuple[Headline, ...]:
    if facts.total is None:
        return _published_headlines(facts)
    total, head = facts.total, facts.total.shares["complete_agency_update"]
    low, central, high = total.estimated_fte
    # Small centers have tenths of a curator.
    digits = 1 if high >= 1 else 2
    told = [
        Headline(
            label="Counted agencies",
            value=number(total.counted["agency"]),
            basis=f"{count_of(total.centers, 'center')}; {number(total.records)} records of all kinds",
        ),
        Headline(
            label="Completely updated",
            value="not known" if head.share is None else per_cent(head.share),
            basis="no center's share is known"
            if head.numerator is None
            else f"{number(head.numerator)} of {number(head.denominator or 0)} agencies, {head.known} of {head.centers} centers",
        ),
        Headline(
            label="Curators at work",
            value="not known" if total.curator_fte.value is None else f"{total.curator_fte.value:.1f}",
            basis=f"full-time equivalents, known of {total.curator_fte.known} of {total.curator_fte.centers} centers",
        ),
        Headline(
            label="Curators estimated",
            value=f"{low:.{digits}f} to {high:.{digits}f}",
            basis=f"full-time equivalents for the yearly update; central figure {central:.{digits}f}; assumptions under the table",
        ),
    ]
    if facts.coverage is not None:
        told.append(
            Headline(
                label="Counties served",
                value=f"{len(facts.coverage.covered())} of {len(facts.coverage.counties)}",
                basis=f"{len(facts.coverage.several())} by several centers",
            )
        )
    if facts.cross is not None:
        told.append(
            Headline(
                label="Agencies in two centers",
                value=number(facts.cross.pair_count),
                basis="pairs: copies, confirmed, likely and possible",
            )
        )
    return tuple(told)


def _published_headlines(facts: NetworkFacts) -> tuple[Headline, ...]:
    told = []
    if facts.published_total is not None:
        fte, certified = facts.published_total.curator_fte, facts.published_total.certified
        told.append(
            Headline(
                label="Curators, as published",
                value="not published" if fte.value is None else f"{fte.value:.1f}",
                basis=f"full-time equivalents of {fte.known} of {fte.centers} centers",
            )
        )
        if certified.share is not None and certified.certified_fte is not None and certified.fte is not None:
            told.append(
                Headline(
                    label="Certified, as published",
                    value=f"{certified.share * 100:.0f} %",
                    basis=f"approximately; weighted by FTE: {certified.certified_fte:.1f} of {certified.fte:.1f}",
                )
            )
    if facts.published_coverage is not None:
        coverage = facts.published_coverage
        told.append(
            Headline(
                label="Counties served, as published",
                value=f"{len(coverage.covered())} of {len(coverage.counties)}",
                basis=f"{len(coverage.several())} by several centers, {len(coverage.uncovered())} by none",
            )
        )
    return tuple(told)


def _how_many(facts: NetworkFacts) -> str:
    parts = []
    if facts.centers:
        included = sum(one.is_included for one in facts.centers)
        parts.append(
            count_of(len(facts.centers), "center") + (f", {included} of them from summaries" if included else "")
        )
    if facts.published:
        parts.append(f"published figures of {count_of(len(facts.published), 'center')}")
    told = "; ".join(parts) or "no center"
    return told[0].upper() + told[1:]
