"""Pairs of agencies as a sheet in which people give their verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.publish.collect_private import load_private_values
from pipeline.publish.table_file import Sheet
from schemas.contract import empty_table
from schemas.decided import Key
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.private_values import kinds_in
from schemas.quality import Finding
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
    "verdict_now": ("verdict_now", 24),
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
#: What an agency can be found or reached by, and under which names the sheet shows it.
_REACHED_BY = ("address", "phone", "url")
_SEARCHED = frozenset({"address", "phone", "website"})
WITHHELD = "withheld"
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
    shown = _shown(
        directory, {(one[side]["center_id"], one[side]["record_uid"]) for one in documents for side in ("a", "b")}
    )
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
            "verdict_now": _verdict_now(one),
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


def _verdict_now(document: Mapping[str, Any]) -> str | None:
    """Return the verdict in force with who gave it and when, such as `same (Ana, 2026-11-20)`."""
    verdict: str | None = document["verdict"]
    if verdict is None:
        return None
    if document["basis"] != "decided":
        return f"{verdict} (follows from others)"
    when = document["decided_at"]
    return f"{verdict} ({document['decided_by']}, {when:%Y-%m-%d})"


def _shown(directory: Directory, keys: Collection[Key]) -> dict[Key, dict[str, str | None]]:
    """Return address, phone, website, status and verification of some agencies as texts.

    Of confidential places and withheld records nothing by which they can be found or reached is shown; of all others nothing that
    any record of the load keeps private, in whatever spelling.
    """
    columns = ("center_id", "record_uid")
    part = directory.of_agencies(keys)
    place = (
        part.address.filter((pl.col("owner_kind") == RecordKind.AGENCY) & (pl.col("address_kind") == "physical"))
        .sort("center_id", "owner_uid", "is_private", "slot")
        .group_by("center_id", record_uid="owner_uid", maintain_order=True)
        .agg(
            address=pl.when("is_private")
            .then(pl.lit(WITHHELD))
            .otherwise(pl.concat_str("line1", "city", "postal_code", separator=", ", ignore_nulls=True))
            .first(),
        )
    )
    phone = (
        part.phone.filter(pl.col("owner_kind") == RecordKind.AGENCY)
        .sort("center_id", "owner_uid", "is_private", "slot")
        .group_by("center_id", record_uid="owner_uid", maintain_order=True)
        .agg(phone=pl.when("is_private").then(pl.lit(WITHHELD)).otherwise("number_written").first())
    )
    is_hidden = pl.col("is_confidential_place") | pl.col("withheld_reason").is_not_null()
    rows = (
        part.agency.join(place, on=columns, how="left")
        .join(phone, on=columns, how="left")
        .select(
            *columns,
            *(
                pl.when(is_hidden & pl.col(name).is_not_null()).then(pl.lit(WITHHELD)).otherwise(name).alias(name)
                for name in _REACHED_BY
            ),
            status="status",
            verified_on=pl.col("verified_on").dt.strftime("%Y-%m-%d"),
        )
        .rename({"url": "website"})
    )
    private = load_private_values(directory, findings=empty_table(Finding))
    shown: dict[Key, dict[str, str | None]] = {}
    for row in rows.iter_rows(named=True):
        key = row.pop("center_id"), row.pop("record_uid")
        shown[key] = {
            name: WITHHELD if name in _SEARCHED and text and kinds_in(text, private) else text
            for name, text in row.items()
        }
    return shown
