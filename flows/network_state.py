"""Reads the file that lists all counties of a state."""

from __future__ import annotations

import tomllib

from pydantic import ValidationError

from flows.settings import Resolved
from schemas.errors import InputError
from schemas.fault_words import keys_at, place_of, say_fault
from schemas.network import State
from schemas.network_state import StateFile


def read_state(resolved: Resolved) -> State | None:
    """Return the state that the settings name; None when they name none.

    Raises:
        InputError: The file is missing, is no TOML, or lists counties that cannot be.
    """
    named = resolved.settings.network.state
    if not named:
        return None
    path = resolved.base / named
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as fault:
        raise InputError(
            f"The state file {path} does not exist.",
            advice="Check [network] state in the settings; it is relative to the settings file.",
        ) from fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError(f"The state file {path} cannot be read as TOML: {fault}.") from fault
    try:
        return StateFile.model_validate(said).as_state()
    except ValidationError as fault:
        lines = [
            f"{place_of(error['loc'])}: {say_fault(error, keys=keys_at(StateFile, error['loc'][:-1]))}"
            for error in fault.errors()[:5]
        ]
        raise InputError(f"The state file {path}: {'; '.join(lines)}.", advice="docs/network.md shows one.") from fault
