"""From failures to findings: the catalogue's sentences, the facts of the record, privacy, and an id that stays over nights."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars_hash as plh

from schemas.contract import conform
from schemas.errors import ContractError
from schemas.identity import FINDING_DIGITS, FINDING_KEY, FINDING_SEPARATOR
from schemas.parameters import RuleOverride, ValidateParameters
from schemas.quality import Finding
from schemas.rules import Rule, rule_catalogue

#: What a finding shows instead of a private value.
WITHHELD = "withheld"


def disabled_rules(parameters: ValidateParameters) -> frozenset[str]:
    """Return the rules that are not asked: off by default, or switched off by the settings."""
    off = set()
    for rule_id, rule in rule_catalogue().items():
        said = parameters.override.get(rule_id, RuleOverride()).enabled
        if rule.is_off_by_default if said is None else not said:
            off.add(rule_id)
    return frozenset(off)


def write_findings(
    failures: pl.DataFrame, *, records: Mapping[str, pl.DataFrame], parameters: ValidateParameters
) -> pl.DataFrame:
    """Return the findings, sorted by center, record, rule and field.

    Args:
        failures: Rows of `FAILURE_SCHEMA`. Where two speak of one field of one record and rule (a rule asked of typed values
            and of notes may see a fault twice), the first by variant and value is kept.
        records: Frames by record kind, as in `Subjects.records`.
        parameters: Overrides of the catalogue, and the length to which values are cut.

    Raises:
        ContractError: Two findings would have the same id. That is a bug of ours.
    """
    asked = _told_once(failures.filter(~pl.col("rule_id").is_in(sorted(disabled_rules(parameters)))))
    facts = pl.concat(
        frame.select("center_id", "kind", "record_uid", "native_id", "agency_uid", "curator", record_name="name")
        for frame in records.values()
    )
    # Findings are many and their sentences long: the keys are sorted alone, and the sentences come last.
    order = asked.select(pl.arg_sort_by("center_id", "record_uid", "rule_id", "field", "kind")).to_series()
    told = (
        _with_ids(asked[order])
        .join(facts, on=["center_id", "kind", "record_uid"], how="left", maintain_order="left")
        .with_columns(value=_shown_value(parameters.value_length))
        .join(_sentences(parameters), on=["rule_id", "variant"], how="left", maintain_order="left")
    )
    return conform(told, Finding)


def _shown_value(length: int) -> pl.Expr:
    value = pl.col("value").str.head(2 * length).str.replace_all(r"\s+", " ").str.strip_chars()
    cut = pl.when(value.str.len_chars() > length).then(value.str.head(length - 1) + pl.lit("…")).otherwise(value)
    shown = pl.when(cut == "").then(None).otherwise(cut)
    return pl.when(pl.col("is_private") & shown.is_not_null()).then(pl.lit(WITHHELD)).otherwise(shown)


def _sentences(parameters: ValidateParameters) -> pl.DataFrame:
    """Return severity and sentences by rule and variant, with what the center changed."""
    rows = [
        _sentence(rule, variant, parameters.override.get(rule.rule_id, RuleOverride()))
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
        (change.severity or severity).value,
        is_held_back,
        text.expected,
        text.message,
        text.how_to_fix,
    )


def _told_once(failures: pl.DataFrame) -> pl.DataFrame:
    """Return one failure per key, with `key`: the text that the finding's id is made of.

    Two record kinds under one UUID keep their findings apart: the second kind stands in its key.
    """
    keyed = failures.with_columns(key=pl.concat_str(FINDING_KEY, separator=FINDING_SEPARATOR))
    is_repeated = keyed.select(pl.col("key").is_duplicated()).to_series()
    if not is_repeated.any():
        return keyed
    first_kind = pl.col("kind").min().over("key")
    settled = (
        keyed.filter(is_repeated)
        .sort("key", "kind", "variant", "value", nulls_last=True)
        .unique(["key", "kind"], keep="first", maintain_order=True)
        .with_columns(
            key=pl.when(pl.col("kind") == first_kind)
            .then("key")
            .otherwise(pl.concat_str("key", "kind", separator=FINDING_SEPARATOR))
        )
    )
    return pl.concat([keyed.filter(~is_repeated), settled])


def _with_ids(told: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `finding_id` in place of `key`."""
    digest = plh.col("key").chash.sha2_256()
    named = told.with_columns(digest.str.head(FINDING_DIGITS).alias("finding_id")).drop("key")
    if named["finding_id"].n_unique() != named.height:
        raise ContractError("Two findings have the same id: a rule was asked twice of the same field.")
    return named
