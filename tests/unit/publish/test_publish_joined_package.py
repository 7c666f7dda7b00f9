"""Packages of blocks put together to one: counts and faults of all, and files one behind the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.publish import joined_files
from pipeline.publish.joined_files import join_files
from pipeline.publish.joined_package import Part, as_part, join_packages, join_preflights
from pipeline.publish.preflight import Fault, Preflight
from schemas.errors import ContractError
from tests.unit.publish.conftest import export, record, small_rows


def fault(count: int, example: str | None = None, *, values: tuple[str, ...] = (), **other) -> Fault:
    told = {"table": "service", "column": "name", "check": "required", "message": "Empty.", "rule_id": "EXP-003"}
    return Fault(**(told | other), count=count, example=example, values=values)


def preflight(*errors: Fault, warnings: tuple[Fault, ...] = ()) -> Preflight:
    return Preflight(errors=errors, warnings=warnings)


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    """Two blocks: the small directory, and another center's agency that may not leave with its site, which may not either."""
    other = small_rows()
    for rows in other.values():
        rows.clear()
    other["agency"].append(record("agency", "5", name="Closed House", status="inactive"))
    other["agency"].append(record("agency", "6", name="Open House", description="Open."))
    packages = [export(rows) for rows in (small_rows(), other)]
    return [as_part(package, Path(str(number))) for number, package in enumerate(packages)]


def nothing(_) -> None:
    """Write nothing."""


def test_counts_of_all_blocks_are_added(parts):
    """The sender would believe that most of the directory was not sent."""
    joined = join_packages(parts, write_files=nothing)
    assert joined.records() == {"organization": 2, "location": 2, "service": 2, "service_at_location": 2}
    assert joined.counts()["agency"] == {"delivered": 3, "written": 2, "withheld": {"not_active": 1}}
    assert joined.withheld_by_reason() == {"not_active": 1}
    assert joined.rows["organization"] == 2
    assert joined.rows["phone"] == sum(part.package.rows["phone"] for part in parts)
    assert (joined.target, joined.run_id, joined.as_of) == ("hsds", "run-1", date(2026, 11, 20))
    assert list(joined.removed_values) == sorted(joined.removed_values)


def test_what_is_left_out_is_listed_in_the_order_of_records(parts):
    """The same night would give another manifest when its blocks are cut otherwise."""
    listed = pl.DataFrame(
        {
            "center_id": ["test", "test"],
            "record_uid": ["b", "a"],
            "kind": ["agency", "agency"],
            "reason": ["not_active"] * 2,
            "rule_id": pl.Series([None, None], dtype=pl.String),
        }
    )
    several = [
        replace(
            part,
            package=replace(part.package, withheld=listed.slice(number, 1)),
            delivered={"agency": 1},
            written={"agency": 0},
        )
        for number, part in enumerate(parts)
    ]
    joined = [join_packages(some, write_files=nothing) for some in (several, several[::-1])]
    assert joined[0].withheld["record_uid"].to_list() == ["a", "b"]
    assert_frame_equal(joined[0].withheld, joined[1].withheld)


def test_what_no_block_knows_is_taken_from_the_whole(parts):
    """Terms that all blocks bring would be counted once for each."""
    joined = join_packages(
        parts,
        write_files=nothing,
        rows={"taxonomy_term": 7},
        faults=[fault(2, check="unique")],
        notes={"told": "of the whole"},
    )
    assert joined.rows["taxonomy_term"] == 7
    assert joined.rows["organization"] == 2
    assert joined.preflight.errors == (fault(2, check="unique"),)
    assert joined.notes == {"told": "of the whole"}


@pytest.mark.parametrize(
    ("delivered", "written"), [({"agency": 2}, {"agency": 2}), ({"agency": 4}, {"agency": 2}), ({}, {"agency": 2})]
)
def test_a_record_in_neither_or_in_both_stops_the_export(parts, delivered, written):
    """A record that fell out between two blocks would be missed by nobody."""
    wrong = replace(parts[1], delivered={**parts[1].delivered, **delivered}, written={**parts[1].written, **written})
    if not delivered:
        wrong = replace(wrong, delivered={})
    with pytest.raises(ContractError, match="must add up"):
        join_packages([parts[0], wrong], write_files=nothing)


def test_a_part_keeps_no_records(parts):
    """All blocks of a nation would be in memory until the last one is made."""
    frames = [value for part in parts for value in vars(part.package).values() if isinstance(value, pl.DataFrame)]
    assert len(frames) == len(parts)
    assert all(frame.height <= 1 for frame in frames)


def test_the_same_fault_of_two_blocks_is_one():
    """A list of a hundred blocks' faults is read by nobody."""
    joined = join_preflights(
        [
            preflight(fault(2, "b"), warnings=(fault(1, "y", check="no_service"),)),
            preflight(fault(3, "a"), fault(1, None, column="url")),
            preflight(fault(1, None), warnings=(fault(4, "x", check="no_service"),)),
        ]
    )
    assert joined.errors == (fault(6, "a"), fault(1, None, column="url"))
    assert joined.warnings == (fault(5, "x", check="no_service"),)


@pytest.mark.parametrize(
    "other", [{"table": "agency"}, {"column": "url"}, {"check": "uri"}, {"message": "x"}, {"rule_id": None}]
)
def test_other_faults_stay_apart(other):
    """People would look for one fault where there are two."""
    joined = join_preflights([preflight(fault(1, "a")), preflight(fault(2, "b", **other))])
    assert sorted(one.count for one in joined.errors) == [1, 2]


def test_faults_do_not_depend_on_the_order_of_blocks():
    told = [preflight(fault(1, "b")), preflight(fault(2, "a", column="url")), preflight(fault(4, "c"))]
    assert join_preflights(told) == join_preflights(told[::-1])


def test_words_of_many_blocks_come_first_and_no_more_than_a_block_shows():
    """The list would grow with the directory, and the words that matter would stand anywhere in it."""
    many = [fault(30, values=tuple(f"word {number:02}" for number in range(20)))] * 2
    joined = join_preflights([preflight(fault(1, values=("rare", "word 19"))), *(preflight(one) for one in many)])
    (one,) = joined.errors
    assert one.count == 61
    assert len(one.values) == 20
    assert one.values[0] == "word 19"
    assert "rare" not in one.values


def test_files_follow_one_another_and_are_gone(tmp_path, monkeypatch):
    """A nation's files would need their room twice."""
    monkeypatch.setattr(joined_files, "_PIECE", 3)
    parts = [tmp_path / name for name in ("a", "b", "c")]
    for part, text in zip(parts, ("one\n", "", "two, and more than a piece\n"), strict=True):
        part.write_text(text, encoding="utf-8")
    join_files(tmp_path / "all", parts)
    assert (tmp_path / "all").read_bytes() == b"one\ntwo, and more than a piece\n"
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_the_header_is_kept_once(tmp_path):
    """The receiver would read a heading as a record."""
    parts = [tmp_path / name for name in ("a", "b", "c", "d")]
    for part, text in zip(parts, ("id,é\n", "id,é\n1,x\n", "id,é\n", 'id,é\n2,"y\nz"\n'), strict=True):
        part.write_text(text, encoding="utf-8", newline="")
    join_files(tmp_path / "all", parts, has_header=True)
    assert (tmp_path / "all").read_bytes() == 'id,é\n1,x\n2,"y\nz"\n'.encode()


def test_what_is_not_to_be_told_is_taken_out_of_every_part(tmp_path, monkeypatch):
    """A line of the first part would tell what those of the others do not; one cut in two by the copying would tell it too."""
    monkeypatch.setattr(joined_files, "_PIECE", 3)
    parts = [tmp_path / name for name in ("a", "b")]
    for part in parts:
        part.write_text("head\none,gone,é\ntwo,gone\n", encoding="utf-8", newline="")
    join_files(tmp_path / "all", parts, has_header=True, without=[b",gone"])
    assert (tmp_path / "all").read_bytes() == "head\none,é\ntwo\none,é\ntwo\n".encode()


def test_parts_without_the_file_are_passed_over(tmp_path):
    """A block without services has no file of them."""
    (tmp_path / "b").write_text("id\n1\n", encoding="utf-8")
    (tmp_path / "d").write_text("id\n2\n", encoding="utf-8")
    join_files(tmp_path / "all", [tmp_path / name for name in "abcd"], has_header=True)
    assert (tmp_path / "all").read_bytes() == b"id\n1\n2\n"
    join_files(tmp_path / "none", [tmp_path / "b", tmp_path / "missing"])
    join_files(tmp_path / "none", [])
    assert not (tmp_path / "none").exists()
