"""All exports that the settings ask for, one after the other, of the last published night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flows.export_ground import read_export_ground
from flows.export_targets import TARGETS
from flows.exports import Exported, ExportWish, run_export
from flows.settings import Resolved
from pipeline.publish.wording import count_of
from pipeline.store.workspace import Workspace
from schemas.errors import InputError, ResdirError
from schemas.export_parameters import TargetName


@dataclass(frozen=True, kw_only=True)
class PublishedExports:
    """What became of every target.

    Attributes:
        done: Exports that were written, by target.
        refused: What was refused or failed, in words, by target.
    """

    done: dict[TargetName, Exported]
    refused: dict[TargetName, str]

    def rows(self) -> list[dict[str, str | int]]:
        """Return one row per target for Prefect's pages."""
        rows: list[dict[str, str | int]] = []
        for name, exported in self.done.items():
            changes = exported.receipt.changes
            rows.append(
                {
                    "target": TARGETS[name].title,
                    "state": "written",
                    "agencies": exported.receipt.agencies,
                    "left out": sum(exported.manifest.withheld_by_reason.values()),
                    "warnings": exported.manifest.warnings,
                    "changed since": (
                        "first export" if changes is None else sum(sum(one.values()) for one in changes.values())
                    ),
                    "receipt": exported.receipt.receipt_id,
                }
            )
        rows += [
            {"target": TARGETS[name].title, "state": "not written", "why": why} for name, why in self.refused.items()
        ]
        return rows

    def refuse_failures(self) -> None:
        """Stop when a target was not written, after all others were.

        Raises:
            InputError: Names the targets and the first reason.
        """
        if self.refused:
            names = ", ".join(self.refused)
            raise InputError(
                f"Not exported: {names}. {next(iter(self.refused.values()))}",
                advice="The other targets are written; earlier packages of these are unchanged.",
            )


def publish_targets(
    resolved: Resolved,
    *,
    place: Workspace,
    as_of: date | None,
    moment: datetime,
    tell: Callable[[str], None],
) -> PublishedExports:
    """Write every target of `[publish] targets` into the workspace's folder of exports; one that fails does not stop the others.

    Args:
        resolved: Settings.
        place: Workspace.
        as_of: Day to speak of; the day of the night when not given.
        moment: The present moment, for the receipts.
        tell: Gets one line per target.

    Raises:
        InputError: No night has been published yet.
    """
    wanted = resolved.settings.publish
    done: dict[TargetName, Exported] = {}
    refused: dict[TargetName, str] = {}
    with read_export_ground(resolved, place=place, center=None, as_of=as_of, withhold=wanted.withhold) as ground:
        for target in wanted.targets:
            wish = ExportWish(
                target=target,
                output=place.exports / target,
                schema_dir=resolved.base / wanted.schema_dir if wanted.schema_dir else None,
                sent_to=wanted.sent_to or None,
            )
            try:
                exported = run_export(ground, wish, resolved=resolved, place=place, moment=moment)
            except ResdirError as fault:
                refused[target] = fault.message
                tell(f"{TARGETS[target].title}: not written. {fault}")
                continue
            done[target] = exported
            agencies = count_of(exported.receipt.agencies, "agency")
            tell(f"{TARGETS[target].title}: {agencies} in {exported.manifest.path}")
    return PublishedExports(done=done, refused=refused)
