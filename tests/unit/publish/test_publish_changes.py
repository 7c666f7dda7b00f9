"""What changed since the last export: told record by record, sent as whole bundles, the rest listed as unchanged."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.publish.hsds import package_hsds
from pipeline.publish.package_changes import compare_contents, keep_changes, record_contents
from pipeline.publish.public_directory import make_public
from schemas.contract import empty_table
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
NAMES = {"agency": "organization", "site": "location", "service": "service", "service_at_site": "service_at_location"}


def public_of(small, rows):
    return make_public(
        small.directory(rows),
        findings=empty_table(Finding),
        as_of=AS_OF,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
    )


def package_of(public):
    return package_hsds(public, parameters=ExportParameters(), run_id="run-2")


def contents_of(public):
    return record_contents(public, package_of(public).written)


def changes_between(small, before, now):
    return compare_contents(contents_of(public_of(small, now)), contents_of(public_of(small, before)))


def second_agency(small):
    rows = small.rows()
    other = {**rows["agency"][0], "native_id": "90", "record_uid": small.uid("agency", "90"), "name": "Other Agency"}
    rows["agency"].append({**other, "agency_uid": other["record_uid"]})
    return rows


def test_the_same_directory_has_no_changes(small):
    """Every night would be sent again as news."""
    changes = changes_between(small, small.rows(), small.rows())
    assert changes.counts(NAMES) == {name: {"added": 0, "changed": 0, "removed": 0} for name in NAMES.values()}


def test_order_of_rows_is_no_change(small):
    rows = small.rows()
    turned = {name: list(reversed(table)) for name, table in rows.items()}
    assert changes_between(small, rows, turned).changed.is_empty()


@pytest.mark.parametrize(
    ("table", "values", "kind"),
    [
        ("agency", {"description": "Another sentence."}, "agency"),
        ("agency", {"verified_on": date(2026, 11, 1)}, "agency"),
        ("service", {"fees": "Two dollars"}, "service"),
        ("phone", {"note": "Ask for Pat"}, "agency"),
    ],
)
def test_whatever_may_leave_counts_as_a_change_of_its_record(small, table, values, kind):
    changes = changes_between(small, small.rows(), small.changed(table, 0, **values))
    assert set(changes.changed["kind"]) == {kind}
    assert changes.added.is_empty()
    assert changes.removed.is_empty()


def test_internal_values_are_no_change(small):
    """A new curator would send the whole directory again, and tell that something happened inside."""
    internal = {"curator": "Somebody Else", "verified_by": "A Person", "name_key": "x"}
    assert changes_between(small, small.rows(), small.changed("agency", 0, **internal)).changed.is_empty()


def test_record_that_may_no_longer_leave_is_removed(small):
    """The receiver would keep what the center has taken back."""
    changes = changes_between(small, small.rows(), small.changed("service", 0, withheld_reason="excluded_from_website"))
    assert set(changes.removed["kind"]) == {"service", "service_at_site"}
    assert changes.counts(NAMES)["service"] == {"added": 0, "changed": 0, "removed": 1}


def test_same_number_under_another_id_is_told(small):
    """The receiver would have the record twice."""
    rows = small.rows()
    rows["service"][0] |= {"record_uid": small.uid("service", "777")}
    assert changes_between(small, small.rows(), rows).renumbered == 1


def test_delta_holds_the_changed_bundle_whole_and_lists_the_rest(small):
    before = second_agency(small)
    now = second_agency(small)
    now["service"][0] |= {"fees": "Two dollars"}
    public = public_of(small, now)
    changes = changes_between(small, before, now)
    delta = package_of(keep_changes(public, changes))
    assert delta.tables["organization"]["id"].to_list() == [small.uid("agency", "1")]
    assert delta.records()["service"] == package_of(public).records()["service"]
    assert delta.withheld_by_reason() == {"unchanged": 1}
    assert delta.preflight.errors == ()
    unchanged = delta.withheld.filter(pl.col("reason") == "unchanged")
    assert unchanged["record_uid"].to_list() == [small.uid("agency", "90")]


def test_delta_without_changes_is_empty_and_valid(small):
    public = public_of(small, small.rows())
    delta = package_of(keep_changes(public, changes_between(small, small.rows(), small.rows())))
    assert sum(delta.records().values()) == 0
    assert delta.preflight.errors == ()
    assert set(delta.withheld_by_reason()) == {"unchanged"}


def test_parent_outside_the_delta_is_not_named(small):
    """A package that names what it does not hold is refused."""
    now = second_agency(small)
    now["agency"][0] |= {"parent_uid": small.uid("agency", "90")}
    before = second_agency(small)
    delta = package_of(keep_changes(public_of(small, now), changes_between(small, before, now)))
    assert delta.tables["organization"]["parent_organization_id"].to_list() == [None]
