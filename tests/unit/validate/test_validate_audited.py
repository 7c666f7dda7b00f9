"""Rules AUD: what auditors found, told as findings of counted records."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.audited import no_faults
from pipeline.validate.records import validate_directory
from schemas.contract import empty_table
from schemas.identity import record_uid
from schemas.parameters import FreshnessRule, ValidateParameters
from schemas.quality import Note
from schemas.rules import rule_catalogue
from schemas.scorecard import QUESTIONS
from tests.builders import directory, row
from tests.unit.validate.full_directory import ALL_FIELDS, AS_OF


def fault(number: str, item_id: str, *, kind: str = "agency", value: str = "Ann, 2026-11-20: wrong") -> tuple:
    rules = {question.item_id: question.rule_id for question in QUESTIONS}
    return ("test", kind, record_uid("test", kind, number), rules[item_id], item_id, value)


def found(agencies, *faults, services=()) -> pl.DataFrame:
    """The findings of this family."""
    return validate_directory(
        directory(agency=agencies, service=list(services)),
        notes=empty_table(Note),
        carried={"test": ALL_FIELDS},
        as_of=AS_OF,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
        faults=pl.DataFrame(list(faults), schema=no_faults().schema, orient="row"),
    ).findings.filter(pl.col("rule_id").str.starts_with("AUD"))


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.item_id for question in QUESTIONS])
def test_every_question_has_a_rule_and_every_rule_a_question(question) -> None:
    """A `no` without a rule would be written down and never seen again."""
    rule = rule_catalogue()[question.rule_id]
    assert rule.fields == (question.item_id,)
    (finding,) = found([row("agency", "1")], fault("1", question.item_id)).to_dicts()
    assert (finding["rule_id"], finding["field"]) == (question.rule_id, question.item_id)
    assert finding["value"] == "Ann, 2026-11-20: wrong"
    assert finding["severity"] == rule.severity
    assert finding["is_held_back"] == (question.item_id == "critical.confidential")


def test_rules_and_questions_are_one_to_one() -> None:
    asked = [question.rule_id for question in QUESTIONS]
    assert len(asked) == len(set(asked))
    assert set(asked) == {rule_id for rule_id, rule in rule_catalogue().items() if rule.family == "AUD"}


def test_only_counted_records_are_blamed() -> None:
    """A record that was closed since is no work for anybody."""
    agencies = [row("agency", "1"), row("agency", "2", is_counted=False, not_counted_reason="inactive")]
    findings = found(agencies, fault("1", "accuracy.name"), fault("2", "accuracy.name"), fault("3", "accuracy.name"))
    assert findings["native_id"].to_list() == ["1"]


def test_the_comment_about_a_confidential_place_is_withheld() -> None:
    """An auditor may write where a shelter is."""
    shelter = row("agency", "1", is_confidential_place=True)
    findings = found([shelter], fault("1", "accuracy.address", value="Ann, 2026-11-20: it is 9 Hidden Way"))
    assert findings["value"].to_list() == ["withheld"]
