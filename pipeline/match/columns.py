"""Which part of a directory the comparison of agencies looks at."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.directory import Directory

_RECORD = ("center_id", "record_uid", "kind", "withheld_reason", "is_confidential_place", "email", "url_domain_key")
_PART = (*_RECORD, "agency_uid")
_OWNED = ("center_id", "owner_kind", "owner_uid")

#: Columns that `entities_of_directory` reads, by table; tables and columns not named here may be left out of what is handed over.
MATCH_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agency": (*_RECORD, "origin", "name", "name_key", "aka", "status", "parent_uid", "parent_native_id", "ein"),
    "site": (*_PART, "is_address_private"),
    "service": (*_PART, "name", "name_key"),
    "service_at_site": _PART,
    "phone": (*_OWNED, "e164", "number_written", "is_private"),
    "address": (*_OWNED, "line1", "city", "postal_code", "house_number_key", "address_key", "is_private"),
    "contact": (*_OWNED, "email", "is_private"),
    "taxonomy_link": (*_OWNED, "code"),
}


def compared_columns(directory: Directory) -> Directory:
    """Return the directory with `MATCH_COLUMNS` alone; tables that are not compared are empty.

    A directory of many agencies is several times as large with all its texts. The result keeps no contract of `schemas.core` and is
    good for matching only.
    """
    return Directory(
        **{
            name: table.select(MATCH_COLUMNS[name]) if name in MATCH_COLUMNS else table.clear()
            for name, table in directory.tables().items()
        }
    )
