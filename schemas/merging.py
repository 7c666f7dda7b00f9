"""Tables of merge plans: what stays, where every value comes from, and what is to be done in the center's own software."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from schemas.contract import Table, optional, required


class PlanState(StrEnum):
    """Where a merge plan stands."""

    READY = "ready"
    NEEDS_CHOICE = "needs_choice"  # values conflict that a person has to choose between
    REFUSED = "refused"  # something would be left hanging
    HALF_DONE = "half_done"  # a record is closed already, and something still hangs below it
    DONE = "done"  # the export shows one record


class MergeMember(Table):
    """One row per agency of a confirmed group."""

    plan_id: pl.String = required("Merge plan; made of the first verdict that holds the group together.")
    center_id: pl.String = required("Center.")
    record_uid: pl.String = required("Agency.")
    native_id: pl.String = optional("Its number in the center's software.")
    name: pl.String = optional("Its name.")
    is_survivor: pl.Boolean = required("Whether this record is kept; the others are taken up into it.")
    rule: pl.String = required("Why this record is kept, or into which it is taken up, in words.")
    state: pl.String = required("PlanState value of the plan.")
    told: pl.String = optional("What has to be chosen, why the plan is refused, or what is left to do.")


class MergedValue(Table):
    """One row per field of the merged agency, with the record that its value comes from."""

    plan_id: pl.String = required("Merge plan.")
    field: pl.String = required("Field of the agency.")
    value: pl.String = optional("Value that is kept, as text; `withheld` when it is private.")
    from_center_id: pl.String = required("Center of the record it comes from.")
    from_record_uid: pl.String = required("Record it comes from.")
    from_native_id: pl.String = optional("Number of that record.")
    rule: pl.String = required("Why this value, in words.")
    alternatives: pl.String = optional("Other values, each with its record; null when all agree.")
    needs_choice: pl.Boolean = required("Whether a person has to choose before the plan is ready.")


class MergeStep(Table):
    """One row per step of the work list, in the order in which it is done in the center's own software."""

    plan_id: pl.String = required("Merge plan.")
    position: pl.Int64 = required("Order of the steps.")
    center_id: pl.String = required("Center whose software it is done in.")
    action: pl.String = required(
        "change_value, add_name, move_site, move_service, move_child, move_contact_data or retire_record."
    )
    kind: pl.String = required("Kind of the record the step is about.")
    record_uid: pl.String = required("Record the step is about.")
    native_id: pl.String = optional("Its number.")
    field: pl.String = optional("Field that changes.")
    value_from: pl.String = optional("Value or owner before; `withheld` when it is private.")
    value_to: pl.String = optional("Value or owner after; `withheld` when it is private.")
    text: pl.String = required("The step as a sentence.")
