"""`resdir audit`: how many records, which records, and the worksheet for them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.terminal import Common, require_center, say, show, show_json, show_table
from flows.clock import now
from flows.drawn import KIND, drawn_payload, read_draws, together
from pipeline.audit.draw import AuditDraw, audit_frame, draw_simple
from pipeline.audit.sample_size import sample_size
from pipeline.audit.worksheet import write_worksheet
from pipeline.curate.findings import open_findings
from pipeline.publish.collect_private import load_private_values
from pipeline.publish.wording import count_of
from pipeline.store.decisions import append_decision
from pipeline.store.snapshot import open_published
from schemas.errors import InputError, UsageError

#: Margins that `audit plan` shows when none is asked for.
PLANNED_MARGINS: tuple[float, ...] = (0.03, 0.05, 0.10)

#: Minutes to audit one bundle, for the time shown by `audit plan` (project choice: half an hour, as in the staffing model).
MINUTES_PER_AUDIT = 30.0


def plan(
    *,
    margin: float | None = None,
    size: int | None = None,
    expected_share: float = 0.5,
    center: str | None = None,
    unit: Literal["agency", "service"] = "agency",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Tell how many records to audit, what a size can say, and how long it takes.

    Args:
        margin: Half width of the wanted interval, such as 0.05 for 5 points.
        size: Instead of a margin: what this many records can say.
        expected_share: Share expected to pass; 0.5 is the most cautious.
        center: Only this center.
        unit: The agency with its sites and services, or the single service.
        common: What every command takes.
    """
    frame_size = _frame(common, unit=unit, center=center).height
    if size is not None:
        sizes = [(_margin_of(size, frame_size=frame_size, share=expected_share), min(size, frame_size))]
    else:
        margins = PLANNED_MARGINS if margin is None else (margin,)
        sizes = [
            (one, sample_size(frame_size=frame_size, margin=one, expected_share=expected_share)) for one in margins
        ]
    rows = [
        {"margin": one, "size": records, "hours": round(records * MINUTES_PER_AUDIT / 60, 1)} for one, records in sizes
    ]
    if common.json:
        show_json({"unit": unit, "frame_size": frame_size, "expected_share": expected_share, "plans": rows})
        return 0
    show_table(
        f"Audit of {frame_size:,} counted {'agencies' if unit == 'agency' else 'services'} (95 % confidence)",
        ("± points", "records", "about hours"),
        [
            ("none: all audited" if row["margin"] == 0 else f"{row['margin'] * 100:.1f}", row["size"], row["hours"])
            for row in rows
        ],
        right=("± points", "records", "about hours"),
    )
    return 0


def draw(
    *,
    seed: str,
    size: int | None = None,
    margin: float | None = None,
    method: Literal["simple"] = "simple",
    center: str | None = None,
    unit: Literal["agency", "service"] = "agency",
    by: str = "resdir",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Draw a random sample from the last published night. The same seed draws the same records again.

    Args:
        seed: Any text; tell it only after the draw.
        size: Records to draw.
        margin: Instead of a size: half width of the wanted interval, such as 0.05.
        method: How to draw: simple random.
        center: Only this center.
        unit: The agency with its sites and services, or the single service.
        by: Who draws; kept in the decision log.
        common: What every command takes.
    """
    if (size is None) == (margin is None):
        raise UsageError("Say how many.", advice="Give either --size N or --margin E.")
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        frame = audit_frame(snapshot.directory(), unit=unit)
        pointer = snapshot.pointer
    wanted = size
    if wanted is None and margin is not None:
        in_center = frame if center is None else frame.filter(pl.col("center_id") == center)
        wanted = sample_size(frame_size=in_center.height, margin=margin)
    sample = draw_simple(
        frame,
        size=wanted or 0,
        seed=seed,
        as_of=common.as_of or pointer.as_of,
        unit=unit,
        center_id=center,
        snapshot=pointer.snapshot,
    )
    batch = sample.draw.row(0, named=True)
    append_decision(
        place, kind=KIND, subject=batch["batch_id"], payload=drawn_payload(sample), decided_by=by, now=now()
    )
    for notice in sample.notices:
        say(notice)
    if common.json:
        show_json(_document(batch, sample))
        return 0
    show_table(
        f"Batch {batch['batch_id']}: {batch['size']:,} of {batch['frame_size']:,}, {method}, seed {seed}",
        ("rank", "record", "name", "probability"),
        [
            (row["rank"], row["native_id"], row["name"], f"{row['inclusion_probability']:.4f}")
            for row in sample.items.to_dicts()
        ],
        right=("rank", "probability"),
    )
    say(f"Its worksheet: resdir audit worksheet {batch['batch_id']} --output audit.xlsx")
    return 0


def worksheet(
    batch: str,
    *,
    output: Path,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write the worksheet of a batch for the auditor.

    Args:
        batch: Batch id, as `audit draw` or the nightly summary names it.
        output: The .xlsx file to write; a file that is already there is kept.
        common: What every command takes.
    """
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output} is no .xlsx file.", advice="Name it like audit.xlsx.")
    if output.exists():
        raise UsageError(f"{output} is already there.", advice="An auditor may be filling it in: choose another name.")
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        stored = AuditDraw(draw=snapshot.table("auditing.draw"), items=snapshot.table("auditing.draw_item"))
        directory = snapshot.directory()
        findings = open_findings(snapshot.table("quality.finding"))
    known = together(read_draws(place), stored)
    items = known.items.filter(pl.col("batch_id") == batch)
    if items.is_empty():
        names = ", ".join(known.draw.sort("as_of", descending=True).get_column("batch_id").head(5).to_list())
        raise InputError(
            f"There is no batch {batch}.", advice=f"Known: {names}." if names else "Draw one: resdir audit draw."
        )
    write_worksheet(
        items,
        directory,
        batch=known.draw.filter(pl.col("batch_id") == batch),
        path=output,
        findings=findings,
        private=load_private_values(directory, findings=findings),
    )
    if common.json:
        show_json({"batch_id": batch, "records": items.height, "path": str(output)})
    else:
        show(f"{count_of(items.height, 'record')} written to {output}.")
    return 0


def _frame(common: Common, *, unit: str, center: str | None) -> pl.DataFrame:
    with open_published(common.place(common.resolve())) as snapshot:
        require_center(snapshot, center)
        frame = audit_frame(snapshot.directory(), unit=unit)
    return frame if center is None else frame.filter(pl.col("center_id") == center)


def _margin_of(size: int, *, frame_size: int, share: float) -> float:
    # The sample size formula solved for the margin, with the finite population correction; z of 95 %.
    records = min(size, frame_size)
    if records <= 0 or records == frame_size:
        return 0.0
    corrected = records * (frame_size - 1) / (frame_size - records)
    return 1.959964 * math.sqrt(share * (1 - share) / corrected)


def _document(batch: dict[str, object], sample: AuditDraw) -> dict[str, object]:
    strata = sample.items.group_by("stratum").len("records").sort("stratum").to_dicts()
    return {
        "batch_id": batch["batch_id"],
        "method": batch["method"],
        "seed": batch["seed"],
        "frame_size": batch["frame_size"],
        "frame_sha256": batch["frame_sha256"],
        "strata": strata,
        "items": sample.items.select(
            "record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater"
        ).to_dicts(),
    }
