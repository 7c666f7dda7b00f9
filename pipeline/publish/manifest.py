"""The manifest: what goes with a package, so that its receiver and its sender can tell what it is and what it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.publish.export_package import Package

#: Who wrote a package: by it a folder is known as one of ours.
PRODUCER = "resdir"
MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Base:
    """The earlier export of a target to which a delta refers.

    Args:
        receipt_id: Its receipt.
        run_id: The run it came from.
        as_of: Day its data spoke of.
    """

    receipt_id: str
    run_id: str
    as_of: date


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What goes with a package.

    Args:
        target: Such as `hsds`.
        version: Version of the format.
        path: Folder of the package; not in the document, so that a package can be moved.
        run_id: The run it comes from.
        as_of: Day the data speaks of.
        center_ids: Centers in it.
        records: Records written by name of kind.
        counts: By kind, records delivered, written and withheld by reason.
        rows: Rows, objects or elements written by table.
        withheld: One entry per record left out: center, record, kind, reason, rule. No values.
        withheld_by_reason: The same, counted.
        removed_values: Values left out of written records, by reason.
        errors: Errors of the pre-flight.
        warnings: Warnings of the pre-flight.
        settings: Settings that shaped it.
        since: For a delta, the export it refers to; None for a whole package.
        notes: What a target tells beside.
        sha256: Checksum of every file but the manifest itself.
    """

    target: str
    version: str
    path: Path
    run_id: str
    as_of: date
    center_ids: tuple[str, ...]
    records: Mapping[str, int]
    counts: Mapping[str, Mapping[str, Any]]
    rows: Mapping[str, int]
    withheld: tuple[Mapping[str, str | None], ...]
    withheld_by_reason: Mapping[str, int]
    removed_values: Mapping[str, int]
    errors: int
    warnings: int
    settings: Mapping[str, Any]
    since: Base | None
    notes: Mapping[str, Any] = field(default_factory=dict)
    sha256: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Return the content of `manifest.json`."""
        since = self.since
        return {
            "producer": PRODUCER,
            "target": self.target,
            "version": self.version,
            **self.notes,
            "kind": "whole" if since is None else "delta",
            **(
                {}
                if since is None
                else {
                    "since": {
                        "receipt_id": since.receipt_id,
                        "run_id": since.run_id,
                        "as_of": since.as_of.isoformat(),
                    }
                }
            ),
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "centers": list(self.center_ids),
            "records": dict(self.records),
            "counts": {kind: dict(counts) for kind, counts in self.counts.items()},
            "rows": dict(self.rows),
            "withheld_by_reason": dict(self.withheld_by_reason),
            "removed_values": dict(self.removed_values),
            "preflight": {"errors": self.errors, "warnings": self.warnings},
            "settings": dict(self.settings),
            "sha256": dict(self.sha256),
            "withheld": [dict(entry) for entry in self.withheld],
        }

    def export_json(self) -> dict[str, Any]:
        """Return the document of `resdir export … --json`."""
        return {
            "target": self.target,
            "path": str(self.path),
            "records": dict(self.records),
            "withheld": [{"record_uid": entry["record_uid"], "reason": entry["reason"]} for entry in self.withheld],
            "preflight": {"errors": self.errors, "warnings": self.warnings},
            "sha256": dict(self.sha256),
        }


def make_manifest(package: Package, *, output: Path, sha256: Mapping[str, str], since: Base | None = None) -> Manifest:
    """Return the manifest of a package.

    Args:
        package: The package.
        output: Folder in which it is published.
        sha256: Checksum of every file that was written, by its path below the folder.
        since: For a delta, the export it refers to.
    """
    preflight = package.preflight.document()
    return Manifest(
        target=package.target,
        version=package.version,
        path=output,
        run_id=package.run_id,
        as_of=package.as_of,
        center_ids=package.center_ids,
        records=package.records(),
        counts=package.counts(),
        rows=dict(package.rows),
        withheld=tuple(package.withheld.to_dicts()),
        withheld_by_reason=package.withheld_by_reason(),
        removed_values=dict(package.removed_values),
        errors=preflight["errors"],
        warnings=preflight["warnings"],
        settings=dict(package.settings),
        since=since,
        notes=dict(package.notes),
        sha256=dict(sha256),
    )
