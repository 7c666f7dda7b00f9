"""How many records a random audit needs."""

from __future__ import annotations

import math
from statistics import NormalDist

from schemas.errors import UsageError

#: Digits kept before the one rounding up, so that 80.0000000001 from floating point stays 80.
_DIGITS = 9


def sample_size(
    *,
    frame_size: int | None,
    margin: float,
    expected_share: float = 0.5,
    confidence: float = 0.95,
    completion_share: float = 1.0,
) -> int:
    """Return the records to draw for a share known to within a margin.

    Cochran's size for a share, n0 = z^2 p (1 - p) / margin^2, corrected for the finite frame, n0 / (1 + (n0 - 1) / N).
    Rounded up once, at the very end.

    >>> sample_size(frame_size=3200, margin=0.05), sample_size(frame_size=None, margin=0.10)
    (344, 97)

    Args:
        frame_size: Records that can be drawn; None for a frame so large that it does not matter.
        margin: Half width of the interval, as a share.
        expected_share: Share expected to pass; 0.5 is the most cautious.
        confidence: Confidence of the interval.
        completion_share: Share of the audits expected to be finished.

    Returns:
        Never more than the frame holds.

    Raises:
        UsageError: A share is out of its range, or the frame size is negative.
    """
    for name, value in (("margin", margin), ("expected share", expected_share), ("confidence", confidence)):
        if not 0 < value < 1:
            raise UsageError(f"The {name} must lie between 0 and 1, not {value:g}.", advice="Write 5 % as 0.05.")
    if not 0 < completion_share <= 1:
        raise UsageError(f"The completion share must lie above 0 and up to 1, not {completion_share:g}.")
    if frame_size is not None and frame_size < 0:
        raise UsageError(f"A frame cannot hold {frame_size} records.")
    if frame_size == 0:
        return 0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    wanted = z**2 * expected_share * (1 - expected_share) / margin**2
    if frame_size is not None:
        wanted /= 1 + (wanted - 1) / frame_size
    size = math.ceil(round(wanted / completion_share, _DIGITS))
    return size if frame_size is None else min(size, frame_size)


def margin_of(size: int, *, frame_size: int, expected_share: float = 0.5, confidence: float = 0.95) -> float:
    """Return the margin that a sample of this size gives: the formula of `sample_size` solved for the margin.

    >>> round(margin_of(344, frame_size=3200), 4)
    0.0499

    Args:
        size: Records audited.
        frame_size: Records that can be drawn.
        expected_share: Share expected to pass.
        confidence: Confidence of the interval.

    Returns:
        0 when the whole frame is audited.

    Raises:
        UsageError: The share is out of its range.
    """
    if not 0 < expected_share < 1:
        raise UsageError(f"The expected share must lie between 0 and 1, not {expected_share:g}.")
    records = min(size, frame_size)
    if records <= 0 or records == frame_size:
        return 0.0
    corrected = records * (frame_size - 1) / (frame_size - records)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return z * math.sqrt(expected_share * (1 - expected_share) / corrected)
