"""E-mail cells: one address each, or several, or something else."""

from __future__ import annotations

import polars as pl

_ADDRESS = r"([^\s@<>,;:()\"\[\]]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63})"
_BETWEEN = r"^(?:(?i:mailto:|e-?mail:)\s*)?"


def read_emails(values: pl.Series) -> pl.DataFrame:
    """Return the e-mail address of each cell.

    Args:
        values: E-mail cells, trimmed.

    Returns:
        One row per cell: `email` (the first when the cell holds nothing but addresses; domain in lower case; null when the
        cell is no address) and `has_several`.

    >>> read_emails(pl.Series(["Info@Example.ORG", "mailto:a@example.org; b@example.org", "ask a@example.org", None])).rows()
    [('Info@example.org', False), ('a@example.org', True), (None, False), (None, False)]
    """
    pattern = rf"{_BETWEEN}<?{_ADDRESS}>?(\s*(?:[,;/]|\s|\bor\b|\band\b)\s*<?{_ADDRESS[1:-1]}>?)*[\s.,;]*$"
    groups = values.str.extract_groups(pattern).struct.unnest()
    groups.columns = ["first", "further"]
    local = groups["first"].str.extract(r"^(.*)@", 1)
    domain = groups["first"].str.extract(r"@([^@]*)$", 1).str.to_lowercase()
    return pl.select(
        pl.format("{}@{}", local, domain).alias("email"),
        (groups["further"].is_not_null() & groups["first"].is_not_null()).alias("has_several"),
    )
