"""Packages of a directory in which agencies were merged."""

from __future__ import annotations

import polars as pl

from pipeline.publish.public_directory import Load
from schemas.contract import empty_table
from schemas.quality import Finding


def test_a_record_that_was_taken_up_is_listed_and_its_private_values_are_still_searched_for(small) -> None:
    """What was delivered is written or listed; merging makes nobody forget what must not be seen."""
    rows = small.rows()
    kept = rows["agency"][0]
    gone = kept | {
        "native_id": "M9",
        "record_uid": small.uid("agency", "M9"),
        "agency_uid": small.uid("agency", "M9"),
        "email": "hidden.worker@shelter.example",
        "withheld_reason": "excluded_from_website",
    }
    text = kept | {"description": "Food for all. Write to hidden.worker@shelter.example for a bed."}
    merged = {**rows, "agency": [text, *rows["agency"][1:]]}
    before = {**rows, "agency": [text, *rows["agency"][1:], gone]}
    load = Load(directory=small.directory(before), findings=empty_table(Finding))
    package = small.export(merged, load=load)
    listed = package.withheld.filter(pl.col("record_uid") == gone["record_uid"])
    assert listed.select("kind", "reason").rows() == [("agency", "merged")]
    (written,) = package.tables["organization"].filter(pl.col("id") == kept["record_uid"]).to_dicts()
    assert "hidden.worker" not in str(written)
    plain = small.export(merged)
    assert package.withheld.height == plain.withheld.height + 1
    assert "hidden.worker" in str(plain.tables["organization"].to_dicts())
