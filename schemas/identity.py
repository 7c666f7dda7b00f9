"""Stable identifiers.

Every id is derived from what the record *is* (center, kind, native id), never from row order, file name or run, so that the
same record carries the same id every night.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import cache

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

#: What a finding's id is made of, joined by the separator, hashed by SHA-256 and cut to the digits: 64 bits, enough for billions
#: of findings. Stages that name whole columns of findings read it here.
FINDING_KEY = ("center_id", "record_uid", "rule_id", "field")
FINDING_SEPARATOR = "|"
FINDING_DIGITS = 16


def is_uuid(text: str) -> bool:
    """Tell whether the text is a UUID in its usual written form.

    >>> is_uuid("b96c0eb7-209b-5d90-b459-deef5a4e1513"), is_uuid("371855")
    (True, False)
    """
    return _UUID.fullmatch(text) is not None


@cache
def center_namespace(center_id: str) -> uuid.UUID:
    """Return the UUID namespace of a center. The case of `center_id` does not matter."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:resdir:center:{center_id.lower()}")


def record_uid(center_id: str, kind: str, native_id: str) -> str:
    """Return the stable id of a record.

    Args:
        center_id: The center that delivered the record.
        kind: Record kind; part of the name because one number may serve an agency, its site and its service.
        native_id: Number in the center's software; trimmed, otherwise kept with zeros and case. A UUID is used unchanged.

    >>> record_uid("dc211", "agency", "371855")
    'b96c0eb7-209b-5d90-b459-deef5a4e1513'
    """
    trimmed = native_id.strip()
    if is_uuid(trimmed):
        return trimmed.lower()
    return str(uuid.uuid5(center_namespace(center_id), f"{kind}:{trimmed}"))


def dependent_uid(center_id: str, kind: str, owner_kind: str, owner_id: str, slot: str) -> str:
    """Return the stable id of a row that belongs to a record: a phone, address, contact, schedule or link.

    Args:
        center_id: The center that delivered the owner.
        kind: Kind of the dependent row, such as `phone`.
        owner_kind: Record kind of the owner.
        owner_id: Native id of the owner.
        slot: Column name or ordinal that tells the row from its siblings, such as `Phone1Number`.
    """
    return str(uuid.uuid5(center_namespace(center_id), f"{kind}:{owner_kind}:{owner_id.strip()}:{slot}"))


def finding_id(center_id: str, record_uid: str, rule_id: str, field: str) -> str:
    """Return the id of a finding: the same every night, as long as the record keeps its number.

    >>> finding_id("dc211", "b96c0eb7-209b-5d90-b459-deef5a4e1513", "ID-003", "record_owner")
    'a66591f12d088b4b'
    """
    key = FINDING_SEPARATOR.join([center_id, record_uid, rule_id, field])
    return hashlib.sha256(key.encode()).hexdigest()[:FINDING_DIGITS]


def pair_id(center_a: str, uid_a: str, center_b: str, uid_b: str) -> str:
    """Return the id of a pair of records; the order in which the two are given does not matter.

    >>> pair_id("north", "1", "south", "2") == pair_id("south", "2", "north", "1")
    True
    """
    first, second = sorted([(center_a, uid_a), (center_b, uid_b)])
    return hashlib.sha256("\x1f".join([*first, *second]).encode()).hexdigest()[:16]
