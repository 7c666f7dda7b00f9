"""Which e-mail addresses of a load are private, and which may be shown although a private person's name stands in them."""

from __future__ import annotations

import polars as pl

from pipeline.publish.public_records import Selection
from schemas.directory import Directory
from schemas.private_emails import emails_in
from schemas.private_values import PrivateValues, suspected_texts

_OWNER = ["center_id", "owner_uid", "owner_kind"]


def private_emails(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the private e-mail addresses; those of verifiers are internal always.

    Args:
        directory: The whole load.
        selection: The verdict on every record.
    """
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    contacts = directory.contact.select(*_OWNER, "email", "is_private")
    hidden = _of_records(directory).join(owners, on=_OWNER, how="semi")
    private = pl.concat(
        [
            hidden["email"],
            hidden["email_written"].rename("email"),
            contacts.filter("is_private")["email"],
            contacts.join(owners, on=_OWNER, how="semi")["email"],
            *(table["verified_by_email"].rename("email") for table in _record_tables(directory)),
        ]
    )
    found = _addresses(private)
    public = _public(directory, selection)
    return found - _addresses(public.filter(suspected_texts(public, PrivateValues(emails=found))))


def shown_emails(directory: Directory, selection: Selection, *, names: frozenset[str]) -> frozenset[str]:
    """Return the public addresses in which a name of `names` stands: `jane.doe@` of an agency whose Jane Doe is a private contact.

    Args:
        directory: The whole load.
        selection: The verdict on every record.
        names: Private names, in search form.
    """
    public = _public(directory, selection).drop_nulls().unique()
    return _addresses(public.filter(suspected_texts(public, PrivateValues(names=names))))


def _public(directory: Directory, selection: Selection) -> pl.Series:
    leaving = selection.records.filter(pl.col("reason").is_null()).select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind")
    )
    contacts = directory.contact.filter(~pl.col("is_private"))
    return pl.concat(
        [
            _of_records(directory).join(leaving, on=_OWNER, how="semi")["email"],
            contacts.join(leaving, on=_OWNER, how="semi")["email"],
        ]
    )


def _of_records(directory: Directory) -> pl.DataFrame:
    return pl.concat(
        [
            table.select(
                "center_id",
                pl.col("record_uid").alias("owner_uid"),
                pl.col("kind").alias("owner_kind"),
                "email",
                "email_written",
            )
            for table in _record_tables(directory)
        ]
    )


def _record_tables(directory: Directory) -> tuple[pl.DataFrame, ...]:
    return directory.agency, directory.site, directory.service, directory.service_at_site


def _addresses(texts: pl.Series) -> frozenset[str]:
    written = texts.drop_nulls().unique()
    return frozenset(
        address for text in written.filter(written.str.contains("@", literal=True)) for address in emails_in(text)
    )
