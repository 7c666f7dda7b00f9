"""What must be known of a whole directory before some of its bundles are made: codes of owners, shared numbers, ids in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.publish.ndp_ids import ids_in_use, owner_prefixes
from pipeline.publish.ndp_numbers import Columns, later_bearers
from pipeline.publish.public_directory import PublicDirectory
from schemas.ndp_parameters import NdpParameters


@dataclass(frozen=True, kw_only=True)
class NdpOverview:
    """What the records of all blocks of a directory are made with.

    Args:
        center_ids: Centers of the whole, sorted.
        agency: The different record owners of all agencies: `center_id`, `record_owner`; one row each, whatever the number of agencies.
        prefixes: Center -> the code that stands before its numbers.
        later: Records that do not get their plain number, because another record of the whole bears it already: `kind`, `center_id`,
            `record_uid`. Few in most directories.
        taken: For a list of what is gone: those of its plain ids that a record of the whole bears (`id`); None when nothing was asked.
    """

    center_ids: tuple[str, ...]
    agency: pl.DataFrame
    prefixes: Mapping[str, str]
    later: pl.DataFrame
    taken: pl.DataFrame | None


@dataclass(frozen=True, kw_only=True)
class _Agencies:
    center_ids: tuple[str, ...]
    agency: pl.DataFrame


def ndp_overview(
    columns: Columns,
    *,
    center_ids: Sequence[str],
    parameters: NdpParameters,
    removed: pl.DataFrame | None = None,
) -> NdpOverview:
    """Look at narrow columns of a whole directory.

    Args:
        columns: Gives columns of a table of records (`agency`, `site`, `service`, `service_at_site`) of the whole, of the records that
            may leave and of no others, with the values of `PublicDirectory`: a number that only a withheld record shares is not shared.
            Asked for one kind after the other and not kept; the columns of one kind are in memory at one time, beside eight bytes per
            record.
        center_ids: Centers of the whole, those without a record that leaves too.
        parameters: Codes of owners.
        removed: Records that are gone since the last export (`kind`, `center_id`, `record_uid`, `native_id`); None when not asked.

    Raises:
        UsageError: A center has no code that could stand before its numbers, or two have the same.
    """
    agencies = _Agencies(
        center_ids=tuple(sorted(center_ids)),
        agency=columns("agency", ["center_id", "record_owner"]).unique().sort("center_id", "record_owner"),
    )
    gone = [] if removed is None else sorted(removed["center_id"].unique())
    prefixes = owner_prefixes(agencies, parameters=parameters, further_centers=gone)
    later = later_bearers(columns)
    return NdpOverview(
        center_ids=agencies.center_ids,
        agency=agencies.agency,
        prefixes=prefixes,
        later=later,
        taken=None if removed is None else ids_in_use(columns, removed, prefixes=prefixes, later=later),
    )


def overview_of(
    public: PublicDirectory, *, parameters: NdpParameters, removed: pl.DataFrame | None = None
) -> NdpOverview:
    """Return the same for a directory that is in memory as a whole."""
    frames = public.records()
    return ndp_overview(
        lambda kind, names: frames[kind].select(names),
        center_ids=public.center_ids,
        parameters=parameters,
        removed=removed,
    )
