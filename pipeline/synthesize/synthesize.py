"""Write invented centers with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.synthesize.plant import CenterPlan, plant_centers
from pipeline.synthesize.truth import PlantedFault, PlantedPair, write_truth
from pipeline.synthesize.vocabulary import read_vocabulary
from pipeline.synthesize.write_hsds import write_hsds
from pipeline.synthesize.write_icarol import write_icarol
from schemas.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class WrittenCenter:
    """One written center.

    Attributes:
        center_id: Its name.
        format_name: `icarol` or `hsds`.
        path: What to give to the nightly run: a CSV file or a folder.
        agencies: Agency records in it.
        records: Records of all kinds in it.
    """

    center_id: str
    format_name: str
    path: Path
    agencies: int
    records: int


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """What was written.

    Attributes:
        centers: The centers in their order.
        truth: Folder of the truth files.
        faults: Number of planted faults.
        pairs: Number of pairs of agencies whose relation is known, by label.
    """

    centers: tuple[WrittenCenter, ...]
    truth: Path
    faults: int
    pairs: dict[str, int]


def synthesize(*, agencies: int, seed: str, output: Path, centers: int = 1, as_of: date) -> Synthesis:
    """Write `centers` invented centers of `agencies` agencies each; the first an iCarol export, the second HSDS, and so on.

    Files: `center01/resources.csv`, `center02/` (a table package), ..., `truth/faults.csv`, `truth/duplicates.csv`.

    Args:
        agencies: Agencies in each center, planted ones included.
        seed: Seed of all draws; the same seed, size and day give the same bytes.
        output: Folder to write to; made when missing, files of the same names are replaced.
        centers: Number of centers.
        as_of: Day on which the directories stand so.

    Raises:
        UsageError: Fewer than one agency or center is asked for.
    """
    if agencies < 1 or centers < 1:
        raise UsageError("At least one agency and one center are needed.", advice="Try --agencies 500 --centers 2.")
    regions = sorted(read_vocabulary().regions)
    plans = [
        CenterPlan(
            center_id=f"center{rank + 1:02}",
            agencies=agencies,
            region=regions[rank % len(regions)],
            is_open_data=bool(rank % 2),
        )
        for rank in range(centers)
    ]
    planted = plant_centers(plans, seed=seed, as_of=as_of)
    written = []
    for plot in planted.plots:
        directory = plot.directory()
        is_open_data = plot.setting.has_public_rows_only
        folder = output / directory.center_id
        path = folder if is_open_data else folder / "resources.csv"
        (write_hsds if is_open_data else write_icarol)(directory, path)
        written.append(
            WrittenCenter(
                center_id=directory.center_id,
                format_name="hsds" if is_open_data else "icarol",
                path=path,
                agencies=directory.agency_count,
                records=len(directory.records),
            )
        )
    truth = output / "truth"
    write_truth(planted.faults, truth / "faults.csv", row_type=PlantedFault)
    write_truth(planted.pairs, truth / "duplicates.csv", row_type=PlantedPair)
    labels = [pair.label for pair in planted.pairs]
    return Synthesis(
        centers=tuple(written),
        truth=truth,
        faults=len(planted.faults),
        pairs={label: labels.count(label) for label in ("duplicate", "related", "distinct")},
    )
