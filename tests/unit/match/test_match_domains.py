"""Own domains: what is left of a host when platforms and public suffixes are taken away."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.match.domains import _read_domain, own_domains
from schemas.match_parameters import SharedHosts

PLAIN = ("pantry.org", "www.pantry.org", "food-bank.com", "a.gov", "xn--caf-dma.com")


def domain(host: str) -> str | None:
    return own_domains(pl.Series([host]), shared=SharedHosts())["domain"].item()


@pytest.mark.parametrize("host", PLAIN)
def test_plain_hosts_are_read_as_the_list_reads_them(host: str) -> None:
    """The quick way must never say anything else than the public suffix list."""
    assert domain(host) == _read_domain(host)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("mail.pantry.co.uk", "pantry.co.uk"),
        ("chicago.il.us", "chicago.il.us"),
        ("il.us", None),  # a public suffix is nobody's
        ("pantry.blogspot.com", "pantry.blogspot.com"),
        ("blogspot.com", None),
        ("facebook.com", None),
        ("gmail.com", None),
        ("www.pantry.example", "pantry.example"),  # a top-level domain that the list does not know
        ("mail.pantry.example", "pantry.example"),
        ("localhost", None),
        ("10.0.0.1", None),
        ("WWW.Pantry.ORG", "pantry.org"),
    ],
)
def test_a_domain_is_what_its_owner_registered(host: str, own: str | None) -> None:
    """Two agencies on one platform share nothing; two hosts of one domain share their owner."""
    assert domain(host) == own
