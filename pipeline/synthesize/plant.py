"""Whole centers with duplicates, traps and faults planted in them, and the truth about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.synthesize.agency import invent_agency
from pipeline.synthesize.damage import DAMAGES
from pipeline.synthesize.directory import invent_setting
from pipeline.synthesize.naming import Registry
from pipeline.synthesize.plant_faults import FAULTS, GROUP_FAULTS, OPEN_GROUP_FAULTS, plant_fault
from pipeline.synthesize.plant_pairs import TRAPS, harder, plant_duplicate, plant_trap
from pipeline.synthesize.plot import Plot, lay_out
from pipeline.synthesize.records import Record
from pipeline.synthesize.truth import PlantedFault, PlantedPair

#: Agencies for which one round of planting is meant; larger centers get several rounds.
_AGENCIES_PER_ROUND = 300
#: At most this share of a center's agencies is added by planting, in hundredths; a small center gets the first of the plan.
_LARGEST_ADDITION = 20
_TRAPS_OF_OPEN_DATA = ("branches", "numbered_centers", "fiscal_sponsor", "switchboard", "place_neighbours")
_TRIPLES = ("legal_ending", "wrong_digit", "exact_copy")


@dataclass(frozen=True, kw_only=True)
class CenterPlan:
    """What one center shall be.

    Attributes:
        center_id: Its name.
        agencies: Agencies it holds in the end, planted ones included.
        region: Key of `places.toml`.
        is_open_data: Whether it gives away published rows with UUIDs (HSDS) instead of its whole file (iCarol).
    """

    center_id: str
    agencies: int
    region: str
    is_open_data: bool


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Centers with what was planted in them.

    Attributes:
        plots: The centers.
        faults: Planted faults.
        pairs: Pairs of agencies whose relation is known.
        clean: Records that carry a fault as they were before, by native id.
    """

    plots: tuple[Plot, ...]
    faults: tuple[PlantedFault, ...]
    pairs: tuple[PlantedPair, ...]
    clean: dict[str, Record]


@dataclass(frozen=True, slots=True)
class _Addition:
    """One step of the plan that adds agencies: a trap, or a duplicate from this center or from an earlier one."""

    name: str
    size: int
    is_across: bool = False
    is_third: bool = False


def plant_centers(plans: Sequence[CenterPlan], *, seed: str, as_of: date) -> Planted:
    """Return the centers, each with duplicates, traps and faults.

    Duplicates across centers have their original in the center before. Every original, trap and fault uses agencies of its own,
    so that what is planted in one place does not change what is true in another.

    Args:
        plans: What each center shall be.
        seed: Seed of all draws.
        as_of: Day on which the directories stand so.
    """
    plots: list[Plot] = []
    faults: list[PlantedFault] = []
    pairs: list[PlantedPair] = []
    clean: dict[str, Record] = {}
    for rank, plan in enumerate(plans):
        additions = _plan_additions(plan, has_neighbour=bool(plots))
        setting = invent_setting(
            seed=seed,
            center_id=plan.center_id,
            as_of=as_of,
            region=plan.region,
            is_open_data=plan.is_open_data,
            agencies=plan.agencies,
        )
        base = plan.agencies - sum(addition.size for addition in additions)
        plot = lay_out(
            setting, Registry(rank=rank, centers=len(plans), beside=plots[-1].used if plots else None), agencies=base
        )
        pairs.extend(_plant_additions(plot, additions, neighbour=plots[-1] if plots else None, first_rank=base))
        untouched = {record.native_id: record for record in plot.records()}
        planted = _plant_faults(plot, rounds=_rounds(plan))
        clean |= {fault.native_id: untouched[fault.native_id] for fault in planted if fault.native_id in untouched}
        faults.extend(planted)
        plots.append(plot)
    return Planted(plots=tuple(plots), faults=tuple(faults), pairs=tuple(pairs), clean=clean)


def _rounds(plan: CenterPlan) -> int:
    return max(1, plan.agencies // _AGENCIES_PER_ROUND)


def _plan_additions(plan: CenterPlan, *, has_neighbour: bool) -> list[_Addition]:
    """Return the additions of all rounds, cut off where they would be more than their share of the center."""
    damages = list(DAMAGES)
    within = [_Addition(name, 1) for name in (damages[:10] if plan.is_open_data else damages)]
    thirds = [] if plan.is_open_data else [_Addition(name, 1, is_third=True) for name in _TRIPLES]
    traps = [_Addition(name, TRAPS[name].size) for name in (_TRAPS_OF_OPEN_DATA if plan.is_open_data else TRAPS)]
    across = [_Addition(name, 1, is_across=True) for name in damages] if has_neighbour else []
    one_round = _alternate(within + thirds, traps, across)
    room = plan.agencies * _LARGEST_ADDITION // 100
    additions: list[_Addition] = []
    for step in one_round * _rounds(plan):
        room -= step.size
        if room < 0:
            break
        additions.append(step)
    return additions


def _alternate(*lists: list[_Addition]) -> list[_Addition]:
    """Return one of each list in turn, so that a plan cut short holds some of each."""
    longest = max(map(len, lists))
    return [steps[place] for place in range(longest) for steps in lists if place < len(steps)]


def _plant_additions(
    plot: Plot, additions: Sequence[_Addition], *, neighbour: Plot | None, first_rank: int
) -> list[PlantedPair]:
    pairs: list[PlantedPair] = []
    rank = first_rank
    doubled: list[tuple[int, PlantedPair]] = []
    for addition in additions:
        if addition.name in TRAPS:
            pairs.extend(plant_trap(plot, rank, trap_name=addition.name))
        elif addition.is_third and doubled:
            original, pair = doubled.pop(0)
            third = plant_duplicate(plot, rank, damage_name=addition.name, source=plot, original_rank=original)
            pairs.append(third)
            between = replace(
                third,
                native_id_a=pair.native_id_b,
                trap=f"{pair.trap} and {addition.name} of one agency",
                difficulty=harder(pair.trap, addition.name),
            )
            pairs.append(between)
        else:
            source = neighbour if addition.is_across and neighbour else plot
            taken = source.take()
            if taken is None:
                # No plain agency is left to copy: another clean one keeps the number of agencies as promised.
                plot.bundles[rank] = invent_agency(plot.setting, rank, plot.used)
            else:
                pair = plant_duplicate(plot, rank, damage_name=addition.name, source=source, original_rank=taken)
                pairs.append(pair)
                if source is plot:
                    doubled.append((taken, pair))
        rank += addition.size
    return pairs


def _plant_faults(plot: Plot, *, rounds: int) -> list[PlantedFault]:
    is_open_data = plot.setting.has_public_rows_only
    faults = [fault for fault in FAULTS if fault.in_open_data or not is_open_data]
    groups = OPEN_GROUP_FAULTS if is_open_data else GROUP_FAULTS
    planted: list[PlantedFault] = []
    for _ in range(rounds):
        for fault in faults:
            planted.extend(plant_fault(plot, fault))
        for plant_group in groups:
            planted.extend(plant_group(plot))
    return planted
