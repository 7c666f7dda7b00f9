"""The texts that the rules STY read, each once: the same sentence stands in hundreds of records of an export.

What is found in a text is kept as slips (one row per text, rule and variant). Records get, per text field, the key of their
text and a number whose bits say which rules it breaks; so a rule becomes a plain condition on the table of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.validate.completeness import folded
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters

#: Text fields that are read, by record kind. Hours have a shorthand of their own and are left to the format rules.
STYLE_FIELDS: dict[str, tuple[str, ...]] = {
    RecordKind.AGENCY: ("description",),
    RecordKind.SITE: ("description",),
    RecordKind.SERVICE: ("description", "eligibility", "fees", "documents", "intake"),
}

#: Columns of what is wrong with a text: its key, the rule, the way it is broken, and the passage that shows it.
SLIP_SCHEMA: dict[str, pl.DataType] = {
    "text_key": pl.UInt32(),
    "rule_id": pl.String(),
    "variant": pl.String(),
    "passage": pl.String(),
}

_URL = r"(?i)\b(?:https?://|www\.)\S+|\S+@\S+\.\S+|\b[\w-]+\.(?:org|com|net|gov|edu|info)\b\S*"


def gather_uses(
    records: Mapping[str, pl.DataFrame], *, cut: pl.DataFrame, parameters: ValidateParameters
) -> pl.DataFrame:
    """Return one row per counted record and text field that says something.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        cut: `center_id`, `kind`, `record_uid` and `field` of texts that the export cut off.
        parameters: Fillers and none-markers, which are the business of CMP-PLACEHOLDER.

    Returns:
        `center_id`, `agency_uid`, `kind`, `field`, `text`, `is_english` (false where the record's language says otherwise),
        `is_cut`.
    """
    silent = sorted({*parameters.placeholder_texts, *parameters.none_markers})
    language = pl.col("language_of_record").str.strip_chars().str.to_lowercase()
    parts = [
        records[kind]
        .filter("is_counted", pl.col(field).is_not_null() & ~folded(pl.col(field)).is_in(silent))
        .select(
            "center_id",
            "agency_uid",
            "record_uid",
            kind=pl.lit(kind.__str__()),
            field=pl.lit(field),
            text=pl.col(field),
            is_english=language.str.contains(r"^en(?:g|glish)?(?:[-_].*)?$").fill_null(value=True),
        )
        for kind, fields in STYLE_FIELDS.items()
        for field in fields
    ]
    cells = cut.select("center_id", "kind", "record_uid", "field").with_columns(is_cut=pl.lit(value=True))
    uses = pl.concat(parts).join(
        cells, on=["center_id", "kind", "record_uid", "field"], how="left", maintain_order="left"
    )
    return uses.drop("record_uid").with_columns(pl.col("is_cut").fill_null(value=False))


def list_texts(uses: pl.DataFrame) -> pl.DataFrame:
    """Return every text of a center once.

    Args:
        uses: As `gather_uses` returns them.

    Returns:
        `text_key` (position), `center_id`, `text`, `plain` (without web and e-mail addresses), `is_english`, `is_cut` (cut
        off by the export), and the places where it is used: `in_agency`, `in_site`, `in_service` (as their description),
        `in_detail` (as any other field).
    """
    kind, is_description = pl.col("kind"), pl.col("field") == "description"
    return (
        uses.group_by("center_id", "text")
        .agg(
            is_english=pl.col("is_english").all(),
            is_cut=pl.col("is_cut").any(),
            in_agency=(is_description & (kind == RecordKind.AGENCY)).any(),
            in_site=(is_description & (kind == RecordKind.SITE)).any(),
            in_service=(is_description & (kind == RecordKind.SERVICE)).any(),
            in_detail=(~is_description).any(),
        )
        .sort("center_id", "text")
        .with_row_index("text_key")
        .with_columns(plain=pl.col("text").str.replace_all(_URL, " "))
    )


def slips_of(texts: pl.DataFrame, *, rule_id: str, passage: pl.Expr, variant: str = "") -> pl.DataFrame:
    """Return a slip for every text that has a passage; null means that the rule is kept."""
    return (
        texts.select("text_key", passage=passage)
        .filter(pl.col("passage").is_not_null())
        .select("text_key", rule_id=pl.lit(rule_id), variant=pl.lit(variant), passage=pl.col("passage"))
        .cast(pl.Schema(SLIP_SCHEMA))
    )


def mark_records(
    records: pl.DataFrame, *, kind: str, texts: pl.DataFrame, slips: pl.DataFrame, ways: Sequence[tuple[str, str]]
) -> pl.DataFrame:
    """Return the records with, per text field, `style_<field>` (key of the text) and `slips_<field>` (its rules as bits).

    Both are null for a text without any slip.

    Args:
        records: One frame of `Subjects.records`.
        kind: Its record kind.
        texts: As `list_texts` returns them.
        slips: Rows of `SLIP_SCHEMA`.
        ways: Rules with their variants; the position of a pair is its bit.
    """
    bits = pl.DataFrame(
        [(rule_id, variant, 1 << position) for position, (rule_id, variant) in enumerate(ways)],
        schema={"rule_id": pl.String, "variant": pl.String, "bit": pl.UInt64},
        orient="row",
    )
    marks = (
        slips.join(bits, on=["rule_id", "variant"])
        .unique(["text_key", "bit"])
        .group_by("text_key")
        .agg(mark=pl.col("bit").sum())
    )
    marked = texts.select("text_key", "center_id", "text").join(marks, on="text_key")
    for field in STYLE_FIELDS[kind]:
        mine = marked.select("center_id", pl.col("text").alias(field), style="text_key", slips="mark")
        records = records.join(mine, on=["center_id", field], how="left", maintain_order="left").rename(
            {"style": f"style_{field}", "slips": f"slips_{field}"}
        )
    return records
