"""The pre-flight of HSDS tables: does a package keep their rules? Checked column by column, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from pipeline.publish.export_rules import RULE_OF_CHECK
from pipeline.publish.preflight import Fault, Preflight
from pipeline.publish.strict_values import EMAIL, URI
from pipeline.publish.working_ahead import done_together
from schemas.hsds_tables import HsdsColumn, HsdsTable, hsds_tables

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATETIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
_TIME = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-][0-9]{2}:[0-9]{2})?$"

#: References that the specification means but does not declare: column -> table.
_UNDECLARED = {
    ("organization", "parent_organization_id"): "organization",
    ("taxonomy_term", "parent_id"): "taxonomy_term",
}
_OWNERS = {
    "phone": ("location_id", "service_id", "organization_id", "contact_id", "service_at_location_id"),
    "contact": ("organization_id", "service_id", "service_at_location_id", "location_id"),
    "schedule": ("service_id", "location_id", "service_at_location_id"),
    "language": ("service_id", "location_id", "phone_id"),
}


#: Column, name of the check, sentence, and the expression that is true where something is wrong.
Question = tuple[str, str, str, pl.Expr]


def check_package(tables: Mapping[str, pl.DataFrame], *, version: str) -> Preflight:
    """Check every table of a package.

    Args:
        tables: Frames of text by table name; exactly the tables and columns of `hsds_tables`.
        version: Version of HSDS.

    Returns:
        Errors: tables, columns, required cells, unique ids, enumerations, formats, references. Warnings: rows that belong to
        nothing or to several records, services without a location, organizations without a service.
    """
    # What names the id of a row is a UUID when that id is one: asked only when anything is wrong.
    errors = _errors(tables, version=version, is_brief=True) and _errors(tables, version=version, is_brief=False)
    return Preflight(errors=tuple(errors), warnings=tuple(_warnings(tables)) if not errors else ())


def _errors(tables: Mapping[str, pl.DataFrame], *, version: str, is_brief: bool) -> list[Fault]:
    found = done_together(
        {name: partial(_table_faults, table, tables, is_brief=is_brief) for name, table in hsds_tables(version).items()}
    )
    return [fault for faults in found.values() for fault in faults]


def _table_faults(table: HsdsTable, tables: Mapping[str, pl.DataFrame], *, is_brief: bool) -> list[Fault]:
    frame = tables.get(table.name)
    if frame is None or frame.columns != table.column_names():
        return [
            Fault(table=table.name, column="*", check="columns", message="Columns are not the official ones.", count=1)
        ]
    questions = [
        question for column in table.columns for question in _column_questions(table, column, tables, is_brief=is_brief)
    ]
    return _ask(frame, table, questions)


def _column_questions(
    table: HsdsTable, column: HsdsColumn, tables: Mapping[str, pl.DataFrame], *, is_brief: bool
) -> list[Question]:
    cell = pl.col(column.name)
    questions: list[tuple[str, str, pl.Expr]] = []
    if column.required:
        questions.append(("required", "A cell that must be filled is empty.", cell.is_null()))
    if column.unique:
        questions.append(("unique", "A value stands in two rows.", cell.is_not_null() & cell.is_duplicated()))
    if column.enum:
        questions.append(("enum", "A value is not in the official list.", ~cell.is_in(list(column.enum))))
    target = column.refers_to or _UNDECLARED.get((table.name, column.name))
    if target is None or column.format != "uuid" or not is_brief:
        questions += _format_questions(column)
    if target is not None:
        known = tables[target]["id"].implode()
        questions.append(("reference", f"A value is not the id of any row of {target}.", ~cell.is_in(known)))
    if (table.name, column.name) == ("attribute", "link_id"):
        known = _all_ids(tables).implode()
        questions.append(("reference", "A value is not the id of any row.", ~cell.is_in(known)))
    return [(column.name, *question) for question in questions]


def _format_questions(column: HsdsColumn) -> list[tuple[str, str, pl.Expr]]:
    cell = pl.col(column.name)
    patterns = {
        "uuid": (_UUID, "A value is not a UUID."),
        "email": (EMAIL, "A value is not one e-mail address."),
        "uri": (URI, "A value is not a web address with scheme and host."),
        "number": (_NUMBER, "A value is not a plain number."),
        "date": (_DATE, "A value is not a date as 2026-08-04."),
        "datetime": (_DATETIME, "A value is not a moment with offset."),
        "time": (_TIME, "A value is not a time as 09:00:00-06:00."),
    }
    kind = column.format or column.type
    if kind not in patterns:
        return []
    pattern, message = patterns[kind]
    is_wrong = ~cell.str.contains(pattern)
    if kind == "date":
        is_wrong |= cell.str.to_date("%Y-%m-%d", strict=False).is_null() & cell.is_not_null()
    if kind == "datetime":
        is_wrong |= cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_null() & cell.is_not_null()
    return [("format", message, is_wrong)]


def _ask(frame: pl.DataFrame, table: HsdsTable, questions: list[Question]) -> list[Fault]:
    """Return one fault per question to which any row says yes."""
    if frame.is_empty() or not questions:
        return []
    asked = [question.fill_null(value=False).alias(str(place)) for place, (*_, question) in enumerate(questions)]
    counts = frame.select(asked).sum().row(0)
    faults = []
    for (column, check, message, _), answer, count in zip(questions, asked, counts, strict=True):
        if count:
            example = frame.filter(answer)["id"].sort()[0]
            faults.append(
                Fault(
                    table=table.name,
                    column=column,
                    check=check,
                    message=message,
                    count=count,
                    example=example,
                    rule_id=RULE_OF_CHECK.get(check),
                )
            )
    return faults


def _warnings(tables: Mapping[str, pl.DataFrame]) -> list[Fault]:
    faults = []
    for name, columns in _OWNERS.items():
        owners = pl.sum_horizontal(pl.col(column).is_not_null().cast(pl.Int64) for column in columns)
        table = hsds_tables()[name]
        faults += _ask(
            tables[name],
            table,
            [("*", "owner", "A row belongs to no record, or to several.", owners != 1)],
        )
    linked = tables["service_at_location"]["service_id"].implode()
    faults += _ask(
        tables["service"],
        hsds_tables()["service"],
        [("id", "no_location", "A service is not offered at any location.", ~pl.col("id").is_in(linked))],
    )
    serving = tables["service"]["organization_id"].implode()
    faults += _ask(
        tables["organization"],
        hsds_tables()["organization"],
        [("id", "no_service", "An organization has no service.", ~pl.col("id").is_in(serving))],
    )
    return faults


def _all_ids(tables: Mapping[str, pl.DataFrame]) -> pl.Series:
    names = ("organization", "location", "service", "service_at_location")
    return pl.concat([tables[name]["id"] for name in names])
