"""What people decided about pairs of agencies, and where each pair stands because of it."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from schemas.contract import Table, optional, required


class Verdict(StrEnum):
    """What a person says of a pair of agencies."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Basis(StrEnum):
    """Where a verdict comes from."""

    DECIDED = "decided"  # a person looked at this pair
    IMPLIED = "implied"  # it follows from verdicts on other pairs


class PairStanding(StrEnum):
    """Whether a pair is asked, and if not, why not."""

    OPEN = "open"  # nobody has decided
    REOPENED = "reopened"  # decided, but what the verdict rested on has changed; the verdict holds until it is answered
    CONFLICT = "conflict"  # verdicts contradict each other; nothing follows from them until that is settled
    DECIDED = "decided"
    IMPLIED = "implied"
    WAITING = "waiting"  # unsure: asked again when something changes or after the set number of days
    DORMANT = "dormant"  # decided, but a record has left the directory; the verdict wakes when it returns


#: Standings in which a pair is in the queue of a person.
ASKED: tuple[PairStanding, ...] = (PairStanding.OPEN, PairStanding.REOPENED, PairStanding.CONFLICT)


class PairState(Table):
    """One row per pair that is in the bands duplicate, possible or related, and per pair somebody has decided."""

    pair_id: pl.String = required("Pair, as in `scored_pair`.")
    center_id_a: pl.String = required("Center of record A.")
    uid_a: pl.String = required("Record A; under its present number when it was re-keyed since the verdict.")
    center_id_b: pl.String = required("Center of record B.")
    uid_b: pl.String = required("Record B.")
    standing: pl.String = required("PairStanding value: whether the pair is asked, and if not, why not.")
    verdict: pl.String = optional("Verdict in force: `same`, `different` or `unsure`; null when there is none.")
    basis: pl.String = optional("`decided` or `implied`; null when there is no verdict.")
    decided_by: pl.String = optional("Who decided so, `; ` between several.")
    decided_at: pl.Datetime = optional("Moment of the last of these decisions, UTC.")
    reason: pl.String = optional("Reason given with the last of them.")
    agreeing: pl.Int64 = required("Persons whose standing verdict this is; 0 when none or implied.")
    entry: pl.Int64 = optional("Number of the last of these decisions in the decision log.")
    told: pl.String = optional("Why the pair stands so: what changed, which verdicts it follows from, who disagrees.")


class ClusterAlias(Table):
    """One row per former id of a group: groups that were joined keep the id of the oldest."""

    alias_id: pl.String = required("Id that a group had.")
    cluster_id: pl.String = required("Id of the group that took it up.")
