"""What a center's own verdicts say about the scores: how often each band was right, and which threshold that suggests.

Only shown, never applied: thresholds are changed by a person, in the settings.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.curate.verdict_log import PairVerdict, Verdicts
from schemas.decided import Pair
from schemas.verdicts import Verdict

#: Share of pairs that should be one agency from the suggested threshold on (the aim of the upper band).
WANTED_PRECISION = 0.95
#: Borders of the score slices (project choice: finer where decisions are made).
_SLICES = (0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 1.0)
#: 97.5 % point of the normal distribution, for intervals of 95 %.
_Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Precision:
    """How often pairs of one kind were the same.

    Attributes:
        name: Band or slice of scores.
        same: Pairs decided as the same.
        different: Pairs decided as different.
        share: same / (same + different); None when nothing was decided.
        low, high: Interval of the share, Wilson, 95 %.
    """

    name: str
    same: int
    different: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What the verdicts say.

    Attributes:
        bands: By band, as seen when the verdict was given.
        slices: By score, as seen then.
        decided: Pairs decided as same or different, with a score.
        unsure, conflicting: Pairs that say nothing about the threshold.
        suggested: Lowest score from which pairs were the same as often as wanted; None when too few were decided or none is.
        enough: Decided pairs from which a threshold is suggested.
        agreeing, disagreeing: Pairs that two and more persons judged, by whether they agreed.
        persons: Standing verdicts of each person, `same`, `different` and `unsure`, in order of the names.
    """

    bands: tuple[Precision, ...]
    slices: tuple[Precision, ...]
    decided: int
    unsure: int
    conflicting: int
    suggested: float | None
    enough: int
    agreeing: int
    disagreeing: int
    persons: Mapping[str, Mapping[str, int]]


def advise(
    verdicts: Verdicts, *, relations: Mapping[Pair, str | None], in_question: Collection[Pair] = (), enough: int
) -> Advice:
    """Return what the standing verdicts say about bands and scores.

    Verdicts on pairs of which one is a branch or parent of the other say nothing about the threshold: they are not asked.

    Args:
        verdicts: The folded log.
        relations: Relation of the pairs that have one.
        in_question: Pairs whose verdicts contradict those on other pairs: they count as conflicts.
        enough: Decided pairs from which a threshold is suggested.
    """
    said = [one for pair, one in verdicts.standing.items() if relations.get(pair) is None]
    scored = [
        (one.last.score, one.last.band or "below", one.verdict == Verdict.SAME)
        for one in said
        if one.pair not in in_question
        and one.verdict in (Verdict.SAME, Verdict.DIFFERENT)
        and one.last.score is not None
    ]
    several = [one for one in said if len({entry.decided_by for entry in one.entries}) > 1 and not _has_unsure(one)]
    return Advice(
        bands=tuple(
            _precision(name, [same for _, band, same in scored if band == name])
            for name in ("duplicate", "possible", "below")
        ),
        slices=tuple(
            _precision(f"{low:.2f} to {high:.2f}", [same for score, _, same in scored if _is_in(score, low, high)])
            for low, high in itertools.pairwise(_SLICES)
        ),
        decided=len(scored),
        unsure=sum(one.verdict == Verdict.UNSURE for one in said),
        conflicting=sum(one.verdict is None or one.pair in in_question for one in said),
        suggested=_suggest([(score, same) for score, _, same in scored], enough=enough),
        enough=enough,
        agreeing=sum(one.verdict is not None for one in several),
        disagreeing=sum(one.verdict is None for one in several),
        persons=_by_person(said),
    )


def _by_person(said: Sequence[PairVerdict]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for entry in (entry for one in said for entry in one.entries):
        own = counts.setdefault(entry.decided_by, {str(verdict): 0 for verdict in Verdict})
        own[str(entry.verdict)] += 1
    return dict(sorted(counts.items()))


def _has_unsure(one: PairVerdict) -> bool:
    return any(entry.verdict == Verdict.UNSURE for entry in one.entries)


def _is_in(score: float, low: float, high: float) -> bool:
    return low <= score < high or (high == _SLICES[-1] and score == high)


def _precision(name: str, same: Sequence[bool]) -> Precision:
    low, high = wilson_interval(sum(same), len(same)) if same else (None, None)
    return Precision(
        name=name,
        same=sum(same),
        different=len(same) - sum(same),
        share=sum(same) / len(same) if same else None,
        low=low,
        high=high,
    )


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the score interval of a share, 95 %.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.

    Args:
        successes: Cases that are counted.
        trials: All cases, at least 1.

    >>> [round(limit, 4) for limit in wilson_interval(9, 10)]
    [0.5958, 0.9821]
    """
    share = successes / trials
    spread = _Z**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _suggest(scored: Sequence[tuple[float, bool]], *, enough: int) -> float | None:
    """Return the lowest score s such that of the decided pairs scored s or more the wanted share is the same."""
    if len(scored) < enough:
        return None
    best = None
    same = count = 0
    ordered = sorted(scored, reverse=True)
    for place, (score, is_same) in enumerate(ordered):
        same, count = same + is_same, count + 1
        is_last_of_score = place + 1 == len(ordered) or ordered[place + 1][0] != score
        if is_last_of_score and same / count >= WANTED_PRECISION:
            best = score
    return best
