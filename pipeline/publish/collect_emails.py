"""Which e-mail addresses of a load are private."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.publish.collect_kinds import Kind
from pipeline.publish.collect_owners import OWNER, leaving_owners, private_owners, record_tables
from pipeline.publish.public_records import Selection
from schemas.directory import Directory
from schemas.private_emails import emails_in
from schemas.private_values import PrivateValues, suspected_texts


def public_emails(directory: Directory, selection: Selection) -> pl.Series:
    """Return the distinct cells of e-mail addresses of records that leave and of their public contacts."""
    leaving = leaving_owners(selection)
    contacts = directory.contact.filter(~pl.col("is_private")).select(*OWNER, "email")
    return (
        pl.concat(
            [
                _of_records(directory, "email").join(leaving, on=OWNER, how="semi")["email"],
                contacts.join(leaving, on=OWNER, how="semi")["email"],
            ]
        )
        .drop_nulls()
        .unique()
    )


def addresses_in(texts: pl.Series) -> frozenset[str]:
    """Return every address in cells, in small letters."""
    written = texts.drop_nulls().unique()
    return frozenset(
        address for text in written.filter(written.str.contains("@", literal=True)) for address in emails_in(text)
    )


def _find(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the private addresses of a part; those of verifiers are internal always."""
    owners = private_owners(selection)
    contacts = directory.contact.select(*OWNER, "email", "is_private")
    hidden = _of_records(directory, "email", "email_written").join(owners, on=OWNER, how="semi")
    private = [
        hidden["email"],
        hidden["email_written"],
        contacts.filter("is_private")["email"],
        contacts.join(owners, on=OWNER, how="semi")["email"],
        *(table["verified_by_email"] for table in record_tables(directory).values()),
    ]
    return addresses_in(pl.concat([column.unique().rename("email") for column in private]))


def _settle(found: Sequence[frozenset[str]]) -> PrivateValues:
    return PrivateValues(emails=frozenset().union(*found))


def _public(directory: Directory, selection: Selection) -> pl.DataFrame:
    return public_emails(directory, selection).to_frame("email")


def _ask(rows: pl.DataFrame, asked: PrivateValues) -> frozenset[str]:
    if not asked.emails:
        return frozenset()
    public = rows["email"]
    return addresses_in(public.filter(suspected_texts(public, asked))) & asked.emails


def _tell(asked: PrivateValues, seen: Sequence[frozenset[str]]) -> dict[str, frozenset[str]]:
    return {"emails": asked.emails.difference(*seen)}


def _of_records(directory: Directory, *columns: str) -> pl.DataFrame:
    return pl.concat(
        [
            table.select(
                "center_id",
                pl.col("record_uid").alias("owner_uid"),
                pl.col("kind").alias("owner_kind"),
                *columns,
            )
            for table in record_tables(directory).values()
        ]
    )


#: Addresses of private contacts, of private records and of verifiers, unless a record that leaves shows them itself.
EMAILS = Kind(find=_find, settle=_settle, public=_public, ask=_ask, tell=_tell)
