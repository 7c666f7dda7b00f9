"""Entities from a directory: one per delivered agency of every center, with all that its sites and services tell about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipeline.match.domains import own_domains
from pipeline.match.entities import (
    CODE_SCHEMA,
    CONTACT_SCHEMA,
    ENTITY_SCHEMA,
    NAME_SCHEMA,
    PLACE_SCHEMA,
    PROGRAM_SCHEMA,
    Entities,
    frame_of,
)
from pipeline.match.places import city_of, postal_code_of, street_of
from pipeline.match.side_by_side import side_by_side
from schemas.directory import Directory
from schemas.enumerations import Origin, RecordKind
from schemas.match_parameters import MatchParameters


def entities_of_directory(directory: Directory, *, parameters: MatchParameters) -> Entities:
    """Return the delivered agencies of the directory, active or not, as entities.

    Phones, e-mails, websites, addresses and taxonomy codes of an agency's sites and services count as its own, marked
    `is_own = false` where the agency record itself does not carry them. Rows whose agency is missing from the export take no part.

    Args:
        directory: The canonical tables of one or many centers; the columns `MATCH_COLUMNS` are enough.
        parameters: Shared hosts.
    """
    entity = _agencies(directory)
    owners = _owners(directory, entity=entity)
    others, (phone, name, place) = side_by_side(
        lambda: _other_contacts(directory, owners=owners, parameters=parameters),
        lambda: (
            _phones(directory, owners=owners),
            _names(directory, entity=entity),
            _places(directory, owners=owners),
        ),
    )
    return Entities(
        entity=entity,
        name=name,
        contact=pl.concat([others, phone]),
        place=place,
        code=_codes(directory, owners=owners),
        program=_programs(directory, owners=owners),
    )


def _agencies(directory: Directory) -> pl.DataFrame:
    """Number the delivered agencies and point each to its parent."""
    agency = (
        directory.agency.filter(pl.col("origin") == Origin.DELIVERED)
        .select("center_id", "record_uid", "name", "status", "parent_uid", "parent_native_id")
        .unique(["center_id", "record_uid"], keep="any")
        .sort("center_id", "record_uid")
        .with_row_index("entity")
    )
    numbers = agency.select("center_id", pl.col("record_uid").alias("parent_uid"), pl.col("entity").alias("parent"))
    parents = (
        agency.select("entity", "center_id", "parent_uid")
        .drop_nulls("parent_uid")
        .join(numbers, on=["center_id", "parent_uid"], how="inner")
        # An agency may name itself as its parent: that is no parent.
        .filter(pl.col("parent") != pl.col("entity"))
        .select("entity", "parent")
    )
    parent_name = pl.coalesce("parent_uid", "parent_native_id")
    numbered = agency.join(parents, on="entity", how="left", maintain_order="left").with_columns(
        parent_key=pl.when(parent_name.is_not_null() & (parent_name != pl.col("record_uid"))).then(
            pl.concat_str("center_id", parent_name, separator="|")
        ),
        uid=pl.col("record_uid"),
    )
    return numbered.select(pl.col(name).cast(dtype) for name, dtype in ENTITY_SCHEMA.items())


@dataclass(frozen=True, kw_only=True)
class _Owners:
    """Whose the records are, and whether what they tell must not be shown.

    Attributes:
        record: For every kind of record its rows in their order: `entity` (null without an agency among the entities), `is_own`,
            `is_place_private`, `is_contact_private`.
        numbered: The records of an agency among the entities, by `owner` (see `_number_of`), with the same columns.
    """

    record: dict[str, pl.DataFrame]
    numbered: pl.DataFrame

    def of_records(self, directory: Directory, **columns: str | pl.Expr) -> pl.LazyFrame:
        """Return columns of the records of all kinds that belong to an agency, with the columns above; the first is never null."""
        first = next(iter(columns))
        tables = directory.tables()
        parts = [
            pl.concat([tables[kind].select(**columns), owner], how="horizontal") for kind, owner in self.record.items()
        ]
        return pl.concat([part.lazy() for part in parts]).drop_nulls([first, "entity"])

    def of_rows(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Return the rows (with `owner`) whose record belongs to an agency, with the columns above."""
        return rows.join(self.numbered.lazy(), on="owner", how="inner").drop("owner")


def _owners(directory: Directory, *, entity: pl.DataFrame) -> _Owners:
    """Find the agency of every record."""
    agency_of = {"agency": "record_uid", "site": "agency_uid", "service": "agency_uid", "service_at_site": "agency_uid"}
    records = pl.concat(
        [
            getattr(directory, kind).select(
                _RECORD,
                agency=_number_of("center_id", pl.lit(RecordKind.AGENCY.value), uid),
                is_own=pl.lit(kind == "agency"),
                is_confidential="is_confidential_place",
                is_withheld=pl.col("withheld_reason").is_not_null(),
                is_private="is_address_private" if kind == "site" else pl.lit(value=False),
            )
            for kind, uid in agency_of.items()
        ]
    )
    # A record that stands twice is as private as either row says.
    if records["owner"].n_unique() < records.height:
        flags = pl.col("is_confidential", "is_withheld", "is_private")
        records = records.with_columns(flags.any().over("owner"))
    numbers = entity.select("entity", agency=_number_of("center_id", pl.lit(RecordKind.AGENCY.value), "uid"))
    hidden = (
        records.filter(pl.col("is_own") & (pl.col("is_confidential") | pl.col("is_withheld")))
        .select("agency", is_agency_confidential="is_confidential", is_agency_hidden=pl.lit(value=True))
        .unique("agency")
    )
    agency = numbers.join(hidden, on="agency", how="left").with_columns(
        pl.col("is_agency_confidential", "is_agency_hidden").fill_null(value=False)
    )
    owned = records.join(agency, on="agency", how="left", maintain_order="left").select(
        "owner",
        "entity",
        "is_own",
        is_place_private=pl.col("is_confidential") | pl.col("is_agency_confidential") | pl.col("is_private"),
        # As in findings: what a withheld record or a confidential place can be reached by is not shown either.
        is_contact_private=pl.col("is_confidential") | pl.col("is_withheld") | pl.col("is_agency_hidden"),
    )
    sizes = [getattr(directory, kind).height for kind in agency_of]
    begins = [sum(sizes[:place]) for place in range(len(sizes))]
    return _Owners(
        record={
            kind: owned.drop("owner").slice(begin, size)
            for kind, begin, size in zip(agency_of, begins, sizes, strict=True)
        },
        numbered=owned.filter(pl.col("entity").is_not_null()),
    )


def _number_of(center: str, kind: str | pl.Expr, uid: str) -> pl.Expr:
    """Return one number for center, kind and uid of a record: null without a uid.

    Joining by three texts takes most of the time of a large directory. Two of a million records get one number by chance once in
    some ten million directories.
    """
    kind = pl.col(kind) if isinstance(kind, str) else kind
    number = pl.col(uid).hash(seed=1) ^ pl.col(center).hash(seed=2) ^ kind.hash(seed=3)
    return pl.when(pl.col(uid).is_not_null()).then(number)


#: Number of the record that a row belongs to, and of the record that a row is.
_OWNER = _number_of("center_id", "owner_kind", "owner_uid").alias("owner")
_RECORD = _number_of("center_id", "kind", "record_uid").alias("owner")


def _names(directory: Directory, *, entity: pl.DataFrame) -> pl.DataFrame:
    """Return the name and the also-known-as names of the agencies."""
    agency = directory.agency.select("center_id", pl.col("record_uid").alias("uid"), "name", "name_key", "aka").join(
        entity.select("entity", "center_id", "uid"), on=["center_id", "uid"], how="inner"
    )
    main = agency.select("entity", shown="name", text=pl.coalesce("name_key", "name"), is_main=pl.lit(True))
    other = (
        agency.select("entity", shown="aka", is_main=pl.lit(False))
        .explode("shown", keep_nulls=False, empty_as_null=False)
        .with_columns(text="shown")
    )
    names = pl.concat([main, other.select(main.columns)]).filter(pl.col("text").is_not_null())
    return frame_of(names, NAME_SCHEMA)


def _phones(directory: Directory, *, owners: _Owners) -> pl.DataFrame:
    """Return the phones, one row per agency and number."""
    phone = owners.of_rows(
        directory.phone.lazy()
        .filter(pl.col("e164").is_not_null())
        .select(_OWNER, "is_private", key=pl.col("e164").str.strip_prefix("+"), shown="number_written")
    ).select("entity", "key", "shown", "is_own", is_private=pl.col("is_private") | pl.col("is_contact_private"))
    return _signal(_strongest(phone, by=["entity", "key"]), "phone")


def _other_contacts(directory: Directory, *, owners: _Owners, parameters: MatchParameters) -> pl.DataFrame:
    """Return employer numbers, e-mail addresses and own domains, one row per agency and value.

    Every kind is brought down to one row per agency and value before the next is made of it: a large agency repeats its switchboard
    and its website on each of its services.
    """
    contact = owners.of_rows(
        directory.contact.lazy().filter(pl.col("email").is_not_null()).select(_OWNER, "email", "is_private")
    )
    email = pl.concat(
        [
            owners.of_records(directory, email="email").select(
                "entity", "is_own", "email", is_private="is_contact_private"
            ),
            contact.select("entity", "is_own", "email", is_private=pl.col("is_private") | pl.col("is_contact_private")),
        ]
    )
    emails = _strongest(
        email.select("entity", "is_own", "is_private", key=pl.col("email").str.to_lowercase(), shown="email"),
        by=["entity", "key"],
    )
    hosts = pl.concat(
        [
            owners.of_records(directory, host="url_domain_key").select(
                "entity", "is_own", "host", is_private="is_contact_private"
            ),
            emails.lazy().select(
                "entity",
                "is_own",
                host=pl.col("key").str.splitn("@", 2).struct.field("field_1"),
                is_private="is_private",
            ),
        ]
    ).drop_nulls("host")
    host = _strongest(hosts, by=["entity", "host"])
    domain = host.join(own_domains(host["host"], shared=parameters.hosts), on="host", how="inner").drop_nulls("domain")
    ein = (
        pl.concat([directory.agency.select(key="ein"), owners.record["agency"]], how="horizontal")
        .lazy()
        .drop_nulls(["key", "entity"])
        .select("entity", "is_own", "key", shown="key", is_private=pl.lit(value=False))
    )
    domains = _strongest(
        domain.lazy().select("entity", "is_own", "is_private", key="domain", shown="domain"), by=["entity", "key"]
    )
    eins = _strongest(ein, by=["entity", "key"])
    return pl.concat([_signal(domains, "domain"), _signal(eins, "ein"), _signal(emails, "email")])


def _signal(rows: pl.DataFrame, signal: str) -> pl.DataFrame:
    """Return the rows as contacts of one signal, in order."""
    columns = [pl.col(name).cast(dtype) for name, dtype in CONTACT_SCHEMA.items()]
    return rows.with_columns(signal=pl.lit(signal)).select(columns).sort("entity", "key")


def _places(directory: Directory, *, owners: _Owners) -> pl.DataFrame:
    """Return the addresses of the agencies, their sites and their services."""
    # What an agency repeats on its sites and services is brought to comparison form once.
    written = ["line1", "city", "postal_code", "house_number_key", "address_key"]
    rows = owners.of_rows(directory.address.lazy().select(_OWNER, *written, "is_private"))
    places = _strongest(
        rows.select("entity", *written, "is_own", is_private=pl.col("is_private") | pl.col("is_place_private")),
        by=["entity", *written],
    )
    # The form leaves the house number out: put alike, a street is brought to it once for all its houses.
    places = places.with_columns(line=pl.col("line1").str.replace(r"^[0-9]+ ", "1 "))
    forms = {"line": ("street", street_of), "city": ("city_form", city_of), "postal_code": ("zip", postal_code_of)}
    for column, (name, form) in forms.items():
        places = places.join(
            _distinct(places[column], name, form), on=column, how="left", nulls_equal=True, maintain_order="left"
        )
    places = places.select(
        "entity",
        "address_key",
        "street",
        "is_private",
        "is_own",
        house_number="house_number_key",
        city="city_form",
        postal_code="zip",
        shown=pl.concat_str("line1", "city", "postal_code", separator=", ", ignore_nulls=True),
    ).filter(pl.any_horizontal(pl.col("street", "city", "postal_code", "address_key").is_not_null()))
    by = ["entity", "house_number", "street", "city", "postal_code"]
    columns = [pl.col(name).cast(dtype) for name, dtype in PLACE_SCHEMA.items()]
    return _strongest(places.lazy(), by=by).select(columns).sort(by, nulls_last=True)


def _distinct(values: pl.Series, name: str, form: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Return the distinct values beside their comparison form, made once for each."""
    return pl.DataFrame(values.unique()).with_columns(form(pl.col(values.name)).alias(name))


def _codes(directory: Directory, *, owners: _Owners) -> pl.DataFrame:
    """Return the service codes with which the agency, its sites or its services are indexed, in no order."""
    links = owners.of_rows(directory.taxonomy_link.lazy().select(_OWNER, "code"))
    return links.select(*CODE_SCHEMA).collect(engine="streaming")


def _programs(directory: Directory, *, owners: _Owners) -> pl.DataFrame:
    """Return the names of the services, in no order."""
    named = directory.service.select(shown="name", text=pl.coalesce("name_key", "name"))
    services = pl.concat([named, owners.record["service"]], how="horizontal").drop_nulls(["text", "entity"])
    return services.select(*PROGRAM_SCHEMA)


def _strongest(rows: pl.LazyFrame, *, by: list[str]) -> pl.DataFrame:
    """Keep one row per value: own if any is own, private if any is private; of several texts the first in order."""
    flags = ("is_own", "is_private")
    others = [name for name in rows.collect_schema() if name not in by and name not in flags]
    kept = rows.group_by(by).agg(*(pl.col(name).min() for name in others), *(pl.col(name).any() for name in flags))
    return kept.collect(engine="streaming")
