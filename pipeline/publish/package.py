"""Writing a package as a whole or not at all, with its manifest, and reading it back to make sure that nothing private left."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from pipeline.publish.export_package import Package
from pipeline.publish.manifest import MANIFEST, PRODUCER, Base, Manifest, make_manifest
from pipeline.publish.package_changes import PackageChanges
from pipeline.publish.preflight import Preflight
from pipeline.publish.search_files import find_in_files
from pipeline.publish.working_ahead import done_together
from schemas.errors import ContractError, GateError, InputError, StorageError, UsageError
from schemas.export_parameters import ExportParameters
from schemas.private_values import PrivateValues

PREFLIGHT = "preflight.json"
REMOVED = "removed.csv"

#: Looks at the written files as the receiver would, with the official schema; returns faults to be added to the pre-flight.
OfficialCheck = Callable[[Path], Preflight]


def write_package(
    package: Package,
    output: Path,
    *,
    confirm_drop: bool = False,
    largest_drop_share: float = ExportParameters().largest_agency_drop_share,
    before: Mapping[str, int] | None = None,
    official: OfficialCheck | None = None,
    delta: tuple[Base, PackageChanges] | None = None,
) -> Manifest:
    """Write a package to a folder, whole or not at all.

    The files are written beside the folder, checked with the official schema when one is given, read again, searched for every
    private value of the load, and only then moved to their place. An earlier package of ours at that place is replaced.

    Args:
        package: The package.
        output: The folder. It may be missing, empty, or hold an earlier package and nothing else.
        confirm_drop: Whether a person has confirmed that far fewer organizations than before are right.
        largest_drop_share: Share of organizations that may be fewer than before without that.
        before: Records by name of kind in the export before; when not given, those of the package that lies at `output`.
        official: Checks the written files with the official schema.
        delta: For a package of changes: the export it refers to, and what was removed since.

    Returns:
        The manifest, as written to `manifest.json`.

    Raises:
        UsageError: The folder holds something that is not an earlier package of ours.
        RefusedError: The pre-flight found errors.
        GateError: The package before held far more organizations of the same centers, and nobody has confirmed the drop.
        StorageError: The disk refused.
        ContractError: A private value was found in the written files; nothing was released.
    """
    refuse_errors(package.preflight)
    check_output(output)
    if delta is None and not confirm_drop:
        _check_drop(package, output, before=before, largest_share=largest_drop_share)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        # The temporary folder is for its owner only; a published one is as open as any other new folder.
        folder.chmod(0o755)
        try:
            manifest = _write_files(package, folder, output, official=official, delta=delta)
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


class RefusedError(InputError):
    """The pre-flight found errors; `preflight` holds all of them."""

    def __init__(self, preflight: Preflight) -> None:
        """Tell the first error, and how many there are."""
        first = preflight.errors[0]
        super().__init__(
            f"The pre-flight found {preflight.document()['errors']} errors; nothing was written. "
            f"First: {first.table}.{first.column}: {first.message}",
            advice="Fix the records named by the findings, or add --withhold to leave the failing records out.",
        )
        self.preflight = preflight


def refuse_errors(preflight: Preflight) -> None:
    """Stop when a pre-flight has errors.

    Raises:
        RefusedError: It has.
    """
    if preflight.errors:
        raise RefusedError(preflight)


def check_output(output: Path) -> None:
    """Make sure that a package can be put into a folder: it is missing, empty, or holds an earlier package and nothing else.

    Raises:
        UsageError: It is not; nothing is changed.
    """
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
    strange = sorted(present - set(earlier.get("sha256", {})) - {MANIFEST})
    if strange:
        raise UsageError(
            f"{output} holds {strange[0]}, which is not part of the earlier package there; it is left as it is.",
            advice="Move your own files out of that folder, or name another one.",
        )


def _check_drop(package: Package, output: Path, *, before: Mapping[str, int] | None, largest_share: float) -> None:
    name = package.names["agency"]
    told = "the export before"
    if before is None:
        earlier = _earlier_manifest(output)
        if earlier is None or earlier.get("centers") != list(package.center_ids) or earlier.get("kind") == "delta":
            return
        before, told = earlier.get("records", {}), f"the one before, of {earlier.get('as_of')}"
    held, holds = int(before.get(name, 0)), package.records()[name]
    if held - holds > largest_share * held:
        raise GateError(
            f"The package would hold {holds:,} organizations; {told}, holds {held:,}. Nothing was written.",
            advice="Look at the withheld records; if the drop is right, confirm it or write to another folder.",
        )


def _earlier_manifest(output: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("producer") == PRODUCER else None


def _write_files(
    package: Package,
    folder: Path,
    output: Path,
    *,
    official: OfficialCheck | None,
    delta: tuple[Base, PackageChanges] | None,
) -> Manifest:
    package.write_files(folder)
    if delta is not None:
        _write_removed(folder / REMOVED, delta[1])
    if official is not None:
        told = official(folder)
        package = package.with_preflight(told)
        refuse_errors(told)
    _write_json(folder / PREFLIGHT, {**package.preflight.document(), "counts": package.counts()})
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    manifest = make_manifest(
        package,
        output=output,
        sha256=done_together({name: partial(_sha256, path) for name, path in files.items()}),
        since=None if delta is None else delta[0],
    )
    _write_json(folder / MANIFEST, manifest.document())
    return manifest


def _write_removed(path: Path, changes: PackageChanges) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "center_id", "id", "native_id"))
        writer.writerows(changes.removed.select("kind", "center_id", "record_uid", "native_id").iter_rows())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _search_files(folder: Path, values: PrivateValues) -> None:
    """Read every file again as a stranger would, and refuse to release it when it holds a private value."""
    found = find_in_files(folder, values)
    if found:
        place, count = next(iter(found.items()))
        raise ContractError(
            f"{count} texts of {place} hold a value that must stay inside; nothing was released.",
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
