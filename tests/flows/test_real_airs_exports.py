"""A real directory that came as AIRS XML leaves in every format, and every official schema accepts it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from flows.export_ground import read_export_ground
from flows.export_targets import TARGETS
from flows.exports import ExportWish, run_export
from flows.settings import Resolved, Settings
from pipeline.store.workspace import Workspace
from schemas.airs_parameters import AirsParameters
from schemas.ndp_parameters import NdpParameters
from tests.nights import MOMENT, night

pytestmark = pytest.mark.real_data


def test_bc211_leaves_in_every_format_without_an_error(shared, tmp_path):
    """What the receivers' schemas refuse comes back, and nobody knows why."""
    folder = shared / "data" / "formats" / "bc211_icarol_airs30"
    workspace = Workspace(tmp_path / "workspace")
    quiet = {"report": False, "export_hsds": False, "queue": False}
    night(workspace.root, ("bc211", folder), as_of=date(2018, 6, 1), run=quiet)
    settings = Settings(
        export_airs=AirsParameters(taxonomy_version="2018-01-01T00:00:00Z"),
        export_ndp=NdpParameters(owner_code="211bc"),
    )
    resolved = Resolved(settings=settings, base=tmp_path, source=None)
    ground = read_export_ground(resolved, place=workspace, center=None, as_of=None, withhold=True)
    for target in TARGETS:
        done = run_export(
            ground,
            ExportWish(target=target, output=tmp_path / target, schema_dir=Path(shared) / "specs"),
            resolved=resolved,
            place=workspace,
            moment=MOMENT,
        )
        assert done.preflight.official == "specs"
        assert done.preflight.errors == ()
        counts = json.loads((tmp_path / target / "manifest.json").read_text(encoding="utf-8"))["counts"]
        # 21 agencies came; two have two contents under one number, and two have no name.
        assert (counts["agency"]["delivered"], counts["agency"]["written"]) == (21, 17), target
        assert counts["service"]["written"] >= 40
