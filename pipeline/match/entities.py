"""The neutral form in which agencies and the rows of a plain list are compared.

An *entity* is whatever is compared: an agency of a directory, or a row of a list. Entities are numbered 0, 1, 2, … in the order
of (center, uid), so that a pair with the smaller number first is in the promised order whatever order the rows came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

#: Columns and dtypes of the frames of `Entities`.
ENTITY_SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.UInt32(),
    "center_id": pl.String(),
    "uid": pl.String(),
    "name": pl.String(),
    "status": pl.String(),
    "parent": pl.UInt32(),
    "parent_key": pl.String(),
}
NAME_SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.UInt32(),
    "shown": pl.String(),
    "text": pl.String(),
    "is_main": pl.Boolean(),
}
CONTACT_SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.UInt32(),
    "signal": pl.String(),
    "key": pl.String(),
    "shown": pl.String(),
    "is_private": pl.Boolean(),
    "is_own": pl.Boolean(),
}
PLACE_SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.UInt32(),
    "address_key": pl.String(),
    "house_number": pl.String(),
    "street": pl.String(),
    "city": pl.String(),
    "postal_code": pl.String(),
    "shown": pl.String(),
    "is_private": pl.Boolean(),
    "is_own": pl.Boolean(),
}
CODE_SCHEMA: dict[str, pl.DataType] = {"entity": pl.UInt32(), "code": pl.String()}
PROGRAM_SCHEMA: dict[str, pl.DataType] = {"entity": pl.UInt32(), "shown": pl.String(), "text": pl.String()}


@dataclass(frozen=True, kw_only=True)
class Entities:
    """What is compared.

    Attributes:
        entity: One row per entity, in order of its number: who it is. `parent` is the number of its parent entity,
            `parent_key` names the parent even when it is not among the entities.
        name: One row per known name of an entity (`is_main` marks the name it goes by); `text` is what is compared.
        contact: One row per entity and phone, email, domain or ein; `is_own` is false when only a site or service has it.
        place: One row per entity and address.
        code: Entities and taxonomy codes of their services; rows may be repeated.
        program: Entities and names of their services; rows may be repeated.
    """

    entity: pl.DataFrame
    name: pl.DataFrame
    contact: pl.DataFrame
    place: pl.DataFrame
    code: pl.DataFrame
    program: pl.DataFrame

    @property
    def count(self) -> int:
        """Number of entities."""
        return self.entity.height


def frame_of(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the frame with the columns of the schema, in a fixed row order and without repeated rows."""
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items()]
    return frame.lazy().select(columns).unique().collect(engine="streaming").sort(list(schema), nulls_last=True)
