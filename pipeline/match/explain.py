"""The full explanation of one pair of agencies, also of one that was never a candidate."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.candidates import block_names, propose_candidates
from pipeline.match.compared import Compared, prepare
from pipeline.match.directory_entities import entities_of_directory
from pipeline.match.reasons import tell_reasons
from pipeline.match.score import score_pairs
from schemas.directory import Directory
from schemas.enumerations import PairBand
from schemas.errors import UsageError
from schemas.identity import pair_id
from schemas.match_parameters import MatchParameters, ProfileParameters

_Key = tuple[str, str]

#: The signals a curator can settle by finding out, with the words for them.
_LACKING: dict[str, str] = {
    "ein": "the same employer number (EIN)",
    "phone": "a phone number that only these two have",
    "email": "an e-mail address that only these two have",
    "domain": "an own web domain that only these two have",
    "address": "an address that only these two have",
}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a pair stands where it stands.

    Attributes:
        pair_id: Id of the pair.
        key_a, key_b: Center and uid of both agencies, sorted.
        name_a, name_b: Their names.
        score: Probability that they are one agency, 0-1.
        band: `duplicate`, `possible`, `related` or `below`.
        relation: For `related`, which relation.
        blocks: Blocking keys that proposed the pair; empty when none did and the pair was not asked in the night's run.
        reasons: `PairReason` rows, strongest first.
        flips: What would change the band, one sentence each.
        summary: The verdict in one sentence.
    """

    pair_id: str
    key_a: _Key
    key_b: _Key
    name_a: str | None
    name_b: str | None
    score: float
    band: str
    relation: str | None
    blocks: tuple[str, ...]
    reasons: pl.DataFrame
    flips: tuple[str, ...]
    summary: str


def explain_pair(directory: Directory, *, first: _Key, second: _Key, parameters: MatchParameters) -> Explanation:
    """Return what speaks for and against two agencies being one, and what would change it.

    Args:
        directory: The canonical tables.
        first: (center id, record uid) of one agency.
        second: The same of the other; their order does not matter.
        parameters: Weights and limits; the profile `agency` is used.

    Raises:
        UsageError: One of the two is no delivered agency of the directory, or both are the same record.
    """
    entities = entities_of_directory(directory, parameters=parameters)
    if first == second:
        raise UsageError("Both records are the same one.", advice="Name two different agencies.")
    numbers = {
        (center, uid): number
        for number, center, uid in entities.entity.select("entity", "center_id", "uid").iter_rows()
    }
    for key in (first, second):
        if key not in numbers:
            raise UsageError(
                f"There is no agency {key[1]} of center {key[0]} in the directory.",
                advice="Sites and services are not compared; name the agency's own record.",
            )
    key_a, key_b = sorted([first, second])
    compared = prepare(entities, profile=parameters.agency, parameters=parameters)
    candidates = propose_candidates(compared)
    pair = pl.DataFrame({"a": [numbers[key_a]], "b": [numbers[key_b]]}, schema={"a": pl.UInt32, "b": pl.UInt32})
    pair_name = pair_id(*key_a, *key_b)
    scored = score_pairs(pair, compared).with_columns(pair_id=pl.lit(pair_name))
    blocks = (
        candidates.pair.join(pair, on=["a", "b"], how="semi")
        .select(block_names(pl.col("blocks")))
        .to_series()
        .to_list()
    )
    row = scored.row(0, named=True)
    reasons = tell_reasons(scored, compared)
    return Explanation(
        pair_id=pair_name,
        key_a=key_a,
        key_b=key_b,
        name_a=_name_of(compared, numbers[key_a]),
        name_b=_name_of(compared, numbers[key_b]),
        score=row["score"],
        band=row["band"],
        relation=row["relation"],
        blocks=tuple(blocks[0]) if blocks else (),
        reasons=reasons,
        flips=_flips(row, reasons, profile=parameters.agency),
        summary=_summary(row),
    )


def _name_of(compared: Compared, number: int) -> str | None:
    name: str | None = compared.entity["name"][number]
    return name


def _summary(row: dict[str, object]) -> str:
    """Say in one sentence what the band means for the curator."""
    share = f"{100 * float(str(row['score'])):.0f} in 100"
    sentences = {
        PairBand.DUPLICATE: f"Very likely one agency entered twice: of pairs like this, about {share} would be.",
        PairBand.POSSIBLE: f"Perhaps one agency entered twice: of pairs like this, about {share} would be. A person has to look.",
        PairBand.RELATED: "These belong together without being one agency; the question is whether the structure is entered rightly.",
        PairBand.BELOW: f"Probably two different agencies: of pairs like this, about {share} would be one.",
    }
    return sentences[PairBand(str(row["band"]))]


def _flips(row: dict[str, object], reasons: pl.DataFrame, *, profile: ProfileParameters) -> tuple[str, ...]:
    """Say which single change would move the pair into another band."""
    band = PairBand(str(row["band"]))
    bits = float(str(row["bits"]))
    if band == PairBand.RELATED:
        return (
            "If the relation is entered wrongly, correct it (parent, employer number or level); then the pair is scored.",
        )
    flips = []
    if row["is_vetoed"]:
        flips.append("If one of the numbers in the names is a slip, correcting it lifts the veto.")
    weights = dict(reasons.select("signal", "weight").iter_rows())
    for signal, weight in weights.items():
        if signal in ("start", "number", "relation", "support", "status", "renamed") or weight == 0:
            continue
        without = _band_of(bits - weight, row, weights={**weights, signal: 0.0}, profile=profile)
        if without != band:
            what = "agreement" if weight > 0 else "difference"
            flips.append(f"Without the {what} in {signal.replace('_', ' ')} it would be {_placed(without)}.")
    if band in (PairBand.POSSIBLE, PairBand.BELOW):
        for signal, words in _LACKING.items():
            if weights.get(signal, 0.0) > 0:
                continue
            gained = float(getattr(profile, f"{signal}_same_bits"))
            lifted = bits - weights.get(signal, 0.0) + gained
            reached = _band_of(lifted, row, weights={**weights, signal: gained}, profile=profile)
            if reached != band:
                flips.append(f"With {words} it would be {_placed(reached)}.")
    return tuple(flips)


def _band_of(bits: float, row: dict[str, object], *, weights: dict[str, float], profile: ProfileParameters) -> PairBand:
    """Return the band that a sum of bits leads to, with the veto and the need for support as in scoring."""
    score = 1.0 / (1.0 + 2.0**-bits)
    if row["is_vetoed"]:
        score = min(score, profile.number_cap)
    supported = max((weights.get(signal, 0.0) for signal in _LACKING), default=0.0) >= profile.support_bits
    if score >= profile.duplicate_score and supported:
        return PairBand.DUPLICATE
    return PairBand.POSSIBLE if score >= profile.possible_score else PairBand.BELOW


def _placed(band: PairBand) -> str:
    words = {
        PairBand.DUPLICATE: "a likely duplicate",
        PairBand.POSSIBLE: "a possible duplicate",
        PairBand.BELOW: "no duplicate",
    }
    return words[band]
