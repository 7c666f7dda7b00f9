"""The number of a record in a draw: from the seed and its own id alone, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import polars as pl

from schemas.errors import ContractError, UsageError

#: Name of the rule of `draw_numbers`; a change of the rule is a new name.
ALGORITHM = "sha256-53/1"

#: Sign between seed and id; neither holds it.
SEPARATOR = "|"

# 53 bits are what a double holds exactly.
_HEX_DIGITS, _SHIFT, _SCALE = 16, 11, float(2**53)


def draw_numbers(record_uids: pl.Series, *, seed: str) -> pl.Series:
    """Return a number in [0, 1) for every id: the first 53 bits of SHA-256 over seed, `|` and id.

    >>> draw_numbers(pl.Series(["A0004"]), seed="2026Q4").round(6).to_list()
    [0.352732]
    """
    seeded = hashlib.sha256(f"{seed}{SEPARATOR}".encode())
    numbers = []
    for record_uid in record_uids:
        digest = seeded.copy()
        digest.update(record_uid.encode())
        numbers.append((int(digest.hexdigest()[:_HEX_DIGITS], 16) >> _SHIFT) / _SCALE)
    return pl.Series("u", numbers, dtype=pl.Float64)


def require_seed(seed: str) -> None:
    """Stop when a text cannot be a seed.

    Raises:
        UsageError: It is blank or holds `|`.
    """
    if not seed.strip():
        raise UsageError("The draw needs a seed.", advice='Any text will do, such as "2026Q4".')
    if SEPARATOR in seed:
        raise UsageError(
            f"The seed {seed!r} holds the sign {SEPARATOR}, which separates seed and record in the draw.",
            advice="Choose a seed without it.",
        )


def require_distinct(frame: pl.DataFrame) -> None:
    """Stop when a frame holds a record twice, or an id that cannot be drawn with.

    Raises:
        ContractError: It does.
    """
    if frame.select("center_id", "record_uid").is_duplicated().any():
        raise ContractError("The audit frame holds a record twice.")
    if frame.get_column("record_uid").str.contains(SEPARATOR, literal=True).any():
        raise ContractError(f"The audit frame holds an id with the sign {SEPARATOR}.")


def frame_sha256(record_uids: Iterable[str]) -> str:
    """Return the SHA-256 over the sorted ids, one a line: which records could be drawn."""
    return hashlib.sha256("\n".join(sorted(record_uids)).encode()).hexdigest()
