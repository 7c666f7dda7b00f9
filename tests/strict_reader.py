"""A strict reader of data packages that is not ours, asked about what was written."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def strict_report(folder: Path) -> Any:
    """What it reports of the data package in a folder.

    Imported here: it is slow to start, and it warns about itself and its own dependencies.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        return frictionless.validate(str(folder / "datapackage.json"))
