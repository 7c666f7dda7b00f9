"""Parameters of merge plans."""

from __future__ import annotations

from pydantic import Field

from schemas.parameters import Parameters


class MergeParameters(Parameters):
    """Which record and which value stays when people have confirmed that agencies are one."""

    owner_priority: tuple[str, ...] = Field(
        default=(),
        description="Record owners or centers whose records and values are kept first, the most trusted first.",
    )
    in_exports: bool = Field(
        default=True,
        description="Whether public packages hold confirmed groups as one agency. Plans that need a choice are left out until it is made.",
    )
    across_centers: bool = Field(
        default=False,
        description="Whether public packages also merge agencies of different centers; their work lists name each center all the same. "
        "An agency with sites, services or agencies below it stays in its own center.",
    )
