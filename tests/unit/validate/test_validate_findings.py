"""What a finding says: stable id, the center's own severities, and never a private value."""

from __future__ import annotations

from hashlib import sha256

import polars as pl
import pytest
from pydantic import ValidationError

from schemas.errors import ContractError
from schemas.identity import finding_id
from schemas.parameters import RuleOverride, ValidateParameters
from tests.unit.validate.full_directory import full_parts, make_parameters, validate_parts

SECRET = "12 Hidden Lane 555-0199"


def test_the_id_is_made_of_center_record_rule_and_field():
    """If the id changed overnight, every finding would look new and its history would be lost."""
    parts = full_parts()
    parts.one("service")["intake"] = None
    finding = parts.validate().findings.row(0, named=True)
    text = f"test|{parts.one('service')['record_uid']}|CMP-P-INTAKE|intake"
    assert finding["finding_id"] == sha256(text.encode()).hexdigest()[:16]


def test_a_whole_night_has_the_ids_of_single_findings():
    """Decisions of people name a finding by its id alone; a night that made it another way would forget them all."""
    parts = full_parts("dc211")
    parts.one("service").update(intake=None, fees="Büro ä|ö", hours="always", description=None)
    parts.one("agency").update(email="office@gmail.com", description="Ring first , then come.")
    findings = parts.validate().findings
    assert findings.height >= 4
    keys = findings.select("center_id", "record_uid", "rule_id", "field").rows()
    assert findings["finding_id"].to_list() == [finding_id(*key) for key in keys]


def test_a_finding_repeats_the_facts_of_its_record():
    """A list of findings is read in a spreadsheet, far from the directory."""
    parts = full_parts()
    parts.one("service")["intake"] = None
    finding = parts.validate().findings.row(0, named=True)
    facts = {name: finding[name] for name in ("kind", "native_id", "record_name", "agency_uid", "curator")}
    assert facts == {
        "kind": "service",
        "native_id": "3",
        "record_name": "Groceries",
        "agency_uid": parts.one("agency")["record_uid"],
        "curator": "R. Curator",
    }


def test_two_records_under_one_uuid_keep_their_findings_apart():
    """Some exports number an agency and its service alike; neither may swallow the other's findings."""
    parts = full_parts()
    uid = parts.one("agency")["record_uid"]
    parts.add("site", "9", record_uid=uid, hours="9 to 5")
    parts.one("agency")["hours"] = "9 to 5"
    findings = parts.validate().findings.filter(pl.col("rule_id") == "FMT-030")
    assert sorted(findings.get_column("kind")) == ["agency", "site"]
    assert findings.get_column("finding_id").n_unique() == 2


def test_a_center_may_change_severities_and_switch_rules_off():
    """A center that has decided otherwise must not see the same error every morning."""
    parts = full_parts()
    parts.one("service").update(intake=None, documents=None)
    parts.parameters = make_parameters(
        override={"CMP-P-INTAKE": RuleOverride(severity="info"), "CMP-P-DOCS": RuleOverride(enabled=False)}
    )
    validation = parts.validate()
    assert validation.findings.select("rule_id", "severity").rows() == [("CMP-P-INTAKE", "info")]
    assert validation.not_applicable.rows() == [("test", "CMP-P-DOCS", "The settings switch this rule off.")]


@pytest.mark.parametrize("rules", [{"FMT-999": {"enabled": False}}, {"FMT-020": {"severity": "fatal"}}])
def test_overrides_that_name_nothing_are_refused(rules):
    """A misspelt rule id in the settings would leave the rule as it was, and nobody would know."""
    with pytest.raises(ValidationError):
        ValidateParameters(override=rules)


def test_values_are_cut_and_tidied():
    """A page of text in one cell makes a findings list unreadable."""
    parts = full_parts()
    parts.parameters = make_parameters(value_length=20)
    parts.one("service")["hours"] = "nine to five\n\n and   sometimes later than that"
    value = parts.validate().findings.get_column("value").item()
    assert value == "nine to five and so…"
    assert len(value) == 20


def test_held_back_findings_are_those_that_must_not_go_out():
    """A record with an unknown status must not be published; one with a bad ZIP code may."""
    parts = full_parts()
    parts.one("site").update(status="unknown", is_counted=False, not_counted_reason="unknown_status")
    parts.owned("address", "agency")[0].update(postal_code="7930")
    parts.note("unclear_flag", "exclude_from_website", "perhaps")
    parts.note("unclear_flag", "phone.is_private", "perhaps")
    findings = parts.validate().findings
    assert sorted(findings.select("rule_id", "field", "is_held_back").rows()) == [
        ("FMT-020", "address.postal_code.Physical", False),
        ("ID-004", "status", True),
        ("PRV-001", "exclude_from_website", True),
        ("PRV-001", "phone.is_private", False),
    ]


def hide_private_phone(parts):
    parts.owned("phone", "agency")[0].update(number_written=SECRET, e164=None, is_private=True)


def hide_private_address(parts):
    parts.owned("address", "site")[0].update(postal_code=SECRET, is_private=True)


def hide_confidential_address(parts):
    parts.one("site")["is_confidential_place"] = True
    parts.owned("address", "site")[0].update(postal_code=SECRET, state=None, state_written=SECRET)


def hide_confidential_coordinates(parts):
    parts.one("site").update(is_confidential_place=True, latitude=None, latitude_written=SECRET)


def hide_withheld_email(parts):
    parts.one("service").update(withheld_reason="excluded_from_website", email=None, email_written=SECRET)


def hide_withheld_website(parts):
    parts.one("service").update(withheld_reason="excluded_from_website", url=None, url_written=SECRET)


def hide_private_contact(parts):
    parts.owned("contact", "agency")[0].update(email=SECRET, is_private=True)


def hide_private_note(parts):
    parts.note("broken_characters", "address.line1", SECRET, is_private=True)


def hide_note_on_withheld_record(parts):
    parts.one("agency")["withheld_reason"] = "excluded_from_website"
    parts.note("several_values", "phone.number", SECRET)


def hide_verifier(parts):
    parts.note("broken_characters", "verified_by", SECRET)


def hide_person(parts):
    parts.owned("contact", "service")[0]["is_private"] = True
    parts.one("service")["intake"] = f"Ask for Ada Example, {SECRET}."


def hide_note_on_confidential_place(parts):
    parts.one("service")["is_confidential_place"] = True
    parts.note("html_removed", "description", f"<b>{SECRET}</b>", kind="service")


def hide_free_mail_of_a_person(parts):
    parts.owned("contact", "agency")[0].update(email="12hidden@gmail.com")


HIDING = [value for name, value in sorted(globals().items()) if name.startswith("hide_")]


@pytest.fixture(scope="module")
def masked() -> pl.DataFrame:
    """The findings of all cases above, each a center of its own."""
    cases = []
    for hide in HIDING:
        case = full_parts(hide.__name__.replace("_", "-"))
        hide(case)
        cases.append(case)
    return validate_parts(cases).findings


@pytest.mark.parametrize("hide", HIDING, ids=[change.__name__ for change in HIDING])
def test_private_values_are_never_shown(hide, masked):
    """A findings list goes by e-mail: one hidden address in it can cost a life."""
    mine = masked.filter(pl.col("center_id") == hide.__name__.replace("_", "-"))
    assert "withheld" in mine.get_column("value").to_list()
    shown = mine.write_csv().lower()
    for secret in ("hidden", "0199", "ada example"):
        assert secret not in shown


def test_a_hidden_place_whose_street_the_source_keeps_private_is_no_finding():
    """A shelter that is flagged in the source is in order; one whose flag is missing or says no must wait."""
    cases = {"flagged": True, "open": False, "bare": None}
    all_parts = []
    for center, flag in cases.items():
        parts = full_parts(center)
        parts.one("site")["is_confidential_place"] = True
        for address in parts.tables["address"]:
            address.update(is_private=True, is_flagged_private=flag)
        all_parts.append(parts)
    findings = validate_parts(all_parts).findings.filter(pl.col("rule_id") == "PRV-002")
    assert findings.select("center_id", "severity", "is_held_back", "value").rows() == [
        ("bare", "error", True, "withheld"),
        ("open", "error", True, "withheld"),
    ]


def test_centers_are_judged_each_by_its_own_export():
    """A statewide run must not hold one center to another's columns."""
    first, second = full_parts("first"), full_parts("second")
    for parts in (first, second):
        parts.one("service")["intake"] = None
    second.carried = second.carried - {"service.intake"}
    validation = validate_parts([first, second])
    assert validation.findings.select("center_id", "rule_id").rows() == [("first", "CMP-P-INTAKE")]
    assert validation.not_applicable.select("center_id", "rule_id").rows() == [("second", "CMP-P-INTAKE")]


def test_a_center_without_a_list_of_columns_is_a_bug_of_ours():
    """Asking nothing would look like a clean directory."""
    parts = full_parts()
    other = full_parts("other")
    other.center = "elsewhere"
    with pytest.raises(ContractError, match="other"):
        validate_parts([parts, other])


def test_findings_come_sorted():
    """The same findings in another order would show as changes in every comparison."""
    cases = [full_parts(center) for center in ("b", "a")]
    for case in cases:
        case.one("service").update(intake=None, description=None)
    findings = validate_parts(cases).findings
    key = ["center_id", "record_uid", "rule_id", "field"]
    assert findings.equals(findings.sort(key))
    assert findings.height == 4
