"""Pairs of agencies as the commands show them: scored in the last night, with what people have decided up to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows.cli.terminal import Common, require_center
from flows.duplicate_verdicts import Judgement, read_judgement, stand_all
from pipeline.store.snapshot import open_published
from schemas.decided import Key, Pair
from schemas.directory import Directory
from schemas.errors import InputError, UsageError
from schemas.verdicts import ASKED

#: The reason that says where every pair starts; it tells one pair from another in nothing.
START = "start"


@dataclass(frozen=True, kw_only=True)
class PairView:
    """What is known about the pairs.

    Attributes:
        pairs: `PairState` with `score`, `band` and `relation`; these are null for a decided pair that was not scored.
        reasons: `PairReason`.
        names: Agencies by key: `center_id`, `record_uid`, `native_id`, `name`.
        judgement: What people decided.
        directory: The canonical tables.
        as_of: Day for which the pairs stand so.
        run_id: Night that scored them.
    """

    pairs: pl.DataFrame
    reasons: pl.DataFrame
    names: dict[Key, dict[str, Any]]
    judgement: Judgement
    directory: Directory
    as_of: date
    run_id: str


def read_pairs(common: Common, *, center: str | None = None) -> PairView:
    """Read the pairs of the last published night and what was decided since.

    Args:
        common: What every command takes.
        center: Only pairs in which this center takes part.
    """
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        scored = snapshot.table("matching.scored_pair")
        reasons = snapshot.table("matching.pair_reason")
        directory = snapshot.directory()
        pointer = snapshot.pointer
    judgement = read_judgement(place)
    as_of = common.as_of or resolved.settings.run.as_of or pointer.as_of
    states = stand_all(
        judgement,
        scored,
        directory=directory,
        match=resolved.settings.match,
        parameters=resolved.settings.verdicts,
        as_of=as_of,
    )
    pairs = states.join(scored.select("pair_id", "score", "band", "relation"), on="pair_id", how="left")
    if center is not None:
        pairs = pairs.filter((pl.col("center_id_a") == center) | (pl.col("center_id_b") == center))
    return PairView(
        pairs=pairs.sort("score", "pair_id", descending=[True, False], nulls_last=True),
        reasons=reasons,
        names=_names(directory, judgement),
        judgement=judgement,
        directory=directory,
        as_of=as_of,
        run_id=pointer.run_id,
    )


def _names(directory: Directory, judgement: Judgement) -> dict[Key, dict[str, Any]]:
    """Return how agencies are called; one that has left the directory as it was called when somebody decided about it."""
    gone = {
        key: {"center_id": key[0], "record_uid": key[1], "native_id": number, "name": name}
        for entry in judgement.verdicts.entries
        for key, number, name in zip(entry.present, entry.numbers, entry.names, strict=True)
    }
    columns = ("center_id", "record_uid", "native_id", "name")
    here = {
        (row[0], row[1]): dict(zip(columns, row, strict=True)) for row in directory.agency.select(columns).iter_rows()
    }
    return gone | here


def choose_pairs(view: PairView, *, band: str, standing: str) -> pl.DataFrame:
    """Return the rows of `view.pairs` of a band and a standing.

    Args:
        view: What is known.
        band: One band; `all` gives duplicate and possible, and whatever somebody decided.
        standing: One standing; `asked` gives those left to a person, `all` every one.
    """
    in_band = pl.col("band").is_in(["duplicate", "possible"] if band == "all" else [band])
    if band == "all":
        # What somebody decided is told whatever its score; of what nobody decided only what is worth a look.
        in_band |= ~pl.col("standing").is_in(["open", "implied"])
    pairs = view.pairs.filter(in_band.fill_null(value=False))
    if standing == "asked":
        return pairs.filter(pl.col("standing").is_in([str(one) for one in ASKED]))
    return pairs if standing == "all" else pairs.filter(pl.col("standing") == standing)


def pair_documents(view: PairView, pairs: pl.DataFrame) -> list[dict[str, Any]]:
    """Return pairs as the JSON answer lists them, in their order.

    Args:
        view: What is known.
        pairs: Rows of `view.pairs`.
    """
    wanted = view.reasons.join(pairs.select("pair_id"), on="pair_id", how="semi").sort("pair_id", "position")
    told = {pair: told_reasons(rows) for (pair,), rows in wanted.partition_by("pair_id", as_dict=True).items()}
    return [
        {
            "pair_id": row["pair_id"],
            "a": view.names[row["center_id_a"], row["uid_a"]],
            "b": view.names[row["center_id_b"], row["uid_b"]],
            "score": row["score"],
            "band": row["band"],
            "relation": row["relation"],
            "reasons": told.get(row["pair_id"], []),
            "verdict": row["verdict"],
            "standing": row["standing"],
            "basis": row["basis"],
            "decided_by": row["decided_by"],
            "decided_at": row["decided_at"],
            "decision_reason": row["reason"],
            "entry": row["entry"],
            "told": row["told"],
        }
        for row in pairs.to_dicts()
    ]


def told_reasons(reasons: pl.DataFrame) -> list[dict[str, Any]]:
    """Return reasons as the JSON answer lists them."""
    return reasons.select("signal", "a", "b", "weight", "text").to_dicts()


def name_pair(view: PairView, a: str, b: str | None, *, center: str | None) -> Pair:
    """Return the pair that is meant, sorted.

    Args:
        view: What is known.
        a: Record number or uid of an agency, or the id of a pair.
        b: The same of the other agency; None with the id of a pair.
        center: Center of both, when a record number stands in more than one.

    Raises:
        InputError: There is no such agency or pair.
        UsageError: A record number stands in several centers, or both are the same record.
    """
    if b is None:
        return _of_pair(view, a)
    first, second = sorted([_find(view.directory, a, center=center), _find(view.directory, b, center=center)])
    if first == second:
        raise UsageError("Both records are the same one.", advice="Name two different agencies.")
    return first, second


def _of_pair(view: PairView, asked: str) -> Pair:
    found = view.pairs.filter(pl.col("pair_id") == asked.lower())
    if found.is_empty():
        raise InputError(
            f"There is no pair {asked}.", advice="Name two agencies, or a pair of `resdir duplicates list`."
        )
    row = found.row(0, named=True)
    return (row["center_id_a"], row["uid_a"]), (row["center_id_b"], row["uid_b"])


def _find(directory: Directory, text: str, *, center: str | None) -> Key:
    agencies = directory.agency.filter((pl.col("native_id") == text) | (pl.col("record_uid") == text.lower()))
    if center is not None:
        agencies = agencies.filter(pl.col("center_id") == center)
    keys = sorted(agencies.select("center_id", "record_uid").unique().rows())
    if not keys:
        raise InputError(f"There is no agency {text}.", advice="Name its record number or its record_uid.")
    if len(keys) > 1:
        centers = ", ".join(sorted(key[0] for key in keys))
        raise UsageError(f"The agency {text} stands in {centers}.", advice="Add --center.")
    return keys[0]
