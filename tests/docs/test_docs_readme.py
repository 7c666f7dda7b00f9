"""The commands a newcomer copies from the README work."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from flows.cli import run
from tests.sample_nights import sample_nights

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if line.startswith(".venv/bin/resdir")
]
QUESTIONS = [command for command in COMMANDS if " nightly " not in command]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_data):
    """What `make nightly` leaves behind, a copy."""
    nights = sample_nights(tmp_path_factory, sample_data)
    return Path(shutil.copytree(nights[0].root, tmp_path_factory.mktemp("readme") / "workspace"))


def test_there_are_commands_to_try():
    """An empty list would make the next test say yes to anything."""
    assert len(QUESTIONS) >= 5


@pytest.mark.parametrize("command", QUESTIONS)
def test_a_command_of_the_readme_works(command, workspace, capsys, tmp_path, monkeypatch):
    """The first command that fails is the last one a newcomer tries."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)[1:]
    assert run([*words, "--workspace", str(workspace)]) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("target", re.findall(r"`?make ([a-z]+)`?", README))
def test_a_make_target_of_the_readme_exists(target):
    """A target that is gone would stop the reader at the first line."""
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
