"""A phone number as people read it on a worksheet or a form."""

from __future__ import annotations

import polars as pl

from schemas.enumerations import PhoneType

_WORDS = {
    PhoneType.MAIN.value: "main",
    PhoneType.VOICE.value: "voice",
    PhoneType.FAX.value: "fax",
    PhoneType.TTY.value: "TTY",
    PhoneType.TOLL_FREE.value: "toll-free",
    PhoneType.HOTLINE.value: "hotline",
    PhoneType.BUSINESS.value: "business line",
    PhoneType.OUT_OF_AREA.value: "from outside the area",
    PhoneType.AFTER_HOURS.value: "after hours",
    PhoneType.CELL.value: "cell",
    PhoneType.TEXT.value: "text messages",
    PhoneType.OTHER.value: "other",
}


def phone_text() -> pl.Expr:
    """Return the number with extension, type and label, such as `(217) 555-0142 ext. 9 (main, Front desk)`.

    Needs the columns of `schemas.core.Phone`, its `label` under the name `number_label`; parts that are null are left out. Private
    numbers are not told apart here.
    """
    national = pl.col("e164").str.replace(r"^\+1(\d{3})(\d{3})(\d{4})$", "($1) $2-$3")
    words = pl.col("type").replace_strict(_WORDS, default=None, return_dtype=pl.String)
    return pl.concat_str(
        pl.coalesce(national, "short_code", "number_written"),
        pl.format(" ext. {}", "extension"),
        pl.when(pl.any_horizontal(words.is_not_null(), pl.col("number_label").is_not_null())).then(
            pl.format(" ({})", pl.concat_str(words, "number_label", separator=", ", ignore_nulls=True))
        ),
        ignore_nulls=True,
    )
