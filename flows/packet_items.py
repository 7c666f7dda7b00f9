"""Work that returned forms ask for, held against the last published night."""

from __future__ import annotations

import polars as pl

from flows.packet_files import kept_private
from flows.packets import PacketLog, read_packet_log
from pipeline.audit.faults import follow_numbers
from pipeline.curate.findings import shown_findings
from pipeline.outreach.packet_privacy import Kept, holds_private
from pipeline.outreach.packet_profile import present_profile
from pipeline.outreach.work_history import seen_in
from pipeline.outreach.work_items import work_items
from pipeline.outreach.work_state import Present
from pipeline.store.snapshot import Snapshot, open_published
from pipeline.store.workspace import Workspace
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.packets import HIDDEN, WorkItem

#: Columns of an item in which somebody may have written what is kept private; the value now has gone through the rules of the form.
_SEARCHED = ("shown", "proposed", "remark", "earlier", "conflict")


def read_work_items(workspace: Workspace, *, tracked_share: float) -> pl.DataFrame:
    """Return all work items (`schemas.packets.WorkItem`), open ones first.

    Args:
        workspace: Where the log and the nights lie.
        tracked_share: Share of the counted records of a kind with a verification day from which the level is tracked.

    Raises:
        InputError: Nothing was published yet.
    """
    log = read_packet_log(workspace)
    with open_published(workspace) as snapshot:
        if not log.returns:
            return empty_table(WorkItem)
        directory = snapshot.directory()
        findings = shown_findings(snapshot.table("quality.finding"))
        kept = kept_private(directory, findings=findings)
        present = _present(log, directory, snapshot=snapshot, tracked_share=tracked_share, kept=kept)
    items = work_items(log.packets, log.returns, log.settlements, present=present)
    # A value may have become private since the form was read.
    telling = [holds_private(items[name], kept.values).alias(f"{name}_tells") for name in _SEARCHED]
    return items.with_columns(telling).select(
        pl.when(f"{name}_tells").then(pl.lit(HIDDEN)).otherwise(name).alias(name) if name in _SEARCHED else name
        for name in items.columns
    )


def _present(log: PacketLog, directory: Directory, *, snapshot: Snapshot, tracked_share: float, kept: Kept) -> Present:
    renumbered = follow_numbers(snapshot.table("history.rekeyed"))
    returned = {one.packet_id for one in log.returns}
    packets = [packet for packet in log.packets.values() if packet.packet_id in returned]
    agency = RecordKind.AGENCY.value
    keys = {(one.center_id, renumbered.get((one.center_id, agency, one.agency_uid), one.agency_uid)) for one in packets}
    agencies = pl.DataFrame(sorted(keys), schema={"center_id": pl.String, "agency_uid": pl.String}, orient="row")
    records = {
        (line_center, line.kind, renumbered.get((line_center, line.kind, line.record_uid), line.record_uid))
        for line_center, line in ((one.center_id, line) for one in packets for line in one.lines)
    }
    asked = pl.DataFrame(
        sorted(records), schema=dict.fromkeys(("center_id", "kind", "record_uid"), pl.String), orient="row"
    )
    since = min(one.as_of for one in packets)
    changes, verifications = (
        snapshot.table(name).join(asked, on=["center_id", "kind", "record_uid"], how="semi")
        for name in ("history.field_change", "history.verification")
    )
    return Present(
        profile=present_profile(agencies, directory=directory, kept=kept),
        records=directory.records(),
        renumbered=renumbered,
        tracked=_tracked(directory, share=tracked_share),
        seen=seen_in(changes.filter(pl.col("as_of") > since), verifications),
        as_of=snapshot.pointer.as_of,
    )


def _tracked(directory: Directory, *, share: float) -> frozenset[tuple[str, str]]:
    """Return center and kind of the levels of which enough counted records have a verification day."""
    dated = (
        directory.records()
        .filter("is_counted")
        .group_by("center_id", "kind")
        .agg(share=pl.col("verified_on").is_not_null().mean())
        .filter((pl.col("share") > 0) & (pl.col("share") >= share))
    )
    return frozenset(dated.select("center_id", "kind").iter_rows())
