"""All facts of a report of a period, for one scope."""

from __future__ import annotations

from flows.period_findings import finding_facts
from flows.period_freshness import freshness_facts
from flows.period_ground import PeriodGround
from flows.period_parts import (
    audit_rounds,
    duplicate_facts,
    gathering_facts,
    queue_facts,
    visitor_facts,
)
from flows.period_records import record_facts
from flows.period_staffing import staffing_facts
from schemas.errors import UsageError
from schemas.period import Scope
from schemas.period_facts import PeriodFacts


def scope_of(ground: PeriodGround, *, center_id: str | None = None, curator: str | None = None) -> Scope:
    """Return a scope with its name for people.

    Raises:
        UsageError: There is no such center or curator in the night.
    """
    if center_id is not None and center_id not in ground.centers:
        raise UsageError(
            f"There is no center {center_id} in that night.", advice=f"Known: {', '.join(ground.centers)}."
        )
    if curator is not None and curator not in curators_of(ground, center_id=center_id):
        known = ", ".join(curators_of(ground, center_id=center_id)[:12]) or "none"
        raise UsageError(f"--curator: {curator!r} curates no counted record in that night.", advice=f"Known: {known}.")
    center = "" if center_id is None else center_name(ground, center_id)
    if curator is not None:
        return Scope(center_id=center_id, curator=curator, title=f"{curator}, {center}" if center else curator)
    if center:
        return Scope(center_id=center_id, title=center)
    if len(ground.centers) == 1:
        return Scope(title=center_name(ground, ground.centers[0]))
    return Scope()


def center_name(ground: PeriodGround, center_id: str) -> str:
    """Return a center's name for people; its id when the settings give none."""
    return ground.resolved.center(center_id).name or center_id


def curators_of(ground: PeriodGround, *, center_id: str | None = None) -> list[str]:
    """Return the curators of counted records of the night, sorted; records without curator have none."""
    measures = ground.measures
    rows = measures.filter(
        (measures["run_id"] == ground.chosen.run_id)
        & (measures["dimension"] == "curator")
        & (measures["measure"] == "verified_record")
        & measures["center_id"].eq_missing(center_id)
    )
    return [name for name in rows["value"].unique().sort().to_list() if name != "(unknown)"]


def period_facts(ground: PeriodGround, scope: Scope) -> PeriodFacts:
    """Return everything that the report of a period tells of a scope.

    A report for a curator tells neither audits nor duplicates, staffing and visitors: samples and pairs are too few to say anything of
    one person's records, and curators needed are reckoned for a directory.
    """
    chosen = ground.chosen
    is_whole = scope.curator is None
    findings = finding_facts(ground, scope)
    return PeriodFacts(
        period=chosen.period,
        scope=scope,
        until=chosen.until,
        is_running=chosen.is_running,
        as_of=chosen.as_of,
        run_id=chosen.run_id,
        before_on=chosen.before_on,
        first_night_on=chosen.first_on,
        nights=chosen.nights,
        program_version=ground.program_version,
        center_names={center: center_name(ground, center) for center in ground.centers},
        warnings=(*chosen.warnings, *_warnings(ground, is_balanced=findings.is_balanced)),
        records=record_facts(ground, scope),
        freshness=freshness_facts(ground, scope),
        findings=findings,
        audits=audit_rounds(ground, scope) if is_whole else None,
        duplicates=duplicate_facts(ground, scope) if is_whole else None,
        staffing=staffing_facts(ground, scope) if is_whole else None,
        visitors=visitor_facts(ground, scope) if is_whole else None,
        gathering=gathering_facts(ground, scope) if is_whole else None,
        queue=queue_facts(ground, scope),
        top_rows=ground.resolved.settings.report.top_rows,
    )


def _warnings(ground: PeriodGround, *, is_balanced: bool | None) -> list[str]:
    told = []
    if ground.state is None:
        told.append(
            "The records of that night are no longer kept ([workspace] keep_snapshots): bands by kind, ages of findings, fix rates, pairs "
            "of a single center and verification methods are not known. All other figures are as that night told them."
        )
    if is_balanced is False:
        told.append(
            "What came less what went does not add up to what is open: records came under new numbers, or a center was not read in the "
            "nights that are compared."
        )
    return told
