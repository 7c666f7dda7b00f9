"""One JSON record to values: strictly, and without changing a number on the way.

`orjson` reads quickly, but takes the last of two members of one name in silence, and turns `1.50` into 1.5. Whether it did either
is told by writing the value again: the same bytes prove that nothing was lost. Where they differ, perhaps only by blanks, the
members are counted and numbers of unusual form looked for; only a record in which something may have been lost is read once more
by Python's own reader, which keeps such numbers as written and finds the place of a fault.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

#: Lists and objects inside each other; the most that orjson writes. Known exports have about ten.
DEEPEST = 254
#: A number that might be written otherwise again: an end in 0, an exponent, many digits, a small one, minus zero.
_ODD_NUMBER = re.compile(
    rb"[:,\[]\s*(?:-0[,\]}\s]|-?(?:[0-9]+\.[0-9]+0[,\]}\s]|[0-9]+(?:\.[0-9]+)?[eE]|[0-9.]{17}|0\.0000))"
)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_CONSTANT = re.compile(r"[:,\[]\s*(NaN|-?Infinity)")
#: Digits of a whole number that Python and orjson write as it was read (project choice).
_PLAIN_DIGITS = 18
#: What Python's reader says, in words.
_WORDS = {
    "Expecting value": "a value is missing or is not JSON",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "the name of a member is missing or is not in double quotes",
    "Illegal trailing comma before end of object": "a comma stands before a closing bracket",
    "Illegal trailing comma before end of array": "a comma stands before a closing bracket",
    "Unterminated string starting at": "a text that starts here does not end",
    "Invalid control character at": "a control character, such as a line end, stands inside a text",
    "Invalid \\escape": "a backslash stands before a character that needs none",
    "Invalid \\uXXXX escape": "a character is written with too few digits",
    "Extra data": "something follows after the end",
}


class JsonFault(Exception):  # noqa: N818 - it becomes a reject or an `InputError`, whose words the reader gives
    """A text is not JSON, or holds what no text can.

    Attributes:
        reason: What is wrong, in words.
        line: Line inside the text, from 1; 0 when the place is not known.
        column: Character in that line, from 1.
    """

    def __init__(self, reason: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


class _Repeated(Exception):  # noqa: N818 - a signal between two functions of this file, never seen outside
    """An object has two members of one name."""


class _Constant(Exception):  # noqa: N818 - as above
    """A value is `NaN` or infinite."""


def fault_of(fault: json.JSONDecodeError) -> JsonFault:
    """Return what Python's reader found, in words."""
    reason = next((words for start, words in _WORDS.items() if fault.msg.startswith(start)), fault.msg)
    if fault.pos >= len(fault.doc.rstrip()) or fault.msg.startswith("Unterminated string"):
        reason = "it breaks off" if fault.pos >= len(fault.doc.rstrip()) else f"{reason}; perhaps it breaks off"
    return JsonFault(reason, line=fault.lineno, column=fault.colno)


def decode_record(text: bytes) -> Any:  # noqa: ANN401 - whatever the record is
    """Return the value of a JSON text in UTF-8.

    Numbers are int or float where these are written as they were read; others are `orjson.Fragment`, which are written so too.

    Raises:
        JsonFault: It is not JSON, an object has two members of one name with different values, it is nested too deeply, or a
            text holds a NUL character or half of a character.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _decode_strictly(text)
    written = _write(value)
    if written != text and (_count_members(written) != _count_members(text) or _ODD_NUMBER.search(text)):
        value = _decode_strictly(text)
    if b"\\u0000" in text and _NUL.search(text):
        raise JsonFault("a text holds a NUL character, which no text has")
    return value


def text_of(value: Any) -> str:  # noqa: ANN401 - any value of JSON
    """Return a value as text: texts as they are, everything else as JSON."""
    return value if value.__class__ is str else orjson.dumps(value).decode()


def _count_members(text: bytes) -> int:
    # Inside a text a quote stands behind a backslash, so these bytes stand for nothing but the end of a member's name.
    return text.count(b'":') - text.count(b'\\":')


def _write(value: Any) -> bytes:  # noqa: ANN401 - any value of JSON
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as fault:
        if "surrogates" in str(fault):
            raise JsonFault("a text holds half of a character (\\ud800 without its other half)") from fault
        raise _too_deep() from fault


def _too_deep() -> JsonFault:
    return JsonFault(f"lists and objects stand inside each other more than {DEEPEST} deep")


def _decode_strictly(text: bytes) -> Any:  # noqa: ANN401 - any value of JSON
    content = text.decode()
    try:
        value = _STRICT.decode(content)
    except json.JSONDecodeError as fault:
        raise fault_of(fault) from fault
    except _Repeated as fault:
        raise JsonFault(f"an object has two members {fault} with different values") from fault
    except _Constant as fault:
        raise _constant_fault(content, str(fault)) from fault
    except RecursionError as fault:
        raise _too_deep() from fault
    _write(value)
    return value


def _constant_fault(content: str, name: str) -> JsonFault:
    found = _CONSTANT.search(content)
    place = 0 if found is None else found.start(1)
    line, column = content.count("\n", 0, place) + 1, place - content.rfind("\n", 0, place)
    return JsonFault(f"{name} is no number of JSON", line=line, column=column)


def _take_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        for name, value in pairs:
            if _comparable(value) != _comparable(members[name]):
                raise _Repeated(repr(name))
    return members


def _comparable(value: Any) -> bytes:  # noqa: ANN401 - any value of JSON
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return repr(value).encode(errors="backslashreplace")


def _refuse_constant(name: str) -> None:
    raise _Constant(name)


def _take_whole(text: str) -> int | orjson.Fragment:
    if len(text) <= _PLAIN_DIGITS and text != "-0":
        return int(text)
    return orjson.Fragment(text)


def _take_fraction(text: str) -> float | orjson.Fragment:
    value = float(text)
    return value if orjson.dumps(value) == text.encode() else orjson.Fragment(text)


_STRICT = json.JSONDecoder(
    object_pairs_hook=_take_members, parse_int=_take_whole, parse_float=_take_fraction, parse_constant=_refuse_constant
)
