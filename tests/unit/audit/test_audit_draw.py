from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from pipeline.audit.draw import (
    NOT_RECENT,
    POISSON,
    RECENT,
    SIMPLE,
    WHOLE_FRAME,
    AuditDraw,
    DrawPlan,
    draw_sample,
    stratum_names,
)
from pipeline.audit.draw_numbers import draw_numbers
from pipeline.audit.frame import audit_frame, mark_recent
from pipeline.audit.risk import score_risk
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.errors import ContractError, UsageError
from schemas.parameters import AuditParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
SEED = "2026Q4"
IDS = [f"A{number:04}" for number in range(1, 11)]
MANY = [f"id{number:03}" for number in range(200)]
#: Draw order of `IDS` with `SEED`, and the first 16 hex digits of each hash as far as published.
ORDER = ["A0004", "A0005", "A0010", "A0006", "A0003", "A0001", "A0009", "A0008", "A0007", "A0002"]
HEX = [
    "5a4ca3b933258597",
    "6c02105ddc98c3aa",
    "70da6daef1ec40d0",
    "7a121075b49e49ad",
    "88d19b46750d33ea",
    "a032",
    "a0e0",
    "a3e9",
    "d7ac",
    "f3ad",
]
NUMBERS = {0: 0.352732, 1: 0.421906, 2: 0.440833, 3: 0.476838, 4: 0.534448, 5: 0.625777, 9: 0.951860}

Frame = Callable[..., pl.DataFrame]


def drawn(frame: pl.DataFrame, size: int, **options: Any) -> AuditDraw:
    return draw_sample(frame, replace(DrawPlan(size=size, seed=SEED, as_of=AS_OF), **options))


def uids(draw: AuditDraw) -> list[str]:
    return draw.items.get_column("record_uid").to_list()


def chances(draw: AuditDraw) -> dict[str, float]:
    """Return the inclusion probability of every drawn record."""
    return dict(draw.items.select("record_uid", "inclusion_probability").iter_rows())


@pytest.fixture
def tiers(frame_of: Frame) -> pl.DataFrame:
    """Return 3,200 records in four tiers, of 1600, 1000, 480 and 120."""
    ids = [f"r{number:04}" for number in range(3200)]
    names = ["T1"] * 1600 + ["T2"] * 1000 + ["T3"] * 480 + ["T4"] * 120
    return frame_of(ids).with_columns(tier=pl.Series(names))


@pytest.fixture
def risky(frame_of: Frame) -> pl.DataFrame:
    """Return 200 records of which every tenth has eight times the risk of the others."""
    return frame_of(MANY).with_columns(risk=pl.when(pl.int_range(pl.len()) % 10 == 0).then(0.8).otherwise(0.1))


@pytest.fixture
def with_recent(frame_of: Frame) -> pl.DataFrame:
    """Return 200 records of which the last 40 were audited lately."""
    return frame_of(MANY).with_columns(is_recent=pl.int_range(pl.len()) >= 160)


def test_published_vectors(frame_of: Frame) -> None:
    """Nobody could draw our sample again with another program."""
    draw = drawn(frame_of(IDS), 10)
    assert uids(draw) == ORDER
    numbers = draw.items.get_column("u").to_list()
    for place, number in NUMBERS.items():
        assert numbers[place] == pytest.approx(number, abs=5e-7)
    for uid, start in zip(ORDER, HEX, strict=True):
        assert hashlib.sha256(f"{SEED}|{uid}".encode()).hexdigest().startswith(start)
    assert draw.items.get_column("rank").to_list() == list(range(1, 11))


def test_number_is_the_first_53_bits() -> None:
    """Another platform would round the number differently and draw other records."""
    number = draw_numbers(pl.Series(["A0004"]), seed=SEED).item()
    assert number == (0x5A4CA3B933258597 >> 11) / 2**53


def test_larger_sample_contains_the_smaller(frame_of: Frame) -> None:
    """A round that is extended would throw away the audits already made."""
    frame = frame_of([f"id{number}" for number in range(200)])
    for smaller, larger in ((1, 2), (30, 32), (32, 138)):
        assert uids(drawn(frame, larger))[:smaller] == uids(drawn(frame, smaller))


def test_row_order_and_other_records_do_not_reshuffle(frame_of: Frame) -> None:
    """The sample would depend on how the export happened to be sorted."""
    ids = [f"id{number}" for number in range(50)]
    assert drawn(frame_of(ids), 10).items.equals(drawn(frame_of(ids[::-1]), 10).items)
    first = uids(drawn(frame_of(ids), 10))
    without = [uid for uid in ids if uid != first[4]]
    assert uids(drawn(frame_of(without), 9)) == [*first[:4], *first[5:]]


def test_inclusion_probability_is_size_over_frame(frame_of: Frame) -> None:
    """Estimates would be weighted wrongly."""
    draw = drawn(frame_of(IDS), 4)
    assert draw.items.get_column("inclusion_probability").unique().to_list() == [0.4]
    assert draw.draw.select("frame_size", "size").row(0) == (10, 4)


def test_frame_hash_is_over_the_sorted_ids(frame_of: Frame) -> None:
    """Whoever checks a draw must be able to check the frame it came from."""
    expected = hashlib.sha256("\n".join(IDS).encode()).hexdigest()
    assert drawn(frame_of(IDS[::-1]), 2).draw.get_column("frame_sha256").item() == expected


def test_batch_id_is_the_same_for_the_same_draw_only(frame_of: Frame) -> None:
    """A worksheet could be read back into another batch."""
    frame = frame_of(IDS).with_columns(
        risk=pl.lit(0.5), tier=pl.lit("T1"), curator=pl.lit("ann"), county=pl.lit("Cook"), is_recent=pl.lit(value=False)
    )
    recent = frame.with_columns(is_recent=pl.col("record_uid") == "A0001")
    batch = drawn(frame, 4).batch_id
    assert drawn(frame.reverse(), 4).batch_id == batch
    others = [
        drawn(frame, 5),
        drawn(frame, 4, seed="2027Q1"),
        drawn(frame, 4, unit="service"),
        drawn(frame, 4, center_id="c1"),
        drawn(frame.head(9), 4),
        drawn(frame, 4, as_of=date(2026, 11, 21)),
        drawn(frame, 4, cooldown_months=6),
        drawn(frame, 4, further={"centers": ["c1"]}),
        drawn(recent, 4),
        drawn(recent, 4, overlap=0.3),
        drawn(recent, 4, overlap=0.4),
        drawn(frame.with_columns(is_recent=pl.col("record_uid") == "A0002"), 4),
        drawn(frame, 4, method="risk"),
        drawn(frame, 4, method="risk", risk_floor=0.5),
        drawn(frame, 4, method="stratified"),
        drawn(frame, 4, method="stratified", strata=("county",)),
        drawn(frame, 4, method="stratified", minimum=3),
        drawn(frame, 4, method="stratified", spreads={}),
    ]
    assert batch not in {other.batch_id for other in others}
    assert len({other.batch_id for other in others}) == len(others)


def test_batch_id_tells_apart_neyman_draws_with_other_spreads(tiers: pl.DataFrame) -> None:
    one, other = (
        drawn(tiers, 138, method="stratified", strata=("tier",), spreads={"T1": 4.0, "T2": 8.0, "T3": 12.0, "T4": last})
        for last in (20.0, 60.0)
    )
    assert sorted(uids(one)) != sorted(uids(other))
    assert one.batch_id != other.batch_id


def test_batch_id_tells_apart_draws_with_other_risks(risky: pl.DataFrame) -> None:
    turned = risky.with_columns(pl.col("risk").reverse())
    one, other = (drawn(frame, 30, method="risk") for frame in (risky, turned))
    assert sorted(uids(one)) != sorted(uids(other))
    assert one.batch_id != other.batch_id


def test_batch_id_tells_apart_draws_with_records_in_other_strata(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(tier=pl.Series(["T1", "T2"] * 100))
    moved = frame.with_columns(tier=pl.Series(["T1"] * 150 + ["T2"] * 50))
    one, other = (drawn(one, 30, method="stratified", strata=("tier",)) for one in (frame, moved))
    assert sorted(uids(one)) != sorted(uids(other))
    assert one.batch_id != other.batch_id


def test_batch_id_begins_with_the_day(frame_of: Frame) -> None:
    assert drawn(frame_of(IDS), 4).batch_id.startswith("audit-20261120-")


def test_snapshot_is_told_but_makes_no_other_draw(frame_of: Frame) -> None:
    named = drawn(frame_of(IDS), 4, snapshot="s7")
    assert named.draw.get_column("snapshot").item() == "s7"
    assert named.batch_id == drawn(frame_of(IDS), 4).batch_id


def test_frame_smaller_than_the_sample_is_drawn_whole_and_said(frame_of: Frame) -> None:
    """A small center would get an error instead of a complete audit, or not learn that it is complete."""
    draw = drawn(frame_of(IDS), 32)
    assert sorted(uids(draw)) == IDS
    assert draw.items.get_column("inclusion_probability").unique().to_list() == [1.0]
    assert draw.notices == ("32 agencies were asked for but only 10 can be drawn: all of them are in the sample.",)


@pytest.mark.parametrize("method", ["simple", "stratified", "risk"])
def test_draw_from_nothing_is_empty(frame_of: Frame, method: str) -> None:
    """The first night of a new center must not fall over."""
    frame = frame_of(IDS).with_columns(tier=pl.lit("T1"), risk=pl.lit(0.5))
    draw = drawn(frame.clear(), 32, method=method, strata=("tier",))
    assert draw.items.is_empty()
    assert draw.draw.get_column("size").item() == 0
    assert drawn(frame, 0, method=method, strata=("tier",)).items.is_empty()


def test_one_center_is_drawn_alone(frame_of: Frame) -> None:
    """A center would have to audit its neighbour's records."""
    frame = pl.concat([frame_of(IDS), frame_of([f"B{uid}" for uid in IDS], center_id="c2")])
    draw = drawn(frame, 5, center_id="c2")
    assert draw.items.get_column("center_id").unique().to_list() == ["c2"]
    assert draw.draw.select("center_id", "frame_size").row(0) == ("c2", 10)


def test_same_id_in_two_centers_is_two_records(frame_of: Frame) -> None:
    frame = pl.concat([frame_of(IDS), frame_of(IDS, center_id="c2")])
    draw = drawn(frame, 4)
    assert draw.items.select("center_id", "record_uid").rows() == [
        (center, uid) for uid in ORDER[:2] for center in ("c1", "c2")
    ]
    assert drawn(frame.reverse(), 4).items.equals(draw.items)


@pytest.mark.parametrize("seed", ["2026|Q4", "", "  "])
def test_seed_that_cannot_be_used_is_refused(frame_of: Frame, seed: str) -> None:
    """Two different draws could carry the same seed and record text."""
    with pytest.raises(UsageError, match="seed"):
        drawn(frame_of(IDS), 2, seed=seed)


def test_wrong_size_and_unit_are_refused(frame_of: Frame) -> None:
    """A slip on the command line would give a sample that nobody asked for."""
    with pytest.raises(UsageError, match="-1 records"):
        drawn(frame_of(IDS), -1)
    with pytest.raises(UsageError, match="agency, service"):
        drawn(frame_of(IDS), 1, unit="site")


def test_strata_that_do_not_exist_are_refused(frame_of: Frame) -> None:
    with pytest.raises(UsageError, match="no strata by shoe_size"):
        drawn(frame_of(IDS), 4, method="stratified", strata=("shoe_size",))


def test_record_twice_in_the_frame_is_our_bug(frame_of: Frame) -> None:
    """One record would be audited twice and counted double."""
    with pytest.raises(ContractError, match="twice"):
        drawn(frame_of(["A", "A"]), 1)


def test_separator_in_an_id_is_our_bug(frame_of: Frame) -> None:
    with pytest.raises(ContractError, match=r"the sign \|"):
        drawn(frame_of(["A|1"]), 1)


def test_frame_holds_counted_records_once(directory_of: Callable[..., Directory]) -> None:
    """Inactive agencies would be audited, or an agency delivered twice drawn twice as often."""
    directory = directory_of(
        agency=[
            {"record_uid": "B", "name": "b", "source_line": 9},
            {"record_uid": "A", "name": "second", "source_line": 8},
            {"record_uid": "A", "name": "first", "source_line": 7},
            {"record_uid": "C", "not_counted_reason": "inactive"},
        ],
        service=[{"record_uid": "p", "agency_uid": "A"}, {"record_uid": "q", "not_counted_reason": "draft"}],
    )
    assert audit_frame(directory).get_column("name").to_list() == ["first", "b"]
    assert audit_frame(directory, unit="service").get_column("record_uid").to_list() == ["p"]


def test_frame_knows_everybody_who_curates_a_part(directory_of: Callable[..., Directory]) -> None:
    directory = directory_of(
        agency=[{"record_uid": "A", "curator": "ann"}, {"record_uid": "B"}],
        site=[{"record_uid": "s", "agency_uid": "A", "curator": "ben"}],
        service=[
            {"record_uid": "p", "agency_uid": "A", "curator": "cy"},
            {"record_uid": "q", "agency_uid": "A", "curator": "dee", "not_counted_reason": "draft"},
        ],
    )
    assert audit_frame(directory).get_column("curators").to_list() == [["ann", "ben", "cy"], []]
    assert audit_frame(directory, unit="service").get_column("curators").to_list() == [["cy"]]


def test_document_has_the_promised_keys(frame_of: Frame) -> None:
    """Scripts that read the JSON of a draw would break."""
    document = json.loads(json.dumps(drawn(frame_of(IDS), 3).document()))
    assert {"batch_id", "method", "seed", "frame_size", "frame_sha256", "strata", "items"} <= document.keys()
    keys = {"record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater"}
    assert all(keys <= item.keys() for item in document["items"])
    assert document["strata"] == [
        {"stratum": "all", "frame_size": 10, "size": 3, "drawn_as": "simple", "is_recent": False, "spread": None}
    ]


def test_proportional_strata(tiers: pl.DataFrame) -> None:
    draw = drawn(tiers, 138, method="stratified", strata=("tier",))
    assert draw.strata.select("stratum", "frame_size", "size").rows() == [
        ("T1", 1600, 69),
        ("T2", 1000, 43),
        ("T3", 480, 21),
        ("T4", 120, 5),
    ]
    assert draw.draw.select("method", "allocation", "size").row(0) == ("stratified", "proportional", 138)
    assert draw.strata.get_column("spread").null_count() == 4
    assert draw.items.get_column("stratum").equals(draw.items.get_column("tier"), check_names=False)
    for name, count, size in draw.strata.select("stratum", "frame_size", "size").iter_rows():
        own = draw.items.filter(pl.col("stratum") == name)
        assert own.get_column("inclusion_probability").unique().to_list() == [size / count]
        alone = drawn(tiers.filter(pl.col("tier") == name), size)
        assert own.get_column("record_uid").to_list() == uids(alone)
    assert draw.notices == ()


def test_neyman_strata(tiers: pl.DataFrame) -> None:
    spreads = {"T1": 4.0, "T2": 8.0, "T3": 12.0, "T4": 20.0}
    draw = drawn(tiers, 138, method="stratified", strata=("tier",), spreads=spreads)
    assert draw.strata.get_column("size").to_list() == [39, 49, 35, 15]
    assert draw.strata.get_column("spread").to_list() == [4, 8, 12, 20]
    assert draw.draw.get_column("allocation").item() == "neyman"


def test_stratum_without_a_spread_takes_the_weighed_mean_of_the_others(tiers: pl.DataFrame) -> None:
    draw = drawn(tiers, 138, method="stratified", strata=("tier",), spreads={"T1": 4.0, "T2": 8.0, "T4": 20.0})
    usual = (1600 * 4 + 1000 * 8 + 120 * 20) / 2720
    assert draw.strata.get_column("spread").to_list() == pytest.approx([4, 8, usual, 20])


def test_draw_order_of_strata_goes_by_the_number(tiers: pl.DataFrame) -> None:
    draw = drawn(tiers, 138, method="stratified", strata=("tier",))
    assert draw.items.get_column("u").is_sorted()
    assert draw.items.get_column("rank").to_list() == list(range(1, 139))


def test_strata_are_named_by_their_parts(frame_of: Frame) -> None:
    frame = frame_of(["A", "B"]).with_columns(tier=pl.lit("T2"), curator=pl.Series(["ann", None]))
    names = frame.select(stratum_names(frame, ("tier", "curator", "center"))).to_series().to_list()
    assert names == ["T2 · ann · c1", "T2 · none · c1"]


def test_small_strata_are_merged_and_said(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(tier=pl.Series(["T1"] * 150 + ["T2"] * 48 + ["T3", "T4"]))
    draw = drawn(frame, 40, method="stratified", strata=("tier",))
    assert draw.strata.select("stratum", "frame_size", "size").rows() == [
        ("T1", 150, 29),
        ("T2", 48, 9),
        ("others", 2, 2),
    ]
    assert draw.notices == (
        (
            "2 of 4 strata were merged into 1, so that each holds and gives at least 2 records. "
            "A larger sample may merge fewer."
        ),
    )
    assert draw.draw.get_column("size").item() == 40


def test_four_strata_of_one_record_can_be_drawn_from(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(tier=pl.Series(["T1"] * 196 + ["T2", "T3", "T4", "T5"]))
    draw = drawn(frame, 40, method="stratified", strata=("tier",))
    assert draw.strata.get_column("frame_size").sum() == 200
    assert draw.strata.get_column("size").sum() == draw.items.height == 40


def test_more_strata_than_the_sample_can_serve_are_merged(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(tier=pl.Series([f"T{number % 20:02}" for number in range(200)]))
    for size in (0, 1, 2, 9, 39):
        draw = drawn(frame, size, method="stratified", strata=("tier",))
        assert draw.items.height == size
        assert draw.strata.get_column("frame_size").sum() == 200
        assert draw.strata.get_column("size").sum() == size
        assert size < 2 or draw.strata.get_column("size").min() == 2


def test_merged_strata_take_the_weighed_spread_of_their_parts(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(tier=pl.Series(["T1"] * 197 + ["T2", "T3", "T3"]))
    spreads = {"T1": 5.0, "T2": 9.0, "T3": 15.0}
    draw = drawn(frame, 40, method="stratified", strata=("tier",), spreads=spreads)
    assert dict(draw.strata.select("stratum", "spread").iter_rows()) == {
        "T1": 5.0,
        "others": pytest.approx((9 + 2 * 15) / 3),
    }


def test_larger_stratified_sample_contains_the_smaller(tiers: pl.DataFrame) -> None:
    for spreads in (None, {"T1": 4.0, "T2": 8.0, "T3": 12.0, "T4": 20.0}):
        sizes = (8, 9, 31, 138, 139, 400)
        options: dict[str, Any] = {"method": "stratified", "strata": ("tier",), "spreads": spreads}
        samples = [set(uids(drawn(tiers, size, **options))) for size in sizes]
        assert all(smaller < larger for smaller, larger in pairwise(samples))


def test_a_sample_too_small_for_its_strata_says_that_a_larger_one_may_differ(frame_of: Frame) -> None:
    """Across a merger a larger sample may lose a record; whoever extends it must know."""
    frame = frame_of(MANY).with_columns(tier=pl.Series(["T1", "T2"] * 100))
    small, large = (drawn(frame, size, method="stratified", strata=("tier",)) for size in (3, 4))
    assert "A larger sample may merge fewer." in " ".join(small.notices)
    assert large.notices == ()


@pytest.mark.parametrize("method", ["simple", "stratified", "risk"])
@pytest.mark.parametrize("overlap", [0.0, 0.1])
def test_same_sample_in_any_row_order(frame_of: Frame, method: str, overlap: float) -> None:
    frame = frame_of(MANY).with_columns(
        tier=pl.Series([f"T{number % 3}" for number in range(200)]),
        risk=pl.Series([(number * 37 % 101) / 101 for number in range(200)]),
        is_recent=pl.int_range(pl.len()) % 9 == 0,
    )
    first = drawn(frame, 30, method=method, strata=("tier",), overlap=overlap)
    for turned in (frame.reverse(), frame.sort("risk"), frame.sort("tier", "risk")):
        again = drawn(turned, 30, method=method, strata=("tier",), overlap=overlap)
        assert again.batch_id == first.batch_id
        assert again.items.equals(first.items)
        assert again.strata.equals(first.strata)


def test_risk_chances_by_hand(risky: pl.DataFrame) -> None:
    draw = drawn(risky, 30, method="risk")
    # 20 records of weight 0.8 and 180 of weight 0.1, all above a quarter of the mean of 0.17.
    weighed = {0.8: 30 * 0.8 / 34, 0.1: 30 * 0.1 / 34}
    for risk, chance in draw.items.select("risk", "inclusion_probability").iter_rows():
        assert chance == pytest.approx(weighed[risk])
    assert 20 * weighed[0.8] + 180 * weighed[0.1] == pytest.approx(30)
    assert draw.strata.select("stratum", "frame_size", "size", "drawn_as").rows() == [(WHOLE_FRAME, 200, 30, POISSON)]
    assert draw.items.height == 30


def test_risk_draw_takes_the_smallest_numbers_over_weight(risky: pl.DataFrame) -> None:
    draw = drawn(risky, 30, method="risk")
    numbers = draw_numbers(risky.get_column("record_uid"), seed=SEED)
    by_ratio = risky.with_columns(ratio=numbers / pl.col("risk")).sort("ratio")
    assert uids(draw) == by_ratio.head(30).get_column("record_uid").to_list()


def test_risk_floor_gives_every_record_a_chance(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(risk=pl.Series([1.0] * 100 + [0.0] * 100))
    every = chances(drawn(frame, 200, method="risk"))
    assert set(every.values()) == {1.0}
    draw = drawn(frame, 50, method="risk", risk_floor=0.25)
    found = dict(draw.items.select("risk", "inclusion_probability").iter_rows())
    # The others are raised to f: f = 0.25 (1 + f) / 2, so f = 1/7.
    assert found[1.0] == pytest.approx(50 / 100 / (1 + 1 / 7))
    assert found[0.0] == pytest.approx(found[1.0] / 7)
    assert 100 * found[1.0] + 100 * found[0.0] == pytest.approx(50)


def test_no_risk_at_all_is_a_simple_draw(frame_of: Frame) -> None:
    draw = drawn(frame_of(MANY).with_columns(risk=pl.lit(0.0)), 30, method="risk")
    assert uids(draw) == uids(drawn(frame_of(MANY), 30))
    assert list(chances(draw).values()) == pytest.approx([0.15] * 30)


def test_floor_of_1_is_a_simple_draw(risky: pl.DataFrame) -> None:
    draw = drawn(risky, 30, method="risk", risk_floor=1.0)
    assert uids(draw) == uids(drawn(risky, 30))
    assert list(chances(draw).values()) == pytest.approx([0.15] * 30)


def test_records_of_chance_1_go_first(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(
        risk=pl.when(pl.col("record_uid").is_in(["id007", "id100"])).then(1.0).otherwise(0.01)
    )
    draw = drawn(frame, 10, method="risk", risk_floor=0.01)
    sure = draw.items.filter(pl.col("inclusion_probability") == 1.0)
    assert sorted(sure.get_column("record_uid").to_list()) == ["id007", "id100"]
    assert max(chances(draw).values()) == 1.0
    others = draw.items.filter(pl.col("inclusion_probability") < 1.0).get_column("inclusion_probability")
    assert others.to_list() == pytest.approx([8 / 198] * 8)


def test_record_whose_chance_reaches_1_takes_the_next_place(frame_of: Frame) -> None:
    frame = frame_of(MANY).with_columns(risk=pl.when(pl.col("record_uid") == "id007").then(0.8).otherwise(0.01))
    for size in range(4, 20):  # 4 x 0.8 / 2.79 is above 1, 3 x 0.8 / 2.79 is not
        draw = drawn(frame, size, method="risk", risk_floor=0.01)
        assert chances(draw)["id007"] == 1
    assert max(chances(drawn(frame, 3, method="risk", risk_floor=0.01)).values()) < 1


def test_larger_risk_sample_begins_with_the_smaller(frame_of: Frame, risky: pl.DataFrame) -> None:
    steep = frame_of(MANY).with_columns(risk=pl.Series([1.03**number for number in range(200)]))
    for frame in (risky, steep):
        whole = uids(drawn(frame, 200, method="risk"))
        for size in (1, 2, 29, 30, 77, 150, 199):
            assert uids(drawn(frame, size, method="risk")) == whole[:size]


def test_recently_audited_records_are_left_out_and_said(with_recent: pl.DataFrame) -> None:
    draw = drawn(with_recent, 32, cooldown_months=12)
    assert max(uids(draw)) < "id160"
    assert uids(draw) == uids(drawn(with_recent.filter(~pl.col("is_recent")), 32))
    facts = draw.draw.select("frame_size", "recent_size", "covers_recent", "cooldown_months").row(0)
    assert facts == (200, 40, False, 12)
    assert draw.strata.select("stratum", "frame_size", "size", "is_recent").rows() == [(WHOLE_FRAME, 160, 32, False)]
    assert set(chances(draw).values()) == {32 / 160}
    assert draw.notices == (
        (
            "40 of 200 agencies were audited in the last 12 months and cannot be drawn: the result speaks for the other 160 "
            "only. With an overlap (--overlap 0.1) it speaks for all."
        ),
    )


def test_frame_hash_is_over_the_whole_frame_cooldown_or_not(with_recent: pl.DataFrame, frame_of: Frame) -> None:
    with_cooldown, without = drawn(with_recent, 32), drawn(frame_of(MANY), 32)
    assert with_cooldown.draw.get_column("frame_sha256").item() == without.draw.get_column("frame_sha256").item()
    parameters = json.loads(with_cooldown.draw.get_column("parameters").item())
    assert parameters["recent_sha256"] == hashlib.sha256("\n".join(MANY[160:]).encode()).hexdigest()


def test_all_audited_lately_leaves_nothing_to_draw(with_recent: pl.DataFrame) -> None:
    draw = drawn(with_recent.filter("is_recent"), 32, cooldown_months=12)
    assert draw.items.is_empty()
    assert draw.notices[0] == "32 agencies were asked for but only 0 can be drawn: all of them are in the sample."
    assert "the other 0 only" in draw.notices[1]


@pytest.mark.parametrize("method", ["simple", "stratified", "risk"])
def test_all_audited_lately_can_be_drawn_with_an_overlap(with_recent: pl.DataFrame, method: str) -> None:
    frame = with_recent.filter("is_recent").with_columns(tier=pl.lit("T1"), risk=pl.lit(0.5))
    draw = drawn(frame, 8, overlap=0.1, method=method, strata=("tier",))
    assert uids(draw) == uids(drawn(frame.with_columns(is_recent=pl.lit(value=False)), 8))
    assert draw.strata.select("stratum", "frame_size", "size").rows() == [(RECENT, 40, 8)]


def test_overlap_is_a_stratum_of_its_own(with_recent: pl.DataFrame) -> None:
    draw = drawn(with_recent, 32, overlap=0.1, cooldown_months=12)
    assert draw.strata.select("stratum", "frame_size", "size", "drawn_as", "is_recent").rows() == [
        (NOT_RECENT, 160, 29, SIMPLE, False),
        (RECENT, 40, 3, SIMPLE, True),
    ]
    of_recent = draw.items.filter(pl.col("stratum") == RECENT)
    assert min(of_recent.get_column("record_uid").to_list()) >= "id160"
    assert of_recent.get_column("inclusion_probability").to_list() == [3 / 40] * 3
    assert (1 / draw.items.get_column("inclusion_probability")).sum() == pytest.approx(200)
    assert draw.draw.get_column("covers_recent").item()
    assert draw.notices == ()


def test_overlap_gives_at_least_the_minimum_and_at_most_what_there_is(with_recent: pl.DataFrame) -> None:
    assert drawn(with_recent, 10, overlap=0.1).strata.get_column("size").to_list() == [8, 2]
    assert drawn(with_recent, 100, overlap=0.9).strata.get_column("size").to_list() == [60, 40]
    assert drawn(with_recent, 190, overlap=0.1).strata.get_column("size").to_list() == [160, 30]
    whole = drawn(with_recent, 999, overlap=0.1)
    assert whole.items.height == 200
    assert whole.notices == ("999 agencies were asked for but only 200 can be drawn: all of them are in the sample.",)


def test_overlap_without_recent_records_is_a_plain_draw(frame_of: Frame) -> None:
    draw = drawn(frame_of(MANY), 32, overlap=0.1)
    assert uids(draw) == uids(drawn(frame_of(MANY), 32))
    assert draw.strata.get_column("stratum").to_list() == [WHOLE_FRAME]


@pytest.mark.parametrize("method", ["simple", "stratified", "risk"])
def test_larger_sample_with_overlap_contains_the_smaller(with_recent: pl.DataFrame, method: str) -> None:
    frame = with_recent.with_columns(
        tier=pl.Series(["T1", "T2", "T2", "T3"] * 50), risk=pl.Series([0.1, 0.2, 0.9, 0.4] * 50)
    )
    samples = [
        set(uids(drawn(frame, size, overlap=0.1, method=method, strata=("tier",)))) for size in (10, 11, 32, 138, 200)
    ]
    assert all(smaller < larger for smaller, larger in pairwise(samples))


def test_overlap_stands_beside_strata_and_risk(with_recent: pl.DataFrame) -> None:
    frame = with_recent.with_columns(tier=pl.Series(["T1", "T2"] * 100), risk=pl.Series([0.1, 0.2, 0.9, 0.4] * 50))
    strata = drawn(frame, 40, overlap=0.1, method="stratified", strata=("tier",)).strata
    assert strata.select("stratum", "size").rows() == [("T1", 18), ("T2", 18), (RECENT, 4)]
    by_risk = drawn(frame, 40, overlap=0.1, method="risk").strata
    assert by_risk.select("stratum", "size", "drawn_as").rows() == [(NOT_RECENT, 36, POISSON), (RECENT, 4, SIMPLE)]


def test_cooldown_ends_after_its_months(frame_of: Frame) -> None:
    audited = pl.DataFrame(
        {
            "center_id": ["c1", "c1", "c1", "c2"],
            "record_uid": ["A0001", "A0002", "A0003", "A0004"],
            "audited_on": [date(2025, 11, 21), date(2025, 11, 20), date(2026, 11, 20), date(2026, 11, 1)],
        }
    )
    frame = frame_of(IDS)
    marked = mark_recent(frame, audited=audited, as_of=AS_OF, cooldown_months=12)
    assert marked.filter("is_recent").get_column("record_uid").to_list() == ["A0001", "A0003"]
    assert marked.get_column("record_uid").to_list() == IDS
    assert not mark_recent(frame, audited=audited, as_of=AS_OF, cooldown_months=0).get_column("is_recent").any()


def test_risk_score_by_hand(frame_of: Frame) -> None:
    frame = frame_of(["A", "B", "C"]).with_columns(
        verified_on=pl.Series([date(2026, 11, 20), None, date(2025, 5, 21)], dtype=pl.Date)
    )
    findings = pl.DataFrame(
        {
            "center_id": ["c1"] * 4,
            "record_uid": ["A", "s", "B", "x"],
            "agency_uid": ["A", "A", "B", "c"],
            "severity": ["error", "warning", "info", "error"],
        }
    )
    use = pl.DataFrame({"center_id": ["c1", "c1"], "record_uid": ["A", "B"], "use": [5, 70]})
    options: dict[str, Any] = {"as_of": AS_OF, "parameters": AuditParameters(), "unit": "agency"}
    age = 548 / (3 * 365.25)
    scored = score_risk(frame, findings=findings, use=use, **options)
    assert scored.get_column("risk").to_list() == pytest.approx(
        [0.4 * 1.3 / 5 + 0.2 * 0.5, 0.4 + 0.2, 0.4 * age], abs=1e-9
    )
    without = score_risk(frame, findings=findings, **options)
    assert without.get_column("risk").to_list() == pytest.approx([0.5 * 1.3 / 5, 0.5, 0.5 * age], abs=1e-9)
    assert score_risk(frame, findings=empty_table(Finding), **options).get_column("risk").to_list()[0] == 0
    own = score_risk(frame, findings=findings, **(options | {"unit": "service"}))
    assert own.get_column("risk").to_list()[0] == pytest.approx(0.5 * 1.0 / 5)


def test_one_batch_of_several(frame_of: Frame) -> None:
    one, other = drawn(frame_of(IDS), 3), drawn(frame_of(IDS), 4)
    both = AuditDraw(
        draw=pl.concat([one.draw, other.draw]),
        items=pl.concat([one.items, other.items]),
        strata=pl.concat([one.strata, other.strata]),
    )
    picked = both.batch(other.batch_id)
    assert picked.batch_id == other.batch_id
    assert (picked.items.height, picked.strata.height) == (4, 1)
