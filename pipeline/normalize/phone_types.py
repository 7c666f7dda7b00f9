"""What a number is for, from the words of exports."""

from __future__ import annotations

import polars as pl

from schemas.enumerations import PhoneType

#: Words, letters and digits only, as exports and HSDS write them.
PHONE_TYPE_WORDS: dict[str, PhoneType] = {
    "main": PhoneType.MAIN,
    "primary": PhoneType.MAIN,
    "voice": PhoneType.VOICE,
    "phone": PhoneType.VOICE,
    "telephone": PhoneType.VOICE,
    "landline": PhoneType.VOICE,
    "fax": PhoneType.FAX,
    "facsimile": PhoneType.FAX,
    "tty": PhoneType.TTY,
    "tdd": PhoneType.TTY,
    "ttytdd": PhoneType.TTY,
    "tddtty": PhoneType.TTY,
    "textphone": PhoneType.TTY,
    "videophone": PhoneType.OTHER,
    "pager": PhoneType.OTHER,
    "vtty": PhoneType.TTY,
    "voicetty": PhoneType.TTY,
    "ttytddnumber": PhoneType.TTY,
    "ttynumber": PhoneType.TTY,
    "faxnumber": PhoneType.FAX,
    "mainnumber": PhoneType.MAIN,
    "mainphone": PhoneType.MAIN,
    "mainline": PhoneType.MAIN,
    "tollfreenumber": PhoneType.TOLL_FREE,
    "tollfree": PhoneType.TOLL_FREE,
    "hotline": PhoneType.HOTLINE,
    "crisis": PhoneType.HOTLINE,
    "crisisline": PhoneType.HOTLINE,
    "crisishotline": PhoneType.HOTLINE,
    "24hourhotline": PhoneType.HOTLINE,
    "helpline": PhoneType.HOTLINE,
    "business": PhoneType.BUSINESS,
    "businessline": PhoneType.BUSINESS,
    "office": PhoneType.BUSINESS,
    "administrative": PhoneType.BUSINESS,
    "outofarea": PhoneType.OUT_OF_AREA,
    "afterhours": PhoneType.AFTER_HOURS,
    "cell": PhoneType.CELL,
    "cellular": PhoneType.CELL,
    "mobile": PhoneType.CELL,
    "cellphone": PhoneType.CELL,
    "textline": PhoneType.TEXT,
    "textmessage": PhoneType.TEXT,
    "text": PhoneType.TEXT,
    "sms": PhoneType.TEXT,
}


def read_phone_types(values: pl.Series) -> pl.Series:
    """Return PhoneType values; `other` for a word not in the list, null for null.

    >>> read_phone_types(pl.Series(["Toll-Free", "TTY/TDD", "Voice mail box", None])).to_list()
    ['toll_free', 'tty', 'other', None]
    """
    word = values.str.to_lowercase().str.replace_all("[^a-z0-9]", "")
    known = {text: str(kind) for text, kind in PHONE_TYPE_WORDS.items()}
    found = word.replace_strict(known, default=str(PhoneType.OTHER), return_dtype=pl.String)
    return pl.select(pl.when(word.is_not_null() & (word != "")).then(found)).to_series().alias(values.name)


#: Words inside a number cell that say what the number is for, in the order in which they are asked.
_WORDS_IN_NUMBER: tuple[tuple[str, PhoneType], ...] = (
    (r"(?i)\b(?:tty|tdd|textphone)\b", PhoneType.TTY),
    (r"(?i)\bfax\b", PhoneType.FAX),
    (r"(?i)\b(?:cell|cellular|mobile)\b", PhoneType.CELL),
    (r"(?i)\b(?:text|sms|txt)\b", PhoneType.TEXT),
    (r"(?i)\b(?:hotline|crisis line|helpline)\b", PhoneType.HOTLINE),
    (r"(?i)\btoll[- ]?free\b", PhoneType.TOLL_FREE),
)


def types_in_numbers(numbers: pl.Series) -> pl.Series:
    """Return what the words beside a number say about it; null without such a word.

    >>> types_in_numbers(pl.Series(["(217) 555-0120 (fax)", "TTY/TDD: 711", "217-555-0120 V/TTY", "217-555-0120"])).to_list()
    ['fax', 'tty', 'tty', None]
    """
    found = [pl.when(numbers.str.contains(pattern)).then(pl.lit(str(kind))) for pattern, kind in _WORDS_IN_NUMBER]
    return pl.select(pl.coalesce(found)).to_series().alias(numbers.name)
