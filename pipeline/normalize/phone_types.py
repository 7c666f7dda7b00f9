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
    "tollfree": PhoneType.TOLL_FREE,
    "hotline": PhoneType.HOTLINE,
    "crisis": PhoneType.HOTLINE,
    "crisisline": PhoneType.HOTLINE,
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
