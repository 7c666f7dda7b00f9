"""Which file or folder is a center's export tonight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.settings import CenterSettings, Resolved, checked_center_id
from schemas.errors import InputError, UsageError


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One export to read.

    Attributes:
        center_id: Center that delivered it.
        path: File or folder.
        format_name: Layout name, mapping file, or `auto`.
    """

    center_id: str
    path: Path
    format_name: str


def newest_delivery(center: CenterSettings, *, base: Path) -> Path:
    """Return the path of a center's export; of several that the pattern finds, the last by name.

    Dated names such as `2026-11-20/resources.csv` therefore give the newest.

    Raises:
        InputError: The settings name no export, or nothing is there.
    """
    if not center.export:
        raise InputError(
            f"The settings name no export for the center {center.id}.", advice="Set `export` under its [[centers]]."
        )
    pattern = Path(center.export)
    if "*" in center.export:
        anchor = Path(pattern.anchor) if pattern.is_absolute() else base
        relative = str(pattern.relative_to(pattern.anchor)) if pattern.is_absolute() else center.export
        found = sorted(anchor.glob(relative))
        if not found:
            raise InputError(
                f"No export of {center.id} matches {center.export} in {anchor}.",
                advice="Check that the export arrived.",
            )
        return found[-1]
    path = base / pattern
    if not path.exists():
        raise InputError(f"The export of {center.id} is not at {path}.", advice="Check that the export arrived.")
    return path


def plan_deliveries(
    exports: tuple[Path, ...], *, center: str | None, format_name: str, resolved: Resolved
) -> tuple[Delivery, ...]:
    """Return what tonight's run reads.

    Args:
        exports: Files named on the command line; none takes every center of the settings.
        center: Center of those files.
        format_name: Layout from the command line.
        resolved: Settings.

    Raises:
        UsageError: Files without a center, several files for one center, or no center at all.
        InputError: An export is not there.
    """
    if not exports:
        return _from_settings(center, format_name=format_name, resolved=resolved)
    if len(exports) > 1:
        raise UsageError(
            "One run reads one export of a center.",
            advice="Name one file or folder, or list the centers in curation.toml under [[centers]].",
        )
    only = resolved.settings.centers[0].id if len(resolved.settings.centers) == 1 else None
    center_id = center or only
    if center_id is None:
        raise UsageError("Whose export is this?", advice="Add --center ID; the id becomes part of every record's id.")
    try:
        checked_center_id(center_id)
    except ValueError as fault:
        raise UsageError(f"--center: {fault}.") from fault
    path = exports[0]
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.", advice="Check the path.")
    chosen = format_name if format_name != "auto" else resolved.center(center_id).format
    return (Delivery(center_id=center_id, path=path, format_name=_at_base(chosen, resolved)),)


def _from_settings(center: str | None, *, format_name: str, resolved: Resolved) -> tuple[Delivery, ...]:
    centers = [one for one in resolved.settings.centers if center is None or one.id == center]
    if not centers:
        known = ", ".join(one.id for one in resolved.settings.centers)
        raise UsageError(
            f"The settings know no center {center}." if center else "There is no export to read.",
            advice=f"Known: {known}."
            if known
            else "Name one: resdir nightly FILE --center ID, or add [[centers]] to curation.toml.",
        )
    return tuple(
        Delivery(
            center_id=one.id,
            path=newest_delivery(one, base=resolved.base),
            format_name=_at_base(one.format if format_name == "auto" else format_name, resolved),
        )
        for one in centers
    )


def _at_base(format_name: str, resolved: Resolved) -> str:
    # A mapping file named in the settings lies beside them; one named on the command line is found from here.
    if format_name.endswith(".toml") and not Path(format_name).exists():
        return str(resolved.base / format_name)
    return format_name
