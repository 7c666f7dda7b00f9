"""Summaries of other centers, kept in the workspace's folder `network`: read, checked, put there, taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.store.workspace import Workspace
from schemas.errors import InputError, StorageError, UsageError
from schemas.fault_words import keys_at, place_of, say_fault
from schemas.network_summary import CENTER_ID, DOCUMENT, MOST_BYTES, VERSION, CenterSummary

#: Faults of a file that are told; the rest follows from them more often than not (project choice).
_FAULTS_TOLD = 5


@dataclass(frozen=True, kw_only=True)
class Held:
    """The summaries that a workspace keeps.

    Attributes:
        summaries: By center, in the order of the ids.
        unreadable: What is wrong with kept files that cannot be read, one sentence each.
    """

    summaries: tuple[CenterSummary, ...]
    unreadable: tuple[str, ...]


def network_folder(place: Workspace) -> Path:
    """Return the folder in which summaries are kept."""
    return place.root / "network"


def read_held(place: Workspace) -> Held:
    """Return the summaries that the workspace keeps. A file that somebody has damaged is told and left out."""
    summaries, unreadable = [], []
    for path in sorted(network_folder(place).glob("*.json")):
        try:
            summary = read_summary(path)
        except InputError as fault:
            unreadable.append(f"{fault.message} It is in no figure; include the summary again.")
            continue
        if path.stem != summary.center_id:
            unreadable.append(f"{path} holds the center {summary.center_id}. It is in no figure; include it again.")
            continue
        summaries.append(summary)
    return Held(summaries=tuple(summaries), unreadable=tuple(unreadable))


def read_summary(path: Path) -> CenterSummary:
    """Return a summary from its file, checked key by key.

    Raises:
        InputError: It cannot be read, or breaks the contract; the file and the key are named.
    """
    said = _read_json(path)
    if said.get("document") != DOCUMENT:
        raise InputError(
            f"{path} is no summary of a center: its key document does not say {DOCUMENT!r}.",
            advice="Make one with `resdir network summarize`.",
        )
    version = said.get("version")
    if version != VERSION or isinstance(version, bool):
        raise InputError(
            f"{path}: version is {_short(version)}; this release reads version {VERSION}.",
            advice="Use the same release of resdir at both ends.",
        )
    try:
        # As JSON text, in which days are texts; numbers and texts are never taken for each other.
        return CenterSummary.model_validate_json(json.dumps(said))
    except ValidationError as fault:
        errors = fault.errors()
        lines = [
            f"{place_of(error['loc'])}: {say_fault(error, keys=keys_at(CenterSummary, error['loc'][:-1]))}"
            for error in errors[:_FAULTS_TOLD]
        ]
        more = f"; and {len(errors) - _FAULTS_TOLD} more" if len(errors) > _FAULTS_TOLD else ""
        raise InputError(
            f"{path}: {'; '.join(lines)}{more}.", advice="Ask the center for a new summary; do not edit it by hand."
        ) from fault


def check_summary(
    summary: CenterSummary,
    *,
    path: Path,
    place: Workspace,
    own: Collection[str],
    day: date,
    replace: bool,
) -> None:
    """Refuse a summary that would make figures wrong.

    Args:
        summary: The summary.
        path: Its file, for messages.
        place: Workspace.
        own: Centers that this workspace reads itself.
        day: Today, or the day to speak of.
        replace: Whether an older one may take the place of a newer one.

    Raises:
        InputError: It speaks of a day to come, of a center that is read here, or is older than the one that is kept.
    """
    if summary.as_of > day:
        raise InputError(f"{path}: as_of {summary.as_of} lies after {day}.", advice="Check the clock of both machines.")
    if summary.center_id in own:
        raise InputError(
            f"{path}: this workspace reads the center {summary.center_id} itself; it would count twice.",
            advice="Include summaries of other centers only.",
        )
    kept = network_folder(place) / f"{summary.center_id}.json"
    if not replace and kept.is_file():
        try:
            held = read_summary(kept)
        except InputError:
            return
        if held.as_of > summary.as_of:
            raise InputError(
                f"{path}: of {summary.center_id} a newer summary is kept ({held.as_of}; this one is of {summary.as_of}).",
                advice="Add --replace if the older one is right.",
            )


def keep_summary(summary: CenterSummary, *, place: Workspace) -> Path:
    """Keep a checked summary, as a whole or not at all; return its place.

    Raises:
        StorageError: The disk refuses.
    """
    path = network_folder(place) / f"{summary.center_id}.json"
    write_summary(summary, path)
    return path


def write_summary(summary: CenterSummary, path: Path) -> None:
    """Write a summary; a file of that name is replaced at once.

    Raises:
        StorageError: The disk refuses.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(summary.model_dump(mode="json"), ensure_ascii=False, indent=2)
        unfinished.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as fault:
        raise StorageError(
            f"{path} cannot be written: {fault.strerror or fault}.",
            advice="Choose another place, or ask for the right.",
        ) from fault
    finally:
        unfinished.unlink(missing_ok=True)


def forget_summary(center_id: str, *, place: Workspace) -> Path:
    """Take the kept summary of a center away; return where it lay.

    Raises:
        UsageError: None is kept.
        StorageError: The disk refuses.
    """
    path = network_folder(place) / f"{center_id}.json"
    if not re.match(CENTER_ID, center_id) or not path.is_file():
        known = ", ".join(sorted(one.stem for one in network_folder(place).glob("*.json"))) or "none"
        raise UsageError(f"No summary of a center {center_id} is kept.", advice=f"Kept: {known}.")
    try:
        path.unlink()
    except OSError as fault:
        raise StorageError(f"{path} cannot be removed: {fault.strerror or fault}.") from fault
    return path


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"{path} is larger than {MOST_BYTES:,} bytes: no summary is.",
                advice="Make one with `resdir network summarize`.",
            )
        said = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_refuse)
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror or fault}.", advice="Check the path.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{path} is not UTF-8 text (byte {fault.start}).") from fault
    except RecursionError as fault:
        raise InputError(f"{path} is no summary: it is nested too deeply.") from fault
    except json.JSONDecodeError as fault:
        raise InputError(f"{path} is not valid JSON: {fault}.", advice="Was it cut off on the way?") from fault
    except ValueError as fault:
        # Our own refusals speak for themselves; a number of thousands of digits is refused in the words of the language.
        told = "a number in it is far too long" if "set_int_max_str_digits" in str(fault) else str(fault)
        raise InputError(f"{path} is not valid JSON: {told}.", advice="Was it cut off on the way?") from fault
    if not isinstance(said, dict):
        raise InputError(
            f"{path} is no summary: it holds no object.", advice="Make one with `resdir network summarize`."
        )
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)[:60]!r} stands in it twice")
    return found


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _short(value: object) -> str:
    return "missing" if value is None else repr(value)[:60]
