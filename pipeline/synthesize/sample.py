"""The sample that comes with the program: two invented centers, the first on two nights."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.synthesize.next_night import invent_next_night
from pipeline.synthesize.plant import CenterPlan, plant_centers
from pipeline.synthesize.truth import PlantedChange, PlantedFault, PlantedPair, write_truth
from pipeline.synthesize.write_hsds import write_hsds
from pipeline.synthesize.write_icarol import write_icarol

SAMPLE_SEED = "sample-1"
SAMPLE_NIGHTS = (date(2026, 11, 19), date(2026, 11, 20))
_PLANS = (
    CenterPlan(center_id="prairie211", agencies=324, region="prairie", is_open_data=False),
    CenterPlan(center_id="riverbend211", agencies=304, region="riverbend", is_open_data=True),
)


def write_sample(folder: Path) -> None:
    """Write the two sample centers and their truth below the folder; files of the same names are replaced.

    `prairie211/<night>/resources.csv` twice, `riverbend211/` (a table package of the second night), `truth/faults.csv`,
    `truth/duplicates.csv`, `truth/changes.csv`.
    """
    first_night, second_night = SAMPLE_NIGHTS
    planted = plant_centers(_PLANS, seed=SAMPLE_SEED, as_of=first_night)
    prairie, riverbend = planted.plots
    own_faults = [fault for fault in planted.faults if fault.center_id == prairie.setting.center_id]
    other_faults = [fault for fault in planted.faults if fault.center_id != prairie.setting.center_id]
    night = invent_next_night(prairie, clean=planted.clean, faults=own_faults, on=second_night)
    for plot, day in ((prairie, first_night), (night.plot, second_night)):
        write_icarol(plot.directory(), folder / plot.setting.center_id / day.isoformat() / "resources.csv")
    write_hsds(riverbend.directory(), folder / riverbend.setting.center_id)
    truth = folder / "truth"
    write_truth([*night.faults, *other_faults], truth / "faults.csv", row_type=PlantedFault)
    write_truth(planted.pairs, truth / "duplicates.csv", row_type=PlantedPair)
    write_truth(night.changes, truth / "changes.csv", row_type=PlantedChange)
