"""Centers side by side in a report: records, the share updated, findings and curators, with all of them as the last row."""

from __future__ import annotations

from pipeline.publish.network_json import per_hundred
from pipeline.publish.period_words import (
    band_words,
    count_column,
    number_column,
    share_column,
    text_column,
    without_empty_notes,
)
from pipeline.publish.wording import count_of, day, kind_words, number, per_cent
from schemas.network import NetworkCenter, NetworkFacts, NetworkTotal, Part, ShareSum
from schemas.network_summary import KINDS, SEVERITIES, Reading
from schemas.report_document import BarChart, Cell, Column, ColumnKind, ReportTable, Section

ALL = "all centers"

#: Said under every table by center.
NO_RANKING = (
    "Sorted by name; this is no ranking. Centers differ in what they cover and in how their software keeps dates."
)

_SHORT = {"error": "Errors", "warning": "Warnings", "info": "Notes"}


def centers_section(facts: NetworkFacts, total: NetworkTotal) -> Section:
    """Return the counted records of every center, with the day and the source of its data."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.summary.center_name,
            *(getattr(one.summary.counted, kind) for kind in KINDS),
            one.summary.counted.total,
            one.summary.as_of,
            source_words(one),
        )
        for one in facts.centers
    ]
    rows.append((ALL, *(total.counted[kind] for kind in KINDS), total.records, None, f"sum of {total.centers}"))
    return Section(
        section_id="centers",
        heading="Records",
        tables=(
            ReportTable(
                table_id="centers",
                title="Counted records by center",
                columns=(
                    text_column("center", "Center"),
                    *(count_column(kind, kind_words(kind).capitalize()) for kind in KINDS),
                    count_column("total", "All kinds"),
                    Column(key="as_of", heading="Data of", kind=ColumnKind.DAY, missing=""),
                    text_column("source", "Source"),
                ),
                rows=tuple(rows),
                notes=(NO_RANKING, "Links, inactive records and records that another center owns do not count."),
            ),
        ),
    )


def source_words(one: NetworkCenter) -> str:
    """Return where a center's figures come from, and that they are old when they are."""
    told = f"from its summary of {day(one.summary.as_of)}" if one.is_included else "this workspace"
    return f"{told}; {one.age_days:,} days old" if one.is_stale else told


def updated_section(facts: NetworkFacts, total: NetworkTotal) -> Section:
    """Return the share updated by one definition, with what it was counted from."""
    rows: list[tuple[Cell, ...]] = []
    for one in facts.centers:
        shares = one.summary.shares
        head = shares.complete_agency_update
        rows.append((one.summary.center_name, *_share_cells(head), _other_shares(shares.verified_record),
                     _other_shares(shares.edited_record), head.reason))  # fmt: skip
    head_sum = total.shares["complete_agency_update"]
    rows.append(
        (
            ALL,
            *_share_cells(head_sum),
            total.shares["verified_record"].share,
            total.shares["edited_record"].share,
            _of_centers(head_sum.known, head_sum.centers),
        )
    )
    columns, rows = without_empty_notes(
        (
            text_column("center", "Center"),
            count_column("numerator", "Updated"),
            count_column("denominator", "Of counted agencies"),
            count_column("unknown", "Without a date"),
            share_column("share", "Share"),
            share_column("verified_share", "Records verified"),
            share_column("edited_share", "Records edited"),
            text_column("reason", "Remark"),
        ),
        rows,
    )
    return Section(
        section_id="updated",
        heading="Share updated in the last year",
        paragraphs=(_updated_words(head_sum),),
        tables=(
            ReportTable(
                table_id="updated",
                title="Agencies completely updated, by one definition",
                columns=tuple(columns),
                rows=tuple(rows),
                notes=(
                    facts.rule_words,
                    (
                        "The last row is the sum of the numerators over the sum of the denominators, never a mean of shares. A center "
                        "whose share is not known is not in it, and never counts as 0."
                    ),
                    "Records edited shows work; an edit is no verification.",
                    NO_RANKING,
                ),
            ),
        ),
    )


def _updated_words(head: ShareSum) -> str:
    if head.share is None or head.numerator is None or head.denominator is None:
        return "How many agencies were completely updated is not known of any center."
    return (
        f"{per_cent(head.share)} of the agencies were completely updated: {number(head.numerator)} of "
        f"{count_of(head.denominator, 'agency')}, {_of_centers(head.known, head.centers) or f'{head.centers} centers'}."
    )


def _share_cells(one: Reading | ShareSum) -> tuple[Cell, ...]:
    return (one.numerator, one.denominator, one.unknown, one.share)


def _other_shares(one: Reading) -> float | None:
    return one.share


def _of_centers(known: int, centers: int) -> str | None:
    """Return of how many centers a total is, when it is not of all."""
    return None if known == centers else f"of {known} of {centers} centers"


def findings_section(facts: NetworkFacts, total: NetworkTotal) -> Section:
    """Return open findings per 100 counted records, by severity."""
    rows = []
    for one in facts.centers:
        found, records = one.summary.findings, one.summary.counted.total
        rows.append(
            (
                one.summary.center_name,
                *(per_hundred(getattr(found, name), records) for name in SEVERITIES),
                *(getattr(found, name) for name in SEVERITIES),
                records,
            )
        )
    rows.append(
        (
            ALL,
            *(per_hundred(total.findings[name], total.records) for name in SEVERITIES),
            *(total.findings[name] for name in SEVERITIES),
            total.records,
        )
    )
    chart = BarChart(
        chart_id="findings",
        title="Open findings per 100 counted records",
        told=f"Of all centers together {number(sum(total.findings.values()))} findings are open on {number(total.records)} counted "
        "records. Sorted by name.",
        table_id="findings",
        parts=tuple(_SHORT.items()),
        rows=tuple((str(row[0]), dict(zip(SEVERITIES, row[1:4], strict=True))) for row in rows),
        unit=ColumnKind.NUMBER,
        decimals=1,
        palette="severity",
    )
    return Section(
        section_id="findings",
        heading="Open findings",
        charts=(chart,) if total.records else (),
        tables=(
            ReportTable(
                table_id="findings",
                title="Open findings per 100 counted records",
                columns=(
                    text_column("center", "Center"),
                    *(number_column(f"{key}_per_100", f"{words} per 100", missing="no record") for key, words in _SHORT.items()),
                    *(count_column(key, words) for key, words in _SHORT.items()),
                    count_column("records", "Counted records"),
                ),
                rows=tuple(rows),
                notes=(
                    NO_RANKING,
                    "Rules that an export carries no columns for are not asked: few findings may mean few columns.",
                ),
            ),
            _within(facts, total),
        ),
    )  # fmt: skip


def _within(facts: NetworkFacts, total: NetworkTotal) -> ReportTable:
    """Return the pairs of agencies within each center that may be one."""
    rows: list[tuple[Cell, ...]] = []
    for one in facts.centers:
        pairs = one.summary.duplicates
        rows.append((one.summary.center_name, pairs.duplicate, pairs.possible, pairs.asked))
    rows.append((ALL, *(total.duplicates[name] for name in ("duplicate", "possible", "asked"))))
    return ReportTable(
        table_id="duplicates",
        title="Pairs of agencies within each center that may be one",
        columns=(
            text_column("center", "Center"),
            count_column("duplicate", "Likely"),
            count_column("possible", "Possible"),
            count_column("asked", "A person should look at"),
        ),
        rows=tuple(rows),
    )


def staffing_section(facts: NetworkFacts, total: NetworkTotal, *, caveats: tuple[str, ...]) -> Section:
    """Return curators at work beside those that the upkeep takes, never without its band and its caveats."""
    published = {one.id: one for one in facts.published}
    rows: list[tuple[Cell, ...]] = []
    for one in facts.centers:
        staffing, fte = one.summary.staffing, one.summary.staffing.curator_fte
        band = staffing.estimated_fte
        said = published.get(one.summary.center_id)
        rows.append(
            (
                one.summary.center_name,
                fte,
                *([None if said is None else said.curator_fte] if published else []),
                band.low,
                band.central,
                band.high,
                None if fte is None else one.summary.counted.agency / fte,
                None if fte is None else one.summary.counted.total / fte,
                staffing.certified_share,
            )
        )
    rows.append(
        (
            ALL,
            total.curator_fte.value,
            *([None] if published else []),
            *total.estimated_fte,
            total.agencies_per_fte,
            total.records_per_fte,
            total.certified.share,
        )
    )
    return Section(
        section_id="curators",
        heading="Curators",
        paragraphs=tuple(_staffing_words(total)),
        tables=(
            ReportTable(
                table_id="curators",
                title="Curators in full-time equivalents (FTE)",
                columns=(
                    text_column("center", "Center"),
                    number_column("curator_fte", "At work"),
                    *([number_column("published_fte", "At work, as published", missing="")] if published else []),
                    number_column("low_fte", "Estimated: low", decimals=2),
                    number_column("central_fte", "central", decimals=2),
                    number_column("high_fte", "high", decimals=2),
                    number_column("agencies_per_fte", "Agencies per FTE at work", decimals=0),
                    number_column("records_per_fte", "Counted records per FTE at work", decimals=0),
                    share_column("certified_share", "Certified (approximate)"),
                ),
                rows=tuple(rows),
                notes=(
                    NO_RANKING,
                    *(["Published figures are in no total of this table."] if published else []),
                    (
                        "Here the estimate is of the yearly update and changes in between only: new agencies, audits and merges are not "
                        "divided among centers."
                    ),
                    "Certified: weighted by FTE in the last row; a center's share may count persons, so that the total is approximate.",
                    *caveats,
                ),
            ),
        ),
    )


def _staffing_words(total: NetworkTotal) -> list[str]:
    told = [
        f"The yearly update of all centers takes {band_words(total.estimated_fte)}, under the assumptions named below the table."
    ]
    told.append(f"Curators at work: {fte_words(total.curator_fte)}.")
    share = total.certified.share
    if share is not None and total.certified.certified_fte is not None and total.certified.fte is not None:
        told.append(certified_words(total.certified.certified_fte, total.certified.fte, share))
    return told


def fte_words(part: Part) -> str:
    """Return full-time equivalents with the number of centers in them.

    >>> fte_words(Part(value=17.5, known=5, centers=6)), fte_words(Part(value=None, known=0, centers=2))
    ('17.5 FTE, known of 5 of 6 centers', 'not known')
    """
    if part.value is None:
        return "not known"
    return f"{part.value:.1f} FTE" + (f", known {of}" if (of := _of_centers(part.known, part.centers)) else "")


def certified_words(certified: float, fte: float, share: float) -> str:
    """Return how many are certified.

    >>> certified_words(10.7, 17.5, 10.7 / 17.5)
    'Certified: approximately 61 %, weighted by FTE (10.7 of 17.5).'
    """
    return f"Certified: approximately {share * 100:.0f} %, weighted by FTE ({certified:.1f} of {fte:.1f})."
