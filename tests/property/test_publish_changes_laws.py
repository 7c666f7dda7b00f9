"""Law of contents compared in pieces: however they are parted, the changes are those between the wholes."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.publish.package_changes import CONTENT_SCHEMA, compare_contents, compare_pieces

LAWS = settings(max_examples=100, deadline=None)
#: Few records, so that most are in both exports; a uid of one center can be that of another, and of another kind.
RECORDS = st.tuples(st.sampled_from(["agency", "service"]), st.sampled_from(["one", "two"]), st.sampled_from("abcde"))
#: What is told of a record: its native id, the agency it stands in, and the hash, zero and the largest included.
TOLD = st.tuples(
    st.none() | st.sampled_from(["1", "2", "3"]),
    st.none() | st.sampled_from(["a", "b"]),
    st.sampled_from([0, 1, 2**63, 2**64 - 1]),
)
CONTENTS = st.dictionaries(RECORDS, TOLD, max_size=14)


def frame_of(contents: dict[tuple, tuple]) -> pl.DataFrame:
    rows = [
        (kind, center, uid, native, agency, None, None, content)
        for (kind, center, uid), (native, agency, content) in contents.items()
    ]
    return pl.DataFrame(rows, schema=dict(CONTENT_SCHEMA), orient="row")


def parted(frame: pl.DataFrame, places: list[int]) -> list[pl.DataFrame]:
    """Pieces of a frame, one for every number up to the largest; some of them empty."""
    numbered = frame.with_columns(pl.Series("place", places[: frame.height], dtype=pl.Int64))
    return [numbered.filter(pl.col("place") == place).drop("place") for place in range(max(places, default=0) + 1)] or [
        frame
    ]


PLACES = st.lists(st.integers(0, 4), min_size=14, max_size=14)


@example({}, {}, [0] * 14, [0] * 14)
@example({("agency", "one", "a"): ("1", "a", 0)}, {}, [4] * 14, [0] * 14)
@example({}, {("agency", "one", "a"): (None, None, 2**64 - 1)}, [0] * 14, [3] * 14)
@given(CONTENTS, CONTENTS, PLACES, PLACES)
@LAWS
def test_changes_between_pieces_are_those_between_wholes(now, before, now_places, before_places):
    """A nation's receiver would not get a change that a county's gets, or would be told to delete what is still there."""
    later, earlier = frame_of(now), frame_of(before)
    asked = []

    def pieces_before():
        asked.append(1)
        return iter(parted(earlier, before_places))

    expected = compare_contents(later, earlier)
    changes = compare_pieces(iter(parted(later, now_places)), pieces_before)
    for name in ("added", "changed", "removed"):
        assert_frame_equal(getattr(changes, name), getattr(expected, name))
    assert changes.renumbered == expected.renumbered
    assert changes.counts({kind: kind for kind in ("agency", "site", "service", "service_at_site")}) == expected.counts(
        {kind: kind for kind in ("agency", "site", "service", "service_at_site")}
    )
    assert len(asked) == 2
