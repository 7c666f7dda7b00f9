"""Getting Prefect ready: its folder, its silence towards the outside, its log file.

Must be called before Prefect is imported, because it reads its settings on import. Environment variables that the user has set
win.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: What a run without a server started by hand needs. Measured: the first flow in a fresh home takes 14 s of migrations, more on
#: a busy machine, and Prefect's own limit is 20 s.
DEFAULTS: dict[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_COLORS": "false",
}


def prepare_prefect(logs: Path, *, to_file: bool = True) -> None:
    """Set Prefect's environment.

    Args:
        logs: Folder for Prefect's state and log.
        to_file: Whether Prefect's messages go to the log file `prefect/prefect.log` instead of the screen.
    """
    environment = os.environ  # noqa: TID251 - Prefect is configured by the environment alone
    home = Path(environment.setdefault("PREFECT_HOME", str((logs / "prefect").resolve())))
    home.mkdir(parents=True, exist_ok=True)
    for name, text in DEFAULTS.items():
        environment.setdefault(name, text)
    if to_file:
        environment.setdefault("PREFECT_LOGGING_SETTINGS_PATH", str(Path(__file__).with_name("prefect_logging.yml")))


def leave_quietly() -> None:
    """Send what is printed to stderr from now on to Prefect's log file; to be called when all is said.

    Prefect's temporary server, its event threads and extension modules may write tracebacks and leak reports while the
    interpreter goes down, after all work is done and the exit code is decided; they would frighten a person and mean nothing.
    """
    home = os.environ.get("PREFECT_HOME")  # noqa: TID251 - set by `prepare_prefect`
    if home is None:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        descriptor = os.open(Path(home) / "prefect.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    except OSError:
        return
    os.dup2(descriptor, 2)
