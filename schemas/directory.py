"""A directory: the canonical tables of one or many centers, held together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from schemas.contract import conform, empty_table
from schemas.core import CORE_TABLES

#: Columns of `Directory.records()`: those that agencies, sites and services share and that measures and lists need.
RECORD_COLUMNS: tuple[str, ...] = (
    "center_id",
    "record_uid",
    "native_id",
    "kind",
    "agency_uid",
    "origin",
    "name",
    "status",
    "is_counted",
    "not_counted_reason",
    "record_owner",
    "curator",
    "county",
    "created_on",
    "edited_on",
    "verified_on",
    "withheld_reason",
    "is_confidential_place",
)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The canonical tables (see `schemas.core`), each keeping its contract."""

    agency: pl.DataFrame
    site: pl.DataFrame
    service: pl.DataFrame
    service_at_site: pl.DataFrame
    phone: pl.DataFrame
    address: pl.DataFrame
    contact: pl.DataFrame
    taxonomy_link: pl.DataFrame
    schedule: pl.DataFrame
    translation: pl.DataFrame

    @classmethod
    def of(cls, **tables: pl.DataFrame) -> Directory:
        """Return a directory of the given tables, checked; tables not given are empty.

        Raises:
            ContractError: A table breaks its contract.
        """
        return cls(
            **{
                name: conform(tables[name], model) if name in tables else empty_table(model)
                for name, model in CORE_TABLES.items()
            }
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables by name, in the order in which they refer to each other."""
        return {name: getattr(self, name) for name in CORE_TABLES}

    def records(self, *kinds: str) -> pl.DataFrame:
        """Return one row per agency, site, service and service at site with `RECORD_COLUMNS`; only `kinds` when given."""
        names = kinds or ("agency", "site", "service", "service_at_site")
        tables = self.tables()
        return pl.concat([tables[name].select(RECORD_COLUMNS) for name in names])

    def of_center(self, center_id: str) -> Directory:
        """Return the part of the directory that one center delivered."""
        return Directory(
            **{name: table.filter(pl.col("center_id") == center_id) for name, table in self.tables().items()}
        )

    def of_centers(self, center_ids: Iterable[str]) -> Directory:
        """Return the part of the directory that the named centers delivered."""
        wanted = pl.col("center_id").is_in(list(center_ids))
        return Directory(**{name: table.filter(wanted) for name, table in self.tables().items()})

    def without_centers(self, center_ids: Iterable[str]) -> Directory:
        """Return the directory without what the named centers delivered."""
        left_out = pl.col("center_id").is_in(list(center_ids))
        return Directory(**{name: table.filter(~left_out) for name, table in self.tables().items()})


def join_directories(directories: Iterable[Directory]) -> Directory:
    """Return one directory with the rows of all; the centers must differ."""
    parts = list(directories)
    if not parts:
        return Directory.of()
    return Directory(**{name: pl.concat([part.tables()[name] for part in parts]) for name in CORE_TABLES})
