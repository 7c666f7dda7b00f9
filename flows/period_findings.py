"""What was found in a period, what was mended, and what is open at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from flows.period_ground import PeriodGround
from flows.period_scope import in_scope
from pipeline.curate.fix_rates import count_fix_rates
from schemas.contract import conform, empty_table
from schemas.period import Scope
from schemas.period_facts import AGE_BANDS, FindingFacts, FixFacts, MovedCounts, RuleFacts
from schemas.quality import FindingEvent, FindingEventKind
from schemas.rules import FAMILIES, rule_catalogue

SEVERITIES = ("error", "warning", "info")

#: Events by the column in which a report counts them. What came less what went is what is shown, exceptions among it; the last two only
#: move findings between open and under an exception.
_COLUMNS: dict[str, tuple[FindingEventKind, ...]] = {
    "opened": (FindingEventKind.OPENED, FindingEventKind.RETURNED),
    "reappeared": (FindingEventKind.REAPPEARED,),
    "fixed": (FindingEventKind.FIXED,),
    "other_ended": (FindingEventKind.REMOVED, FindingEventKind.WITHDRAWN),
    "accepted": (FindingEventKind.ACCEPTED,),
    "exception_over": (FindingEventKind.EXPIRED, FindingEventKind.LAPSED, FindingEventKind.TAKEN_BACK),
}
_FAMILY = pl.col("rule_id").str.extract(r"^([^-]+)")


def finding_facts(ground: PeriodGround, scope: Scope) -> FindingFacts:
    """Return what a report tells of the findings of its scope."""
    report = ground.resolved.settings.report
    moves = _signed(ground.moves.filter(in_scope(scope)))
    state = None if ground.state is None else ground.state.findings.filter(in_scope(scope))
    is_open = pl.col("is_accepted").not_()
    now = _Open(ground, scope, when="now", state=state)
    before = _Open(ground, scope, when="before", state=None)
    total = _moved(moves, by=pl.lit("all"), values=["all"], now=now.total(), before=before.total())[0]
    under_now = _sum(state.filter("is_accepted")) if state is not None else now.under_exception()
    under_before = before.under_exception()
    rules = now.by_rule()
    return FindingFacts(
        total=total,
        by_severity=_moved(
            moves, by=pl.col("severity"), values=SEVERITIES, now=now.by("severity"), before=before.by("severity")
        ),
        by_family=_moved(
            moves, by=_FAMILY, values=_families(moves, rules), now=now.by("family"), before=before.by("family")
        ),
        by_center=_moved(
            moves, by=pl.col("center_id"), values=ground.centers, now=now.by("center"), before=before.by("center")
        )
        if scope.center_id is None and scope.curator is None
        else (),
        rules=_rules(moves, rules, most=report.top_rows),
        rule_count=sum(1 for count in rules.values() if count),
        ages=None if state is None else _ages(state.filter(is_open)),
        under_exception=under_now,
        under_exception_before=under_before,
        fix_rates=_fix_rates(ground, scope),
        within_days=report.within_days,
        smallest_cell=ground.resolved.settings.rules.smallest_cell,
        is_balanced=_is_balanced(total, now=under_now, before=under_before),
    )


class _Open:
    """How many findings were open at one end of the period: from the findings of the night, or from what the night told of them."""

    def __init__(self, ground: PeriodGround, scope: Scope, *, when: str, state: pl.DataFrame | None) -> None:
        self.state = state
        # What nights told is not divided by curator.
        self.told: list[dict[str, Any]] | None = None
        if scope.curator is None:
            self.told = ground.center_documents(scope.center_id, when=when)
            if self.told is None and when == "before" and ground.chosen.before_run_id is None:
                self.told = []

    def total(self) -> dict[str, int] | None:
        found = self.by("severity")
        return None if found is None else {"all": sum(found.values())}

    def by(self, what: str) -> dict[str, int] | None:
        if self.state is not None:
            name = {"severity": pl.col("severity"), "center": pl.col("center_id"), "family": _FAMILY}[what]
            rows = self.state.filter(pl.col("is_accepted").not_()).group_by(value=name).agg(pl.col("findings").sum())
            return dict(rows.iter_rows())
        if self.told is None:
            return None
        if what == "center":
            return {one["center_id"]: sum(_known(one["findings"].values())) for one in self.told}
        if what == "severity":
            return _added(one["findings"] for one in self.told)
        families: dict[str, int] = {}
        for rule, count in self.by_rule().items():
            family = rule[0].split("-", 1)[0]
            families[family] = families.get(family, 0) + count
        return families

    def by_rule(self) -> dict[tuple[str, str], int]:
        if self.state is not None:
            rows = self.state.filter(pl.col("is_accepted").not_()).group_by("rule_id", "severity")
            return {(rule, severity): count for rule, severity, count in rows.agg(pl.col("findings").sum()).iter_rows()}
        catalogue = rule_catalogue()
        found = _added(one["findings_by_rule"] or {} for one in self.told or [])
        return {
            (rule, str(catalogue[rule].severity) if rule in catalogue else "info"): count
            for rule, count in found.items()
        }

    def under_exception(self) -> int | None:
        if self.told is None:
            return None
        lives = [(one.get("findings_life") or {}).get("accepted_now") for one in self.told]
        return None if any(count is None for count in lives) else sum(_known(lives))


def _signed(moves: pl.DataFrame) -> pl.DataFrame:
    """Return the moves with one column per sort; the first night of a center finds what was wrong before, which opened nothing."""
    event = pl.col("event")
    count = pl.col("findings")
    is_found = event.is_in([str(one) for one in _COLUMNS["opened"]])
    columns = {
        name: pl.when(event.is_in([str(one) for one in events])).then(count).otherwise(0)
        for name, events in _COLUMNS.items()
    }
    columns["opened"] = pl.when(is_found & pl.col("is_first").not_()).then(count).otherwise(0)
    return moves.with_columns(first_found=pl.when(is_found & pl.col("is_first")).then(count).otherwise(0), **columns)


def _moved(
    moves: pl.DataFrame,
    *,
    by: pl.Expr,
    values: Iterable[str],
    now: Mapping[str, int] | None,
    before: Mapping[str, int] | None,
) -> tuple[MovedCounts, ...]:
    names = ["first_found", *_COLUMNS]
    sums = {row["value"]: row for row in moves.group_by(value=by).agg(pl.col(names).sum()).to_dicts()}
    return tuple(
        MovedCounts(
            value=value,
            open_before=None if before is None else before.get(value, 0),
            open_now=None if now is None else now.get(value, 0),
            **{name: int(sums.get(value, {}).get(name, 0)) for name in names},
        )
        for value in values
    )


def _families(moves: pl.DataFrame, rules: Mapping[tuple[str, str], int]) -> list[str]:
    seen = {rule.split("-", 1)[0] for rule, _ in rules} | set(moves.select(_FAMILY).to_series().unique().to_list())
    return [family for family in FAMILIES if family in seen]


def _rules(moves: pl.DataFrame, rules: Mapping[tuple[str, str], int], *, most: int) -> tuple[RuleFacts, ...]:
    catalogue = rule_catalogue()
    grave = {severity: place for place, severity in enumerate(SEVERITIES)}
    sums = {row["rule_id"]: row for row in moves.group_by("rule_id").agg(pl.col("opened", "fixed").sum()).to_dicts()}
    found = sorted(
        ((rule, severity, count) for (rule, severity), count in rules.items() if count),
        key=lambda one: (grave.get(one[1], len(grave)), -one[2], one[0]),
    )
    worst = _of_each_severity(found, most=most)
    return tuple(
        RuleFacts(
            rule_id=rule,
            severity=severity,
            message=catalogue[rule].message if rule in catalogue else "A rule of an earlier release.",
            how_to_fix=catalogue[rule].how_to_fix if rule in catalogue else "",
            open_now=count,
            opened=int(sums.get(rule, {}).get("opened", 0)),
            fixed=int(sums.get(rule, {}).get("fixed", 0)),
        )
        for rule, severity, count in worst
    )


def _of_each_severity(found: list[tuple[str, str, int]], *, most: int) -> list[tuple[str, str, int]]:
    """Return the first rules of each severity, half of them errors: a hundred rare errors must not hide a warning of thousands.

    Args:
        found: Rule, severity and count, the gravest and most frequent first.
        most: How many are wanted.
    """
    wanted = {"error": -(-most // 2), "warning": -(-most // 3)}
    chosen: list[tuple[str, str, int]] = []
    for severity in SEVERITIES:
        # What one severity leaves of its share goes to the next.
        room = min(wanted.get(severity, most) + sum(list(wanted.values())[: SEVERITIES.index(severity)]), most) - len(
            chosen
        )
        chosen += [one for one in found if one[1] == severity][:room]
    return chosen


def _ages(open_now: pl.DataFrame) -> dict[str, dict[str, int]]:
    found = {severity: {key: 0 for key, *_ in AGE_BANDS} for severity in SEVERITIES}
    for severity, place, count in open_now.group_by("severity", "age_band").agg(pl.col("findings").sum()).iter_rows():
        found.setdefault(severity, {})[AGE_BANDS[place][0]] = count
    return found


def _fix_rates(ground: PeriodGround, scope: Scope) -> tuple[FixFacts, ...]:
    if ground.state is None:
        return ()
    settings = ground.resolved.settings
    fixed = ground.fixed.filter(in_scope(scope))
    rows = count_fix_rates(
        conform(fixed, FindingEvent) if fixed.height else empty_table(FindingEvent),
        ground.state.open_findings.filter(in_scope(scope)),
        by="curator",
        as_of=ground.chosen.as_of,
        days=(ground.chosen.as_of - ground.chosen.period.first_on).days + 1,
        smallest_cell=settings.rules.smallest_cell,
        within_days=settings.report.within_days,
    )
    return tuple(
        FixFacts(
            value=row["value"],
            fixed=row["fixed"],
            still_open=row["still_open"],
            fix_rate=row["fix_rate"],
            in_time_share=row["in_time_share"],
            median_days_to_fix=row["median_days_to_fix"],
            is_small=row["is_small"],
        )
        for row in rows.sort("value").to_dicts()
    )


def _is_balanced(total: MovedCounts, *, now: int | None, before: int | None) -> bool | None:
    if None in (now, before, total.open_now, total.open_before):
        return None
    came = total.first_found + total.opened + total.reappeared
    went = total.fixed + total.other_ended
    return (total.open_before or 0) + (before or 0) + came - went == (total.open_now or 0) + (now or 0)


def _sum(rows: pl.DataFrame) -> int:
    return int(rows["findings"].sum())


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _added(parts: Iterable[Mapping[str, int | None]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            sums[name] = sums.get(name, 0) + (count or 0)
    return sums
