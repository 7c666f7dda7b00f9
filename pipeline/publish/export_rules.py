"""The rules of the family EXP: what the pre-flight asks of a package, in the sentences its sender reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ExportRule:
    """One rule.

    Args:
        title: What must be so.
        severity: `error` refuses the export, or withholds the record with --withhold; `warning` does not.
        how_to_fix: What to do when it is not so.
        basis: Where it comes from.
    """

    title: str
    severity: str
    how_to_fix: str
    basis: str


EXPORT_RULES: Mapping[str, ExportRule] = {
    "EXP-001": ExportRule(
        title="Every field that the receiver requires is filled",
        severity="error",
        how_to_fix="Fill the field in your software, or leave the record out with --withhold.",
        basis="HSDS, AIRS and NDP-shaped: required properties",
    ),
    "EXP-002": ExportRule(
        title="Every id is a UUID, and the same as in the last export",
        severity="error; a changed id is a warning",
        how_to_fix="Ids follow from center and record number: find out why the center's id or the record's number has changed.",
        basis="HSDS: identifiers",
    ),
    "EXP-003": ExportRule(
        title="Every value of a list is in the receiver's list",
        severity="error; a value that is left out for it is a warning",
        how_to_fix="Name the receiver's word for the value in the settings; nothing becomes `other` by itself.",
        basis="HSDS, AIRS and NDP-shaped: enumerations",
    ),
    "EXP-004": ExportRule(
        title="Every reference leads to a record in the package",
        severity="error",
        how_to_fix="Attach the record to one that is exported, or leave it out with --withhold.",
        basis="HSDS: foreign keys",
    ),
    "EXP-005": ExportRule(
        title="What is in the directory is what is written and what is left out, together",
        severity="stops the export",
        how_to_fix="Nothing to do in your data: a package that breaks this is a bug of ours and is never released.",
        basis="project choice",
    ),
    "EXP-006": ExportRule(
        title="Names and descriptions say what the directory says",
        severity="warning",
        how_to_fix="Compare the two texts; only line ends, control characters and outer blanks may differ.",
        basis="project choice",
    ),
}

#: Checks of the pre-flight -> rule.
RULE_OF_CHECK: Mapping[str, str] = {
    "required": "EXP-001",
    "unique": "EXP-002",
    "enum": "EXP-003",
    "reference": "EXP-004",
    "text": "EXP-006",
}
