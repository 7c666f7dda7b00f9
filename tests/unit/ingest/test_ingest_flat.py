"""The flat iCarol layout: records, child rows, drift, and what is carried."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.ingest.columns import name_columns
from pipeline.ingest.load_layout import load_shipped_layout
from pipeline.ingest.read import NOT_YET, read_export
from pipeline.ingest.recognize import recognize_flat
from schemas.contract import check
from schemas.delivered import DELIVERED_COLUMNS, SOURCE_COLUMNS, Delivered
from schemas.errors import InputError, UsageError
from schemas.raw import RawHeader, RawReject, RawRow

REQUIRED = {
    "ResourceAgencyNum": "1",
    "PublicName": "Harbor Center",
    "TaxonomyLevelName": "Agency",
    "ParentAgencyNum": "0",
    "AgencyStatus": "Active",
    "LastVerifiedOn": "8/4/26 0:00",
    "UpdatedOn": "",
}
TABLES = ("record", "phone", "address", "contact", "taxonomy_link", "schedule")


def row(**changes: str) -> dict[str, str]:
    return REQUIRED | changes


def write(path: Path, *rows: dict[str, str], header: list[str] | None = None) -> Path:
    names = header or list(dict.fromkeys(name for one in rows for name in one))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def delivered(tmp_path: Path, *rows: dict[str, str]) -> Delivered:
    return read_export(write(tmp_path / "export.csv", *rows), center_id="test")


def only(frame: pl.DataFrame) -> dict[str, object]:
    assert frame.height == 1
    return frame.row(0, named=True)


def test_frames_keep_the_contract(tmp_path: Path):
    """Normalize would look for columns that are not there."""
    export = delivered(tmp_path, row())
    for name in TABLES:
        frame = getattr(export, name)
        assert frame.columns == [*SOURCE_COLUMNS, *DELIVERED_COLUMNS[name]]
        assert set(frame.schema.values()) == {pl.String(), pl.Int64()}
    check(export.raw_header, RawHeader)
    check(export.raw_row, RawRow)
    check(export.raw_reject, RawReject)
    assert (export.format_name, export.center_id) == ("icarol", "test")


def test_cells_arrive_as_written_and_absent_columns_as_null(tmp_path: Path):
    """A blank cell could not be told from a field that the export does not have."""
    record = only(delivered(tmp_path, row(PublicName=" Harbor  ", FEIN="")).record)
    assert (record["name"], record["ein"], record["legal_status"]) == (" Harbor  ", "", None)
    assert (record["verified_on"], record["edited_on"]) == ("8/4/26 0:00", "")
    assert (record["source_file"], record["source_line"]) == ("export.csv", 2)


def test_kinds_and_parents(tmp_path: Path):
    """A program would hang on the wrong agency, or an agency on itself."""
    records = delivered(
        tmp_path,
        row(ResourceAgencyNum="1"),
        row(ResourceAgencyNum="2", TaxonomyLevelName="Site", ParentAgencyNum="1"),
        row(ResourceAgencyNum="3", TaxonomyLevelName=" program ", ParentAgencyNum="1"),
        row(
            ResourceAgencyNum="4",
            TaxonomyLevelName="ProgramAtSite",
            ParentAgencyNum="1",
            ConnectsToProgramNum="3",
            ConnectsToSiteNum="2",
            IsLinkOnly="TRUE",
        ),
    ).record.select(
        "native_id", "kind", "parent_native_id", "agency_native_id", "service_native_id", "site_native_id", "link_only"
    )
    assert sorted(records.rows()) == [
        ("1", "agency", "0", None, None, None, None),
        ("2", "site", None, "1", None, None, None),
        ("3", "service", None, "1", None, None, None),
        ("4", "service_at_site", None, "1", "3", "2", "TRUE"),
    ]


@pytest.mark.parametrize("word", ["Bundle", ""])
def test_unknown_kind_is_rejected_and_never_taken_for_another(tmp_path: Path, word: str):
    """A new kind of record would be counted as an agency."""
    export = delivered(tmp_path, row(), row(ResourceAgencyNum="2", TaxonomyLevelName=word, PublicName='A "B", C'))
    assert export.record["native_id"].to_list() == ["1"]
    reject = only(export.raw_reject)
    assert reject["source_line"] == 3
    assert f"the record kind '{word}' in the column TaxonomyLevelName is not known" in str(reject["reason"])
    assert '"A ""B"", C"' in str(reject["text"])
    assert (export.rows_read, export.rows_rejected, export.raw_row.height) == (1, 1, 1)


def test_phones_become_rows_with_their_slot(tmp_path: Path):
    """A fax would be called as the main number, or a private number be printed."""
    phones = delivered(
        tmp_path,
        row(
            Phone1Number="217-555-0101",
            Phone1Name="Main",
            Phone1IsPrivate="FALSE",
            Phone2Number=" ",
            PhoneFax="217-555-0102",
            PhoneFaxIsPrivate="TRUE",
        ),
    ).phone
    assert phones.select("slot", "number", "type", "label", "is_private").rows() == [
        ("Phone1Number", "217-555-0101", None, "Main", "FALSE"),
        ("PhoneFax", "217-555-0102", "fax", None, "TRUE"),
    ]
    assert phones["owner_kind"].to_list() == ["agency", "agency"]


def test_description_of_the_fifth_phone_is_its_label_only_where_the_label_is_missing(tmp_path: Path):
    """One dialect writes the label there; in the other a remark would be shown as the label."""
    old = only(delivered(tmp_path, row(Phone5Number="5", Phone5Description="TTY")).phone)
    assert (old["label"], old["note"]) == ("TTY", None)
    new = only(delivered(tmp_path, row(Phone5Number="5", Phone5name="", Phone5Description="after 5pm")).phone)
    assert (new["label"], new["note"]) == ("", "after 5pm")


def test_addresses_contacts_links_and_hours(tmp_path: Path):
    """A street would come without its flag, or a director's name without the wish to stay private."""
    export = delivered(
        tmp_path,
        row(
            PhysicalAddress1="7 Hidden Ln",
            PhysicalAddressIsPrivate="Yes",
            Latitude="39.7",
            OtherCity="Pana",
            MailingStateProvince="IL",
            SeniorWorkerName="Person 02",
            SeniorWorkerIsPrivate="Yes",
            TaxonomyCodes="BH-1800 * YJ-2050; PH-1",
            TaxonomyTerm="One; Two; ",
            Hours="Mon 08:00 - 16:00; ",
        ),
    )
    assert export.address.select("slot", "address_kind", "line1", "latitude", "is_private").rows() == [
        ("OtherAddress", "other", None, None, "Yes"),
        ("PhysicalAddress", "physical", "7 Hidden Ln", "39.7", "Yes"),
    ]
    contact = only(export.contact)
    assert (contact["role"], contact["name"], contact["is_private"]) == ("director", "Person 02", "Yes")
    link = only(export.taxonomy_link)
    assert (link["codes"], link["terms"]) == ("BH-1800 * YJ-2050; PH-1", "One; Two; ")
    assert only(export.schedule)["text"] == "Mon 08:00 - 16:00; "


def test_texts_that_are_equal_stand_once(tmp_path: Path):
    """The area served would be printed twice in every directory entry."""
    record = only(delivered(tmp_path, row(CoverageArea="All of Pana ", CoverageAreaText="All of Pana")).record)
    assert record["area_served"] == "All of Pana"


def test_carried_names_fields_of_every_kind_of_the_layout(tmp_path: Path):
    """A rule would report thousands of missing values that the export does not have at all."""
    carried = delivered(tmp_path, row(Phone1Number="1", PhoneFax="2")).carried
    assert {"agency.verified_on", "site.verified_on", "service.edited_on", "phone.number"} <= carried
    assert not carried & {"agency.ein", "phone.is_private", "phone.type", "address.is_private"}
    assert {"agency.parent_native_id", "site.agency_native_id"} <= carried
    assert not carried & {"site.parent_native_id", "agency.agency_native_id"}


def test_flag_column_without_its_value_column_is_not_carried(tmp_path: Path):
    """Numbers would count as checked for privacy although the export has none."""
    assert "phone.is_private" not in delivered(tmp_path, row(Phone1IsPrivate="")).carried
    assert "phone.is_private" in delivered(tmp_path, row(Phone1Number="1", Phone1IsPrivate="")).carried


def test_new_columns_are_listed_and_kept_in_raw(tmp_path: Path):
    """A center's own column would vanish unseen."""
    export = delivered(tmp_path, row(Custom_Facebook="x", Categories="y"))
    assert export.unmapped_columns == ("export.csv:Custom_Facebook", "export.csv:Categories")
    assert any("Custom_Facebook" in notice and "Categories" not in notice for notice in export.notices)
    assert export.raw_row["text"][0].endswith(",x,y")
    assert "Custom_Facebook" in export.raw_header["column_name"].to_list()


def test_names_spelled_by_a_database_are_accepted_with_a_notice(tmp_path: Path):
    """An export that went through a database would be refused."""
    spelled = {
        "resource_agency_num": "1",
        "public_name": "Harbor",
        "taxonomy_level_name": "Agency",
        "parent_agency_num": "0",
        "agency_status": "Active",
        "last_verified_on": "",
        "updated_on": "",
    }
    export = read_export(write(tmp_path / "export.csv", spelled), center_id="test")
    assert only(export.record)["name"] == "Harbor"
    assert any("resource_agency_num (ResourceAgencyNum)" in notice for notice in export.notices)


def test_required_column_that_is_gone_stops_with_the_nearest_name(tmp_path: Path):
    """A renamed verification column would turn the whole directory unverified overnight."""
    renamed = {("Last Verified On" if name == "LastVerifiedOn" else name): value for name, value in row().items()}
    with pytest.raises(InputError, match=r"LastVerifiedOn.*nearest name in the header: 'Last Verified On'"):
        read_export(write(tmp_path / "export.csv", renamed), center_id="test")


def test_order_of_rows_and_columns_does_not_matter(tmp_path: Path):
    """The same export written in another order would look like a changed directory."""
    rows = [
        row(ResourceAgencyNum=str(number), Phone1Number=f"555-{number}", CoverageArea="x", Hours="Mon")
        for number in range(12)
    ]
    plain = read_export(write(tmp_path / "a.csv", *rows), center_id="test")
    moved = read_export(write(tmp_path / "b.csv", *rows[::-1], header=sorted(rows[0])), center_id="test")
    for name in TABLES:
        one, other = getattr(plain, name).drop(SOURCE_COLUMNS), getattr(moved, name).drop(SOURCE_COLUMNS)
        assert one.equals(other), name


def test_a_file_built_part_by_part_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """At the border of two parts of a large file rows would be lost, doubled, or told apart by another number."""
    described = dict.fromkeys(REQUIRED, "text")
    rows = [
        row(ResourceAgencyNum=str(number % 25), Phone1Number=f"555-{number}", TaxonomyLevelName=kind, Hours="Mon")
        for number, kind in enumerate(["Agency", "Program", "Bundle", "Site"] * 10)
    ]
    rows[7]["AgencyDescription"], rows[31]["AgencyDescription"] = (
        "DEL gone",
        "DEL moved, long enough to be no short text",
    )
    path = write(tmp_path / "export.csv", described, *rows)
    path.write_text(path.read_text(encoding="utf-8").replace("555-20", '"loose" quote'), encoding="utf-8")
    whole = read_export(path, center_id="test")
    monkeypatch.setattr("pipeline.ingest.parse._BLOCK_BYTES", 300)
    monkeypatch.setattr("pipeline.ingest.parse._SMALL_BLOCK_BYTES", 300)
    monkeypatch.setattr("pipeline.ingest.parse._FEWEST_ROWS", 3)
    parts = read_export(path, center_id="test")
    assert (whole.rows_read, whole.rows_rejected) == (30, 10)
    assert any("starts with 'DEL'" in notice and notice.endswith("on line 10, 34.") for notice in whole.notices)
    for name in (*TABLES, "raw_row", "raw_reject"):
        assert_frame_equal(getattr(parts, name), getattr(whole, name))
    assert (parts.notices, parts.carried, parts.files) == (whole.notices, whole.carried, whole.files)


def test_two_language_versions_of_a_record_are_both_delivered(tmp_path: Path):
    """A bilingual center would lose one language, or have every record reported as a repeated number."""
    export = delivered(tmp_path, row(LanguageOfRecord="en"), row(LanguageOfRecord="fr", PublicName="Centre"))
    assert export.record.select("native_id", "language_of_record").rows() == [("1", "en"), ("1", "fr")]


def test_file_without_rows_stops(tmp_path: Path):
    """An export that ran empty would replace the directory by nothing."""
    path = tmp_path / "export.csv"
    path.write_text(",".join(REQUIRED) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"export\.csv has a header but no rows"):
        read_export(path, center_id="test")
    path.write_text(",".join(REQUIRED) + "\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"none of its 1 rows could be read\..*line 2"):
        read_export(path, center_id="test")


def test_header_that_fits_no_layout_names_the_nearest(tmp_path: Path):
    """The user would not know whether the file or the program is wrong."""
    path = tmp_path / "export.csv"
    path.write_text("ResourceAgencyNum,PublicName,City\n1,a,b\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_export(path, center_id="test")
    assert "Its header: ResourceAgencyNum, PublicName, City" in caught.value.message
    assert "nearest layout is the iCarol resource export" in caught.value.message
    assert "it lacks TaxonomyLevelName, ParentAgencyNum" in caught.value.message


def test_two_layouts_that_fit_equally_stop():
    """One of two layouts would be taken by chance."""
    layout = load_shipped_layout("icarol")
    twin = layout.model_copy(update={"name": "twin", "title": "the twin"})
    with pytest.raises(InputError, match="equally well"):
        recognize_flat(name_columns(list(REQUIRED)), layouts=[layout, twin], name="export.csv")


@pytest.mark.parametrize("format_name", NOT_YET)
def test_promised_formats_say_that_they_come_later(tmp_path: Path, format_name: str):
    """A promised format would be read as something else."""
    with pytest.raises(InputError, match="not supported yet"):
        read_export(write(tmp_path / "export.csv", row()), center_id="test", format_name=format_name)


def test_unknown_format_is_a_wrong_call(tmp_path: Path):
    """A misspelt format would be guessed."""
    with pytest.raises(UsageError, match="no format 'icarrol'"):
        read_export(write(tmp_path / "export.csv", row()), center_id="test", format_name="icarrol")


@pytest.mark.parametrize(("text", "kind"), [('{"id": 1}', "JSON"), ("<Source/>", "AIRS XML"), ('[{"id": 1}]', "JSON")])
def test_markup_is_named(tmp_path: Path, text: str, kind: str):
    """A JSON file would end in a message about a strange header."""
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"is {kind}, not a table"):
        read_export(path, center_id="test")


def test_single_table_in_an_archive_or_folder_is_found(tmp_path: Path):
    """The export as it is mailed, in an archive, would be refused."""
    folder = tmp_path / "mail"
    folder.mkdir()
    write(folder / "export.csv", row())
    assert read_export(folder, center_id="test").record.height == 1
    write(folder / "second.csv", row())
    with pytest.raises(InputError, match=r"2 tables: export\.csv, second\.csv"):
        read_export(folder, center_id="test")


def test_columns_that_fold_alike_are_reported(tmp_path: Path):
    """Of two columns of one name the second would be left out without a word."""
    path = tmp_path / "export.csv"
    path.write_text(
        ",".join([*REQUIRED, "publicname", "UpdatedOn", ""]) + "\n" + "1,a,Agency,0,Active,,,b,c,d\n", "utf-8"
    )
    export = read_export(path, center_id="test")
    assert only(export.record)["name"] == "a"
    assert any("stand more than once, the first is used: 2 (publicname, UpdatedOn#2)." in one for one in export.notices)
    assert export.raw_header["column_name"].to_list()[-3:] == ["publicname", "UpdatedOn#2", "column_10"]
