"""What looks wrong with a proposed value at first sight. It is taken all the same: a curator decides."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")
_URL = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?")
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_PO_BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b|\bbox\s+\d", re.IGNORECASE)
#: Digits of a North American number, with and without the country code; N11, 988 and text codes have 3 to 6.
_FULL_DIGITS, _WITH_COUNTRY, _SHORT_DIGITS = 10, 11, range(3, 7)


def doubts_about(field: str, compare: str, proposed: str) -> str | None:
    """Return what looks wrong, a sentence; None when nothing does.

    Args:
        field: Field of the line.
        compare: How its values are compared: phone, email, url, address or another.
        proposed: The proposed value.
    """
    text = proposed.strip()
    if compare == "phone":
        return _phone(text)
    if compare == "email" and not _EMAIL.fullmatch(text):
        return "This is not one e-mail address: name@place.org is expected."
    if compare == "url" and not _URL.fullmatch(text):
        return "This is not one web address: www.place.org is expected."
    if compare == "address" and not _ZIP.search(text):
        return "The address has no ZIP code: it may be a part only."
    if field == "address" and _PO_BOX.search(text):
        return "This is a post office box: is it the mailing address?"
    return None


def _phone(text: str) -> str | None:
    # An extension, or words behind the number, may hold digits of their own.
    number = re.split(r"(?i)\bext|\bx\s*\d|#|\(\s*[a-z]|,", text)[0]
    if re.search(r"[A-Za-z]", number) and len(_NUMBER.findall(number)) >= min(_SHORT_DIGITS):
        return "The number has letters in it: look up the digits."
    count = len(_NUMBER.findall(number))
    if count == _FULL_DIGITS or count in _SHORT_DIGITS:
        return None
    if count == _WITH_COUNTRY and number.strip().lstrip("+(").startswith("1"):
        return None
    return f"The number has {count} digits; a phone number here has 10, with the area code."
