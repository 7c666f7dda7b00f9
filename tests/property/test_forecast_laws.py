"""Laws of the forecast that hold for every directory and every history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.measure.forecast import Forecast, forecast_share, project
from pipeline.measure.forecast_paths import plan_steps
from pipeline.measure.forecast_selection import Selection
from pipeline.measure.window import window_of
from schemas.enumerations import WindowKind
from schemas.forecast_parameters import ForecastParameters
from schemas.parameters import FreshnessRule

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARAMETERS = ForecastParameters(country="none", paths=100)

# The end of February of leap years, a year's end, and any other day.
_TODAY = st.one_of(
    st.sampled_from([date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28), date(2026, 12, 31), date(2027, 1, 1)]),
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
)
_AGES = st.one_of(st.none(), st.integers(-5, 40), st.integers(330, 400), st.integers(0, 900))


def cutoff_of(kind: WindowKind) -> Callable[[date], date]:
    return lambda day: window_of(FreshnessRule(), as_of=day, kind=kind).cutoff_on


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Return the arguments of a forecast: some units, a history of some of them, a target day soon or late."""
    today = draw(_TODAY)
    ages = draw(st.lists(_AGES, min_size=1, max_size=25))
    days = [None if age is None else today - timedelta(days=age) for age in ages]
    units = pl.DataFrame(
        {"unit_id": [f"u{place}" for place in range(len(days))], "day": days},
        schema={"unit_id": pl.String, "day": pl.Date},
    )
    earlier = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 900)), max_size=20))
    events = pl.DataFrame(
        [(f"u{one}", today - timedelta(days=age)) for one, age in earlier], schema=units.schema, orient="row"
    )
    kind = draw(st.sampled_from([WindowKind.ROLLING, WindowKind.ROLLING, WindowKind.CALENDAR_YEAR]))
    return {
        "units": units,
        "events": pl.concat([units.drop_nulls(), events]).unique(),
        "as_of": today,
        "target_on": today + timedelta(days=draw(st.sampled_from([1, 2, 7, 31, 90, 366, 731]))),
        "target_share": draw(st.sampled_from([0.0, 0.07, 0.5, 0.95, 1.0])),
        "known_since": draw(st.sampled_from([None, today, today - timedelta(days=100), today - timedelta(days=800)])),
        "cutoff": cutoff_of(kind),
    }


def ask(question: dict[str, Any], **changed: Any) -> Forecast:
    given_all = question | {"parameters": PARAMETERS, "seed": "law"} | changed
    return forecast_share(given_all.pop("units"), given_all.pop("events"), **given_all)


def counting(units: pl.DataFrame, *, first_on: date, last_on: date) -> int:
    return units.filter(pl.col("day").is_between(first_on, last_on)).height


@FEW
@given(questions())
def test_range_is_in_order_and_above_what_is_certain(question: dict[str, Any]) -> None:
    """The range would not hold its middle, or undercut what the calendar guarantees."""
    found = ask(question)
    if found.reason is not None:
        assert question["units"].filter(pl.col("day") <= question["as_of"]).is_empty()
        return
    assert found.path.filter(
        (pl.col("share_without_work") > pl.col("share_low"))
        | (pl.col("share_low") > pl.col("share_central"))
        | (pl.col("share_central") > pl.col("share_high"))
        | (pl.col("share_high") > 1)
    ).is_empty()
    assert found.path.get_column("day").to_list()[-1] == question["target_on"]
    assert found.pace_per_week is not None
    assert 0 <= found.pace_per_week.low <= found.pace_per_week.central <= found.pace_per_week.high
    assert found.probability_of_target is not None
    assert 0 <= found.probability_of_target <= 1


@FEW
@given(questions())
def test_certain_share_is_that_of_the_calendar_on_every_day(question: dict[str, Any]) -> None:
    """A unit verified on a leap day would stop counting a day early or late."""
    found = ask(question)
    today, units = question["as_of"], question["units"]
    for row in found.path.to_dicts():
        certain = counting(units, first_on=question["cutoff"](row["day"]), last_on=today)
        assert row["share_without_work"] == certain / units.height


@FEW
@given(questions())
def test_without_pace_the_share_is_the_certain_one(question: dict[str, Any]) -> None:
    """Work would be promised where nobody has verified for half a year."""
    stopped = question["units"].filter(
        pl.col("day").is_null() | (pl.col("day") < question["as_of"] - timedelta(days=200))
    )
    if stopped.drop_nulls().is_empty():
        return
    found = ask(question, units=stopped, events=stopped.drop_nulls(), known_since=None)
    for name in ("low", "central", "high"):
        assert found.path.get_column(f"share_{name}").to_list() == found.path.get_column("share_without_work").to_list()


@FEW
@given(questions())
def test_needed_is_the_fewest(question: dict[str, Any]) -> None:
    """A team would work through the holidays for a number that one less would have reached, or miss the target by one."""
    found = ask(question)
    if found.needed is None:
        return
    first_on = question["cutoff"](question["target_on"])
    is_counting = sorted(
        day is not None and first_on <= day <= question["as_of"]
        for day in question["units"].get_column("day").to_list()
    )

    def share_after(work: int) -> float:
        # The best choice: units that would not count, which stand first.
        return sum([True] * min(work, len(is_counting)) + is_counting[work:]) / len(is_counting)

    assert share_after(found.needed) >= question["target_share"]
    assert found.needed == 0 or share_after(found.needed - 1) < question["target_share"]
    assert (found.needed == 0) == (found.needed_per_week == 0.0)


@FEW
@given(questions(), st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant_and_the_seed_decides(question: dict[str, Any], random: Any) -> None:
    """The same night would give two forecasts."""
    turned = {}
    for name in ("units", "events"):
        places = list(range(question[name].height))
        random.shuffle(places)
        turned[name] = question[name][places]
    one, other = ask(question), ask(question, **turned)
    assert one.path.equals(other.path)
    assert (one.pace_per_week, one.probability_of_target, one.basis) == (
        other.pace_per_week,
        other.probability_of_target,
        other.basis,
    )


@FEW
@given(questions())
def test_a_verification_today_never_lowers_what_is_certain_nor_raises_what_is_needed(question: dict[str, Any]) -> None:
    """Working would be punished."""
    units = question["units"]
    after = units.with_columns(day=pl.when(pl.col("unit_id") == "u0").then(pl.lit(question["as_of"])).otherwise("day"))
    one = ask(question)
    other = ask(question, units=after, events=pl.concat([question["events"], after.drop_nulls()]).unique())
    if one.needed is None or other.needed is None:
        return
    assert one.share_without_work is not None
    assert other.share_without_work is not None
    assert other.share_without_work >= one.share_without_work
    assert other.needed <= one.needed
    assert other.updated_now >= one.updated_now


@FEW
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 700)), min_size=1, max_size=40),
    st.integers(0, 39),
    st.floats(0, 15),
    st.integers(1, 300),
)
def test_with_the_same_pace_a_verification_today_never_lowers_the_forecast(
    ages: list[int | None], place: int, work: float, ahead: int
) -> None:
    """Verifying an agency would make the forecast worse."""
    today = date(2026, 11, 27)
    cutoff = cutoff_of(WindowKind.ROLLING)
    steps = plan_steps(as_of=today, target_on=today + timedelta(days=ahead), cutoff=cutoff)
    before = [None if age is None else today - timedelta(days=age) for age in ages]
    after = [today if at == place % len(before) else day for at, day in enumerate(before)]
    rates = np.array(PARAMETERS.selection_weekly)
    ends = [
        project(
            pl.Series(days, dtype=pl.Date),
            as_of=today,
            cutoff_on=cutoff(today),
            steps=steps,
            work=np.full((1, len(steps.days)), work),
            selection=Selection(weekly=rates, spread=np.zeros(rates.size), seen=0),
            year_days=365,
            parameters=PARAMETERS.model_copy(update={"selection_change": 0.0}),
            # The chance of single picks is taken out: its middle is what is compared.
            rng=Even(),  # type: ignore[arg-type]
        )[0, -1]
        for days in (before, after)
    ]
    assert ends[1] >= ends[0] - 1e-6


class Even:
    """A generator whose every number is the middle one."""

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.zeros(shape)
