"""Rule PRV-005: public texts name no persons.

Three ways to find one: a form of address with a name ("Ms. Sample", "Rev. Ada Sample"), a word that leads to a person followed by
two capitalized words ("ask for Ada Sample", "director: Ada Sample"), and the name of a contact or verifier whom the record knows.
What looks like a name but belongs to the agency, a place or an office is left out. It is a guess; the finding is a warning.
"""

from __future__ import annotations

import polars as pl

from pipeline.validate.questions import FAILURE_SCHEMA
from pipeline.validate.subjects import OWN_RECORD_KINDS, Subjects
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters

_PUBLIC = pl.col("is_counted") & ~pl.col("is_withheld")
_OWNER_PUBLIC = pl.col("owner_is_counted") & ~pl.col("owner_is_withheld") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)
_KEY = ("center_id", "kind", "record_uid")

#: Public texts of a record in which a person can be named; the later ones services alone have.
_TEXTS: tuple[str, ...] = ("description", "hours", "transportation", "alert")
_SERVICE_TEXTS: tuple[str, ...] = ("eligibility", "intake", "fees", "documents")
_PHONE_TEXTS: tuple[str, ...] = ("label", "note")

#: Delivered fields of which an export must carry one.
LONG_TEXTS: tuple[str, ...] = tuple(
    f"{kind}.{name}" for kind in OWN_RECORD_KINDS for name in (*_TEXTS, *_SERVICE_TEXTS)
)

#: One part of a name, with an apostrophe or a hyphen inside; two letters at least, not all in capitals.
_PART = r"\p{Lu}(?:\p{Ll}+|['’]\p{Lu}\p{Ll}+)(?:-\p{Lu}\p{Ll}+|\p{Lu}\p{Ll}+)?"
_INITIAL = r"(?:\p{Lu}\.? )?"
_FULL_NAME = rf"{_PART} {_INITIAL}{_PART}"

#: A whole text that is a person's name and nothing else.
_PERSON = r"^\p{Lu}[\p{L}'-]+(?: \p{Lu}\.?[\p{L}'-]*)? \p{Lu}[\p{L}'-]+$"


def find_named_persons(subjects: Subjects, *, parameters: ValidateParameters) -> pl.DataFrame:
    """Return a failure of PRV-005 for every public text that names a person.

    The passage is shown, for the text is public; not where the person is a private contact or a verifier, nor of a place that
    must not be located.

    Args:
        subjects: Records, phones and contacts.
        parameters: Forms of address, words that lead to a person, words that no person's name holds.
    """
    texts = _public_texts(subjects)
    own_names = _own_names(subjects)
    contacts = _known_persons(subjects, parameters)
    hidden = contacts.filter("is_hidden").group_by(_KEY).agg(hidden="person")
    called = texts.join(_named_by_words(texts, parameters), on=["row"])
    known = texts.join(contacts, on=list(_KEY)).filter(pl.col("text").str.contains(pl.col("person"), literal=True))
    columns = [*_KEY, "field", "text", "of_hidden_place", "person", "passage"]
    named = pl.concat([called.select(columns), known.select(pl.col(columns[:-1]), passage="person")])
    strangers = (
        named.join(own_names, on=list(_KEY), how="left")
        .filter(~pl.col("own_names").str.contains(pl.col("person"), literal=True).fill_null(value=False))
        .join(hidden, on=list(_KEY), how="left")
    )
    holds_hidden = _holds_any(strangers)
    return (
        strangers.with_columns(holds_hidden)
        .select(
            *_KEY,
            rule_id=pl.lit("PRV-005"),
            variant=pl.lit(""),
            field="field",
            value="passage",
            is_private=pl.col("of_hidden_place") | pl.col("holds_hidden"),
        )
        .sort(*_KEY, "field", "is_private", "value", descending=[False] * 4 + [True, False])
        # One text, one finding; where one of its persons is hidden, nobody is shown.
        .unique([*_KEY, "field"], keep="first", maintain_order=True)
        .select(*FAILURE_SCHEMA)
    )


def texts_of(kind: str) -> tuple[str, ...]:
    """Return the public texts of a record kind."""
    return (*_TEXTS, *_SERVICE_TEXTS) if kind == RecordKind.SERVICE else _TEXTS


def _public_texts(subjects: Subjects) -> pl.DataFrame:
    """Return one row per public text: the record, `field`, `text` and `of_hidden_place`."""
    parts = [
        subjects.records[kind]
        .filter(_PUBLIC, pl.col(name).is_not_null())
        .select(*_KEY, field=pl.lit(name), text=name, of_hidden_place="is_confidential_place")
        for kind in OWN_RECORD_KINDS
        for name in texts_of(kind)
    ]
    parts += [
        subjects.owned["phone"]
        .filter(_OWNER_PUBLIC, ~pl.col("is_private"), pl.col(name).is_not_null())
        .select(
            "center_id",
            kind="owner_kind",
            record_uid="owner_uid",
            field=pl.format("phone.{}.{}", pl.lit(name), "slot"),
            text=name,
            of_hidden_place="owner_is_confidential",
        )
        for name in _PHONE_TEXTS
    ]
    return pl.concat(parts).with_row_index("row")


def _own_names(subjects: Subjects) -> pl.DataFrame:
    """Return the record with `own_names`: its name and other names, and those of its agency."""
    names = pl.concat_str(pl.col("name"), pl.col("aka").list.join("; "), separator="; ", ignore_nulls=True)
    agencies = subjects.records[RecordKind.AGENCY].select("center_id", agency_uid="record_uid", agency_names=names)
    return pl.concat(
        subjects.records[kind]
        .select(*_KEY, "agency_uid", names=names)
        .join(agencies, on=["center_id", "agency_uid"], how="left")
        .select(*_KEY, own_names=pl.concat_str("names", "agency_names", separator="; ", ignore_nulls=True))
        for kind in OWN_RECORD_KINDS
    ).unique(_KEY)


def _named_by_words(texts: pl.DataFrame, parameters: ValidateParameters) -> pl.DataFrame:
    """Return `row`, `passage` and `person` of every passage in which words say that a name follows."""
    titles, leads = "|".join(parameters.person_titles), "|".join(parameters.person_lead_words)
    # "Dr." is a drive as often as a doctor: only after a word or a mark that no street name ends with.
    doctor = r"(?:^|[.,;:(] ?|\b(?:by|with|for|to|contact|call|see|and|from|of) )Dr\."
    addressed = rf"(?:\b(?:{titles})\.?|{doctor}) {_INITIAL}{_PART}(?: {_INITIAL}{_PART}){{0,4}}"
    led = rf"(?:^|[^-\p{{L}}])(?i:{leads})(?::|,| is| -)? {_FULL_NAME}(?: {_PART})?"
    followed = rf"{_FULL_NAME}, (?:\p{{Lu}}\p{{Ll}}+ )?(?i:{'|'.join(parameters.person_positions)})\b"
    found = []
    for pattern, person in (
        (addressed, rf"({_PART}(?: {_INITIAL}{_PART})*)$"),
        (led, rf"({_FULL_NAME}(?: {_PART})?)$"),
        (followed, rf"^({_FULL_NAME}),"),
    ):
        passages = (
            texts.filter(pl.col("text").str.contains(pattern))
            .select("row", passage=pl.col("text").str.extract_all(pattern))
            .explode("passage")
        )
        found.append(passages.with_columns(person=pl.col("passage").str.extract(person, 1)).drop_nulls())
    tidy = pl.col("passage").str.strip_chars(" \t\r\n.,;:()")
    return pl.concat(found).filter(~is_office(pl.col("person"), parameters)).with_columns(passage=tidy)


def _known_persons(subjects: Subjects, parameters: ValidateParameters) -> pl.DataFrame:
    """Return one row per record and known person, with whether the person is nobody's to see."""
    contacts = subjects.owned["contact"].select(
        "center_id",
        kind="owner_kind",
        record_uid="owner_uid",
        person=pl.col("name").str.strip_chars(),
        is_hidden="is_private",
    )
    verifiers = [
        subjects.records[kind].select(
            *_KEY, person=pl.col("verified_by").str.strip_chars(), is_hidden=pl.lit(value=True)
        )
        for kind in OWN_RECORD_KINDS
    ]
    persons = pl.concat([contacts, *verifiers]).drop_nulls("person")
    persons = persons.filter(pl.col("person").str.contains(_PERSON), ~is_office(pl.col("person"), parameters))
    # Whoever is a public contact of the record is no secret, though he may have verified it as well.
    return persons.group_by(*_KEY, "person").agg(pl.col("is_hidden").all())


def is_office(person: pl.Expr, parameters: ValidateParameters) -> pl.Expr:
    """Return whether a text that looks like a person's name is an office, a place or an agency; null for null."""
    return person.str.contains(rf"(?i)\b(?:{'|'.join(parameters.not_person_words)})s?\b")


def _holds_any(named: pl.DataFrame) -> pl.Series:
    """Return whether the passage holds one of the hidden persons of its record."""
    held = (
        named.with_row_index("place")
        .select("place", "passage", "hidden")
        .explode("hidden", empty_as_null=True)
        .filter(pl.col("passage").str.contains(pl.col("hidden"), literal=True))
        .get_column("place")
        .unique()
    )
    return named.with_row_index("place").select(holds_hidden=pl.col("place").is_in(held.implode())).to_series()
