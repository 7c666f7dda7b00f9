"""Builders of small directories."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.directory import Directory
from tests.bundles import directory_of_rows


@pytest.fixture(scope="session")
def directory_of() -> Callable[..., Directory]:
    """Return a function that builds a directory: one list of rows per table, only what matters to the test given."""
    return directory_of_rows
