"""`resdir export`: packages that may leave the house, one command for each target."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from flows.cli.terminal import Common, say, show, show_json
from flows.settings import Resolved
from schemas.export_parameters import TargetName


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """Options of every target."""

    center: str | None = None
    """Only this center."""

    withhold: Annotated[bool, Parameter(negative="")] = False
    """Leave out records that fail the pre-flight and list them, instead of refusing the export."""

    confirm_drop: Annotated[bool, Parameter(negative="")] = False
    """Write although there are far fewer agencies than in the export before."""

    schema_dir: Path | None = None
    """Folder with the receiver's official schema; the written files are checked with it before they are released."""

    delta: Annotated[bool, Parameter(negative="")] = False
    """Write only the agencies in which anything changed since the last export of this target, and list what was removed."""

    since: str | None = None
    """Receipt to which --delta refers (default: the last one of this target)."""

    to: str | None = None
    """For whom the package is; kept in the receipt."""

    by: str | None = None
    """Who exports; kept in the receipt."""


def hsds(
    *,
    output: Path,
    hsds_version: Literal["3.1", "3.0"] | None = None,
    parquet: Annotated[bool, Parameter(negative="")] = False,
    archive: Annotated[bool, Parameter(negative="")] = False,
    options: ExportOptions = ExportOptions(),
    common: Common = Common(),  # noqa: B008 - as above
) -> int:
    """Write the public records of the last published night as an HSDS data package: tables as CSV with their descriptor.

    Private values and excluded records never enter it; what was left out is listed by reason in manifest.json. Agencies that
    people confirmed to be one are written as one, when their merge plan needs no choice.

    Args:
        output: Folder to write; a package of ours that is already there is replaced whole.
        hsds_version: Version of HSDS (default: [export] hsds_version).
        parquet: Write the tables as Parquet too.
        archive: Write tables and descriptor as one zip archive too.
        options: What every target takes.
        common: What every command takes.
    """
    resolved = _with_export(
        common.resolve(), hsds_version=hsds_version, parquet=parquet or None, archive=archive or None
    )
    return _export("hsds", output, options=options, common=common, resolved=resolved)


def hsds_json(
    *,
    output: Path,
    hsds_version: Literal["3.1", "3.0"] | None = None,
    profile: Annotated[bool, Parameter(negative="")] = False,
    options: ExportOptions = ExportOptions(),
    common: Common = Common(),  # noqa: B008 - as above
) -> int:
    """Write the public records of the last published night as nested HSDS JSON: one organization or service on each line.

    The same records and values leave as in the tables, with the history of changed fields.

    Args:
        output: Folder to write; a package of ours that is already there is replaced whole.
        hsds_version: Version of HSDS (default: [export] hsds_version).
        profile: Write the 211 profile beside it (JSON merge patches over the official schemas), and check against it.
        options: What every target takes.
        common: What every command takes.
    """
    resolved = _with_export(common.resolve(), hsds_version=hsds_version, profile=profile or None)
    return _export("hsds-json", output, options=options, common=common, resolved=resolved)


def airs(
    *,
    output: Path,
    airs_version: Literal["3.1", "3.0"] | None = None,
    options: ExportOptions = ExportOptions(),
    common: Common = Common(),  # noqa: B008 - as above
) -> int:
    """Write the public records of the last published night as AIRS XML.

    Private addresses and phones stand in it as withheld, with the reason and without the value.

    Args:
        output: Folder to write; a package of ours that is already there is replaced whole.
        airs_version: Version of the schema (default: [export_airs] version).
        options: What every target takes.
        common: What every command takes.
    """
    resolved = common.resolve()
    if airs_version is not None:
        settings = resolved.settings
        resolved = resolved.with_settings(
            settings.model_copy(
                update={"export_airs": settings.export_airs.model_copy(update={"version": airs_version})}
            )
        )
    return _export("airs", output, options=options, common=common, resolved=resolved)


def ndp(
    *,
    output: Path,
    options: ExportOptions = ExportOptions(),
    common: Common = Common(),  # noqa: B008 - as above
) -> int:
    """Write the public records of the last published night as NDP-shaped bundles: one agency with everything on each line.

    The shape is that of the national platform's V2 export, as far as it is known. What the platform accepts from a center is not
    published: this is no certified format.

    Args:
        output: Folder to write; a package of ours that is already there is replaced whole.
        options: What every target takes.
        common: What every command takes.
    """
    return _export("ndp", output, options=options, common=common, resolved=common.resolve())


def every(
    *,
    without_prefect: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write every target of [publish] in the settings into the workspace, as the flow publish_exports does.

    A target that is refused does not stop the others; the exit code then is 3.

    Args:
        without_prefect: Do the same without Prefect: nothing is shown in Prefect's pages, and it starts at once.
        common: What every command takes.
    """
    resolved = common.resolve()
    place = common.place(resolved)
    if without_prefect:
        from flows.clock import now
        from flows.exports_of_night import publish_targets

        published = publish_targets(resolved, place=place, as_of=common.as_of, moment=now(), tell=say)
        published.refuse_failures()
    else:
        from flows.prefect_home import prepare_prefect

        place.prepare()
        prepare_prefect(place.logs)
        from flows.publish_exports import publish_exports

        published = publish_exports(
            config=str(common.config) if common.config else None,
            workspace=str(place.root),
            as_of=common.as_of.isoformat() if common.as_of else None,
            tell=say,
        )
    if common.json:
        show_json([exported.document() for exported in published.done.values()])
    return 0


def receipts(
    *,
    target: TargetName | None = None,
    limit: int = 20,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List what was exported when, by whom and for whom; the newest first.

    Args:
        target: Only this target.
        limit: How many to print.
        output: Write all of them to a file instead: .csv, .xlsx or .json.
        common: What every command takes.
    """
    from flows.cli.terminal import require_limit
    from flows.exports import RECEIPT_COLUMNS, receipts_table
    from pipeline.publish.table_file import Sheet, write_table
    from pipeline.publish.wording import count_of
    from pipeline.store.receipts import read_receipts

    require_limit(limit)
    kept = read_receipts(common.place(common.resolve()), target=target)
    if output is not None:
        write_table([Sheet(title="Receipts", rows=receipts_table(kept), columns=RECEIPT_COLUMNS)], output)
        say(f"{len(kept):,} receipts written to {output}.")
        return 0
    if common.json:
        show_json([one.document() for one in reversed(kept)])
        return 0
    if not kept:
        show("Nothing has been exported yet.")
        return 0
    for one in list(reversed(kept))[:limit]:
        whom = f" for {one.sent_to}" if one.sent_to else ""
        show(
            f"{one.receipt_id}  {one.exported_at:%Y-%m-%d %H:%M} UTC  {one.target} {one.version} {one.kind}{whom}, by "
            f"{one.exported_by}, as of {one.as_of}, {count_of(one.agencies, 'agency')}"
        )
    return 0


def _with_export(resolved: Resolved, **changes: Any) -> Resolved:  # noqa: ANN401 - values of settings
    """Return the settings with options of the command line in place of those of the file; None leaves one as it is."""
    wanted = {name: value for name, value in changes.items() if value is not None}
    export = resolved.settings.export.model_copy(update=wanted)
    return resolved.with_settings(resolved.settings.model_copy(update={"export": export}))


def _export(target: TargetName, output: Path, *, options: ExportOptions, common: Common, resolved: Resolved) -> int:
    from flows.clock import now
    from flows.export_ground import read_export_ground
    from flows.exports import ExportWish, run_export
    from pipeline.publish.wording import count_of, reason_words

    place = common.place(resolved)
    with read_export_ground(
        resolved, place=place, center=options.center, as_of=common.as_of, withhold=options.withhold
    ) as ground:
        exported = run_export(
            ground,
            ExportWish(
                target=target,
                output=output,
                schema_dir=options.schema_dir,
                delta=options.delta or options.since is not None,
                since=options.since,
                confirm_drop=options.confirm_drop,
                sent_to=options.to,
                exported_by=options.by or "resdir",
            ),
            resolved=resolved,
            place=place,
            moment=now(),
        )
    if common.json:
        show_json(exported.document())
        return 0
    manifest = exported.manifest
    what = "Package" if exported.receipt.kind == "whole" else f"Changes since {exported.receipt.since}"
    counts = ", ".join(count_of(n, name) for name, n in manifest.records.items())
    show(f"{what} ({target} {manifest.version}) written to {output}: {counts}")
    for reason, count in sorted(manifest.withheld_by_reason.items(), key=lambda one: -one[1]):
        say(f"  left out: {count_of(count, 'record')}, {reason_words(reason)}")
    changes = exported.receipt.changes
    if changes is not None:
        told = "; ".join(
            f"{name}: {one['added']:,} added, {one['changed']:,} changed, {one['removed']:,} removed"
            for name, one in changes.items()
        )
        say(f"  since the export before: {told}")
    if exported.preflight.official is not None:
        say("  The official schema found no error.")
    say(f"  Pre-flight: {count_of(manifest.warnings, 'warning')}; {exported.page}")
    say(f"  Receipt: {exported.receipt.receipt_id}")
    return 0
