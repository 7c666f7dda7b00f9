"""Two whole nights over the sample data, with all that a night writes: run once for all who look at them."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from pipeline.store.workspace import Workspace
from schemas.night import NightFacts
from tests.built_once import built_once
from tests.nights import night

FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)


def sample_nights(factory: pytest.TempPathFactory, sample_data: Path) -> tuple[Workspace, NightFacts, NightFacts]:
    """Return the workspace, not to be changed, and the facts of both nights; the first of the callers runs them.

    The first center is there in both nights, the second center beside it in the second night.
    """
    prairie = sample_data / "prairie211"

    def build(folder: Path) -> None:
        workspace = folder / "workspace"
        first = night(workspace, ("prairie211", prairie / "2026-11-19" / "resources.csv"), as_of=FIRST, run_id="first")
        second = night(
            workspace,
            ("prairie211", prairie / "2026-11-20" / "resources.csv"),
            ("riverbend211", sample_data / "riverbend211"),
            as_of=SECOND,
            run_id="second",
        )
        (folder / "facts").write_bytes(pickle.dumps((first, second)))

    folder = built_once(factory, "sample", build)
    first, second = pickle.loads((folder / "facts").read_bytes())
    return Workspace(folder / "workspace"), first, second
