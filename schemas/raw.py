"""Tables of the schema `raw`: the export exactly as text, and what could not be read."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl


class RawHeader(pa.DataFrameModel):
    """One row per column of a delivered file."""

    center_id: pl.String = pa.Field(description="Center that delivered the file.")
    source_file: pl.String = pa.Field(description="Name of the file inside the delivery.")
    position: pl.Int64 = pa.Field(description="Place of the column in the file, from 1.")
    column_name: pl.String = pa.Field(
        description="Name used by us: trimmed, repeated names with `#2`, nameless ones `column_17`."
    )
    column_written: pl.String = pa.Field(description="Name exactly as written in the header.")

    class Config:
        """Exactly these columns in this order."""

        strict = True
        ordered = True


class RawRow(pa.DataFrameModel):
    """One row per delivered record line, exactly as text."""

    center_id: pl.String = pa.Field(description="Center that delivered the file.")
    source_file: pl.String = pa.Field(description="Name of the file inside the delivery.")
    source_line: pl.Int64 = pa.Field(description="Line on which the row starts, from 1 (the header is line 1).")
    row_hash: pl.String = pa.Field(description="SHA-256 of the cells, each followed by U+001F; first 32 hex digits.")
    cells: pl.List = pa.Field(
        dtype_kwargs={"inner": pl.String}, description="Cells as written, in the order of `raw.header`."
    )

    class Config:
        """Exactly these columns in this order."""

        strict = True
        ordered = True


class RawReject(pa.DataFrameModel):
    """One row per line that could not be read as a record. Nothing is dropped in silence."""

    center_id: pl.String = pa.Field(description="Center that delivered the file.")
    source_file: pl.String = pa.Field(description="Name of the file inside the delivery.")
    source_line: pl.Int64 = pa.Field(description="Line on which the row starts, from 1.")
    reason: pl.String = pa.Field(description="Why it could not be read, in words.")
    text: pl.String = pa.Field(description="The line as text, as far as it could be decoded.")

    class Config:
        """Exactly these columns in this order."""

        strict = True
        ordered = True
