"""The file in which a state lists all of its counties."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from schemas.network import County, State
from schemas.parameters import Parameters

#: Tiles from edge to edge of the widest map (project choice).
_MOST_TILES = 60
_Place = Annotated[int, Field(ge=0, lt=_MOST_TILES)]


class CountyEntry(Parameters):
    """One county."""

    fips: str = Field(pattern=r"^[0-9]{5}$", description="FIPS code of the county, five digits (US Census Bureau).")
    name: str = Field(min_length=1, max_length=60, description="Its name, without the word County.")
    short: str = Field(min_length=1, max_length=5, description="What is written in its tile.")
    tile: tuple[_Place, _Place] = Field(description="Place on the tile map: column from the left, row from the top.")


class StateFile(Parameters):
    """A state with all of its counties."""

    state: str = Field(min_length=1, max_length=60, description="Name of the state.")
    code: str = Field(pattern=r"^[A-Z]{2}$", description="Two-letter code.")
    counties: tuple[CountyEntry, ...] = Field(min_length=1, description="All counties.")

    @model_validator(mode="after")
    def _each_once(self) -> StateFile:
        """Refuse two counties of one code, name or tile."""
        for words, values in (
            ("the FIPS code", [one.fips for one in self.counties]),
            ("the name", [one.name.casefold() for one in self.counties]),
            ("the tile", [f"[{one.tile[0]}, {one.tile[1]}]" for one in self.counties]),
        ):
            seen: set[str] = set()
            for value in values:
                if value in seen:
                    raise ValueError(f"two counties have {words} {value}")
                seen.add(value)
        return self

    def as_state(self) -> State:
        """Return the state, its counties in the order of their codes."""
        return State(
            name=self.state,
            code=self.code,
            counties=tuple(
                County(fips=one.fips, name=one.name, short=one.short, column=one.tile[0], row=one.tile[1])
                for one in sorted(self.counties, key=lambda one: one.fips)
            ),
        )
