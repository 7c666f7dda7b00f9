"""The style rules: what breaks each, what looks alike but does not, and what a finding shows."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.noted import list_cut_cells
from pipeline.validate.style_questions import ask_style
from pipeline.validate.style_texts import STYLE_FIELDS, gather_uses, list_texts
from pipeline.validate.subjects import prepare_subjects
from schemas.enumerations import Severity
from schemas.parameters import RuleOverride, ValidateParameters
from schemas.rules import rule_catalogue
from schemas.style_parameters import StyleParameters
from tests.unit.validate.full_directory import (
    ALL_FIELDS,
    AS_OF,
    Parts,
    full_parts,
    join_notes,
    join_parts,
    validate_parts,
)
from tests.unit.validate.style_cases import CASES

CASE_NAMES = [f"{case[0]}-{case[1]}" for case in CASES]


def broken(table: str, field: str, text: str, **changes: object) -> pl.DataFrame:
    """Return the style findings after one text was changed."""
    parts = full_parts()
    parts.one(table).update({field: text, **changes})
    return style_of(parts)


def style_of(parts: Parts) -> pl.DataFrame:
    return parts.validate().findings.filter(pl.col("rule_id").str.starts_with("STY-"))


def broken_together(texts: list[tuple[str, str, str]], **changes: object) -> dict[int, pl.DataFrame]:
    """Return the style findings of many directories, each with one changed text (table, field, text), validated in one go.

    The key is the position in the list; only findings on the changed kind of record are returned.
    """
    centers = [full_parts(f"c{number:03}") for number in range(len(texts))]
    for parts, (table, field, text) in zip(centers, texts, strict=True):
        parts.one(table).update({field: text, **changes})
    found = validate_parts(centers).findings.filter(pl.col("rule_id").str.starts_with("STY-"))
    return {number: found.filter(center_id=f"c{number:03}", kind=table) for number, (table, _, _) in enumerate(texts)}


@pytest.fixture(scope="module")
def faulty():
    """What the rules say of every case."""
    return broken_together([case[1:4] for case in CASES])


@pytest.fixture(scope="module")
def alike():
    """What the rules say of every text that looks alike."""
    return broken_together([(case[1], case[2], near) for case in CASES for near in case[5]])


@pytest.mark.parametrize("number", range(len(CASES)), ids=CASE_NAMES)
def test_a_style_fault_is_found_and_shown(number, faulty):
    """A finding without its passage sends the curator through four thousand characters."""
    rule_id, table, field, _, shown, _ = CASES[number]
    mine = faulty[number].filter(pl.col("rule_id") == rule_id)
    assert mine.select("kind", "field").rows() == [(table, field)]
    assert shown in mine["value"].item()
    assert len(mine["value"].item()) <= 200


@pytest.mark.parametrize("number", range(len(CASES)), ids=CASE_NAMES)
def test_what_looks_alike_is_left_alone(number, alike):
    """Every false alarm makes the next true one be skipped."""
    first = sum(len(case[5]) for case in CASES[:number])
    for place, text in enumerate(CASES[number][5], start=first):
        assert CASES[number][0] not in alike[place]["rule_id"], text


@pytest.mark.parametrize("hidden", [{"is_confidential_place": True}, {"withheld_reason": "excluded_from_website"}])
def test_style_of_hidden_records_is_never_shown(hidden):
    """A passage of a shelter's record in a list that is passed around would give the place away."""
    told = broken_together([case[1:4] for case in CASES], **hidden)
    for number, (rule_id, *_) in enumerate(CASES):
        assert set(told[number]["value"].drop_nulls()) <= {"withheld"}
        # What is withheld must not be advised to go to a public field.
        assert (rule_id in told[number]["rule_id"]) == (rule_id != "STY-034"), CASES[number]


def test_records_that_do_not_count_are_not_asked():
    """Style of closed records is nobody's work."""
    told = broken_together([case[1:4] for case in CASES], is_counted=False, not_counted_reason="inactive")
    for number, (rule_id, *_) in enumerate(CASES):
        assert rule_id not in told[number]["rule_id"]


def test_an_acronym_needs_a_full_name():
    """Callers ask for the agency by its full name."""
    assert broken("agency", "name", "PFPA", aka=[])["rule_id"].to_list() == ["STY-004"]
    assert broken("agency", "name", "PFPA", aka=["Prairie Food Pantry Association"]).is_empty()
    assert broken("agency", "name", "Pantry", aka=[]).is_empty()
    assert broken("agency", "name", "SHELTERS", aka=[]).is_empty()


def test_an_also_known_as_name_says_something_new():
    """A name that stands there twice fills the list and finds nobody."""
    same = broken("site", "aka", ["Other", "MAIN-OFFICE"])
    assert same.select("rule_id", "severity", "value").rows() == [("STY-005", "warning", "Other; MAIN-OFFICE")]
    assert broken("site", "aka", ["Main Office North"]).is_empty()
    parts = full_parts()
    parts.note("repeated_value", "aka", "MFP; MFP")
    assert style_of(parts).select("rule_id", "value", "message").rows() == [
        ("STY-005", "MFP; MFP", "The same also-known-as name stands there twice.")
    ]
    parts = full_parts()
    parts.note("repeated_value", "languages", "English; English")
    assert style_of(parts).is_empty()


def test_accessible_alone_says_nothing():
    """A visitor in a wheelchair must know whether there is a ramp."""
    bare = ["Accessible", "Handicap accessible.", " fully accessible "]
    told = broken_together([("site", "accessibility", text) for text in bare])
    assert [told[number]["rule_id"].to_list() for number in range(len(bare))] == [["STY-033"]] * len(bare)


def test_a_note_that_says_what_is_accessible_is_left_alone():
    """The note that was asked for must not be reported; a tick box cannot be reworded."""
    notes = ["Accessible restroom", "Yes", "Wheelchair ramp; accessible parking"]
    told = broken_together([("service", "accessibility", text) for text in notes])
    assert all(told[number].is_empty() for number in range(len(notes)))


def test_double_blanks_are_seen_in_the_text_as_delivered():
    """The cleaned text has none; the curator's database has."""
    found = broken("agency", "description_written", "Gives food  to all.  Daily.")
    assert found.select("rule_id", "field", "value").rows() == [("STY-032", "description", "food␣␣to")]
    assert broken("agency", "description_written", "Gives food.  Daily.").is_empty()
    parts = full_parts()
    parts.one("agency")["description_written"] = "Gives food.  Daily."
    parts.parameters = ValidateParameters(style=StyleParameters(blanks_after_sentence=False))
    assert style_of(parts)["rule_id"].to_list() == ["STY-032"]


def test_a_clean_record_has_no_style_finding():
    """All other tests rest on it."""
    assert style_of(full_parts()).is_empty()


def test_a_filler_is_left_to_its_own_rule():
    """One "tbd" is one finding."""
    assert broken("service", "description", "tbd").is_empty()


def test_a_text_of_digits_has_no_sentence_and_stops_nothing():
    """A phone number in the wrong column must not end the night."""
    assert broken("agency", "description", "12 34 56").is_empty()


def test_a_passage_that_names_a_person_is_withheld():
    """PRV-005 keeps the name out of the list; a style finding must not put it back."""
    text = "Send an e-mail to Ms. Example."
    found = broken("service", "intake", text)
    assert found.select("rule_id", "value").rows() == [("STY-030", "withheld")]


def test_style_rules_are_changed_and_switched_off_like_others():
    """Every center has its own style guide."""
    parts = full_parts()
    parts.one("service")["intake"] = "Send an e-mail!"
    assert style_of(parts).select("rule_id", "severity").rows() == [("STY-013", "info"), ("STY-030", "info")]
    parts.parameters = ValidateParameters(
        override={"STY-013": RuleOverride(enabled=False), "STY-030": RuleOverride(severity=Severity.WARNING)}
    )
    assert style_of(parts).select("rule_id", "severity").rows() == [("STY-030", "warning")]
    parts.parameters = ValidateParameters(style=StyleParameters(preferred_usage={"send": "post"}))
    assert "STY-030" not in style_of(parts)["rule_id"]


def test_empty_lists_switch_nothing_else_off():
    """A center that wants no list writes []; the night must still run."""
    names = [name for name, field in StyleParameters.model_fields.items() if isinstance(field.default, tuple | dict)]
    empty = {name: {} if name == "preferred_usage" else () for name in names}
    parts = full_parts()
    parts.one("agency").update(name="The Mill House, Inc.", description="Our mission is premier e-mail until 2020!")
    parts.parameters = ValidateParameters(style=StyleParameters(**empty))
    assert style_of(parts)["rule_id"].to_list() == ["STY-003", "STY-013"]


def test_style_rules_are_never_errors():
    """A comma must not stop a night."""
    style = [rule for rule in rule_catalogue().values() if rule.family == "STY"]
    assert len(style) == 19
    assert {rule.severity for rule in style} <= {Severity.INFO, Severity.WARNING}
    assert all(variant.severity is None for rule in style for variant in rule.variants.values())
    assert not any(rule.is_held_back for rule in style)


def test_findings_equal_the_texts_that_hold_the_sign():
    """The detour over distinct texts must lose and double nothing."""
    parts = full_parts()
    for number in range(20, 60):
        fees = ["Pay here!", "Pay here.", "Pay there!", None][number % 4]
        parts.add("service", str(number), fees=fees, is_counted=number % 5 > 0)
    directory = join_parts([parts])
    direct = directory.service.filter("is_counted", pl.col("fees").str.contains("!")).height
    found = style_of(parts).filter(pl.col("rule_id") == "STY-013")
    assert found.height == direct > 10
    assert found["field"].unique().to_list() == ["fees"]


def test_a_text_is_read_once_per_center():
    """Hundreds of records share a sentence; reading it each time would cost the night its speed."""
    parts = [full_parts("a"), full_parts("b")]
    subjects = prepare_subjects(join_parts(parts), notes=join_notes(parts), no_address_markers=())
    uses = gather_uses(subjects.records, cut=list_cut_cells(subjects.notes), parameters=ValidateParameters())
    texts = list_texts(uses)
    assert uses.height > texts.height
    assert texts.select("center_id", "text").is_unique().all()
    assert texts["text_key"].to_list() == list(range(texts.height))


def test_neighbors_do_not_change_what_is_misspelled():
    """A slip in one center must not vanish because three other centers make it too."""
    centers = [full_parts(name) for name in "abcd"]
    for parts in centers:
        parts.one("agency")["description"] = "Helps famlies in need."
    found = validate_parts(centers).findings.filter(pl.col("rule_id") == "STY-031")
    assert found["center_id"].to_list() == ["a", "b", "c", "d"]


def test_what_the_export_cut_off_is_not_blamed_on_the_curator():
    """Neither the length nor the last word of a text is the curator's when the export broke it off."""
    text = "Helps " + "families and children and seniors and neighbors and " * 8 + "volunteres"
    rules = {}
    for is_cut in (False, True):
        parts = full_parts()
        parts.one("agency")["description"] = f"{text} nutritous."
        if is_cut:
            parts.note("cut_text", "description", f"{text} nutritous.")
        found = parts.validate().findings.filter(pl.col("kind") == "agency")
        rules[is_cut] = dict(found.select("rule_id", "value").rows())
    assert {"STY-022", "STY-023"} <= set(rules[False])
    assert not {"STY-020", "STY-021", "STY-022", "STY-023"} & set(rules[True])
    # A slip inside the text is still one; the last word may be half of one.
    assert "volunteres" in rules[True]["STY-031"]
    assert "nutritous" in rules[False]["STY-031"]
    assert "nutritous" not in rules[True]["STY-031"]


def test_an_export_without_texts_says_so():
    """Silence about style would read as good style."""
    parts = full_parts()
    parts.carried = ALL_FIELDS - {f"{kind}.{field}" for kind, fields in STYLE_FIELDS.items() for field in fields}
    listed = parts.validate().not_applicable
    assert {"STY-010", "STY-020", "STY-031", "STY-035"} <= set(listed["rule_id"])
    assert "STY-001" not in listed["rule_id"]


def test_a_directory_without_records_has_no_style():
    """An empty center is a matter of the gates."""
    parts = full_parts()
    subjects = prepare_subjects(join_parts([parts]), notes=join_notes([parts]), no_address_markers=())
    empty = {kind: frame.clear() for kind, frame in subjects.records.items()}
    cut = list_cut_cells(subjects.notes)
    asked = ask_style(empty, cut=cut, carried={}, parameters=ValidateParameters(), as_of=AS_OF, off=())
    assert [table.height for table, _ in asked.values()] == [0, 0, 0]
