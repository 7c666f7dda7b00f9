"""`resdir forecast`: the share updated at the year's end or on any day, and what it takes to reach the target."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from flows.cli.freshness import Window
from flows.cli.terminal import Common, percent, require_center, say, show, show_json, show_table
from flows.freshness_ground import last_ground
from flows.verification_work import forecast_directory, forecast_end
from pipeline.measure.forecast import Forecast
from pipeline.measure.freshness_cases import PLURALS
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.enumerations import WindowKind
from schemas.errors import UsageError

#: Furthest day that is forecast, in days: beyond two years everything hangs on work that nobody has planned (project choice).
_FURTHEST_DAYS = 731

#: Shares of futures below it are not told more exactly.
_RARE = 0.01

_COLUMNS: dict[str, tuple[str, int]] = {
    "day": ("Day", 12),
    "share_low": ("Low", 9),
    "share_central": ("Central", 9),
    "share_high": ("High", 9),
    "share_without_work": ("If nobody verified", 12),
}


def forecast(
    *,
    to: date | None = None,
    target: float | None = None,
    rule: Literal["complete_agency_update", "verified_record"] = "complete_agency_update",
    window: Window = "rolling",
    center: str | None = None,
    path: Annotated[bool, Parameter(negative="")] = False,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Forecast the share updated: when verifications expire is certain, only the pace of new ones is not.

    Args:
        to: Day to speak of, YYYY-MM-DD; the end of the year when not given (of the fiscal year with --window fiscal_year).
        target: Share wanted on that day, between 0 and 1 (default: [queue] target_share, or that of the center).
        rule: Which reading.
        window: What counts as the last year.
        center: Only this center.
        path: Also print the weeks until then.
        output: Write the weeks to a .csv, .xlsx or .json file.
        common: What every command takes; with --as-of a later day than the last night's, its records are judged on that day.
    """
    if target is not None and not 0 < target <= 1:
        raise UsageError(f"--target: {target:g} is not between 0 and 1.", advice="Write 95 % as 0.95.")
    resolved = common.resolve()
    settings = resolved.settings
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
    ground = last_ground(place)
    as_of = common.as_of or ground.as_of
    if as_of < ground.as_of:
        raise UsageError(
            f"--as-of: the last night speaks of {ground.as_of}; a forecast starts there or later.",
            advice="Leave --as-of out.",
        )
    kind = WindowKind(window)
    target_on = to or forecast_end(as_of, rule=settings.freshness, kind=kind)
    if not 0 < (target_on - as_of).days <= _FURTHEST_DAYS:
        raise UsageError(
            f"--to: {target_on} is not between {as_of} and two years later.", advice="Name a day of the next two years."
        )
    wanted = target or (settings.queue.target_share if center is None else settings.queue.target_of(center))
    told = forecast_directory(
        ground.directory if center is None else ground.directory.of_centers([center]),
        verifications=ground.evidence.verifications,
        as_of=as_of,
        target_on=target_on,
        target_share=wanted,
        settings=settings,
        measure=rule,
        window_kind=kind,
    )
    if output is not None:
        rows = write_table([Sheet(title="Forecast", rows=told.path, columns=_COLUMNS)], output)
        say(f"{count_of(rows, 'row')} written to {output}.")
    _say_gap(as_of, ground.as_of)
    if common.json:
        show_json(_document(told, rule=rule, window=window))
    else:
        _show(told, rule=rule, window=window, with_path=path)
    return 0


def _document(told: Forecast, *, rule: str, window: str) -> dict[str, Any]:
    share, pace = told.share, told.pace_per_week
    return {
        "as_of": told.as_of.isoformat(),
        "target_date": told.target_on.isoformat(),
        "rule": rule,
        "window": window,
        "share": None if share is None else share.rounded(4),
        "confidence": told.confidence,
        "share_now": told.share_now,
        "share_without_work": told.share_without_work,
        "target_share": told.target_share,
        "probability_of_target": told.probability_of_target,
        "needed": told.needed,
        "needed_per_week": None if told.needed_per_week is None else round(told.needed_per_week, 2),
        "pace_per_week": None if pace is None else pace.rounded(2),
        "units": told.units,
        "updated_now": told.updated_now,
        "expiring": told.expiring,
        "path": told.path.to_dicts(),
        "basis": list(told.basis),
        **({"reason": told.reason} if told.reason else {}),
    }


def _show(told: Forecast, *, rule: str, window: str, with_path: bool) -> None:
    one, units = ("agency", PLURALS["agency"]) if rule == "complete_agency_update" else ("record", "records")
    beside = "" if window == "rolling" else f", {window.replace('_', ' ')}"
    if told.share is None or told.pace_per_week is None or told.needed is None:
        show(f"{rule}{beside} on {told.target_on}: unknown. {told.reason}")
        return
    show(
        f"{rule}{beside} on {told.target_on}: {percent(told.share.central)}, in {told.confidence * 100:.0f} % of cases between "
        f"{percent(told.share.low)} and {percent(told.share.high)}"
    )
    show(
        f"  Today ({told.as_of}): {percent(told.share_now)}, {told.updated_now:,} of {told.units:,} {one if told.units == 1 else units}"
    )
    show(
        f"  Certain: {told.expiring:,} of them no longer count by then; if nobody verified anything it would be "
        f"{percent(told.share_without_work)}"
    )
    pace = told.pace_per_week
    show(f"  Present pace: {pace.central:.1f} {units} a week ({pace.low:.1f} to {pace.high:.1f})")
    if told.needed == 0:
        show(f"  {percent(told.target_share)} is reached without further work.")
    elif told.needed_per_week is None:
        show(f"  {percent(told.target_share)} needs {told.needed:,} {units}, and no business day is left.")
    else:
        show(
            f"  {percent(told.target_share)} needs {told.needed_per_week:.1f} {units} a week, {told.needed:,} in all, each one that would "
            f"not count otherwise; it is reached in {_chance(told.probability_of_target)} of cases"
        )
    if with_path:
        show_table(
            "Week by week",
            ("day", "low", "central", "high", "if nobody verified"),
            [
                (row["day"], percent(row["share_low"]), percent(row["share_central"]), percent(row["share_high"]),
                 percent(row["share_without_work"]))
                for row in told.path.to_dicts()
            ],
            right=("low", "central", "high", "if nobody verified"),
        )  # fmt: skip
    for sentence in told.basis:
        say(sentence)


def _chance(share: float | None) -> str:
    """Return a share of drawn futures; none or all of 2,000 of them is no certainty."""
    if share is None:
        return "unknown"
    if share < _RARE:
        return "fewer than 1 %"
    return "more than 99 %" if share > 1 - _RARE else f"{share * 100:.0f} %"


def _say_gap(as_of: date, night_on: date) -> None:
    if as_of > night_on:
        say(
            f"The last night speaks of {night_on}: in the {(as_of - night_on).days:,} days since then nothing counts as verified, which "
            "lowers share and pace. Run the night first."
        )
