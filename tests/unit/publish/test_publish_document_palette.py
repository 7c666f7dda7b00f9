"""Every color of a report keeps its contrast by day and by night: the accessibility checker cannot tell inside of drawings."""

from __future__ import annotations

import pytest

from pipeline.publish.document_palette import DARK, LIGHT, PALETTES, color_of

_PARTS = sorted({color for palette in PALETTES.values() for color in palette})
_TEXT, _SHAPE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def luminance(color: str) -> float:
    """Relative luminance of a color (WCAG 2.2)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "soft", "mark", "urgent"])
def test_text_is_read_on_the_page(palette, text) -> None:
    assert contrast(palette[text], palette["ground"]) >= _TEXT
    assert contrast(palette["ink"], palette["warn-wash"]) >= _TEXT


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("part", _PARTS)
def test_parts_are_read_and_stand_apart(palette, part) -> None:
    """The number inside a part is text; the line round it is what tells it from the ground."""
    assert contrast(palette[f"{part}-ink"], palette[part]) >= _TEXT
    assert contrast(palette[f"{part}-edge"], palette["ground"]) >= _SHAPE


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("line", [*PALETTES["plain"], "rule", "warn-edge"])
def test_lines_are_seen(palette, line) -> None:
    assert contrast(palette[line], palette["ground"]) >= _SHAPE


def test_both_palettes_name_the_same_colors() -> None:
    assert set(LIGHT) == set(DARK)
    assert {f"{part}{ending}" for part in _PARTS for ending in ("", "-ink", "-edge")} <= set(LIGHT)


def test_colors_begin_again_and_an_unknown_palette_is_plain() -> None:
    assert color_of(3, "severity") == color_of(0, "severity") == "error"
    assert color_of(0, "sunset") == color_of(0, "plain")
