"""Receipts of exports: what was written when, for whom, and the contents to which the next delta refers.

A receipt is an entry of the decision log, which is never changed. The contents (a hash per record, no value) lie beside it as
Parquet; only those of the newest exports are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow.parquet as pq

from pipeline.store.decisions import append_decision, read_decisions
from pipeline.store.workspace import Workspace
from schemas.errors import StorageError

_KIND = "export_receipt"
#: Exports of one target and one choice of centers whose contents are kept (project choice).
_KEPT = 12
#: Rows of contents read at a time.
_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One export that was written.

    Args:
        receipt_id: Target, moment and the beginning of the manifest's checksum.
        target: Such as `hsds`.
        version: Version of the format.
        kind: `whole` or `delta`.
        since: For a delta, the receipt it refers to; None otherwise.
        exported_at: Moment, UTC.
        exported_by: Who exported; `resdir` when nobody was named.
        sent_to: For whom; None when nobody was named.
        run_id: The run it comes from.
        as_of: Day the data speaks of.
        only_center: The center asked for; None for all.
        center_ids: Centers in it.
        path: Folder as it was named.
        agencies: Agencies in the whole export, also for a delta.
        records: Records in the whole export by name of kind.
        changes: Added, changed and removed records by name of kind since the export before; None for the first.
        withheld: Records left out, by reason.
        manifest_sha256: Checksum of `manifest.json`.
    """

    receipt_id: str
    target: str
    version: str
    kind: str
    since: str | None
    exported_at: datetime
    exported_by: str
    sent_to: str | None
    run_id: str
    as_of: date
    only_center: str | None
    center_ids: tuple[str, ...]
    path: str
    agencies: int
    records: Mapping[str, int]
    changes: Mapping[str, Mapping[str, int]] | None
    withheld: Mapping[str, int]
    manifest_sha256: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "receipt_id": self.receipt_id,
            "target": self.target,
            "version": self.version,
            "kind": self.kind,
            "since": self.since,
            "exported_at": self.exported_at.isoformat(),
            "exported_by": self.exported_by,
            "sent_to": self.sent_to,
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "only_center": self.only_center,
            "centers": list(self.center_ids),
            "path": self.path,
            "agencies": self.agencies,
            "records": dict(self.records),
            "changes": None if self.changes is None else {kind: dict(one) for kind, one in self.changes.items()},
            "withheld": dict(self.withheld),
            "manifest_sha256": self.manifest_sha256,
        }


def append_receipt(workspace: Workspace, receipt: Receipt, contents: Iterable[pl.DataFrame]) -> None:
    """Keep a receipt and the contents of its export.

    Args:
        workspace: The workspace.
        receipt: The receipt.
        contents: One row per record of the whole export, with a hash of what was told of it; in pieces of the same columns, at least
            one.

    Raises:
        BusyError: Another process kept the decision log locked for half a minute.
        StorageError: The disk refuses.
    """
    path = _contents_file(workspace, receipt.receipt_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        _write_pieces(unfinished, contents)
        unfinished.replace(path)
    except OSError as fault:
        raise StorageError(
            f"The contents of the export could not be kept in {path.parent}: {fault.strerror or fault}.",
            advice="The package itself is written. Free some room and export again, so that the next delta is known.",
        ) from fault
    append_decision(
        workspace,
        kind=_KIND,
        subject=receipt.receipt_id,
        payload=receipt.document(),
        decided_by=receipt.exported_by,
        now=receipt.exported_at,
    )
    _drop_old_contents(workspace, receipt)


def read_receipts(workspace: Workspace, *, target: str | None = None) -> list[Receipt]:
    """Return the receipts in the order in which they were written; only those of a target when one is named."""
    receipts = [_receipt(decision.payload) for decision in read_decisions(workspace, kind=_KIND)]
    return [one for one in receipts if target is None or one.target == target]


def has_contents(workspace: Workspace, receipt_id: str) -> bool:
    """Tell whether the contents of an export are still kept."""
    return _contents_file(workspace, receipt_id).is_file()


def read_contents(workspace: Workspace, receipt_id: str) -> Iterator[pl.DataFrame]:
    """Return the contents of an export that are kept, in pieces of the same columns."""
    with pq.ParquetFile(_contents_file(workspace, receipt_id)) as file:
        # Newer Parquet keeps texts in another form of Arrow; polars makes the same of all.
        yield cast("pl.DataFrame", pl.from_arrow(file.schema_arrow.empty_table()))
        for batch in file.iter_batches(batch_size=_ROWS):
            yield cast("pl.DataFrame", pl.from_arrow(batch))


def _write_pieces(path: Path, pieces: Iterable[pl.DataFrame]) -> None:
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for piece in pieces:
            table = piece.to_arrow(compat_level=pl.CompatLevel.oldest())
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, table.schema, compression="zstd"))
            writer.write_table(table)


def _contents_file(workspace: Workspace, receipt_id: str) -> Path:
    return workspace.exports / "contents" / f"{receipt_id}.parquet"


def _drop_old_contents(workspace: Workspace, newest: Receipt) -> None:
    same = [
        one.receipt_id
        for one in read_receipts(workspace, target=newest.target)
        if one.only_center == newest.only_center
    ]
    for receipt_id in same[:-_KEPT]:
        _contents_file(workspace, receipt_id).unlink(missing_ok=True)


def _receipt(payload: Mapping[str, Any]) -> Receipt:
    return Receipt(
        **{
            **{name: value for name, value in payload.items() if name != "centers"},
            "exported_at": datetime.fromisoformat(payload["exported_at"]),
            "as_of": date.fromisoformat(payload["as_of"]),
            "center_ids": tuple(payload["centers"]),
        }
    )
