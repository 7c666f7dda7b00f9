"""Sentences that both forms, on paper and as a workbook, say alike."""

from __future__ import annotations

from datetime import date

from schemas.packet_parameters import ReturnPlace

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_words(value: date) -> str:
    """Return a day as it is written in the United States, in any locale.

    >>> day_words(date(2026, 11, 20))
    'November 20, 2026'
    """
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def ways_back(sender: ReturnPlace, *, workbook: bool) -> list[str]:
    """Return how a filled-in form is sent back, a sentence each; at least one.

    Args:
        sender: Who sent it.
        workbook: Whether it is the workbook: that goes by e-mail, paper by mail.
    """
    ways = []
    if sender.return_email:
        what = "Save the file and send it" if workbook else "Scan or photograph it and send it"
        ways.append(f"{what} to {sender.return_email}.")
    if sender.return_address and not workbook:
        ways.append(f"Mail it to {sender.return_address}")
    if sender.return_phone:
        ways.append(f"Questions, or answers by phone: {sender.return_phone}.")
    return ways or ["Send it back to whoever sent it to you."]
