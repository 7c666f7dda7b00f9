"""Checksums in a worksheet, by which changed rows are noticed when it comes back."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.workbook.checksums import checksum, plain_text
from schemas.scorecard import Question


def values_sha256(values: Mapping[str, str], question: Question) -> str:
    """Return a hash of the present values that a question is about.

    Args:
        values: Text by kind of value, whole (`show_present_values(is_complete=True)`).
        question: The question.
    """
    parts = [f"{kind}={plain_text(values.get(kind, ''))}" for kind in question.concerns]
    return checksum(parts)


def row_check(
    record_uid: str, center_id: str, item_id: str, values: str, *, place: str, record: str, question: str, shown: str
) -> str:
    """Return a hash of everything in a row that nobody is to change.

    Args:
        record_uid: Hidden cell.
        center_id: Hidden cell.
        item_id: Hidden cell.
        values: Hidden cell, see `values_sha256`.
        place: Number of the record in the draw, as shown: visible columns that were sorted alone are noticed by it.
        record: Number of the record in the center's software, as shown.
        question: Text of the question.
        shown: What stands in the directory, as shown.
    """
    visible = (plain_text(text) for text in (place, record, question, shown))
    return checksum((record_uid, center_id, item_id, values, *visible))
