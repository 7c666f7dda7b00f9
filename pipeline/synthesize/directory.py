"""An invented directory: plausible in its texts and dates, and clean until faults are planted in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.synthesize.agency import Setting, invent_agency
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.geography import lay_places
from pipeline.synthesize.naming import Registry, invent_person
from pipeline.synthesize.records import InventedDirectory, Record
from pipeline.synthesize.vocabulary import read_vocabulary

_CURATORS = 5


def invent_setting(
    *,
    seed: str,
    center_id: str,
    as_of: date,
    region: str = "prairie",
    is_open_data: bool = False,
    agencies: int = 0,
) -> Setting:
    """Return what the agencies of one center share.

    Args:
        seed: Seed of all draws.
        center_id: Name of the center.
        as_of: Day on which the directory stands so.
        region: Key of `places.toml`.
        is_open_data: Whether the center gives away published rows with UUIDs (as HSDS packages hold) instead of its whole file.
        agencies: For how many agencies there shall be places enough; the real places of the region when 0.
    """
    vocabulary = read_vocabulary()
    draws = Draws(seed, center_id, "curators")
    return Setting(
        seed=seed,
        center_id=center_id,
        as_of=as_of,
        geography=lay_places(region=region, agencies=agencies, seed=seed, vocabulary=vocabulary),
        curators=tuple(invent_person(draws, vocabulary) for _ in range(_CURATORS)),
        has_public_rows_only=is_open_data,
        has_uuids=is_open_data,
        vocabulary=vocabulary,
    )


def invent_directory(
    *,
    agencies: int,
    seed: str,
    center_id: str,
    as_of: date,
    region: str = "prairie",
    is_open_data: bool = False,
    used: Registry | None = None,
) -> InventedDirectory:
    """Return a clean directory of `agencies` agencies with their sites, services and services at sites.

    The first agencies of a larger directory are those of a smaller one with the same seed and center.

    Args:
        agencies: Number of agencies.
        seed: Seed of all draws.
        center_id: Name of the center.
        as_of: Day on which the directory stands so; no date lies after it except the end of temporary messages.
        region: Key of `places.toml`.
        is_open_data: As in `invent_setting`.
        used: Names and numbers handed out; pass one in to go on inventing beside the directory.
    """
    setting = invent_setting(seed=seed, center_id=center_id, as_of=as_of, region=region, is_open_data=is_open_data)
    used = used or Registry()
    return gather(setting, [invent_agency(setting, index, used) for index in range(agencies)])


def gather(setting: Setting, bundles: Iterable[list[Record]]) -> InventedDirectory:
    """Return the directory that holds the bundles in their order."""
    return InventedDirectory(
        center_id=setting.center_id,
        as_of=setting.as_of,
        records=tuple(record for bundle in bundles for record in bundle),
        terms=setting.vocabulary.terms,
    )
