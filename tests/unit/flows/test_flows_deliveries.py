"""Which export is read tonight."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.deliveries import plan_deliveries
from flows.settings import load_settings
from schemas.errors import InputError, UsageError


@pytest.fixture
def settings(tmp_path):
    def make(text: str = ""):
        path = tmp_path / "curation.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path)

    return make


def plan(resolved, *exports: Path, center=None, format_name="auto"):
    return plan_deliveries(exports, center=center, format_name=format_name, resolved=resolved)


def test_newest_dated_export_is_taken(tmp_path, settings):
    """Exports arrive in dated folders; tonight's is the last by name."""
    for day in ("2026-11-19", "2026-11-20", "2026-10-31"):
        (tmp_path / "in" / day).mkdir(parents=True)
        (tmp_path / "in" / day / "resources.csv").write_text("x", encoding="utf-8")
    resolved = settings('[[centers]]\nid = "east"\nexport = "in/*/resources.csv"\n')
    (delivery,) = plan(resolved)
    assert delivery.path == tmp_path / "in" / "2026-11-20" / "resources.csv"
    assert (delivery.center_id, delivery.format_name) == ("east", "auto")


def test_a_named_file_needs_its_center(tmp_path, settings):
    """The center becomes part of every id: guessing it would give a whole directory new ids."""
    export = tmp_path / "a.csv"
    export.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="Whose export"):
        plan(settings(), export)
    assert plan(settings(), export, center="east")[0].center_id == "east"
    assert plan(settings('[[centers]]\nid = "only"\n'), export)[0].center_id == "only"


def test_format_of_the_settings_holds_for_a_named_file(tmp_path, settings):
    """A center's mapping file counts for an export named by hand too, unless the command says otherwise."""
    export = tmp_path / "a.csv"
    export.write_text("x", encoding="utf-8")
    resolved = settings('[[centers]]\nid = "east"\nformat = "own.toml"\n')
    assert plan(resolved, export, center="east")[0].format_name == str(tmp_path / "own.toml")
    assert plan(resolved, export, center="east", format_name="icarol")[0].format_name == "icarol"


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"center": "nobody"}, UsageError, "no center nobody"),
        ({}, UsageError, "no export to read"),
        ({"exports": ["gone.csv"], "center": "east"}, InputError, "no file or folder"),
        ({"exports": ["a.csv", "b.csv"], "center": "east"}, UsageError, "one export"),
        ({"exports": ["a.csv"], "center": "East Side"}, UsageError, "small letters"),
    ],
)
def test_mistakes_are_told(tmp_path, settings, arguments, error, told):
    """Each wrong call must say what to write instead."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    exports = [tmp_path / name for name in arguments.get("exports", [])]
    with pytest.raises(error, match=told):
        plan(settings(), *exports, center=arguments.get("center"))


def test_an_export_that_did_not_arrive_is_named(settings):
    """At 8 a.m. a curator must read which center's file is missing."""
    with pytest.raises(InputError, match=r"east matches in/\*\.csv"):
        plan(settings('[[centers]]\nid = "east"\nexport = "in/*.csv"\n'))
    with pytest.raises(InputError, match="export of east is not at"):
        plan(settings('[[centers]]\nid = "east"\nexport = "in/a.csv"\n'))
