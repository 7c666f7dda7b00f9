"""What the nightly rules say of drawn records, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.audit.automatic import score_automatic
from pipeline.audit.draw import DrawPlan, draw_sample
from pipeline.audit.frame import audit_frame
from schemas.auditing import AutomaticScore
from schemas.contract import empty_table, schema_of
from schemas.directory import Directory
from schemas.quality import Finding, NotApplicable
from schemas.rules import completeness_matrix
from schemas.scorecard import AUTOMATIC_ITEMS
from tests.bundles import directory_of_rows

AS_OF = date(2026, 11, 20)
KINDS = ("agency", "site", "service")
#: Rules that are asked in most tests here; all others are said not to be.
MANDATORY = ("CMP-A-NAME", "CMP-A-PHONE", "CMP-S-NAME", "CMP-P-ELIG", "CMP-P-FEES")
RECOMMENDED = ("CMP-A-EIN", "CMP-P-LANG")
CODES = ("TAX-002", "TAX-003", "TAX-004", "TAX-013")

Counts = dict[tuple[str, str], tuple[int, int]]


@pytest.fixture(scope="module")
def directory() -> Directory:
    """A with a site and two services, and records that are not asked; B alone; a service of nobody drawn."""
    return directory_of_rows(
        agency=[{"record_uid": "A", "name": "Pantry"}, {"record_uid": "B", "name": "Clinic"}],
        site=[
            {"record_uid": "s1", "agency_uid": "A"},
            {"record_uid": "s2", "agency_uid": "A", "not_counted_reason": "inactive"},
        ],
        service=[
            {"record_uid": "p1", "agency_uid": "A"},
            {"record_uid": "p2", "agency_uid": "A"},
            {"record_uid": "p3", "agency_uid": "A", "not_counted_reason": "inactive"},
            {"record_uid": "p4", "agency_uid": "A", "origin": "derived", "is_counted": False},
        ],
    )


def finding(kind: str, record_uid: str, rule_id: str, **more: Any) -> dict[str, Any]:
    return (
        dict.fromkeys(schema_of(Finding), "x")
        | {"center_id": "c1", "kind": kind, "record_uid": record_uid, "rule_id": rule_id, "is_held_back": False}
        | more
    )


def all_rules() -> set[str]:
    cells = {str(element.rule_id(kind)) for element in completeness_matrix() for kind in KINDS}
    return (cells | {rule for item in AUTOMATIC_ITEMS for rule in item.rules}) - {"None"}


def off(*rules: str, center_id: str = "c1") -> pl.DataFrame:
    """Return the rules that could not be asked of a center."""
    return pl.DataFrame([(center_id, rule, "x") for rule in rules], schema=schema_of(NotApplicable), orient="row")


def only(*rules: str) -> pl.DataFrame:
    """Return all rules but these as such that could not be asked."""
    return off(*sorted(all_rules() - set(rules)))


def scored(
    directory: Directory, *findings: dict[str, Any], not_applicable: pl.DataFrame, unit: str = "agency", size: int = 10
) -> pl.DataFrame:
    plan = DrawPlan(size=size, seed="2026Q4", as_of=AS_OF, unit=unit)
    return score_automatic(
        draw_sample(audit_frame(directory, unit=unit), plan).items,
        directory=directory,
        unit=unit,
        findings=pl.DataFrame(findings, schema=schema_of(Finding)) if findings else empty_table(Finding),
        not_applicable=not_applicable,
    )


def counts(scores: pl.DataFrame) -> Counts:
    return {
        (uid, item): (points, possible)
        for uid, item, points, possible in scores.select("record_uid", "item_id", "points", "possible").iter_rows()
    }


def test_elements_are_counted_over_agency_sites_and_services(directory: Directory) -> None:
    """A bundle would be called complete by its heading alone."""
    found = counts(scored(directory, not_applicable=only(*MANDATORY, *RECOMMENDED)))
    assert found == {
        ("A", "completeness.mandatory"): (7, 7),  # 2 of the agency, 1 of the site, 2 of each service
        ("A", "completeness.recommended"): (3, 3),  # 1 of the agency, 1 of each service
        ("B", "completeness.mandatory"): (2, 2),
        ("B", "completeness.recommended"): (1, 1),
    }


def test_every_missing_element_costs_one(directory: Directory) -> None:
    """Two elements missing on one service are two, one missing on two services is two as well."""
    findings = [
        finding("agency", "A", "CMP-A-PHONE"),
        finding("service", "p1", "CMP-P-ELIG"),
        finding("service", "p1", "CMP-P-FEES"),
        finding("service", "p2", "CMP-P-FEES"),
        finding("service", "p2", "CMP-P-LANG"),
        finding("agency", "B", "CMP-A-EIN"),
    ]
    found = counts(scored(directory, *findings, not_applicable=only(*MANDATORY, *RECOMMENDED)))
    assert found == {
        ("A", "completeness.mandatory"): (3, 7),
        ("A", "completeness.recommended"): (2, 3),
        ("B", "completeness.mandatory"): (2, 2),
        ("B", "completeness.recommended"): (0, 1),
    }


def test_what_says_nothing_of_an_element_costs_nothing(directory: Directory) -> None:
    """Findings twice, of other rules, kinds, centers and of records that are not asked change no count."""
    findings = [
        finding("service", "p1", "CMP-P-FEES", field="fees"),
        finding("service", "p1", "CMP-P-FEES", field="record"),
        finding("service", "p1", "STY-022"),
        finding("service", "p3", "CMP-P-FEES"),
        finding("service", "p4", "CMP-P-FEES"),
        finding("site", "s2", "CMP-S-NAME"),
        finding("service", "p2", "CMP-P-FEES", center_id="c2"),
        finding("site", "A", "CMP-A-NAME"),
    ]
    found = counts(scored(directory, *findings, not_applicable=only(*MANDATORY)))
    assert found == {("A", "completeness.mandatory"): (6, 7), ("B", "completeness.mandatory"): (2, 2)}


def test_what_an_export_does_not_carry_is_left_out_of_both_numbers(directory: Directory) -> None:
    """A center whose software has no field for fees would never be complete."""
    rules = [rule for rule in MANDATORY if rule != "CMP-P-FEES"]
    found = counts(scored(directory, finding("service", "p1", "CMP-P-FEES"), not_applicable=only(*rules)))
    assert found == {("A", "completeness.mandatory"): (5, 5), ("B", "completeness.mandatory"): (2, 2)}


def test_another_center_lacks_what_it_lacks_for_itself() -> None:
    """The software of one center says nothing of that of its neighbour."""
    directory = directory_of_rows(
        agency=[{"record_uid": "A"}, {"record_uid": "A", "center_id": "c2"}],
        service=[{"record_uid": "p", "agency_uid": "A"}, {"record_uid": "p", "agency_uid": "A", "center_id": "c2"}],
    )
    everything = sorted(all_rules() - {"CMP-P-FEES"})
    silent = pl.concat([off(*everything), off(*everything, "CMP-P-FEES", center_id="c2")])
    scores = scored(directory, finding("service", "p", "CMP-P-FEES", center_id="c2"), not_applicable=silent)
    rows = scores.select("center_id", "record_uid", "item_id", "points", "possible").rows()
    assert rows == [("c1", "A", "completeness.mandatory", 1, 1)]


def test_the_whole_matrix_is_asked_when_nothing_is_left_out(directory: Directory) -> None:
    """A cell of the standard that is never counted would never be missed."""
    found = counts(scored(directory, not_applicable=empty_table(NotApplicable)))
    cells = {
        (kind, need): sum(element.requirement(kind) == need for element in completeness_matrix())
        for kind in KINDS
        for need in ("mandatory", "recommended")
    }
    for need in ("mandatory", "recommended"):
        of_a = cells["agency", need] + cells["site", need] + 2 * cells["service", need]
        assert found["A", f"completeness.{need}"] == (of_a, of_a)
        assert found["B", f"completeness.{need}"] == (cells["agency", need], cells["agency", need])
    assert cells["agency", "mandatory"] > 10


def test_an_element_that_another_rule_reports_is_counted(directory: Directory) -> None:
    """A service without a term lacks a mandatory element, though the rule is one of the taxonomy."""
    found = counts(scored(directory, finding("service", "p1", "TAX-001"), not_applicable=only("TAX-001", "TAX-008")))
    assert found == {("A", "completeness.mandatory"): (1, 2), ("A", "indexing.service_term"): (1, 2)}


def test_services_are_right_or_wrong_as_a_whole(directory: Directory) -> None:
    """Three bad codes on one service are one service with bad codes."""
    findings = [
        finding("service", "p1", "TAX-002"),
        finding("service", "p1", "TAX-003"),
        finding("service", "p1", "TAX-003", field="other"),
        finding("service", "p2", "TAX-005"),
        finding("agency", "B", "TAX-002"),
    ]
    found = counts(scored(directory, *findings, not_applicable=only(*CODES, "TAX-005", "TAX-007")))
    assert found == {
        ("A", "indexing.valid"): (1, 2),
        ("A", "indexing.level"): (1, 2),
        ("A", "indexing.targets"): (2, 2),
    }


def test_an_item_of_several_rules_is_asked_while_one_of_them_is(directory: Directory) -> None:
    """Without the licensed list of terms a code can still be badly formed."""
    one_left = only("TAX-002")
    assert counts(scored(directory, finding("service", "p1", "TAX-002"), not_applicable=one_left)) == {
        ("A", "indexing.valid"): (1, 2)
    }
    # With none left, nothing was asked, and nothing is right either.
    assert scored(directory, not_applicable=only()).is_empty()


def test_an_agency_without_services_has_no_indexing(directory: Directory) -> None:
    """Nothing of nothing would count as a full mark."""
    items = scored(directory, not_applicable=empty_table(NotApplicable)).filter(pl.col("record_uid") == "B")["item_id"]
    assert set(items) == {"completeness.mandatory", "completeness.recommended"}


def test_a_service_is_scored_for_itself(directory: Directory) -> None:
    """A draw of services would be charged with what their agency lacks."""
    findings = [
        finding("agency", "A", "CMP-A-NAME"),
        finding("service", "p1", "CMP-P-FEES"),
        finding("service", "p2", "TAX-005"),
    ]
    silent = only(*MANDATORY, "TAX-005")
    found = counts(scored(directory, *findings, not_applicable=silent, unit="service"))
    asked = {uid for uid, _ in found}
    assert asked >= {"p1", "p2"}
    assert not asked & {"A", "p3"}
    assert {key: value for key, value in found.items() if key[0] in ("p1", "p2")} == {
        ("p1", "completeness.mandatory"): (1, 2),
        ("p1", "indexing.level"): (1, 1),
        ("p2", "completeness.mandatory"): (2, 2),
        ("p2", "indexing.level"): (0, 1),
    }


def test_scores_come_in_the_order_of_the_draw_and_of_the_scorecard(directory: Directory) -> None:
    """The worksheet and the report go through them from above."""
    scores = scored(directory, not_applicable=empty_table(NotApplicable))
    assert dict(scores.schema) == schema_of(AutomaticScore)
    plan = DrawPlan(size=10, seed="2026Q4", as_of=AS_OF)
    draw = draw_sample(audit_frame(directory), plan)
    assert scores["record_uid"].unique(maintain_order=True).to_list() == draw.items["record_uid"].to_list()
    assert scores["batch_id"].unique().to_list() == [draw.batch_id]
    of_a = scores.filter(pl.col("record_uid") == "A")["item_id"].to_list()
    assert of_a == [item.item_id for item in AUTOMATIC_ITEMS]


def test_records_that_were_not_drawn_are_not_scored(directory: Directory) -> None:
    """Thousands of rows would be kept for nobody."""
    scores = scored(directory, not_applicable=empty_table(NotApplicable), size=1)
    assert scores["record_uid"].n_unique() == 1
    assert scored(directory, not_applicable=empty_table(NotApplicable), size=0).is_empty()
