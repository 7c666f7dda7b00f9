"""The match stage: which agencies of a directory may be one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.match.candidates import Candidates, block_names, propose_candidates
from pipeline.match.clusters import Clusters, cluster_pairs
from pipeline.match.compared import Compared, prepare
from pipeline.match.directory_entities import entities_of_directory
from pipeline.match.reasons import tell_reasons
from pipeline.match.score import score_pairs
from schemas.contract import conform
from schemas.decided import DecidedPairs
from schemas.directory import Directory
from schemas.enumerations import PairBand
from schemas.identity import pair_id
from schemas.match_parameters import MatchParameters, ProfileParameters
from schemas.matching import ScoredPair

#: What the groups look at.
_GROUPED = ("a", "b", "bits", "score", "band", "is_vetoed")


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What the match stage found.

    Attributes:
        blocks: `BlockReport`: cost and gain of every blocking key.
        pairs: `ScoredPair`: all candidates of the bands duplicate, possible and related, and those of the band below with a score of
            at least `MatchParameters.kept_score`.
        reasons: `PairReason` for the pairs in the bands duplicate, possible and related.
        clusters: `Cluster`: proposed groups of duplicates.
        entity_count: Agencies compared.
        candidate_count: Pairs compared, those not kept in `pairs` among them.
        refused_wall_count: Duplicate links left out of the groups because of evidence against.
        refused_size_count: Duplicate links left out because a group would have grown too large.
    """

    blocks: pl.DataFrame
    pairs: pl.DataFrame
    reasons: pl.DataFrame
    clusters: pl.DataFrame
    entity_count: int
    candidate_count: int
    refused_wall_count: int
    refused_size_count: int


def match_agencies(
    directory: Directory,
    *,
    parameters: MatchParameters,
    decided: DecidedPairs | None = None,
    before: pl.DataFrame | None = None,
) -> Matches:
    """Return the pairs of agencies that may be one, with reasons, and the groups they form.

    All delivered agencies of all centers take part, inactive ones too: the twin of an active record is often a retired one.
    Nothing is merged here; scores order a queue for people. The result does not depend on the order of rows.

    Args:
        directory: The canonical tables of one or many centers.
        parameters: Weights and limits; the profile `agency` is used.
        decided: Verdicts in force, which the groups obey; scores and bands are the same with and without them.
        before: Groups of the night before under present numbers, see `cluster_pairs`.
    """
    compared = prepare(
        entities_of_directory(directory, parameters=parameters), profile=parameters.agency, parameters=parameters
    )
    candidates = propose_candidates(compared)
    is_kept = (pl.col("band") != PairBand.BELOW) | (pl.col("score") >= parameters.kept_score)
    # Of most pairs nothing is wanted but what the groups look at.
    parts = [
        (part.filter(is_kept), part.select(_GROUPED))
        for part in _scored_parts(candidates, compared, parameters=parameters)
    ]
    kept = _number_pairs(_name_records(pl.concat([part for part, _ in parts]), compared))
    grouped = group_pairs(
        _name_records(_matters_to_groups(pl.concat([part for _, part in parts]), decided), compared),
        profile=parameters.agency,
        decided=_present(decided, compared.entity),
        before=before,
    )
    told = kept.filter(pl.col("band") != PairBand.BELOW)
    return Matches(
        blocks=candidates.block,
        pairs=conform(kept, ScoredPair),
        reasons=tell_reasons(told, compared),
        clusters=grouped.cluster,
        entity_count=compared.count,
        candidate_count=candidates.pair.height,
        refused_wall_count=grouped.refused_wall_count,
        refused_size_count=grouped.refused_size_count,
    )


def score_candidates(candidates: Candidates, compared: Compared, *, parameters: MatchParameters) -> pl.DataFrame:
    """Return all candidates scored, with the ids of both records, in their order.

    Pairs are taken `parameters.pairs_at_once` at a time, which bounds the memory and changes no result.
    """
    return _name_records(pl.concat(list(_scored_parts(candidates, compared, parameters=parameters))), compared)


def _scored_parts(candidates: Candidates, compared: Compared, *, parameters: MatchParameters) -> Iterator[pl.DataFrame]:
    pair = candidates.pair
    for start in range(0, max(pair.height, 1), parameters.pairs_at_once):
        yield score_pairs(pair.slice(start, parameters.pairs_at_once), compared)


def _matters_to_groups(scored: pl.DataFrame, decided: DecidedPairs | None) -> pl.DataFrame:
    """Return the pairs that can join or part groups: without verdicts those of records that have a link at all."""
    if decided is not None:
        return scored
    links = scored.filter(pl.col("band") == PairBand.DUPLICATE)
    linked = pl.concat([links["a"], links["b"]]).unique().implode()
    return scored.filter(pl.col("a").is_in(linked) & pl.col("b").is_in(linked))


def group_pairs(
    scored: pl.DataFrame,
    *,
    profile: ProfileParameters,
    decided: DecidedPairs | None = None,
    before: pl.DataFrame | None = None,
) -> Clusters:
    """Return the proposed groups of scored pairs; pairs with strong evidence against are walls between groups.

    Args:
        scored: As `score_candidates` returns it.
        profile: Uses `wall_score` and `largest_cluster`.
        decided: Verdicts in force.
        before: Groups of the night before under present numbers, see `cluster_pairs`.
    """
    is_wall = (
        pl.col("is_vetoed")
        | (pl.col("band") == PairBand.RELATED)
        | ((pl.col("band") == PairBand.BELOW) & (pl.col("score") <= profile.wall_score))
    )
    walls = _matters_to_groups(scored, decided).filter(is_wall)
    return cluster_pairs(scored, walls=walls, largest=profile.largest_cluster, decided=decided, before=before)


def _present(decided: DecidedPairs | None, entity: pl.DataFrame) -> DecidedPairs | None:
    """Return the verdicts on agencies that are in the directory; those on others sleep and make no group."""
    if decided is None:
        return None
    here = entity.select("center_id", "uid")

    def both_here(pairs: pl.DataFrame) -> pl.DataFrame:
        for side in ("a", "b"):
            pairs = pairs.join(
                here, left_on=[f"center_id_{side}", f"uid_{side}"], right_on=["center_id", "uid"], how="semi"
            )
        return pairs

    return DecidedPairs(
        same=both_here(decided.same),
        different=both_here(decided.different),
        open_question=both_here(decided.open_question),
    )


def _name_records(scored: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Add center and uid of both records."""
    entity = compared.entity.select("center_id", "uid")
    sides = [
        entity[scored[side]].rename({"center_id": f"center_id_{side}", "uid": f"uid_{side}"}) for side in ("a", "b")
    ]
    return pl.concat([scored, *sides], how="horizontal")


def _number_pairs(scored: pl.DataFrame) -> pl.DataFrame:
    """Add `pair_id` and the names of the blocks."""
    ids = [pair_id(*row) for row in scored.select("center_id_a", "uid_a", "center_id_b", "uid_b").iter_rows()]
    return scored.with_columns(
        pair_id=pl.Series(ids, dtype=pl.String),
        blocks=block_names(pl.col("blocks")).cast(pl.List(pl.String)),
    )
