"""What has changed since a verdict, as far as the verdict rested on it.

A verdict is asked again only when something changed that says who an agency is. Another spelling, an edited description, a second
telephone that the other agency does not have: none of these reopens anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz

from schemas.decided import Values
from schemas.verdicts import Verdict

#: Likeness of two comparison forms of a name, 0-100, from which one is the other with a slip mended (project choice).
_SAME_NAME = 90.0
#: Fields that say who somebody is, with the words for them.
_FIELDS: Mapping[str, str] = {
    "ein": "employer number",
    "phone": "phone",
    "email": "e-mail address",
    "domain": "web domain",
    "address": "address",
}


def material_changes(
    then: tuple[Values, Values],
    now: tuple[Values, Values],
    *,
    names: tuple[str | None, str | None],
    verdict: Verdict,
) -> tuple[str, ...]:
    """Return what changed materially since a verdict, one sentence each; empty when nothing did.

    Material is: another main name; a value that gave way to another; a name or value that both have now and had not in common
    then, unless they were called the same; one that they no longer have in common, unless they were called different. Not material:
    another spelling of the name, a value more or less that the other agency never had.

    Args:
        verdict: What was said; a change that only bears it out is no reason to ask again.
        then: What was compared when the verdict was given, of both records.
        now: The same tonight, in the same order.
        names: Names of the records, to tell them apart in the sentences.
    """
    said: list[str] = []
    asks_new, asks_gone = verdict != Verdict.SAME, verdict != Verdict.DIFFERENT
    for side, name in enumerate(names):
        said += _renamed(then[side], now[side], name=name)
    if not said:
        said += _known_names(then, now, asks_new=asks_new, asks_gone=asks_gone)
    for field, words in _FIELDS.items():
        said += _values(then, now, field=field, words=words, names=names, asks_new=asks_new, asks_gone=asks_gone)
    return tuple(said)


def _renamed(then: Values, now: Values, *, name: str | None) -> list[str]:
    before, after = then.get("name", {}), now.get("name", {})
    if set(before) == set(after) or not before:
        return []
    if not after:
        return [f"“{_one(before)}” has no name any more."]
    if max(fuzz.ratio(old, new) for old in before for new in after) >= _SAME_NAME:
        return []
    return [f"“{_one(before) if before else name}” is now called “{_one(after)}”."]


def _known_names(
    then: tuple[Values, Values], now: tuple[Values, Values], *, asks_new: bool, asks_gone: bool
) -> list[str]:
    """Tell of a name that both go by now and did not then, or the other way round; other known names may come and go."""
    shared_then, shared_now = _shared(then, "name", "aka"), _shared(now, "name", "aka")
    if set(shared_then) == set(shared_now):
        return []
    if new := {form: text for form, text in shared_now.items() if form not in shared_then}:
        return [f"Both are now known as “{_one(new)}”."] if asks_new else []
    if not shared_now and asks_gone:
        return [f"They no longer have the name “{_one(shared_then)}” in common."]
    return []


def _values(
    then: tuple[Values, Values],
    now: tuple[Values, Values],
    *,
    field: str,
    words: str,
    names: tuple[str | None, str | None],
    asks_new: bool,
    asks_gone: bool,
) -> list[str]:
    shared_then, shared_now = _shared(then, field), _shared(now, field)
    if new := {form: text for form, text in shared_now.items() if form not in shared_then}:
        return [f"Both now have the {words} {_one(new)}."] if asks_new else []
    if gone := {form: text for form, text in shared_then.items() if form not in shared_now}:
        return [f"They no longer have the {words} {_one(gone)} in common."] if asks_gone else []
    said = []
    for side, name in enumerate(names):
        before, after = then[side].get(field, {}), now[side].get(field, {})
        gone = {form: text for form, text in before.items() if form not in after}
        come = {form: text for form, text in after.items() if form not in before}
        if gone and come:
            said.append(f"The {words} of “{name or '(no name)'}” was {_one(gone)} and is now {_one(come)}.")
    return said


def _shared(values: tuple[Values, Values], *fields: str) -> dict[str, str]:
    first, second = ({form: text for field in fields for form, text in side.get(field, {}).items()} for side in values)
    return {form: text for form, text in first.items() if form in second}


def _one(values: Mapping[str, str]) -> str:
    """Return the first of the texts, and how many more there are."""
    form = min(values)
    more = len(values) - 1
    return values[form] + (f" (and {more} more)" if more else "")
