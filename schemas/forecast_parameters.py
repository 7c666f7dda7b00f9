"""Parameters of the forecast of the annual update percentage."""

from __future__ import annotations

from schemas.parameters import Parameters


class ForecastParameters(Parameters):
    """How the share updated is carried forward to a day."""
