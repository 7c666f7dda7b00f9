"""Entities from a directory: one per delivered agency of every center, with all that its sites and services tell about it."""

from __future__ import annotations

from collections.abc import Callable

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
from schemas.directory import Directory
from schemas.enumerations import Origin, RecordKind
from schemas.match_parameters import MatchParameters

_OWNER = ("center_id", "owner_kind", "owner_uid")


def entities_of_directory(directory: Directory, *, parameters: MatchParameters) -> Entities:
    """Return the delivered agencies of the directory, active or not, as entities.

    Phones, e-mails, websites, addresses and taxonomy codes of an agency's sites and services count as its own, marked
    `is_own = false` where the agency record itself does not carry them. Rows whose agency is missing from the export take no part.

    Args:
        directory: The canonical tables of one or many centers.
        parameters: Shared hosts.
    """
    entity = _agencies(directory)
    owner = _owners(directory, entity=entity)
    return Entities(
        entity=entity,
        name=_names(directory, entity=entity),
        contact=_contacts(directory, owner=owner, parameters=parameters),
        place=_places(directory, owner=owner),
        code=_codes(directory, owner=owner),
        program=_programs(directory, owner=owner),
    )


def _agencies(directory: Directory) -> pl.DataFrame:
    """Number the delivered agencies and point each to its parent."""
    agency = (
        directory.agency.filter(pl.col("origin") == Origin.DELIVERED)
        .unique(["center_id", "record_uid"], keep="any")
        .sort("center_id", "record_uid")
        .with_row_index("entity")
    )
    numbers = agency.select("center_id", pl.col("record_uid").alias("parent_uid"), pl.col("entity").alias("parent"))
    parent_name = pl.coalesce("parent_uid", "parent_native_id")
    agency = agency.join(numbers, on=["center_id", "parent_uid"], how="left", maintain_order="left").with_columns(
        # An agency may name itself as its parent: that is no parent.
        parent=pl.when(pl.col("parent") != pl.col("entity")).then("parent"),
        parent_key=pl.when(parent_name.is_not_null() & (parent_name != pl.col("record_uid"))).then(
            pl.concat_str("center_id", parent_name, separator="|")
        ),
        uid=pl.col("record_uid"),
    )
    return frame_of(agency, ENTITY_SCHEMA).sort("entity")


def _owners(directory: Directory, *, entity: pl.DataFrame) -> pl.DataFrame:
    """Return for every record its agency's number and whether what it tells must not be shown."""
    records = directory.records().select(
        "center_id",
        pl.col("kind").alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        "agency_uid",
        "is_confidential_place",
        is_withheld=pl.col("withheld_reason").is_not_null(),
    )
    hidden = records.filter(
        (pl.col("owner_kind") == RecordKind.AGENCY) & (pl.col("is_confidential_place") | pl.col("is_withheld"))
    ).select(
        "center_id",
        pl.col("owner_uid").alias("agency_uid"),
        is_agency_confidential="is_confidential_place",
        is_agency_hidden=pl.lit(value=True),
    )
    private_sites = directory.site.filter(pl.col("is_address_private")).select(
        "center_id",
        pl.col("kind").alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        is_site_private=pl.lit(True),
    )
    numbers = entity.select("center_id", pl.col("uid").alias("agency_uid"), "entity")
    return (
        records.with_columns(
            agency_uid=pl.when(pl.col("owner_kind") == RecordKind.AGENCY).then("owner_uid").otherwise("agency_uid")
        )
        .join(numbers, on=["center_id", "agency_uid"], how="inner", maintain_order="left")
        .join(hidden.unique(), on=["center_id", "agency_uid"], how="left", maintain_order="left")
        .join(private_sites.unique(), on=list(_OWNER), how="left", maintain_order="left")
        .select(
            *_OWNER,
            "entity",
            is_own=pl.col("owner_kind") == RecordKind.AGENCY,
            is_place_private=pl.col("is_confidential_place")
            | pl.col("is_agency_confidential").fill_null(False)
            | pl.col("is_site_private").fill_null(False),
            # As in findings: what a withheld record or a confidential place can be reached by is not shown either.
            is_contact_private=pl.col("is_confidential_place")
            | pl.col("is_withheld")
            | pl.col("is_agency_hidden").fill_null(False),
        )
        .unique(list(_OWNER), keep="any")
        .with_columns(_owner_hash())
    )


def _with_owner(rows: pl.DataFrame, owner: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that belong to an agency, with `entity`, `is_own`, `is_place_private` and `is_contact_private` of their owner.

    Joined by a hash of the owner's uid: three texts as keys take most of the time of a large directory. All three are compared behind
    it, so that two uids with one hash, or one uid in two centers, do no harm.
    """
    found = rows.with_columns(_owner_hash()).join(
        owner.rename({name: f"__{name}" for name in _OWNER}), on="__hash", how="inner"
    )
    is_same = found.select(pl.all_horizontal(pl.col(name) == pl.col(f"__{name}") for name in _OWNER)).to_series()
    return (found if is_same.all() else found.filter(is_same)).drop("__hash", *(f"__{name}" for name in _OWNER))


def _owner_hash() -> pl.Expr:
    return pl.col("owner_uid").hash().alias("__hash")


def _names(directory: Directory, *, entity: pl.DataFrame) -> pl.DataFrame:
    """Return the name and the also-known-as names of the agencies."""
    agency = directory.agency.select("center_id", pl.col("record_uid").alias("uid"), "name", "name_key", "aka").join(
        entity.select("entity", "center_id", "uid"), on=["center_id", "uid"], how="inner"
    )
    main = agency.select("entity", shown="name", text=pl.coalesce("name_key", "name"), is_main=pl.lit(True))
    other = agency.select("entity", shown="aka", is_main=pl.lit(False)).explode("shown").with_columns(text="shown")
    names = pl.concat([main, other.select(main.columns)]).filter(pl.col("text").is_not_null())
    return frame_of(names, NAME_SCHEMA)


def _contacts(directory: Directory, *, owner: pl.DataFrame, parameters: MatchParameters) -> pl.DataFrame:
    """Return phones, e-mail addresses, own domains and employer numbers.

    Every kind is brought down to one row per agency and value before the next is made of it: a large agency repeats its switchboard
    and its website on each of its services.
    """
    records = pl.concat(
        [
            table.filter(pl.col("email").is_not_null() | pl.col("url_domain_key").is_not_null()).select(
                "center_id",
                pl.col("kind").alias("owner_kind"),
                pl.col("record_uid").alias("owner_uid"),
                "email",
                "url_domain_key",
            )
            for table in (directory.agency, directory.site, directory.service, directory.service_at_site)
        ]
    ).pipe(_with_owner, owner)
    phone = (
        directory.phone.filter(pl.col("e164").is_not_null())
        .select(*_OWNER, "e164", "number_written", "is_private")
        .pipe(_with_owner, owner)
        .select(
            "entity",
            "is_own",
            key=pl.col("e164").str.strip_prefix("+"),
            shown="number_written",
            is_private=pl.col("is_private") | pl.col("is_contact_private"),
        )
    )
    email = pl.concat(
        [
            records.select("entity", "is_own", "email", is_private="is_contact_private"),
            directory.contact.filter(pl.col("email").is_not_null())
            .select(*_OWNER, "email", "is_private")
            .pipe(_with_owner, owner)
            .select("entity", "is_own", "email", is_private=pl.col("is_private") | pl.col("is_contact_private")),
        ]
    ).drop_nulls("email")
    email = _strongest(
        email.select("entity", "is_own", "is_private", key=pl.col("email").str.to_lowercase(), shown="email"),
        by=["entity", "key"],
    )
    hosts = pl.concat(
        [
            records.select("entity", "is_own", is_private="is_contact_private", host="url_domain_key"),
            email.select("entity", "is_own", "is_private", host=pl.col("key").str.extract(r"@(.+)$", 1)),
        ]
    ).drop_nulls("host")
    hosts = _strongest(hosts, by=["entity", "host"])
    domain = hosts.join(
        own_domains(hosts["host"], shared=parameters.hosts), on="host", how="inner", maintain_order="left"
    ).drop_nulls("domain")
    ein = (
        directory.agency.filter(pl.col("ein").is_not_null())
        .select("center_id", pl.col("kind").alias("owner_kind"), pl.col("record_uid").alias("owner_uid"), key="ein")
        .pipe(_with_owner, owner)
        .select("entity", "is_own", "key", shown="key", is_private=pl.lit(False))
    )
    parts = {
        "phone": _strongest(phone, by=["entity", "key"]),
        "email": email,
        "domain": _strongest(
            domain.select("entity", "is_own", "is_private", key="domain", shown="domain"), by=["entity", "key"]
        ),
        "ein": _strongest(ein, by=["entity", "key"]),
    }
    columns = [pl.col(name).cast(dtype) for name, dtype in CONTACT_SCHEMA.items()]
    return pl.concat(
        [
            part.with_columns(signal=pl.lit(signal)).select(columns).sort("entity", "key")
            for signal, part in sorted(parts.items())
        ]
    )


def _places(directory: Directory, *, owner: pl.DataFrame) -> pl.DataFrame:
    """Return the addresses of the agencies, their sites and their services."""
    places = directory.address.select(
        *_OWNER, "line1", "city", "postal_code", "house_number_key", "address_key", "is_private"
    ).pipe(_with_owner, owner)
    # What an agency repeats on its sites and services is brought to comparison form once.
    written = ["entity", "line1", "city", "postal_code", "house_number_key", "address_key"]
    places = _strongest(
        places.select(*written, "is_own", is_private=pl.col("is_private") | pl.col("is_place_private")), by=written
    )
    places = (
        places.join(
            _distinct(places["line1"], "street", street_of),
            on="line1",
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(
            _distinct(places["city"], "city_form", city_of),
            on="city",
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(
            _distinct(places["postal_code"], "zip", postal_code_of),
            on="postal_code",
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .select(
            "entity",
            "address_key",
            "street",
            "is_private",
            "is_own",
            house_number="house_number_key",
            city="city_form",
            postal_code="zip",
            shown=pl.concat_str("line1", "city", "postal_code", separator=", ", ignore_nulls=True),
        )
        .filter(pl.any_horizontal(pl.col("street", "city", "postal_code", "address_key").is_not_null()))
    )
    by = ["entity", "house_number", "street", "city", "postal_code"]
    columns = [pl.col(name).cast(dtype) for name, dtype in PLACE_SCHEMA.items()]
    return _strongest(places, by=by).select(columns).sort(by, nulls_last=True)


def _distinct(values: pl.Series, name: str, form: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Return the distinct values beside their comparison form, made once for each."""
    return pl.DataFrame(values.unique()).with_columns(form(pl.col(values.name)).alias(name))


def _codes(directory: Directory, *, owner: pl.DataFrame) -> pl.DataFrame:
    """Return the service codes with which the agency, its sites or its services are indexed."""
    links = directory.taxonomy_link.select(*_OWNER, "code")
    return frame_of(links.pipe(_with_owner, owner), CODE_SCHEMA)


def _programs(directory: Directory, *, owner: pl.DataFrame) -> pl.DataFrame:
    """Return the names of the services."""
    services = directory.service.select(
        "center_id",
        pl.col("kind").alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        pl.col("name").alias("shown"),
        pl.coalesce("name_key", "name").alias("text"),
    ).drop_nulls("text")
    return frame_of(services.pipe(_with_owner, owner), PROGRAM_SCHEMA)


def _strongest(rows: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Keep one row per value: own if any is own, private if any is private; of several texts the first in order."""
    flags = ("is_own", "is_private")
    others = [name for name in rows.columns if name not in by and name not in flags]
    # Most rows repeat another in every column: dropping those first leaves little to put in order.
    return (
        rows.group_by([*by, *others])
        .agg(pl.col(name).any() for name in flags)
        .group_by(by)
        .agg(*(pl.col(name).min() for name in others), *(pl.col(name).any() for name in flags))
        if others
        else rows.group_by(by).agg(pl.col(name).any() for name in flags)
    )
