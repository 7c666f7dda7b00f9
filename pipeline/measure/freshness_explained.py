"""Why one record counts as updated or not, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipeline.measure.dated_records import date_records, track_levels
from pipeline.measure.freshness_cases import EDITED, HEADLINE, VERIFIED, find_reasons
from pipeline.measure.window import band_of, counts_until, window_of
from schemas.directory import Directory
from schemas.enumerations import RecordKind, SuspicionReason, WindowKind
from schemas.parameters import FreshnessRule

_RECORD = ["center_id", "kind", "record_uid"]
_ONE = {"agency": "agency", "site": "site", "service": "service", "service_at_site": "service at a site"}

#: Why a row does not count, as the end of "It does not count: ...".
_NOT_COUNTED = {
    "derived": "it was derived from other records and not delivered",
    "link_only": "it only links a service to a site and says nothing of its own",
    "edited_service_at_site": "services at sites are no records of their own in these settings",
    "inactive": "it is inactive",
    "defunct": "it is defunct",
    "deleted": "it is deleted",
    "draft": "it is a draft",
    "unknown_status": "its status is blank or not known",
    "other_owner": "another center owns it",
}

#: Why a verification deserves a question, as a sentence.
SUSPICION_WORDS: Mapping[str, str] = {
    SuspicionReason.MASS_STAMP.value: "A large part of the directory carries the same day.",
    SuspicionReason.BEFORE_CREATED.value: "It is older than the record.",
    SuspicionReason.NO_VERIFIER.value: "Nobody is named who confirmed it, nor how.",
    SuspicionReason.UNCHANGED_WHILE_BAD.value: (
        "Nothing was changed for years before it, although a phone number, link or e-mail is known to be wrong."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one of the three figures makes of a record.

    Attributes:
        measure: The figure.
        counts: Whether the record counts as met; None when it is in neither numerator nor denominator.
        sentence: Why.
    """

    measure: str
    counts: bool | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a record counts as updated or not.

    Attributes:
        record: `center_id`, `kind`, `record_uid`, `native_id`, `name`, `verified_on`, `edited_on` as they stand in the directory.
        as_of, cutoff_on: Last and first day of the window.
        verdicts: One per figure.
        members: The records whose days make up the bundle, oldest first: `kind`, `native_id`, `record_uid`, `name`, `day`, `band`,
            `counts_until`, `in_window`; empty when the record is in no bundle.
        counts_until: Last day on which the bundle counts if nobody verifies anything; None when it does not count now.
        questions: What about the verification deserves a question, one sentence each.
    """

    record: dict[str, Any]
    as_of: date
    cutoff_on: date
    verdicts: tuple[Verdict, ...]
    members: pl.DataFrame
    counts_until: date | None
    questions: tuple[str, ...]


def explain_record(
    directory: Directory,
    *,
    center_id: str,
    kind: str,
    record_uid: str,
    as_of: date,
    rule: FreshnessRule,
    window_kind: WindowKind = WindowKind.ROLLING,
    suspicions: pl.DataFrame | None = None,
) -> Explanation:
    """Return why a record counts as updated or not.

    Args:
        directory: The directory; the record must stand in it.
        center_id: Center of the record.
        kind: Its kind.
        record_uid: Its key.
        as_of: Last day of the window.
        rule: Window and options.
        window_kind: What the window begins with.
        suspicions: `schemas.freshness.Suspicion`; None when it was not asked.
    """
    directory = directory.of_centers([center_id])
    window = window_of(rule, as_of=as_of, kind=window_kind)
    is_it = (pl.col("kind") == kind) & (pl.col("record_uid") == record_uid)
    row = directory.tables()[kind].filter(is_it).row(0, named=True)
    records = date_records(directory, as_of=as_of, rule=rule)
    levels = track_levels(records, rule=rule)
    own = records.filter(is_it)
    named = directory.records().select(*_RECORD, "native_id", "name").unique(_RECORD, keep="first", maintain_order=True)
    members = (
        records.filter(pl.col("agency_uid") == row["agency_uid"])
        .join(levels.filter("is_tracked").select("center_id", "kind"), on=["center_id", "kind"], how="semi")
        .join(named, on=_RECORD, how="left")
        .select(
            "kind",
            "native_id",
            "record_uid",
            "name",
            day="verified_on",
            band=band_of(pl.col("verified_on"), window=window),
            counts_until=counts_until(pl.col("verified_on"), rule=rule, kind=window_kind),
            in_window=(pl.col("verified_on") >= window.cutoff_on).fill_null(value=False),
        )
        .sort("day", "kind", "record_uid", nulls_last=False)
    )
    is_agency_counted = records.filter(
        (pl.col("kind") == RecordKind.AGENCY.value) & (pl.col("record_uid") == row["agency_uid"])
    ).height
    # A center of which nothing is known is in no share: "no" would say that its records are not updated.
    reasons = dict(
        find_reasons(records, levels=levels, rule=rule)
        .filter(pl.col("reason").is_not_null())
        .select("measure", "reason")
        .unique()
        .rows()
    )
    verdicts = [
        _bundle_verdict(members, cutoff=window.cutoff_on, is_counted=bool(is_agency_counted), row=row, rule=rule),
        *(
            _day_verdict(
                own, row=row, measure=measure, cutoff=window.cutoff_on, as_of=as_of, rule=rule, unknown=unknown
            )
            for measure, unknown in ((VERIFIED, reasons.get(VERIFIED)), (EDITED, reasons.get(EDITED)))
        ),
    ]
    until = members["counts_until"].min() if verdicts[0].counts else None
    return Explanation(
        record={
            name: row[name]
            for name in ("center_id", "kind", "record_uid", "native_id", "name", "verified_on", "edited_on")
        },
        as_of=as_of,
        cutoff_on=window.cutoff_on,
        verdicts=tuple(verdicts),
        members=members if is_agency_counted else members.clear(),
        counts_until=until if isinstance(until, date) else None,
        questions=_questions(suspicions, row=row),
    )


def _questions(suspicions: pl.DataFrame | None, *, row: Mapping[str, Any]) -> tuple[str, ...]:
    if suspicions is None:
        return ()
    about = suspicions.filter((pl.col("center_id") == row["center_id"]) & (pl.col("agency_uid") == row["agency_uid"]))
    if row["kind"] != RecordKind.AGENCY.value:
        about = about.filter((pl.col("kind") == row["kind"]) & (pl.col("record_uid") == row["record_uid"]))
    counts = about.group_by("reason").agg(pl.len()).sort("reason").rows()
    return tuple(
        f"{SUSPICION_WORDS[reason]}{'' if count == 1 else f' ({count:,} records of the bundle)'}"
        for reason, count in counts
    )


def _bundle_verdict(
    members: pl.DataFrame, *, cutoff: date, is_counted: bool, row: Mapping[str, Any], rule: FreshnessRule
) -> Verdict:
    if row["agency_uid"] is None:
        return Verdict(
            measure=HEADLINE, counts=None, sentence="Its agency is missing from the export: it is in no bundle."
        )
    if not is_counted:
        return Verdict(measure=HEADLINE, counts=None, sentence="Its agency does not count, so there is no bundle.")
    if members.is_empty():
        return Verdict(
            measure=HEADLINE,
            counts=None,
            sentence=f"The center keeps verification dates on fewer than {rule.tracked_share * 100:g} % of its records of every kind: "
            "nothing can be known.",
        )
    late = members.filter(~pl.col("in_window"))
    is_alone = members.height == 1
    if late.is_empty():
        first = members.row(0, named=True)
        whole = (
            "The bundle has one record with dates"
            if is_alone
            else f"All {members.height:,} records of the bundle with dates"
        )
        return Verdict(
            measure=HEADLINE,
            counts=True,
            sentence=f"{whole}{', verified' if is_alone else ' were verified'} since {cutoff}; the oldest day is {first['day']} "
            f"({_said(first)}).",
        )
    blank = late.filter(pl.col("day").is_null()).height
    worst = late.row(0, named=True)
    day = "without a day that counts" if worst["day"] is None else f"last verified {worst['day']}"
    if is_alone:
        sentence = f"The one record of the bundle with dates was not verified since {cutoff}: {_said(worst)}, {day}."
    else:
        were = "was" if late.height == 1 else "were"
        blanks = f" ({blank:,} of them without a day that counts)" if 0 < blank < late.height else ""
        sentence = (
            f"{late.height:,} of the {members.height:,} records of the bundle {were} not verified since {cutoff}{blanks}; first of all "
            f"{_said(worst)}, {day}."
        )
    return Verdict(measure=HEADLINE, counts=False, sentence=sentence)


def _said(member: Mapping[str, Any]) -> str:
    number = member["native_id"] or member["record_uid"]
    name = f" {member['name']}" if member["name"] else ""
    return f"{_ONE[member['kind']]} {number}{name}"


def _day_verdict(
    own: pl.DataFrame,
    *,
    row: Mapping[str, Any],
    measure: str,
    cutoff: date,
    as_of: date,
    rule: FreshnessRule,
    unknown: str | None,
) -> Verdict:
    is_verified = measure == VERIFIED
    field, verb = ("verified_on", "verified") if is_verified else ("edited_on", "edited")
    if own.is_empty():
        why = _NOT_COUNTED.get(row["not_counted_reason"] or "", "it is left out")
        return Verdict(measure=measure, counts=None, sentence=f"It does not count: {why}.")
    if unknown is not None:
        return Verdict(measure=measure, counts=None, sentence=f"{unknown} Nothing can be known of its records.")
    day, written = own.item(0, field), row[field]
    if day is None:
        if written is None:
            delivered = row[f"{field}_written"]
            why = f"The date {delivered!r} cannot be read." if delivered else f"No day is given on which it was {verb}."
        elif written > as_of:
            why = f"The day {written} lies in the future."
        elif is_verified and rule.require_verifier and own.item(0, "kept_on") is not None:
            why = f"The verification of {written} names nobody who confirmed it, and no method."
        else:
            why = "One of its language versions has no day."
        return Verdict(measure=measure, counts=False, sentence=f"{why} It stays in the denominator as unknown.")
    version = f" (the record itself: {written}; a language version has another day)" if written != day else ""
    if day >= cutoff:
        return Verdict(measure=measure, counts=True, sentence=f"It was {verb} on {day}{version}, since {cutoff}.")
    return Verdict(measure=measure, counts=False, sentence=f"It was last {verb} on {day}{version}, before {cutoff}.")
