"""A center while things are planted in it: agencies as bundles, and which of them are still untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.synthesize.agency import Setting, invent_agency
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.naming import Registry
from pipeline.synthesize.records import InventedDirectory, Record
from pipeline.synthesize.vocabulary import AgencyKind
from schemas.enumerations import RecordKind, Status


@dataclass(slots=True)
class Plot:
    """Bundles of one center; a bundle is an agency followed by everything below it.

    Attributes:
        setting: What the center's agencies share.
        used: Names and numbers handed out.
        bundles: Bundles by rank; the rank decides the native numbers.
        untouched: Ranks of plain bundles in which nothing was planted yet, in the order in which they are taken.
    """

    setting: Setting
    used: Registry
    bundles: dict[int, list[Record]]
    untouched: list[int] = field(default_factory=list)

    def take(self, fits: Callable[[list[Record]], bool] | None = None) -> int | None:
        """Return the rank of an untouched bundle, of one that fits when asked, and mark it as touched; None when none is left."""
        for place in range(len(self.untouched) - 1, -1, -1):
            if fits is None or fits(self.bundles[self.untouched[place]]):
                return self.untouched.pop(place)
        return None

    def records(self) -> Iterator[Record]:
        """Yield all records in order."""
        for rank in sorted(self.bundles):
            yield from self.bundles[rank]

    def directory(self) -> InventedDirectory:
        """Return the directory as it now stands."""
        return InventedDirectory(
            center_id=self.setting.center_id,
            as_of=self.setting.as_of,
            records=tuple(self.records()),
            terms=self.setting.vocabulary.terms,
        )

    def kind(self, key: str) -> AgencyKind:
        """Return the kind of agency with that key."""
        return next(kind for kind in self.setting.vocabulary.kinds if kind.key == key)


def lay_out(setting: Setting, used: Registry, *, agencies: int) -> Plot:
    """Return a center of `agencies` clean agencies, ready for planting."""
    bundles = {rank: invent_agency(setting, rank, used) for rank in range(agencies)}
    draws = Draws(setting.seed, setting.center_id, "order of planting")
    plain = [rank for rank, bundle in bundles.items() if _is_plain(bundle)]
    return Plot(setting=setting, used=used, bundles=bundles, untouched=_shuffled(plain, draws))


def _is_plain(bundle: list[Record]) -> bool:
    """Tell whether all of it is active and public, so that a planted fault is the only thing wrong with it."""
    return (
        all(record.status == Status.ACTIVE.value for record in bundle)
        and not bundle[0].exclude_from_website
        and not any(record.physical and record.physical.is_private for record in bundle)
        and any(record.kind is RecordKind.SERVICE for record in bundle)
    )


def _shuffled(ranks: list[int], draws: Draws) -> list[int]:
    """Return the ranks in an order of their own, in time that grows with their number only."""
    return [rank for _, rank in sorted((draws.below(1 << 62), rank) for rank in ranks)]
