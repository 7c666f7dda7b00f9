"""What a question to a table is, and how all questions to a table are asked in one pandera validation.

A question is one rule put to one field. Its condition is a polars expression; all conditions of a table are computed in one
pass as boolean columns, and one lazy validation with one check per column gives every failure with its row position. Checks
on single boolean columns are the form in which pandera delivers positions and shows nobody a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors

from schemas.errors import ContractError

#: Columns of a failure: one row per record, rule and field that breaks the rule.
FAILURE_SCHEMA: dict[str, pl.DataType] = {
    "center_id": pl.String(),
    "kind": pl.String(),
    "record_uid": pl.String(),
    "rule_id": pl.String(),
    "variant": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "is_private": pl.Boolean(),
}

#: Words for record kinds inside sentences.
PLURALS: dict[str, str] = {
    "agency": "agencies",
    "site": "sites",
    "service": "services",
    "service_at_site": "services at sites",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One rule put to one field of one table.

    Attributes:
        rule_id: Rule of the catalogue.
        field: Field a finding names, such as `hours`; the first half of it when `slot` is given.
        broken: True where the rule is broken; null counts as not broken, so a rule on missing values says `is_null()`.
        value: Text shown in the finding.
        is_private: Whether the text must not be shown.
        variant: Which way of breaking the rule, a key of `Rule.variants`; empty for the plain one.
        slot: Tells siblings apart, appended to `field` with a dot; None where a record has the field once.
        refused: Centers of which the question cannot be asked, each with the reason as a sentence.
    """

    rule_id: str
    field: str
    broken: pl.Expr
    value: pl.Expr = made_by(default_factory=lambda: pl.lit(None, dtype=pl.String))
    is_private: pl.Expr = made_by(default_factory=lambda: pl.lit(value=False))
    variant: str = ""
    slot: pl.Expr | None = None
    refused: Mapping[str, str] = made_by(default_factory=dict)

    @property
    def label(self) -> str:
        """Name of the question inside the pandera schema: rule, field and variant."""
        return "|".join([self.rule_id, self.field, self.variant])


def ask_table(table: pl.DataFrame, questions: Sequence[Question], *, kind: str, uid: str) -> pl.DataFrame:
    """Return one failure per row of the table and question whose rule the row breaks.

    Args:
        table: Needs `center_id`, the columns named by `kind` and `uid`, and those of the questions.
        questions: No two with the same rule, field and variant.
        kind: Column that holds the record kind.
        uid: Column that holds the record the failure belongs to.

    Returns:
        Rows of `FAILURE_SCHEMA`, unsorted.
    """
    if table.is_empty() or not questions:
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    positions = failing_positions(table, questions)
    by_label = {question.label: question for question in questions}
    parts = [
        _failures_of(table, by_label[str(label)], rows=rows.get_column("row"), kind=kind, uid=uid)
        for (label,), rows in positions.partition_by("label", as_dict=True).items()
    ]
    return pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *parts])


def failing_positions(table: pl.DataFrame, questions: Sequence[Question]) -> pl.DataFrame:
    """Return `label` and `row` (position in the table) of every failure, found by one lazy pandera validation.

    Raises:
        ContractError: pandera reports a fault that is not a row of a question. That is a bug of ours.
    """
    answers = _with_failures(table.select(_holds(question) for question in questions))
    schema = pa.DataFrameSchema(
        {label: pa.Column(pl.Boolean, pa.Check(_own_column, error=label), nullable=False) for label in answers.columns}
    )
    try:
        # Eager on purpose: of a lazy frame pandera checks the dtypes only.
        schema.validate(answers, lazy=True)
    except SchemaErrors as fault:
        cases = fault.failure_cases
        if not isinstance(cases, pl.DataFrame) or cases.get_column("index").has_nulls():
            raise ContractError("The rules could not be asked: a condition gave no yes or no.") from fault
        return cases.select(label="check", row="index")
    return pl.DataFrame(schema={"label": pl.String, "row": pl.Int32})


def _with_failures(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the columns in which pandera could find anything: those that are not a plain yes in every row.

    Most questions of most nights break nowhere, and pandera takes about 10 ms for each that it is asked.
    """
    yes = [name for name, dtype in answers.schema.items() if dtype == pl.Boolean]
    held = answers.select(pl.col(yes).all(ignore_nulls=False)).row(0, named=True) if yes else {}
    return answers.select(name for name in answers.columns if held.get(name) is not True)


def _holds(question: Question) -> pl.Expr:
    broken = question.broken
    if question.refused:
        broken = broken & ~pl.col("center_id").is_in(sorted(question.refused))
    return (~broken.fill_null(value=False)).alias(question.label)


def _own_column(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key))


def _failures_of(table: pl.DataFrame, question: Question, *, rows: pl.Series, kind: str, uid: str) -> pl.DataFrame:
    field_name = pl.lit(question.field)
    if question.slot is not None:
        field_name = pl.concat_str([field_name, pl.lit("."), question.slot])
    columns = {
        "center_id": pl.col("center_id"),
        "kind": pl.col(kind),
        "record_uid": pl.col(uid),
        "rule_id": pl.lit(question.rule_id),
        "variant": pl.lit(question.variant),
        "field": field_name,
        "value": question.value.cast(pl.String),
        "is_private": question.is_private.fill_null(value=True),
    }
    # Only the columns that are needed are gathered: tables are wide and some rules fail on every row.
    needed = sorted({name for column in columns.values() for name in column.meta.root_names()})
    return table.select(needed)[rows].select(**columns).cast(pl.Schema(FAILURE_SCHEMA))
