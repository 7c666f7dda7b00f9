"""The rule catalogue as data: what is asked of every directory, in the sentences a curator reads.

The texts stand in `rules.toml` and `style_rules.toml` beside this file; the conditions stand in `pipeline.validate`, one or
more modules per family. The completeness rules (`CMP-A-NAME` and so on) are not written one by one: they are the cells of the
completeness matrix, which is data as well. Only rules that are really asked are listed.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from schemas.enumerations import RecordKind, Severity

#: Families of rules by their prefix, in the order in which they are shown.
FAMILIES: dict[str, str] = {
    "ID": "Identity and structure",
    "CMP": "Completeness",
    "FRE": "Freshness",
    "FMT": "Format",
    "PRV": "Privacy",
    "TAX": "Taxonomy",
    "STY": "Style",
    "DUP": "Duplicates",
    "AUD": "Audit",
}

#: Letter of a record kind inside the id of a completeness rule (P stands for program, the older word for service).
LEVEL_LETTERS: dict[str, str] = {RecordKind.AGENCY: "A", RecordKind.SITE: "S", RecordKind.SERVICE: "P"}

#: What a rule can be asked of: a record kind, or the load as a whole.
Level = Literal["agency", "site", "service", "service_at_site", "load"]

#: How much the standard wants an element at a level.
Requirement = Literal["mandatory", "recommended"]


class _Entry(BaseModel):
    """Base of catalogue entries: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleVariant(_Entry):
    """Other words, and perhaps another severity, for one way of breaking a rule.

    Attributes:
        severity: Severity of this way; None when it is the rule's own.
        is_held_back: Whether the record is held back for it; None when as the rule says.
        message: What is wrong, one plain sentence.
        expected: What should stand there.
        how_to_fix: What to do about it, one plain sentence.
    """

    severity: Severity | None = None
    is_held_back: bool | None = None
    message: str
    expected: str
    how_to_fix: str


class Rule(_Entry):
    """One rule of the catalogue.

    Attributes:
        rule_id: Id such as `FMT-020` or `CMP-P-ELIG`; never reused for something else.
        family: Prefix of the id, a key of `FAMILIES`.
        levels: What the rule is asked of.
        severity: How much a finding matters; a center may change it.
        is_held_back: Whether a record with such a finding stays out of public exports until it is mended.
        is_off_by_default: Whether the rule is asked only when the settings switch it on.
        title: What is checked, in the positive.
        message: What is wrong, one plain sentence.
        expected: What should stand there.
        how_to_fix: What to do about it, one plain sentence.
        basis: Where the rule comes from.
        fields: Fields a finding can name; `*` for any text field.
        variants: Other words by the way in which the rule is broken.
    """

    rule_id: str
    family: str
    levels: tuple[Level, ...]
    severity: Severity
    is_held_back: bool = False
    is_off_by_default: bool = False
    title: str
    message: str
    expected: str
    how_to_fix: str
    basis: str
    fields: tuple[str, ...]
    variants: dict[str, RuleVariant] = {}


class Element(_Entry):
    """One row of the completeness matrix.

    Attributes:
        code: Code of the element, such as `ELIG`.
        words: Name of the element inside a sentence.
        agency, site, service: How much the standard wants it at that level; None where it does not apply.
        error_levels: Levels at which a missing element is an error.
        none_allowed: Whether an answer such as "None" counts as present.
        field: Field a finding names.
        carried_by: Delivered fields of which the export must carry at least one; `{kind}` stands for the record kind.
        reported_by: Rule of another family that reports the missing element, by level.
        expected, how_to_fix: Sentences for the curator.
    """

    code: str
    words: str
    agency: Requirement | None = None
    site: Requirement | None = None
    service: Requirement | None = None
    error_levels: tuple[Level, ...] = ()
    none_allowed: bool
    field: str
    carried_by: tuple[str, ...]
    reported_by: dict[Level, str] = {}
    expected: str
    how_to_fix: str

    def requirement(self, kind: str) -> Requirement | None:
        """Return how much the standard wants the element of a record kind; None where it does not apply."""
        wanted: Requirement | None = getattr(self, kind)
        return wanted

    def rule_id(self, kind: str) -> str | None:
        """Return the id of the rule that reports the missing element; None where the element does not apply."""
        if self.requirement(kind) is None:
            return None
        for level, rule_id in self.reported_by.items():
            if level == kind:
                return rule_id
        return f"CMP-{LEVEL_LETTERS[kind]}-{self.code}"

    def severity(self, kind: str) -> Severity:
        """Return the severity of the missing element at a level where it applies."""
        if kind in self.error_levels:
            return Severity.ERROR
        return Severity.WARNING if self.requirement(kind) == "mandatory" else Severity.INFO


@cache
def completeness_matrix() -> tuple[Element, ...]:
    """Return the completeness matrix, one element per row, in the order of the standard."""
    return tuple(Element.model_validate(entry) for entry in _catalogue_file()["element"])


@cache
def rule_catalogue() -> dict[str, Rule]:
    """Return all rules by id: family by family, within a family by id.

    >>> rule_catalogue()["CMP-P-ELIG"].message
    'The service has no eligibility text.'
    """
    rules = [_written_rule(entry) for entry in _catalogue_file()["rule"]]
    rules += [
        _completeness_rule(element, kind)
        for element in completeness_matrix()
        for kind in LEVEL_LETTERS
        if element.requirement(kind) is not None and kind not in element.reported_by
    ]
    order = list(FAMILIES)
    rules.sort(key=lambda rule: (order.index(rule.family), rule.rule_id))
    return {rule.rule_id: rule for rule in rules}


@cache
def _catalogue_file() -> dict[str, Any]:
    folder = resources.files("schemas")
    catalogue, style = (
        tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in ("rules.toml", "style_rules.toml")
    )
    return {**catalogue, "rule": [*catalogue["rule"], *style["rule"]]}


def _written_rule(entry: dict[str, Any]) -> Rule:
    fields = {key: value for key, value in entry.items() if key not in {"held_back", "off_by_default"}}
    return Rule(
        family=entry["rule_id"].split("-")[0],
        is_held_back=entry.get("held_back", False),
        is_off_by_default=entry.get("off_by_default", False),
        **fields,
    )


def _completeness_rule(element: Element, kind: str) -> Rule:
    return Rule(
        rule_id=f"CMP-{LEVEL_LETTERS[kind]}-{element.code}",
        family="CMP",
        levels=(RecordKind(kind).value,),
        severity=element.severity(kind),
        title=f"The {kind} has: {element.words} ({element.requirement(kind)})",
        message=f"The {kind} has no {element.words}.",
        expected=element.expected,
        how_to_fix=element.how_to_fix,
        basis="Inform USA element list"
        + (", mandatory" if element.requirement(kind) == "mandatory" else ", recommended"),
        fields=(element.field,),
    )
