"""Everything about the entities that is made once and looked at for every pair: prepared names, worth of shared values, keys."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.entities import Entities
from pipeline.match.names import Names, prepare_names, words_of
from pipeline.match.places import street_core, street_directions
from schemas.match_parameters import MatchParameters, ProfileParameters, Rarity, SharedHosts


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Prepared entities.

    Attributes:
        entities: The entities themselves.
        names: Their names in comparison form.
        contact: `Entities.contact` with `contact_row`, `owner_count` (different main names that have the value) and `worth`
            (1 for a value of few owners, 0 for a switchboard). Hotlines and toll-free numbers of several owners are gone.
        place: `Entities.place` with `place_row`, `core`, `directions`, `owner_count` and `worth`.
        code: One row per entity with taxonomy codes: `entity`, `codes` (code numbers).
        area: One row per entity: `entity`, `postal_codes`, `cities`.
        program: One row per entity and service name: `entity`, `key` (sorted words), `shown`.
        profile: The settings in force.
    """

    entities: Entities
    names: Names
    contact: pl.DataFrame
    place: pl.DataFrame
    code: pl.DataFrame
    area: pl.DataFrame
    program: pl.DataFrame
    profile: ProfileParameters


def prepare(entities: Entities, *, profile: ProfileParameters, parameters: MatchParameters) -> Compared:
    """Return the entities ready for blocking and scoring.

    Args:
        entities: What is compared.
        profile: Settings of the level, `parameters.agency` or `parameters.site`.
        parameters: Word lists and shared hosts.
    """
    names = prepare_names(entities, words=parameters.words)
    owners = names.name.filter(pl.col("is_main")).select("entity", owner="key_id").unique("entity", keep="any")
    return Compared(
        entities=entities,
        names=names,
        contact=_weigh_contacts(entities.contact, owners=owners, rarity=profile.rarity, hosts=parameters.hosts),
        place=_weigh_places(entities.place, owners=owners, rarity=profile.address_rarity),
        code=_code_numbers(entities.code),
        area=_areas(entities.place),
        program=_program_keys(entities.program, parameters=parameters),
        profile=profile,
    )


def worth_of(owner_count: pl.Expr, *, rarity: Rarity) -> pl.Expr:
    """Return how much a shared value counts, 1 to 0, falling evenly between the two owner counts.

    >>> pl.select(worth_of(pl.Series([2, 6, 10, 41]), rarity=Rarity())).to_series().to_list()
    [1.0, 0.5, 0.0, 0.0]
    """
    span = rarity.no_owners - rarity.full_owners
    return ((rarity.no_owners - owner_count.cast(pl.Float64)) / span).clip(0.0, 1.0)


def _weigh_contacts(contact: pl.DataFrame, *, owners: pl.DataFrame, rarity: Rarity, hosts: SharedHosts) -> pl.DataFrame:
    """Count the owners of each value and drop those that say nothing about who somebody is."""
    counted = _count_owners(contact, owners=owners, by=["signal", "key"])
    is_phone = pl.col("signal") == "phone"
    is_toll_free = (
        is_phone
        & pl.col("key").str.slice(1, 3).is_in(hosts.toll_free_area_codes)
        & (pl.col("key").str.len_chars() == 11)
    )
    is_hotline = is_phone & pl.col("key").is_in(hosts.hotlines)
    kept = counted.filter(~is_hotline & ~(is_toll_free & (pl.col("owner_count") > rarity.full_owners)))
    return kept.with_columns(worth=worth_of(pl.col("owner_count"), rarity=rarity)).with_row_index("contact_row")


def _weigh_places(place: pl.DataFrame, *, owners: pl.DataFrame, rarity: Rarity) -> pl.DataFrame:
    """Count the owners of each house and street of an area.

    "100 Main Street" stands in many towns: only owners in one ZIP area (its first three digits, else the city) share a house. Three
    digits, not five, so that a slip in the last ones still counts.
    """
    split = place.with_columns(
        core=street_core(pl.col("street")),
        directions=street_directions(pl.col("street")),
        __area=pl.coalesce(pl.col("postal_code").str.slice(0, 3), "city"),
    )
    counted = _count_owners(split, owners=owners, by=["house_number", "core", "__area"]).drop("__area")
    return counted.with_columns(worth=worth_of(pl.col("owner_count"), rarity=rarity)).with_row_index("place_row")


def _count_owners(rows: pl.DataFrame, *, owners: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Add `owner_count`. Records of one main name are one owner: copies of a record make no switchboard."""
    several = rows.group_by(by).len().filter(pl.col("len") > 1)
    # Nearly every value stands in one row: only the others have owners to be told apart.
    counts = (
        rows.select("entity", *by)
        .join(several.select(by), on=by, how="semi", nulls_equal=True)
        .join(owners, on="entity", how="left", maintain_order="left")
        # Two entities stay the least there is to compare, whatever they are called.
        .group_by(by)
        .agg(names=pl.col("owner").n_unique(), entities=pl.col("entity").n_unique())
        .with_columns(owner_count=pl.max_horizontal("names", pl.min_horizontal("entities", pl.lit(2))))
    )
    return rows.join(
        counts.select(*by, "owner_count"), on=by, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("owner_count").fill_null(1))


def _code_numbers(code: pl.DataFrame) -> pl.DataFrame:
    """Number the codes and collect them per entity."""
    return (
        code.with_columns(number=pl.col("code").rank("dense").cast(pl.UInt32))
        .sort("entity", "number")
        .group_by("entity", maintain_order=True)
        .agg(codes=pl.col("number").unique().sort())
    )


def _areas(place: pl.DataFrame) -> pl.DataFrame:
    """Collect ZIPs and cities per entity."""
    return (
        place.sort("entity", "postal_code", "city")
        .group_by("entity", maintain_order=True)
        .agg(
            postal_codes=pl.col("postal_code").drop_nulls().unique().sort(),
            cities=pl.col("city").drop_nulls().unique().sort(),
            has_private_place=pl.col("is_private").any(),
        )
    )


def _program_keys(program: pl.DataFrame, *, parameters: MatchParameters) -> pl.DataFrame:
    """Return service names as sorted words."""
    keys = (
        words_of(program["text"].drop_nulls(), words=parameters.words)
        .group_by("text", maintain_order=True)
        .agg(key=pl.col("word").unique().sort().str.join(" "))
    )
    return (
        program.join(keys, on="text", how="inner", maintain_order="left")
        .select("entity", "key", "shown")
        .sort("entity", "key", "shown")
        .unique(["entity", "key"], keep="first", maintain_order=True)
    )
