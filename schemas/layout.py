"""What a layout file says: which columns of an export mean which of our fields.

A layout is data, not code: the shipped ones describe iCarol and HSDS, a center writes its own as `mapping.toml`. A layout
either describes one flat table (a single `[[files]]` entry without `names`) or several files that are told apart by name.

    Layout
    ├── Conventions        how cells are written (`schemas.delivered`)
    ├── VersionRule        which files and columns prove a version
    └── FileLayout         one table
        ├── RecordRows     its lines are agencies, sites, services or services at sites
        ├── ChildRows      phones, addresses, contacts, taxonomy links and schedules on its lines
        ├── Collected      its cells are gathered into a cell of the owning record
        └── Cell           which columns fill one of our fields
            └── Lookup     the value stands in another file, found by key
"""

from __future__ import annotations

import difflib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.delivered import DELIVERED_COLUMNS, Conventions
from schemas.enumerations import AddressKind, RecordKind

#: Delivered tables whose rows belong to a record, by the key under which a layout file describes them.
CHILD_TABLES: dict[str, str] = {
    "phones": "phone",
    "addresses": "address",
    "contacts": "contact",
    "taxonomy_links": "taxonomy_link",
    "schedules": "schedule",
}

#: Columns that ingest fills by itself; a layout gives them no cell.
GIVEN_COLUMNS: frozenset[str] = frozenset({"kind", "owner_kind", "owner_native_id", "slot"})

#: A child row is made when at least one of these cells is filled.
KEEP_WHEN_FILLED: dict[str, tuple[str, ...]] = {
    "phone": ("number",),
    "address": (
        "attention",
        "line1",
        "line2",
        "city",
        "county",
        "postal_code",
        "latitude",
        "longitude",
        "directions",
    ),
    "contact": ("name", "title", "email", "phone"),
    "taxonomy_link": ("codes", "terms"),
    "schedule": ("text", "weekday", "opens_at", "closes_at"),
}


class LayoutPart(BaseModel):
    """Base of all parts of a layout: frozen, and unknown keys are refused so that a misspelt one cannot pass unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lookup(LayoutPart):
    """Where a delivered value is translated by another file.

    Attributes:
        files: Names of the file that holds the translation; the first that was delivered is used.
        key: Column of that file which is compared with the delivered value.
        value: Column that holds the translation; the first of these that the file has.
        or_key: Whether the delivered value itself stands when the file has no translation for it.
    """

    files: tuple[str, ...] = Field(min_length=1)
    key: str
    value: tuple[str, ...] = Field(min_length=1)
    or_key: bool = False


class Cell(LayoutPart):
    """How one of our fields is filled. In a file a plain text or list of texts stands for `columns`.

    Attributes:
        columns: Columns of the export.
        take: `first_column`: the first of the columns that the file has. `first_filled`: row by row the first that is not
            blank. `join`: all that are not blank, each text once.
        separator: What stands between joined texts.
        constant: Text given to every row; then there are no columns.
        only_with: The cell is carried only when the file has all of these columns too.
        kinds: The cell is meant for these record kinds only; null for the others. Empty: for all.
        words: Delivered word (case and outer blanks ignored) to our word.
        otherwise: What stands when the word is not listed; empty: the word as delivered.
        lookup: Translate the delivered value by another file.
        before: Words put before the text of single columns, such as `valid from `.
        first_of: Where the cell holds several values between which this text stands, only the first is meant. Whoever reads
            the notices is told how many cells that concerned.
        flags: Columns with yes or no, and the word that a yes stands for. The words fill the cell where the columns are blank.
    """

    columns: tuple[str, ...] = ()
    take: Literal["first_column", "first_filled", "join"] = "first_column"
    separator: str = "; "
    constant: str | None = None
    only_with: tuple[str, ...] = ()
    kinds: tuple[RecordKind, ...] = ()
    words: dict[str, str] = {}
    otherwise: str = ""
    lookup: Lookup | None = None
    before: dict[str, str] = {}
    first_of: str = ""
    flags: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_shorthand(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(value, str):
            return {"columns": [value]}
        if isinstance(value, list):
            return {"columns": value}
        if isinstance(value, dict) and isinstance(value.get("columns"), str):
            return value | {"columns": [value["columns"]]}
        return value

    @model_validator(mode="after")
    def _has_one_source(self) -> Cell:
        if bool(self.columns) == (self.constant is not None):
            raise ValueError("name either columns or a constant")
        strangers = [name for name in self.before if name not in self.columns]
        if strangers:
            raise ValueError(f"before names {', '.join(strangers)}, which is not among the columns of the cell")
        return self

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Columns that the cell is filled from."""
        return (*self.columns, *self.flags)


class Owner(LayoutPart):
    """Which record a child row belongs to: the record whose number stands in `column`.

    Attributes:
        column: Column with the owner's native id; blank cells mean that the row does not belong to a record of this kind.
        kind: Record kind of the owner.
        kind_column: Column that tells the owner's kind where one file serves several kinds.
        kind_words: Words in `kind_column` (case ignored) and their record kinds.
    """

    column: str
    kind: RecordKind | None = None
    kind_column: str = ""
    kind_words: dict[str, RecordKind] = {}

    @model_validator(mode="after")
    def _has_one_kind(self) -> Owner:
        if (self.kind is None) != bool(self.kind_column and self.kind_words):
            raise ValueError("name either kind or kind_column with kind_words")
        return self


class Mark(LayoutPart):
    """A sign in a text that says more about the record than its status does, such as `DEL ` before a description.

    Attributes:
        field: Field of the record whose text starts with the sign.
        start: The sign, compared exactly.
        status: Status word that the record then has, one of `status_words`.
    """

    field: str
    start: str = Field(min_length=1)
    status: str


class RecordRows(LayoutPart):
    """Lines that are records.

    Attributes:
        kind: Record kind of every line; or
        kind_column, kind_words: Column that tells the kind, and its words. A line with another word is rejected.
        cells: Our fields (`DELIVERED_COLUMNS["record"]`) and what fills them. `native_id` must be among them.
        link_only_when_blank: Fields that must all be blank for a service at a site to carry nothing of its own. When given,
            `link_only` is worked out: nothing in these fields, and no child row or collected text belongs to the record.
        marks: Signs in texts that change the status of a record.
        split: A field that may name several records in one cell, and what stands between them; one record is made for each,
            and its number gets the name behind a colon.
    """

    kind: RecordKind | None = None
    kind_column: str = ""
    kind_words: dict[str, RecordKind] = {}
    cells: dict[str, Cell]
    link_only_when_blank: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    split: dict[str, str] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> RecordRows:
        if (self.kind is None) != bool(self.kind_column and self.kind_words):
            raise ValueError("name either kind or kind_column with kind_words")
        if "native_id" not in self.cells:
            raise ValueError("a record needs a cell for native_id")
        _refuse_unknown_fields("record", self.cells)
        _refuse_unknown_fields("record", self.link_only_when_blank)
        _refuse_unknown_fields("record", [mark.field for mark in self.marks])
        _refuse_unknown_fields("record", self.split)
        return self

    @property
    def kinds(self) -> tuple[RecordKind, ...]:
        """Record kinds that the lines can be, in the order of the enumeration."""
        found = {self.kind} if self.kind is not None else set(self.kind_words.values())
        return tuple(kind for kind in RecordKind if kind in found)


class ChildRows(LayoutPart):
    """Phones, addresses, contacts, taxonomy links or schedules that stand on the lines of a file.

    Attributes:
        slot: What tells the row from its siblings of the same record, such as the column name of the number. Empty: the
            file's `id_column`, or a hash of the line where that is blank.
        of: Record kind on the same line to which the row belongs, where a line makes several records.
        owners: Owning records of other files. The first whose column is filled owns the row. Empty: the record of the line.
        cells: Our fields of the child table and what fills them.
        where: Only lines whose cell in the column is one of the words (case ignored; `""` is blank).
        split: Fields whose cell is split at the given separator, one row for each part.
    """

    slot: str = ""
    of: RecordKind | None = None
    owners: tuple[Owner, ...] = ()
    cells: dict[str, Cell]
    where: dict[str, tuple[str, ...]] = {}
    split: dict[str, str] = {}


class Collected(LayoutPart):
    """Cells that are gathered, each text once and in alphabetical order, into one cell of the owning record.

    Attributes:
        into: Field of the record, such as `languages`; with `into_contact`, field of the contact.
        into_contact: Whether the owner is a contact row, found by the `id_column` of its file.
        owners: Columns with the owner's id. Every filled one gets the text. For contacts `kind` is ignored.
        columns: Columns of the text.
        take: As in `Cell`.
        before: Words put before the text of single columns, such as `maximum: `.
        joined_by: What stands between the texts of several columns of one line.
        separator: What stands between the texts of several lines.
        where: Only lines whose cell in the column is one of the words (case ignored; `""` is blank).
        pick: `all`: every text. `first`: the first in the alphabet. `latest`: the last in the alphabet, which for days written
            `2026-08-04` is the latest; other texts count only when there is no such day.
        only_when_blank: The text counts only where the record's own cell is blank. The export then carries the field only for
            kinds of records of which a line speaks, so that an empty table does not make every record unverified.
    """

    into: str
    into_contact: bool = False
    owners: tuple[Owner, ...] = Field(min_length=1)
    columns: tuple[str, ...] = Field(min_length=1)
    take: Literal["first_filled", "join"] = "first_filled"
    before: dict[str, str] = {}
    joined_by: str = " "
    separator: str = "; "
    where: dict[str, tuple[str, ...]] = {}
    pick: Literal["all", "first", "latest"] = "all"
    only_when_blank: bool = False

    @model_validator(mode="after")
    def _names_a_field(self) -> Collected:
        _refuse_unknown_fields("contact" if self.into_contact else "record", (self.into,))
        return self


class FileLayout(LayoutPart):
    """One table of an export.

    Attributes:
        names: File names under which it comes, compared without case; empty in a flat layout, where any name will do.
        required: Whether an export without this file is refused.
        required_columns: Columns without which the file is refused.
        raw_only_columns: Known columns that have no target on purpose; no notice is given about them.
        expected_columns: Patterns (`Custom_*`) of columns that a center may add; they stay in raw and are told in one notice.
        raw_only: The whole file is known and has no target on purpose.
        id_column: Column with the identifier of the line; used for the slot of child rows.
        owner_separator: What stands between several owners in one cell; empty: a cell names one owner.
        records: Lines as records; several when one line holds several records.
        phones, addresses, contacts, taxonomy_links, schedules: Lines as child rows.
        collected: Lines gathered into cells of their owners.
    """

    names: tuple[str, ...] = ()
    required: bool = False
    required_columns: tuple[str, ...] = ()
    raw_only_columns: tuple[str, ...] = ()
    expected_columns: tuple[str, ...] = ()
    raw_only: bool = False
    id_column: str = ""
    owner_separator: str = ""
    records: tuple[RecordRows, ...] = ()
    phones: tuple[ChildRows, ...] = ()
    addresses: tuple[ChildRows, ...] = ()
    contacts: tuple[ChildRows, ...] = ()
    taxonomy_links: tuple[ChildRows, ...] = ()
    schedules: tuple[ChildRows, ...] = ()
    collected: tuple[Collected, ...] = ()

    @model_validator(mode="after")
    def _children_are_whole(self) -> FileLayout:
        kinds = {kind for rows in self.records for kind in rows.kinds}
        for key, table in CHILD_TABLES.items():
            for rows in getattr(self, key):
                _refuse_unknown_fields(table, rows.cells)
                _refuse_unknown_fields(table, rows.split)
                _check_child(table, rows, file=self, kinds=kinds)
        return self

    def children(self) -> list[tuple[str, ChildRows]]:
        """Return the child rows of the file, each with the name of its delivered table."""
        return [(table, rows) for key, table in CHILD_TABLES.items() for rows in getattr(self, key)]

    @property
    def mapped_columns(self) -> tuple[str, ...]:
        """Columns of the export that feed a field, an owner, a condition or a kind; none twice."""
        found: dict[str, None] = dict.fromkeys(self.required_columns)
        if self.id_column:
            found[self.id_column] = None
        for rows in self.records:
            found |= dict.fromkeys((rows.kind_column,) if rows.kind_column else ())
            found |= _columns_of_cells(rows.cells)
        for _, child in self.children():
            found |= _columns_of_owners(child.owners) | _columns_of_cells(child.cells) | dict.fromkeys(child.where)
        for part in self.collected:
            found |= _columns_of_owners(part.owners) | dict.fromkeys(part.columns) | dict.fromkeys(part.where)
        return tuple(found)


class Condition(LayoutPart):
    """Proof of a version: all named files and columns are there.

    Attributes:
        files: File names.
        columns: File name to column names.
    """

    files: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]] = {}


class VersionRule(LayoutPart):
    """A version of the layout and what proves it. The first rule of which one condition holds decides.

    Attributes:
        version: Version as reported.
        when_any: Conditions of which one must hold.
        refused: Why such an export is not read; empty when it is.
    """

    version: str
    when_any: tuple[Condition, ...] = Field(min_length=1)
    refused: str = ""


class Layout(LayoutPart):
    """An export layout.

    Attributes:
        name: Short name, as given to `--format` and shown in results.
        title: Name for messages.
        key_columns: Columns by which a flat file is recognized; all must be there.
        document: Reader that makes the tables of documents of another kind (`airs`: AIRS XML), under the names given in
            `[[files]]`; empty: the files of the export are the tables.
        every_column_required: Whether a mapped column that the export lacks stops the run. True unless said otherwise, so
            that a misspelt column in a mapping file is not taken for a column that is not delivered.
        conventions: How cells are written.
        versions: How versions are told apart.
        files: The tables.
    """

    name: str = Field(min_length=1)
    title: str = ""
    key_columns: tuple[str, ...] = ()
    document: Literal["", "airs"] = ""
    every_column_required: bool = True
    conventions: Conventions = Conventions()
    versions: tuple[VersionRule, ...] = ()
    files: tuple[FileLayout, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _files_are_told_apart(self) -> Layout:
        if len(self.files) > 1 and not all(file.names for file in self.files):
            raise ValueError("with several [[files]] each needs names")
        names = [name.casefold() for file in self.files for name in file.names]
        if len(names) != len(set(names)):
            raise ValueError("a file name stands in two [[files]]")
        if not any(file.records for file in self.files):
            raise ValueError("no file has records")
        return self

    @property
    def is_flat(self) -> bool:
        """Whether the layout describes a single table whose file may have any name."""
        return not self.files[0].names


def _check_child(table: str, rows: ChildRows, *, file: FileLayout, kinds: set[RecordKind]) -> None:
    if not rows.owners and not kinds:
        raise ValueError(f"{table} rows need owners, because the file has no records")
    if not rows.owners and rows.of is None and len(file.records) > 1:
        raise ValueError(f"{table} rows must say of which record they are, because a line makes several")
    if rows.of is not None and rows.of not in kinds:
        raise ValueError(f"{table} rows belong to {rows.of}, which the file does not have")
    if not rows.slot and not rows.owners:
        raise ValueError(f"{table} rows on a record's own line need a slot")
    needed = {"address": "address_kind", "contact": "role"}.get(table)
    if needed is not None and needed not in rows.cells:
        raise ValueError(f"{table} rows need a cell for {needed}")
    if table == "address":
        cell = rows.cells["address_kind"]
        given = {cell.constant} if cell.constant is not None else {*cell.words.values(), cell.otherwise}
        if not given <= set(AddressKind):
            raise ValueError(f"address_kind must be one of {', '.join(AddressKind)}")


def _refuse_unknown_fields(table: str, fields: Any) -> None:  # noqa: ANN401 - dict or tuple of names
    allowed = [name for name in DELIVERED_COLUMNS[table] if name not in GIVEN_COLUMNS]
    unknown = [name for name in fields if name not in allowed]
    if unknown:
        close = difflib.get_close_matches(unknown[0], allowed, n=1)
        near = f" (nearest: {close[0]})" if close else ""
        raise ValueError(f"{table} has no field {', '.join(unknown)}{near}; its fields are {', '.join(allowed)}")


def _columns_of_cells(cells: dict[str, Cell]) -> dict[str, None]:
    return dict.fromkeys(column for cell in cells.values() for column in cell.all_columns)


def _columns_of_owners(owners: tuple[Owner, ...]) -> dict[str, None]:
    found = dict.fromkeys(owner.column for owner in owners)
    return found | dict.fromkeys(owner.kind_column for owner in owners if owner.kind_column)
