"""What the drawings of all kinds of charts have in common: their sizes, and a legend that wraps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.publish.chart_scales import cut_text, text_width

#: Patterns over a color, so that parts stand apart without it. The first part has none.
PATTERNS = ("", "slash", "dots", "back", "level", "cross")


@dataclass(frozen=True, kw_only=True)
class Size:
    """For how much room a chart is drawn.

    Args:
        name: `wide` or `narrow`.
        width: Units of the drawing, which are pixels where it is not shrunk.
        height: Height of the field of a line chart.
        text: Size of the type.
    """

    name: str
    width: float
    height: float
    text: float

    @property
    def is_narrow(self) -> bool:
        """Whether names stand above what they name, for want of room beside it."""
        return self.name == "narrow"


WIDE = Size(name="wide", width=720.0, height=270.0, text=13.0)
NARROW = Size(name="narrow", width=300.0, height=200.0, text=12.0)


@dataclass(frozen=True, kw_only=True)
class LegendItem:
    """One entry of a legend: where it stands, and what its sample looks like."""

    x: float
    y: float
    text: str
    full: str
    color: str
    sample: str
    pattern: str = ""
    marker: str = ""


def pattern_of(place: int) -> str:
    """Return the pattern of the part in a place; where the colors begin again, the patterns move on by one."""
    return PATTERNS[(place + place // len(PATTERNS)) % len(PATTERNS)]


def lay_legend(
    items: Sequence[tuple[str, str, str, str, str]], *, size: Size, sample: float
) -> tuple[tuple[LegendItem, ...], float]:
    """Lay entries out in lines from left to right.

    Args:
        items: Text, color, kind of sample, pattern and marker of each.
        size: Size of the chart.
        sample: Width of the sample before the text.

    Returns:
        The entries, and the height that they take with the space below them; nothing and 0 without entries.
    """
    line_height, gap = size.text * 1.6, 18.0
    laid = []
    x, y = 0.0, size.text * 0.8
    for text, color, kind, pattern, marker in items:
        shown = cut_text(text, size=size.text, room=size.width - sample - 8)
        width = sample + 7 + text_width(shown, size=size.text)
        if x and x + width > size.width:
            x, y = 0.0, y + line_height
        laid.append(
            LegendItem(
                x=round(x, 1),
                y=round(y, 1),
                text=shown,
                full=text,
                color=color,
                sample=kind,
                pattern=pattern,
                marker=marker,
            )
        )
        x += width + gap
    return tuple(laid), (y + line_height if laid else 0.0)
