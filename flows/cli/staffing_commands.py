"""The commands under `resdir staffing`, loaded when one of them is called."""

from __future__ import annotations

from cyclopts import App

from flows.cli.staffing import staffing
from flows.cli.staffing_complexity import complexity
from flows.cli.staffing_trend import trend

app = App(name="staffing", help="How many curators the directory takes: low, central, high.", help_format="plaintext")
app.default(staffing)
app.command(complexity, name="complexity", help="What every agency is like, its minutes part by part, and why.")
app.command(trend, name="trend", help="How the estimate moved with the directory, night by night.")
