"""Everything about the entities that is made once and looked at for every pair: prepared names, worth of shared values, keys."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.entities import Entities
from pipeline.match.names import Names, keys_of, prepare_names
from pipeline.match.numbered import Marks, in_rows, repeated
from pipeline.match.places import street_core, street_directions
from pipeline.match.side_by_side import side_by_side
from pipeline.match.streets import Streets, number_streets
from schemas.match_parameters import MatchParameters, ProfileParameters, Rarity, SharedHosts


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Prepared entities.

    Attributes:
        entity: `Entities.entity`: who they are. What else they are made of is not held twice.
        names: Their names in comparison form.
        contact: `Entities.contact` with `contact_row`, `value` (a number that rows of one value have in common, null for a value in
            one row), `owner_count` (different main names that have the value) and `worth` (1 for a value of few owners, 0 for a
            switchboard). Hotlines and toll-free numbers of several owners are gone.
        place: `Entities.place` with `place_row`, `core`, `directions`, `owner_count` and `worth`, sorted by entity.
        street: The street addresses among them as numbers.
        code: One row per entity with taxonomy codes: `entity`, `codes` (code numbers).
        postal_code, city: Those of each entity, as numbers.
        program: One row per entity and service name that is also a name of some entity: `entity`, `key` (sorted words), `shown`.
        profile: The settings in force.
    """

    entity: pl.DataFrame
    names: Names
    contact: pl.DataFrame
    place: pl.DataFrame
    street: Streets
    code: pl.DataFrame
    postal_code: Marks
    city: Marks
    program: pl.DataFrame
    profile: ProfileParameters

    @property
    def count(self) -> int:
        """Number of entities."""
        return self.entity.height


def prepare(entities: Entities, *, profile: ProfileParameters, parameters: MatchParameters) -> Compared:
    """Return the entities ready for blocking and scoring.

    Args:
        entities: What is compared.
        profile: Settings of the level, `parameters.agency` or `parameters.site`.
        parameters: Word lists and shared hosts.
    """
    count = entities.count
    names, (code, areas) = side_by_side(
        lambda: prepare_names(entities, words=parameters.words),
        lambda: (
            _code_numbers(entities.code),
            [Marks.of(entities.place["entity"], entities.place[area], count=count) for area in ("postal_code", "city")],
        ),
    )
    owners = names.name.filter(pl.col("is_main")).select("entity", owner="key_id").unique("entity", keep="any")
    contact, place = side_by_side(
        lambda: _weigh_contacts(entities.contact, owners=owners, rarity=profile.rarity, hosts=parameters.hosts),
        lambda: _weigh_places(entities.place, owners=owners, rarity=profile.address_rarity),
    )
    return Compared(
        entity=entities.entity,
        names=names,
        contact=contact,
        place=place,
        street=number_streets(place, count=count),
        code=code,
        postal_code=areas[0],
        city=areas[1],
        program=_program_keys(entities.program, names=names, parameters=parameters),
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
    # Few values have so many owners: only they are looked at for a toll-free number.
    toll_free = (
        counted.lazy()
        .filter(is_phone & (pl.col("owner_count") > rarity.full_owners))
        .filter((pl.col("key").str.len_chars() == 11) & pl.col("key").str.slice(1, 3).is_in(hosts.toll_free_area_codes))
        .select(pl.col("key").unique())
        .collect()["key"]
    )
    is_nobodys = is_phone & pl.col("key").is_in(
        pl.concat([pl.Series(hosts.hotlines, dtype=pl.String), toll_free]).implode()
    )
    kept = counted.filter(~is_nobodys)
    return kept.with_columns(worth=worth_of(pl.col("owner_count"), rarity=rarity)).with_row_index("contact_row")


def _weigh_places(place: pl.DataFrame, *, owners: pl.DataFrame, rarity: Rarity) -> pl.DataFrame:
    """Count the owners of each house and street of an area.

    "100 Main Street" stands in many towns: only owners in one ZIP area (its first three digits, else the city) share a house. Three
    digits, not five, so that a slip in the last ones still counts.
    """
    street = place.select(pl.col("street").unique()).with_columns(
        core=street_core(pl.col("street")), directions=street_directions(pl.col("street"))
    )
    split = place.join(street, on="street", how="left", nulls_equal=True, maintain_order="left").with_columns(
        __area=pl.coalesce(pl.col("postal_code").str.slice(0, 3), "city")
    )
    counted = _count_owners(split, owners=owners, by=["house_number", "core", "__area"]).drop("__area", "value")
    return counted.with_columns(worth=worth_of(pl.col("owner_count"), rarity=rarity)).with_row_index("place_row")


def _count_owners(rows: pl.DataFrame, *, owners: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Add `owner_count`, and `value`: a number that the rows of one value have in common, null where a value stands in one row.

    Records of one main name are one owner: copies of a record make no switchboard.
    """
    # Nearly every value stands in one row: only the others have owners to be told apart.
    several = (
        repeated(rows.select("entity", *by), by=by)
        .group_by(by)
        .agg("row", "entity")
        .filter(pl.col("row").list.len() > 1)
        .select("row", "entity")
        .with_row_index("value")
        .explode("row", "entity", keep_nulls=False, empty_as_null=False)
        .join(owners, on="entity", how="left")
    )
    # Two entities stay the least there is to compare, whatever they are called.
    counts = several.group_by("value").agg(names=pl.col("owner").n_unique(), entities=pl.col("entity").n_unique())
    counted = several.join(counts, on="value", how="inner").select(
        "row", "value", owner_count=pl.max_horizontal("names", pl.min_horizontal("entities", pl.lit(2)))
    )
    return pl.concat([rows, in_rows(counted, count=rows.height)], how="horizontal").with_columns(
        pl.col("owner_count").fill_null(1)
    )


def _code_numbers(code: pl.DataFrame) -> pl.DataFrame:
    """Number the codes and collect them per entity."""
    known = code.select(pl.col("code").unique().sort()).with_row_index("number")
    number = code.join(known, on="code", how="left", maintain_order="left")["number"].cast(pl.Int64)
    packed = code["entity"].cast(pl.Int64) * 2**32 + number
    return (
        pl.DataFrame({"packed": packed.unique().sort()})
        .select(entity=(pl.col("packed") // 2**32).cast(pl.UInt32), codes=(pl.col("packed") % 2**32).cast(pl.UInt32))
        .group_by("entity", maintain_order=True)
        .agg("codes")
    )


def _program_keys(program: pl.DataFrame, *, names: Names, parameters: MatchParameters) -> pl.DataFrame:
    """Return the service names that are also the name of an agency, as sorted words."""
    keys = keys_of(program["text"].unique(), words=parameters.words).join(
        names.key.select("key").unique(), on="key", how="semi"
    )
    return (
        program.join(keys, on="text", how="inner")
        .select("entity", "key", "shown")
        .unique()
        .sort("entity", "key", "shown")
        .unique(["entity", "key"], keep="first", maintain_order=True)
    )
