"""What tests of NDP-shaped bundles start from: the small directory as a package, and its bundles as a receiver reads them."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.export_package import ExportPackage
from pipeline.publish.ndp import package_ndp
from pipeline.publish.public_directory import PublicDirectory, make_public
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.ndp_parameters import NdpParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
#: Code of the one center of the small directory.
OWNER = NdpParameters(owner_code="211test")


def public_of(directory: Directory, *, as_of: date = AS_OF, withhold: bool = True) -> PublicDirectory:
    """What may leave, with the settings a center starts from."""
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=as_of,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        withhold=withhold,
    )


def package_of(public: PublicDirectory, *, parameters: NdpParameters = OWNER, **options: Any) -> ExportPackage:
    """The package of what may leave."""
    return package_ndp(public, parameters=parameters, run_id="run-1", **options)


def written(package: ExportPackage, name: str = "organizations.jsonl") -> bytes:
    """The bytes of one written file."""
    with tempfile.TemporaryDirectory() as folder:
        package.write_files(Path(folder))
        return (Path(folder) / name).read_bytes()


def bundles_of(package: ExportPackage) -> list[dict[str, Any]]:
    """The bundles as a receiver reads them."""
    return [json.loads(line) for line in written(package).splitlines()]


def only(items: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    """The one object with these members."""
    (found,) = [item for item in items if all(item[name] == value for name, value in where.items())]
    return found


def changed(public: PublicDirectory, table: str, **columns: Any) -> PublicDirectory:
    """What may leave with columns of one table replaced (a list: one value per row), for words that cannot come so far by themselves."""
    frame = getattr(public, table)
    values = {name: value if isinstance(value, list) else [value] * frame.height for name, value in columns.items()}
    replaced = frame.with_columns(pl.Series(name, given, dtype=frame.schema[name]) for name, given in values.items())
    return PublicDirectory(**{**vars(public), table: replaced})
