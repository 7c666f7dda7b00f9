"""How many records a period ended with, and how they changed in it."""

from __future__ import annotations

import polars as pl

from flows.period_ground import PeriodGround
from flows.period_scope import in_scope, of_each_center
from pipeline.measure.freshness_cases import HEADLINE, VERIFIED
from schemas.period import Scope
from schemas.period_facts import CenterCounts, Count, CountedOn, FieldChanges, KindChanges, LeftOut, RecordFacts

#: Record kinds in the order in which they are shown; the last one counts only where the settings say so.
KINDS = ("agency", "site", "service", "service_at_site")
_SORTS = ("added", "changed", "removed", "rekeyed")


def record_facts(ground: PeriodGround, scope: Scope) -> RecordFacts:
    """Return what a report tells of the records of its scope."""
    chosen = ground.chosen
    now = _by_center(ground, scope, run_id=chosen.run_id)
    before = None if chosen.before_run_id is None else _by_center(ground, scope, run_id=chosen.before_run_id)
    kinds = _kinds(scope, now, before)
    is_whole = scope.center_id is None and scope.curator is None
    own = ground.changes.filter(in_scope(scope))
    fields = (
        ground.fields.filter(in_scope(scope))
        .group_by("field")
        .agg(pl.col("records").sum(), pl.col("changes").sum())
        .sort("records", "field", descending=[True, False])
    )
    joined = tuple(
        center
        for center, day in ground.joined.items()
        if chosen.before_on is not None and day > chosen.before_on and scope.center_id in (None, center)
    )
    is_compared = chosen.nights > 1 or (chosen.nights == 1 and chosen.before_on is not None)
    return RecordFacts(
        counted=tuple(
            Count(
                name=kind,
                now=sum(counts.get(kind, 0) for counts in now.values()),
                before=None if before is None else sum(counts.get(kind, 0) for counts in before.values()),
            )
            for kind in kinds
        ),
        by_center=tuple(
            CenterCounts(center_id=center, now=counts, before=None if before is None else before.get(center))
            for center, counts in sorted(now.items())
        )
        if is_whole
        else (),
        left_out=_left_out(ground, scope),
        changes=_changes(own) if is_compared else None,
        fields=tuple(FieldChanges(**row) for row in fields.head(ground.resolved.settings.report.top_rows).to_dicts()),
        field_count=fields.height,
        trend=_trend(ground, scope),
        joined=joined,
    )


def _counted_rows(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Return counted records by center and kind; of a curator agencies and records, for kinds are not kept by curator.

    Denominators of single centers are counts of all that counts there; that of all centers leaves out those without any date.
    """
    rows = frame.filter(of_each_center(scope))
    if scope.curator is None:
        kept = rows.filter((pl.col("measure") == VERIFIED) & (pl.col("dimension") == "kind")).with_columns(kind="value")
    else:
        kept = rows.filter(
            pl.col("measure").is_in([HEADLINE, VERIFIED])
            & (pl.col("dimension") == "curator")
            & (pl.col("value") == scope.curator)
        ).with_columns(kind=pl.col("measure").replace({HEADLINE: "agency", VERIFIED: "record"}))
    return kept.select("run_id", "as_of", "center_id", "kind", count=pl.col("denominator").fill_null(0).cast(pl.Int64))


def _by_center(ground: PeriodGround, scope: Scope, *, run_id: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in _counted_rows(ground.measures, scope).filter(pl.col("run_id") == run_id).to_dicts():
        found.setdefault(row["center_id"], {})[row["kind"]] = row["count"]
    return found


def _kinds(scope: Scope, *counts: dict[str, dict[str, int]] | None) -> tuple[str, ...]:
    if scope.curator is not None:
        return ("agency", "record")
    seen = {
        kind
        for by_center in counts
        if by_center
        for each in by_center.values()
        for kind, count in each.items()
        if count
    }
    return tuple(kind for kind in KINDS if kind in seen or kind != "service_at_site")


def _left_out(ground: PeriodGround, scope: Scope) -> tuple[LeftOut, ...]:
    if scope.curator is not None:
        return ()
    if ground.state is not None:
        rows = ground.state.left_out.filter(
            pl.lit(scope.center_id is None) | (pl.col("center_id") == (scope.center_id or ""))
        )
        place = {kind: at for at, kind in enumerate(KINDS)}
        ordered = rows.sort("center_id", pl.col("kind").replace_strict(place, return_dtype=pl.Int64), "reason")
        return tuple(LeftOut(**row) for row in ordered.select("center_id", "kind", "reason", "rows").to_dicts())
    stored = ground.measures.filter(
        (pl.col("run_id") == ground.chosen.run_id)
        & (pl.col("measure") == "not_counted")
        & (pl.col("dimension") == "reason")
        & of_each_center(scope)
    ).sort("center_id", "value")
    return tuple(
        LeftOut(center_id=row["center_id"], kind=None, reason=row["value"], rows=int(row["numerator"] or 0))
        for row in stored.to_dicts()
    )


def _changes(own: pl.DataFrame) -> tuple[KindChanges, ...]:
    sums = {row["kind"]: row for row in own.group_by("kind").agg(pl.col(name).sum() for name in _SORTS).to_dicts()}
    return tuple(
        KindChanges(kind=kind, **{name: sums.get(kind, {}).get(name, 0) for name in _SORTS})
        for kind in KINDS
        if kind in sums or kind != "service_at_site"
    )


def _trend(ground: PeriodGround, scope: Scope) -> tuple[CountedOn, ...]:
    rows = _counted_rows(ground.trend, scope).group_by("as_of", "kind").agg(pl.col("count").sum())
    days: dict[object, dict[str, int]] = {}
    for day, kind, count in rows.sort("as_of", "kind").iter_rows():
        days.setdefault(day, {})[kind] = count
    return tuple(CountedOn(day=day, counts=counts) for day, counts in days.items())  # type: ignore[arg-type]
