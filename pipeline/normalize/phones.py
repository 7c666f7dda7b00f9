"""Phone numbers: the North American plan, short codes, and other countries where the cell names the country.

A regular expression reads the plain cases of a whole column; what is left (two numbers in a cell, keypad letters, remarks) is
read once per distinct text. A number is never repaired: what does not come out as ten digits of the right shape stays as
written without `e164`.
"""

from __future__ import annotations

import re

import phonenumbers
import polars as pl

from pipeline.normalize.distinct import map_distinct

#: Words before an extension, as met in exports.
_EXTENSION_WORD = r"(?:extension|ext|ex|xt|x)"
_AREA = r"[2-9][0-9]{2}"
_NUMBER = rf"(?:\+?1[-. ]*)?\(? *({_AREA}) *\)?[-./ ]*({_AREA})[-. ]*([0-9]{{4}})"
_PLAIN = rf"(?i)^{_NUMBER}(?:[ ,;]*{_EXTENSION_WORD}[.: #]*([0-9]{{1,7}}))?$"
#: N11 services, 988 and text short codes, some exports with the empty mask of a form around them: `(   ) 711-`.
_SHORT_CODE = r"^(?:\( *\))? *([2-9]11|988|[2-9][0-9]{4,5})[ -]*$"

#: The same with words around it; N11 and 988 may have dashes, other codes need the word text.
_WORDED_SHORT_CODE = r"^[^0-9]*\b([2-9]-?1-?1|9-?8-?8)\b[^0-9]*$"
_WORDED_TEXT_CODE = r"(?i)^[^0-9]*\b(?:text|sms|txt)\b[^0-9]*\b([2-9][0-9]{4,5})\b[^0-9]*$"
#: Numbers of other countries, only with the code of the country.
_ABROAD = re.compile(r"^(?:\+(?!1)|011[-. ]?(?!1))[0-9][0-9() .-]*$")
_NUMBER_SIGN = re.compile(r"^[ ,;]*#[ ]?([0-9]{1,6})$")

_FIND_NUMBER = re.compile(rf"(?<![0-9]){_NUMBER}(?![0-9])")
_FIND_EXTENSION = re.compile(rf"{_EXTENSION_WORD}[.: #]*([0-9]{{1,7}})", re.IGNORECASE)
_MENU_CHOICE = re.compile(r"\b(?:press|option|opt|dial)[.: #]*[0-9*#]{1,3}", re.IGNORECASE)
_KEYPAD_NUMBER = re.compile(rf"^(?:\+?1[-. ]*)?\(? *({_AREA}) *\)?[-. ]*([0-9A-Za-z]{{1,7}}(?:[-. ]?[0-9A-Za-z]+)?)$")
_DIGITS_IN_BRACKETS = re.compile(r"\(([0-9]{3,7})\)$")
_BETWEEN_NUMBERS = re.compile(r"^[\s,;/&|]+|(?:[\s,;/&|]|\b(?:or|and)\b)+$", re.IGNORECASE)

_PART_COLUMNS = {"number": pl.String, "e164": pl.String, "short_code": pl.String, "extension": pl.String}


def read_phones(values: pl.Series) -> pl.DataFrame:
    """Return the numbers of a column of phone cells.

    Args:
        values: Phone cells, trimmed; null stays without a number.

    Returns:
        One row per cell: `parts`, a list of one struct per number in the cell (`number` as written, `e164` as
        +1NNNNNNNNNN, with another country's code only where the cell names it, or null, `short_code` for N11, 988 and text
        codes, `extension`), and `has_extension_inside`. A menu choice (`option 3`) is no extension.

    >>> found = read_phones(pl.Series(["(217) 555- 0120 x12", "711", "1-800-275-HELP (4357)", "301 555-7617 or 202 555-3604"]))
    >>> [[part["e164"] or part["short_code"] for part in parts] for parts in found["parts"].to_list()]
    [['+12175550120'], ['711'], ['+18002754357'], ['+13015557617', '+12025553604']]
    """
    return map_distinct(values, _read)


def _read(values: pl.Series) -> pl.DataFrame:
    plain = values.str.strip_chars().str.extract_groups(_PLAIN).struct.unnest()
    plain.columns = ["area", "exchange", "line", "extension"]
    trimmed = values.str.strip_chars()
    short_code = pl.select(
        pl.coalesce(
            trimmed.str.extract(_SHORT_CODE, 1),
            trimmed.str.extract(_WORDED_SHORT_CODE, 1).str.replace_all("-", "", literal=True),
            trimmed.str.extract(_WORDED_TEXT_CODE, 1),
        )
    ).to_series()
    frame = pl.select(
        values.alias("number"),
        pl.format("+1{}{}{}", plain["area"], plain["exchange"], plain["line"]).alias("e164"),
        short_code.alias("short_code"),
        plain["extension"].alias("extension"),
    )
    simple = frame.select(
        pl.concat_list(pl.struct("number", "e164", "short_code", "extension")).alias("parts"),
        pl.col("extension").is_not_null().alias("has_extension_inside"),
        (pl.col("e164").is_null() & pl.col("short_code").is_null()).alias("is_left"),
    ).with_row_index("row")
    left = simple.filter("is_left")["row"]
    found = [
        part | {"row": row} for row, text in zip(left, values.gather(left), strict=True) for part in _read_hard(text)
    ]
    hard = (
        pl.DataFrame(found, schema=_PART_COLUMNS | {"row": pl.UInt32})
        .group_by("row")
        .agg(
            pl.struct(*_PART_COLUMNS).alias("hard_parts"),
            pl.col("extension").is_not_null().any().alias("hard_extension"),
        )
    )
    return simple.join(hard, on="row", how="left", maintain_order="left").select(
        pl.when("is_left").then("hard_parts").otherwise("parts").alias("parts"),
        pl.when("is_left").then("hard_extension").otherwise("has_extension_inside").alias("has_extension_inside"),
    )


def _read_hard(text: str) -> list[dict[str, str | None]]:
    numbers = list(_FIND_NUMBER.finditer(text))
    if not numbers:
        return [_part(text, e164=_keypad_number(text) or _by_library(text), rest=text)]
    rests = [
        text[found.end() : following.start()]
        for found, following in zip(numbers, [*numbers[1:], None], strict=True)
        if following is not None
    ] + [text[numbers[-1].end() :]]
    if any(_has_stray_digits(rest) for rest in (text[: numbers[0].start()], *rests)):
        return [_part(text, e164=None, rest=text)]
    starts = [0, *(found.start() for found in numbers[1:])]
    ends = [*starts[1:], len(text)]
    return [
        _part(
            _BETWEEN_NUMBERS.sub("", text[start:end]) if len(numbers) > 1 else text,
            e164=f"+1{''.join(found.groups())}",
            rest=rest,
        )
        for start, end, found, rest in zip(starts, ends, numbers, rests, strict=True)
    ]


def _part(number: str, *, e164: str | None, rest: str) -> dict[str, str | None]:
    extension = (_FIND_EXTENSION.search(rest) or _NUMBER_SIGN.search(rest)) if e164 else None
    return {
        "number": number,
        "e164": e164,
        "short_code": None,
        "extension": extension.group(1) if extension else None,
    }


def _has_stray_digits(text: str) -> bool:
    # `(202) 727-442-6100` holds a well-formed number and three digits too many: nobody knows which ones.
    known = _MENU_CHOICE.sub("", _FIND_EXTENSION.sub("", _NUMBER_SIGN.sub("", text)))
    return re.search(r"[0-9]{3}", known) is not None


def _keypad_number(text: str) -> str | None:
    bare = text.strip()
    repeated = _DIGITS_IN_BRACKETS.search(bare)
    if repeated:
        bare = bare[: repeated.start()].strip()
    found = _KEYPAD_NUMBER.match(bare)
    if not found or not re.search("[A-Za-z]", found.group(2)):
        return None
    local = phonenumbers.convert_alpha_characters_in_number(found.group(2))
    digits = re.sub("[^0-9]", "", local)
    if repeated and not digits.endswith(repeated.group(1)):
        return None
    return f"+1{found.group(1)}{digits}" if re.fullmatch("[2-9][0-9]{6}", digits) else None


def _by_library(text: str) -> str | None:
    if re.search("[A-Za-z]", text):
        return None
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 1:
        is_sure = _ABROAD.match(text.strip()) is not None and phonenumbers.is_valid_number(number)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if is_sure else None
    national = str(number.national_number)
    has_shape = number.country_code == 1 and re.fullmatch(rf"{_AREA}{_AREA}[0-9]{{4}}", national)
    return f"+1{national}" if has_shape else None
