"""Which records may be named in a report."""

from __future__ import annotations

import pytest

from pipeline.publish.showable import showable_records
from schemas.contract import empty_table
from schemas.quality import Finding


def named(small, rows, findings=None):
    """Kind and number of the records that may be named."""
    directory = small.directory(rows)
    keys = showable_records(directory, findings=empty_table(Finding) if findings is None else findings)
    told = directory.records().join(keys, on=["center_id", "record_uid", "kind"], how="semi")
    return set(told.select("kind", "native_id").iter_rows())


EVERYTHING = {
    ("agency", "1"), ("site", "10"), ("site", "11"), ("service", "20"), ("service", "21"),
    ("service_at_site", "20-10"), ("service_at_site", "21-11"),
}  # fmt: skip


def test_public_records_are_named(small):
    """A report would name nobody."""
    assert named(small, small.rows()) == EVERYTHING


def test_inactive_records_are_named(small):
    """A curator could not find the record to mend."""
    assert named(small, small.changed("service", 0, status="inactive")) == EVERYTHING


@pytest.mark.parametrize("changes", [{"withheld_reason": "excluded_from_website"}, {"is_confidential_place": True}])
def test_private_agency_and_everything_under_it_stays_unnamed(small, changes):
    """The report would tell which service belongs to a house that must not be found."""
    assert named(small, small.changed("agency", 0, **changes)) == set()


def test_privacy_finding_makes_a_record_unnamed(small, finding):
    """A shelter would be an example in the report because its address is public by mistake."""
    held = finding("service", "20", rule_id="PRV-002")
    assert named(small, small.rows(), held) == EVERYTHING - {("service", "20"), ("service_at_site", "20-10")}


def test_name_that_is_a_private_street_stays_unnamed(small):
    """A site named after its hidden address would give it away."""
    rows = small.changed("site", 1, is_address_private=True, name="77 Quarry Lane House")
    assert named(small, rows) == EVERYTHING - {("site", "11")}
