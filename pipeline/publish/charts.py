"""The two charts of the night's report, as inline SVG.

Drawn without a browser and without a network; the drawing library is imported only when a chart is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from pipeline.publish.wording import BANDS, FAMILIES, SEVERITIES, family_of, kind_words, number
from schemas.night import CenterFacts, NightFacts
from schemas.rules import rule_catalogue

#: Colors that stay apart for every kind of color vision, dark enough beside white; words stand beside them always.
SEVERITY_COLORS = {"error": "#9B2226", "warning": "#E69F00", "info": "#8FB8DE"}
BAND_COLORS = {"current": "#1B4F8A", "due": "#7FB2DB", "overdue": "#F2B35C", "stale": "#B5541C", "never": "#9A9A9A"}

_WIDTH = 270
_BAR = 30
_FONT = "Helvetica, Arial, sans-serif"
_INK = "#1A1A1A"


def findings_by_family(night: NightFacts) -> list[tuple[str, dict[str, int]]]:
    """Return findings by rule family and severity, largest family first; families without a finding are left out.

    Where a center's findings were not counted by rule and severity together, the catalogue's severity of the rule stands in,
    as long as the sums agree with the center's counts by severity. Otherwise the severity of the family is `unknown`.
    """
    table: dict[str, Counter[str]] = {}
    for center in night.centers:
        for rule_id, counts in _by_rule_and_severity(center).items():
            table.setdefault(family_of(rule_id), Counter()).update(counts)
    rows = [(FAMILIES.get(family, family), dict(counts)) for family, counts in table.items() if counts.total()]
    return sorted(rows, key=lambda row: (-sum(row[1].values()), row[0]))


def bands_by_kind(night: NightFacts) -> list[tuple[str, dict[str, int]]]:
    """Return counted records by kind and freshness band; kinds without a record are left out."""
    kinds = list(dict.fromkeys(row.kind for row in night.freshness.bands))
    table = {
        kind: {
            band: sum(row.count for row in night.freshness.bands if (row.kind, row.band) == (kind, band))
            for band in BANDS
        }
        for kind in kinds
    }
    return [(kind_words(kind).capitalize(), counts) for kind, counts in table.items() if sum(counts.values())]


def findings_chart(night: NightFacts) -> str:
    """Return a bar chart of findings by family and severity as SVG; empty text when there is nothing to draw."""
    rows = findings_by_family(night)
    names = {**SEVERITIES, "unknown": "findings"}
    colors = {**SEVERITY_COLORS, "unknown": "#6B7785"}
    used = [severity for severity in names if any(counts.get(severity) for _, counts in rows)]
    return _stacked_bars(
        rows,
        parts={severity: names[severity] for severity in used},
        colors=colors,
        title="Open findings by family of rules and severity",
        is_share=False,
    )


def bands_chart(night: NightFacts) -> str:
    """Return a chart of freshness bands by record kind, each bar filling 100 %, as SVG; empty text without records."""
    return _stacked_bars(
        bands_by_kind(night),
        parts=BANDS,
        colors=BAND_COLORS,
        title="Share of counted records in each freshness band, by kind",
        is_share=True,
    )


def _by_rule_and_severity(center: CenterFacts) -> Mapping[str, Mapping[str, int]]:
    if center.findings_by_rule_and_severity:
        return center.findings_by_rule_and_severity
    catalogue = rule_catalogue()
    severities = {
        rule: str(catalogue[rule].severity) if rule in catalogue else "unknown" for rule in center.findings_by_rule
    }
    sums: Counter[str] = Counter()
    for rule, count in center.findings_by_rule.items():
        sums[severities[rule]] += count
    agrees = all(sums[severity] == center.findings.get(severity, 0) for severity in SEVERITIES)
    return {rule: {severities[rule] if agrees else "unknown": count} for rule, count in center.findings_by_rule.items()}


def _stacked_bars(
    rows: Sequence[tuple[str, dict[str, int]]],
    *,
    parts: Mapping[str, str],
    colors: Mapping[str, str],
    title: str,
    is_share: bool,
) -> str:
    """Draw one bar per row, split into parts; the total of the row stands at its end."""
    if not rows:
        return ""
    import altair
    import vl_convert

    order = list(parts.values())
    values = [
        {"row": name, "part": parts[part], "place": place, "count": counts.get(part, 0), "total": sum(counts.values())}
        for name, counts in rows
        for place, part in enumerate(parts)
    ]
    totals = [
        {"row": name, "total": sum(counts.values()), "words": number(sum(counts.values()))} for name, counts in rows
    ]
    names = [name for name, _ in rows]
    y = altair.Y(
        "row:N", sort=names, title=None, axis=altair.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=150)
    )
    x = altair.X(
        "count:Q",
        title=None,
        stack="normalize" if is_share else "zero",
        axis=altair.Axis(format="%" if is_share else ",d", tickCount=4, gridColor="#E3E6E8", domain=False, ticks=False),
    )
    color = altair.Color(
        "part:N",
        sort=order,
        scale=altair.Scale(domain=order, range=[colors[part] for part in parts]),
        legend=altair.Legend(
            title=None,
            orient="top",
            direction="horizontal",
            columns=3,
            symbolType="square",
            columnPadding=12,
            rowPadding=3,
        ),
    )
    bars = (
        altair.Chart(altair.InlineData(values=values))
        .mark_bar(height=_BAR - 12, stroke="white", strokeWidth=1)
        .encode(x=x, y=y, color=color, order=altair.Order("place:Q"))
    )
    layers = [bars]
    if not is_share:
        ends = (
            altair.Chart(altair.InlineData(values=totals))
            .mark_text(align="left", dx=5, color=_INK)
            .encode(x=altair.X("total:Q"), y=y, text="words:N")
        )
        layers.append(ends)
    chart = (
        altair.layer(*layers)
        .properties(width=_WIDTH, height=_BAR * len(rows))
        .configure(
            font=_FONT, aria=False, background="transparent", padding={"left": 0, "top": 0, "right": 44, "bottom": 0}
        )
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor=_INK)
        .configure_legend(labelFontSize=13, labelColor=_INK, offset=10)
        .configure_text(fontSize=13)
    )
    return _accessible(vl_convert.vegalite_to_svg(chart.to_dict()), title=title, rows=rows, parts=parts)


def _accessible(svg: str, *, title: str, rows: Sequence[tuple[str, dict[str, int]]], parts: Mapping[str, str]) -> str:
    """Return the drawing with a name and a description, ids of its own, and no fixed size."""
    name = "chart-" + re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
    told = "; ".join(
        f"{row}: " + ", ".join(f"{number(counts.get(part, 0))} {words}" for part, words in parts.items())
        for row, counts in rows
    )
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()  # type: ignore[union-attr]
    body = svg[svg.index(">") + 1 :]
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    head = (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-text" viewBox="0 0 {width} {height}" '
        f'width="{float(width):.0f}" height="{float(height):.0f}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-text">{escape(told)}</desc>'
    )
    return head + body
