"""Rules FMT: values that cannot be what their field says. Asked of counted records only.

Blanks are the business of the completeness rules; fillers and answers such as "None" that of CMP-PLACEHOLDER.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.completeness import folded
from pipeline.validate.questions import Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters
from schemas.states import state_codes

#: One address: the part before the at sign as in the AIRS XML schema 3.1, the ending up to 63 letters (RFC 1035).
_EMAIL = r"^[^@\s]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
_ZIP = r"^[0-9]{5}(?:-?[0-9]{4})?$"
#: A code of the Northeast, where every ZIP code begins with a zero, after a spreadsheet has read it as a number.
_FOUR_DIGITS = r"^[0-9]{4}$"
_CANADIAN_CODE = r"(?i)^[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]$"
_WEB_SCHEME = r"(?i)^\s*https?://"
_OVERNIGHT = r"(?i)overnight|over night|next (?:day|morning)|past midnight"

_COUNTED = pl.col("is_counted")
_OWNER_COUNTED = pl.col("owner_is_counted") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)


def ask_record_formats(
    *, kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters, as_of: date
) -> list[Question]:
    """Return the format questions to agencies, sites or services.

    Args:
        kind: agency, site or service.
        carried: Delivered fields by center.
        parameters: Words in hours texts, pages that are nobody's website, fillers.
        as_of: Day of the run.
    """
    questions = [
        _ask_email(kind, carried, parameters),
        *_ask_website(kind, carried, parameters),
        _ask_hours(kind, carried, parameters),
    ]
    if kind == RecordKind.AGENCY:
        questions += [_ask_employer_number(carried, parameters), _ask_year(carried, parameters, as_of=as_of)]
    if kind == RecordKind.SERVICE:
        questions.append(_ask_area(carried))
    return questions


def ask_phone_formats(
    phones: pl.DataFrame, *, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the format questions to phones, as in `Subjects.owned`.

    Args:
        phones: The phones, from which the style of each center is learned where the settings name none.
        carried: Delivered fields by center.
        parameters: The style, or how much of the numbers make one.
    """
    number = pl.col("number_written")
    uncarried = refuse_uncarried(carried, any_of=["phone.number"], words="phone number")
    styles, unstyled = _phone_styles(phones, centers=sorted(carried), parameters=parameters)
    return [
        Question(
            rule_id="FMT-001",
            field="phone",
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED & pl.col("e164").is_null() & pl.col("short_code").is_null(),
            value=number,
            is_private=_hides("is_private"),
            refused=refuse_uncarried(carried, any_of=["phone.number"], words="phone number"),
        ),
        Question(
            rule_id="FMT-003",
            field="phone",
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED & pl.col("type").is_null(),
            value=number,
            is_private=_hides("is_private"),
            refused=refuse_uncarried(carried, any_of=["phone.type"], words="phone type"),
        ),
        Question(
            rule_id="FMT-004",
            field="phone",
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED
            & _has_style()
            & (_style() != pl.col("center_id").replace_strict(styles, default=None, return_dtype=pl.String)),
            value=number,
            is_private=_hides("is_private"),
            refused=unstyled | uncarried,
        ),
    ]


def ask_address_formats(*, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the format questions to addresses, as in `Subjects.owned`; only addresses in the United States are asked."""
    zip_code, state, country = pl.col("postal_code"), pl.col("state"), pl.col("country")
    is_canadian = zip_code.str.contains(_CANADIAN_CODE).fill_null(value=False)
    domestic = _OWNER_COUNTED & ((country == "US") | (country.is_null() & ~is_canadian))
    # Vendors write a number such as -1 where there is no state.
    names_state = pl.col("state_written").str.contains("[A-Za-z]")
    unknown_state = names_state & (state.is_null() | ~state.is_in(sorted(state_codes())))
    misses_zero = zip_code.str.contains(_FOUR_DIGITS)
    return [
        *(
            Question(
                rule_id="FMT-020",
                field="address.postal_code",
                slot=pl.col("slot"),
                variant=variant,
                broken=domestic & odd,
                value=zip_code,
                is_private=_hides("is_private") | pl.col("owner_is_confidential"),
                refused=refuse_uncarried(carried, any_of=["address.postal_code"], words="ZIP code"),
            )
            for variant, odd in (("", ~zip_code.str.contains(_ZIP) & ~misses_zero), ("four_digits", misses_zero))
        ),
        Question(
            rule_id="FMT-021",
            field="address.state",
            slot=pl.col("slot"),
            broken=domestic & unknown_state,
            value=pl.col("state_written"),
            is_private=_hides("is_private") | pl.col("owner_is_confidential"),
            refused=refuse_uncarried(carried, any_of=["address.state"], words="state"),
        ),
    ]


def ask_contact_formats(*, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    """Return the format questions to contacts, as in `Subjects.owned`."""
    email = pl.col("email")
    return [
        Question(
            rule_id="FMT-010",
            field="contact.email",
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED & _says_something(email, parameters) & ~email.str.strip_chars().str.contains(_EMAIL),
            value=email,
            is_private=_hides("is_private"),
            refused=refuse_uncarried(carried, any_of=["contact.email"], words="e-mail address of contacts"),
        )
    ]


def ask_schedule_formats(*, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the format questions to structured hours, as in `Subjects.owned`."""
    opens, closes = pl.col("opens_at"), pl.col("closes_at")
    is_overnight = pl.col("note").str.contains(_OVERNIGHT).fill_null(value=False)
    return [
        Question(
            rule_id="FMT-031",
            field="schedule",
            slot=pl.col("slot"),
            broken=_OWNER_COUNTED & (closes <= opens) & ~is_overnight,
            value=pl.format("{} {} - {}", "weekday", opens.dt.to_string("%H:%M"), closes.dt.to_string("%H:%M")),
            is_private=pl.col("owner_is_confidential"),
            refused=refuse_uncarried(carried, any_of=["schedule.text", "schedule.opens_at"], words="structured hours"),
        )
    ]


def _style() -> pl.Expr:
    """Return how a number is written: N for a digit, the country code left off."""
    bare = pl.col("number_written").str.strip_chars().str.replace(r"^\+?1[-. ]?", "")
    return bare.str.replace_all("[0-9]", "N")


def _has_style() -> pl.Expr:
    # Words, letters of a keypad and extensions are the business of other rules or of nobody.
    ten_digits = (
        pl.col("number_written").str.strip_chars().str.contains(r"^(?:\+?1[-. ]?)?(?:[^0-9A-Za-z]*[0-9]){10}\W*$")
    )
    return pl.col("e164").is_not_null() & ten_digits


def _phone_styles(
    phones: pl.DataFrame, *, centers: list[str], parameters: ValidateParameters
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the style of phone numbers by center, and the centers that have none, each with the reason."""
    if parameters.phone_style:
        return dict.fromkeys(centers, parameters.phone_style), {}
    ways = phones.filter(_OWNER_COUNTED, _has_style()).group_by("center_id", style=_style()).agg(count=pl.len())
    total = pl.col("count").sum().over("center_id")
    usual = ways.filter(
        pl.col("count") >= parameters.phone_style_share * total, total >= parameters.unused_element_minimum
    )
    styles = dict(usual.select("center_id", "style").iter_rows())
    reason = "The settings name no style of phone numbers (phone_style), and the center writes them in no single one."
    return styles, {center: reason for center in centers if center not in styles}


def _hides(flag: str) -> pl.Expr:
    """Return whether the value of a row that belongs to a record must not be shown."""
    return pl.col(flag) | pl.col("owner_is_withheld")


def _says_something(text: pl.Expr, parameters: ValidateParameters) -> pl.Expr:
    silent = sorted({*parameters.placeholder_texts, *parameters.none_markers})
    return text.is_not_null() & ~folded(text).is_in(silent)


def _ask_email(kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> Question:
    written = pl.col("email_written")
    fits = pl.col("email").str.contains(_EMAIL).fill_null(value=False)
    return Question(
        rule_id="FMT-010",
        field="email",
        broken=_COUNTED & _says_something(written, parameters) & ~fits,
        value=written,
        is_private=pl.col("is_withheld"),
        refused=refuse_uncarried(carried, any_of=[f"{kind}.email"], words="e-mail address", kind=kind),
    )


def _ask_website(kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    written, domain = pl.col("url_written"), pl.col("url_domain_key")
    incomplete = pl.col("url").is_null() | ~written.str.contains(_WEB_SCHEME)
    names = "|".join(name.replace(".", r"\.") for name in parameters.shared_page_domains)
    refused = refuse_uncarried(carried, any_of=[f"{kind}.url"], words="website", kind=kind)
    return [
        Question(
            rule_id="FMT-011",
            field="url",
            broken=_COUNTED & _says_something(written, parameters) & incomplete,
            value=written,
            is_private=pl.col("is_withheld"),
            refused=refused,
        ),
        Question(
            rule_id="FMT-012",
            field="url",
            broken=_COUNTED & domain.str.contains(rf"^(?:(?:m|maps|web|[a-z]{{2}}-[a-z]{{2}})\.)?(?:{names})$"),
            value=written,
            is_private=pl.col("is_withheld"),
            refused=refused,
        ),
    ]


def _ask_hours(kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> Question:
    hours = pl.col("hours")
    return Question(
        rule_id="FMT-030",
        field="hours",
        broken=_COUNTED & _says_something(hours, parameters) & ~hours.str.contains(rf"(?i){parameters.hours_pattern}"),
        value=hours,
        is_private=pl.col("is_confidential_place"),
        refused=refuse_uncarried(carried, any_of=[f"{kind}.hours"], words="hours text", kind=kind),
    )


def _ask_employer_number(carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> Question:
    written = pl.col("ein_written")
    return Question(
        rule_id="FMT-040",
        field="ein",
        broken=_COUNTED & _says_something(written, parameters) & pl.col("ein").is_null(),
        value=written,
        refused=refuse_uncarried(
            carried, any_of=["agency.ein"], words="federal employer number", kind=RecordKind.AGENCY
        ),
    )


def _ask_year(carried: Mapping[str, frozenset[str]], parameters: ValidateParameters, *, as_of: date) -> Question:
    year, written = pl.col("year_incorporated"), pl.col("year_incorporated_written")
    possible = year.is_between(parameters.earliest_year, as_of.year).fill_null(value=False)
    return Question(
        rule_id="FMT-041",
        field="year_incorporated",
        broken=_COUNTED & _says_something(written, parameters) & ~possible,
        value=written,
        refused=refuse_uncarried(
            carried, any_of=["agency.year_incorporated"], words="year of incorporation", kind=RecordKind.AGENCY
        ),
    )


def _ask_area(carried: Mapping[str, frozenset[str]]) -> Question:
    area = pl.col("area_served")
    return Question(
        rule_id="FMT-050",
        field="area_served",
        broken=_COUNTED & area.is_not_null() & (pl.col("area_served_units").list.len() == 0),
        value=area,
        refused=refuse_uncarried(
            carried, any_of=["service.area_served_units"], words="list of areas served", kind=RecordKind.SERVICE
        ),
    )
