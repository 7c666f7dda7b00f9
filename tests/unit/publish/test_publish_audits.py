"""Audits in what people read of a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.publish.wording import audit_words
from schemas.night import AuditedFigures

LAST = AuditedFigures(
    batch_id="audit-20261001-00000000",
    as_of=date(2026, 10, 1),
    drawn=60,
    done=58,
    unit="agency",
    speaks_for=619,
    score=92.95,
    record_error_rate=(0.804, 0.69, 0.884),
    critical_error_rate=(0.0, None, None),
)


def test_the_last_audit_in_words() -> None:
    """A coordinator reads one sentence, with the uncertainty in it."""
    assert audit_words(LAST) == (
        "Of 60 agencies drawn on 2026-10-01 (batch audit-20261001-00000000), 58 were audited. Of all 619 agencies they speak for, "
        "80.4 % (69.0 to 88.4 %) have a fault and 0.0 % a critical one. The mean score is 93.0 of 100. "
        "More: `resdir audit result`."
    )
    unknown = replace(LAST, score=None, record_error_rate=(None, None, None))
    assert "an unknown share have a fault" in audit_words(unknown)
    assert "mean score" not in audit_words(unknown)
