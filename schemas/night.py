"""What is known after a night: the facts that the report, the summary and the JSON answer all tell.

The flow fills these from the frames of the stages; publishing only words them. Everything here may be shown to the people who
keep the directory: names of records that are private, excluded or confidential must not be put in (`TopFinding.examples`,
`TopPair`). Null means unknown, and stands beside its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.gating import Gate


@dataclass(frozen=True, kw_only=True)
class RuleNotAsked:
    """A rule that could not be asked of an export, and why."""

    rule_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CenterFacts:
    """One center's part of the night.

    Args:
        center_id: The center.
        format: Name of the recognized format, such as `icarol`.
        format_version: Version or dialect within the format; None when the format has none.
        input_sha256: SHA-256 of the export file.
        rows_read: Rows read as records.
        rows_rejected: Rows that could not be read.
        rejects: Rows that could not be read, by reason.
        rows_explained: What became of all rows of the delivery (`records`, `repeated_same`, `repeated_different`, `translations`,
            `no_record`, `other_tables`, `rejected`, `blank`); their sum is the rows read, rejected and blank.
        delivered: Records as delivered, by kind; derived ones are not among them.
        delivered_before: The same of the last good night; None on the first night, and where it is not told.
        records: Counted records by kind.
        not_counted: Records that do not count, by kind and reason.
        findings: Open findings by severity.
        findings_by_rule: Open findings by rule.
        findings_by_rule_and_severity: The same by rule and severity, for one rule can be broken in lighter and graver ways;
            empty when it was not counted.
        findings_life: What happened to findings tonight, by FindingEventKind, `open`: how many are open after it, and `accepted_now`:
            exceptions that stand.
        changes: Records `added`, `changed`, `removed`, `rekeyed` since the last night.
        signals: Records of which the night shows how they are kept, by SignalKind.
        is_first_night: Whether there was no earlier night to compare with.
        warnings: What the export lost since the last one, one sentence each.
        notices: What the curator should know about the load, one sentence each.
        not_applicable: Rules that could not be asked.
    """

    center_id: str
    format: str
    format_version: str | None = None
    input_sha256: str
    rows_read: int
    rows_rejected: int
    rejects: Mapping[str, int] = field(default_factory=dict)
    rows_explained: Mapping[str, int] = field(default_factory=dict)
    delivered: Mapping[str, int] = field(default_factory=dict)
    delivered_before: Mapping[str, int] | None = None
    records: Mapping[str, int]
    not_counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: Mapping[str, int]
    findings_by_rule: Mapping[str, int]
    findings_by_rule_and_severity: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings_life: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int]
    signals: Mapping[str, int] = field(default_factory=dict)
    is_first_night: bool = False
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    not_applicable: tuple[RuleNotAsked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DuplicateFigures:
    """Pairs of agencies that may be one: how many were compared, proposed and judged.

    Args:
        candidate_pairs: Pairs compared.
        duplicate: Pairs in the band `duplicate`, decided ones too.
        possible: The same for `possible`.
        decided: Pairs about which somebody's verdict stands.
        reopened: Decided pairs that are asked again, because what the verdict rested on has changed or nobody could tell.
        clusters: Groups, proposed and confirmed.
        implied: Pairs that follow from verdicts on others and are not asked.
        conflicting: Pairs about which verdicts contradict each other.
        asked: Pairs that a person should look at, those that were reopened or are in conflict among them.
        asked_likely: Those of them in the band `duplicate`.
    """

    candidate_pairs: int
    duplicate: int
    possible: int
    decided: int
    reopened: int
    clusters: int
    implied: int = 0
    conflicting: int = 0
    asked: int = 0
    asked_likely: int = 0


@dataclass(frozen=True, kw_only=True)
class ShareFigure:
    """A share with everything needed to read it. `share` is None with a `reason` when it cannot be known."""

    numerator: int | None
    denominator: int | None
    unknown: int | None
    share: float | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ShareRow:
    """The headline share of one center, county or curator."""

    value: str
    figure: ShareFigure


@dataclass(frozen=True, kw_only=True)
class BandCount:
    """Counted records of one kind in one freshness band."""

    kind: str
    band: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ForecastFigures:
    """Where the headline goes until a day.

    Args:
        target_on: The day.
        low: Lower end of the share on that day, 0-1; None when nothing can be forecast.
        central: Its middle; None likewise.
        high: Its upper end; None likewise.
        confidence: Share of the futures between low and high.
        without_work: The share if nobody verified anything: certain; None likewise.
        target_share: Share wanted.
        needed_per_week: Agencies a week that it takes; None when no business day is left, or likewise.
        pace_per_week: Agencies a week of late; None likewise.
        reason: Why nothing can be forecast; None when it can.
    """

    target_on: date
    low: float | None
    central: float | None
    high: float | None
    confidence: float
    without_work: float | None
    target_share: float
    needed_per_week: float | None
    pace_per_week: float | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One curator's part of this week's queue; `curator` is None for agencies without curator."""

    center_id: str
    curator: str | None
    agencies: int
    minutes: float
    limit_minutes: float


@dataclass(frozen=True, kw_only=True)
class QueueFigures:
    """Who must verify how much.

    Args:
        weeks: Weeks planned.
        until: Last day of them.
        this_week: Every curator with work in the first week.
        agencies: Agencies to be verified in all weeks.
        excluded: Agencies left out although due, by reason.
        notes: What does not go as it should, one sentence each.
    """

    weeks: int
    until: date | None
    this_week: tuple[QueueRow, ...]
    agencies: int
    excluded: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FreshnessFigures:
    """The annual update percentage in its three readings, and where the records stand.

    Args:
        complete_agency_update: The headline: agencies whose own date and those of all counted children fall in the window.
        verified_record: Counted records verified in the window.
        edited_record: Counted records edited in the window; shows work, never to be called updated.
        definition: The headline's definition in one or two sentences, printed beside the figure.
        cutoff: First day of the window.
        by_center: The headline by center.
        by_curator: The headline by curator.
        by_county: The headline by county.
        bands: Counted records by kind and band.
        band_definition: The bounds of the bands in a sentence or two; empty when they are not told.
        notices: Levels not tracked, mass stamps and the like, one sentence each.
        without_suspicious: The headline with verifications that deserve a question set aside; None when it was not asked.
        suspicious: Records whose verification deserves a question, by reason, and `any`.
        fiscal_year: The headline since the fiscal year began; None when it is not told.
        calendar_year: The headline since 1 January; None when it is not told.
        forecast: Where the headline goes; None when it is not told.
    """

    complete_agency_update: ShareFigure
    verified_record: ShareFigure
    edited_record: ShareFigure
    definition: str
    cutoff: date
    by_center: tuple[ShareRow, ...] = ()
    by_curator: tuple[ShareRow, ...] = ()
    by_county: tuple[ShareRow, ...] = ()
    bands: tuple[BandCount, ...] = ()
    band_definition: str = ""
    notices: tuple[str, ...] = ()
    without_suspicious: ShareFigure | None = None
    suspicious: Mapping[str, int] = field(default_factory=dict)
    fiscal_year: ShareFigure | None = None
    calendar_year: ShareFigure | None = None
    forecast: ForecastFigures | None = None


@dataclass(frozen=True, kw_only=True)
class CenterCurators:
    """Curators of one center: needed for updates and changes in between, and at work.

    Args:
        center_id: The center.
        estimated: FTE by the assumptions: low, central, high.
        calibrated: FTE by its own calibration; None without one.
        actual_fte: Curators at work; None when the settings do not say.
    """

    center_id: str
    estimated: tuple[float, float, float]
    calibrated: tuple[float, float, float] | None = None
    actual_fte: float | None = None


@dataclass(frozen=True, kw_only=True)
class StaffingFigures:
    """Curators needed for a year's upkeep, in full-time equivalents; never one number without its band.

    Args:
        low_fte: By the assumptions, all minutes low.
        central_fte: By the assumptions, their middle.
        high_fte: By the assumptions, all minutes high.
        caveats: To be printed with every figure.
        calibrated: The same three by the centers' own calibration; None when no center has one.
        centers: Every center with what it needs and who is there.
        notes: What must be told about the figure, one sentence each.
    """

    low_fte: float
    central_fte: float
    high_fte: float
    caveats: tuple[str, ...]
    calibrated: tuple[float, float, float] | None = None
    centers: tuple[CenterCurators, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AuditedFigures:
    """What the newest audit with finished records says.

    Args:
        batch_id: Its batch.
        as_of: Day of the draw.
        drawn: Records drawn.
        done: Records audited.
        unit: `agency` or `service`.
        speaks_for: Records of the frame that the estimates are about.
        score: Mean score, 0 to 100.
        record_error_rate: Estimate, low, high of the share of records with a fault; low and high are None when all were audited.
        critical_error_rate: The same of records with a critical error.
    """

    batch_id: str
    as_of: date
    drawn: int
    done: int
    unit: str
    speaks_for: int
    score: float | None
    record_error_rate: tuple[float | None, float | None, float | None]
    critical_error_rate: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class AuditFigures:
    """The audit sample that stands ready.

    Args:
        batch_id: Its batch.
        size: Records drawn.
        frame_size: Records that could be drawn.
        unit: `agency` or `service`.
        done: Records of it that are audited.
        worksheet: Where the worksheets lie, relative to the workspace.
        last: What the newest audit says; None when none has a finished record.
    """

    batch_id: str
    size: int
    frame_size: int
    unit: str
    done: int = 0
    worksheet: str | None = None
    last: AuditedFigures | None = None


@dataclass(frozen=True, kw_only=True)
class ExportFigures:
    """One public package that was written.

    Args:
        target: Such as `hsds`.
        path: Folder, relative to the workspace.
        records: Records written by table.
        withheld: Records left out by reason.
        removed_values: Values left out of written records by reason.
        errors: Errors of the pre-flight.
        warnings: Warnings of the pre-flight.
    """

    target: str
    path: str
    records: Mapping[str, int]
    withheld: Mapping[str, int]
    removed_values: Mapping[str, int] = field(default_factory=dict)
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True, kw_only=True)
class Example:
    """A record that shows a finding. Only records that may be shown."""

    center_id: str
    native_id: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True)
class TopFinding:
    """One rule that many records break.

    Args:
        rule_id: The rule.
        severity: `error`, `warning` or `info`.
        message: What is wrong, one plain sentence.
        how_to_fix: What to do about it, one plain sentence.
        count: Open findings of this rule.
        held_back: How many of them keep a record out of public exports.
        examples: At most three records that may be shown; empty when all are private.
    """

    rule_id: str
    severity: str
    message: str
    how_to_fix: str
    count: int
    held_back: int = 0
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MovedFindings:
    """One rule whose findings opened or closed tonight."""

    rule_id: str
    severity: str
    opened: int
    reappeared: int
    fixed: int
    other_ended: int


@dataclass(frozen=True, kw_only=True)
class MovedFinding:
    """One finding that opened, came back or was fixed tonight. `record` and `value` are `withheld` for records not to be named."""

    event: str
    finding_id: str
    center_id: str
    rule_id: str
    severity: str
    record: str
    field: str
    value: str | None
    how_to_fix: str


@dataclass(frozen=True, kw_only=True)
class TopPair:
    """One pair of agencies that a person should compare."""

    pair_id: str
    band: str
    a: Example
    b: Example
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to look next: a label, and a path relative to the workspace or a command."""

    label: str
    path: str


@dataclass(frozen=True, kw_only=True)
class NightFacts:
    """Everything the reports of one night tell.

    Args:
        run_id: The run.
        as_of: Day the data speaks of.
        status: `published` or `gated`.
        centers: The centers, in the order of their ids.
        duplicates: Figures on duplicates.
        freshness: Figures on freshness.
        staffing: Figures on staffing; None when they were not computed.
        audit: The standing audit sample; None when none was drawn.
        queue: Who must verify how much; None when it was not planned.
        exports: Packages written.
        top_findings: Rules broken most, most urgent first.
        held_back: Open findings that keep a record out of public files, of all rules; None when they were not counted.
        top_pairs: Pairs to compare, likeliest first.
        moved_findings: Rules of which most findings opened or closed tonight, of centers that were read before.
        moved_rule_count: How many rules there are of which findings opened or closed.
        moved_first: The first of these findings, one by one.
        published: Path of the snapshot, relative to the workspace; None when nothing was published.
        gates: Totals that stopped the night; empty when it was published.
        overridden: Totals that would have stopped it, had a person not found them right.
        warnings: What went wrong although the night was published, one sentence each.
        seconds: Seconds by stage, and `total`.
        peak_memory_mb: Highest memory use in megabytes.
        places: Where to look.
    """

    run_id: str
    as_of: date
    status: str
    centers: tuple[CenterFacts, ...]
    duplicates: DuplicateFigures
    freshness: FreshnessFigures
    staffing: StaffingFigures | None = None
    audit: AuditFigures | None = None
    queue: QueueFigures | None = None
    exports: tuple[ExportFigures, ...] = ()
    top_findings: tuple[TopFinding, ...] = ()
    held_back: int | None = None
    top_pairs: tuple[TopPair, ...] = ()
    moved_findings: tuple[MovedFindings, ...] = ()
    moved_rule_count: int = 0
    moved_first: tuple[MovedFinding, ...] = ()
    published: str | None = None
    gates: tuple[Gate, ...] = ()
    overridden: tuple[Gate, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: float = 0.0
    places: tuple[Place, ...] = ()
