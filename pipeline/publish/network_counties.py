"""Counties of a state in a report: served once, by several centers, by nobody; as a map of tiles and as tables."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.publish.period_words import count_column, listed, text_column
from pipeline.publish.wording import number
from schemas.network import Coverage, SpellingRemark
from schemas.report_document import ReportTable, Section, Tile, TileMap

ONCE, SEVERAL, NOBODY = "once", "several", "nobody"
_STATES = ((ONCE, "served by one center"), (SEVERAL, "served by several centers"), (NOBODY, "served by none"))
_BASIS = {
    "measured": "By the centers' own settings, the areas served of their counted services, or their summaries.",
    "published": "By the published lists of counties.",
}


def coverage_section(coverage: Coverage, *, names: Mapping[str, str], section_id: str = "counties") -> Section:
    """Return which counties are served and by whom.

    Args:
        coverage: The coverage.
        names: Names of the centers by id.
        section_id: Name of the section; its charts and tables are named after it.
    """
    is_published = coverage.basis == "published"
    unknown = [names.get(center, center) for center, codes in coverage.by_center.items() if codes is None]
    rows = tuple(
        (one.county.name, one.county.fips, len(one.center_ids), ", ".join(names.get(each, each) for each in one.center_ids))
        for one in coverage.counties
    )  # fmt: skip
    by_center = tuple(
        (
            names.get(center, center),
            None if codes is None else len(codes),
            None
            if codes is None
            else ", ".join(one.county.name for one in coverage.counties if one.county.fips in set(codes)),
        )
        for center, codes in coverage.by_center.items()
    )
    tables = [
        ReportTable(
            table_id=f"{section_id}-all",
            title=f"Counties of {coverage.state.name} and who serves them",
            columns=(
                text_column("county", "County"),
                text_column("fips", "FIPS"),
                count_column("centers", "Centers"),
                text_column("who", "Who serves it", missing="nobody"),
            ),
            rows=tuple((name, fips, count, who or None) for name, fips, count, who in rows),
            is_folded=True,
        ),
        ReportTable(
            table_id=f"{section_id}-by-center",
            title="Counties by center" + (", as published" if is_published else ""),
            columns=(
                text_column("center", "Center"),
                count_column("count", "Counties"),
                text_column("counties", "Which", missing="not known" if not is_published else "not published"),
            ),
            rows=by_center,
        ),
    ]
    if coverage.remarks:
        tables.append(_remarks(coverage.remarks, section_id=section_id))
    return Section(
        section_id=section_id,
        heading="Counties served" + (", as published" if is_published else ""),
        paragraphs=(coverage_words(coverage), *several_words(coverage, names=names), *uncovered_words(coverage)),
        charts=(
            TileMap(
                chart_id=f"{section_id}-map",
                title=f"{coverage.state.name}: counties and how many centers serve them",
                told=f"{coverage_words(coverage)} The table below tells it county by county.",
                table_id=f"{section_id}-all",
                tiles=tuple(
                    Tile(
                        name=_tile_name(one.county.name, [names.get(each, each) for each in one.center_ids]),
                        short=one.county.short,
                        column=one.county.column,
                        row=one.county.row,
                        state=NOBODY if not one.center_ids else ONCE if len(one.center_ids) == 1 else SEVERAL,
                    )
                    for one in coverage.counties
                ),
                states=_STATES,
            ),
        ),
        tables=tuple(tables),
        notes=(
            _BASIS[coverage.basis],
            (
                "Coverage follows the area served, not the address: a center also lists agencies outside its counties. A service for a "
                "whole state or nation names no county."
            ),
            *(
                [f"The counties of {listed(unknown)} are not known: what is served by none may be theirs."]
                if unknown
                else []
            ),
        ),
    )


def coverage_words(coverage: Coverage) -> str:
    """Return how many counties are served, and how many by several centers."""
    covered, several = len(coverage.covered()), len(coverage.several())
    twice = {0: "none twice", 1: "1 by several centers"}.get(several, f"{number(several)} by several centers")
    return f"{number(covered)} of the {number(len(coverage.counties))} counties of {coverage.state.name} are served, {twice}."


def several_words(coverage: Coverage, *, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the counties that several centers serve, with them; nothing when there is none."""
    told = [
        f"{one.county.name} ({listed([names.get(each, each) for each in one.center_ids])})"
        for one in coverage.several()
    ]
    return (f"Served by several centers: {'; '.join(told)}.",) if told else ()


def uncovered_words(coverage: Coverage) -> tuple[str, ...]:
    """Return the counties that nobody serves; nothing when there is none."""
    told = [one.county.name for one in coverage.uncovered()]
    return (f"Served by none ({number(len(told))}): {', '.join(told)}.",) if told else ()


def remark_words(remark: SpellingRemark) -> str:
    """Return what is said of a spelling."""
    if remark.read_as is None:
        return "no county of the state; left out"
    return f"read as {remark.read_as}; correct the spelling, or say what is meant"


def _remarks(remarks: tuple[SpellingRemark, ...], *, section_id: str) -> ReportTable:
    return ReportTable(
        table_id=f"{section_id}-remarks",
        title="Names of counties that are not spelled as the state spells them",
        columns=(text_column("center", "Center"), text_column("written", "Written"), text_column("remark", "Remark")),
        rows=tuple((one.center_name, one.written, remark_words(one)) for one in remarks),
    )


def _tile_name(county: str, centers: list[str]) -> str:
    return f"{county} ({', '.join(centers)})" if centers else county
