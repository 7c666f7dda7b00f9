"""What is wrong with a settings or mapping file, in words for people who write TOML and have never seen the models behind it."""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: Characters of a wrong value that are shown (project choice).
_SHOWN = 60

_TEXT = 'must be a text in quotes, such as "open"'
_WHOLE = "must be a whole number"
_NUMBER = "must be a number"
_FLAG = "must be true or false"
_LIST = 'must be a list in brackets, such as ["a", "b"]'
_TABLE = "must be a table of keys and values"
_DAY = "must be a day, such as 2026-11-20"

#: Kind of fault, as the models call it, to what must stand there. Kinds that share a beginning share the words.
_WORDS: Mapping[str, str] = {
    "string_type": _TEXT,
    "int_": _WHOLE,
    "float_": _NUMBER,
    "finite_number": _NUMBER,
    "bool_": _FLAG,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _TABLE,
    "model_": _TABLE,
    "mapping_type": _TABLE,
    "date_": _DAY,
}
_BOUNDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:,}",
    "greater_than": lambda ctx: f"must be more than {ctx['gt']:,}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:,}",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:,}",
    "literal_error": lambda ctx: f"must be {ctx['expected']}",
    "enum": lambda ctx: f"must be {ctx['expected']}",
}
_ENTRIES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "too_short": lambda ctx: _count_entries(ctx["min_length"], "at least"),
    "too_long": lambda ctx: _count_entries(ctx["max_length"], "at most"),
    "string_too_short": lambda ctx: (
        "must not be empty" if ctx["min_length"] == 1 else f"must have at least {ctx['min_length']:,} characters"
    ),
    "string_too_long": lambda ctx: f"must have at most {ctx['max_length']:,} characters",
}


def say_fault(error: ErrorDetails, *, keys: Sequence[str]) -> str:
    """Return what is wrong at one place of a file.

    Args:
        error: One fault, as the models tell it.
        keys: Keys that may stand in the table where the fault is.
    """
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "extra_forbidden":
        return _say_unknown(str(error["loc"][-1]), keys)
    if kind == "missing":
        return "is missing"
    if kind in _ENTRIES:
        return _ENTRIES[kind](context)
    words = _BOUNDS[kind](context) if kind in _BOUNDS else None
    words = words or next((words for start, words in _WORDS.items() if kind.startswith(start)), None)
    if words is None:
        # Our own checks speak for themselves.
        return error["msg"].removeprefix("Value error, ")
    return f"{words}{_shown(error['input'])}"


def keys_at(root: type[BaseModel], parts: Sequence[int | str]) -> list[str]:
    """Return the keys that may stand in a part of a file.

    Args:
        root: Model of the whole file.
        parts: Keys and places (from 0) on the way from the whole to the part.
    """
    model = root
    for part in parts:
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field is not None else None
        model = inner or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation may be anything
    if get_origin(annotation) is None:
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    is_plain = get_origin(annotation) in (Union, types.UnionType, tuple, list)
    found = (_model_in(one) for one in get_args(annotation)) if is_plain else iter(())
    return next((model for model in found if model is not None), None)


def place_of(parts: Sequence[int | str]) -> str:
    """Return a place in a file as people say it: entries of lists are counted from 1.

    >>> place_of(("files", 0, "records"))
    'files.1.records'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in parts) or "the file"


def _say_unknown(name: str, keys: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, keys, n=1)
    return f"there is no such key{f' (nearest: {near[0]})' if near else ''}; here stand {', '.join(keys)}"


def _count_entries(count: int, bound: str) -> str:
    return f"must have {bound} {count:,} {'entry' if count == 1 else 'entries'}"


def _shown(value: object) -> str:
    if not isinstance(value, str | int | float | bool):
        return ""
    text = repr(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return f", not {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"
