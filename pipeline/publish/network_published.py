"""What was published about centers, in a report: apart from everything measured, and never ranked."""

from __future__ import annotations

from pipeline.publish.network_centers import certified_words, fte_words
from pipeline.publish.period_words import count_column, listed, number_column, share_column, text_column
from schemas.network import PublishedTotal
from schemas.network_parameters import PublishedCenter
from schemas.report_document import Cell, ReportTable, Section

NOT_PUBLISHED = "not published"

#: How published figures are to be read.
READING_NOTES: tuple[str, ...] = (
    "Published figures are quoted, not measured here, and stand in no total of measured figures. Sorted by name; this is no ranking.",
    (
        "The shares updated are not comparable: the source does not define the percentage of the database updated in the last year. "
        "Centers may count agencies or records, verifications or edits."
    ),
    "Sizes are stated as more than a number; they are lower bounds.",
    "What was not published, or given as NA, is not reported: it is not known and never 0.",
    "Certified curators are weighted by FTE; the published percentages may count persons, so the total is approximate.",
)


def published_section(published: tuple[PublishedCenter, ...], total: PublishedTotal) -> Section:
    """Return the published figures by center."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            one.parent_organization,
            one.launch,
            None if one.accredited is None else one.accredited,
            one.curator_fte,
            one.certified_share,
            one.updated_share,
            _more_than(one.agencies_at_least),
            _more_than(one.services_at_least),
            None if one.counties is None else len(one.counties),
        )
        for one in published
    ]
    told = [f"Curators together: {fte_words(total.curator_fte)}."]
    certified = total.certified
    if certified.certified_fte is not None and certified.fte is not None and certified.share is not None:
        told.append(certified_words(certified.certified_fte, certified.fte, certified.share))
    by_source: dict[str, list[str]] = {}
    for one in published:
        by_source.setdefault(f"{one.source}; stated for {one.stated_for}.", []).append(one.name)
    is_one = len(by_source) == 1
    sources = tuple(source if is_one else f"{listed(names)}: {source}" for source, names in by_source.items())
    remarks = tuple(f"{one.name}: {one.remark}" for one in published if one.remark)
    return Section(
        section_id="published",
        heading="Published figures",
        paragraphs=tuple(told),
        tables=(
            ReportTable(
                table_id="published",
                title="Figures that were published about the centers",
                columns=(
                    text_column("center", "Center"),
                    text_column("parent", "Parent organization", missing=NOT_PUBLISHED),
                    text_column("launch", "Launch", missing=NOT_PUBLISHED),
                    text_column("accredited", "Accredited by Inform USA", missing=NOT_PUBLISHED),
                    number_column("curator_fte", "Curators, FTE", missing=NOT_PUBLISHED),
                    share_column("certified_share", "Certified", missing=NOT_PUBLISHED),
                    share_column("updated_share", "Updated in the last year (not defined)", missing=NOT_PUBLISHED),
                    text_column("agencies", "Agencies", missing=NOT_PUBLISHED),
                    text_column("services", "Services", missing=NOT_PUBLISHED),
                    count_column("counties", "Counties", missing=NOT_PUBLISHED),
                ),
                rows=tuple(rows),
                notes=(*sources, *remarks),
            ),
        ),
        notes=READING_NOTES,
    )


def _more_than(least: int | None) -> str | None:
    return None if least is None else f"more than {least:,}"
