"""Rules DUP: what is asked about records that may stand in the directory twice."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.duplicates import PAIR_COLUMNS
from pipeline.validate.records import validate_directory
from schemas.contract import empty_table
from schemas.identity import pair_id, record_uid
from schemas.parameters import FreshnessRule, ValidateParameters
from schemas.quality import Note
from tests.builders import directory, row
from tests.unit.validate.full_directory import ALL_FIELDS, AS_OF


def agency(number: str, **changes) -> pl.DataFrame:
    return row("agency", number, **({"curator": "R. Curator", "name": f"Agency {number}"} | changes))


def asked(a: str, b: str, *, band: str | None = "duplicate", standing: str = "open", verdict: str | None = None):
    """One pair of agencies of the test center."""
    first, second = sorted([record_uid("test", "agency", a), record_uid("test", "agency", b)])
    rows = [(pair_id("test", first, "test", second), "test", first, "test", second, band, standing, verdict)]
    return pl.DataFrame(rows, schema=dict.fromkeys(PAIR_COLUMNS, pl.String), orient="row")


def found(agencies, *, pairs=None, services=(), alike=None, links=()) -> list[tuple[str, str, str]]:
    """Rule, record number and value of the findings of this family."""
    town = directory(agency=agencies, service=list(services), service_at_site=list(links))
    findings = validate_directory(
        town,
        notes=empty_table(Note),
        carried={"test": ALL_FIELDS},
        as_of=AS_OF,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
        pairs=pairs,
        alike=alike,
    ).findings.filter(pl.col("rule_id").str.starts_with("DUP"))
    return findings.select("rule_id", "native_id", "value").sort("rule_id", "native_id").rows()


BOTH = [agency("1"), agency("2")]


def test_a_likely_pair_is_one_finding_for_one_curator() -> None:
    """Two findings about one question would be worked on twice."""
    rows = found(BOTH, pairs=asked("1", "2"))
    assert [rule for rule, _, _ in rows] == ["DUP-001"]
    _, number, value = rows[0]
    other = "2" if number == "1" else "1"
    assert value == f"Agency {other} ({other})"


def test_two_curators_are_both_told() -> None:
    """Otherwise the one who could answer never hears of it."""
    rows = found([agency("1"), agency("2", curator="S. Curator")], pairs=asked("1", "2", band="possible"))
    assert [row[:2] for row in rows] == [("DUP-002", "1"), ("DUP-002", "2")]


@pytest.mark.parametrize(
    ("standing", "verdict", "rules"),
    [
        ("open", None, ["DUP-001"]),
        ("reopened", "different", ["DUP-001"]),
        ("conflict", None, ["DUP-001"]),
        ("decided", "different", []),
        ("implied", "different", []),
        ("waiting", "unsure", []),
        ("dormant", "same", []),
        # Confirmed is not mended: the record stands there twice until an export shows it merged.
        ("decided", "same", ["DUP-001"]),
        ("implied", "same", ["DUP-001"]),
    ],
)
def test_a_decided_pair_is_asked_no_more_and_a_confirmed_one_until_it_is_merged(standing, verdict, rules) -> None:
    """The promise: never asked again once decided."""
    rows = found(BOTH, pairs=asked("1", "2", standing=standing, verdict=verdict))
    assert [rule for rule, _, _ in rows] == rules


def test_a_confirmed_twin_that_is_closed_is_done() -> None:
    """The finding closes itself when the next export shows the second record inactive."""
    twins = [agency("1"), agency("2", status="inactive", is_counted=False, not_counted_reason="status")]
    assert found(twins, pairs=asked("1", "2", standing="decided", verdict="same")) == []
    # An active record and its closed twin are still asked about, at the active one.
    assert [row[:2] for row in found(twins, pairs=asked("1", "2"))] == [("DUP-001", "1")]


def test_a_related_pair_is_no_duplicate() -> None:
    """Branches and parents are not pushed into duplicates."""
    assert found(BOTH, pairs=asked("1", "2", band="related")) == []


def test_a_hidden_agency_is_not_named_to_others() -> None:
    """A shelter's name must not travel with the list of its neighbor."""
    rows = found([agency("1"), agency("2", curator="S.", is_confidential_place=True)], pairs=asked("1", "2"))
    assert {number: value for _, number, value in rows}["1"] == "withheld"


def test_one_employer_number_asks_for_the_relation() -> None:
    """Duplicate, or chapters of one body: somebody has to say."""
    three = [agency(number, ein="123456789") for number in ("1", "2", "3")]
    rows = found(three)
    assert [row[:2] for row in rows] == [("DUP-003", number) for number in ("1", "2", "3")]
    assert rows[0][2].startswith("123456789: also Agency ")
    assert rows[0][2].endswith("and 1 more")


def test_a_noted_parent_or_a_verdict_answers_the_employer_number() -> None:
    """Asking again what is entered or decided is noise."""
    parent = record_uid("test", "agency", "1")
    chapters = [agency("1", ein="123456789"), *(agency(n, ein="123456789", parent_uid=parent) for n in ("2", "3"))]
    assert found(chapters) == []
    two = [agency("1", ein="123456789"), agency("2", ein="123456789")]
    assert found(two, pairs=asked("1", "2", band=None, standing="decided", verdict="different")) == []
    assert [row[0] for row in found(two, pairs=asked("1", "2", band="related"))] == ["DUP-003", "DUP-003"]


def service(number: str) -> pl.DataFrame:
    return row("service", number, name="Groceries", name_key="groceries", agency_uid=record_uid("test", "agency", "1"))


def alike() -> pl.DataFrame:
    names = {"record_uid": "5", "first_uid": "4"}
    return pl.DataFrame(
        {"center_id": ["test"], **{name: [record_uid("test", "service", number)] for name, number in names.items()}}
    )


def link(number: str, service_number: str, site: str) -> pl.DataFrame:
    return row(
        "service_at_site",
        number,
        service_uid=record_uid("test", "service", service_number),
        site_uid=record_uid("test", "site", site),
    )


def messages(**parts) -> list[str]:
    town = directory(agency=[agency("1")], service=[service("4"), service("5")], **parts)
    findings = validate_directory(
        town, notes=empty_table(Note), carried={"test": ALL_FIELDS}, as_of=AS_OF, parameters=ValidateParameters(),
        freshness=FreshnessRule(), alike=alike(),
    ).findings  # fmt: skip
    return findings.filter(pl.col("rule_id") == "DUP-004")["message"].to_list()


def test_a_service_at_another_site_is_a_branch_and_asked_otherwise() -> None:
    """The same service name at two sites of one agency is a branch, not a duplicate."""
    assert [("nothing tells" in one) for one in messages()] == [True]
    same = [link("7", "4", "2"), link("8", "5", "2")]
    assert [("nothing tells" in one) for one in messages(service_at_site=same)] == [True]
    other = [link("7", "4", "2"), link("8", "5", "3")]
    assert [("at another site" in one) for one in messages(service_at_site=other)] == [True]
