"""Every stored table: where it lives and which contract it keeps."""

from __future__ import annotations

from schemas.auditing import Answer, AutomaticScore, Draw, DrawItem, Result, Score, Stratum
from schemas.contract import Table
from schemas.control import Carried, InputFileRow, LayoutNote, Run, RunInput
from schemas.core import CORE_TABLES
from schemas.gating import FilledCells
from schemas.history import FieldChange, RekeyedInRun, SignalInRun, Verification
from schemas.matching import BlockReport, Cluster, PairReason, ScoredPair
from schemas.measures import StoredMeasure
from schemas.merging import MergedValue, MergeMember, MergeStep
from schemas.quality import FindingEvent, NotApplicable, Note, TrackedFinding
from schemas.raw import RawHeader, RawReject, RawRow
from schemas.verdicts import ClusterAlias, PairState

#: Contract by qualified table name. Schemas name the layer.
STORED_TABLES: dict[str, type[Table]] = {
    "control.run": Run,
    "control.run_input": RunInput,
    "control.input_file": InputFileRow,
    "control.carried": Carried,
    "control.layout_note": LayoutNote,
    "control.filled_cells": FilledCells,
    "raw.header": RawHeader,
    "raw.row": RawRow,
    "raw.reject": RawReject,
    **{f"core.{name}": model for name, model in CORE_TABLES.items()},
    "quality.note": Note,
    "quality.finding": TrackedFinding,
    "quality.finding_event": FindingEvent,
    "quality.not_applicable": NotApplicable,
    "history.field_change": FieldChange,
    "history.rekeyed": RekeyedInRun,
    "history.verification": Verification,
    "history.signal": SignalInRun,
    "matching.block": BlockReport,
    "matching.scored_pair": ScoredPair,
    "matching.pair_reason": PairReason,
    "matching.cluster": Cluster,
    "matching.cluster_alias": ClusterAlias,
    "matching.pair_state": PairState,
    "matching.merge_member": MergeMember,
    "matching.merged_value": MergedValue,
    "matching.merge_step": MergeStep,
    "auditing.draw": Draw,
    "auditing.draw_item": DrawItem,
    "auditing.stratum": Stratum,
    "auditing.automatic_score": AutomaticScore,
    "auditing.answer": Answer,
    "auditing.score": Score,
    "auditing.result": Result,
    "measure.measure": StoredMeasure,
}
