"""Memory of a measured process, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path


def memory_mb(name: str) -> int | None:
    """Return a figure of the process in MB, such as `VmRSS` or `VmHWM`; None where the system does not tell it this way."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = re.search(rf"{name}:\s+(\d+) kB", status.read_text(encoding="ascii"))
    return int(found.group(1)) // 1024 if found else None


def forget_peak() -> None:
    """Let `VmHWM` start anew, so that what was loaded before is not measured."""
    refs = Path("/proc/self/clear_refs")
    if refs.exists():
        refs.write_text("5", encoding="ascii")
