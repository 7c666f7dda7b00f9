"""Rules STY-001 to -005, -032 and -033 on names, also-known-as names and the note on access."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.completeness import folded
from pipeline.validate.questions import FAILURE_SCHEMA, Question
from pipeline.validate.style_wording import blank_before_sign, double_blank, is_all_capitals
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind
from schemas.notes import NoteKind
from schemas.style_parameters import StyleParameters

_COUNTED = pl.col("is_counted")
_HIDDEN = pl.col("is_withheld") | pl.col("is_confidential_place")
_NAME, _AKA = pl.col("name"), pl.col("aka")
_NO_LETTERS = r"[^\p{L}\p{N}]+"


def ask_names(*, kind: str, carried: Mapping[str, frozenset[str]], style: StyleParameters) -> list[Question]:
    """Return the style questions to names of agencies, sites or services.

    Args:
        kind: agency, site or service.
        carried: Delivered fields by center.
        style: The style profile.
    """
    refused = refuse_uncarried(carried, any_of=[f"{kind}.name"], words="name", kind=kind)
    before, double = blank_before_sign(_NAME), double_blank(pl.col("name_written").str.strip_chars(), style=style)
    questions = [
        _ask_name("STY-002", is_all_capitals(_NAME, style=style), refused=refused),
        _ask_name("STY-032", before.is_not_null(), value=before, refused=refused),
        _ask_name("STY-032", double.is_not_null(), value=double, variant="double", refused=refused),
        _ask_aka(kind, carried),
    ]
    if kind == RecordKind.AGENCY:
        questions += _ask_agency_name(carried, style=style, refused=refused)
    if kind in (RecordKind.SITE, RecordKind.SERVICE):
        questions.append(_ask_access(kind, carried, style))
    return questions


def ask_written_blanks(*, kind: str, carried: Mapping[str, frozenset[str]], style: StyleParameters) -> Question:
    """Return the question for double blanks in the description as delivered; the cleaned text has none any more."""
    double = double_blank(pl.col("description_written").str.strip_chars(), style=style)
    return Question(
        rule_id="STY-032",
        field="description",
        variant="double",
        broken=_COUNTED & double.is_not_null(),
        value=double,
        is_private=_HIDDEN,
        refused=refuse_uncarried(carried, any_of=[f"{kind}.description"], words="description", kind=kind),
    )


def find_repeated_aka(notes: pl.DataFrame) -> pl.DataFrame:
    """Return a failure of STY-005 for every counted record whose export gives an also-known-as name twice.

    The canonical list holds each name once; what was left out stands in the notes.
    """
    is_repeated = (pl.col("note_kind") == NoteKind.REPEATED_VALUE) & (pl.col("field") == "aka")
    is_counted = pl.col("is_counted").fill_null(value=False) & pl.col("kind").is_in(OWN_RECORD_KINDS)
    hidden = pl.col("is_private") | (pl.col("is_withheld") | pl.col("is_confidential_place")).fill_null(value=True)
    found = notes.filter(is_repeated & is_counted).select(
        "center_id",
        "kind",
        "record_uid",
        rule_id=pl.lit("STY-005"),
        variant=pl.lit("twice"),
        field=pl.lit("aka"),
        value=pl.col("value_written"),
        is_private=hidden,
    )
    return pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), found])


def _ask_name(
    rule_id: str, broken: pl.Expr, *, refused: Mapping[str, str], value: pl.Expr = _NAME, variant: str = ""
) -> Question:
    return Question(
        rule_id=rule_id,
        field="name",
        variant=variant,
        broken=_COUNTED & broken,
        value=value,
        is_private=_HIDDEN,
        refused=refused,
    )


def _ask_agency_name(
    carried: Mapping[str, frozenset[str]], *, style: StyleParameters, refused: Mapping[str, str]
) -> list[Question]:
    endings = "|".join(ending.replace(".", r"\.") for ending in style.legal_endings)
    legal = rf"(?i)[,\s]\s*(?:{endings})\.?(?:\s*\([^)]*\))?$" if style.legal_endings else "$^"
    acronym = rf"^(?:\p{{Lu}}[.&-]?){{2,{style.acronym_letters}}}$"
    no_aka = refuse_uncarried(carried, any_of=["agency.aka"], words="also-known-as names", kind=RecordKind.AGENCY)
    has_none = _AKA.list.len().fill_null(0) == 0
    return [
        _ask_name("STY-001", _NAME.str.contains(legal), refused=refused),
        _ask_name("STY-003", _NAME.str.contains(r"^(?:The|THE)\s+\S"), refused=refused),
        _ask_name("STY-004", _NAME.str.contains(acronym) & has_none, refused={**refused, **no_aka}),
    ]


def _ask_aka(kind: str, carried: Mapping[str, frozenset[str]]) -> Question:
    key = _fold(_NAME)
    is_same = (key != "") & _AKA.list.eval(_fold(pl.element())).list.contains(key)
    return Question(
        rule_id="STY-005",
        field="aka",
        broken=_COUNTED & is_same,
        value=_AKA.list.join("; "),
        is_private=_HIDDEN,
        refused=refuse_uncarried(carried, any_of=[f"{kind}.aka"], words="also-known-as names", kind=kind),
    )


def _ask_access(kind: str, carried: Mapping[str, frozenset[str]], style: StyleParameters) -> Question:
    access = pl.col("accessibility")
    return Question(
        rule_id="STY-033",
        field="accessibility",
        broken=_COUNTED & folded(access).str.strip_chars(" .!").is_in(list(style.bare_access_phrases)),
        value=access,
        is_private=_HIDDEN,
        refused=refuse_uncarried(carried, any_of=[f"{kind}.accessibility"], words="note on access", kind=kind),
    )


def _fold(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(_NO_LETTERS, "")
