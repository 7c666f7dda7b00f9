"""What no block of an HSDS package knows by itself: terms in use, ids that stand in two blocks; and the files of all put together."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Mapping

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.publish.hsds_join import (
    join_json,
    join_tables,
    repeated_ids,
    shared_tables,
    tell_part,
    unnamed_parents,
    used_terms,
)
from pipeline.publish.hsds_preflight import check_package
from schemas.export_parameters import ExportParameters

TERM = {"id": pl.String, "code": pl.String, "name": pl.String, "parent_id": pl.String, "taxonomy_id": pl.String}


def terms(*rows: tuple[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([(uid, uid, uid, parent, "vocabulary") for uid, parent in rows], schema=TERM, orient="row")


def part(*used: str, **ids: list[str]) -> Mapping:
    """What a block tells: terms that it uses, and ids by table."""
    attributes = [(f"{one} used", one) for one in used]
    return tell_part(
        {
            "attribute": pl.DataFrame(
                attributes, schema=dict.fromkeys(("id", "taxonomy_term_id"), pl.String), orient="row"
            ),
            "taxonomy_term": terms(("a", None), ("b", "a"), ("c", "b"), ("d", None)),
            "taxonomy": pl.DataFrame({"id": ["vocabulary"], "name": ["Vocabulary"]}),
            **{name: pl.DataFrame({"id": own}, schema={"id": pl.String}) for name, own in ids.items()},
        }
    )


def test_terms_that_no_block_uses_are_not_written():
    """A licensed list would leave with every export."""
    shared = shared_tables([part("a"), part(), part("d", "a")])
    assert shared["taxonomy_term"]["id"].to_list() == ["a", "d"]
    assert shared["taxonomy"]["id"].to_list() == ["vocabulary"]


def test_a_broader_term_that_is_not_written_is_not_named():
    """The receiver would refuse the package for a reference to nothing."""
    shared = shared_tables([part("c"), part("b")])
    assert shared["taxonomy_term"].select("id", "parent_id").rows() == [("b", None), ("c", "b")]
    alone = used_terms(terms(("a", None), ("b", "a")), pl.Series(["b"]))
    assert alone.select("id", "parent_id").rows() == [("b", None)]


def test_nested_json_names_no_broader_term_that_is_not_written(tmp_path):
    """The same directory would say something else in blocks than whole."""
    told = [part("c"), part("c", "b")]
    assert unnamed_parents(told) == ["a"]
    lines = (
        '{"taxonomy_term":{"id":"b","name":"b: \\"parent_id\\"","parent_id":"a"}}\n'
        '{"taxonomy_term":{"id":"c","name":"é","parent_id":"b"}}\n'
    )
    parts = [tmp_path / "0", tmp_path / "1"]
    for folder in (*parts, tmp_path / "all"):
        folder.mkdir()
    for folder in parts:
        (folder / "services.jsonl").write_text(lines, encoding="utf-8", newline="")
    join_json(
        tmp_path / "all",
        parts,
        unnamed=unnamed_parents(told),
        version="3.1",
        parameters=ExportParameters(profile=False),
    )
    assert (tmp_path / "all" / "services.jsonl").read_bytes() == 2 * lines.replace(',"parent_id":"a"', "").encode()


def test_without_any_term_no_vocabulary_is_written():
    shared = shared_tables([part(), part()])
    assert shared["taxonomy_term"].is_empty()
    assert shared["taxonomy"].is_empty()
    assert shared["taxonomy_term"].columns == list(TERM)


def test_ids_that_stand_in_two_blocks_are_an_error():
    """The receiver would write one record over the other."""
    parts = [part(service=["1", "2", "3"], phone=["7"]), part(service=["3", "4", "1"], phone=[]), part(phone=["8"])]
    (fault,) = repeated_ids(parts)
    assert (fault.table, fault.column, fault.check, fault.count, fault.rule_id) == (
        "service",
        "id",
        "unique",
        4,
        "EXP-002",
    )


def test_the_same_id_in_two_tables_and_terms_of_all_blocks_are_no_error():
    """No export of two blocks could be written."""
    assert repeated_ids([part("a", service=["1"]), part("b", phone=["1"])]) == []
    assert repeated_ids([part()]) == repeated_ids([]) == []


def test_what_stands_twice_within_a_block_is_counted_by_the_block():
    """An error would be told with more rows than there are."""
    assert repeated_ids([part(service=["1", "1", "2"]), part(service=["3"])]) == []
    (fault,) = repeated_ids([part(service=["1", "1", "2"]), part(service=["1", "2"])])
    assert fault.count == 3


def test_counts_of_blocks_and_of_ids_across_make_the_count_of_the_whole(small):
    """A refused export would tell another number than the same directory in one block."""
    package = small.export(small.rows())
    once = {name: frame.head(1) for name, frame in package.tables.items()}
    whole = {
        name: pl.concat([frame, once[name]]) if name == "phone" else frame for name, frame in package.tables.items()
    }

    def repeated(tables):
        return sum(fault.count for fault in check_package(tables, version="3.1").errors if fault.check == "unique")

    assert repeated(whole) == 2
    parts = [
        tell_part(package.tables),
        tell_part({**{name: frame.clear() for name, frame in once.items()}, "phone": once["phone"]}),
    ]
    assert sum(fault.count for fault in repeated_ids(parts)) == 2


@pytest.fixture
def folders(small, tmp_path):
    """Folders of two blocks with all files that a block writes; the second has an agency alone."""
    other = small.rows()
    for rows in other.values():
        rows.clear()
    other["agency"].append(small.record("agency", "6", name='Open, "House"', description="Two\nlines."))
    for number, rows in enumerate((small.rows(), other)):
        folder = tmp_path / f"part{number}"
        folder.mkdir()
        small.export(rows, parameters=ExportParameters(parquet=True)).write_files(folder)
    return [tmp_path / "part0", tmp_path / "part1"]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("wished", [{}, {"parquet": True}, {"archive": True}, {"parquet": True, "archive": True}])
def test_files_of_blocks_are_put_together(folders, tmp_path, wished):
    """A receiver would miss the tables of a block, or read its headings as records."""
    shared = {"taxonomy": pl.DataFrame({"id": ["t"]}), "taxonomy_term": terms(("a", None))}
    descriptor = json.loads((folders[0] / "datapackage.json").read_bytes())
    whole = tmp_path / "whole"
    whole.mkdir()
    join_tables(whole, folders, shared=shared, version="3.1", parameters=ExportParameters(**wished))
    agencies = rows_of(whole / "organizations.csv")
    assert [row["name"] for row in agencies] == ["Prairie Harbor Family Center", 'Open, "House"']
    assert agencies[1]["description"] == "Two\nlines."
    assert len(rows_of(whole / "locations.csv")) == 2
    assert [row["id"] for row in rows_of(whole / "taxonomy_terms.csv")] == ["a"]
    assert json.loads((whole / "datapackage.json").read_bytes()) == descriptor
    assert (whole / "parquet").is_dir() == wished.get("parquet", False)
    assert (whole / "hsds.zip").is_file() == wished.get("archive", False)
    if "parquet" in wished:
        assert_frame_equal(
            pl.read_parquet(whole / "parquet" / "organizations.parquet"),
            pl.read_csv(whole / "organizations.csv", infer_schema=False),
        )
        assert pl.read_parquet(whole / "parquet" / "taxonomy_terms.parquet")["id"].to_list() == ["a"]
        tables = {path.stem for path in whole.glob("*.csv")}
        assert {path.stem for path in (whole / "parquet").iterdir()} == tables
    if "archive" in wished:
        with zipfile.ZipFile(whole / "hsds.zip") as archive:
            names = archive.namelist()
            assert sorted(names) == sorted(path.name for path in whole.iterdir() if path.suffix in (".csv", ".json"))
            assert [archive.read(name) == (whole / name).read_bytes() for name in names] == [True] * len(names)
