"""Which names of persons are private, and which public e-mail addresses may be shown although such a name stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from pipeline.publish.collect_emails import addresses_in, public_emails
from pipeline.publish.collect_kinds import Kind
from pipeline.publish.collect_owners import OWNER, leaving_owners, private_owners, record_tables
from pipeline.publish.public_records import KEY, Selection
from schemas.directory import Directory
from schemas.private_names import name_patterns
from schemas.private_values import PrivateValues, suspected_texts
from schemas.searched_texts import plain_text, word_text

#: Where a name may be shown: as that of a contact, within that of a record, within an e-mail address.
_CONTACT, _RECORD, _EMAIL = "contact", "record", "email"

#: Where a text stands, and the text.
Shown = frozenset[tuple[str, str]]


def _find(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the names of private contacts, of those who verified and of curators, as written."""
    contacts = directory.contact.select(*OWNER, "is_private", "name")
    found = [
        contacts.filter("is_private")["name"],
        contacts.join(private_owners(selection), on=OWNER, how="semi")["name"],
        *(table[column] for table in record_tables(directory).values() for column in ("verified_by", "curator")),
    ]
    return frozenset(name for column in found for name in column.unique() if name)


def _settle(found: Sequence[frozenset[str]]) -> PrivateValues:
    return PrivateValues(names=_spellings(frozenset().union(*found)))


def _public(directory: Directory, selection: Selection) -> pl.DataFrame:
    """Return the distinct public texts in which a name may stand: `place`, `text`."""
    contacts = directory.contact.filter(~pl.col("is_private")).select(*OWNER, "name")
    texts = [
        (_CONTACT, contacts.join(leaving_owners(selection), on=OWNER, how="semi")["name"]),
        *(
            (_RECORD, table.select(*KEY, "name").join(selection.leaving(kind), on=list(KEY), how="semi")["name"])
            for kind, table in record_tables(directory).items()
        ),
        (_EMAIL, public_emails(directory, selection)),
    ]
    return pl.concat(
        [
            text.drop_nulls().unique().to_frame("text").select(pl.lit(place).alias("place"), "text")
            for place, text in texts
        ]
    ).unique()


def _ask(rows: pl.DataFrame, asked: PrivateValues) -> Shown:
    return frozenset(rows.filter(suspected_texts(rows["text"], asked)).rows()) if asked.names else frozenset()


def _tell(asked: PrivateValues, seen: Sequence[Shown]) -> dict[str, frozenset[str]]:
    """Return the names that no record which leaves bears, and the public addresses in which one of them stands.

    A name that a public contact has is not searched for.
    """
    shown: Shown = frozenset().union(*seen)
    by_place = {
        place: pl.Series("text", [text for where, text in shown if where == place], dtype=pl.String)
        for place in (_CONTACT, _RECORD, _EMAIL)
    }
    names = asked.names - _spellings(by_place[_CONTACT])
    borne = _suspected(by_place[_RECORD], names)
    texts = " | ".join(sorted({word_text(plain_text(name)) for name in borne}))
    names = frozenset(name for name in names if name not in texts)
    return {"names": names, "shown_emails": addresses_in(_suspected(by_place[_EMAIL], names))}


def _suspected(texts: pl.Series, names: frozenset[str]) -> pl.Series:
    return texts.filter(suspected_texts(texts, PrivateValues(names=names)))


def _spellings(names: Iterable[str]) -> frozenset[str]:
    return frozenset(pattern for name in names if name for pattern in name_patterns(name))


#: Names of private contacts, of verifiers and of curators, unless a record that leaves bears that name.
NAMES = Kind(find=_find, settle=_settle, public=_public, ask=_ask, tell=_tell)
