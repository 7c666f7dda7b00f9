"""Words of ours and of the receiver: every table, what has no counterpart, and what a center adds."""

from __future__ import annotations

import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.publish.ndp_words import BY_PHRASE, CLOSED, WHOLE, ndp_words, phrases
from schemas.enumerations import AddressKind, PhoneType, Status, Weekday
from schemas.errors import UsageError
from schemas.ndp_parameters import WORD_LISTS, NdpParameters
from tests.ndp_bundles import bundles_of, only, package_of, public_of

WORDS = ndp_words()


def meant(name, text, words=WORDS):
    """What a text is in one of the receiver's lists, and whether all of it was found."""
    frame = phrases(pl.DataFrame({"text": [text]}), "text", words.several[name])
    return frame["words"].to_list()[0], frame["is_whole"][0]


def looked_up(name, text, words=WORDS):
    """The receiver's word for a whole value."""
    return pl.DataFrame({"text": [text]}).select(words.looked_up("text", name)).item()


def warnings(package):
    """What has no counterpart, by object and member."""
    return {(fault.table, fault.column): fault for fault in package.preflight.warnings if fault.check == "enumeration"}


def test_every_table_leads_to_words_of_the_receiver():
    """A word that the receiver does not know would make the bundle invalid."""
    lists = {"phone_type": "phone_type", "address_type": "address_type", "day": "day"}
    for name in CLOSED:
        assert set(WORDS.closed[name].values()) <= set(WORDS.allowed[lists[name]])
    for name in WHOLE:
        assert set(WORDS.one[name].values()) <= set(WORDS.allowed[name])
    for name in BY_PHRASE:
        assert {word for several in WORDS.several[name].values() for word in several} <= set(WORDS.allowed[name])
    for facts in WORDS.status.values():
        assert {facts["status"], facts.get("with_message", "active")} <= set(WORDS.allowed["status"])
        assert facts.get("reason_inactive", "other") in WORDS.allowed["reason_inactive"]
        assert facts.get("access", "public") in WORDS.allowed["access"]
    assert set(WORDS.access_order) == set(WORDS.allowed["access"])


def test_every_value_of_our_closed_lists_has_its_line():
    """A new type of phone would leave without a type."""
    assert set(WORDS.closed["phone_type"]) == set(map(str, PhoneType))
    assert set(WORDS.closed["address_type"]) == set(map(str, AddressKind))
    assert set(WORDS.closed["day"]) == set(map(str, Weekday))
    assert set(WORDS.status) == set(map(str, Status)) - {"unknown"}


def test_every_text_of_the_tables_is_found():
    """A line that nothing can match, such as one with a capital, would be dead."""
    for name in WHOLE:
        for text, word in WORDS.one[name].items():
            assert looked_up(name, text.upper()) == word
    for name in BY_PHRASE:
        table = WORDS.several[name]
        found = phrases(pl.DataFrame({"text": list(table)}), "text", table)
        assert {text: tuple(words) for text, words, is_whole in found.iter_rows() if is_whole} == dict(table)


def test_no_text_becomes_other_by_itself():
    """A value that nobody has looked at would be hidden behind `other`."""
    for name in (*WHOLE, *BY_PHRASE):
        table = WORDS.one.get(name) or WORDS.several[name]
        others = {text for text, word in table.items() if "other" in str(word).lower().split("'")}
        assert others <= {"other"}
    assert meant("language", "Other") == ([], False)
    assert looked_up("country", "MX") is None


@pytest.mark.parametrize(
    ("text", "codes", "is_whole"),
    [
        ("English", ["english"], True),
        (" spanish. ", ["spanish"], True),
        ("es", ["spanish"], True),
        ("American Sign Language", ["sign_language"], True),
        ("Haitian Creole", ["haitian"], True),
        ("Khmer", ["central_khmer"], True),
        ("English and Spanish", ["english", "spanish"], True),
        ("English/Spanish & French", ["english", "spanish", "french"], True),
        ("English, Klingon", ["english"], False),
        ("Klingon", [], False),
        ("No", [], False),
        ("Some staff speak Spanish", [], False),
        ("Mandarin, Cantonese", ["chinese"], True),
        ("Norwegian Nynorsk", ["norwegian_nynorsk"], True),
    ],
)
def test_languages(text, codes, is_whole):
    """Callers would be sent to people who do not speak their language."""
    assert meant("language", text) == (codes, is_whole)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "documents",
            "Photo ID, proof of income and Social Security card",
            ["picture_id", "proof_of_income", "social_security"],
        ),
        ("documents", "Bring a photo ID if you have one", []),
        ("eligibility", "Homeless veterans", ["homelessness", "veteran"]),
        ("eligibility", "Low-income; residents", ["low_income", "residency"]),
        ("eligibility", "Not for veterans", []),
        ("accessibility", "Wheelchair accessible", ["wheel_chair_access"]),
    ],
)
def test_phrases_are_found_and_sentences_are_not_searched(name, text, words):
    """A sentence that says the opposite would be read as the word in it."""
    assert meant(name, text)[0] == words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Free", "no_fee"),
        ("No fee.", "no_fee"),
        ("None", "no_fee"),
        ("No fee for most services", None),
        ("Sliding scale", None),
    ],
)
def test_fees_are_looked_up_as_a_whole(text, word):
    """A service that costs something would be shown as free."""
    assert looked_up("fees", text) == word


def test_words_without_counterpart_are_told_the_most_frequent_first(small):
    """Nobody would know which words to map, or that values were left out."""
    rows = small.rows()
    agency = small.uid("agency", "1")
    rows["agency"][0] |= {"legal_status": "Faith based", "tax_status": "Unheard of"}
    rows["service"] = [
        small.record("service", f"9{number}", name="S", agency_uid=agency, agency_native_id="1")
        | {"languages": languages}
        for number, languages in enumerate([["Klingon", "Call 217-555-0199"], ["Klingon"], ["Elvish"]])
    ]
    rows["service"][0]["fees"] = "A" * 41
    rows["site"][0]["country"] = "MX"
    package = package_of(public_of(small.directory({**rows, "service_at_site": [], "schedule": []})))
    found = warnings(package)
    assert found["organization", "legalStatus"].values == ("Faith based",)
    assert found["organization", "taxStatus"].example == "211test-1"
    languages = found["service", "languages.codes"]
    assert (languages.count, languages.values, languages.example) == (4, ("Klingon", "Elvish"), "211test-90")
    assert {fault.rule_id for fault in found.values()} == {"EXP-003"}
    assert found["address", "country"].values == ("MX",)
    # A sentence is counted and not shown.
    assert (found["service", "fees.type"].count, found["service", "fees.type"].values) == (1, ())
    (one,) = bundles_of(package)
    assert (one["legalStatus"], one["taxStatus"]) == (None, None)
    first = only(one["services"], id="211test-90")
    assert first["languages"] == {"description": "Klingon; Call 217-555-0199", "codes": []}
    assert first["fees"] == {"type": "unknown", "description": "A" * 41}
    assert only(one["locations"], id="211test-10")["addresses"][0]["country"] is None
    assert package.preflight.errors == ()


def test_at_most_twenty_words_are_told(small):
    """The page would be full of words that stand in one record each."""
    rows = small.changed("service", 0, languages=[f"Tongue {chr(65 + number)}" for number in range(25)])
    fault = warnings(package_of(public_of(small.directory(rows))))["service", "languages.codes"]
    assert (fault.count, len(fault.values)) == (25, 20)


def test_words_of_the_center_come_first():
    """A center could not map its own words."""
    own = NdpParameters(
        words={"language": {"Klingon": "other", "Filipino": ("tagalog",)}, "fees": {"Sliding Scale": "partial_fee"}}
    )
    words = ndp_words(own.words)
    assert meant("language", "klingon and FILIPINO", words) == (["other", "tagalog"], True)
    assert looked_up("fees", "Sliding scale", words) == "partial_fee"
    assert looked_up("fees", "Sliding scale") is None


@pytest.mark.parametrize(
    "words",
    [
        {"language": {"Klingon": "klingon"}},
        {"fees": {"Sliding scale": ("no_fee", "full_fee")}},
        {"eligibility": {"Everybody": ()}},
    ],
)
def test_a_word_that_the_receiver_does_not_have_is_refused(words):
    """The whole bundle would be invalid because of a slip in the settings."""
    with pytest.raises(UsageError, match=r"\[export_ndp\.words\.") as caught:
        ndp_words(NdpParameters(words=words).words)
    assert "Its words are" in caught.value.advice


def test_settings_know_the_lists():
    """A slip in the name of a list would silently do nothing."""
    assert set(WORD_LISTS) == {*WHOLE, *BY_PHRASE}
    with pytest.raises(ValidationError, match="is no list of words"):
        NdpParameters(words={"languages": {"Klingon": "other"}})
