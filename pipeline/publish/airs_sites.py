"""Sites as `Site` elements, with the services that are offered there."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.airs_hours import time_open, weekly_hours
from pipeline.publish.airs_owned import (
    address_content,
    address_elements,
    contact_elements,
    email_element,
    phone_elements,
    withheld_place,
)
from pipeline.publish.airs_plan import REMOVED_SITE, SERVICES_WITHOUT_SITE
from pipeline.publish.airs_services import languages
from pipeline.publish.airs_words import (
    CLOSED,
    NO_ADDRESS,
    NO_COMPLETE_ADDRESS,
    NO_SITE_OF_AGENCY,
    NO_SITE_OF_SERVICES,
    STATUS_WORDS,
    WITHHELD_ANYWAY,
)
from pipeline.publish.airs_xml import attached, attribute, element, filled, text, text_element
from pipeline.publish.hsds_rows import strict_url
from schemas.enumerations import Status

#: What a site itself tells of its place when it has no address of its own.
_OWN_PLACE = ("city", "county", "state", "postal_code", "country")
_VIRTUAL = "virtual"
_DATUM_FREE = "3.1"


def site_elements(
    sites: pl.DataFrame,
    elements: pl.DataFrame,
    services: pl.DataFrame,
    *,
    owned: Mapping[tuple[str, str], pl.DataFrame],
    removal: str,
    version: str,
    datum: str,
) -> pl.DataFrame:
    """Return one text per `Site` element, in order: `position`, `sites`.

    Args:
        sites: Sites of the block in order of the elements; empty rows where an element is no site of the directory.
        elements: `AirsPlan.sites` of the block with `number`, `agency_key` and `agency_name`.
        services: `site_number` and `services`: the services at each site.
        owned: Table and kind of owner -> rows with `owner`, the number of the site.
        removal: Attributes of a removed record.
        version: Version of the format.
        datum: Datum of coordinates, for 3.0.
    """
    rows = pl.concat(
        [elements.rename({"key": "site_key"}), sites.drop("record_uid", "native_id", "agency_uid")], how="horizontal"
    )
    rows = attached(
        rows,
        "number",
        phone_elements(owned["phone", "site"], owned["withheld_value", "site"]),
        address_elements(owned["address", "site"], owned["withheld_value", "site"], version=version),
        contact_elements(owned["contact", "site"], version=version).select("owner", "contacts"),
        weekly_hours(owned["schedule", "site"]),
        services.rename({"site_number": "owner"}),
    )
    is_closed = pl.col("status") == Status.TEMPORARILY_CLOSED
    closed = pl.when(is_closed).then(pl.concat_str(pl.lit(CLOSED), "alert", separator=": ", ignore_nulls=True))
    status = pl.col("status").replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String)
    whole = pl.concat_str(
        pl.lit("<Site"),
        attribute("Status", status) if version != "3.0" else pl.lit(""),
        pl.lit(">"),
        element("Key", "site_key"),
        element("AgencyKey", "agency_key") if version != "3.0" else pl.lit(""),
        _name(version=version),
        _description(version=version),
        also_known("aka"),
        _places(version=version),
        "further",
        "phones",
        element("URL", text_element("Address", strict_url("url"))),
        email_element("email", version=version),
        "contacts",
        time_open(before=closed),
        languages(),
        text_element("DisabilitiesAccess", "accessibility"),
        text_element("BusServiceAccess", "transportation"),
        # Long texts are put together once: every further step copies them.
        pl.when(pl.col("services").is_not_null()).then(pl.lit("\n")),
        "services",
        _coordinates(version=version, datum=datum),
        pl.lit("</Site>\n"),
        ignore_nulls=True,
    )
    gone = pl.format("<Site{}><Key>{}</Key></Site>\n", pl.lit(removal), "site_key")
    return rows.select("position", pl.when(pl.col("made") == REMOVED_SITE).then(gone).otherwise(whole).alias("sites"))


def also_known(column: str) -> pl.Expr:
    """Return one `AKA` per name; null when there are none. Names that leave are public."""
    names = text(pl.col(column).list.join("\ue000"))
    start, end = "<AKA><Name>", "</Name><Confidential>false</Confidential></AKA>"
    told = pl.format(f"{start}{{}}{end}", names.str.replace_all("\ue000", f"{end}{start}", literal=True))
    return told.str.replace_all(f"{start}{end}", "", literal=True)


def no_place(words: str | pl.Expr) -> pl.Expr:
    """Return `NoPhysicalAddress` with an explanation."""
    said = pl.lit(words) if isinstance(words, str) else words
    return element("NoPhysicalAddress", element("Explanation", said))


def _name(*, version: str) -> pl.Expr:
    if version == "3.0":
        # Required there; a site without a name is known by that of its agency.
        return element("Name", pl.coalesce(text("name"), text("agency_name")))
    return text_element("Name", "name")


def _description(*, version: str) -> pl.Expr:
    if version == "3.0":
        # Required there; empty where there is none, as other software writes it.
        return element("SiteDescription", text("description").fill_null(""))
    return text_element("SiteDescription", "description")


def _places(*, version: str) -> pl.Expr:
    """Return the physical and mailing address, or that there is none."""
    made = pl.col("made") == SERVICES_WITHOUT_SITE
    explained = (
        pl.when(pl.col("services").is_null()).then(pl.lit(NO_SITE_OF_AGENCY)).otherwise(pl.lit(NO_SITE_OF_SERVICES))
    )
    listed = pl.when(pl.col("places") != "").then("places")
    is_hidden = ~pl.col("is_located").fill_null(value=True)
    has_physical = listed.str.contains("<PhysicalAddress", literal=True).fill_null(value=False)
    hidden = pl.when(is_hidden & ~has_physical).then(withheld_place(pl.lit(WITHHELD_ANYWAY["address"])))
    own = pl.format('<PhysicalAddress Confidential="false">{}</PhysicalAddress>', address_content(_OWN_PLACE))
    # Without a street there is no row of an address; 3.0 takes no address without a street.
    may_tell_own = ~is_hidden & ~has_physical & (pl.col("location_type") == "physical") & pl.lit(version != "3.0")
    told = filled(hidden, pl.when(may_tell_own).then(own), listed)
    is_virtual = pl.col("location_type") == _VIRTUAL
    without = pl.when(made).then(no_place(explained)).when(is_virtual).then(no_place(NO_ADDRESS))
    # 3.0 requires one of the three.
    last = no_place(NO_COMPLETE_ADDRESS) if version == "3.0" else pl.lit(None, dtype=pl.String)
    return pl.coalesce(told, without, last)


def _coordinates(*, version: str, datum: str) -> pl.Expr:
    """Return the place on the map, with six decimals and, in 3.1, with the sign that its schema wants."""
    named = ""
    if version != _DATUM_FREE:
        if not datum.strip():
            return pl.lit("")
        named = pl.select(text_element("Datum", pl.lit(datum))).item() or ""
    return pl.format(
        f"<SpatialLocation>{named}<Latitude>{{}}</Latitude><Longitude>{{}}</Longitude></SpatialLocation>",
        decimal("latitude"),
        decimal("longitude"),
    )


def decimal(column: str) -> pl.Expr:
    """Return a number with sign and six decimals.

    >>> pl.DataFrame({"latitude": [39.8017, -89.6437, 0.0000004]}).select(decimal("latitude")).to_series().to_list()
    ['+39.801700', '-89.643700', '+0.000000']
    """
    millionths = (pl.col(column) * 1_000_000).round().cast(pl.Int64)
    sign = pl.when(millionths < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    size = millionths.abs()
    return pl.format(
        "{}{}.{}",
        sign,
        (size // 1_000_000).cast(pl.String),
        (size % 1_000_000).cast(pl.String).str.zfill(6),
    )
