"""The JSON answer of `resdir nightly --json`. Scripts rely on its keys; they are promised in docs/commands.md."""

from __future__ import annotations

from typing import Any

from schemas.gating import Gate
from schemas.night import CenterFacts, NightFacts, ShareFigure

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
        throughout when it was not computed; `published` is null when nothing was published.
    """
    freshness = night.freshness
    staffing = night.staffing
    duplicates = night.duplicates
    return {
        "run_id": night.run_id,
        "as_of": night.as_of.isoformat(),
        "status": night.status,
        "centers": [_center(center) for center in night.centers],
        "duplicates": {
            "candidate_pairs": duplicates.candidate_pairs,
            "duplicate": duplicates.duplicate,
            "possible": duplicates.possible,
            "decided": duplicates.decided,
            "reopened": duplicates.reopened,
            "clusters": duplicates.clusters,
        },
        "freshness": {
            "complete_agency_update": _share(freshness.complete_agency_update),
            "verified_record": _share(freshness.verified_record),
            "edited_record": _share(freshness.edited_record),
        },
        "staffing": {
            "low_fte": None if staffing is None else staffing.low_fte,
            "central_fte": None if staffing is None else staffing.central_fte,
            "high_fte": None if staffing is None else staffing.high_fte,
        },
        "published": night.published,
        "seconds": {
            **{stage: round(night.seconds.get(stage, 0.0), 3) for stage in _STAGES},
            **{stage: round(value, 3) for stage, value in sorted(night.seconds.items()) if stage not in _STAGES},
        },
        "peak_memory_mb": round(night.peak_memory_mb),
        **({"gates": [_gate(gate) for gate in night.gates]} if night.gates else {}),
        **({"overridden": [_gate(gate) for gate in night.overridden]} if night.overridden else {}),
        **({"warnings": list(night.warnings)} if night.warnings else {}),
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "gate": gate.name,
        "center_id": gate.center_id,
        "message": gate.message,
        "measured": round(gate.measured, 6),
        "limit": round(gate.limit, 6),
    }


def _center(center: CenterFacts) -> dict[str, Any]:
    return {
        "center_id": center.center_id,
        "format": center.format,
        "input_sha256": center.input_sha256,
        "rows_read": center.rows_read,
        "rows_rejected": center.rows_rejected,
        **({"rows_explained": dict(center.rows_explained)} if center.rows_explained else {}),
        "records": {kind: center.delivered.get(kind, 0) for kind in _KINDS},
        "counted": {kind: center.records.get(kind, 0) for kind in _KINDS},
        "findings": {severity: center.findings.get(severity, 0) for severity in _SEVERITIES},
        "findings_by_rule": dict(sorted(center.findings_by_rule.items())),
        "findings_life": {event: center.findings_life.get(event, 0) for event in _LIFE},
        **({"warnings": list(center.warnings)} if center.warnings else {}),
        "signals": {name: center.signals.get(name, 0) for name in _SIGNALS},
        "changes": {change: center.changes.get(change, 0) for change in _CHANGES},
    }


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
