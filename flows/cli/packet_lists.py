"""`resdir packet list` and `items`: forms that are out, and the work that returned ones ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.terminal import Common, require_limit, say, show_json, show_table
from flows.packet_items import read_work_items
from flows.packets import packet_states, read_packet_log
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from schemas.errors import UsageError
from schemas.packets import ItemStatus

#: Rows printed on a terminal; `--output` and `--json` give all.
ROWS_SHOWN = 50

_PACKET_COLUMNS: dict[str, tuple[str, int]] = {
    "packet_id": ("Form", 26),
    "center_id": ("Center", 12),
    "native_id": ("Record number", 14),
    "agency_name": ("Agency", 40),
    "written_on": ("Written on", 12),
    "sent_by": ("Sent by", 18),
    "reply_by": ("Answer by", 12),
    "state": ("State", 10),
    "returned_on": ("Returned on", 12),
    "returned_by": ("Filled in by", 22),
    "days": ("Days", 8),
}
_ITEM_COLUMNS: dict[str, tuple[str, int]] = {
    "item_id": ("Item", 16),
    "status": ("Status", 11),
    "center_id": ("Center", 12),
    "curator": ("Curator", 18),
    "agency_name": ("Agency", 30),
    "record_name": ("Record", 30),
    "native_id": ("Record number", 14),
    "what": ("What", 20),
    "action": ("To do", 12),
    "shown": ("On the form", 36),
    "value_now": ("In the directory now", 36),
    "proposed": ("Proposed", 36),
    "remark": ("Remark", 36),
    "conflict": ("Somebody else says", 30),
    "earlier": ("Said before", 24),
    "verifier": ("Who", 30),
    "verified_on": ("Day on the form", 12),
    "read_on": ("Read on", 12),
    "closed_on": ("Closed on", 12),
    "closed_by": ("Closed by", 18),
    "reason": ("Reason", 24),
    "packet_id": ("Form", 26),
    "file": ("File", 30),
}


def list_packets(
    *,
    center: str | None = None,
    status: Literal["out", "late", "returned", "all"] = "all",
    limit: int = ROWS_SHOWN,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the update forms that were written: which are out, which are late, which came back.

    Args:
        center: Only this center.
        status: `out` (not back, late ones too), `late` (not back after the day asked for), `returned` or `all`.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all of them to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    require_limit(limit)
    resolved = common.resolve()
    states = packet_states(read_packet_log(common.place(resolved)), as_of=common.day(resolved))
    wanted = {"out": ["out", "late"], "late": ["late"], "returned": ["returned"], "all": ["out", "late", "returned"]}
    chosen = (
        _of_center(states, center)
        .filter(pl.col("state").is_in(wanted[status]))
        .sort("written_on", "packet_id", descending=[True, False])
    )
    if output is not None:
        write_table([Sheet(title="Forms", rows=chosen, columns=_PACKET_COLUMNS)], output)
        say(f"{count_of(chosen.height, 'form')} written to {output}.")
    if common.json:
        show_json(chosen.to_dicts())
    elif output is None:
        shown = chosen.head(limit)
        show_table(
            _title(chosen, "form", limit),
            ("form", "agency", "written", "by", "answer by", "state", "returned", "days"),
            [
                (
                    row["packet_id"],
                    f"{row['agency_name'] or '(no name)'} ({row['native_id'] or row['center_id']})",
                    row["written_on"],
                    row["sent_by"],
                    row["reply_by"],
                    row["state"],
                    "" if row["returned_on"] is None else f"{row['returned_on']}, {row['returned_by']}",
                    row["days"],
                )
                for row in shown.to_dicts()
            ],
            right=("days",),
        )
    return 0


def items(
    *,
    center: str | None = None,
    curator: str | None = None,
    status: Literal["open", "done", "dismissed", "withdrawn", "all"] = "open",
    agency: str | None = None,
    form: str | None = None,
    limit: int = ROWS_SHOWN,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the work that returned forms ask for, beside the value now. Done items close when a night shows the proposed value.

    Args:
        center: Only this center.
        curator: Only records of this curator.
        status: `open`, `done` (the directory shows it, or somebody said so), `dismissed`, `withdrawn` (by a corrected copy) or `all`.
        agency: Only this agency: its number or record_uid.
        form: Only this form.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all of them to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    require_limit(limit)
    resolved = common.resolve()
    every = _of_center(
        read_work_items(common.place(resolved), tracked_share=resolved.settings.freshness.tracked_share), center
    )
    _require_known(every, "curator", curator)
    wanted = pl.lit(value=True)
    if curator is not None:
        wanted = wanted & (pl.col("curator") == curator)
    if status != "all":
        wanted = wanted & (pl.col("status") == status)
    if form is not None:
        _require_known(every, "packet_id", form)
        wanted = wanted & (pl.col("packet_id") == form)
    if agency is not None:
        wanted = wanted & ((pl.col("agency_uid") == agency.lower()) | pl.col("agency_uid").is_in(_uids(every, agency)))
    chosen = every.filter(wanted)
    if output is not None:
        write_table([Sheet(title="Work items", rows=chosen, columns=_ITEM_COLUMNS)], output)
        say(f"{count_of(chosen.height, 'item')} written to {output}.")
    if common.json:
        show_json(chosen.to_dicts())
    elif output is None:
        _print(chosen, limit=limit)
    return 0


def _print(chosen: pl.DataFrame, *, limit: int) -> None:
    show_table(
        _title(chosen, "item", limit),
        ("item", "record", "to do", "in the directory now", "proposed", "who", "remark"),
        [
            (
                f"{row['item_id']}\n{_status(row)}",
                f"{row['agency_name'] or '(no name)'}\n{row['record_name']} ({row['native_id'] or row['kind']})",
                f"{row['action']}: {row['what']}",
                row["value_now"],
                row["proposed"],
                f"{row['verifier']}\n{row['verified_on']}",
                "\n".join(part for part in (row["remark"], row["conflict"]) if part),
            )
            for row in chosen.head(limit).to_dicts()
        ],
    )
    if chosen.height > limit:
        say("All of them: --output items.xlsx (or .csv, .json).")


def _status(row: dict[str, object]) -> str:
    return str(row["status"]) if row["status"] == ItemStatus.OPEN.value else f"{row['status']} {row['closed_on']}"


def _title(chosen: pl.DataFrame, noun: str, limit: int) -> str:
    return count_of(chosen.height, noun) + (f", the first {limit} shown" if chosen.height > limit else "")


def _of_center(frame: pl.DataFrame, center: str | None) -> pl.DataFrame:
    _require_known(frame, "center_id", center)
    return frame if center is None else frame.filter(pl.col("center_id") == center)


def _uids(every: pl.DataFrame, agency: str) -> list[str]:
    found = (
        every.filter((pl.col("kind") == "agency") & (pl.col("native_id") == agency))["agency_uid"].unique().to_list()
    )
    known = every["agency_uid"].unique().to_list()
    if not found and agency.lower() not in known:
        raise UsageError(f"--agency: no item is about {agency}.", advice="Give its number or its record_uid.")
    return [str(uid) for uid in found]


def _require_known(frame: pl.DataFrame, column: str, asked: str | None) -> None:
    """Stop when something is asked for that nothing has: an empty answer would look like work done.

    Raises:
        UsageError: Names what there is.
    """
    if asked is None or frame.is_empty():
        return
    known = [str(one) for one in frame[column].drop_nulls().unique().sort().to_list()]
    if asked not in known:
        words = {"center_id": "--center", "curator": "--curator", "packet_id": "--form"}[column]
        raise UsageError(f"{words}: nothing has {asked!r}.", advice=f"Known: {', '.join(known[:5])}.")
