"""What all tests share: the fixed day, and the real exports where they are present."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.synthesize.sample import write_sample

# The same examples on every run, so that a change fails its own tests and nobody else's. `make explore` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("same")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def as_of() -> date:
    """The day all invented data speaks of."""
    return date(2026, 11, 20)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports and official schemas beside the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real exports are kept beside the project and are not here")
    return SHARED


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make golden` write the golden results anew."""
    parser.addoption("--write-golden", action="store_true", help="write tests/golden/*.json and *.csv again")


#: Folders of tests that run whole nights; each of their files takes longer than most others.
WHOLE_NIGHTS = ("tests/flows/", "tests/unit/flows/", "tests/unit/cli/", "tests/golden/", "tests/browser/")

#: Other files that take seven seconds or more: laws tried on many examples, exports of real directories, every rule on all data.
LONG = (
    "tests/property/",
    "tests/unit/audit/test_audit_damaged_worksheets",
    "tests/unit/ingest/test_ingest_dialects_",
    "tests/unit/publish/test_publish_airs",
    "tests/unit/publish/test_publish_hsds_json",
    "tests/unit/publish/test_publish_ndp",
    "tests/unit/publish/test_publish_real_exports",
    "tests/unit/store/test_store_recover",
    "tests/unit/validate/test_validate_private_passages",
    "tests/unit/validate/test_validate_real",
    "tests/unit/validate/test_validate_rules",
    "tests/unit/validate/test_validate_whole_catalogue",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files come first, those that start Prefect before all: none is left for the end, when others have nothing to do.

    The order among the long and among the short ones stays as it was drawn.
    """

    def place(item: pytest.Item) -> int:
        if item.get_closest_marker("flow"):
            return 0
        if item.nodeid.startswith(WHOLE_NIGHTS):
            return 1
        return 2 if item.nodeid.startswith(LONG) else 3

    items.sort(key=place)


#: The invented directories. The larger one is not kept in the project: it is made by the generator, the same every time.
SAMPLE_DATA = Path(__file__).resolve().parents[1] / "sample_data"


def pytest_configure(config: pytest.Config) -> None:
    """Make the part of the sample that is not kept, before any worker looks for it."""
    if not hasattr(config, "workerinput") and not (SAMPLE_DATA / "prairie211").is_dir():
        write_sample(SAMPLE_DATA)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The invented directories that come with the project."""
    return SAMPLE_DATA


@pytest.fixture(scope="session", autouse=True)
def no_waiting() -> Iterator[None]:
    """Tests write their exports a moment before they are read: nothing is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.ingest.settle.sleep", lambda _: None)
        yield
