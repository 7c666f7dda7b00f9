"""Settings of the network: many centers side by side, and what was published about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from schemas.parameters import Parameters

_Share = Annotated[float, Field(ge=0, le=1)]
_Words = Annotated[str, Field(max_length=200)]


class PublishedCenter(Parameters):
    """What somebody else has published about a center. Every figure may be left out: then it was not published."""

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="Short name of the center: small letters, digits, - and _."
    )
    name: _Words = Field(min_length=1, description="Name for people.")
    parent_organization: _Words | None = Field(default=None, description="Body that runs it.")
    launch: _Words | None = Field(default=None, description="When it began, as published, such as `Nov 2022`.")
    accredited: bool | None = Field(default=None, description="Whether it was accredited by Inform USA.")
    curator_fte: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Curators in full-time equivalents (published)."
    )
    certified_share: _Share | None = Field(default=None, description="Share of the curators who are certified (0-1).")
    updated_share: _Share | None = Field(
        default=None, description="Share of the database updated in the last year, as the center defines it (0-1)."
    )
    agencies_at_least: int | None = Field(default=None, ge=0, description="Agencies: `more than` this many.")
    services_at_least: int | None = Field(default=None, ge=0, description="Services: `more than` this many.")
    counties: tuple[_Words, ...] | None = Field(
        default=None, description="Counties served, spelled as published: slips of the spelling are reported."
    )
    source: _Words = Field(min_length=1, description="Where the figures were published.")
    stated_for: _Words = Field(min_length=1, description="Year or day that they speak of.")
    remark: _Words | None = Field(default=None, description="What has to be known to read them.")


class NetworkParameters(Parameters):
    """Many centers side by side: `resdir network`."""

    name: _Words = Field(default="", description="Name of the network, for people.")
    state: str = Field(
        default="",
        description="State file (TOML) with all counties of the state, relative to the settings file; empty: coverage is not told.",
    )
    county_least_services: int = Field(
        default=1,
        ge=1,
        description="Counted services that must name a county as area served before a center counts as covering it, where the center "
        "lists no counties (project choice).",
    )
    stale_days: int = Field(
        default=7, ge=0, description="A center's data that are more days old are warned of [assumption: a week]."
    )
    pairs_shown: int = Field(
        default=20, ge=0, le=1000, description="Pairs of agencies across centers that are listed (project choice)."
    )
    published: tuple[PublishedCenter, ...] = Field(
        default=(), description="Figures that were published about centers; never mixed with measured ones."
    )

    @model_validator(mode="after")
    def _named_once(self) -> NetworkParameters:
        """Refuse two published rows of one center."""
        ids = [one.id for one in self.published]
        for center_id in ids:
            if ids.count(center_id) > 1:
                raise ValueError(f"published names the center {center_id} twice")
        return self
