"""From the frames of a night to the rows that are stored."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version

import polars as pl

from flows.freshness_facts import forecast_measures, queue_measures
from flows.night_facts import NightFrames
from flows.night_plan import NightPlan
from pipeline.measure.freshness_cases import HEADLINE
from pipeline.publish.night_json import night_json
from schemas.contract import conform
from schemas.control import Carried, InputFileRow, LayoutNote, Run, RunInput
from schemas.core import CORE_TABLES
from schemas.delivered import Delivered
from schemas.history import FieldChange, RekeyedInRun, SignalInRun
from schemas.measures import StoredMeasure
from schemas.night import NightFacts
from schemas.raw import RawHeader, RawReject, RawRow

#: Record kinds counted per run.
_KINDS = ("agency", "site", "service", "service_at_site")


def night_tables(plan: NightPlan, frames: NightFrames, facts: NightFacts) -> dict[str, pl.DataFrame]:
    """Return the stored tables of a night by qualified name.

    Tables that belong to a center's export hold the centers read tonight; computed tables hold all centers.
    """
    read = pl.col("center_id").is_in(plan.centers)
    core = {f"core.{name}": frames.directory.tables()[name].filter(read) for name in CORE_TABLES}
    return {
        **_control(plan, frames, facts),
        "raw.header": _stack(RawHeader, [one.raw_header for one in frames.delivered]),
        "raw.row": _stack(RawRow, [one.raw_row for one in frames.delivered]),
        "raw.reject": _stack(RawReject, [one.raw_reject for one in frames.delivered]),
        **core,
        "quality.note": frames.notes.filter(read),
        "quality.finding": frames.tracked,
        "quality.finding_event": frames.events,
        "quality.not_applicable": frames.validation.not_applicable,
        "history.field_change": of_run(plan, frames.compared.changes, FieldChange),
        "history.rekeyed": of_run(plan, frames.compared.rekeyed, RekeyedInRun),
        "history.signal": of_run(plan, frames.compared.signals, SignalInRun),
        "history.verification": frames.compared.verifications,
        "matching.block": frames.matches.blocks,
        "matching.scored_pair": frames.matches.pairs,
        "matching.pair_reason": frames.matches.reasons,
        "matching.cluster": frames.clusters.cluster,
        "matching.cluster_alias": frames.clusters.alias,
        "matching.pair_state": frames.pair_states,
        "matching.merge_member": frames.plans.member,
        "matching.merged_value": frames.plans.value,
        "matching.merge_step": frames.plans.step,
        "auditing.draw": frames.draws.draw,
        "auditing.draw_item": frames.draws.items,
        "auditing.stratum": frames.draws.strata,
        "auditing.automatic_score": frames.draws.automatic,
        "auditing.answer": frames.audits.answers,
        "auditing.score": frames.audits.scores,
        "auditing.result": frames.audits.result_table(),
        "measure.measure": _measures(plan, frames),
    }


def gated_tables(plan: NightPlan, facts: NightFacts) -> dict[str, pl.DataFrame]:
    """Return the stored tables of a night that a gate stopped: that it was, and why."""
    return {"control.run": _run(plan, facts)}


def _run(plan: NightPlan, facts: NightFacts) -> pl.DataFrame:
    run = pl.DataFrame(
        {
            "run_id": [plan.run_id],
            "started_at": [plan.started_at.replace(tzinfo=None)],
            "as_of": [plan.as_of],
            "status": [facts.status],
            "program_version": [version("resdir")],
            "settings": [plan.resolved.settings.model_dump_json()],
            "night": [json.dumps(night_json(facts), ensure_ascii=False)],
        }
    )
    return conform(run, Run)


def _control(plan: NightPlan, frames: NightFrames, facts: NightFacts) -> dict[str, pl.DataFrame]:
    kinds = {one.center_id: one.delivered for one in facts.centers}
    inputs = pl.DataFrame(
        [
            {
                "run_id": plan.run_id,
                "center_id": one.center_id,
                "format_name": one.format_name,
                "format_version": one.format_version,
                "delivery": path.path.name,
                "input_sha256": one.input_sha256,
                "rows_read": one.rows_read,
                "rows_rejected": one.rows_rejected,
                "added": frames.changes[one.center_id].added,
                "changed": frames.changes[one.center_id].changed,
                "removed": frames.changes[one.center_id].removed,
                "rekeyed": frames.changes[one.center_id].rekeyed,
                "header_sha256": _hash_header(one),
                **{f"{kind}_count": kinds[one.center_id].get(kind, 0) for kind in _KINDS},
            }
            for one, path in zip(frames.delivered, plan.deliveries, strict=True)
        ]
    )
    files = pl.DataFrame(
        [
            {
                "run_id": plan.run_id,
                "center_id": one.center_id,
                "name": file.name,
                "sha256": file.sha256,
                "bytes_count": file.bytes_count,
                "encoding": file.encoding,
                "newline": file.newline,
                "separator": file.separator,
                "rows_read": file.rows_read,
                "rows_rejected": file.rows_rejected,
                "rows_blank": file.rows_blank,
            }
            for one in frames.delivered
            for file in one.files
        ]
    )
    carried = pl.DataFrame(
        [{"center_id": one.center_id, "item": item} for one in frames.delivered for item in sorted(one.carried)],
        schema={"center_id": pl.String, "item": pl.String},
    )
    remarks = pl.DataFrame(
        [
            {"center_id": one.center_id, "remark": text, "remark_kind": kind}
            for one in frames.delivered
            for kind, texts in (
                ("warning", frames.drift[one.center_id].warnings),
                ("notice", (*one.notices, *frames.drift[one.center_id].notices)),
                ("unmapped_column", one.unmapped_columns),
            )
            for text in texts
        ],
        schema={"center_id": pl.String, "remark": pl.String, "remark_kind": pl.String},
    )
    return {
        "control.run": _run(plan, facts),
        "control.filled_cells": pl.concat(list(frames.filled.values())),
        "control.run_input": conform(inputs, RunInput),
        "control.input_file": conform(files, InputFileRow),
        "control.carried": conform(carried, Carried),
        "control.layout_note": conform(remarks, LayoutNote),
    }


def _hash_header(one: Delivered) -> str:
    # A single table comes under a new file name every night; its name says nothing.
    is_flat = len(one.files) == 1
    names = one.raw_header.sort("source_file", "position").select("source_file", "column_written").rows()
    text = "".join(f"{'' if is_flat else file}\x1f{name}\n" for file, name in names)
    return hashlib.sha256(text.encode()).hexdigest()


def _stack(model: type[RawHeader] | type[RawRow] | type[RawReject], frames: list[pl.DataFrame]) -> pl.DataFrame:
    return conform(pl.concat(frames), model)


def of_run(
    plan: NightPlan, rows: pl.DataFrame, model: type[FieldChange] | type[RekeyedInRun] | type[SignalInRun]
) -> pl.DataFrame:
    """Return rows of tonight with the run and its day, as they are stored."""
    return conform(rows.with_columns(run_id=pl.lit(plan.run_id), as_of=pl.lit(plan.as_of)), model)


def _measures(plan: NightPlan, frames: NightFrames) -> pl.DataFrame:
    figures = pl.concat(
        [
            frames.freshness.figures,
            forecast_measures(frames.forecast, measure=HEADLINE, center_id=None),
            queue_measures(frames.work, as_of=plan.as_of),
            frames.staffing.figures(as_of=plan.as_of),
        ]
    )
    return conform(figures.with_columns(run_id=pl.lit(plan.run_id)), StoredMeasure)
