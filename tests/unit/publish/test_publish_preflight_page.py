"""The page of the pre-flight: what the receiver would refuse, what stays home and why, and never a value."""

from __future__ import annotations

import pytest

from pipeline.publish.package import RefusedError, write_package
from pipeline.publish.preflight_page import preflight_document, render_preflight


def without_description(small):
    return small.changed("agency", 0, description=None)


def test_page_of_a_refused_package_names_the_rule_and_the_record(small, tmp_path):
    """The person who must mend it would search for it."""
    package = small.export(without_description(small), withhold=False)
    page = render_preflight(package, title="HSDS tables")
    assert "would be refused: 1 error" in page
    assert "organization.description" in page
    assert "EXP-001" in page
    assert small.uid("agency", "1") in page
    with pytest.raises(RefusedError, match="1 errors; nothing was written") as refused:
        write_package(package, tmp_path / "out")
    assert refused.value.preflight.errors == package.preflight.errors
    assert not (tmp_path / "out").exists()


def test_page_explains_every_difference(small):
    package = small.export(without_description(small))
    document = preflight_document(package, title="HSDS tables")
    (counts,) = next(section for section in document.sections if section.section_id == "counts").tables
    rows = [row for row in counts.rows if row[0] == "agencies"]
    assert rows == [
        ("agencies", "in the directory", 1),
        ("agencies", "goes out", 0),
        ("agencies", "stays home: a required field is empty", 1),
    ]
    assert "would be accepted" in document.summary[0]


def test_page_counts_values_that_stay_home_without_telling_them(small):
    rows = small.changed("phone", 0, is_private=True, number_written="(217) 555-0199", e164="+12175550199")
    page = render_preflight(small.export(rows), title="HSDS tables")
    assert "private phone" in page
    assert "555-0199" not in page
