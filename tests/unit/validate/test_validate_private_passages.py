"""No finding shows a private value, however it is spelled and whichever record of the agency keeps it."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.rules import rule_catalogue
from tests.unit.validate.full_directory import Parts, full_parts, owned_row, validate_parts
from tests.unit.validate.style_cases import CASES

#: Spellings of the values that `private_parts` keeps private, and what must be seen of none of them.
SPELLINGS = {
    "217.555.7391": "7391",
    "+1 217 555 7391": "7391",
    "555-7391": "7391",
    "PERPETUA.W@HIDDENMAIL.EXAMPLE": "hiddenmail",
    "perpetua.w (at) hiddenmail.example": "hiddenmail",
    "48 North Quillfeather Terr.": "quillfeather",
    "48 quillfeather": "quillfeather",
    "Winterbourne, Perpetua": "winterbourne",
    "PERPETUA WINTERBOURNE": "winterbourne",
    "Ms. Winterbourne": "winterbourne",
    "Ignatius Fennimore": "fennimore",
    "I. Fennimore": "fennimore",
}
PERSONS = [secret for secret, seen in SPELLINGS.items() if seen in ("winterbourne", "fennimore")]
#: Rules that hold only of a whole text of a certain form: no value can be planted without keeping the rule.
#: STY-004 is an acronym alone, STY-033 one of a list of phrases, STY-005 a name that equals another.
NOT_PLANTED = {"STY-004", "STY-005", "STY-033"}


def private_parts(center: str = "test") -> Parts:
    """Return a directory whose agency, site and service keep a phone, an e-mail, a street, a contact and a verifier private."""
    parts = full_parts(center)
    parts.tables["phone"].append(
        owned_row("phone", "agency", "1", "P2", center=center, number_written="(217) 555-7391", is_private=True)
    )
    parts.tables["contact"].append(
        owned_row(
            "contact", "service", "3", "Private", center=center, role="main", name="Perpetua Winterbourne",
            email="perpetua.w@hiddenmail.example", is_private=True,
        )
    )  # fmt: skip
    parts.tables["address"].append(
        owned_row(
            "address", "site", "2", "Private", center=center, address_kind="physical", line1="48 N. Quillfeather Terrace",
            is_private=True, is_flagged_private=True,
        )
    )  # fmt: skip
    parts.one("service")["verified_by"] = "Ignatius Fennimore"
    return parts


def planted(field: str, text: str, secret: str) -> str:
    """Return the faulty text with the secret in it: names end with what is wrong with them, texts begin with it."""
    secret = secret.upper() if text.isupper() else secret
    return f"{secret} {text}" if field == "name" and not text.startswith("The ") else f"{text} {secret}"


def shown_of(parts: Parts, rule_id: str) -> list[str | None]:
    """Return what findings of a rule show."""
    return parts.validate().findings.filter(rule_id=rule_id)["value"].to_list()


@pytest.fixture(scope="module")
def found():
    """The findings of every style case with every spelling planted in it, and the centers by case."""
    # A person's name inside the name of a record is public with it.
    plan = [(case, secret) for case in CASES for secret in SPELLINGS if case[2] != "name" or secret not in PERSONS]
    centers = [private_parts(f"c{number:04}") for number in range(len(plan))]
    for parts, ((_, table, field, text, *_), secret) in zip(centers, plan, strict=True):
        parts.one(table)[field] = planted(field, text, secret)
    rules = [case[0] for case, _ in plan]
    secrets = [secret for _, secret in plan]
    asked = pl.DataFrame({"center_id": [parts.center for parts in centers], "case_rule": rules, "secret": secrets})
    return validate_parts(centers).findings.join(asked, on="center_id")


@pytest.mark.parametrize("secret", SPELLINGS)
def test_no_rule_shows_a_planted_value(secret, found):
    """Lists of findings are passed around; what a flag keeps back must not come out through a rule about commas."""
    values = found.filter(secret=secret)["value"].drop_nulls().str.to_lowercase()
    assert values.len() > 10
    assert not values.str.contains(SPELLINGS[secret], literal=True).any()
    assert not values.str.contains("perpetua|ignatius").any()


def test_every_style_rule_was_tried(found):
    """A rule that was never asked proves nothing."""
    style = {rule_id for rule_id, rule in rule_catalogue().items() if rule.family == "STY"} - NOT_PLANTED
    tried = found.filter(pl.col("rule_id") == pl.col("case_rule"))
    assert set(tried["rule_id"]) == style
    assert set(tried["value"]) == {"withheld"}


def test_a_named_person_is_withheld_beside_a_private_value():
    """PRV-005 shows who is named; beside a private value it says only where to look."""
    centers = [private_parts(f"c{number:02}") for number in range(len(SPELLINGS))]
    for parts, secret in zip(centers, SPELLINGS, strict=True):
        parts.one("service")["intake"] = f"Ask for Tess Prairie, {secret}."
    told = validate_parts(centers).findings.filter(rule_id="PRV-005")
    assert told["value"].to_list() == ["withheld"] * len(SPELLINGS)
    parts = private_parts()
    parts.one("service")["intake"] = "Ask for Tess Prairie."
    assert shown_of(parts, "PRV-005") == ["Ask for Tess Prairie"]


def test_damaged_texts_are_withheld_and_cut_texts_only_counted():
    """The passage around a broken character may hold anything; of texts that the export cut, nothing is quoted."""
    parts = private_parts()
    parts.note("broken_characters", "description", "Ring 217.555.7391 or the caf\ufffd.")
    parts.note("cut_text", "intake", "Come to 48 Quillfeather Terr", kind="service")
    assert shown_of(parts, "FMT-060") == ["withheld"]
    assert shown_of(parts, "FMT-061") == ["1 texts end at 28 characters"]


def test_a_passage_that_begins_inside_a_value_is_withheld():
    """Three words before "we" may be the street without its number."""
    parts = private_parts()
    parts.one("service")["intake"] = "At 48 North Quillfeather Terrace here we help."
    assert shown_of(parts, "STY-012") == ["withheld"]


def test_what_the_center_publishes_itself_is_shown():
    """Withholding the agency's own public number would hide from the curator what to move."""
    parts = private_parts()
    parts.one("phone")["number_written"] = "(217) 555-7391"
    parts.one("phone")["e164"] = "+12175557391"
    parts.one("agency")["description"] = "Gives food. Call 217-555-7391."
    assert shown_of(parts, "STY-034") == ["217-555-7391"]
    parts = private_parts()
    parts.one("agency")["description"] = "Gives food. Call (312) 555-7391."
    assert shown_of(parts, "STY-034") == ["(312) 555-7391"]


def test_other_centers_keep_their_own_secrets():
    """The hotline of one center is no secret because another hides the same number."""
    public = full_parts("public")
    public.one("agency")["description"] = "Gives food. Call 217-555-7391."
    found = validate_parts([private_parts("secret"), public]).findings.filter(rule_id="STY-034")
    assert found.select("center_id", "value").rows() == [("public", "217-555-7391")]


def test_the_street_of_a_confidential_place_is_withheld_even_where_it_is_public():
    """Another record at the same address must not give the shelter away."""
    parts = full_parts()
    parts.one("site")["is_confidential_place"] = True
    parts.one("service")["description"] = "Gives food to families at our house, 12 Mill St., daily."
    assert shown_of(parts, "STY-012") == ["withheld"]


def test_an_agency_named_after_a_person_is_shown():
    """The founder's name on the door is no secret because she also verifies the record."""
    parts = full_parts()
    parts.one("agency")["name"] = "The Ada Fennimore House"
    parts.one("agency")["verified_by"] = "Ada Fennimore"
    assert shown_of(parts, "STY-003") == ["The Ada Fennimore House"]
