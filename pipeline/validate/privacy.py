"""Rules PRV: what the public must not learn by accident. Asked of records that can be shown, and of counted ones."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.questions import FAILURE_SCHEMA, Question
from pipeline.validate.subjects import OWN_RECORD_KINDS, Subjects
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters

_COUNTED = pl.col("is_counted")
_PUBLIC = _COUNTED & ~pl.col("is_withheld")
_OWNER_PUBLIC = pl.col("owner_is_counted") & ~pl.col("owner_is_withheld") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)

#: Public texts of a record in which a person can be named.
_TEXTS: tuple[str, ...] = (
    "description",
    "hours",
    "transportation",
    "alert",
    "eligibility",
    "intake",
    "fees",
    "documents",
)

#: A form of address and a surname. "Dr." is left out: half of all streets named after a doctor would be persons.
_ADDRESSED_PERSON = r"\b(?:Mr|Mrs|Ms|Miss)\.? (?:[A-Z]\. ?)?[A-Z][a-z]+"

#: Two or three capitalized words, as a person signs.
_PERSON = r"^\p{Lu}[\p{L}'-]+(?: \p{Lu}\.?[\p{L}'-]*)? \p{Lu}[\p{L}'-]+$"

#: Words that make a "name" an office.
_OFFICE_WORDS = (
    r"(?i)\b(?:director|manager|coordinator|supervisor|administrator|president|officer?|intake|staff|worker|center|service|"
    r"services|program|department|agency|unit|desk|line|hotline|general|information|main|admissions|reception|counselor|"
    r"principal|pastor|chair|board|team|human|public|executive|chief|school|church|house|health|care|community|family)\b"
)


def ask_record_privacy(
    *, kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the privacy questions to agencies, sites or services.

    Args:
        kind: agency, site or service.
        carried: Delivered fields by center.
        parameters: Domains of private mail boxes.
    """
    email = pl.col("email")
    questions = [
        Question(
            rule_id="PRV-003",
            field="email",
            broken=_PUBLIC & _is_free_mail(email, parameters),
            value=email,
            refused=refuse_uncarried(carried, any_of=[f"{kind}.email"], words="e-mail address", kind=kind),
        ),
        *(
            Question(
                rule_id="PRV-005",
                field=name,
                broken=_PUBLIC & pl.col(name).str.contains(_ADDRESSED_PERSON),
                is_private=pl.lit(value=True),
                value=pl.lit("withheld"),
            )
            for name in _texts_of(kind)
        ),
    ]
    if kind in {RecordKind.SITE, RecordKind.SERVICE}:
        questions += _ask_street(carried)
    return questions


def ask_contact_privacy(*, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    """Return the privacy questions to contacts, as in `Subjects.owned`."""
    email = pl.col("email")
    return [
        Question(
            rule_id="PRV-003",
            field="contact.email",
            slot=pl.col("slot"),
            broken=_OWNER_PUBLIC & ~pl.col("is_private") & _is_free_mail(email, parameters),
            # The mail box of a person, not of an office: the field says where to look.
            value=email,
            is_private=pl.lit(value=True),
            refused=refuse_uncarried(carried, any_of=["contact.email"], words="e-mail address of contacts"),
        )
    ]


def ask_phone_privacy() -> list[Question]:
    """Return the privacy questions to phones, as in `Subjects.owned`."""
    return [
        Question(
            rule_id="PRV-005",
            field=f"phone.{name}",
            slot=pl.col("slot"),
            broken=_OWNER_PUBLIC & ~pl.col("is_private") & pl.col(name).str.contains(_ADDRESSED_PERSON),
            is_private=pl.lit(value=True),
            value=pl.lit("withheld"),
        )
        for name in ("label", "note")
    ]


def find_named_contacts(subjects: Subjects) -> pl.DataFrame:
    """Return a failure of PRV-005 for every public text that names a person known as a contact or verifier of the record.

    A name that is part of the record's own name is left out: many agencies are called after a person.
    """
    persons = pl.concat([*_contact_names(subjects), *_verifier_names(subjects)]).unique()
    person = pl.col("person")
    persons = persons.filter(person.str.contains(_PERSON), ~person.str.contains(_OFFICE_WORDS))
    parts = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    for kind in OWN_RECORD_KINDS:
        texts = _texts_of(kind)
        named = (
            subjects.records[kind]
            .filter(_PUBLIC)
            .select("center_id", "kind", "record_uid", "name", *texts)
            .join(persons, on=["center_id", "kind", "record_uid"])
            .filter(~pl.col("name").str.contains(person, literal=True).fill_null(value=False))
        )
        parts += [
            named.filter(pl.col(name).str.contains(person, literal=True)).select(
                "center_id",
                "kind",
                "record_uid",
                rule_id=pl.lit("PRV-005"),
                variant=pl.lit(""),
                field=pl.lit(name),
                value=pl.lit("withheld"),
                is_private=pl.lit(value=True),
            )
            for name in texts
        ]
    return pl.concat(parts).unique()


def _ask_street(carried: Mapping[str, frozenset[str]]) -> list[Question]:
    # The canonical address of such a place is always private; `has_public_street` tells what the source itself says.
    return [
        Question(
            rule_id="PRV-002",
            field="address",
            broken=_PUBLIC & pl.col("is_confidential_place") & pl.col("has_public_street"),
            value=pl.lit("withheld"),
            is_private=pl.lit(value=True),
            refused=refuse_uncarried(carried, any_of=["address.line1"], words="street address"),
        )
    ]


def _texts_of(kind: str) -> tuple[str, ...]:
    record_texts = ("description", "hours", "transportation", "alert")
    return _TEXTS if kind == RecordKind.SERVICE else record_texts


def _is_free_mail(email: pl.Expr, parameters: ValidateParameters) -> pl.Expr:
    return email.str.to_lowercase().str.extract(r"@([^@\s]+)$", 1).is_in(list(parameters.free_mail_domains))


def _contact_names(subjects: Subjects) -> list[pl.DataFrame]:
    return [
        subjects.owned["contact"].select(
            "center_id", kind="owner_kind", record_uid="owner_uid", person=pl.col("name").str.strip_chars()
        )
    ]


def _verifier_names(subjects: Subjects) -> list[pl.DataFrame]:
    return [
        subjects.records[kind].select("center_id", "kind", "record_uid", person=pl.col("verified_by").str.strip_chars())
        for kind in OWN_RECORD_KINDS
    ]
