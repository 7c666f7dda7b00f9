"""What the nights since a form was written have shown: by it an item stays done though the value changes again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from pipeline.outreach.packet_fields import FIELDS
from pipeline.outreach.packet_keys import add_keys

Key = tuple[str, str, str]

#: Fields of the history whose names differ from those of the form, or that stand for several of them.
_FORM_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    **{one.field: (one.field,) for one in FIELDS},
    "address": ("address", "mailing", "other_address"),
    "contact": ("director", "contact"),
    "area_served": ("area",),
    "area_served_units": ("area",),
    "payment_methods": ("payment",),
}
_RECORD = ("center_id", "kind", "record_uid")
_COMPARE: Final[Mapping[str, str]] = {one.field: one.compare for one in FIELDS}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What nights have shown. Make it with `seen_in`.

    Attributes:
        values: Day and comparison forms of values that came, by record and field of the form, the earliest first.
        verified: Verification day and the night that showed it first, by record.
        ended: Last night on which the record changed its status or left.
    """

    values: Mapping[tuple[Key, str], tuple[tuple[date, frozenset[str]], ...]]
    verified: Mapping[Key, tuple[tuple[date, date], ...]]
    ended: Mapping[Key, date]

    def value_on(self, record: Key, field: str, wanted: str, *, since: date) -> date | None:
        """Return the first night after a day that showed a value; None when none did.

        Args:
            record: Center, kind and record.
            field: Field of the form.
            wanted: Comparison form of the value.
            since: Day of the directory on the form.
        """
        words = frozenset(wanted.split())
        is_address = _COMPARE.get(field) == "address" and not wanted.startswith("=")
        for on, keys in self.values.get((record, field), ()):
            # The history tells more of an address than the form: its county and country.
            holds = wanted in keys or (is_address and any(words <= frozenset(key.split()) for key in keys))
            if on > since and holds:
                return on
        return None

    def verified_on(self, record: Key, day: date) -> date | None:
        """Return the first night that showed a verification of a day or later; None when none did."""
        nights = [seen_on for verified, seen_on in self.verified.get(record, ()) if verified >= day]
        return min(nights, default=None)


def seen_in(changes: pl.DataFrame, verifications: pl.DataFrame) -> Seen:
    """Return what nights have shown.

    Args:
        changes: `schemas.history.FieldChange` of the records asked about.
        verifications: `schemas.history.Verification` of the records asked about.
    """
    mapping = pl.DataFrame(
        [(name, field, _COMPARE[field]) for name, fields in _FORM_FIELDS.items() for field in fields],
        schema=dict.fromkeys(("base", "form_field", "compare"), pl.String),
        orient="row",
    )
    came = add_keys(
        changes.filter(pl.col("now").is_not_null())
        .with_columns(
            base=pl.col("field").str.split(".").list.first(),
            text=pl.col("now").str.replace_all("; ", ", ", literal=True),
        )
        .join(mapping, on="base", how="inner"),
        text="text",
    ).sort("as_of")
    values: dict[tuple[Key, str], list[tuple[date, frozenset[str]]]] = {}
    for center, kind, uid, field, on, keys in came.select(*_RECORD, "form_field", "as_of", "keys").iter_rows():
        values.setdefault(((center, kind, uid), field), []).append((on, frozenset(keys)))
    verified: dict[Key, list[tuple[date, date]]] = {}
    for center, kind, uid, day, on in verifications.select(*_RECORD, "verified_on", "first_seen_on").iter_rows():
        verified.setdefault((center, kind, uid), []).append((day, on))
    ends = changes.filter((pl.col("change") == "removed") | (pl.col("field") == "status"))
    ended = {
        (center, kind, uid): on
        for center, kind, uid, on in ends.group_by(_RECORD)
        .agg(pl.col("as_of").max())
        .select(*_RECORD, "as_of")
        .iter_rows()
    }
    return Seen(
        values={key: tuple(rows) for key, rows in values.items()},
        verified={key: tuple(rows) for key, rows in verified.items()},
        ended=ended,
    )
