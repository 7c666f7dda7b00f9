"""The commands under `resdir findings`, loaded when one of them is called."""

from __future__ import annotations

from cyclopts import App

from flows.cli.finding_exceptions import accept, reopen
from flows.cli.finding_rates import rates
from flows.cli.findings import findings

app = App(name="findings", help="What is wrong, with how to fix it.", help_format="plaintext")
app.default(findings)
app.command(accept, name="accept", help="Take an exception that expires: no reminder until a day.")
app.command(reopen, name="reopen", help="Take an exception back.")
app.command(rates, name="rates", help="How findings fare: opened, fixed, come back.")
