"""`resdir staffing --calibrate`: the model held against a center's own curators, or its time log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows.calibrations import end_calibrations, keep_factor, keep_minutes
from flows.cli.terminal import Common, require_center, say, show, show_json, show_table
from flows.clock import now
from flows.settings import Resolved
from flows.staffing_facts import observe_workload
from flows.time_log_file import read_time_log
from pipeline.measure.calibration import FactorCalibration, calibrate_factor, scaled
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.freshness import measure_freshness
from pipeline.measure.freshness_cases import HEADLINE
from pipeline.measure.staffing import CAVEATS, Band, estimate_staffing
from pipeline.measure.time_fit import TimeFit, fit_minutes
from pipeline.measure.time_log import list_updates, read_entries
from pipeline.measure.workload import settle_workload
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import Snapshot, open_published
from pipeline.store.workspace import Workspace
from schemas.directory import Directory
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters

#: Bad lines that are printed; --json has all of them.
_FAULTS_SHOWN = 20


def calibrate(said: str, *, updated_share: float | None, by: str | None, center: str | None, common: Common) -> int:
    """Calibrate, show it, and keep it when somebody signs it.

    Args:
        said: FTE, `own`, the name of a time log, or `off`.
        updated_share: Share really updated; None takes the headline of the last night.
        by: Who enters it; None keeps nothing.
        center: The center; may be left out when there is only one.
        common: What every command takes.
    """
    resolved = common.resolve()
    place = common.place(resolved)
    if by is not None and not by.strip():
        raise UsageError("--by is empty.", advice="Give the name of whoever enters it.")
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        known = snapshot.table("control.run_input")["center_id"].unique().sort().to_list()
        if said == "off":
            return _end(place, [center] if center is not None else known, by=by, common=common, resolved=resolved)
        if center is None and len(known) > 1:
            raise UsageError("A calibration is of one center.", advice=f"Name it with --center: {', '.join(known)}.")
        one = center or known[0]
        whole = snapshot.directory()
        directory = whole.of_centers([one])
        as_of = common.as_of or snapshot.pointer.as_of
        complexity = measure_complexity(directory, as_of=as_of, parameters=resolved.settings.staffing)
        parameters = _settled(snapshot, directory, one, resolved=resolved, as_of=as_of)
        run_id = snapshot.pointer.run_id
    fte = _curators(said, center=one, resolved=resolved)
    if fte is not None:
        share = updated_share
        if share is None:
            share = _headline(directory, resolved=resolved, as_of=as_of)
        found = calibrate_factor(complexity, parameters=parameters, actual_fte=fte, updated_share=share)
        if by is not None:
            keep_factor(
                place, found, model=resolved.settings.staffing, center_id=one, by=by.strip(), as_of=as_of, run_id=run_id,
                moment=now(),
            )  # fmt: skip
        _tell_factor(found, complexity, parameters=parameters, center=one, is_kept=by is not None, common=common)
        return 0
    if updated_share is not None:
        raise UsageError("--updated-share belongs to curators, not to a time log.", advice="Leave it out.")
    file = read_time_log(Path(said))
    is_own = pl.col("center_id") == one
    records = _counted(whole)
    log = read_entries(
        file.lines, records=records.filter(is_own), elsewhere=records.filter(~is_own), as_of=common.day(resolved)
    )
    rule = resolved.settings.time_fit
    faults = pl.concat([file.faults, log.faults]).sort("source_line")
    fit = fit_minutes(list_updates(log.entries, gap_days=rule.gap_days), complexity, parameters=parameters, rule=rule)
    is_kept = by is not None and fit.refusal is None
    if is_kept and by is not None:
        keep_minutes(
            place, fit, center_id=one, file=file.name, sha256=file.sha256, by=by.strip(), as_of=as_of, run_id=run_id,
            moment=now(),
        )  # fmt: skip
    _tell_fit(
        fit, faults, complexity, parameters=parameters, file=file.name, center=one, is_kept=is_kept, common=common
    )
    return 0 if fit.refusal is None and faults.is_empty() else 1


def _end(place: Workspace, centers: list[str], *, by: str | None, common: Common, resolved: Resolved) -> int:
    if by is None:
        raise UsageError("Who ends the calibration?", advice="Add --by NAME.")
    ended = end_calibrations(place, centers, by=by.strip(), as_of=common.day(resolved), moment=now())
    if common.json:
        show_json({"ended": list(ended)})
    else:
        show(f"Ended: {', '.join(ended)}." if ended else "There was no calibration to end.")
    return 0


def _curators(said: str, *, center: str, resolved: Resolved) -> float | None:
    """Return the FTE that is meant; None when a file is named."""
    if said == "own":
        fte = resolved.center(center).curator_fte
        if fte is None:
            raise UsageError(
                f"The settings do not say how many curators {center} has.",
                advice="Set curator_fte of this center under [[centers]], or give the number.",
            )
        return fte
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return None


def _settled(
    snapshot: Snapshot, directory: Directory, center: str, *, resolved: Resolved, as_of: date
) -> StaffingParameters:
    states = snapshot.table("matching.pair_state").filter(
        (pl.col("center_id_a") == center) & (pl.col("center_id_b") == center)
    )
    observed = observe_workload(
        directory,
        pair_state=states,
        scored=snapshot.table("matching.scored_pair"),
        audit_size=resolved.settings.audit.size,
        as_of=as_of,
    )
    return settle_workload(resolved.settings.staffing, observed=observed)[0]


def _headline(directory: Directory, *, resolved: Resolved, as_of: date) -> float:
    figures = measure_freshness(directory, as_of=as_of, rule=resolved.settings.freshness).figures
    row = figures.filter((pl.col("measure") == HEADLINE) & (pl.col("dimension") == "all")).row(0, named=True)
    if not row["share"]:
        raise UsageError(
            "The share that was really updated is not known here, or is 0.",
            advice="Give it, such as --updated-share 0.93.",
        )
    return float(row["share"])


def _counted(directory: Directory) -> pl.DataFrame:
    agencies = directory.agency.filter("is_counted").with_columns(agency_uid="record_uid")
    columns = ["center_id", "record_uid", "native_id", "agency_uid"]
    return pl.concat(
        [
            agencies.select(columns),
            directory.site.filter("is_counted").select(columns),
            directory.service.filter("is_counted").select(columns),
        ]
    )


def _tell_factor(
    found: FactorCalibration,
    complexity: pl.DataFrame,
    *,
    parameters: StaffingParameters,
    center: str,
    is_kept: bool,
    common: Common,
) -> None:
    plain = estimate_staffing(complexity, parameters=parameters).fte
    calibrated = scaled(plain, found.factor)
    if common.json:
        show_json(
            {
                "center_id": center,
                "basis": "curators",
                "factor": round(found.factor, 4),
                "is_doubtful": found.is_doubtful,
                "inputs": {
                    "actual_fte": found.actual_fte,
                    "updated_share": round(found.updated_share, 4),
                    "workload_hours": round(found.workload_hours, 2),
                    "direct_hours": round(found.direct_hours, 2),
                },
                "estimated_fte": plain.rounded(4),
                "calibrated_fte": calibrated.rounded(4),
                "is_kept": is_kept,
                "caveats": list(CAVEATS),
            }
        )
        return
    show(
        f"{center}: {found.actual_fte:g} curators with {found.direct_hours:,.1f} hours each on records updated "
        f"{found.updated_share * 100:.1f} % of the directory; the model takes {found.workload_hours:,.1f} hours for that."
    )
    show(f"Factor {found.factor:.3f}." + (" That is outside 0.5 to 2: check the inputs." if found.is_doubtful else ""))
    _tell_bands(plain, calibrated)
    _tell_kept(is_kept=is_kept)


def _tell_fit(
    fit: TimeFit,
    faults: pl.DataFrame,
    complexity: pl.DataFrame,
    *,
    parameters: StaffingParameters,
    file: str,
    center: str,
    is_kept: bool,
    common: Common,
) -> None:
    plain = estimate_staffing(complexity, parameters=parameters).fte
    calibrated = None
    if fit.refusal is None:
        calibrated = estimate_staffing(complexity, parameters=parameters.model_copy(update=fit.minutes())).fte
    if common.json:
        show_json(
            {
                "center_id": center,
                "basis": "time_log",
                "file": file,
                "bundles": fit.size.bundles,
                "updates": fit.size.updates,
                "curators": fit.size.curators,
                "hours": round(fit.size.hours, 2),
                "confidence": fit.confidence,
                "scatter": None if fit.scatter is None else round(fit.scatter, 3),
                "refusal": fit.refusal,
                "minutes": [
                    {
                        "part": one.part,
                        "low": round(one.low, 3),
                        "central": round(one.estimate, 3),
                        "high": round(one.high, 3),
                        "kept_because": one.reason,
                    }
                    for one in fit.parts
                ],
                "estimated_fte": plain.rounded(4),
                "calibrated_fte": None if calibrated is None else calibrated.rounded(4),
                "faults": faults.to_dicts(),
                "notes": list(fit.notes),
                "is_kept": is_kept,
                "caveats": list(CAVEATS),
            }
        )
        return
    for row in faults.head(_FAULTS_SHOWN).to_dicts():
        said = "" if row["value"] is None else f" {row['value']!r}:"
        say(f"{file}, line {row['source_line']}, column {row['column']}:{said} {row['reason']}")
    if faults.height:
        say(f"{count_of(faults.height, 'line')} of {file} could not be used.")
    show(
        f"{file}: {count_of(fit.size.updates, 'update')} of {count_of(fit.size.bundles, 'agency')} by "
        f"{count_of(fit.size.curators, 'curator')}, {fit.size.hours:,.1f} hours."
    )
    if fit.refusal is not None or calibrated is None:
        show(f"The log cannot tell the minutes. {fit.refusal}")
        for note in fit.notes:
            show(f"- {note}")
        return
    show_table(
        f"Minutes, all intervals together right in {fit.confidence * 100:g} of 100 logs",
        ("part", "low", "central", "high", "from"),
        [
            (
                one.part,
                f"{one.low:.1f}",
                f"{one.estimate:.1f}",
                f"{one.high:.1f}",
                "the log" if one.reason is None else f"the assumption: {one.reason}",
            )
            for one in fit.parts
        ],
        right=("low", "central", "high"),
    )
    for note in fit.notes:
        show(f"- {note}")
    _tell_bands(plain, calibrated)
    _tell_kept(is_kept=is_kept)


def _tell_bands(plain: Band, calibrated: Band) -> None:
    show(f"By the assumptions: {plain.low:.2f} - {plain.central:.2f} - {plain.high:.2f} FTE (low - central - high)")
    show(f"Calibrated:         {calibrated.low:.2f} - {calibrated.central:.2f} - {calibrated.high:.2f} FTE")
    for caveat in CAVEATS[-2:]:
        show(f"- {caveat}")


def _tell_kept(*, is_kept: bool) -> None:
    show(
        "Kept; `resdir staffing` shows both from now on."
        if is_kept
        else "Not kept: add --by NAME to use it from now on."
    )
