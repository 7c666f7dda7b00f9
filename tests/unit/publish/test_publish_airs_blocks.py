"""AIRS files of parts of a directory and of its changes: keys as in the whole, joined to one file, checked as one."""

from __future__ import annotations

import csv
import tracemalloc

import polars as pl
import pytest

from pipeline.publish import airs_join
from pipeline.publish.airs_header import airs_header, start_of
from pipeline.publish.airs_join import check_parts, join_airs, keys_of_part, repeated_keys
from pipeline.publish.airs_keys import shared_numbers
from pipeline.publish.airs_official import check_official
from schemas.airs_parameters import AirsParameters
from schemas.errors import ContractError
from tests.airs_exports import AS_OF, NAMES, TAXONOMY, agency_texts, airs_of_public, part_of, public_of, written

HEADER = {"SourceEntity": 'A > B & "C"', "SchemaVersion": "3.1"}


@pytest.fixture
def town(small):
    """The small directory and a second agency of another center, with a number of its own and one that both have."""
    rows = small.rows()
    east = {"center_id": "east"}
    agency = small.uid("agency", "1", "east")
    rows["agency"].append(small.record("agency", "1", name="East House", record_owner="EAST", **east))
    rows["service"].append(small.record("service", "30", agency_uid=agency, name="Meals", **east))
    rows["taxonomy_link"].append(
        small.owned(
            "taxonomy_link", "service", "30", "1", code="BD", link_written="BD", is_repeated=False, center_id="east"
        )
    )
    return public_of(small.directory(rows))


def part_of_center(public, center, **options):
    """What of a public directory belongs to a center."""
    return part_of(public, public.selection.records.filter(pl.col("center_id") == center)["record_uid"], **options)


def join(folder, packages):
    """Write packages of parts, join them, and return the number of keys in the list."""
    folders = []
    for number, package in enumerate(packages):
        folders.append(folder / str(number))
        folders[-1].mkdir()
        package.write_files(folders[-1])
    header = airs_header(
        as_of=AS_OF,
        center_ids=sorted({center for package in packages for center in package.center_ids}),
        owners=[owner for package in packages for owner in package.part["owners"]],
        parameters=AirsParameters(taxonomy_version=TAXONOMY),
        center_names=NAMES,
        software_version="1.0",
    )
    return join_airs(folder, folders, header=header, version="3.1")


def keys_of(folder):
    """Kind and record id -> key, of the list of keys."""
    with (folder / "airs_keys.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["record_uid"]): row["key"] for row in csv.DictReader(file)}


def test_number_that_two_parts_share_is_the_key_of_neither(town, small, tmp_path):
    """The receiver would take two agencies for one, because neither part knows of the other."""
    shared = shared_numbers(town.records())
    assert {kind: numbers.to_list() for kind, numbers in shared.items()} == {
        "agency": ["1"],
        "site": [],
        "service": [],
        "service_at_site": [],
    }
    parts = [airs_of_public(part_of_center(town, center), shared=shared, is_part=True) for center in ("east", "test")]
    (tmp_path / "whole").mkdir()
    whole = airs_of_public(town)
    whole.write_files(tmp_path / "whole")
    (tmp_path / "joined").mkdir()
    assert join(tmp_path / "joined", parts) == whole.notes["keys_made"] == len(keys_of(tmp_path / "joined"))
    assert keys_of(tmp_path / "joined") == keys_of(tmp_path / "whole")
    agencies = {uid for kind, uid in keys_of(tmp_path / "whole") if kind == "agency"}
    assert agencies == {small.uid("agency", "1"), small.uid("agency", "1", "east")}
    of_whole, of_joined = (agency_texts(tmp_path / name / "airs.xml") for name in ("whole", "joined"))
    assert len(of_whole[1]) == 2
    assert of_joined[0] == of_whole[0]
    assert b'SourceEntity="east, Test Center (EAST, TEST)"' in of_joined[0]
    assert sorted(of_joined[1]) == sorted(of_whole[1])
    assert check_parts([part.part for part in parts]) == []


def test_parts_that_do_not_know_of_each_other_are_found_out(town):
    """Should the numbers of the whole ever not be handed on, nobody may send that file."""
    parts = [airs_of_public(part_of_center(town, center), is_part=True) for center in ("test", "east")]
    assert [part.preflight.errors for part in parts] == [(), ()]
    assert [(fault.table, fault.check, fault.count) for fault in check_parts([part.part for part in parts])] == [
        ("Agency", "unique", 2)
    ]


def test_agency_keeps_its_key_when_only_its_changes_are_told(town, small, tmp_path):
    """A receiver of changes would get the agency a second time, under a key that the whole file does not have."""
    changes = part_of_center(town, "east")
    folders = {}
    for name, public, shared in (
        ("whole", town, None),
        ("changes", changes, shared_numbers(town.records())),
        ("unaware", changes, None),
    ):
        folders[name] = tmp_path / name
        folders[name].mkdir()
        root = written(airs_of_public(public, shared=shared), folders[name])
        folders[name] = {agency.findtext("Name"): agency.findtext("Key") for agency in root}
    assert folders["changes"]["East House"] == folders["whole"]["East House"]
    assert folders["unaware"]["East House"] == "1"


def test_removed_record_with_a_shared_number_is_told_by_the_key_it_had(town, small, tmp_path):
    """The removal would name a number that no record of the receiver has, and the agency would stay there for ever."""
    gone = pl.DataFrame({"kind": ["agency"], "record_uid": [small.uid("agency", "1", "west")], "native_id": ["1"]})
    keys = {}
    for name, shared in (("aware", {"agency": pl.Series(["1"])}), ("unaware", None)):
        (tmp_path / name).mkdir()
        public = part_of(town, [])
        root = written(airs_of_public(public, removed=gone, shared=shared), tmp_path / name)
        keys[name] = [(agency.get("delete"), agency.findtext("Key")) for agency in root]
    assert keys["unaware"] == [("true", "1")]
    assert keys["aware"] == [("true", keys_of(tmp_path / "aware")["agency", small.uid("agency", "1", "west")])]


def test_part_without_agencies_is_no_fault_and_a_whole_without_is(town, small, tmp_path):
    """A block of sites that belong to nobody would stop the export of a nation; an empty file must not be sent either."""
    rows = small.rows()
    rows["agency"][0]["status"] = "inactive"
    empty = airs_of_public(public_of(small.directory(rows)), is_part=True)
    assert (empty.rows["Agency"], empty.withheld.height, empty.preflight.errors) == (0, 7, ())
    other = airs_of_public(part_of_center(town, "east"), is_part=True)
    assert check_parts([empty.part, other.part]) == []
    assert [fault.message for fault in check_parts([empty.part, empty.part])] == [
        "The file holds no agency; one is required."
    ]
    join(tmp_path, [empty, other])
    assert [text.count(b"East House") for text in agency_texts(tmp_path / "airs.xml")[1]] == [1]


def test_file_that_stands_alone_tells_nothing_of_parts(town):
    """It would hold every key in memory for nobody."""
    assert airs_of_public(town).part == {}


def test_keys_are_compared_as_numbers_and_counted_once():
    """A key in three parts, or twice in one, would be counted wrongly when the faults are added up."""
    long = "123456789012345678901234567890"
    keys = [["1", "2", "2", long], ["2", "3", "999999999999999999"], [long, "1000000000000000000"]]
    parts = [keys_of_part({"Agency": pl.Series(texts)}) for texts in keys]
    assert parts[1]["Agency"].to_list() == [2, 3, 999_999_999_999_999_999]
    assert parts[0]["Agency"][3] == parts[2]["Agency"][0] > 10**18
    # Of the three records under 2 the first part has told of two.
    assert [(fault.table, fault.count) for fault in repeated_keys(parts)] == [("Agency", 1 + 2)]
    assert repeated_keys(parts[:1]) == []
    assert repeated_keys([]) == []


def test_file_is_copied_in_pieces(tmp_path, monkeypatch):
    """A nation's file has gigabytes: it would not fit in memory, and a piece could be lost at an end."""
    monkeypatch.setattr(airs_join, "_AT_ONCE", 7)
    content = [b"".join(b"<Agency>\n%d</Agency>\n" % number for number in range(count)) for count in (200, 0, 3)]
    parts = []
    for number, agencies in enumerate(content):
        parts.append(tmp_path / str(number))
        parts[-1].mkdir()
        (parts[-1] / "airs.xml").write_bytes(start_of(HEADER, version="3.1") + agencies + b"</Source>\n")
        (parts[-1] / "airs_keys.csv").write_text(
            f'kind,record_uid,native_id,key\nagency,a,"",{number}\nagency,a,,{number}\nagency,same,"x\ny",5\n',
            encoding="utf-8",
            newline="\n",
        )
    assert join_airs(tmp_path, parts, header=HEADER, version="3.1") == 7
    assert (tmp_path / "airs.xml").read_bytes() == (
        start_of(HEADER, version="3.1") + b"".join(content) + b"</Source>\n"
    )
    assert (tmp_path / "airs_keys.csv").read_text(encoding="utf-8") == (
        "kind,record_uid,native_id,key\nagency,a,,0\nagency,a,,1\nagency,a,,2\n"
        'agency,a,"",0\nagency,a,"",1\nagency,a,"",2\nagency,same,"x\ny",5\n'
    )


def test_copying_needs_little_memory(tmp_path):
    """The reason for writing in parts would be gone."""
    (tmp_path / "airs.xml").write_bytes(start_of(HEADER, version="3.1") + b" " * 20_000_000 + b"</Source>\n")
    (tmp_path / "airs_keys.csv").write_text("kind,record_uid,native_id,key\n", encoding="utf-8")
    (tmp_path / "whole").mkdir()
    tracemalloc.start()
    join_airs(tmp_path / "whole", [tmp_path], header=HEADER, version="3.1")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "whole" / "airs.xml").stat().st_size == (tmp_path / "airs.xml").stat().st_size
    assert most < 5_000_000


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"<Source>\n</Source>\n", "begin"),
        (b'<?xml version="1.0"?>\n<Source>\n<Agency>\n', "end"),
        (b'<?xml version="1.0"?>\n<Source>\n', "end"),
        (b"", "begin"),
    ],
)
def test_part_that_is_cut_off_is_not_joined(tmp_path, content, place):
    """Half an agency would be sent, or the file of another program."""
    (tmp_path / "airs.xml").write_bytes(content)
    (tmp_path / "whole").mkdir()
    with pytest.raises(ContractError, match=f"does not {place} as an AIRS file"):
        join_airs(tmp_path / "whole", [tmp_path], header=HEADER, version="3.1")


@pytest.mark.real_data
def test_joined_file_is_valid_by_the_official_schema(town, shared, tmp_path):
    """Each part is, and what is made of them would be refused."""
    numbers = shared_numbers(town.records())
    parts = [airs_of_public(part_of_center(town, center), shared=numbers, is_part=True) for center in ("east", "test")]
    join(tmp_path, parts)
    assert check_official(tmp_path / "airs.xml", schema_dir=shared / "specs" / "airs", version="3.1") == []
