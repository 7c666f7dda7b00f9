"""Files of a delivery as tables of text, each with its part of the layout."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from pipeline.ingest.columns import Header, name_columns
from pipeline.ingest.decode import decode_file
from pipeline.ingest.other_formats import refuse_other_format
from pipeline.ingest.parse import ParsedTable, parse_table
from pipeline.ingest.regular_rows import cell_name
from schemas.delivered import InputFile
from schemas.errors import InputError
from schemas.layout import FileLayout
from schemas.parameters import IngestParameters


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file read as text.

    Attributes:
        name: Name inside the delivery.
        header: Its columns.
        parsed: Its rows, rejects and counts.
        layout: What the layout says about it; None for a file that the layout does not know.
        sha256, bytes_count, encoding: As in `InputFile`.
        broken_lines: As in `Decoded`.
    """

    name: str
    header: Header
    parsed: ParsedTable
    sha256: str
    bytes_count: int
    encoding: str
    broken_lines: tuple[int, ...] = ()
    layout: FileLayout | None = None

    @property
    def rows(self) -> pl.DataFrame:
        """Rows as `RawRow`, and the cells of the wanted columns beside them."""
        return self.parsed.rows.hstack(self.parsed.cells)

    def column(self, name: str) -> pl.Expr | None:
        """Return the cells of a column as an expression over `rows`, or None when the file does not have it."""
        place = self.header.find(name)
        return None if place is None else pl.col(cell_name(place))

    def filter_rows(self, kept: pl.Expr, *, rejects: pl.DataFrame) -> Table:
        """Return the table with some of its rows, and with other rejects."""
        rows = self.rows.filter(kept)
        names = self.parsed.cells.columns
        parsed = replace(self.parsed, rows=rows.drop(names), cells=rows.select(names), rejects=rejects)
        return replace(self, parsed=parsed)

    def keep_cells(self, columns: Iterable[str]) -> Table:
        """Return the table with the cells of these columns only; columns that the file lacks may be named."""
        places = {place for name in columns if (place := self.header.find(name)) is not None}
        cells = self.parsed.cells.select(cell_name(place) for place in sorted(places))
        return replace(self, parsed=replace(self.parsed, cells=cells))

    def with_layout(self, layout: FileLayout | None) -> Table:
        """Return the table with its part of the layout."""
        return replace(self, layout=layout)

    def input_file(self) -> InputFile:
        """Return how the file was read."""
        return InputFile(
            name=self.name,
            sha256=self.sha256,
            bytes_count=self.bytes_count,
            encoding=self.encoding,
            newline=self.parsed.newline,
            separator=self.parsed.separator,
            rows_read=self.parsed.rows.height,
            rows_rejected=self.parsed.rejects.height,
            rows_blank=self.parsed.blank_count,
        )


#: The tables of a delivery by file name, case folded.
Tables = Mapping[str, Table]


def read_table(
    data: bytes,
    *,
    name: str,
    center_id: str,
    parameters: IngestParameters,
    choose: Callable[[Header], Iterable[str]] | None = None,
    condense: Callable[[Table], Table] | None = None,
) -> Table:
    """Return the table in a file's bytes.

    Args:
        data: The bytes as delivered.
        name: Name inside the delivery.
        center_id: Center that delivered it.
        parameters: Limits.
        choose: Given the header, the columns whose cells are wanted; all when not given. Columns that the file lacks may be named.
        condense: As in `parse_table`: given some of the rows as a table, what of it is kept.

    Raises:
        InputError: It is not a text file of one encoding with a header.
    """
    decoded = decode_file(data, name=name, parameters=parameters)
    refuse_other_format(decoded.head, name=name)

    def find_places(written: tuple[str, ...]) -> Iterable[int]:
        header = name_columns(written)
        if choose is None:
            return range(len(written))
        return [place for column in choose(header) if (place := header.find(column)) is not None]

    def as_table(parsed: ParsedTable, *, sha256: str) -> Table:
        return Table(
            name=name,
            header=name_columns(parsed.header),
            parsed=parsed,
            sha256=sha256,
            bytes_count=len(data),
            encoding=decoded.encoding,
            broken_lines=decoded.broken_lines,
        )

    def condense_part(part: ParsedTable) -> ParsedTable:
        # A part of a file has no hash of its own.
        return part if condense is None else condense(as_table(part, sha256="")).parsed

    # Beside the reading: a large file takes seconds to hash, and the second core has time for it.
    with ThreadPoolExecutor(max_workers=1) as beside:
        hashed = beside.submit(hashlib.sha256, data)
        parsed = parse_table(
            decoded.data,
            name=name,
            center_id=center_id,
            parameters=parameters,
            choose=find_places,
            condense=condense_part,
        )
        return as_table(parsed, sha256=hashed.result().hexdigest())


def require_rows(table: Table) -> None:
    """Stop when a file that must hold records holds none.

    Raises:
        InputError: Says whether there were no rows at all or none that could be read.
    """
    if table.parsed.rows.height:
        return
    rejects = table.parsed.rejects
    if rejects.height:
        first = rejects.row(0, named=True)
        raise InputError(
            f"{table.name}: none of its {rejects.height:,} rows could be read. "
            f"The first, on line {first['source_line']:,}: {first['reason']}.",
            advice="Check separator and quotes of the export.",
        )
    raise InputError(
        f"{table.name} has a header but no rows.",
        advice="The export ran without records; check its filter and export again.",
    )
