"""What is wrong with an agency and how to reach it, beside its place in the queue."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.outreach.bundle_faults import tell_bundle_faults
from pipeline.outreach.ways_to_reach import ways_to_reach
from schemas.contract import schema_of
from schemas.quality import Finding
from tests.bundles import directory_of_rows


def findings(*rows: dict[str, Any]) -> pl.DataFrame:
    base = dict.fromkeys(schema_of(Finding)) | {
        "center_id": "c1",
        "agency_uid": "A",
        "kind": "agency",
        "record_uid": "A",
        "severity": "warning",
        "message": "It is wrong.",
        "how_to_fix": "Mend it.",
    }
    filled = [base | {"finding_id": str(place)} | row for place, row in enumerate(rows)]
    return pl.DataFrame(filled, schema=schema_of(Finding), orient="row")


def service(number: str, **changes: Any) -> dict[str, Any]:
    return {"kind": "service", "record_uid": f"u{number}", "native_id": number, "rule_id": "CMP-P-AKA"} | changes


def test_the_gravest_comes_first_and_notes_are_counted_only() -> None:
    """A curator on the phone would read five style notes before the number that cannot be dialled."""
    told = tell_bundle_faults(
        findings(
            {"rule_id": "STY-013", "severity": "info"},
            {"rule_id": "CMP-A-AKA"},
            {"rule_id": "FMT-060", "severity": "error", "value": "Ã©"},
        )
    ).row(0, named=True)
    assert (told["error_count"], told["warning_count"], told["info_count"]) == (1, 1, 1)
    assert told["to_fix"].splitlines() == [
        "It is wrong. (Ã©) Mend it. [FMT-060]",
        "It is wrong. Mend it. [CMP-A-AKA]",
    ]


def test_records_of_one_rule_share_a_line() -> None:
    """Five services without a second name would fill the row and hide the rest."""
    many = tell_bundle_faults(findings(*(service(str(number)) for number in range(5)))).item(0, "to_fix")
    assert many == "service 0, service 1, service 2 and 2 more: It is wrong. Mend it. [CMP-P-AKA]"
    two = tell_bundle_faults(findings(service("7"), service("8"))).item(0, "to_fix")
    assert two == "service 7, service 8: It is wrong. Mend it. [CMP-P-AKA]"


def test_that_it_is_overdue_is_not_said_twice() -> None:
    """Every row would begin with the reason why it is in the queue at all."""
    told = tell_bundle_faults(findings({"rule_id": "FRE-001"}, {"rule_id": "FRE-004", "severity": "error"}))
    assert told.select("error_count", "warning_count").row(0) == (1, 0)
    assert told.item(0, "to_fix").endswith("[FRE-004]")


def test_an_agency_with_notes_alone_has_nothing_to_tell() -> None:
    told = tell_bundle_faults(findings({"rule_id": "STY-013", "severity": "info"})).row(0, named=True)
    assert (told["info_count"], told["to_fix"]) == (1, None)


def test_more_than_five_rules_are_cut() -> None:
    rules = [{"rule_id": f"STY-01{place}"} for place in range(8)]
    assert len(tell_bundle_faults(findings(*rules)).item(0, "to_fix").splitlines()) == 5


def test_the_main_public_number_is_told() -> None:
    """A work list that is left on a desk must not hold a private number; a fax cannot be asked."""
    phones = [
        {"slot": "1", "number_written": "(217) 555-0101", "type": "fax"},
        {"slot": "2", "number_written": "(217) 555-0102", "type": "main", "is_private": True},
        {"slot": "3", "number_written": "(217) 555-0103", "type": "hotline"},
        {"slot": "4", "number_written": "(217) 555-0104", "type": "voice", "extension": "9"},
    ]
    directory = directory_of_rows(
        agency=[
            {"record_uid": "A", "email": "info@alder.example"},
            {"record_uid": "B", "email": "hidden@shelter.example", "is_confidential_place": True},
            {"record_uid": "C"},
        ],
        phone=[{"owner_kind": "agency", "owner_uid": "A", **phone} for phone in phones]
        + [{"owner_kind": "agency", "owner_uid": "B", "number_written": "(217) 555-0199", "type": "main"}],
    )
    reach = {row[1]: row[2:] for row in ways_to_reach(directory).rows()}
    assert reach == {"A": ("(217) 555-0104 x9", "info@alder.example"), "C": (None, None)}
