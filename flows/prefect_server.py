"""A Prefect server for as long as the schedule is served.

Prefect's temporary server runs flows but keeps no schedules, so the schedule needs a real one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import StorageError

#: Seconds until a server that does not answer is given up; 14 were measured on a fresh database, more on a busy machine.
_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.5


def address_of(port: int) -> tuple[str, bool]:
    """Return the address of the server to use, and whether it is ours to start; must be asked before Prefect is imported.

    Prefect reads `PREFECT_API_URL` once, on import.
    """
    environment = os.environ  # noqa: TID251 - Prefect is configured by the environment alone
    address = f"http://127.0.0.1:{port}"
    named = environment.setdefault("PREFECT_API_URL", f"{address}/api")
    environment.setdefault("PREFECT_SERVER_UI_API_URL", f"{address}/api")
    return named.removesuffix("/api"), named == f"{address}/api"


@contextmanager
def serving_prefect(logs: Path, *, port: int) -> Iterator[str]:
    """Give the address of a Prefect server, and make the flows of this process use it.

    `PREFECT_API_URL` wins. A server that already answers at the port is used as it is; otherwise one is started on this machine
    alone (127.0.0.1), and stopped at the end.

    Args:
        logs: Folder for the server's log.
        port: Port for a server of our own.

    Raises:
        StorageError: The server does not start.
    """
    address, is_ours = address_of(port)
    if not is_ours or _answers(address):
        yield address
        return
    log_file = logs / "prefect-server.log"
    with log_file.open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed words
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(server, address, log_file)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(server: subprocess.Popen[bytes], address: str, log_file: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        if _answers(address):
            return
        time.sleep(_POLL_SECONDS)
    raise StorageError(
        f"The Prefect server at {address} did not start.",
        advice=f"Look at {log_file}; perhaps the port is taken: try --port with another number.",
    )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:  # noqa: S310 - http on this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
