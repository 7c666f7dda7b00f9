"""Choices of people about merge plans, read from the decision log, and the plans that follow."""

from __future__ import annotations

from collections.abc import Collection

from flows.duplicate_verdicts import Judgement, confirmed_frame, delivered_agencies
from pipeline.curate.merge_plan import MergePlans, plan_merges
from pipeline.curate.merged_directory import MergedDirectory, merge_directory
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from schemas.decided import Key
from schemas.directory import Directory
from schemas.merge_parameters import MergeParameters

#: Kind of entry in the decision log.
CHOSEN = "merge_choice"


def read_choices(workspace: Workspace) -> dict[tuple[str, str], Key]:
    """Return the record that was chosen last, by plan and field."""
    return {
        (entry.subject, entry.payload["field"]): (entry.payload["center_id"], entry.payload["record_uid"])
        for entry in read_decisions(workspace, kind=CHOSEN)
    }


def plan_all(
    workspace: Workspace,
    judgement: Judgement,
    directory: Directory,
    *,
    present: Collection[Key],
    parameters: MergeParameters,
) -> MergePlans:
    """Return the merge plans of the groups that people confirmed, with the choices they made.

    Args:
        workspace: Where the decision log lies.
        judgement: What people decided.
        directory: The canonical tables.
        present: Agencies in the directory.
        parameters: Trusted owners.
    """
    return plan_merges(
        directory,
        confirmed=confirmed_frame(judgement, present=present),
        choices=read_choices(workspace),
        parameters=parameters,
    )


def merged_view(
    workspace: Workspace, judgement: Judgement, directory: Directory, *, parameters: MergeParameters
) -> tuple[MergePlans, MergedDirectory]:
    """Return the merge plans and the directory that public packages are made of.

    Args:
        workspace: Where the decision log lies.
        judgement: What people decided.
        directory: The canonical tables.
        parameters: Trusted owners, and what is merged in packages.
    """
    plans = plan_all(
        workspace,
        judgement,
        directory,
        present=delivered_agencies(directory) if judgement.keys else (),
        parameters=parameters,
    )
    return plans, merge_directory(directory, plans.plans if parameters.in_exports else (), parameters=parameters)
