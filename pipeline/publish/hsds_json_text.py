"""JSON text made column by column: strings that any reader understands, numbers as they stand, objects without empty members.

Texts of a million objects are put together from the inside out by polars alone; no row is visited by Python. Objects are handed on
as bodies, `"a":1,"b":"c"`, and get their braces where they are put, so that no text is copied for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

import polars as pl

from pipeline.publish.hsds_json_links import ROW
from schemas.errors import ContractError

#: Characters that may not stand in a JSON string as they are (RFC 8259, section 7), and what is written for them.
ESCAPES: Mapping[str, str] = {
    **{chr(code): f"\\u{code:04x}" for code in range(0x20)},
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_NUMBER = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
_LEADING_ZEROS = r"^(-?)0+([0-9])"


class Shape(Enum):
    """What the filled cells of a column need before they can be JSON."""

    NUMBER = "number"
    PLAIN = "plain"
    ESCAPED = "escaped"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """How the cells of one column are written.

    Args:
        name: Name of the column, and of the member.
        shape: What filled cells need; None when no cell is filled.
        has_blanks: Whether a cell is the empty text, which counts as empty.
    """

    name: str
    shape: Shape | None
    has_blanks: bool

    def member(self) -> pl.Expr:
        """Return `"name":value` per row; null where the cell is empty."""
        cell = _filled(pl.col(self.name)) if self.has_blanks else pl.col(self.name)
        if self.shape is Shape.NUMBER:
            return pl.concat_str(pl.lit(f'"{self.name}":'), _plain_number(cell))
        text = cell.str.replace_many(ESCAPES) if self.shape is Shape.ESCAPED else cell
        return pl.concat_str(pl.lit(f'"{self.name}":"'), text, pl.lit('"'))


def look_at_cells(frame: pl.DataFrame, *, numbers: Collection[str], table: str) -> dict[str, Cells]:
    """Return how the cells of some columns are written, by name.

    Args:
        frame: Text; null means empty.
        numbers: Columns for which the JSON schema wants a number.
        table: Name of the table, for the message.

    Raises:
        ContractError: A cell of a number column is no number; the pre-flight lets none pass.
    """
    filled = [cells.name for cells in frame if cells.null_count() < len(cells)]
    asked = frame.select(
        question.alias(f"{name} {place}")
        for name in filled
        for place, question in enumerate(_questions(name, is_number=name in numbers))
    )
    answers = iter(asked.row(0)) if filled else iter(())
    looked = {name: Cells(name=name, shape=None, has_blanks=False) for name in frame.columns}
    for name in filled:
        count, has_blanks, odd = (next(answers) for _ in range(3))
        if odd and name in numbers:
            raise ContractError(f"{odd} cells of {table}.{name} are no plain numbers and cannot be JSON numbers.")
        shape = Shape.NUMBER if name in numbers else Shape.ESCAPED if odd else Shape.PLAIN
        looked[name] = Cells(name=name, shape=shape if count else None, has_blanks=has_blanks)
    return looked


def _questions(name: str, *, is_number: bool) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return how many cells are filled, whether one is blank, and how many cannot be written as they are."""
    cell = _filled(pl.col(name))
    is_odd = ~_plain_number(cell).str.contains(_NUMBER) if is_number else cell.str.contains_any(list(ESCAPES))
    return cell.count(), (pl.col(name) == "").any(), is_odd.sum()


def _filled(cell: pl.Expr) -> pl.Expr:
    return pl.when(cell != "").then(cell)


def _plain_number(cell: pl.Expr) -> pl.Expr:
    """Return a number without leading zeros, which JSON does not know."""
    return cell.str.replace(_LEADING_ZEROS, "${1}${2}")


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Objects in the making: one per row.

    Args:
        rows: One column per member that is filled anywhere, with `"name":value`, null where it is empty.
    """

    rows: pl.DataFrame

    def without(self, *names: str) -> Objects:
        """Return them without some members."""
        return Objects(rows=self.rows.drop(names, strict=False))

    def only(self, *names: str) -> Objects:
        """Return them with some members alone."""
        return Objects(rows=self.rows.select(name for name in names if name in self.rows.columns))

    def having_object(self, name: str, bodies: pl.Series) -> Objects:
        """Return them with a member more that holds one object.

        Args:
            name: Name of the member.
            bodies: Body of the object; null where there is none.
        """
        member = pl.concat_str(pl.lit(f'"{name}":{{'), bodies, pl.lit("}"))
        return Objects(rows=self.rows.with_columns(member.alias(name)))

    def having_list(self, name: str, places: pl.Series, bodies: pl.Series) -> Objects:
        """Return them with a member more that holds a list of objects; those without objects do not have it.

        Args:
            name: Name of the member.
            places: Place of the owner of each object, rising.
            bodies: Body of each object.
        """
        if bodies.is_empty():
            return self
        member = pl.concat_str(pl.lit(f'"{name}":[{{'), pl.col("body").list.join("},{"), pl.lit("}]"))
        # Told that the places rise, the grouping needs no table of them.
        grouped = pl.DataFrame({"place": places.set_sorted(), "body": bodies}).group_by("place", maintain_order=True)
        lists = grouped.agg("body").select("place", member.alias("list"))
        found = pl.repeat(None, self.rows.height, dtype=ROW, eager=True)
        found = found.scatter(lists["place"], pl.int_range(lists.height, dtype=ROW, eager=True))
        return Objects(rows=self.rows.with_columns(lists["list"].gather(found).alias(name)))

    def bodies(self) -> pl.Series:
        """Return the members of each, sorted by name."""
        if not self.rows.columns:
            return pl.Series("body", dtype=pl.String)
        members = pl.concat_str(sorted(self.rows.columns), separator=",", ignore_nulls=True)
        return self.rows.select(members.alias("body"))["body"]

    def lines(self) -> pl.Series:
        """Return the JSON text of each."""
        return self.bodies().to_frame().select(pl.concat_str(pl.lit("{"), "body", pl.lit("}")).alias("line"))["line"]
