"""The contact table: one row per person or office named."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.privacy import read_private_flags
from pipeline.normalize.text import one_line
from schemas.delivered import Conventions

#: Role of a contact whose role the export does not give.
UNNAMED_ROLE = "contact"


def build_contacts(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the contact table and its notes; a contact without name, title, e-mail and phone gives no row.

    Args:
        delivered: The delivered contact frame.
        owners: Records the contacts belong to.
        conventions: Texts that mean empty.
    """
    columns = ("name", "title", "email", "phone")
    owned, notes = attach_owners(delivered, table="contact", owners=owners, conventions=conventions)
    cleaned = owned.with_columns(one_line(owned[name]) for name in (*columns, "role"))
    rows = cleaned.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns))
    is_private, flag_notes = read_private_flags(rows, field="contact.is_private")
    named = rows.with_columns(is_private.alias("is_private"), pl.col("role").fill_null(UNNAMED_ROLE))
    return number_rows(named, table="contact"), notes + flag_notes
