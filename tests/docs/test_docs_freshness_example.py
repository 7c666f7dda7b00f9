"""The page with twelve records worked out by hand: every figure on it is what the program says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.measure.freshness import Freshness, measure_freshness
from pipeline.measure.freshness_explained import explain_record
from pipeline.normalize.directory import normalize_delivery
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.parameters import FreshnessRule, NormalizeParameters

DOCS = Path(__file__).parents[2] / "docs"
AS_OF = date(2024, 2, 29)
TABLE = re.compile(r"^\| (\w+) \| (\w+) \| (all|\w+ \w+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
FIGURES = TABLE.findall((DOCS / "freshness-example.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example() -> Directory:
    delivered = read_export(DOCS / "freshness_example.csv", center_id="example")
    assert delivered.rows_read == 12
    return normalize_delivery(delivered, parameters=NormalizeParameters()).directory


def measured(directory: Directory, window: str, as_of: date = AS_OF) -> Freshness:
    return measure_freshness(
        directory,
        as_of=as_of,
        rule=FreshnessRule(),
        dimensions=("kind", "language"),
        window_kind=WindowKind(window),
    )


def counts(freshness: Freshness, measure: str, part: str = "all") -> tuple[float, float, float]:
    dimension, _, value = part.partition(" ")
    row = freshness.figures.filter(
        pl.col("center_id").is_null()
        & (pl.col("measure") == measure)
        & (pl.col("dimension") == dimension)
        & (pl.col("value") == (value or "all"))
    ).row(0, named=True)
    return row["numerator"], row["denominator"], row["unknown"]


def test_the_page_has_its_figures() -> None:
    assert len(FIGURES) == 14


@pytest.mark.parametrize(("measure", "window", "part", "updated", "of", "unknown"), FIGURES)
def test_figure_of_the_page(
    example: Directory, measure: str, window: str, part: str, updated: str, of: str, unknown: str
) -> None:
    """A page that is worked out by hand is worth nothing once the program says something else."""
    assert counts(measured(example, window), measure, part) == (int(updated), int(of), int(unknown))


def test_left_out_are_an_inactive_site_and_a_link(example: Directory) -> None:
    excluded = measured(example, "rolling").excluded.select("kind", "not_counted_reason", "row_count").rows()
    assert excluded == [("site", "inactive", 1), ("service_at_site", "link_only", 1)]


def test_a_day_later_agency_1_is_gone_and_agency_5_counts(example: Directory) -> None:
    later = date(2024, 3, 1)
    for native_id, today, tomorrow in (("1", True, False), ("5", False, True), ("4", True, True)):
        uid = example.agency.filter(pl.col("native_id") == native_id).item(0, "record_uid")
        said = [
            explain_record(example, center_id="example", kind="agency", record_uid=uid, as_of=day, rule=FreshnessRule())
            .verdicts[0]
            .counts
            for day in (AS_OF, later)
        ]
        assert said == [today, tomorrow]
