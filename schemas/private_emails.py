"""E-mail addresses: how a private one is read from a cell, and the ways in which people hide one from robots but not from readers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.searched_texts import condensed_text, plain_text

_ADDRESS = re.compile(r"[^\s,;:<>()\[\]\"'|/@=?&]+@[^\s,;:<>()\[\]\"'|/@=?&]+")
#: Signs that an address is written in another way: blanks around @, words in place of signs, a line that ends within.
DISGUISED = r"\s@|@\s|[\[({<]\s*(?:at|dot)\s*[\])}>]|\bat\b[^@]{1,60}\bdot\b|[.\-_]\s*\n\s*\S*@|@[\w.\-]*\s+\.|@[\w\-.]*[.\-]\s*\n"
_DISGUISED = re.compile(DISGUISED)
#: Words for the signs.
SIGN_WORDS = r"[\[({<]\s*(?:at|dot)\s*[\])}>]|\b(?:at|dot)\b"
_SIGN_WORDS = re.compile(SIGN_WORDS)
#: What makes an address a part of a longer one.
_BEFORE, _BEHIND = r"(?<![a-z0-9_%+\-])(?<![a-z0-9_%+\-]\.)", r"(?![a-z0-9\-]|\.[a-z0-9])"


def emails_in(text: str) -> frozenset[str]:
    """Return every address in a cell, in small letters.

    >>> sorted(emails_in("Jane Doe <Jane@hidden.example>; desk@hidden.example."))
    ['desk@hidden.example', 'jane@hidden.example']
    """
    return frozenset(found.strip(".") for found in _ADDRESS.findall(plain_text(text).removeprefix("mailto:")))


def condensed_email(address: str) -> str:
    """Return an address as letters and digits, as it stands in a condensed text with its signs left out."""
    return condensed_text(address)


def holds_email(plain: str, emails: Iterable[str]) -> bool:
    """Tell whether a plain text holds one of the addresses, as written or disguised.

    Args:
        plain: The text, as `schemas.searched_texts.plain_text`.
        emails: Addresses in small letters that may stand in it.
    """
    known = tuple(emails)
    if any(re.search(f"{_BEFORE}{re.escape(address)}{_BEHIND}", plain) for address in known if address in plain):
        return True
    if not known or not _DISGUISED.search(plain):
        return False
    condensed = condensed_text(_SIGN_WORDS.sub(" ", plain))
    return any(condensed_email(address) in condensed for address in known)


def without_emails(plain: str, emails: frozenset[str]) -> str:
    """Return a plain text without the addresses that may be shown although a private person's name stands in them."""
    return (
        _ADDRESS.sub(lambda found: " " if found.group().strip(".") in emails else found.group(), plain)
        if emails
        else plain
    )
