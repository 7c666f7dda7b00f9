"""A package ready to be written, whatever its format: what is in it, what is not and why, and how its files are made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeVar

import polars as pl

from pipeline.publish.preflight import Preflight
from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from pipeline.publish.public_records import KEY, Selection
from schemas.errors import ContractError
from schemas.private_values import PrivateValues

#: Columns of the list of what is left out.
WITHHELD_COLUMNS = (*KEY, "kind", "reason", "rule_id")


@dataclass(frozen=True, kw_only=True)
class Package(ABC):
    """A package of one target, whether it was made of one directory or put together from parts.

    Args:
        target: `hsds`, `hsds-json`, `airs` or `ndp`.
        version: Version of the format.
        run_id: The run it comes from.
        names: Kind of record -> name under which it is counted for this target (`organization`, `Agency`).
        withheld: One row per record of the delivery that is not in the package: `center_id`, `record_uid`, `kind`, `reason`,
            `rule_id`. Sorted. No values.
        rows: Rows, objects or elements written, by table.
        removed_values: Values left out of records that are written, by reason.
        preflight: What the checks found.
        settings: Settings that shaped the package, as JSON values.
        notes: Further members of the manifest, as JSON values.
        write_files: Writes every file of the package but manifest and pre-flight into an empty folder.
    """

    target: str
    version: str
    run_id: str
    names: Mapping[str, str]
    withheld: pl.DataFrame
    rows: Mapping[str, int]
    removed_values: Mapping[str, int]
    preflight: Preflight
    settings: Mapping[str, Any]
    write_files: Callable[[Path], None]
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    @abstractmethod
    def as_of(self) -> date:
        """Day the data speaks of."""

    @property
    @abstractmethod
    def center_ids(self) -> tuple[str, ...]:
        """Centers in it, sorted."""

    @property
    @abstractmethod
    def private_values(self) -> PrivateValues:
        """What must not be found in the written files."""

    @abstractmethod
    def delivered_by_kind(self) -> dict[str, int]:
        """Return the number of records of the delivery, by kind."""

    @abstractmethod
    def written_by_kind(self) -> dict[str, int]:
        """Return the number of records in the package, by kind."""

    def records(self) -> dict[str, int]:
        """Return the number of records in it, by the target's name for their kind."""
        counts = self.written_by_kind()
        return {self.names[kind]: int(counts.get(kind, 0)) for kind in RECORD_KINDS}

    def withheld_by_reason(self) -> dict[str, int]:
        """Return the number of records left out, by reason."""
        return dict(self.withheld.group_by("reason").len().sort("reason").iter_rows())

    def with_preflight(self, preflight: Preflight) -> Self:
        """Return the package with another pre-flight."""
        return replace(self, preflight=preflight)

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return by kind how many records were delivered, written and left out, with every difference explained."""
        delivered, written = self.delivered_by_kind(), self.written_by_kind()
        reasons = self.withheld.group_by("kind", "reason").len().sort("kind", "reason").rows()
        return {
            kind: {
                "delivered": int(delivered.get(kind, 0)),
                "written": int(written.get(kind, 0)),
                "withheld": {reason: count for of_kind, reason, count in reasons if of_kind == kind},
            }
            for kind in RECORD_KINDS
        }


@dataclass(frozen=True, kw_only=True)
class ExportPackage(Package):
    """A package made of what may leave of a directory, or of one block of it.

    Args:
        public: What may leave; the package was made from it.
        written: One row per record in the package: `kind`, `record_uid`.
        part: What is told to those who put this package and others together to one, when it is of one block of a directory only.
    """

    public: PublicDirectory
    written: pl.DataFrame
    part: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """Day the data speaks of."""
        return self.public.as_of

    @property
    def center_ids(self) -> tuple[str, ...]:
        """Centers in it, sorted."""
        return self.public.center_ids

    @property
    def private_values(self) -> PrivateValues:
        """What must not be found in the written files."""
        return self.public.private_values

    def delivered_by_kind(self) -> dict[str, int]:
        """Return the number of records of the delivery, by kind."""
        return dict(self.public.selection.records.group_by("kind").len().iter_rows())

    def written_by_kind(self) -> dict[str, int]:
        """Return the number of records in the package, by kind."""
        return dict(self.written.group_by("kind").len().iter_rows())


AnyPackage = TypeVar("AnyPackage", bound=Package)


def withheld_records(selection: Selection, *, later: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record left out, sorted by center, kind and id.

    Args:
        selection: The verdict on every record of the delivery.
        later: Records left out because of the format: `kind`, `record_uid`, `later` (the reason). Records that the selection keeps in
            already are passed over.
    """
    # Among records of one id only one copy leaves, so that id and kind name it.
    could_leave = selection.records.filter(pl.col("reason").is_null()).join(
        later.unique(["kind", "record_uid"], keep="first", maintain_order=True), on=["kind", "record_uid"], how="inner"
    )
    return (
        pl.concat(
            [
                selection.records.filter(pl.col("reason").is_not_null()),
                could_leave.with_columns(pl.col("later").alias("reason")).drop("later"),
            ]
        )
        .select(WITHHELD_COLUMNS)
        .sort("center_id", "kind", "record_uid")
    )


def check_counts(package: AnyPackage) -> AnyPackage:
    """Return the package when every record of the delivery is either written or listed as withheld.

    Raises:
        ContractError: One is in neither or in both: a bug of ours.
    """
    for kind, counts in package.counts().items():
        withheld = sum(counts["withheld"].values())
        if counts["delivered"] != counts["written"] + withheld:
            raise ContractError(
                f"Of {counts['delivered']} {kind} records {counts['written']} are in the package and {withheld} are listed as "
                "withheld; the counts must add up."
            )
    return package
