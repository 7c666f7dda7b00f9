"""Cells of regular rows, read by the CSV reader of polars and weighed against the bytes.

That reader is several times faster than cutting cells out by position, but it is lenient: it fills up short rows. So its cells are
taken only when every byte of the rows is accounted for: in a cell, as the quote around or within one, as a separator or as a line end.
A row with more cells than the header stops that reader; where none has more, as many separators as the rows must have prove that none
has fewer.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.ingest.regular_rows import Bytes, RegularRows, cell_name, count_doubled

#: How many bytes a row's end takes, by the codes of `RegularRows.newlines`; CR alone is no line end to that reader.
_NEWLINE_BYTES = np.array([0, 1, 2], dtype=np.int64)
_CR_ALONE = 3
#: With a single column an empty line is a row, and nothing parts its cells.
_FEWEST_COLUMNS = 2


def read_cells(
    block: Bytes, rows: RegularRows, *, separator: str, width: int, places: Sequence[int]
) -> pl.DataFrame | None:
    """Return the wanted cells of all rows of a block, one column per place, named `cell_name(place)`.

    Args:
        block: Bytes of these rows and nothing behind them.
        rows: The rows.
        separator: Cell separator.
        width: Columns of the header.
        places: Columns that are wanted, from 0, in ascending order.

    Returns:
        One row per regular row; None where the rows are not certainly as wide as the header, which is then asked row by row.
    """
    if width < _FEWEST_COLUMNS or (rows.newlines == _CR_ALONE).any():
        return None
    schema = {cell_name(place): pl.String for place in range(width)}
    try:
        cells = pl.read_csv(
            io.BytesIO(block.data), has_header=False, schema=schema, separator=separator, empty_string_is_null=False
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None  # some row is wider, or the first is not as wide
    if cells.height != len(rows.starts):
        return None
    lengths = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().sum().cast(pl.Int64))).item()
    doubled = count_doubled(rows.quotes)
    # Of two doubled quotes one stays in the cell.
    quotes = len(rows.quotes) - doubled
    separators = len(block) - lengths - quotes - int(_NEWLINE_BYTES[rows.newlines].sum())
    if separators != len(rows.starts) * (width - 1):
        return None
    return cells.select(cell_name(place) for place in places)
