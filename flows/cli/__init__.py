"""The command line `resdir`.

Commands are loaded when they are called, so that `--help` and the commands that need no flow start at once.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError

from schemas.errors import ContractError, ResdirError, UsageError

app = App(
    name="resdir",
    help="Nightly curation and audit of 2-1-1 resource directories.",
    version=version("resdir"),
    version_flags=["--version"],
    help_format="plaintext",
)

app.command(
    "flows.cli.nightly:nightly", name="nightly", help="Run the whole night once: read, check, match, measure, publish."
)
app.command("flows.cli.schedule:schedule", name="schedule", help="Serve the nightly run on a schedule.")
app.command("flows.cli.finding_commands:app", name="findings", help="What is wrong, with how to fix it.")
app.command(
    "flows.cli.changes:changes", name="changes", help="Records added, changed and removed since an earlier run."
)
app.command("flows.cli.rejects:rejects", name="rejects", help="Rows of the last exports that could not be read.")
app.command(
    "flows.cli.freshness_commands:app",
    name="freshness",
    help="The share of the directory that was updated in the last year.",
)
app.command("flows.cli.forecast:forecast", name="forecast", help="The share updated at the year's end or on any day.")
app.command("flows.cli.queue:queue", name="queue", help="Who must verify what, this week and the next twelve.")
app.command(
    "flows.cli.staffing_commands:app",
    name="staffing",
    help="How many curators the directory takes: low, central, high.",
)
app.command("flows.cli.report:report", name="report", help="The report of a month, quarter or year, in five forms.")
app.command(
    "flows.cli.network_commands:app",
    name="network",
    help="Many centers side by side: records, share updated, curators, counties.",
)
app.command("flows.cli.notify:notify", name="notify", help="Who is told of a night; a test; a warning when none came.")
app.command(
    "flows.cli.packet_commands:app", name="packet", help="Update forms for agencies and partners, out and back as work."
)
app.command(
    "flows.cli.synthesize:synthesize", name="synthesize", help="Write an invented directory with the truth beside it."
)
app.command(
    "flows.cli.doctor:doctor", name="doctor", help="What is installed, locked, full or missing, and how to mend it."
)

duplicates = App(name="duplicates", help="Agencies that stand in the directory twice.", help_format="plaintext")
duplicates.command("flows.cli.duplicates:list_pairs", name="list", help="The review queue, most likely first.")
duplicates.command("flows.cli.duplicates:explain", name="explain", help="Why two agencies look alike, in words.")
duplicates.command(
    "flows.cli.duplicate_decisions:decide", name="decide", help="Say whether two agencies are one; never asked again."
)
duplicates.command("flows.cli.duplicate_decisions:undo", name="undo", help="Withdraw a verdict.")
duplicates.command(
    "flows.cli.duplicate_files:export_pairs",
    name="export",
    help="Pairs as a spreadsheet in which people give verdicts.",
)
duplicates.command(
    "flows.cli.duplicate_files:import_verdicts", name="import", help="Read verdicts back from a spreadsheet."
)
duplicates.command(
    "flows.cli.duplicate_plans:plan", name="plan", help="What to do about agencies that were confirmed to be one."
)
duplicates.command(
    "flows.cli.duplicate_plans:choose", name="choose", help="Choose which record's value a merge plan keeps."
)
duplicates.command(
    "flows.cli.duplicate_advice:advice", name="advice", help="What your verdicts say about the scores; hours left."
)
duplicates.command("flows.cli.duplicates:evaluate", name="evaluate", help="Match quality on any labelled list.")
app.command(duplicates)

audit = App(name="audit", help="Random audits of the directory.", help_format="plaintext")
audit.command("flows.cli.audit:plan", name="plan", help="How many records to audit for a wanted margin.")
audit.command("flows.cli.audit:draw", name="draw", help="Draw a random sample that can be drawn again.")
audit.command(
    "flows.cli.audit_results:list_batches", name="list", help="The batches that were drawn, and how far they are."
)
audit.command(
    "flows.cli.audit_worksheets:worksheet", name="worksheet", help="Write the worksheets of a batch, one per auditor."
)
audit.command("flows.cli.audit_worksheets:record", name="record", help="Read filled worksheets back.")
audit.command(
    "flows.cli.audit_results:result",
    name="result",
    help="What an audit says: estimates with intervals, agreement, trend.",
)
audit.command("flows.cli.audit_month:month", name="month", help="Draw the month's audit and write its worksheets.")
app.command(audit)

export = App(name="export", help="Packages that may leave the house.", help_format="plaintext")
export.command("flows.cli.export:hsds", name="hsds", help="The public records as an HSDS data package: tables.")
export.command("flows.cli.export:hsds_json", name="hsds-json", help="The public records as nested HSDS JSON.")
export.command("flows.cli.export:airs", name="airs", help="The public records as AIRS XML.")
export.command("flows.cli.export:ndp", name="ndp", help="The public records as NDP-shaped bundles (provisional).")
export.command("flows.cli.export:every", name="all", help="Every target that the settings ask for, as a flow.")
export.command("flows.cli.export:receipts", name="receipts", help="What was exported when, by whom and for whom.")
app.command(export)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Args:
        arguments: Words after the command's name; None takes those of the process.

    Returns:
        0 done, 1 done but findings or an evaluation are beyond what was asked, 2 wrong usage, 3 bad input, 4 workspace busy or
        full, 5 a bug of ours, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    try:
        # With --json the answer is one document, a wrong call included: the parser's own box is not printed then.
        outcome = app(words, exit_on_error=False, print_error=not as_json, result_action="return_value")
    except CycloptsError as fault:
        return _told(_wrong_usage(fault), as_json=as_json) if as_json else 2
    except ContractError as fault:
        return _bug(fault)
    except ResdirError as fault:
        return _told(fault, as_json=as_json)
    except KeyboardInterrupt:
        print("Stopped. The last published night is untouched.", file=sys.stderr)  # noqa: T201 - the one boundary
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`resdir findings | head`): nothing to tell anybody.
        sys.stderr.close()
        return 0
    except Exception as fault:
        return _bug(fault)
    return outcome if isinstance(outcome, int) else 0


def main() -> None:
    """Run the command of this process and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may speak cp1252: a name it cannot write must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = run()
    if "prefect" in sys.modules:
        from flows.prefect_home import leave_quietly

        leave_quietly()
    sys.exit(code)


def _wrong_usage(fault: CycloptsError) -> UsageError:
    command = " ".join(["resdir", *(fault.command_chain or ())])
    return UsageError(str(fault), advice=f"`{command} --help` shows what can be asked.")


def _told(fault: ResdirError, *, as_json: bool) -> int:
    if as_json:
        document = {"error": {"message": fault.message, "advice": fault.advice, "exit_code": fault.exit_code}}
        print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201 - the one boundary
    print(f"resdir: {fault.message}", file=sys.stderr)  # noqa: T201 - the one boundary
    if fault.advice:
        print(f"        {fault.advice}", file=sys.stderr)  # noqa: T201 - the one boundary
    return fault.exit_code


def _bug(fault: BaseException) -> int:
    traceback.print_exception(fault, file=sys.stderr)
    print(  # noqa: T201 - the one boundary
        "resdir: this is a bug of ours, not of your data. The last published night is untouched.\n"
        "        Please report the lines above, with what `resdir doctor` prints (it shows no record).",
        file=sys.stderr,
    )
    return 5
