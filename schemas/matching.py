"""Tables of the schema `matching`: candidates, scored pairs, their reasons, clusters."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required, texts


class BlockReport(Table):
    """One row per blocking key: what it costs and what it adds."""

    block: pl.String = required("Name of the blocking key.")
    pair_count: pl.Int64 = required("Candidate pairs this key proposes.")
    new_pair_count: pl.Int64 = required("Pairs no earlier key proposed.")
    capped_key_count: pl.Int64 = required("Key values shared by more records than the cap; their pairs were not made.")
    capped_record_count: pl.Int64 = required("Records behind those values.")


class ScoredPair(Table):
    """One row per scored candidate pair of agencies; `uid_a` sorts before `uid_b` within (center, uid)."""

    pair_id: pl.String = required("First 16 hex digits of SHA-256 over both centers and uids: the same every night.")
    center_id_a: pl.String = required("Center of record A.")
    uid_a: pl.String = required("Record A.")
    center_id_b: pl.String = required("Center of record B.")
    uid_b: pl.String = required("Record B.")
    score: pl.Float64 = required("Calibrated probability that A and B are one agency, 0-1.")
    band: pl.String = required(
        "`duplicate`, `possible`, `related` (its own class: same parent, chapter, own program) or `below`."
    )
    relation: pl.String = optional("For `related`: parent_and_child, chapters, shared_sponsor or own_program.")
    blocks: pl.List = texts("Blocking keys that proposed the pair.")


class PairReason(Table):
    """One row per pair and signal: the explanation in words. Private values are masked."""

    pair_id: pl.String = required("Pair.")
    position: pl.Int64 = required("Order of the reasons, strongest first.")
    signal: pl.String = required("Name of the signal, such as `name` or `phone`.")
    a: pl.String = optional("Value of A, `withheld` when private.")
    b: pl.String = optional("Value of B, `withheld` when private.")
    weight: pl.Float64 = required("Weight of evidence in bits (log2 odds); negative speaks against.")
    text: pl.String = required("The reason as a sentence.")


class Cluster(Table):
    """One row per agency in a group of duplicates, proposed or confirmed."""

    cluster_id: pl.String = required("Id of the group; it stays the same from night to night, see `cluster_alias`.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Agency.")
    weakest_score: pl.Float64 = required(
        "Score of the weakest link that holds the group together; 1 when people confirmed all of it."
    )
    size: pl.Int64 = required("Agencies in the group.")
    is_confirmed: pl.Boolean = required(
        "Whether verdicts of people alone hold the group together; else it is a proposal."
    )
    is_held_for_review: pl.Boolean = required(
        "Whether the group would have grown over the configured size: a person has to look at it first."
    )
    weakest_pair_id: pl.String = optional("Pair that is the weakest link; null when people confirmed all of it.")
    is_anchor: pl.Boolean = optional("The member that keeps the group's id when the group is split.")
    since: pl.Date = optional("Day of the night in which the group was first seen.")
