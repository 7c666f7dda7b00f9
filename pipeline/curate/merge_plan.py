"""Merge plans of the groups that people confirmed: what stays, where it comes from, and what is to be done.

The center's data is untouched. A plan is derived anew from records and verdicts every time, so that withdrawing a verdict, an
early one too, leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.curate.merge_steps import list_steps
from pipeline.curate.merge_survivors import FIELDS, Kept, Member, choose_survivor, choose_value
from schemas.contract import conform, schema_of
from schemas.decided import Key
from schemas.directory import Directory
from schemas.merge_parameters import MergeParameters
from schemas.merging import MergedValue, MergeMember, MergeStep, PlanState

#: Choice of the record that is kept, beside the fields of an agency.
SURVIVOR = "survivor"
#: What conflicts when the records have nothing of it in common, and is chosen by keeping one record's.
CONTACT_FIELDS = ("phone", "address")
_WITHHELD = "withheld"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One plan.

    Attributes:
        plan_id: Its id.
        members: All records of the group that are in the directory.
        survivor: The record that is kept.
        values: What is kept of each field.
        open_choices: Fields that a person has to choose.
        refused: Why the plan cannot be carried out; empty when it can.
        state: Where it stands.
    """

    plan_id: str
    members: tuple[Member, ...]
    survivor: Kept
    values: Mapping[str, Kept]
    open_choices: tuple[str, ...]
    refused: tuple[str, ...]
    state: PlanState

    @property
    def losers(self) -> tuple[Member, ...]:
        """The records that are taken up into the survivor."""
        return tuple(one for one in self.members if one is not self.survivor.member)


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
    children = _count_children(directory, bundle)
    groups: dict[str, list[Member]] = {}
    for plan_id, center, uid in confirmed.select("plan_id", "center_id", "record_uid").iter_rows():
        row = rows.get((center, uid))
        if row is not None:
            member = Member(
                row=row, children=children.get((center, uid), 0), priority=_priority(row, parameters.owner_priority)
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


def _count_children(directory: Directory, bundle: Directory) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    for table, column in (
        (bundle.site, "agency_uid"),
        (bundle.service, "agency_uid"),
        (directory.agency, "parent_uid"),
    ):
        for center, uid, count in table.drop_nulls(column).group_by("center_id", column).len().iter_rows():
            counts[center, uid] = counts.get((center, uid), 0) + count
    return counts


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
    values = {}
    for field in FIELDS:
        kept = choose_value(field, members, survivor=survivor.member, choice=choices.get((plan_id, field)))
        if kept is not None:
            values[field] = kept
    conflicts = [field for field, kept in values.items() if kept.is_open]
    conflicts += [
        field
        for field in CONTACT_FIELDS
        if (plan_id, field) not in choices and _has_nothing_in_common(field, members, bundle)
    ]
    refused = _would_hang(members, survivor.member, merged_into=merged_into, parents=parents)
    active = [one for one in members if one.row["is_counted"]]
    losers_below = [one for one in members if one is not survivor.member and one.children]
    if refused:
        state = PlanState.REFUSED
    elif len(active) <= 1 and len(active) < len(members):
        state = PlanState.HALF_DONE if losers_below else PlanState.DONE
    else:
        state = PlanState.NEEDS_CHOICE if conflicts else PlanState.READY
    return Plan(
        plan_id=plan_id,
        members=tuple(members),
        survivor=survivor,
        values=values,
        open_choices=tuple(conflicts),
        refused=tuple(refused),
        state=state,
    )


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
    sets = [own[one.key] for one in members if one.key in own and one.row["is_counted"]]
    return any(first.isdisjoint(second) for place, first in enumerate(sets) for second in sets[place + 1 :])


def _would_hang(
    members: Sequence[Member], survivor: Member, *, merged_into: Mapping[Key, Key], parents: Mapping[Key, Key]
) -> list[str]:
    """Return why the merged agency would hang in the air; empty when it would not."""
    reasons = []
    inside = {one.key for one in members}
    here, steps = survivor.key, 0
    while here in parents and steps < 100:
        above = parents[here]
        above = merged_into.get(above, above)
        if above in inside and steps > 0:
            reasons.append("The agencies above the merged one would form a circle: one of them is a part of it.")
            break
        if above in inside:
            break
        here, steps = above, steps + 1
    return reasons


def _member_rows(plan: Plan) -> list[dict[str, Any]]:
    kept = plan.survivor.member
    told = None
    if plan.refused:
        told = " ".join(plan.refused)
    elif plan.state == PlanState.NEEDS_CHOICE:
        told = f"To be chosen: {', '.join(plan.open_choices)} (resdir duplicates choose {plan.plan_id} FIELD RECORD)."
    elif plan.state == PlanState.HALF_DONE:
        left = sum(one.children for one in plan.losers)
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
    is_hidden = any(one.row["is_confidential_place"] or one.row["withheld_reason"] for one in plan.members)
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
