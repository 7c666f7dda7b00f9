"""One export from beginning to end: build, check, write, keep the receipt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from flows.export_ground import ExportGround
from flows.export_targets import TARGETS, Target
from flows.export_work import Whole, WorkFolder, build_changes, build_whole
from flows.settings import Resolved
from pipeline.publish.export_package import Package
from pipeline.publish.manifest import MANIFEST, Base, Manifest
from pipeline.publish.package import OfficialCheck, RefusedError, check_output, write_package
from pipeline.publish.package_changes import PackageChanges, compare_pieces
from pipeline.publish.preflight import Fault, Preflight
from pipeline.publish.preflight_page import render_preflight
from pipeline.store.receipts import Receipt, append_receipt, has_contents, read_contents, read_receipts
from pipeline.store.workspace import Workspace
from schemas.errors import StorageError, UsageError
from schemas.export_parameters import TargetName


@dataclass(frozen=True, kw_only=True)
class ExportWish:
    """What one export is to be.

    Args:
        target: The target.
        output: Folder of the package.
        schema_dir: Folder with the official schema; None to leave that check out.
        delta: Whether only the bundles that changed since the last export of this target are written.
        since: Receipt to which the delta refers; None for the last one.
        confirm_drop: Whether a person has confirmed that far fewer agencies than before are right.
        sent_to: For whom it is; told in the receipt.
        exported_by: Who exports; told in the receipt.
    """

    target: TargetName
    output: Path
    schema_dir: Path | None = None
    delta: bool = False
    since: str | None = None
    confirm_drop: bool = False
    sent_to: str | None = None
    exported_by: str = "resdir"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An export that was written.

    Args:
        manifest: Its manifest.
        receipt: Its receipt.
        preflight: What the checks found; no errors.
        page: The page of the pre-flight in the workspace.
    """

    manifest: Manifest
    receipt: Receipt
    preflight: Preflight
    page: Path

    def document(self) -> dict[str, Any]:
        """Return the document of `resdir export … --json`."""
        return {
            **self.manifest.export_json(),
            "withheld_by_reason": dict(self.manifest.withheld_by_reason),
            "removed_values": dict(self.manifest.removed_values),
            "kind": self.receipt.kind,
            "changes": self.receipt.document()["changes"],
            "receipt_id": self.receipt.receipt_id,
            "preflight_page": str(self.page),
        }


def run_export(
    ground: ExportGround, wish: ExportWish, *, resolved: Resolved, place: Workspace, moment: datetime
) -> Exported:
    """Write one export and keep its receipt.

    Args:
        ground: What may leave.
        wish: What the export is to be.
        resolved: Settings.
        place: Workspace.
        moment: The present moment, for the receipt.

    Raises:
        UsageError: A delta is wanted and there is no earlier export to refer to, or the folder holds something else.
        RefusedError: The pre-flight has errors; its page is written, and named in the advice.
        GateError: There are far fewer agencies than in the export before.
        StorageError: The disk refuses.
    """
    target = TARGETS[wish.target]
    # Asked again when it is written; a large directory is not made in vain.
    check_output(wish.output)
    with WorkFolder.of(place) as work:
        whole = build_whole(ground, target, resolved=resolved, work=work, is_released=not wish.delta)
        return _release(ground, wish, whole, target=target, resolved=resolved, place=place, work=work, moment=moment)


def _release(
    ground: ExportGround,
    wish: ExportWish,
    whole: Whole,
    *,
    target: Target,
    resolved: Resolved,
    place: Workspace,
    work: WorkFolder,
    moment: datetime,
) -> Exported:
    package = whole.package
    before = _last_receipt(place, ground, wish, version=package.version)
    changes = None
    if before is not None and has_contents(place, before.receipt_id):
        changes = compare_pieces(whole.contents(), partial(read_contents, place, before.receipt_id))
    delta = None
    if wish.delta:
        base, changes = _require_base(before, changes, wish=wish)
        delta = (base, changes)
        package = build_changes(ground, target, changes, resolved=resolved, work=work)
    if changes is not None and changes.renumbered:
        package = package.with_preflight(_with_renumbered(package.preflight, changes))
    told: list[Preflight] = []
    page = place.reports / f"preflight_{wish.target}.html"
    try:
        manifest = write_package(
            package,
            wish.output,
            confirm_drop=wish.confirm_drop,
            largest_drop_share=resolved.settings.export.largest_agency_drop_share,
            before=before.records if before is not None and before.center_ids == package.center_ids else None,
            official=_official(target, package, wish=wish, resolved=resolved, told=told),
            delta=delta,
        )
    except RefusedError as refused:
        _write_page(page, package.with_preflight(refused.preflight), title=target.title)
        refused.advice = f"{refused.advice} All of them: {page}"
        raise
    preflight = told[-1] if told else package.preflight
    _write_page(page, package.with_preflight(preflight), title=target.title)
    receipt = _receipt(
        manifest,
        ground,
        wish,
        moment=moment,
        whole=whole.package,
        changes=None if changes is None else changes.counts(package.names),
        since=None if delta is None else delta[0],
    )
    append_receipt(place, receipt, whole.contents())
    return Exported(manifest=manifest, receipt=receipt, preflight=preflight, page=page)


def _last_receipt(place: Workspace, ground: ExportGround, wish: ExportWish, *, version: str) -> Receipt | None:
    """Return the export to which changes refer: of the same target, version and choice of centers."""
    receipts = [
        one
        for one in read_receipts(place, target=wish.target)
        if one.only_center == ground.only_center and one.version == version
    ]
    if wish.since is None:
        return receipts[-1] if receipts else None
    named = [one for one in receipts if one.receipt_id == wish.since]
    if not named:
        known = ", ".join(one.receipt_id for one in receipts[-3:])
        raise UsageError(
            f"There is no receipt {wish.since} of {wish.target} {version}"
            f"{f' for the center {ground.only_center}' if ground.only_center else ''}.",
            advice=f"The last ones: {known}." if known else "List them with resdir export receipts.",
        )
    return named[0]


def _require_base(
    before: Receipt | None, changes: PackageChanges | None, *, wish: ExportWish
) -> tuple[Base, PackageChanges]:
    if before is None:
        raise UsageError(
            f"There is no earlier export of {wish.target} in this version to which a delta could refer.",
            advice="Export once without --delta; from then on changes are known.",
        )
    if changes is None:
        raise UsageError(
            f"The contents of the export {before.receipt_id} are no longer kept.",
            advice="Refer to a newer one with --since, or export once without --delta.",
        )
    return Base(receipt_id=before.receipt_id, run_id=before.run_id, as_of=before.as_of), changes


def _with_renumbered(preflight: Preflight, changes: PackageChanges) -> Preflight:
    fault = Fault(
        table="*",
        column="id",
        check="changed_id",
        message="Records have another id than in the last export, with the same number in the center's software.",
        count=changes.renumbered,
        rule_id="EXP-002",
    )
    return Preflight(errors=preflight.errors, warnings=(*preflight.warnings, fault))


def _official(
    target: Target, package: Package, *, wish: ExportWish, resolved: Resolved, told: list[Preflight]
) -> OfficialCheck | None:
    if wish.schema_dir is None:
        return None
    schema_dir = wish.schema_dir
    if not schema_dir.is_dir():
        raise UsageError(f"--schema-dir: {schema_dir} is not a folder.", advice="Name the folder of official schemas.")

    def check(folder: Path) -> Preflight:
        faults = tuple(target.check(folder, schema_dir, resolved))
        told.append(
            Preflight(
                errors=(*package.preflight.errors, *faults),
                warnings=package.preflight.warnings,
                official=schema_dir.name,
            )
        )
        return told[-1]

    return check


def _write_page(page: Path, package: Package, *, title: str) -> None:
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        unfinished = page.with_name(f".{page.name}.tmp")
        unfinished.write_text(render_preflight(package, title=title), encoding="utf-8", newline="\n")
        unfinished.replace(page)
    except OSError as fault:
        raise StorageError(
            f"The page of the pre-flight could not be written to {page}: {fault.strerror or fault}.",
            advice="Free some room or check the rights on the workspace, then export again.",
        ) from fault


def _receipt(
    manifest: Manifest,
    ground: ExportGround,
    wish: ExportWish,
    *,
    moment: datetime,
    whole: Package,
    changes: dict[str, dict[str, int]] | None,
    since: Base | None,
) -> Receipt:
    checksum = hashlib.sha256((wish.output / MANIFEST).read_bytes()).hexdigest()
    return Receipt(
        receipt_id=f"{manifest.target}-{moment:%Y%m%dT%H%M%S}-{checksum[:8]}",
        target=manifest.target,
        version=manifest.version,
        kind="whole" if since is None else "delta",
        since=None if since is None else since.receipt_id,
        exported_at=moment,
        exported_by=wish.exported_by,
        sent_to=wish.sent_to,
        run_id=manifest.run_id,
        as_of=manifest.as_of,
        only_center=ground.only_center,
        center_ids=manifest.center_ids,
        path=str(wish.output),
        agencies=whole.records()[whole.names["agency"]],
        records=whole.records(),
        changes=changes,
        withheld=dict(manifest.withheld_by_reason),
        manifest_sha256=checksum,
    )


#: Heading and width of the columns of `receipts_table`.
RECEIPT_COLUMNS = {
    "receipt_id": ("Receipt", 36),
    "target": ("Target", 10),
    "version": ("Version", 8),
    "kind": ("Whole or delta", 14),
    "exported_at": ("Exported at (UTC)", 18),
    "exported_by": ("By", 18),
    "sent_to": ("For", 28),
    "as_of": ("As of", 12),
    "agencies": ("Agencies", 10),
    "changed": ("Records changed", 16),
    "path": ("Folder", 40),
}


def receipts_table(receipts: list[Receipt]) -> pl.DataFrame:
    """Return receipts as a table for people, the newest first."""
    return pl.DataFrame(
        [
            {
                "receipt_id": one.receipt_id,
                "target": one.target,
                "version": one.version,
                "kind": one.kind,
                "exported_at": one.exported_at.strftime("%Y-%m-%d %H:%M"),
                "exported_by": one.exported_by,
                "sent_to": one.sent_to,
                "as_of": one.as_of,
                "agencies": one.agencies,
                "changed": None if one.changes is None else sum(sum(kind.values()) for kind in one.changes.values()),
                "path": one.path,
            }
            for one in reversed(receipts)
        ],
        schema={
            "receipt_id": pl.String, "target": pl.String, "version": pl.String, "kind": pl.String,
            "exported_at": pl.String, "exported_by": pl.String, "sent_to": pl.String, "as_of": pl.Date,
            "agencies": pl.Int64, "changed": pl.Int64, "path": pl.String,
        },
    )  # fmt: skip
