"""The targets of an export: how each package is built from what may leave, and how it is checked with the official schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from flows.references import term_names
from flows.settings import Resolved
from pipeline.publish.export_package import ExportPackage
from pipeline.publish.joined_package import JoinedPackage, Part, join_packages
from pipeline.publish.preflight import Fault
from pipeline.publish.public_blocks import PublicBlocks
from pipeline.publish.public_directory import PublicDirectory
from schemas.export_parameters import TargetName


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """What a package is built from.

    Args:
        public: What may leave, or one block of it.
        resolved: Settings.
        run_id: The night.
        withhold: Whether failing records are left out instead of refusing the export.
        history: `schemas.history.FieldChange` of all nights.
        whole: What `Target.look_at` found of the whole.
        is_part: Whether this is one block of several, whose packages are joined.
        scratch: An empty folder into which files may be written beforehand, deleted by whoever made it; None when none are wanted.
        removed: Records gone since the export to which a delta refers; None for a whole package.
    """

    public: PublicDirectory
    resolved: Resolved
    run_id: str
    withhold: bool
    history: pl.DataFrame
    whole: Any
    is_part: bool
    scratch: Path | None
    removed: pl.DataFrame | None


@dataclass(frozen=True, kw_only=True)
class Target:
    """One target.

    Args:
        name: As on the command line.
        title: For people.
        look_at: Finds out what must be known of the whole before a block, or what changed, is built: of all blocks, the settings and
            the records that are gone (for a delta).
        build: Makes the package.
        join: Makes one package of those of several blocks.
        check: Checks the written files in a folder with the official schema in another.
    """

    name: TargetName
    title: str
    look_at: Callable[[PublicBlocks, Resolved, pl.DataFrame | None], Any]
    build: Callable[[BuildRequest], ExportPackage]
    join: Callable[[Sequence[Part], Resolved], JoinedPackage]
    check: Callable[[Path, Path, Resolved], list[Fault]]


def _look_at_terms(blocks: PublicBlocks, resolved: Resolved, _: pl.DataFrame | None) -> pl.DataFrame | None:
    from pipeline.publish.hsds_taxonomy import whole_terms

    if blocks.count == 1:
        return None
    links = blocks.columns("taxonomy_link", ["code", "target_code", "joined_codes", "term"])
    return whole_terms([links], parameters=resolved.settings.export, term_names=term_names(resolved) or {})


def _hsds_arguments(request: BuildRequest) -> dict[str, Any]:
    return {
        "parameters": request.resolved.settings.export,
        "run_id": request.run_id,
        "withhold": request.withhold,
        "term_names": term_names(request.resolved),
        "history": request.history,
        "terms": request.whole if request.is_part else None,
    }


def _build_hsds(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.hsds import package_hsds

    return package_hsds(request.public, **_hsds_arguments(request))


def _join_hsds(parts: Sequence[Part], resolved: Resolved) -> JoinedPackage:
    from pipeline.publish.hsds_join import join_tables, repeated_ids, shared_tables

    told = [part.told for part in parts]
    shared = shared_tables(told)
    return join_packages(
        parts,
        write_files=partial(
            join_tables,
            parts=[part.folder for part in parts],
            shared=shared,
            version=parts[0].package.version,
            parameters=resolved.settings.export,
        ),
        rows={name: frame.height for name, frame in shared.items()},
        faults=repeated_ids(told),
    )


def _check_hsds(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.official_hsds import check_official_tables

    return check_official_tables(
        folder, schema_dir=_within(schema_dir, "hsds"), version=resolved.settings.export.hsds_version
    )


def _build_hsds_json(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.hsds_json_package import package_hsds_json

    return package_hsds_json(request.public, **_hsds_arguments(request))


def _join_hsds_json(parts: Sequence[Part], resolved: Resolved) -> JoinedPackage:
    from pipeline.publish.hsds_join import join_json, repeated_ids, shared_tables, unnamed_parents

    told = [part.told for part in parts]
    return join_packages(
        parts,
        write_files=partial(
            join_json,
            parts=[part.folder for part in parts],
            unnamed=unnamed_parents(told),
            version=parts[0].package.version,
            parameters=resolved.settings.export,
        ),
        rows={name: frame.height for name, frame in shared_tables(told).items()},
        faults=repeated_ids(told),
    )


def _check_hsds_json(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.official_hsds import check_official_json

    return check_official_json(
        folder, schema_dir=_within(schema_dir, "hsds"), version=resolved.settings.export.hsds_version
    )


def _look_at_keys(blocks: PublicBlocks, _: Resolved, __: pl.DataFrame | None) -> Mapping[str, pl.Series]:
    from pipeline.publish.airs_keys import shared_numbers
    from pipeline.publish.public_directory import RECORD_KINDS

    return shared_numbers({kind: blocks.columns(kind, ["native_id"]) for kind in RECORD_KINDS})


def _build_airs(request: BuildRequest) -> ExportPackage:
    from pipeline.publish.airs import package_airs

    return package_airs(
        request.public,
        parameters=request.resolved.settings.export_airs,
        center_names=_center_names(request.resolved),
        run_id=request.run_id,
        withhold=request.withhold,
        removed=request.removed,
        shared=request.whole,
        is_part=request.is_part,
    )


def _join_airs(parts: Sequence[Part], resolved: Resolved) -> JoinedPackage:
    from pipeline.publish.airs_header import airs_header, airs_notes
    from pipeline.publish.airs_join import check_parts

    first = parts[0].package
    told = [part.told for part in parts]
    header = airs_header(
        as_of=first.as_of,
        center_ids=first.center_ids,
        owners=[owner for one in told for owner in one["owners"]],
        parameters=resolved.settings.export_airs,
        center_names=_center_names(resolved),
    )
    return join_packages(
        parts,
        write_files=partial(
            _write_joined_airs, parts=[part.folder for part in parts], header=header, version=first.version
        ),
        faults=check_parts(told),
        notes=airs_notes(header, keys_made=sum(part.package.notes["keys_made"] for part in parts)),
    )


def _write_joined_airs(folder: Path, *, parts: Sequence[Path], header: Mapping[str, str], version: str) -> None:
    from pipeline.publish.airs_join import join_airs

    join_airs(folder, parts, header=header, version=version)


def _check_airs(folder: Path, schema_dir: Path, resolved: Resolved) -> list[Fault]:
    from pipeline.publish.airs_official import check_official

    return check_official(
        folder / "airs.xml", schema_dir=_within(schema_dir, "airs"), version=resolved.settings.export_airs.version
    )


def _look_at_numbers(blocks: PublicBlocks, resolved: Resolved, removed: pl.DataFrame | None) -> Any:  # noqa: ANN401 - imported late
    from pipeline.publish.ndp_overview import ndp_overview

    return ndp_overview(
        blocks.columns, center_ids=blocks.center_ids, parameters=resolved.settings.export_ndp, removed=removed
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
        overview=request.whole,
        write_into=request.scratch,
    )


def _join_ndp(parts: Sequence[Part], resolved: Resolved) -> JoinedPackage:
    from pipeline.publish.ndp_join import join_ndp, repeated_ids, with_common_words

    told = [part.told for part in parts]
    joined = join_packages(
        parts,
        write_files=partial(
            join_ndp,
            parts=[part.folder for part in parts],
            per_organization_files=resolved.settings.export_ndp.per_organization_files,
        ),
        faults=repeated_ids(told),
    )
    warnings = with_common_words(joined.preflight.warnings, told)
    return joined.with_preflight(replace(joined.preflight, warnings=warnings))


def _check_ndp(folder: Path, schema_dir: Path, _: Resolved) -> list[Fault]:
    from pipeline.publish.ndp_official import check_official

    return check_official(folder / "organizations.jsonl", schema_dir=_within(schema_dir, "ndp"))


TARGETS: Mapping[TargetName, Target] = {
    "hsds": Target(
        name="hsds",
        title="HSDS tables",
        look_at=_look_at_terms,
        build=_build_hsds,
        join=_join_hsds,
        check=_check_hsds,
    ),
    "hsds-json": Target(
        name="hsds-json",
        title="HSDS JSON",
        look_at=_look_at_terms,
        build=_build_hsds_json,
        join=_join_hsds_json,
        check=_check_hsds_json,
    ),
    "airs": Target(
        name="airs",
        title="AIRS XML",
        look_at=_look_at_keys,
        build=_build_airs,
        join=_join_airs,
        check=_check_airs,
    ),
    "ndp": Target(
        name="ndp",
        title="NDP-shaped bundles",
        look_at=_look_at_numbers,
        build=_build_ndp,
        join=_join_ndp,
        check=_check_ndp,
    ),
}


def _within(schema_dir: Path, family: str) -> Path:
    """Return the folder of one family of schemas, where one folder holds several, each in its own."""
    return schema_dir / family if (schema_dir / family).is_dir() else schema_dir


def _center_names(resolved: Resolved) -> Mapping[str, str]:
    return {center.id: center.name or center.id for center in resolved.settings.centers}
