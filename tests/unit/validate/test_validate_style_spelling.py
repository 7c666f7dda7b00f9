"""Spelling: slips of the keys are named, the language of the field and foreign texts are left alone."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate import style_spelling
from pipeline.validate.style_spelling import is_built_right, nearest_word, suggested_word
from schemas.parameters import RuleOverride, ValidateParameters
from schemas.style_parameters import StyleParameters
from tests.unit.validate.full_directory import Parts, full_parts, validate_parts

STYLE = StyleParameters()


def slips(parts: Parts) -> list[str]:
    return parts.validate().findings.filter(pl.col("rule_id") == "STY-031")["value"].to_list()


def described(text: str, *, center: str = "test", **changes: object) -> Parts:
    parts = full_parts(center)
    parts.one("service").update(description=text, **changes)
    return parts


def test_names_jargon_and_other_languages_are_not_slips():
    """A list of false slips is switched off on its second day."""
    texts = [
        "Helps famlies123 with housing needs.",
        "Helps FAMLIES with housing needs.",
        "Helps the Hapiness Hall with housing needs.",
        "Write to famlies@example.org or see www.famlies.org for more.",
        "Helps caregivers' and homebuyers' children with after-school tutoring.",
        "Ofrece comida gratuita para familias necesitadas durante todo el año escolar completo.",
        "Gives qwrtzpl to families in need.",
        "Helps famlies in need.",
    ]
    centers = [described(text, center=f"c{number}") for number, text in enumerate(texts)]
    found = validate_parts(centers).findings.filter(pl.col("rule_id") == "STY-031")
    assert found.select("center_id", "value").rows() == [("c7", "famlies → families")], "the last one alone is a slip"


def test_words_of_the_records_own_names_are_not_slips():
    """The agency may spell its name as it likes."""
    assert slips(described("Runs the famlies day.", name="Famlies First")) == []


def test_a_foreign_record_is_skipped():
    """An English list says nothing about Spanish."""
    assert slips(described("Helps famlies in need.", language_of_record="es")) == []
    assert slips(described("Helps famlies in need.", language_of_record="en-US")) == ["famlies → families"]


def test_a_word_that_many_agencies_use_is_no_slip():
    """What everybody writes is the language of the field."""
    parts = full_parts()
    for number in ("10", "11"):
        parts.add("agency", number, description="Helps famlies in need.")
    assert slips(parts) == ["famlies → families"] * 2
    parts.one("agency")["description"] = "Helps famlies daily, all year."
    assert slips(parts) == []


def test_the_word_at_a_cut_is_not_a_slip():
    """Exports cut cells at 255 characters; half words are the vendor's fault."""
    text = "Gives food to families in need. " * 5
    assert slips(described(f"{text}Also gives servic")) == []
    assert slips(described(f"{text}Also gives servic daily.")) == ["servic → service"]


def test_the_allowed_words_of_a_center_are_right():
    """The way to silence a word is the settings, not the editor."""
    parts = described("Helps famlies in need.")
    parts.parameters = ValidateParameters(style=StyleParameters(allowed_words=("famlies",)))
    assert slips(parts) == []


def test_the_word_list_is_not_read_for_a_rule_that_is_off(monkeypatch):
    """Reading it costs a tenth of a second that nobody asked for."""

    def refuse() -> dict[str, int]:
        raise AssertionError

    monkeypatch.setattr(style_spelling, "word_list", refuse)
    parts = described("Helps famlies in need.")
    parts.parameters = ValidateParameters(override={"STY-031": RuleOverride(enabled=False)})
    assert slips(parts) == []


def test_beyond_the_limit_no_word_is_looked_for():
    """A broken export with a million unknown words must not take the night."""
    parts = described("Helps famlies with theraphy.")
    parts.parameters = ValidateParameters(style=StyleParameters(spelling_lookups=1))
    assert slips(parts) == ["famlies → families"]


def test_the_nearest_word_is_the_one_the_directory_uses():
    """ "chornic" beside "chronic pain" is chronic."""
    assert nearest_word("chornic", used=frozenset(), style=STYLE) == "chronic"
    assert nearest_word("hose", used=frozenset({"house"}), style=STYLE) == "house"
    assert nearest_word("qwrtzpl", used=frozenset(), style=STYLE) is None


@pytest.mark.parametrize("word", ["homebuyers", "nonresidents", "multigenerational", "reapply", "countywide"])
def test_words_built_of_known_ones_are_right(word):
    """No list holds every compound."""
    assert is_built_right(word, style=STYLE)


@pytest.mark.parametrize("word", ["famlies", "recieve", "hapiness", "indiviuals"])
def test_slips_are_not_built_right(word):
    """The rule for compounds must not swallow the slips."""
    assert not is_built_right(word, style=STYLE)


@pytest.mark.parametrize(
    ("word", "suggested"),
    [
        ("famlies", "families"),
        ("comunity", "community"),
        ("recieve", "receive"),
        # burial is hardly more frequent than aerial
        ("aurial", None),
        # another first letter
        ("acellular", None),
        # two words without their blank
        ("walkins", None),
        ("doorsto", None),
        ("qwrtzpl", None),
    ],
)
def test_a_word_is_suggested_only_where_it_is_clear(word, suggested):
    """A wrong suggestion that is followed makes a strange word of a right one."""
    assert suggested_word(word, used=frozenset(), style=STYLE) == suggested


def test_a_slip_without_clear_suggestion_is_still_named():
    """The curator knows what was meant, even where the program does not."""
    assert slips(described("Helps famlies with aurial care.")) == ["famlies → families; aurial"]
