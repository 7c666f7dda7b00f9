"""Registered domains: what is left of a host under the public suffix list, without platforms and mail providers.

The list that travels with tldextract is used; nothing is fetched and nothing is written to disk.
"""

from __future__ import annotations

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
        `host` and `domain`, one row per distinct host; `domain` is null when the host has no own domain.

    >>> own_domains(pl.Series(["www.food.example.org", "facebook.com"]), shared=SharedHosts()).rows()
    [('facebook.com', None), ('www.food.example.org', 'example.org')]
    """
    distinct = hosts.drop_nulls().unique().sort()
    refused = {*shared.platforms, *shared.free_mail}
    found = [_extract(host).top_domain_under_public_suffix or None for host in distinct]
    return pl.DataFrame(
        {"host": distinct, "domain": [None if domain in refused else domain for domain in found]},
        schema={"host": pl.String, "domain": pl.String},
    )
