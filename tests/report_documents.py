"""Invented reports: one that uses everything a report can hold, one with nothing in it, one of the texts that break things."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.report_document import (
    BarChart,
    Column,
    ColumnKind,
    Headline,
    LineChart,
    LineSeries,
    ReportDocument,
    ReportTable,
    Section,
    Tile,
    TileMap,
)

AS_OF = date(2026, 11, 20)

#: What people, and those who wish them ill, write into names: markup of every form that a report takes.
NASTY = (
    "<script>alert(1)</script>",
    "</style></svg><img src=x onerror=alert(1)>",
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+1 217 555 0142",
    "@SUM(A1)",
    '#import "x.typ": * $x^2$ *bold* _it_ `raw` <label> @ref \\ // /* */ ~ #panic()',
    "[link](javascript:alert(1)) ![](http://example.invalid/x.png) | pipe | # head",
    "- item\n1. item\n> said\n---\n===",
    "{{ 7 * 7 }} {% raw %} &amp; &lt; & \"quoted\" 'single'",
    "bell\x07 null\x00 escape\x1b[31m tab\t vertical\x0b delete\x7f half\ud800 none\uffff",
    "a" * 180,
    "שלום עולם (shalom) 12",
    "مرحبا بالعالم",
    "\u202egnirts desrever",
    "👩🏽‍🚀 family 👨‍👩‍👧 flag 🇨🇦",
    "漢字かな交じり文",
    "e\u0301a\u0308 zero\u200bwidth soft\u00adhyphen",
    "  spaces   inside  ",
    "",
    "_x0041_ https://example.invalid/?a=1&b=2",
)


def full_document() -> ReportDocument:
    """A report that uses every part, as a center would see it."""
    return ReportDocument(
        title="Quarterly report of the directory",
        subtitle="Prairie 211, July to September 2026",
        as_of=AS_OF,
        facts=(
            ("Run", "2026-11-20-prairie211"),
            ("Day of the export", "20 November 2026"),
            ("Updated in the last year", "Every part of the agency verified within 365 days."),
            ("Program", "resdir 0.1.0"),
        ),
        summary=(
            "Three of four agencies were verified within the last year, four points more than in the quarter before.",
            "At the pace of the last eight weeks the year ends at 81 %, short of the target of 90 %.",
            "Most of what is overdue lies in two counties. Two more curators' weeks before the holidays would reach the target there.",
        ),
        headlines=(
            Headline(
                label="agencies completely updated",
                value="74.9 %",
                basis="487 of 650 agencies; 37 of the 650 have no date and count as not updated",
                change="4.1 points more than on 30 June 2026",
            ),
            Headline(label="open errors", value="312", basis="in 208 records", change="58 fewer than on 30 June 2026"),
            Headline(
                label="curators that the work takes",
                value="3.4",
                basis="full-time equivalents, between 2.8 and 4.1",
            ),
            Headline(
                label="records with a fault, by the last audit",
                value="unknown",
                basis="No audit was finished in this period.",
            ),
        ),
        warnings=(
            "The export of 14 August was cut off; the figures of that week rest on the export of 15 August.",
            "37 agencies carry no date of verification at all. They count as not updated.",
        ),
        sections=(_freshness(), _counties(), _findings(), _places(), _quiet()),
    )


def _freshness() -> Section:
    days = tuple(date(2025, 10, 3) + timedelta(days=14 * place) for place in range(30))
    shares = tuple(
        None if place in (11, 12) else round(0.61 + 0.0047 * place + (0.012 if place % 4 == 1 else 0.0), 4)
        for place in range(30)
    )
    coming = tuple(AS_OF + timedelta(days=7 * place) for place in range(7))
    expected = tuple(round(0.749 + 0.0102 * place, 4) for place in range(7))
    spread = tuple(0.007 * place for place in range(7))
    rows = [
        (day, share, 650, None if share is None else round(share * 650))
        for day, share in zip(days, shares, strict=True)
    ]
    return Section(
        section_id="freshness",
        heading="How fresh the directory is",
        paragraphs=(
            "An agency counts as updated when it, its sites and its services were verified within the last 365 days.",
            "The share rose in every month but March, when the phones were moved.",
        ),
        headlines=(
            Headline(
                label="expected at the year's end",
                value="81 %",
                basis="between 77 and 85 %, at the pace of eight weeks",
            ),
            Headline(
                label="to verify each week to reach 90 %",
                value="17",
                basis="98 agencies in 6 weeks",
                change="now 9 a week",
            ),
        ),
        charts=(
            LineChart(
                chart_id="share-by-week",
                title="Share of agencies completely updated",
                told="The share rose from 61 % in October 2025 to 74.9 % in November 2026. It is expected to reach 81 % at the year's "
                "end (77 to 85 %), below the target of 90 %. Two exports in March are missing.",
                table_id="share-by-week",
                series=(
                    LineSeries(name="verified", days=days, values=shares),
                    LineSeries(
                        name="expected at this pace",
                        days=coming,
                        values=expected,
                        low=tuple(value - wide for value, wide in zip(expected, spread, strict=True)),
                        high=tuple(value + wide for value, wide in zip(expected, spread, strict=True)),
                        is_expected=True,
                    ),
                ),
                target=("target", 0.9),
                from_zero=False,
            ),
            BarChart(
                chart_id="bands",
                title="Records by the age of their verification",
                told="Of 650 agencies 61 % are current and 6 % were never verified; services at sites stand worst.",
                table_id="bands",
                parts=(
                    ("current", "current"),
                    ("due", "due soon"),
                    ("overdue", "overdue"),
                    ("stale", "stale"),
                    ("never", "never verified"),
                ),
                rows=(
                    ("Agencies", {"current": 398, "due": 89, "overdue": 81, "stale": 45, "never": 37}),
                    ("Sites", {"current": 512, "due": 140, "overdue": 118, "stale": 20, "never": None}),
                    ("Services", {"current": 1204, "due": 333, "overdue": 402, "stale": 210, "never": 51}),
                    ("Services at sites", {"current": 300, "due": 700, "overdue": 802, "stale": 510, "never": 251}),
                    ("Drafts", dict.fromkeys(("current", "due", "overdue", "stale", "never"), 0)),
                ),
                as_whole=True,
                palette="bands",
            ),
        ),
        tables=(
            ReportTable(
                table_id="share-by-week",
                title="Share of agencies completely updated, by export",
                columns=(
                    Column(key="day", heading="Export of", kind=ColumnKind.DAY),
                    Column(key="share", heading="Updated", kind=ColumnKind.SHARE, missing="no export"),
                    Column(key="of", heading="Agencies", kind=ColumnKind.COUNT),
                    Column(key="count", heading="of them updated", kind=ColumnKind.COUNT, missing="no export"),
                ),
                rows=tuple(rows),
                notes=("Agencies without a date count as not updated.",),
                is_folded=True,
            ),
            ReportTable(
                table_id="bands",
                title="Counted records by the age of their verification",
                columns=(
                    Column(key="kind", heading="Kind"),
                    *(
                        Column(key=key, heading=heading, kind=ColumnKind.COUNT)
                        for key, heading in (
                            ("current", "current"),
                            ("due", "due soon"),
                            ("overdue", "overdue"),
                            ("stale", "stale"),
                            ("never", "never verified"),
                        )
                    ),
                ),
                rows=(
                    ("Agencies", 398, 89, 81, 45, 37),
                    ("Sites", 512, 140, 118, 20, None),
                    ("Services", 1204, 333, 402, 210, 51),
                    ("Services at sites", 300, 700, 802, 510, 251),
                    ("Drafts", 0, 0, 0, 0, 0),
                ),
            ),
        ),
        notes=(
            "Dates of edits are not verifications and are not counted.",
            "The pace is the median of the last eight weeks.",
        ),
    )


_COUNTIES = (
    "Champaign", "Coles", "Cumberland", "DeWitt", "Douglas", "Edgar", "Ford", "Iroquois", "Livingston", "Macon", "McLean", "Moultrie",
    "Piatt", "Shelby", "Vermilion",
)  # fmt: skip


def _counties() -> Section:
    columns = (
        Column(key="county", heading="County"),
        Column(key="agencies", heading="Agencies", kind=ColumnKind.COUNT),
        Column(key="updated", heading="Updated", kind=ColumnKind.COUNT),
        Column(key="share", heading="Share updated", kind=ColumnKind.SHARE),
        Column(key="change", heading="Points since 30 June", kind=ColumnKind.NUMBER, missing="new"),
        Column(key="sites", heading="Sites", kind=ColumnKind.COUNT),
        Column(key="services", heading="Services", kind=ColumnKind.COUNT),
        Column(key="errors", heading="Open errors", kind=ColumnKind.COUNT),
        Column(key="warnings", heading="Open warnings", kind=ColumnKind.COUNT),
        Column(key="hours", heading="Hours to verify", kind=ColumnKind.NUMBER),
        Column(key="oldest", heading="Oldest verification", kind=ColumnKind.DAY, missing="never"),
        Column(key="curator", heading="Curator", missing="nobody named"),
    )
    rows = tuple(
        (
            county,
            20 + 37 * place % 90,
            11 + 29 * place % 60,
            round(0.41 + 0.037 * place, 3),
            None if place == 4 else round(-3.2 + place * 0.8, 1),
            31 + 17 * place % 120,
            140 + 211 * place % 900,
            place * 7 % 31,
            place * 13 % 90,
            4.5 + place * 1.25,
            None if place == 6 else date(2019, 1, 7) + timedelta(days=97 * place),
            ("Ana Torres", "Ben Okafor", None)[place % 3],
        )
        for place, county in enumerate(_COUNTIES)
    )
    return Section(
        section_id="counties",
        heading="County by county",
        paragraphs=("Vermilion and Shelby stand best; Champaign has the most agencies overdue.",),
        charts=(
            BarChart(
                chart_id="hours-by-curator",
                title="Hours of verification by curator, with their range",
                told="Ana Torres has 61 hours before her (48 to 80), Ben Okafor 44 (35 to 57); 12 hours belong to nobody.",
                table_id="hours-by-curator",
                parts=(("hours", "hours"),),
                rows=(
                    ("Ana Torres", {"hours": 61.2}),
                    ("Ben Okafor", {"hours": 44.0}),
                    ("Volunteers of the Eastern Illinois Area Agency on Aging and its partners", {"hours": 18.5}),
                    ("nobody named", {"hours": 12.0}),
                    ("Chloë Dubois", {"hours": 0}),
                    ("on leave", {"hours": None}),
                ),
                ranges={"Ana Torres": (48.0, 80.0), "Ben Okafor": (35.0, 57.0), "nobody named": (4.0, 12.0)},
                unit=ColumnKind.NUMBER,
                decimals=1,
            ),
        ),
        tables=(
            ReportTable(
                table_id="hours-by-curator",
                title="Hours of verification by curator",
                columns=(
                    Column(key="curator", heading="Curator"),
                    Column(key="hours", heading="Hours", kind=ColumnKind.NUMBER),
                    Column(key="low", heading="at least", kind=ColumnKind.NUMBER),
                    Column(key="high", heading="at most", kind=ColumnKind.NUMBER),
                ),
                rows=(
                    ("Ana Torres", 61.2, 48.0, 80.0),
                    ("Ben Okafor", 44.0, 35.0, 57.0),
                    ("Volunteers of the Eastern Illinois Area Agency on Aging and its partners", 18.5, None, None),
                    ("nobody named", 12.0, 4.0, 12.0),
                    ("Chloë Dubois", 0, 0, 0),
                    ("on leave", None, None, None),
                ),
            ),
            ReportTable(
                table_id="counties",
                title="All counties",
                columns=columns,
                rows=rows,
                of_rows=102,
                where_all="resdir freshness --by county --output counties.xlsx",
                notes=("A county of an agency is that of its main site.", "Points are percentage points."),
            ),
        ),
    )


def _findings() -> Section:
    return Section(
        section_id="findings",
        heading="What is wrong, and what was mended",
        paragraphs=("Fewer errors are open than at any time since January.",),
        charts=(
            BarChart(
                chart_id="findings-by-family",
                title="Open findings by family of rules and severity",
                told="Completeness has the most findings (410), Privacy the fewest (9).",
                table_id="findings-by-family",
                parts=(("error", "errors"), ("warning", "warnings"), ("info", "notes")),
                rows=(
                    ("Completeness", {"error": 120, "warning": 210, "info": 80}),
                    ("Freshness", {"error": 98, "warning": 120, "info": 0}),
                    ("Format", {"error": 61, "warning": 82, "info": 44}),
                    ("Style", {"info": 140}),
                    ("Taxonomy", {"error": 24, "warning": 19}),
                    ("Privacy", {"error": 9}),
                ),
                palette="severity",
            ),
            LineChart(
                chart_id="opened-closed",
                title="Findings opened and closed each month",
                told="More were closed than opened in each month since June.",
                table_id="opened-closed",
                series=(
                    LineSeries(
                        name="opened",
                        days=tuple(date(2026, month, 1) for month in range(1, 11)),
                        values=(210, 180, 240, 190, 201, 150, 122, 119, 90, 84),
                    ),
                    LineSeries(
                        name="closed",
                        days=tuple(date(2026, month, 1) for month in range(1, 11)),
                        values=(102, 140, 130, 170, 190, 205, 240, 220, 180, 122),
                    ),
                    LineSeries(
                        name="accepted",
                        days=tuple(date(2026, month, 1) for month in range(4, 7)),
                        values=(None, 31, None),
                    ),
                ),
                unit=ColumnKind.COUNT,
            ),
        ),
        tables=(
            ReportTable(
                table_id="findings-by-family",
                title="Open findings by family of rules",
                columns=(
                    Column(key="family", heading="Family"),
                    Column(key="errors", heading="errors", kind=ColumnKind.COUNT, missing="0"),
                    Column(key="warnings", heading="warnings", kind=ColumnKind.COUNT, missing="0"),
                    Column(key="notes", heading="notes", kind=ColumnKind.COUNT, missing="0"),
                ),
                rows=(
                    ("Completeness", 120, 210, 80),
                    ("Freshness", 98, 120, 0),
                    ("Format", 61, 82, 44),
                    ("Style", None, None, 140),
                    ("Taxonomy", 24, 19, None),
                    ("Privacy", 9, None, None),
                ),
            ),
            ReportTable(
                table_id="opened-closed",
                title="Findings opened, closed and accepted by month",
                columns=(
                    Column(key="month", heading="Month beginning", kind=ColumnKind.DAY),
                    Column(key="opened", heading="opened", kind=ColumnKind.COUNT),
                    Column(key="closed", heading="closed", kind=ColumnKind.COUNT),
                    Column(key="accepted", heading="accepted", kind=ColumnKind.COUNT),
                ),
                rows=tuple(
                    (date(2026, month, 1), opened, closed, 31 if month == 5 else None)
                    for month, opened, closed in zip(
                        range(1, 11),
                        (210, 180, 240, 190, 201, 150, 122, 119, 90, 84),
                        (102, 140, 130, 170, 190, 205, 240, 220, 180, 122),
                        strict=True,
                    )
                ),
                is_folded=True,
            ),
        ),
    )


def _places() -> Section:
    states = (
        ("reached", "target reached"),
        ("near", "within five points"),
        ("below", "below the target"),
        ("far", "far below"),
        ("silent", "no export this quarter"),
    )
    kinds = [key for key, _ in states]
    tiles = tuple(
        Tile(
            name=f"Center of {name}",
            short=name[:4].upper(),
            column=place % 5,
            row=place // 5,
            state=kinds[place * 7 % 5],
        )
        for place, name in enumerate(_COUNTIES)
        if place != 7
    )
    return Section(
        section_id="network",
        heading="Across the network",
        paragraphs=("Fourteen centers delivered this quarter, one did not.",),
        charts=(
            TileMap(
                chart_id="centers",
                title="Where each center stands",
                told="Three centers have reached the target, two sent no export.",
                table_id="centers",
                tiles=tiles,
                states=states,
            ),
        ),
        tables=(
            ReportTable(
                table_id="centers",
                title="Centers and their state",
                columns=(Column(key="center", heading="Center"), Column(key="state", heading="State")),
                rows=tuple((tile.name, dict(states)[tile.state]) for tile in tiles),
                is_folded=True,
            ),
        ),
    )


def _quiet() -> Section:
    return Section(
        section_id="duplicates",
        heading="Duplicates",
        paragraphs=("No pair waits for a decision.",),
        tables=(
            ReportTable(
                table_id="pairs",
                title="Pairs to decide",
                columns=(
                    Column(key="pair", heading="Pair"),
                    Column(key="score", heading="Score", kind=ColumnKind.NUMBER),
                ),
                rows=(),
            ),
        ),
    )


def empty_document() -> ReportDocument:
    """A report with nothing in it."""
    return ReportDocument(title="Nothing yet", subtitle="", as_of=AS_OF)


def nasty_document(*, height: int = 200) -> ReportDocument:
    """A report whose every text could be taken for markup, with nulls everywhere, twelve columns and many rows."""
    text = " ".join(NASTY)
    columns = tuple(
        Column(key=f"c{place}", heading=NASTY[place % len(NASTY)] or "blank", kind=kind, missing=NASTY[place])
        for place, kind in enumerate(
            (
                ColumnKind.TEXT, ColumnKind.COUNT, ColumnKind.NUMBER, ColumnKind.SHARE, ColumnKind.DAY, ColumnKind.TEXT, ColumnKind.TEXT,
                ColumnKind.TEXT, ColumnKind.SHARE, ColumnKind.COUNT, ColumnKind.DAY, ColumnKind.TEXT,
            )
        )
    )  # fmt: skip
    rows = tuple(
        (
            NASTY[place % len(NASTY)],
            *(
                (None,) * 11
                if place % 2
                else (
                    place, float("nan"), 0.5, AS_OF, NASTY[place * 3 % len(NASTY)], place, True, 1.0, -place * 10**6, None, "x" * 90,
                )
            ),
        )
        for place in range(height)
    )  # fmt: skip
    table = ReportTable(
        table_id="nasty",
        title=text,
        columns=columns,
        rows=rows,
        of_rows=10**6,
        where_all="`" + text,
        notes=NASTY,
        is_folded=True,
    )
    twin = ReportTable(table_id="Nasty", title="", columns=columns[:1], rows=((None,), ("=2+2",)))
    last = ReportTable(table_id="a[b]:*?/\\ 'and a name longer than a sheet'", title="x", columns=(), rows=((), ()))
    none = LineSeries(name=NASTY[0], days=(AS_OF,), values=(None,))
    one = LineSeries(name=NASTY[11], days=(AS_OF,), values=(0.5,), low=(None,), high=(0.7,))
    wild = LineSeries(
        name=NASTY[12],
        days=(AS_OF, AS_OF + timedelta(days=400)),
        values=(-4.0, float("nan")),
        low=(-9.0, None),
        high=(1e9, None),
    )
    level = LineSeries(name="", days=(AS_OF, AS_OF + timedelta(days=1)), values=(3.0, 3.0), is_expected=True)
    charts = (
        LineChart(chart_id="no-series", title=text, told=text, table_id="nasty", series=()),
        LineChart(chart_id="all-null", title=text, told=text, table_id="nasty", series=(none,), target=(NASTY[0], 0.9)),
        LineChart(chart_id="one-point", title=text, told=text, table_id="nasty", series=(one,)),
        LineChart(
            chart_id="wild",
            title=text,
            told=text,
            table_id="nasty",
            series=(none, one, wild, level),
            unit=ColumnKind.NUMBER,
        ),
        LineChart(chart_id="level", title="", told="", table_id="nasty", series=(level,) * 9, from_zero=False),
        BarChart(
            chart_id="bars",
            title=text,
            told=text,
            table_id="nasty",
            parts=tuple((f"p{place}", name) for place, name in enumerate(NASTY[:8])),
            rows=tuple(
                (name, {"p0": place, "p3": None, "p7": place / 3, "other": 7}) for place, name in enumerate(NASTY)
            ),
            ranges={NASTY[0]: (-5.0, 3.0), NASTY[3]: (float("nan"), 9.0)},
        ),
        BarChart(chart_id="no-rows", title="", told="", table_id="nasty", parts=(), rows=(), as_whole=True),
        BarChart(
            chart_id="below",
            title="",
            told="",
            table_id="nasty",
            parts=(("p", "p"),),
            rows=(("minus", {"p": -3.0}), ("none", {"p": float("nan")})),
            palette="no such palette",
        ),
        TileMap(chart_id="no-tiles", title=text, told=text, table_id="nasty", tiles=(), states=()),
        TileMap(
            chart_id="tiles",
            title=text,
            told=text,
            table_id="nasty",
            tiles=tuple(
                Tile(name=name, short=name[:5], column=place % 4, row=place // 4, state=f"s{place % 9}")
                for place, name in enumerate(NASTY)
            ),
            states=tuple((f"s{place}", NASTY[place]) for place in range(8)),
        ),
    )
    heads = tuple(Headline(label=name, value=name, basis=name, change=name) for name in NASTY[:6])
    return ReportDocument(
        title=text,
        subtitle=text,
        as_of=AS_OF,
        facts=tuple((name, name) for name in NASTY),
        summary=NASTY,
        headlines=heads,
        warnings=NASTY,
        sections=(
            Section(
                section_id="<b>",
                heading=text,
                paragraphs=NASTY,
                headlines=heads,
                charts=charts,
                tables=(table, twin, last),
                notes=NASTY,
            ),
            Section(section_id="two words", heading=""),
        ),
        language="en",
    )
