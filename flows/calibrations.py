"""Calibrations of the staffing model, kept in the decision log: the last one of a center is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pipeline.measure.calibration import FactorCalibration
from pipeline.measure.time_fit import TimeFit
from pipeline.store.decisions import Decision, append_decision, read_decisions
from pipeline.store.workspace import Workspace
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters

#: Kind of entry in the decision log.
CALIBRATED = "staffing_calibration"


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What is in force for a center.

    Attributes:
        center_id: The center.
        basis: `curators`: one factor from its own curators; `time_log`: minutes from its time log.
        by: Who entered it.
        as_of: Day that it speaks of.
        decided_at: Moment of the entry, UTC.
        factor: Factor on the modelled figure; 1 for minutes from a time log.
        minutes: Low, central and high minutes that take the place of what is assumed, by setting; empty for a factor.
        inputs: What it was made from, as it was entered.
        model: Settings of the model that a factor was made with; None for minutes, and where they were not kept.
    """

    center_id: str
    basis: Literal["curators", "time_log"]
    by: str
    as_of: date
    decided_at: datetime
    factor: float = 1.0
    minutes: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] | None = None

    def applied(self, parameters: StaffingParameters) -> StaffingParameters:
        """Return the model with this center's own minutes."""
        return parameters.model_copy(update=dict(self.minutes))

    def words(self) -> str:
        """Return in a sentence what it is."""
        what = (
            f"factor {self.factor:.2f} from {self.inputs['actual_fte']:g} curators who updated {self.inputs['updated_share'] * 100:.1f} %"
            if self.basis == "curators"
            else f"minutes from a time log of {self.inputs['bundles']:,} agencies"
        )
        return f"{self.center_id}: {what}, entered by {self.by} on {self.decided_at:%Y-%m-%d} for {self.as_of}."

    def document(self) -> dict[str, object]:
        """Return it as one JSON document, without the settings of the model."""
        told = {name: value for name, value in asdict(self).items() if name != "model"}
        return {**told, "as_of": self.as_of.isoformat(), "decided_at": self.decided_at.isoformat()}


def read_calibrations(place: Workspace) -> dict[str, Calibration]:
    """Return the calibration in force by center; centers without one, or that ended it, are left out."""
    standing: dict[str, Calibration] = {}
    for entry in read_decisions(place, kind=CALIBRATED):
        standing.pop(entry.subject, None)
        if entry.payload["basis"] != "off":
            standing[entry.subject] = _read(entry)
    return standing


def _read(entry: Decision) -> Calibration:
    said = entry.payload
    return Calibration(
        center_id=entry.subject,
        basis=said["basis"],
        by=entry.decided_by,
        as_of=date.fromisoformat(said["as_of"]),
        decided_at=entry.decided_at,
        factor=said.get("factor", 1.0),
        minutes={
            f"{part}_minutes": tuple(said["minutes"][f"{part}_minutes"])
            for part in MINUTE_PARTS
            if f"{part}_minutes" in said.get("minutes", {})
        },
        inputs=said["inputs"],
        model=said.get("model"),
    )


def keep_factor(
    place: Workspace,
    calibration: FactorCalibration,
    *,
    model: StaffingParameters,
    center_id: str,
    by: str,
    as_of: date,
    run_id: str,
    moment: datetime,
) -> None:
    """Put a factor into the decision log, with the settings of the model that it was made with.

    Raises:
        BusyError, StorageError: As `append_decision`.
    """
    inputs = {name: value for name, value in asdict(calibration).items() if name != "factor"}
    payload = {
        "basis": "curators",
        "factor": calibration.factor,
        "inputs": inputs | {"run_id": run_id},
        "model": model.model_dump(mode="json"),
    }
    _keep(place, payload, center_id=center_id, by=by, as_of=as_of, moment=moment)


def keep_minutes(
    place: Workspace,
    fit: TimeFit,
    *,
    center_id: str,
    file: str,
    sha256: str,
    by: str,
    as_of: date,
    run_id: str,
    moment: datetime,
) -> None:
    """Put minutes from a time log into the decision log.

    Raises:
        BusyError, StorageError: As `append_decision`.
    """
    inputs = {
        **asdict(fit.size),
        "file": file,
        "sha256": sha256,
        "confidence": fit.confidence,
        "kept": {one.part: one.reason for one in fit.parts if one.reason is not None},
        "run_id": run_id,
    }
    payload = {
        "basis": "time_log",
        "minutes": {name: list(band) for name, band in fit.minutes().items()},
        "inputs": inputs,
    }
    _keep(place, payload, center_id=center_id, by=by, as_of=as_of, moment=moment)


def end_calibrations(
    place: Workspace, centers: Iterable[str], *, by: str, as_of: date, moment: datetime
) -> tuple[str, ...]:
    """End the calibrations of centers, and return those that had one.

    Raises:
        BusyError, StorageError: As `append_decision`.
    """
    standing = read_calibrations(place)
    ended = tuple(center for center in centers if center in standing)
    for center in ended:
        _keep(place, {"basis": "off", "inputs": {}}, center_id=center, by=by, as_of=as_of, moment=moment)
    return ended


def _keep(place: Workspace, payload: dict[str, Any], *, center_id: str, by: str, as_of: date, moment: datetime) -> None:
    append_decision(
        place,
        kind=CALIBRATED,
        subject=center_id,
        payload={**payload, "as_of": as_of.isoformat()},
        decided_by=by,
        now=moment,
    )
