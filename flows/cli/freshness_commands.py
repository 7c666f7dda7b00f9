"""The commands under `resdir freshness`, loaded when one of them is called."""

from __future__ import annotations

from cyclopts import App

from flows.cli.freshness import freshness
from flows.cli.freshness_explain import explain
from flows.cli.freshness_suspicious import suspicious
from flows.cli.freshness_trend import trend

app = App(
    name="freshness", help="The share of the directory that was updated in the last year.", help_format="plaintext"
)
app.default(freshness)
app.command(explain, name="explain", help="Why one record counts as updated or not.")
app.command(trend, name="trend", help="How the share moved, night by night and before the first night.")
app.command(suspicious, name="suspicious", help="Verifications that count and deserve a question.")
