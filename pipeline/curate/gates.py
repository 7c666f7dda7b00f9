"""Gates: totals that stop a run before anything is published. A truncated export must never replace a good night."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.parameters import GateParameters

_KINDS: tuple[str, ...] = ("agency", "site", "service", "service_at_site")


def check_rejects(delivered: Delivered, *, parameters: GateParameters) -> list[str]:
    """Return why a delivery holds too many unreadable rows to be trusted; empty when it does not."""
    reasons = []
    for file in delivered.files:
        rows = file.rows_read + file.rows_rejected
        if (
            file.rows_rejected >= parameters.smallest_reject_count
            and rows
            and file.rows_rejected / rows > parameters.largest_reject_share
        ):
            reasons.append(
                f"{delivered.center_id}: {file.rows_rejected:,} of {rows:,} rows of {file.name} could not be read "
                f"(at most {parameters.largest_reject_share:.0%} may); the export looks damaged."
            )
    return reasons


def check_totals(now: Directory, *, before: Directory, centers: Sequence[str], parameters: GateParameters) -> list[str]:
    """Return why tonight's totals are too far below the night before; empty when they are not.

    Args:
        now: Tonight's canonical tables.
        before: Those of the night before; kinds it does not hold are not compared.
        centers: Centers read tonight.
        parameters: The floor.
    """
    was = _count(before)
    is_now = _count(now)
    reasons = []
    for center in centers:
        for kind in _KINDS:
            earlier = was.get((center, kind), 0)
            later = is_now.get((center, kind), 0)
            if earlier and later < earlier * parameters.smallest_load_share:
                reasons.append(
                    f"{center}: {later:,} {kind} records against {earlier:,} the night before "
                    f"(at least {parameters.smallest_load_share:.0%} are expected); the export looks cut short."
                )
    return reasons


def _count(directory: Directory) -> dict[tuple[str, str], int]:
    delivered = directory.records().filter(pl.col("origin") == "delivered")
    counts = delivered.group_by("center_id", "kind").len()
    return {(row["center_id"], row["kind"]): row["len"] for row in counts.to_dicts()}
