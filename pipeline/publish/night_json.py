"""The JSON answer of `resdir nightly --json`. Scripts rely on its keys; they are promised in docs/commands.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from schemas.gating import Gate
from schemas.night import AuditFigures, CenterFacts, FreshnessFigures, NightFacts, QueueFigures, ShareFigure

_KINDS = ("agency", "site", "service", "service_at_site")
_SEVERITIES = ("error", "warning", "info")
_CHANGES = ("added", "changed", "removed", "rekeyed")
_SIGNALS = ("verified_unchanged", "bulk_stamped", "edited_unverified", "silent_edit")
_LIFE = (
    "opened", "reappeared", "returned", "fixed", "removed", "withdrawn", "accepted", "expired", "lapsed", "taken_back",
    "open", "accepted_now",
)  # fmt: skip
_STAGES = ("ingest", "normalize", "validate", "match", "measure", "publish", "total")


def night_json(night: NightFacts) -> dict[str, Any]:
    """Return the night as the document of `resdir nightly --json`.

    Returns:
        A dictionary ready for `json.dumps`. A share that cannot be known is null and carries `reason`; `staffing` is null
        throughout when it was not computed; `published` is null when nothing was published. Of a night that a gate stopped,
        `records`, `counted` and `records_before` (the last good night) are told and all that was not computed is null.
    """
    freshness = night.freshness
    staffing = night.staffing
    # A stopped night has counted what was delivered and nothing else: what is not known is null, never 0.
    is_whole = night.status != "gated"
    duplicates = asdict(night.duplicates) if is_whole else dict.fromkeys(asdict(night.duplicates))
    return {
        "run_id": night.run_id,
        "as_of": night.as_of.isoformat(),
        "status": night.status,
        "centers": [_center(center, is_whole=is_whole) for center in night.centers],
        "duplicates": duplicates,
        "freshness": {
            "complete_agency_update": _share(freshness.complete_agency_update),
            "verified_record": _share(freshness.verified_record),
            "edited_record": _share(freshness.edited_record),
            **_further(freshness),
        },
        "staffing": {
            "low_fte": None if staffing is None else staffing.low_fte,
            "central_fte": None if staffing is None else staffing.central_fte,
            "high_fte": None if staffing is None else staffing.high_fte,
            "calibrated": None if staffing is None or staffing.calibrated is None else list(staffing.calibrated),
            "centers": [] if staffing is None else [asdict(center) for center in staffing.centers],
        },
        "published": night.published,
        "seconds": {
            **{stage: _seconds(night, stage) for stage in _STAGES},
            **{stage: round(value, 3) for stage, value in sorted(night.seconds.items()) if stage not in _STAGES},
        },
        "peak_memory_mb": round(night.peak_memory_mb) if night.peak_memory_mb else None,
        **({"gates": [_gate(gate) for gate in night.gates]} if night.gates else {}),
        **({"overridden": [_gate(gate) for gate in night.overridden]} if night.overridden else {}),
        **({} if night.audit is None else {"audit": _audit(night.audit)}),
        **({} if night.queue is None else {"queue": _queue(night.queue)}),
        **({"warnings": list(night.warnings)} if night.warnings else {}),
    }


def _further(freshness: FreshnessFigures) -> dict[str, Any]:
    """Return what is told beside the three figures, where it is known."""
    told: dict[str, Any] = {}
    if freshness.without_suspicious is not None:
        told["complete_agency_update_without_suspicious"] = _share(freshness.without_suspicious)
        told["suspicious"] = dict(sorted(freshness.suspicious.items()))
    for name, figure in (("fiscal_year", freshness.fiscal_year), ("calendar_year", freshness.calendar_year)):
        if figure is not None:
            told[f"complete_agency_update_{name}"] = _share(figure)
    forecast = freshness.forecast
    if forecast is not None:
        told["forecast"] = {
            "target_date": forecast.target_on.isoformat(),
            "share": None
            if forecast.central is None
            else {"low": forecast.low, "central": forecast.central, "high": forecast.high},
            "share_without_work": forecast.without_work,
            "target_share": forecast.target_share,
            "needed_per_week": forecast.needed_per_week,
            "pace_per_week": forecast.pace_per_week,
            **({"reason": forecast.reason} if forecast.reason else {}),
        }
    return told


def _queue(queue: QueueFigures) -> dict[str, Any]:
    return {
        "weeks": queue.weeks,
        "until": None if queue.until is None else queue.until.isoformat(),
        "agencies": queue.agencies,
        "this_week": [
            {
                "center_id": row.center_id,
                "curator": row.curator,
                "agencies": row.agencies,
                "minutes": round(row.minutes, 1),
                "limit_minutes": round(row.limit_minutes, 1),
            }
            for row in queue.this_week
        ],
        "excluded": dict(queue.excluded),
        "notes": list(queue.notes),
    }


def _audit(audit: AuditFigures) -> dict[str, Any]:
    last = audit.last
    ends = ("estimate", "low", "high")
    return {
        **{name: getattr(audit, name) for name in ("batch_id", "size", "frame_size", "unit", "done", "worksheet")},
        "last": None
        if last is None
        else {
            "batch_id": last.batch_id,
            "as_of": last.as_of.isoformat(),
            "drawn": last.drawn,
            "done": last.done,
            "unit": last.unit,
            "speaks_for": last.speaks_for,
            "score": last.score,
            "record_error_rate": dict(zip(ends, last.record_error_rate, strict=True)),
            "critical_error_rate": dict(zip(ends, last.critical_error_rate, strict=True)),
        },
    }


def _seconds(night: NightFacts, stage: str) -> float | None:
    if stage not in night.seconds and night.status == "gated":
        return None
    return round(night.seconds.get(stage, 0.0), 3)


def _counted(counts: Mapping[str, int], names: Sequence[str], *, is_known: bool) -> dict[str, int | None]:
    return {name: counts.get(name, 0) if is_known else None for name in names}


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "gate": gate.name,
        "center_id": gate.center_id,
        "message": gate.message,
        "measured": round(gate.measured, 6),
        "limit": round(gate.limit, 6),
    }


def _center(center: CenterFacts, *, is_whole: bool) -> dict[str, Any]:
    return {
        "center_id": center.center_id,
        "format": center.format,
        "input_sha256": center.input_sha256,
        "rows_read": center.rows_read,
        "rows_rejected": center.rows_rejected,
        **({"rows_explained": dict(center.rows_explained)} if center.rows_explained else {}),
        "records": {kind: center.delivered.get(kind, 0) for kind in _KINDS},
        **({} if is_whole else {"records_before": _before(center)}),
        "counted": {kind: center.records.get(kind, 0) for kind in _KINDS},
        "findings": _counted(center.findings, _SEVERITIES, is_known=is_whole),
        "findings_by_rule": dict(sorted(center.findings_by_rule.items())) if is_whole else None,
        "findings_life": _counted(center.findings_life, _LIFE, is_known=is_whole),
        **({"warnings": list(center.warnings)} if center.warnings else {}),
        "signals": _counted(center.signals, _SIGNALS, is_known=is_whole),
        "changes": _counted(center.changes, _CHANGES, is_known=is_whole),
        "notices": list(center.notices),
        "rejects": dict(sorted(center.rejects.items())),
        "not_applicable": [{"rule_id": rule.rule_id, "reason": rule.reason} for rule in center.not_applicable]
        if is_whole
        else None,
    }


def _before(center: CenterFacts) -> dict[str, int] | None:
    before = center.delivered_before
    return None if before is None else {kind: before.get(kind, 0) for kind in _KINDS}


def _share(figure: ShareFigure) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "unknown": figure.unknown,
        "share": figure.share,
    }
    if figure.share is None:
        answer["reason"] = figure.reason or "It cannot be known from this export."
    return answer
