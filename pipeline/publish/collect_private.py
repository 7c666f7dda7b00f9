"""Which values of a load are private, and which sites must not be located."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from pipeline.publish.collect_emails import private_emails, shown_emails
from pipeline.publish.collect_phones import private_phones
from pipeline.publish.public_records import KEY, Selection, select_public
from pipeline.publish.working_ahead import done_together
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.private_names import name_patterns
from schemas.private_spots import spot_keys
from schemas.private_streets import index_places, is_same_place, place_keys, private_place_keys, street_patterns
from schemas.private_values import PrivateValues, suspect_cells, suspected_texts
from schemas.searched_texts import plain_text, word_text

_OWNER = ("center_id", "owner_uid")
_STREET = ("line1", "line2", "city", "postal_code")
#: Both lines of an address as one text: the street may stand on either, behind the name of a house.
_LINES = pl.concat_str("line1", "line2", separator=", ", ignore_nulls=True)
_HAS_LINE = pl.any_horizontal(pl.col("line1").is_not_null(), pl.col("line2").is_not_null())

#: Both lines, city and ZIP.
Address = tuple[str | None, str | None, str | None, str | None]


def collect_private_values(directory: Directory, selection: Selection) -> PrivateValues:
    """Return the values that must not be seen in anything that leaves.

    Args:
        directory: The whole load, with everything private in it.
        selection: The verdict on every record; records of other centers than the exported ones are not in it, and their
            values are not asked about.
    """
    # No kind of value waits for another, but the addresses that may be shown for the names in them.
    told = done_together(
        {
            "names": lambda: {"names": (names := _private_names(directory, selection)),
                              "shown_emails": shown_emails(directory, selection, names=names)},
            "streets": lambda: dict(zip(("places", "streets"), _private_streets(directory, selection), strict=True)),
            "phones": lambda: dict(zip(("phones", "vanity"), private_phones(directory, selection), strict=True)),
            "emails": lambda: {"emails": private_emails(directory, selection)},
            "spots": lambda: {"spots": _private_spots(directory, selection)},
        }
    )  # fmt: skip
    return PrivateValues(**{kind: values for found in told.values() for kind, values in found.items()})


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
    and `same_place` (another site at a private address, or one without a street at the coordinates of a confidential place).
    """
    confidential = _confidential_sites(directory).with_columns(pl.lit("confidential_place").alias("reason"))
    flagged = directory.site.filter("is_address_private").select(*KEY, pl.lit("private_address").alias("reason"))
    same = pl.concat(
        [_at_private_place(directory.site, values, key=KEY), _at_private_spot(directory.site, values)]
    ).with_columns(pl.lit("same_place").alias("reason"))
    return pl.concat([confidential, flagged, same]).unique(KEY, keep="first", maintain_order=True)


def private_addresses(directory: Directory, values: PrivateValues) -> pl.DataFrame:
    """Return the keys of address rows that must not leave: flagged, or at a private address."""
    flagged = directory.address.filter("is_private").select(KEY)
    return pl.concat([flagged, _at_private_place(directory.address, values, key=KEY)]).unique(maintain_order=True)


def _at_private_place(table: pl.DataFrame, values: PrivateValues, *, key: tuple[str, ...]) -> pl.DataFrame:
    rows = table.filter(suspect_cells("line1", PrivateValues(streets=values.streets), text=_LINES))
    places = index_places(values.places)
    is_private = [
        is_same_place((line1, line2), city, postal_code, places=places)
        for line1, line2, city, postal_code in rows.select(_STREET).iter_rows()
    ]
    return rows.filter(pl.Series(is_private, dtype=pl.Boolean)).select(key)


def _at_private_spot(sites: pl.DataFrame, values: PrivateValues) -> pl.DataFrame:
    """Return the keys of sites without a street whose coordinates are those of a place that must not be located.

    A site with a street of its own is a neighbor, or was located by its town only.
    """
    rows = sites.filter(
        pl.lit(bool(values.spots)) & ~_HAS_LINE & pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    )
    is_there = [
        not spot_keys(latitude, longitude).isdisjoint(values.spots)
        for latitude, longitude in rows.select("latitude", "longitude").iter_rows()
    ]
    return rows.filter(pl.Series(is_there, dtype=pl.Boolean)).select(KEY)


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
    secret, flagged = _hidden_rows(directory, selection)
    secret_rows = _distinct(secret, _STREET)
    flagged_rows = _distinct(flagged, _STREET)
    spellings = _streets_of([*secret_rows, *flagged_rows])
    public = _public_places(directory, selection, spellings=spellings, hidden=[*secret, *flagged])
    always = _places(place_keys, secret_rows)
    kept = [row for row in flagged_rows if not _places(place_keys, [row]) & (public - always)]
    hidden = [*secret_rows, *kept]
    return _places(private_place_keys, hidden), _streets_of(hidden)


def _hidden_rows(directory: Directory, selection: Selection) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Return the sites and addresses of confidential places, and those that are private by a flag or with their record."""
    sites, addresses = directory.site, directory.address
    private = selection.private()
    owners = private.rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    secret = [
        sites.join(_confidential_sites(directory), on=list(KEY), how="semi"),
        addresses.join(confidential_owners(directory), on=[*_OWNER, "owner_kind"], how="semi"),
    ]
    flagged = [
        sites.filter("is_address_private"),
        sites.join(private.filter(pl.col("kind") == RecordKind.SITE), on=list(KEY), how="semi"),
        addresses.filter("is_private"),
        addresses.join(owners, on=[*_OWNER, "owner_kind"], how="semi"),
    ]
    return secret, flagged


def _private_spots(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the coordinates of places that must not be located, unless a site that is shown with its street has the same."""
    secret, flagged = _hidden_rows(directory, selection)
    columns = ("latitude", "longitude")
    rows = pl.concat([part.select(columns) for part in (*secret, *flagged)])
    hidden = pl.concat([part.select(KEY) for part in (secret[0], *flagged[:2])]).unique()
    public = (
        directory.site.join(selection.leaving("site"), on=list(KEY), how="semi")
        .join(hidden, on=list(KEY), how="anti")
        .filter(_HAS_LINE)
    )
    found = rows.drop_nulls().unique().join(public.select(columns), on=list(columns), how="anti")
    return frozenset(key for latitude, longitude in found.iter_rows() for key in spot_keys(latitude, longitude))


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
            suspect_cells("line1", PrivateValues(streets=spellings), text=_LINES)
        )
        for table in (sites, addresses)
    ]
    return _places(place_keys, _distinct(rows, _STREET))


def _private_names(directory: Directory, selection: Selection) -> frozenset[str]:
    """Return the names of private contacts, of those who verified and of curators, unless a record that leaves bears that name.

    A name that a public contact has is not searched for.
    """
    on = [*_OWNER, "owner_kind"]
    owners = selection.private().rename({"record_uid": "owner_uid", "kind": "owner_kind"})
    contacts = directory.contact
    tables = {
        "agency": directory.agency, "site": directory.site, "service": directory.service, "service_at_site": directory.service_at_site,
    }  # fmt: skip
    private = pl.concat(
        [
            contacts.filter("is_private")["name"],
            contacts.join(owners, on=on, how="semi")["name"],
            *(table[column].rename("name") for table in tables.values() for column in ("verified_by", "curator")),
        ]
    )
    public = contacts.filter(~pl.col("is_private")).join(_leaving_owners(selection), on=on, how="semi")
    shown = public["name"].drop_nulls().unique()
    found = _patterns(name_patterns, private)
    alike = shown.filter(suspected_texts(shown, PrivateValues(names=found)))
    names = found - _patterns(name_patterns, alike)
    if not names:
        return names
    borne = pl.concat(
        [table.join(selection.leaving(kind), on=list(KEY), how="semi").select("name") for kind, table in tables.items()]
    ).filter(suspect_cells("name", PrivateValues(names=names)))
    texts = " | ".join(sorted({word_text(plain_text(name)) for name in borne["name"].to_list()}))
    return frozenset(name for name in names if name not in texts)


def _leaving_owners(selection: Selection) -> pl.DataFrame:
    return selection.records.filter(pl.col("reason").is_null()).select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind")
    )


def _distinct(rows: list[pl.DataFrame], columns: tuple[str, ...]) -> list[Address]:
    frame = pl.concat([part.select(columns) for part in rows]).filter(_HAS_LINE)
    return frame.unique().sort(columns).rows()


def _places(
    keys: Callable[[str | None, str | None, str | None], frozenset[str]], rows: Iterable[Address]
) -> frozenset[str]:
    return frozenset(
        key for *lines, city, postal_code in rows for line in lines for key in keys(line, city, postal_code)
    )


def _streets_of(rows: Iterable[Address]) -> frozenset[str]:
    return _patterns(street_patterns, [line for row in rows for line in row[:2]])


def _patterns(spell: Callable[[str], frozenset[str]], texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(pattern for text in set(texts) if text for pattern in spell(text))
