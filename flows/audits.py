"""What people drew and answered in audits, read from the decision log, with what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from flows.drawn import read_draws, together
from pipeline.audit.answers import KIND, AnswerEntry, carry_answers, fold_answers
from pipeline.audit.assignment import Auditor, assign_auditors, read_auditors
from pipeline.audit.automatic import score_automatic
from pipeline.audit.draw import AuditDraw, DrawPlan, draw_sample, stratum_names
from pipeline.audit.estimate import spread_of
from pipeline.audit.faults import follow_numbers
from pipeline.audit.frame import audit_frame, mark_recent
from pipeline.audit.results import BatchResult, estimate_batch
from pipeline.audit.risk import score_risk
from pipeline.audit.scores import score_records
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from schemas.auditing import Draw, DrawItem, Result, Score
from schemas.contract import conform, empty_table
from schemas.directory import Directory
from schemas.errors import InputError, UsageError
from schemas.parameters import AuditParameters

#: Rounds of earlier audits from which the spread of a stratum is taken.
_ROUNDS_FOR_SPREAD = 2


@dataclass(frozen=True, kw_only=True)
class Audits:
    """All audits of a workspace.

    Attributes:
        draws: Every batch, of the log and of the nights.
        answers: `schemas.auditing.Answer` as recorded.
        saved_by: Who saved the file from which an auditor's answers were recorded last, by batch and folded auditor.
        parameters: Weights, bands, intervals.
    """

    draws: AuditDraw
    answers: pl.DataFrame
    saved_by: Mapping[tuple[str, str], str]
    parameters: AuditParameters

    @cached_property
    def carried(self) -> pl.DataFrame:
        """Answers with those of earlier batches that a larger one contains."""
        return carry_answers(self.answers, items=self.draws.items)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """One score per record and opinion (`schemas.auditing.Score`)."""
        if self.carried.is_empty():
            return empty_table(Score)
        return score_records(self.carried, automatic=self.draws.automatic, parameters=self.parameters)

    @cached_property
    def results(self) -> tuple[BatchResult, ...]:
        """What every batch with answers says, in the order of the draws."""
        begun = set(self.carried["batch_id"].unique().to_list())
        order = self.draws.draw.sort("as_of", "batch_id")["batch_id"].to_list()
        return tuple(self.result_of(batch_id) for batch_id in order if batch_id in begun)

    def result_of(self, batch_id: str) -> BatchResult:
        """Return what one batch says."""
        return estimate_batch(
            self.draws.batch(batch_id), answers=self.carried, scores=self.scores, parameters=self.parameters
        )

    def result_table(self) -> pl.DataFrame:
        """Return the results of all batches (`schemas.auditing.Result`)."""
        return pl.concat([empty_table(Result), *(one.results for one in self.results)])

    def find(self, batch_id: str | None) -> AuditDraw:
        """Return a batch; without an id the newest one with answers, or the newest of all.

        Raises:
            InputError: There is none, or none of that id; the newest are named.
        """
        newest = self.draws.draw.sort("as_of", "batch_id", descending=True)["batch_id"].to_list()
        if batch_id is None:
            begun = set(self.carried["batch_id"].unique().to_list())
            batch_id = next((one for one in newest if one in begun), next(iter(newest), None))
        if batch_id is None or batch_id not in newest:
            raise InputError(
                "Nothing was drawn yet." if batch_id is None else f"There is no batch {batch_id}.",
                advice=f"Known: {', '.join(newest[:5])}." if newest else "Draw one: resdir audit draw.",
            )
        return self.draws.batch(batch_id)

    def audited(self, *, renumbered: Mapping[tuple[str, str, str], str]) -> pl.DataFrame:
        """Return the audited records: `center_id`, `record_uid` (present number), `audited_on`, `seed`, `unit`."""
        done = self.scores.filter(pl.col("unanswered") == 0).select("batch_id", "center_id", "record_uid").unique()
        days = self.carried.group_by("batch_id", "center_id", "record_uid").agg(audited_on=pl.col("checked_on").max())
        rows = done.join(days, on=["batch_id", "center_id", "record_uid"]).join(
            self.draws.draw.select("batch_id", "seed", "unit"), on="batch_id"
        )
        present = [
            renumbered.get((center, unit, uid), uid)
            for center, unit, uid in rows.select("center_id", "unit", "record_uid").iter_rows()
        ]
        return rows.with_columns(record_uid=pl.Series(present, dtype=pl.String)).select(
            "center_id", "record_uid", "audited_on", "seed", "unit"
        )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a draw starts from.

    Attributes:
        directory: The directory.
        complexity: `schemas.complexity.Complexity`.
        findings: `schemas.quality.Finding` that the exports show, accepted ones too.
        not_applicable: `schemas.quality.NotApplicable`.
        rekeyed: `schemas.history.RekeyedInRun` of all nights.
        snapshot: Name of the published snapshot.
    """

    directory: Directory
    complexity: pl.DataFrame
    findings: pl.DataFrame
    not_applicable: pl.DataFrame
    rekeyed: pl.DataFrame
    snapshot: str | None

    @cached_property
    def renumbered(self) -> dict[tuple[str, str, str], str]:
        """Present numbers of records that came back under another one."""
        return follow_numbers(self.rekeyed)


def read_audits(workspace: Workspace, *, parameters: AuditParameters, stored: AuditDraw | None = None) -> Audits:
    """Return all audits of a workspace.

    Args:
        workspace: Where the log lies.
        parameters: Weights, bands, intervals.
        stored: Batches of the nights, which stand in no log.
    """
    draws = read_draws(workspace)
    if stored is not None:
        draws = together(draws, stored)
    decisions = read_decisions(workspace, kind=KIND)
    entries = [
        AnswerEntry(
            sequence=one.sequence, handed_in_on=one.decided_at.date(), batch_id=one.subject, payload=one.payload
        )
        for one in decisions
    ]
    saved_by = {
        (one.subject, str(one.payload["auditor"]).casefold()): str(one.payload.get("saved_by") or "")
        for one in decisions
    }
    return Audits(draws=draws, answers=fold_answers(entries), saved_by=saved_by, parameters=parameters)


def plan_of(
    parameters: AuditParameters,
    *,
    size: int,
    seed: str,
    as_of: date,
    center: str | None = None,
    snapshot: str | None = None,
) -> DrawPlan:
    """Return the plan of a draw as the settings want it."""
    return DrawPlan(
        size=size,
        seed=seed,
        as_of=as_of,
        method=parameters.method,
        unit=parameters.unit,
        center_id=center,
        snapshot=snapshot,
        strata=parameters.strata,
        minimum=parameters.stratum_minimum,
        overlap=parameters.overlap,
        cooldown_months=parameters.cooldown_months,
        risk_floor=parameters.risk_floor,
    )


def framed(ground: Ground, *, audits: Audits, plan: DrawPlan, use: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the frame of a draw: records of the center, those audited lately marked, with their risk where it is asked for.

    Audits of the same seed do not count as lately: a larger sample of a seed contains the smaller one.
    """
    frame = audit_frame(ground.directory, unit=plan.unit, complexity=ground.complexity)
    if plan.center_id is not None:
        frame = frame.filter(pl.col("center_id") == plan.center_id)
    audited = audits.audited(renumbered=ground.renumbered).filter(
        (pl.col("unit") == plan.unit) & (pl.col("seed") != plan.seed)
    )
    frame = mark_recent(frame, audited=audited, as_of=plan.as_of, cooldown_months=plan.cooldown_months)
    if plan.method == "risk":
        frame = score_risk(
            frame, findings=ground.findings, as_of=plan.as_of, parameters=audits.parameters, unit=plan.unit, use=use
        )
    return frame


def draw_batch(
    ground: Ground,
    *,
    audits: Audits,
    plan: DrawPlan,
    auditors: Sequence[Auditor] = (),
    allocation: str = "auto",
    use: pl.DataFrame | None = None,
) -> AuditDraw:
    """Draw a batch, share it out, and note what the rules say of the drawn records.

    Args:
        ground: What is drawn from.
        audits: Earlier audits: for the cool-down, the spread of the strata, and the batch that this one may extend.
        plan: What to draw.
        auditors: Who audits.
        allocation: `proportional`, `neyman`, or `auto` (Neyman's when two earlier rounds give a spread).
        use: How often records were asked for, see `pipeline.audit.risk.score_risk`.

    Raises:
        UsageError: Neyman's allocation is asked for and no two earlier rounds give a spread.
    """
    frame = framed(ground, audits=audits, plan=plan, use=use)
    if plan.method == "stratified" and allocation != "proportional":
        spreads = _spreads(audits, plan)
        if not spreads and allocation == "neyman":
            raise UsageError(
                "Neyman's allocation needs the scores of two finished rounds of the same unit.",
                advice="Draw proportionally until then: --allocation proportional.",
            )
        plan = replace(plan, spreads=spreads or None)
    further = {
        **plan.further,
        "second_share": audits.parameters.second_share,
        "second_minimum": audits.parameters.second_minimum,
        "auditors": [one.name for one in auditors],
        "centers": frame["center_id"].unique().sort().to_list(),
    }
    if plan.method == "risk":
        further |= {
            "risk_findings": audits.parameters.risk_findings,
            "risk_age": audits.parameters.risk_age,
            "risk_use": audits.parameters.risk_use if use is not None else 0.0,
        }
    sample = draw_sample(frame, replace(plan, further=further))
    sample = _extended(sample, audits)
    curators = curators_of(frame)
    items, told = assign_auditors(
        sample.items,
        auditors=auditors,
        curators=curators,
        seed=plan.seed,
        second_share=audits.parameters.second_share,
        second_minimum=audits.parameters.second_minimum,
    )
    automatic = score_automatic(
        items,
        directory=ground.directory,
        unit=plan.unit,
        findings=ground.findings,
        not_applicable=ground.not_applicable,
    )
    return replace(sample, items=items, automatic=automatic, notices=(*sample.notices, *told))


def curators_of(frame: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return everybody who curates a part of a record, by center and record."""
    return {
        (center, uid): names for center, uid, names in frame.select("center_id", "record_uid", "curators").iter_rows()
    }


def known_auditors(parameters: AuditParameters, names: Sequence[str] = ()) -> tuple[Auditor, ...]:
    """Return the auditors that are named, with what the settings say is theirs; without names those of the settings."""
    settled = read_auditors(parameters.auditors)
    if not names:
        return settled
    known = {one.name.casefold(): one for one in settled}
    return tuple(one if one.curates else known.get(one.name.casefold(), one) for one in read_auditors(names))


def _spreads(audits: Audits, plan: DrawPlan) -> dict[str, float]:
    """Return the standard deviation of earlier scores by stratum, of finished rounds of the unit and center; none of fewer than two."""
    rounds = audits.draws.draw.filter(
        (pl.col("unit") == plan.unit) & pl.col("center_id").eq_missing(pl.lit(plan.center_id, dtype=pl.String))
    )
    done = audits.scores.filter(
        (pl.col("unanswered") == 0) & (pl.col("role") == "first") & pl.col("score").is_not_null()
    )
    scored = done.join(rounds.select("batch_id", "seed"), on="batch_id").join(
        audits.draws.items.drop("auditor"), on=["batch_id", "center_id", "record_uid"]
    )
    if scored["seed"].n_unique() < _ROUNDS_FOR_SPREAD:
        return {}
    named = scored.with_columns(stratum=stratum_names(scored, plan.strata)).unique(
        ["center_id", "record_uid", "seed"], keep="first"
    )
    by_stratum = {
        str(name): part["score"].to_list() for (name,), part in named.partition_by("stratum", as_dict=True).items()
    }
    return spread_of(by_stratum)


def _extended(sample: AuditDraw, audits: Audits) -> AuditDraw:
    """Return the sample with the largest earlier batch of the same seed noted that it contains, and its assignments."""
    draw = sample.draw.row(0, named=True)
    same = audits.draws.draw.filter(
        (pl.col("seed") == draw["seed"])
        & (pl.col("unit") == draw["unit"])
        & (pl.col("method") == draw["method"])
        & pl.col("center_id").eq_missing(pl.lit(draw["center_id"], dtype=pl.String))
        & (pl.col("batch_id") != draw["batch_id"])
        & (pl.col("size") < draw["size"])
    ).sort("size", "as_of", "batch_id", descending=True)
    if same.is_empty():
        return sample
    earlier = str(same["batch_id"][0])
    key = ["center_id", "record_uid"]
    before = audits.draws.items.filter(pl.col("batch_id") == earlier).select(
        *key, "auditor", "second_rater", first_in=pl.coalesce("carried_from", "batch_id")
    )
    items = sample.items.drop("auditor", "second_rater").join(before, on=key, how="left", maintain_order="left")
    items = items.with_columns(carried_from="first_in")
    kept = items["carried_from"].count()
    told = f"Contains {kept:,} of the {before.height:,} records of {earlier}; what was answered there counts here."
    return replace(
        sample,
        draw=conform(sample.draw.with_columns(extends=pl.lit(earlier)), Draw),
        items=conform(items, DrawItem),
        notices=(*sample.notices, told),
    )
