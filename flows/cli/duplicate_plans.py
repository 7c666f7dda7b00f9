"""`resdir duplicates plan` and `choose`: what to do about agencies that people confirmed to be one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from flows.cli.duplicate_decisions import require_words
from flows.cli.duplicate_pairs import PairView, read_pairs
from flows.cli.terminal import Common, say, show, show_json, show_table
from flows.clock import now
from flows.duplicate_verdicts import delivered_agencies
from flows.merge_choices import CHOSEN, plan_all
from pipeline.curate.merge_plan import CONTACT_FIELDS, SURVIVOR, MergePlans
from pipeline.curate.merge_survivors import FIELDS
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.decisions import append_decision
from schemas.decided import Key
from schemas.errors import UsageError

_STEP_COLUMNS = {
    "plan_id": ("Plan", 10), "position": ("Step", 6), "center_id": ("Center", 12), "text": ("What to do", 80),
    "action": ("Kind of step", 18), "kind": ("Record kind", 10), "native_id": ("Record number", 14), "field": ("Field", 14),
    "value_from": ("Before", 30), "value_to": ("After", 30), "record_uid": ("record_uid", 38),
}  # fmt: skip
_MEMBER_COLUMNS = {
    "plan_id": ("Plan", 10), "state": ("State", 14), "center_id": ("Center", 12), "native_id": ("Record number", 14),
    "name": ("Name", 40), "is_survivor": ("Kept", 6), "rule": ("Why", 40), "told": ("To be settled", 50),
    "record_uid": ("record_uid", 38),
}  # fmt: skip
_VALUE_COLUMNS = {
    "plan_id": ("Plan", 10), "field": ("Field", 18), "value": ("Value that is kept", 50),
    "from_native_id": ("From record", 14), "rule": ("Why", 34), "alternatives": ("Other values", 60),
    "needs_choice": ("Needs a choice", 10), "from_center_id": ("Center", 12), "from_record_uid": ("record_uid", 38),
}  # fmt: skip


def plan(
    name: str | None = None,
    /,
    *,
    center: str | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show the merge plans of agencies that people confirmed to be one: what stays, from which record, and what to do.

    The plan is a work list for your own software; resdir changes nothing there. The next export shows what was done.
    `undo --plan` withdraws a plan.

    Args:
        name: One plan, such as plan-12, with its values and steps; all when not given.
        center: Only plans in which this center has a record.
        output: Write steps, plans and values to a .xlsx file, or the steps to .csv or .json.
        common: What every command takes.
    """
    view, plans = _read(common, center=center)
    if name is not None:
        plans = _only(plans, name)
    elif center is not None:
        chosen = plans.member.filter(pl.col("center_id") == center)["plan_id"].unique()
        plans = _of_ids(plans, chosen)
    if output is not None:
        sheets = [
            Sheet(title="Steps", rows=plans.step, columns=_STEP_COLUMNS),
            Sheet(title="Plans", rows=plans.member, columns=_MEMBER_COLUMNS),
            Sheet(title="Values", rows=plans.value, columns=_VALUE_COLUMNS),
        ]
        write_table(sheets, output)
        say(
            f"{count_of(plans.member['plan_id'].n_unique(), 'plan')} with {count_of(plans.step.height, 'step')} written to {output}."
        )
    if common.json:
        show_json(_documents(plans))
        return 0
    if output is not None:
        return 0
    if plans.member.is_empty():
        show("No agencies were confirmed to be one: `resdir duplicates decide A B same` makes a plan.")
        return 0
    show_table(
        f"{count_of(plans.member['plan_id'].n_unique(), 'merge plan')} of {view.as_of}",
        ("plan", "state", "record", "why", "to be settled"),
        [
            (
                row["plan_id"],
                row["state"],
                f"{'KEEP ' if row['is_survivor'] else ''}{row['name'] or '(no name)'} ({row['native_id']}, {row['center_id']})",
                row["rule"],
                row["told"] if row["is_survivor"] else None,
            )
            for row in plans.member.to_dicts()
        ],
    )
    if name is None:
        say("One plan with its values and steps: resdir duplicates plan PLAN. All as a work list: --output plan.xlsx")
        return 0
    show_table(
        "What is kept, and from which record",
        ("field", "value", "from", "why", "other values"),
        [
            (row["field"], row["value"], row["from_native_id"], row["rule"], row["alternatives"])
            for row in plans.value.to_dicts()
        ],
    )
    show_table(
        "What to do, in this order",
        ("step", "center", "what to do"),
        [(row["position"], row["center_id"], row["text"]) for row in plans.step.to_dicts()],
        right=("step",),
    )
    return 0


def choose(
    plan: str,
    field: str,
    record: str,
    /,
    *,
    by: str,
    reason: str,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Choose which record's value a merge plan keeps, or which record itself. The last choice holds; the log keeps all.

    Args:
        plan: The plan, such as plan-12.
        field: A field such as ein or name; `phone` or `address`; or `survivor` for the record that is kept.
        record: Number or uid of the record whose value is kept.
        by: Who chooses.
        reason: Why.
        common: What every command takes.
    """
    require_words(by=by, reason=reason)
    known = (SURVIVOR, *CONTACT_FIELDS, *FIELDS)
    if field not in known:
        raise UsageError(f"There is no field {field} to choose.", advice=f"Fields: {', '.join(known)}.")
    _, plans = _read(common, center=None)
    members = _only(plans, plan).member
    found = members.filter((pl.col("native_id") == record) | (pl.col("record_uid") == record.lower()))
    if found.height != 1:
        listed = ", ".join(f"{row['native_id']} ({row['center_id']})" for row in members.to_dicts())
        raise UsageError(
            f"{plan} has {'no' if found.is_empty() else 'more than one'} record {record}.",
            advice=f"Its records: {listed}. Name one by its record_uid if the number is not enough.",
        )
    row = found.row(0, named=True)
    _require_value(_only(plans, plan), field, (row["center_id"], row["record_uid"]), shown=record)
    append_decision(
        common.place(common.resolve()),
        kind=CHOSEN,
        subject=plan,
        payload={
            "field": field,
            "center_id": row["center_id"],
            "record_uid": row["record_uid"],
            "reason": reason.strip(),
        },
        decided_by=by.strip(),
        now=now(),
    )
    _, after = _read(common, center=None)
    state = _only(after, plan).member["state"][0]
    if common.json:
        show_json({"plan_id": plan, "field": field, "record_uid": row["record_uid"], "state": state})
    else:
        show(
            f"{plan}: {field} is that of {row['name'] or '(no name)'} ({row['native_id']}). The plan is {state.replace('_', ' ')}."
        )
    return 0


def _require_value(plans: MergePlans, field: str, key: Key, *, shown: str) -> None:
    """Refuse the choice of a record that has nothing in the field: it would settle nothing."""
    (member,) = (one for plan in plans.plans for one in plan.members if one.key == key)
    if field in FIELDS and member.row[field] in (None, ""):
        raise UsageError(f"Record {shown} has no {field}.", advice="Choose a record that has one; `plan` shows them.")


def _read(common: Common, *, center: str | None) -> tuple[PairView, MergePlans]:
    resolved = common.resolve()
    view = read_pairs(common, center=center)
    plans = plan_all(
        common.place(resolved),
        view.judgement,
        view.directory,
        present=delivered_agencies(view.directory),
        parameters=resolved.settings.merge,
    )
    return view, plans


def _only(plans: MergePlans, name: str) -> MergePlans:
    if name not in set(plans.member["plan_id"]):
        known = ", ".join(plans.member["plan_id"].unique(maintain_order=True).head(10))
        raise UsageError(
            f"There is no merge plan {name}.", advice=f"Known: {known}." if known else "There is none yet."
        )
    return _of_ids(plans, pl.Series([name]))


def _of_ids(plans: MergePlans, ids: pl.Series) -> MergePlans:
    wanted = pl.col("plan_id").is_in(ids.implode())
    return MergePlans(
        plans=tuple(one for one in plans.plans if one.plan_id in set(ids)),
        member=plans.member.filter(wanted),
        value=plans.value.filter(wanted),
        step=plans.step.filter(wanted),
    )


def _documents(plans: MergePlans) -> list[dict[str, Any]]:
    return [
        {
            "plan_id": plan_id,
            "state": members["state"][0],
            "told": members["told"][0],
            "records": members.drop("plan_id", "state", "told").to_dicts(),
            "values": plans.value.filter(pl.col("plan_id") == plan_id).drop("plan_id").to_dicts(),
            "steps": plans.step.filter(pl.col("plan_id") == plan_id).drop("plan_id").to_dicts(),
        }
        for (plan_id,), members in plans.member.partition_by("plan_id", as_dict=True, maintain_order=True).items()
    ]
