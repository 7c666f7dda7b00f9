"""What a report of a period tells, as facts: the flow fills them, publishing words them.

Everything here may be shown to the people who read the report: figures by kind, center, county, curator and rule, and nothing of a
single record. Null means unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.night import ForecastFigures, ShareFigure
from schemas.period import Period, Scope

#: Estimate with the ends of its interval.
Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class Count:
    """A number at the end of the period, and at the end of the one before."""

    name: str
    now: int | None
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class CenterCounts:
    """Counted records of one center by kind."""

    center_id: str
    now: Mapping[str, int]
    before: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows of one center that do not count, by reason; `kind` is None where only the reason is known."""

    center_id: str
    kind: str | None
    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class KindChanges:
    """Records of one kind that came, changed, went or came under another number in the period."""

    kind: str
    added: int
    changed: int
    removed: int
    rekeyed: int


@dataclass(frozen=True, kw_only=True)
class FieldChanges:
    """A field, the records in which it changed, and how often it did."""

    field: str
    records: int
    changes: int


@dataclass(frozen=True, kw_only=True)
class CountedOn:
    """Counted records by kind in one night."""

    day: date
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """How many records there are and how they changed.

    Args:
        counted: Counted records by kind.
        by_center: The same by center; empty for a curator.
        left_out: Rows that do not count.
        changes: What changed in the period, by kind; None when the period has no night after another.
        fields: The fields that changed most.
        field_count: Fields that changed at all.
        trend: Counted records over the nights.
        joined: Centers that were first read in the period: of them nothing is told as added.
    """

    counted: tuple[Count, ...]
    by_center: tuple[CenterCounts, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    changes: tuple[KindChanges, ...] | None = None
    fields: tuple[FieldChanges, ...] = ()
    field_count: int = 0
    trend: tuple[CountedOn, ...] = ()
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SharePart:
    """A share and what it was at the end of the period before; `before` is None when that is not known."""

    value: str
    figure: ShareFigure
    before: ShareFigure | None = None


@dataclass(frozen=True, kw_only=True)
class SharePoint:
    """The headline on one day; of days before the first night only the ends of a range."""

    day: date
    share: float | None
    low: float | None = None
    high: float | None = None
    is_reconstructed: bool = False


@dataclass(frozen=True, kw_only=True)
class FreshnessFacts:
    """The annual update percentage in its readings, and where the records stand.

    Args:
        readings: `complete_agency_update`, `verified_record`, `edited_record`.
        windows: The headline by `rolling`, `fiscal_year` and `calendar_year`, as far as they are known.
        cutoff: First day of the rolling window.
        window_months: Its length.
        band_months: Months after which a record is due, overdue and stale.
        bands: Counted records by kind and band; a kind is `all` when only the whole is known.
        by_center, by_county, by_curator: The headline by part, in the order of the names.
        trend: The headline over the nights.
        forecast: Where it goes.
        suspicious: Records whose verification deserves a question, by reason, and `any`.
        without_suspicious: The headline without them.
        small_units: Parts with fewer agencies are told to be small.
        notes: What must be told, one sentence each.
    """

    readings: tuple[SharePart, ...]
    windows: tuple[SharePart, ...]
    cutoff: date
    window_months: int
    band_months: tuple[int, int, int]
    bands: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_center: tuple[SharePart, ...] = ()
    by_county: tuple[SharePart, ...] = ()
    by_curator: tuple[SharePart, ...] = ()
    trend: tuple[SharePoint, ...] = ()
    forecast: ForecastFigures | None = None
    suspicious: Mapping[str, int] = field(default_factory=dict)
    without_suspicious: ShareFigure | None = None
    small_units: int = 10
    notes: tuple[str, ...] = ()

    def headline(self) -> SharePart:
        """Return the complete agency update."""
        return self.readings[0]


@dataclass(frozen=True, kw_only=True)
class MovedCounts:
    """What happened to the findings of one severity, center or rule in the period.

    Args:
        value: Which one.
        open_before: Open at the end of the period before; None when that is not known.
        first_found: Found by the first night of a center, which finds everything that was wrong before.
        opened: Shown for the first time, or again after they had ended without being mended.
        reappeared: Came back after they had been fixed.
        fixed: No longer shown by a record that is still there.
        other_ended: Ended because the record left or the rule is no longer asked.
        accepted: Exceptions taken.
        exception_over: Exceptions that ended.
        open_now: Open at the end; None when that is not known.
    """

    value: str
    open_before: int | None = None
    first_found: int = 0
    opened: int = 0
    reappeared: int = 0
    fixed: int = 0
    other_ended: int = 0
    accepted: int = 0
    exception_over: int = 0
    open_now: int | None = None


@dataclass(frozen=True, kw_only=True)
class RuleFacts:
    """One rule with open findings."""

    rule_id: str
    severity: str
    message: str
    how_to_fix: str
    open_now: int
    opened: int
    fixed: int


@dataclass(frozen=True, kw_only=True)
class FixFacts:
    """How the findings of one curator fared in the period; no measure of a person's work."""

    value: str
    fixed: int
    still_open: int
    fix_rate: float | None
    in_time_share: float | None
    median_days_to_fix: float | None
    is_small: bool


@dataclass(frozen=True, kw_only=True)
class FindingFacts:
    """What was found, mended and left open.

    Args:
        total: All severities together.
        by_severity: Errors, warnings, notes.
        by_family: Families of rules.
        by_center: Centers.
        rules: The rules with most open findings, the gravest first.
        rule_count: Rules with open findings.
        ages: Open findings by severity and age in days (`AGE_BANDS`); None when the night is no longer kept.
        under_exception: Findings under an exception at the end; None when not known.
        under_exception_before: The same at the end of the period before.
        fix_rates: By curator.
        within_days: Days in which a finding should be mended.
        smallest_cell: Rates of fewer findings are marked small.
        is_balanced: Whether what came less what went is what is there; None when that cannot be asked.
    """

    total: MovedCounts
    by_severity: tuple[MovedCounts, ...]
    by_family: tuple[MovedCounts, ...] = ()
    by_center: tuple[MovedCounts, ...] = ()
    rules: tuple[RuleFacts, ...] = ()
    rule_count: int = 0
    ages: Mapping[str, Mapping[str, int]] | None = None
    under_exception: int | None = None
    under_exception_before: int | None = None
    fix_rates: tuple[FixFacts, ...] = ()
    within_days: int = 30
    smallest_cell: int = 10
    is_balanced: bool | None = None


#: Ages of open findings in days: key, first day, last day (None: no end), words.
AGE_BANDS: tuple[tuple[str, int, int | None, str], ...] = (
    ("days_0_7", 0, 7, "0 to 7 days"),
    ("days_8_30", 8, 30, "8 to 30 days"),
    ("days_31_90", 31, 90, "31 to 90 days"),
    ("days_91_365", 91, 365, "91 to 365 days"),
    ("days_over_365", 366, None, "over 365 days"),
)


@dataclass(frozen=True, kw_only=True)
class AuditRound:
    """One audit that was drawn or worked on in the period.

    Args:
        batch_id: Its batch.
        drawn_on: Day of the draw.
        unit: `agency` or `service`.
        center_id: Center of the frame; None for all.
        drawn: Records drawn.
        done: Records audited; of the center alone when the report speaks of one center of several.
        speaks_for: Records of the frame that the estimates are about.
        score: Mean score, 0 to 100.
        record_error_rate: Share of records with a fault.
        critical_error_rate: Share of records with a critical error.
        criteria: Estimates by criterion, 0-1.
        agreement_pairs: Answers given by two auditors.
        agreement: Share of them that agree.
        is_own: Whether the estimates are about the records of this report: false for a cell that was not estimated.
    """

    batch_id: str
    drawn_on: date
    unit: str
    center_id: str | None
    drawn: int
    done: int
    speaks_for: int
    score: Interval = (None, None, None)
    record_error_rate: Interval = (None, None, None)
    critical_error_rate: Interval = (None, None, None)
    criteria: tuple[tuple[str, Interval], ...] = ()
    agreement_pairs: int = 0
    agreement: float | None = None
    is_own: bool = True

    @property
    def is_finished(self) -> bool:
        """Whether every drawn record is audited."""
        return self.done >= self.drawn


@dataclass(frozen=True, kw_only=True)
class DuplicateFacts:
    """Agencies that may be one.

    Args:
        counts: `duplicate` and `possible` (pairs found), `asked` (waiting for a person), now and before.
        verdicts: Verdicts given in the period: `same`, `different`, `unsure`.
        plans: Merge plans by state, at the end.
    """

    counts: tuple[Count, ...]
    verdicts: Mapping[str, int]
    plans: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CenterStaffing:
    """Curators needed and at work in one center."""

    center_id: str
    low: float
    central: float
    high: float
    actual: float | None = None
    certified_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class StaffingFacts:
    """Curators needed for a year's upkeep.

    Args:
        fte: Low, central, high.
        hours: The same in hours a year.
        before: FTE at the end of the period before.
        by_center: Centers with those at work.
        actual: Curators at work, all together; None when a center does not say.
        calibrated: The same after the center's own times; None when it has none.
        productive_hours: Hours of one FTE a year.
        direct_share: Share of them spent on records.
        workings: Parts of the workload: name, amount, unit, hours low, central, high; empty when they are not known.
        trend: Day and FTE over the nights.
        caveats: To be printed with every figure.
    """

    fte: tuple[float, float, float]
    hours: tuple[float, float, float] | None = None
    before: tuple[float, float, float] | None = None
    by_center: tuple[CenterStaffing, ...] = ()
    actual: float | None = None
    calibrated: tuple[float, float, float] | None = None
    productive_hours: float | None = None
    direct_share: float | None = None
    workings: tuple[tuple[str, float | None, str, float, float, float], ...] = ()
    trend: tuple[tuple[date, float, float, float], ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitorFacts:
    """Visitors of the online directory, as the center gives them.

    Args:
        months: First day of each month of the period, and its visitors; None: not given.
        total: Of the months that are given; None when none is.
        before: The same of the period before, when each of its months is given.
        source: Name of the file; None when none is named.
        given: Other numbers that the center supplied, name and text.
    """

    months: tuple[tuple[date, int | None], ...] = ()
    total: int | None = None
    before: int | None = None
    source: str | None = None
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class RuleLeftOut:
    """A rule that could not be asked, and of which centers."""

    rule_id: str
    title: str
    reason: str
    centers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GatheringFacts:
    """How the directory is gathered and checked.

    Args:
        methods: Verification methods as written, and counted records; None when the night is no longer kept.
        without_method: Counted and verified records of which no method is told.
        reviews: Policies and the days of their last review, as the settings say.
        not_asked: Rules that could not be asked.
        asked: Rules of the catalogue.
    """

    methods: tuple[tuple[str, int], ...] | None = None
    without_method: int = 0
    reviews: tuple[tuple[str, date], ...] = ()
    not_asked: tuple[RuleLeftOut, ...] = ()
    rules: int = 0


@dataclass(frozen=True, kw_only=True)
class QueueFacts:
    """Agencies that one curator has to verify this week and in all weeks planned."""

    this_week: int
    all_weeks: int


@dataclass(frozen=True, kw_only=True)
class PeriodFacts:
    """Everything that a report of a period tells.

    Args:
        period: The period.
        scope: Whose records.
        until: Last day spoken of: that of the period, or the day of the report while it runs.
        is_running: Whether the period is not over.
        as_of: Day of the night whose figures are told.
        run_id: Its run.
        before_on: Day of the night that stands for the end of the period before; None when there was none.
        first_night_on: Day of the first night of all.
        nights: Nights in the period.
        program_version: Version of resdir that ran the night.
        center_names: Names of centers for people, by id.
        warnings: What the reader has to know before believing a figure.
        records, freshness, findings, audits, duplicates, staffing, visitors, gathering, queue: The parts; None where the report has none.
        top_rows: Rows of a list that are shown.
    """

    period: Period
    scope: Scope
    until: date
    is_running: bool
    as_of: date
    run_id: str
    before_on: date | None
    first_night_on: date
    nights: int
    program_version: str
    center_names: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    records: RecordFacts
    freshness: FreshnessFacts
    findings: FindingFacts
    audits: tuple[AuditRound, ...] | None = None
    duplicates: DuplicateFacts | None = None
    staffing: StaffingFacts | None = None
    visitors: VisitorFacts | None = None
    gathering: GatheringFacts | None = None
    queue: QueueFacts | None = None
    top_rows: int = 15
