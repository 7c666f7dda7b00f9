"""What a pre-flight says: whether the receiver of a package would accept it, fault by fault and never with a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of fault in one place of a package: no value of a person or place, so that it can be shown to anyone.

    Args:
        table: Name of the table, object or element.
        column: Name of the column, member or attribute.
        check: Short name of what is wrong.
        message: The same as a sentence.
        count: Rows concerned.
        example: `id` of the first such row in sorted order; None when rows have none.
        rule_id: Rule of the catalogue that it breaks, such as EXP-003; None when there is none.
        values: Words of a list that the receiver's list does not have, the most frequent first; empty otherwise.
    """

    table: str
    column: str
    check: str
    message: str
    count: int
    example: str | None = None
    rule_id: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What the pre-flight found: errors make the package invalid, warnings do not.

    Args:
        errors: What the receiver would refuse.
        warnings: What the receiver would take, and somebody should look at.
        official: Name of the folder of official schemas that was asked too; None when none was.
    """

    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    official: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the content of `preflight.json`."""
        return {
            "errors": sum(fault.count for fault in self.errors),
            "warnings": sum(fault.count for fault in self.warnings),
            "official_schema": self.official,
            "error_list": [vars(fault) for fault in self.errors],
            "warning_list": [vars(fault) for fault in self.warnings],
        }
