"""Laws of reports: whatever stands in a text or a table, every form of it is whole."""

from __future__ import annotations

import itertools
from datetime import date
from xml.etree import ElementTree

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.publish.bar_chart import lay_bar_chart
from pipeline.publish.cell_text import clean_text
from pipeline.publish.chart_parts import NARROW, WIDE
from pipeline.publish.chart_scales import cut_text, day_ticks, spread_apart, text_width, value_ticks, wrap_text
from pipeline.publish.document_charts import draw_chart
from pipeline.publish.document_markdown import render_document_markdown
from pipeline.publish.print_table import plan_table
from schemas.report_document import (
    BarChart,
    Column,
    ColumnKind,
    LineChart,
    LineSeries,
    ReportDocument,
    ReportTable,
    Section,
)

_SIGNS = st.characters(exclude_categories=()) | st.sampled_from(list("|*_`<>[]()#-+=.!\\&~1a \n"))
TEXTS = st.text(_SIGNS, max_size=40)
NUMBERS = st.floats(min_value=-1e9, max_value=1e9) | st.integers(-1000, 1000).map(float)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(text=TEXTS)
def test_clean_texts_stay_as_they_are(text) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


@example(texts=["", "_0_", "__0__"])
@given(texts=st.lists(TEXTS, min_size=3, max_size=3))
def test_no_text_is_markup_in_markdown(texts) -> None:
    table = ReportTable(
        table_id="t", title=texts[0], columns=(Column(key="a", heading=texts[1]), Column(key="b", heading="b")), rows=((texts[2], None),)
    )  # fmt: skip
    document = ReportDocument(
        title="R",
        subtitle=texts[1],
        as_of=date(2026, 11, 20),
        summary=tuple(texts),
        sections=(Section(section_id="s", heading=texts[0], tables=(table,), notes=tuple(texts)),),
    )
    found = [
        token
        for block in _READER.parse(render_document_markdown(document, short=False))
        for token in (block, *(block.children or ()))
    ]
    own = (
        "heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "inline", "text", "softbreak",
        "text_special",
    )  # fmt: skip
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in found} <= set(own)
    assert sum(token.type == "td_open" for token in found) == 2


@example(low=0.0, high=9.0, most=5, whole=True)
@given(low=NUMBERS, high=NUMBERS, most=st.integers(2, 9), whole=st.booleans())
def test_ticks_reach_round_the_values(low, high, most, whole) -> None:
    low, high = min(low, high), max(low, high)
    ticks = value_ticks(low, high, most=most, whole=whole)
    leeway = (abs(low) + abs(high) + 1e-6) * 1e-6
    assert ticks[0] <= low + leeway
    assert ticks[-1] >= high - leeway
    assert 2 <= len(ticks) <= most + 2
    assert all(after > before for before, after in itertools.pairwise(ticks))
    assert not whole or all(tick == round(tick) for tick in ticks)


@given(first=DAYS, last=DAYS, most=st.integers(2, 12))
def test_day_ticks_lie_within_and_are_few(first, last, most) -> None:
    first, last = min(first, last), max(first, last)
    days = [tick.day for tick in day_ticks(first, last, most=most)]
    assert 1 <= len(days) <= most + 1
    assert all(first <= day <= last for day in days)
    assert days == sorted(set(days)) or first == last


@given(text=TEXTS, room=st.floats(min_value=20, max_value=300), most=st.integers(1, 4))
def test_texts_of_drawings_fit_their_room(text, room, most) -> None:
    lines = wrap_text(text, size=12, room=room, most=most)
    assert len(lines) <= most
    assert all(text_width(line, size=12) <= room for line in (*lines, cut_text(text, size=12, room=room)))


@given(places=st.lists(st.floats(min_value=0, max_value=300), max_size=8), gap=st.floats(min_value=1, max_value=20))
def test_labels_are_spread_apart_in_their_order(places, gap) -> None:
    moved = spread_apart(places, gap=gap, low=0, high=300)
    for one, other in itertools.combinations(range(len(places)), 2):
        assert abs(moved[one] - moved[other]) >= gap - 1e-6
        assert places[one] == places[other] or (places[one] < places[other]) == (moved[one] < moved[other])


@settings(max_examples=60)
@given(
    values=st.lists(st.none() | NUMBERS, min_size=1, max_size=12),
    kind=st.sampled_from([ColumnKind.COUNT, ColumnKind.NUMBER, ColumnKind.SHARE]),
    data=st.data(),
)
def test_every_line_chart_is_a_drawing_inside_its_frame(values, kind, data) -> None:
    days = tuple(sorted(data.draw(st.lists(DAYS, min_size=len(values), max_size=len(values), unique=True))))
    series = LineSeries(name=data.draw(TEXTS), days=days, values=tuple(values), low=tuple(values), high=tuple(values))
    chart = LineChart(
        chart_id="c", title="", told="", table_id="t", series=(series,), unit=kind, from_zero=data.draw(st.booleans())
    )
    for size in (WIDE, NARROW):
        drawing = ElementTree.fromstring(str(draw_chart(chart, name="c", size=size)))
        places = [
            float(one.attrib[name]) for one in drawing.iter() for name in ("x", "cx", "x1", "x2") if name in one.attrib
        ]
        assert all(-1 <= place <= size.width + 1 for place in places)


@given(
    rows=st.lists(st.tuples(TEXTS, st.none() | NUMBERS, st.none() | NUMBERS), min_size=1, max_size=8),
    as_whole=st.booleans(),
)
def test_bars_never_leave_their_frame(rows, as_whole) -> None:
    chart = BarChart(
        chart_id="c",
        title="",
        told="",
        table_id="t",
        parts=(("a", "A"), ("b", "B")),
        rows=tuple((name, {"a": one, "b": other}) for name, one, other in rows),
        as_whole=as_whole,
        unit=ColumnKind.NUMBER,
    )
    for size in (WIDE, NARROW):
        for bar in lay_bar_chart(chart, size=size).bars:
            for part in bar.parts:
                assert -1 <= part.x <= part.x + part.width <= size.width + 2


@given(
    rows=st.lists(st.lists(TEXTS, min_size=4, max_size=4), max_size=5), headings=st.lists(TEXTS, min_size=4, max_size=4)
)
def test_tables_fit_on_paper(rows, headings) -> None:
    table = ReportTable(
        table_id="t",
        title="T",
        columns=tuple(Column(key=f"c{place}", heading=heading) for place, heading in enumerate(headings)),
        rows=tuple(map(tuple, rows)),
    )
    plan = plan_table(table)
    assert sum(plan.widths) <= (670 if plan.is_sideways else 490)
    for row in rows:
        for place, text in enumerate(row):
            assert plan.fitted(text, place).replace("\u200b", "") == text.replace("\u200b", "")
