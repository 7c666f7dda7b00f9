"""What is wrong or odd in a workbook that came back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something wrong or odd in a workbook.

    Attributes:
        sheet: Sheet.
        row: Row number; 0 when it is about rows that are not there.
        column: Heading and letter of the column; empty when it is about the whole row.
        message: What is wrong and what to do, in plain words.
    """

    sheet: str
    row: int
    column: str
    message: str
