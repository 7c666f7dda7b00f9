"""Figures in text cells: coordinates, ages, years, employer numbers."""

from __future__ import annotations

import polars as pl


def read_coordinates(values: pl.Series) -> pl.Series:
    """Return decimal degrees; null when blank, unreadable or 0 (the "not known" of mapping tools).

    >>> read_coordinates(pl.Series(["38.9", " -77.03 ", "0.000000", "38° N", None])).to_list()
    [38.9, -77.03, None, None, None]
    """
    degrees = read_figures(values)
    return pl.select(pl.when(degrees != 0).then(degrees)).to_series().alias(values.name)


def read_figures(values: pl.Series) -> pl.Series:
    """Return plain decimal figures; null when the text is no figure.

    >>> read_figures(pl.Series(["18", "-1", "18+", "nan"])).to_list()
    [18.0, -1.0, None, None]
    """
    trimmed = values.str.strip_chars()
    is_plain = trimmed.str.contains(r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")
    figures = pl.select(pl.when(is_plain).then(trimmed)).to_series().cast(pl.Float64, strict=False)
    return figures.alias(values.name)


def read_years(values: pl.Series) -> pl.Series:
    """Return the year of cells that hold a year or a day beginning with one.

    >>> read_years(pl.Series(["1978", "1978-01-01", "1978.0", "c. 1978", None])).to_list()
    [1978, 1978, 1978, None, None]
    """
    year = values.str.strip_chars().str.extract(r"^([0-9]{4})(?:\.0+|-[0-9]{1,2}(?:-[0-9]{1,2}.*)?)?$", 1)
    return year.cast(pl.Int64).alias(values.name)


def read_eins(values: pl.Series) -> pl.Series:
    """Return federal employer numbers as NN-NNNNNNN; null when the text cannot be one.

    >>> read_eins(pl.Series(["360000001", "36-0000001", "36 0000001", "00-0000000", "n/a"])).to_list()
    ['36-0000001', '36-0000001', '36-0000001', None, None]
    """
    parts = values.str.strip_chars().str.extract_groups(r"^([0-9]{2})[- ]?([0-9]{7})$").struct.unnest()
    parts.columns = ["prefix", "serial"]
    # 00 was never given out as a prefix; it is how forms write "none".
    return (
        pl.select(pl.when(parts["prefix"] != "00").then(pl.format("{}-{}", parts["prefix"], parts["serial"])))
        .to_series()
        .alias(values.name)
    )
