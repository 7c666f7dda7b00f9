"""Audits, duplicates, visitors and how the directory is gathered, as a report of a period tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flows.audit_results import report_of
from flows.period_ground import PeriodGround
from flows.period_scope import of_each_center
from pipeline.curate.verdict_log import DECIDED, WITHDRAWN
from pipeline.measure.periods import period_before
from pipeline.measure.visitors import visitors_by_month
from pipeline.store.decisions import read_decisions
from schemas.period import Period, Scope
from schemas.period_facts import (
    AuditRound,
    Count,
    DuplicateFacts,
    GatheringFacts,
    Interval,
    QueueFacts,
    RuleLeftOut,
    VisitorFacts,
)
from schemas.rules import rule_catalogue
from schemas.scorecard import CRITERION_WORDS, SCORED_CRITERIA
from schemas.verdicts import ASKED, Verdict

_NOTHING: Interval = (None, None, None)


def audit_rounds(ground: PeriodGround, scope: Scope) -> tuple[AuditRound, ...]:
    """Return the audits that were drawn or worked on in the period, with their results as they stand now.

    Of an audit over several centers a report of one center tells what was estimated for that center.
    """
    chosen, audits = ground.chosen, ground.audits
    first_on, last_on = chosen.period.first_on, chosen.until
    worked = set(audits.answers.filter(pl.col("checked_on").is_between(first_on, last_on))["batch_id"].unique())
    results = {one.batch_id: one for one in audits.results}
    rounds = []
    for row in audits.draws.draw.sort("as_of", "batch_id").to_dicts():
        is_of_period = first_on <= row["as_of"] <= last_on or row["batch_id"] in worked
        if not is_of_period or not row["size"] or row["center_id"] not in (None, scope.center_id, *_every(scope, row)):
            continue
        items = audits.draws.items.filter(pl.col("batch_id") == row["batch_id"])
        is_part = scope.center_id is not None and row["center_id"] is None
        if is_part:
            items = items.filter(pl.col("center_id") == scope.center_id)
            if items.is_empty():
                continue
        result = results.get(row["batch_id"])
        told: Mapping[str, Interval] = {}
        if result is not None:
            wanted = ("center", scope.center_id) if is_part else ("all", "all")
            told = {
                one["measure"]: (one["estimate"], one["low"], one["high"])
                for one in result.results.filter(
                    (pl.col("dimension") == wanted[0]) & (pl.col("value") == wanted[1])
                ).to_dicts()
            }
        agreement = {} if result is None or is_part else report_of(audits, row["batch_id"]).document["agreement"]
        rounds.append(
            AuditRound(
                batch_id=row["batch_id"],
                drawn_on=row["as_of"],
                unit=row["unit"],
                center_id=row["center_id"],
                drawn=items.height,
                done=_done(ground, items, batch_id=row["batch_id"]),
                speaks_for=row["frame_size"] if result is None else result.speaks_for,
                score=told.get("score", _NOTHING),
                record_error_rate=told.get("record_error_rate", _NOTHING),
                critical_error_rate=told.get("critical_error_rate", _NOTHING),
                criteria=tuple(
                    (CRITERION_WORDS[one], told[one])
                    for one in SCORED_CRITERIA
                    if told.get(one, _NOTHING)[0] is not None
                ),
                agreement_pairs=agreement.get("pairs", 0),
                agreement=agreement.get("percent"),
                is_own=not is_part or bool(told),
            )
        )
    return tuple(rounds)


def _every(scope: Scope, row: Mapping[str, Any]) -> tuple[str | None, ...]:
    return (row["center_id"],) if scope.center_id is None else ()


def _done(ground: PeriodGround, items: pl.DataFrame, *, batch_id: str) -> int:
    finished = ground.audits.scores.filter((pl.col("batch_id") == batch_id) & (pl.col("unanswered") == 0))
    return items.join(finished, on=["center_id", "record_uid"], how="semi").height


def duplicate_facts(ground: PeriodGround, scope: Scope) -> DuplicateFacts:
    """Return the pairs that were found, wait and were judged. A pair across two centers belongs to both."""
    now: Mapping[str, int | None] = ground.document["duplicates"]
    before: Mapping[str, int | None] = (ground.document_before or {}).get("duplicates") or {}
    if scope.center_id is not None:
        now, before = _pairs_of(ground, scope.center_id), {}
    return DuplicateFacts(
        counts=tuple(
            Count(name=name, now=now.get(name), before=before.get(name)) for name in ("duplicate", "possible", "asked")
        ),
        verdicts=_verdicts(ground, scope),
        plans=_plans(ground, scope),
    )


def _pairs_of(ground: PeriodGround, center_id: str) -> dict[str, int | None]:
    if ground.state is None:
        return {}
    own = ground.state.pairs.filter((pl.col("center_id_a") == center_id) | (pl.col("center_id_b") == center_id))
    asked = own.filter(
        pl.col("standing").is_in([str(one) for one in ASKED])
        & (pl.col("band").is_not_null() | (pl.col("standing") != "open"))
    )
    bands = dict(own.drop_nulls("band").group_by("band").agg(pl.col("pairs").sum()).iter_rows())
    return {**{name: bands.get(name, 0) for name in ("duplicate", "possible")}, "asked": int(asked["pairs"].sum())}


def _verdicts(ground: PeriodGround, scope: Scope) -> dict[str, int]:
    """Return the verdicts given in the period that were not withdrawn, by the days of the center's time zone."""
    zone = _zone(ground)
    withdrawn = {int(one.payload["entry"]) for one in read_decisions(ground.place, kind=WITHDRAWN)}
    counts = {str(one): 0 for one in Verdict}
    for entry in read_decisions(ground.place, kind=DECIDED):
        day = entry.decided_at.astimezone(zone).date()
        centers = {record["center_id"] for record in entry.payload["records"]}
        if (
            ground.chosen.period.first_on <= day <= ground.chosen.until
            and entry.sequence not in withdrawn
            and (scope.center_id is None or scope.center_id in centers)
        ):
            counts[entry.payload["verdict"]] += 1
    return counts


def _zone(ground: PeriodGround) -> tzinfo:
    name = ground.resolved.settings.schedule.timezone
    return ZoneInfo(name) if name else UTC


def _plans(ground: PeriodGround, scope: Scope) -> dict[str, int]:
    if ground.state is None:
        return {}
    plans = ground.state.plans.filter(
        pl.lit(scope.center_id is None) | (pl.col("center_id") == (scope.center_id or ""))
    )
    return dict(plans.select("plan_id", "state").unique().group_by("state").len().sort("state").iter_rows())


def visitor_facts(ground: PeriodGround, scope: Scope) -> VisitorFacts:
    """Return the visitors of the period's months and of the period before, and other numbers that the center supplies."""
    settings = ground.resolved.settings

    def months(period: Period, until: date) -> pl.DataFrame:
        return visitors_by_month(ground.given.rows, first_on=period.first_on, last_on=until, center_id=scope.center_id)

    chosen = ground.chosen
    now = months(chosen.period, chosen.until)
    earlier = period_before(chosen.period, fiscal_month=settings.freshness.fiscal_year_start_month)
    before = months(earlier, earlier.last_on)
    is_complete = before.height > 0 and before["visitors"].null_count() == 0
    return VisitorFacts(
        months=tuple(now.iter_rows()),
        total=None if now["visitors"].null_count() == now.height else int(now["visitors"].sum()),
        before=int(before["visitors"].sum()) if is_complete else None,
        source=ground.given.source,
        given=tuple(
            (name, f"{value:,}" if isinstance(value, int) else str(value))
            for name, value in settings.report.given.items()
        ),
    )


def gathering_facts(ground: PeriodGround, scope: Scope) -> GatheringFacts:
    """Return how the directory is gathered and which rules could not be asked."""
    report = ground.resolved.settings.report
    catalogue = rule_catalogue()
    reviews = tuple(sorted(report.policy_reviewed_on.items()))
    if ground.state is None:
        return GatheringFacts(reviews=reviews, rules=len(catalogue))
    own = pl.lit(scope.center_id is None) | (pl.col("center_id") == (scope.center_id or ""))
    methods = (
        ground.state.methods.filter(own)
        .group_by("method")
        .agg(pl.col("records").sum())
        .sort("records", "method", descending=[True, False], nulls_last=True)
    )
    rules: dict[tuple[str, str], list[str]] = {}
    for row in ground.state.not_asked.filter(own).sort("rule_id", "center_id").to_dicts():
        rules.setdefault((row["rule_id"], row["reason"]), []).append(row["center_id"])
    return GatheringFacts(
        methods=tuple(methods.drop_nulls("method").iter_rows()),
        without_method=int(methods.filter(pl.col("method").is_null())["records"].sum()),
        reviews=reviews,
        not_asked=tuple(
            RuleLeftOut(
                rule_id=rule,
                title=catalogue[rule].title if rule in catalogue else rule,
                reason=reason,
                centers=tuple(centers),
            )
            for (rule, reason), centers in rules.items()
        ),
        rules=len(catalogue),
    )


def queue_facts(ground: PeriodGround, scope: Scope) -> QueueFacts | None:
    """Return what one curator has to verify; None when the night planned nothing, or for more than one curator."""
    rows = ground.measures.filter(
        (pl.col("run_id") == ground.chosen.run_id)
        & (pl.col("measure") == "queue_agencies_this_week")
        & (pl.col("value") == (scope.curator or ""))
        & of_each_center(scope)
    )
    if scope.curator is None or rows.is_empty():
        return None
    return QueueFacts(this_week=int(rows["numerator"].sum()), all_weeks=int(rows["denominator"].sum()))
