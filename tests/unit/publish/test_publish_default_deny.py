"""Default deny: a column leaves only when somebody has decided that it may."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import polars as pl
import pytest

from pipeline.publish import airs, hsds, hsds_json_package, ndp
from pipeline.publish.public_directory import PublicDirectory, columns_read, make_public
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.public_columns import internal_columns, public_tables
from schemas.quality import Finding
from tests.property.test_publish_laws import AS_OF

RECORDS = ("agency", "site", "service", "service_at_site")


@pytest.mark.parametrize("table", [name for name in CORE_TABLES if name != "translation"])
def test_every_column_is_decided_about(table):
    """A new column would be forgotten, or would slip out."""
    shared = internal_columns()["record" if table in RECORDS else "owned"]
    decided = {*public_tables()[table].columns, *shared, *internal_columns().get(table, ())}
    undecided = [column for column in schema_of(CORE_TABLES[table]) if column not in decided]
    assert not undecided, f"say in schemas/public_columns.toml whether {', '.join(undecided)} of {table} may leave"


@pytest.mark.parametrize("table", list(public_tables()))
def test_no_column_is_both_public_and_internal(table):
    shared = internal_columns()["record" if table in RECORDS else "owned"]
    internal = {*shared, *internal_columns().get(table, ())} - {"origin"}
    assert internal.isdisjoint(public_tables()[table].columns)


def public_of(directory: Directory):
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=AS_OF,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
    )


def test_unknown_column_stays(small):
    """Tomorrow's column of the directory software would be in the statewide directory the same night."""
    directory = small.directory(small.rows())
    odd = Directory(
        **{name: table.with_columns(pl.lit("secret").alias("new_column")) for name, table in directory.tables().items()}
    )
    assert all("new_column" not in frame.columns for frame in public_of(odd).tables().values())


def test_columns_that_are_read_are_enough(small):
    """An export that reads less would decide otherwise."""
    directory = small.directory(small.rows())
    part = Directory(
        **{
            name: table.select(columns_read()[name]) if name in columns_read() else table
            for name, table in directory.tables().items()
        }
    )
    whole, less = public_of(directory), public_of(part)
    assert whole.removed == less.removed
    for name, frame in whole.tables().items():
        assert frame.equals(less.tables()[name]), name


@pytest.mark.parametrize(
    "package", [hsds.package_hsds, hsds_json_package.package_hsds_json, airs.package_airs, ndp.package_ndp]
)
def test_every_package_is_made_from_what_may_leave(package):
    """A format that reads the whole directory would have to decide everything again, and forget something."""
    first, *others = inspect.signature(package, eval_str=True).parameters.values()
    assert first.annotation is PublicDirectory
    assert all(parameter.annotation is not Directory for parameter in others)


#: Parts of the package builders that make a `PublicDirectory` themselves, for callers who have a directory.
_MAKERS = {"hsds.py"}


def test_no_part_of_a_format_knows_the_whole_directory():
    """One import would be enough to let a column out that nobody decided about."""
    folder = Path(hsds.__file__).parent
    parts = [
        path
        for path in sorted(folder.glob("*.py"))
        if path.name.startswith(("airs", "hsds", "ndp", "languages", "losses"))
    ]
    assert len(parts) > 40
    knowing = set()
    for path in parts:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in (
                "schemas.directory",
                "pipeline.publish.collect_private",
            ):
                knowing.add(path.name)
    assert knowing == _MAKERS
