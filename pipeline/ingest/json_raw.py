"""The records of a JSON file as raw rows: exactly as written, as views into the bytes of the file."""

from __future__ import annotations

from array import array

import numpy as np
import polars as pl
import polars_hash as plh
import pyarrow as pa

from pipeline.ingest.parse import ParsedTable
from pipeline.ingest.regular_rows import BlockTexts
from schemas.contract import conform, empty_table
from schemas.raw import RawReject, RawRow

#: Bytes made into views at once: small enough to keep memory low (as for separated texts).
_BLOCK_BYTES = 16_000_000
#: Characters of a rejected record that are kept (as for separated texts).
_LONGEST_REJECT = 1_000_000


class RawRecords:
    """Takes where the records of a file stand, and which could not be read.

    Args:
        data: The file in UTF-8; its bytes stay in memory as long as the rows.
        center_id: Center that delivered it.
        name: Name of the file.
    """

    def __init__(self, data: bytes, *, center_id: str, name: str) -> None:
        self._data = data
        self._center_id = center_id
        self._name = name
        self._lines, self._starts, self._ends = array("q"), array("q"), array("q")
        self._rejects: list[tuple[int, str, str]] = []
        self.blank_count = 0

    def take(self, line: int, start: int, end: int) -> None:
        """Count a record as read."""
        self._lines.append(line)
        self._starts.append(start)
        self._ends.append(end)

    def reject(self, line: int, start: int, end: int, *, reason: str) -> None:
        """Keep a record that could not be read."""
        text = self._data[start : min(end, start + 4 * _LONGEST_REJECT)].decode(errors="ignore")
        if len(text) > _LONGEST_REJECT or start + 4 * _LONGEST_REJECT < end:
            text = text[:_LONGEST_REJECT]
            reason += f"; the first {len(text):,} characters are kept"
        self._rejects.append((line, reason, text))

    def column_of(self, start: int) -> int:
        """Return at which character of its line, from 1, a record starts."""
        return len(self._data[self._data.rfind(b"\n", 0, start) + 1 : start].decode(errors="ignore")) + 1

    def parsed(self, *, newline: str) -> ParsedTable:
        """Return the rows, without columns, and the rejects."""
        lines = pl.Series("source_line", np.frombuffer(self._lines, dtype=np.int64), dtype=pl.Int64)
        rows = pl.DataFrame([self._texts(), lines]).select(
            pl.lit(self._center_id).alias("center_id"),
            pl.lit(self._name).alias("source_file"),
            "source_line",
            plh.col("text").chash.sha2_256().str.head(32).alias("row_hash"),
            "text",
        )
        return ParsedTable(
            header=(),
            rows=rows if rows.height else empty_table(RawRow),
            cells=pl.DataFrame(),
            rejects=self._reject_frame(),
            blank_count=self.blank_count,
            newline=newline,
            separator="",
        )

    def _texts(self) -> pl.Series:
        starts, ends = (np.frombuffer(one, dtype=np.int64) for one in (self._starts, self._ends))
        whole, buffer = np.frombuffer(self._data, dtype=np.uint8), pa.py_buffer(self._data)
        parts = [pl.Series("text", [], dtype=pl.String)]
        first = 0
        while first < len(starts):
            begin = int(starts[first])
            behind = max(int(np.searchsorted(ends, begin + _BLOCK_BYTES, side="right")), first + 1)
            stop = int(ends[behind - 1])
            texts = BlockTexts(
                whole[begin:stop], buffer=buffer.slice(begin, stop - begin), quotes=np.zeros(0, dtype=np.int64)
            )
            column, _ = texts.column(starts[first:behind] - begin, ends[first:behind] - begin, is_cell=False)
            parts.append(column.alias("text"))
            first = behind
        return pl.concat(parts)

    def _reject_frame(self) -> pl.DataFrame:
        lines, reasons, texts = zip(*self._rejects, strict=True) if self._rejects else ((), (), ())
        frame = pl.DataFrame(
            {
                "source_line": pl.Series(lines, dtype=pl.Int64),
                "reason": pl.Series(reasons, dtype=pl.String),
                "text": pl.Series(texts, dtype=pl.String),
            }
        ).with_columns(center_id=pl.lit(self._center_id), source_file=pl.lit(self._name))
        return conform(frame, RawReject)
