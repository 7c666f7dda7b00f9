from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from pipeline.audit.draw import AuditDraw, audit_frame, draw_numbers, draw_simple
from schemas.directory import Directory
from schemas.errors import ContractError, UsageError

AS_OF = date(2026, 11, 20)
SEED = "2026Q4"
IDS = [f"A{number:04}" for number in range(1, 11)]
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


def drawn(frame: pl.DataFrame, size: int, **options: str) -> AuditDraw:
    return draw_simple(frame, **({"size": size, "seed": SEED, "as_of": AS_OF} | options))


def uids(draw: AuditDraw) -> list[str]:
    return draw.items.get_column("record_uid").to_list()


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
    frame = frame_of(IDS)
    batch = drawn(frame, 4).batch_id
    assert drawn(frame.reverse(), 4).batch_id == batch
    others = [
        drawn(frame, 5),
        drawn(frame, 4, seed="2027Q1"),
        drawn(frame, 4, unit="service"),
        drawn(frame, 4, center_id="c1"),
        drawn(frame_of(IDS[:9]), 4),
        draw_simple(frame, size=4, seed=SEED, as_of=date(2026, 11, 21)),
    ]
    assert batch not in {other.batch_id for other in others}
    assert len({other.batch_id for other in others}) == len(others)


def test_frame_smaller_than_the_sample_is_drawn_whole_and_said(frame_of: Frame) -> None:
    """A small center would get an error instead of a complete audit, or not learn that it is complete."""
    draw = drawn(frame_of(IDS), 32)
    assert sorted(uids(draw)) == IDS
    assert draw.items.get_column("inclusion_probability").unique().to_list() == [1.0]
    assert draw.notices == ("32 agencies were asked for but only 10 can be drawn: all of them are in the sample.",)


def test_draw_from_nothing_is_empty(frame_of: Frame) -> None:
    """The first night of a new center must not fall over."""
    draw = drawn(frame_of([]), 32)
    assert draw.items.is_empty()
    assert draw.draw.get_column("size").item() == 0
    assert drawn(frame_of(IDS), 0).items.is_empty()


def test_one_center_is_drawn_alone(frame_of: Frame) -> None:
    """A center would have to audit its neighbour's records."""
    frame = pl.concat([frame_of(IDS), frame_of([f"B{uid}" for uid in IDS], center_id="c2")])
    draw = drawn(frame, 5, center_id="c2")
    assert draw.items.get_column("center_id").unique().to_list() == ["c2"]
    assert draw.draw.select("center_id", "frame_size").row(0) == ("c2", 10)


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


def test_record_twice_in_the_frame_is_our_bug(frame_of: Frame) -> None:
    """One record would be audited twice and counted double."""
    with pytest.raises(ContractError, match="twice"):
        drawn(frame_of(["A", "A"]), 1)


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


def test_document_has_the_promised_keys(frame_of: Frame) -> None:
    """Scripts that read the JSON of a draw would break."""
    document = json.loads(json.dumps(drawn(frame_of(IDS), 3).document()))
    assert {"batch_id", "method", "seed", "frame_size", "frame_sha256", "strata", "items"} <= document.keys()
    keys = {"record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater"}
    assert all(keys <= item.keys() for item in document["items"])
    assert document["strata"] == [{"stratum": "all", "frame_size": 10, "size": 3}]
