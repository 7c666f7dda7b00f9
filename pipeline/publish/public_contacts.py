"""Contacts that may leave, and what of a person is told by the center's policy."""

from __future__ import annotations

import polars as pl

from schemas.export_parameters import ExportParameters


def public_contacts(
    contacts: pl.DataFrame, owners: pl.DataFrame, *, parameters: ExportParameters
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the public contacts of records that leave, and how many values stay, by reason.

    Args:
        contacts: Canonical contacts.
        owners: Records that leave: `center_id`, `owner_kind`, `owner_uid`.
        parameters: `contacts` says whether persons are named; addresses at `personal_email_domains` are left out.
    """
    theirs = contacts.join(owners, on=["center_id", "owner_kind", "owner_uid"], how="semi", maintain_order="left")
    public = theirs.filter(~pl.col("is_private"))
    removed = {"private_contact": theirs.height - public.height}
    if parameters.contacts == "none":
        return public.clear(), removed | {"contact_by_policy": public.height}
    if parameters.contacts == "roles":
        named = pl.any_horizontal(pl.col(column).is_not_null() for column in ("name", "email", "phone"))
        removed["person_by_policy"] = public.filter(named).height
        public = public.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in ("name", "email", "phone"))
    public, personal = without_personal_email(public, parameters=parameters)
    removed.update(personal)
    told = public.filter(
        pl.any_horizontal(pl.col(column).is_not_null() for column in ("name", "title", "email", "phone"))
    )
    return told, removed


def without_personal_email(frame: pl.DataFrame, *, parameters: ExportParameters) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return rows without addresses at a provider of personal mail, as far as the center has named some, and how many went.

    Args:
        frame: Needs `email`.
        parameters: `personal_email_domains`.
    """
    domain = pl.col("email").str.to_lowercase().str.extract(r"@([^@\s]+)$", 1)
    is_personal = domain.is_in(list(parameters.personal_email_domains)).fill_null(value=False)
    kept = frame.with_columns(pl.when(~is_personal).then("email").alias("email"))
    return kept, {"personal_email": int(frame["email"].count() - kept["email"].count())}
