"""No finding shows a private value: what a rule quotes is withheld when a private phone, e-mail, street or name stands in it.

A flag hides a cell, but people repeat in a description what the flag of another cell keeps back. So every value that a finding
would show is held against the private values of its center, in any spelling (`schemas.private_values`); and where the whole text
holds one, nothing of it is quoted, because a passage may begin or end in the middle of a number or a street.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from pipeline.validate.persons import is_office
from pipeline.validate.private_contact_points import private_emails, private_phones
from pipeline.validate.subjects import KINDS, Subjects
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters
from schemas.private_values import (
    PrivateValues,
    find_kinds,
    name_patterns,
    street_patterns,
    suspect_cells,
)

_KEY = ("center_id", "kind", "record_uid", "field")
#: Rules that quote a part of a longer text.
_QUOTES_A_PART = r"^STY-|^(?:PRV-005|FMT-060)$"
#: Letters of the shortest surname that is searched with a form of address or an initial.
_SHORTEST_SURNAME = 3


def hide_private_passages(
    failures: pl.DataFrame, *, subjects: Subjects, parameters: ValidateParameters
) -> pl.DataFrame:
    """Return the failures with `is_private` set where the value, or the text it is taken from, holds a private value.

    Args:
        failures: Rows of `FAILURE_SCHEMA`.
        subjects: The records, with all that says what is private.
        parameters: Forms of address and words that no person's name holds.
    """
    shown = failures.filter(~pl.col("is_private"), pl.col("value").is_not_null())
    parts = [failures.clear().select("center_id", text="value")]
    sources = _source_texts(shown.filter(pl.col("rule_id").str.contains(_QUOTES_A_PART)), subjects)
    asked = pl.concat([shown.select("center_id", text="value"), sources.select("center_id", "text")]).unique()
    for (center_id,), texts in asked.partition_by("center_id", as_dict=True).items():
        values = collect_private_values(subjects, center_id=str(center_id), parameters=parameters)
        parts.append(_holding(texts, values))
    private = pl.concat(parts)
    if private.is_empty():
        return failures
    holding = private.with_columns(holds=pl.lit(value=True))
    quoted = (
        sources.join(private, on=["center_id", "text"]).select(_KEY).unique().with_columns(is_of=pl.lit(value=True))
    )
    is_part = pl.col("rule_id").str.contains(_QUOTES_A_PART) & pl.col("is_of").fill_null(value=False)
    return (
        failures.join(
            holding, left_on=["center_id", "value"], right_on=["center_id", "text"], how="left", maintain_order="left"
        )
        .join(quoted, on=list(_KEY), how="left", maintain_order="left")
        .with_columns(is_private=pl.col("is_private") | pl.col("holds").fill_null(value=False) | is_part)
        .select(failures.columns)
    )


def collect_private_values(subjects: Subjects, *, center_id: str, parameters: ValidateParameters) -> PrivateValues:
    """Return what must not be shown of a center: flagged cells, contact data of withheld records, verifiers, secret places.

    What the center publishes itself in another record is no secret, with one exception: the street of a confidential place.

    Args:
        subjects: The records, with all that says what is private.
        center_id: The center.
        parameters: Forms of address and words that no person's name holds.
    """
    mine = pl.col("center_id") == center_id
    owned = {name: subjects.owned[name].filter(mine) for name in ("phone", "address", "contact")}
    records = {kind: subjects.records[kind].filter(mine) for kind in KINDS}
    phones, vanity = _private_phones(owned)
    return PrivateValues(
        phones=phones,
        vanity=vanity,
        emails=_private_emails(owned["contact"], records),
        streets=_private_streets(owned["address"], records),
        names=_private_names(owned["contact"], records, parameters),
    )


def _source_texts(quoted: pl.DataFrame, subjects: Subjects) -> pl.DataFrame:
    """Return the whole texts from which passages are taken: the key of the failure and `text`; several rows per key at most."""
    keys = quoted.select(_KEY).unique()
    parts = [keys.clear().with_columns(text=pl.lit(None, dtype=pl.String))]
    for (kind, field), wanted in keys.partition_by("kind", "field", as_dict=True).items():
        frame = subjects.records.get(str(kind), pl.DataFrame())
        if frame.schema.get(str(field)) == pl.String:
            text = frame.select("center_id", "kind", "record_uid", text=str(field))
            parts.append(wanted.join(text, on=["center_id", "kind", "record_uid"]).select(*_KEY, "text"))
    labels = [
        subjects.owned["phone"].select(
            "center_id",
            kind="owner_kind",
            record_uid="owner_uid",
            field=pl.format("phone.{}.{}", pl.lit(name), "slot"),
            text=name,
        )
        for name in ("label", "note")
    ]
    notes = subjects.notes.select(*_KEY, text="value_written")
    parts += [keys.join(each, on=list(_KEY)).select(*_KEY, "text") for each in (*labels, notes)]
    return pl.concat(parts).drop_nulls("text").unique()


def _holding(texts: pl.DataFrame, values: PrivateValues) -> pl.DataFrame:
    """Return the texts that hold a private value: a quick look at all, a close one at the suspects."""
    return texts.filter(pl.col("text").is_in(list(find_kinds(texts.get_column("text"), values))))


def _private_phones(owned: dict[str, pl.DataFrame]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the private numbers by their digits, and those written with letters."""
    said = {"hidden": _is_hidden(), "public": _is_public()}
    nothing = pl.lit(None, dtype=pl.String)
    return private_phones(
        pl.concat(
            [
                owned["phone"].select("e164", written="number_written", **said),
                owned["contact"].select(e164=nothing, written="phone", **said),
            ]
        )
    )


def _private_emails(contacts: pl.DataFrame, records: dict[str, pl.DataFrame]) -> frozenset[str]:
    """Return the private addresses; those of verifiers are internal always. The search knows how people write the sign @."""
    tables = list(records.values())
    public_record = pl.col("is_counted") & ~pl.col("is_withheld")
    hidden = [
        contacts.filter(_is_hidden())["email"],
        *(table.filter("is_withheld")[name].rename("email") for table in tables for name in ("email", "email_written")),
        *(table["verified_by_email"].rename("email") for table in tables),
    ]
    public = [contacts.filter(_is_public())["email"], *(table.filter(public_record)["email"] for table in tables)]
    return private_emails(pl.concat(hidden), public=pl.concat(public))


def _private_streets(addresses: pl.DataFrame, records: dict[str, pl.DataFrame]) -> frozenset[str]:
    """Return the spellings of private streets."""
    sites = records[RecordKind.SITE]
    secret_sites = _secret_sites(records)
    is_at_secret = pl.struct("owner_kind", "owner_uid").is_in(secret_sites.implode())
    flagged = (
        pl.col("is_private") | pl.col("is_flagged_private").fill_null(value=False) | pl.col("owner_is_withheld")
    ).fill_null(value=True)
    is_secret = pl.col("owner_is_confidential").fill_null(value=True) | is_at_secret
    secret_site = pl.struct(owner_kind="kind", owner_uid="record_uid").is_in(secret_sites.implode())
    rows = pl.concat(
        [
            addresses.select("line1", secret=is_secret, flagged=flagged, public=pl.col("owner_is_counted")),
            sites.select(
                "line1",
                secret=secret_site,
                flagged=pl.col("is_address_private") | pl.col("is_withheld"),
                public=pl.col("is_counted"),
            ),
        ]
    )
    hidden = rows.filter(pl.col("flagged") & ~pl.col("secret"))
    public = rows.filter(pl.col("public").fill_null(value=False), ~pl.col("secret"), ~pl.col("flagged"))
    always = _spell(street_patterns, rows.filter("secret")["line1"])
    return always | (_spell(street_patterns, hidden["line1"]) - _spell(street_patterns, public["line1"]))


def _secret_sites(records: dict[str, pl.DataFrame]) -> pl.Series:
    """Return the records that must not be located, with the sites of such agencies and services, as owners."""
    agencies = records[RecordKind.AGENCY].filter("is_confidential_place")["record_uid"].implode()
    services = records[RecordKind.SERVICE].filter("is_confidential_place")["record_uid"].implode()
    links = records[RecordKind.SERVICE_AT_SITE].filter(
        pl.col("is_confidential_place") | pl.col("service_uid").is_in(services)
    )
    site = pl.lit(RecordKind.SITE.value)
    owners = [
        frame.filter("is_confidential_place").select(pl.col("kind"), pl.col("record_uid")) for frame in records.values()
    ]
    owners += [
        records[RecordKind.SITE].filter(pl.col("agency_uid").is_in(agencies)).select("kind", "record_uid"),
        links.select(kind=site, record_uid="site_uid").drop_nulls(),
    ]
    return pl.concat(owners).unique().select(pl.struct(owner_kind="kind", owner_uid="record_uid")).to_series()


def _private_names(
    contacts: pl.DataFrame, records: dict[str, pl.DataFrame], parameters: ValidateParameters
) -> frozenset[str]:
    """Return the names of private contacts and of verifiers, unless an agency, site or service bears that name."""
    persons = [
        contacts.select("name", hidden=_is_hidden(), public=_is_public()),
        *(
            frame.select(name="verified_by", hidden=pl.lit(value=True), public=pl.lit(value=False))
            for frame in records.values()
        ),
    ]
    named = pl.concat(persons).filter(~is_office(pl.col("name"), parameters))
    titles = frozenset(title.lower() for title in (*parameters.person_titles, "Dr"))

    def spell(name: str) -> frozenset[str]:
        return name_patterns(name) | _short_forms(name, titles)

    names = _spell(spell, named.filter("hidden")["name"]) - _spell(spell, named.filter("public")["name"])
    if not names:
        return names
    bearers = pl.concat(frame.select(text="name") for frame in records.values()).unique()
    borne = bearers.filter(suspect_cells("text", PrivateValues(names=names)))["text"].to_list()
    words = pl.DataFrame({"text": [f" {' '.join(_words(text))} " for text in borne]}, schema={"text": pl.String})
    searched = pl.lit(pl.Series(sorted(names))).implode()
    return names - frozenset(
        words.select(pl.col("text").str.extract_many(searched, overlapping=True).list.explode()).to_series().to_list()
    )


def _short_forms(name: str, titles: Iterable[str]) -> frozenset[str]:
    """Return a person's surname behind a form of address, and behind the initial; empty for a single word.

    >>> sorted(_short_forms("Jane Doe", ["ms"]))
    [' j doe ', ' ms doe ']
    """
    first, _, last = name.partition(",")
    words = _words(f"{last} {first}" if last else name)
    if len(words) < 2 or len(words[-1]) < _SHORTEST_SURNAME:
        return frozenset()
    return frozenset(f" {before} {words[-1]} " for before in (*titles, words[0][0]))


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()


def _is_hidden() -> pl.Expr:
    """Return whether a row that belongs to a record must not be shown; a row whose owner is unknown is hidden."""
    return pl.col("is_private") | pl.col("owner_is_withheld").fill_null(value=True)


def _is_public() -> pl.Expr:
    return ~_is_hidden() & pl.col("owner_is_counted").fill_null(value=False)


def _spell(spell: Callable[[str], frozenset[str]], texts: pl.Series) -> frozenset[str]:
    return frozenset(pattern for text in texts.drop_nulls().unique().to_list() for pattern in spell(text))
