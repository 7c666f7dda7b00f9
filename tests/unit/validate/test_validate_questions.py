"""Record rules run through pandera: every failure with its row, and exactly those that the expressions name."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.completeness import ask_completeness
from pipeline.validate.formats import ask_record_formats
from pipeline.validate.freshness import ask_freshness
from pipeline.validate.identity import ask_identity
from pipeline.validate.questions import Question, ask_table, failing_positions
from pipeline.validate.subjects import prepare_subjects
from schemas.parameters import FreshnessRule, ValidateParameters
from tests.unit.validate.full_directory import ALL_FIELDS, AS_OF, full_parts, join_notes, join_parts

TABLE = pl.DataFrame(
    {
        "center_id": ["a", "a", "b", "b"],
        "kind": ["site"] * 4,
        "record_uid": ["1", "2", "3", "4"],
        "zip": ["62701", "7930", None, "x"],
    }
)
BAD_ZIP = Question(
    rule_id="FMT-020", field="zip", broken=~pl.col("zip").str.contains(r"^[0-9]{5}$"), value=pl.col("zip")
)
NO_ZIP = Question(rule_id="CMP-ZIP", field="zip", broken=pl.col("zip").is_null())


def test_every_failure_comes_with_its_own_record_and_value():
    """A finding on the wrong record sends a curator to change a good one."""
    failures = ask_table(TABLE, [BAD_ZIP, NO_ZIP], kind="kind", uid="record_uid")
    assert sorted(failures.select("record_uid", "rule_id", "value").rows()) == [
        ("2", "FMT-020", "7930"),
        ("3", "CMP-ZIP", None),
        ("4", "FMT-020", "x"),
    ]


def test_a_missing_value_breaks_only_rules_on_missing_values():
    """Nulls pass format rules: otherwise every blank would be reported twice."""
    positions = failing_positions(TABLE, [BAD_ZIP])
    assert positions.get_column("row").to_list() == [1, 3]


def test_a_center_that_refuses_a_question_is_not_asked():
    """One center's missing column must not silence the rule for its neighbors."""
    question = Question(rule_id="FMT-020", field="zip", broken=BAD_ZIP.broken, refused={"a": "No column."})
    assert failing_positions(TABLE, [question]).get_column("row").to_list() == [3]


def test_a_good_table_gives_no_failures_and_an_empty_one_neither():
    """The quiet night must stay quiet."""
    good = TABLE.head(1)
    assert ask_table(good, [BAD_ZIP, NO_ZIP], kind="kind", uid="record_uid").is_empty()
    assert ask_table(TABLE.clear(), [BAD_ZIP], kind="kind", uid="record_uid").is_empty()


@pytest.mark.parametrize("kind", ["agency", "site", "service"])
def test_pandera_counts_what_the_expressions_count(kind):
    """pandera runs the rules; if it skipped rows or checks, faults would vanish without a word."""
    centers = []
    for number in range(40):
        parts = full_parts(f"c{number}")
        record = parts.one(kind)
        for place, name in enumerate(("description", "hours", "verified_on", "curator", "name", "native_id", "email")):
            if (number + place) % 3 == 0:
                record[name] = None
        if number % 5 == 0:
            record |= {"status": "unknown", "is_counted": False, "not_counted_reason": "unknown_status"}
        if number % 4 == 0:
            record |= {"url": None, "url_written": "nowhere", "hours": "9 to 5"}
        parts.tables[kind][0] = record
        centers.append(parts)
    subjects = prepare_subjects(join_parts(centers), notes=join_notes(centers), no_address_markers=("virtual",))
    table = subjects.records[kind]
    carried = {each.center: ALL_FIELDS for each in centers}
    parameters = ValidateParameters()
    questions = [
        *ask_identity(table, kind=kind, carried=carried, parameters=parameters),
        *ask_completeness(table, kind=kind, carried=carried, parameters=parameters),
        *ask_freshness(table, kind=kind, carried=carried, rule=FreshnessRule(), parameters=parameters, as_of=AS_OF),
        *ask_record_formats(kind=kind, carried=carried, parameters=parameters, as_of=AS_OF),
    ]
    direct = {
        question.label: sorted(
            table.with_row_index("row")
            .filter(question.broken & ~pl.col("center_id").is_in(sorted(question.refused)))
            .get_column("row")
            .to_list()
        )
        for question in questions
    }
    asked = failing_positions(table, questions)
    by_pandera = {
        question.label: sorted(asked.filter(pl.col("label") == question.label).get_column("row").to_list())
        for question in questions
    }
    assert by_pandera == direct
    assert sum(map(len, direct.values())) > 50


TELLING = [
    *(
        "Mon-Fri 9-5",
        "M-F 8:30 am - 5 pm",
        "Tuesday and Thursday",
        "M, W, Th, F, S; 9:00am-5:00pm",
        "MTF 9:30am - Noon",
    ),
    *(
        "24/7",
        "24 hours",
        "24-hour hotline",
        "By appointment",
        "Hours vary",
        "Call for hours",
        "Please inquire",
        "Daily 9-5",
    ),
    *("Weekdays", "7 days a week", "Dusk to dawn", "Lunes a viernes", "School year only", "Su-Th 9-5", "M/W/F 10-2"),
]
SILENT = ["9 to 5", "8:30 am - 5:30 pm", "Business hours", "Open", "8:30am-5:00pm, Business Hours", "2:00 am - 7:00 pm"]


@pytest.mark.parametrize("hours", TELLING)
def test_hours_that_name_days_are_left_alone(hours):
    """Centers write days in many ways; a false alarm on each would drown the real ones."""
    assert pl.Series([hours]).str.contains(f"(?i){ValidateParameters().hours_pattern}").item()


@pytest.mark.parametrize("hours", SILENT)
def test_hours_without_days_are_noticed(hours):
    """ "9 to 5" leaves a caller before a closed door on Saturday."""
    assert not pl.Series([hours]).str.contains(f"(?i){ValidateParameters().hours_pattern}").item()
