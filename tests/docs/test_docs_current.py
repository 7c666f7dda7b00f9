"""The documentation says what the code does."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from flows.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["rules.md", "data-dictionary.md", "settings.md", "commands.md", "mapping.md"])
def test_generated_page_is_current(name):
    """A page that tells of last month's release misleads everybody: run `make docs`."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == _generator().pages()[name].rstrip() + "\n"


def test_the_example_settings_are_valid_and_complete_in_sections():
    """The example is what people start from: it must load, and show every section."""
    text = (ROOT / "curation.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    Settings(**said)
    for section in Settings.model_fields:
        assert re.search(rf"^#? ?\[+{section}[\].]", text, flags=re.MULTILINE), section


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_dependencies_name_no_index(name):
    """The lock must install from whatever index a center's network offers."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text


def test_links_between_pages_lead_somewhere():
    """A dead link in the documentation sends a reader away."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
