"""Write the spreadsheet in which an auditor scores the drawn records.

Sheets: `Instructions`; `Worksheet`, one block of questions per drawn record; and a hidden sheet `resdir` that says which
batch it is and whose, so that the file can be read back whatever it is called (`worksheet_columns` has the columns).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipeline.audit.present_values import show_findings, show_present_values, unit_members
from pipeline.audit.worksheet_pages import write_workbook
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.errors import StorageError, UsageError
from schemas.private_values import PrivateValues
from schemas.scorecard import QUESTIONS


def write_worksheet(
    items: pl.DataFrame,
    directory: Directory,
    *,
    batch: pl.DataFrame,
    path: Path,
    findings: pl.DataFrame | None,
    private: PrivateValues,
    automatic: pl.DataFrame | None = None,
    auditor: str | None = None,
    only_items: Collection[tuple[str, str, str]] | None = None,
    purpose: str = "audit",
) -> None:
    """Write the worksheet of a drawn batch, or of one auditor; the file appears whole or not at all.

    Args:
        items: `schemas.auditing.DrawItem` rows.
        directory: The directory they were drawn from.
        batch: The one row of `schemas.auditing.Draw`.
        path: Spreadsheet to write, `.xlsx`; an older one is replaced.
        findings: `schemas.quality.Finding` rows to show beside the questions; None shows none.
        private: What must not be seen; sentences of texts that repeat it are left out.
        automatic: `schemas.auditing.AutomaticScore` rows to show; None shows none.
        auditor: Who fills it in; None leaves a cell for the name.
        only_items: Center, record and item of the questions to ask; None asks all of them of every record.
        purpose: `audit`, or `third` for a third opinion.

    Raises:
        UsageError: The path does not end in `.xlsx`.
        StorageError: The file cannot be written, for instance because it is open in a spreadsheet program.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"A worksheet is an .xlsx file, not {path.name!r}.", advice="Give a name that ends in .xlsx.")
    draw = batch.to_dicts()[0]
    blocks = _blocks(items, directory=directory, unit=draw["unit"], findings=findings, private=private)
    _add_automatic(blocks, automatic)
    for block in blocks:
        block["only"] = (
            None
            if only_items is None
            else {
                item for center, uid, item in only_items if (center, uid) == (block["center_id"], block["record_uid"])
            }
        )
    identity = {"auditor": auditor or "", "purpose": purpose}
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(partial, draw=draw, blocks=blocks, identity=identity, has_findings=findings is not None)
        partial.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise StorageError(
            f"The worksheet {path} cannot be written: {fault}.",
            advice="Close it if it is open in a spreadsheet program, and see that the folder may be written to.",
        ) from fault
    finally:
        partial.unlink(missing_ok=True)


def _blocks(
    items: pl.DataFrame, *, directory: Directory, unit: str, findings: pl.DataFrame | None, private: PrivateValues
) -> list[dict[str, Any]]:
    """Return one dictionary per drawn record: what the heading says, and the present values by kind."""
    shown: dict[tuple[str, str], dict[str, str]] = {}
    for row in show_present_values(items, directory=directory, unit=unit, private=private).to_dicts():
        shown.setdefault((row["center_id"], row["unit_uid"]), {})[row["shows"]] = row["text"]
    if findings is not None:
        members = unit_members(items, directory=directory, unit=unit)
        for question in QUESTIONS:
            if question.finding_prefixes:
                for row in show_findings(members, findings=findings, prefixes=question.finding_prefixes).to_dicts():
                    shown.setdefault((row["center_id"], row["unit_uid"]), {})[question.item_id] = row["text"]
    whole: dict[tuple[str, str], dict[str, str]] = {}
    # For the hash of what is compared later, which nobody reads: what is flagged private is withheld there too.
    complete = show_present_values(items, directory=directory, unit=unit, private=PrivateValues(), is_complete=True)
    for row in complete.to_dicts():
        whole.setdefault((row["center_id"], row["unit_uid"]), {})[row["shows"]] = row["text"]
    headings = {
        (row["center_id"], row["unit_uid"]): row for row in _headings(items, directory=directory, unit=unit).to_dicts()
    }
    return [
        {
            **item,
            "heading": headings.get((item["center_id"], item["record_uid"]), {}),
            "shown": shown.get((item["center_id"], item["record_uid"]), {}),
            "whole": whole.get((item["center_id"], item["record_uid"]), {}),
            "automatic": {},
        }
        for item in items.sort("rank").to_dicts()
    ]


def _add_automatic(blocks: list[dict[str, Any]], automatic: pl.DataFrame | None) -> None:
    if automatic is None:
        return
    by_record = {(block["center_id"], block["record_uid"]): block for block in blocks}
    for row in automatic.to_dicts():
        block = by_record.get((row["center_id"], row["record_uid"]))
        if block is not None:
            block["automatic"][row["item_id"]] = (row["points"], row["possible"])


def _headings(items: pl.DataFrame, *, directory: Directory, unit: str) -> pl.DataFrame:
    """Return per drawn record how many sites and services it has, its agency, curator and whether it is public."""
    kind = pl.col("kind")
    records = (
        directory.records(unit)
        .unique(["center_id", "record_uid"], keep="first", maintain_order=True)
        .select("center_id", "curator", "status", "withheld_reason", "agency_uid", unit_uid="record_uid")
        .join(
            directory.agency.unique(["center_id", "record_uid"], keep="first", maintain_order=True).select(
                "center_id", agency_uid="record_uid", agency_name="name"
            ),
            on=["center_id", "agency_uid"],
            how="left",
        )
    )
    return (
        unit_members(items, directory=directory, unit=unit)
        .group_by("center_id", "unit_uid")
        .agg(sites=(kind == RecordKind.SITE.value).sum(), services=(kind == RecordKind.SERVICE.value).sum())
        .join(records, on=["center_id", "unit_uid"], how="left")
    )
