"""Draws by hash."""

from __future__ import annotations

import hashlib
from collections import Counter

from pipeline.synthesize.draws import Draws


def test_first_draw_is_the_remainder_of_the_digest() -> None:
    """Invented data would change with the Python version if draws came from anywhere but the hash."""
    digest = int.from_bytes(hashlib.sha256(b"seed|agency|7#0").digest(), "big")
    draws = Draws("seed", "agency", 7)
    assert draws.below(1000) == digest % 1000
    assert draws.below(10) == digest // 1000 % 10


def test_draws_spread_evenly() -> None:
    """A lopsided draw would leave kinds of agencies or faults out of large directories."""
    draws = Draws("spread")
    counts = Counter(draws.below(7) for _ in range(7000))
    assert set(counts) == set(range(7))
    assert all(850 < count < 1150 for count in counts.values())


def test_weighted_draw_keeps_to_its_weights() -> None:
    """The share of records verified in time would be off if weights were not kept."""
    draws = Draws("weights")
    counts = Counter(draws.weighted((70, 0, 30)) for _ in range(4000))
    assert counts[1] == 0
    assert 0.66 < counts[0] / 4000 < 0.74


def test_shuffled_loses_nothing() -> None:
    """A service or sentence lost while shuffling would make agencies poorer than asked for."""
    assert sorted(Draws("s").shuffled(range(20))) == list(range(20))
