"""The network as a report: totals with their parts, unknown never 0, published apart from measured, no ranking."""

from __future__ import annotations

from pipeline.publish.document_html import render_document_html
from pipeline.publish.document_markdown import render_document_markdown
from pipeline.publish.network_document import network_document
from pipeline.publish.network_json import network_json
from schemas.network_parameters import PublishedCenter
from schemas.report_document import ReportDocument, ReportTable, TileMap
from tests.network_summaries import coverage_of, cross_duplicates, network, summary, summary_values, without_share

CAVEATS = ("The minutes are assumptions.",)


def document(*centers, **changes) -> ReportDocument:
    return network_document(network(*centers, **changes), caveats=CAVEATS)


def table(told: ReportDocument, name: str) -> ReportTable:
    return next(one for one in told.tables() if one.table_id == name)


def rows(one: ReportTable) -> dict:
    keys = [column.key for column in one.columns]
    return {row[0]: dict(zip(keys, row, strict=True)) for row in one.rows}


def published(center_id: str, **changes) -> PublishedCenter:
    return PublishedCenter(id=center_id, name=f"211 {center_id}", source="A guide", stated_for="2024", **changes)


def test_every_table_by_center_ends_with_all_centers_and_sorts_by_name():
    told = document(summary("east"), summary("west"))
    for name in ("centers", "updated", "findings", "duplicates", "curators"):
        assert [row[0] for row in table(told, name).rows] == ["East 211", "West 211", "all centers"]
        assert name == "duplicates" or any("no ranking" in note for note in table(told, name).notes)


def test_an_unknown_share_is_written_not_known_with_its_reason():
    told = document(summary("east"), summary("west", shares=without_share()))
    west = rows(table(told, "updated"))["West 211"]
    assert (west["share"], west["numerator"], west["denominator"]) == (None, None, None)
    assert "no verification date" in west["reason"]
    assert rows(table(told, "updated"))["all centers"]["reason"] == "of 1 of 2 centers"
    text = render_document_markdown(told, short=False)
    assert "not known" in text
    assert "known of 1 of 2 centers" in text


def test_an_estimate_stands_with_its_band_and_caveats():
    curators = table(document(summary("east")), "curators")
    keys = [column.key for column in curators.columns]
    assert keys.index("low_fte") + 1 == keys.index("central_fte") == keys.index("high_fte") - 1
    assert set(CAVEATS) <= set(curators.notes)


def test_published_curators_stand_in_their_own_column_and_in_no_total():
    staffing = {**summary_values()["staffing"], "curator_fte": None}
    told = document(summary("east", staffing=staffing), published=(published("east", curator_fte=7.0),))
    curators = rows(table(told, "curators"))
    assert (curators["East 211"]["curator_fte"], curators["East 211"]["published_fte"]) == (None, 7.0)
    assert (curators["all centers"]["curator_fte"], curators["all centers"]["published_fte"]) == (None, None)
    assert curators["East 211"]["agencies_per_fte"] is None


def test_what_was_not_published_says_so():
    told = document(published=(published("b"), published("a", curator_fte=2.0, accredited=False)))
    one = table(told, "published")
    assert {column.missing for column in one.columns[1:]} == {"not published"}
    assert rows(one)["211 b"]["curator_fte"] is None
    assert rows(one)["211 a"]["accredited"] is False
    text = render_document_markdown(told, short=False)
    assert "not comparable" in text
    assert "no ranking" in text


def test_included_and_old_data_are_told():
    old = summary("west", as_of="2026-11-10", cutoff_on="2025-11-10")
    told = rows(table(document(summary("east"), old), "centers"))
    assert told["East 211"]["source"] == "this workspace"
    assert told["West 211"]["source"] == "from its summary of 10 November 2026; 10 days old"


def test_map_and_tables_tell_who_serves_what():
    east, west = summary("east", counties=["Cook", "Carrol"]), summary("west", counties=["Cook"])
    told = document(east, west)
    section = next(one for one in told.sections if one.section_id == "counties")
    (chart,) = section.charts
    assert isinstance(chart, TileMap)
    states = {tile.name: tile.state for tile in chart.tiles}
    assert states["Cook (East 211, West 211)"] == "several"
    assert states["Carroll (East 211)"] == "once"
    assert states["DuPage"] == "nobody"
    counties = rows(table(told, "counties-all"))
    assert (counties["Cook"]["who"], counties["DuPage"]["who"]) == ("East 211, West 211", None)
    assert "2 of the 6 counties of Illinois are served, 1 by several centers." in section.paragraphs
    assert rows(table(told, "counties-remarks"))["East 211"]["written"] == "Carrol"


def test_a_center_whose_counties_are_not_known_makes_the_rest_uncertain():
    told = document(summary("east"), summary("west", counties=None, counties_from=None))
    section = next(one for one in told.sections if one.section_id == "counties")
    assert any("West 211 are not known" in note for note in section.notes)
    assert rows(table(told, "counties-by-center"))["West 211"]["count"] is None


def test_shared_agencies_tell_owner_and_withhold_names():
    told = document(summary("east"), summary("west"), cross=cross_duplicates())
    first, second = table(told, "shared-pairs").rows
    assert first[0] == "Marlow Lantern Project (100)"
    assert first[-1] == "named by one: EAST01"
    assert (second[0], second[2]) == ("withheld", "withheld")
    assert second[-1] == "conflicting: EAST01, WEST02"
    counts = rows(table(told, "shared-counts"))["East 211 and West 211"]
    assert (counts["copy"], counts["duplicate"], counts["counted_twice"], counts["different"]) == (1, 1, 1, 2)
    owners = rows(table(told, "shared-owners"))["East 211 and West 211"]
    assert (owners["one"], owners["conflicting"], owners["both"]) == (1, 1, 0)


def test_json_keeps_its_keys_with_and_without_centers():
    """Scripts rely on them."""
    keys = {
        "as_of", "name", "program_version", "definition", "centers", "total", "coverage", "published_coverage",
        "cross_center_duplicates", "published", "published_total", "notes",
    }  # fmt: skip
    full = network_json(
        network(summary("east"), summary("west"), cross=cross_duplicates(), published=(published("a"),))
    )
    empty = network_json(network())
    assert set(full) == set(empty) == keys
    assert full["total"]["shares"]["complete_agency_update"] == {
        "numerator": 60, "denominator": 80, "unknown": 8, "share": 0.75, "of_centers": 2, "left_out": {},
    }  # fmt: skip
    assert full["total"]["findings_per_100"]["error"] == 1.5
    assert full["published"][0]["curator_fte"] is None
    assert (empty["total"], empty["coverage"], empty["published_total"]) == (None, None, None)


def test_published_coverage_stands_beside_the_measured_one():
    facts = network(summary("east"), published_coverage=coverage_of(summary("west"), basis="published"))
    told = network_json(facts)
    assert (told["coverage"]["basis"], told["published_coverage"]["basis"]) == ("measured", "published")
    alone = network_json(network(published_coverage=coverage_of(summary("west"), basis="published")))
    assert alone["coverage"] == alone["published_coverage"]


def test_names_from_files_of_others_cannot_write_into_the_page():
    nasty = summary("west", center_name="<script>alert(1)</script>", counties=["<b>Cook</b>"])
    page = render_document_html(document(summary("east"), nasty))
    assert "<script>alert" not in page
    assert "<b>Cook" not in page
