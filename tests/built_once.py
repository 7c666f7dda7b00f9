"""Workspaces that several files of tests look at: built once in a run, also when the files go to several workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

#: Longer than any of them takes on a busy machine; who waited so long builds one alone.
PATIENCE_SECONDS = 300


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """Return a folder that was built by whoever of the workers came first; nobody may change it.

    Args:
        factory: Gives the folder of the run; the folders of the workers lie in it side by side.
        name: Name of the folder.
        build: Fills an empty folder.
    """
    base = factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / f"once-{name}"
    try:
        shared.mkdir()
    except FileExistsError:
        return shared if _is_ready(shared) else _alone(factory, name, build)
    try:
        build(shared)
    except BaseException:
        (shared / "FAILED").touch()
        raise
    (shared / "READY").touch()
    return shared


def _is_ready(folder: Path) -> bool:
    """Wait for another worker; False when it failed or takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and not (folder / "FAILED").exists():
        if (folder / "READY").exists():
            return True
        time.sleep(0.2)
    return False


def _alone(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    folder = factory.mktemp(name)
    build(folder)
    return folder
