"""HSDS in JSON on the official examples and on the fixtures of other publishers, against what is known of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.delivered import SOURCE_COLUMNS, Delivered
from schemas.errors import InputError
from schemas.parameters import IngestParameters, NormalizeParameters

pytestmark = pytest.mark.real_data
LIMITS = IngestParameters(settle_seconds=0)
FRAMES = ("record", "phone", "address", "contact", "taxonomy_link", "schedule")
WHOLE = {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}


def read(path: Path) -> Delivered:
    return read_export(path, center_id="test", parameters=LIMITS)


def kinds(export: Delivered) -> dict[str, int]:
    return dict(export.record["kind"].value_counts().iter_rows())


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_official_examples(shared: Path, version: str):
    """A publisher who follows the specification to the letter could not be read."""
    folder = shared / "specs" / "hsds" / version / "examples"
    for name in ("organization_full", "service_full", "service_at_location_full"):
        export = read(folder / f"{name}.json")
        assert (kinds(export), export.rows_rejected) == (WHOLE, 0), name
        assert (export.format_name, export.format_version) == ("hsds-json", version), name
        assert [export.phone.height, export.address.height, export.taxonomy_link.height] == [1, 1, 1], name
        assert not any("does not know" in one for one in export.notices), name
        normalize_delivery(export, parameters=NormalizeParameters())
    assert kinds(read(folder / "organization_list.json")) == {"agency": 1}
    assert kinds(read(folder / "service_list.json")) == {"agency": 1, "service": 1}
    assert kinds(read(folder / "service_at_location_list.json")) == WHOLE
    assert kinds(read(folder / "location.json")) == {"site": 1}
    for name in ("taxonomy_list", "taxonomy_term_list", "taxonomy", "taxonomy_term"):
        with pytest.raises(InputError, match=r"It holds taxonomy(_term)? only"):
            read(folder / f"{name}.json")
    for name in ("base", "tabular"):
        with pytest.raises(InputError, match="it cannot be told whether it is an organization"):
            read(folder / f"{name}.json")


def test_minimal_package_says_the_same_in_json_and_in_tables(shared: Path):
    """The same directory would give other records from JSON than from its tables."""
    folder = shared / "data" / "formats" / "hsds_minimal_valid"
    nested = read(folder / "json")
    for version in ("3.0", "3.1"):
        flat = read(folder / version)
        for name in FRAMES:
            one, other = (
                getattr(export, name).drop(SOURCE_COLUMNS).select(pl.all().fill_null("")) for export in (nested, flat)
            )
            assert one.equals(other), name
        assert nested.carried <= flat.carried
    assert nested.rows_read == 3
    directories = [
        normalize_delivery(export, parameters=NormalizeParameters()).directory.tables() for export in (nested, flat)
    ]
    for name, table in directories[0].items():
        assert table.drop("source_file", "source_line", strict=False).equals(
            directories[1][name].drop("source_file", "source_line", strict=False)
        ), name


@pytest.mark.parametrize(
    ("file", "rows", "expected"),
    [
        ("V3.0-UK-Default/organization_list.json", 10, {"agency": 10}),
        ("V3.0-UK-Default/service_full.json", 1, WHOLE),
        ("V3.0-UK-Fail/service_list.json", 4, {"agency": 4, "service": 4}),
        ("V3.0-UK-Fail/service_full.json", 1, WHOLE),
        # 128 copies of two services.
        ("V3.0-UK-Test/service_list.json", 128, {"agency": 1, "service": 2}),
        ("V3.0-UK-Test/service_list_data.json", 128, {"agency": 1, "service": 2}),
        ("V3.0-UK-Warn/organization_list.json", 1, {"agency": 1}),
    ],
)
def test_answers_of_another_countrys_apis(shared: Path, file: str, rows: int, expected: dict[str, int]):
    """What does not hold to the schema would stop the night instead of being found by the rules."""
    export = read(shared / "data" / "formats" / "oruk_validator" / file)
    assert (export.rows_read, export.rows_rejected, kinds(export)) == (rows, 0, expected)


def test_every_answer_of_a_folder_is_read_together(shared: Path):
    """Of several files of one API only the first would be read."""
    export = read(shared / "data" / "formats" / "oruk_validator" / "V3.0-UK-Default")
    assert kinds(export) == WHOLE | {"agency": 11}
    assert "Files not read, because no objects of HSDS are in them: 1 (api_details.json)." in export.notices


def test_examples_of_a_profile(shared: Path):
    """A publisher with a profile could not be read."""
    folder = shared / "data" / "formats" / "hsds_uk_profile" / "examples"
    for name in ("organization_full", "service_full", "service_at_location_full"):
        export = read(folder / f"{name}.json")
        assert (kinds(export), export.format_version) == (WHOLE, "3.0"), name


@pytest.mark.parametrize("name", ["complete", "minimal", "invalid_fields", "conflicting/1"])
def test_tables_of_version_1_as_json(shared: Path, name: str):
    """Tables that were written as JSON could not be read."""
    export = read(shared / "data" / "formats" / "servicenet" / "healthleads" / name)
    assert (kinds(export), export.format_version, export.rows_rejected) == (WHOLE, "1.x", 0)
    normalize_delivery(export, parameters=NormalizeParameters())


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("smcconnect/complete", "Ohana API, not HSDS"),
        ("smcconnect/minimal", "Ohana API, not HSDS"),
        ("icarol/complete.json", "the older iCarol Resource API"),
        ("icarol/minimal.json", "the older iCarol Resource API"),
        ("eden/conflictingData1.json", "the older iCarol Resource API"),
        ("icarol/serviceSites.json", "it cannot be told"),
        ("icarol/ids.json", "it cannot be told"),
        ("laac/complete.json", "it cannot be told"),
        ("sheltertech/complete.json", "it cannot be told"),
        ("anonymous/AnonymousData.json", "it cannot be told"),
    ],
)
def test_json_of_other_systems_is_refused(shared: Path, place: str, words: str):
    """Records of another system would be published as services."""
    with pytest.raises(InputError) as caught:
        read(shared / "data" / "formats" / "servicenet" / place)
    assert words in caught.value.message
