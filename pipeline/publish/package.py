"""Writing a package as a whole or not at all, with its manifest, and reading it back to make sure that nothing private left."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.hsds import HsdsPackage
from pipeline.publish.scrub import find_private
from schemas.errors import ContractError, GateError, InputError, StorageError, UsageError
from schemas.hsds_tables import hsds_tables
from schemas.private_values import PrivateValues

_PRODUCER = "resdir"
_MANIFEST = "manifest.json"
_PREFLIGHT = "preflight.json"
_DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What goes with a package.

    Args:
        target: Such as `hsds`.
        version: Version of the format.
        path: Folder of the package.
        run_id: The run it comes from.
        as_of: Day the data speaks of.
        center_ids: Centers in it.
        records: Records written by table.
        rows: Rows written by table.
        withheld: One entry per record left out: center, record, kind, reason, rule. No values.
        withheld_by_reason: The same, counted.
        removed_values: Values left out of written records, by reason.
        errors: Errors of the pre-flight.
        warnings: Warnings of the pre-flight.
        sha256: Checksum of every file but the manifest itself.
    """

    target: str
    version: str
    path: Path
    run_id: str
    as_of: date
    center_ids: tuple[str, ...]
    records: Mapping[str, int]
    rows: Mapping[str, int]
    withheld: tuple[Mapping[str, str | None], ...]
    withheld_by_reason: Mapping[str, int]
    removed_values: Mapping[str, int]
    errors: int
    warnings: int
    sha256: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Return the content of `manifest.json`; the folder is not in it, so that a package can be moved."""
        return {
            "producer": _PRODUCER,
            "target": self.target,
            "version": self.version,
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "centers": list(self.center_ids),
            "records": dict(self.records),
            "rows": dict(self.rows),
            "withheld_by_reason": dict(self.withheld_by_reason),
            "removed_values": dict(self.removed_values),
            "preflight": {"errors": self.errors, "warnings": self.warnings},
            "sha256": dict(self.sha256),
            "withheld": [dict(entry) for entry in self.withheld],
        }

    def export_json(self) -> dict[str, Any]:
        """Return the document of `resdir export hsds --json`."""
        return {
            "target": self.target,
            "path": str(self.path),
            "records": dict(self.records),
            "withheld": [{"record_uid": entry["record_uid"], "reason": entry["reason"]} for entry in self.withheld],
            "preflight": {"errors": self.errors, "warnings": self.warnings},
            "sha256": dict(self.sha256),
        }


def write_package(package: HsdsPackage, output: Path, *, confirm_drop: bool = False) -> Manifest:
    """Write a package to a folder, whole or not at all.

    The files are written beside the folder, read again, searched for every private value of the load, and only then moved to
    their place. An earlier package of ours at that place is replaced.

    Args:
        package: The package.
        output: The folder. It may be missing, empty, or hold an earlier package and nothing else.
        confirm_drop: Whether a person has confirmed that far fewer organizations than before are right.

    Returns:
        The manifest, as written to `manifest.json`.

    Raises:
        UsageError: The folder holds something that is not an earlier package of ours.
        InputError: The pre-flight found errors.
        GateError: The package before held far more organizations of the same centers, and nobody has confirmed the drop.
        StorageError: The disk refused.
        ContractError: A private value was found in the written files; nothing was released.
    """
    errors = package.preflight.document()["errors"]
    if errors:
        first = package.preflight.errors[0]
        raise InputError(
            f"The pre-flight found {errors} errors; nothing was written. First: {first.table}.{first.column}: {first.message}",
            advice="Fix the records named by the findings, or add --withhold to leave the failing records out.",
        )
    _check_output(output)
    _check_drop(package, output, confirm_drop=confirm_drop)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        # The temporary folder is for its owner only; a published one is as open as any other new folder.
        folder.chmod(0o755)
        try:
            manifest = _write_files(package, folder, output)
            _search_files(folder, package.private_values)
            _replace(folder, output)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as fault:
        raise StorageError(
            f"The package could not be written to {output}: {fault.strerror or fault}.",
            advice="Check the free space and the rights of that folder; an earlier package there is unchanged.",
        ) from fault
    return manifest


def _check_output(output: Path) -> None:
    if not output.exists():
        return
    if not output.is_dir():
        raise UsageError(f"{output} is a file, not a folder.", advice="Name a folder for the package.")
    present = {path.relative_to(output).as_posix() for path in output.rglob("*") if not path.is_dir()}
    if not present:
        return
    earlier = _earlier_manifest(output)
    if earlier is None:
        raise UsageError(
            f"{output} is not empty and holds no earlier package; it is left as it is.",
            advice="Name a new or empty folder.",
        )
    strange = sorted(present - set(earlier.get("sha256", {})) - {_MANIFEST})
    if strange:
        raise UsageError(
            f"{output} holds {strange[0]}, which is not part of the earlier package there; it is left as it is.",
            advice="Move your own files out of that folder, or name another one.",
        )


def _check_drop(package: HsdsPackage, output: Path, *, confirm_drop: bool) -> None:
    earlier = _earlier_manifest(output)
    if confirm_drop or earlier is None or earlier.get("centers") != list(package.center_ids):
        return
    before, now = int(earlier.get("records", {}).get("organization", 0)), package.records()["organization"]
    if before - now > package.largest_drop_share * before:
        raise GateError(
            f"The package would hold {now:,} organizations; the one before, of {earlier.get('as_of')}, holds {before:,}. "
            "Nothing was written.",
            advice="Look at the withheld records; if the drop is right, confirm it or write to another folder.",
        )


def _earlier_manifest(output: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((output / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("producer") == _PRODUCER else None


def _write_files(package: HsdsPackage, folder: Path, output: Path) -> Manifest:
    for table in hsds_tables().values():
        text = package.tables[table.name].write_csv(line_terminator="\n")
        (folder / table.file).write_bytes(text.encode("utf-8"))
    preflight = package.preflight.document()
    _write_json(folder / _DESCRIPTOR, package.descriptor)
    _write_json(folder / _PREFLIGHT, preflight)
    manifest = Manifest(
        target="hsds",
        version=package.version,
        path=output,
        run_id=package.run_id,
        as_of=package.as_of,
        center_ids=package.center_ids,
        records=package.records(),
        rows={name: frame.height for name, frame in package.tables.items()},
        withheld=tuple(package.withheld.to_dicts()),
        withheld_by_reason=package.withheld_by_reason(),
        removed_values=package.removed_values,
        errors=preflight["errors"],
        warnings=preflight["warnings"],
        sha256={path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())},
    )
    _write_json(folder / _MANIFEST, manifest.document())
    return manifest


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_bytes((json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))


def _search_files(folder: Path, values: PrivateValues) -> None:
    """Read every table again as a stranger would, and refuse to release it when it holds a private value."""
    for table in hsds_tables().values():
        frame = pl.read_csv(folder / table.file, infer_schema=False)
        found = find_private({table.name: frame}, values)
        if found:
            column, count = next(iter(found.items()))
            raise ContractError(
                f"{count} cells of {column} hold a value that must stay inside; nothing was released.",
                advice="Please report this with the run id; the value itself is in no message or file.",
            )


def _replace(folder: Path, output: Path) -> None:
    """Put the new folder in the place of the old one; the old one is back if that fails."""
    if not output.exists():
        folder.rename(output)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{output.name}.old.", dir=output.parent)) / "package"
    output.rename(old)
    try:
        folder.rename(output)
    except OSError:
        old.rename(output)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)
