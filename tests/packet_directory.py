"""A small directory with everything a form has to show, and everything it must not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows.packet_files import kept_private
from pipeline.outreach.packet_form import PrintedForm, make_forms
from pipeline.outreach.packet_profile import present_profile
from pipeline.outreach.packet_sheets import write_workbook
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.packet_parameters import PacketParameters
from schemas.quality import Finding
from tests.bundles import directory_of_rows

AS_OF, WRITTEN_ON = date(2026, 11, 20), date(2026, 11, 21)
RUN = "20261120T020000000Z-aaaaaa"
#: What no form may hold: private numbers, persons and places, and what belongs to others.
SECRETS = (
    "555-0199", "5550199", "77 Hidden", "Hidden Lane", "Sam Secretive", "sam@private.example", "verifier@agency.example",
    "Vera Verifier", "cura.tor", "Draft idea", "Closed desk", "Withheld desk", "Other Agency", "Foreign", "88 Flagged",
)  # fmt: skip


def packet_directory() -> Directory:
    """Return one agency with a plain site, a confidential one, services in every state, and neighbours."""
    return directory_of_rows(
        agency=[
            {
                "record_uid": "A", "native_id": "00101", "name": "=Invented & <Aid>", "aka": ["IA", "In-Aid"], "curator": "cura.tor",
                "description": "Helps people. Its safe house is at 77 Hidden Lane. Call the back desk at 217-555-0199.",
                "verified_by": "Vera Verifier", "verified_by_email": "verifier@agency.example", "legal_status": "Nonprofit",
                "url": "https://www.aid.example", "email": "info@aid.example", "hours": "Mon-Fri 9-5",
                "verified_on": date(2026, 1, 5),
            },
            {"record_uid": "O", "native_id": "200", "name": "Other Agency", "curator": "cura.tor"},
            {
                "record_uid": "F", "native_id": "300", "name": "Foreign", "not_counted_reason": "other_owner",
                "record_owner": "NEXT211",
            },
            {"record_uid": "I", "native_id": "400", "name": "Sleeping", "status": "inactive", "not_counted_reason": "inactive"},
        ],
        site=[
            {"record_uid": "S1", "agency_uid": "A", "native_id": "102", "name": "Main Office", "accessibility": "Ramp."},
            {
                "record_uid": "S2", "agency_uid": "A", "native_id": "103", "name": "Safe House", "is_confidential_place": True,
                "line1": "77 Hidden Lane", "city": "Springfield", "state": "IL", "postal_code": "62701",
            },
            {"record_uid": "S3", "agency_uid": "A", "name": "Withheld desk", "withheld_reason": "excluded_from_website"},
            {"record_uid": "S4", "agency_uid": "A", "name": "Closed desk", "status": "inactive", "not_counted_reason": "inactive"},
        ],
        service=[
            {
                "record_uid": "P1", "agency_uid": "A", "native_id": "104", "name": "Food Pantry", "eligibility": "Anyone",
                "fees": "-none-", "languages": ["English", "Spanish"], "documents": "ID", "intake": "Walk in",
                "area_served": "Sangamon County", "minimum_age": 18.0,
            },
            {
                "record_uid": "P2", "agency_uid": "A", "native_id": "105", "name": "Ski School", "status": "temporarily_closed",
                "alert": "Back in spring",
            },
            {"record_uid": "P3", "agency_uid": "A", "name": "Draft idea", "status": "draft", "not_counted_reason": "draft"},
            {"record_uid": "P4", "agency_uid": "O", "name": "Other Agency help"},
        ],
        service_at_site=[
            {"record_uid": "X1", "agency_uid": "A", "service_uid": "P1", "site_uid": "S1", "link_only": True,
             "not_counted_reason": "link_only"},
            {"record_uid": "X2", "agency_uid": "A", "service_uid": "P1", "site_uid": "S3", "link_only": True,
             "not_counted_reason": "link_only"},
            {"record_uid": "X3", "agency_uid": "A", "native_id": "106", "service_uid": "P2", "site_uid": "S1", "hours": "Sat 1-3",
             "not_counted_reason": "edited_service_at_site"},
        ],
        phone=[
            {"owner_kind": "agency", "owner_uid": "A", "slot": "1", "number_written": "217-555-0101", "e164": "+12175550101",
             "extension": "5", "type": "main", "label": "Front desk"},
            {"owner_kind": "agency", "owner_uid": "A", "slot": "2", "number_written": "217-555-0199", "e164": "+12175550199",
             "is_private": True, "label": "Back desk"},
            {"owner_kind": "site", "owner_uid": "S1", "slot": "1", "number_written": "988", "short_code": "988"},
        ],
        address=[
            {"owner_kind": "agency", "owner_uid": "A", "slot": "p", "line1": "1 Main St", "city": "Springfield", "state": "IL",
             "postal_code": "62701", "address_key": "1 main st|62701"},
            {"owner_kind": "agency", "owner_uid": "A", "slot": "m", "address_kind": "mailing", "line1": "88 Flagged Rd",
             "city": "Springfield", "state": "IL", "postal_code": "62701", "is_private": True, "address_key": "88 flagged rd|62701"},
            {"owner_kind": "site", "owner_uid": "S2", "slot": "p", "line1": "77 Hidden Lane", "city": "Springfield", "state": "IL",
             "postal_code": "62701", "address_key": "77 hidden ln|62701"},
        ],
        contact=[
            {"owner_kind": "agency", "owner_uid": "A", "role": "director", "name": "Dee Rector", "title": "Director",
             "phone": "217-555-0102"},
            {"owner_kind": "agency", "owner_uid": "A", "role": "main", "name": "Sam Secretive", "email": "sam@private.example",
             "is_private": True},
        ],
    )  # fmt: skip


def profile_of(directory: Directory, uid: str = "A", center: str = "c1") -> pl.DataFrame:
    """Return the lines of an agency's form."""
    agencies = pl.DataFrame({"center_id": [center], "agency_uid": [uid]})
    kept = kept_private(directory, findings=empty_table(Finding))
    return present_profile(agencies, directory=directory, kept=kept)


def form_of(directory: Directory, uid: str = "A", **settings: object) -> PrintedForm:
    """Return an agency's form."""
    (form,) = make_forms(
        profile_of(directory, uid),
        as_of=AS_OF,
        written_on=WRITTEN_ON,
        run_id=RUN,
        parameters=PacketParameters.model_validate(settings),
    )
    return form


def workbook_of(form: PrintedForm, path: Path) -> Path:
    """Write a form as a workbook."""
    write_workbook(form, path)
    return path
