"""What the packages that leave the house hold, whatever their format; AIRS XML and NDP-shaped bundles have models of their own beside."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.parameters import Parameters

#: Targets of an export, as on the command line.
TargetName = Literal["hsds", "hsds-json", "airs", "ndp"]


class ExportParameters(Parameters):
    """What the public HSDS package holds."""

    hsds_version: Literal["3.1", "3.0"] = Field(
        default="3.1", description="Version of HSDS that is written, as tables and as JSON."
    )
    parquet: bool = Field(
        default=False, description="Whether the HSDS package holds its tables as Parquet too, in `parquet/`."
    )
    archive: bool = Field(
        default=False, description="Whether the HSDS package holds tables and descriptor as one zip archive too."
    )
    metadata_days: int = Field(
        default=365,
        ge=0,
        description="Days for which HSDS packages tell the history of changed fields; 0 for none (project choice).",
    )
    profile: bool = Field(
        default=False,
        description="Whether HSDS JSON is written with the 211 profile beside it, and checked against it.",
    )
    utc_offset_hours: float = Field(
        default=-6.0, ge=-12, le=14, description="The center's standard-time offset, all year."
    )
    write_term_names: bool = Field(
        default=False,
        description="Whether licensed term names may be written, from [rules] term_list when there is one, else as delivered; "
        "otherwise name = code, description = 'licensed term'.",
    )
    description_falls_back_to_name: bool = Field(
        default=False,
        description="Whether an agency without description is exported with its name there, else it is withheld.",
    )
    largest_agency_drop_share: float = Field(
        default=0.10,
        gt=0,
        le=1,
        description="A larger drop of agencies since the last export needs confirmation (project choice).",
    )
    contacts: Literal["public", "roles", "none"] = Field(
        default="public",
        description="What leaves of contacts that are not private: all (`public`), titles without the person (`roles`), or nothing "
        "(project choice).",
    )
    personal_email_domains: tuple[str, ...] = Field(
        default=(),
        description="Providers of personal mail, such as gmail.com: addresses there stay inside, of contacts and of records.",
    )
