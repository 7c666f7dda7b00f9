"""How long each stage took and how much memory the run used. Seconds are told, never asserted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil


class Stopwatch:
    """Adds up seconds per stage and tells each stage as it ends.

    Args:
        tell: Gets one line per finished stage.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._start = time.perf_counter()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to the stage."""
        begin = time.perf_counter()
        yield
        spent = time.perf_counter() - begin
        self._seconds[name] = self._seconds.get(name, 0.0) + spent
        self._tell(f"{name:<10} {spent:6.2f} s")

    def seconds(self) -> dict[str, float]:
        """Return seconds per stage, and `total` since the watch was made."""
        return {**self._seconds, "total": time.perf_counter() - self._start}


def peak_memory_mb() -> float:
    """Return the highest memory use of this process so far, in megabytes (10^6 bytes)."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
