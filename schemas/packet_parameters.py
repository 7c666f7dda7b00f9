"""Parameters of the update forms that agencies fill in and send back."""

from __future__ import annotations

from schemas.parameters import Parameters


class PacketParameters(Parameters):
    """What update forms say and how they are read back."""
