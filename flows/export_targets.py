"""The targets of an export: how each package is built from what may leave, and how it is checked with the official schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.references import term_names
from flows.settings import Resolved
from pipeline.publish.export_package import ExportPackage
from pipeline.publish.preflight import Fault
from pipeline.publish.public_directory import PublicDirectory
from schemas.export_parameters import TargetName


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """What a package is built from.

    Args:
        public: What may leave.
        resolved: Settings.
        run_id: The night.
        withhold: Whether failing records are left out instead of refusing the export.
        history: `schemas.history.FieldChange` of all nights.
        removed: Records gone since the export to which a delta refers; None for a whole package.
    """

    public: PublicDirectory
    resolved: Resolved
    run_id: str
    withhold: bool
    history: pl.DataFrame
    removed: pl.DataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """One target.

    Args:
        name: As on the command line.
        title: For people.
        build: Makes the package.
        check: Checks the written files in a folder with the official schema in another.
    """

    name: TargetName
    title: str
    build: Callable[[BuildRequest], ExportPackage]
    check: Callable[[Path, Path, Resolved], list[Fault]]


def _hsds_arguments(request: BuildRequest) -> dict[str, Any]:
    return {
        "parameters": request.resolved.settings.export,
        "run_id": request.run_id,
        "withhold": request.withhold,
        "term_names": term_names(request.resolved),
        "history": request.history,
    }


def _build_hsds(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.hsds import package_hsds

    return package_hsds(request.public, **_hsds_arguments(request))


def _check_hsds(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.official_hsds import check_official_tables

    return check_official_tables(
        folder, schema_dir=_within(schema_dir, "hsds"), version=resolved.settings.export.hsds_version
    )


def _build_hsds_json(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.hsds_json_package import package_hsds_json

    return package_hsds_json(request.public, **_hsds_arguments(request))


def _check_hsds_json(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.official_hsds import check_official_json

    return check_official_json(
        folder, schema_dir=_within(schema_dir, "hsds"), version=resolved.settings.export.hsds_version
    )


def _build_airs(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.airs import package_airs

    return package_airs(
        request.public,
        parameters=request.resolved.settings.export_airs,
        center_names=_center_names(request.resolved),
        run_id=request.run_id,
        withhold=request.withhold,
        removed=request.removed,
    )


def _check_airs(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.airs_official import check_official

    return check_official(
        folder / "airs.xml", schema_dir=_within(schema_dir, "airs"), version=resolved.settings.export_airs.version
    )


def _build_ndp(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.ndp import package_ndp

    return package_ndp(
        request.public,
        parameters=request.resolved.settings.export_ndp,
        run_id=request.run_id,
        withhold=request.withhold,
        removed=request.removed,
        term_names=term_names(request.resolved),
    )


def _check_ndp(folder: Path, schema_dir: Path, _: Resolved) -> list[Fault]:
    from pipeline.publish.ndp_official import check_official

    return check_official(folder / "organizations.jsonl", schema_dir=_within(schema_dir, "ndp"))


TARGETS: Mapping[TargetName, Target] = {
    "hsds": Target(name="hsds", title="HSDS tables", build=_build_hsds, check=_check_hsds),
    "hsds-json": Target(name="hsds-json", title="HSDS JSON", build=_build_hsds_json, check=_check_hsds_json),
    "airs": Target(name="airs", title="AIRS XML", build=_build_airs, check=_check_airs),
    "ndp": Target(name="ndp", title="NDP-shaped bundles", build=_build_ndp, check=_check_ndp),
}


def _within(schema_dir: Path, family: str) -> Path:
    """Return the folder of one family of schemas, where one folder holds several, each in its own."""
    return schema_dir / family if (schema_dir / family).is_dir() else schema_dir


def _center_names(resolved: Resolved) -> Mapping[str, str]:
    return {center.id: center.name or center.id for center in resolved.settings.centers}
