"""Phone numbers: the digits under which a private one is searched, and the many ways to write it in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.searched_texts import condensed_text, plain_text

#: Digits of a number within one area code, of a full North American number, and of the longest in the world.
LOCAL_DIGITS, FULL_DIGITS, LONGEST_DIGITS = 7, 10, 15
#: Digits at the end of a number of another country that stand whatever is written before it.
_ABROAD_DIGITS = 9

_NUMBER = re.compile(r"(?<!\d)(?:\+?1[^0-9a-z]{0,3})?([2-9]\d{2})[^0-9a-z]{0,3}([2-9]\d{2})[^0-9a-z]{0,3}(\d{4})(?!\d)")
_EXTENSION = re.compile(r"\b(?:extension|ext|ex|xt|x)[^0-9a-z]{0,3}(\d{1,7})\b|#\s?(\d{1,6})\b")
_EXTENSION_WORDS = ("x", "ext", "extension")

#: Seven digits that stand alone, whatever stands between them.
_LOCAL = re.compile(r"(?<![0-9])(?=([0-9](?:[\W_]{0,3}[0-9]){6})(?![0-9]))")
#: The number of an employer, `36-5550199`.
_EMPLOYER_BEFORE = re.compile(r"(?<![0-9])[0-9]{2}-$")
#: An area code right before: it makes the seven digits a number of somewhere else. Not so a number that cannot be one (`Room 105`,
#: `Dial 911.`), nor one behind which a sentence or line ends.
_AREA_CODE_BEFORE = re.compile(
    r"(?<![0-9])1?(?!.11)([2-9][0-9]{2})(?:\)[ \-‐-―−./]{0,3}|[ ]?[\-‐-―−/][ ]?|[ ]{1,2}|\.)$"
)

#: Letters of the keypad, behind an area code in digits.
KEYPAD = dict(zip("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999", strict=True))
_KEYPAD_TABLE = str.maketrans(KEYPAD)
#: The beginning of a number with letters, and the whole of one, as patterns for columns and for single texts.
KEYPAD_START = (
    r"[2-9][0-9]{2}[-.)‐-―][ ]?(?:[0-9]{1,3}[-. ]?)?[a-z]|1[-. ]\(?[2-9][0-9]{2}[-. )]{1,2}(?:[0-9]{1,3}[-. ]?)?[a-z]"
)
KEYPAD_NUMBER = r"(?:1[-. ]?\(?[2-9][0-9]{2}[-. )]{1,2}|\(?[2-9][0-9]{2}(?:\) ?|[-.‐-―]))[0-9a-z](?:[-. ]?[0-9a-z]){6}"
KEYPAD_LOCAL = r"\b[2-9][0-9]{2}-[a-z]{4}\b"
_KEYPAD_NUMBER, _KEYPAD_LOCAL = re.compile(KEYPAD_NUMBER), re.compile(KEYPAD_LOCAL)
_AREA_BEFORE_LETTERS = re.compile(r"[2-9][0-9]{2}\)?[-. ]{0,2}$")


def phone_digits(number: str) -> str | None:
    """Return the digits by which a number is searched; None when there are too few or too many.

    >>> phone_digits("+1 (217) 555-0101"), phone_digits("911")
    ('2175550101', None)
    """
    digits = "".join(character for character in plain_text(number) if character.isascii() and character.isdigit())
    if len(digits) == FULL_DIGITS + 1 and digits.startswith("1"):
        digits = digits[1:]
    return digits if LOCAL_DIGITS <= len(digits) <= LONGEST_DIGITS else None


def phones_in(text: str) -> frozenset[str]:
    """Return the digits of every number in a cell: several numbers, remarks and extensions may stand there.

    >>> sorted(phones_in("(217) 555-0101 ext. 5 or 217.555.0102")), sorted(phones_in("1-800-273-TALK")), sorted(phones_in("555-0101"))
    (['2175550101', '2175550102'], ['8002738255'], ['5550101'])
    """
    plain = plain_text(text)
    found = {"".join(groups) for groups in _NUMBER.findall(plain)} | _keypad_numbers(plain)
    if not found:
        digits = phone_digits(_EXTENSION.sub(" ", plain))
        found = {digits} if digits else set()
    return frozenset(found)


def abroad_forms(digits: str) -> frozenset[str]:
    """Return the end of a number of another country, which is written without the code of the country at home."""
    return frozenset({digits[-_ABROAD_DIGITS:]}) if len(digits) > FULL_DIGITS else frozenset()


def extension_forms(digits: str, extension: str) -> frozenset[str]:
    """Return a number with its extension as it stands in a condensed text: for a private extension of a public number.

    >>> sorted(extension_forms("2175550101", "12"))
    ['2175550101ext12', '2175550101extension12', '2175550101x12']
    """
    return frozenset(f"{digits}{word}{extension}" for word in _EXTENSION_WORDS)


def extension_in(number: str) -> str | None:
    """Return the extension in a cell of a number; None without one."""
    found = _EXTENSION.search(plain_text(number))
    return (found[1] or found[2]) if found else None


def vanity_number(number: str) -> str | None:
    """Return a number written with letters in search form; None when it has none.

    >>> vanity_number("1-800-273-TALK")
    '800273talk'
    """
    condensed = condensed_text(_EXTENSION.sub(" ", plain_text(number)))
    found = re.search(r"[2-9]\d{2}[a-z0-9]{7}", condensed)
    return found.group() if found and not found.group().isdigit() else None


def holds_phone(plain: str, condensed: str, phones: Iterable[str]) -> bool:
    """Tell whether a plain text holds one of the numbers: in full, without its area code, or with letters of the keypad.

    Args:
        plain: The text, as `schemas.searched_texts.plain_text`.
        condensed: The same as letters and digits only.
        phones: Digits of the numbers that may stand in it.
    """
    known = frozenset(phones)
    if any(digits in condensed for digits in known):
        return True
    return _holds_local(plain, {digits[-LOCAL_DIGITS:] for digits in known}) or not known.isdisjoint(
        _keypad_numbers(plain)
    )


def _holds_local(plain: str, locals_: set[str]) -> bool:
    for found in _LOCAL.finditer(plain):
        if "".join(sign for sign in found[1] if sign.isdigit()) not in locals_:
            continue
        before = plain[: found.start()]
        is_employer = found[1].isdigit() and _EMPLOYER_BEFORE.search(before) is not None
        if not is_employer and _AREA_CODE_BEFORE.search(before) is None:
            return True
    return any(
        found.group().translate(_KEYPAD_TABLE).replace("-", "") in locals_
        for found in _KEYPAD_LOCAL.finditer(plain)
        if _AREA_BEFORE_LETTERS.search(plain[: found.start()]) is None
    )


def _keypad_numbers(plain: str) -> set[str]:
    return {
        "".join(sign for sign in found.group().translate(_KEYPAD_TABLE) if sign.isdigit())[-FULL_DIGITS:]
        for found in _KEYPAD_NUMBER.finditer(plain)
        if any(sign.isalpha() for sign in found.group())
    }
