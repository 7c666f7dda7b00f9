"""`resdir packet done`, `dismiss` and `reopen`: what people decide about work items, kept in the decision log."""

from __future__ import annotations

from typing import Any

from flows.cli.terminal import Common, show, show_json
from flows.clock import now
from flows.packet_items import read_work_items
from pipeline.store.decisions import NewDecision, append_decisions
from schemas.errors import UsageError
from schemas.packets import SETTLED, ItemStatus

#: Fewest characters by which an item may be named, without the word before them.
_SHORTEST_ID = 6


def done(
    *items: str,
    by: str,
    reason: str = "",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Say that work items are done, where the directory itself cannot show it: a call made, a site added.

    Args:
        items: Ids as `resdir packet items` shows them; a beginning will do if only one item has it.
        by: Who did it.
        reason: What was done.
        common: What every command takes.
    """
    return _settle(items, ItemStatus.DONE, by=by, reason=reason, common=common)


def dismiss(
    *items: str,
    by: str,
    reason: str,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Say that work items are not to be done. The log keeps what the form said.

    Args:
        items: Ids as `resdir packet items` shows them; a beginning will do if only one item has it.
        by: Who decides.
        reason: Why, for whoever asks later.
        common: What every command takes.
    """
    if not reason.strip():
        raise UsageError("--reason is empty.", advice="Say why, for whoever asks later.")
    return _settle(items, ItemStatus.DISMISSED, by=by, reason=reason, common=common)


def reopen(
    *items: str,
    by: str,
    reason: str = "",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Take up again what was dismissed or said to be done. What the directory shows done stays done.

    Args:
        items: Ids as `resdir packet items --status dismissed` shows them.
        by: Who decides.
        reason: Why.
        common: What every command takes.
    """
    return _settle(items, ItemStatus.OPEN, by=by, reason=reason, common=common)


def _settle(asked: tuple[str, ...], status: ItemStatus, *, by: str, reason: str, common: Common) -> int:
    if not asked:
        raise UsageError("Which item?", advice="`resdir packet items` lists them.")
    if not by.strip():
        raise UsageError("--by is empty.", advice="Give your name.")
    resolved = common.resolve()
    place = common.place(resolved)
    every = read_work_items(place, tracked_share=resolved.settings.freshness.tracked_share).to_dicts()
    chosen = [_find(every, text) for text in dict.fromkeys(asked)]
    for row in chosen:
        _require_sense(row, status)
    append_decisions(
        place,
        [
            NewDecision(
                kind=SETTLED,
                subject=row["item_id"],
                payload={
                    "packet_id": row["packet_id"],
                    "status": status.value,
                    "reason": reason.strip(),
                    "on": common.day(resolved).isoformat(),
                },
                decided_by=by.strip(),
            )
            for row in chosen
        ],
        now=now(),
    )
    if common.json:
        show_json([{"item_id": row["item_id"], "status": status.value} for row in chosen])
        return 0
    for row in chosen:
        show(f"{row['item_id']} ({row['action']}: {row['what']}, {row['record_name']}): {status.value}.")
    return 0


def _find(every: list[dict[str, Any]], asked: str) -> dict[str, Any]:
    text = asked.strip().lower()
    start = text if text.startswith("item-") else f"item-{text}"
    found = [row for row in every if row["item_id"].startswith(start)]
    if len(start) - len("item-") < _SHORTEST_ID and len(found) != 1:
        raise UsageError(f"{asked} is too short to name one item.", advice=f"Give at least {_SHORTEST_ID} characters.")
    if not found:
        raise UsageError(f"There is no item {asked}.", advice="`resdir packet items --status all` lists them.")
    if len(found) > 1:
        raise UsageError(f"{asked} begins {len(found)} items.", advice="Give more of the id.")
    return found[0]


def _require_sense(row: dict[str, Any], status: ItemStatus) -> None:
    is_open = row["status"] == ItemStatus.OPEN.value
    by_directory = row["status"] == ItemStatus.DONE.value and row["closed_by"] == "the directory"
    if status is not ItemStatus.OPEN and not is_open:
        raise UsageError(
            f"{row['item_id']} is {row['status']} already.", advice="Take it up again with `packet reopen`."
        )
    if status is ItemStatus.OPEN and (is_open or by_directory or row["status"] == ItemStatus.WITHDRAWN.value):
        why = (
            "is open"
            if is_open
            else "was closed by the directory itself"
            if by_directory
            else "was withdrawn by the agency"
        )
        raise UsageError(f"{row['item_id']} {why}.", advice="There is nothing to take up again.")
