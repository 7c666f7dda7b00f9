"""The colors of reports, by day and by night: each is named once here, and every text and line keeps its contrast in both."""

from __future__ import annotations

from collections.abc import Mapping

#: Name of each color by what it is for. `s0` to `s5` are lines and plain parts, `error` to `info` severities, `b0` to `b5` bands and
#: states from good to bad; `…-ink` is what is written on it, `…-edge` the line round it, which stands apart from the ground where the
#: color itself is too light to.
LIGHT: Mapping[str, str] = {
    "ground": "#ffffff",
    "ink": "#1a1a1a",
    "soft": "#565d66",
    "line": "#d9dde1",
    "rule": "#868f98",
    "wash": "#f4f6f8",
    "mark": "#1b4f8a",
    "urgent": "#9b2226",
    "warn-wash": "#fdf4e3",
    "warn-edge": "#b35c00",
    "s0": "#1b4f8a", "s0-ink": "#ffffff", "s0-edge": "#1b4f8a",
    "s1": "#a94a16", "s1-ink": "#ffffff", "s1-edge": "#a94a16",
    "s2": "#20715a", "s2-ink": "#ffffff", "s2-edge": "#20715a",
    "s3": "#6a4a9c", "s3-ink": "#ffffff", "s3-edge": "#6a4a9c",
    "s4": "#5f6b78", "s4-ink": "#ffffff", "s4-edge": "#5f6b78",
    "s5": "#8a6100", "s5-ink": "#ffffff", "s5-edge": "#8a6100",
    "error": "#9b2226", "error-ink": "#ffffff", "error-edge": "#9b2226",
    "warning": "#e69f00", "warning-ink": "#1a1a1a", "warning-edge": "#a87400",
    "info": "#8fb8de", "info-ink": "#1a1a1a", "info-edge": "#4f86b8",
    "b0": "#1b4f8a", "b0-ink": "#ffffff", "b0-edge": "#1b4f8a",
    "b1": "#7fb2db", "b1-ink": "#1a1a1a", "b1-edge": "#4580ae",
    "b2": "#f2b35c", "b2-ink": "#1a1a1a", "b2-edge": "#b1731a",
    "b3": "#a94a16", "b3-ink": "#ffffff", "b3-edge": "#a94a16",
    "b4": "#d5d9dd", "b4-ink": "#1a1a1a", "b4-edge": "#7a838c",
    "b5": "#6a4a9c", "b5-ink": "#ffffff", "b5-edge": "#6a4a9c",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "ground": "#14181d",
    "ink": "#e8eaed",
    "soft": "#aab2bb",
    "line": "#343c45",
    "rule": "#7d8792",
    "wash": "#1d232a",
    "mark": "#8db9ea",
    "urgent": "#f0a19d",
    "warn-wash": "#2b2415",
    "warn-edge": "#e69f00",
    "s0": "#8db9ea", "s0-ink": "#14181d", "s0-edge": "#8db9ea",
    "s1": "#f0a070", "s1-ink": "#14181d", "s1-edge": "#f0a070",
    "s2": "#77c9a8", "s2-ink": "#14181d", "s2-edge": "#77c9a8",
    "s3": "#c4a8ee", "s3-ink": "#14181d", "s3-edge": "#c4a8ee",
    "s4": "#b4bdc7", "s4-ink": "#14181d", "s4-edge": "#b4bdc7",
    "s5": "#dcc25e", "s5-ink": "#14181d", "s5-edge": "#dcc25e",
    "error": "#f08f8b", "error-ink": "#14181d", "error-edge": "#f08f8b",
    "warning": "#e69f00", "warning-ink": "#14181d", "warning-edge": "#e69f00",
    "info": "#8fb8de", "info-ink": "#14181d", "info-edge": "#8fb8de",
    "b0": "#5f9bdc", "b0-ink": "#14181d", "b0-edge": "#5f9bdc",
    "b1": "#b3d4f0", "b1-ink": "#14181d", "b1-edge": "#b3d4f0",
    "b2": "#f2b35c", "b2-ink": "#14181d", "b2-edge": "#f2b35c",
    "b3": "#de7a42", "b3-ink": "#14181d", "b3-edge": "#de7a42",
    "b4": "#4a535d", "b4-ink": "#ffffff", "b4-edge": "#8f99a4",
    "b5": "#c4a8ee", "b5-ink": "#14181d", "b5-edge": "#c4a8ee",
}  # fmt: skip

_SERIES = ("s0", "s1", "s2", "s3", "s4", "s5")
_BANDS = ("b0", "b1", "b2", "b3", "b4", "b5")
#: Colors of the parts of bars by the name of their palette; after the last one they begin again.
PALETTES: Mapping[str, tuple[str, ...]] = {"plain": _SERIES, "severity": ("error", "warning", "info"), "bands": _BANDS}


def color_of(place: int, palette: str) -> str:
    """Return the name of the color of the part in a place; a palette that is not known counts as `plain`."""
    names = PALETTES.get(palette, _SERIES)
    return names[place % len(names)]
