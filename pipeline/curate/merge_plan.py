"""Merge plans of the groups that people confirmed: what stays, where it comes from, and what is to be done.

The center's data is untouched. A plan is derived anew from records and verdicts every time, so that withdrawing a verdict, an
early one too, leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pipeline.curate.merge_steps import list_steps
from pipeline.curate.merge_survivors import FIELDS, Kept, Member, choose_survivor, choose_value
from schemas.contract import conform, schema_of
from schemas.decided import Key
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, Origin
from schemas.merge_parameters import MergeParameters
from schemas.merging import MergedValue, MergeMember, MergeStep, PlanState

#: Choice of the record that is kept, beside the fields of an agency.
SURVIVOR = "survivor"
#: What conflicts when two records have nothing of it in common: a person chooses one record, and the others' are dropped.
CONTACT_FIELDS = ("phone", "address")
_WITHHELD = "withheld"
_CIRCLE = "The agencies above the merged one would form a circle: one of them is a part of it."


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One plan.

    Attributes:
        plan_id: Its id.
        members: All records of the group that are in the directory.
        survivor: The record that is kept.
        values: What is kept of each field.
        contact_from: The record whose telephones, or addresses, a person chose, by `CONTACT_FIELDS`.
        parent: The record whose parent the merged agency has; None when it has none.
        open_choices: Fields that a person has to choose.
        refused: Why the plan cannot be carried out; empty when it can.
        state: Where it stands.
    """

    plan_id: str
    members: tuple[Member, ...]
    survivor: Kept
    values: Mapping[str, Kept]
    contact_from: Mapping[str, Member]
    parent: Member | None
    open_choices: tuple[str, ...]
    refused: tuple[str, ...]
    state: PlanState

    @property
    def losers(self) -> tuple[Member, ...]:
        """The records that are taken up into the survivor."""
        return tuple(one for one in self.members if one is not self.survivor.member)

    @property
    def is_hidden(self) -> bool:
        """Whether values are not shown: confidential if any of the records is."""
        return any(one.is_hidden for one in self.members)

    def taken(self, parameters: MergeParameters) -> tuple[Member, ...]:
        """Return the records that packages hold as the survivor; none while a person has to choose.

        A record of another center with something below it is not among them: what hangs below it stays in that center, and would
        hang in the air.
        """
        if self.state not in (PlanState.READY, PlanState.HALF_DONE, PlanState.DONE):
            return ()
        home = self.survivor.member.key[0]
        return tuple(
            one
            for one in self.losers
            if one.key[0] == home or (parameters.across_centers and not one.has_anything_below)
        )


@dataclass(frozen=True, kw_only=True)
class MergePlans:
    """All plans.

    Attributes:
        plans: The plans, ordered by id.
        member: `MergeMember`.
        value: `MergedValue`.
        step: `MergeStep`.
    """

    plans: tuple[Plan, ...]
    member: pl.DataFrame
    value: pl.DataFrame
    step: pl.DataFrame


def plan_merges(
    directory: Directory,
    *,
    confirmed: pl.DataFrame,
    choices: Mapping[tuple[str, str], Key],
    parameters: MergeParameters,
) -> MergePlans:
    """Return the plans of the confirmed groups.

    Args:
        directory: The canonical tables.
        confirmed: `plan_id`, `center_id`, `record_uid`: groups of agencies that people called one, two and more of each in the
            directory.
        choices: Record that a person chose, by plan and field (`SURVIVOR`, one of `CONTACT_FIELDS`, or a field of the agency).
        parameters: Trusted owners.
    """
    keys = list(confirmed.select("center_id", "record_uid").iter_rows())
    bundle = directory.of_agencies(keys)
    rows = {(row["center_id"], row["record_uid"]): row for row in bundle.agency.iter_rows(named=True)}
    delivered, active = _count_children(directory, bundle)
    with_something = _with_anything_below(directory, bundle)
    groups: dict[str, list[Member]] = {}
    for plan_id, center, uid in confirmed.select("plan_id", "center_id", "record_uid").iter_rows():
        row = rows.get((center, uid))
        if row is not None:
            member = Member(
                row=row,
                children=delivered.get((center, uid), 0),
                active_children=active.get((center, uid), 0),
                has_anything_below=(center, uid) in with_something,
                priority=_priority(row, parameters.owner_priority),
            )
            groups.setdefault(plan_id, []).append(member)
    merged_into = {
        one.key: choose_survivor(members, choice=choices.get((plan_id, SURVIVOR))).member.key
        for plan_id, members in groups.items()
        if len(members) > 1
        for one in members
    }
    parents = _parents(directory)
    plans = tuple(
        _plan(plan_id, members, bundle=bundle, choices=choices, merged_into=merged_into, parents=parents)
        for plan_id, members in sorted(groups.items(), key=lambda one: _order(one[0]))
        if len(members) > 1
    )
    plans = _refuse_circles(plans, parents=parents, parameters=parameters)
    return MergePlans(
        plans=plans,
        member=_frame([row for plan in plans for row in _member_rows(plan)], MergeMember),
        value=_frame([row for plan in plans for row in _value_rows(plan)], MergedValue),
        step=_frame([row for plan in plans for row in list_steps(plan, directory, bundle)], MergeStep),
    )


def _order(plan_id: str) -> tuple[int, str]:
    number = plan_id.rpartition("-")[2]
    return (int(number) if number.isdigit() else 0), plan_id


def _frame(rows: list[dict[str, Any]], model: type[MergeMember] | type[MergedValue] | type[MergeStep]) -> pl.DataFrame:
    return conform(pl.DataFrame(rows, schema=schema_of(model)), model)


def _priority(row: Mapping[str, Any], trusted: Sequence[str]) -> int:
    places = [trusted.index(name) for name in (row["record_owner"], row["center_id"]) if name in trusted]
    return min(places, default=len(trusted))


def _below(directory: Directory, bundle: Directory) -> pl.DataFrame:
    """Return what hangs below agencies: `center_id`, `uid` of the agency, `origin`, `status`."""
    return pl.concat(
        [
            table.drop_nulls(column).select("center_id", uid=column, origin="origin", status="status")
            for table, column in (
                (bundle.site, "agency_uid"),
                (bundle.service, "agency_uid"),
                (directory.agency, "parent_uid"),
            )
        ]
    )


def _count_children(directory: Directory, bundle: Directory) -> tuple[dict[Key, int], dict[Key, int]]:
    """Return how many delivered records hang below each agency, and how many of them are active."""
    below = _below(directory, bundle).filter(pl.col("origin") == Origin.DELIVERED)
    is_active = pl.col("status").is_in([str(status) for status in COUNTED_STATUSES])
    counts = below.group_by("center_id", "uid").agg(pl.len().alias("all"), is_active.sum().alias("active")).rows()
    return {row[:2]: row[2] for row in counts}, {row[:2]: row[3] for row in counts}


def _with_anything_below(directory: Directory, bundle: Directory) -> set[Key]:
    links = bundle.service_at_site.drop_nulls("agency_uid").select("center_id", uid="agency_uid")
    below = _below(directory, bundle).select("center_id", "uid")
    return set(pl.concat([below, links]).unique().iter_rows())


def _parents(directory: Directory) -> dict[Key, Key]:
    rows = directory.agency.drop_nulls("parent_uid").select("center_id", "record_uid", "parent_uid")
    return {(center, uid): (center, parent) for center, uid, parent in rows.iter_rows()}


def _plan(
    plan_id: str,
    members: list[Member],
    *,
    bundle: Directory,
    choices: Mapping[tuple[str, str], Key],
    merged_into: Mapping[Key, Key],
    parents: Mapping[Key, Key],
) -> Plan:
    members = sorted(members, key=lambda one: one.order)
    survivor = choose_survivor(members, choice=choices.get((plan_id, SURVIVOR)))
    kept = survivor.member
    # What a closed record says is out of date; a person may choose it all the same.
    speaking = [one for one in members if one.is_active or one is kept]
    values = {}
    for field in FIELDS:
        choice = choices.get((plan_id, field))
        heard = [one for one in members if one in speaking or one.key == choice]
        value = choose_value(field, heard, survivor=kept, choice=choice)
        if value is not None:
            values[field] = value
    contact_from = {
        field: one for field in CONTACT_FIELDS for one in members if one.key == choices.get((plan_id, field))
    }
    conflicts = [field for field, value in values.items() if value.is_open]
    conflicts += [
        field
        for field in CONTACT_FIELDS
        if field not in contact_from and _has_nothing_in_common(field, speaking, bundle)
    ]
    parent = _choose_parent(members, kept, merged_into=merged_into, parents=parents)
    refused = _forms_circle(members, parent or kept, merged_into=merged_into, parents=parents)
    return Plan(
        plan_id=plan_id,
        members=tuple(members),
        survivor=survivor,
        values=values,
        contact_from=contact_from,
        parent=parent,
        open_choices=tuple(conflicts),
        refused=(_CIRCLE,) if refused else (),
        state=_state(members, kept, is_refused=refused, has_conflicts=bool(conflicts)),
    )


def _state(members: Sequence[Member], kept: Member, *, is_refused: bool, has_conflicts: bool) -> PlanState:
    losers = [one for one in members if one is not kept]
    if is_refused:
        return PlanState.REFUSED
    if not any(one.is_active for one in losers):
        return PlanState.HALF_DONE if any(one.active_children for one in losers) else PlanState.DONE
    return PlanState.NEEDS_CHOICE if has_conflicts else PlanState.READY


def _has_nothing_in_common(field: str, members: Sequence[Member], bundle: Directory) -> bool:
    """Tell whether two members have telephones, or physical addresses, and none in common: neither may simply be dropped."""
    if field == "phone":
        rows = bundle.phone.select("center_id", "owner_kind", "owner_uid", value="e164")
    else:
        physical = bundle.address.filter(pl.col("address_kind") == "physical")
        rows = physical.select("center_id", "owner_kind", "owner_uid", value="address_key")
    own: dict[Key, set[str]] = {}
    for center, uid, value in (
        rows.filter(pl.col("owner_kind") == "agency")
        .drop_nulls("value")
        .select("center_id", "owner_uid", "value")
        .iter_rows()
    ):
        own.setdefault((center, uid), set()).add(value)
    sets = [own[one.key] for one in members if one.key in own]
    return any(first.isdisjoint(second) for place, first in enumerate(sets) for second in sets[place + 1 :])


def _choose_parent(
    members: Sequence[Member], kept: Member, *, merged_into: Mapping[Key, Key], parents: Mapping[Key, Key]
) -> Member | None:
    """Return whose parent the merged agency has: that of the kept record, else of the first active one that fits above it."""
    inside = {one.key for one in members}
    alone = dict.fromkeys(inside, kept.key)
    if parents.get(kept.key) is not None and parents[kept.key] not in inside:
        return kept
    for one in members:
        if one is kept or not one.is_active or one.key[0] != kept.key[0]:
            continue
        if one.key not in parents or parents[one.key] in inside:
            continue
        if not any(_forms_circle(members, one, merged_into=names, parents=parents) for names in (merged_into, alone)):
            return one
    return None


def _forms_circle(
    members: Sequence[Member], below: Member, *, merged_into: Mapping[Key, Key], parents: Mapping[Key, Key]
) -> bool:
    """Tell whether the agencies above the merged one lead back to it; a parent that is one of them simply falls away."""
    inside = {one.key for one in members}
    here, seen = below.key, set[Key]()
    while here in parents and here not in seen:
        seen.add(here)
        above = parents[here]
        above = merged_into.get(above, above)
        if above in inside:
            return len(seen) > 1
        here = above
    return False


def _refuse_circles(
    plans: tuple[Plan, ...], *, parents: Mapping[Key, Key], parameters: MergeParameters
) -> tuple[Plan, ...]:
    """Refuse plans that form a circle when only some of the plans are carried out, as packages do: others wait for a choice."""
    while True:
        merged_into = {one.key: plan.survivor.member.key for plan in plans for one in plan.taken(parameters)}
        above = dict(parents)
        for plan in plans:
            if plan.taken(parameters):
                inside = {one.key for one in plan.members}
                parent = None if plan.parent is None else parents[plan.parent.key]
                above.pop(plan.survivor.member.key, None)
                if parent is not None and parent not in inside:
                    above[plan.survivor.member.key] = parent
        wrong = {
            plan.plan_id
            for plan in plans
            if plan.taken(parameters)
            and _forms_circle(plan.members, plan.survivor.member, merged_into=merged_into, parents=above)
        }
        if not wrong:
            return plans
        plans = tuple(
            replace(plan, refused=(_CIRCLE,), state=PlanState.REFUSED) if plan.plan_id in wrong else plan
            for plan in plans
        )


def _member_rows(plan: Plan) -> list[dict[str, Any]]:
    kept = plan.survivor.member
    told = None
    if plan.refused:
        told = " ".join(plan.refused)
    elif plan.state == PlanState.NEEDS_CHOICE:
        told = f"To be chosen: {', '.join(plan.open_choices)} (resdir duplicates choose {plan.plan_id} FIELD RECORD)."
    elif plan.state == PlanState.HALF_DONE:
        left = sum(one.active_children for one in plan.losers)
        told = f"{left} records still belong to a record that is closed."
    return [
        {
            "plan_id": plan.plan_id,
            "center_id": one.key[0],
            "record_uid": one.key[1],
            "native_id": one.row["native_id"],
            "name": one.row["name"],
            "is_survivor": one is kept,
            "rule": f"Kept: {plan.survivor.rule}." if one is kept else f"Taken up into {kept.shown}.",
            "state": str(plan.state),
            "told": told,
        }
        for one in plan.members
    ]


def _value_rows(plan: Plan) -> list[dict[str, Any]]:
    is_hidden = plan.is_hidden
    return [
        {
            "plan_id": plan.plan_id,
            "field": field,
            "value": _WITHHELD if is_hidden and field != "name" else str(kept.member.row[field]),
            "from_center_id": kept.member.key[0],
            "from_record_uid": kept.member.key[1],
            "from_native_id": kept.member.row["native_id"],
            "rule": kept.rule,
            "alternatives": None
            if not kept.others
            else _WITHHELD
            if is_hidden
            else "; ".join(f"{one.row[field]} ({one.row['native_id'] or one.key[1]})" for one in kept.others),
            "needs_choice": kept.is_open,
        }
        for field, kept in plan.values.items()
    ]
