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

    def of_agencies(self, keys: Iterable[tuple[str, str]]) -> Directory:
        """Return the named agencies with their sites and services and all that belongs to them; translations are left out.

        Args:
            keys: (center id, record uid) of agencies; unknown ones are passed over.
        """
        wanted = pl.DataFrame(sorted(set(keys)), schema={"center_id": pl.String, "agency_uid": pl.String}, orient="row")
        on = ["center_id", "agency_uid"]
        records = {
            "agency": self.agency.join(wanted, left_on=["center_id", "record_uid"], right_on=on, how="semi"),
            **{
                name: getattr(self, name).join(wanted, on=on, how="semi")
                for name in ("site", "service", "service_at_site")
            },
        }
        owners = pl.concat([table.select("center_id", "kind", "record_uid") for table in records.values()])
        owned = {
            name: getattr(self, name).join(
                owners,
                left_on=["center_id", "owner_kind", "owner_uid"],
                right_on=["center_id", "kind", "record_uid"],
                how="semi",
            )
            for name in ("phone", "address", "contact", "taxonomy_link", "schedule")
        }
        return Directory(**records, **owned, translation=self.translation.clear())


def join_directories(directories: Iterable[Directory]) -> Directory:
    """Return one directory with the rows of all; the centers must differ."""
    parts = list(directories)
    if not parts:
        return Directory.of()
    return Directory(**{name: pl.concat([part.tables()[name] for part in parts]) for name in CORE_TABLES})
