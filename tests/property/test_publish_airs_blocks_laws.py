"""Law of AIRS files of parts: put together they are the file of the whole, whatever is in which part."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.publish.airs_header import airs_header, airs_notes
from pipeline.publish.airs_join import check_parts, join_airs
from pipeline.publish.airs_keys import shared_numbers
from schemas.airs_parameters import AirsParameters
from tests.airs_exports import AS_OF, NAMES, TAXONOMY, agency_texts, airs_of_public, part_of, public_of
from tests.property.test_publish_laws import directories

LAWS = settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REFERENCES = {
    "agency": ("parent_uid",),
    "site": ("agency_uid",),
    "service": ("agency_uid",),
    "service_at_site": ("service_uid", "site_uid"),
}


def families(public):
    """Ids of records that refer to each other, directly or over others."""
    above = {uid: uid for uid in public.selection.records["record_uid"].sort()}

    def top(uid):
        while above[uid] != uid:
            uid = above[uid]
        return uid

    for kind, columns in REFERENCES.items():
        for uid, *others in public.records()[kind].select("record_uid", *columns).iter_rows():
            for other in others:
                if other in above:
                    above[top(other)] = top(uid)
    found: dict[str, list[str]] = {}
    for uid in above:
        found.setdefault(top(uid), []).append(uid)
    return list(found.values())


def told(faults):
    """Faults by what they say, with their counts."""
    counts = Counter()
    for fault in faults:
        counts[fault.table, fault.column, fault.check, fault.message, fault.rule_id] += fault.count
    return counts


@LAWS
@given(directories(), st.sampled_from(["3.1", "3.1", "3.0"]), st.booleans(), st.data())
def test_parts_put_together_are_the_whole(directory, version, withhold, data):
    """A nation's file is written in parts: no receiver may see that, in a key, a byte, a count or a fault."""
    public = public_of(directory, withhold=withhold)
    whole = airs_of_public(public, withhold=withhold, version=version)
    groups = families(public)
    places = data.draw(st.lists(st.integers(0, 2), min_size=len(groups), max_size=len(groups)))
    shared = shared_numbers(public.records())
    with tempfile.TemporaryDirectory() as place:
        folders = {name: Path(place) / name for name in ("whole", "joined", "part0", "part1", "part2")}
        for folder in folders.values():
            folder.mkdir()
        whole.write_files(folders["whole"])
        parts = []
        for number in range(3):
            uids = [uid for group, its in zip(groups, places, strict=True) if its == number for uid in group]
            part = part_of(public, uids, tells_removed=number == 0)
            package = airs_of_public(part, withhold=withhold, version=version, shared=shared, is_part=True)
            package.write_files(folders[f"part{number}"])
            parts.append(package)
        header = airs_header(
            as_of=AS_OF,
            center_ids=sorted({center for package in parts for center in package.center_ids}),
            owners=[owner for package in parts for owner in package.part["owners"]],
            parameters=AirsParameters(taxonomy_version=TAXONOMY, version=version),
            center_names=NAMES,
            software_version="1.0",
        )
        keys_made = join_airs(
            folders["joined"], [folders[f"part{number}"] for number in range(3)], header=header, version=version
        )
        start, texts, end = agency_texts(folders["whole"] / "airs.xml")
        assert agency_texts(folders["joined"] / "airs.xml")[::2] == (start, end)
        assert sorted(agency_texts(folders["joined"] / "airs.xml")[1]) == sorted(texts)
        keys = [(folders[name] / "airs_keys.csv").read_bytes() for name in ("whole", "joined")]
        assert keys[0] == keys[1]
    assert airs_notes(header, keys_made=keys_made) == whole.notes
    assert sum((Counter(package.removed_values) for package in parts), Counter()) == whole.removed_values
    assert sum((Counter(package.rows) for package in parts), Counter()) == Counter(whole.rows)
    for rows in ("written", "withheld"):
        together = pl.concat([getattr(package, rows) for package in parts])
        assert_frame_equal(together, getattr(whole, rows), check_row_order=False)
    across = check_parts([package.part for package in parts])
    errors = [*across, *(fault for package in parts for fault in package.preflight.errors)]
    assert told(errors) == told(whole.preflight.errors)
    assert told(fault for package in parts for fault in package.preflight.warnings) == told(whole.preflight.warnings)
