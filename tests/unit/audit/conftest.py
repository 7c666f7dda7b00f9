"""Builders of small directories and audit frames."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from schemas.directory import Directory
from tests.bundles import directory_of_rows


@pytest.fixture(scope="session")
def directory_of() -> Callable[..., Directory]:
    """Return a function that builds a directory: one list of rows per table, only what matters to the test given."""
    return directory_of_rows


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., pl.DataFrame]:
    """Return a function that builds an audit frame of the ids given."""

    def build(ids: list[str], center_id: str = "c1") -> pl.DataFrame:
        return pl.DataFrame(
            {
                "center_id": [center_id] * len(ids),
                "record_uid": ids,
                "native_id": [f"n{uid}" for uid in ids],
                "name": [f"Agency {uid}" for uid in ids],
            },
            schema=dict.fromkeys(("center_id", "record_uid", "native_id", "name"), pl.String),
        )

    return build
