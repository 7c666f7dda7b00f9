"""Rules PRV: what the public must not learn by accident. Asked of records that can be shown, and of counted ones."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.questions import Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters

_COUNTED = pl.col("is_counted")
_PUBLIC = _COUNTED & ~pl.col("is_withheld")
_OWNER_PUBLIC = pl.col("owner_is_counted") & ~pl.col("owner_is_withheld") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)


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


def ask_address_privacy(*, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the privacy questions to addresses, as in `Subjects.owned`."""
    kept_private = pl.col("is_flagged_private").fill_null(value=False)
    return [
        Question(
            rule_id="PRV-004",
            field="address.withheld_reason",
            slot=pl.col("slot"),
            broken=pl.col("owner_is_counted")
            & (pl.col("owner_kind") == RecordKind.SITE)
            & kept_private
            & pl.col("withheld_reason").is_null(),
            refused=refuse_uncarried(
                carried, any_of=["address.withheld_reason"], words="reason why an address is withheld"
            ),
        )
    ]


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


def _is_free_mail(email: pl.Expr, parameters: ValidateParameters) -> pl.Expr:
    return email.str.to_lowercase().str.extract(r"@([^@\s]+)$", 1).is_in(list(parameters.free_mail_domains))
