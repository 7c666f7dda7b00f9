"""Forms for agencies: the whole public profile, nothing private, and files that any program takes as they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.packet_choice import Asked, choose_agencies, read_list
from pipeline.outreach.packet_files import file_stems
from pipeline.outreach.packet_page import render_page
from schemas.directory import Directory
from schemas.errors import InputError, UsageError
from schemas.packets import HIDDEN, NOTHING
from tests.bundles import directory_of_rows
from tests.packet_directory import SECRETS, form_of, packet_directory, profile_of, workbook_of


@pytest.fixture(scope="module")
def directory() -> Directory:
    return packet_directory()


@pytest.fixture(scope="module")
def profile(directory: Directory) -> pl.DataFrame:
    return profile_of(directory)


def shown(profile: pl.DataFrame, uid: str) -> dict[str, str]:
    rows = profile.filter(pl.col("record_uid") == uid)
    return dict(rows.select("what", "shown").iter_rows())


class Page(HTMLParser):
    """What a page holds, as a program that reads it aloud or checks it would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def book_texts(path: Path) -> list[str]:
    """Return every text of a workbook, hidden sheets included."""
    book = openpyxl.load_workbook(path)
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_agency_is_told_all_that_the_directory_says_of_it(profile: pl.DataFrame) -> None:
    """What is not on the form cannot be confirmed."""
    assert shown(profile, "A") == {
        "This agency": "Listed as open",
        "Name": "=Invented & <Aid>",
        "Other names in use": "IA; In-Aid",
        "Legal status": "Nonprofit",
        "Description": f"Helps people. [a part of this text is {HIDDEN}]",
        "Street address": "1 Main St, Springfield, IL 62701",
        "Mailing address": HIDDEN,
        "Phone 1": "(217) 555-0101 ext. 5 (main, Front desk)",
        "Phone 2": HIDDEN,
        "E-mail": "info@aid.example",
        "Website": "https://www.aid.example",
        "Director or manager": "Dee Rector, Director, 217-555-0102",
        "Contact person": HIDDEN,
        "Days and hours": "Mon-Fri 9-5",
    }
    pantry = shown(profile, "P1")
    assert pantry["Who may use it"] == "Anyone"
    assert pantry["Ages"] == "from 18 years"
    assert pantry["Area served"] == "Sangamon County"
    assert pantry["How to apply"] == "Walk in"
    assert pantry["What to bring"] == "ID"
    assert pantry["Fees"] == "-none-"
    assert pantry["Languages"] == "English; Spanish"
    assert pantry["Given at these sites"] == "Main Office; a site that is on file, not shown here"


def test_sites_services_and_what_holds_at_one_site_follow_in_order(profile: pl.DataFrame) -> None:
    """People go through it as they would go through their own house."""
    parts = profile["part"].unique(maintain_order=True).to_list()
    assert parts == [
        "Agency: =Invented & <Aid>",
        "Site 1: Main Office",
        "Site 2: Safe House",
        "Service 1: Food Pantry",
        "Service 2: Ski School",
        "Service at a site 1: Ski School at Main Office",
    ]
    assert shown(profile, "X3") == {"This service at this site": "Listed as open", "Days and hours": "Sat 1-3"}
    assert shown(profile, "S1")["Phone"] == "988"


def test_a_service_that_pauses_is_asked_about_as_such(profile: pl.DataFrame) -> None:
    """Nobody shall confirm a closed door as open."""
    assert shown(profile, "P2")["This service"] == "Listed as temporarily closed"
    assert shown(profile, "P2")["Temporary message"] == "Back in spring"


def test_what_is_missing_is_asked_for(profile: pl.DataFrame) -> None:
    """A blank line on paper is how a website gets into the directory."""
    assert shown(profile, "S1")["Website"] == ""
    assert shown(profile, "P2")["Fees"] == ""


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_private_is_on_the_page_or_anywhere_in_the_workbook(
    secret: str, directory: Directory, tmp_path: Path
) -> None:
    """A form can be intercepted, and it may go to a partner."""
    form = form_of(directory)
    page = render_page(form)
    texts = "\n".join(book_texts(workbook_of(form, tmp_path / "form.xlsx")))
    assert secret.casefold() not in page.casefold()
    assert secret.casefold() not in texts.casefold()
    assert HIDDEN in page
    assert HIDDEN in texts


def test_the_log_keeps_no_value(directory: Directory) -> None:
    """Only ids and checksums tell what was on a form."""
    kept = repr(form_of(directory).packet)
    assert "info@aid.example" not in kept
    assert "555" not in kept


def test_a_private_value_in_a_name_takes_the_name_off_the_form() -> None:
    """Where the name itself gives the place away."""
    made = directory_of_rows(
        agency=[{"record_uid": "A", "native_id": "1", "name": "Aid"}],
        site=[
            {"record_uid": "S", "agency_uid": "A", "name": "House at 77 Hidden Lane", "is_confidential_place": True,
             "line1": "77 Hidden Lane", "city": "Springfield"},
        ],
        service=[{"record_uid": "P", "agency_uid": "A", "name": "Shelter"}],
        service_at_site=[
            {"record_uid": "X", "agency_uid": "A", "service_uid": "P", "site_uid": "S", "hours": "Always",
             "not_counted_reason": "edited_service_at_site"},
        ],
    )  # fmt: skip
    profile = profile_of(made)
    assert "Hidden Lane" not in "\n".join(profile["shown"].to_list() + profile["part"].to_list())
    assert shown(profile, "S")["Name"] == HIDDEN
    assert f"Site 1: name {HIDDEN}" in profile["part"].to_list()
    assert f"Service at a site 1: name {HIDDEN}" in profile["part"].to_list()


def test_the_address_of_a_shelter_is_not_told_by_another_record(directory: Directory) -> None:
    """An office in the same house must not give it away."""
    made = directory_of_rows(
        agency=[{"record_uid": "A", "native_id": "1", "name": "Aid"}],
        site=[
            {"record_uid": "S", "agency_uid": "A", "name": "Haven", "is_confidential_place": True},
            {"record_uid": "T", "agency_uid": "A", "name": "Office"},
        ],
        address=[
            {"owner_kind": "site", "owner_uid": uid, "line1": "77 Hidden Lane", "city": "Springfield", "postal_code": "62701",
             "address_key": "77 hidden ln|62701"}
            for uid in "ST"
        ],
    )  # fmt: skip
    profile = profile_of(made)
    assert shown(profile, "S")["Street address"] == shown(profile, "T")["Street address"] == HIDDEN
    assert profile.filter("is_hidden")["keys"].list.len().sum() == 0


def test_of_a_withheld_agency_only_what_it_does_is_told() -> None:
    """An agency that is in no public file is asked all the same, without a way to reach it on the form."""
    made = directory_of_rows(
        agency=[
            {"record_uid": "A", "native_id": "1", "name": "Quiet House", "description": "Beds for one night.",
             "withheld_reason": "excluded_from_website", "email": "quiet@house.example", "url": "https://quiet.example"},
        ],
        service=[{"record_uid": "P", "agency_uid": "A", "name": "Beds", "email": "beds@house.example"}],
        phone=[{"owner_kind": "agency", "owner_uid": "A", "number_written": "217-555-0111", "e164": "+12175550111"}],
        address=[{"owner_kind": "agency", "owner_uid": "A", "line1": "3 Quiet St", "city": "Springfield"}],
        contact=[{"owner_kind": "agency", "owner_uid": "A", "role": "director", "name": "Q. Uiet"}],
    )  # fmt: skip
    profile = profile_of(made)
    agency = shown(profile, "A")
    assert agency["Name"] == "Quiet House"
    assert agency["Description"] == "Beds for one night."
    assert {agency[what] for what in ("Phone", "E-mail", "Website", "Street address", "Director or manager")} == {
        HIDDEN
    }
    assert shown(profile, "P")["E-mail"] == HIDDEN


def test_the_page_can_be_read_aloud_and_asks_nothing_of_the_net(directory: Directory) -> None:
    """It is opened by people with a screen reader, and from a mail attachment without a connection."""
    text = render_page(form_of(directory, return_email="back@center.example", return_address="Box 5\nSpringfield"))
    page = Page(text)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == 1
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.named("th"))
    assert len(page.named("caption")) == len(page.named("table")) == 6
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "link", "iframe", "object")]
    assert not re.search(r"(src|href)=|url\(|@import", text)
    assert "=Invented & <Aid>" in page.text
    assert "<Aid>" not in text
    assert "back@center.example" in page.text
    assert "@page { size: letter" in text
    assert "Please answer by December 12, 2026." in page.text
    for label in ("Name", "Title or role", "Date", "Signature", "Everything is right", "changed, please call me"):
        assert label in page.text


def test_the_workbook_keeps_every_text_a_text(directory: Directory, tmp_path: Path) -> None:
    """A name that looks like a formula runs nowhere, and record number 00101 keeps its zeros."""
    path = workbook_of(form_of(directory, center_name="Invented 2-1-1"), tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Start here", "Your listing", "resdir"]
    assert {
        cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
    } == {"s"}
    page = book["Your listing"]
    assert [page.cell(1, column).value for column in range(1, 8)] == [
        "Part", "What", "In the directory now", "Still right?", "Correct value", "Remark", "line",
    ]  # fmt: skip
    rows = [row for row in page.iter_rows(min_row=2) if row[6].value]
    assert all(
        not row[place].protection.locked and row[place].number_format == "@" for row in rows for place in (3, 4, 5)
    )
    assert all(row[place].protection.locked for row in rows for place in (0, 1, 2, 6))
    assert page.protection.sheet
    assert page.column_dimensions["G"].hidden
    assert book["resdir"].sheet_state == "veryHidden"
    offered = {validation.formula1 for validation in page.data_validations.dataValidation}
    assert '"right,change,remove,not sure"' in offered
    assert [row[1].value for row in rows[-6:]] == [
        "A site that is missing",
        "Another site that is missing",
        "A service that is missing",
        "Another service that is missing",
        "A phone number that is missing, and what it is for",
        "Anything else we should know",
    ]
    assert any(row[2].value == NOTHING for row in rows)


def test_the_same_form_is_the_same_file(directory: Directory, tmp_path: Path) -> None:
    """The clock is no input: who writes it again after a crash gets what went out."""
    first, second = (workbook_of(form_of(directory), tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second
    assert render_page(form_of(directory)) == render_page(form_of(directory))
    assert form_of(directory).packet == form_of(directory).packet


def test_file_names_are_safe_and_no_two_are_alike() -> None:
    """Windows takes no colon and no two names that differ in capitals."""
    made = directory_of_rows(
        agency=[
            {"record_uid": "aaaaaaaa-1", "native_id": "1/2", "name": "Con: Aux?"},
            {"record_uid": "aaaaaaaa-2", "native_id": "1/2", "name": "Con Aux", "center_id": "c2"},
            {"record_uid": "bbbbbbbb-3", "native_id": None, "name": "Élan — " + "x" * 90},
            {"record_uid": "cccccccc-4", "native_id": "7", "name": "食"},
        ]
    )
    forms = [
        form
        for uid, center in (("aaaaaaaa-1", "c1"), ("aaaaaaaa-2", "c2"), ("bbbbbbbb-3", "c1"), ("cccccccc-4", "c1"))
        for form in _forms(made, uid, center)
    ]
    stems = file_stems(forms)
    assert stems == ["con-aux-aaaaaaaa-c1", "con-aux-aaaaaaaa-c2", f"elan-{'x' * 43}-bbbbbbbb", "agency-7"]


def _forms(directory: Directory, uid: str, center: str):
    from pipeline.outreach.packet_form import make_forms
    from schemas.packet_parameters import PacketParameters
    from tests.packet_directory import AS_OF, RUN, WRITTEN_ON

    return make_forms(
        profile_of(directory, uid, center),
        as_of=AS_OF,
        written_on=WRITTEN_ON,
        run_id=RUN,
        parameters=PacketParameters(),
    )


def test_agencies_are_found_by_number_and_others_are_told(directory: Directory) -> None:
    """A slip of the pen must not send a form to somebody else."""
    chosen = choose_agencies([Asked(text="00101"), Asked(text="300"), Asked(text="400")], directory)
    assert chosen.agencies.rows() == [("c1", "A")]
    assert [reason for _, reason in chosen.skipped] == [
        "Foreign (300) is maintained by NEXT211, which verifies it.",
        "Sleeping (400) is inactive: there is nothing to confirm.",
    ]
    with pytest.raises(UsageError, match=r"there is no agency 0011\.") as unknown:
        choose_agencies([Asked(text="0011")], directory)
    assert "00101" in unknown.value.advice
    with pytest.raises(UsageError, match=r"104 is a service, not an agency") as child:
        choose_agencies([Asked(text="104", where="l.csv, line 2")], directory)
    assert child.value.message.startswith("l.csv, line 2: ")
    assert "00101" in child.value.advice


def test_a_number_of_two_centers_is_not_guessed() -> None:
    """Two centers may count alike."""
    rows = [
        {"record_uid": uid, "native_id": "7", "name": f"Aid {uid}", "center_id": center}
        for uid, center in (("A", "c1"), ("B", "c2"))
    ]
    both = directory_of_rows(agency=rows)
    with pytest.raises(UsageError, match="names 2 agencies: Aid A of c1; Aid B of c2") as caught:
        choose_agencies([Asked(text="7")], both)
    assert "--center" in caught.value.advice
    assert choose_agencies([Asked(text="7", center="c2")], both).agencies.rows() == [("c2", "B")]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"1\n\n# note\n 2 \r\n", [("1", None, 1), ("2", None, 4)]),
        (b'\xef\xbb\xbfRecord,Name\n1,Aid\n,nobody\n2,"B, C"\n', [("1", None, 2), ("2", None, 4)]),
        (b"center;record\nc1;1\nc2;2\n", [("1", "c1", 2), ("2", "c2", 3)]),
        ("Name\trecord\nCaf\xe9\t1\n".encode("cp1252"), [("1", None, 2)]),
    ],
)
def test_lists_come_in_several_forms(content: bytes, found, tmp_path: Path) -> None:
    """From a text editor, a spreadsheet, or a program."""
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert [(one.text, one.center, int(one.where.rsplit(" ", 1)[1])) for one in read_list(path)] == found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\n", "names no agency"),
        (b"record\n", "names no agency"),
        (b"number of,name\n1,Aid\n", "line 1: there is no column record"),
        (b"PK\0\0", "is no text file"),
    ],
)
def test_a_list_without_numbers_is_told(content: bytes, message: str, tmp_path: Path) -> None:
    """An empty run would look like a finished one."""
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_list(path)
