"""Pairs of agencies as a sheet in which people give their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.publish.table_file import Sheet
from schemas.directory import Directory
from schemas.verdicts import Verdict

#: Columns of the sheet, in order and stable: scripts and older sheets rely on them. The last three are filled in.
COLUMNS: dict[str, tuple[str, int]] = {
    "pair_id": ("pair_id", 18),
    "standing": ("standing", 11),
    "band": ("band", 11),
    "score": ("score", 7),
    **{
        f"{name}_{side}": (f"{name}_{side}", width)
        for side in ("a", "b")
        for name, width in (
            ("center", 12),
            ("number", 12),
            ("name", 34),
            ("address", 34),
            ("phone", 16),
            ("website", 26),
            ("status", 10),
            ("verified_on", 12),
            ("record_uid", 20),
        )
    },
    "why": ("why", 60),
    "verdict_now": ("verdict_now", 12),
    "verdict": ("verdict", 12),
    "decided_by": ("decided_by", 16),
    "reason": ("reason", 40),
}
#: Columns that people fill in, with the words to choose from.
FILL_IN: dict[str, tuple[str, ...]] = {
    "verdict": tuple(str(one) for one in Verdict),
    "decided_by": (),
    "reason": (),
}
_STEPS = (
    "One row is one pair of agencies. Compare both, then choose a verdict: same, different or unsure. Leave the row blank to skip it.",
    "Give your name and the reason; the log has to tell later who decided, and why.",
    "Write into the yellow cells only. Rows may be sorted, filtered and deleted; the pair is found by its first column.",
    "Hand it back with: resdir duplicates import FILE. Importing a file twice adds nothing.",
    "“withheld” stands for a value that is private. Look it up in your own software.",
)


def verdict_sheets(documents: Sequence[Mapping[str, Any]], *, directory: Directory) -> list[Sheet]:
    """Return the sheet of verdicts and, behind it, how it is filled in.

    Args:
        documents: Pairs as the command `list` gives them.
        directory: The canonical tables, for what is shown of both records. What is private says `withheld`.
    """
    shown = _shown(directory)
    rows = []
    for one in documents:
        row: dict[str, Any] = {
            "pair_id": one["pair_id"],
            "standing": one["standing"],
            "band": one["band"],
            "score": None if one["score"] is None else round(one["score"], 3),
            "why": " ".join(
                [one["told"] or "", *(r["text"] for r in one["reasons"] if r["signal"] != "start")]
            ).strip(),
            "verdict_now": one["verdict"],
            "verdict": "",
            "decided_by": "",
            "reason": "",
        }
        for side in ("a", "b"):
            record = one[side]
            row |= {
                f"center_{side}": record["center_id"],
                f"number_{side}": record["native_id"],
                f"name_{side}": record["name"],
                f"record_uid_{side}": record["record_uid"],
            }
            row |= {
                f"{name}_{side}": text
                for name, text in shown.get((record["center_id"], record["record_uid"]), {}).items()
            }
        rows.append(row)
    schema = {name: pl.Float64() if name == "score" else pl.String() for name in COLUMNS}
    steps = pl.DataFrame({"step": list(_STEPS)})
    return [
        Sheet(title="Verdicts", rows=pl.DataFrame(rows, schema=schema), columns=COLUMNS, fill_in=FILL_IN),
        Sheet(title="How to fill it in", rows=steps, columns={"step": ("How to fill in the sheet “Verdicts”", 110)}),
    ]


def _shown(directory: Directory) -> dict[tuple[str, str], dict[str, str | None]]:
    """Return address, phone, website, status and verification of each agency as texts."""
    keys = ["center_id", "record_uid"]
    hidden = pl.lit("withheld")
    place = (
        directory.address.filter((pl.col("owner_kind") == "agency") & (pl.col("address_kind") == "physical"))
        .sort("center_id", "owner_uid", "slot")
        .group_by("center_id", record_uid="owner_uid", maintain_order=True)
        .agg(
            address=pl.concat_str("line1", "city", "postal_code", separator=", ", ignore_nulls=True).first(),
            is_address_private=pl.col("is_private").any(),
        )
    )
    phone = (
        directory.phone.filter(pl.col("owner_kind") == "agency")
        .sort("center_id", "owner_uid", "is_private", "slot")
        .group_by("center_id", record_uid="owner_uid", maintain_order=True)
        .agg(phone=pl.when(pl.col("is_private")).then(hidden).otherwise("number_written").first())
    )
    rows = (
        directory.agency.join(place, on=keys, how="left")
        .join(phone, on=keys, how="left")
        .select(
            *keys,
            address=pl.when(pl.col("is_address_private") | pl.col("is_confidential_place"))
            .then(hidden)
            .otherwise("address"),
            phone="phone",
            website="url",
            status="status",
            verified_on=pl.col("verified_on").dt.strftime("%Y-%m-%d"),
        )
    )
    return {(row.pop("center_id"), row.pop("record_uid")): row for row in rows.iter_rows(named=True)}
