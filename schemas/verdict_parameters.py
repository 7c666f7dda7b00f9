"""Parameters of the review queue of duplicates."""

from __future__ import annotations

from pydantic import Field

from schemas.parameters import Parameters


class VerdictParameters(Parameters):
    """How pairs that people decided about are asked again, and how long a review takes."""

    unsure_days: int = Field(
        default=90,
        ge=1,
        description="Days after which a pair that nobody could tell is asked again (project choice: a quarter).",
    )
    minutes_per_pair: float = Field(
        default=4.0,
        gt=0,
        description="Minutes in which a curator compares one pair, for the hours left in the queue (assumption: no study is known).",
    )
    enough_verdicts: int = Field(
        default=30,
        ge=5,
        description="Decided pairs from which a threshold is suggested; with fewer only the figures are shown (project choice).",
    )
