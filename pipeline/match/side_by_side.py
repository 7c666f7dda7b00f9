"""Two independent steps at once: most of their time is spent outside of Python, where two cores can be used."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Other = TypeVar("Other")


def side_by_side(first: Callable[[], First], other: Callable[[], Other]) -> tuple[First, Other]:
    """Run both and return what both return; an error of either is raised when both have ended. Neither may look at what the other does."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(other)
        return first(), running.result()
