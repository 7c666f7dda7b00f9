"""An invented center with hundreds of secrets in its export, written wherever and however people write, for the canary of the exports.

Every secret has a word or number of its own that stands nowhere else. It is private by its own cell or record, and is repeated in the
public texts of other records in many spellings. On the second night some values are private that were public on the first.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

Row = dict[str, str]

#: Two halves of invented words; together about as many as there are secrets.
_FIRST = [
    "vurn",
    "quel",
    "zanth",
    "brix",
    "morl",
    "tesk",
    "drav",
    "fyll",
    "gorv",
    "hask",
    "jund",
    "kelv",
    "lorp",
    "nesk",
    "olth",
    "prin",
    "rusk",
    "skel",
    "twor",
    "wisp",
]
_SECOND = [
    "aby",
    "enter",
    "ibald",
    "ocket",
    "umber",
    "arrow",
    "ingle",
    "estone",
    "avern",
    "ulthor",
    "ewick",
    "ondale",
    "istle",
    "ambry",
    "orford",
    "elgate",
]
_GIVEN = ("Perpetua", "Casimir", "Odalys", "Ignatius", "Zephyrine", "Leocadia", "Thaddeus", "Euphemia")

#: Cells of public records into which a secret is written as a sentence among others, and such as hold nothing else.
_PROSE = (
    "AgencyDescription", "HoursOfOperation", "DisabilitiesAccess", "BusServiceAccess", "LicenseAccreditation", "TemporaryMessage",
)  # fmt: skip
_SERVICE_PROSE = (
    "Eligibility", "FeeStructureSource", "ApplicationProcess", "DocumentsRequired", "NormalWaitTime",
    "ServiceNotAlwaysAvailability", "ServiceCapacity", "CoverageAreaText", "PublicAccessTransportation",
)  # fmt: skip
_LINES = (
    "AlternateName",
    "OfficialName",
    "Phone2Name",
    "Phone2Description",
    "PhoneFaxDescription",
    "LanguagesOfferedList",
)
_SERVICE_LINES = ("PaymentMethods", "Coverage")
_AGENCY_PROSE = ("SourceOfFunds", "LegalStatus", "IRSStatus")
_SITE_LINES = ("PhysicalCity", "PhysicalCounty", "PhysicalPostalCode", "MailingCity", "MailingAddress2")
_ROLE_LINES = ("MainContactTitle",)

#: Columns that no format has a place for, or that are internal by nature.
_INTERNAL = (
    "InternalNotes", "InternalNotesForEditorsAndViewers", "SearchHints", "ResourceInfo", "VolunteerDuties", "AgencyClassification",
    "LastVerifiedByTitle", "MailingAttentionName", "Categories", "UniqueIDPriorSystem",
)  # fmt: skip

#: Ways to write a number of ten digits, of which `a`, `b` and `c` are the parts.
PHONES = (
    "{a}.{b}.{c}", "{a} {b} {c}", "{a}–{b}–{c}", "+1 {a} {b} {c}", "{b}-{c}", "({a}) {b}-{c}", "1-{a}-{b}-{c}", "tel:+1{a}{b}{c}",
    "{a}\n{b}\n{c}", "({a}){b}\n-{c}", "{a}&nbsp;{b}&nbsp;{c}", "{a}&#45;{b}&#45;{c}", "{a}/{b}/{c}", "{b}.{c}", "{b} {c}",
    "{a} - {b} - {c}", "{a}‑{b}‑{c}", "{a}. {b}. {c}", "({a}) {b} • {c}", "Room 105, {b}-{c}", "https://example.org/?tel={a}%20{b}%20{c}",
    "sms:{a}{b}{c}", "Dial 911. {b}-{c}",
)  # fmt: skip
#: Ways to write a street, of which `n` is the number and `w` the name; the private one is `{n} North {w} Avenue`.
STREETS = (
    "{n} N. {w} Ave", "{n} North {w} Avenue", "{n} {w}", "{n} north {w} av.", "{n} N {w}", "{n}&nbsp;North&nbsp;{w}", "{n}-A N. {w} Avenue",
    "https://maps.example.org/?q={n}+North+{w}+Avenue", "https://example.org/{n}%20N%20{w}%20Ave", "{n} N.\n{w} Avenue", "({n} {w})",
    "{n}A North {w}", "the house at {n} NORTH {w} AVENUE, 2nd floor",
)  # fmt: skip
#: Ways to write a person.
NAMES = (
    "{first} {last}", "{last}, {first}", "{first} Q. {last}", "Dr. {first} {last}", "{first}&nbsp;{last}", "{first}\n{last}",
    "MS. {first} {last}, LCSW", "https://example.org/staff/{first}-{last}", "{first}  {last}'s office", "({last} {first})",
)  # fmt: skip
#: Ways to write an address, of which `u` and `h` are the parts.
EMAILS = (
    "{u}@{h}", "mailto:{u}@{h}", "{u} @ {h}", "{u} (at) {h}", "{u}%40{h}", "{u}&#64;{h}", "{u} at {h}", "<{u}@{h}>", "{u}[at]{h}",
    "https://example.org/?to={u}@{h}",
)  # fmt: skip


@dataclass
class Planted:
    """The export of two nights and what must not be seen of it.

    Attributes:
        before: Rows of the first night.
        rows: Rows of the second night.
        secrets: What makes a secret -> the words and numbers by which it is searched, all of them letters and digits only.
        public: Texts that must be found in every whole package.
        merged: Numbers of two agencies that are one.
    """

    before: list[Row]
    rows: list[Row]
    secrets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)
    merged: tuple[str, str] = ("", "")


def letters_and_digits(text: str) -> str:
    """Return nothing but letters and digits, without accents: what a determined reader compares."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum() and sign.isascii())


class _Planter:
    """Puts secrets into rows. Rows are dealt out from the beginning: those that are hidden whole, then those with secrets of their own."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.planted = Planted(before=[], rows=rows)
        self.words: Iterator[str] = (f"{first}{second}" for second in _SECOND for first in _FIRST)
        # Last digits that no number of the center has.
        taken = "".join(digits for row in rows for digits in re.findall("[0-9]+", " ".join(row.values())))
        self.lines = (line for line in range(6000, 9999) if f"555{line}" not in taken)
        self.givens = cycle(_GIVEN)
        agencies = [row for row in rows if row["TaxonomyLevelName"] == "Agency" and is_public(row)]
        numbers = [row["ResourceAgencyNum"] for row in agencies]
        with_sites = {agency_of(row) for row in rows if row["TaxonomyLevelName"] == "Site" and is_public(row)}
        self.excluded = numbers[:3]
        self.shelters = [number for number in numbers[3:] if number in with_sites][:3]
        self.others = [number for number in numbers if number not in (*self.excluded, *self.shelters)]
        self.public_rows = [row for row in rows if is_public(row) and agency_of(row) in self.others]
        self.cells = self._cells()

    def _cells(self) -> Iterator[tuple[Row, str, bool]]:
        """Public cells in which nothing of ours stands yet: row, column, and whether the cell is prose. Columns take turns."""
        service = ("Program", "ProgramAtSite")
        columns = [
            *((column, True, ("Agency", "Site", *service)) for column in _PROSE),
            *((column, True, service) for column in _SERVICE_PROSE),
            *((column, False, ("Agency", "Site", *service)) for column in _LINES),
            *((column, False, service) for column in _SERVICE_LINES),
            *((column, True, ("Agency",)) for column in _AGENCY_PROSE),
            *((column, False, ("Site",)) for column in _SITE_LINES),
            *((column, False, ("Agency",)) for column in _ROLE_LINES),
        ]
        taken: set[tuple[int, str]] = set()
        # The last rows stay as they are: something must be left that is public.
        rows = self.public_rows[: len(self.public_rows) * 3 // 4]
        for shift in range(len(rows)):
            for place, (column, is_prose, levels) in enumerate(columns):
                row = rows[(shift + place * 13) % len(rows)]
                if row["TaxonomyLevelName"] in levels and (id(row), column) not in taken:
                    taken.add((id(row), column))
                    yield row, column, is_prose

    def secret(self, what: str, *needles: str) -> None:
        assert what not in self.planted.secrets
        self.planted.secrets[what] = tuple(letters_and_digits(needle) for needle in needles)

    def repeat(self, text: str) -> None:
        """Write a text into the next public cell."""
        row, column, is_prose = next(self.cells)
        if column == "TemporaryMessage":
            row["TemporaryMessageAppears"], row["TemporaryMessageExpires"] = "2026-11-01 0:00:00", "2026-12-31 0:00:00"
        if column == "Phone2Name" or column == "Phone2Description":
            row["Phone2Number"], row["Phone2IsPrivate"] = row["Phone1Number"], "FALSE"
        if column == "MainContactTitle":
            row["MainContactIsPrivate"] = "No"
        row[column] = f"Open to all. It is {text}. Bring papers." if is_prose else text

    def word(self) -> str:
        return next(self.words)

    def phone(self, row: Row, column: str, flag: str, *, label: str, times: int = 2) -> str:
        """Make a number private in a cell, and repeat it elsewhere."""
        a, b, c = "217", "555", str(next(self.lines))
        row[column], row[flag] = f"{a}-{b}-{c}", "TRUE"
        self.secret(f"{label} {c}", f"{a}{b}{c}", f"{b}{c}")
        for _ in range(times):
            self.repeat(next(self.phone_forms).format(a=a, b=b, c=c))
        return row[column]

    phone_forms = cycle(PHONES)
    street_forms = cycle(STREETS)
    name_forms = cycle(NAMES)
    email_forms = cycle(EMAILS)

    def street(self, *, label: str, times: int = 3, number: int | None = None) -> str:
        """Return a street, which the caller makes private, and repeat it elsewhere."""
        word = self.word()
        house = 1000 + len(self.planted.secrets) if number is None else number
        self.secret(f"{label} {word}", word)
        for _ in range(times):
            self.repeat(next(self.street_forms).format(n=house, w=word.title()))
        return f"{house} North {word.title()} Avenue"

    def person(self, *, label: str, times: int = 2, accent: bool = False) -> str:
        """Return a person, whom the caller makes private, and name the person elsewhere."""
        word, first = self.word(), next(self.givens)
        last = word.title().replace("e", "é", 1) if accent else word.title()
        self.secret(f"{label} {word}", word)
        for place in range(times):
            name = next(self.name_forms).format(first=first, last=word.title() if accent and place % 2 else last)
            # Some keyboards write an accent as a sign of its own.
            self.repeat(unicodedata.normalize("NFD", name) if place % 3 == 2 else name)
        return f"{first} {last}"

    def email(self, *, label: str, times: int = 2) -> str:
        """Return an address, which the caller makes private, and repeat it elsewhere."""
        word = self.word()
        self.secret(f"{label} {word}", word)
        for place in range(times):
            text = next(self.email_forms).format(u=f"{word}.desk", h="hidden.example")
            self.repeat(text.upper() if place % 2 else text)
        return f"{word}.desk@hidden.example"


def is_public(row: Row) -> bool:
    """Whether nothing on the row itself keeps it in."""
    return (
        row["ExcludeFromWebsite"] == "No"
        and row["ExcludeFromDirectory"] == "No"
        and row["AgencyStatus"] == "Active"
        and row["LanguageOfRecord"] in ("", "en")
        and "DEL " not in row["AgencyDescription"]
    )


def agency_of(row: Row) -> str:
    return row["ResourceAgencyNum"] if row["TaxonomyLevelName"] == "Agency" else row["ParentAgencyNum"]


def plant(rows: list[Row]) -> Planted:
    """Put the secrets into the rows of an export; `rows` is changed."""
    planter = _Planter(rows)
    _plant_phones(planter)
    _plant_streets(planter)
    _plant_people(planter)
    _plant_shelters(planter)
    _plant_excluded(planter)
    _plant_internal(planter)
    _plant_merged(planter)
    _plant_split(planter)
    _plant_public(planter)
    planter.planted.before = copy.deepcopy(rows)
    _plant_history(planter)
    return planter.planted


def _of(planter: _Planter, *levels: str) -> list[Row]:
    return [row for row in planter.public_rows if row["TaxonomyLevelName"] in levels]


def _plant_phones(planter: _Planter) -> None:
    columns = (
        ("Phone3Number", "Phone3IsPrivate"), ("Phone4Number", "Phone4IsPrivate"), ("PhoneTTY", "PhoneTTYIsPrivate"),
        ("PhoneNumberHotline", "PhoneNumberHotlineIsPrivate"), ("PhoneNumberAfterHours", "PhoneNumberAfterHoursIsPrivate"),
    )  # fmt: skip
    rows = _of(planter, "Agency", "Site", "Program")
    for place in range(48):
        column, flag = columns[place % len(columns)]
        planter.phone(rows[place % len(rows)], column, flag, label="private phone")
    # Two numbers in one cell, and one that is known by its letters.
    row = rows[-1]
    first, second = (f"217-555-{next(planter.lines)}" for _ in range(2))
    row["Phone5Number"], row["Phone5IsPrivate"] = f"{first} or {second} ext 4, {first}-12", "TRUE"
    for number in (first, second):
        planter.secret(f"one of two numbers {number[-4:]}", number, number[4:])
        planter.repeat(number.replace("-", "."))
    planter.secret("number with letters", "2175558876", "217555vurn", "5558876", "555vurn")
    rows[-2]["Phone5Number"], rows[-2]["Phone5IsPrivate"] = "217-555-8876", "TRUE"
    planter.repeat("217-555-VURN")
    planter.repeat("(217) 555-vurn")
    rows[-3]["Phone5Number"], rows[-3]["Phone5IsPrivate"] = "217-555-QUEL", "TRUE"
    planter.secret("number kept with letters", "2175557835", "217555quel", "5557835")
    planter.repeat("217 555 7835")
    planter.repeat("1-217-555-QUEL")


def _plant_streets(planter: _Planter) -> None:
    sites = _of(planter, "Site")[:24]
    for row in sites:
        row["PhysicalAddress1"] = planter.street(label="private site")
        row["PhysicalAddressIsPrivate"] = "Yes"
        word = planter.word()
        planter.secret(f"directions {word}", word)
        row["BusServiceAccess"] = f"Two blocks behind the {word} mill."
        row["PhysicalLocationDescription"] = f"Corner of {word} lane."
    for place, row in enumerate(_of(planter, "Agency")[:20]):
        if place % 2:
            # The street may stand on the second line, behind the name of a house.
            row["PhysicalAddress1"], row["PhysicalAddress2"] = "Harbor House", planter.street(label="private agency")
            row["PhysicalAddressIsPrivate"] = "Yes"
        else:
            row["MailingAddress1"] = planter.street(label="private mail") + ", Springfield"
            row["MailingAddressIsPrivate"] = "Yes"


def _plant_people(planter: _Planter) -> None:
    agencies = _of(planter, "Agency")
    for place, row in enumerate(agencies):
        row["SeniorWorkerName"] = planter.person(label="private contact", accent=place % 3 == 0)
        row["SeniorWorkerEmailAddress"] = planter.email(label="private contact mail")
        row["SeniorWorkerPhoneNumber"] = planter.phone(
            row, "SeniorWorkerPhoneNumber", "SeniorWorkerIsPrivate", label="contact phone"
        )
        row["SeniorWorkerIsPrivate"] = "Yes"
        if place % 4 == 0:
            row["SeniorWorkerName"] = f"Dr. {row['SeniorWorkerName']}, LCSW"
            row["SeniorWorkerEmailAddress"] = f"Office <{row['SeniorWorkerEmailAddress']}>"
            row["SeniorWorkerPhoneNumber"] += " ext. 12"
    for row in _of(planter, "Agency", "Site", "Program")[:20]:
        row["LastVerifiedByName"] = planter.person(label="verifier", times=1)
        row["LastVerifiedByEmailAddress"] = planter.email(label="verifier mail", times=1)
        row["LastVerificationApprovedBy"] = planter.person(label="curator", times=1)


def _plant_shelters(planter: _Planter) -> None:
    for place, number in enumerate(planter.shelters):
        street = planter.street(label="shelter street", times=3, number=4417 + place)
        for row in planter.rows:
            if agency_of(row) != number or row["TaxonomyLevelName"] != "Site":
                continue
            row["PublicName"] = f"Domestic Violence Shelter {place + 1}"
            row["PhysicalAddress1"], row["PhysicalAddressIsPrivate"] = street, "No" if place else "Yes"
            row["Latitude"], row["Longitude"] = f"39.71{place}573", f"-89.51{place}942"
            row["WebsiteAddress"] = (
                f"https://goo.gl/maps/{planter.planted.secrets[f'shelter street {street.split()[2].lower()}'][0]}"
            )
        # The neighbor's address row, without the kind of street; the place in links to maps and in a text.
        office = _of(planter, "Site")[-place - 2]
        office["OtherAddress1"] = f"{street.split()[0]} {street.split()[2]} #3"
        office["OtherCity"], office["OtherPostalCode"] = "", ""
        planter.secret(f"place of shelter {place}", f"3971{place}573", f"8951{place}942")
        planter.repeat(f"https://www.google.com/maps/@39.71{place}573,-89.51{place}942,17z")
        planter.repeat(f"39.71{place}573 N, 89.51{place}942 W")


def _plant_excluded(planter: _Planter) -> None:
    for number in planter.excluded:
        own = [row for row in planter.rows if agency_of(row) == number]
        for row in own:
            if row["TaxonomyLevelName"] == "Agency":
                row["ExcludeFromWebsite"] = "Yes"
                row["PhysicalAddress1"] = planter.street(label="excluded street", times=2)
                row["MainContactName"], row["MainContactIsPrivate"] = planter.person(label="excluded contact"), "No"
                row["EmailAddressMain"] = planter.email(label="excluded mail")
            name, text = planter.word(), planter.word()
            planter.secret(f"excluded record {name}", name)
            planter.secret(f"excluded text {text}", text)
            row["PublicName"], row["AgencyDescription"] = f"{name.title()} Circle", f"Nobody may know of {text}."
            row["AlternateName"] = f"{name.title()}"
        agency = next(row for row in own if row["TaxonomyLevelName"] == "Agency")
        number_column = planter.phone(agency, "Phone1Number", "Phone1IsPrivate", label="excluded phone")
        agency["Phone1Number"], agency["Phone1IsPrivate"] = number_column, "FALSE"


def _plant_internal(planter: _Planter) -> None:
    rows = planter.public_rows
    for place in range(40):
        word = planter.word()
        planter.secret(f"internal {word}", word)
        column = _INTERNAL[place % len(_INTERNAL)]
        rows[(place * 5) % len(rows)][column] = f"{word.title()} note"


def _plant_merged(planter: _Planter) -> None:
    """One agency stands in the export twice; the copy has secrets of its own."""
    kept = _of(planter, "Agency")[-1]
    twin = dict(kept, ResourceAgencyNum="990001", ParentAgencyNum="990001")
    planter.phone(twin, "Phone4Number", "Phone4IsPrivate", label="phone of the merged copy")
    twin["MainContactName"], twin["MainContactIsPrivate"] = planter.person(label="contact of the merged copy"), "Yes"
    planter.rows.append(twin)
    planter.planted.merged = (kept["ResourceAgencyNum"], "990001")


def _plant_split(planter: _Planter) -> None:
    """Values over the entries of a list, in a row that only links, and in a label beside a public number."""
    rows = _of(planter, "Program")
    person = planter.person(label="split over two names", times=0)
    rows[-1]["MainContactName"], rows[-1]["MainContactIsPrivate"] = person, "Yes"
    rows[-2]["AlternateName"] = "; ".join(person.split())
    number = planter.phone(rows[-1], "Phone4Number", "Phone4IsPrivate", label="split over two entries", times=0)
    rows[-3]["PaymentMethods"] = f"Call {number[:7]}; {number[8:]}"
    link = next(row for row in planter.public_rows if row["TaxonomyLevelName"] == "ProgramAtSite")
    link["AgencyDescription"] = f"Ask {person} at {number}."
    link["IsLinkOnly"] = "TRUE"
    link["HoursOfOperation"] = f"By night {number.replace('-', ' ')}."


def _plant_public(planter: _Planter) -> None:
    """What looks like a secret and is none, or stands beside one."""
    public = planter.planted.public
    agencies, sites = _of(planter, "Agency"), _of(planter, "Site")
    services = _of(planter, "Program")
    last = services[-4:]
    private_number = next(what for what in planter.planted.secrets if what.startswith("private phone"))[-4:]
    last[0]["AgencyDescription"] = (
        f"Classes for parents. Call (312) 555-{private_number} to register. Child care is offered."
    )
    public |= {
        "number of another area code": f"(312) 555-{private_number}",
        "sentence beside it": "Child care is offered",
    }
    last[1]["AgencyDescription"] = "Weekly meals on the Tamarind Terrace at 14 Wexcombe Street."
    public |= {"public street": "14 Wexcombe Street", "public words": "Tamarind Terrace"}
    # A person of the same first name, and a public number that another record flags.
    last[2]["AgencyDescription"] = "Founded by Perpetua Goodfellow in 1931. Zanthine Abbotsley gave the land."
    public |= {"another person": "Perpetua Goodfellow", "a donor": "Zanthine Abbotsley"}
    agencies[-2]["Phone1Number"], agencies[-2]["Phone1IsPrivate"] = "217-555-0147", "FALSE"
    services[0]["Phone4Number"], services[0]["Phone4IsPrivate"] = "217-555-0147", "TRUE"
    public["number that is public elsewhere"] = "217) 555-0147"
    agencies[-3]["PublicName"] = "Calloway Brindlecombe Clinic"
    services[0]["MainContactName"], services[0]["MainContactIsPrivate"] = "Calloway Brindlecombe", "Yes"
    public["agency that bears a private name"] = "Calloway Brindlecombe Clinic"
    agencies[-4]["EmailAddressMain"] = "aurelia.plumtree@example.org"
    agencies[-4]["LastVerifiedByName"] = "Aurelia Plumtree"
    public["public address of one who verified"] = "aurelia.plumtree@example.org"
    agencies[-5]["MainContactName"], agencies[-5]["MainContactIsPrivate"] = "Barnaby Oxenford", "No"
    agencies[-5]["MainContactTitle"] = "Executive Director"
    services[1]["MainContactName"], services[1]["MainContactIsPrivate"] = "Executive Director", "Yes"
    public |= {"public contact": "Barnaby Oxenford", "title that stands for a name elsewhere": "Executive Director"}
    # The street of a private site, in another town.
    street = "318 Otterbourne Lane"
    sites[0]["OtherAddress1"], sites[0]["OtherCity"] = street, "Springfield"
    far = sites[-1]
    far |= {
        "PhysicalAddress1": street, "PhysicalAddress2": "", "PhysicalCity": "Galena", "PhysicalPostalCode": "61036",
        "PhysicalAddressIsPrivate": "No", "Latitude": "42.41678", "Longitude": "-90.42901",
    }  # fmt: skip
    public |= {
        "street of a public site": street,
        "town of a public site": "Galena",
        "place of a public site": "42.41678",
    }
    agencies[-6]["WebsiteAddress"] = "https://www.brackenhurst.example"
    public["public web address"] = "www.brackenhurst.example"
    linked = {row["ConnectsToProgramNum"] for row in planter.public_rows if row["TaxonomyLevelName"] == "ProgramAtSite"}
    offered = [row for row in services[:-4] if row["ResourceAgencyNum"] in linked][-1]
    for row, what in (
        (agencies[-7], "seventh"),
        (agencies[-8], "eighth"),
        (sites[-2], "site"),
        (offered, "service"),
    ):
        row["PublicName"] = f"Nettlebed {what.title()} House"
        public[f"name of the {what}"] = row["PublicName"]
    for row in planter.public_rows:
        if row["ConnectsToProgramNum"] == offered["ResourceAgencyNum"]:
            row["PublicName"] = offered["PublicName"]


def _plant_history(planter: _Planter) -> None:
    """Between the nights values become private that were public, and private ones go together with the texts that told them."""
    before = {(row["ResourceAgencyNum"], row["TaxonomyLevelName"]): row for row in planter.planted.before}
    services = [row for row in _of(planter, "Program") if row not in _of(planter, "Program")[-6:]][-8:]
    for place, row in enumerate(services):
        old = before[row["ResourceAgencyNum"], "Program"]
        number = f"217-555-{next(planter.lines)}"
        what = "private from the second night" if place % 2 else "private on the first night only"
        planter.secret(f"{what} {number[-4:]}", number, number[4:])
        old["AgencyDescription"] = f"Ring {number} on Mondays. Open to all."
        row["AgencyDescription"] = "Ring on Mondays. Open to all."
        flagged, other = (row, old) if place % 2 else (old, row)
        flagged["PhoneTollFree"], flagged["PhoneTollFreeIsPrivate"] = number, "TRUE"
        other["PhoneTollFree"], other["PhoneTollFreeIsPrivate"] = (number, "FALSE") if place % 2 else ("", "FALSE")
    agencies = [row for row in _of(planter, "Agency") if row["MainContactIsPrivate"] != "Yes"][:6]
    for row in agencies:
        old = before[row["ResourceAgencyNum"], "Agency"]
        word, first = planter.word(), next(planter.givens)
        planter.secret(f"contact private from the second night {word}", word)
        for one, flag in ((old, "No"), (row, "Yes")):
            one["MainContactName"], one["MainContactIsPrivate"] = f"{first} {word.title()}", flag
        old["AgencyDescription"] = f"{first} {word.title()} leads it. Open to all families."
        row["AgencyDescription"] = "A board leads it. Open to all families."
        old["EmailAddressMain"] = f"{word}@shown.example"
        row["EmailAddressMain"] = "office@shown.example"
        row["MainContactEmailAddress"] = f"{word}@shown.example"
