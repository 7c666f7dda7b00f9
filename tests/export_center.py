"""A center of a test whose export can change from night to night."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import night

#: Columns of the layout in which record numbers stand.
NUMBERS = ("ResourceAgencyNum", "ParentAgencyNum", "ConnectsToSiteNum", "ConnectsToProgramNum")


class ExportCenter:
    """One invented center, its export as rows that a test may change, and its workspace."""

    def __init__(self, folder: Path, *, agencies: int, seed: str, as_of: date) -> None:
        self.folder = folder
        self.as_of = as_of
        self.workspace = Workspace(folder / "workspace")
        made = synthesize(agencies=agencies, seed=seed, output=folder / "out", centers=1, as_of=as_of).centers[0]
        with made.path.open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.count = 0

    def night(self, rows=None, *, as_of: date | None = None, **settings):
        """Run the next night over the rows; by default one day after the last."""
        self.count += 1
        export = self.folder / f"night{self.count}.csv"
        with export.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows if rows is None else rows)
        return night(
            self.workspace.root,
            ("one", export),
            as_of=as_of or self.as_of + timedelta(days=self.count - 1),
            run_id=f"202611{20 + self.count}T020000000Z-aaaaaa",
            run={"report": False, "export_hsds": False, "queue": False},
            **settings,
        )

    def table(self, name: str) -> pl.DataFrame:
        """Return a stored table of the last published night."""
        with open_published(self.workspace) as snapshot:
            return snapshot.table(name)
