"""`resdir export`: packages that may leave the house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, say, show, show_json
from flows.duplicate_verdicts import read_judgement
from flows.merge_choices import merged_view
from pipeline.curate.findings import shown_findings
from pipeline.publish.hsds import export_hsds
from pipeline.publish.package import write_package
from pipeline.publish.public_directory import Load
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published


def hsds(
    *,
    output: Path,
    center: str | None = None,
    withhold: Annotated[bool, Parameter(negative="")] = False,
    confirm_drop: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write the public records of the last published night as an HSDS 3.1 data package.

    Private values and excluded records never enter it; what was left out is listed by reason in manifest.json. Agencies that
    people confirmed to be one are written as one, when their merge plan needs no choice.

    Args:
        output: Folder to write; a package of ours that is already there is replaced whole.
        center: Only this center.
        withhold: Leave out records that fail the pre-flight and list them, instead of refusing the export.
        confirm_drop: Write although there are far fewer agencies than in the package that is already there.
        common: What every command takes.
    """
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        findings = shown_findings(snapshot.table("quality.finding"))
        pointer = snapshot.pointer
    _, merged = merged_view(
        common.place(resolved),
        read_judgement(common.place(resolved)),
        directory,
        parameters=resolved.settings.merge,
    )
    package = export_hsds(
        merged.directory,
        findings=merged.rename(findings),
        load=Load(directory=directory, findings=findings) if merged.aliases else None,
        as_of=common.as_of or pointer.as_of,
        parameters=resolved.settings.export,
        privacy=resolved.settings.normalize.privacy,
        run_id=pointer.run_id,
        center_ids=None if center is None else [center],
        withhold=withhold,
    )
    manifest = write_package(package, output, confirm_drop=confirm_drop)
    document = manifest.export_json()
    if common.json:
        show_json(document)
        return 0
    show(f"HSDS package written to {output}: " + ", ".join(f"{n:,} {name}" for name, n in document["records"].items()))
    for reason, count in sorted(package.withheld_by_reason().items(), key=lambda one: -one[1]):
        say(f"  left out: {count_of(count, 'record')}, {reason.replace('_', ' ')}")
    return 0
