"""Findings over the nights: which are new, which stay, how each one ended, which came back.

shown tonight            not shown tonight
─────────────            ─────────────────
open ───────────────────► fixed       the record is still there and counts: somebody mended it
│  ▲    ▲               ► removed     the record left the export or no longer counts
│  │    └ reappeared ◄──  (fixed)     it was mended and is wrong again
▼  │                    ► withdrawn   the rule is no longer asked (switched off, or its column is not delivered), or
│  │                                  another took its place (overdue became stale)
accepted                              a person took the exception until a day; then it is open again
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.acceptances import standing_acceptances
from schemas.contract import conform, empty_table
from schemas.quality import Acceptance, Finding, FindingStatus, NotApplicable, TrackedFinding

#: States in which a curator has something to do.
OPEN: tuple[str, ...] = (FindingStatus.OPEN, FindingStatus.REAPPEARED)

#: States of findings that tonight's exports show.
SHOWN: tuple[str, ...] = (*OPEN, FindingStatus.ACCEPTED)

#: Families of rules that are asked of every delivered record, counted or not.
_ASKED_OF_ALL = "^(?:ID|PRV)-"

#: Rules of which one takes the place of another as a record ages: nobody mended the earlier one.
_SUCCESSIVE = ("FRE-001", "FRE-002", "FRE-003", "FRE-012")

_RECORD = ("center_id", "kind", "record_uid")
_ORDER = ("center_id", "record_uid", "rule_id", "field", "finding_id")


def track_findings(
    findings: pl.DataFrame,
    *,
    before: pl.DataFrame,
    as_of: date,
    read_centers: list[str],
    delivered: pl.DataFrame | None = None,
    not_applicable: pl.DataFrame | None = None,
    disabled_rules: frozenset[str] = frozenset(),
    acceptances: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Fold tonight's findings into those of the nights before.

    A finding is known by its `finding_id`. One that is shown again keeps its first day, so that its age tells how long the
    record has been wrong. A finding of a center whose export was not read tonight stays as it was.

    Args:
        findings: Tonight's findings (`schemas.quality.Finding`).
        before: What the last night left (`schemas.quality.TrackedFinding`), findings of re-keyed records moved already
            (`pipeline.curate.moved_findings.move_findings`).
        as_of: Day the night speaks of.
        read_centers: Centers whose export was read tonight.
        delivered: Records delivered tonight: `center_id`, `kind`, `record_uid`, `is_counted`; with None every finding that is
            gone counts as fixed.
        not_applicable: Rules that could not be asked tonight (`schemas.quality.NotApplicable`).
        disabled_rules: Rules that the settings switch off.
        acceptances: Exceptions that people took (`schemas.quality.Acceptance`), the newest entry per finding.

    Returns:
        TrackedFinding rows, one per finding ever seen, ordered by center, record, rule and field.
    """
    taken = standing_acceptances(
        empty_table(Acceptance) if acceptances is None else acceptances, findings=findings, as_of=as_of
    )
    shown = _shown(findings, before=before, taken=taken, as_of=as_of, read_centers=read_centers)
    gone = before.join(findings.select("finding_id"), on="finding_id", how="anti")
    off = empty_table(NotApplicable) if not_applicable is None else not_applicable
    asked = _no_longer_asked(gone, off, findings=findings, disabled=disabled_rules) | _replaced(gone, findings)
    there = _still_there(gone, delivered)
    was_open = pl.col("center_id").is_in(read_centers) & pl.col("status").is_in(SHOWN)
    ended = (
        pl.when(asked)
        .then(pl.lit(str(FindingStatus.WITHDRAWN)))
        .when(there)
        .then(pl.lit(str(FindingStatus.FIXED)))
        .otherwise(pl.lit(str(FindingStatus.REMOVED)))
    )
    closed = gone.with_columns(
        pl.when(was_open).then(ended).otherwise("status").alias("status"),
        # Nor can it close before it was first seen.
        pl.when(was_open)
        .then(pl.max_horizontal(pl.lit(as_of), pl.col("first_seen_on")))
        .otherwise("closed_on")
        .alias("closed_on"),
        *(
            pl.when(was_open).then(None).otherwise(name).alias(name)
            for name in ("accepted_until", "accepted_by", "accepted_reason")
        ),
    )
    both = pl.concat([shown, closed.select(shown.columns)])
    return conform(both.sort(_ORDER), TrackedFinding)


def open_findings(tracked: pl.DataFrame) -> pl.DataFrame:
    """Return the findings that wait for a curator, without their life over the nights (`schemas.quality.Finding`)."""
    return conform(tracked.filter(pl.col("status").is_in(OPEN)), Finding)


def shown_findings(tracked: pl.DataFrame) -> pl.DataFrame:
    """Return all findings that the last exports show (`schemas.quality.Finding`).

    Accepted ones are among them: an exception ends the reminders, not the fault, and a record that is held back stays out of
    public files.
    """
    return conform(tracked.filter(pl.col("status").is_in(SHOWN)), Finding)


def _shown(
    findings: pl.DataFrame, *, before: pl.DataFrame, taken: pl.DataFrame, as_of: date, read_centers: list[str]
) -> pl.DataFrame:
    earlier = before.select("finding_id", "first_seen_on", "last_seen_on", "times_reappeared", was="status")
    comes_back = pl.col("was") == FindingStatus.FIXED
    return (
        findings.join(earlier, on="finding_id", how="left")
        .join(taken, on="finding_id", how="left")
        .with_columns(
            times_reappeared=pl.col("times_reappeared").fill_null(0) + comes_back.fill_null(value=False).cast(pl.Int64)
        )
        .with_columns(
            pl.when(pl.col("accepted_until").is_not_null())
            .then(pl.lit(str(FindingStatus.ACCEPTED)))
            # Once it has come back it stays known as such until it is mended again.
            .when(pl.col("times_reappeared") > 0)
            .then(pl.lit(str(FindingStatus.REAPPEARED)))
            .otherwise(pl.lit(str(FindingStatus.OPEN)))
            .alias("status"),
            # A night that is run for an earlier day has seen it then; but not in an export that it did not read.
            pl.when(pl.col("center_id").is_in(read_centers))
            .then(pl.min_horizontal("first_seen_on", pl.lit(as_of)))
            .otherwise(pl.coalesce("first_seen_on", pl.lit(as_of)))
            .alias("first_seen_on"),
            pl.max_horizontal(pl.col("last_seen_on"), pl.lit(as_of)).alias("last_seen_on"),
            pl.lit(None, dtype=pl.Date).alias("closed_on"),
        )
        .select(empty_table(TrackedFinding).columns)
    )


def _no_longer_asked(
    gone: pl.DataFrame, not_applicable: pl.DataFrame, *, findings: pl.DataFrame, disabled: frozenset[str]
) -> pl.Series:
    keys = not_applicable.select("center_id", "rule_id").unique().with_columns(__is_off=pl.lit(value=True))
    # A rule may be unasked of one record kind only: where it shows findings of a kind, it is asked of that kind.
    alive = findings.select("center_id", "rule_id", "kind").unique().with_columns(__is_alive=pl.lit(value=True))
    told = gone.join(keys, on=["center_id", "rule_id"], how="left", maintain_order="left").join(
        alive, on=["center_id", "rule_id", "kind"], how="left", maintain_order="left"
    )
    is_off = pl.col("__is_off").fill_null(value=False) & pl.col("__is_alive").is_null()
    return told.select(is_off | pl.col("rule_id").is_in(sorted(disabled))).to_series()


def _replaced(gone: pl.DataFrame, findings: pl.DataFrame) -> pl.Series:
    successors = findings.filter(pl.col("rule_id").is_in(_SUCCESSIVE)).select(_RECORD).unique()
    found = gone.join(
        successors.with_columns(__has_other=pl.lit(value=True)), on=list(_RECORD), how="left", maintain_order="left"
    )
    return found["__has_other"].fill_null(value=False) & gone["rule_id"].is_in(_SUCCESSIVE)


def _still_there(gone: pl.DataFrame, delivered: pl.DataFrame | None) -> pl.Series:
    if delivered is None:
        return pl.Series([True], dtype=pl.Boolean).new_from_index(0, gone.height)
    known = delivered.group_by(_RECORD).agg(pl.col("is_counted").any())
    found = gone.join(known, on=list(_RECORD), how="left", maintain_order="left")
    # Identity and privacy are asked of every delivered record, all else of counted ones. A finding about the whole load is
    # fixed when the load no longer shows it.
    asked_of_all = pl.col("rule_id").str.contains(_ASKED_OF_ALL)
    is_there = pl.col("is_counted").is_not_null() & (pl.col("is_counted") | asked_of_all)
    return found.select(is_there.fill_null(value=False) | (pl.col("kind") == "load")).to_series()
