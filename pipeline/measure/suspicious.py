"""Verifications that count although something about them deserves a question."""

from __future__ import annotations

import polars as pl

from pipeline.measure.window import Window
from schemas.contract import conform
from schemas.enumerations import RecordKind, SuspicionReason
from schemas.freshness import Suspicion
from schemas.parameters import FreshnessRule

_RECORD = ["center_id", "kind", "record_uid"]

#: Rules whose findings are reasons by themselves.
_BY_RULE = {"FRE-005": SuspicionReason.BEFORE_CREATED, "FRE-007": SuspicionReason.NO_VERIFIER}
_MASS_STAMP, _UNCHANGED_AGENCY = "FRE-009", "FRE-013"
#: Rules that say of a phone number, e-mail address or website that nobody can reach the agency by it.
_BAD_CONTACT = ("FMT-001", "FMT-010", "FMT-011")
#: An auditor found a phone number wrong.
_AUDITED_PHONE = "AUD-002"
_LOAD_DAY = "verified_on."


def find_suspicious(
    records: pl.DataFrame, *, findings: pl.DataFrame, verifications: pl.DataFrame, window: Window, rule: FreshnessRule
) -> pl.DataFrame:
    """Return the counted verifications of the window that deserve a question, with every reason.

    Three reasons rest on findings of the night, so that a rule that cannot be asked of an export, was switched off, or was accepted
    by a person for a record gives none: mass stamps (FRE-009), verified before created (FRE-005), nobody named (FRE-007). The fourth
    is a known wrong phone, link or e-mail (FMT-001, FMT-010, FMT-011, or an audit before the verification) on a record of which
    nothing changed for `suspicious_unchanged_months` before the verification: by its edit date, by what earlier nights showed at
    the verifications before, or because its agency is under FRE-013.

    Args:
        records: From `date_records`.
        findings: Open findings, `schemas.quality.TrackedFinding`.
        verifications: `schemas.history.Verification` of all nights.
        window: Which verifications count.
        rule: How long "unchanged for years" is.

    Returns:
        `schemas.freshness.Suspicion`, one row per record and reason.
    """
    counting = records.filter(pl.col("verified_on") >= window.cutoff_on).select(
        *_RECORD, "agency_uid", "verified_on", "edited_on"
    )
    found = [
        _by_rule(counting, findings=findings),
        _mass_stamped(counting, findings=findings),
        _unchanged_while_bad(counting, findings=findings, verifications=verifications, rule=rule),
    ]
    return conform(pl.concat(found).unique([*_RECORD, "reason"]).sort(*_RECORD, "reason"), Suspicion)


def count_suspicious(suspicions: pl.DataFrame, *, records: pl.DataFrame) -> pl.DataFrame:
    """Return how many records are under each reason, over all centers and for each: rows of `schemas.measures.Measure` but `as_of`.

    Args:
        suspicions: From `find_suspicious`.
        records: From `date_records`; the denominator is those that are verified at all.
    """
    no_center = pl.lit(None, dtype=pl.String).alias("center_id")
    verified = records.filter(pl.col("verified_on").is_not_null()).select("center_id")
    totals = (
        pl.concat([verified.with_columns(no_center), verified])
        .group_by("center_id")
        .agg(denominator=pl.len().cast(pl.Float64))
    )
    any_reason = suspicions.unique(_RECORD).with_columns(reason=pl.lit("any"))
    rows = pl.concat([suspicions, any_reason]).select("center_id", value="reason")
    return (
        pl.concat([rows.with_columns(no_center), rows])
        .group_by("center_id", "value")
        .agg(numerator=pl.len().cast(pl.Float64))
        .join(totals, on="center_id", how="left", nulls_equal=True)
        .with_columns(
            measure=pl.lit("suspicious_verification"),
            dimension=pl.lit("reason"),
            share=pl.col("numerator") / pl.col("denominator"),
        )
    )


def _by_rule(counting: pl.DataFrame, *, findings: pl.DataFrame) -> pl.DataFrame:
    names = {rule: reason.value for rule, reason in _BY_RULE.items()}
    under = findings.filter(pl.col("rule_id").is_in(list(names))).select(
        *_RECORD, reason=pl.col("rule_id").replace_strict(names, return_dtype=pl.String)
    )
    return _shown(counting.join(under.unique(), on=_RECORD))


def _mass_stamped(counting: pl.DataFrame, *, findings: pl.DataFrame) -> pl.DataFrame:
    days = findings.filter(pl.col("rule_id") == _MASS_STAMP).select(
        "center_id",
        verified_on=pl.col("field").str.strip_prefix(_LOAD_DAY).str.to_date("%Y-%m-%d", strict=False),
        reason=pl.lit(SuspicionReason.MASS_STAMP.value),
    )
    return _shown(counting.join(days.drop_nulls().unique(), on=["center_id", "verified_on"]))


def _unchanged_while_bad(
    counting: pl.DataFrame, *, findings: pl.DataFrame, verifications: pl.DataFrame, rule: FreshnessRule
) -> pl.DataFrame:
    audited = pl.col("rule_id") == _AUDITED_PHONE
    bad = (
        findings.filter(pl.col("rule_id").is_in(_BAD_CONTACT) | audited)
        .group_by(_RECORD)
        .agg(
            has_bad_format=pl.col("rule_id").is_in(_BAD_CONTACT).any(),
            audited_on=pl.col("first_seen_on").filter(audited).min(),
        )
    )
    months = rule.suspicious_unchanged_months
    long_before = pl.col("verified_on").dt.offset_by(f"-{months}mo")
    known = counting.join(bad, on=_RECORD).filter(
        pl.col("has_bad_format") | (pl.col("audited_on") <= pl.col("verified_on"))
    )
    alike = _unchanged_since(known, verifications=verifications, long_before=long_before)
    agencies = (
        findings.filter(pl.col("rule_id") == _UNCHANGED_AGENCY)
        .select("center_id", agency_uid="record_uid", is_unchanged_agency=pl.lit(value=True))
        .unique()
    )
    unchanged = (
        known.join(alike, on=_RECORD, how="left")
        .join(agencies, on=["center_id", "agency_uid"], how="left")
        .filter(
            pl.col("is_alike").fill_null(value=False)
            | (pl.col("edited_on") <= long_before).fill_null(value=False)
            | ((pl.col("kind") == RecordKind.AGENCY.value) & pl.col("is_unchanged_agency").fill_null(value=False))
        )
    )
    return _shown(unchanged.with_columns(reason=pl.lit(SuspicionReason.UNCHANGED_WHILE_BAD.value)))


def _unchanged_since(known: pl.DataFrame, *, verifications: pl.DataFrame, long_before: pl.Expr) -> pl.DataFrame:
    """Return the records that say the same since a verification long before the last one, with `is_alike`."""
    # Record keys are unique over kinds, so that two of them are enough; numbers sort many times faster than texts.
    places = known.select("center_id", "record_uid", "verified_on", long_before_on=long_before).with_row_index("place")
    shown = (
        verifications.select("center_id", "record_uid", "content_key", shown_on="verified_on")
        .join(places, on=["center_id", "record_uid"])
        .filter(pl.col("shown_on") <= pl.col("verified_on"))
        .select("place", "shown_on", "content_key", is_early=pl.col("shown_on") <= pl.col("long_before_on"))
        .sort("place", "shown_on")
    )
    is_same_record = pl.col("place") == pl.col("place").shift(1)
    is_change = is_same_record & (pl.col("content_key") != pl.col("content_key").shift(1))
    days = (
        shown.with_columns(
            early_on=pl.when("is_early").then("shown_on"), changed_on=pl.when(is_change).then("shown_on")
        )
        .group_by("place")
        .agg(early_on=pl.col("early_on").max(), changed_on=pl.col("changed_on").max())
    )
    return (
        days.filter(
            pl.col("early_on").is_not_null()
            & (pl.col("changed_on").is_null() | (pl.col("changed_on") <= pl.col("early_on")))
        )
        .join(places.select("place", "center_id", "record_uid"), on="place")
        .join(known.select(_RECORD), on=["center_id", "record_uid"])
        .select(*_RECORD, is_alike=pl.lit(value=True))
        .unique()
    )


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(*_RECORD, "agency_uid", "verified_on", "reason")
