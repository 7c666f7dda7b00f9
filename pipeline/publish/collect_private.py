"""Which values of a load are private, and which sites must not be located."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from pipeline.publish.public_records import KEY, Selection, select_public
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.private_values import (
    PrivateValues,
    name_patterns,
    phone_digits,
    place_keys,
    street_patterns,
    suspect_cells,
    vanity_number,
)

_OWNER = ("center_id", "owner_uid")
_STREET = ("line1", "city", "postal_code")


def collect_private_values(directory: Directory, selection: Selection) -> PrivateValues:
    """Return the values that must not be seen in anything that leaves.

    Args:
        directory: The whole load, with everything private in it.
        selection: The verdict on every record; records of other centers than the exported ones are not in it, and their
            values are not asked about.
    """
    places, streets = _private_streets(directory, selection)
    phones, vanity = _private_phones(directory, selection)
    return PrivateValues(
        phones=phones,
        vanity=vanity,
        emails=_private_emails(directory, selection),
        streets=streets,
        places=places,
        names=_private_names(directory, selection),
    )


def load_private_values(directory: Directory, *, findings: pl.DataFrame) -> PrivateValues:
    """Return the values of all centers that must not be seen, for what is shown of a directory beside a package.

    Args:
        directory: The whole load, with everything private in it.
        findings: Finding frame; those of privacy rules that hold a record back make it private.
    """
    return collect_private_values(
        directory, select_public(directory, findings=findings, center_ids=None, withhold=True)
    )


def hidden_sites(directory: Directory, values: PrivateValues) -> pl.DataFrame:
    """Return the sites that must not be located: `center_id`, `record_uid`, `reason`.

    The reasons are `confidential_place` (its own mark, or that of its agency or of a service there), `private_address` (flag)
    and `same_place` (another site at a private address).
    """
    confidential = _confidential_sites(directory).with_columns(pl.lit("confidential_place").alias("reason"))
    flagged = directory.site.filter("is_address_private").select(*KEY, pl.lit("private_address").alias("reason"))
    same = _at_private_place(directory.site, values, key=KEY).with_columns(pl.lit("same_place").alias("reason"))
    return pl.concat([confidential, flagged, same]).unique(KEY, keep="first", maintain_order=True)


def private_addresses(directory: Directory, values: PrivateValues) -> pl.DataFrame:
    """Return the keys of address rows that must not leave: flagged, or at a private address."""
    flagged = directory.address.filter("is_private").select(KEY)
    return pl.concat([flagged, _at_private_place(directory.address, values, key=KEY)]).unique(maintain_order=True)


def _at_private_place(table: pl.DataFrame, values: PrivateValues, *, key: tuple[str, ...]) -> pl.DataFrame:
    rows = table.filter(suspect_cells("line1", PrivateValues(streets=values.streets)))
    is_private = [bool(place_keys(*row) & values.places) for row in rows.select(_STREET).iter_rows()]
    return rows.filter(pl.Series(is_private, dtype=pl.Boolean)).select(key)


def _confidential_sites(directory: Directory) -> pl.DataFrame:
    """Return the keys of sites that are a confidential place, or stand for one: an agency's or a service's there."""
    agencies = directory.agency.filter("is_confidential_place").select("center_id", "agency_uid")
    services = directory.service.filter("is_confidential_place").select(
        "center_id", pl.col("record_uid").alias("service_uid")
    )
    links = directory.service_at_site
    at_services = links.join(services, on=["center_id", "service_uid"], how="semi")
    sites = pl.concat(
        [
            directory.site.filter("is_confidential_place").select(KEY),
            directory.site.join(agencies, on=["center_id", "agency_uid"], how="semi").select(KEY),
            *(
                part.select("center_id", pl.col("site_uid").alias("record_uid"))
                for part in (links.filter("is_confidential_place"), at_services)
            ),
        ]
    )
    return sites.drop_nulls().unique(maintain_order=True)


def _private_streets(directory: Directory, selection: Selection) -> tuple[frozenset[str], frozenset[str]]:
    """Return the private places and the spellings of their streets."""
    sites, addresses = directory.site, directory.address
    confidential = _confidential_sites(directory)
    secret = [
        sites.join(confidential, on=list(KEY), how="semi"),
        addresses.join(confidential_owners(directory), on=[*_OWNER, "owner_kind"], how="semi"),
    ]
    private = selection.private()
    owners = private.rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    private_sites = private.filter(pl.col("kind") == RecordKind.SITE)
    flagged = [
        sites.filter("is_address_private"),
        sites.join(private_sites, on=list(KEY), how="semi"),
        addresses.filter("is_private"),
        addresses.join(owners, on=[*_OWNER, "owner_kind"], how="semi"),
    ]
    secret_rows = _distinct(secret, _STREET)
    flagged_rows = _distinct(flagged, _STREET)
    spellings = _patterns(street_patterns, [row[0] for row in [*secret_rows, *flagged_rows]])
    public = _public_places(directory, selection, spellings=spellings, hidden=[*secret, *flagged])
    always = _places(secret_rows)
    kept = [row for row in flagged_rows if not place_keys(*row) & (public - always)]
    places = always | _places(kept)
    return places, _patterns(street_patterns, [row[0] for row in [*secret_rows, *kept]])


def confidential_owners(directory: Directory) -> pl.DataFrame:
    """Return `center_id`, `owner_uid`, `owner_kind` of every record that is, or stands for, a confidential place."""
    sites = _confidential_sites(directory)
    marked = [
        table.filter("is_confidential_place").select("center_id", pl.col("record_uid").alias("owner_uid"), "kind")
        for table in (directory.agency, directory.service, directory.service_at_site)
    ]
    places = sites.select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.lit(str(RecordKind.SITE)).alias("kind")
    )
    return pl.concat([*marked, places]).rename({"kind": "owner_kind"})


def _public_places(
    directory: Directory, selection: Selection, *, spellings: frozenset[str], hidden: list[pl.DataFrame]
) -> frozenset[str]:
    """Return the places that records which leave give away themselves, as far as they look like a private one."""
    hidden_keys = pl.concat([rows.select(KEY) for rows in hidden]).unique()
    sites = directory.site.join(selection.leaving("site"), on=list(KEY), how="semi")
    owners = selection.leaving("site").rename({"record_uid": "owner_uid"})
    addresses = directory.address.filter(pl.col("owner_kind") == RecordKind.SITE).join(
        owners, on=list(_OWNER), how="semi"
    )
    rows = [
        table.join(hidden_keys, on=list(KEY), how="anti").filter(
            suspect_cells("line1", PrivateValues(streets=spellings))
        )
        for table in (sites, addresses)
    ]
    return _places(_distinct(rows, _STREET))


def _private_phones(directory: Directory, selection: Selection) -> tuple[frozenset[str], frozenset[str]]:
    """Return the private numbers by their digits, and those written with letters."""
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    leaving = _leaving_owners(selection)
    number = pl.coalesce("e164", "number_written").alias("number")
    phones = directory.phone.select(*_OWNER, "owner_kind", "is_private", number, "number_written")
    contacts = directory.contact.filter(pl.col("phone").is_not_null()).select(
        *_OWNER, "owner_kind", "is_private", pl.col("phone").alias("number"), pl.col("phone").alias("number_written")
    )
    rows = pl.concat([phones, contacts])
    private = pl.concat([rows.filter("is_private"), rows.join(owners, on=[*_OWNER, "owner_kind"], how="semi")])
    public = rows.filter(~pl.col("is_private")).join(leaving, on=[*_OWNER, "owner_kind"], how="semi")
    return (
        _values(phone_digits, private["number"]) - _values(phone_digits, public["number"]),
        _values(vanity_number, private["number_written"]) - _values(vanity_number, public["number_written"]),
    )


def _private_emails(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the private e-mail addresses; those of verifiers are internal always."""
    leaving = _leaving_owners(selection)
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    tables = (directory.agency, directory.site, directory.service, directory.service_at_site)
    records = pl.concat(
        [
            table.select(
                "center_id", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind"), "email"
            )
            for table in tables
        ]
    )
    contacts = directory.contact.select(*_OWNER, "owner_kind", "email", "is_private")
    on = [*_OWNER, "owner_kind"]
    private = pl.concat(
        [
            records.join(owners, on=on, how="semi")["email"],
            contacts.filter("is_private")["email"],
            contacts.join(owners, on=on, how="semi")["email"],
            *(table["verified_by_email"].rename("email") for table in tables),
        ]
    )
    public = pl.concat(
        [
            records.join(leaving, on=on, how="semi")["email"],
            contacts.filter(~pl.col("is_private")).join(leaving, on=on, how="semi")["email"],
        ]
    )
    return _emails(private) - _emails(public)


def _private_names(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the names of private contacts, unless an agency, site or service that leaves bears that name."""
    on = [*_OWNER, "owner_kind"]
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    contacts = directory.contact
    private = pl.concat([contacts.filter("is_private"), contacts.join(owners, on=on, how="semi")])
    public = contacts.filter(~pl.col("is_private")).join(_leaving_owners(selection), on=on, how="semi")
    names = _patterns(name_patterns, private["name"]) - _patterns(name_patterns, public["name"])
    if not names:
        return names
    tables = {"agency": directory.agency, "site": directory.site, "service": directory.service}
    borne = pl.concat(
        [table.join(selection.leaving(kind), on=list(KEY), how="semi").select("name") for kind, table in tables.items()]
    ).filter(suspect_cells("name", PrivateValues(names=names)))
    texts = " | ".join(sorted({f" {' '.join(name.lower().split())} " for name in borne["name"].to_list()}))
    return frozenset(name for name in names if name not in texts)


def _leaving_owners(selection: Selection) -> pl.DataFrame:
    return selection.records.filter(pl.col("reason").is_null()).select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind")
    )


def _distinct(rows: list[pl.DataFrame], columns: tuple[str, ...]) -> list[tuple[str, str | None, str | None]]:
    frame = pl.concat([part.select(columns) for part in rows]).filter(pl.col(columns[0]).is_not_null())
    return frame.unique().sort(columns).rows()


def _places(rows: Iterable[tuple[str, str | None, str | None]]) -> frozenset[str]:
    return frozenset(key for row in rows for key in place_keys(*row))


def _patterns(spell: Callable[[str], frozenset[str]], texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(pattern for text in set(texts) if text for pattern in spell(text))


def _values(read: Callable[[str], str | None], texts: pl.Series) -> frozenset[str]:
    return frozenset(value for text in texts.drop_nulls().unique().to_list() if (value := read(text)))


def _emails(texts: pl.Series) -> frozenset[str]:
    lowered = texts.drop_nulls().str.strip_chars().str.to_lowercase()
    return frozenset(lowered.filter(lowered.str.contains("@", literal=True)).to_list())
