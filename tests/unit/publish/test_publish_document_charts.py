"""Charts show what their numbers say: to scale, with gaps where nothing is known, and nothing by color alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from pipeline.publish.bar_chart import lay_bar_chart, split_bar_chart
from pipeline.publish.chart_parts import NARROW, WIDE
from pipeline.publish.chart_scales import day_ticks
from pipeline.publish.document_charts import draw_chart, draw_chart_alone
from pipeline.publish.line_chart import lay_line_chart
from pipeline.publish.tile_map import lay_tile_map
from schemas.report_document import BarChart, ColumnKind, LineChart, LineSeries, Tile, TileMap
from tests.report_documents import full_document, nasty_document

_CHARTS = [chart for made in (full_document, nasty_document) for section in made().sections for chart in section.charts]
FIRST = date(2026, 1, 5)


def weeks(*values: float | None, **more) -> LineSeries:
    days = tuple(FIRST + timedelta(weeks=place) for place in range(len(values)))
    return LineSeries(name=more.pop("name", "share"), days=days, values=values, **more)


def lines(*series: LineSeries, **more) -> LineChart:
    return LineChart(chart_id="c", title="Share", told="It rose.", table_id="t", series=series, **more)


def bars(*rows, parts=("a", "b"), **more) -> BarChart:
    named = tuple((part, part.upper()) for part in parts)
    return BarChart(chart_id="c", title="Bars", told="Told.", table_id="t", parts=named, rows=rows, **more)


@pytest.mark.parametrize("chart", _CHARTS, ids=lambda chart: chart.chart_id)
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_chart_is_drawn_inside_its_frame(chart, size) -> None:
    drawing = ElementTree.fromstring(str(draw_chart(chart, name="c", size=size)))
    width, height = (float(part) for part in drawing.attrib["viewBox"].split()[2:])
    assert width == size.width
    for element in drawing.iter():
        for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height), ("cy", height)):
            if name in element.attrib and element.tag != "pattern":
                assert -1 <= float(element.attrib[name]) <= most + 1, ElementTree.tostring(element)
    for rect in drawing.iter("rect"):
        assert float(rect.attrib["width"]) > 0
        assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= width + 1


@pytest.mark.parametrize("chart", _CHARTS, ids=lambda chart: chart.chart_id)
def test_a_chart_alone_is_a_document_with_its_own_colors(chart) -> None:
    for drawing in draw_chart_alone(chart, font="Libertinus Serif", height=800):
        root = ElementTree.fromstring(drawing)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in drawing


class TestLines:
    def test_a_gap_stays_a_gap(self) -> None:
        """A line through a missing export would claim a figure that nobody knows."""
        (line,) = lay_line_chart(lines(weeks(0.5, 0.6, None, 0.7, 0.8)), size=WIDE).lines
        assert len(line.paths) == 2

    def test_a_single_point_is_seen(self) -> None:
        (line,) = lay_line_chart(lines(weeks(None, 0.6, None)), size=WIDE).lines
        assert (line.paths, len(line.marks)) == ((), 1)
        assert line.marks[0].told == "share, 12 January 2026: 60.0 %"

    def test_higher_values_stand_higher_and_later_ones_further_right(self) -> None:
        (line,) = lay_line_chart(lines(weeks(0.2, 0.4, 0.8)), size=WIDE).lines
        heights, places = [mark.y for mark in line.marks], [mark.x for mark in line.marks]
        assert heights == sorted(heights, reverse=True)
        assert places == sorted(places)
        assert heights[0] - heights[1] == pytest.approx((heights[1] - heights[2]) / 2, abs=0.2)

    def test_axis_begins_at_zero_unless_told_otherwise(self) -> None:
        told = weeks(0.71, 0.74)
        assert lay_line_chart(lines(told), size=WIDE).values[0].label == "0 %"
        assert lay_line_chart(lines(told, from_zero=False), size=WIDE).values[0].label == "71 %"

    def test_shares_have_no_axis_beyond_all(self) -> None:
        assert lay_line_chart(lines(weeks(0.97, 1.0)), size=WIDE).values[-1].label == "100 %"

    def test_counts_have_no_broken_ticks(self) -> None:
        drawing = lay_line_chart(lines(weeks(0, 1, 2), unit=ColumnKind.COUNT), size=WIDE)
        assert [tick.label for tick in drawing.values] == ["0", "1", "2"]

    def test_the_last_value_is_told_more_finely_than_the_ticks(self) -> None:
        (line,) = lay_line_chart(lines(weeks(0.21, 0.45), unit=ColumnKind.NUMBER), size=WIDE).lines
        assert line.end is not None
        assert line.end[2] == "0.45"

    def test_target_beyond_the_values_is_inside_and_named(self) -> None:
        drawing = lay_line_chart(lines(weeks(0.5, 0.55), target=("target", 0.9), from_zero=False), size=WIDE)
        assert drawing.target is not None
        assert drawing.target[1] == "target 90 %"
        assert drawing.top <= drawing.target[0] <= drawing.bottom

    def test_what_is_expected_is_dashed_in_the_color_of_what_was_measured(self) -> None:
        drawing = lay_line_chart(lines(weeks(0.5, 0.6), weeks(0.6, 0.7, is_expected=True)), size=WIDE)
        assert [(line.color, line.is_expected) for line in drawing.lines] == [("s0", False), ("s0", True)]
        assert [item.sample for item in drawing.legend] == ["line", "dashes"]

    def test_what_is_expected_goes_on_the_line_that_ends_where_it_begins(self) -> None:
        ranged = weeks(None, None, low=(0.1, 0.2), high=(0.9, 0.8))
        chart = lines(
            ranged,
            weeks(0.5, 0.6),
            weeks(0.1, 0.2),
            weeks(0.21, 0.3, is_expected=True),
            weeks(0.6, 0.7, is_expected=True),
        )
        drawing = lay_line_chart(chart, size=WIDE)
        assert [line.color for line in drawing.lines] == ["s0", "s1", "s2", "s2", "s1"]
        assert [item.sample for item in drawing.legend] == ["area", "line", "line", "dashes", "dashes"]

    def test_no_two_lines_are_told_by_their_color_alone(self) -> None:
        drawing = lay_line_chart(lines(*(weeks(place, place + 1, name=f"n{place}") for place in range(12))), size=WIDE)
        looks = {(line.color, line.marks[0].shape) for line in drawing.lines}
        assert len(looks) == 12
        assert len({line.marks[0].shape for line in drawing.lines[:6]}) == 6

    def test_a_range_is_an_area_and_alone_a_whisker(self) -> None:
        low, high = (0.4, None, 0.5, 0.5), (0.6, 0.7, 0.8, 0.8)
        (line,) = lay_line_chart(lines(weeks(0.5, 0.6, 0.7, 0.7, low=low, high=high)), size=WIDE).lines
        assert (len(line.bands), len(line.whiskers)) == (1, 1)
        x, bottom, top = line.whiskers[0]
        assert top < bottom
        assert x == line.marks[0].x

    def test_nothing_known_is_said(self) -> None:
        assert lay_line_chart(lines(weeks(None, float("nan"))), size=WIDE).empty == "No value is known."
        assert lay_line_chart(lines(), size=NARROW).empty == "No value is known."

    def test_last_values_do_not_cover_each_other(self) -> None:
        drawing = lay_line_chart(lines(*(weeks(0.5, 0.7 + place / 1000) for place in range(5))), size=WIDE)
        heights = sorted(line.end[1] for line in drawing.lines if line.end)
        assert len(heights) == 5
        assert min(after - before for before, after in pairwise(heights)) >= WIDE.text

    @pytest.mark.parametrize(
        ("last", "labels"),
        [
            (date(2026, 1, 9), ["5 Jan", "6 Jan", "7 Jan", "8 Jan", "9 Jan"]),
            (date(2026, 2, 9), ["5 Jan", "12 Jan", "19 Jan", "26 Jan", "2 Feb", "9 Feb"]),
            (date(2026, 7, 9), ["Feb", "Mar", "Apr", "May", "Jun", "Jul"]),
            (date(2027, 9, 1), ["Apr", "Jul", "Oct", "Jan", "Apr", "Jul"]),
            (date(2030, 3, 1), ["2027", "2028", "2029", "2030"]),
        ],
    )
    def test_days_months_quarters_and_years_are_named_as_there_is_room(self, last, labels) -> None:
        assert [tick.label for tick in day_ticks(FIRST, last, most=6)] == labels

    def test_the_year_is_named_where_it_begins(self) -> None:
        ticks = day_ticks(date(2025, 11, 1), date(2026, 3, 1), most=6)
        assert [(tick.label, tick.year) for tick in ticks] == [
            ("Nov", "2025"), ("Dec", ""), ("Jan", "2026"), ("Feb", ""), ("Mar", ""),
        ]  # fmt: skip


class TestBars:
    def test_bars_are_to_scale_side_by_side(self) -> None:
        drawing = lay_bar_chart(bars(("x", {"a": 10, "b": 30}), ("y", {"a": 20})), size=WIDE)
        (first, second), (third,) = (bar.parts for bar in drawing.bars)
        assert second.width == pytest.approx(3 * first.width, rel=0.01)
        assert third.width == pytest.approx(2 * first.width, rel=0.01)
        assert second.x == pytest.approx(first.x + first.width, abs=0.1)
        assert [bar.total for bar in drawing.bars] == ["40", "20"]

    def test_as_a_whole_every_bar_fills_the_width(self) -> None:
        chart = bars(("x", {"a": 1, "b": 3}), ("y", {"a": 400, "b": 0}), as_whole=True)
        drawing = lay_bar_chart(chart, size=WIDE)
        ends = [bar.parts[-1].x + bar.parts[-1].width for bar in drawing.bars]
        assert ends[0] == pytest.approx(ends[1], abs=0.1)
        assert [part.text for part in drawing.bars[0].parts] == ["25 %", "75 %"]
        assert drawing.bars[1].total == "400"

    def test_nothing_is_not_unknown(self) -> None:
        drawing = lay_bar_chart(bars(("zero", {"a": 0, "b": 0}), ("null", {"a": None}), ("blank", {})), size=WIDE)
        assert [(bar.total, bar.is_known, bar.parts) for bar in drawing.bars] == [
            ("0", True, ()), ("not known", False, ()), ("not known", False, ()),
        ]  # fmt: skip

    def test_the_range_reaches_beyond_the_bar_and_stays_inside(self) -> None:
        drawing = lay_bar_chart(bars(("x", {"a": 10}), parts=("a",), ranges={"x": (5.0, 40.0)}), size=WIDE)
        (bar,) = drawing.bars
        part = bar.parts[0]
        assert bar.whisker is not None
        assert bar.whisker[0] == pytest.approx(part.x + part.width / 2, abs=0.5)
        assert part.x + part.width < bar.whisker[1] < bar.end < WIDE.width
        assert [item.text for item in drawing.legend] == ["A", "least to most"]

    def test_long_names_are_wrapped_and_kept_in_full(self) -> None:
        name = "Volunteers of the Eastern Illinois Area Agency on Aging and of all of its partners in fourteen counties and two provinces"
        (bar,) = lay_bar_chart(bars((name, {"a": 1})), size=WIDE).bars
        assert len(bar.names) == 3
        assert bar.names[-1].endswith("…")
        assert bar.full == name

    def test_parts_differ_by_pattern_besides_their_color(self) -> None:
        parts = tuple("abcdef")
        (bar,) = lay_bar_chart(bars(("x", dict.fromkeys(parts, 1)), parts=parts), size=WIDE).bars
        assert len({part.pattern for part in bar.parts}) == 6

    def test_a_number_stands_inside_only_where_it_fits(self) -> None:
        (bar,) = lay_bar_chart(bars(("x", {"a": 1, "b": 2000})), size=WIDE).bars
        assert [part.text for part in bar.parts] == ["", "2,000"]

    def test_a_chart_higher_than_a_page_comes_in_pieces_of_one_scale(self) -> None:
        chart = bars(*((f"row {place}", {"a": place, "b": 1}) for place in range(60)))
        pieces = split_bar_chart(chart, size=WIDE, height=600)
        assert len(pieces) > 2
        assert [row for piece in pieces for row in piece.rows] == list(chart.rows)
        whole = lay_bar_chart(chart, size=WIDE)
        drawn = [bar for piece in pieces for bar in lay_bar_chart(piece, size=WIDE, whole=chart).bars]
        assert [bar.parts for bar in drawn] == [bar.parts for bar in whole.bars]
        assert split_bar_chart(bars(("x", {"a": 1})), size=WIDE, height=600) == (bars(("x", {"a": 1})),)


class TestTiles:
    def test_areas_lie_where_they_are_said_to_lie_and_are_counted(self) -> None:
        tiles = (
            Tile(name="North", short="N", column=4, row=2, state="good"),
            Tile(name="South", short="S", column=5, row=4, state="bad"),
            Tile(name="East", short="E", column=6, row=4, state="odd"),
        )
        chart = TileMap(
            chart_id="c",
            title="Map",
            told="Told.",
            table_id="t",
            tiles=tiles,
            states=(("good", "reached"), ("bad", "below")),
        )
        drawing = lay_tile_map(chart, size=WIDE)
        north, south, east = drawing.squares
        step = drawing.side + 5
        assert (south.x - north.x, south.y - north.y) == pytest.approx((step, 2 * step))
        assert east.x > south.x
        assert [item.text for item in drawing.legend] == ["reached: 1", "below: 1", "not known: 1"]
        assert [square.told for square in drawing.squares] == ["North: reached", "South: below", "East: not known"]
        assert north.pattern != south.pattern
        assert not east.is_known

    def test_a_wide_map_fits_a_phone(self) -> None:
        tiles = tuple(Tile(name=f"n{place}", short="ABCDE", column=place, row=0, state="s") for place in range(12))
        drawing = lay_tile_map(
            TileMap(chart_id="c", title="", told="", table_id="t", tiles=tiles, states=(("s", "s"),)), size=NARROW
        )
        assert drawing.squares[-1].x + drawing.side <= NARROW.width + 0.5
