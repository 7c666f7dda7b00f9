"""From failures to findings: the catalogue's sentences, the facts of the record, privacy, and an id that stays over nights."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import polars as pl

from schemas.contract import conform
from schemas.errors import ContractError
from schemas.parameters import RuleOverride, ValidateParameters
from schemas.quality import Finding
from schemas.rules import Rule, rule_catalogue

#: What a finding shows instead of a private value.
WITHHELD = "withheld"

#: Columns of a record that a finding repeats, so that a list of findings can be read on its own.
_RECORD_FACTS = ("native_id", "record_name", "agency_uid", "curator")

#: Hexadecimal digits of a finding's id: 64 bits, enough for billions of findings.
_ID_LENGTH = 16


def disabled_rules(parameters: ValidateParameters) -> frozenset[str]:
    """Return the rules that the settings switch off."""
    return frozenset(rule_id for rule_id, change in parameters.rules.items() if not change.enabled)


def write_findings(
    failures: pl.DataFrame, *, records: Mapping[str, pl.DataFrame], parameters: ValidateParameters
) -> pl.DataFrame:
    """Return the findings, sorted by center, record, rule and field.

    Args:
        failures: Rows of `FAILURE_SCHEMA`; one row per center, record, rule and field.
        records: Frames by record kind, as in `Subjects.records`.
        parameters: Overrides of the catalogue, and the length to which values are cut.

    Raises:
        ContractError: Two failures speak of the same field of the same record and rule. That is a bug of ours.
    """
    asked = failures.filter(~pl.col("rule_id").is_in(sorted(disabled_rules(parameters))))
    facts = pl.concat(
        frame.select("center_id", "kind", "record_uid", "native_id", "agency_uid", "curator", record_name="name")
        for frame in records.values()
    )
    told = (
        asked.join(facts, on=["center_id", "kind", "record_uid"], how="left")
        .join(_sentences(parameters), on=["rule_id", "variant"], how="left")
        .with_columns(value=_shown_value(parameters.value_length))
    )
    return conform(_with_ids(told).sort("center_id", "record_uid", "rule_id", "field", "kind"), Finding)


def _shown_value(length: int) -> pl.Expr:
    value = pl.col("value").str.replace_all(r"\s+", " ").str.strip_chars()
    cut = pl.when(value.str.len_chars() > length).then(value.str.head(length - 1) + pl.lit("…")).otherwise(value)
    shown = pl.when(cut == "").then(None).otherwise(cut)
    return pl.when(pl.col("is_private") & shown.is_not_null()).then(pl.lit(WITHHELD)).otherwise(shown)


def _sentences(parameters: ValidateParameters) -> pl.DataFrame:
    """Return severity and sentences by rule and variant, with what the center changed."""
    rows = [
        _sentence(rule, variant, parameters.rules.get(rule.rule_id, RuleOverride()))
        for rule in rule_catalogue().values()
        for variant in ("", *rule.variants)
    ]
    schema = ["rule_id", "variant", "severity", "is_held_back", "expected", "message", "how_to_fix"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sentence(rule: Rule, variant: str, change: RuleOverride) -> tuple[str, str, str, bool, str, str, str]:
    words = rule.variants.get(variant)
    severity, is_held_back = rule.severity, rule.is_held_back
    if words is not None:
        severity = words.severity or severity
        is_held_back = is_held_back if words.is_held_back is None else words.is_held_back
    text = words or rule
    return (
        rule.rule_id,
        variant,
        change.severity or severity.value,
        is_held_back,
        text.expected,
        text.message,
        text.how_to_fix,
    )


def _with_ids(told: pl.DataFrame) -> pl.DataFrame:
    """Add `finding_id`; a second record kind under the same UUID keeps its findings apart by its kind."""
    key = ["center_id", "record_uid", "rule_id", "field"]
    first_kind = pl.col("kind").min().over(key)
    text = pl.concat_str(key, separator="|")
    marked = told.select(
        pl.when(pl.col("kind") == first_kind).then(text).otherwise(pl.concat_str([*key, "kind"], separator="|"))
    )
    # hashlib is called once per finding, not per record: polars has no SHA-256, and the id must outlive its versions.
    ids = [sha256(each.encode()).hexdigest()[:_ID_LENGTH] for each in marked.to_series()]
    if len(set(ids)) != len(ids):
        raise ContractError("Two findings have the same id: a rule was asked twice of the same field.")
    return told.with_columns(pl.Series("finding_id", ids, dtype=pl.String))
