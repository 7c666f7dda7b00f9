"""Services at sites as `SiteService` elements: what the link says itself, else what the service says."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.airs_areas import area_elements
from pipeline.publish.airs_hours import time_open, weekly_hours
from pipeline.publish.airs_owned import contact_elements, phone_elements, taxonomy_elements
from pipeline.publish.airs_words import CLOSED, STATUS_WORDS
from pipeline.publish.airs_xml import attached, attribute, element, joined, text, text_element
from pipeline.publish.hsds_rows import strict_url
from schemas.enumerations import Status

#: Whole elements: the link's own, else the service's.
_ELEMENTS = (
    "name", "description", "phones", "time_open", "seasonal", "taxonomy", "spoken", "areas", "updates", "page", "documents", "intake",
    "fees", "payments", "eligibility",
)  # fmt: skip
#: Elements that are made from one column.
_MADE_FROM = {
    "name": "name",
    "description": "description",
    "seasonal": "availability",
    "spoken": "languages",
    "page": "url",
    "documents": "documents",
    "intake": "intake",
    "fees": "fees",
    "payments": "payment_methods",
    "eligibility": "eligibility",
}
#: Ages beyond this many years are none.
_OLDEST = 150
#: Values of which the link's own goes before the service's.
_VALUES = ("available_for_referral", "created_on", "verified_on", "edited_on", "minimum_age", "maximum_age")


def site_services(
    services: pl.DataFrame,
    links: pl.DataFrame,
    elements: pl.DataFrame,
    *,
    owned: Mapping[tuple[str, str], pl.DataFrame],
    areas: pl.DataFrame,
    removal: str,
    version: str,
) -> pl.DataFrame:
    """Return one text per `SiteService` element: `site_number`, `services`.

    Args:
        services: Services of the block in order of `number`.
        links: Services at sites of the block in order of the elements, with `number`; empty rows where an element has no link.
        elements: `AirsPlan.links` of the block, with `place`: place of the service in `services`, null for removed records.
        owned: Table and kind of owner -> rows with `owner`, the number of the service or link.
        areas: `AirsPlan.areas`.
        removal: Attributes of a removed record.
        version: Version of the format.
    """
    of_services = _parts(services, "service", owned=owned, areas=areas, version=version)
    said = of_services.select(pl.all().gather(elements["place"]))
    own = _parts(links, "service_at_site", owned=owned, areas=areas, version=version)
    whole = pl.concat(
        [
            elements.select("site_number", "key", "is_removed"),
            own.select(pl.all().name.prefix("own_")),
            said,
        ],
        how="horizontal",
    ).with_columns(pl.coalesce(f"own_{column}", column).alias(column) for column in (*_ELEMENTS, *_VALUES))
    words = {status: pl.concat_str("status", pl.lit(" "), "own_status", ignore_nulls=True).str.contains(rf"\b{status}\b")
             for status in (Status.ACTIVE_DO_NOT_REFER, Status.TEMPORARILY_CLOSED)}  # fmt: skip
    whole = whole.with_columns(
        may_refer=pl.when(words[Status.ACTIVE_DO_NOT_REFER])
        .then(pl.lit(value=False))
        .otherwise("available_for_referral"),
        closed=pl.when(words[Status.TEMPORARILY_CLOSED]).then(
            seasonal(
                pl.concat_str(pl.lit(CLOSED), pl.coalesce("own_alert", "alert"), separator=": ", ignore_nulls=True),
                version,
            )
        ),
    )
    return whole.select(
        "site_number",
        pl.when("is_removed")
        .then(pl.format("<SiteService{}><Key>{}</Key><Taxonomy/></SiteService>\n", pl.lit(removal), "key"))
        .otherwise(_element(version=version))
        .alias("services"),
    )


def seasonal(words: pl.Expr, version: str) -> pl.Expr:
    """Return `Seasonal` with words; 3.0 wants dates of begin and end, which are not known and stay empty."""
    dates = "<StartDate/><EndDate/>" if version == "3.0" else ""
    return pl.format(f"<Seasonal>{{}}{dates}</Seasonal>", text_element("Description", words))


def resource_info(contacts: pl.Expr | None = None) -> pl.Expr:
    """Return `ResourceInfo` from `may_refer`, `created_on`, `verified_on` and `edited_on`; null when nothing is known.

    Dates that are not known are left out; the date of the last edit is never told as one of verification.
    """
    refers = pl.col("may_refer").replace_strict({True: "true", False: "false"}, default=None, return_dtype=pl.String)
    told = joined(
        attribute("AvailableForReferral", refers),
        *(
            attribute(name, pl.col(column).dt.strftime("%Y-%m-%d"))
            for name, column in (
                ("DateAdded", "created_on"),
                ("DateLastVerified", "verified_on"),
                ("DateOfLastAction", "edited_on"),
            )
        ),
    )
    within = pl.lit("") if contacts is None else contacts.fill_null("")
    return pl.format("<ResourceInfo{}>{}</ResourceInfo>", told, within).replace("<ResourceInfo></ResourceInfo>", None)


def languages(column: str = "languages") -> pl.Expr:
    """Return one `Languages` per language; null when there are none."""
    # Entries are joined with a character of private use, so that all are escaped together.
    names = text(pl.col(column).list.join("\ue000"))
    each = names.str.replace_all("\ue000", "</Name></Languages><Languages><Name>", literal=True)
    told = pl.format("<Languages><Name>{}</Name></Languages>", each)
    return told.str.replace_all("<Languages><Name></Name></Languages>", "", literal=True)


def ages() -> pl.Expr:
    """Return `AgeRequirements` from `minimum_age` and `maximum_age`: whole years as numbers, others in words; null without any."""
    limits = (("MinimumAge", "minimum_age", "Minimum age"), ("MaximumAge", "maximum_age", "Maximum age"))
    numbers, words = [], []
    for name, column, word in limits:
        age = pl.when(is_age(column)).then(column)
        is_whole = age == age.floor()
        numbers.append(attribute(name, pl.when(is_whole).then(age.cast(pl.Int64)).cast(pl.String)))
        words.append(pl.format(f"{word} {{}} years", pl.when(~is_whole).then(age)))
    attributes, said = joined(*numbers), pl.concat_str(*words, separator=", ", ignore_nulls=True)
    told = pl.format("<AgeRequirements{}>{}</AgeRequirements>", attributes, said)
    return told.replace("<AgeRequirements></AgeRequirements>", None)


def is_age(column: str) -> pl.Expr:
    """Return whether a number can be an age in years; null for null."""
    return pl.col(column).is_between(0, _OLDEST)


def _parts(
    records: pl.DataFrame,
    kind: str,
    *,
    owned: Mapping[tuple[str, str], pl.DataFrame],
    areas: pl.DataFrame,
    version: str,
) -> pl.DataFrame:
    """Return the elements and values that services and services at sites have in common, one row per record."""
    rows = attached(
        records,
        "number",
        phone_elements(owned["phone", kind], owned["withheld_value", kind]),
        weekly_hours(owned["schedule", kind]),
        taxonomy_elements(owned["taxonomy_link", kind]),
        contact_elements(owned["contact", kind], version=version).select("owner", "updates"),
        area_elements(records, areas).rename({"number": "owner"}),
    )
    is_3_0 = version == "3.0"
    nothing = pl.lit(None, dtype=pl.String)
    payments = nothing if is_3_0 else text_element("PaymentMethodAccepted", pl.col("payment_methods").list.join("; "))
    page = nothing if is_3_0 else element("InternetResource", text_element("URL", strict_url("url")))
    elements = {
        "name": text_element("Name", "name"),
        "description": text_element("Description", "description"),
        "seasonal": seasonal(pl.col("availability"), version),
        "spoken": languages(),
        "page": page,
        "documents": element("DocumentsRequired", text_element("DocumentsRequired", "documents")),
        "intake": element("ApplicationProcess", text_element("Step", "intake")),
        "fees": text_element("FeeStructure", "fees"),
        "payments": payments,
        "eligibility": text_element("OtherRequirements" if is_3_0 else "GeneralEligibility", "eligibility"),
    }
    # Services at sites hold little of their own: what no row has is not made.
    empty = {name for name, column in _MADE_FROM.items() if _is_empty(records[column])}
    return rows.select(
        *((nothing if name in empty else made).alias(name) for name, made in elements.items()),
        "phones",
        time_open().alias("time_open"),
        "taxonomy",
        "areas",
        pl.when(pl.col("updates") != "").then("updates").alias("updates"),
        *_VALUES,
        "status",
        "alert",
    )


def _is_empty(column: pl.Series) -> bool:
    if isinstance(column.dtype, pl.List):
        return not bool((column.list.len() > 0).any())
    return column.null_count() == column.len()


def _element(*, version: str) -> pl.Expr:
    status = pl.coalesce(
        pl.col("own_status").replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String),
        pl.col("status").replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String),
    )
    is_limited = pl.when(pl.col("seasonal").is_not_null()).then(pl.lit("true"))
    return pl.concat_str(
        pl.lit("<SiteService"),
        attribute("Status", status) if version != "3.0" else pl.lit(""),
        attribute("ServiceNotAlwaysAvailable", is_limited),
        pl.lit(">"),
        "name",
        element("Key", "key"),
        "description",
        "phones",
        "time_open",
        "closed",
        "seasonal",
        "taxonomy",
        "spoken",
        "areas",
        resource_info(pl.col("updates")),
        "page",
        "documents",
        "intake",
        "fees",
        "payments",
        "eligibility",
        ages(),
        pl.lit("</SiteService>\n"),
        ignore_nulls=True,
    )
