"""Settings: defaults, then `curation.toml`, then environment `RESDIR_*`, then the command's options.

All models are frozen and refuse unknown keys; building them touches no disk but the settings file. The resolved settings are
kept with every run.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from schemas.airs_parameters import AirsParameters
from schemas.errors import InputError
from schemas.export_parameters import ExportParameters, TargetName
from schemas.fault_words import keys_at, place_of, say_fault
from schemas.forecast_parameters import ForecastParameters
from schemas.match_parameters import MatchParameters
from schemas.merge_parameters import MergeParameters
from schemas.ndp_parameters import NdpParameters
from schemas.network_parameters import NetworkParameters
from schemas.notify_parameters import NotifyParameters
from schemas.packet_parameters import PacketParameters
from schemas.parameters import (
    AuditParameters,
    ChangeParameters,
    FreshnessRule,
    GateParameters,
    IngestParameters,
    NormalizeParameters,
    Parameters,
    ValidateParameters,
)
from schemas.queue_parameters import QueueParameters
from schemas.report_parameters import ReportParameters
from schemas.staffing_parameters import StaffingParameters
from schemas.time_fit_parameters import TimeFitParameters
from schemas.verdict_parameters import VerdictParameters

#: Name of the settings file that is read when none is named.
DEFAULT_CONFIG = "curation.toml"

_CENTER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class CenterSettings(Parameters):
    """One center: what it is called and where its export arrives."""

    id: str = Field(
        description="Short name of the center: small letters, digits, - and _. Part of every record's id: never change it."
    )
    name: str = Field(default="", description="Name for people; the id when not given.")
    export: str = Field(
        default="",
        description="File or folder of the export. With `*` the newest by name is taken, so that dated folders work.",
    )
    format: str = Field(
        default="auto", description="Layout, or the path of a mapping file; `auto` recognizes it from the header."
    )
    normalize: NormalizeParameters | None = Field(
        default=None, description="Replaces the general `[normalize]` for this center."
    )
    curator_fte: float | None = Field(
        default=None, gt=0, description="Curators at work, in full-time equivalents; left out: not known."
    )
    certified_share: float | None = Field(
        default=None, ge=0, le=1, description="Share of the curators who are certified; left out: not known."
    )
    counties: tuple[str, ...] = Field(
        default=(), description="Counties that the center serves; empty: taken from the area served by its services."
    )

    @field_validator("id")
    @classmethod
    def _plain_id(cls, text: str) -> str:
        return checked_center_id(text)


class WorkspaceSettings(Parameters):
    """Where everything is kept."""

    directory: str = Field(default="workspace", description="Folder; relative to the settings file.")
    keep_snapshots: int = Field(
        default=14, ge=1, description="Published snapshots to keep (project choice: two weeks)."
    )


class RunSettings(Parameters):
    """The day and what the nightly run does besides."""

    as_of: date | None = Field(default=None, description="Day the run speaks of; today when not given.")
    export_hsds: bool = Field(default=True, description="Whether the night writes the public HSDS package.")
    report: bool = Field(default=True, description="Whether the night writes the HTML report.")
    queue: bool = Field(default=True, description="Whether the night writes the verification queue as .xlsx.")


class ScheduleSettings(Parameters):
    """When `resdir schedule` runs the night, draws the monthly audit, writes the quarterly report and the exports."""

    cron: str = Field(default="0 2 * * *", description="Cron expression.")
    audit_cron: str = Field(
        default="0 6 1 * *", description="Cron expression of the monthly audit; empty: it is not drawn on a schedule."
    )
    report_cron: str = Field(
        default="0 7 2 1,4,7,10 *",
        description="Cron expression of the report of the last finished quarter; empty: it is not written on a schedule.",
    )
    export_cron: str = Field(
        default="",
        description="Cron expression of the exports of [publish]; empty: they are not written on a schedule.",
    )
    timezone: str = Field(
        default="", description="Time zone of the cron expression, such as America/Chicago; empty: this machine's."
    )


class PublishSettings(Parameters):
    """Which exports the flow `publish_exports` writes (`resdir export all`)."""

    targets: tuple[TargetName, ...] = Field(
        default=("hsds",), description="Targets, in order; each goes into its folder under `exports` in the workspace."
    )
    withhold: bool = Field(
        default=True,
        description="Whether records that fail the pre-flight are left out and listed, instead of refusing it.",
    )
    schema_dir: str = Field(
        default="",
        description="Folder of the receivers' official schemas, relative to the settings file; the written files are checked with "
        "them. Empty: they are not asked.",
    )
    sent_to: str = Field(default="", description="For whom the packages are; told in their receipts.")


class Settings(BaseSettings):
    """All settings of a run."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="RESDIR_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    workspace: WorkspaceSettings = WorkspaceSettings()
    run: RunSettings = RunSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    centers: tuple[CenterSettings, ...] = ()
    ingest: IngestParameters = IngestParameters()
    normalize: NormalizeParameters = NormalizeParameters()
    # "validate" is a method of every pydantic model, so the section has the name of what it sets.
    rules: ValidateParameters = ValidateParameters()
    match: MatchParameters = MatchParameters()
    verdicts: VerdictParameters = VerdictParameters()
    merge: MergeParameters = MergeParameters()
    freshness: FreshnessRule = FreshnessRule()
    forecast: ForecastParameters = ForecastParameters()
    queue: QueueParameters = QueueParameters()
    packet: PacketParameters = PacketParameters()
    staffing: StaffingParameters = StaffingParameters()
    time_fit: TimeFitParameters = TimeFitParameters()
    audit: AuditParameters = AuditParameters()
    export: ExportParameters = ExportParameters()
    export_ndp: NdpParameters = NdpParameters()
    export_airs: AirsParameters = AirsParameters()
    publish: PublishSettings = PublishSettings()
    gates: GateParameters = GateParameters()
    changes: ChangeParameters = ChangeParameters()
    report: ReportParameters = ReportParameters()
    notify: NotifyParameters = NotifyParameters()
    network: NetworkParameters = NetworkParameters()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which is handed in as arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return (env_settings, init_settings)


class Resolved(BaseModel):
    """Settings with the folder that their relative paths start from.

    Attributes:
        settings: The settings.
        base: Folder of the settings file, or the present folder when there is none.
        source: The settings file, or None.
    """

    model_config = ConfigDict(frozen=True)

    settings: Settings
    base: Path
    source: Path | None

    @property
    def workspace_root(self) -> Path:
        """Folder of the workspace."""
        return (self.base / self.settings.workspace.directory).resolve()

    def with_settings(self, settings: Settings) -> Resolved:
        """Return the same place with other settings, as when options of a command go before the file."""
        return self.model_copy(update={"settings": settings})

    def center(self, center_id: str) -> CenterSettings:
        """Return the settings of a center; plain ones when the file does not name it."""
        for center in self.settings.centers:
            if center.id == center_id:
                return center
        return CenterSettings(id=center_id)

    def normalize_parameters(self, center_id: str) -> NormalizeParameters:
        """Return how the delivery of a center is normalized."""
        return self.center(center_id).normalize or self.settings.normalize


def checked_center_id(text: str) -> str:
    """Return the center id if it can be one.

    Raises:
        ValueError: It holds other characters than small letters, digits, - and _.
    """
    if not _CENTER_ID.fullmatch(text):
        raise ValueError(f"a center id is small letters, digits, - and _ (at most 63); {text!r} is not")
    return text


def load_settings(config: Path | None, *, workspace: Path | None = None) -> Resolved:
    """Read the settings.

    Args:
        config: Settings file; None takes `curation.toml` of the present folder when there is one.
        workspace: Folder from the command line; wins over file and environment.

    Raises:
        InputError: The file is missing, no TOML, or holds an unknown key or a value out of range; file and key are named.
    """
    source = _find(config)
    said = _read(source) if source else {}
    settings = _build(said, source)
    base = source.resolve().parent if source else Path.cwd()
    if workspace is not None:
        changed = settings.workspace.model_copy(update={"directory": str(workspace.resolve())})
        settings = settings.model_copy(update={"workspace": changed})
    elif "RESDIR_WORKSPACE__DIRECTORY" in os.environ:  # noqa: TID251 - settings are read here only
        # What comes from outside the file does not start from the file's folder.
        changed = settings.workspace.model_copy(update={"directory": str(Path(settings.workspace.directory).resolve())})
        settings = settings.model_copy(update={"workspace": changed})
    return Resolved(settings=settings, base=base, source=source)


def _find(config: Path | None) -> Path | None:
    if config is not None:
        if not config.is_file():
            raise InputError(
                f"The settings file {config} does not exist.", advice="Check the path given with --config."
            )
        return config
    return Path(DEFAULT_CONFIG) if Path(DEFAULT_CONFIG).is_file() else None


def _read(source: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{source} is not valid TOML: {fault}.", advice="Correct that line.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{source} is not UTF-8 text (byte {fault.start}).", advice="Save it as UTF-8.") from fault


def _build(said: Mapping[str, Any], source: Path | None) -> Settings:
    try:
        settings = Settings(**said)
    except ValidationError as fault:
        where = str(source) if source else "The environment (RESDIR_…)"
        lines = [
            f"{place_of(error['loc'])}: {say_fault(error, keys=keys_at(Settings, error['loc'][:-1]))}"
            for error in fault.errors()
        ]
        raise InputError(f"{where}: " + "; ".join(lines) + ".", advice="docs/settings.md lists every key.") from fault
    except SettingsError as fault:
        raise InputError(
            f"The environment (RESDIR_…): {fault}.",
            advice="Lists and tables are given there as JSON, or in curation.toml.",
        ) from fault
    ids = [center.id for center in settings.centers]
    repeated = sorted({center_id for center_id in ids if ids.count(center_id) > 1})
    if repeated:
        raise InputError(f"{source}: the center {repeated[0]} is named twice.", advice="Give every center its own id.")
    return settings
