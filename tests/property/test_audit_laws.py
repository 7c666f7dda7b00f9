"""Laws of random audits that hold for every frame and seed."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.draw import draw_simple
from pipeline.audit.sample_size import sample_size

AS_OF = date(2026, 11, 20)
FEW = settings(max_examples=20, deadline=None)

_IDS = st.lists(st.uuids().map(str), unique=True, max_size=30)
_SEEDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="|"), min_size=1).filter(str.strip)


def frame_of(ids: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"record_uid": ids}, schema={"record_uid": pl.String}).with_columns(
        center_id=pl.lit("c1"), native_id=pl.lit(None, dtype=pl.String), name=pl.col("record_uid")
    )


@FEW
@given(_IDS, _SEEDS, st.integers(0, 40), st.randoms(use_true_random=False))
def test_sample_is_exact_and_the_same_in_any_order(
    ids: list[str], seed: str, size: int, shuffler: st.DataObject
) -> None:
    """The sample could not be drawn again."""
    draw = draw_simple(frame_of(ids), size=size, seed=seed, as_of=AS_OF)
    drawn = draw.items.get_column("record_uid").to_list()
    assert len(drawn) == len(set(drawn)) == min(size, len(ids))
    assert set(drawn) <= set(ids)
    turned = list(ids)
    shuffler.shuffle(turned)  # type: ignore[attr-defined]
    assert draw_simple(frame_of(turned), size=size, seed=seed, as_of=AS_OF).items.equals(draw.items)


@FEW
@given(_IDS, _SEEDS, st.integers(0, 30), st.integers(0, 30))
def test_larger_sample_contains_the_smaller(ids: list[str], seed: str, size: int, more: int) -> None:
    """An extended round would throw away audits already made."""
    small, large = (draw_simple(frame_of(ids), size=n, seed=seed, as_of=AS_OF).items for n in (size, size + more))
    drawn = small.get_column("record_uid").to_list()
    assert large.get_column("record_uid").to_list()[: len(drawn)] == drawn


@FEW
@given(_IDS, _SEEDS, st.integers(1, 40))
def test_probabilities_add_up_to_the_size(ids: list[str], seed: str, size: int) -> None:
    """Weighted totals would not come out at the size of the frame."""
    items = draw_simple(frame_of(ids), size=size, seed=seed, as_of=AS_OF).items
    weights = (1 / items.get_column("inclusion_probability")).sum()
    assert abs(weights - (len(ids) if items.height else 0)) < 1e-9 * (1 + len(ids))
    assert items.get_column("u").is_between(0, 1, closed="left").all()


@given(
    st.integers(1, 10**6),
    st.floats(0.01, 0.4),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.1),
)
def test_size_fits_the_frame_and_falls_with_the_margin(frame: int, margin: float, share: float, more: float) -> None:
    """A looser statement would need more audits, or an audit more records than there are."""
    size = sample_size(frame_size=frame, margin=margin, expected_share=share)
    assert 1 <= size <= frame
    assert sample_size(frame_size=frame, margin=margin + more, expected_share=share) <= size
    assert size <= sample_size(frame_size=None, margin=margin, expected_share=share) + 1
