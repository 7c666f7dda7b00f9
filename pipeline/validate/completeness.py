"""Rules CMP: the completeness matrix, and fillers in place of values. Asked of counted records only.

A blank element is reported by its CMP rule, a filler ("tbd") by CMP-PLACEHOLDER, so that one missing value gives one finding.
An answer such as "None" counts as present where the standard allows it and is a filler elsewhere. A value withheld counts as
present.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import count_use, refuse_hardly_used, refuse_uncarried, refuse_unused
from pipeline.validate.questions import Question
from pipeline.validate.subjects import SHOW_FLAGS
from schemas.enumerations import RecordKind, Severity
from schemas.parameters import RuleOverride, ValidateParameters
from schemas.rules import Element, completeness_matrix

#: Text columns in which a filler can stand, by the code of their element.
_TEXTS: dict[str, tuple[str, ...]] = {
    "NAME": ("name",),
    "AKA": ("aka",),
    "LEGAL": ("legal_status",),
    "EIN": ("ein_written",),
    "LICENSE": ("accreditations",),
    "WEB": ("url_written",),
    "EMAIL": ("email_written",),
    "DESC": ("description",),
    "HOURS": ("hours",),
    "ACCESS": ("accessibility",),
    "ELIG": ("eligibility",),
    "AREA": ("area_served",),
    "LANG": ("languages",),
    "DOCS": ("documents",),
    "INTAKE": ("intake",),
    "FEES": ("fees",),
    "CURATOR": ("curator",),
    "OWNER": ("record_owner",),
}

#: Elements that live in rows of their own, by the fact that tells whether a record has one.
_OWNED_FACTS: dict[str, str] = {
    "ADDRESS": "has_physical",
    "MAIL": "has_mailing",
    "PHONE": "has_phone",
    "DIRECTOR": "has_director",
    "TAX": "has_term",
}

_COUNTED = pl.col("is_counted")


def ask_completeness(
    records: pl.DataFrame, *, kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the completeness questions to agencies, sites or services.

    Args:
        records: The records of the kind, as in `Subjects.records`.
        kind: agency, site or service.
        carried: Delivered fields by center.
        parameters: Fillers and none-markers; from which share of the records on a center keeps an element.
    """
    asked = [element for element in completeness_matrix() if (element.rule_id(kind) or "").startswith("CMP-")]
    use = count_use(records, **{element.code: ~_is_blank(element.code) for element in asked})
    questions = []
    for element in completeness_matrix():
        rule_id = element.rule_id(kind)
        if rule_id is None:
            continue
        if rule_id.startswith("CMP-"):
            questions.append(
                _ask_presence(element, rule_id, use=use, kind=kind, carried=carried, parameters=parameters)
            )
        questions += _ask_fillers(element, parameters)
    return questions


def folded(text: pl.Expr) -> pl.Expr:
    """Return the text trimmed and in lower case, for comparison with fillers and none-markers."""
    return text.str.strip_chars().str.to_lowercase()


def _ask_presence(
    element: Element,
    rule_id: str,
    *,
    use: pl.DataFrame,
    kind: str,
    carried: Mapping[str, frozenset[str]],
    parameters: ValidateParameters,
) -> Question:
    names = [name.format(kind=kind) for name in element.carried_by]
    # A column that is there but empty all the way down is a matter of the export, not of a thousand records.
    unused = refuse_unused(
        use, thing=element.code, words=element.words, kind=kind, minimum=parameters.unused_element_minimum
    )
    if (parameters.override.get(rule_id, RuleOverride()).severity or element.severity(kind)) != Severity.ERROR:
        unused |= refuse_hardly_used(
            use,
            thing=element.code,
            words=element.words,
            kind=kind,
            minimum=parameters.unused_element_minimum,
            share=parameters.unused_element_share,
        )
    uncarried = refuse_uncarried(carried, any_of=names, words=element.words, kind=kind)
    absent = _COUNTED & _is_blank(element.code) & ~_is_excused(element.code, kind)
    return Question(rule_id=rule_id, field=element.field, broken=absent, refused=unused | uncarried)


def _is_blank(code: str) -> pl.Expr:
    """Return whether a record holds nothing at all for an element."""
    match code:
        case "AKA" | "LANG":
            return _blank_list("aka" if code == "AKA" else "languages")
        case "LEGAL":
            return pl.col("legal_status").is_null() & pl.col("tax_status").is_null()
        case "ADDRESS" | "MAIL" | "PHONE" | "DIRECTOR" | "TAX":
            return ~pl.col(_OWNED_FACTS[code])
        case "HOURS":
            return pl.col("hours").is_null() & ~pl.col("has_schedule")
        case "ELIG":
            return pl.all_horizontal(pl.col("eligibility", "minimum_age", "maximum_age").is_null())
        case "AREA":
            return pl.col("area_served").is_null() & _blank_list("area_served_units")
        case "FEES":
            return pl.col("fees").is_null() & _blank_list("payment_methods")
        case "INTERIM":
            # An unreadable date is there; FRE-004 says what is wrong with it.
            return pl.col("edited_on").is_null() & ~pl.col("has_unreadable_edit")
        case "CHGCONTACT":
            return pl.col("verified_by").is_null() & ~pl.col("has_main_contact")
        case "INCLUSION":
            # A flag that is neither yes nor no is there; PRV-001 says what is wrong with it.
            return pl.all_horizontal(pl.col(SHOW_FLAGS).is_null()) & ~pl.col("has_unclear_show_flag")
        case _:
            return pl.col(_TEXTS[code][0]).is_null()


def _is_excused(code: str, kind: str) -> pl.Expr:
    """Return whether a record may leave the element blank: it is kept secret, or there is no such place."""
    secret = pl.col("is_confidential_place")
    if code == "MAIL":
        return secret
    if code == "ADDRESS":
        nowhere = pl.col("has_no_address_marker")
        if kind == RecordKind.SITE:
            # Virtual, or an address to write to only: the export says that there is no place to go to.
            nowhere = nowhere | (pl.col("location_type") != "physical")
        return secret | nowhere
    return pl.lit(value=False)


def _blank_list(name: str) -> pl.Expr:
    return pl.col(name).list.len().fill_null(0) == 0


def _ask_fillers(element: Element, parameters: ValidateParameters) -> list[Question]:
    fillers = set(parameters.placeholder_texts)
    if not element.none_allowed:
        fillers |= set(parameters.none_markers)
    questions = []
    for name in _TEXTS.get(element.code, ()):
        text = pl.col(name).list.join("; ") if name in {"aka", "languages"} else pl.col(name)
        is_contact = name in {"url_written", "email_written"}
        questions.append(
            Question(
                rule_id="CMP-PLACEHOLDER",
                field=name.removesuffix("_written"),
                broken=_COUNTED & folded(text).is_in(sorted(fillers)),
                value=text,
                is_private=pl.col("is_withheld") if is_contact else pl.lit(value=False),
            )
        )
    return questions
