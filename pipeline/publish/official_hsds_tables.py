"""HSDS tables judged by the official table descriptor, column by column: a drift between our tables and the official ones is seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline.publish.official_hsds_schemas import read_descriptor
from pipeline.publish.preflight import Fault
from pipeline.publish.strict_values import EMAIL, URI
from schemas.errors import InputError
from schemas.hsds_tables import HsdsColumn, HsdsTable

#: What a cell of each type or format must look like; text of no format may be anything.
_FORMS: Mapping[str, str] = {
    "uuid": r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "email": EMAIL,
    "uri": URI,
    "number": r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "datetime": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$",
    "time": r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$",
}
#: Types whose first ten characters must be a day of the calendar.
_DAYS = ("date", "datetime")


def check_official_tables(folder: Path, *, schema_dir: Path, version: str) -> list[Fault]:
    """Check the CSV files of a package against the official `datapackage.json`.

    Looked at: files, names and order of columns, cells that must be filled, values that must not repeat, lists of values, types and
    formats, references to other tables. Files that the descriptor does not name, such as our side table, are passed over.

    Args:
        folder: Folder of the package.
        schema_dir: The folder that holds the descriptor or the object schemas, or one above it: with `3.1` or `hsds/3.1`.
        version: Version of HSDS.

    Returns:
        One fault per table, column and broken rule, in the order of the descriptor. `example` is the smallest id of a row that has it,
        when that is a UUID.

    Raises:
        InputError: The descriptor is not there, or a file of the package cannot be read as a table.
    """
    tables = read_descriptor(schema_dir, version=version)
    files = {name: folder / table.file for name, table in tables.items()}
    ids = {
        column.refers_to: _ids(files[column.refers_to])
        for table in tables.values()
        for column in table.columns
        if column.refers_to is not None
    }
    faults: list[Fault] = []
    for name, table in tables.items():
        if not files[name].is_file():
            faults.append(_whole(table, "file", "The file of the table is missing."))
            continue
        frame = _read(files[name])
        if frame.columns != table.column_names():
            faults.append(_whole(table, "columns", "Columns are not the official ones in the official order."))
        faults += _cell_faults(frame, table, ids)
    return faults


def _read(path: Path) -> pl.DataFrame:
    try:
        # A quoted cell without text is as empty as one without quotes.
        return pl.read_csv(path, infer_schema=False, null_values=[""])
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise InputError(f"{path} cannot be read as a table.", advice="Name the folder of an HSDS package.") from fault


def _ids(path: Path) -> pl.Series:
    frame = _read(path) if path.is_file() else pl.DataFrame()
    return frame["id"] if "id" in frame.columns else pl.Series("id", dtype=pl.String)


def _whole(table: HsdsTable, check: str, message: str) -> Fault:
    return Fault(table=table.name, column="*", check=check, message=message, count=1)


def _cell_faults(frame: pl.DataFrame, table: HsdsTable, ids: Mapping[str, pl.Series]) -> list[Fault]:
    """Return one fault per question to which any row says yes."""
    asked = [
        (column.name, check, message, is_wrong.fill_null(value=False))
        for column in table.columns
        if column.name in frame.columns
        for check, message, is_wrong in _questions(column, ids)
    ]
    if frame.is_empty() or not asked:
        return []
    counts = frame.select(is_wrong.sum().alias(str(place)) for place, (*_, is_wrong) in enumerate(asked)).row(0)
    return [
        Fault(
            table=table.name,
            column=column,
            check=check,
            message=message,
            count=count,
            example=_example(frame, is_wrong),
        )
        for (column, check, message, is_wrong), count in zip(asked, counts, strict=True)
        if count
    ]


def _example(frame: pl.DataFrame, is_wrong: pl.Expr) -> str | None:
    if "id" not in frame.columns:
        return None
    ids = frame.filter(is_wrong)["id"]
    return ids.filter(ids.str.contains(_FORMS["uuid"])).min()  # type: ignore[return-value]


def _questions(column: HsdsColumn, ids: Mapping[str, pl.Series]) -> list[tuple[str, str, pl.Expr]]:
    cell = pl.col(column.name)
    questions: list[tuple[str, str, pl.Expr]] = []
    if column.required:
        questions.append(("required", "A cell that must be filled is empty.", cell.is_null()))
    if column.unique:
        questions.append(("unique", "A value stands in two rows.", cell.is_not_null() & cell.is_duplicated()))
    if column.enum:
        questions.append(("enum", "A value is not in the official list.", ~cell.is_in(list(column.enum))))
    form = column.format or column.type
    if form in _FORMS:
        is_wrong = ~cell.str.contains(_FORMS[form])
        if form in _DAYS:
            is_wrong |= cell.is_not_null() & cell.str.head(10).str.to_date("%Y-%m-%d", strict=False).is_null()
        questions.append(("format", f"A value is not a {form} as the descriptor asks for.", is_wrong))
    if column.refers_to is not None:
        known = ids[column.refers_to].implode()
        message = f"A value is not the id of any row of {column.refers_to}."
        questions.append(("reference", message, ~cell.is_in(known)))
    return questions
