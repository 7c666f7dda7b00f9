"""The page about staffing: its tables are the model's, its figures what the program says, its example a log that can be read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.time_log_file import read_time_log
from pipeline.measure.calibration import calibrate_factor, scaled
from pipeline.measure.complexity import simplest_minutes, update_minutes
from pipeline.measure.sensitivity import vary_parameters
from pipeline.measure.staffing import BAND, CAVEATS, Band, estimate_staffing
from pipeline.measure.time_log import list_updates, read_entries
from pipeline.measure.what_if import estimate_what_if, parse_what_if
from schemas.complexity import Complexity
from schemas.contract import empty_table
from schemas.staffing_parameters import ParameterRow, StaffingParameters
from schemas.time_fit_parameters import TimeFitParameters
from tests.unit.measure.test_measure_staffing import bundles

CENTRAL = StaffingParameters()
PAGE = (Path(__file__).parents[2] / "docs" / "staffing.md").read_text(encoding="utf-8")
#: The page without the places where its lines end.
PROSE = " ".join(PAGE.split())


def band_text(band: Band) -> str:
    return " - ".join(f"{getattr(band, name):.2f}" for name in BAND)


def number(value: float | str | None) -> str:
    return "" if value is None else f"{value:,g}" if isinstance(value, int | float) else value


def line_of(row: ParameterRow) -> str:
    cells = (f"`{row.name}`", number(row.low), number(row.central), number(row.high), row.unit, row.basis)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def test_every_number_of_the_model_stands_on_the_page_with_unit_and_source() -> None:
    """A number changed in the code alone would leave people with the old one."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| `\w+` \|", line) and line.count("|") == 7]
    assert lines == [line_of(row) for row in CENTRAL.rows()]


@pytest.mark.parametrize("count", [3200, 5000])
def test_the_bands_of_the_published_sizes(count: int) -> None:
    assert band_text(estimate_staffing(bundles(count, 5, 2), parameters=CENTRAL).fte) in PROSE


def test_the_worked_figure_step_by_step() -> None:
    frame = bundles(3200, 5, 2)
    minutes = frame.select(update_minutes(CENTRAL, place=1)).item(0, 0)
    found = estimate_staffing(frame, parameters=CENTRAL)
    update = found.workings.filter(pl.col("part") != "interim")["hours_central"].sum()
    assert (
        f"20 + 5 x 8 + 2 x 4 = {minutes:g} minutes a bundle; 3,200 x {minutes:g} / 60 = {update:,.1f} update hours"
        in PROSE
    )
    assert f"changes in between: {found.hours.central:,.1f} hours" in PROSE
    assert f"1,776 x 0.70 = {CENTRAL.direct_hours:,.1f} hours per FTE: **{band_text(found.fte)} FTE**" in PROSE


def test_what_moves_the_figure_most() -> None:
    varied = vary_parameters(bundles(3200, 5, 2), parameters=CENTRAL).to_dicts()
    ends = {row["parameter"]: f"({row['low_fte']:.2f} - {row['high_fte']:.2f})" for row in varied}
    told = (
        f"channel {ends['channel_factor']}, minutes per service {ends['service_minutes']}, "
        f"share spent on records {ends['direct_share']}"
    )
    assert told in PROSE
    assert [row["parameter"] for row in varied[:3]] == ["channel_factor", "service_minutes", "direct_share"]


def test_the_questions_of_the_table_can_be_asked() -> None:
    rows = re.findall(r"^\| (`.+`) \| .+ \|$", PAGE.split("## What if")[1].split("## Calibration")[0], re.MULTILINE)
    questions = [question for row in rows for question in re.findall(r"`([^`]+)`", row)]
    assert len(questions) == 12
    for question in questions:
        parse_what_if(question)
    answer = estimate_what_if(
        empty_table(Complexity), what_if=parse_what_if("+500 agencies, 3 services, 1.5 sites"), parameters=CENTRAL
    )
    assert answer.minutes_per_agency is not None
    assert answer.later_year_hours is not None
    assert answer.later_year_fte is not None
    assert answer.first_year_hours is not None
    assert answer.first_year_fte is not None
    assert (
        f"{answer.minutes_per_agency.central:g} minutes a bundle, {answer.later_year_hours.central:,.0f} hours a year later on "
        f"({band_text(answer.later_year_fte)} FTE), {answer.first_year_hours.central:,.0f} hours in the first year "
        f"({band_text(answer.first_year_fte)} FTE)"
    ) in PROSE


def test_the_factors_of_the_published_sizes() -> None:
    told = []
    for count, share in ((3200, 0.93), (5000, 0.98)):
        frame = bundles(count, 5, 2)
        factor = calibrate_factor(frame, parameters=CENTRAL, actual_fte=4, updated_share=share).factor
        told.append(
            (f"{factor:.3f}", f"{scaled(estimate_staffing(frame, parameters=CENTRAL).fte, factor).central:.2f}")
        )
    (one, full), (other, other_full) = told
    assert (
        f"a factor of {one}, after which full coverage needs {full} FTE; the other {other} and {other_full}." in PROSE
    )


def test_the_example_is_a_time_log(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```\n(date,curator,.+?)```", PAGE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "log.csv"
    path.write_text(example, encoding="utf-8")
    lines = read_time_log(path).lines
    records = pl.DataFrame(
        [("one", number, number, "a" if place < 2 else "b") for place, number in enumerate(lines["record"])],
        schema=["center_id", "record_uid", "native_id", "agency_uid"],
        orient="row",
    )
    log = read_entries(lines, records=records, as_of=date(2026, 11, 20))
    assert log.faults.is_empty()
    updates = list_updates(log.entries, gap_days=TimeFitParameters().gap_days)
    assert updates.select("agency_uid", "minutes").rows() == [("a", 65.0), ("b", 30.0)]


def test_the_factors_of_the_channels() -> None:
    told = ", ".join(f"{channel.value} {factor:.1f}" for channel, factor in CENTRAL.channel_factors.items())
    assert f"the weighted mean of {told}" in PROSE


def test_the_limits_of_the_fit_are_the_settings() -> None:
    rule = TimeFitParameters()
    assert f"at most {rule.gap_days} days apart are one update" in PROSE
    assert f"fewer than {rule.fewest_bundles} agencies" in PROSE
    assert f"in {100 * rule.confidence:g} of 100 logs all of them hold the true minutes at once" in PROSE


def test_tiers_score_and_caveats() -> None:
    assert f"one service at one site ({simplest_minutes(CENTRAL):g})" in PROSE
    services, sites = CENTRAL.tier_services, CENTRAL.tier_sites
    tiers = (
        f"| T1 | 0 - {services[0] - 1} | 0 - {sites[0] - 1} |",
        f"| T2 | {services[0]} - {services[1] - 1} | {sites[0]} - {sites[1] - 1} |",
        f"| T3 | {services[1]} - {services[2] - 1} | {sites[1]} - {sites[2] - 1} |",
        f"| T4 | {services[2]} and more | {sites[2]} and more |",
    )
    for line in tiers:
        assert line in PAGE.splitlines()
    for place, caveat in enumerate(CAVEATS, start=1):
        assert f"{place}. {caveat}" in PROSE
