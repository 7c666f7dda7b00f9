"""The rules on real exports: counts that are known from the exports themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.zip_reference import read_zip_reference
from pipeline.validate.records import Validation, validate_directory
from schemas.parameters import FreshnessRule, ValidateParameters
from schemas.reference import References
from tests.real_exports import normalize_once, read_once, validate_once

pytestmark = pytest.mark.real_data


def validate_export(path: Path, *, center_id: str, as_of: date, references: References | None = None) -> Validation:
    """Read, normalize and validate an export."""
    if references is None:
        return validate_once(path, center_id, as_of)
    normalized = normalize_once(path, center_id)
    return validate_directory(
        normalized.directory,
        notes=normalized.notes,
        carried={center_id: read_once(path, center_id).carried},
        as_of=as_of,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
        references=references,
    )


def counts(validation: Validation) -> dict[tuple[str, str], int]:
    """Return findings by rule and record kind."""
    return {
        (rule_id, kind): count
        for rule_id, kind, count in validation.findings.group_by("rule_id", "kind").len().iter_rows()
    }


def test_orphans_of_a_real_package_are_all_found(shared: Path):
    """3,015 locations and 447 services name an organization that is not in the package."""
    validation = validate_export(shared / "data" / "miami211", center_id="miami211", as_of=date(2020, 1, 1))
    found = counts(validation)
    assert found["ID-002", "site"] == 3015
    assert found["ID-002", "service"] == 447
    orphans = validation.findings.filter(pl.col("rule_id") == "ID-002")
    assert orphans.get_column("is_held_back").all()
    # No dates at all in this package: freshness is said to be unknown, once per rule, not found wanting.
    assert not any(rule_id.startswith("FRE") for rule_id, _ in found)
    # Literal line breaks stand in 598 descriptions of agencies.
    line_breaks = validation.findings.filter(
        pl.col("rule_id") == "FMT-060", pl.col("kind") == "agency", pl.col("severity") == "info"
    )
    assert line_breaks.height == 598


def test_a_real_center_gets_the_findings_its_export_is_known_for(shared: Path):
    """Eight blank statuses, five active services under closed agencies, no malformed code, 7.9 % over-indexed services."""
    path = shared / "data" / "dc211" / "dc211_export.csv"
    validation = validate_export(path, center_id="dc211", as_of=date(2014, 4, 9))
    found = counts(validation)
    assert found["ID-004", "agency"] + found["ID-004", "service"] == 8
    assert found["ID-005", "service"] == 5
    assert ("TAX-002", "service") not in found
    assert ("ID-002", "service") not in found
    assert found["TAX-009", "service"] == 105
    zips = validation.findings.filter(pl.col("rule_id") == "FMT-020").get_column("value").to_list()
    assert {"7930", "200011"} <= set(zips)


def test_areas_joined_to_the_wrong_state_are_found_with_a_table_of_zip_codes(shared: Path):
    """1,617 services name a county of Maryland that is a part of the city; only Washington County (119) happens to exist there.

    Of the other 1,498 services 1,225 are active.
    """
    references = References(zips=read_zip_reference(shared / "data" / "zips" / "us_zips.csv"))
    path = shared / "data" / "dc211" / "dc211_export.csv"
    validation = validate_export(path, center_id="dc211", as_of=date(2014, 4, 9), references=references)
    values = validation.findings.filter(pl.col("rule_id") == "FMT-051").get_column("value")
    assert values.len() == 1225
    assert values.str.contains(r"^MD - .+ County$").all()
    assert "MD - Washington County" not in values.to_list()
    without = validate_export(path, center_id="dc211", as_of=date(2014, 4, 9))
    reasons = without.not_applicable.filter(pl.col("rule_id") == "FMT-051").get_column("reason").to_list()
    assert reasons == ["The settings name no table of ZIP codes (zip_reference)."]


def test_planted_faults_of_the_invented_export_are_found(shared: Path):
    """Every fault that was planted, on the record where it was planted."""
    path = shared / "data" / "formats" / "icarol_invented" / "icarol_169.csv"
    findings = validate_export(path, center_id="test", as_of=date(2026, 11, 20)).findings
    found = set(findings.select("native_id", "rule_id").rows())
    planted = {
        ("910004", "ID-008"),
        ("910205", "ID-002"),
        ("910304", "ID-002"),
        ("910203", "ID-005"),
        ("910202", "TAX-004"),
        ("910202", "FRE-011"),
        ("910202", "FRE-001"),
        ("910204", "FRE-007"),
        ("910204", "TAX-001"),
        ("910103", "FMT-020"),
        ("910004", "FRE-004"),
        ("910001", "FMT-060"),
        ("910001", "FMT-011"),
    }
    assert planted <= found
    link_only = {"910302", "910303", "910304"}
    assert {rule_id for native_id, rule_id in found if native_id in link_only} == {"ID-002", "ID-007"}
    private = findings.filter(pl.col("native_id") == "910102")
    assert not private.write_csv().count("Hidden")
