"""What of a directory is looked at: handing over less must change nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.match.agencies import match_agencies
from pipeline.match.columns import MATCH_COLUMNS, compared_columns
from pipeline.match.directory_entities import entities_of_directory
from pipeline.normalize.directory import normalize_delivery
from pipeline.synthesize.synthesize import synthesize
from schemas.directory import Directory
from schemas.match_parameters import MatchParameters
from schemas.parameters import IngestParameters, NormalizeParameters

PARAMETERS = MatchParameters()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    """An invented directory with duplicates, branches, sponsors and private places."""
    folder: Path = tmp_path_factory.mktemp("invented")
    (center,) = synthesize(agencies=150, seed="columns", output=folder, as_of=date(2026, 11, 20)).centers
    delivered = read_export(center.path, center_id=center.center_id, parameters=IngestParameters(settle_seconds=0))
    return normalize_delivery(delivered, parameters=NormalizeParameters()).directory


def test_named_columns_are_enough(directory: Directory) -> None:
    """Otherwise whoever loads the named columns alone gets other duplicates than the night does."""
    whole = match_agencies(directory, parameters=PARAMETERS)
    part = match_agencies(compared_columns(directory), parameters=PARAMETERS)
    assert whole.pairs.height > 0
    assert whole.clusters.height > 0
    for found in ("pairs", "reasons", "clusters", "blocks"):
        assert getattr(part, found).equals(getattr(whole, found)), found
    assert (part.entity_count, part.candidate_count) == (whole.entity_count, whole.candidate_count)


@pytest.mark.parametrize("table", list(MATCH_COLUMNS))
def test_no_column_is_named_for_nothing(directory: Directory, table: str) -> None:
    """Otherwise columns are loaded and held that nobody looks at."""
    part = compared_columns(directory)
    for column in MATCH_COLUMNS[table]:
        without = dataclasses.replace(part, **{table: getattr(part, table).drop(column)})
        with pytest.raises(pl.exceptions.ColumnNotFoundError, match=column):
            entities_of_directory(without, parameters=PARAMETERS)


@pytest.mark.parametrize("order", [lambda rows: rows.reverse(), lambda rows: rows.sort("record_uid", descending=True)])
def test_order_of_rows_changes_nothing(directory: Directory, order: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Otherwise the same export written in another order gives other reasons or groups."""
    turned = Directory(**{name: order(table) for name, table in directory.tables().items()})
    first, other = (match_agencies(one, parameters=PARAMETERS) for one in (directory, turned))
    for found in ("pairs", "reasons", "clusters", "blocks"):
        assert getattr(other, found).equals(getattr(first, found)), found
