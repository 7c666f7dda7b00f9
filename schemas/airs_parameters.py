"""Parameters of the export as AIRS XML."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from pydantic import Field, field_validator

from schemas.parameters import Parameters

#: A date, or a date with time, as XML Schema writes them.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


class AirsParameters(Parameters):
    """What the header of an AIRS file says, and how the file is laid out."""

    version: Literal["3.1", "3.0"] = Field(
        default="3.1", description="Version of AIRS XML. 3.0 has no status and no removed records, and requires more."
    )
    taxonomy_version: str = Field(
        default="",
        description="Day, or moment, of the edition of the taxonomy that the codes are from, such as 2026-01-01. The schema requires "
        "it and nobody but the center knows it: while it is empty no AIRS file is written.",
    )
    source_entity: str = Field(
        default="",
        description="Who the file comes from, in words. Empty: names of the centers and the record owner codes in the file.",
    )
    source_id: str = Field(
        default="", description="Identifier of the source. Empty: ids of the centers, separated by blanks."
    )
    child_agencies_inside: bool = Field(
        default=True,
        description="Whether an agency under another one is written inside it. Otherwise all stand side by side, and who belongs to "
        "whom is lost (project choice: inside).",
    )
    tell_removed: bool = Field(
        default=True,
        description="Whether records that were in an earlier file and are not in this one are told as removed, by key alone; 3.1 only "
        "(project choice: yes).",
    )
    datum: str = Field(
        default="WGS84",
        description="Datum named beside coordinates in 3.0, which requires one (assumption: geocoders give WGS 84). Empty: no "
        "coordinates in 3.0.",
    )
    block_size: int = Field(
        default=15_000,
        ge=1,
        description="Agencies, sites and services at sites that are made ready at once; more takes more memory and hardly less time "
        "(project choice).",
    )

    @field_validator("taxonomy_version", mode="before")
    @classmethod
    def _as_moment(cls, value: object) -> object:
        """Take a date as well as a text: TOML knows both."""
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, date):
            return f"{value.isoformat()}T00:00:00Z"
        if isinstance(value, str) and _DAY.fullmatch(value.strip()):
            return f"{date.fromisoformat(value.strip()).isoformat()}T00:00:00Z"
        return value

    @field_validator("taxonomy_version")
    @classmethod
    def _is_moment(cls, text: str) -> str:
        tidy = text.strip()
        if not tidy:
            return ""
        if not _MOMENT.fullmatch(tidy):
            raise ValueError(f"{text!r} is no date such as 2026-01-01 and no moment such as 2026-01-01T00:00:00Z")
        datetime.fromisoformat(tidy)
        return tidy
