"""`resdir staffing trend`: how the estimate moved with the directory."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.cli.terminal import Common, require_center, say, show, show_json, show_table
from flows.staffing_facts import staffing_trend
from flows.staffing_files import caveat_sheet
from pipeline.measure.staffing import CAVEATS
from pipeline.measure.window import months_before
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError

_COLUMNS: dict[str, tuple[str, int]] = {
    "as_of": ("Day", 12),
    "agencies": ("Counted agencies", 10),
    "low": ("FTE, low", 9),
    "central": ("FTE, central", 9),
    "high": ("FTE, high", 9),
    "is_other_model": ("Other settings than the night before", 14),
    "run_id": ("Run", 30),
}


def trend(
    *,
    center: str | None = None,
    months: int = 24,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show how the estimate moved, night by night, as each night reckoned it.

    Args:
        center: Only this center: updates and changes in between, without new agencies, audits and merges.
        months: How far back, in months from the last night.
        output: Write the rows to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    if months < 1:
        raise UsageError(f"--months: {months} is less than 1.")
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        rows = staffing_trend(snapshot.table("measure.measure"), snapshot.table("control.run"), center_id=center)
        until = common.as_of or snapshot.pointer.as_of
    first = months_before(until, months=months)
    rows = rows.filter(rows["as_of"].is_between(first, until))
    if output is not None:
        count = write_table([Sheet(title="Trend", rows=rows, columns=_COLUMNS), caveat_sheet()], output)
        say(f"{count_of(count, 'row')} written to {output}.")
    if common.json:
        show_json({"center": center, "rows": rows.to_dicts(), "caveats": list(CAVEATS)})
    elif output is None:
        _print(rows.to_dicts())
    return 0


def _print(rows: list[dict[str, Any]]) -> None:
    if not rows:
        show("No night in that time.")
        return
    show_table(
        "Curators needed, FTE",
        ("day", "agencies", "low", "central", "high", ""),
        [
            (
                row["as_of"],
                "not known" if row["agencies"] is None else f"{row['agencies']:,}",
                f"{row['low']:.2f}",
                f"{row['central']:.2f}",
                f"{row['high']:.2f}",
                "other settings from here on" if row["is_other_model"] else "",
            )
            for row in rows
        ],
        right=("agencies", "low", "central", "high"),
    )
    show(_moved(rows[0], rows[-1], is_other=any(row["is_other_model"] for row in rows)))
    show(f"- {CAVEATS[1]}")


def _moved(first: dict[str, Any], last: dict[str, Any], *, is_other: bool) -> str:
    """Return in a sentence how the estimate moved from the first night to the last."""
    first_on: date = first["as_of"]
    if first_on == last["as_of"]:
        return f"{first_on} is the only night in that time."
    agencies = (
        f" while the agencies went from {first['agencies']:,} to {last['agencies']:,}"
        if first["agencies"] is not None and last["agencies"] is not None
        else ""
    )
    told = (
        f"From {first_on} to {last['as_of']} the estimate went from {first['low']:.2f} - {first['central']:.2f} - {first['high']:.2f} to "
        f"{last['low']:.2f} - {last['central']:.2f} - {last['high']:.2f} FTE{agencies}."
    )
    return told + (" The settings of the model changed in that time: the two are not alike." if is_other else "")
