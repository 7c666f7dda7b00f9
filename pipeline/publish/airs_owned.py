"""Elements of rows that belong to a record: phones, contacts, addresses and taxonomy codes. One text per owner, by its number."""

from __future__ import annotations

import polars as pl

from pipeline.publish.airs_selection import is_valid_code
from pipeline.publish.airs_words import (
    ANY_CONTACT,
    EMAIL_PATTERNS,
    MAIN_CONTACT,
    PHONE_WORDS,
    TOLL_FREE_CODES,
    WITHHELD_ANYWAY,
    WITHHELD_WORDS,
)
from pipeline.publish.airs_xml import attribute, attribute_text, element, filled, joined, joined_by, text, text_element
from pipeline.publish.public_phones import can_be_called
from schemas.enumerations import AddressKind, PhoneType

_TOLL_FREE = rf"^\+1(?:{'|'.join(TOLL_FREE_CODES)})[0-9]{{7}}$"
#: Order of an owner's rows: `Phone2` before `Phone10`.
_ORDER = (pl.col("slot").str.len_bytes(), "slot", "record_uid")
#: What an address is called when the format has no second element of its kind.
_FURTHER = {str(AddressKind.PHYSICAL): "Physical address", str(AddressKind.MAILING): "Mailing address"}
_PARTS = (
    ("Line1", "line1"), ("Line2", "line2"), ("City", "city"), ("County", "county"), ("State", "state"), ("ZipCode", "postal_code"),
    ("Country", "country"),
)  # fmt: skip
#: What an address of 3.0 must have.
REQUIRED_PARTS = ("line1", "city", "state", "postal_code", "country")


def email_of(column: str, *, version: str) -> pl.Expr:
    """Return the e-mail address if the schema accepts it, else null."""
    cell = pl.col(column).str.strip_chars()
    return pl.when(cell.str.contains(EMAIL_PATTERNS[version])).then(cell)


def email_element(column: str, *, version: str) -> pl.Expr:
    """Return `Email` with an address that the schema accepts; null otherwise."""
    return element("Email", text_element("Address", email_of(column, version=version)))


def phone_elements(phones: pl.DataFrame, withheld: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of records, then those that stay inside, told as such.

    Args:
        phones: Rows of `PublicDirectory.phone` with `owner`, the number of the element they belong to.
        withheld: Rows of `PublicDirectory.withheld_value` likewise.

    Returns:
        One row per owner that has any: `owner`, `phones`.
    """
    if phones.is_empty() and withheld.is_empty():
        return _none("phones")
    kind = pl.col("type")
    toll_free = (kind == PhoneType.TOLL_FREE).fill_null(value=False) | pl.col("e164").str.contains(
        _TOLL_FREE
    ).fill_null(value=False)
    public = phones.sort("owner", *_ORDER).select(
        "owner",
        element_of_phone(
            toll_free,
            is_withheld=False,
            number=text_element("PhoneNumber", "number"),
            further=joined(
                text_element("Extension", "extension"),
                text_element("Description", "note"),
                element("Type", _phone_word("type")),
                text_element("Function", "label"),
            ),
        ).alias("phones"),
    )
    stays = (
        withheld.filter(pl.col("what") == "phone")
        .sort("owner", "detail", "reason", nulls_last=True)
        .select(
            "owner",
            element_of_phone(
                (pl.col("detail") == PhoneType.TOLL_FREE).fill_null(value=False),
                is_withheld=True,
                number=_reason(),
                further=joined(element("Type", _phone_word("detail"))),
            ).alias("phones"),
        )
    )
    return joined_by(pl.concat([public, stays]).sort("owner", maintain_order=True), "owner", "phones")


def element_of_phone(is_toll_free: pl.Expr, *, is_withheld: bool, number: pl.Expr, further: pl.Expr) -> pl.Expr:
    """Return `Phone` around a number, or around the reason why there is none; null without either."""
    return pl.format(
        f'<Phone TollFree="{{}}" Confidential="{_flag(is_withheld)}">{{}}{{}}</Phone>',
        pl.when(is_toll_free).then(pl.lit("true")).otherwise(pl.lit("false")),
        number,
        further,
    )


def contact_elements(contacts: pl.DataFrame, *, version: str) -> pl.DataFrame:
    """Return the contacts of records: `owner`, `contacts`, and `updates` with those to ask about the record itself.

    Args:
        contacts: Rows of `PublicDirectory.contact` with `owner`.
        version: Version of the format; 3.0 wants a name.
    """
    if contacts.is_empty():
        return _none("contacts", "persons", "updates")
    phone = pl.when(can_be_called("phone")).then("phone")
    content = filled(
        text_element("Title", "title"),
        text_element("Name", "name"),
        email_element("email", version=version),
        element_of_phone(
            pl.lit(value=False), is_withheld=False, number=text_element("PhoneNumber", phone), further=pl.lit("")
        ),
    )
    if version == "3.0":
        content = pl.when(text("name").is_not_null()).then(content)
    rows = contacts.sort("owner", *_ORDER).select(
        "owner",
        pl.format(
            "<Contact{}>{}</Contact>",
            attribute("Type", pl.coalesce(attribute_text("role"), pl.lit(ANY_CONTACT))),
            content,
        ).alias("contact"),
        is_main=(pl.col("role") == MAIN_CONTACT).fill_null(value=False),
    )
    return joined_by(
        rows.drop_nulls("contact").select(
            "owner",
            pl.col("contact").alias("contacts"),
            pl.when(~pl.col("is_main")).then("contact").alias("persons"),
            pl.when("is_main").then("contact").alias("updates"),
        ),
        "owner",
        "contacts",
        "persons",
        "updates",
    )


def taxonomy_elements(links: pl.DataFrame) -> pl.DataFrame:
    """Return the codes of records, none twice: `owner`, `taxonomy`. Codes of one link stand in one element.

    Args:
        links: Rows of `PublicDirectory.taxonomy_link` with `owner`.
    """
    if links.is_empty():
        return _none("taxonomy")
    ordered = links.filter(is_valid_code("code")).sort("owner", *_ORDER)
    further = ordered.filter(pl.col("joined_codes").list.len() > 0).select(
        "record_uid", "owner", pl.col("joined_codes").alias("code")
    )
    joined_codes = joined_by(
        further.explode("code")
        .filter(is_valid_code("code"))
        .select(
            pl.concat_str("record_uid", pl.lit(" "), "owner").alias("link"), element("Code", "code").alias("further")
        ),
        "link",
        "further",
    )
    return (
        ordered.with_columns(pl.concat_str("record_uid", pl.lit(" "), "owner").alias("link"))
        .join(joined_codes, on="link", how="left", maintain_order="left")
        .select(
            "owner",
            element(
                "Taxonomy",
                joined(
                    element("Code", "code"),
                    "further",
                    pl.when(is_valid_code("target_code")).then(element("Code", "target_code")),
                ),
            ).alias("taxonomy"),
        )
        .unique(maintain_order=True)
        .pipe(joined_by, "owner", "taxonomy")
    )


def address_elements(addresses: pl.DataFrame, withheld: pl.DataFrame, *, version: str) -> pl.DataFrame:
    """Return the addresses of records: `owner`, `places` (physical, then mailing) and `further`; empty text for none.

    Args:
        addresses: Rows of `PublicDirectory.address` with `owner`.
        withheld: Rows of `PublicDirectory.withheld_value` with `owner`.
        version: Version of the format; 3.0 takes complete addresses only.

    An address that stays inside is told as one that does, without any part of it. The format has one physical and one mailing address:
    public ones come first, what is more becomes an `OtherAddress` that says what it is.
    """
    if addresses.is_empty() and withheld.is_empty():
        return _none("places", "further")
    content = filled(*(text_element(name, column) for name, column in _PARTS))
    if version == "3.0":
        content = pl.when(is_complete()).then(content)
    public = addresses.sort("owner", *_ORDER).select(
        "owner", pl.col("address_kind").alias("kind"), content.alias("content"), flag=pl.lit(_flag(False))
    )
    stays = (
        withheld.filter(pl.col("what") == "address")
        .sort("owner", "detail", "reason", nulls_last=True)
        .select("owner", pl.col("detail").alias("kind"), _reason().alias("content"), flag=pl.lit(_flag(True)))
    )
    rows = pl.concat([public, stays]).drop_nulls("content").sort("owner", maintain_order=True)
    is_first = pl.struct("owner", "kind").is_first_distinct()
    tag = (
        pl.when(is_first & (pl.col("kind") == AddressKind.PHYSICAL))
        .then(pl.lit("PhysicalAddress"))
        .when(is_first & (pl.col("kind") == AddressKind.MAILING))
        .then(pl.lit("MailingAddress"))
        .otherwise(pl.lit("OtherAddress"))
    )
    described = pl.when(pl.col("tag") == "OtherAddress").then(
        attribute("Description", pl.col("kind").replace_strict(_FURTHER, default=None, return_dtype=pl.String))
    )
    whole = pl.format('<{} Confidential="{}"{}>{}</{}>', "tag", "flag", described.fill_null(""), "content", "tag")
    is_place = pl.col("tag") != "OtherAddress"
    ordered = (
        rows.with_columns(tag.alias("tag"))
        .with_columns(whole.alias("whole"))
        .sort("owner", pl.col("tag") != "PhysicalAddress", pl.col("tag") != "MailingAddress", maintain_order=True)
    )
    return joined_by(
        ordered.select(
            "owner",
            pl.when(is_place).then("whole").alias("places"),
            pl.when(~is_place).then("whole").alias("further"),
        ),
        "owner",
        "places",
        "further",
    )


def address_content(columns: tuple[str, ...]) -> pl.Expr:
    """Return the parts of an address that stand in columns of these names; null when all are empty."""
    return filled(*(text_element(name, column) for name, column in _PARTS if column in columns))


def is_complete() -> pl.Expr:
    """Return whether an address has all that 3.0 requires."""
    return pl.all_horizontal(text(column).is_not_null() for column in REQUIRED_PARTS)


def withheld_place(words: pl.Expr) -> pl.Expr:
    """Return a physical address that stays inside, with the words why."""
    return pl.format(
        '<PhysicalAddress Confidential="true"><ReasonWithheld>{}</ReasonWithheld></PhysicalAddress>', words
    )


def _none(*columns: str) -> pl.DataFrame:
    """Return no rows: what most services at sites have of their own."""
    schema: dict[str, type[pl.DataType]] = {"owner": pl.UInt32, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame(schema=schema)


def _reason() -> pl.Expr:
    words = {" ".join(key): said for key, said in WITHHELD_WORDS.items()}
    anyway = pl.col("what").replace_strict(WITHHELD_ANYWAY, return_dtype=pl.String)
    known = pl.concat_str("what", pl.lit(" "), "reason").replace_strict(words, default=None, return_dtype=pl.String)
    return element("ReasonWithheld", pl.coalesce(known, anyway))


def _phone_word(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(PHONE_WORDS, default=None, return_dtype=pl.String)


def _flag(value: bool) -> str:
    return "true" if value else "false"
