"""`resdir report`: the report of the last published night."""

from __future__ import annotations

from pathlib import Path

from flows.cli.terminal import Common, show, show_json
from pipeline.store.snapshot import read_pointer
from schemas.errors import InputError, UsageError


def report(
    *,
    output: Path,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Copy the report of the last published night to a file of its own.

    Args:
        output: The .html file to write.
        common: What every command takes.
    """
    if output.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"{output}: only .html can be written.", advice="Name it like report.html.")
    place = common.place(common.resolve())
    pointer = read_pointer(place)
    if pointer is None:
        raise InputError(f"Nothing was published yet in {place.root}.", advice="Run `resdir nightly` first.")
    source = place.reports / f"night_{pointer.as_of}.html"
    if not source.is_file():
        raise InputError(
            f"The night of {pointer.as_of} left no report at {source}.",
            advice="Run `resdir nightly` again with [run] report = true.",
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.name}.tmp")
    unfinished.write_bytes(source.read_bytes())
    unfinished.replace(output)
    if common.json:
        show_json({"path": str(output), "run_id": pointer.run_id, "as_of": pointer.as_of.isoformat()})
    else:
        show(f"Report of the night of {pointer.as_of} written to {output}.")
    return 0
