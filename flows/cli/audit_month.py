"""`resdir audit month`: the audit of the month, as the schedule draws it."""

from __future__ import annotations

from flows.cli.terminal import Common, say, show, show_json


def month(
    *,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Draw the month's audit as [audit] of the settings says, and write a worksheet for each auditor into the workspace.

    Done again in the same month it draws nothing new and writes only what is missing. `resdir schedule` does it on its own.

    Args:
        common: What every command takes.
    """
    from flows.audit_month import audit_month

    resolved = common.resolve()
    done = audit_month(resolved, workspace=common.place(resolved), as_of=common.as_of, tell=say)
    if common.json:
        show_json(
            {
                **done.batch.document(),
                "is_new": done.is_new,
                "auditors": list(done.auditors),
                "worksheets": [str(path) for path in done.worksheets],
                "last_result": done.last,
            }
        )
        return 0
    row = done.batch.draw.row(0, named=True)
    show(
        f"Batch {row['batch_id']}: {row['size']:,} of {row['frame_size']:,}, "
        f"{'drawn now' if done.is_new else 'drawn before'}."
    )
    for path in done.worksheets:
        show(f"  {path}")
    return 0
