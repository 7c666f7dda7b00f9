"""Laws of findings over any sequence of nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.curate.finding_events import list_events
from pipeline.curate.findings import OPEN, SHOWN, track_findings
from pipeline.curate.moved_findings import move_findings
from schemas.contract import conform, empty_table, schema_of
from schemas.quality import Acceptance, Finding, FindingEvent, NotApplicable, TrackedFinding

LAWS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST = date(2026, 11, 1)
CENTERS = ("east", "west")
RECORDS = ("a", "b", "c")
RULES = ("CMP-A-NAME", "FMT-001", "ID-003")

#: Events by which a finding comes to be shown, and by which it ceases to be.
COMES = ("opened", "reappeared", "returned")
GOES = ("fixed", "removed", "withdrawn")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Night:
    """One night: what is delivered, what is wrong, which rule is off, which records have a new number."""

    day: int
    centers: tuple[str, ...]
    shown: frozenset[Key]
    gone: frozenset[tuple[str, str]]
    off: str | None
    accepted: tuple[tuple[Key, int, str], ...]
    rekeyed: tuple[tuple[str, str, str], ...]

    @property
    def as_of(self) -> date:
        return FIRST + timedelta(days=self.day)


keys = st.tuples(st.sampled_from(CENTERS), st.sampled_from(RECORDS), st.sampled_from(RULES))
rekeyings = st.tuples(st.sampled_from(CENTERS), st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(
    lambda one: one[1] != one[2]
)


@st.composite
def sequences(draw: st.DrawFn, *, with_rekeyed: bool = False) -> list[Night]:
    """Up to six nights. Most follow each other; some are run for an earlier day."""
    nights = []
    for place in range(draw(st.integers(1, 6))):
        gone = draw(st.frozensets(st.tuples(st.sampled_from(CENTERS), st.sampled_from(RECORDS)), max_size=2))
        off = draw(st.sampled_from([None, None, *RULES]))
        shown = draw(st.frozensets(keys, max_size=8))
        rekeyed = draw(st.lists(rekeyings, max_size=2, unique_by=lambda one: one[:2])) if with_rekeyed else []
        nights.append(
            Night(
                day=max(place + draw(st.sampled_from([0, 0, 0, 0, -3])), 0),
                centers=draw(st.sampled_from([CENTERS, CENTERS, CENTERS[:1], CENTERS[1:]])),
                shown=frozenset(one for one in shown if one[2] != off and one[:2] not in gone),
                gone=gone,
                off=off,
                accepted=tuple(
                    draw(st.lists(st.tuples(keys, st.integers(0, 4), st.sampled_from(["old", "new"])), max_size=2))
                ),
                rekeyed=tuple(rekeyed),
            )
        )
    return nights


def finding_id(key: Key) -> str:
    center, record, rule = key
    return sha256(f"{center}|{record}|{rule}|name".encode()).hexdigest()[:16]


def finding_row(key: Key) -> dict[str, object]:
    center, record, rule = key
    return {
        "finding_id": finding_id(key), "center_id": center, "record_uid": record, "kind": "agency", "rule_id": rule,
        "severity": "error", "is_held_back": False, "field": "name", "value": "old", "expected": "x", "message": "m",
        "how_to_fix": "h",
    }  # fmt: skip


def shown_tonight(night: Night, before: pl.DataFrame) -> pl.DataFrame:
    """Tonight's findings: those of the centers read, and of the others what they had."""
    rows = [finding_row(key) for key in sorted(night.shown) if key[0] in night.centers]
    others = before.filter(~pl.col("center_id").is_in(night.centers) & pl.col("status").is_in(SHOWN))
    new = conform(pl.DataFrame(rows, schema=empty_table(Finding).schema), Finding)
    return pl.concat([new, others.select(new.columns)])


def acceptances_of(nights: list[Night]) -> pl.DataFrame:
    """The newest exception for each finding."""
    newest = {
        finding_id(key): {
            "finding_id": finding_id(key),
            "accepted_until": night.as_of + timedelta(days=days),
            "accepted_by": "Ana",
            "accepted_reason": "Known.",
            "accepted_at": datetime(2026, 11, 1),  # noqa: DTZ001 - the column has no zone
            "value_then": value,
        }
        for night in nights
        for key, days, value in night.accepted
    }
    return conform(pl.DataFrame(list(newest.values()), schema=schema_of(Acceptance)), Acceptance)


def run(night: Night, *, so_far: list[Night], before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the findings after a night and its events."""
    delivered = pl.DataFrame(
        [
            {"center_id": center, "kind": "agency", "record_uid": record, "is_counted": True}
            for center in CENTERS
            for record in RECORDS
            if (center, record) not in night.gone
        ],
        schema={"center_id": pl.String, "kind": pl.String, "record_uid": pl.String, "is_counted": pl.Boolean},
    )
    off = [{"center_id": center, "rule_id": night.off, "reason": "Off."} for center in CENTERS if night.off]
    acceptances = acceptances_of(so_far)
    shown = shown_tonight(night, before)
    rekeyed = pl.DataFrame(
        list(night.rekeyed),
        schema=dict.fromkeys(("center_id", "old_record_uid", "new_record_uid"), pl.String),
        orient="row",
    )
    moved = move_findings(before, rekeyed=rekeyed, findings=shown)
    tracked = track_findings(
        shown,
        before=moved,
        as_of=night.as_of,
        read_centers=list(night.centers),
        delivered=delivered,
        not_applicable=conform(pl.DataFrame(off, schema=schema_of(NotApplicable)), NotApplicable),
        acceptances=acceptances,
    )
    # The events begin where the night does: after the findings of re-keyed records have moved.
    events = list_events(tracked, before=moved, acceptances=acceptances, run_id=f"{len(so_far)}", as_of=night.as_of)
    return tracked, events


def live(nights: list[Night]) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Return the findings after each night, and the events of all."""
    states, events = [empty_table(TrackedFinding)], [empty_table(FindingEvent)]
    for place, night in enumerate(nights, start=1):
        tracked, happened = run(night, so_far=nights[:place], before=states[-1])
        states.append(tracked)
        events.append(happened)
    return states[1:], pl.concat(events)


@given(sequences())
@LAWS
def test_every_finding_ever_seen_has_exactly_one_row(nights: list[Night]) -> None:
    """A finding would be forgotten, or a curator would be told twice."""
    states, _ = live(nights)
    seen = {finding_id(key) for night in nights for key in night.shown if key[0] in night.centers}
    assert states[-1]["finding_id"].is_unique().all()
    assert set(states[-1]["finding_id"]) == seen


@given(sequences(with_rekeyed=True))
@LAWS
def test_records_with_new_numbers_never_double_a_finding(nights: list[Night]) -> None:
    """Records that swap numbers or are merged would make the night fail, or count one fault twice."""
    states, _ = live(nights)
    for tracked in states:
        assert tracked["finding_id"].is_unique().all()
        ids = [finding_id(key) for key in tracked.select("center_id", "record_uid", "rule_id").rows()]
        assert tracked["finding_id"].to_list() == ids


@given(sequences())
@LAWS
def test_events_account_for_what_is_shown(nights: list[Night]) -> None:
    """Trends drawn from the events would not end where the list of findings stands."""
    states, events = live(nights)
    balance = events.group_by("finding_id").agg(
        came=pl.col("event").is_in(COMES).sum().cast(pl.Int64), went=pl.col("event").is_in(GOES).sum().cast(pl.Int64)
    )
    told = states[-1].join(balance, on="finding_id", how="left")
    assert told["came"].null_count() == 0
    is_shown = told["status"].is_in(SHOWN).cast(pl.Int64)
    assert (told["came"] - told["went"]).to_list() == is_shown.to_list()
    opened = events.filter(pl.col("event") == "opened")["finding_id"]
    assert sorted(opened) == sorted(states[-1]["finding_id"])
    came_back = events.filter(pl.col("event") == "reappeared").height
    assert came_back == states[-1]["times_reappeared"].sum()


@given(sequences())
@LAWS
def test_the_same_night_twice_changes_nothing(nights: list[Night]) -> None:
    """A run that is repeated after a power cut would age findings or count them twice."""
    states, _ = live(nights)
    again, events = run(nights[-1], so_far=nights, before=states[-1])
    assert_frame_equal(again, states[-1])
    assert events.is_empty()


@given(sequences(), st.randoms())
@LAWS
def test_the_order_of_rows_and_centers_does_not_matter(nights: list[Night], random: st.DataObject) -> None:
    """Two machines would tell two stories of one night."""
    states, _ = live(nights)
    before = states[-2] if len(states) > 1 else empty_table(TrackedFinding)
    order = list(range(before.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    last = nights[-1]
    turned = Night(**{**last.__dict__, "centers": tuple(reversed(last.centers))})
    mixed, _ = run(turned, so_far=[*nights[:-1], turned], before=before[order] if order else before)
    assert_frame_equal(mixed, states[-1])


@given(sequences())
@LAWS
def test_days_stand_in_order_and_no_finding_is_older_than_its_first_night(nights: list[Night]) -> None:
    """Ages and fix times would be negative or invented, also when a night is run for an earlier day."""
    states, events = live(nights)
    first: dict[str, date] = {}
    for night in nights:
        for key in night.shown:
            if key[0] in night.centers:
                first[finding_id(key)] = min(first.get(finding_id(key), night.as_of), night.as_of)
    for row in states[-1].to_dicts():
        assert row["first_seen_on"] >= first[row["finding_id"]]
        assert row["first_seen_on"] <= row["last_seen_on"]
        assert (row["closed_on"] is None) == (row["status"] in SHOWN)
        assert row["closed_on"] is None or row["closed_on"] >= row["first_seen_on"]
        assert (row["status"] == "accepted") == (row["accepted_until"] is not None)
        assert row["status"] not in OPEN or (row["status"] == "reappeared") == (row["times_reappeared"] > 0)
    assert (events["days_open"] >= 0).all()
