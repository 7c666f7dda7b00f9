from __future__ import annotations

import pytest

from pipeline.audit.sample_size import sample_size
from schemas.errors import UsageError

#: expected share and margin of the columns
CASES = [(0.5, 0.05), (0.5, 0.10), (0.9, 0.05), (0.93, 0.03), (0.95, 0.03)]
#: records for each frame size; None = so large that it does not matter
TABLE = {
    30: [28, 24, 25, 28, 27],
    100: [80, 50, 59, 74, 68],
    500: [218, 81, 109, 179, 145],
    1500: [306, 91, 127, 235, 179],
    3200: [344, 94, 133, 256, 191],
    5000: [357, 95, 135, 264, 195],
    16000: [376, 96, 138, 274, 201],
    25000: [379, 96, 138, 275, 202],
    None: [385, 97, 139, 278, 203],
}


@pytest.mark.parametrize("frame_size", TABLE)
def test_table_of_sizes(frame_size: int | None) -> None:
    """An audit would be planned too small for the statement it is to carry."""
    sizes = [sample_size(frame_size=frame_size, expected_share=share, margin=margin) for share, margin in CASES]
    assert sizes == TABLE[frame_size]


def test_unfinished_audits_are_allowed_for() -> None:
    """With every tenth audit left undone the margin would be missed."""
    assert sample_size(frame_size=3200, margin=0.05, completion_share=0.9) == 382  # 343.04 / 0.9 = 381.2
    assert sample_size(frame_size=100, margin=0.05, completion_share=0.5) == 100


def test_empty_frame_needs_nothing() -> None:
    """A new center must not fall over."""
    assert sample_size(frame_size=0, margin=0.05) == 0
    assert sample_size(frame_size=1, margin=0.05) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0},
        {"margin": 5},
        {"expected_share": 1},
        {"confidence": 95},
        {"completion_share": 0},
        {"frame_size": -1},
    ],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    """5 instead of 0.05 would plan an audit of one record."""
    with pytest.raises(UsageError):
        sample_size(**({"frame_size": 100, "margin": 0.05} | wrong))
