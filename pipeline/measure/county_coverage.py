"""Which counties of a state are served, and by whom: coverage follows the area served, never the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.measure.county_names import fold_county, read_county_names
from schemas.directory import Directory
from schemas.network import County, CountyCover, Coverage, SpellingRemark, State

#: A unit such as `IL - Sangamon County`, or `Illinois - Sangamon County - Springfield` below it.
_STATE_AND_PLACE = r"^([^-]+?)\s+-\s+(.+?)(?:\s+-\s+.*)?$"
#: A unit such as `Sangamon County, IL`, or `Sangamon County, Illinois`.
_PLACE_AND_STATE = r"^(.+?)\s*,\s*([^,]+)$"
_COUNTY_WORD = r"(?i)\s(?:county|cnty\.?|co\.)$"


@dataclass(frozen=True, kw_only=True)
class ServedCounties:
    """The counties that a center's counted services name as area served.

    Attributes:
        names: Counties of the state by their own names, in the order of their FIPS codes; None when no service names a county of it,
            so that nothing is known.
        remarks: Names that come near to a county, as written; nothing else of what was written is passed on.
        services: Counted services by county name.
        unread: Names with the word County that are no county of the state.
        whole_state: Counted services that name the whole state.
        without_state: Names with the word County beside which no state stands; they are left out, since states share names.
    """

    names: tuple[str, ...] | None
    remarks: tuple[SpellingRemark, ...]
    services: dict[str, int]
    unread: int
    whole_state: int
    without_state: int


def counties_served(
    directory: Directory, *, center_id: str, center_name: str, state: State, least_services: int = 1
) -> ServedCounties:
    """Return the counties that the counted services of a center name as area served.

    A unit counts when it names this state and a county of it; places below a county count for the county. A service for the whole state
    or nation names no county: it makes no center the center of every county.

    Args:
        directory: One or many centers.
        center_id: The center.
        center_name: Its name, for remarks.
        state: The state.
        least_services: Services that must name a county before it counts.
    """
    services = directory.service.filter(pl.col("is_counted") & (pl.col("center_id") == center_id)).unique("record_uid")
    units = services.select("record_uid", unit="area_served_units").explode(
        "unit", keep_nulls=False, empty_as_null=False
    )
    unit = pl.col("unit").str.strip_chars()
    before, behind = unit.str.extract_groups(_STATE_AND_PLACE), unit.str.extract_groups(_PLACE_AND_STATE)
    split = units.with_columns(
        state=pl.coalesce(before.struct.field("1"), behind.struct.field("2")).str.strip_chars().str.to_lowercase(),
        place=pl.coalesce(before.struct.field("2"), behind.struct.field("1"), unit).str.strip_chars(),
    )
    own_names = [state.code.lower(), state.name.lower()]
    whole_state = split.filter(unit.str.to_lowercase().is_in([*own_names, f"state of {state.name.lower()}"]))
    places = split.filter(pl.col("state").is_in(own_names))
    stateless = split.filter(pl.col("state").is_null() & pl.col("place").str.contains(_COUNTY_WORD))
    # Few names stand in many units: each is read once.
    own = {fold_county(county.name): county for county in state.counties}
    meant: dict[str, str] = {}
    remarks: list[SpellingRemark] = []
    unread = 0
    for place, has_word in (
        places.select("place", has_word=pl.col("place").str.contains(_COUNTY_WORD)).unique().sort("place").iter_rows()
    ):
        county = own.get(fold_county(place))
        # Without the word it may be a town: near names of counties are then no slip.
        if county is None and has_word:
            read = read_county_names([place], state=state, center_id=center_id, center_name=center_name)
            if read.fips:
                remarks += read.remarks
                county = next(one for one in state.counties if one.fips == read.fips[0])
            else:
                unread += 1
        if county is not None:
            meant[place] = county.name
    counted = (
        places.with_columns(county=pl.col("place").replace_strict(meant, default=None, return_dtype=pl.String))
        .drop_nulls("county")
        .select("record_uid", "county")
        .unique()
        .group_by("county")
        .len()
    )
    number = dict(counted.iter_rows())
    named = tuple(county.name for county in state.counties if number.get(county.name, 0) >= least_services)
    return ServedCounties(
        names=named if number else None,
        remarks=tuple(remarks),
        services={county.name: number[county.name] for county in state.counties if county.name in number},
        unread=unread,
        whole_state=whole_state["record_uid"].n_unique(),
        without_state=stateless["place"].n_unique(),
    )


def cover_counties(
    state: State,
    *,
    centers: Sequence[tuple[str, str, Sequence[str] | None]],
    basis: str,
    remarks: Sequence[SpellingRemark] = (),
) -> Coverage:
    """Return which counties are served by whom. The order of the centers makes no difference.

    Args:
        state: The state with all its counties.
        centers: Id, name and counties of each center; None for counties that are not known.
        basis: `measured` or `published`.
        remarks: Remarks that were made before, such as on areas served.
    """
    ordered = sorted(centers, key=lambda one: (one[1].casefold(), one[0]))
    found: list[SpellingRemark] = list(remarks)
    by_center: dict[str, tuple[str, ...] | None] = {}
    serving: dict[str, list[str]] = {}
    for center_id, name, counties in ordered:
        if counties is None:
            by_center[center_id] = None
            continue
        read = read_county_names(counties, state=state, center_id=center_id, center_name=name)
        found += read.remarks
        by_center[center_id] = read.fips
        for fips in read.fips:
            serving.setdefault(fips, []).append(center_id)
    return Coverage(
        basis=basis,
        state=state,
        counties=tuple(_cover(county, serving) for county in state.counties),
        by_center=by_center,
        remarks=tuple(sorted(set(found), key=lambda one: (one.center_name.casefold(), one.center_id, one.written))),
    )


def _cover(county: County, serving: dict[str, list[str]]) -> CountyCover:
    return CountyCover(county=county, center_ids=tuple(serving.get(county.fips, ())))
