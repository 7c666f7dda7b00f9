"""Agencies as `Agency` elements, with the sites they work from."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.airs_keys import with_made_keys
from pipeline.publish.airs_owned import (
    address_elements,
    contact_elements,
    element_of_phone,
    email_element,
    phone_elements,
)
from pipeline.publish.airs_services import resource_info
from pipeline.publish.airs_sites import also_known, no_place
from pipeline.publish.airs_words import (
    FIRST_YEAR,
    LAST_YEAR,
    NO_ADDRESS,
    NO_NUMBER,
    RECORD_OWNER,
    STATUS_WORDS,
)
from pipeline.publish.airs_xml import (
    attached,
    attribute,
    attribute_text,
    element,
    filled,
    joined_by,
    text,
    text_element,
)
from pipeline.publish.hsds_rows import strict_url
from schemas.enumerations import Status


def record_owner() -> pl.Expr:
    """Return the code of the record owner if the schema accepts it, else null."""
    return pl.when(pl.col("record_owner").str.contains(RECORD_OWNER)).then("record_owner")


def year_incorporated() -> pl.Expr:
    """Return the year with four digits, else null."""
    year = pl.col("year_incorporated")
    return pl.when(year.is_between(FIRST_YEAR, LAST_YEAR)).then(year.cast(pl.String).str.zfill(4))


def agency_elements(
    agencies: pl.DataFrame,
    elements: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    owned: Mapping[tuple[str, str], pl.DataFrame],
    removal: str,
    version: str,
) -> pl.Series:
    """Return the text of every agency element with its sites, in order, and of the end tags that follow it.

    Args:
        agencies: Agencies of the block in order of the elements; empty rows for removed ones.
        elements: `AirsPlan.agencies` of the block.
        sites: `position` and `sites`: the sites of each agency, in order.
        owned: Table and kind of owner -> rows with `owner`, the position of the agency.
        removal: Attributes of a removed record.
        version: Version of the format.
    """
    located = owned["address", "agency"], owned["withheld_value", "agency"]
    rows = pl.concat([elements, agencies.drop("record_uid", "native_id")], how="horizontal")
    rows = attached(
        rows,
        "position",
        phone_elements(owned["phone", "agency"], owned["withheld_value", "agency"]),
        address_elements(*located, version=version),
        contact_elements(owned["contact", "agency"], version=version).select("owner", "persons", "updates"),
        joined_by(sites, "position", "sites").rename({"position": "owner"}),
    )
    rows = with_made_keys(
        rows.with_columns(pl.col("key").alias("agency_key"), pl.col("record_uid").alias("made_from")), "agency_location"
    )
    is_3_0 = version == "3.0"
    status = pl.col("status").replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String)
    may_refer = (
        pl.when(pl.col("status") == Status.ACTIVE_DO_NOT_REFER)
        .then(pl.lit(value=False))
        .otherwise("available_for_referral")
    )
    rows = rows.with_columns(may_refer.alias("may_refer"))
    # An agency inside this one begins on a line of its own.
    ends = {number: "</Agency>\n" * number or "\n" for number in rows["closings"].unique().to_list()}
    closing = pl.col("closings").replace_strict(ends, return_dtype=pl.String)
    whole = pl.concat_str(
        pl.lit("<Agency"),
        attribute("RecordOwner", record_owner()),
        attribute("FEIN", attribute_text("ein")),
        attribute("YearInc", year_incorporated()),
        pl.lit("") if is_3_0 else attribute("Status", status),
        attribute("LegalStatus", attribute_text("legal_status")),
        pl.lit(">"),
        element("Key", "agency_key"),
        element("Name", text("name").fill_null("")),
        text_element("AgencyDescription", "description"),
        also_known("aka"),
        _office(version=version),
        _phones(version=version),
        element("URL", text_element("Address", strict_url("url"))),
        email_element("email", version=version),
        "persons",
        element("LicenseAccreditation", text_element("License", "accreditations")),
        # Required in 3.0; empty where it is not known, as other software writes it.
        element("IRSStatus", text("tax_status").fill_null("")) if is_3_0 else text_element("IRSStatus", "tax_status"),
        text_element("SourceOfFunds", "funding") if is_3_0 else pl.lit(""),
        # Long texts are put together once: every further step copies them.
        pl.when(pl.col("sites").is_not_null()).then(pl.lit("\n")),
        "sites",
        resource_info(pl.col("updates")),
        closing,
        ignore_nulls=True,
    )
    gone = pl.format("<Agency{}><Key>{}</Key><Name/>{}", pl.lit(removal), "agency_key", closing)
    return rows.select(pl.when("is_removed").then(gone).otherwise(whole).alias("text")).to_series()


def _office(*, version: str) -> pl.Expr:
    """Return the place of the agency itself: required in 3.0, in 3.1 written when an address of it is known or stays inside."""
    places, further = (pl.when(pl.col(column) != "").then(column) for column in ("places", "further"))
    key = element("Key", "key")
    if version == "3.0":
        named = [
            pl.when(filled(places, further).is_not_null()).then(key),
            element("Name", text("name")),
            pl.lit("<SiteDescription/>"),
        ]
        content = pl.concat_str(*named, pl.coalesce(places, no_place(NO_ADDRESS)), further, ignore_nulls=True)
        return element("AgencyLocation", content)
    content = pl.concat_str(key, element("AgencyKey", "agency_key"), places, further, ignore_nulls=True)
    return pl.when(filled(places, further).is_not_null()).then(element("AgencyLocation", content))


def _phones(*, version: str) -> pl.Expr:
    if version != "3.0":
        return pl.col("phones")
    # Required there; the schema's own instance says so in the place of the number.
    none = element_of_phone(
        pl.lit(value=False),
        is_withheld=False,
        number=element("ReasonWithheld", pl.lit(NO_NUMBER)),
        further=pl.lit(""),
    )
    return pl.coalesce("phones", none)
