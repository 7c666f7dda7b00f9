"""Worksheets of a batch as files: one for each auditor, or one for all where nobody is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.audit.draw import AuditDraw
from pipeline.audit.worksheet import write_worksheet
from pipeline.publish.collect_private import load_private_values
from schemas.directory import Directory
from schemas.errors import UsageError
from schemas.private_values import PrivateValues

_NOT_IN_NAMES = re.compile(r"[^\w-]+")


def auditors_of(batch: AuditDraw) -> list[str]:
    """Return who has records to audit in a batch, first or second; those carried over from an earlier batch do not count."""
    new = batch.items.filter(pl.col("carried_from").is_null())
    names = pl.concat([new["auditor"], new["second_rater"].rename("auditor")]).drop_nulls().unique().sort()
    return [str(name) for name in names]


def items_of(batch: AuditDraw, auditor: str | None) -> pl.DataFrame:
    """Return the records that an auditor has to score; without a name those that nobody is named for.

    Who scores a record for the second time is not told apart from who scores it first.
    """
    new = batch.items.filter(pl.col("carried_from").is_null())
    if auditor is None:
        return new.filter(pl.col("auditor").is_null())
    folded = auditor.casefold()
    own = [
        folded in ((first or "").casefold(), (second or "").casefold())
        for first, second in new.select("auditor", "second_rater").iter_rows()
    ]
    return new.filter(pl.Series(own, dtype=pl.Boolean))


def write_worksheets(
    batch: AuditDraw,
    *,
    directory: Directory,
    findings: pl.DataFrame,
    folder: Path,
    stem: str,
    keep: bool = True,
) -> list[Path]:
    """Write the worksheets of a batch.

    Args:
        batch: The batch.
        directory: The directory as it is now.
        findings: `schemas.quality.Finding` to show as hints.
        folder: Where they are written.
        stem: Name of the files; the auditor's name is added where there is one.
        keep: Whether a file that is there stays: an auditor may be filling it in.

    Returns:
        The files, in the order of the auditors; those that were there are among them.
    """
    private: PrivateValues | None = None
    names: list[str | None] = [*auditors_of(batch)]
    if not items_of(batch, None).is_empty():
        names.append(None)
    written = []
    endings = file_names(auditors_of(batch))
    for name in names:
        path = folder / (f"{stem}.xlsx" if name is None else f"{stem}-{endings[name]}.xlsx")
        written.append(path)
        if keep and path.exists():
            continue
        private = private or load_private_values(directory, findings=findings)
        write_worksheet(
            items_of(batch, name).with_columns(pl.lit(name, dtype=pl.String).alias("auditor")),
            directory,
            batch=batch.draw,
            path=path,
            findings=findings,
            private=private,
            automatic=batch.automatic,
            auditor=name,
        )
    return written


def file_name(name: str) -> str:
    """Return a person's name as a part of a file name.

    >>> file_name("Ann Invented")
    'ann-invented'

    Raises:
        UsageError: Nothing is left of it.
    """
    text = _NOT_IN_NAMES.sub("-", name.casefold()).strip("-")
    if not text:
        raise UsageError(f"{name!r} is no name of a person.", advice="Name the auditor in letters.")
    return text


def file_names(names: Sequence[str]) -> dict[str, str]:
    """Return a part of a file name for every person, no two alike.

    >>> file_names(["J. Invented", "J Invented"])
    {'J. Invented': 'j-invented', 'J Invented': 'j-invented-2'}
    """
    parts: dict[str, str] = {}
    for name in names:
        plain = file_name(name)
        number = 1
        part = plain
        while part in parts.values():
            number += 1
            part = f"{plain}-{number}"
        parts[name] = part
    return parts
