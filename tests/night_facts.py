"""The facts of an invented night with something of everything, and of one that a gate stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from schemas.gating import Gate, GateName
from schemas.night import (
    AuditFigures,
    BandCount,
    CenterCurators,
    CenterFacts,
    DuplicateFigures,
    Example,
    ExportFigures,
    FreshnessFigures,
    NightFacts,
    Place,
    RuleNotAsked,
    ShareFigure,
    ShareRow,
    StaffingFigures,
    TopFinding,
    TopPair,
)

UNKNOWN = ShareFigure(numerator=None, denominator=None, unknown=None, share=None, reason="The export has no such date.")


def share(numerator: int, denominator: int, unknown: int = 0) -> ShareFigure:
    """A known share."""
    return ShareFigure(numerator=numerator, denominator=denominator, unknown=unknown, share=numerator / denominator)


def whole_night() -> NightFacts:
    """A whole night with something of everything."""
    center = CenterFacts(
        center_id="prairie",
        format="icarol",
        input_sha256="ab" * 32,
        rows_read=1200,
        rows_rejected=3,
        rejects={"The line has too many cells.": 3},
        delivered={"agency": 131, "site": 120, "service": 407, "service_at_site": 50},
        records={"agency": 100, "site": 120, "service": 400},
        not_counted={"service": {"inactive": 7}},
        findings={"error": 12, "warning": 30, "info": 5},
        findings_by_rule={"ID-004": 2, "CMP-P-ELIG": 10, "FRE-001": 30, "CMP-A-EIN": 5},
        findings_by_rule_and_severity={
            "ID-004": {"error": 2},
            "CMP-P-ELIG": {"error": 10},
            "FRE-001": {"warning": 30},
            "CMP-A-EIN": {"info": 5},
        },
        changes={"added": 1, "changed": 5, "removed": 2, "rekeyed": 0},
        notices=("One column is new.",),
        not_applicable=(RuleNotAsked(rule_id="FRE-007", reason="No verifier is delivered."),),
    )
    return NightFacts(
        run_id="run-1",
        as_of=date(2026, 11, 20),
        status="published",
        centers=(center,),
        duplicates=DuplicateFigures(
            candidate_pairs=900, duplicate=5, possible=9, decided=1, reopened=0, clusters=4, asked=13, asked_likely=4
        ),
        freshness=FreshnessFigures(
            complete_agency_update=share(60, 100, 8),
            verified_record=share(500, 620, 20),
            edited_record=UNKNOWN,
            definition="Agencies with all their records verified in the window.",
            cutoff=date(2025, 11, 20),
            by_curator=tuple(ShareRow(value=f"C{place}", figure=share(place, 20)) for place in range(1, 18)),
            bands=(
                BandCount(kind="agency", band="current", count=60),
                BandCount(kind="agency", band="overdue", count=30),
                BandCount(kind="agency", band="never", count=10),
            ),
        ),
        staffing=StaffingFigures(
            low_fte=1.04,
            central_fte=1.5,
            high_fte=2.2,
            caveats=("Minutes are assumptions.",),
            calibrated=(1.2, 1.7, 2.5),
            centers=(
                CenterCurators(
                    center_id="prairie", estimated=(1.0, 1.4, 2.0), calibrated=(1.2, 1.7, 2.4), actual_fte=1.6
                ),
            ),
            notes=("Not in the figure: about 384 audited records a year.",),
        ),
        audit=AuditFigures(batch_id="b1", size=32, frame_size=100, unit="agency"),
        exports=(
            ExportFigures(
                target="hsds",
                path="exports/hsds",
                records={"organization": 90},
                withheld={"not_active": 7},
                removed_values={"private_phone": 2},
            ),
        ),
        top_findings=(
            TopFinding(
                rule_id="ID-004",
                severity="error",
                message="The status is missing.",
                how_to_fix="Choose a status.",
                count=2,
                held_back=2,
            ),
            TopFinding(
                rule_id="CMP-P-ELIG",
                severity="error",
                message="The service has no eligibility text.",
                how_to_fix="Say who may use it.",
                count=10,
                examples=(
                    Example(center_id="prairie", native_id="7", name="<script>alert(1)</script> | Food & [Care]"),
                ),
            ),
        ),
        top_pairs=(
            TopPair(
                pair_id="p",
                band="duplicate",
                a=Example(center_id="prairie", native_id="1", name="Hope Pantry"),
                b=Example(center_id="prairie", native_id="2", name=None),
                reasons=("The names are nearly the same.",),
            ),
        ),
        published="published/run_1.duckdb",
        seconds={"ingest": 0.25, "total": 12.5},
        peak_memory_mb=311.6,
        places=(Place(label="Findings", path="resdir findings"),),
    )


def stopped_night() -> NightFacts:
    """A night that a gate stopped."""
    return replace(
        whole_night(),
        status="gated",
        gates=(
            Gate(
                name=GateName.ROWS_FELL,
                center_id="prairie",
                measured=0.4,
                limit=0.6,
                message="The export holds 40 agencies; the last night had 100.",
            ),
        ),
        published=None,
        staffing=None,
        audit=None,
        exports=(),
        top_findings=(),
        top_pairs=(),
        freshness=FreshnessFigures(
            complete_agency_update=UNKNOWN,
            verified_record=UNKNOWN,
            edited_record=UNKNOWN,
            definition="",
            cutoff=date(2025, 11, 20),
        ),
    )
