"""Tables of the schema `auditing`: draws, drawn records, what the rules say of them, answers, scores and results."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Draw(Table):
    """One row per audit batch."""

    batch_id: pl.String = required("Id from everything that makes the draw: the same draw has the same id.")
    method: pl.String = required("`simple`, `stratified` or `risk`.")
    unit: pl.String = required("`agency` (the bundle) or `service`.")
    seed: pl.String = required("Seed as text; published after the draw.")
    algorithm: pl.String = required("Version of the algorithm, `sha256-53/1`.")
    as_of: pl.Date = required("Day of the frame.")
    center_id: pl.String = optional("Center of the frame; null for all centers.")
    frame_size: pl.Int64 = required("Counted records, whether or not they could be drawn.")
    frame_sha256: pl.String = required("Hash over the sorted ids of the frame.")
    size: pl.Int64 = required("Records drawn.")
    snapshot: pl.String = optional("Published snapshot the frame came from.")
    recent_size: pl.Int64 = required("Records of the frame that were audited lately (cool-down).")
    covers_recent: pl.Boolean = required(
        "Whether those could be drawn too, so that the draw speaks for the whole frame."
    )
    cooldown_months: pl.Int64 = required("Months after an audit in which a record is not drawn again; 0 for none.")
    allocation: pl.String = optional("`proportional` or `neyman` in a stratified draw.")
    extends: pl.String = optional("Earlier batch of the same seed that this one contains; its answers count here.")
    parameters: pl.String = required("Further settings that made the draw, as JSON with sorted keys.")


class Stratum(Table):
    """One row per stratum of a batch; one named `all` in a simple or risk-weighted draw."""

    batch_id: pl.String = required("Batch.")
    stratum: pl.String = required("Name of the stratum.")
    frame_size: pl.Int64 = required("Records of the frame in it.")
    size: pl.Int64 = required("Records drawn from it.")
    drawn_as: pl.String = required("`simple` (equal chances) or `poisson` (chances by risk).")
    is_recent: pl.Boolean = required("Whether it holds the records audited lately.")
    spread: pl.Float64 = optional("Standard deviation of earlier scores that the allocation used; null when none.")


class DrawItem(Table):
    """One row per drawn record, in draw order."""

    batch_id: pl.String = required("Batch.")
    rank: pl.Int64 = required("Place in the draw, from 1.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Drawn record.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the record.")
    stratum: pl.String = required("Stratum; `all` in a simple draw.")
    u: pl.Float64 = required("Hash of seed and record as a number in [0, 1).")
    inclusion_probability: pl.Float64 = required("Probability that the draw holds this record.")
    auditor: pl.String = optional("Who audits; null until assigned.")
    second_rater: pl.String = optional("Who scores it blind a second time; null when nobody does.")
    curator: pl.String = optional("Curator of the record at that time.")
    county: pl.String = optional("County of the record's agency at that time.")
    tier: pl.String = optional("Complexity tier of the bundle; null for agencies that are not counted.")
    minutes: pl.Float64 = optional("Central minutes of one update of the bundle, by which the work is shared out.")
    risk: pl.Float64 = optional("Risk score in a risk-weighted draw.")
    carried_from: pl.String = optional("Batch in which it was drawn first, when this one extends it.")


class AutomaticScore(Table):
    """One row per drawn record and item that follows from the nightly rules. Items that do not apply are absent."""

    batch_id: pl.String = required("Batch.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Drawn record.")
    item_id: pl.String = required("Item of the scorecard.")
    points: pl.Int64 = required("Parts that are right.")
    possible: pl.Int64 = required("Parts that are asked.")


class Answer(Table):
    """One row per answer ever given; corrections are further rows."""

    batch_id: pl.String = required("Batch.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Drawn record, under the number it had when it was drawn.")
    item_id: pl.String = required("Item of the scorecard.")
    auditor: pl.String = required("Who answered.")
    role: pl.String = required("`first`, `second` or `third` opinion.")
    answer: pl.String = optional("`yes`, `no` or `not applicable`; null for a remark, or an answer taken back.")
    comment: pl.String = optional("Comment; required with a `no`.")
    source_note: pl.String = optional("Where and when it was checked.")
    shown_sha256: pl.String = optional("Hash of the values that stood beside the question.")
    checked_on: pl.Date = required("Day on which the answer was handed in.")
    entry: pl.Int64 = required("Entry of the decision log.")
    is_standing: pl.Boolean = required("Whether it is the latest answer of this auditor to this item.")


class Score(Table):
    """One row per drawn record and opinion."""

    batch_id: pl.String = required("Batch.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Drawn record.")
    auditor: pl.String = required("Who scored it.")
    role: pl.String = required("`first`, `second` or `third` opinion.")
    unanswered: pl.Int64 = required("Questions still open; the record counts as audited when there is none.")
    faults: pl.Int64 = required("Questions answered with `no`.")
    critical_errors: pl.Int64 = required("Critical questions answered with `no`.")
    accuracy: pl.Float64 = optional("Share of the points, 0 to 1; null when nothing applies.")
    completeness: pl.Float64 = optional("Weighted share of mandatory and recommended elements, 0 to 1.")
    indexing: pl.Float64 = optional("Share of the points, 0 to 1.")
    readability: pl.Float64 = optional("Share of the points, 0 to 1.")
    grammar: pl.Float64 = optional("Share of the points, 0 to 1.")
    score: pl.Float64 = optional("Weighted score, 0 to 100; null when no criterion applies.")
    band: pl.String = optional("`meets`, `coaching` or `fail`; a critical error always fails.")


class Result(Table):
    """One row per batch, measure and group: an estimate for the whole frame, or a plain count."""

    batch_id: pl.String = required("Batch.")
    measure: pl.String = required("Such as `score`, `accuracy`, `record_error_rate`, `accuracy.phones`.")
    dimension: pl.String = required("`all`, `stratum`, `curator`, `county`, `tier` or `center`.")
    value: pl.String = required("Group within the dimension; `all` for the whole frame.")
    n: pl.Int64 = required("Audited records that say something about it.")
    count: pl.Float64 = optional("Of these, records with the property; null for scores.")
    estimate: pl.Float64 = optional("Estimate: scores 0 to 100, all others shares; null in cells that are too small.")
    low: pl.Float64 = optional("Lower end of the interval; null when there is none.")
    high: pl.Float64 = optional("Upper end of the interval; null when there is none.")
    standard_error: pl.Float64 = optional("Design-based standard error; null when it cannot be estimated.")
    method: pl.String = required("How estimate and interval were made.")
