"""Rule FMT-051 about areas served: a unit such as `IL - Sangamon County` names a county that its state has.

An export that joins states to names from another list gives every service an area that nobody can search for.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.places import NO_ZIPS, fold_place
from pipeline.validate.questions import Question
from schemas.enumerations import RecordKind
from schemas.states import state_codes

#: A unit of state and place; below the county further parts may stand.
_STATE_AND_PLACE = r"^([A-Za-z]{2}) - (.+?)(?: - .*)?$"
#: Last words of a county and what stands for one, in every state; and those that only Alaska uses so (Census Bureau, "Counties and
#: equivalents"). Elsewhere a borough or city may be a town, which is no matter of this rule.
_COUNTY_WORDS = r" (?:county|parish|municipio|census area)$"
_ALASKAN_WORDS = r" (?:borough|municipality)$"
#: All words that tables and exports put before or after the name, so that they are compared without them.
_WORDS_BEFORE = r"^(?:city and borough|municipality) of "
_WORDS_BEHIND = r" (?:city and borough|borough|parish|municipio|municipality|census area|city)$"


def mark_unknown_areas(services: pl.DataFrame, *, zips: pl.DataFrame | None) -> pl.DataFrame:
    """Return the services, in the same order, with the areas served that cannot be.

    Args:
        services: Needs `area_served_units`.
        zips: `schemas.reference.ZipPlace`; None when the center has pointed to none, and then no area is unknown.

    Returns:
        The services with `unknown_areas`: units whose state is no code of the USPS, or that name a county of which the table has
        others in that state, but not this one. A state of which the table has no county is not judged.
    """
    unknown = [] if zips is None else _find_unknown(services["area_served_units"].explode().unique(), zips=zips)
    is_unknown = pl.element().is_in(unknown)
    return services.with_columns(unknown_areas=pl.col("area_served_units").list.eval(pl.element().filter(is_unknown)))


def _find_unknown(units: pl.Series, *, zips: pl.DataFrame) -> list[str]:
    counties = zips.select("state", county=_fold_county(pl.col("county"))).drop_nulls().unique()
    parts = pl.col("unit").str.extract_groups(_STATE_AND_PLACE)
    place = parts.struct.field("2").str.strip_chars().str.to_lowercase()
    asked = pl.DataFrame({"unit": units}).select(
        "unit",
        state=parts.struct.field("1").str.to_uppercase(),
        county=_fold_county(place),
        has_county_word=place.str.contains(_COUNTY_WORDS),
        has_alaskan_word=place.str.contains(_ALASKAN_WORDS),
    )
    names_county = pl.col("has_county_word") | (pl.col("has_alaskan_word") & (pl.col("state") == "AK"))
    is_judged = names_county & pl.col("state").is_in(counties["state"].unique().implode())
    known = counties.with_columns(is_known=pl.lit(value=True))
    return (
        asked.join(known, on=["state", "county"], how="left", maintain_order="left")
        .filter(~pl.col("state").is_in(sorted(state_codes())) | (is_judged & pl.col("is_known").is_null()))
        .get_column("unit")
        .sort()
        .to_list()
    )


def _fold_county(name: pl.Expr) -> pl.Expr:
    folded = fold_place(name.str.normalize("NFKD").str.replace_all(r"\p{M}", ""))
    folded = folded.str.replace(_WORDS_BEFORE, "").str.replace(_WORDS_BEHIND, "")
    # La Salle and LaSalle, De Kalb and DeKalb.
    return folded.str.replace_all(" ", "", literal=True)


def ask_areas(*, zips: pl.DataFrame | None, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the question to services that `mark_unknown_areas` has marked.

    Args:
        zips: The table of ZIP codes; None when there is none, and then nothing is asked.
        carried: Delivered fields by center.
    """
    uncarried = refuse_uncarried(
        carried, any_of=["service.area_served_units"], words="list of areas served", kind=RecordKind.SERVICE
    )
    return [
        Question(
            rule_id="FMT-051",
            field="area_served_units",
            broken=pl.col("is_counted") & (pl.col("unknown_areas").list.len() > 0),
            value=pl.col("unknown_areas").list.join("; "),
            refused=(dict.fromkeys(carried, NO_ZIPS) if zips is None else {}) | uncarried,
        )
    ]
