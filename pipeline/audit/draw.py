"""Draw records for a random audit so that anybody can draw the same ones again.

Every record gets a number from the seed and its own id alone. The sample is the records with the smallest numbers: it does
not depend on row order or machine, records that come or go do not reshuffle the others, and a larger sample contains the
smaller one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.auditing import Draw, DrawItem
from schemas.contract import conform
from schemas.directory import Directory
from schemas.errors import ContractError, UsageError

#: Name of the rule below; a change of the rule is a new name.
ALGORITHM = "sha256-53/1"

#: The only stratum of a simple draw.
WHOLE_FRAME = "all"

_METHOD = "simple"
_UNITS = ("agency", "service")
_SEPARATOR = "|"
# 53 bits are what a double holds exactly.
_HEX_DIGITS, _SHIFT, _SCALE = 16, 11, float(2**53)
_BATCH_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class AuditDraw:
    """A drawn sample.

    Attributes:
        draw: One row of `schemas.auditing.Draw`.
        items: `schemas.auditing.DrawItem` rows in draw order.
        notices: What a reader must be told, one sentence each.
    """

    draw: pl.DataFrame
    items: pl.DataFrame
    notices: tuple[str, ...] = ()

    @property
    def batch_id(self) -> str:
        """Id of the batch."""
        return str(self.draw.get_column("batch_id").item())

    def document(self) -> dict[str, object]:
        """Return the draw as one JSON document."""
        row = self.draw.to_dicts()[0]
        columns = ("record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater")
        return {
            "batch_id": row["batch_id"],
            "method": row["method"],
            "unit": row["unit"],
            "seed": row["seed"],
            "algorithm": row["algorithm"],
            "as_of": row["as_of"].isoformat(),
            "center_id": row["center_id"],
            "frame_size": row["frame_size"],
            "frame_sha256": row["frame_sha256"],
            "strata": [{"stratum": WHOLE_FRAME, "frame_size": row["frame_size"], "size": row["size"]}],
            "items": self.items.select("rank", "center_id", "name", *columns).to_dicts(),
            "notices": list(self.notices),
        }


def audit_frame(directory: Directory, *, unit: str = "agency") -> pl.DataFrame:
    """Return the records that can be drawn: every counted agency (as a bundle), or every counted service.

    Args:
        directory: One or many centers.
        unit: `agency` or `service`.

    Returns:
        `center_id`, `record_uid`, `native_id`, `name`, one row per record, sorted.

    Raises:
        UsageError: The unit is neither.
    """
    _require_unit(unit)
    return (
        directory.tables()[unit]
        .filter("is_counted")
        .sort("center_id", "record_uid", "source_file", "source_line")
        .unique(["center_id", "record_uid"], keep="first", maintain_order=True)
        .select("center_id", "record_uid", "native_id", "name")
    )


def draw_simple(
    frame: pl.DataFrame,
    *,
    size: int,
    seed: str,
    as_of: date,
    unit: str = "agency",
    center_id: str | None = None,
    snapshot: str | None = None,
) -> AuditDraw:
    """Draw a simple random sample without replacement.

    Args:
        frame: Needs `center_id`, `record_uid`, `native_id`, `name`, each record once; see `audit_frame`.
        size: Records wanted. A frame that holds fewer is drawn whole, and a notice says so.
        seed: Any text without `|`. To be published only after the draw.
        as_of: Day of the frame.
        unit: What a record of the frame is: `agency` or `service`.
        center_id: Draw from this center alone; None draws from all of the frame.
        snapshot: Published snapshot the frame comes from.

    Returns:
        The draw and its items, each with the inclusion probability size / frame.

    Raises:
        UsageError: The size is negative, the seed is blank or holds `|`, or the unit is unknown.
        ContractError: The frame holds a record twice, or an id with `|`.
    """
    _require_unit(unit)
    _require_seed(seed)
    if size < 0:
        raise UsageError(f"A sample cannot have {size} records.", advice="Ask for 0 or more.")
    if center_id is not None:
        frame = frame.filter(pl.col("center_id") == center_id)
    _require_distinct(frame)
    drawn_size = min(size, frame.height)
    frame_sha256 = _frame_sha256(frame)
    batch_id = _batch_id(
        seed=seed, size=drawn_size, frame_sha256=frame_sha256, as_of=as_of, unit=unit, center=center_id
    )
    items = (
        frame.with_columns(u=draw_numbers(frame.get_column("record_uid"), seed=seed))
        .sort("u", "record_uid", "center_id")
        .head(drawn_size)
        .with_columns(
            batch_id=pl.lit(batch_id),
            rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            stratum=pl.lit(WHOLE_FRAME),
            inclusion_probability=pl.lit(drawn_size / frame.height if frame.height else None, dtype=pl.Float64),
        )
    )
    draw = pl.DataFrame(
        {
            "batch_id": batch_id,
            "method": _METHOD,
            "unit": unit,
            "seed": seed,
            "algorithm": ALGORITHM,
            "as_of": as_of,
            "center_id": center_id,
            "frame_size": frame.height,
            "frame_sha256": frame_sha256,
            "size": drawn_size,
            "snapshot": snapshot,
        }
    )
    return AuditDraw(
        draw=conform(draw, Draw),
        items=conform(items, DrawItem),
        notices=_notices(wanted=size, frame_size=frame.height, unit=unit),
    )


def draw_numbers(record_uids: pl.Series, *, seed: str) -> pl.Series:
    """Return a number in [0, 1) for every id: the first 53 bits of SHA-256 over seed, `|` and id.

    >>> draw_numbers(pl.Series(["A0004"]), seed="2026Q4").round(6).to_list()
    [0.352732]
    """
    seeded = hashlib.sha256(f"{seed}{_SEPARATOR}".encode())
    numbers = []
    for record_uid in record_uids:
        digest = seeded.copy()
        digest.update(record_uid.encode())
        numbers.append((int(digest.hexdigest()[:_HEX_DIGITS], 16) >> _SHIFT) / _SCALE)
    return pl.Series("u", numbers, dtype=pl.Float64)


def _require_unit(unit: str) -> None:
    if unit not in _UNITS:
        raise UsageError(f"{unit!r} cannot be audited.", advice=f"Choose one of: {', '.join(_UNITS)}.")


def _require_seed(seed: str) -> None:
    if not seed.strip():
        raise UsageError("The draw needs a seed.", advice='Any text will do, such as "2026Q4".')
    if _SEPARATOR in seed:
        raise UsageError(
            f"The seed {seed!r} holds the sign {_SEPARATOR}, which separates seed and record in the draw.",
            advice="Choose a seed without it.",
        )


def _require_distinct(frame: pl.DataFrame) -> None:
    if frame.select("center_id", "record_uid").is_duplicated().any():
        raise ContractError("The audit frame holds a record twice.")
    if frame.get_column("record_uid").str.contains(_SEPARATOR, literal=True).any():
        raise ContractError(f"The audit frame holds an id with the sign {_SEPARATOR}.")


def _frame_sha256(frame: pl.DataFrame) -> str:
    """Return the SHA-256 over the sorted ids, one a line."""
    return hashlib.sha256("\n".join(frame.get_column("record_uid").sort()).encode()).hexdigest()


def _batch_id(*, seed: str, size: int, frame_sha256: str, as_of: date, unit: str, center: str | None) -> str:
    """Return an id that the same draw has every time: the day, and a hash of everything that makes the draw."""
    parts = (ALGORITHM, _METHOD, unit, center or "", seed, str(size), frame_sha256, as_of.isoformat())
    digest = hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()
    return f"audit-{as_of:%Y%m%d}-{digest[:_BATCH_DIGITS]}"


def _notices(*, wanted: int, frame_size: int, unit: str) -> tuple[str, ...]:
    if wanted <= frame_size or wanted == 0:
        return ()
    noun = "agencies" if unit == "agency" else "services"
    return (f"{wanted:,} {noun} were asked for but only {frame_size:,} can be drawn: all of them are in the sample.",)
