"""Rules STY: how names and texts are written. Never an error; asked of counted records only.

Texts are read once each (`style_texts`), and what is found in them becomes a condition on the records that use them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.questions import Question
from pipeline.validate.style_dates import find_past_events
from pipeline.validate.style_length import find_length
from pipeline.validate.style_names import ask_names, ask_written_blanks
from pipeline.validate.style_spelling import find_misspellings
from pipeline.validate.style_texts import SLIP_SCHEMA, STYLE_FIELDS, gather_uses, list_texts, mark_records
from pipeline.validate.style_wording import find_wording
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.parameters import ValidateParameters
from schemas.rules import rule_catalogue

_HIDDEN = pl.col("is_withheld") | pl.col("is_confidential_place")

#: Rules that read texts, each with its variant. The position is the bit of `mark_records`.
_WAYS: tuple[tuple[str, str], ...] = (
    *(("STY-002", ""), ("STY-010", ""), ("STY-011", ""), ("STY-012", ""), ("STY-013", ""), ("STY-020", "")),
    *(("STY-021", ""), ("STY-021", "long"), ("STY-022", ""), ("STY-023", ""), ("STY-030", ""), ("STY-031", "")),
    *(("STY-032", ""), ("STY-034", ""), ("STY-035", "")),
)


def ask_style(
    records: Mapping[str, pl.DataFrame],
    *,
    cut: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    parameters: ValidateParameters,
    as_of: date,
    off: Collection[str],
) -> dict[str, tuple[pl.DataFrame, list[Question]]]:
    """Return, by record kind, the records with what was found in their texts, and the style questions to them.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        cut: `center_id`, `kind`, `record_uid` and `field` of texts that the export cut off.
        carried: Delivered fields by center.
        parameters: The style profile; fillers and none-markers.
        as_of: Day of the run.
        off: Rules that are switched off; the word list is not even read when STY-031 is among them.
    """
    uses = gather_uses(records, cut=cut, parameters=parameters)
    texts = list_texts(uses)
    slips = _find_slips(texts, uses=uses, records=records, parameters=parameters, as_of=as_of, off=off)
    passages = {
        (str(rule_id), str(variant)): found.sort("text_key")
        for (rule_id, variant), found in slips.partition_by("rule_id", "variant", as_dict=True).items()
    }
    asked = {}
    for kind in OWN_RECORD_KINDS:
        questions = [
            *ask_names(kind=kind, carried=carried, style=parameters.style),
            ask_written_blanks(kind=kind, carried=carried, style=parameters.style),
            *_ask_texts(kind, passages=passages, carried=carried),
        ]
        marked = mark_records(records[kind], kind=kind, texts=texts, slips=slips, ways=_WAYS)
        asked[str(kind)] = (marked, questions)
    return asked


def hide_named_persons(failures: pl.DataFrame) -> pl.DataFrame:
    """Return the failures with the passages of style rules hidden where the same field of the record names a person (PRV-005)."""
    key = ["center_id", "kind", "record_uid", "field"]
    named = (
        failures.filter(pl.col("rule_id") == "PRV-005")
        .select(key)
        .unique()
        .with_columns(names_person=pl.lit(value=True))
    )
    is_style = pl.col("rule_id").str.starts_with("STY-")
    return (
        failures.join(named, on=key, how="left", maintain_order="left")
        .with_columns(is_private=pl.col("is_private") | (is_style & pl.col("names_person").fill_null(value=False)))
        .drop("names_person")
    )


def _find_slips(
    texts: pl.DataFrame,
    *,
    uses: pl.DataFrame,
    records: Mapping[str, pl.DataFrame],
    parameters: ValidateParameters,
    as_of: date,
    off: Collection[str],
) -> pl.DataFrame:
    style = parameters.style
    parts = [pl.DataFrame(schema=SLIP_SCHEMA)]
    if not texts.is_empty():
        parts += [
            find_wording(texts, style=style),
            find_length(texts, style=style),
            find_past_events(texts, style=style, as_of=as_of),
        ]
        if "STY-031" not in off:
            parts.append(find_misspellings(texts, uses=uses, names=_names(records), style=style))
    return pl.concat(parts)


def _names(records: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return names, also-known-as names, cities and counties, each once per center."""
    parts = []
    for frame in records.values():
        parts.append(frame.select("center_id", name=pl.col("aka").list.join(" ")))
        parts += [
            frame.select("center_id", name=pl.col(column))
            for column in ("name", "city", "county")
            if column in frame.columns
        ]
    return pl.concat(parts).drop_nulls("name").unique()


def _ask_texts(
    kind: str, *, passages: Mapping[tuple[str, str], pl.DataFrame], carried: Mapping[str, frozenset[str]]
) -> list[Question]:
    catalogue = rule_catalogue()
    questions = []
    for position, (rule_id, variant) in enumerate(_WAYS):
        rule = catalogue[rule_id]
        if kind not in rule.levels:
            continue
        fields = [field for field in STYLE_FIELDS[kind] if field in rule.fields]
        refused = refuse_uncarried(
            carried, any_of=[f"{kind}.{field}" for field in fields], words="text of this sort", kind=kind
        )
        found = passages.get((rule_id, variant), pl.DataFrame(schema=SLIP_SCHEMA))
        questions += [
            Question(
                rule_id=rule_id,
                field=field,
                variant=variant,
                broken=_is_broken(rule_id, field, position),
                value=pl.col(f"style_{field}").replace_strict(
                    found.get_column("text_key"),
                    found.get_column("passage"),
                    default=None,
                    return_dtype=pl.String,
                ),
                is_private=_HIDDEN,
                refused=refused,
            )
            for field in fields
        ]
    return questions


def _is_broken(rule_id: str, field: str, position: int) -> pl.Expr:
    bit = pl.lit(1 << position, dtype=pl.UInt64)
    broken = pl.col("is_counted") & ((pl.col(f"slips_{field}") & bit) != 0)
    if rule_id == "STY-013":
        # The mark may be part of the name.
        return broken & ~pl.col("name").str.contains("!", literal=True).fill_null(value=False)
    if rule_id == "STY-034":
        # What is withheld must not be advised to go to a public field.
        return broken & ~_HIDDEN
    return broken
