"""Audit draws as entries of the decision log, and back."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.audit.draw import AuditDraw
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from schemas.auditing import Draw, DrawItem
from schemas.contract import conform, empty_table, schema_of

#: Kind of the entries.
KIND = "audit_draw"


def drawn_payload(sample: AuditDraw) -> dict[str, Any]:
    """Return a draw as JSON values."""
    draw = sample.draw.row(0, named=True)
    return {"draw": {**draw, "as_of": draw["as_of"].isoformat()}, "items": sample.items.to_dicts()}


def read_draws(workspace: Workspace) -> AuditDraw:
    """Return every draw people made, as one pair of frames; a batch that was drawn twice stands once."""
    draws = [empty_table(Draw)]
    items = [empty_table(DrawItem)]
    seen: set[str] = set()
    for decision in read_decisions(workspace, kind=KIND):
        if decision.subject in seen:
            continue
        seen.add(decision.subject)
        row = {**decision.payload["draw"], "as_of": date.fromisoformat(decision.payload["draw"]["as_of"])}
        draws.append(conform(pl.DataFrame([row], schema=schema_of(Draw)), Draw))
        items.append(conform(pl.DataFrame(decision.payload["items"], schema=schema_of(DrawItem)), DrawItem))
    return AuditDraw(draw=pl.concat(draws), items=pl.concat(items))


def together(*samples: AuditDraw) -> AuditDraw:
    """Return several draws as one pair of frames; a batch that stands in more than one is taken once."""
    draws = pl.concat([sample.draw for sample in samples]).unique("batch_id", keep="first", maintain_order=True)
    items = pl.concat([sample.items for sample in samples]).unique(
        ["batch_id", "rank"], keep="first", maintain_order=True
    )
    return AuditDraw(draw=draws, items=items)
