"""What tonight's exports are held against before anything is published: the last accepted ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.curate.drift import compare_deliveries
from pipeline.curate.gates import check_columns, check_rejects, check_totals, check_values
from pipeline.store.working import WorkingFile, read_table
from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.gating import Drift, Gate
from schemas.parameters import GateParameters


def find_gates(
    working: WorkingFile,
    delivered: Sequence[Delivered],
    *,
    directory: Directory,
    before: Directory,
    notes: pl.DataFrame,
    filled: Mapping[str, pl.DataFrame],
    parameters: GateParameters,
) -> list[Gate]:
    """Return the gates that tonight's exports trip, center by center."""
    filled_before = read_table(working, "control.filled_cells")
    gates = check_totals(directory, before=before, centers=[one.center_id for one in delivered], parameters=parameters)
    for one in delivered:
        gates += check_rejects(one, parameters=parameters)
        gates += check_columns(
            filled[one.center_id],
            before=filled_before,
            center_id=one.center_id,
            carried=one.carried,
            parameters=parameters,
        )
        gates += check_values(directory, notes=notes, center_id=one.center_id, parameters=parameters)
    return sorted(gates, key=lambda gate: gate.center_id)


def find_drift(
    working: WorkingFile,
    delivered: Sequence[Delivered],
    *,
    filled: Mapping[str, pl.DataFrame],
    parameters: GateParameters,
) -> dict[str, Drift]:
    """Return by center what changed about the export since the last accepted one."""
    headers = read_table(working, "raw.header")
    carried = read_table(working, "control.carried")
    filled_before = read_table(working, "control.filled_cells")
    files = _last_files(working)
    return {
        one.center_id: compare_deliveries(
            one,
            header_before=headers,
            files_before=files,
            carried_before=frozenset(carried.filter(pl.col("center_id") == one.center_id).get_column("item").to_list()),
            filled=filled[one.center_id],
            filled_before=filled_before,
            parameters=parameters,
        )
        for one in delivered
    }


def _last_files(working: WorkingFile) -> pl.DataFrame:
    """Return how the files of each center's last published run were read."""
    files = read_table(working, "control.input_file")
    # Run ids sort by time.
    last = files.group_by("center_id").agg(pl.col("run_id").max())
    return files.join(last, on=["center_id", "run_id"], how="semi")
