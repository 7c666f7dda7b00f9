"""Reads how often records were asked for, from a table that a center writes itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.ingest.columns import nearest
from pipeline.ingest.tables import read_table
from schemas.directory import Directory
from schemas.errors import InputError
from schemas.parameters import IngestParameters

_COLUMNS = ("record", "use")


def read_use(path: Path, *, directory: Directory, unit: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return how often records were asked for.

    Args:
        path: A .csv file with the columns `record` (the number in the center's software, or the record_uid), `use` (a whole number,
            such as referrals in a year) and, where numbers are not unique over centers, `center`.
        directory: The directory.
        unit: `agency` or `service`.

    Returns:
        `center_id`, `record_uid`, `use`; and what must be told about records that are not in the directory.

    Raises:
        InputError: The file or a column is missing, or a cell holds no number; file, row and column are named.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path given with --use.")
    table = read_table(path.read_bytes(), name=path.name, center_id="use", parameters=IngestParameters())
    header = [name.strip().casefold() for name in table.parsed.header]
    for name in _COLUMNS:
        if name not in header:
            near = nearest(name, header)
            raise InputError(
                f"{path.name} has no column {name}{f' (nearest: {near})' if near else ''}.",
                advice="It needs the columns record and use, and may have center.",
            )
    known: dict[str, list[tuple[str, str]]] = {}
    records = directory.tables()[unit].filter("is_counted").select("center_id", "record_uid", "native_id")
    for center, uid, number in records.iter_rows():
        for name in {uid, number or ""} - {""}:
            known.setdefault(name, []).append((center, uid))
    rows, unknown = [], 0
    lines = table.parsed.rows["source_line"].to_list()
    for line, cells in zip(lines, table.parsed.cells.iter_rows(), strict=True):
        said = dict(zip(header, ((cell or "").strip() for cell in cells), strict=True))
        if not said["use"].isdigit():
            raise InputError(
                f"{path.name}, line {line}, column use: {said['use'] or '(blank)'} is no whole number.",
                advice="Write how often the record was asked for, such as 12.",
            )
        found = [key for key in known.get(said["record"], ()) if said.get("center", "") in ("", key[0])]
        if len(found) > 1:
            raise InputError(
                f"{path.name}, line {line}, column record: {said['record']} stands in several centers.",
                advice="Say which in a column center.",
            )
        unknown += not found
        rows += [(*key, int(said["use"])) for key in found]
    schema = {"center_id": pl.String, "record_uid": pl.String, "use": pl.Int64}
    use = pl.DataFrame(rows, schema=schema, orient="row").group_by("center_id", "record_uid").agg(pl.col("use").sum())
    told = (f"{path.name}: {unknown:,} of {len(lines):,} records are not counted in the directory.",) if unknown else ()
    return use.sort("center_id", "record_uid"), told
