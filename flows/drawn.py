"""Audit draws as entries of the decision log, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from pipeline.audit.draw import AuditDraw
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from schemas.auditing import AutomaticScore, Draw, DrawItem, Stratum
from schemas.contract import Table, conform, empty_table, schema_of

#: Kind of the entries.
KIND = "audit_draw"


def drawn_payload(sample: AuditDraw) -> dict[str, Any]:
    """Return a draw as JSON values."""
    draw = sample.draw.row(0, named=True)
    return {
        "draw": {**draw, "as_of": draw["as_of"].isoformat()},
        "items": sample.items.to_dicts(),
        "strata": sample.strata.to_dicts(),
        "automatic": sample.automatic.to_dicts(),
    }


def read_draws(workspace: Workspace) -> AuditDraw:
    """Return every draw people made, as one set of frames; a batch that was drawn twice stands once."""
    parts: list[AuditDraw] = []
    seen: set[str] = set()
    for decision in read_decisions(workspace, kind=KIND):
        if decision.subject in seen:
            continue
        seen.add(decision.subject)
        said = decision.payload
        row = {**_ABSENT, **said["draw"], "as_of": date.fromisoformat(said["draw"]["as_of"])}
        parts.append(
            AuditDraw(
                draw=_frame([row], Draw),
                items=_frame(said["items"], DrawItem),
                strata=_frame(said.get("strata", ()), Stratum),
                automatic=_frame(said.get("automatic", ()), AutomaticScore),
            )
        )
    return together(*parts)


def together(*samples: AuditDraw) -> AuditDraw:
    """Return several draws as one set of frames; a batch that stands in more than one is taken once, from the first."""
    kept: list[AuditDraw] = []
    seen: set[str] = set()
    for sample in samples:
        ids = [one for one in sample.draw["batch_id"].unique(maintain_order=True) if one not in seen]
        seen.update(ids)
        its = pl.col("batch_id").is_in(ids)
        kept.append(
            AuditDraw(
                draw=sample.draw.filter(its).unique("batch_id", keep="first", maintain_order=True),
                items=sample.items.filter(its),
                strata=sample.strata.filter(its),
                automatic=sample.automatic.filter(its),
            )
        )
    return AuditDraw(
        draw=pl.concat([empty_table(Draw), *(one.draw for one in kept)]),
        items=pl.concat([empty_table(DrawItem), *(one.items for one in kept)]),
        strata=pl.concat([empty_table(Stratum), *(one.strata for one in kept)]),
        automatic=pl.concat([empty_table(AutomaticScore), *(one.automatic for one in kept)]),
    )


#: What draws of earlier releases did not say.
_ABSENT: dict[str, Any] = {"recent_size": 0, "covers_recent": True, "cooldown_months": 0, "parameters": "{}"}


def _frame(rows: Sequence[dict[str, Any]], model: type[Table]) -> pl.DataFrame:
    known = schema_of(model)
    return conform(pl.DataFrame([{name: row.get(name) for name in known} for row in rows], schema=known), model)
