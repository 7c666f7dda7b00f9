"""`resdir synthesize`: an invented directory with the truth beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.cli.terminal import Common, show, show_json
from pipeline.synthesize.synthesize import synthesize as write_directories
from schemas.errors import UsageError

#: Day the invented data speaks of when none is given: fixed, so that the same call gives the same files on any day.
DEFAULT_DAY = date(2026, 11, 20)


def synthesize(
    *,
    agencies: int,
    output: Path,
    seed: str = "1",
    centers: int = 1,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write a realistic invented directory in the iCarol and HSDS layouts, with planted faults and duplicates and their truth.

    Args:
        agencies: Agencies per center.
        output: Folder to write; must be new or empty.
        seed: The same seed gives the same files.
        centers: Centers to invent, in the iCarol and HSDS layouts by turns.
        common: What every command takes; --as-of is the day the data speaks of.
    """
    if agencies < 1 or centers < 1:
        raise UsageError("There is nothing to invent.", advice="Give --agencies and --centers of at least 1.")
    if output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} is not empty.", advice="Name a new folder.")
    written = write_directories(
        agencies=agencies, seed=seed, output=output, centers=centers, as_of=common.as_of or DEFAULT_DAY
    )
    if common.json:
        show_json(
            {
                "output": str(output),
                "centers": [{"center_id": one.center_id, "path": str(one.path)} for one in written.centers],
                "truth": str(written.truth),
                "faults": written.faults,
                "pairs": written.pairs,
            }
        )
        return 0
    for one in written.centers:
        show(f"{one.center_id}: {one.path}")
    show(f"The truth ({written.faults:,} planted faults, {sum(written.pairs.values()):,} known pairs): {written.truth}")
    return 0
