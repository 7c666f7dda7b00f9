"""`resdir doctor`: what is installed, locked, full or missing, and how to mend it."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.terminal import Common, show_json, show_table
from flows.clock import now
from flows.deliveries import newest_delivery
from flows.references import load_references, zip_reference_path
from flows.settings import Resolved
from pipeline.store.decisions import count_decisions, decisions_file
from pipeline.store.snapshot import open_published, read_pointer
from pipeline.store.working import open_working, read_table
from pipeline.store.workspace import Workspace
from schemas.errors import BusyError, ResdirError

#: Libraries whose version matters when something goes wrong.
LIBRARIES = (
    "resdir",
    "polars",
    "pandera",
    "rapidfuzz",
    "duckdb",
    "prefect",
    "fastapi",
    "pydantic",
    "cyclopts",
    "xlsxwriter",
)

#: Below this much room a run may not end (project choice: a night of 25,000 services needs well under 1 GB).
ROOM_NEEDED_GB = 1.0

#: A night older than this is worth a word (a nightly run that was missed once).
STALE_NIGHT_HOURS = 30.0

#: Runs listed.
RUNS_SHOWN = 5

#: An export file older than this was probably not made anew (an export is expected every night).
STALE_EXPORT_HOURS = 72.0


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at.

    Attributes:
        check: What was looked at.
        state: `ok`, `warning` or `problem`.
        found: What was found.
        mend: What to do about it; empty when nothing needs doing.
    """

    check: str
    state: Literal["ok", "warning", "problem"]
    found: str
    mend: str = ""


def doctor(*, common: Common = Common()) -> int:  # noqa: B008 - a frozen value
    """Show versions, settings, disk, locks and the last runs; what is wrong and how to mend it.

    Exit code 1 when something needs mending.
    """
    checks = list(examine(common))
    if common.json:
        show_json({"checks": [asdict(check) for check in checks]})
    else:
        marks = {"ok": "ok", "warning": "look", "problem": "MEND"}
        show_table(
            "resdir doctor",
            ("", "checked", "found", "how to mend"),
            [(marks[check.state], check.check, check.found, check.mend) for check in checks],
        )
    return 1 if any(check.state == "problem" for check in checks) else 0


def examine(common: Common) -> Iterator[Check]:
    """Look at everything and yield what was found, the settings first."""
    yield Check(check="Python", state="ok", found=f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield from _libraries()
    try:
        resolved = common.resolve()
    except ResdirError as fault:
        yield Check(check="settings", state="problem", found=fault.message, mend=fault.advice)
        return
    yield Check(check="settings", state="ok", found=str(resolved.source or "defaults (no curation.toml here)"))
    yield from _centers(resolved)
    yield from _references(resolved)
    place = common.place(resolved)
    yield from _disk(place)
    yield from _writable(place)
    yield from _working_file(place)
    yield from _decisions(place)
    yield from _published(place, now())


def _libraries() -> Iterator[Check]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Check(check=name, state="problem", found="not installed", mend="Run `make setup`.")
    yield Check(check="libraries", state="ok", found=", ".join(found))


def _centers(resolved: Resolved) -> Iterator[Check]:
    if not resolved.settings.centers:
        yield Check(
            check="centers",
            state="warning",
            found="the settings name no center",
            mend="Add [[centers]] to curation.toml, or name an export: resdir nightly FILE --center ID.",
        )
    for center in resolved.settings.centers:
        try:
            delivery = newest_delivery(center, base=resolved.base)
        except ResdirError as fault:
            yield Check(check=f"export of {center.id}", state="problem", found=fault.message, mend=fault.advice)
        else:
            yield _export_age(center.id, delivery)


def _references(resolved: Resolved) -> Iterator[Check]:
    try:
        zips = load_references(resolved).zips
    except ResdirError as fault:
        yield Check(check="ZIP reference", state="problem", found=fault.message, mend=fault.advice)
        return
    if zips is None:
        yield Check(
            check="ZIP reference",
            state="ok",
            found="none: blank counties stay blank, places are not checked against ZIP",
        )
    else:
        count = zips["postal_code"].n_unique()
        yield Check(check="ZIP reference", state="ok", found=f"{count:,} ZIP codes in {zip_reference_path(resolved)}")


def _export_age(center_id: str, delivery: Path) -> Check:
    hours = (now().timestamp() - delivery.stat().st_mtime) / 3600
    if hours <= STALE_EXPORT_HOURS:
        return Check(check=f"export of {center_id}", state="ok", found=str(delivery))
    return Check(
        check=f"export of {center_id}",
        state="warning",
        found=f"{delivery} is {hours / 24:.0f} days old",
        mend="See whether the export still runs.",
    )


def _disk(place: Workspace) -> Iterator[Check]:
    folder = place.root
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    yield Check(
        check="disk",
        state="ok" if free >= ROOM_NEEDED_GB else "problem",
        found=f"{free:.1f} GB free for {place.root}",
        mend="" if free >= ROOM_NEEDED_GB else f"Free some room: a run wants {ROOM_NEEDED_GB:.0f} GB.",
    )


def _working_file(place: Workspace) -> Iterator[Check]:
    if not place.working_file.exists():
        yield Check(check="working file", state="ok", found=f"none yet at {place.working_file}")
        return
    size = place.working_file.stat().st_size / 1e6
    try:
        with open_working(place, now=now()) as working:
            yield Check(check="working file", state="ok", found=f"{size:.0f} MB, free")
            yield from _runs(read_table(working, "control.run"), published=_published_runs(place))
    except BusyError as fault:
        yield Check(check="working file", state="warning", found=fault.message, mend=fault.advice)
    except ResdirError as fault:
        yield Check(check="working file", state="problem", found=fault.message, mend=fault.advice)


def _published(place: Workspace, moment: datetime) -> Iterator[Check]:
    try:
        pointer = read_pointer(place)
        if pointer is None:
            yield Check(
                check="last night", state="warning", found="nothing was published yet", mend="Run `resdir nightly`."
            )
            return
        hours = (moment - pointer.published_at).total_seconds() / 3600
        late = hours > STALE_NIGHT_HOURS
        yield Check(
            check="last night",
            state="warning" if late else "ok",
            found=f"{pointer.run_id}, as of {pointer.as_of}, {hours:.0f} hours ago",
            mend="Run `resdir nightly`, or see why the schedule did not." if late else "",
        )
        with open_published(place) as snapshot:
            remarks = snapshot.table("control.layout_note").filter(pl.col("remark_kind") == "warning")
    except ResdirError as fault:
        yield Check(check="last night", state="problem", found=fault.message, mend=fault.advice)
        return
    for row in remarks.to_dicts():
        yield Check(
            check=f"export of {row['center_id']}",
            state="warning",
            found=row["remark"],
            mend="Ask whoever makes the export whether that is meant.",
        )


def _published_runs(place: Workspace) -> frozenset[str] | None:
    """Return the runs that the published snapshot knows of; None when it cannot tell."""
    try:
        if read_pointer(place) is None:
            return frozenset()
        with open_published(place) as snapshot:
            return frozenset(snapshot.table("control.run").get_column("run_id").to_list())
    except ResdirError:
        return None


def _runs(runs: pl.DataFrame, *, published: frozenset[str] | None) -> Iterator[Check]:
    """Tell of the last runs, the newest first; a stopped one with the gate that stopped it, and one that was never published."""
    for place, row in enumerate(runs.sort("started_at", "run_id", descending=True).head(RUNS_SHOWN).to_dicts()):
        told = f"{row['run_id']} as of {row['as_of']}: {row['status']}"
        gates = json.loads(row["night"]).get("gates", []) if row["status"] == "gated" else []
        if row["status"] == "published" and published is not None and row["run_id"] not in published:
            yield Check(
                check="run",
                state="problem",
                found=f"{row['run_id']} as of {row['as_of']}: stored, but never published",
                mend="See the room on the disk. The next run takes it back by itself and begins from the last published night.",
            )
            continue
        if not gates:
            yield Check(check="run", state="ok", found=told)
            continue
        names = " ".join(dict.fromkeys(f"--override {gate['gate']}" for gate in gates))
        yield Check(
            check="run",
            # An older stop has been answered by a later run.
            state="problem" if place == 0 else "ok",
            found=f"{told}. " + " ".join(f"{gate['center_id']}: {gate['message']}" for gate in gates),
            mend=f"Look at the export. If it is right: resdir nightly … {names}." if place == 0 else "",
        )


def _decisions(place: Workspace) -> Iterator[Check]:
    if not decisions_file(place).is_file():
        yield Check(check="decision log", state="ok", found="nothing was decided yet")
        return
    try:
        count, last = count_decisions(place)
    except ResdirError as fault:
        yield Check(check="decision log", state="problem", found=fault.message, mend=fault.advice)
        return
    yield Check(
        check="decision log",
        state="ok",
        found=f"{count:,} entries" + (f", the last of {last:%Y-%m-%d %H:%M} UTC" if last else ""),
    )


def _writable(place: Workspace) -> Iterator[Check]:
    """Tell whether the workspace takes files; one that a run cannot write to fails only at the end of the night."""
    if not place.root.exists():
        return
    refused = [
        folder.name
        for folder in (place.root, place.published, place.exports, place.reports, place.worksheets, place.logs)
        if folder.exists() and not _takes_files(folder)
    ]
    if refused:
        yield Check(
            check="workspace",
            state="problem",
            found=f"no file can be written to {', '.join(refused)} in {place.root}",
            mend="Give this user the right to write there.",
        )
    left = sorted(path.name for path in place.published.glob(".unfinished_*"))
    if left:
        yield Check(
            check="workspace",
            state="ok",
            found=f"{len(left)} unfinished snapshot of a run that was killed or is running; the next run clears it",
        )


def _takes_files(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
