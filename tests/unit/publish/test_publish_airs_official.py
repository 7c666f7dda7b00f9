"""The official schema asked about files, and files of real and invented exports held against it."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from pipeline.publish.airs_official import check_official
from pipeline.publish.airs_words import NAMESPACES
from pipeline.publish.search_files import find_in_files
from schemas.errors import InputError, UsageError
from tests.airs_exports import airs_of
from tests.real_exports import normalize_once

#: An invented schema of the shape of the official one, for machines without it.
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {target} elementFormDefault="qualified">
<xs:complexType name="tAgency"><xs:sequence>
<xs:element name="Key" type="xs:nonNegativeInteger"/><xs:element name="Name" type="xs:string"/>
</xs:sequence><xs:attribute name="Status"><xs:simpleType><xs:restriction base="xs:string">
<xs:enumeration value="active"/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType>
<xs:element name="Source"><xs:complexType><xs:sequence>
<xs:element name="Agency" type="tAgency" maxOccurs="unbounded"/>
</xs:sequence><xs:attribute name="SchemaVersion" use="required"/></xs:complexType></xs:element></xs:schema>
"""
SPACE = NAMESPACES["3.1"]
TARGET = f'targetNamespace="{SPACE}" xmlns="{SPACE}"'


@pytest.fixture
def schemas(tmp_path):
    """A folder with an invented schema under an unusual name, and one that is none."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "a_note.xsd").write_text("no schema at all")
    (folder / "strict.xsd").write_text(SCHEMA.format(target=TARGET))
    return folder


@pytest.fixture
def ask(tmp_path, schemas):
    """Write a file around agencies and ask the schema."""

    def build(content, *, root=f'Source xmlns="{SPACE}" SchemaVersion="3.1"', end="</Source>"):
        path = tmp_path / "airs.xml"
        path.write_text(f"<{root}>\n{content}{end}", encoding="utf-8")
        return [
            (fault.table, fault.column, fault.check, fault.count, fault.example)
            for fault in check_official(path, schema_dir=schemas, version="3.1")
        ]

    return build


GOOD = '<Agency Status="active"><Key>1</Key><Name>A</Name></Agency>\n'
BAD = '<Agency Status="Secret"><Key>hidden</Key></Agency>\n'


def test_all_faults_are_counted_by_kind_with_the_first_line(ask):
    """Who repairs a file of a million lines would not know where to begin."""
    assert ask(GOOD) == []
    faults = [
        ("Agency", "Status", "enum", 350, "line 252"),
        ("Key", "*", "type", 350, "line 252"),
        ("Agency", "*", "content", 350, "line 252"),
    ]
    assert ask(GOOD * 250 + BAD * 350 + GOOD) == faults


def test_no_value_stands_in_a_fault(tmp_path, schemas):
    """A private number in a refused file would stand on the page of the pre-flight."""
    path = tmp_path / "airs.xml"
    path.write_text(f'<Source xmlns="{SPACE}" SchemaVersion="3.1">{BAD}</Source>')
    faults = str(check_official(path, schema_dir=schemas, version="3.1"))
    assert "Secret" not in faults
    assert "hidden" not in faults


def test_faults_of_the_root_are_told_once(ask):
    """One missing attribute would look like thousands."""
    found = ask(GOOD * 250, root=f'Source xmlns="{SPACE}"')
    assert found == [("Source", "SchemaVersion", "required", 1, "line 1")]
    assert ask("") == [("Source", "*", "content", 1, "line 1")]
    assert ask("<Foo/>" + GOOD + "<Foo/>")[0][:3] == ("Foo", "*", "content")
    assert ask("text" + GOOD)[0][:3] == ("Source", "*", "content")
    assert ask(GOOD, root='Source SchemaVersion="3.1"') == [("Source", "*", "root", 1, "line 1")]


def test_file_that_is_cut_off_says_where(ask):
    """A broken transfer would pass as a short directory."""
    (fault,) = ask(GOOD * 3 + "<Agency>", end="")
    assert (fault[0], fault[2], fault[4]) == ("*", "well_formed", "line 5")


def test_folder_without_the_schema_is_named(tmp_path, schemas):
    """A check that never ran would look passed."""
    path = tmp_path / "airs.xml"
    path.write_text(f"<Source>{GOOD}</Source>")
    with pytest.raises(InputError, match=r"no schema of AIRS XML 3\.0"):
        check_official(path, schema_dir=schemas, version="3.0")
    with pytest.raises(InputError, match="does not exist"):
        check_official(path, schema_dir=tmp_path / "nowhere", version="3.1")
    with pytest.raises(InputError, match="does not exist"):
        check_official(tmp_path / "nothing.xml", schema_dir=schemas, version="3.1")
    with pytest.raises(UsageError, match=r"4\.0"):
        check_official(path, schema_dir=schemas, version="4.0")


@pytest.mark.real_data
def test_official_schema_says_of_the_known_cases_what_is_known(shared, tmp_path):
    """Our check would be stricter or laxer than the receiver's."""
    head = (
        f'<Source xmlns="{SPACE}" SourceEntity="t" SourceID="1" OriginTimestamp="2026-11-20T00:00:00Z" SoftwareVendor="v" '
        'SoftwareVersion="1" TaxonomyVersion="2026-01-01T00:00:00Z" SchemaVersion="3.1">'
    )
    folder = shared / "specs" / "airs"
    path = tmp_path / "case.xml"
    with (folder / "cases_3_1.csv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 60
    for case in cases:
        path.write_text(f"{head}{case['source_children']}</Source>", encoding="utf-8")
        is_valid = not check_official(path, schema_dir=folder, version="3.1")
        assert is_valid == (case["expected"] == "valid"), case["what"]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "version", "count"),
    [
        ("specs/airs/airs_3_0_instance.xml", "3.0", 0),
        ("specs/airs/airs_3_1_maximal.xml", "3.1", 0),
        ("specs/airs/airs_3_1_maximal.xml", "3.0", 1),
        ("data/formats/bc211_icarol_airs30/BC211_data_excerpt.xml", "3.0", 54),
        ("data/formats/bc211_icarol_airs30/BC211_data_with_invalid_agencies.xml", "3.0", 11),
    ],
)
def test_real_files_have_the_faults_that_are_known(shared, name, version, count):
    """Faults would be lost between two portions of a file."""
    faults = check_official(shared / name, schema_dir=shared / "specs" / "airs", version=version)
    assert sum(fault.count for fault in faults) == count


@pytest.mark.real_data
@pytest.mark.parametrize("version", ["3.1", "3.0"])
@pytest.mark.parametrize(
    ("center", "path", "as_of"),
    [
        ("dc211", "data/dc211/dc211_export.csv", date(2016, 9, 1)),
        ("invented", "data/formats/icarol_invented/icarol_169.csv", date(2026, 11, 20)),
    ],
)
def test_files_of_exports_are_valid(shared, tmp_path, center, path, as_of, version):
    """The receiver refuses a whole file for one fault."""
    directory = normalize_once(shared / path, center).directory
    package = airs_of(directory, as_of=as_of, version=version)
    assert package.preflight.errors == ()
    assert package.records()["SiteService"] > 0
    package.write_files(tmp_path)
    assert check_official(tmp_path / "airs.xml", schema_dir=shared / "specs" / "airs", version=version) == []
    assert find_in_files(tmp_path, package.private_values) == {}


@pytest.mark.real_data
def test_file_of_the_sample_is_valid(shared, sample_data, tmp_path):
    """Whoever tries the program first would send a file that is refused."""
    directory = normalize_once(sample_data / "prairie211" / "2026-11-20" / "resources.csv", "prairie211").directory
    package = airs_of(directory)
    package.write_files(tmp_path)
    assert check_official(tmp_path / "airs.xml", schema_dir=shared / "specs" / "airs", version="3.1") == []
    assert (tmp_path / "airs.xml").read_bytes().count(b"<SiteService") == package.rows["SiteService"]
