"""Which record of a confirmed group is kept, and which value of each field: by stated rules, each told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.decided import Key
from schemas.enumerations import COUNTED_STATUSES

#: Fields of an agency of which one value is kept.
FIELDS: tuple[str, ...] = (
    *("name", "description", "url", "email", "ein", "legal_status", "tax_status", "year_incorporated", "hours"),
    *("accessibility", "transportation", "accreditations", "funding", "alert"),
)
#: Fields in which different values are no matter of taste: a person chooses.
CHOSEN_FIELDS: frozenset[str] = frozenset({"ein"})
#: Columns that go with a field: its text as delivered, and what was read from it.
WITH_FIELD: Mapping[str, tuple[str, ...]] = {
    "name": ("name_written", "name_key"),
    "description": ("description_written",),
    "url": ("url_written", "url_domain_key"),
    "email": ("email_written",),
    "ein": ("ein_written",),
    "year_incorporated": ("year_incorporated_written",),
    "alert": ("alert_from_on", "alert_to_on"),
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """One agency of a group, with what the rules look at.

    Attributes:
        row: The agency, a row of `core.agency`.
        children: Sites, services and agencies below it.
        active_children: Those of them that are active: what a closed record may not leave behind.
        has_anything_below: Whether anything refers to it, derived rows and links too.
        priority: Place of its owner or center among the trusted ones; the larger, the less.
    """

    row: Mapping[str, Any]
    children: int
    active_children: int
    has_anything_below: bool
    priority: int

    @property
    def key(self) -> Key:
        """Center and record uid."""
        return self.row["center_id"], self.row["record_uid"]

    @property
    def is_active(self) -> bool:
        """Whether it is in use; what a closed record says is out of date, and is not public."""
        return self.row["status"] in COUNTED_STATUSES

    @property
    def is_hidden(self) -> bool:
        """Whether its values are not shown."""
        return self.row["is_confidential_place"] or self.row["withheld_reason"] is not None

    @property
    def shown(self) -> str:
        """Name and number, for sentences."""
        return f"“{self.row['name'] or '(no name)'}” ({self.row['native_id'] or 'no number'})"

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Order by number, when nothing else decides."""
        number = self.row["native_id"] or ""
        return len(number), number, *self.key


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept, from which record, and why.

    Attributes:
        member: The record it comes from.
        rule: Why, in words.
        others: Members with another value, one for each such value.
        is_open: Whether a person has to choose.
    """

    member: Member
    rule: str
    others: tuple[Member, ...] = ()
    is_open: bool = False


def choose_survivor(members: Sequence[Member], *, choice: Key | None) -> Kept:
    """Return the record that is kept.

    The rules, in order: the choice of a person; active before closed; the most trusted owner; verified most recently; most sites,
    services and agencies below it; the lowest number.

    Args:
        members: Two and more.
        choice: Record that a person chose.
    """
    for one in members:
        if one.key == choice:
            return Kept(member=one, rule="chosen by a person")
    rules: tuple[tuple[str, Any], ...] = (
        ("the only one that is active", lambda one: 0 if one.is_active else 1),
        ("the only one that its center owns", lambda one: 0 if one.row["is_counted"] else 1),
        ("its owner comes first in the settings", lambda one: one.priority),
        ("verified most recently", lambda one: -(one.row["verified_on"] or date.min).toordinal()),
        ("most sites and services belong to it", lambda one: -one.children),
        ("the lowest number; nothing else tells them apart", lambda one: one.order),
    )
    left = list(members)
    for words, measure in rules:
        best = min(measure(one) for one in left)
        kept = [one for one in left if measure(one) == best]
        if len(kept) == 1:
            return Kept(member=kept[0], rule=words)
        left = kept
    raise AssertionError("two members with one key")


def choose_value(field: str, members: Sequence[Member], *, survivor: Member, choice: Key | None) -> Kept | None:
    """Return whose value of a field is kept; None when nobody has one.

    The rules, in order: the choice of a person; the value that all agree on; the record verified most recently; the most trusted
    owner; the longest text; the record that is kept. The name is that of the record that is kept, before any other rule. Of a field
    in `CHOSEN_FIELDS` the value is a proposal until a person chose.

    Args:
        field: One of `FIELDS`.
        members: The group.
        survivor: The record that is kept.
        choice: Record whose value a person chose.
    """
    having = [one for one in members if one.row[field] not in (None, "")]
    if not having:
        return None
    forms: dict[str, Member] = {}
    for one in sorted(having, key=lambda one: one.order):
        forms.setdefault(_form(one.row[field]), one)
    chosen = next((one for one in having if one.key == choice), None)
    if len(forms) == 1:
        kept = survivor if survivor in having else min(having, key=lambda one: one.order)
        return Kept(member=kept, rule="all agree" if len(having) > 1 else "the only value")
    if chosen is not None:
        kept, rule = chosen, "chosen by a person"
    else:
        kept, rule = _best_value(field, having, survivor=survivor)
    others = tuple(one for form, one in forms.items() if form != _form(kept.row[field]))
    return Kept(member=kept, rule=rule, others=others, is_open=chosen is None and field in CHOSEN_FIELDS)


def _best_value(field: str, having: Sequence[Member], *, survivor: Member) -> tuple[Member, str]:
    rules: tuple[tuple[str, Any], ...] = (
        ("from the record verified most recently", lambda one: -(one.row["verified_on"] or date.min).toordinal()),
        ("its owner comes first in the settings", lambda one: one.priority),
        ("the longest text", lambda one: -len(str(one.row[field]))),
        ("from the record that is kept", lambda one: 0 if one is survivor else 1),
        ("from the record with the lowest number", lambda one: one.order),
    )
    left = list(having)
    if field == "name" and survivor in having:
        return survivor, "the name of the record that is kept"
    for words, measure in rules:
        best = min(measure(one) for one in left)
        kept = [one for one in left if measure(one) == best]
        if len({_form(one.row[field]) for one in kept}) == 1:
            return (survivor if survivor in kept else min(kept, key=lambda one: one.order)), words
        left = kept
    raise AssertionError("two members with one key")


def _form(value: object) -> str:
    """Return the form in which two values are the same: case and blanks do not matter."""
    return " ".join(str(value).casefold().split())
