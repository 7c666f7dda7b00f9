"""NDP-shaped bundles made in parts and joined: what a receiver gets is what one package would have been."""

from __future__ import annotations

import json

import polars as pl
import pytest

from pipeline.publish.ndp_join import join_ndp, repeated_ids, with_common_words
from pipeline.publish.ndp_overview import ndp_overview, overview_of
from pipeline.publish.package_changes import compare_contents, keep_changes, record_contents
from schemas.errors import ContractError, StorageError, UsageError
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import OWNER, bundles_of, changed, package_of, parted, public_of, written
from tests.unit.publish.conftest import owned, record, small_rows, uid

TWO = NdpParameters(owner_codes={"test": "211test", "two": "211two"})


def agency(rows, number, *, site, service, center="test", **values):
    """Add an agency with a site, a service and the link between them."""
    above = {"center_id": center, "agency_uid": uid("agency", number, center), "agency_native_id": number}
    ends = {"service_uid": uid("service", service, center), "site_uid": uid("site", site, center)}
    rows["agency"].append(
        record("agency", number, **{"name": f"Agency {number}", "record_owner": "TEST", "center_id": center, **values})
    )
    rows["site"].append(record("site", site, name=f"Site {site}", city="Springfield", state="IL", **above))
    rows["service"].append(
        record("service", service, name=f"Service {service}", languages=[f"Tongue {service}"], **above)
    )
    rows["service_at_site"].append(record("service_at_site", f"{service}-{site}", **above, **ends))
    rows["phone"].append(
        owned("phone", "agency", number, "Phone1", number_written="211", short_code="211", center_id=center)
    )


@pytest.fixture
def rows():
    """Five agencies; a site and a service of two of them bear the number of another agency."""
    rows = small_rows()
    agency(rows, "2", site="1", service="220")
    agency(rows, "3", site="30", service="320")
    agency(rows, "4", site="40", service="3")
    agency(rows, "5", site="50", service="520")
    return rows


@pytest.fixture
def public(small, rows):
    """What may leave of them."""
    return public_of(small.directory(rows))


def parts_of(public, tmp_path, *, count=3, parameters=OWNER):
    """Packages of parts, their files written beside, and the folders with these."""
    whole = overview_of(public, parameters=parameters)
    packages, folders = [], []
    for number, part in enumerate(parted(public, count)):
        scratch, folder = tmp_path / f"scratch{number}", tmp_path / f"part{number}"
        scratch.mkdir()
        folder.mkdir()
        package = package_of(part, parameters=parameters, overview=whole, write_into=scratch)
        package.write_files(folder)
        packages.append(package)
        folders.append(folder)
    return packages, folders


def joined(folders, tmp_path, *, per_organization_files=False):
    """The folder of the parts put together."""
    folder = tmp_path / "joined"
    folder.mkdir()
    join_ndp(folder, folders, per_organization_files=per_organization_files)
    return folder


def ids_of(package):
    """The id of every record by its name."""
    bundles = bundles_of(package)
    below = [one for bundle in bundles for name in ("services", "locations") for one in bundle[name]]
    return {one["name"]: one["id"] for one in (*bundles, *below)}


def test_parts_joined_are_the_whole(public, tmp_path):
    """A nation's export would hold something else than a center's."""
    whole = package_of(public)
    packages, folders = parts_of(public, tmp_path)
    assert sorted(len(package.written) for package in packages) != [0, 0, len(whole.written)]
    assert (joined(folders, tmp_path) / "organizations.jsonl").read_bytes() == written(whole)
    assert sum(package.written.height for package in packages) == whole.written.height
    assert {name: sum(package.rows[name] for package in packages) for name in whole.rows} == whole.rows


def test_a_number_shared_by_records_of_two_parts_belongs_to_one(public, tmp_path):
    """Two records would have one id at the receiver, or another id every night."""
    packages, folders = parts_of(public, tmp_path, count=5)
    bundles = [
        json.loads(line) for folder in folders for line in (folder / "organizations.jsonl").read_bytes().splitlines()
    ]
    below = {one["name"]: one["id"] for bundle in bundles for one in (*bundle["locations"], *bundle["services"])}
    assert {bundle["id"] for bundle in bundles} == {f"211test-{number}" for number in range(1, 6)}
    for name in ("Site 1", "Service 3"):
        assert below[name].removeprefix("211test-").isdigit()
        assert len(below[name]) > len("211test-") + 10
    assert repeated_ids([package.part for package in packages]) == []


def test_the_same_numbers_in_two_centers_are_different_ids(small, rows, tmp_path):
    """One center's records would be renumbered because of another's."""
    agency(rows, "2", site="1", service="220", center="two")
    agency(rows, "3", site="33", service="320", center="two")
    public = public_of(small.directory(rows))
    whole = package_of(public, parameters=TWO)
    _, folders = parts_of(public, tmp_path, count=3, parameters=TWO)
    assert (joined(folders, tmp_path) / "organizations.jsonl").read_bytes() == written(whole)
    ids = {one["id"] for bundle in bundles_of(whole) for one in (bundle, *bundle["locations"])}
    assert {"211test-2", "211two-2", "211two-1"} <= ids


def test_a_center_without_a_code_is_named_before_any_part_is_made(small, rows):
    """Half of an export would be made before somebody is asked for the code."""
    agency(rows, "9", site="91", service="92", center="two", record_owner=None)
    public = public_of(small.directory(rows))
    with pytest.raises(UsageError, match=r"center two.*\[export_ndp\] owner_codes") as of_whole:
        package_of(public, parameters=NdpParameters())
    with pytest.raises(UsageError) as told:
        ndp_overview(
            lambda kind, names: getattr(public, kind).select(names),
            center_ids=public.center_ids,
            parameters=NdpParameters(),
        )
    assert str(told.value) == str(of_whole.value)


def test_a_part_has_the_owner_of_the_whole(small, rows, tmp_path):
    """The name of a center would stand on the records of one part only."""
    rows["agency"][2]["record_owner"] = "ELSE"
    public = public_of(small.directory(rows))
    named = NdpParameters(owner_code="211test", owner_name="211 Test")
    whole = written(package_of(public, parameters=named))
    _, folders = parts_of(public, tmp_path, count=2, parameters=named)
    assert (joined(folders, tmp_path) / "organizations.jsonl").read_bytes() == whole
    assert b'"dataOwner":"TEST","dataOwnerDisplayName":null' in whole


def test_the_overview_does_not_grow_with_the_agencies(public):
    """Memory would grow with the directory before the first part is made."""
    asked = []

    def columns(kind, names):
        asked.append((kind, tuple(names)))
        return getattr(public, kind).select(names)

    overview = ndp_overview(columns, center_ids=public.center_ids, parameters=OWNER)
    assert overview.agency.rows() == [("test", "TEST")]
    later = {(row["kind"], row["record_uid"]) for row in overview.later.to_dicts()}
    assert later == {("site", uid("site", "1")), ("service", uid("service", "3"))}
    # Ids of ours, the longest column, are read only of kinds with a number that stands twice: links have none.
    assert ("service_at_site", ("center_id", "record_uid", "native_id")) not in asked


def test_a_delta_keeps_the_ids_of_the_whole(small, rows, public):
    """A receiver would get a site a second time, under another id, when its agency changes."""
    rows["agency"][1]["description"] = "Now open on Sundays."
    now = public_of(small.directory(rows))
    whole = package_of(now)
    changes = compare_contents(record_contents(now, whole.written), record_contents(public, package_of(public).written))
    overview = overview_of(now, parameters=OWNER, removed=changes.removed)
    delta = package_of(keep_changes(now, changes), removed=changes.removed, overview=overview)
    ids = ids_of(delta)
    assert set(ids) == {"Agency 2", "Site 1", "Service 220"}
    assert ids == {name: record_id for name, record_id in ids_of(whole).items() if name in ids}
    assert ids["Site 1"] != "211test-1"


def gone(*rows):
    """Records that are gone."""
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("kind", "center_id", "record_uid", "native_id"), pl.String), orient="row"
    )


def test_an_id_in_use_in_an_unchanged_bundle_is_not_listed_as_gone(public):
    """A receiver would delete an agency because a site with its number is gone."""
    removed = gone(("site", "test", "u1", "5"), ("site", "test", "u2", "77"))
    first = parted(public, 5)[0]
    overview = overview_of(public, parameters=OWNER, removed=removed)
    lines = written(package_of(first, removed=removed, overview=overview), "removed.jsonl").splitlines()
    ids = {json.loads(line)["id"] for line in lines}
    assert "211test-77" in ids
    assert "211test-5" not in ids
    assert len(ids) == 2


def test_gone_records_need_an_overview_that_knows_them(public):
    """An id in use could be listed as gone."""
    with pytest.raises(ContractError, match="without asking"):
        package_of(public, removed=gone(), overview=overview_of(public, parameters=OWNER))


def test_files_written_on_the_way_are_those_written_later(public, tmp_path):
    """The same night would give two packages."""
    parameters = NdpParameters(owner_code="211test", per_organization_files=True)
    removed = gone(("site", "test", "u1", "5"))
    for name in ("scratch", "moved", "later"):
        (tmp_path / name).mkdir()
    package = package_of(public, parameters=parameters, removed=removed, write_into=tmp_path / "scratch")
    package.write_files(tmp_path / "moved")
    later = package_of(public, parameters=parameters, removed=removed)
    later.write_files(tmp_path / "later")
    files = {
        name: {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.json*")}
        for name in ("moved", "later")
    }
    assert files["moved"] == files["later"]
    assert len(files["moved"]) == 7
    assert (package.preflight, package.rows, package.removed_values) == (
        later.preflight,
        later.rows,
        later.removed_values,
    )
    assert list((tmp_path / "scratch").iterdir()) == []
    with pytest.raises(ContractError, match="moved away"):
        package.write_files(tmp_path / "moved")


def test_a_folder_that_cannot_be_written_is_told(public, tmp_path):
    """People would see a trace of our program instead of what to do."""
    with pytest.raises(StorageError, match="could not be written"):
        package_of(public, write_into=tmp_path / "missing")


def test_single_files_and_the_list_of_what_is_gone_are_joined(public, tmp_path):
    """A receiver of single answers would miss agencies."""
    parameters = NdpParameters(owner_code="211test", per_organization_files=True)
    _, folders = parts_of(public, tmp_path, parameters=parameters)
    (folders[1] / "removed.jsonl").write_bytes(b'{"type":"service","id":"211test-77"}\n')
    folder = joined(folders, tmp_path, per_organization_files=True)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == [
        "organizations.jsonl",
        *(f"organizations/211test-{number}.json" for number in range(1, 6)),
        "removed.jsonl",
    ]
    assert (folder / "removed.jsonl").read_bytes() == b'{"type":"service","id":"211test-77"}\n'


def test_no_file_of_a_bundle_is_written_over_another(public, tmp_path):
    """An agency would vanish without a word."""
    parameters = NdpParameters(owner_code="211test", per_organization_files=True)
    _, folders = parts_of(public, tmp_path, count=2, parameters=parameters)
    (folders[1] / "organizations" / "211test-1.json").write_bytes(b"[]\n")
    (folders[0] / "organizations" / "211test-1.json").write_bytes(b"[]\n")
    with pytest.raises(ContractError, match="211test-1"):
        joined(folders, tmp_path, per_organization_files=True)


def test_odd_numbers_keep_their_place(small, rows, tmp_path):
    """Signs with a meaning in JSON would mix up the order of the bundles, or end an id too early."""
    for row, number in zip(rows["agency"], ('7",name":', "7\\", "7\u00e9", "7!", '7"'), strict=True):
        row["native_id"] = number
    public = public_of(small.directory(rows))
    _, folders = parts_of(public, tmp_path)
    assert (joined(folders, tmp_path) / "organizations.jsonl").read_bytes() == written(package_of(public))


def test_ids_that_stand_in_two_parts_are_an_error(public):
    """The receiver would take the second record for a new state of the first."""
    parts = [package_of(part, overview=overview_of(public, parameters=OWNER)).part for part in parted(public, 2)]
    assert repeated_ids([]) == repeated_ids(parts) == []
    (fault,) = repeated_ids([*parts, parts[0]])
    assert (fault.check, fault.count) == ("unique", len(parts[0]["record_ids"]))
    # What stands twice within a part is among its own errors already.
    within = {**parts[0], "record_ids": pl.concat([parts[0]["record_ids"]] * 2)}
    assert repeated_ids([within, parts[1]]) == []


def test_words_told_are_the_most_frequent_of_all_parts(public):
    """The word that most records lack at the receiver would not be named, because it is rare in every part."""
    everywhere = changed(public, "service", languages=[[f"Tongue {name}"] for name in "ABCDZZ"])
    whole = package_of(everywhere)
    parts = [package_of(part, overview=overview_of(everywhere, parameters=OWNER)) for part in parted(everywhere, 3)]
    (fault,) = [fault for fault in whole.preflight.warnings if fault.column == "languages.codes"]
    first = next(fault for part in parts for fault in part.preflight.warnings if fault.column == "languages.codes")
    (told, *_) = with_common_words([first], [part.part for part in parts])
    assert told.values == fault.values
    assert told.values[0] == "Tongue Z"
    assert first.values != fault.values
