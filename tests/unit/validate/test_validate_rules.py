"""Every rule of the catalogue: what breaks it, and what looks alike but does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import polars as pl
import pytest

from schemas.parameters import RuleOverride
from schemas.rules import LEVEL_LETTERS, completeness_matrix, rule_catalogue
from tests.unit.validate.full_directory import (
    ALL_FIELDS,
    Parts,
    full_parts,
    make_parameters,
    owned_row,
    validate_parts,
    verification,
)

Change = Callable[[Parts], object]


def put(table: str, **values: object) -> Change:
    """Change the first row of a table."""
    return lambda parts: parts.one(table).update(values)


def put_owned(table: str, owner_kind: str, **values: object) -> Change:
    """Change the first row of a table that belongs to a record of a kind."""
    return lambda parts: parts.owned(table, owner_kind)[0].update(values)


def note(note_kind: str, field: str, value: str | None = "x", **changes: object) -> Change:
    """Take a note."""
    return lambda parts: parts.note(note_kind, field, value, **changes)


def both(*changes: Change) -> Change:
    """Make several changes."""

    def apply(parts: Parts) -> None:
        for change in changes:
            change(parts)

    return apply


def add_agency(native_id: str, **values: object) -> Change:
    """Add an agency that is an umbrella of nobody and has its own service."""

    def apply(parts: Parts) -> None:
        agency = parts.add(
            "agency", native_id, url_domain_key=f"{parts.center}-{native_id}.example.org", ein=None, **values
        )
        service = parts.add("service", f"s{native_id}", agency_uid=agency["record_uid"], agency_native_id=native_id)
        parts.add(
            "service_at_site", f"x{native_id}", service_uid=service["record_uid"], service_native_id=f"s{native_id}"
        )

    return apply


def only_link(*codes: str, **values: object) -> Change:
    """Index the service with these links alone."""

    def apply(parts: Parts) -> None:
        parts.drop_owned("taxonomy_link", "service")
        for code in codes:
            parts.link(code, **values)

    return apply


def translate(**values: object) -> Change:
    """Add a French version of the agency."""

    def apply(parts: Parts) -> None:
        agency = parts.one("agency")
        parts.tables["translation"] = [
            {
                "center_id": parts.center,
                "record_uid": agency["record_uid"],
                "native_id": "1",
                "origin": "delivered",
                "kind": "agency",
                "language_of_record": "fr",
                "status": "active",
                **values,
            }
        ]

    return apply


def settings(**values: object) -> Change:
    """Change the parameters."""

    def apply(parts: Parts) -> None:
        parts.parameters = make_parameters(**values)

    return apply


def refer(table: str, *rows: dict[str, object]) -> Change:
    """Add rows to a reference table."""
    return lambda parts: getattr(parts, table).extend(rows)


def term(code: str, **values: object) -> dict[str, object]:
    """Return a term of the licensed list."""
    return {"code": code, "status": "active", "is_preferred": False, **values}


def shown(*days: date, contents: str = "same same same") -> Change:
    """Let earlier nights have shown verifications of the agency, tonight's among them."""

    def apply(parts: Parts) -> None:
        parts.verifications += [
            verification(parts, day, content=content) for day, content in zip(days, contents.split(), strict=False)
        ]

    return apply


def drop(table: str, owner_kind: str, **where: object) -> Change:
    """Remove what belongs to records of a kind."""
    return lambda parts: parts.drop_owned(table, owner_kind, **where)


def verified(day: date) -> Change:
    """Verify agency, site and service on one day, with no edit later."""
    return both(*(put(kind, verified_on=day, edited_on=day) for kind in ("agency", "site", "service")))


OLD = date(2024, 1, 10)
CLOSED = {"status": "inactive", "status_written": "Inactive", "is_counted": False, "not_counted_reason": "inactive"}
COORDINATES = {"latitude": 39.8, "latitude_written": "39.8", "longitude": -89.6, "longitude_written": "-89.6"}

#: Rule, what breaks it, and what looks alike but does not.
CASES: list[tuple[str, Change, Change]] = [
    ("ID-001", put("agency", native_id=None), put("agency", native_id=None, origin="derived", is_counted=False)),
    ("ID-001", lambda p: p.add("site", "9", number="2"), lambda p: p.add("site", "9", number="3")),
    ("ID-001", note("missing_id", "native_id", None), note("repeated_id_same", "native_id", "1")),
    ("ID-002", put("service", agency_uid=None, agency_native_id="77"), put("service", agency_native_id="01")),
    ("ID-002", put("agency", parent_uid=None, parent_native_id="77"), put("agency", parent_uid=None)),
    ("ID-002", put("service_at_site", site_uid=None, site_native_id="77"), put("service_at_site", origin="derived")),
    (
        "ID-002",
        lambda p: p.one("agency").update(parent_uid=p.one("agency")["record_uid"]),
        put("agency", prior_native_id="1"),
    ),
    ("ID-002", note("parent_loop", "parent_native_id"), note("repeated_value", "aka")),
    ("ID-003", put("agency", record_owner=None), put("service", record_owner=None)),
    ("ID-004", put("site", status="unknown", status_written="Maybe"), put("site", **CLOSED)),
    (
        "ID-005",
        put("agency", **CLOSED),
        both(
            put("agency", **CLOSED), put("site", **CLOSED), put("service", **CLOSED), put("service_at_site", **CLOSED)
        ),
    ),
    (
        "ID-006",
        lambda p: p.tables["service_at_site"].clear(),
        both(
            lambda p: p.tables["service_at_site"].clear(), put_owned("address", "service", line1="No physical address")
        ),
    ),
    ("ID-007", put("service_at_site", link_only=True), put("service_at_site", link_only=True, origin="derived")),
    ("ID-008", note("repeated_id_different", "native_id", "1"), note("repeated_id_same", "native_id", "1")),
    (
        "ID-009",
        both(add_agency("9", record_owner="OTHR"), lambda p: p.tables["agency"][1].update(ein=p.one("agency")["ein"])),
        both(add_agency("9"), lambda p: p.tables["agency"][1].update(ein=p.one("agency")["ein"])),
    ),
    (
        "ID-009",
        both(
            add_agency("9", record_owner="OTHR"),
            lambda p: p.owned("phone", "agency")[1].update(e164=p.owned("phone", "agency")[0]["e164"]),
        ),
        both(add_agency("9", record_owner="OTHR"), lambda p: p.owned("phone", "agency")[1].update(is_private=True)),
    ),
    (
        "ID-010",
        put("service", **CLOSED),
        both(
            put("service", **CLOSED),
            add_agency("9"),
            lambda p: p.tables["agency"][1].update(parent_uid=p.one("agency")["record_uid"], parent_native_id="1"),
        ),
    ),
    ("ID-011", put("agency", record_owner="abc"), put("agency", record_owner="AB12")),
    ("CMP-PLACEHOLDER", put("service", description=" TBD "), put("service", documents="N/A")),
    ("CMP-PLACEHOLDER", put("service", intake="n/a"), put("service", description="To be decided by the board.")),
    ("FRE-001", verified(date(2025, 11, 19)), verified(date(2025, 11, 20))),
    ("FRE-002", verified(date(2026, 1, 19)), verified(date(2026, 1, 20))),
    ("FRE-003", verified(date(2025, 5, 19)), verified(date(2025, 5, 20))),
    ("FRE-004", put("agency", edited_on=date(2026, 11, 21)), put("agency", edited_on=date(2026, 11, 20))),
    (
        "FRE-004",
        note("unreadable_date", "verified_on", "13/13/2026"),
        note("placeholder_date", "verified_on", "1900-01-01"),
    ),
    ("FRE-005", put("agency", created_on=date(2026, 8, 11)), put("agency", created_on=date(2026, 8, 10))),
    ("FRE-006", put("agency", edited_on=date(2026, 8, 11)), put("agency", edited_on=date(2026, 8, 9))),
    (
        "FRE-007",
        put("agency", verified_by_title=None),
        put("agency", verified_by_title=None, verification_method="call"),
    ),
    (
        "FRE-007",
        both(verified(date(2025, 11, 20)), put("service", verified_by_title=None)),
        both(verified(date(2025, 11, 19)), put("service", verified_by_title=None)),
    ),
    ("FRE-008", put("site", verified_on=OLD, edited_on=OLD, created_on=OLD), verified(OLD)),
    ("FRE-009", settings(bulk_stamp_minimum=3), settings(bulk_stamp_minimum=4)),
    ("FRE-010", translate(verified_on=OLD), translate(verified_on=date(2025, 12, 1))),
    (
        "FRE-011",
        put("site", alert="Closed for repair.", alert_to_on=date(2026, 11, 19)),
        put("site", alert="Closed.", alert_to_on=date(2026, 11, 20)),
    ),
    (
        "FRE-012",
        both(add_agency("9"), put("service", verified_on=None)),
        note("unreadable_date", "verified_on", kind="service"),
    ),
    (
        "FMT-001",
        put_owned("phone", "agency", e164=None, number_written="555-0120"),
        put_owned("phone", "agency", e164=None, short_code="211"),
    ),
    (
        "FRE-013",
        shown(date(2024, 7, 1), date(2025, 7, 3), date(2026, 8, 10)),
        shown(date(2024, 7, 1), date(2025, 7, 3), date(2026, 8, 10), contents="same other same"),
    ),
    (
        "FRE-013",
        shown(date(2024, 7, 1), date(2025, 7, 3), date(2026, 8, 10)),
        shown(date(2026, 1, 1), date(2026, 7, 3), date(2026, 8, 10)),
    ),
    (
        "FMT-004",
        put_owned("phone", "agency", number_written="217.555.0120"),
        put_owned("phone", "agency", number_written="+1 (217) 555-0120"),
    ),
    (
        "FMT-004",
        put_owned("phone", "agency", number_written="(217)555-0120"),
        put_owned("phone", "agency", number_written="1-800-555-HELP"),
    ),
    (
        "FMT-022",
        both(
            put_owned("address", "site", city="Chatham"),
            refer("zips", {"postal_code": "62629", "city": "Chatham", "county": "Sangamon", "state": "IL"}),
        ),
        put_owned("address", "site", city="A Neighborhood"),
    ),
    (
        "FMT-022",
        both(
            put_owned("address", "site", county="St. Clair"),
            refer("zips", {"postal_code": "62201", "city": "East Saint Louis", "county": "Saint Clair", "state": "IL"}),
        ),
        put_owned("address", "site", county="Sangamon"),
    ),
    (
        "FMT-022",
        put_owned("address", "agency", state="MO", state_written="MO"),
        put_owned("address", "agency", state="MO", state_written="MO", postal_code="63101"),
    ),
    (
        "FMT-022",
        put_owned("address", "agency", postal_code="62799"),
        put_owned("address", "agency", postal_code="60601"),
    ),
    (
        "FMT-024",
        put("site", latitude=39.1, longitude=-94.6, state="IL"),
        put("site", latitude=39.8, longitude=-89.6, state="IL"),
    ),
    (
        "FMT-024",
        put("site", latitude=39.1, longitude=-94.6, state="IL"),
        put("site", latitude=-89.6, longitude=39.8, state="IL"),
    ),
    (
        "FMT-023",
        put("site", latitude=39.8, longitude=89.6, state="IL"),
        put("site", latitude=13.4, longitude=144.8, state="GU"),
    ),
    ("FMT-031", note("unreadable_hours", "schedule", "Moday 9-"), note("repeated_value", "languages")),
    ("FMT-031", note("unreadable_hours", "schedule", "Mon; Tue; Wed;"), note("repeated_value", "languages")),
    ("FMT-061", note("cut_text", "description", "Gives groc"), note("repeated_value", "aka")),
    (
        "PRV-004",
        put_owned("address", "site", is_private=True, is_flagged_private=True),
        put_owned("address", "site", is_private=True, is_flagged_private=True, withheld_reason="Private home"),
    ),
    (
        "PRV-004",
        put_owned("address", "site", is_private=True, is_flagged_private=True),
        put_owned("address", "agency", is_private=True, is_flagged_private=True),
    ),
    ("PRV-005", put("service", intake="Ask for Jo Sample."), put("service", intake="Ask for Social Worker.")),
    ("PRV-005", put("service", intake="Jo Sample, Director, knows."), put("service", intake="Intake Nurse, Director.")),
    ("PRV-005", put("site", description="Led by Dr. Jo Sample."), put("site", description="On 5 Oak Dr. Springfield")),
    (
        "PRV-005",
        put("agency", description="Contact: Jo Sample"),
        both(put("agency", description="Contact: Jo Sample", name="Jo Sample House")),
    ),
    ("TAX-003", both(only_link("BD-1800"), refer("terms", term("BD-1800", is_missing=True))), only_link("BD-1800")),
    (
        "TAX-006",
        only_link("PX-1000", "PX-2000"),
        only_link("PX-1000", "PX-3000"),
    ),
    (
        "TAX-011",
        both(only_link("BD-1800.2000"), refer("terms", term("BD-1800.1000", is_preferred=True))),
        both(only_link("BD-1800.2000"), refer("terms", term("BD-1900.1000", is_preferred=True))),
    ),
    (
        "TAX-012",
        both(only_link("BD-1800"), refer("terms", term("BD-1800", name="Dental services"))),
        both(only_link("BD-1800"), refer("terms", term("BD-1800", name="Grocery assistance"))),
    ),
    (
        "TAX-013",
        both(only_link("BD-1800"), refer("terms", term("BD-1800", status="retired", successor="BD-1900"))),
        both(only_link("BD-1800"), refer("terms", term("BD-1900", status="retired", successor="BD-1800"))),
    ),
    (
        "TAX-013",
        both(only_link("BD-1800"), refer("terms", term("BD-1800", status="retired"))),
        both(only_link("BD-1800"), refer("terms", term("BD-1800"))),
    ),
    (
        "TAX-014",
        lambda p: p.link("BD-1800", owner_kind="agency", owner="1", is_repeated=True),
        lambda p: p.link("BD-1900", owner_kind="agency", owner="1"),
    ),
    (
        "ID-002",
        note("parent_missing", "phone.owner_native_id", "77"),
        note("parent_missing", "site_native_id", "77"),
    ),
    ("FMT-001", note("several_values", "phone.number", "one or two"), note("repeated_value", "languages")),
    ("FMT-002", note("extension_in_number", "phone.number", "555 x12"), put_owned("phone", "agency", extension="12")),
    ("FMT-003", put_owned("phone", "site", type=None), put_owned("phone", "site", type="fax")),
    (
        "FMT-010",
        put("agency", email=None, email_written="office at example"),
        put("agency", email=None, email_written="None"),
    ),
    (
        "FMT-010",
        put_owned("contact", "agency", email="ada@example"),
        put_owned("contact", "agency", email="ada@example.photography"),
    ),
    ("FMT-010", note("several_values", "email", "a@example.org; b@example.org"), note("repeated_value", "email")),
    (
        "FMT-011",
        put("agency", url_written="pantry.example.org"),
        put("agency", url_written="HTTP://pantry.example.org"),
    ),
    ("FMT-011", put("agency", url=None, url_written="https://"), put("agency", url=None, url_written="none")),
    ("FMT-012", put("agency", url_domain_key="m.facebook.com"), put("agency", url_domain_key="sites.google.com")),
    ("FMT-012", put("agency", url_domain_key="facebook.com"), put("agency", url_domain_key="notfacebook.com")),
    (
        "FMT-020",
        put_owned("address", "site", postal_code="7930"),
        put_owned("address", "site", postal_code="62701-1234"),
    ),
    (
        "FMT-020",
        put_owned("address", "site", postal_code="V2Y 0A2"),
        put_owned("address", "site", postal_code="V2Y 0A2", country="CA"),
    ),
    (
        "FMT-021",
        put_owned("address", "agency", state=None, state_written="Ill."),
        put_owned("address", "agency", state="PR", state_written="Puerto Rico"),
    ),
    ("FMT-023", put("site", latitude=95.0, latitude_written="95"), put("site", latitude=None, latitude_written="0")),
    ("FMT-023", put("site", latitude=-89.6, longitude=39.8), put("site", **COORDINATES)),
    (
        "FMT-023",
        put("site", longitude=None, longitude_written="west"),
        put("site", longitude=None, longitude_written=None),
    ),
    ("FMT-030", put("site", hours="9 to 5"), put("site", hours="By appointment only")),
    ("FMT-030", put("site", hours="Open business hours"), put("site", hours="24 hours a day")),
    (
        "FMT-031",
        put_owned("schedule", "site", opens_at=time(22), closes_at=time(6)),
        put_owned("schedule", "site", opens_at=time(22), closes_at=time(6), note="Overnight shelter"),
    ),
    ("FMT-040", put("agency", ein=None, ein_written="12-345"), put("agency", ein=None, ein_written="N/A")),
    (
        "FMT-041",
        put("agency", year_incorporated=2027, year_incorporated_written="2027"),
        put("agency", year_incorporated=2026, year_incorporated_written="2026"),
    ),
    (
        "FMT-041",
        put("agency", year_incorporated=None, year_incorporated_written="long ago"),
        put("agency", year_incorporated=1600, year_incorporated_written="1600"),
    ),
    ("FMT-050", put("service", area_served_units=[]), put("service", area_served=None)),
    (
        "FMT-051",
        put("service", area_served_units=["IL - Sangamon County", "IL - Downtown County"]),
        put("service", area_served_units=["IL - Sangamon County", "IL", "Downtown"]),
    ),
    ("FMT-060", note("broken_characters", "description", "CafÃ©"), note("repeated_value", "aka")),
    ("FMT-060", note("html_removed", "description", "<b>x</b>"), put("agency", description="1 < 2 > 0")),
    ("PRV-001", note("unclear_flag", "exclude_from_website", "maybe"), note("unknown_status", "status", "maybe")),
    ("PRV-001", note("unclear_flag", "phone.is_private", "maybe"), put_owned("phone", "agency", is_private=True)),
    (
        "PRV-002",
        put("service", is_confidential_place=True),
        both(put("service", is_confidential_place=True), drop("address", "service", address_kind="physical")),
    ),
    (
        "PRV-002",
        put("site", is_confidential_place=True),
        put("site", is_confidential_place=True, withheld_reason="excluded_from_website"),
    ),
    ("PRV-003", put("agency", email="pantry@Gmail.com"), put("agency", email="pantry@gmail.com.example.org")),
    (
        "PRV-003",
        put_owned("contact", "agency", email="ada@yahoo.com"),
        put_owned("contact", "agency", email="ada@yahoo.com", is_private=True),
    ),
    ("PRV-005", put("service", intake="Ask for Ada Example."), put("service", intake="Ask for the director.")),
    ("PRV-005", put("service", intake="Call Ms. Sample."), put("service", intake="Miss a call? Try again.")),
    (
        "PRV-005",
        put_owned("phone", "agency", label="Mrs. Sample"),
        put_owned("phone", "agency", label="Mrs. Sample", is_private=True),
    ),
    (
        "PRV-005",
        put("agency", description="Founded by Ada Example."),
        put("agency", name="Ada Example House", description="Ada Example House gives shelter."),
    ),
    ("TAX-001", only_link(), only_link("BD-1800")),
    ("TAX-002", only_link("BD-1800.200"), only_link("BD-1800.2000")),
    (
        "TAX-002",
        lambda p: p.link("BD1800", owner_kind="agency", owner="1"),
        lambda p: p.link("BD", owner_kind="agency", owner="1"),
    ),
    ("TAX-004", only_link("Bd-1800"), only_link("BD-1800-L")),
    ("TAX-005", only_link("BD-1800", "BD-1800.2000"), only_link("BD-1800", "BD-1900.2000")),
    ("TAX-007", only_link("BD-1800", "YB-8000"), only_link("BD-1800", target_code="YB-8000")),
    ("TAX-008", only_link("YB-8000"), only_link("BD-1800", "YB-8000")),
    ("TAX-009", only_link(*[f"BD-{1000 + n}" for n in range(7)]), only_link(*[f"BD-{1000 + n}" for n in range(6)])),
    ("TAX-010", only_link("BD"), only_link("BD-1800")),
]

#: What takes an element away from a record kind, where it is more than emptying the column of the same name.
CLEAR: dict[str, dict[str, object]] = {
    "AKA": {"aka": []},
    "EIN": {"ein": None, "ein_written": None},
    "WEB": {"url": None, "url_written": None, "url_domain_key": None},
    "EMAIL": {"email": None, "email_written": None},
    "AREA": {"area_served": None, "area_served_units": []},
    "LANG": {"languages": []},
    "INCLUSION": {"exclude_from_website": None, "exclude_from_directory": None},
}
CLEAR_OWNED: dict[str, list[tuple[str, dict[str, object]]]] = {
    "ADDRESS": [("address", {"address_kind": "physical"})],
    "MAIL": [("address", {"address_kind": "mailing"})],
    "PHONE": [("phone", {})],
    "DIRECTOR": [("contact", {"role": "director"})],
    "CHGCONTACT": [("contact", {"role": "main"})],
    "HOURS": [("schedule", {})],
    "TAX": [("taxonomy_link", {})],
}
MATRIX = [
    (element, kind)
    for element in completeness_matrix()
    for kind in LEVEL_LETTERS
    if (element.rule_id(kind) or "").startswith("CMP-")
]
NONE_OK = [
    (element, kind)
    for element, kind in MATRIX
    if element.none_allowed and element.field in {"legal_status", "accreditations", "eligibility", "documents", "fees"}
]


def clear(parts: Parts, element, kind: str) -> None:
    """Take an element away from the record of a kind."""
    for table, where in CLEAR_OWNED.get(element.code, []):
        parts.drop_owned(table, kind, **where)
    if element.code in CLEAR:
        parts.one(kind).update(CLEAR[element.code])
    elif element.code not in CLEAR_OWNED or element.code == "HOURS":
        parts.one(kind)[element.field] = None


def test_a_full_directory_has_no_findings_and_leaves_no_rule_out():
    """If the best possible record still gives findings, curators stop reading them."""
    validation = full_parts().validate()
    assert validation.findings.rows() == []
    assert validation.not_applicable.rows() == []


def ids_of(cells: list) -> list[str]:
    """Return the rule ids of cells of the matrix."""
    return [element.rule_id(kind) for element, kind in cells]


@pytest.fixture(scope="module")
def findings() -> pl.DataFrame:
    """The findings of all cases below, each validated as a center of its own."""
    parts = []
    for number, (_, *changes) in enumerate(CASES):
        for name, change in zip(("breaks", "keeps"), changes, strict=True):
            case = full_parts(f"{name}{number}")
            change(case)
            parts.append(case)
    for number, (element, kind) in enumerate(MATRIX):
        missing, closed = full_parts(f"missing{number}"), full_parts(f"closed{number}")
        for case in (missing, closed):
            clear(case, element, kind)
        closed.one(kind).update(CLOSED)
        parts += [missing, closed]
    for number, (element, kind) in enumerate(NONE_OK):
        answered = full_parts(f"answered{number}")
        answered.one(kind)[element.field] = "None"
        parts.append(answered)
    plain = [case for case in parts if case.parameters == make_parameters() and not case.terms and not case.zips]
    others = [case for case in parts if case not in plain]
    return pl.concat([validate_parts(group).findings for group in (plain, *([case] for case in others))])


def rules_of(findings: pl.DataFrame, center: str) -> list[str]:
    """Return the rules that a center breaks, one per finding."""
    return findings.filter(pl.col("center_id") == center).get_column("rule_id").to_list()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_rule_fires_on_what_breaks_it_and_on_nothing_alike(number, findings):
    """A rule that misses its fault, or blames a good record, sends curators after the wrong thing."""
    rule_id = CASES[number][0]
    assert rule_id in rules_of(findings, f"breaks{number}")
    assert rule_id not in rules_of(findings, f"keeps{number}")


@pytest.mark.parametrize("number", range(len(MATRIX)), ids=ids_of(MATRIX))
def test_one_missing_element_gives_one_finding(number, findings):
    """A missing element must be named once, by its own rule: two findings for one gap double the work list."""
    element, kind = MATRIX[number]
    mine = findings.filter(pl.col("center_id") == f"missing{number}")
    assert mine.select("rule_id", "severity", "kind").rows() == [(element.rule_id(kind), element.severity(kind), kind)]


@pytest.mark.parametrize("number", range(len(MATRIX)), ids=ids_of(MATRIX))
def test_an_element_missing_from_an_inactive_record_is_nobodys_work(number, findings):
    """Closed records are kept for reference; asking for their hours wastes the curator's morning."""
    element, kind = MATRIX[number]
    assert element.rule_id(kind) not in rules_of(findings, f"closed{number}")


@pytest.mark.parametrize("number", range(len(NONE_OK)), ids=ids_of(NONE_OK))
def test_the_answer_none_counts_where_the_standard_allows_it(number, findings):
    """ "None" to "which documents?" is an answer; reporting it would make curators write longer nothings."""
    assert rules_of(findings, f"answered{number}") == []


def test_every_rule_of_the_catalogue_is_tested_and_asked():
    """A rule nobody asks would promise a check that never happens."""
    tested = {rule_id for rule_id, _, _ in CASES} | {element.rule_id(kind) for element, kind in MATRIX}
    # The style rules, the rules on duplicates and those on audits have files of their own, with the same demand.
    assert tested == {rule_id for rule_id, rule in rule_catalogue().items() if rule.family not in ("STY", "DUP", "AUD")}


def test_a_filler_is_reported_as_a_filler_only():
    """ "TBD" in the description is one fault, not a missing description as well."""
    parts = full_parts()
    parts.one("service")["description"] = "tbd"
    findings = parts.validate().findings
    assert findings.select("rule_id", "field", "value").rows() == [("CMP-PLACEHOLDER", "description", "tbd")]


def test_a_withheld_address_counts_as_present():
    """A shelter that keeps its street secret has answered; asking again every night would push for a leak."""
    parts = full_parts()
    parts.owned("address", "site")[0].update(line1=None, is_private=True)
    assert parts.rules() == []


@pytest.mark.parametrize("location_type", ["virtual", "postal"])
def test_a_site_without_a_place_needs_no_street(location_type):
    """A hotline has no street; nobody can enter one."""
    parts = full_parts()
    parts.one("site")["location_type"] = location_type
    parts.drop_owned("address", "site", address_kind="physical")
    assert parts.rules() == []


@pytest.mark.parametrize(
    "reason", ["derived", "link_only", "inactive", "draft", "other_owner"], ids=str
)  # reasons for which a record is not counted
def test_records_that_do_not_count_are_asked_identity_only(reason):
    """Findings on rows that nobody maintains here bury the ones that matter."""
    parts = full_parts()
    changes = {
        "is_counted": False,
        "not_counted_reason": reason,
        "description": None,
        "hours": "9 to 5",
        "verified_on": None,
    }
    parts.one("service").update(changes)
    parts.link("not a code")
    assert [rule for rule in parts.rules() if not rule.startswith("ID-")] == []


def test_a_rule_without_its_column_is_listed_once_and_finds_nothing():
    """Five hundred findings about a column the software does not export help nobody; one line says it."""
    parts = full_parts()
    parts.carried = ALL_FIELDS - {"service.documents", "agency.record_owner"}
    parts.one("service")["documents"] = None
    parts.one("agency")["record_owner"] = None
    validation = parts.validate()
    assert validation.findings.is_empty()
    assert validation.not_applicable.rows() == [
        ("test", "CMP-P-DOCS", "The export carries no note on required documents for services."),
        ("test", "ID-003", "The export carries no record owner for agencies."),
        ("test", "ID-009", "The export carries no record owner."),
        ("test", "ID-011", "The export carries no record owner for agencies."),
    ]


def test_an_export_without_any_column_says_so_for_every_rule_that_needs_one():
    """Silence about a rule reads as "no faults found", which would not be true."""
    parts = full_parts()
    parts.carried = frozenset()
    validation = parts.validate()
    catalogue = {rule_id for rule_id, rule in rule_catalogue().items() if rule.family != "AUD"}  # these ask people
    asked_anyway = catalogue - set(validation.not_applicable.get_column("rule_id"))
    # These look at what every export has: rows, links between them, or any text at all.
    assert asked_anyway == {
        "ID-001",
        "ID-008",
        "CMP-PLACEHOLDER",
        "FMT-060",
    }
    assert validation.findings.is_empty()


def test_a_level_without_any_phone_in_a_large_load_is_not_asked_for_phones():
    """A layout that keeps phones on sites only must not give an error for every agency."""
    parts = full_parts()
    for number in range(30, 50):
        parts.add("site", str(number))
    parts.drop_owned("phone", "site")
    validation = parts.validate()
    assert "CMP-S-PHONE" not in validation.findings.get_column("rule_id")
    assert validation.not_applicable.select("rule_id").rows() == [("CMP-S-PHONE",)]


def test_service_terms_are_owned_by_links_not_by_repeats():
    """The same link twice in a cell is one term; counting it twice would report over-indexing that is none."""
    parts = full_parts()
    parts.drop_owned("taxonomy_link", "service")
    parts.link("BD-1800.2000")
    parts.tables["taxonomy_link"] += [
        owned_row("taxonomy_link", "service", "3", f"BD-1800.2000#{n}", code="BD-1800.2000", is_repeated=True)
        for n in range(2, 10)
    ]
    assert parts.rules() == ["TAX-014"]


@pytest.mark.parametrize(
    ("postal_code", "guesses_zero"), [("7930", True), ("200011", False), ("20001, 20002", False), ("2000", True)]
)
def test_a_lost_zero_is_guessed_of_four_digits_only(postal_code, guesses_zero):
    """A six-digit ZIP code lost nothing; a guess that cannot be right makes all others look careless."""
    parts = full_parts()
    parts.owned("address", "site")[0]["postal_code"] = postal_code
    found = parts.validate().findings.filter(pl.col("rule_id") == "FMT-020")
    assert ["zero" in message for message in found.get_column("message")] == [guesses_zero]


def test_texts_that_the_export_cuts_off_are_one_finding_for_the_vendor():
    """Eight hundred findings that only the vendor can mend are one letter to the vendor."""
    parts = full_parts()
    parts.note("cut_text", "description", "x" * 255)
    parts.note("cut_text", "description", "x" * 240, kind="service")
    parts.note("cut_text", "description", "x" * 255, kind="service", record_uid="another")
    found = parts.validate().findings
    assert found.select("rule_id", "kind", "field", "value").rows() == [
        ("FMT-061", "load", "description", "3 texts end at 255 characters")
    ]
    assert "vendor" in found["how_to_fix"][0]


@pytest.mark.parametrize(
    ("text", "is_cut", "told"),
    [
        ("Gives food.<br", True, 0),
        ("Gives food.<br", False, 1),
        ("Gives <b>food</b>.<br", True, 1),
        ("Fish &amp; chips <", True, 1),
    ],
)
def test_a_tag_cut_in_the_middle_by_the_export_is_no_code(text, is_cut, told):
    """Half a tag at the end is the work of the export; a whole one stands in the curator's text."""
    parts = full_parts()
    parts.note("html_removed", "description", text)
    if is_cut:
        parts.note("cut_text", "description", text)
    assert parts.validate().findings.filter(pl.col("rule_id") == "FMT-060").height == told


@pytest.mark.parametrize(
    ("hours", "says_no_times"), [("Mon; Tue; Wed;", True), ("Mon noon; Tue", False), ("Moday 9-", False)]
)
def test_hours_that_name_days_alone_are_told_apart(hours, says_no_times):
    """Nobody mistyped a time where there is none: the curator has to ask for it."""
    parts = full_parts()
    parts.note("unreadable_hours", "schedule", hours)
    messages = parts.validate().findings.get_column("message").to_list()
    assert ["days but no times" in message for message in messages] == [says_no_times]


def many_agencies(count: int, **values: object) -> Parts:
    """Return a full directory with further agencies."""
    parts = full_parts()
    for number in range(100, 100 + count - 1):
        add_agency(str(number), **values)(parts)
    return parts


def completeness_of(parts: Parts) -> list[str]:
    """Return the completeness rules that are broken, one per finding."""
    rules = parts.validate().findings.get_column("rule_id")
    return rules.filter(rules.str.starts_with("CMP-")).to_list()


def test_an_element_that_the_center_does_not_keep_is_told_once_with_the_way_to_ask_for_it():
    """One filled cell in a column of hundreds made hundreds of findings that nobody would ever work on."""
    parts = many_agencies(40, legal_status=None)
    assert completeness_of(parts) == []
    (told,) = parts.validate().not_applicable.select("rule_id", "reason").rows()
    assert told[0] == "CMP-A-LEGAL"
    assert told[1].startswith("Only 1 of 40 agencies has any legal status: the center does not keep it.")
    assert told[1].endswith("set unused_element_share = 0 under [rules].")
    parts.parameters = make_parameters(unused_element_share=0)
    assert completeness_of(parts) == ["CMP-A-LEGAL"] * 39


@pytest.mark.parametrize(("count", "asked"), [(20, 19), (21, 0), (19, 18)])
def test_the_share_and_the_smallest_level_say_from_when_on_an_element_is_kept(count, asked):
    """One of twenty is 5 %: kept. Fewer than twenty records prove nothing."""
    assert completeness_of(many_agencies(count, legal_status=None)) == ["CMP-A-LEGAL"] * asked


def test_an_element_whose_absence_is_an_error_is_always_asked():
    """An agency without description cannot be found by anybody, however many others lack it too."""
    assert completeness_of(many_agencies(30, description=None)) == ["CMP-A-DESC"] * 29
    parts = many_agencies(30, legal_status=None)
    parts.parameters = make_parameters(override={"CMP-A-LEGAL": RuleOverride(severity="error")})
    assert completeness_of(parts) == ["CMP-A-LEGAL"] * 29


def test_a_kind_without_any_status_is_one_finding_that_names_the_setting():
    """Four thousand errors about one blank column hide the one line in the settings that mends them."""
    blank = {"status": "unknown", "status_written": None, "is_counted": False, "not_counted_reason": "unknown_status"}
    parts = full_parts()
    parts.one("site").update(blank)
    for number in range(100, 125):
        parts.add("service", str(number))
    for service in parts.tables["service"]:
        service.update(blank)
    found = parts.validate().findings.filter(pl.col("rule_id") == "ID-004")
    told = found.select("kind", "field", "value", "severity", "is_held_back").sort("kind").rows()
    assert told == [
        ("load", "service.status", "blank in all 26 services", "error", True),
        # A single site proves nothing about the kind.
        ("site", "status", None, "error", True),
    ]
    (load,) = found.filter(pl.col("kind") == "load").get_column("how_to_fix")
    assert 'blank_status = "active"' in load
    assert "[normalize]" in load
    parts.one("service")["status_written"] = "Maybe"
    found = parts.validate().findings.filter(pl.col("rule_id") == "ID-004")
    assert found.get_column("kind").value_counts().sort("kind").rows() == [("service", 26), ("site", 1)]
    parts.one("service")["status_written"] = None
    parts.carried = ALL_FIELDS - {"service.status"}
    found = parts.validate().findings.filter(pl.col("rule_id") == "ID-004")
    assert found.get_column("kind").to_list() == ["site"], "a column that is not there is nobody's fault"
