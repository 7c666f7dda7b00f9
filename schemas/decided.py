"""Pairs of records that people have decided about, in the form in which matching obeys them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

#: (center id, record uid) of a record.
Key = tuple[str, str]
#: Two keys, sorted.
Pair = tuple[Key, Key]
#: What is compared of one record: by field, each value in comparison form with the text that may be shown.
Values = Mapping[str, Mapping[str, str]]

#: Columns that name the two records of a pair.
PAIR_SIDES: tuple[str, ...] = ("center_id_a", "uid_a", "center_id_b", "uid_b")


def pairs_frame(pairs: Iterable[Pair]) -> pl.DataFrame:
    """Return pairs as a frame with the columns `PAIR_SIDES`."""
    return pl.DataFrame(
        [(*first, *second) for first, second in pairs], schema=dict.fromkeys(PAIR_SIDES, pl.String), orient="row"
    )


def _nothing() -> pl.DataFrame:
    return pairs_frame([])


@dataclass(frozen=True, kw_only=True)
class DecidedPairs:
    """Verdicts in force, pair by pair. Every frame has the columns `PAIR_SIDES`; implied pairs need not be named.

    Attributes:
        same: Pairs that are one agency: they end in one group, whatever their score.
        different: Pairs that are two: they never do.
        open_question: Pairs about which people are unsure or at odds: no link of its own, however high the score.
    """

    same: pl.DataFrame = field(default_factory=_nothing)
    different: pl.DataFrame = field(default_factory=_nothing)
    open_question: pl.DataFrame = field(default_factory=_nothing)
