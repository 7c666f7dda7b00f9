"""AIRS files as files: told from others, refused in words, several at once, and nothing of them lost."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.errors import InputError
from schemas.notes import NoteKind
from schemas.parameters import NormalizeParameters
from tests.airs_files import (
    NAMESPACE_3_1,
    address,
    agency,
    delivered,
    kinds,
    one_record,
    phone,
    records,
    service,
    site,
    source,
)

GOOD = source(agency(site(service(), address()), phone("217-555-0101")))
SECRET = "what no export may read"


def refused(path: Path, *, format_name: str = "auto") -> InputError:
    """The fault with which a file is refused; always with something to do about it."""
    with pytest.raises(InputError) as caught:
        read_export(path, center_id="test", format_name=format_name)
    assert caught.value.exit_code == 3
    assert caught.value.advice
    return caught.value


def put(folder: Path, content: str | bytes, *, name: str = "export.xml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        ("<!doctype html><html><body>Log in</body></html>", "is a web page (HTML)"),
        ("<html><body><p>Log in</body></html>", "is a web page (HTML)"),
        ('<?xml version="1.0"?><rss><channel/></rss>', "is XML with the root element rss"),
        ('{"id": 1}', "is JSON"),
        (GOOD[:-20], "the XML cannot be read"),
        (GOOD[:200], "the XML cannot be read"),
        (GOOD.replace("</Phone>", "</Fone>"), "Opening and ending tag mismatch"),
        (GOOD.replace("Downtown", "Down&nbsp;town"), "Entity 'nbsp' not defined"),
        (GOOD.replace("Downtown", "Down\0town"), "Char 0x0"),
        (GOOD.replace("UTF-8", "no-such"), "Unsupported encoding"),
        (GOOD.replace("Downtown", "Café").encode("latin-1"), "Invalid bytes"),
        ("<Source/>", "holds no agency"),
        ("<Source><Agency/></Source>", "holds no agency"),
        (f"<Source>{'<Agency>' * 300}{'</Agency>' * 300}</Source>", "Excessive depth"),
    ],
    ids=[
        "empty", "blank", "web page", "web page without type", "other root", "json", "cut", "cut in a tag", "tags", "entity", "nul",
        "encoding", "other encoding", "no agency", "empty agency", "deep",
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, content: str | bytes, words: str):
    """Somebody would not learn what is wrong with the file, or half of it would be taken for the whole."""
    path = put(tmp_path, content)
    assert words in refused(path).message
    assert words in refused(path, format_name="airs").message


def test_a_fault_is_told_with_line_and_column(tmp_path: Path):
    """Nobody would find the place in a file of a hundred megabytes."""
    fault = refused(put(tmp_path, GOOD.replace("</Phone>", "</Fone>")))
    assert fault.message.startswith("export.xml, line 5, column ")
    assert "XML_PARSE" not in fault.message


@pytest.mark.parametrize("end", [20, 60, 100])
def test_a_cut_file_is_told_as_cut(tmp_path: Path, end: int):
    """Somebody would look for a fault in the software instead of copying the file again."""
    assert "ends too early" in refused(put(tmp_path, GOOD[:-end])).advice


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE Source [{}]>",
        "<!DOCTYPE anything [{}]>",
        "<!-- <Source> --><!DOCTYPE Source [{}]>",
        '<!DOCTYPE Source SYSTEM "http://example.org/airs.dtd">',
    ],
)
def test_a_file_with_entities_of_its_own_is_not_read(tmp_path: Path, declared: str, encoding: str):
    """A file could fill the memory, or bring another file of this machine into the directory."""
    secret = put(tmp_path, SECRET, name="secret.txt")
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + place)} "{f"&{chr(97 + place)};" * 10}">' for place in range(9)
    )
    entities += f'<!ENTITY x SYSTEM "{secret.as_uri()}">'
    text = GOOD.replace("<Source", f"{declared.format(entities)}<Source", 1).replace("Downtown", "&j;&x;")
    text = text.replace("UTF-8", encoding)
    for format_name in ("auto", "airs"):
        fault = refused(put(tmp_path, text.encode(encoding), name="in/export.xml"), format_name=format_name)
        assert "declares a document type" in fault.message
        assert SECRET not in str(fault)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str):
    """Names with accents would be broken."""
    text = GOOD.replace("UTF-8", encoding.removesuffix("-sig")).replace(
        "Downtown", "Café – Nord" if "1252" in encoding else "Café"
    )
    export = read_export(put(tmp_path, text.encode(encoding)), center_id="test")
    assert str(one_record(export, "site")["name"]).startswith("Café")
    assert {file.encoding for file in export.files} == {encoding.removesuffix("-sig")}


def test_a_mark_of_old_tools_at_the_end_is_passed_over(tmp_path: Path):
    """A whole export would be refused for its last byte."""
    assert kinds(read_export(put(tmp_path, GOOD.encode() + b"\x1a"), center_id="test"))["agency"] == 1


def test_any_name_will_do_when_the_format_is_said(tmp_path: Path):
    """An export without the usual end of its name could not be read at all."""
    path = put(tmp_path, GOOD, name="export.dat")
    assert "with --format airs" in refused(path).advice
    assert read_export(path, center_id="test", format_name="airs").format_name == "airs"


def test_archive_and_folder_are_read_alike(tmp_path: Path):
    """An export would have to be unpacked by hand."""
    folder = put(tmp_path, GOOD, name="in/export.xml").parent
    put(tmp_path, "Not an export.", name="in/README.md")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("export.xml", GOOD)
    exports = [read_export(path, center_id="test") for path in (folder / "export.xml", folder, tmp_path / "export.zip")]
    assert len({export.input_sha256 for export in exports}) == 1
    for other in exports[1:]:
        assert other.record.equals(exports[0].record)
        assert other.raw_row.equals(exports[0].raw_row)


def test_records_in_two_files_count_once(tmp_path: Path):
    """A center that sends its directory in parts would have records twice, or phones of both versions in one record."""
    rest = "\n" + agency(site(key="13"), key="3", name="Prairie")
    put(tmp_path, source(agency(site(), phone("217-555-0101")), "\n" + agency(key="2")), name="in/a.xml")
    put(
        tmp_path,
        source(agency(site(), phone("217-555-0101")), "\n" + agency(phone("217-555-0102"), key="2"), rest),
        name="in/b.xml",
    )
    export = read_export(tmp_path / "in", center_id="test")
    assert export.files[0].rows_read == 5
    normalized = normalize_delivery(export, parameters=NormalizeParameters())
    assert normalized.directory.agency["native_id"].sort().to_list() == ["1", "2", "3"]
    # Of the agency that differs the first file is kept, with what belongs to it there: no phone.
    assert normalized.directory.phone["number_written"].to_list() == ["217-555-0101"]
    notes = normalized.notes.group_by("kind", "note_kind").len().sort(pl.all()).rows()
    assert notes == [
        ("agency", NoteKind.REPEATED_ID_DIFFERENT, 1),
        ("agency", NoteKind.REPEATED_ID_SAME, 1),
        ("site", NoteKind.REPEATED_ID_SAME, 1),
    ]
    assert set(export.raw_row.filter(pl.col("source_file") == "agency")["source_line"]) == {1, 2, 3, 4, 5}
    assert any("Rows are counted from 1 in each table instead of by line" in notice for notice in export.notices)


def test_a_file_on_one_line_is_read_record_by_record(tmp_path: Path):
    """Everything of a file without line breaks would belong to its first record."""
    text = source(agency(site(phone("217-555-0101"))) + agency(site(key="12"), key="2")).replace("\n", "")
    export = delivered(tmp_path, text)
    normalized = normalize_delivery(export, parameters=NormalizeParameters())
    assert normalized.left_out.is_empty()
    assert export.record.select("kind", "source_line").rows() == [
        ("agency", 1),
        ("agency", 2),
        ("site", 1),
        ("site", 2),
    ]
    assert normalized.directory.phone.height == 1


def test_lines_are_those_of_the_file(tmp_path: Path):
    """Nobody would find the record of a finding in the file."""
    export = delivered(tmp_path, source(agency(site(), site(key="12"))))
    assert export.record.select("native_id", "source_file", "source_line").rows() == [
        ("1", "agency", 3),
        ("11", "site", 4),
        ("12", "site", 5),
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.xml": GOOD, "b.xml": "<rss/>"}, "2 XML files, of which 1 are not AIRS: b.xml"),
        ({"one/a.xml": GOOD, "two/a.xml": GOOD}, "AIRS files in several folders: one, two"),
        (
            {"a.xml": GOOD, "b.xml": source("<Agency><AgencyID>1</AgencyID></Agency>", version="4.0")},
            "AIRS files of 4.0 (b.xml) beside files of earlier versions",
        ),
        ({"a.xml": GOOD, "b.xml": GOOD[:-20]}, "b.xml, line 5"),
        ({"a.xml": GOOD, "list.csv": "id,name\n1,a\n"}, "has no known layout"),
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path: Path, files: dict[str, str], words: str):
    """Half an export would be read, or two that are none together."""
    for name, text in files.items():
        put(tmp_path, text, name=f"in/{name}")
    assert words in refused(tmp_path / "in").message


def test_a_folder_without_xml_is_no_airs(tmp_path: Path):
    """Somebody who named the wrong folder would not be told."""
    assert "holds no XML file" in refused(put(tmp_path, "a", name="in/a.md").parent, format_name="airs").message


def test_what_is_not_known_stays_in_raw_and_is_counted(tmp_path: Path):
    """A text of the center would be lost without a word."""
    own = '<o:Beds xmlns:o="urn:example:own" o:kind="short">12</o:Beds>'
    text = source(agency(site(service(own), service(own, key="22"), "<Parking>yes</Parking>")), "<Remark>kept</Remark>")
    export = delivered(tmp_path, text)
    assert "service: elements that the layout does not know stay in raw: 2 (Beds 2, Beds/kind 2)." in export.notices
    assert "site: elements that the layout does not know stay in raw: 1 (Parking 1)." in export.notices
    assert any("Elements beside the records, which stay in raw: 1 (Remark)" in notice for notice in export.notices)
    assert {"service:Beds", "site:Parking"} <= set(export.unmapped_columns)
    raw = "\n".join(export.raw_row["text"])
    assert "12" in raw
    assert "kept" in raw
    assert "yes" in raw
    headers = export.raw_header.filter(pl.col("source_file") == "service")["column_name"]
    assert {"Beds", "Beds/kind", "Name", "=key"} <= set(headers)


def test_raw_holds_every_text_of_the_file_once(tmp_path: Path):
    """What was delivered could not be shown again."""
    body = agency(
        f"stray<AgencyLocation>{address(street='7 Hill Rd')}</AgencyLocation>",
        site(service(phone("217-555-0101"), "<Taxonomy><Code>own</Code></Taxonomy>", "<Odd>text 1</Odd>"), address()),
        "<TimeOpen><Monday><From>09:00:00</From><To>10:00:00</To></Monday><Notes>note 1</Notes></TimeOpen>",
        '<ResourceInfo DateAdded="2020-01-01"><Contact Type="Any"><Name>Person 1</Name></Contact></ResourceInfo>behind',
    )
    text = source(body)
    export = delivered(tmp_path, text)
    raw = etree.fromstring(f"<raw>{''.join(export.raw_row['text'])}</raw>")
    delivered_texts = [one.strip() for one in etree.fromstring(text.encode()).itertext() if one.strip()]
    kept = [one.strip() for one in raw.itertext() if one.strip()]
    for one in delivered_texts:
        assert one in "\n".join(kept)
    # The key of a service stands once more, where the service is given.
    assert len("".join(kept)) == len("".join(delivered_texts)) + len("21")
    assert NAMESPACE_3_1 not in "".join(export.raw_row.filter(pl.col("source_file") != "source")["text"])


def test_a_mapping_file_extends_the_layout(tmp_path: Path):
    """A center with elements of its own would need a programmer."""
    mapping = tmp_path / "mytown.toml"
    mapping.write_text(
        'extends = "airs"\nname = "airs-mytown"\nevery_column_required = false\n[[files]]\nnames = ["service"]\n'
        '[[files.records]]\n[files.records.cells]\ncapacity = "Beds"\n',
        encoding="utf-8",
    )
    export = delivered(tmp_path, source(agency(site(service("<Beds>12</Beds>")))), format_name=str(mapping))
    assert (export.format_name, one_record(export, "service")["capacity"]) == ("airs-mytown", "12")
    assert not any("Beds" in notice for notice in export.notices)


def test_the_day_and_the_software_of_the_file_are_told(tmp_path: Path):
    """Nobody would see that last month's file was sent again."""
    assert "export.xml: AIRS XML 3.1, written 2026-11-20 by Vendor 1." in delivered(tmp_path, GOOD).notices


def test_a_large_agency_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Rows beyond one part, or columns that come late, would be lost."""
    monkeypatch.setattr("pipeline.ingest.airs_rows._PART_ROWS", 3)
    monkeypatch.setattr("pipeline.ingest.airs_xml._PIECE_BYTES", 100)
    sites = [
        site("<BusServiceAccess>Bus 4</BusServiceAccess>" if key == 19 else "", key=str(key)) for key in range(10, 20)
    ]
    export = delivered(tmp_path, source(agency(*sites), "\n" + agency(key="2"), "\n" + agency(key="3")))
    assert kinds(export) == {"agency": 3, "site": 10}
    assert [one["transportation"] for one in records(export, "site")] == [*[""] * 9, "Bus 4"]
