"""Registered domains: what is left of a host under the public suffix list, without platforms and mail providers.

The list that travels with tldextract is used; nothing is fetched and nothing is written to disk.
"""

from __future__ import annotations

from functools import cache

import polars as pl
import tldextract

from schemas.match_parameters import SharedHosts

_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def own_domains(hosts: pl.Series, *, shared: SharedHosts) -> pl.DataFrame:
    """Return the own domain of each distinct host.

    Args:
        hosts: Hosts or URLs or the part of an e-mail address behind the `@`; nulls are passed over.
        shared: Platforms and mail providers, whose domains are nobody's own.

    Returns:
        `host` and `domain`, one row per distinct host; `domain` is null when the host has no own domain. Under a top-level domain
        that the list does not know, the domain is the last two labels.

    >>> own_domains(pl.Series(["www.food.example.org", "facebook.com"]), shared=SharedHosts()).rows()
    [('facebook.com', None), ('www.food.example.org', 'example.org')]
    """
    distinct = hosts.drop_nulls().unique().sort().to_frame("host")
    plain = _plain_domains(distinct)
    hard = plain.filter(pl.col("domain").is_null())["host"]
    read = pl.DataFrame(
        {"host": hard, "read": [_read_domain(host) for host in hard]}, schema={"host": pl.String, "read": pl.String}
    )
    refused = [*shared.platforms, *shared.free_mail]
    return (
        plain.join(read, on="host", how="left", maintain_order="left")
        .with_columns(domain=pl.coalesce("domain", "read"))
        .select("host", domain=pl.when(~pl.col("domain").is_in(refused)).then("domain"))
    )


def _plain_domains(hosts: pl.DataFrame) -> pl.DataFrame:
    """Add `domain` for hosts of two labels, `www.` not counted, under one top-level domain; null where the list must be asked.

    Nearly all hosts are of this kind, and the rules of the list leave no doubt about them; asked one by one they take longest.
    """
    bare = pl.col("host").str.to_lowercase().str.strip_prefix("www.")
    suffixes = _suffixes()
    top = bare.str.extract(r"^[a-z0-9][a-z0-9-]*\.([a-z]+)$", 1)
    is_plain = top.is_not_null() & ~bare.is_in(suffixes) & ~pl.concat_str(pl.lit("*."), top).is_in(suffixes)
    return hosts.with_columns(domain=pl.when(is_plain).then(bare))


@cache
def _suffixes() -> pl.Series:
    return pl.Series(_extract.tlds, dtype=pl.String).unique().implode()


def _read_domain(host: str) -> str | None:
    split = _extract(host)
    if split.suffix:
        return split.top_domain_under_public_suffix or None
    labels = [label for label in (*split.subdomain.split("."), split.domain) if label]
    return ".".join(labels[-2:]).lower() if len(labels) > 1 and labels[-1].isalpha() else None
