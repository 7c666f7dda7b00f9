"""What a form asks about, record kind by record kind, in the order in which it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.enumerations import RecordKind

_AGENCY, _SITE, _SERVICE, _AT_SITE = (
    RecordKind.AGENCY.value,
    RecordKind.SITE.value,
    RecordKind.SERVICE.value,
    RecordKind.SERVICE_AT_SITE.value,
)
_ALL = (_AGENCY, _SITE, _SERVICE, _AT_SITE)
_THREE = (_AGENCY, _SITE, _SERVICE)

#: Field of the line that stands for a record as a whole.
STANDING: Final = "standing"


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A field of the form.

    Attributes:
        field: Id.
        words: What the form calls it.
        kinds: Record kinds that have it, when they say anything.
        asked: Record kinds of which it is asked though nothing is on file.
        compare: How values are compared: text, words (a list in any order), phone, email, url, address or person.
        is_prose: Whether a private passage, or an entry of a list, can be taken out of it; otherwise the whole value is hidden.
    """

    field: str
    words: str
    kinds: tuple[str, ...]
    asked: tuple[str, ...] = ()
    compare: str = "text"
    is_prose: bool = False


#: The fields in the order of the form. What is asked though nothing is on file are the mandatory elements of the completeness matrix
#: (docs/rules.md) and languages and access, without which people are sent in vain.
FIELDS: Final[tuple[FormField, ...]] = (
    FormField(field=STANDING, words="This record as a whole", kinds=_ALL, asked=_ALL),
    FormField(field="name", words="Name", kinds=_THREE, asked=_THREE),
    FormField(field="aka", words="Other names in use", kinds=_THREE, asked=_THREE, compare="words", is_prose=True),
    FormField(field="legal_status", words="Legal status", kinds=(_AGENCY,), asked=(_AGENCY,)),
    FormField(
        field="sites",
        words="Given at these sites",
        kinds=(_SERVICE,),
        asked=(_SERVICE,),
        compare="words",
        is_prose=True,
    ),
    FormField(field="description", words="Description", kinds=_ALL, asked=_THREE, is_prose=True),
    FormField(field="address", words="Street address", kinds=_ALL, asked=(_AGENCY, _SITE), compare="address"),
    FormField(field="mailing", words="Mailing address", kinds=_ALL, asked=(_AGENCY, _SITE), compare="address"),
    FormField(field="other_address", words="Further address", kinds=_ALL, compare="address"),
    FormField(field="phone", words="Phone", kinds=_ALL, asked=_THREE, compare="phone"),
    FormField(field="email", words="E-mail", kinds=_ALL, asked=_THREE, compare="email"),
    FormField(field="url", words="Website", kinds=_ALL, asked=_THREE, compare="url"),
    FormField(field="director", words="Director or manager", kinds=_ALL, asked=(_AGENCY,), compare="person"),
    FormField(field="contact", words="Contact person", kinds=_ALL, compare="person"),
    FormField(field="hours", words="Days and hours", kinds=_ALL, asked=_THREE, is_prose=True),
    FormField(
        field="eligibility", words="Who may use it", kinds=(_SERVICE, _AT_SITE), asked=(_SERVICE,), is_prose=True
    ),
    FormField(field="ages", words="Ages", kinds=(_SERVICE, _AT_SITE)),
    FormField(field="area", words="Area served", kinds=(_SERVICE, _AT_SITE), asked=(_SERVICE,), is_prose=True),
    FormField(field="intake", words="How to apply", kinds=(_SERVICE, _AT_SITE), asked=(_SERVICE,), is_prose=True),
    FormField(field="documents", words="What to bring", kinds=(_SERVICE, _AT_SITE), asked=(_SERVICE,), is_prose=True),
    FormField(field="fees", words="Fees", kinds=(_SERVICE, _AT_SITE), asked=(_SERVICE,), is_prose=True),
    FormField(field="payment", words="Ways to pay", kinds=(_SERVICE, _AT_SITE), compare="words", is_prose=True),
    FormField(field="languages", words="Languages", kinds=_ALL, asked=(_SERVICE,), compare="words", is_prose=True),
    FormField(
        field="accessibility", words="Access for people with disabilities", kinds=_ALL, asked=(_SITE,), is_prose=True
    ),
    FormField(field="accreditations", words="Licenses and accreditation", kinds=_ALL, is_prose=True),
    FormField(field="alert", words="Temporary message", kinds=_ALL, is_prose=True),
)


def field_frame() -> pl.DataFrame:
    """Return the fields as `kind`, `field`, `what`, `compare`, `field_place`, `is_asked`, `is_prose`: one row per kind and field."""
    rows = [
        (kind, one.field, one.words, one.compare, place, kind in one.asked, one.is_prose)
        for place, one in enumerate(FIELDS)
        for kind in one.kinds
    ]
    schema = {
        "kind": pl.String,
        "field": pl.String,
        "what": pl.String,
        "compare": pl.String,
        "field_place": pl.Int64,
        "is_asked": pl.Boolean,
        "is_prose": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
