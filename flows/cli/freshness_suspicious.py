"""`resdir freshness suspicious`: verifications that count and deserve a question."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.terminal import Common, require_center, require_limit, say, show, show_json, show_table
from flows.freshness_ground import day_of, last_ground
from pipeline.measure.freshness import measure_freshness
from pipeline.measure.freshness_explained import SUSPICION_WORDS
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published

_RECORD = ["center_id", "kind", "record_uid"]
_COLUMNS: dict[str, tuple[str, int]] = {
    "reason": ("Reason", 20),
    "words": ("Why", 60),
    "center_id": ("Center", 14),
    "kind": ("Kind", 12),
    "native_id": ("Record", 14),
    "name": ("Name", 40),
    "curator": ("Curator", 20),
    "verified_on": ("Verified on", 12),
    "record_uid": ("Record id", 38),
}


def suspicious(
    *,
    reason: Literal["mass_stamp", "before_created", "no_verifier", "unchanged_while_bad"] | None = None,
    center: str | None = None,
    curator: str | None = None,
    limit: int = 50,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List verifications that count and deserve a question: stamped in bulk, older than the record, by nobody, or of values known bad.

    Dates alone prove nothing: ask before you correct. An exception taken with `resdir findings accept` takes a record off the list.

    Args:
        reason: Only this reason.
        center: Only this center.
        curator: Only records of this curator.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all of them to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    require_limit(limit)
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
    ground = last_ground(place)
    measured = measure_freshness(
        ground.directory,
        as_of=day_of(ground, common.as_of, advice="Leave --as-of out."),
        rule=resolved.settings.freshness,
        dimensions=(),
        evidence=ground.evidence,
    )
    names = (
        ground.directory.records()
        .select(*_RECORD, "native_id", "name", "curator")
        .unique(_RECORD, keep="first", maintain_order=True)
    )
    found = measured.suspicions
    assert found is not None
    found = found.join(names, on=_RECORD, how="left").with_columns(
        words=pl.col("reason").replace_strict(dict(SUSPICION_WORDS), return_dtype=pl.String)
    )
    for column, wanted in (("reason", reason), ("center_id", center), ("curator", curator)):
        if wanted is not None:
            found = found.filter(pl.col(column) == wanted)
    found = found.sort("reason", "center_id", "verified_on", "kind", "record_uid").select(list(_COLUMNS))
    if output is not None:
        write_table([Sheet(title="Suspicious", rows=found, columns=_COLUMNS)], output)
        say(f"{count_of(found.height, 'row')} written to {output}.")
    if common.json:
        show_json(
            {"as_of": measured.as_of.isoformat(), "cutoff": measured.cutoff_on.isoformat(), "rows": found.to_dicts()}
        )
    elif output is None:
        _print(found, limit=limit)
    return 0


def _print(found: pl.DataFrame, *, limit: int) -> None:
    if found.is_empty():
        show("No verification that counts deserves a question.")
        return
    counts = found.group_by("reason", "words").agg(pl.len()).sort("reason")
    show_table(
        "Verifications that deserve a question",
        ("reason", "records", "why"),
        [(row[0].replace("_", " "), f"{row[2]:,}", row[1]) for row in counts.rows()],
        right=("records",),
    )
    show_table(
        count_of(found.height, "row") + (f", the first {limit} shown" if found.height > limit else ""),
        ("reason", "kind", "record", "name", "curator", "verified on"),
        [
            (row["reason"].replace("_", " "), row["kind"].replace("_", " "), row["native_id"], row["name"], row["curator"],
             row["verified_on"])
            for row in found.head(limit).to_dicts()
        ],
    )  # fmt: skip
    if found.height > limit:
        say("All of them: --output suspicious.xlsx (or .csv, .json).")
