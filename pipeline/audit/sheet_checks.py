"""Checksums in a worksheet, by which changed rows are noticed when it comes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from schemas.scorecard import Question

#: Hexadecimal digits kept of a SHA-256: enough to notice any accident.
_DIGITS = 16
# Spreadsheet programs rewrite blanks, line breaks and signs that XML does not know: they are no change.
_NOT_TOLD = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x20\x7f-\xa0]+")


def values_sha256(values: Mapping[str, str], question: Question) -> str:
    """Return a hash of the present values that a question is about.

    Args:
        values: Text by kind of value, whole (`show_present_values(is_complete=True)`).
        question: The question.
    """
    parts = [f"{kind}={_plain(values.get(kind, ''))}" for kind in question.concerns]
    return _digest("\n".join(parts))


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
    visible = (_plain(text) for text in (place, record, question, shown))
    return _digest("\n".join((record_uid, center_id, item_id, values, *visible)))


def _plain(text: str) -> str:
    return _NOT_TOLD.sub(" ", text).strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
