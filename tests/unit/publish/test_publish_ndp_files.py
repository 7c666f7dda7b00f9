"""The files of NDP-shaped bundles: the same bytes for the same data, and what a schema says of them."""

from __future__ import annotations

import json
from datetime import date

import orjson
import polars as pl
import pytest

from pipeline.publish import ndp_block
from pipeline.publish.ndp_checks import NdpChecks
from pipeline.publish.ndp_json import json_objects
from pipeline.publish.ndp_official import check_official
from pipeline.publish.ndp_words import ndp_words
from pipeline.publish.search_files import find_in_files
from schemas.directory import Directory
from schemas.errors import InputError
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import package_of, public_of, written
from tests.real_exports import normalize_once

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An organization bundle, invented",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "url": {"type": ["string", "null"], "format": "uri"},
            "phones": {"items": {"properties": {"type": {"enum": ["main"]}}}},
            "meta": {"properties": {"lastVerified": {"type": "string", "format": "date"}}},
        },
    },
}


def several(small, count=5):
    """Agencies with a service and a phone each."""
    rows = small.rows()
    for number in range(100, 100 + count):
        agency = small.uid("agency", str(number))
        rows["agency"].append(small.record("agency", str(number), name=f"Agency {number}", record_owner="TEST"))
        rows["service"].append(
            small.record("service", f"5{number}", name="Service", agency_uid=agency, agency_native_id=str(number))
        )
        for slot in ("Phone2", "Phone1"):
            rows["phone"].append(
                small.owned("phone", "agency", str(number), slot, number_written="211", short_code="211")
            )
    return rows


@pytest.fixture
def schema_dir(tmp_path):
    """A folder with an invented schema."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "unrelated.json").write_text('{"title": "Something else"}')
    (folder / "broken.json").write_text("{")
    (folder / "some.json").write_text(json.dumps(SCHEMA))
    return folder


def test_order_of_rows_does_not_change_a_byte(small):
    """Every reshuffled export would look changed to the receiver."""
    directory = small.directory(several(small))
    reversed_ = Directory(**{name: table.reverse() for name, table in directory.tables().items()})
    first = written(package_of(public_of(directory)))
    assert first == written(package_of(public_of(directory)))
    assert first == written(package_of(public_of(reversed_)))


def test_size_of_blocks_does_not_change_a_byte(small, monkeypatch):
    """A large directory would be written in another way than a small one."""
    public = public_of(small.directory(several(small)))
    whole = package_of(public)
    read = ndp_block.read_blocks
    for place in ("pipeline.publish.ndp.read_blocks", "pipeline.publish.ndp_files.read_blocks"):
        monkeypatch.setattr(place, lambda public, selection: read(public, selection, size=1))
    small_blocks = package_of(public)
    assert small_blocks.preflight == whole.preflight
    assert (small_blocks.rows, small_blocks.removed_values) == (whole.rows, whole.removed_values)
    by_one = written(small_blocks)
    monkeypatch.undo()
    assert by_one == written(whole)


def test_bundles_stand_in_the_order_of_ids_one_per_line(small):
    """Two exports could not be compared line by line."""
    lines = written(package_of(public_of(small.directory(several(small))))).split(b"\n")
    assert lines.pop() == b""
    ids = [json.loads(line)["id"] for line in lines]
    assert ids == sorted(ids)
    assert len(ids) == 6
    # Without blanks, UTF-8, nulls written: what a strict writer gives.
    assert all(line == orjson.dumps(orjson.loads(line)) for line in lines)


def test_every_bundle_has_a_file_of_its_own_on_wish(small, tmp_path):
    """A receiver that takes single answers could not be served."""
    rows = several(small, count=1)
    rows["agency"][1]["native_id"] = "../A/1 b"
    parameters = NdpParameters(owner_code="211test", per_organization_files=True)
    package_of(public_of(small.directory(rows)), parameters=parameters).write_files(tmp_path)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json"))
    assert files == ["organizations/211test-..%2FA%2F1 b.json", "organizations/211test-1.json"]
    (one,) = json.loads((tmp_path / files[1]).read_bytes())
    assert one["id"] == "211test-1"
    assert (tmp_path / files[1]).read_bytes().endswith(b"}]\n")


def test_objects_as_a_json_writer_gives_them():
    """A sign in one text would spoil the whole file."""
    shape = {
        "text": pl.String,
        "list": pl.List(pl.String),
        "number": pl.Float64(),
        "whole": pl.Int64(),
        "flag": pl.Boolean(),
        "object": pl.Struct({"a": pl.String, "b": pl.List(pl.String)}),
        "objects": pl.List(pl.Struct({"c": pl.String})),
        "nothing": pl.String,
    }
    odd = "".join(map(chr, range(32))) + '"\\/ \x7f\u2028é\U0001f600'
    rows = [
        {
            "text": odd,
            "list": [odd, ""],
            "number": -89.6437,
            "whole": 1978,
            "flag": True,
            "object": {"a": odd, "b": [odd]},
        },
        {"text": None, "list": [], "number": 1e-7, "whole": None, "flag": None, "object": {"a": None, "b": []}},
        {"text": "", "list": ["x"], "number": None, "whole": 0, "flag": False, "object": None},
    ]
    frame = pl.DataFrame(rows, schema=shape | {"objects": pl.String})
    frame = frame.with_columns(objects=pl.Series(['{"c":"x"},{"c":null}', None, '{"c":"y"}']))
    texts = json_objects(frame.to_dict(), shape, lists={}, rows=3).to_list()
    items = [[{"c": "x"}, {"c": None}], [], [{"c": "y"}]]
    assert [json.loads(text) for text in texts] == [
        {**row, "objects": objects, "nothing": None} for row, objects in zip(rows, items, strict=True)
    ]
    assert [list(json.loads(text)) for text in texts] == [list(shape)] * 3
    assert json_objects(frame.clear().to_dict(), shape, lists={}, rows=0).to_list() == []


def test_a_schema_names_place_and_kind_of_every_error(schema_dir, tmp_path):
    """People would not know what to correct, or would see private values in the answer."""
    bundles = [
        {
            "id": "b",
            "url": "no address",
            "phones": [{"type": "main"}, {"type": "TTY"}],
            "meta": {"lastVerified": "8/4/26"},
        },
        {"id": "a", "url": None, "phones": [{"type": "TTY"}]},
        {"id": "c", "url": "https://www.example.org", "phones": []},
    ]
    path = tmp_path / "organizations.jsonl"
    path.write_bytes(b"".join(orjson.dumps(bundle) + b"\n" for bundle in bundles) + b"\n")
    faults = check_official(path, schema_dir=schema_dir)
    assert [(fault.table, fault.column, fault.check, fault.count, fault.example) for fault in faults] == [
        ("organization", "meta.lastVerified", "schema:format", 1, "b"),
        ("organization", "url", "schema:format", 1, "b"),
        ("phone", "type", "schema:enum", 2, "a"),
    ]
    assert faults == check_official(tmp_path, schema_dir=schema_dir)
    assert "8/4/26" not in str(faults)


def test_an_array_in_a_json_file_is_checked_too(schema_dir, tmp_path):
    """An answer of the receiver could not be checked."""
    path = tmp_path / "one.json"
    path.write_text('[{"url": null}, 5]')
    assert [(fault.check, fault.count, fault.example) for fault in check_official(path, schema_dir=schema_dir)] == [
        ("schema:required", 1, "None"),
        ("schema:type", 1, None),
    ]


def test_without_a_schema_nothing_is_claimed(schema_dir, tmp_path):
    """A bundle would pass because nothing was asked."""
    path = tmp_path / "organizations.jsonl"
    path.write_bytes(b"{}\n")
    (schema_dir / "some.json").unlink()
    with pytest.raises(InputError, match="holds no schema of organization bundles"):
        check_official(path, schema_dir=schema_dir)
    with pytest.raises(InputError, match="holds no schema of organization bundles"):
        check_official(path, schema_dir=tmp_path / "nowhere")
    (schema_dir / "some.json").write_text(json.dumps(SCHEMA | {"items": {"type": 5}}))
    with pytest.raises(InputError, match="not a JSON Schema"):
        check_official(path, schema_dir=schema_dir)


def test_a_file_that_is_no_json_is_told(schema_dir, tmp_path):
    """The check would end in a traceback."""
    path = tmp_path / "organizations.jsonl"
    with pytest.raises(InputError, match="There is no file"):
        check_official(path, schema_dir=schema_dir)
    path.write_bytes(b"{\n")
    with pytest.raises(InputError, match="not JSON"):
        check_official(path, schema_dir=schema_dir)


@pytest.fixture(scope="module")
def flat_tables():
    """The flat tables of the small directory, as the checks see them."""
    from pipeline.publish.ndp_block import Remarks, read_blocks
    from pipeline.publish.ndp_ids import record_ids
    from pipeline.publish.ndp_owners import ndp_owners
    from pipeline.publish.ndp_selection import select_bundles
    from pipeline.publish.ndp_tables import NdpContext, block_tables
    from pipeline.publish.ndp_taxonomy import read_links
    from tests.unit.publish.conftest import as_directory, small_rows

    public, prefixes = public_of(as_directory(small_rows())), {"test": "211test"}
    context = NdpContext(
        words=ndp_words(),
        owners=ndp_owners(public, parameters=NdpParameters(), prefixes=prefixes),
        links=read_links(public.taxonomy_link, None),
    )
    selection = select_bundles(public, record_ids(public, prefixes=prefixes), withhold=True)
    (source,) = read_blocks(public, selection)
    return block_tables(source, context, Remarks())


@pytest.mark.parametrize(
    ("table", "column", "value", "check"),
    [
        ("organization", "name", None, "required"),
        ("service", "idOrganization", "211test-404", "reference"),
        ("serviceAtLocation", "idLocation", "211test-20", "reference"),
        ("serviceAtLocation", "idService", "211test-10", "reference"),
        ("organization", "legalStatus", "Nonprofit", "enum"),
        ("phone", "type", "TTY", "enum"),
        ("address", "country", "US", "enum"),
        ("serviceArea", "type", "ward", "enum"),
        ("location", "url", "www.example.org", "format"),
        ("service", "waitTime", 5, "keys"),
    ],
)
def test_the_preflight_finds_what_is_wrong(flat_tables, table, column, value, check):
    """A bug of ours would be found by the receiver."""
    good = NdpChecks(words=ndp_words())
    good.ask(flat_tables)
    assert good.faults() == ()
    dtype = pl.Int64 if isinstance(value, int) else pl.String
    wrong = flat_tables[table].with_columns(pl.lit(value, dtype=dtype).alias(column))
    checks = NdpChecks(words=ndp_words())
    checks.ask({**flat_tables, table: wrong})
    (fault,) = [fault for fault in checks.faults() if (fault.table, fault.column) == (table, column)]
    assert (fault.check, fault.count) == (check, wrong.height)


def test_the_preflight_finds_words_inside_of_lists_and_objects(flat_tables):
    """A bug of ours would be found by the receiver."""
    services = flat_tables["service"].with_columns(
        pl.struct(pl.lit(None, dtype=pl.String).alias("description"), pl.lit(["en"]).alias("codes")).alias("languages"),
        pl.struct(pl.lit("cheap").alias("type"), pl.lit(None, dtype=pl.String).alias("description")).alias("fees"),
    )
    checks = NdpChecks(words=ndp_words())
    checks.ask({**flat_tables, "service": services})
    assert [(fault.column, fault.check, fault.count, fault.example) for fault in checks.faults()] == [
        ("fees.type", "enum", 2, "211test-20"),
        ("languages.codes", "enum", 2, "211test-20"),
    ]


def test_the_preflight_finds_ids_that_stand_twice(flat_tables):
    """One record would overwrite another."""
    checks = NdpChecks(words=ndp_words())
    checks.ask(flat_tables)
    checks.ask({name: frame if name == "phone" else frame.clear() for name, frame in flat_tables.items()})
    (fault,) = checks.faults()
    assert (fault.check, fault.count) == ("unique", flat_tables["phone"].height)


@pytest.mark.real_data
def test_the_schema_file_takes_a_bundle_of_everything(shared, small, tmp_path):
    """The bundle would not have the shape of the receiver's answers."""
    rows = several(small)
    for name in ("agency", "site", "service", "service_at_site"):
        rows[name][0] |= {"created_on": date(2019, 9, 19), "alert": "Closed", "alert_from_on": date(2026, 11, 1)}
    rows["contact"].append(
        small.owned("contact", "service", "20", "main", role="main", name="Kim", phone="217-555-0104")
    )
    names = {"BD": "Food", "BD-1800": "Meals", "YZ-0001": "All"}
    package_of(public_of(small.directory(rows)), term_names=names).write_files(tmp_path)
    assert check_official(tmp_path, schema_dir=shared / "specs" / "ndp") == []


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "errors"), [("organization_bundle.json", 0), ("organization_bundle_invalid.json", 8)])
def test_the_schema_file_gives_the_known_answers(shared, name, errors):
    """The check would let wrong bundles pass, or refuse right ones."""
    path = shared / "data" / "formats" / "ndp_invented" / name
    faults = check_official(path, schema_dir=shared / "specs" / "ndp")
    assert sum(fault.count for fault in faults) == errors


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("center_id", "path", "as_of", "blank_status"),
    [
        ("dc211", "dc211/dc211_export.csv", date(2016, 9, 1), "unknown"),
        ("miami211", "miami211", date(2026, 11, 20), "active"),
    ],
)
def test_bundles_of_a_real_export_keep_the_schema(shared, tmp_path, center_id, path, as_of, blank_status):
    """The receiver's readers would stumble over what a real center sends."""
    directory = normalize_once(shared / "data" / path, center_id, blank_status).directory
    public = public_of(directory, as_of=as_of)
    package = package_of(public, parameters=NdpParameters(owner_code=center_id))
    assert package.preflight.errors == ()
    assert package.records()["organization"] > 300
    package.write_files(tmp_path)
    assert check_official(tmp_path, schema_dir=shared / "specs" / "ndp") == []
    assert find_in_files(tmp_path, public.private_values) == {}
    assert sum(package.records().values()) + package.withheld.height == directory.records().height
