"""The public package of real exports, judged by a strict reader of data packages."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.publish.hsds import export_hsds
from pipeline.publish.package import write_package
from schemas.contract import empty_table
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding
from tests.real_exports import normalize_once
from tests.strict_reader import strict_report


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("center_id", "path", "as_of", "blank_status"),
    [
        ("dc211", "dc211/dc211_export.csv", date(2016, 9, 1), "unknown"),
        ("miami211", "miami211", date(2026, 11, 20), "active"),
    ],
)
def test_package_of_a_real_export_is_valid(shared, tmp_path, center_id, path, as_of, blank_status):
    """The state would refuse what a real center sends."""
    directory = normalize_once(shared / "data" / path, center_id, blank_status).directory
    package = export_hsds(
        directory,
        findings=empty_table(Finding),
        as_of=as_of,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        run_id="test",
    )
    assert package.preflight.errors == ()
    manifest = write_package(package, tmp_path / "out")
    delivered_counts = directory.records().height
    assert sum(manifest.records.values()) + len(manifest.withheld) == delivered_counts
    report = strict_report(tmp_path / "out")
    assert (report.stats["errors"], len(report.tasks)) == (0, 25)
    private = directory.phone.filter(pl.col("is_private"))["e164"].drop_nulls().str.slice(2)
    public = directory.phone.filter(~pl.col("is_private"))["e164"].drop_nulls().str.slice(2)
    only_private = set(private) - set(public)
    text = "".join(path.read_text() for path in sorted((tmp_path / "out").glob("*.csv")))
    digits = "".join(character for character in text if character.isdigit() or character == ",")
    assert [number for number in sorted(only_private) if number in digits] == []
