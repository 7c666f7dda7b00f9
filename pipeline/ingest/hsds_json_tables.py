"""The rows of JSON objects as tables of text, with the columns that the layout asks for.

A member that no object of the delivery has counts as not delivered; a member that only some objects lack is blank in these. Only a
package that we wrote holds everything there is: its tables are all there, with all their columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.ingest.columns import name_columns
from pipeline.ingest.hsds_json_merge import Merged, merge_rows
from pipeline.ingest.hsds_json_rows import FILE, LINE
from pipeline.ingest.hsds_json_shape import KINDS, RECORD_KINDS, Kind, part_of_kind
from pipeline.ingest.parse import ParsedTable
from pipeline.ingest.regular_rows import cell_name
from pipeline.ingest.tables import Table
from schemas.contract import empty_table
from schemas.errors import InputError
from schemas.hsds_tables import hsds_tables
from schemas.layout import FileLayout, Layout
from schemas.raw import RawReject

#: Members of one kind of object beyond which it is no object of a directory (project choice).
_MOST_MEMBERS = 1_000
#: Names listed in one notice; further ones are counted.
_SHOWN = 12
#: Columns that say whose an object is, of tables whose rows are no records.
_OWNERS = frozenset(
    column
    for kind in KINDS.values()
    for member in kind.members.values()
    if not member.is_named and KINDS[member.table].name not in RECORD_KINDS
    for column in (member.column, member.entity)
)
_NO_ROWS = pl.DataFrame(schema={FILE: pl.String, LINE: pl.Int64})


@dataclass(frozen=True, kw_only=True)
class MadeTables:
    """What was made of the rows.

    Attributes:
        tables: Tables by file name, case folded.
        said: Members that some object has, or that are known to be blank, by the same names. Columns that only the layout asks for
            are not among them: these prove no version.
        notices: What is worth a sentence.
    """

    tables: dict[str, Table]
    said: dict[str, tuple[str, ...]]
    notices: tuple[str, ...]


def make_tables(
    frames: dict[str, pl.DataFrame], kinds: Mapping[str, Kind], *, layout: Layout, center_id: str, whole_version: str
) -> MadeTables:
    """Return the tables of a delivery. The frames are taken out one by one, so that rows are not kept twice.

    Args:
        frames: Rows by file of their table, as `RowCollector.finish` gives them.
        kinds: Kind of object by file.
        layout: Layout of the HSDS tables.
        center_id: Center that delivered it.
        whole_version: Version of HSDS of which all tables and columns are there, because what no object has is blank and not just not
            delivered; empty when that is not known.

    Raises:
        InputError: Objects of one kind have more different members than any object of a directory.
    """
    whole = hsds_tables(whole_version) if whole_version else {}
    kinds = {**kinds, **{KINDS[name].file: KINDS[name] for name in whole}}
    tables: dict[str, Table] = {}
    said: dict[str, tuple[str, ...]] = {}
    notices: list[str] = []
    for file in sorted(kinds):
        name = kinds[file].name
        official = whole[name].column_names() if name in whole else []
        merged = _merge(frames.pop(file, _NO_ROWS), kinds[file])
        # Of records rule ID-008 tells, and what is made of them.
        if merged.differing and name not in RECORD_KINDS:
            notices.append(
                f"{file}: ids that stand for objects with different content, all of which are kept: "
                f"{len(merged.differing):,} ({_list(merged.differing)})."
            )
        said[file.casefold()] = tuple(dict.fromkeys((*merged.rows.columns[2:], *official)))
        part = part_of_kind(kinds[file], layout) or FileLayout()
        tables[file.casefold()] = _make_table(
            merged.rows, kinds[file], part=part, official=official, center_id=center_id
        )
    return MadeTables(tables=tables, said=said, notices=tuple(notices))


def _merge(frame: pl.DataFrame, kind: Kind) -> Merged:
    if frame.width > _MOST_MEMBERS:
        raise InputError(
            f"The objects of {kind.name} have {frame.width - 2:,} different members, more than {_MOST_MEMBERS:,}.",
            advice="Perhaps an object has ids as the names of its members; HSDS has a list of objects there.",
        )
    return merge_rows(frame, owner_columns=_OWNERS)


def _make_table(frame: pl.DataFrame, kind: Kind, *, part: FileLayout, official: list[str], center_id: str) -> Table:
    names = {name for name in frame.columns if name not in (FILE, LINE)}
    # The order of the specification, then all others in the alphabet, so that the order of the objects does not matter.
    known = hsds_tables()[kind.name].column_names() if kind.name in KINDS else []
    wanted = {*names, *part.required_columns, *_always_said(part), *official}
    header = [name for name in known if name in wanted] + sorted(wanted - set(known))
    blank = pl.lit("", dtype=pl.String)
    rows = frame.select(
        pl.lit(center_id).alias("center_id"),
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        # The raw row is the whole record, which is kept with its file.
        blank.alias("row_hash"),
        blank.alias("text"),
        *(
            (pl.col(name).fill_null("") if name in names else blank).alias(cell_name(place))
            for place, name in enumerate(header)
        ),
    )
    raw = rows.columns[:5]
    parsed = ParsedTable(
        header=tuple(header),
        rows=rows.select(raw),
        cells=rows.drop(raw),
        rejects=empty_table(RawReject),
        blank_count=0,
        newline="LF",
        separator="",
    )
    return Table(
        name=kind.file,
        header=name_columns(header),
        parsed=parsed,
        sha256="",
        bytes_count=0,
        encoding="utf-8",
        layout=part,
    )


def _always_said(part: FileLayout) -> list[str]:
    """Return the columns of whose blank cells the layout makes a word, such as the kind of an address."""
    cells = [cell for _, child in part.children() for cell in child.cells.values() if cell.otherwise]
    return [column for cell in cells for column in cell.columns]


def _list(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"
