"""Laws of the measures that hold for every directory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.measure.calibration import calibrate_factor, scaled
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.freshness import Freshness, measure_freshness
from pipeline.measure.freshness_cases import MEASURES
from pipeline.measure.staffing import BAND, estimate_staffing
from pipeline.measure.what_if import estimate_what_if, parse_what_if
from pipeline.measure.window import months_before
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.parameters import FreshnessRule
from schemas.staffing_parameters import StaffingParameters

AS_OF = date(2026, 11, 20)
EMPTY = Directory.of()
EVERY = ("center", "county", "curator", "kind", "tier")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_REASONS = st.sampled_from([None, None, None, "inactive", "other_owner", "derived"])
# Days around the cutoff, the limits of the bands and the future, and blanks.
_DAYS = st.one_of(
    st.none(),
    st.sampled_from([date(2025, 11, 19), date(2025, 11, 20), AS_OF, AS_OF + timedelta(days=1)]),
    st.dates(date(2023, 1, 1), date(2027, 6, 1)),
)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = schema_of(CORE_TABLES[name])
    blank: dict[str, Any] = {column: [] if isinstance(dtype, pl.List) else None for column, dtype in schema.items()}
    fixed = {
        "origin": "delivered",
        "kind": name,
        "status": "active",
        "is_confidential_place": False,
        "location_type": "physical",
        "is_address_private": False,
    }
    filled = [
        {column: (blank | fixed | row | {"is_counted": row["not_counted_reason"] is None})[column] for column in schema}
        for row in rows
    ]
    return pl.DataFrame(filled, schema=schema, orient="row")


@st.composite
def records(draw: st.DrawFn, kind: str) -> list[dict[str, Any]]:
    """Return rows of a kind, in two centers, that belong to one of three agencies or to none."""
    rows = []
    for place in range(draw(st.integers(0, 5))):
        uid = f"a{place}" if kind == "agency" else f"{kind}{place}"
        rows.append(
            {
                "center_id": draw(st.sampled_from(["c1", "c2"])),
                "record_uid": uid,
                "agency_uid": uid if kind == "agency" else draw(st.sampled_from(["a0", "a1", "a2", None])),
                "verified_on": draw(_DAYS),
                "edited_on": draw(_DAYS),
                "county": draw(st.sampled_from(["X", "Y", None])),
                "not_counted_reason": draw(_REASONS),
            }
        )
    return rows


@st.composite
def directories(draw: st.DrawFn) -> tuple[Directory, Directory]:
    """Return a directory, and the same one with its rows in another order."""
    rows = {kind: draw(records(kind)) for kind in ("agency", "site", "service")}
    turned = {kind: draw(st.permutations(found)) for kind, found in rows.items()}
    # Tables of the right shape by construction; checking them every time would take most of the time.
    return (
        replace(EMPTY, **{kind: table(kind, found) for kind, found in rows.items()}),
        replace(EMPTY, **{kind: table(kind, list(found)) for kind, found in turned.items()}),
    )


def measured(directory: Directory, **rule: Any) -> Freshness:
    return measure_freshness(directory, as_of=AS_OF, rule=FreshnessRule(**rule), dimensions=EVERY)


@FEW
@given(directories())
def test_shares_lie_between_0_and_1_and_counts_nest(pair: tuple[Directory, Directory]) -> None:
    """A share of 103 % would end the trust in every other figure."""
    figures = measured(pair[0]).figures
    assert figures.filter(~pl.col("share").is_between(0, 1)).is_empty()
    shares = figures.filter(pl.col("measure").is_in(MEASURES), pl.col("dimension") != "band")
    assert shares.filter(pl.col("numerator") + pl.col("unknown") > pl.col("denominator")).is_empty()
    assert shares.filter(pl.col("share").is_null() != pl.col("reason").is_not_null()).is_empty()


@FEW
@given(directories(), st.integers(1, 24), st.integers(0, 24))
def test_wider_window_is_never_lower(pair: tuple[Directory, Directory], months: int, more: int) -> None:
    """Allowing more time would lower the share."""
    narrow = measured(pair[0], window_months=months)
    wide = measured(pair[0], window_months=months + more)
    for measure in MEASURES:
        for center_id in (None, *narrow.levels.get_column("center_id").unique()):
            lower, higher = (one.headline(measure, center_id=center_id) for one in (narrow, wide))
            assert lower["denominator"] == higher["denominator"]
            assert (lower["numerator"] is None) == (higher["numerator"] is None)
            assert int(str(lower["numerator"] or 0)) <= int(str(higher["numerator"] or 0))


@FEW
@given(directories())
def test_row_order_is_irrelevant(pair: tuple[Directory, Directory]) -> None:
    """The same export would give two results."""
    one, other = (measured(directory) for directory in pair)
    for name in ("figures", "bands", "levels", "excluded", "unknowable", "frequent_days"):
        assert getattr(one, name).equals(getattr(other, name)), name


@FEW
@given(directories())
def test_bands_agree_with_the_shares(pair: tuple[Directory, Directory]) -> None:
    """The list of records to be verified would contradict the published share."""
    freshness = measured(pair[0])
    whole = freshness.bands.filter(pl.col("kind") == "all", pl.col("record_count").is_not_null())
    for (center_id, measure), rows in whole.group_by("center_id", "measure"):
        counts = dict(rows.select("band", "record_count").rows())
        figure = freshness.headline(str(measure), center_id=center_id)  # type: ignore[arg-type]
        assert counts["current"] + counts["due"] == figure["numerator"]
        assert counts["never"] == figure["unknown"]
        assert sum(counts.values()) == figure["denominator"]


@FEW
@given(directories())
def test_every_row_is_counted_or_explained(pair: tuple[Directory, Directory]) -> None:
    """Rows would vanish between the export and the report."""
    freshness = measured(pair[0])
    counted = freshness.levels.get_column("counted").sum()
    left_out = freshness.excluded.get_column("row_count").sum()
    assert counted + left_out == pair[0].records().height


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_back_keep_the_day_or_clamp_it(day: date, months: int) -> None:
    """The cutoff would fall into the wrong month."""
    earlier = months_before(day, months=months)
    assert (day.year - earlier.year) * 12 + day.month - earlier.month == months
    assert earlier.day == day.day or (earlier.day < day.day and (earlier + timedelta(days=1)).day == 1)


_COUNTS = st.integers(0, 40)
_BUNDLES = st.lists(st.tuples(_COUNTS, _COUNTS, _COUNTS, _COUNTS, _COUNTS), max_size=12)


def bundles(counts: list[tuple[int, ...]]) -> pl.DataFrame:
    columns = ("service_count", "site_count", "service_at_site_count", "service_term_count", "extra_version_count")
    return pl.DataFrame(counts, schema=dict.fromkeys(columns, pl.Int64), orient="row").with_columns(
        center_id=pl.lit("c1"), tier=pl.lit("T1")
    )


@FEW
@given(_BUNDLES, _BUNDLES)
def test_workload_is_additive_over_disjoint_bundles(one: list[tuple[int, ...]], other: list[tuple[int, ...]]) -> None:
    """Two centers together would need other hours than one after the other."""
    parts = [estimate_staffing(bundles(found), parameters=StaffingParameters()) for found in (one, other)]
    whole = estimate_staffing(bundles([*one, *other]), parameters=StaffingParameters())
    for name in BAND:
        together = sum(getattr(part.hours, name) for part in parts)
        assert abs(getattr(whole.hours, name) - together) < 1e-6 * (1 + together)


@FEW
@given(_BUNDLES)
def test_low_central_and_high_are_in_order(counts: list[tuple[int, ...]]) -> None:
    """The band would not hold its own middle."""
    staffing = estimate_staffing(bundles(counts), parameters=StaffingParameters())
    assert staffing.fte.low <= staffing.fte.central <= staffing.fte.high


@FEW
@given(
    _BUNDLES,
    st.sampled_from(["agency", "service", "site", "service_at_site", "term", "language"]),
    st.floats(0, 30, allow_nan=False),
)
def test_workload_rises_with_every_weight(counts: list[tuple[int, ...]], part: str, more: float) -> None:
    """A longer visit would need fewer hours."""
    before = StaffingParameters()
    low, central, high = getattr(before, f"{part}_minutes")
    after = StaffingParameters(**{f"{part}_minutes": (low + more, central + more, high + more)})
    frame = bundles(counts)
    for name in BAND:
        hours = [getattr(estimate_staffing(frame, parameters=one).hours, name) for one in (before, after)]
        assert hours[0] <= hours[1] + 1e-9


_QUESTIONS = st.lists(
    st.sampled_from(
        [
            "target 93 %",
            "portal for 40 %",
            "calling for 25 %",
            "120 audits",
            "interim 20 %",
            "direct 60 %",
            "+50 agencies",
        ]
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(", ".join)


@FEW
@given(_BUNDLES.filter(len), _QUESTIONS)
def test_a_question_keeps_the_order_of_the_band(counts: list[tuple[int, ...]], text: str) -> None:
    """A band turned round would be read the wrong way."""
    answer = estimate_what_if(bundles(counts), what_if=parse_what_if(text), parameters=StaffingParameters())
    for band in (answer.today_fte, answer.then_fte, answer.first_year_fte, answer.later_year_fte):
        if band is not None:
            assert 0 <= band.low <= band.central <= band.high
    saved = answer.difference_hours
    assert saved.low <= saved.central <= saved.high
    for name in BAND:
        difference = getattr(answer.then_hours, name) - getattr(answer.today_hours, name)
        assert saved.low <= difference <= saved.high
    assert saved.central == answer.then_hours.central - answer.today_hours.central


@FEW
@given(_BUNDLES.filter(len), st.floats(0.1, 50, allow_nan=False), st.floats(0.05, 1))
def test_a_calibrated_model_tells_the_curators_it_was_calibrated_with(
    counts: list[tuple[int, ...]], fte: float, share: float
) -> None:
    """At the share that was really updated, whatever the directory is like."""
    frame, parameters = bundles(counts), StaffingParameters()
    factor = calibrate_factor(frame, parameters=parameters, actual_fte=fte, updated_share=share).factor
    really = estimate_staffing(frame, parameters=parameters.model_copy(update={"target_coverage": share}))
    band = scaled(really.fte, factor)
    assert abs(band.central - fte) < 1e-9 * fte
    assert band.low <= band.central <= band.high


@FEW
@given(directories())
def test_complexity_does_not_depend_on_row_order(pair: tuple[Directory, Directory]) -> None:
    """Tiers, and with them audit strata, would change from night to night."""
    one, other = (measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters()) for directory in pair)
    assert one.equals(other)
    assert one.height == pair[0].agency.get_column("is_counted").sum()
