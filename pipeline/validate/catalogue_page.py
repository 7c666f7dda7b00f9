"""The rule catalogue as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.rules import FAMILIES, Rule, RuleVariant, rule_catalogue

_LEVEL_WORDS = {
    "agency": "agency",
    "site": "site",
    "service": "service",
    "service_at_site": "service at site",
    "load": "whole load",
}

_INTRODUCTION = """# Rule catalogue

Every rule that a nightly run asks, family by family. Each finding names the record, the field, what stands there, what should
stand there, and what to do. A rule that an export cannot answer, because it does not carry the column, is listed once as not
applicable instead of giving a finding per record.

- **Severity**: `error`, `warning` or `info`. A center can change it, or switch a rule off, in the section `rules` of its
  settings.
- **Held back**: the record stays out of public exports until the fault is mended. All other findings are reported only.
- Identity rules are asked of every delivered row, all others of counted records: active ones that are more than a mere link.
"""


def render_rule_catalogue() -> str:
    """Return the rule catalogue as Markdown: one table per family, one row per rule and per way of breaking it."""
    rules = rule_catalogue().values()
    sections = [_INTRODUCTION]
    for family, name in FAMILIES.items():
        members = [rule for rule in rules if rule.family == family]
        sections.append(f"## {name} ({family})\n\n" + _table(members))
    return "\n".join(sections)


def _table(rules: Iterable[Rule]) -> str:
    lines = [
        "| rule | asked of | severity | held back | what is checked | what a finding says | how to fix | basis |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for rule in rules:
        lines.append(_line(rule))
        lines += [_variant_line(rule, variant) for variant in rule.variants.values()]
    return "\n".join(lines) + "\n"


def _line(rule: Rule) -> str:
    cells = [
        rule.rule_id,
        ", ".join(_LEVEL_WORDS[level] for level in rule.levels),
        f"{rule.severity.value} (off by default)" if rule.is_off_by_default else rule.severity.value,
        "yes" if rule.is_held_back else "",
        rule.title,
        rule.message,
        rule.how_to_fix,
        rule.basis,
    ]
    return _row(cells)


def _variant_line(rule: Rule, variant: RuleVariant) -> str:
    is_held_back = rule.is_held_back if variant.is_held_back is None else variant.is_held_back
    severity = variant.severity or rule.severity
    return _row(
        ["", "", severity.value, "yes" if is_held_back else "", "", variant.message, variant.how_to_fix, ""],
    )


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
