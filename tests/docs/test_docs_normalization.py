"""The page on normalization shows what the code does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from schemas.notes import NoteKind
from schemas.rules import rule_catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "normalization.md"


def test_the_examples_are_true() -> None:
    """An example that is wrong is worse than none."""
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted >= 10
    assert result.failed == 0


def test_rules_and_notes_of_the_page_exist() -> None:
    """Readers look for a rule that nobody has."""
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"\b[A-Z]{2,3}-[0-9]{3}\b", text)) <= set(rule_catalogue())
    named = {word for group in re.findall(r"\[(`[a-z_`, ]+)\]", text) for word in re.findall(r"`([a-z_]+)`", group)}
    assert named <= {str(kind) for kind in NoteKind}
    assert len(named) >= 8
