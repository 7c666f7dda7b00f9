"""Tables of the schema `raw`: the export exactly as text, and what could not be read."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, required


class RawHeader(Table):
    """One row per column of a delivered file."""

    center_id: pl.String = required("Center that delivered the file.")
    source_file: pl.String = required("Name of the file inside the delivery.")
    position: pl.Int64 = required("Place of the column in the file, from 1.")
    column_name: pl.String = required("Name used by us: trimmed, repeated names with `#2`, nameless ones `column_17`.")
    column_written: pl.String = required("Name exactly as written in the header.")


class RawRow(Table):
    """One row per delivered record line, exactly as text."""

    center_id: pl.String = required("Center that delivered the file.")
    source_file: pl.String = required("Name of the file inside the delivery.")
    source_line: pl.Int64 = required("Line on which the row starts, from 1 (the header is line 1).")
    row_hash: pl.String = required("SHA-256 of `text` in UTF-8; first 32 hex digits.")
    text: pl.String = required("The row exactly as written, decoded, without its line end.")


class RawReject(Table):
    """One row per line that could not be read as a record. Nothing is dropped in silence."""

    center_id: pl.String = required("Center that delivered the file.")
    source_file: pl.String = required("Name of the file inside the delivery.")
    source_line: pl.Int64 = required("Line on which the row starts, from 1.")
    reason: pl.String = required("Why it could not be read, in words.")
    text: pl.String = required("The line as text, as far as it could be decoded.")
