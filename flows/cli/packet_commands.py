"""The commands under `resdir packet`, loaded when one of them is called."""

from __future__ import annotations

from cyclopts import App

from flows.cli.packet import packet
from flows.cli.packet_decisions import dismiss, done, reopen
from flows.cli.packet_lists import items, list_packets
from flows.cli.packet_returns import read

app = App(name="packet", help="Update forms for agencies and partners, out and back as work.", help_format="plaintext")
app.default(packet)
app.command(read, name="read", help="Read forms that came back; corrections become work items.")
app.command(list_packets, name="list", help="The forms that were written, and which are not back.")
app.command(items, name="items", help="The work that returned forms ask for, beside the value now.")
app.command(done, name="done", help="Say that a work item is done, where the directory cannot show it.")
app.command(dismiss, name="dismiss", help="Say that a work item is not to be done, and why.")
app.command(reopen, name="reopen", help="Take a work item up again.")
