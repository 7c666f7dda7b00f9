"""The commands under `resdir network`, loaded when one of them is called."""

from __future__ import annotations

from cyclopts import App

from flows.cli.network import forget, include, network, summarize

app = App(name="network", help="Many centers side by side.", help_format="plaintext")
app.default(network)
app.command(summarize, name="summarize", help="A center's figures as a small file: no record, no name.")
app.command(include, name="include", help="Take summaries of other centers into the network.")
app.command(forget, name="forget", help="Take the summary of a center out again.")
