"""`resdir staffing`: how many curators the directory takes."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from cyclopts import Parameter

from flows.calibrations import read_calibrations
from flows.cli.staffing_calibrate import calibrate
from flows.cli.terminal import Common, require_center, show, show_json, show_table
from flows.staffing_facts import CenterAtWork, StaffingView, calibrated_then, read_view
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.sensitivity import tell_sensitivity, vary_parameters
from pipeline.measure.staffing import BAND, Band
from pipeline.measure.what_if import WhatIfEstimate, estimate_what_if, parse_what_if
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters


def staffing(
    *,
    what_if: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    calibrate_from: Annotated[str | None, Parameter(name="--calibrate")] = None,
    updated_share: float | None = None,
    by: str | None = None,
    center: str | None = None,
    sensitivity: Annotated[bool, Parameter(negative="")] = False,
    parameters: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Estimate the curators that the yearly update takes: low, central, high, with the workings.

    Args:
        what_if: A question such as "+500 agencies", "target 98 %" or "portal for 40 %, 120 audits".
        calibrate_from: The center's own curators, as FTE (such as 4, or `own` for [[centers]] curator_fte); a time log, as the name
            of a .csv file with the columns date, curator, record, minutes; or `off`. Without --by it is shown and not kept.
        updated_share: Share of the directory that these curators really updated in the year (default: the headline of the last night).
        by: Who enters the calibration; with it, it is kept and used from now on.
        center: Only this center.
        sensitivity: Show what each assumption does to the figure.
        parameters: Show every number the model uses, with unit and where it comes from.
        common: What every command takes.
    """
    if calibrate_from is None and (updated_share is not None or by is not None):
        raise UsageError(
            "--updated-share and --by belong to --calibrate.", advice="Add --calibrate 4, or leave them out."
        )
    if calibrate_from is not None:
        return calibrate(calibrate_from, updated_share=updated_share, by=by, center=center, common=common)
    resolved = common.resolve()
    place = common.place(resolved)
    question = parse_what_if(what_if) if what_if is not None else None
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        if center is not None:
            directory = directory.of_centers([center])
        as_of = common.as_of or snapshot.pointer.as_of
        complexity = measure_complexity(directory, as_of=as_of, parameters=resolved.settings.staffing)
        view = read_view(
            snapshot,
            complexity,
            directory,
            resolved=resolved,
            calibrations=read_calibrations(place),
            as_of=as_of,
            centers=None if center is None else [center],
        )
    answer = calibrated = None
    if question is not None:
        answer = estimate_what_if(complexity, what_if=question, parameters=view.parameters)
        calibrated = calibrated_then(view, complexity, what_if=question)
    varied = vary_parameters(complexity, parameters=view.parameters)
    if common.json:
        document = view.document()
        if answer is not None:
            document["what_if"] = {
                **answer.document(),
                "calibrated_then_fte": None if calibrated is None else calibrated.rounded(4),
            }
        if sensitivity:
            document["sensitivity"] = varied.to_dicts()
        show_json(document)
        return 0
    _print(view)
    if answer is not None:
        _print_answer(answer, asked=what_if or "", calibrated=calibrated)
    if sensitivity:
        _print_sensitivity(varied)
    elif view.estimate.agencies:
        show(tell_sensitivity(varied))
    if parameters:
        _print_parameters(view.parameters)
    for sentence in (*view.notes, *view.estimate.caveats):
        show(f"- {sentence}")
    return 0


def band_text(band: Band) -> str:
    """Return a band in two decimals, never a figure without its ends."""
    return f"{band.low:.2f} - {band.central:.2f} - {band.high:.2f}"


def _print(view: StaffingView) -> None:
    estimate = view.estimate
    show(
        f"{count_of(estimate.agencies, 'agency')}, {count_of(estimate.sites, 'site')}, {count_of(estimate.services, 'service')}: "
        f"{band_text(estimate.fte)} FTE (low - central - high)"
    )
    if view.calibrated is not None:
        show(f"By the centers' own calibration: {band_text(view.calibrated)} FTE")
        for name in sorted(view.calibrations):
            show(f"  {view.calibrations[name].words()}")
    show_table(
        "Workings, hours a year",
        ("part", "amount", "of", *BAND),
        [
            (row["part"], f"{row['amount']:,.0f}" if row["amount"] is not None else "", row["unit"],
             *(f"{row[f'hours_{name}']:,.1f}" for name in BAND))
            if row["part"] != "interim"
            else (row["part"], f"{row['amount']:.2f}", row["unit"], *(f"{row[f'hours_{name}']:,.1f}" for name in BAND))
            for row in estimate.workings.to_dicts()
        ],
        right=("amount", *BAND),
    )  # fmt: skip
    if any(one.actual_fte is not None for one in view.centers) or len(view.centers) > 1:
        _print_centers(view.centers)


def _print_centers(centers: tuple[CenterAtWork, ...]) -> None:
    show_table(
        "Curators at work and estimated; updates and changes in between only",
        (
            "center",
            "agencies",
            "services",
            "FTE at work",
            "estimated",
            "calibrated",
            "agencies per FTE",
            "at work / estimated",
        ),
        [
            (
                one.center_id,
                f"{one.agencies:,}",
                f"{one.services:,}",
                "not given" if one.actual_fte is None else f"{one.actual_fte:g}",
                band_text(one.estimated),
                "" if one.calibrated is None else band_text(one.calibrated),
                "" if one.actual_fte is None else f"{one.agencies / one.actual_fte:,.0f}",
                ""
                if one.actual_fte is None or not one.estimated.central
                else f"{one.actual_fte / one.estimated.central:.2f}",
            )
            for one in centers
        ],
        right=("agencies", "services", "FTE at work", "agencies per FTE", "at work / estimated"),
    )


def _print_answer(answer: WhatIfEstimate, *, asked: str, calibrated: Band | None) -> None:
    bands = [("today", answer.today_fte, answer.today_hours), (f"with {asked}", answer.then_fte, answer.then_hours)]
    if answer.first_year_fte is not None and answer.first_year_hours is not None:
        bands.append(("the added agencies, first year", answer.first_year_fte, answer.first_year_hours))
    if answer.later_year_fte is not None and answer.later_year_hours is not None:
        bands.append(("the added agencies, later years", answer.later_year_fte, answer.later_year_hours))
    rows = [
        (words, band_text(fte), f"{hours.low:,.0f} - {hours.central:,.0f} - {hours.high:,.0f}")
        for words, fte, hours in bands
    ]
    difference = ("difference", _signed(answer.difference_fte, digits=2), _signed(answer.difference_hours, digits=0))
    rows.insert(2, difference)
    show_table("What if (low - central - high)", ("", "FTE", "hours a year"), rows)
    if calibrated is not None:
        show(f"By the center's own calibration, with {asked}: {band_text(calibrated)} FTE")


def _signed(band: Band, *, digits: int) -> str:
    """Return a difference; with signs, a hyphen between numbers could not be read."""
    low, central, high = (f"{getattr(band, name):+,.{digits}f}" for name in BAND)
    return f"{low} to {high}, central {central}"


def _print_sensitivity(varied: pl.DataFrame) -> None:
    show_table(
        "One assumption moved at a time, central FTE",
        ("parameter", "low at", "FTE", "high at", "FTE "),
        [
            (row["parameter"], row["low_value"], f"{row['low_fte']:.2f}", row["high_value"], f"{row['high_fte']:.2f}")
            for row in varied.to_dicts()
        ],
        right=("low at", "FTE", "high at", "FTE "),
    )
    show(tell_sensitivity(varied))


def _print_parameters(parameters: StaffingParameters) -> None:
    def text(value: float | str | None) -> str:
        return "" if value is None else value if isinstance(value, str) else f"{value:,g}"

    show_table(
        "The numbers of the model",
        ("parameter", "low", "central", "high", "unit", "where from"),
        [
            (row.name, text(row.low), text(row.central), text(row.high), row.unit, row.basis)
            for row in parameters.rows()
        ],
        right=("low", "central", "high"),
    )
