"""Checksums in workbooks that people fill in, by which changed cells are noticed when they come back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

#: Hexadecimal digits kept of a SHA-256: enough to notice any accident.
_DIGITS = 16
# Spreadsheet programs rewrite blanks, line breaks and signs that XML does not know: they are no change.
_NOT_TOLD = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x20\x7f-\xa0]+")


def plain_text(text: str) -> str:
    r"""Return a text as it survives a spreadsheet program: one blank for any number of blanks, breaks and signs unknown to XML.

    >>> plain_text(" Mon - Fri\r\n 9 - 5 ")
    'Mon - Fri 9 - 5'
    """
    return _NOT_TOLD.sub(" ", text).strip()


def checksum(parts: Iterable[str]) -> str:
    """Return a hash over several texts, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]
