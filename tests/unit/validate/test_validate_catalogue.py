"""The rule catalogue: complete, well worded, and printed as it is."""

from __future__ import annotations

import re

import pytest

from pipeline.validate.catalogue_page import render_rule_catalogue
from schemas.rules import FAMILIES, LEVEL_LETTERS, completeness_matrix, rule_catalogue

RULES = list(rule_catalogue().values())
HELD_BACK = {"ID-001", "ID-002", "ID-004", "ID-008", "PRV-001", "PRV-002", "AUD-043"}


def test_the_completeness_matrix_has_the_counts_of_the_standard():
    """A slip in the matrix would ask every agency in the country for the wrong element."""
    counts = {
        kind: tuple(
            sum(element.requirement(kind) == wanted for element in completeness_matrix())
            for wanted in ("mandatory", "recommended")
        )
        for kind in LEVEL_LETTERS
    }
    assert counts == {"agency": (15, 7), "site": (7, 13), "service": (13, 11)}


def test_only_rules_that_protect_the_public_hold_a_record_back():
    """Every further held-back rule takes services out of the statewide directory."""
    assert {rule.rule_id for rule in RULES if rule.is_held_back} == HELD_BACK


def test_errors_among_missing_elements_are_the_agreed_ones():
    """Severity decides what a curator does first."""
    errors = {rule.rule_id for rule in RULES if rule.family == "CMP" and rule.severity == "error"}
    assert errors == {
        *("CMP-A-NAME", "CMP-S-NAME", "CMP-P-NAME", "CMP-A-PHONE", "CMP-S-PHONE", "CMP-P-PHONE"),
        *("CMP-A-DESC", "CMP-P-DESC", "CMP-P-ELIG", "CMP-P-AREA"),
    }


@pytest.mark.parametrize("rule", RULES, ids=[rule.rule_id for rule in RULES])
def test_sentences_are_short_plain_and_end(rule):
    """What a tired curator does not understand at eight in the morning is not done."""
    texts = [rule, *rule.variants.values()]
    for text in texts:
        for sentence in (text.message, text.how_to_fix, text.expected):
            assert re.fullmatch(r"[A-Z].*\.", sentence), sentence
            assert len(sentence.split()) <= 25, sentence
            assert "  " not in sentence
        assert text.message.count(". ") == 0
        assert text.how_to_fix.count(". ") == 0
    assert rule.levels
    assert rule.fields


def test_the_page_lists_every_rule_once_under_its_family():
    """A rule missing from the page cannot be looked up by the curator who meets it."""
    page = render_rule_catalogue()
    listed = re.findall(r"^\| ([A-Z]+-[A-Z0-9-]+) \|", page, flags=re.MULTILINE)
    assert listed == [rule.rule_id for rule in RULES]
    for family, name in FAMILIES.items():
        assert f"## {name} ({family})" in page


def test_every_table_row_of_the_page_has_the_same_cells():
    """A bar in a text would shift the columns of the table."""
    rows = [line for line in render_rule_catalogue().splitlines() if line.startswith("|")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {10}


def test_the_page_says_what_holds_back_and_how_to_fix():
    """The page is the manual of the findings list."""
    row = next(line for line in render_rule_catalogue().splitlines() if line.startswith("| ID-004 |"))
    assert "| error | yes |" in row
    assert rule_catalogue()["ID-004"].how_to_fix in row
