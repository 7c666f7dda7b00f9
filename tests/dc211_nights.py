"""Two nights of a real iCarol export of 116 columns, nine days apart and in two quarters: run once for all who look at them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.publish.night_json import night_json
from tests.built_once import built_once
from tests.nights import night

FIRST, LAST = date(2014, 3, 31), date(2014, 4, 9)


@dataclass(frozen=True, kw_only=True)
class Dc211Nights:
    """What the nights left.

    Attributes:
        first: JSON answer of the first night, for which all was written that a night writes.
        second: JSON answer of the second.
        workspace: Workspace after both; not to be changed.
    """

    first: dict[str, Any]
    second: dict[str, Any]
    workspace: Path


def dc211_nights(factory: pytest.TempPathFactory, shared: Path) -> Dc211Nights:
    """Return the nights; the first of the callers runs them."""
    export = shared / "data" / "dc211" / "dc211_export.csv"

    def build(folder: Path) -> None:
        for place, as_of in enumerate((FIRST, LAST)):
            is_whole = place == 0
            facts = night(
                folder / "workspace",
                ("dc211", export),
                as_of=as_of,
                run_id=f"{as_of:%Y%m%d}",
                run={"report": is_whole, "export_hsds": is_whole, "queue": is_whole},
            )
            (folder / f"night{place}.json").write_text(json.dumps(night_json(facts)), encoding="utf-8")

    folder = built_once(factory, "dc211", build)
    first, second = (json.loads((folder / f"night{place}.json").read_text(encoding="utf-8")) for place in (0, 1))
    return Dc211Nights(first=first, second=second, workspace=folder / "workspace")


def copy_of(workspace: Path, folder: Path) -> Path:
    """Return a copy of a workspace that may be changed."""
    return Path(shutil.copytree(workspace, folder / "workspace"))
