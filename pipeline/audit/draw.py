"""Draw records for a random audit so that anybody can draw the same ones again.

Every record gets a number from the seed and its own id alone, and the records with the smallest numbers are drawn: of the whole
frame, of each stratum, or weighed by risk. A sample does not depend on row order or machine, records that come or go do not
reshuffle the others, and a larger sample contains the smaller one (as long as no stratum is merged for want of size, which is told).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from pipeline.audit.allocation import PART_SIGN, allocate, merge_strata
from pipeline.audit.chances import draw_order, floor_weights, inclusion_probabilities
from pipeline.audit.draw_numbers import (
    ALGORITHM,
    SEPARATOR,
    draw_numbers,
    frame_sha256,
    require_distinct,
    require_seed,
)
from pipeline.audit.frame import require_unit, words_for
from schemas.auditing import AutomaticScore, Draw, DrawItem, Stratum
from schemas.contract import conform, empty_table
from schemas.errors import UsageError

Method = Literal["simple", "stratified", "risk"]

#: The only stratum of a draw that is not stratified.
WHOLE_FRAME = "all"
#: Stratum of the records audited lately, where they can be drawn too, and of the others then.
RECENT, NOT_RECENT = "audited lately", "not audited lately"
#: Part of a stratum's name where a record has no tier, curator or county.
NOT_KNOWN = "none"

SIMPLE, POISSON = "simple", "poisson"

_BATCH_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class DrawPlan:
    """What is to be drawn.

    Attributes:
        size: Records wanted.
        seed: Any text without `|`. To be published only after the draw.
        as_of: Day of the frame.
        method: `simple`, `stratified` or `risk`.
        unit: What a record of the frame is: `agency` or `service`.
        center_id: Draw from this center alone; None draws from all of the frame.
        snapshot: Published snapshot the frame comes from.
        strata: Columns of the frame that make the strata.
        minimum: Fewest records of a stratum.
        spreads: Standard deviation of earlier scores by stratum; given, a stratified draw is Neyman's, otherwise proportional. A
            stratum that is not named takes the mean of the others, weighed by size.
        overlap: Share of the sample taken from the records audited lately; 0 leaves them out.
        cooldown_months: Months for which they count as lately; told in the draw.
        risk_floor: Least weight in a risk-weighted draw, as a share of the mean.
        further: Settings to be kept with the draw.
    """

    size: int
    seed: str
    as_of: date
    method: Method = "simple"
    unit: str = "agency"
    center_id: str | None = None
    snapshot: str | None = None
    strata: tuple[str, ...] = ("tier", "curator")
    minimum: int = 2
    spreads: Mapping[str, float] | None = None
    overlap: float = 0.0
    cooldown_months: int = 0
    risk_floor: float = 0.25
    further: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AuditDraw:
    """A drawn sample, or several of them.

    Attributes:
        draw: `schemas.auditing.Draw`, one row per batch.
        items: `schemas.auditing.DrawItem` rows in draw order.
        strata: `schemas.auditing.Stratum` rows.
        automatic: `schemas.auditing.AutomaticScore` rows.
        notices: What a reader must be told, one sentence each.
    """

    draw: pl.DataFrame
    items: pl.DataFrame
    strata: pl.DataFrame = field(default_factory=lambda: empty_table(Stratum))
    automatic: pl.DataFrame = field(default_factory=lambda: empty_table(AutomaticScore))
    notices: tuple[str, ...] = ()

    @property
    def batch_id(self) -> str:
        """Id of the one batch."""
        return str(self.draw.get_column("batch_id").item())

    def batch(self, batch_id: str) -> AuditDraw:
        """Return one batch of several."""
        its = pl.col("batch_id") == batch_id
        return AuditDraw(
            draw=self.draw.filter(its),
            items=self.items.filter(its),
            strata=self.strata.filter(its),
            automatic=self.automatic.filter(its),
        )

    def document(self) -> dict[str, object]:
        """Return the one batch as a JSON document."""
        row = self.draw.to_dicts()[0]
        columns = ("record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater")
        return {
            **{name: row[name] for name in ("batch_id", "method", "unit", "seed", "algorithm")},
            "as_of": row["as_of"].isoformat(),
            **{
                name: row[name] for name in ("center_id", "frame_size", "frame_sha256", "size", "allocation", "extends")
            },
            "recently_audited": row["recent_size"],
            "covers_recently_audited": row["covers_recent"],
            "cooldown_months": row["cooldown_months"],
            "parameters": json.loads(row["parameters"]),
            "strata": self.strata.drop("batch_id").to_dicts(),
            "items": self.items.select("rank", "center_id", "name", *columns).to_dicts(),
            "notices": list(self.notices),
        }


def draw_sample(frame: pl.DataFrame, plan: DrawPlan) -> AuditDraw:
    """Draw a random sample without replacement.

    Args:
        frame: Needs `center_id`, `record_uid`, `native_id`, `name`, each record once; the columns of `plan.strata` in a
            stratified draw; `risk` (0 or more) in a risk-weighted one. `is_recent` (Boolean), `curator`, `county`, `tier` and
            `minutes` are used when there; see `pipeline.audit.frame`.
        plan: What to draw. A frame that holds fewer records is drawn whole, and a notice says so.

    Returns:
        The draw, its strata and its items, each with its inclusion probability.

    Raises:
        UsageError: The size is negative, the seed is blank or holds `|`, or the unit is unknown.
        ContractError: The frame holds a record twice, or an id with `|`.
    """
    require_unit(plan.unit)
    require_seed(plan.seed)
    if plan.size < 0:
        raise UsageError(f"A sample cannot have {plan.size} records.", advice="Ask for 0 or more.")
    if plan.center_id is not None:
        frame = frame.filter(pl.col("center_id") == plan.center_id)
    if "is_recent" not in frame.columns:
        frame = frame.with_columns(is_recent=pl.lit(value=False))
    require_distinct(frame)
    frame = frame.with_columns(u=draw_numbers(frame.get_column("record_uid"), seed=plan.seed))
    fresh, recent = frame.filter(~pl.col("is_recent")), frame.filter("is_recent")
    covers_recent = recent.is_empty() or plan.overlap > 0
    sizes = _split_size(plan, fresh=fresh.height, recent=recent.height)
    parts, strata, notices = _draw_fresh(fresh, plan, size=sizes[0], has_other=covers_recent and recent.height > 0)
    if sizes[1]:
        parts.append(_smallest(recent, size=sizes[1], stratum=RECENT))
    if covers_recent and recent.height:
        strata.append(_stratum(RECENT, frame_size=recent.height, size=sizes[1], is_recent=True))
    items = pl.concat(parts, how="diagonal") if parts else fresh.clear().with_columns(_no_chance())
    facts = {
        "method": plan.method,
        "unit": plan.unit,
        "seed": plan.seed,
        "algorithm": ALGORITHM,
        "as_of": plan.as_of,
        "center_id": plan.center_id,
        "frame_size": frame.height,
        "frame_sha256": frame_sha256(frame.get_column("record_uid")),
        "size": items.height,
        "recent_size": recent.height,
        "covers_recent": covers_recent,
        "cooldown_months": plan.cooldown_months,
        "allocation": _allocation(plan),
        "parameters": json.dumps(_parameters(plan, recent), sort_keys=True),
    }
    batch_id = _batch_id(facts, items)
    # Two centers may deliver one UUID: the center settles the order.
    order = ["order", "u"] if "order" in items.columns else ["u"]
    ranked = items.sort(*order, "record_uid", "center_id", nulls_last=True).with_columns(
        batch_id=pl.lit(batch_id), rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    )
    return AuditDraw(
        draw=conform(pl.DataFrame({"batch_id": batch_id, **facts, "snapshot": plan.snapshot}), Draw),
        items=conform(ranked, DrawItem),
        strata=conform(pl.DataFrame([{"batch_id": batch_id, **one} for one in strata]), Stratum)
        if strata
        else empty_table(Stratum),
        notices=(*_notices(plan, fresh=fresh.height, recent=recent.height, drawn=items.height), *notices),
    )


def stratum_names(frame: pl.DataFrame, strata: tuple[str, ...]) -> pl.Expr:
    """Return the name of the stratum of each record: its tier, curator and so on, joined.

    Raises:
        UsageError: The frame has no such column.
    """
    columns = ["center_id" if name == "center" else name for name in strata]
    for name in columns:
        if name not in frame.columns:
            raise UsageError(f"There are no strata by {name}.", advice="Choose among tier, curator, county and center.")
    return pl.concat_str([pl.col(name).fill_null(NOT_KNOWN) for name in columns], separator=PART_SIGN)


def _split_size(plan: DrawPlan, *, fresh: int, recent: int) -> tuple[int, int]:
    """Return the records to draw of those not audited lately, and of those audited lately."""
    if plan.overlap == 0 or recent == 0:
        return min(plan.size, fresh), 0
    wanted = min(max(plan.minimum, int(plan.size * plan.overlap + 0.5)), recent, plan.size)
    first = min(plan.size - wanted, fresh)
    return first, min(plan.size - first, recent)


def _draw_fresh(
    frame: pl.DataFrame, plan: DrawPlan, *, size: int, has_other: bool
) -> tuple[list[pl.DataFrame], list[dict[str, object]], list[str]]:
    """Draw from the records that were not audited lately: the parts, their strata, and what must be told."""
    name = NOT_RECENT if has_other else WHOLE_FRAME
    if frame.is_empty():
        return [], [], []
    if plan.method == "risk":
        return (
            [_by_risk(frame, plan, size=size, stratum=name)],
            [_stratum(name, frame_size=frame.height, size=size, drawn_as=POISSON)],
            [],
        )
    if plan.method == "stratified":
        return _by_strata(frame, plan, size=size)
    return [_smallest(frame, size=size, stratum=name)], [_stratum(name, frame_size=frame.height, size=size)], []


def _by_strata(
    frame: pl.DataFrame, plan: DrawPlan, *, size: int
) -> tuple[list[pl.DataFrame], list[dict[str, object]], list[str]]:
    named = frame.with_columns(stratum=stratum_names(frame, plan.strata))
    before = dict(named.group_by("stratum").len().sort("stratum").iter_rows())
    merged = merge_strata(before, size=size, minimum=plan.minimum)
    named = named.with_columns(stratum=pl.col("stratum").replace_strict(merged, return_dtype=pl.String))
    sizes = dict(named.group_by("stratum").len().sort("stratum").iter_rows())
    spreads = None if plan.spreads is None else _spreads(plan.spreads, before=before, merged=merged, sizes=sizes)
    given = allocate(sizes, size=size, spreads=spreads, minimum=plan.minimum)
    if sum(given.values()) > size:  # one stratum is left and its minimum is more than was asked for
        given = {name: min(count, size) for name, count in given.items()}
    parts = [
        _smallest(named.filter(pl.col("stratum") == name), size=given[name], stratum=name)
        for name in sizes
        if given[name]
    ]
    strata = [
        _stratum(name, frame_size=count, size=given[name], spread=None if spreads is None else spreads[name])
        for name, count in sizes.items()
    ]
    away = len(before) - len([old for old, new in merged.items() if old == new])
    told = []
    if away:
        told.append(
            f"{away:,} of {len(before):,} strata were merged into {len(sizes) - (len(before) - away):,}, so that each holds and gives "
            f"at least {plan.minimum} records. A larger sample may merge fewer."
        )
    return parts, strata, told


def _spreads(
    said: Mapping[str, float], *, before: Mapping[str, int], merged: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, float]:
    """Return the spread of every stratum, merged ones as the mean of their parts weighed by size."""
    known = {name: said[name] for name in before if name in said}
    weight = sum(before[name] for name in known)
    usual = sum(before[name] * spread for name, spread in known.items()) / weight if weight else 1.0
    spreads = {}
    for name, count in sizes.items():
        parts = [old for old, new in merged.items() if new == name]
        spreads[name] = sum(before[old] * known.get(old, usual) for old in parts) / count
    return spreads


def _smallest(frame: pl.DataFrame, *, size: int, stratum: str) -> pl.DataFrame:
    """Return the records with the smallest numbers; each record of the frame had the same chance."""
    chance = size / frame.height if frame.height else None
    return (
        frame.sort("u", "record_uid", "center_id")
        .head(size)
        .with_columns(stratum=pl.lit(stratum), inclusion_probability=pl.lit(chance, dtype=pl.Float64))
    )


def _by_risk(frame: pl.DataFrame, plan: DrawPlan, *, size: int, stratum: str) -> pl.DataFrame:
    # The order of the rows must not matter, not even for rounding.
    ordered = frame.sort("record_uid", "center_id")
    weights = floor_weights(ordered.get_column("risk").to_numpy().astype(np.float64), floor=plan.risk_floor)
    chances = inclusion_probabilities(weights, size=size) if size else np.zeros_like(weights)
    ids = ordered.select(pl.format("{}\n{}", "record_uid", "center_id")).to_series().to_list()
    places = draw_order(weights, ordered.get_column("u").to_numpy(), size=size, ids=ids)
    return ordered.with_columns(stratum=pl.lit(stratum), inclusion_probability=pl.Series(chances))[places].with_columns(
        order=pl.int_range(pl.len(), dtype=pl.Int64)
    )


def _stratum(
    name: str,
    *,
    frame_size: int,
    size: int,
    drawn_as: str = SIMPLE,
    is_recent: bool = False,
    spread: float | None = None,
) -> dict[str, object]:
    return {
        "stratum": name,
        "frame_size": frame_size,
        "size": size,
        "drawn_as": drawn_as,
        "is_recent": is_recent,
        "spread": spread,
    }


def _no_chance() -> list[pl.Expr]:
    return [
        pl.lit(WHOLE_FRAME).alias("stratum"),
        pl.lit(None, dtype=pl.Float64).alias("inclusion_probability"),
        pl.lit(None, dtype=pl.Int64).alias("order"),
    ]


def _allocation(plan: DrawPlan) -> str | None:
    if plan.method != "stratified":
        return None
    return "proportional" if plan.spreads is None else "neyman"


def _parameters(plan: DrawPlan, recent: pl.DataFrame) -> dict[str, object]:
    made_by: dict[str, object] = dict(plan.further)
    if recent.height:
        made_by |= {
            "overlap": plan.overlap,
            "recent_sha256": frame_sha256(recent.get_column("record_uid")),
        }
    if plan.method == "stratified":
        made_by |= {"strata": list(plan.strata), "stratum_minimum": plan.minimum}
    if plan.method == "risk":
        made_by["risk_floor"] = plan.risk_floor
    return made_by


def _batch_id(facts: Mapping[str, object], items: pl.DataFrame) -> str:
    """Return an id that the same draw has every time: the day, and a hash of everything that makes the draw and came out of it."""
    drawn = items.select("center_id", "record_uid", "stratum", "inclusion_probability").sort("center_id", "record_uid")
    text = SEPARATOR.join("" if value is None else str(value) for value in (*facts.values(), drawn.write_csv()))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"audit-{facts['as_of']:%Y%m%d}-{digest[:_BATCH_DIGITS]}"


def _notices(plan: DrawPlan, *, fresh: int, recent: int, drawn: int) -> tuple[str, ...]:
    told = []
    can_be = fresh if plan.overlap == 0 else fresh + recent
    if plan.size > drawn:
        noun = words_for(plan.unit, plan.size)
        told.append(
            f"{plan.size:,} {noun} were asked for but only {can_be:,} can be drawn: all of them are in the sample."
        )
    if recent and plan.overlap == 0:
        told.append(
            f"{recent:,} of {fresh + recent:,} {words_for(plan.unit, fresh + recent)} were audited in the last "
            f"{plan.cooldown_months} months and cannot be drawn: the result speaks for the other {fresh:,} only. "
            "With an overlap (--overlap 0.1) it speaks for all."
        )
    return tuple(told)
