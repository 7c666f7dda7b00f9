"""The verification queue followed for two years: is the target held, with how many verifications more than the fewest, within hours?

    python -m benchmarks.queue [--weeks 104] [--agencies 200000] [--seed 1] [--table]

Every Monday the queue of an invented center is planned anew, and week 1 is done exactly as planned, from Monday to Friday; everybody
answers. Against it stands the fewest verifications that hold the same share at every week end, found without the queue: every Friday as
many as are missing, whoever has to do them and however many they are. While a center catches up, the fewest hold what the queue reached.

Then one plan and one list of outreach stages of many agencies are timed. Nothing is asserted; one JSON document is printed, or the
simulation as a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.outreach.queue import plan_queue
from pipeline.outreach.stages import stage_outreach
from schemas.contract import schema_of
from schemas.outreach import QueueBundle
from schemas.queue_parameters import QueueParameters

Row = dict[str, Any]
Days = npt.NDArray[np.datetime64]

_BEGIN = date(2026, 11, 30)
_MINUTES_PER_HOUR = 60
_DAYS_OF_WEEK = 7
_WORKDAYS = 5
_FRIDAY = 4


@dataclass(frozen=True, kw_only=True)
class Case:
    """An invented center.

    Attributes:
        name: What is special about it.
        agencies: Counted agencies.
        hours: Hours a week of each curator.
        loads: Share of the agencies of each curator.
        stamped: Shares of the agencies that were stamped on one day, with how many days ago.
        counting: Share that counts at the beginning.
        never: Share of the others that was never verified.
        big: Bundles longer than a week's hours.
    """

    name: str
    agencies: int
    hours: Sequence[float]
    loads: Sequence[float]
    stamped: Sequence[tuple[float, int]] = ()
    counting: float = 1.0
    never: float = 0.2
    big: int = 0


CASES = (
    Case(name="even", agencies=300, hours=(10.0,), loads=(1.0,)),
    Case(name="even", agencies=1000, hours=(20.8, 20.8), loads=(0.5, 0.5)),
    Case(name="even", agencies=5000, hours=(20.8,) * 7, loads=(1 / 7,) * 7),
    Case(name="two days of mass stamps", agencies=1000, hours=(20.8, 20.8), loads=(0.5, 0.5), stamped=((0.25, 120), (0.15, 230))),
    Case(name="two days of mass stamps", agencies=5000, hours=(20.8,) * 8, loads=(1 / 8,) * 8, stamped=((0.2, 150), (0.1, 300))),
    Case(name="backlog, 70 % count", agencies=1000, hours=(20.8, 20.8), loads=(0.5, 0.5), counting=0.7),
    Case(name="backlog, 70 % count", agencies=5000, hours=(20.8,) * 8, loads=(1 / 8,) * 8, counting=0.7),
    Case(name="unequal curators, tight hours", agencies=1000, hours=(12.0, 6.5, 4.0, 3.5), loads=(0.5, 0.25, 0.15, 0.1)),
    Case(name="unequal, tight, backlog, stamps", agencies=1000, hours=(14.0, 7.0, 5.0, 4.0), loads=(0.5, 0.25, 0.15, 0.1), counting=0.8,
         stamped=((0.15, 100),)),
    Case(name="some longer than a week", agencies=300, hours=(8.0, 5.0), loads=(0.6, 0.4), big=4),
)  # fmt: skip


@dataclass(kw_only=True)
class Followed:
    """What happened, week by week."""

    counting: list[int] = field(default_factory=list)
    verified: list[int] = field(default_factory=list)
    minutes: list[float] = field(default_factory=list)
    over_minutes: float = 0.0
    seconds: float = 0.0


def main(arguments: list[str] | None = None) -> None:
    """Simulate, time and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=104, help="weeks that the queue is followed")
    parser.add_argument("--agencies", type=int, default=200_000, help="agencies of the plan that is timed")
    parser.add_argument("--largest", type=int, default=5_000, help="largest center that is followed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="print the simulation as Markdown")
    asked = parser.parse_args(arguments)
    rows = [simulate(case, weeks=asked.weeks, seed=asked.seed) for case in CASES if case.agencies <= asked.largest]
    if asked.table:
        print(table_of(rows))
        return
    print(
        json.dumps(
            {"weeks": asked.weeks, "centers": rows, "timed": time_plan(asked.agencies, seed=asked.seed)}, indent=2
        )
    )


def simulate(case: Case, *, weeks: int, seed: int, parameters: QueueParameters | None = None) -> Row:
    """Follow the queue of one center and compare."""
    bundles = make_center(case, rng=np.random.default_rng(seed))
    hours = {f"curator {place}": one for place, one in enumerate(case.hours)}
    settings = (parameters or QueueParameters()).model_copy(update={"hours_per_week": hours})
    target = math.ceil(settings.target_share * case.agencies - 1e-9)
    followed = follow(bundles, weeks=weeks, parameters=settings)
    begin = int((last_days(bundles.get_column("day")) >= np.datetime64(_BEGIN)).sum())
    reached = next((week for week, count in enumerate(followed.counting) if count >= target), weeks)
    floor = [*followed.counting[:reached], *[target] * (weeks - reached)]
    fewest = fewest_verifications(last_days(bundles.get_column("day")), floor)
    done = np.cumsum(followed.verified)
    halves = {"year_1": min(52, weeks), "all": weeks}
    held = followed.counting[reached:]
    return {
        "case": case.name,
        "agencies": case.agencies,
        "curators": len(case.hours),
        "hours_used_share": round(sum(followed.minutes) / weeks / _MINUTES_PER_HOUR / sum(case.hours), 3),
        "share_begin": round(begin / case.agencies, 4),
        "reached_week": reached + 1 if reached < weeks else None,
        "least_share_since": round(min(held) / case.agencies, 4) if held else None,
        "mean_share_since": round(float(np.mean(held)) / case.agencies, 4) if held else None,
        "weeks_below_since": sum(count < target for count in held),
        "verifications": int(done[-1]),
        "fewest": int(fewest[-1]),
        **{f"excess_{name}": round(float(done[week - 1] / fewest[week - 1] - 1), 4) for name, week in halves.items()},
        "over_hours_minutes": round(followed.over_minutes, 1),
        "peak_to_mean": round(max(followed.minutes) / float(np.mean(followed.minutes)), 2),
        "seconds_per_plan": round(followed.seconds / weeks, 3),
    }


def follow(bundles: pl.DataFrame, *, weeks: int, parameters: QueueParameters) -> Followed:
    """Plan every Monday and do week 1."""
    followed = Followed()
    day = bundles.get_column("day").to_numpy().astype("datetime64[D]").copy()
    left = bundles.get_column("minutes").to_numpy().copy()
    whole = left.copy()
    place_of = {uid: place for place, uid in enumerate(bundles.get_column("agency_uid"))}
    for week in range(weeks):
        monday = _BEGIN + timedelta(days=_DAYS_OF_WEEK * week)
        begun = time.perf_counter()
        queue = plan_queue(
            _state(bundles, day=day, minutes=left, on=monday), as_of=monday, weeks=13, parameters=parameters
        )
        followed.seconds += time.perf_counter() - begun
        loads = queue.loads.filter(pl.col("week") == 1)
        over = (loads.get_column("curator_minutes") - loads.get_column("hours_limit_minutes")).to_list()
        followed.over_minutes = max(followed.over_minutes, *over)
        followed.minutes.append(float(loads.get_column("minutes").sum()))
        verified = 0
        spent: dict[str, float] = {}
        for row in queue.items.filter(pl.col("week") == 1).to_dicts():
            place, curator = place_of[row["agency_uid"]], row["curator"]
            limit = parameters.hours_of(curator, center_id="") * _MINUTES_PER_HOUR
            if row["last_week"] > 1:
                # Begun: the rest of the week's hours goes into it. What is left is planned anew.
                others = queue.items.filter(
                    (pl.col("week") == 1) & (pl.col("curator") == curator) & (pl.col("last_week") == 1)
                )
                left[place] -= limit - sum(others.get_column("minutes").to_list())
                continue
            spent[curator] = spent.get(curator, 0.0) + row["minutes"]
            day[place] = np.datetime64(monday) + min(_WORKDAYS - 1, int(_WORKDAYS * spent[curator] / limit))
            left[place] = whole[place]
            verified += 1
        followed.verified.append(verified)
        sunday = np.datetime64(monday) + _DAYS_OF_WEEK - 1
        followed.counting.append(int((last_days(pl.Series(day)) >= sunday).sum()))
    return followed


def fewest_verifications(last: Days, floor: Sequence[int]) -> list[int]:
    """Return the fewest verifications, in all by each week end, that keep at least `floor` agencies counting.

    All verifications last alike, and each is put off until it is missed: none can be spared.
    """
    weeks = len(floor)
    sundays = np.array([np.datetime64(_BEGIN) + _DAYS_OF_WEEK * week + _DAYS_OF_WEEK - 1 for week in range(weeks)])
    counting = (last[:, None] >= sundays[None, :]).sum(axis=0)
    done, total = [], 0
    for week, least in enumerate(floor):
        missing = max(0, least - int(counting[week]))
        friday = pl.Series([_BEGIN + timedelta(days=_DAYS_OF_WEEK * week + _FRIDAY)])
        counting += missing * ((sundays >= sundays[week]) & (sundays <= last_days(friday)[0]))
        total += missing
        done.append(total)
    return done


def last_days(day: pl.Series) -> Days:
    """Return the last day on which verifications count; a day long past for none."""
    later = pl.col("day").dt.offset_by("12mo")
    ends = pl.when(pl.col("day").dt.month_end() == pl.col("day")).then(later.dt.month_end()).otherwise(later)
    return (
        pl.DataFrame({"day": day.cast(pl.Date)})
        .select(ends.fill_null(date(1900, 1, 1)))
        .to_series()
        .to_numpy()
        .astype("datetime64[D]")
    )


def make_center(case: Case, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return the bundles of an invented center."""
    size = case.agencies
    age = rng.integers(0, 365, size)
    order = rng.permutation(size)
    begin = 0
    for share, days in case.stamped:
        stop = begin + round(share * size)
        age[order[begin:stop]] = days
        begin = stop
    not_counting = rng.permutation(size)[: round((1 - case.counting) * size)]
    age[not_counting] = rng.integers(370, 900, not_counting.size)
    day = np.datetime64(_BEGIN) - age.astype("timedelta64[D]")
    day[not_counting[: round(case.never * not_counting.size)]] = np.datetime64("NaT")
    services = np.minimum(rng.geometric(0.2, size), 40)
    sites = np.minimum(rng.geometric(0.5, size), 15)
    minutes = 20.0 + 8 * services + 4 * sites
    minutes[: case.big] = 900.0
    curators = rng.choice(len(case.hours), size, p=case.loads)
    frame = pl.DataFrame(
        {
            "center_id": ["center"] * size,
            "agency_uid": [f"{place:06}" for place in range(size)],
            "curator": [f"curator {place}" for place in curators],
            "day": pl.Series(day).cast(pl.Date),
            "minutes": minutes,
            "site_count": sites,
            "service_count": services,
            "use": rng.integers(0, 500, size),
        }
    )
    missing = {
        name: pl.lit(None, dtype=dtype) for name, dtype in schema_of(QueueBundle).items() if name not in frame.columns
    }
    return frame.with_columns(**missing).select(list(schema_of(QueueBundle)))


def _state(bundles: pl.DataFrame, *, day: Days, minutes: npt.NDArray[np.float64], on: date) -> pl.DataFrame:
    """Return the bundles as they stand on a day."""
    last = pl.Series(last_days(pl.Series(day))).cast(pl.Date)
    return bundles.with_columns(
        day=pl.Series(day).cast(pl.Date), minutes=pl.Series(minutes), counts_until=last
    ).with_columns(counts_until=pl.when(pl.col("counts_until") >= on).then("counts_until"))


def time_plan(agencies: int, *, seed: int) -> Row:
    """Time one plan and one list of stages of many agencies: 100 centers, and one curator for each 700 and for each 1,300 agencies."""
    timed: Row = {"agencies": agencies}
    for name, each in (("ample", 700), ("scarce", 1_300)):
        curators = max(1, agencies // each)
        case = Case(
            name=name, agencies=agencies, hours=(20.8,) * curators, loads=(1 / curators,) * curators, counting=0.93
        )
        bundles = make_center(case, rng=np.random.default_rng(seed)).with_columns(
            center_id=pl.format("center {}", pl.col("agency_uid").cast(pl.Int64) % 100)
        )
        day = bundles.get_column("day").to_numpy().astype("datetime64[D]")
        state = _state(bundles, day=day, minutes=bundles.get_column("minutes").to_numpy(), on=_BEGIN)
        begun = time.perf_counter()
        queue = plan_queue(state, as_of=_BEGIN, weeks=13, parameters=QueueParameters())
        timed[f"{name}_curators"] = curators
        timed[f"{name}_plan_seconds"] = round(time.perf_counter() - begun, 2)
        timed[f"{name}_items"] = queue.items.height
        begun = time.perf_counter()
        stage_outreach(state, as_of=_BEGIN, parameters=QueueParameters())
        timed[f"{name}_stages_seconds"] = round(time.perf_counter() - begun, 2)
    return timed


def table_of(rows: Sequence[Row]) -> str:
    """Return the simulation as a Markdown table."""
    names = list(rows[0])
    lines = [f"| {' | '.join(name.replace('_', ' ') for name in names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(str(row[name]) for name in names)} |" for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
