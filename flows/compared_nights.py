"""Tonight held against the night before: changes, new numbers, verifications and signals, of the centers read tonight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.curate.changes import ChangeCounts, count_changes, count_first_night
from pipeline.curate.private_changes import withhold_private
from pipeline.curate.record_changes import list_changes
from pipeline.curate.record_contents import fingerprint
from pipeline.curate.rekeyed_records import find_rekeyed
from pipeline.curate.signals import list_signals
from pipeline.curate.verifications import grow_verifications
from pipeline.publish.collect_private import load_private_values
from pipeline.store.working import WorkingFile, read_table
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.parameters import ChangeParameters
from schemas.quality import Finding


@dataclass(frozen=True, kw_only=True)
class ComparedNights:
    """What tonight says besides its own content.

    Attributes:
        changes: `schemas.changes.RecordChange`; nothing of centers that delivered for the first time.
        rekeyed: `schemas.changes.RekeyedRecord`.
        verifications: `schemas.history.Verification`, all nights.
        signals: `schemas.changes.Signal`.
        counts: Changed records by center.
    """

    changes: pl.DataFrame
    rekeyed: pl.DataFrame
    verifications: pl.DataFrame
    signals: pl.DataFrame
    counts: Mapping[str, ChangeCounts]

    def renumbered(self) -> pl.DataFrame:
        """Return the records that are of the same kind as before under a new number."""
        return self.rekeyed.filter(pl.col("kind") == pl.col("old_kind"))


def list_shown_changes(now: Directory, *, before: Directory, rekeyed: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return what differs between two nights, ready to be shown: what is private on either night is withheld.

    Args:
        now: The later night.
        before: The earlier night.
        rekeyed: Records that came back under another number; found here when not given.
    """
    listed = list_changes(now, before=before, rekeyed=rekeyed)
    if listed.is_empty():
        return listed
    nothing = empty_table(Finding)
    for night in (now, before):
        listed = withhold_private(listed, values=load_private_values(night, findings=nothing))
    return listed


def compare_nights(
    working: WorkingFile,
    directory: Directory,
    *,
    before: Directory,
    centers: Sequence[str],
    as_of: date,
    parameters: ChangeParameters,
) -> ComparedNights:
    """Compare the centers read tonight with the night before.

    Args:
        working: The working file, for the verifications of earlier nights.
        directory: Tonight's canonical tables of all centers.
        before: Those of the night before.
        centers: Centers read tonight.
        as_of: Day the night speaks of.
        parameters: From when on a signal is given.
    """
    known = set(before.records().get_column("center_id").unique().to_list())
    now = directory.of_centers(centers)
    # Of a first night everything is new: a list of it would double the working file and tell nobody anything.
    later = now.of_centers([center for center in centers if center in known])
    earlier = before.of_centers(centers)
    rekeyed = find_rekeyed(later, before=earlier)
    changes = list_shown_changes(later, before=earlier, rekeyed=rekeyed)
    contents = fingerprint(now)
    verifications = grow_verifications(
        read_table(working, "history.verification"), directory=now, contents=contents, rekeyed=rekeyed, as_of=as_of
    )
    return ComparedNights(
        changes=changes,
        rekeyed=rekeyed,
        verifications=verifications,
        signals=list_signals(
            later,
            before=earlier,
            listed=changes,
            contents=contents,
            verifications=verifications,
            as_of=as_of,
            parameters=parameters,
        ),
        counts={
            center: count_changes(changes, center_id=center)
            if center in known
            else count_first_night(now, center_id=center)
            for center in centers
        },
    )
