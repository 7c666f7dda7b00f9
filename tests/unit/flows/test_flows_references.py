"""The reference tables that the settings point to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli.doctor import examine
from flows.cli.terminal import Common
from flows.references import load_references
from flows.settings import load_settings
from schemas.errors import InputError


def _settings(folder: Path, text: str) -> Path:
    path = folder / "curation.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_found_beside_the_settings(tmp_path: Path) -> None:
    """If this fails, a relative path means another file for every folder the program is started in."""
    (tmp_path / "places.csv").write_text("zip,state,county\n62701,IL,Sangamon\n", encoding="utf-8")
    config = _settings(tmp_path, '[normalize]\nzip_reference = "places.csv"\n')
    zips = load_references(load_settings(config)).zips
    assert zips is not None
    assert zips["county"].to_list() == ["Sangamon"]
    found = {check.check: check for check in examine(Common(config=config))}["ZIP reference"]
    assert (found.state, found.found.split(" in ")[0]) == ("ok", "1 ZIP codes")


def test_without_a_table_there_is_none(tmp_path: Path) -> None:
    """If this fails, centers without a table cannot run."""
    config = _settings(tmp_path, "")
    assert load_references(load_settings(config)).zips is None
    assert {check.check: check.state for check in examine(Common(config=config))}["ZIP reference"] == "ok"


def test_a_missing_table_is_a_problem_for_doctor(tmp_path: Path) -> None:
    """If this fails, the night stops over a path that nobody was told about."""
    config = _settings(tmp_path, '[normalize]\nzip_reference = "gone.csv"\n')
    found = {check.check: check for check in examine(Common(config=config))}["ZIP reference"]
    assert found.state == "problem"
    assert "gone.csv" in found.found


def test_one_table_serves_all_centers(tmp_path: Path) -> None:
    """If this fails, a table named for one center is silently not used."""
    config = _settings(tmp_path, '[[centers]]\nid = "demo"\n[centers.normalize]\nzip_reference = "own.csv"\n')
    with pytest.raises(InputError, match="of its own"):
        load_references(load_settings(config))
