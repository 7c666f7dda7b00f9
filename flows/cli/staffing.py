"""`resdir staffing`: how many curators the directory takes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, show, show_json, show_table
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.sensitivity import vary_parameters
from pipeline.measure.staffing import BAND, Staffing, estimate_staffing
from pipeline.measure.what_if import WhatIfEstimate, estimate_what_if, parse_what_if
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published


def staffing(
    *,
    what_if: str | None = None,
    center: str | None = None,
    sensitivity: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Estimate the curators that the yearly update takes: low, central, high, with the workings.

    Args:
        what_if: A question such as "+500 agencies" or "+500 agencies, 3 services, 1.5 sites".
        center: Only this center.
        sensitivity: Show which assumption moves the figure most.
        common: What every command takes.
    """
    resolved = common.resolve()
    parameters = resolved.settings.staffing
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        as_of = common.as_of or snapshot.pointer.as_of
    complexity = measure_complexity(directory, as_of=as_of, parameters=parameters)
    if center is not None:
        complexity = complexity.filter(pl.col("center_id") == center)
    estimate = estimate_staffing(complexity, parameters=parameters)
    addition = estimate_what_if(complexity, what_if=parse_what_if(what_if), parameters=parameters) if what_if else None
    varied = vary_parameters(complexity, parameters=parameters) if sensitivity else None
    if common.json:
        document = estimate.document()
        if addition is not None:
            document["what_if"] = asdict(addition)
        if varied is not None:
            document["sensitivity"] = varied.to_dicts()
        show_json(document)
        return 0
    _print(estimate, addition=addition, varied=varied)
    return 0


def _print(estimate: Staffing, *, addition: WhatIfEstimate | None, varied: pl.DataFrame | None) -> None:
    fte = estimate.fte
    show(
        f"{count_of(estimate.agencies, 'agency')}, {count_of(estimate.sites, 'site')}, {count_of(estimate.services, 'service')}: "
        f"{fte.low:.2f} - {fte.central:.2f} - {fte.high:.2f} FTE (low - central - high)"
    )
    show_table(
        "Workings, hours a year",
        ("part", "amount", "of", *BAND),
        [
            (row["part"], f"{row['amount']:,.0f}" if row["amount"] is not None else "", row["unit"],
             *(f"{row[f'hours_{name}']:,.1f}" for name in BAND))
            for row in estimate.workings.to_dicts()
        ],
        right=("amount", *BAND),
    )  # fmt: skip
    if addition is not None:
        first, later = addition.first_year_fte, addition.later_year_fte
        show(
            f"Adding {addition.what_if.agencies:,} agencies takes {first.low:.2f} - {first.central:.2f} - {first.high:.2f} FTE "
            f"more in the first year, {later.low:.2f} - {later.central:.2f} - {later.high:.2f} in each later one."
        )
    if varied is not None:
        show_table(
            "One assumption moved at a time, central FTE",
            ("parameter", "low at", "FTE", "high at", "FTE "),
            [
                (
                    row["parameter"],
                    row["low_value"],
                    f"{row['low_fte']:.2f}",
                    row["high_value"],
                    f"{row['high_fte']:.2f}",
                )
                for row in varied.to_dicts()
            ],
            right=("low at", "FTE", "high at", "FTE "),
        )
    for sentence in (*estimate.notes, *estimate.caveats):
        show(f"- {sentence}")
