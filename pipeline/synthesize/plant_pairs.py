"""Second entries of one agency, and agencies that only look alike: what a duplicate search must tell apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.synthesize.agency import FIRST_NUMBER, NUMBERS_PER_AGENCY, invent_agency
from pipeline.synthesize.damage import DAMAGES, Damage, copy_children
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.naming import claim_surname
from pipeline.synthesize.plot import Plot
from pipeline.synthesize.records import Phone, Record
from pipeline.synthesize.truth import PlantedPair


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a trap is built: the center, the first free rank, and draws of its own."""

    plot: Plot
    rank: int
    draws: Draws

    def invent(self, offset: int, kind: str, name: str) -> list[Record]:
        """Return a new agency of that kind under that name; `offset` counts from the first free rank."""
        plot = self.plot
        return invent_agency(plot.setting, self.rank + offset, plot.used, kind=plot.kind(kind), name=name)

    def stem(self) -> str:
        """Return an invented family name that no agency of the center carries yet."""
        return claim_surname(self.draws, vocabulary=self.plot.setting.vocabulary, used=self.plot.used)


@dataclass(frozen=True, slots=True)
class Trap:
    """Agencies that look alike without being one.

    Attributes:
        size: How many agencies the builder adds.
        label: `related` or `distinct`.
        build: Makes the agencies.
    """

    size: int
    label: str
    build: Callable[[Ground], list[list[Record]]]


#: What is left to recognize a second entry by, for each way of damaging it. Easy: the name is the same but for case, order or a
#: legal ending, and a phone, address or employer number agrees. Medium: the name is misspelled or abbreviated and such a value
#: agrees, or the name is the same and hardly anything else is left. Hard: the name is another one, or initials, or it is
#: misspelled and phone and address are others.
DIFFICULTIES: dict[str, str] = {
    "exact_copy": "easy",
    "legal_ending": "easy",
    "reordered": "easy",
    "defunct_twin": "easy",
    "typo": "medium",
    "abbreviation": "medium",
    "thin": "medium",
    "moved": "medium",
    "wrong_digit": "medium",
    "acronym": "hard",
    "aka_only": "hard",
    "renamed_same_phone": "hard",
    "typo_and_moved": "hard",
}
_RANKS = ("easy", "medium", "hard")


def harder(*damages: str) -> str:
    """Return the difficulty of telling that two entries are one when each was damaged in its own way: that of the worse one."""
    return max((DIFFICULTIES[name] for name in damages), key=_RANKS.index)


def plant_duplicate(plot: Plot, rank: int, *, damage_name: str, source: Plot, original_rank: int) -> PlantedPair:
    """Enter an agency of `source` a second time, damaged, as the agency of that rank.

    Args:
        plot: Center that gets the copy.
        rank: Rank of the copy.
        damage_name: Key of `DAMAGES`.
        source: Center that holds the original; may be the same.
        original_rank: Rank of the original.
    """
    draws = Draws(plot.setting.seed, plot.setting.center_id, "duplicate", rank)
    damage = Damage(plot.setting, draws, plot.used)
    original = source.bundles[original_rank]
    agency = original[0]
    if plot.setting.has_public_rows_only:
        agency = replace(agency, aka=() if agency.aka == ("None",) else agency.aka)
    damaged = DAMAGES[damage_name](replace(agency, agency_id=""), damage)
    number = FIRST_NUMBER + rank * NUMBERS_PER_AGENCY
    plot.bundles[rank] = copy_children(original, damaged, damage, first_number=number)
    where = damage_name if source is plot else f"{damage_name} in another center"
    return _pair(source, agency, plot, plot.bundles[rank][0], "duplicate", where, difficulty=DIFFICULTIES[damage_name])


def plant_trap(plot: Plot, rank: int, *, trap_name: str) -> list[PlantedPair]:
    """Build the agencies of a trap from that rank on, and return every pair of them."""
    trap = TRAPS[trap_name]
    draws = Draws(plot.setting.seed, plot.setting.center_id, "trap", rank)
    bundles = trap.build(Ground(plot, rank, draws))
    assert len(bundles) == trap.size
    plot.bundles |= {rank + offset: bundle for offset, bundle in enumerate(bundles)}
    agencies = [bundle[0] for bundle in bundles]
    return [
        _pair(plot, left, plot, right, trap.label, trap_name)
        for position, left in enumerate(agencies)
        for right in agencies[position + 1 :]
    ]


def _pair(
    left_plot: Plot, left: Record, right_plot: Plot, right: Record, label: str, trap: str, *, difficulty: str = ""
) -> PlantedPair:
    return PlantedPair(
        left_plot.setting.center_id,
        left.native_id,
        right_plot.setting.center_id,
        right.native_id,
        label,
        trap,
        difficulty,
    )


def _branches(ground: Ground) -> list[list[Record]]:
    """A federation and three local branches: one web domain and employer number, four addresses and telephones."""
    stem = ground.stem()
    parent = ground.invent(0, "family_commons", f"Alliance of {stem} Commons")
    branches = [
        ground.invent(1 + rank, "family_commons", f"{stem} Commons - {side}")
        for rank, side in enumerate(("North", "South", "East"))
    ]
    head = parent[0]
    return [parent, *(_on_agency(branch, agency_id=head.native_id, url=head.url, ein=head.ein) for branch in branches)]


def _numbered_centers(ground: Ground) -> list[list[Record]]:
    stem = ground.stem()
    bundles = [
        ground.invent(rank, "early_learning", f"{stem} Early Learning Center {n}") for rank, n in enumerate((3, 5))
    ]
    return [bundles[0], _on_agency(bundles[1], url=bundles[0][0].url)]


def _numbered_wards(ground: Ground) -> list[list[Record]]:
    stem = ground.stem()
    return [ground.invent(rank, "senior_center", f"{stem} Senior Club, Ward {n}") for rank, n in enumerate((1, 7))]


def _fiscal_sponsor(ground: Ground) -> list[list[Record]]:
    """A sponsor and two projects that use its employer number, office and telephone."""
    stem = ground.stem()
    sponsor = ground.invent(0, "money_advice", f"{stem} Charitable Works")
    projects = [
        ground.invent(1, "youth", f"{ground.stem()} Music Project"),
        ground.invent(2, "newcomers", f"{ground.stem()} Garden Project"),
    ]
    return [sponsor, *(_share(project, sponsor, phone=True, ein=True) for project in projects)]


def _switchboard(ground: Ground) -> list[list[Record]]:
    """Four offices of one government building behind one number."""
    stem = f"{ground.stem()} County"
    names = ("Permits Office", "Public Guardian", "Weights and Measures", "Emergency Relief Office")
    kinds = ("transit", "disability", "money_advice", "township")
    bundles = [
        ground.invent(rank, kind, f"{stem} {name}") for rank, (kind, name) in enumerate(zip(kinds, names, strict=True))
    ]
    return [bundles[0], *(_share(bundle, bundles[0], phone=True, url=True) for bundle in bundles[1:])]


def _shared_hotline(ground: Ground) -> list[list[Record]]:
    """Three agencies far apart that all print the same toll-free line of a national program."""
    number = ground.plot.used.phone("800")
    bundles = [
        ground.invent(0, "counseling", f"{ground.stem()} Counseling Rooms"),
        ground.invent(1, "recovery", f"{ground.stem()} Recovery Fellowship"),
        ground.invent(2, "youth", f"{ground.stem()} Youth Shed"),
    ]
    hotline = Phone("hotline", number, type="Hotline", note="National line")
    return [_on_agency(bundle, phones=(*bundle[0].phones, hotline)) for bundle in bundles]


def _place_neighbours(ground: Ground) -> list[list[Record]]:
    """Three agencies that share the name of their place and nothing else."""
    place = f"{ground.stem()}ton"
    names = (
        ("food_pantry", "Food Pantry"),
        ("housing_authority", "Housing Authority"),
        ("senior_center", "Senior Center"),
    )
    return [ground.invent(rank, kind, f"{place} {name}") for rank, (kind, name) in enumerate(names)]


def _same_building(ground: Ground) -> list[list[Record]]:
    bundles = [
        ground.invent(0, "legal_aid", f"{ground.stem()} Legal Rooms"),
        ground.invent(1, "caregivers", f"{ground.stem()} Home Nurses"),
    ]
    return [bundles[0], _share(bundles[1], bundles[0], line2="Suite 310")]


def _name_twins(ground: Ground) -> list[list[Record]]:
    """Two houses of one name in two towns, run by different people."""
    name = f"{ground.stem()} House"
    return [ground.invent(0, "night_shelter", name), ground.invent(1, "recovery", name)]


def _own_program(ground: Ground) -> list[list[Record]]:
    """An agency, and its own program entered as an agency below it."""
    stem = ground.stem()
    agency = ground.invent(0, "night_shelter", f"{stem} Mission")
    program = ground.invent(1, "night_shelter", f"{stem} Mission - Emergency beds")
    program = _share(program, agency, phone=True, url=True)
    return [agency, _on_agency(program, agency_id=agency[0].native_id)]


#: Traps by name.
TRAPS: dict[str, Trap] = {
    "branches": Trap(4, "related", _branches),
    "numbered_centers": Trap(2, "distinct", _numbered_centers),
    "fiscal_sponsor": Trap(3, "related", _fiscal_sponsor),
    "switchboard": Trap(4, "distinct", _switchboard),
    "shared_hotline": Trap(3, "distinct", _shared_hotline),
    "place_neighbours": Trap(3, "distinct", _place_neighbours),
    "numbered_wards": Trap(2, "distinct", _numbered_wards),
    "same_building": Trap(2, "distinct", _same_building),
    "name_twins": Trap(2, "distinct", _name_twins),
    "own_program": Trap(2, "related", _own_program),
}


def _on_agency(bundle: list[Record], **changes: Any) -> list[Record]:  # noqa: ANN401 - fields differ in type
    return [replace(bundle[0], **changes), *bundle[1:]]


def _share(
    bundle: list[Record],
    host: Sequence[Record],
    *,
    phone: bool = False,
    url: bool = False,
    ein: bool = False,
    line2: str = "Room 12",
) -> list[Record]:
    """Return the bundle at the host's address, with the host's number, website or employer number when asked."""
    agency, landlord = bundle[0], host[0]
    assert landlord.physical is not None
    address = replace(landlord.physical, line2=line2)
    changes: dict[str, Any] = {"physical": address, "mailing": None}
    if phone:
        changes["phones"] = landlord.phones[:1]
    if url:
        changes["url"] = landlord.url
    if ein:
        changes["ein"] = landlord.ein
    own_site = bundle[1]
    site_changes = {name: changes[name] for name in ("physical", "phones") if name in changes}
    return [replace(agency, **changes), replace(own_site, **site_changes), *bundle[2:]]
