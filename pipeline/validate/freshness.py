"""Rules FRE: dates. Asked of counted records only, and of a level only when the center keeps verification dates there.

Months are calendar months counted back from `as_of`; an end of month is clamped; the cutoff day and `as_of` both count. A record
stands in one band, so FRE-001, FRE-002, FRE-003 and FRE-012 exclude each other. A date in the future is no verification: it
raises FRE-004 and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.validate.applicability import count_use, refuse_uncarried, refuse_untracked, refuse_unused
from pipeline.validate.questions import FAILURE_SCHEMA, Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.contract import schema_of
from schemas.enumerations import RecordKind
from schemas.history import Verification
from schemas.parameters import FreshnessRule, ValidateParameters

_VERIFIED = pl.col("verified_on")
#: Numbers as words of a sentence.
_YEARS = {2: "two", 3: "three", 4: "four", 5: "five"}
_COUNTED = pl.col("is_counted")


@dataclass(frozen=True, kw_only=True)
class Cutoffs:
    """First days, inclusive, of the bands current, due and overdue."""

    current_on: date
    window_on: date
    stale_on: date


def cutoffs(rule: FreshnessRule, *, as_of: date) -> Cutoffs:
    """Return the first day of each band, counted back from `as_of` in calendar months.

    >>> cutoffs(FreshnessRule(), as_of=date(2024, 2, 29)).window_on
    datetime.date(2023, 2, 28)
    """
    return Cutoffs(
        current_on=_months_back(as_of, rule.due_months),
        window_on=_months_back(as_of, rule.window_months),
        stale_on=_months_back(as_of, rule.stale_months),
    )


def _months_back(day: date, months: int) -> date:
    moved: date = pl.select(pl.lit(day).dt.offset_by(f"-{months}mo")).item()
    return moved


def ask_freshness(
    records: pl.DataFrame,
    *,
    kind: str,
    carried: Mapping[str, frozenset[str]],
    rule: FreshnessRule,
    parameters: ValidateParameters,
    as_of: date,
) -> list[Question]:
    """Return the freshness questions to agencies, sites or services.

    Args:
        records: The records of the kind, as in `Subjects.records`.
        kind: agency, site or service.
        carried: Delivered fields by center.
        rule: Window and bands.
        parameters: The smallest level that proves a column unused.
        as_of: Day of the run.
    """
    bands = cutoffs(rule, as_of=as_of)
    untracked = refuse_untracked(records, carried=carried, kind=kind, tracked_share=rule.tracked_share)
    in_past = _COUNTED & _VERIFIED.le(as_of)
    broken = {
        "FRE-001": in_past & _VERIFIED.is_between(bands.stale_on, bands.window_on, closed="left"),
        "FRE-002": in_past & _VERIFIED.is_between(bands.window_on, bands.current_on, closed="left"),
        "FRE-003": in_past & _VERIFIED.lt(bands.stale_on),
        "FRE-005": in_past & (pl.col("created_on") > _VERIFIED) & (pl.col("created_on") <= as_of),
        "FRE-012": _COUNTED & _VERIFIED.is_null() & ~pl.col("has_unreadable_verification"),
    }
    questions = [
        Question(
            rule_id=rule_id,
            field="verified_on",
            broken=condition,
            value=_VERIFIED.cast(pl.String),
            refused=untracked | _refuse_creation(rule_id, kind, carried),
        )
        for rule_id, condition in broken.items()
    ]
    return [
        *questions,
        _ask_interim(kind, carried, in_past=in_past, untracked=untracked),
        _ask_verifier(
            records,
            kind,
            carried,
            # Nobody needs the name of whom an overdue verification came from: it will be verified anew.
            in_window=in_past & _VERIFIED.ge(bands.window_on),
            untracked=untracked,
            minimum=parameters.unused_element_minimum,
        ),
        *_ask_future(kind, carried, as_of=as_of),
        _ask_alert(kind, carried, as_of=as_of),
    ]


def find_partial_updates(
    records: Mapping[str, pl.DataFrame], *, carried: Mapping[str, frozenset[str]], rule: FreshnessRule, as_of: date
) -> tuple[pl.DataFrame, list[Question]]:
    """Return the agencies with counts of their children, and the question for partial updates (FRE-008).

    Children are counted sites and services on levels that the center tracks.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        carried: Delivered fields by center.
        rule: Window.
        as_of: Day of the run.

    Returns:
        The agencies with `child_count` and `late_child_count`, in the same order, and the question to ask of them.
    """
    window_on = cutoffs(rule, as_of=as_of).window_on
    in_window = _VERIFIED.is_between(window_on, as_of)
    children = []
    for kind in (RecordKind.SITE, RecordKind.SERVICE):
        untracked = refuse_untracked(records[kind], carried=carried, kind=kind, tracked_share=rule.tracked_share)
        children.append(
            records[kind]
            .filter("is_counted", ~pl.col("center_id").is_in(sorted(untracked)))
            .select("center_id", record_uid="agency_uid", is_late=~in_window.fill_null(value=False))
        )
    counts = (
        pl.concat(children)
        .group_by("center_id", "record_uid")
        .agg(child_count=pl.len(), late_child_count=pl.col("is_late").sum())
    )
    agencies = records[RecordKind.AGENCY].join(
        counts, on=["center_id", "record_uid"], how="left", maintain_order="left"
    )
    late, all_of_them = pl.col("late_child_count"), pl.col("child_count")
    question = Question(
        rule_id="FRE-008",
        field="verified_on",
        broken=_COUNTED & in_window & (late > 0),
        value=pl.format("{} of {} sites and services not verified", late, all_of_them),
        refused=refuse_untracked(
            records[RecordKind.AGENCY], carried=carried, kind=RecordKind.AGENCY, tracked_share=rule.tracked_share
        ),
    )
    return agencies, [question]


def find_mass_stamps(
    records: Mapping[str, pl.DataFrame],
    *,
    carried: Mapping[str, frozenset[str]],
    rule: FreshnessRule,
    parameters: ValidateParameters,
) -> pl.DataFrame:
    """Return a failure of FRE-009 for every day on which a large part of a center's directory was verified.

    The share is taken of the counted records on tracked levels; both limits must be passed.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        carried: Delivered fields by center.
        rule: Says when a level is tracked.
        parameters: Smallest share and smallest number of records.
    """
    tracked = []
    for kind in OWN_RECORD_KINDS:
        untracked = refuse_untracked(records[kind], carried=carried, kind=kind, tracked_share=rule.tracked_share)
        tracked.append(
            records[kind]
            .filter("is_counted", ~pl.col("center_id").is_in(sorted(untracked)))
            .select("center_id", "verified_on")
        )
    counted = pl.concat(tracked)
    totals = counted.group_by("center_id").agg(record_count=pl.len())
    days = counted.drop_nulls("verified_on").group_by("center_id", "verified_on").agg(day_count=pl.len())
    share = pl.col("day_count") / pl.col("record_count")
    stamped = days.join(totals, on="center_id").filter(
        (share > parameters.bulk_stamp_share) & (pl.col("day_count") >= parameters.bulk_stamp_minimum)
    )
    day = _VERIFIED.cast(pl.String)
    return stamped.select(
        "center_id",
        record_uid=pl.lit("load"),
        kind=pl.lit("load"),
        rule_id=pl.lit("FRE-009"),
        variant=pl.lit(""),
        field=pl.format("verified_on.{}", day),
        value=pl.format("{} of {} records on {}", "day_count", "record_count", day),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def find_uneven_translations(
    records: pl.DataFrame, *, translations: pl.DataFrame, rule: FreshnessRule, as_of: date
) -> pl.DataFrame:
    """Return a failure of FRE-010 for every record of which one language version is stale while another is in the window.

    Args:
        records: One record kind, as in `Subjects.records`.
        translations: The further language versions, of all kinds.
        rule: Window and bands.
        as_of: Day of the run.
    """
    bands = cutoffs(rule, as_of=as_of)
    counted = records.filter("is_counted").select(
        "center_id", "kind", "record_uid", "language_of_record", "verified_on"
    )
    others = translations.select("center_id", "kind", "record_uid", "language_of_record", "verified_on").join(
        counted, on=["center_id", "kind", "record_uid"], how="semi"
    )
    versions = pl.concat([counted.join(others, on=["center_id", "kind", "record_uid"], how="semi"), others])
    seen = versions.filter(_VERIFIED.le(as_of))
    extremes = seen.group_by("center_id", "kind", "record_uid").agg(
        oldest_on=_VERIFIED.min(),
        newest_on=_VERIFIED.max(),
        language=pl.col("language_of_record").sort_by("verified_on", "language_of_record").first(),
    )
    uneven = extremes.filter((pl.col("oldest_on") < bands.stale_on) & (pl.col("newest_on") >= bands.window_on))
    return uneven.select(
        "center_id",
        "kind",
        "record_uid",
        rule_id=pl.lit("FRE-010"),
        variant=pl.lit(""),
        field=pl.lit("verified_on"),
        value=pl.format(
            "{} in {}", pl.col("oldest_on").cast(pl.String), pl.col("language").fill_null("another language")
        ),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def find_unchanged_agencies(
    agencies: pl.DataFrame,
    *,
    verifications: pl.DataFrame | None,
    carried: Mapping[str, frozenset[str]],
    parameters: ValidateParameters,
    as_of: date,
) -> tuple[pl.DataFrame, list[Question]]:
    """Return the agencies with `unchanged_since_on`, and the question for verifications that never change anything (FRE-013).

    The last verifications in a row must stand in as many calendar years, or cover the years between them, and what the record
    said must have been the same at each.

    Args:
        agencies: The agencies, as in `Subjects.records`.
        verifications: `schemas.history.Verification`; None when nothing is known of earlier nights.
        carried: Delivered fields by center.
        parameters: How many verifications in a row.
        as_of: Day of the run.
    """
    count = parameters.unchanged_verifications
    covered_on = _months_back(as_of, 12 * (count - 1))
    if verifications is None:
        verifications = pl.DataFrame(schema=schema_of(Verification))
    kept_since = dict(verifications.group_by("center_id").agg(pl.col("first_seen_on").min()).iter_rows())
    shown = (
        verifications.filter(pl.col("kind") == RecordKind.AGENCY, as_of >= _VERIFIED)
        .sort("center_id", "record_uid", "verified_on", "first_seen_on")
        .unique(["center_id", "record_uid", "verified_on"], keep="last", maintain_order=True)
        .group_by("center_id", "record_uid", maintain_order=True)
        .tail(count)
    )
    first_on, last_on = _VERIFIED.min(), _VERIFIED.max()
    years = (_VERIFIED.dt.year().n_unique() == count) | (first_on <= last_on.dt.offset_by(f"-{12 * (count - 1)}mo"))
    alike = (pl.len() == count) & (pl.col("content_key").n_unique() == 1) & years
    unchanged = (
        shown.group_by("center_id", "record_uid")
        .agg(unchanged_since_on=pl.when(alike).then(first_on), last_shown_on=last_on)
        .drop_nulls("unchanged_since_on")
    )
    joined = agencies.join(unchanged, on=["center_id", "record_uid"], how="left", maintain_order="left")
    since = pl.col("unchanged_since_on")
    reason = f"Fewer than {_YEARS.get(count, str(count))} years of nights are kept."
    question = Question(
        rule_id="FRE-013",
        field="verified_on",
        broken=_COUNTED & since.is_not_null() & (pl.col("last_shown_on") == _VERIFIED),
        value=pl.format("unchanged since the verification of {}", since.cast(pl.String)),
        refused={
            center: reason
            for center in sorted(agencies.get_column("center_id").unique())
            if center not in kept_since or kept_since[center] > covered_on
        }
        | refuse_uncarried(carried, any_of=["agency.verified_on"], words="verification date", kind=RecordKind.AGENCY),
    )
    return joined, [question]


def _refuse_creation(rule_id: str, kind: str, carried: Mapping[str, frozenset[str]]) -> dict[str, str]:
    if rule_id != "FRE-005":
        return {}
    return refuse_uncarried(carried, any_of=[f"{kind}.created_on"], words="day of entry", kind=kind)


def _ask_interim(
    kind: str, carried: Mapping[str, frozenset[str]], *, in_past: pl.Expr, untracked: dict[str, str]
) -> Question:
    uncarried = refuse_uncarried(carried, any_of=[f"{kind}.edited_on"], words="edit date", kind=kind)
    return Question(
        rule_id="FRE-006",
        field="edited_on",
        broken=in_past & (pl.col("edited_on") > _VERIFIED),
        value=pl.format("edited {}, verified {}", pl.col("edited_on").cast(pl.String), _VERIFIED.cast(pl.String)),
        refused=untracked | uncarried,
    )


def _ask_verifier(
    records: pl.DataFrame,
    kind: str,
    carried: Mapping[str, frozenset[str]],
    *,
    in_window: pl.Expr,
    untracked: dict[str, str],
    minimum: int,
) -> Question:
    who = ("verified_by", "verified_by_title", "verified_by_email", "verification_method")
    words = "name or method of verification"
    nobody = pl.all_horizontal(pl.col(who).is_null())
    unused = refuse_unused(count_use(records, named=~nobody), thing="named", words=words, kind=kind, minimum=minimum)
    uncarried = refuse_uncarried(carried, any_of=[f"{kind}.{name}" for name in who], words=words, kind=kind)
    return Question(
        rule_id="FRE-007",
        field="verified_by",
        broken=in_window & nobody,
        refused=unused | uncarried | untracked,
    )


def _ask_future(kind: str, carried: Mapping[str, frozenset[str]], *, as_of: date) -> list[Question]:
    words = {"verified_on": "verification date", "edited_on": "edit date", "created_on": "day of entry"}
    return [
        Question(
            rule_id="FRE-004",
            field=name,
            broken=_COUNTED & (pl.col(name) > as_of),
            value=pl.col(name).cast(pl.String),
            refused=refuse_uncarried(carried, any_of=[f"{kind}.{name}"], words=in_words, kind=kind),
        )
        for name, in_words in words.items()
    ]


def _ask_alert(kind: str, carried: Mapping[str, frozenset[str]], *, as_of: date) -> Question:
    return Question(
        rule_id="FRE-011",
        field="alert",
        broken=_COUNTED & pl.col("alert").is_not_null() & (pl.col("alert_to_on") < as_of),
        value=pl.format("ended {}", pl.col("alert_to_on").cast(pl.String)),
        refused=refuse_uncarried(
            carried, any_of=[f"{kind}.alert_to_on"], words="end of a temporary message", kind=kind
        ),
    )
