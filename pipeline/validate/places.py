"""Rules FMT about places: coordinates against the state of the address, and city, county and state against the ZIP code.

Asked of counted records only. Boxes around the states come with the program; a table of ZIP codes only the center can give.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.questions import Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind
from schemas.states import is_in_box, state_boxes

_LARGEST_LATITUDE, _LARGEST_LONGITUDE = 90.0, 180.0
#: Every longitude of North America lies west of this one, every latitude north of the equator.
_EASTERNMOST_LONGITUDE = -50.0

_COUNTED = pl.col("is_counted")
_OWNER_COUNTED = pl.col("owner_is_counted") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)
#: Why rules that need the table are not asked.
NO_ZIPS = "The settings name no table of ZIP codes (zip_reference)."

#: Beginnings of place names that are written in two ways.
_SHORT_BEGINNINGS = {r"^saint(e?) ": "st$1 ", r"^mount ": "mt ", r"^fort ": "ft "}


def mark_state_boxes(sites: pl.DataFrame) -> pl.DataFrame:
    """Return the sites, in the same order, with whether their coordinates lie in the state of the address.

    Args:
        sites: Needs `state`, `latitude` and `longitude`.

    Returns:
        The sites with `is_in_state` (as delivered), `is_in_state_swapped` (latitude and longitude the other way round) and
        `is_in_state_west` (with a minus before the longitude); null when point or state is not known.
    """
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    return (
        sites.join(state_boxes().drop("name"), on="state", how="left", maintain_order="left")
        .with_columns(
            is_in_state=is_in_box(latitude, longitude),
            is_in_state_swapped=is_in_box(longitude, latitude),
            is_in_state_west=is_in_box(latitude, -longitude),
        )
        .drop("south", "north", "west", "east")
    )


def ask_coordinates(carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the questions to sites that `mark_state_boxes` has marked.

    Args:
        carried: Delivered fields by center.
    """
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    is_private = pl.col("is_address_private") | pl.col("is_withheld") | pl.col("is_confidential_place")
    refused = {
        name: refuse_uncarried(carried, any_of=[f"site.{name}", f"address.{name}"], words=name, kind=RecordKind.SITE)
        for name in ("latitude", "longitude")
    }
    stateless = refuse_uncarried(carried, any_of=["address.state"], words="state", kind=RecordKind.SITE)
    outside = ~pl.col("is_in_state").fill_null(value=True)
    possible = (latitude.abs() <= _LARGEST_LATITUDE) & (longitude.abs() <= _LARGEST_LONGITUDE)
    # Without a known state: such a latitude can only be a western longitude, and the east of the globe is not ours.
    unplaced = pl.col("is_in_state").is_null()
    is_swapped = (outside & pl.col("is_in_state_swapped")) | (
        unplaced & (latitude < _EASTERNMOST_LONGITUDE) & (longitude > 0)
    )
    is_swapped = is_swapped.fill_null(value=False)
    lacks_minus = (possible & outside & pl.col("is_in_state_west") & (longitude > 0)).fill_null(
        value=False
    ) & ~is_swapped
    point = pl.format("{}, {}", "latitude_written", "longitude_written")
    far = (_COUNTED & possible & outside & ~is_swapped & ~lacks_minus).fill_null(value=False)
    return [
        _ask_range("latitude", _LARGEST_LATITUDE, is_private, refused, but_not=is_swapped),
        _ask_range("longitude", _LARGEST_LONGITUDE, is_private, refused, but_not=is_swapped),
        Question(
            rule_id="FMT-023",
            field="latitude",
            variant="swapped",
            broken=_COUNTED & is_swapped,
            value=point,
            is_private=is_private,
            refused=refused["latitude"],
        ),
        Question(
            rule_id="FMT-023",
            field="longitude",
            variant="minus",
            broken=_COUNTED & lacks_minus,
            value=point,
            is_private=is_private,
            refused=refused["longitude"],
        ),
        Question(
            rule_id="FMT-024",
            field="latitude",
            broken=far,
            value=pl.format("{}, {} is not in {}", "latitude_written", "longitude_written", "state"),
            is_private=is_private,
            refused=refused["latitude"] | refused["longitude"] | stateless,
        ),
    ]


def mark_zip_places(addresses: pl.DataFrame, *, zips: pl.DataFrame | None) -> pl.DataFrame:
    """Return the addresses, in the same order, with what the table of ZIP codes says about them.

    Args:
        addresses: The addresses, as in `Subjects.owned`.
        zips: `schemas.reference.ZipPlace`; None when the center has pointed to none.

    Returns:
        The addresses with `zip_is_missing` (not in the table, which does hold others of its region), and `zip_contradicts_city`,
        `_county`, `_state`: the ZIP code is known and the table puts this city, county or state elsewhere only. A city or county
        that the table never names is no contradiction: neighborhoods and short forms are not in it.
    """
    facts = ("zip_is_missing", "zip_contradicts_city", "zip_contradicts_county", "zip_contradicts_state")
    if zips is None:
        return addresses.with_columns(pl.lit(value=False).alias(name) for name in facts)
    known = zips.select("postal_code", "state", city=fold_place(pl.col("city")), county=fold_place(pl.col("county")))
    asked = addresses.with_row_index("row").select(
        "row",
        zip5=pl.col("postal_code").str.extract(r"^([0-9]{5})(?:-?[0-9]{4})?$", 1),
        state="state",
        city=fold_place(pl.col("city")),
        county=fold_place(pl.col("county")),
    )
    per_zip = known.group_by(zip5="postal_code").agg(
        pl.col("state", "city", "county").drop_nulls().unique().name.suffix("s")
    )
    regions = known.select(region=pl.col("postal_code").str.head(3), has_region=pl.lit(value=True)).unique()
    found = (
        asked.with_columns(region=pl.col("zip5").str.head(3))
        .join(per_zip, on="zip5", how="left", maintain_order="left")
        .join(regions, on="region", how="left", maintain_order="left")
    )
    for name in ("city", "county"):
        # A name counts only in its state: every second state has a Springfield.
        names = known.select("state", name, pl.lit(value=True).alias(f"knows_{name}")).drop_nulls().unique()
        found = found.join(names, on=["state", name], how="left", maintain_order="left")
    return addresses.with_columns(
        found.select(
            zip_is_missing=pl.col("zip5").is_not_null() & pl.col("states").is_null() & pl.col("has_region"),
            zip_contradicts_city=pl.col("knows_city")
            & ~pl.col("city").is_in(pl.col("citys"))
            & (pl.col("citys").list.len() > 0),
            zip_contradicts_county=pl.col("knows_county")
            & ~pl.col("county").is_in(pl.col("countys"))
            & (pl.col("countys").list.len() > 0),
            zip_contradicts_state=~pl.col("state").is_in(pl.col("states")),
        ).select(pl.all().fill_null(value=False))
    )


def ask_zip_places(*, zips: pl.DataFrame | None, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the questions to addresses that `mark_zip_places` has marked.

    Args:
        zips: The table of ZIP codes; None when there is none, and then nothing is asked.
        carried: Delivered fields by center.
    """
    uncarried = refuse_uncarried(carried, any_of=["address.postal_code"], words="ZIP code")
    refused = (dict.fromkeys(carried, NO_ZIPS) if zips is None else {}) | uncarried
    is_private = pl.col("is_private") | pl.col("owner_is_withheld") | pl.col("owner_is_confidential")
    in_other_state = pl.col("zip_contradicts_state")
    conditions: list[tuple[str, str, pl.Expr]] = [
        ("postal_code", "", pl.col("zip_is_missing")),
        ("state", "state", in_other_state),
        ("city", "city", pl.col("zip_contradicts_city") & ~in_other_state),
        ("county", "county", pl.col("zip_contradicts_county") & ~in_other_state),
    ]
    return [
        Question(
            rule_id="FMT-022",
            field=f"address.{name}",
            variant=variant,
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED & contradicts,
            value=pl.format("{} {}", name, "postal_code") if variant else pl.col("postal_code"),
            is_private=is_private,
            refused=refused,
        )
        for name, variant, contradicts in conditions
    ]


def _ask_range(
    name: str, limit: float, is_private: pl.Expr, refused: Mapping[str, Mapping[str, str]], *, but_not: pl.Expr
) -> Question:
    written, value = pl.col(f"{name}_written"), pl.col(name)
    # Blank and zero stand for "none" and leave no number behind; so does what cannot be read.
    is_unreadable = (
        value.is_null()
        & written.is_not_null()
        & (written.str.strip_chars().cast(pl.Float64, strict=False).fill_null(1) != 0)
    )
    out_of_range = (value.abs() > limit).fill_null(value=False)
    return Question(
        rule_id="FMT-023",
        field=name,
        broken=_COUNTED & (is_unreadable | (out_of_range & ~but_not)),
        value=written,
        is_private=is_private,
        refused=refused[name],
    )


def fold_place(name: pl.Expr) -> pl.Expr:
    """Return the form in which names of cities and counties are compared; null when nothing is left."""
    text = name.str.to_lowercase().str.replace_all(r"[.'’`]", "").str.replace_all(r"[^\p{L}]+", " ")
    text = text.str.strip_chars().str.replace(r" county$", "")
    for long, short in _SHORT_BEGINNINGS.items():
        text = text.str.replace(long, short)
    return pl.when(text != "").then(text)
