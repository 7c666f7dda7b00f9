"""Confidence intervals of shares and means.

scipy is imported where it is needed: commands that draw or write worksheets start without it.
"""

from __future__ import annotations

from math import inf, sqrt

#: Above this share of the frame the interval of a simple draw is narrowed.
NARROWED_FROM = 0.05

#: Lower and upper end.
Interval = tuple[float, float]


def normal_quantile(confidence: float) -> float:
    """Return z of a two-sided interval; 1.959964 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))


def student_quantile(confidence: float, df: float) -> float:
    """Return t of a two-sided interval; z when there is no end of degrees of freedom."""
    from scipy.special import stdtrit

    return normal_quantile(confidence) if df == inf else float(stdtrit(df, (1 + confidence) / 2))


def wilson(count: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of a share.

    >>> [round(end, 6) for end in wilson(93, 100)]
    [0.862505, 0.965681]

    Args:
        count: Records with the property; need not be whole (effective numbers).
        n: Records, above 0.
        confidence: Confidence.
    """
    return _wilson(count, n, z=normal_quantile(confidence))


def _wilson(count: float, n: float, *, z: float) -> Interval:
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(max(0.0, share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    # Rounding must not move an end that is 0 or 1 by nature.
    low = 0.0 if count <= 0 else max(0.0, middle - half)
    high = 1.0 if count >= n else min(1.0, middle + half)
    return low, high


def clopper_pearson(count: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Return the exact interval of Clopper and Pearson, which is never too short.

    >>> [round(end, 6) for end in clopper_pearson(93, 100)]
    [0.86108, 0.971395]

    Args:
        count: Records with the property.
        n: Records, above 0.
        confidence: Confidence.
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if count <= 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count >= n else float(betaincinv(count + 1, n - count, 1 - tail))
    return low, high


def narrowed(count: float, n: float, *, frame_size: int) -> tuple[float, float]:
    """Return count and n as if of an endless frame: n* = n (N - 1) / (N - n), x* = n* x / n.

    >>> narrowed(93, 100, frame_size=500)[1]
    124.75

    Args:
        count: Records with the property.
        n: Records audited, fewer than the frame holds.
        frame_size: Records of the frame.
    """
    effective = n * (frame_size - 1) / (frame_size - n)
    return effective * count / n, effective


def share_interval(
    count: float, n: int, *, frame_size: int, confidence: float = 0.95, kind: str = "wilson"
) -> Interval | None:
    """Return the interval of a share from a simple draw; None when nothing or the whole frame was audited.

    Args:
        count: Records with the property.
        n: Records audited.
        frame_size: Records of the frame.
        confidence: Confidence.
        kind: `wilson` or `clopper-pearson`.
    """
    if n <= 0 or n >= frame_size:
        return None
    pair = (count, float(n))
    if n > NARROWED_FROM * frame_size:
        pair = narrowed(count, n, frame_size=frame_size)
    made = clopper_pearson if kind == "clopper-pearson" else wilson
    return made(*pair, confidence=confidence)


def effective_share_interval(
    share: float, effective_n: float, *, confidence: float = 0.95, df: float = inf
) -> Interval:
    """Return Wilson's interval of a share known with a design-based variance.

    Args:
        share: Estimate.
        effective_n: Records of a simple draw that would tell as much: p (1 - p) / variance.
        confidence: Confidence.
        df: Degrees of freedom of the variance: with few of them t takes the place of z.
    """
    return _wilson(share * effective_n, effective_n, z=student_quantile(confidence, df))


def mean_interval(mean: float, standard_error: float, *, df: float, confidence: float = 0.95) -> Interval:
    """Return Student's interval of a mean.

    Args:
        mean: Estimate.
        standard_error: Its standard error.
        df: Degrees of freedom.
        confidence: Confidence.
    """
    half = student_quantile(confidence, df) * standard_error
    return mean - half, mean + half
