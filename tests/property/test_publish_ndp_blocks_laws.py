"""Laws of NDP-shaped bundles made in parts, for any directory."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.publish.ndp_join import join_ndp, repeated_ids, with_common_words
from pipeline.publish.ndp_overview import overview_of
from pipeline.publish.preflight import Fault
from pipeline.publish.public_directory import PublicDirectory
from schemas.directory import Directory
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import package_of, parted, public_of, written
from tests.property.test_publish_laws import directories
from tests.unit.publish.conftest import SCHEMAS, as_directory, record, uid

LAWS = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENTERS = NdpParameters(owner_codes={"c1": "211one", "c2": "211two"})


def added_up(faults: list[Fault]) -> list[Fault]:
    """Faults of parts as faults of the whole."""
    found: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        place = (fault.table, fault.column, fault.check)
        before = found.get(place)
        examples = [one.example for one in (before, fault) if one is not None and one.example is not None]
        count = fault.count + (before.count if before else 0)
        found[place] = replace(fault, count=count, example=min(examples, default=None))
    return list(found.values())


@st.composite
def numbered(draw: st.DrawFn) -> Directory:
    """A small directory of two centers in which everything may leave, and numbers are shared by records of all kinds."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    numbers = st.sampled_from(["1", "2", " 2 ", "3", "x", "derived:1", None])
    for center in ("c1", "c2"):
        agencies = st.integers(0, draw(st.integers(1, 4)) - 1)
        for number in range(5):
            row = record("agency", f"a{number}", name=f"Agency {number}", center_id=center)
            rows["agency"].append(row | {"native_id": draw(numbers)})
        for kind in ("site", "service"):
            for number in range(draw(st.integers(1, 4))):
                agency = uid("agency", f"a{draw(agencies)}", center)
                shared = {"center_id": center, "agency_uid": agency, "languages": [draw(st.sampled_from("ABC"))]}
                rows[kind].append(record(kind, f"n{number}", name=kind, **shared) | {"native_id": draw(numbers)})
        for number in range(draw(st.integers(0, 2))):
            ends = {
                f"{kind}_uid": draw(
                    st.sampled_from([row["record_uid"] for row in rows[kind] if row["center_id"] == center])
                )
                for kind in ("site", "service")
            }
            row = record("service_at_site", f"l{number}", center_id=center, **ends)
            rows["service_at_site"].append(row | {"native_id": draw(numbers)})
    return as_directory(rows)


@LAWS
@given(numbered(), st.integers(2, 4))
def test_parts_with_shared_numbers_joined_are_the_whole(directory, count):
    """Another record would bear a number whenever a directory is parted in another way."""
    check_parts(public_of(directory), count)


@LAWS
@given(directories(), st.integers(1, 4))
def test_parts_joined_are_the_whole(directory, count):
    """How much memory a machine has would decide what the receiver gets."""
    check_parts(public_of(directory), count)


def check_parts(public: PublicDirectory, count: int) -> None:
    """Parts made one by one and joined against a package made as a whole."""
    whole = package_of(public, parameters=CENTERS)
    overview = overview_of(public, parameters=CENTERS)
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / str(number) for number in range(count)]
        packages = []
        for folder, part in zip(folders, parted(public, count), strict=True):
            folder.mkdir()
            packages.append(package_of(part, parameters=CENTERS, overview=overview, write_into=folder))
        (Path(place) / "joined").mkdir()
        join_ndp(Path(place) / "joined", folders, per_organization_files=False)
        assert (Path(place) / "joined" / "organizations.jsonl").read_bytes() == written(whole)
    order = ["center_id", "kind", "record_uid"]
    assert_frame_equal(pl.concat([one.withheld for one in packages]).sort(order), whole.withheld)
    for name in ("rows", "removed_values"):
        total = sum((Counter(getattr(one, name)) for one in packages), Counter())
        assert total == Counter(getattr(whole, name))
    for kind, counts in whole.counts().items():
        for name in ("delivered", "written"):
            assert sum(one.counts()[kind][name] for one in packages) == counts[name]
    parts = [one.part for one in packages]
    assert repeated_ids(parts) == []
    warnings = with_common_words(added_up([fault for one in packages for fault in one.preflight.warnings]), parts)
    assert set(warnings) == set(whole.preflight.warnings)
    assert all(one.preflight.errors == () for one in packages)
