"""Calibration: where two auditors who scored the same records agree, and the items on which they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.audit.agreement import cohen_kappa, krippendorff_alpha, percent_agreement
from pipeline.audit.answers import standing_answers
from schemas.scorecard import Band, Criterion

_ITEM = ("batch_id", "center_id", "record_uid", "item_id")
_RECORD = ("batch_id", "center_id", "record_uid")
_BANDS = tuple(str(band) for band in Band)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two opinions agree.

    Attributes:
        about: `all`, a criterion, or `bands` (fail, coaching, meets; ordered, with linear weights in kappa).
        pairs: Items, or records, that both scored.
        percent: Share that is equal; None without a pair.
        kappa: Cohen's kappa; None when it is not defined (no pair, or all alike).
        alpha: Krippendorff's alpha, nominal for items and ordinal for bands; None when it is not defined.
    """

    about: str
    pairs: int
    percent: float | None
    kappa: float | None
    alpha: float | None


def compare_opinions(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the items that were scored by a first and a second auditor, or by one of the two in a record scored by both.

    Args:
        answers: `schemas.auditing.Answer`.

    Returns:
        `batch_id`, `center_id`, `record_uid`, `item_id`, and for each of `first`, `second`, `third`: the answer (null when there
        is none), `auditor_…` and `comment_…`.
    """
    standing = standing_answers(answers)
    both = (
        standing.filter(pl.col("role").is_in(["first", "second"]))
        .group_by(_RECORD)
        .agg(pl.col("role").n_unique())
        .filter(pl.col("role") > 1)
    )
    keys = standing.join(both, on=list(_RECORD), how="semi").select(_ITEM).unique()
    for role in ("first", "second", "third"):
        own = (
            standing.filter(pl.col("role") == role)
            .sort("entry")
            .unique(_ITEM, keep="last", maintain_order=True)
            .select(
                *_ITEM,
                pl.col("answer").alias(role),
                pl.col("auditor").alias(f"auditor_{role}"),
                pl.col("comment").alias(f"comment_{role}"),
            )
        )
        keys = keys.join(own, on=list(_ITEM), how="left")
    return keys.sort(_ITEM)


def differing_items(opinions: pl.DataFrame) -> pl.DataFrame:
    """Return the items of `compare_opinions` on which the two auditors gave different answers."""
    return opinions.filter(pl.col("first").is_not_null() & pl.col("second").is_not_null()).filter(
        pl.col("first") != pl.col("second")
    )


def measure_agreement(opinions: pl.DataFrame, *, scores: pl.DataFrame) -> list[Agreement]:
    """Return the agreement over all items, by criterion, and of the bands.

    Args:
        opinions: See `compare_opinions`.
        scores: `schemas.auditing.Score`.
    """
    told = [_of_items("all", opinions)]
    for criterion in Criterion:
        own = opinions.filter(pl.col("item_id").str.starts_with(f"{criterion}."))
        if own.height:
            told.append(_of_items(str(criterion), own))
    bands = _bands(scores)
    if bands:
        first, second = [a for a, _ in bands], [b for _, b in bands]
        told.append(
            Agreement(
                about="bands",
                pairs=len(bands),
                percent=percent_agreement(first, second),
                kappa=cohen_kappa(first, second, categories=_BANDS, weighting="linear"),
                alpha=krippendorff_alpha([first, second], level="ordinal", categories=_BANDS),
            )
        )
    return told


def _of_items(about: str, opinions: pl.DataFrame) -> Agreement:
    first, second = opinions["first"].to_list(), opinions["second"].to_list()
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    one: Sequence[str] = [a for a, _ in pairs]
    other: Sequence[str] = [b for _, b in pairs]
    return Agreement(
        about=about,
        pairs=len(pairs),
        percent=percent_agreement(one, other),
        kappa=cohen_kappa(one, other),
        alpha=krippendorff_alpha([first, second]),
    )


def _bands(scores: pl.DataFrame) -> list[tuple[str, str]]:
    done = scores.filter((pl.col("unanswered") == 0) & pl.col("band").is_not_null())
    sides = [done.filter(pl.col("role") == role).select(*_RECORD, "band") for role in ("first", "second")]
    return list(sides[0].join(sides[1], on=list(_RECORD), suffix="_second").select("band", "band_second").iter_rows())
