"""Laws of the delta, for any two directories: what was sent before and the delta make what is sent now."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from polars.testing import assert_frame_equal

from pipeline.publish.hsds import RECORD_TABLES, package_hsds
from pipeline.publish.package_changes import compare_contents, keep_changes, record_contents
from pipeline.publish.public_directory import PublicDirectory, make_public
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding
from tests.property.test_publish_laws import AS_OF, LAWS, directories


def public_of(directory: Directory) -> PublicDirectory:
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=AS_OF,
        parameters=ExportParameters(description_falls_back_to_name=True),
        privacy=PrivacyParameters(),
    )


def package_of(public: PublicDirectory):
    return package_hsds(public, parameters=ExportParameters(description_falls_back_to_name=True), run_id="r")


@given(before=directories(), now=directories())
@LAWS
def test_earlier_export_and_delta_make_the_whole_one(before, now):
    """A receiver that takes deltas would drift away from one that takes all."""
    earlier, later = public_of(before), public_of(now)
    old, new = package_of(earlier), package_of(later)
    changes = compare_contents(record_contents(later, new.written), record_contents(earlier, old.written))
    delta = package_of(keep_changes(later, changes))
    for kind, table in RECORD_TABLES.items():
        gone = changes.removed.filter(pl.col("kind") == kind)["record_uid"]
        sent = delta.tables[table]
        kept = old.tables[table].filter(~pl.col("id").is_in(gone.implode()) & ~pl.col("id").is_in(sent["id"].implode()))
        together = pl.concat([kept, sent]).sort("id")
        assert_frame_equal(together, new.tables[table])
    for counts in delta.counts().values():
        assert counts["delivered"] == counts["written"] + sum(counts["withheld"].values())
    assert delta.preflight.errors == ()
