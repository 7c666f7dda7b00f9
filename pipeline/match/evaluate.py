"""How good the shipped settings are on a labelled list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.match.agencies import group_pairs, score_candidates
from pipeline.match.candidates import propose_candidates
from pipeline.match.compared import prepare
from pipeline.match.listing import LIST_COLUMNS, entities_of_list
from pipeline.match.names import fold_text
from schemas.enumerations import PairBand
from schemas.errors import InputError
from schemas.match_parameters import MatchParameters

#: Labels of truth pairs: `related` and `distinct` are two things, `unsure` is left out.
LABELS: tuple[str, ...] = ("duplicate", "related", "distinct", "unsure")


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Predicted pairs against true pairs.

    Attributes:
        predicted_pairs: Pairs called duplicates (with truth pairs: those of them that are labelled duplicate, related or distinct).
        true_positives: Those that are true.
        precision: Share of predicted pairs that are true; null when none is predicted.
        recall: Share of true pairs that are predicted; null when there are none.
        f1: Harmonic mean of both; null when either is unknown.
    """

    predicted_pairs: int
    true_positives: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, kw_only=True)
class View:
    """The figures for one list.

    Attributes:
        records: Records compared.
        true_pairs: Pairs that are one thing.
        candidate_pairs: Pairs compared.
        blocking_recall: Share of true pairs among the candidates: the ceiling on recall; null when there are no true pairs.
        duplicate: Agreement of the band `duplicate`, the shipped threshold.
        possible: Agreement of the bands `duplicate` and `possible` together.
        clustered: Agreement of the proposed groups: every pair within a group is called a duplicate.
        unlabelled_predicted: Pairs called duplicates that the truth pairs do not name; 0 with a truth column.
    """

    records: int
    true_pairs: int
    candidate_pairs: int
    blocking_recall: float | None
    duplicate: Agreement
    possible: Agreement
    clustered: Agreement
    unlabelled_predicted: int


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Match quality on a labelled list.

    Attributes:
        entity: Profile used, `agency` or `site`.
        threshold: The shipped score from which a pair is called a duplicate.
        possible_threshold: The shipped score from which a pair is asked.
        full: All records.
        distinct: The list with exact copies collapsed to one record; null with truth pairs, which name single records.
    """

    entity: str
    threshold: float
    possible_threshold: float
    full: View
    distinct: View | None

    def to_json(self) -> dict[str, object]:
        """Return the promised keys of `resdir duplicates evaluate --json`; the caller adds `seconds`."""
        answer: dict[str, object] = {"entity": self.entity, "threshold": self.threshold}
        answer |= _view_json(self.full, threshold=self.threshold, possible_threshold=self.possible_threshold)
        if self.distinct is not None:
            answer["distinct"] = _view_json(
                self.distinct, threshold=self.threshold, possible_threshold=self.possible_threshold
            )
        return answer


def evaluate_matching(
    records: pl.DataFrame,
    *,
    truth_labels: pl.Series | None = None,
    truth_pairs: pl.DataFrame | None = None,
    entity: Literal["agency", "site"] = "agency",
    parameters: MatchParameters,
) -> Evaluation:
    """Return precision, recall and F1 of the shipped settings on a labelled list.

    Args:
        records: Text columns of `LIST_COLUMNS`: `id` and `name`, others where the list has them.
        truth_labels: One label per record, in the order of `records`: records with the same label are one thing. A blank label
            means a record of its own.
        truth_pairs: Columns `id_a`, `id_b`, `label` (`duplicate`, `related`, `distinct`, `unsure`). Precision and recall count only
            the labelled pairs; `related` and `distinct` are two things, `unsure` is left out.
        entity: Profile of settings.
        parameters: Settings; the thresholds are the profile's own.

    Raises:
        InputError: Not exactly one kind of truth is given, or it does not fit the records.
    """
    if (truth_labels is None) == (truth_pairs is None):
        raise InputError(
            "The list needs one kind of truth.", advice="Give either a truth column or a file of truth pairs, not both."
        )
    profile = parameters.agency if entity == "agency" else parameters.site
    distinct = None
    if truth_labels is not None:
        labelled = _labelled(records, truth_labels)
        full = _view(labelled, pairs=None, entity=entity, parameters=parameters)
        distinct = _view(_collapse(labelled), pairs=None, entity=entity, parameters=parameters)
    else:
        assert truth_pairs is not None
        full = _view(records, pairs=_checked_pairs(records, truth_pairs), entity=entity, parameters=parameters)
    return Evaluation(
        entity=entity,
        threshold=profile.duplicate_score,
        possible_threshold=profile.possible_score,
        full=full,
        distinct=distinct,
    )


def _labelled(records: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """Add the truth labels as `truth`; blank labels become labels of their own."""
    if len(labels) != records.height:
        raise InputError(f"There are {len(labels)} truth labels for {records.height} records.")
    text = labels.cast(pl.String).str.strip_chars()
    own = pl.concat_str(pl.lit("\x1f"), pl.int_range(pl.len()).cast(pl.String))
    return records.with_columns(truth=text).with_columns(
        truth=pl.when(pl.col("truth").fill_null("") == "").then(own).otherwise("truth")
    )


def _collapse(labelled: pl.DataFrame) -> pl.DataFrame:
    """Keep one record of those that are equal in every compared column, without regard to case, blanks and punctuation."""
    columns = [name for name in LIST_COLUMNS if name != "id" and name in labelled.columns]
    folded = [fold_text(pl.col(name).cast(pl.String)).fill_null("") for name in columns]
    return labelled.sort("id").unique(folded, keep="first", maintain_order=True)


def _checked_pairs(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the labelled pairs with the smaller id first, none twice."""
    for needed in ("id_a", "id_b", "label"):
        if needed not in pairs.columns:
            raise InputError(f"The truth pairs have no column {needed}.", advice="Columns are id_a, id_b and label.")
    tidy = pairs.select(pl.col("id_a", "id_b", "label").cast(pl.String).str.strip_chars()).with_columns(
        pl.col("label").str.to_lowercase()
    )
    unknown = tidy.filter(~pl.col("label").is_in(LABELS).fill_null(False))
    if unknown.height:
        raise InputError(
            f"The truth pairs hold the label {unknown['label'][0]!r}.", advice=f"Labels are {', '.join(LABELS)}."
        )
    known = records["id"].cast(pl.String)
    for side in ("id_a", "id_b"):
        strange = tidy.filter(~pl.col(side).is_in(known.implode()).fill_null(False))
        if strange.height:
            raise InputError(f"The truth pairs name the record {strange[side][0]!r}, which is not in the list.")
    ordered = tidy.select(
        uid_a=pl.min_horizontal("id_a", "id_b"), uid_b=pl.max_horizontal("id_a", "id_b"), label="label"
    ).unique()
    twice = ordered.filter(pl.struct("uid_a", "uid_b").is_duplicated()).sort("uid_a", "uid_b")
    if twice.height:
        raise InputError(f"The truth pairs label {twice['uid_a'][0]!r} and {twice['uid_b'][0]!r} in two ways.")
    return ordered.filter(pl.col("uid_a") != pl.col("uid_b"))


def _view(
    records: pl.DataFrame, *, pairs: pl.DataFrame | None, entity: Literal["agency", "site"], parameters: MatchParameters
) -> View:
    """Match the records and hold the result against the truth."""
    profile = parameters.agency if entity == "agency" else parameters.site
    entities = entities_of_list(records, parameters=parameters)
    compared = prepare(entities, profile=profile, parameters=parameters)
    candidates = propose_candidates(compared)
    scored = score_candidates(candidates, compared, parameters=parameters)
    scored = scored.select("a", "b", "center_id_a", "uid_a", "center_id_b", "uid_b", "score", "band", "is_vetoed")
    groups = group_pairs(scored, profile=profile).cluster.select("cluster_id", uid="record_uid")
    grouped = _pairs_within(groups, by="cluster_id")
    if pairs is None:
        truth = _pairs_within(records.select(pl.col("id").cast(pl.String).alias("uid"), "truth"), by="truth")
        judged = None
    else:
        truth = pairs.filter(pl.col("label") == "duplicate").select("uid_a", "uid_b")
        judged = pairs.filter(pl.col("label") != "unsure").select("uid_a", "uid_b")
    called = scored.filter(pl.col("band") == PairBand.DUPLICATE).select("uid_a", "uid_b")
    asked = scored.filter(pl.col("band").is_in([PairBand.DUPLICATE, PairBand.POSSIBLE])).select("uid_a", "uid_b")
    found = truth.join(scored, on=["uid_a", "uid_b"], how="semi").height
    unlabelled = 0 if pairs is None else called.join(pairs, on=["uid_a", "uid_b"], how="anti").height
    return View(
        records=entities.count,
        true_pairs=truth.height,
        candidate_pairs=candidates.pair.height,
        blocking_recall=found / truth.height if truth.height else None,
        duplicate=_agreement(called, truth=truth, judged=judged),
        possible=_agreement(asked, truth=truth, judged=judged),
        clustered=_agreement(grouped, truth=truth, judged=judged),
        unlabelled_predicted=unlabelled,
    )


def _pairs_within(members: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """Return all pairs of records that share a label, the smaller id first."""
    shared = members.filter(pl.col(by).is_duplicated())
    return (
        shared.select(by, uid_a="uid")
        .join(shared.select(by, uid_b="uid"), on=by, how="inner")
        .filter(pl.col("uid_a") < pl.col("uid_b"))
        .select("uid_a", "uid_b")
    )


def _agreement(predicted: pl.DataFrame, *, truth: pl.DataFrame, judged: pl.DataFrame | None) -> Agreement:
    """Count what was predicted rightly, among the judged pairs only where the truth is not complete."""
    if judged is not None:
        predicted = predicted.join(judged, on=["uid_a", "uid_b"], how="semi")
    right = predicted.join(truth, on=["uid_a", "uid_b"], how="semi").height
    precision = right / predicted.height if predicted.height else None
    recall = right / truth.height if truth.height else None
    both = predicted.height + truth.height
    return Agreement(
        predicted_pairs=predicted.height,
        true_positives=right,
        precision=precision,
        recall=recall,
        f1=2 * right / both if truth.height and both else None,
    )


def _view_json(view: View, *, threshold: float, possible_threshold: float) -> dict[str, object]:
    """Return the keys of one view; the headline is the band `duplicate`."""
    return {
        "records": view.records,
        "true_pairs": view.true_pairs,
        **_agreement_json(view.duplicate),
        "candidate_pairs": view.candidate_pairs,
        "blocking_recall": view.blocking_recall,
        "unlabelled_predicted": view.unlabelled_predicted,
        "band": {
            "duplicate": {"threshold": threshold, **_agreement_json(view.duplicate)},
            "possible": {"threshold": possible_threshold, **_agreement_json(view.possible)},
        },
        "clusters": _agreement_json(view.clustered),
    }


def _agreement_json(agreement: Agreement) -> dict[str, object]:
    return {
        "predicted_pairs": agreement.predicted_pairs,
        "precision": agreement.precision,
        "recall": agreement.recall,
        "f1": agreement.f1,
    }
