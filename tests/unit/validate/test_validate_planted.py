"""The rules on the sample data: every fault that was planted there is found, on the record where it was planted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from pipeline.validate.records import validate_directory
from schemas.parameters import FreshnessRule, NormalizeParameters, ValidateParameters
from schemas.rules import rule_catalogue

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"
AS_OF = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("center_id", "export"), [("prairie211", "prairie211/2026-11-20/resources.csv"), ("riverbend211", "riverbend211")]
)
def test_every_planted_fault_is_found(center_id, export):
    """A fault that was put in on purpose and goes unnoticed would go unnoticed in a real directory as well."""
    delivered = read_export(SAMPLES / export, center_id=center_id)
    normalized = normalize_delivery(delivered, parameters=NormalizeParameters())
    findings = validate_directory(
        normalized.directory,
        notes=normalized.notes,
        carried={center_id: delivered.carried},
        as_of=AS_OF,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
    ).findings
    planted = pl.read_csv(SAMPLES / "truth" / "faults.csv", infer_schema=False).filter(
        pl.col("center_id") == center_id,
        pl.col("fixed_on").is_null(),
        pl.col("rule_id").is_in(list(rule_catalogue())),
    )
    key = ["kind", "native_id", "rule_id"]
    missed = planted.join(findings.select(key).unique(), on=key, how="anti", nulls_equal=True)
    assert planted.height > 20
    assert missed.select(*key, "note").rows() == []
