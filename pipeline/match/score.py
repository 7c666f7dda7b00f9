"""Evidence of each pair, signal by signal in bits, summed to one probability, and the band it falls in."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from pipeline.match.compare_names import compare_names
from pipeline.match.compare_places import PARTLY_SAME_BITS, compare_places
from pipeline.match.compare_values import CONTACT_SIGNALS, compare_areas, compare_codes, compare_contacts
from pipeline.match.compared import Compared
from pipeline.match.relations import relation_of_pairs
from pipeline.match.side_by_side import side_by_side
from schemas.enumerations import PairBand
from schemas.match_parameters import ProfileParameters

#: Signals in the order in which they are told.
SIGNALS: tuple[str, ...] = (
    *("name", "branch", "ein", "phone", "email", "domain", "address", "postal_code", "city", "taxonomy", "renamed"),
)
#: Signals that hang together: an agency that shares its office shares phone, domain and address alike.
_DAMPED: tuple[str, ...] = ("ein", "phone", "email", "domain", "address")


def score_pairs(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return the evidence, score, band and relation of each pair.

    The sum of prior and signals is the log2 odds s; the score is 1 / (1 + 2^-s). A missing value on either side gives no bits.
    Phone, e-mail, domain, EIN and address speak for a pair less the more of them do (the strongest in full, the next by
    `damping`, the next by its square, …); what speaks against counts in full.

    Args:
        pair: `a`, `b` (entity numbers); other columns are kept.
        compared: Prepared entities.

    Returns:
        `pair` with the columns of the comparisons, `<signal>_bits` for each of `SIGNALS` (null: nothing to compare), `bits`,
        `score`, `is_vetoed`, `lacks_support`, `relation`, `band`. Same rows, same order.
    """
    names, others = side_by_side(
        lambda: compare_names(pair, compared),
        lambda: [
            compare(pair, compared) for compare in (compare_contacts, compare_places, compare_codes, compare_areas)
        ],
    )
    seen = pl.concat([pair, names, *others], how="horizontal")
    weighed = _weigh_signals(seen, profile=compared.profile)
    summed = weighed.with_columns(
        bits=compared.profile.prior_bits + pl.sum_horizontal(f"{signal}_bits" for signal in SIGNALS)
    ).with_columns(score=_probability(pl.col("bits")))
    related = relation_of_pairs(summed, compared)
    return _band_pairs(related, profile=compared.profile)


def _probability(bits: pl.Expr) -> pl.Expr:
    """Return the probability of log2 odds."""
    return 1.0 / (1.0 + pl.lit(2.0).pow(-bits))


def _weigh_signals(seen: pl.DataFrame, *, profile: ProfileParameters) -> pl.DataFrame:
    """Turn comparisons into bits."""
    information = (pl.col("shared") / profile.name_information).clip(0.0, 1.0)
    name = _between_knots(pl.col("likeness"), knots=profile.name_knots)
    name_worth = profile.name_floor + (1 - profile.name_floor) * information
    address_differs = pl.when(pl.col("place_worth").is_not_null() & ~pl.col("is_place_shared")).then(
        pl.when(pl.col("nearness") == 3)
        .then(profile.same_street_bits)
        .when(pl.col("nearness") == 2)
        .then(profile.neighbouring_house_bits)
        .when(pl.col("nearness") == 1)
        .then(PARTLY_SAME_BITS)
        .otherwise(profile.address_differ_bits)
    )
    is_place_shared = pl.col("is_place_shared").fill_null(False)
    raw = {
        "name": pl.when(name > 0).then(name * name_worth).otherwise(name),
        "branch": pl.when(pl.col("is_branch_conflict") & ~pl.col("has_same_name")).then(profile.branch_bits),
        **{
            signal: pl.when(pl.col(f"{signal}_row_a").is_not_null())
            .then(pl.col(f"{signal}_worth") * getattr(profile, f"{signal}_same_bits"))
            .when(pl.col(f"{signal}_worth").is_not_null())
            .then(getattr(profile, f"{signal}_differ_bits"))
            for signal in CONTACT_SIGNALS
        },
        "address": pl.when(is_place_shared)
        .then(pl.col("place_worth") * profile.address_same_bits)
        .otherwise(address_differs),
        # Beside a shared address ZIP and city say nothing more: a slip in them has already lowered what the address is worth.
        "postal_code": pl.when(~is_place_shared).then(
            _agreement(
                pl.col("has_same_postal_code"),
                same=pl.lit(profile.postal_code_same_bits),
                differ=pl.lit(profile.postal_code_differ_bits),
            )
        ),
        "city": pl.when(pl.col("has_same_postal_code").is_null() & ~is_place_shared).then(
            _agreement(
                pl.col("has_same_city"),
                same=pl.lit(profile.city_same_bits),
                differ=pl.lit(profile.city_differ_bits),
            )
        ),
        "taxonomy": pl.when(pl.col("codes_shared") > 0)
        .then(profile.taxonomy_same_bits * pl.col("codes_shared") / pl.col("codes_fewer"))
        .when(pl.col("codes_shared") == 0)
        .then(profile.taxonomy_differ_bits),
    }
    # A fiscal sponsor lends its number, telephone and office to projects that do other work; who also offers all the same is renamed.
    is_renamed = (
        (pl.col("likeness") < profile.shared_sponsor_likeness)
        & pl.col("ein_row_a").is_not_null()
        & pl.col("phone_row_a").is_not_null()
        & is_place_shared
        & (pl.col("codes_shared") > 0)
        & (pl.col("codes_shared") == pl.col("codes_fewer"))
    )
    raw["renamed"] = pl.when(is_renamed & (pl.lit(profile.renamed_bits) > 0)).then(profile.renamed_bits)
    weighed = seen.lazy().with_columns(bits.cast(pl.Float64).alias(f"{signal}_bits") for signal, bits in raw.items())
    # Lazy: what several signals look at is worked out once.
    return weighed.with_columns(_damped(signal, damping=profile.damping) for signal in _DAMPED).collect()


def _agreement(is_same: pl.Expr, *, same: pl.Expr, differ: pl.Expr) -> pl.Expr:
    return pl.when(is_same).then(same).when(~is_same).then(differ)


def _between_knots(value: pl.Expr, *, knots: tuple[tuple[float, float], ...]) -> pl.Expr:
    """Return the straight line between the knots at the value; null stays null, outside the line is level."""
    inside = value.clip(knots[0][0], knots[-1][0])
    pieces = [
        pl.when((inside >= left) & (inside <= right)).then(low + (inside - left) * ((high - low) / (right - left)))
        for (left, low), (right, high) in pairwise(knots)
    ]
    return pl.coalesce(pieces)


def _damped(signal: str, *, damping: float) -> pl.Expr:
    """Return a signal's bits times damping to the power of the signals that speak more strongly for the pair."""
    own = pl.col(f"{signal}_bits")
    stronger = []
    for position, other in enumerate(_DAMPED):
        if other != signal:
            rival = pl.col(f"{other}_bits")
            wins_ties = position < _DAMPED.index(signal)
            stronger.append((rival >= own if wins_ties else rival > own).fill_null(False).cast(pl.Int32))
    rank = pl.sum_horizontal(stronger)
    return pl.when(own > 0).then(own * pl.lit(damping).pow(rank)).otherwise(own).alias(f"{signal}_bits")


def _band_pairs(pairs: pl.DataFrame, *, profile: ProfileParameters) -> pl.DataFrame:
    """Apply the vetoes, the need for support and the bands."""
    support = pl.max_horizontal(pl.col(f"{signal}_bits").fill_null(0.0) for signal in _DAMPED)
    below_duplicate = profile.duplicate_score - 1e-6
    capped = pairs.with_columns(
        is_vetoed=pl.col("numbers_differ"),
        lacks_support=support < profile.support_bits,
    ).with_columns(
        score=pl.when("is_vetoed")
        .then(pl.min_horizontal("score", pl.lit(profile.number_cap)))
        .when("lacks_support")
        .then(pl.min_horizontal("score", pl.lit(below_duplicate)))
        .otherwise("score")
    )
    band = (
        pl.when(pl.col("relation").is_not_null())
        .then(pl.lit(PairBand.RELATED.value))
        .when(pl.col("score") >= profile.duplicate_score)
        .then(pl.lit(PairBand.DUPLICATE.value))
        .when(pl.col("score") >= profile.possible_score)
        .then(pl.lit(PairBand.POSSIBLE.value))
        .otherwise(pl.lit(PairBand.BELOW.value))
    )
    return capped.with_columns(band=band)
