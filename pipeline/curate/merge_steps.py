"""The work list of a merge plan: what to do in the center's own software, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import Origin

if TYPE_CHECKING:
    from pipeline.curate.merge_plan import Plan
    from pipeline.curate.merge_survivors import Member

_WITHHELD = "withheld"


def list_steps(plan: Plan, directory: Directory, bundle: Directory) -> list[dict[str, Any]]:
    """Return the steps of a plan: values first, then names, what hangs below, contact data, and the closing of the others.

    Args:
        plan: The plan; one that is refused or done has no steps.
        directory: The canonical tables, for the agencies below.
        bundle: The agencies of all plans with what belongs to them.
    """
    if plan.refused or plan.state == "done":
        return []
    kept = plan.survivor.member
    steps = [*_open_again(plan), *_values(plan), *_parent(plan, directory), *_names(plan)]
    for one in plan.losers:
        steps += _children(one, kept, bundle, directory)
        if not one.is_active:
            continue
        steps += _contact_data(one, plan, bundle)
        steps.append(
            _step(
                "retire_record", "agency", one, field="status", value_from=one.row["status"], value_to="inactive",
                text=f"Close {one.shown} as a double entry of {kept.shown}{_elsewhere(one, kept)}.",
            )
        )  # fmt: skip
    return [{"plan_id": plan.plan_id, "position": place, **step} for place, step in enumerate(steps, start=1)]


def _elsewhere(one: Member, kept: Member) -> str:
    if one.key[0] == kept.key[0]:
        return ""
    return f", which {kept.key[0]} keeps: agree with that center who owns the record"


def _step(
    action: str,
    kind: str,
    member: Member,
    *,
    text: str,
    field: str | None = None,
    value_from: str | None = None,
    value_to: str | None = None,
    record: dict[str, Any] | None = None,
) -> dict[str, Any]:
    about = record or member.row
    return {
        "center_id": member.key[0],
        "action": action,
        "kind": kind,
        "record_uid": about["record_uid"],
        "native_id": about["native_id"],
        "field": field,
        "value_from": value_from,
        "value_to": value_to,
        "text": text,
    }


def _open_again(plan: Plan) -> list[dict[str, Any]]:
    """Return the step that opens a closed record again which a person chose to keep."""
    kept = plan.survivor.member
    if kept.is_active or not any(one.is_active for one in plan.losers):
        return []
    text = f"Open {kept.shown} again: it was chosen to be kept, and is closed."
    return [
        _step(
            "change_value", "agency", kept, field="status", value_from=kept.row["status"], value_to="active", text=text
        )
    ]


def _parent(plan: Plan, directory: Directory) -> list[dict[str, Any]]:
    """Return the step that puts the kept record below the agency that another one belongs to."""
    kept, source = plan.survivor.member, plan.parent
    if source is None or source is kept:
        return []
    above = directory.agency.filter(
        (pl.col("center_id") == source.key[0]) & (pl.col("record_uid") == source.row["parent_uid"])
    ).select("name", "native_id")
    name, number = above.row(0) if above.height else (None, source.row["parent_native_id"])
    shown = f"“{name or '(no name)'}” ({number or 'no number'})"
    text = f"Put {kept.shown} below {shown}, to which {source.shown} belongs."
    before = kept.row["parent_native_id"]
    return [_step("change_value", "agency", kept, field="parent", value_from=before, value_to=number, text=text)]


def _values(plan: Plan) -> list[dict[str, Any]]:
    kept = plan.survivor.member
    hidden = plan.is_hidden
    steps = []
    for field, value in plan.values.items():
        if value.member is kept or str(value.member.row[field]) == str(kept.row[field]):
            continue
        before, after = kept.row[field], value.member.row[field]
        shown = [_WITHHELD if hidden else (None if text is None else str(text)) for text in (before, after)]
        asked = " if that is right" if value.is_open else ""
        steps.append(
            _step(
                "change_value", "agency", kept, field=field, value_from=shown[0], value_to=shown[1],
                text=f"On {kept.shown} take {field.replace('_', ' ')} from {value.member.shown}{asked}: {value.rule}.",
            )
        )  # fmt: skip
    return steps


def _names(plan: Plan) -> list[dict[str, Any]]:
    kept = plan.survivor.member
    own = {(kept.row["name"] or "").casefold(), *(name.casefold() for name in kept.row["aka"] or ())}
    if "name" in plan.values:
        own.add(str(plan.values["name"].member.row["name"]).casefold())
    steps = []
    for one in plan.losers:
        for name in [one.row["name"], *(one.row["aka"] or ())]:
            if name and name.casefold() not in own:
                own.add(name.casefold())
                steps.append(
                    _step(
                        "add_name", "agency", kept, field="aka", value_to=name,
                        text=f"On {kept.shown} add “{name}” as a further name; it is how {one.shown} was found.",
                    )
                )  # fmt: skip
    return steps


def _children(one: Member, kept: Member, bundle: Directory, directory: Directory) -> list[dict[str, Any]]:
    center, uid = one.key
    steps = []
    for action, kind, table in (("move_site", "site", bundle.site), ("move_service", "service", bundle.service)):
        delivered = table.filter(pl.col("origin") == Origin.DELIVERED)
        own = _below(delivered, one).sort("native_id", "record_uid")
        there = dict(_below(delivered, kept).drop_nulls("name_key").select("name_key", "native_id").iter_rows())
        for row in own.select("record_uid", "native_id", "name", "name_key").iter_rows(named=True):
            what = f"the {kind} “{row['name'] or '(no name)'}” ({row['native_id']})"
            text = f"Move {what} from {one.shown} to {kept.shown}."
            if (twin := there.get(row["name_key"])) is not None:
                text = (
                    f"Compare {what} of {one.shown} with {twin} of the same name; move it to {kept.shown} or close it."
                )
            steps.append(
                _step(
                    action, kind, one, record=row, field="agency", value_from=one.row["native_id"],
                    value_to=kept.row["native_id"], text=text,
                )
            )  # fmt: skip
    below = directory.agency.filter((pl.col("center_id") == center) & (pl.col("parent_uid") == uid))
    return steps + [
        _step(
            "move_child", "agency", one, record=row, field="parent", value_from=one.row["native_id"],
            value_to=kept.row["native_id"],
            text=f"Put {kept.shown} above “{row['name'] or '(no name)'}” ({row['native_id']}) in place of {one.shown}.",
        )
        for row in below.sort("native_id", "record_uid").select("record_uid", "native_id", "name").iter_rows(named=True)
        if (center, row["record_uid"]) != kept.key
    ]  # fmt: skip


def _below(table: pl.DataFrame, member: Member) -> pl.DataFrame:
    center, uid = member.key
    return table.filter((pl.col("center_id") == center) & (pl.col("agency_uid") == uid))


def _contact_data(one: Member, plan: Plan, bundle: Directory) -> list[dict[str, Any]]:
    """Return one step for each phone and address that the kept record does not have and that is not chosen away."""
    kept = plan.survivor.member
    steps = []
    for words, table, value, shown in (
        ("phone", bundle.phone, "e164", pl.col("number_written")),
        ("address", bundle.address, "address_key", pl.concat_str("line1", "city", "postal_code", separator=", ", ignore_nulls=True)),
    ):  # fmt: skip
        rows = table.filter(pl.col("owner_kind") == "agency").select(
            "center_id", "owner_uid", "slot", "is_private", value=value, shown=shown
        )
        chosen = plan.contact_from.get(words)
        if chosen is not None and chosen is not one:
            continue
        own = set(_of(rows, kept)["value"].drop_nulls())
        said = _of(rows, one).drop_nulls("value").with_columns(is_private=pl.col("is_private").any().over("value"))
        if chosen is one and own - set(said["value"]):
            steps.append(
                _step(
                    "change_value", "agency", kept, field=words,
                    text=f"On {kept.shown} remove each {words} that {one.shown} does not have: those of the latter were chosen.",
                )
            )  # fmt: skip
        for row in said.unique("value", maintain_order=True).iter_rows(named=True):
            if row["value"] in own:
                continue
            text = _WITHHELD if row["is_private"] or plan.is_hidden else row["shown"]
            steps.append(
                _step(
                    "move_contact_data", "agency", kept, field=words, value_to=text,
                    text=f"On {kept.shown} add the {words} {text} of {one.shown}, if it is still right.",
                )
            )  # fmt: skip
    return steps


def _of(rows: pl.DataFrame, member: Member) -> pl.DataFrame:
    center, uid = member.key
    return rows.filter((pl.col("center_id") == center) & (pl.col("owner_uid") == uid)).sort("slot")
