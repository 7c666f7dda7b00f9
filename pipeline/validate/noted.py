"""Findings from notes: what normalize could not read as delivered, or had to clean."""

from __future__ import annotations

import polars as pl

from pipeline.validate.questions import FAILURE_SCHEMA
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.notes import NoteKind

_FIELD = pl.col("field")
_COUNTED = pl.col("is_counted").fill_null(value=False) & pl.col("kind").is_in(OWN_RECORD_KINDS)
_ANY_ROW = pl.lit(value=True)
# A row that is not known among the records cannot be shown to be harmless.
_SHOWN = pl.col("is_shown").fill_null(value=True)
_IS_PHONE = _FIELD.str.starts_with("phone")
_IS_EMAIL = _FIELD.str.ends_with("email")
_IS_URL = _FIELD.str.ends_with("url")
_VALUE = pl.col("value_written")
#: Control characters, the replacement character, and UTF-8 that was read as Windows-1252.
_DAMAGE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{80}-\x{9F}\x{FFFD}]|[ÃÂ][\x{80}-\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€"
_TAG = r"</?[A-Za-z][^>]*>?|&#?[0-9A-Za-z]{2,8};"
_WHOLE_TAG = r"</?[A-Za-z][^<>]*>|&#?[0-9A-Za-z]{2,8};"
_WRITTEN_BREAK = r"\\[nrt]"
_IS_WRITTEN_BREAK = (~_VALUE.str.contains(_DAMAGE) & _VALUE.str.contains(_WRITTEN_BREAK)).fill_null(value=False)
#: Hours that name days and hold nothing a time could be: no digit, and no time of day that is a word.
_NAMES_DAYS = r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun|week ?days?|weekends?|daily)"
_NAMES_TIMES = (
    r"(?i)[0-9]|\b(?:noon|midnight|mid-?day|dawn|dusk|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)
_IS_DAYS_ONLY = (_VALUE.str.contains(_NAMES_DAYS) & ~_VALUE.str.contains(_NAMES_TIMES)).fill_null(value=False)
_IS_PART = _FIELD.str.contains(".", literal=True)

#: Note kind, further condition, rows that are asked, rule, variant. Notes that fit no line feed no rule of the catalogue.
_RULES: tuple[tuple[NoteKind, pl.Expr, pl.Expr, str, str], ...] = (
    (NoteKind.MISSING_ID, _ANY_ROW, _ANY_ROW, "ID-001", ""),
    (NoteKind.REPEATED_ID_DIFFERENT, _ANY_ROW, _ANY_ROW, "ID-008", ""),
    (NoteKind.PARENT_LOOP, _ANY_ROW, _ANY_ROW, "ID-002", "loop"),
    (NoteKind.UNREADABLE_DATE, _ANY_ROW, _COUNTED, "FRE-004", "unreadable"),
    (NoteKind.SEVERAL_VALUES, _IS_PHONE, _COUNTED, "FMT-001", "several"),
    (NoteKind.SEVERAL_VALUES, _IS_EMAIL, _COUNTED, "FMT-010", ""),
    (NoteKind.SEVERAL_VALUES, _IS_URL, _COUNTED, "FMT-011", ""),
    (NoteKind.EXTENSION_IN_NUMBER, _ANY_ROW, _COUNTED, "FMT-002", ""),
    (NoteKind.BROKEN_CHARACTERS, ~_IS_WRITTEN_BREAK, _COUNTED, "FMT-060", ""),
    (NoteKind.BROKEN_CHARACTERS, _IS_WRITTEN_BREAK, _COUNTED, "FMT-060", "line_break"),
    # A tag that ends with a text cut by the export is no code that anybody wrote wrong.
    (NoteKind.HTML_REMOVED, ~pl.col("is_cut") | _VALUE.str.contains(_WHOLE_TAG), _COUNTED, "FMT-060", "html"),
    (NoteKind.UNREADABLE_HOURS, ~_IS_DAYS_ONLY, _COUNTED, "FMT-031", "unreadable"),
    (NoteKind.UNREADABLE_HOURS, _IS_DAYS_ONLY, _COUNTED, "FMT-031", "days_only"),
    (NoteKind.UNCLEAR_FLAG, ~_IS_PART, _SHOWN, "PRV-001", ""),
    (NoteKind.UNCLEAR_FLAG, _IS_PART, _SHOWN, "PRV-001", "part"),
)

#: What tells one cell of a record from another.
_CELL = ("center_id", "kind", "record_uid", "field")

#: Rules about the record's number name one field, whatever the column is called.
_NUMBER_RULES = ("ID-001", "ID-008")


def find_noted(notes: pl.DataFrame) -> pl.DataFrame:
    """Return one failure per record, rule and field that normalize took note of.

    Args:
        notes: The notes, as in `Subjects.notes`.

    Returns:
        Rows of `FAILURE_SCHEMA`. Where several notes speak of one field of one record (two phones of an agency), the first
        by rule variant and value stands for all.
    """
    notes = _mark_cut(notes)
    parts = [
        notes.filter((pl.col("note_kind") == note_kind) & condition & asked).select(
            "center_id",
            "kind",
            "record_uid",
            rule_id=pl.lit(rule_id),
            variant=pl.lit(variant),
            field=pl.lit("native_id") if rule_id in _NUMBER_RULES else _FIELD,
            value=_shown(rule_id, variant),
            is_private=pl.col("is_private") | _hides_contact(),
        )
        for note_kind, condition, asked, rule_id, variant in _RULES
    ]
    found = pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *parts])
    key = ["center_id", "kind", "record_uid", "rule_id", "field"]
    return found.sort(*key, "variant", "value", nulls_last=True).unique(key, keep="first", maintain_order=True)


def list_cut_cells(notes: pl.DataFrame) -> pl.DataFrame:
    """Return `center_id`, `kind`, `record_uid` and `field` of every text that the export cut off, each once.

    Args:
        notes: The notes, as in `Subjects.notes`.
    """
    return notes.filter(pl.col("note_kind") == NoteKind.CUT_TEXT).select(_CELL).unique()


def find_cut_texts(notes: pl.DataFrame) -> pl.DataFrame:
    """Return a failure of FMT-061 for every center and field whose texts the export cuts off.

    One for the whole load, with the count: the vendor mends the column, and no curator can mend a cell.

    Args:
        notes: The notes, as in `Subjects.notes`.
    """
    counts = (
        notes.filter(pl.col("note_kind") == NoteKind.CUT_TEXT)
        # Each kind has a column of its own. Blanks at the ends of a text are gone: the longest shows the limit.
        .group_by("center_id", "field", "kind")
        .agg(text_count=pl.len(), limit=_VALUE.str.len_chars().max())
        .group_by("center_id", "field")
        .agg(pl.col("text_count").sum(), lengths=pl.col("limit").drop_nulls().unique().sort().cast(pl.String))
    )
    return counts.select(
        "center_id",
        kind=pl.lit("load"),
        record_uid=pl.lit("load"),
        rule_id=pl.lit("FMT-061"),
        variant=pl.lit(""),
        field="field",
        value=pl.format("{} texts end at {} characters", "text_count", pl.col("lengths").list.join(" or ")),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def _mark_cut(notes: pl.DataFrame) -> pl.DataFrame:
    cut = list_cut_cells(notes).with_columns(is_cut=pl.lit(value=True))
    marked = notes.join(cut, on=list(_CELL), how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_cut").fill_null(value=False))


def _shown(rule_id: str, variant: str) -> pl.Expr:
    if rule_id == "FMT-060":
        return _passage(variant)
    return _VALUE


def _passage(variant: str) -> pl.Expr:
    """Return the part of a long text in which the damage stands, so that the curator need not search for it."""
    damage = {"": _DAMAGE, "html": _TAG, "line_break": _WRITTEN_BREAK}[variant]
    around = _VALUE.str.extract(rf"(?s)(.{{0,60}}(?:{damage}).{{0,100}})", 1)
    return pl.coalesce(around, _VALUE)


def _hides_contact() -> pl.Expr:
    """Return whether the note shows contact data of a withheld record, or anything of a place that must not be located."""
    is_contact = _IS_PHONE | _IS_EMAIL | _IS_URL | _FIELD.str.contains(r"^(?:address|contact|verified_by)")
    withheld = pl.col("is_withheld").fill_null(value=True)
    confidential = pl.col("is_confidential_place").fill_null(value=True)
    is_text = ~_FIELD.str.ends_with("_on")
    return (is_contact & withheld) | (is_text & confidential) | _FIELD.str.starts_with("verified_by")
