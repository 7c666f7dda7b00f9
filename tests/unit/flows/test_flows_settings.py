"""Settings: where they come from, who wins, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from flows.settings import load_settings
from schemas.errors import InputError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(tmp_path, text: str):
    path = tmp_path / "curation.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_without_a_file(tmp_path):
    """A new user needs no settings file."""
    resolved = load_settings(None)
    assert resolved.source is None
    assert resolved.workspace_root == tmp_path / "workspace"
    assert resolved.settings.freshness.window_months == 12


def test_file_of_the_present_folder_is_found(tmp_path):
    """`curation.toml` in the present folder counts without being named."""
    write(tmp_path, "[freshness]\nwindow_months = 6\n")
    assert load_settings(None).settings.freshness.window_months == 6


def test_environment_wins_over_file_and_option_over_both(tmp_path, monkeypatch):
    """Defaults < file < environment < options, as promised to scripts."""
    config = write(tmp_path, '[workspace]\ndirectory = "from-file"\nkeep_snapshots = 3\n')
    assert load_settings(config).workspace_root == tmp_path / "from-file"
    monkeypatch.setenv("RESDIR_WORKSPACE__DIRECTORY", "from-environment")
    resolved = load_settings(config)
    assert resolved.workspace_root == tmp_path / "from-environment"
    assert resolved.settings.workspace.keep_snapshots == 3
    assert load_settings(config, workspace=tmp_path / "option").workspace_root == tmp_path / "option"


def test_relative_paths_start_from_the_file(tmp_path):
    """A settings file works from wherever the command is called."""
    folder = tmp_path / "center"
    folder.mkdir()
    config = write(folder, '[workspace]\ndirectory = "kept"\n')
    assert load_settings(config).workspace_root == folder / "kept"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[freshness]\nwindow_month = 6\n", r"freshness.window_month: there is no such key \(nearest: window_months\)"),
        (
            "[freshnes]\nwindow_months = 6\n",
            r"freshnes: there is no such key \(nearest: freshness\); here stand workspace, run",
        ),
        ("[freshness]\nwindow_months = 0\n", "freshness.window_months: must be at least 1, not 0"),
        ('[freshness]\nwindow_months = "many"\n', "freshness.window_months: must be a whole number, not 'many'"),
        ('[[centers]]\nid = "a"\nexprot = "x.csv"\n', r"centers.1.exprot: there is no such key \(nearest: export\)"),
        ('[[centers]]\nname = "a"\n', "centers.1.id: is missing"),
        (
            '[[centers]]\nid = "a"\n[centers.normalize]\nblank = "x"\n',
            r"centers.1.normalize.blank: .* here stand own_owner_codes",
        ),
        ('[run]\nreport = "perhaps"\n', "run.report: must be true or false, not 'perhaps'"),
        ("run = 3\n", "run: must be a table of keys and values, not 3"),
        ('centers = "east"\n', "centers: must be a list in brackets"),
        ("[freshness\n", "not valid TOML"),
        ('[[centers]]\nid = "A B"\n', "small letters"),
        ('[[centers]]\nid = "a"\n[[centers]]\nid = "a"\n', "named twice"),
    ],
)
def test_mistakes_are_named(tmp_path, text, told):
    """A typing error must be told with its key, not become a silent default."""
    with pytest.raises(InputError, match=told) as fault:
        load_settings(write(tmp_path, text))
    assert "curation.toml" in str(fault.value)


def test_a_list_in_the_environment_is_json(monkeypatch):
    """A plain word for a list must not end in a traceback of a library."""
    monkeypatch.setenv("RESDIR_CENTERS", "east")
    with pytest.raises(InputError, match="centers") as fault:
        load_settings(None)
    assert "JSON" in (fault.value.advice or "")


def test_a_missing_file_is_named(tmp_path):
    """A wrong --config must not run with defaults."""
    with pytest.raises(InputError, match="does not exist"):
        load_settings(tmp_path / "nothing.toml")


def test_days_are_read_as_days(tmp_path):
    """TOML dates and quoted dates mean the same."""
    for text in ("as_of = 2026-11-20", 'as_of = "2026-11-20"'):
        assert load_settings(write(tmp_path, f"[run]\n{text}\n")).settings.run.as_of == date(2026, 11, 20)


def test_a_center_may_have_its_own_normalization(tmp_path):
    """One center's blank status means active; the others' does not."""
    resolved = load_settings(
        write(
            tmp_path,
            '[[centers]]\nid = "east"\n[centers.normalize]\nblank_status = "active"\n[[centers]]\nid = "west"\n',
        )
    )
    assert resolved.normalize_parameters("east").blank_status == "active"
    assert resolved.normalize_parameters("west").blank_status == "unknown"
    assert resolved.normalize_parameters("elsewhere").blank_status == "unknown"
