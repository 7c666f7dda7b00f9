"""Who owns and who manages the records of a bundle, by code and by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.ndp_ids import Agencies, sole_owner
from pipeline.publish.ndp_text import plain
from schemas.ndp_parameters import NdpParameters


@dataclass(frozen=True, kw_only=True)
class NdpOwners:
    """Codes and names.

    Args:
        prefixes: Center -> its code.
        names: Code of an owner -> name shown.
        steward_code: Code of the steward; empty: the owner.
        steward_name: Name of the steward; empty: as `names` say.
    """

    prefixes: Mapping[str, str]
    names: Mapping[str, str]
    steward_code: str
    steward_name: str

    def owner(self) -> pl.Expr:
        """Return the owner of agencies: their record owner, else the code of their center."""
        return pl.coalesce(
            plain(pl.col("record_owner")),
            pl.col("center_id").replace_strict(self.prefixes, default=None, return_dtype=pl.String),
        )

    def with_names(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add `dataOwnerDisplayName`, `dataSteward`, `dataStewardDisplayName` to rows with `dataOwner`; null where unknown."""
        steward = pl.lit(self.steward_code) if self.steward_code else pl.col("dataOwner")
        named = rows.with_columns(steward.alias("dataSteward"))
        steward_name = pl.lit(self.steward_name) if self.steward_name else self._name("dataSteward")
        return named.with_columns(
            self._name("dataOwner").alias("dataOwnerDisplayName"), steward_name.alias("dataStewardDisplayName")
        )

    def _name(self, column: str) -> pl.Expr:
        return pl.col(column).replace_strict(self.names, default=None, return_dtype=pl.String)


def ndp_owners(public: Agencies, *, parameters: NdpParameters, prefixes: Mapping[str, str]) -> NdpOwners:
    """Return codes and names from the settings.

    `owner_name` is shown for the code of the one center of the export and for the record owner that all its agencies have.
    """
    names: dict[str, str] = {}
    if parameters.owner_name and len(public.center_ids) == 1:
        center = public.center_ids[0]
        own = (prefixes.get(center), sole_owner(public.agency, center))
        names |= {code: parameters.owner_name for code in own if code}
    return NdpOwners(
        prefixes=prefixes,
        names=names | parameters.owner_names,
        steward_code=parameters.steward_code,
        steward_name=parameters.steward_name,
    )
