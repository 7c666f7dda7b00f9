"""Parameters of the queue: what must be verified, by whom, in which week."""

from __future__ import annotations

from schemas.parameters import Parameters


class QueueParameters(Parameters):
    """Target, hours and outreach steps of the verification queue."""
