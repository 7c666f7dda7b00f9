"""From the frames of a night to its facts: what the summary, the report and the JSON answer tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.audit_files import auditors_of
from flows.audits import Audits
from flows.compared_nights import ComparedNights
from flows.freshness_facts import freshness_figures, queue_figures
from flows.night_plan import NightPlan
from flows.night_rows import ExplainedRows
from flows.staffing_facts import StaffingView, staffing_figures
from flows.verification_work import WorkList
from pipeline.audit.draw import AuditDraw
from pipeline.curate.changes import ChangeCounts
from pipeline.curate.cluster_ids import KeptClusters
from pipeline.curate.findings import open_findings
from pipeline.curate.merge_plan import MergePlans
from pipeline.curate.signals import count_signals
from pipeline.match.agencies import Matches
from pipeline.measure.forecast import Forecast
from pipeline.measure.freshness import Freshness
from pipeline.publish.hsds import HsdsPackage
from pipeline.publish.showable import showable_records
from pipeline.validate.records import Validation
from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.enumerations import PairBand
from schemas.gating import Drift, Gate
from schemas.night import (
    AuditedFigures,
    AuditFigures,
    CenterFacts,
    DuplicateFigures,
    Example,
    ExportFigures,
    FreshnessFigures,
    MovedFinding,
    MovedFindings,
    NightFacts,
    Place,
    RuleNotAsked,
    ShareFigure,
    TopFinding,
    TopPair,
)
from schemas.quality import MOVED_EVENTS, FindingEventKind, FindingStatus
from schemas.verdicts import ASKED, Basis, PairStanding

#: Rules and pairs told in the report (project choice: what fits one page).
TOP_RULES = 12
TOP_PAIRS = 10
EXAMPLES = 3

#: Findings told one by one on Prefect's page of what opened and closed, for each event (project choice).
MOVED_SHOWN = 10

#: Text that stands for a private value.
WITHHELD = "withheld"

_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}
_NOT_RUN = "The run was stopped before it was measured."


@dataclass(frozen=True, kw_only=True)
class NightFrames:
    """Everything the stages of a night gave.

    Attributes:
        delivered: The deliveries read.
        explained: What became of the rows of each delivery, by center.
        filled: How full the columns of each delivery are (schemas.gating.FilledCells), by center.
        drift: What changed about each export, by center.
        overridden: Gates that a person has found right.
        directory: Canonical tables of all centers.
        notes: Notes of normalize, all centers (schemas.quality.Note).
        carried: What each center's export carries.
        changes: What changed per center read, counted.
        compared: The changes themselves, new numbers, verifications and signals.
        validation: Findings and rules not asked.
        tracked: Findings over the nights (schemas.quality.TrackedFinding).
        events: What happened to findings tonight (schemas.quality.FindingEvent).
        matches: Scored pairs, and groups under the ids of a first night.
        clusters: The groups under their lasting ids.
        pair_states: Where each pair stands after verdicts.
        plans: Merge plans of confirmed groups.
        sample: The standing audit sample.
        draws: It and every draw people made.
        audits: What people answered in audits, with what follows from it.
        freshness: The annual update figures.
        forecast: Where the headline goes until the end of the year.
        work: Who must verify what.
        staffing: The staffing band, the calibrated one, and curators at work.
        package: The public HSDS package; None when the settings want none.
    """

    delivered: tuple[Delivered, ...]
    explained: Mapping[str, ExplainedRows]
    filled: Mapping[str, pl.DataFrame]
    drift: Mapping[str, Drift]
    overridden: tuple[Gate, ...]
    directory: Directory
    notes: pl.DataFrame
    carried: Mapping[str, frozenset[str]]
    changes: Mapping[str, ChangeCounts]
    compared: ComparedNights
    validation: Validation
    tracked: pl.DataFrame
    events: pl.DataFrame
    matches: Matches
    clusters: KeptClusters
    pair_states: pl.DataFrame
    plans: MergePlans
    sample: AuditDraw
    draws: AuditDraw
    audits: Audits
    freshness: Freshness
    forecast: Forecast
    work: WorkList
    staffing: StaffingView
    package: HsdsPackage | None


def gather_facts(
    plan: NightPlan, frames: NightFrames, *, seconds: Mapping[str, float], peak_memory_mb: float
) -> NightFacts:
    """Return the facts of a night that is published."""
    settings = plan.resolved.settings
    may_be_named = showable_records(frames.directory, findings=frames.validation.findings)
    moved = _moved_by_rule(frames)
    places = [Place(label="Findings", path="resdir findings --output findings.xlsx")]
    if settings.run.report:
        places.insert(0, Place(label="Report", path=f"reports/night_{plan.as_of}.html"))
    if settings.run.export_hsds:
        places.append(Place(label="Public package", path="exports/hsds"))
    places.append(Place(label="Pairs to compare", path="resdir duplicates list"))
    if not frames.work.items.is_empty():
        where = f"worksheets/{queue_file(plan)}" if settings.run.queue else "resdir queue"
        places.append(Place(label="To verify this week", path=where))
    return NightFacts(
        run_id=plan.run_id,
        as_of=plan.as_of,
        status="published",
        centers=tuple(_center(one, frames) for one in sorted(frames.delivered, key=lambda one: one.center_id)),
        duplicates=_duplicates(frames),
        freshness=freshness_figures(frames.freshness, forecast=frames.forecast),
        staffing=staffing_figures(frames.staffing),
        audit=_audit(frames),
        queue=queue_figures(frames.work),
        exports=() if frames.package is None else (_package(frames.package),),
        top_findings=_top_findings(frames, may_be_named=may_be_named),
        held_back=int(open_findings(frames.tracked)["is_held_back"].sum()),
        top_pairs=_top_pairs(frames, may_be_named=may_be_named),
        moved_findings=_as_moved(moved.head(TOP_RULES)),
        moved_rule_count=moved.height,
        moved_first=_moved_first(frames, may_be_named=may_be_named),
        published=f"published/run_{plan.run_id}.duckdb",
        overridden=frames.overridden,
        seconds=seconds,
        peak_memory_mb=peak_memory_mb,
        places=tuple(places),
    )


def gated_facts(
    plan: NightPlan,
    *,
    delivered: Sequence[Delivered],
    explained: Mapping[str, ExplainedRows],
    gates: Sequence[Gate],
    drift: Mapping[str, Drift],
    directory: Directory,
    delivered_before: Mapping[str, Mapping[str, int]],
    seconds: Mapping[str, float],
) -> NightFacts:
    """Return the facts of a night that a gate stopped: what was read beside the last night, and why nothing was published."""
    tonight, counted = count_delivered(directory), _count_kinds(directory.records().filter(pl.col("is_counted")))
    unknown = ShareFigure(numerator=None, denominator=None, unknown=None, share=None, reason=_NOT_RUN)
    return NightFacts(
        run_id=plan.run_id,
        as_of=plan.as_of,
        status="gated",
        centers=tuple(
            CenterFacts(
                center_id=one.center_id,
                format=one.format_name,
                format_version=one.format_version or None,
                input_sha256=one.input_sha256,
                rows_read=one.rows_read,
                rows_rejected=one.rows_rejected,
                rejects=_count_rejects(one),
                rows_explained=explained[one.center_id].counts,
                delivered=tonight.get(one.center_id, {}),
                delivered_before=delivered_before.get(one.center_id),
                is_first_night=one.center_id not in delivered_before,
                records=counted.get(one.center_id, {}),
                findings={},
                findings_by_rule={},
                changes={},
                warnings=drift[one.center_id].warnings,
                notices=(*one.notices, *drift[one.center_id].notices),
            )
            for one in delivered
        ),
        duplicates=DuplicateFigures(candidate_pairs=0, duplicate=0, possible=0, decided=0, reopened=0, clusters=0),
        freshness=FreshnessFigures(
            complete_agency_update=unknown,
            verified_record=unknown,
            edited_record=unknown,
            definition=_NOT_RUN,
            cutoff=plan.as_of,
        ),
        gates=tuple(gates),
        seconds=seconds,
        places=(Place(label="Why it was stopped", path=stopped_report(plan)),),
    )


def count_delivered(directory: Directory) -> dict[str, dict[str, int]]:
    """Return the delivered records by center and kind; centers without any are left out."""
    return _count_kinds(directory.records().filter(pl.col("origin") == "delivered"))


def _count_rejects(one: Delivered) -> dict[str, int]:
    """Return the rows that could not be read by reason; what a reason adds about the single line is left to `resdir rejects`."""
    reason = pl.col("reason").str.replace(r"(?s)[;:].*$", "")
    return _counts(one.raw_reject.select(reason), "reason")


def _count_kinds(records: pl.DataFrame) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for center, kind, count in records.group_by("center_id", "kind").len().sort("center_id", "kind").iter_rows():
        found.setdefault(center, {})[kind] = count
    return found


def queue_file(plan: NightPlan) -> str:
    """Return the name of the file, in the folder of worksheets, that holds the verification queue."""
    return f"queue_{plan.as_of}.xlsx"


def stopped_report(plan: NightPlan) -> str:
    """Return the path, relative to the workspace, of the page that tells why a night was stopped."""
    return f"reports/night_{plan.as_of}_stopped.html"


def _center(one: Delivered, frames: NightFrames) -> CenterFacts:
    center = one.center_id
    records = frames.directory.records().filter(pl.col("center_id") == center)
    findings = open_findings(frames.tracked).filter(pl.col("center_id") == center)
    not_asked = frames.validation.not_applicable.filter(pl.col("center_id") == center)
    left_out = records.filter(~pl.col("is_counted"))
    reasons: dict[str, dict[str, int]] = {}
    for row in left_out.group_by("kind", "not_counted_reason").len().sort("kind", "not_counted_reason").to_dicts():
        reasons.setdefault(row["kind"], {})[row["not_counted_reason"]] = row["len"]
    changes = frames.changes[center]
    return CenterFacts(
        center_id=center,
        format=one.format_name,
        format_version=one.format_version or None,
        input_sha256=one.input_sha256,
        rows_read=one.rows_read,
        rows_rejected=one.rows_rejected,
        rejects=_count_rejects(one),
        rows_explained=frames.explained[center].counts,
        delivered=_counts(records.filter(pl.col("origin") == "delivered"), "kind"),
        records=_counts(records.filter(pl.col("is_counted")), "kind"),
        not_counted=reasons,
        findings=_counts(findings, "severity"),
        findings_by_rule=_counts(findings, "rule_id"),
        findings_by_rule_and_severity={
            rule: _counts(rows, "severity")
            for (rule,), rows in sorted(findings.partition_by("rule_id", as_dict=True).items())
        },
        findings_life={
            **_counts(frames.events.filter(pl.col("center_id") == center), "event"),
            "open": findings.height,
            "accepted_now": frames.tracked.filter(
                (pl.col("center_id") == center) & (pl.col("status") == FindingStatus.ACCEPTED)
            ).height,
        },
        changes={
            "added": changes.added,
            "changed": changes.changed,
            "removed": changes.removed,
            "rekeyed": changes.rekeyed,
        },
        is_first_night=changes.is_first,
        signals=count_signals(frames.compared.signals, center_id=center),
        warnings=frames.drift[center].warnings,
        notices=(*one.notices, *frames.drift[center].notices, *_status_notices(records)),
        not_applicable=tuple(
            RuleNotAsked(rule_id=row["rule_id"], reason=row["reason"]) for row in not_asked.sort("rule_id").to_dicts()
        ),
    )


def _status_notices(records: pl.DataFrame) -> tuple[str, ...]:
    """Tell of record kinds that have no status at all: the settings can say what a blank one means."""
    delivered = records.filter((pl.col("origin") == "delivered") & (pl.col("kind") != "service_at_site"))
    kinds = (
        delivered.group_by("kind")
        .agg(pl.len().alias("count"), (pl.col("status") == "unknown").all().alias("is_blank"))
        .filter(pl.col("is_blank"))
        .sort("kind")
    )
    return tuple(
        f"The status is blank or unknown in all {row['count']:,} {row['kind']} records: none of them counts and none is exported. "
        'If a blank status means active at this center, set blank_status = "active" for it.'
        for row in kinds.to_dicts()
    )


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return {row[column]: row["len"] for row in frame.group_by(column).len().sort(column).to_dicts()}


def _duplicates(frames: NightFrames) -> DuplicateFigures:
    bands = _counts(frames.matches.pairs, "band")
    standings = _counts(frames.pair_states, "standing")
    asked = _asked_pairs(frames)
    return DuplicateFigures(
        candidate_pairs=frames.matches.candidate_count,
        duplicate=bands.get("duplicate", 0),
        possible=bands.get("possible", 0),
        decided=frames.pair_states.filter(pl.col("basis") == Basis.DECIDED).height,
        reopened=standings.get(PairStanding.REOPENED, 0),
        clusters=frames.clusters.cluster.get_column("cluster_id").n_unique(),
        implied=standings.get(PairStanding.IMPLIED, 0),
        conflicting=standings.get(PairStanding.CONFLICT, 0),
        asked=asked.height,
        asked_likely=asked.filter(pl.col("band") == PairBand.DUPLICATE).height,
    )


def _asked_pairs(frames: NightFrames) -> pl.DataFrame:
    """Return the pairs of the bands duplicate and possible that a person should look at, and decided ones that came up again."""
    asked = frames.pair_states.filter(pl.col("standing").is_in([str(one) for one in ASKED]))
    scored = frames.matches.pairs.select("pair_id", "band", "score")
    again = pl.col("standing") != PairStanding.OPEN
    return asked.join(scored, on="pair_id", how="left").filter(
        again | pl.col("band").is_in([PairBand.DUPLICATE.value, PairBand.POSSIBLE.value])
    )


def _audit(frames: NightFrames) -> AuditFigures | None:
    sample = frames.sample
    if sample.items.is_empty():
        return None
    row = sample.draw.row(0, named=True)
    own = frames.audits.scores.filter((pl.col("batch_id") == row["batch_id"]) & (pl.col("unanswered") == 0))
    return AuditFigures(
        batch_id=row["batch_id"],
        size=row["size"],
        frame_size=row["frame_size"],
        unit=row["unit"],
        done=own["record_uid"].n_unique(),
        worksheet="worksheets" if auditors_of(sample) else f"worksheets/{row['batch_id']}.xlsx",
        last=_last_audit(frames.audits),
    )


def _last_audit(audits: Audits) -> AuditedFigures | None:
    """Return what the newest audit with finished records says."""
    finished = [one for one in audits.results if one.done]
    if not finished:
        return None
    newest = finished[-1]
    drawn = audits.draws.batch(newest.batch_id).draw.row(0, named=True)
    overall = newest.results.filter(pl.col("dimension") == "all")
    rates = {}
    for measure in ("record_error_rate", "critical_error_rate"):
        row = overall.filter(pl.col("measure") == measure).row(0, named=True)
        rates[measure] = (row["estimate"], row["low"], row["high"])
    score = overall.filter(pl.col("measure") == "score").item(0, "estimate")
    return AuditedFigures(
        batch_id=newest.batch_id,
        as_of=drawn["as_of"],
        drawn=newest.drawn,
        done=newest.done,
        unit=drawn["unit"],
        speaks_for=newest.speaks_for,
        score=score,
        record_error_rate=rates["record_error_rate"],
        critical_error_rate=rates["critical_error_rate"],
    )


def _package(package: HsdsPackage) -> ExportFigures:
    preflight = package.preflight.document()
    return ExportFigures(
        target="hsds",
        path="exports/hsds",
        records=package.records(),
        withheld=package.withheld_by_reason(),
        removed_values=dict(package.removed_values),
        errors=preflight["errors"],
        warnings=preflight["warnings"],
    )


def _top_findings(frames: NightFrames, *, may_be_named: pl.DataFrame) -> tuple[TopFinding, ...]:
    findings = open_findings(frames.tracked).filter(pl.col("severity") != "info")
    worst = (
        findings.group_by("rule_id", "severity")
        .agg(
            pl.len().alias("count"),
            pl.col("is_held_back").sum().alias("held_back"),
            # A rule may be broken in several ways, each with its words: those of the most frequent one are told.
            pl.struct("message", "how_to_fix").sort().mode().sort().first().struct.unnest(),
        )
        .sort(
            pl.col("severity").replace_strict(_SEVERITY_ORDER),
            "held_back",
            "count",
            "rule_id",
            descending=[False, True, True, False],
        )
        .head(TOP_RULES)
    )
    showable = findings.join(may_be_named, on=["center_id", "record_uid", "kind"], how="semi").sort(
        "center_id", "record_uid"
    )
    examples: dict[str, tuple[Example, ...]] = {}
    for row in worst.to_dicts():
        chosen = showable.filter(pl.col("rule_id") == row["rule_id"]).unique(
            ["center_id", "record_uid"], keep="first", maintain_order=True
        )
        examples[row["rule_id"]] = tuple(
            Example(center_id=one["center_id"], native_id=one["native_id"], name=one["record_name"])
            for one in chosen.head(EXAMPLES).to_dicts()
        )
    return tuple(
        TopFinding(
            rule_id=row["rule_id"],
            severity=row["severity"],
            message=row["message"],
            how_to_fix=row["how_to_fix"],
            count=row["count"],
            held_back=row["held_back"],
            examples=examples[row["rule_id"]],
        )
        for row in worst.to_dicts()
    )


def _compared_events(frames: NightFrames) -> pl.DataFrame:
    """Return tonight's events of centers that were read before: of a first night everything is new."""
    first = [center for center, changes in frames.changes.items() if changes.is_first]
    return frames.events.filter(~pl.col("center_id").is_in(first))


def _moved_by_rule(frames: NightFrames) -> pl.DataFrame:
    """Return how many findings of each rule and severity opened or closed, the gravest and most moved first."""
    event = pl.col("event")
    return (
        _compared_events(frames)
        .group_by("rule_id", "severity")
        .agg(**{name: event.is_in(events).sum() for name, events in MOVED_EVENTS.items()})
        .with_columns(all_events=pl.sum_horizontal(*MOVED_EVENTS))
        .filter(pl.col("all_events") > 0)
        .sort(
            pl.col("severity").replace_strict(_SEVERITY_ORDER), "all_events", "rule_id", descending=[False, True, False]
        )
        .drop("all_events")
    )


def _as_moved(rows: pl.DataFrame) -> tuple[MovedFindings, ...]:
    return tuple(MovedFindings(**row) for row in rows.to_dicts())


def _moved_first(frames: NightFrames, *, may_be_named: pl.DataFrame) -> tuple[MovedFinding, ...]:
    """Return the first findings that opened, came back or were fixed tonight, worst first; none of centers on their first night."""
    told = [FindingEventKind.OPENED, FindingEventKind.REAPPEARED, FindingEventKind.FIXED]
    named = may_be_named.select("center_id", "record_uid", "kind", __named=pl.lit(value=True))
    first = (
        _compared_events(frames)
        .filter(pl.col("event").is_in(told) & (pl.col("severity") != "info"))
        .select("event", "finding_id")
        .join(frames.tracked, on="finding_id")
        .sort(
            "event",
            pl.col("severity").replace_strict(_SEVERITY_ORDER),
            "center_id",
            "rule_id",
            "record_uid",
            "finding_id",
        )
        .group_by("event", maintain_order=True)
        .head(MOVED_SHOWN)
        .join(named, on=["center_id", "record_uid", "kind"], how="left", maintain_order="left")
    )
    return tuple(
        MovedFinding(
            event=row["event"],
            finding_id=row["finding_id"],
            center_id=row["center_id"],
            rule_id=row["rule_id"],
            severity=row["severity"],
            record=f"{row['record_name'] or '(no name)'} ({row['native_id'] or row['kind']})"
            if row["__named"]
            else WITHHELD,
            field=row["field"],
            value=row["value"] if row["__named"] or row["value"] is None else WITHHELD,
            how_to_fix=row["how_to_fix"],
        )
        for row in first.to_dicts()
    )


def _top_pairs(frames: NightFrames, *, may_be_named: pl.DataFrame) -> tuple[TopPair, ...]:
    names = frames.directory.agency.join(may_be_named, on=["center_id", "record_uid", "kind"], how="semi").select(
        "center_id", "record_uid", "native_id", "name"
    )
    pairs = (
        _asked_pairs(frames)
        .filter(pl.col("band").is_in(["duplicate", "possible"]))
        .join(
            names.rename(
                {"center_id": "center_id_a", "record_uid": "uid_a", "native_id": "native_a", "name": "name_a"}
            ),
            on=["center_id_a", "uid_a"],
        )
        .join(
            names.rename(
                {"center_id": "center_id_b", "record_uid": "uid_b", "native_id": "native_b", "name": "name_b"}
            ),
            on=["center_id_b", "uid_b"],
        )
        .sort("score", "pair_id", descending=[True, False])
        .head(TOP_PAIRS)
    )
    # "start" says where every pair begins; it tells one pair from another in nothing.
    reasons = frames.matches.reasons.filter(pl.col("signal") != "start").sort("pair_id", "position")
    return tuple(
        TopPair(
            pair_id=row["pair_id"],
            band=row["band"],
            a=Example(center_id=row["center_id_a"], native_id=row["native_a"], name=row["name_a"]),
            b=Example(center_id=row["center_id_b"], native_id=row["native_b"], name=row["name_b"]),
            reasons=tuple(
                reasons.filter(pl.col("pair_id") == row["pair_id"]).get_column("text").head(EXAMPLES).to_list()
            ),
        )
        for row in pairs.to_dicts()
    )
