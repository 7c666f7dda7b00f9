"""The two charts of the night's report: stacked bars, one per row, laid out here and drawn by a template as inline SVG.

Bars need no drawing library (docs/decisions/0004-charts.md). Every chart has a name, its numbers in words for those who hear the
page, and a table beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.publish.wording import BANDS, FAMILIES, KINDS, SEVERITIES, family_of, kind_words, number, severity_words
from schemas.night import CenterFacts, NightFacts
from schemas.rules import rule_catalogue

#: Colors that stay apart for every kind of color vision; the legend and the table name what they mean. The second color is
#: that of text on the first.
SEVERITY_COLORS = {"error": ("#9B2226", "#FFFFFF"), "warning": ("#E69F00", "#1A1A1A"), "info": ("#8FB8DE", "#1A1A1A")}
BAND_COLORS = {
    "current": ("#1B4F8A", "#FFFFFF"),
    "due": ("#7FB2DB", "#1A1A1A"),
    "overdue": ("#F2B35C", "#1A1A1A"),
    "stale": ("#A94A16", "#FFFFFF"),
    "never": ("#8A8A8A", "#1A1A1A"),
}
_UNKNOWN_COLOR = ("#5F6B78", "#FFFFFF")

#: Layout in pixels of the drawing, which shrinks with the page: names, bars, totals; height of a row and of its bar.
_NAMES, _BARS, _TOTALS, _ROW, _BAR = 108.0, 250.0, 56.0, 30.0, 19.0
#: Narrowest part that gets its number written inside, and width of a character of that number.
_INSIDE, _CHARACTER = 8.0, 7.2


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a bar: where it lies, its colors, and the number written inside when there is room."""

    left: float
    width: float
    color: str
    ink: str
    text: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row: its name, its parts and what stands behind it."""

    name: str
    top: float
    parts: tuple[Part, ...]
    end: float
    total: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart laid out: everything that the template draws."""

    name: str
    title: str
    told: str
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    width: float
    height: float
    left: float = _NAMES
    row: float = _ROW
    bar: float = _BAR


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
    delivered = {row.kind for row in night.freshness.bands}
    kinds = [kind for kind in KINDS if kind in delivered]
    table = {
        kind: {
            band: sum(row.count for row in night.freshness.bands if (row.kind, row.band) == (kind, band))
            for band in BANDS
        }
        for kind in kinds
    }
    return [(kind_words(kind).capitalize(), counts) for kind, counts in table.items() if sum(counts.values())]


def findings_chart(night: NightFacts) -> Chart | None:
    """Return bars of findings by family and severity; None when there is nothing to draw."""
    rows = findings_by_family(night)
    names = {**SEVERITIES, "unknown": "findings"}
    used = [severity for severity in names if any(counts.get(severity) for _, counts in rows)]
    return _stacked_bars(
        rows,
        parts={severity: names[severity] for severity in used},
        colors={**SEVERITY_COLORS, "unknown": _UNKNOWN_COLOR},
        name="chart-findings",
        title="Open findings by family of rules and severity",
        is_share=False,
    )


def bands_chart(night: NightFacts) -> Chart | None:
    """Return bars of freshness bands by record kind, each filling 100 %; None without records."""
    return _stacked_bars(
        bands_by_kind(night),
        parts=BANDS,
        colors=BAND_COLORS,
        name="chart-bands",
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
    colors: Mapping[str, tuple[str, str]],
    name: str,
    title: str,
    is_share: bool,
) -> Chart | None:
    """Lay out one bar per row, split into parts; the total of the row stands behind it."""
    if not rows:
        return None
    longest = max(sum(counts.values()) for _, counts in rows)
    bars = []
    for place, (row, counts) in enumerate(rows):
        total = sum(counts.values())
        pixels = _BARS / (total if is_share else longest)
        drawn = _parts(counts, parts=parts, colors=colors, pixels=pixels, total=total, is_share=is_share)
        end = drawn[-1].left + drawn[-1].width if drawn else _NAMES
        bars.append(Bar(name=row, top=place * _ROW, parts=drawn, end=round(end, 1), total=number(total)))
    told = "; ".join(
        f"{row}: "
        + ", ".join(
            f"{number(counts.get(part, 0))} {severity_words(counts.get(part, 0), words)}"
            for part, words in parts.items()
        )
        for row, counts in rows
    )
    return Chart(
        name=name,
        title=title,
        told=told,
        legend=tuple((words, colors[part][0]) for part, words in parts.items()),
        bars=tuple(bars),
        width=_NAMES + _BARS + _TOTALS,
        height=len(rows) * _ROW,
    )


def _parts(
    counts: Mapping[str, int],
    *,
    parts: Mapping[str, str],
    colors: Mapping[str, tuple[str, str]],
    pixels: float,
    total: int,
    is_share: bool,
) -> tuple[Part, ...]:
    """Lay out the parts of one bar from left to right."""
    drawn = []
    left = _NAMES
    for part, words in parts.items():
        count = counts.get(part, 0)
        if not count:
            continue
        width = count * pixels
        text = f"{100 * count / total:.0f} %" if is_share else number(count)
        has_room = width >= len(text) * _CHARACTER + _INSIDE
        color, ink = colors[part]
        drawn.append(
            Part(
                left=round(left, 1),
                width=round(width, 1),
                color=color,
                ink=ink,
                text=text if has_room else "",
                name=f"{words}: {number(count)}",
            )
        )
        left += width
    return tuple(drawn)
