"""Website cells: an address with scheme for display and export, and the host for comparison."""

from __future__ import annotations

import polars as pl

# Letters beyond ASCII are taken as they come: naming them by class makes the pattern slow to build.
_WORD = r"[A-Za-z0-9_\x{80}-\x{10FFFF}]"
_HOST = rf"(?:{_WORD}(?:[A-Za-z0-9_\x{{80}}-\x{{10FFFF}}-]*{_WORD})?\.)+(?:[A-Za-z\x{{80}}-\x{{10FFFF}}]{{2,63}}|xn--[A-Za-z0-9-]+)"
_ADDRESS = rf"(?i)^(?:(https?)://)?({_HOST})\.?(:[0-9]{{1,5}})?([/?#][^\s<>\"\\^`]*)?$"
_HOST_ONLY = rf"(?i)^(?:https?://)?({_HOST})\.?(?::[0-9]{{1,5}})?(?:[/?#].*)?$"
_NEXT_ADDRESS = rf"(?i)(?:\s*[,;]\s*|\s+(?:or|and|&)\s+|\s+)(?:https?://|www\.){_HOST}.*$"


def read_websites(values: pl.Series) -> pl.DataFrame:
    """Return the website of each cell.

    Args:
        values: Website cells, trimmed.

    Returns:
        One row per cell: `url` (the first when there are several; `https://` added when no scheme was written; null when the
        cell is no web address), `url_domain_key` (host in lower case without `www.`) and `has_several`.

    >>> read_websites(pl.Series(["www.Example.org", "HTTP:// example.org/a b", "x@example.org", "a.org, www.b.org"])).rows()
    [('https://www.example.org', 'example.org', False), (None, 'example.org', False), (None, None, False), ('https://a.org', 'a.org', True)]
    """
    joined = values.str.replace(r"(?i)^(https?:)\s*/\s*/\s*", "$1//")
    first = joined.str.replace(_NEXT_ADDRESS, "")
    parts = first.str.extract_groups(_ADDRESS).struct.unnest()
    parts.columns = ["scheme", "host", "port", "path"]
    host = parts["host"].str.to_lowercase()
    # Bars and braces are not allowed in an address but browsers accept them, and content systems wrote them.
    path = parts["path"].fill_null("").str.replace_many(["|", "{", "}"], ["%7C", "%7B", "%7D"])
    key = first.str.extract(_HOST_ONLY, 1).str.to_lowercase().str.replace(r"^(?:www\.)+(.+\..+)$", "$1")
    scheme = parts["scheme"].str.to_lowercase().fill_null("https")
    return pl.select(
        pl.format("{}://{}{}{}", scheme, host, parts["port"].fill_null(""), path).alias("url"),
        key.alias("url_domain_key"),
        ((first != joined) & host.is_not_null()).fill_null(value=False).alias("has_several"),
    )
