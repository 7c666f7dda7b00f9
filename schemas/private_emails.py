"""E-mail addresses: how a private one is read from a cell, and the ways in which people hide one from robots but not from readers."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from schemas.searched_texts import plain_text

_ADDRESS = re.compile(r"[^\s,;:<>()\[\]\"'|/@=?&]+@[^\s,;:<>()\[\]\"'|/@=?&]+")
#: Signs that an address is written in another way: blanks around @, words in place of signs, a line that ends within.
DISGUISED = (
    r"\s@|@\s|[\[({<]\s*(?:at|dot)\s*[\])}>]|\bat\b[^@]{1,60}\bdot\b|[.\-_]\s*\n\s*\S*@|@[\w.\-]*\s+\.|@[\w\-.]*[.\-]\s*\n|"
    r"[a-z0-9] at [a-z0-9\-]+\.[a-z]"
)
_DISGUISED = re.compile(DISGUISED)
#: How a disguised address is written plainly again, step by step.
STEPS = (
    (r"\s*(?:[\[({<]\s*at\s*[\])}>]|\bat\b|@)\s*", "@"),
    (r"\s*(?:[\[({<]\s*dot\s*[\])}>]|\bdot\b)\s*", "."),
    (r"([.\-_])\s*\n\s*", "${1}"),
    (r"(@[\w\-.]*)\s+\.\s*", "${1}."),
    (r"(@[\w\-.]*[.\-])\s*\n\s*", "${1}"),
)
_STEPS = tuple((re.compile(pattern), form.replace("${1}", r"\1")) for pattern, form in STEPS)
#: What makes an address a part of a longer one; `www.` before it is a slip of the hand.
_BEFORE, _BEHIND = r"(?:(?<=www\.)|(?<![a-z0-9_%+\-])(?<![a-z0-9_%+\-]\.))", r"(?![a-z0-9\-])"
_LONGER = r"(?!\.[a-z0-9])"


def emails_in(text: str) -> frozenset[str]:
    """Return every address in a cell, in small letters.

    >>> sorted(emails_in("Jane Doe <Jane@hidden.example>; desk@hidden.example."))
    ['desk@hidden.example', 'jane@hidden.example']
    """
    return frozenset(found.strip(".") for found in _ADDRESS.findall(plain_text(text).removeprefix("mailto:")))


def holds_email(plain: str, emails: Iterable[str]) -> bool:
    """Tell whether a plain text holds one of the addresses, as written or disguised.

    Args:
        plain: The text, as `schemas.searched_texts.plain_text`.
        emails: Addresses in small letters that may stand in it.
    """
    known = tuple(emails)
    # Where a disguised address is written plainly, the next sentence may have come near.
    return any(
        re.search(f"{_BEFORE}{re.escape(address)}{_BEHIND}{longer}", text)
        for text, longer in ((plain, _LONGER), (email_text(plain)[len(plain) :], ""))
        for address in known
        if address in text
    )


def email_text(plain: str) -> str:
    """Return a plain text in which addresses are searched: as it is, and with disguised addresses written plainly.

    >>> email_text("jane (at) hidden dot example")
    'jane (at) hidden dot example | jane@hidden.example'
    """
    if not _DISGUISED.search(plain):
        return plain
    written = plain
    for pattern, form in _STEPS:
        written = pattern.sub(form, written)
    return f"{plain} | {written}"


def email_texts(plain: pl.Series) -> pl.Series:
    """Return plain texts in which addresses are searched; see `email_text`."""
    places = plain.str.contains(DISGUISED).arg_true()
    written = plain.gather(places)
    for pattern, form in STEPS:
        written = written.str.replace_all(pattern, form)
    return plain.clone().scatter(places, plain.gather(places) + " | " + written) if len(places) else plain


def without_emails(plain: str, emails: frozenset[str]) -> str:
    """Return a plain text without the addresses that may be shown although a private person's name stands in them."""
    return (
        _ADDRESS.sub(lambda found: " " if found.group().strip(".") in emails else found.group(), plain)
        if emails
        else plain
    )
