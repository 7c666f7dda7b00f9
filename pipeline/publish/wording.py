"""How figures, days, kinds and reasons are said in reports: the same words everywhere, in any locale."""

from __future__ import annotations

from datetime import date

from schemas.night import AuditedFigures, NightFacts, ShareFigure, StaffingFigures
from schemas.quality import MOVED_EVENTS

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

KINDS = {
    "agency": ("agency", "agencies"),
    "site": ("site", "sites"),
    "service": ("service", "services"),
    "service_at_site": ("service at a site", "services at sites"),
    "organization": ("organization", "organizations"),
    "location": ("location", "locations"),
    "service_at_location": ("service at a location", "services at locations"),
    "Agency": ("Agency", "Agencies"),
    "serviceAtLocation": ("service at a location", "services at locations"),
}
#: What the comparison of nights shows about the upkeep.
SIGNALS = {
    "verified_unchanged": "verified again without a word changed for years",
    "bulk_stamped": "stamped with one verification date in one night",
    "edited_unverified": "edited without being verified",
    "silent_edit": "changed without a new date of the last edit",
}
BANDS = {
    "current": "current",
    "due": "due soon",
    "overdue": "overdue",
    "stale": "stale",
    "never": "never verified",
}
SEVERITIES = {"error": "errors", "warning": "warnings", "info": "notes"}
_ONE_OF = {"errors": "error", "warnings": "warning", "notes": "note", "findings": "finding"}
FAMILIES = {
    "ID": "Identity",
    "CMP": "Completeness",
    "FRE": "Freshness",
    "FMT": "Format",
    "PRV": "Privacy",
    "TAX": "Taxonomy",
    "STY": "Style",
    "DUP": "Duplicates",
    "AUD": "Audit",
    "EXP": "Export",
}
REASONS = {
    # not counted
    "derived": "site made from an address; exported, not counted",
    "link_only": "link only, nothing of its own",
    "edited_service_at_site": "service at a site with its own text; counted as workload only",
    "inactive": "inactive",
    "defunct": "closed for good",
    "deleted": "deleted",
    "draft": "draft",
    "unknown_status": "status missing or unknown",
    "other_owner": "another center owns the record",
    # withheld
    "excluded_from_website": "excluded from the website",
    "excluded_from_directory": "excluded from directories",
    "not_available_for_directory": "not available for directories",
    "not_available_for_referral": "not available for referral",
    "flag_unclear": "exclusion flag is blank or unclear",
    "flagged_private": "flagged private",
    "confidential_place": "confidential place",
    "parent_withheld": "its agency, service or site is left out",
    "merged": "people confirmed that it is one with another record, which is written",
    "parent_missing": "its agency, service or site is not in the export",
    "not_active": "not active",
    "held_back_by_rule": "held back by a finding until it is fixed",
    "required_field_missing": "a required field is empty",
    "unchanged": "unchanged since the export that this delta refers to",
}


def number(value: float) -> str:
    """Return a count with thousands separated.

    >>> number(12345)
    '12,345'
    """
    return f"{value:,.0f}"


def count_of(value: int, kind: str) -> str:
    """Return a count with its noun.

    >>> count_of(1, "agency"), count_of(2000, "agency"), count_of(3, "row")
    ('1 agency', '2,000 agencies', '3 rows')
    """
    one, many = KINDS.get(kind, (kind, f"{kind}s"))
    return f"{number(value)} {one if value == 1 else many}"


def severity_words(value: int, words: str) -> str:
    """Return the words of a severity as they stand behind a count.

    >>> severity_words(1, "errors"), severity_words(0, "errors")
    ('error', 'errors')
    """
    return _ONE_OF.get(words, words) if value == 1 else words


def per_cent(share: float) -> str:
    """Return a share with one decimal; only 0 and 1 themselves are ever written 0 % and 100 %.

    >>> per_cent(0.6169), per_cent(1.0), per_cent(0.99996), per_cent(0.0001)
    ('61.7 %', '100 %', 'over 99.9 %', 'under 0.1 %')
    """
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    if share > 0.9995:
        return "over 99.9 %"
    if share < 0.0005:
        return "under 0.1 %"
    return f"{share * 100:.1f} %"


def share_text(figure: ShareFigure) -> str:
    """Return a share as text, `not known` when it cannot be known."""
    return "not known" if figure.share is None else per_cent(figure.share)


def share_basis(figure: ShareFigure, noun: str) -> str:
    """Return what a share was counted from, or why it cannot be known.

    >>> share_basis(ShareFigure(numerator=401, denominator=650, unknown=37, share=0.617), "agency")
    '401 of 650 agencies; 37 of the 650 have no date and count as not updated'
    """
    if figure.share is None:
        return figure.reason or "It cannot be known from this export."
    text = f"{number(figure.numerator or 0)} of {count_of(figure.denominator or 0, noun)}"
    if figure.unknown:
        text += (
            f"; {number(figure.unknown)} of the {number(figure.denominator or 0)} have no date and count as not updated"
        )
    return text


def day(value: date) -> str:
    """Return a day in words, in any locale.

    >>> day(date(2026, 11, 20))
    '20 November 2026'
    """
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """Return the name of the day of the week."""
    return _WEEKDAYS[value.weekday()]


def kind_words(kind: str) -> str:
    """Return the plural of a record kind."""
    return KINDS.get(kind, (kind, kind))[1]


def reason_words(reason: str) -> str:
    """Return a reason in words; an unknown one as it stands."""
    return REASONS.get(reason, reason.replace("_", " "))


def family_of(rule_id: str) -> str:
    """Return the prefix of a rule id.

    >>> family_of("CMP-P-ELIG")
    'CMP'
    """
    return rule_id.split("-", 1)[0]


def signal_counts(night: NightFacts) -> list[tuple[int, str]]:
    """Return how many records each signal of the upkeep speaks of, with its words; signals that were not given are left out."""
    total = {name: sum(center.signals.get(name, 0) for center in night.centers) for name in SIGNALS}
    return [(count, SIGNALS[name]) for name, count in total.items() if count]


def moved_totals(night: NightFacts) -> dict[str, int]:
    """Return how many findings opened and closed tonight (keys of `MOVED_EVENTS`), of centers that were read before."""
    compared = [center.findings_life for center in night.centers if not center.is_first_night]
    return {
        name: sum(life.get(event, 0) for life in compared for event in events) for name, events in MOVED_EVENTS.items()
    }


def audit_words(last: AuditedFigures) -> str:
    """Return what the newest audit says, in one paragraph of plain words."""
    score = "" if last.score is None else f" The mean score is {last.score:.1f} of 100."
    return (
        f"Of {count_of(last.drawn, last.unit)} drawn on {last.as_of:%Y-%m-%d} (batch {last.batch_id}), {number(last.done)} were "
        f"audited. Of all {count_of(last.speaks_for, last.unit)} they speak for, {_share_words(last.record_error_rate)} have a fault "
        f"and {_share_words(last.critical_error_rate)} a critical one.{score} More: `resdir audit result`."
    )


def _share_words(figures: tuple[float | None, float | None, float | None]) -> str:
    share, low, high = figures
    if share is None:
        return "an unknown share"
    if low is None or high is None:
        return f"{share * 100:.1f} %"
    return f"{share * 100:.1f} % ({low * 100:.1f} to {high * 100:.1f} %)"


def staffing_words(staffing: StaffingFigures) -> tuple[str, ...]:
    """Return what is known besides the estimate, in sentences: the calibrated band, and the curators at work with what they keep."""
    told = []
    if staffing.calibrated is not None:
        low, central, high = staffing.calibrated
        told.append(f"By the centers' own calibration: {low:.1f} to {high:.1f}, in the middle {central:.1f}.")
    at_work = [
        f"{center.center_id} {center.actual_fte:g} (estimated {center.estimated[0]:.1f} to {center.estimated[2]:.1f})"
        for center in staffing.centers
        if center.actual_fte is not None
    ]
    if at_work:
        told.append(f"At work: {', '.join(at_work)}.")
    return tuple(told)
