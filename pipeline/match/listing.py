"""Entities from a plain list: one row per record, text columns, nothing normalized before."""

from __future__ import annotations

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
from pipeline.match.names import fold_text
from pipeline.match.places import city_of, house_number_of, postal_code_of, street_of
from schemas.errors import InputError
from schemas.match_parameters import MatchParameters

#: Text columns a list may have; `id` and `name` are needed.
LIST_COLUMNS: tuple[str, ...] = ("id", "name", "address", "city", "postal_code", "phone", "url", "email", "aka")
#: Center written for the rows of a list, which come from no center.
LIST_CENTER = "list"

_PHONE = r"(?:1[\s.\-]{0,2})?\(?\d{3}\)?[\s.\-/]{0,3}\d{3}[\s.\-]{0,2}\d{4}|\b\d{3}[\s.\-]{0,2}\d{4}\b"
_EMAIL = r"(?i)[a-z0-9._%+'\-]+@[a-z0-9.\-]+\.[a-z]{2,}"


def entities_of_list(records: pl.DataFrame, *, parameters: MatchParameters) -> Entities:
    """Return the rows of a list as entities.

    Args:
        records: Text columns `LIST_COLUMNS`; `id` and `name` are needed, the others may be missing. Several phones or e-mails in a
            cell are all used; also-known-as names are separated by `;`, `|` or line breaks. Phones of seven digits are compared
            with the last seven digits of longer ones.
        parameters: Placeholders and shared hosts.

    Raises:
        InputError: A needed column is missing, or an id is blank or repeated.
    """
    rows = _tidy(records, placeholders=parameters.placeholders)
    entity = rows.select(
        "entity",
        pl.lit(LIST_CENTER).alias("center_id"),
        pl.col("id").alias("uid"),
        "name",
        pl.lit("unknown").alias("status"),
        pl.lit(None, dtype=pl.UInt32).alias("parent"),
        pl.lit(None, dtype=pl.String).alias("parent_key"),
    )
    return Entities(
        entity=frame_of(entity, ENTITY_SCHEMA).sort("entity"),
        name=_names(rows),
        contact=_contacts(rows, parameters=parameters),
        place=_places(rows),
        code=pl.DataFrame(schema=CODE_SCHEMA),
        program=pl.DataFrame(schema=PROGRAM_SCHEMA),
    )


def _tidy(records: pl.DataFrame, *, placeholders: tuple[str, ...]) -> pl.DataFrame:
    """Check the list, blank out placeholders and number the rows in order of their id."""
    for needed in ("id", "name"):
        if needed not in records.columns:
            raise InputError(
                f"The list has no column for {needed}.", advice="Name the columns, for example name=Site name,id=Id."
            )
    columns = [
        (pl.col(name).cast(pl.String) if name in records.columns else pl.lit(None, dtype=pl.String)).alias(name)
        for name in LIST_COLUMNS
    ]
    rows = records.select(columns)
    blank = rows["id"].str.strip_chars().fill_null("").eq("").arg_true()
    if blank.len():
        raise InputError(
            f"Record {blank[0] + 1} of the list has a blank id.", advice="Give every record an id of its own."
        )
    repeated = rows.filter(pl.col("id").is_duplicated())["id"].unique().sort()
    if repeated.len():
        raise InputError(
            f"The id {repeated[0]!r} stands in more than one record of the list ({repeated.len()} such ids).",
            advice="Choose a column with one value per record.",
        )
    text = pl.col(*(name for name in LIST_COLUMNS if name != "id")).str.replace_all(r"\s+", " ").str.strip_chars()
    folded = fold_text(text)
    return (
        rows.with_columns(pl.when((folded != "") & ~folded.is_in(placeholders)).then(text))
        .sort("id")
        .with_row_index("entity")
    )


def _names(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the main name and the also-known-as names."""
    main = rows.select("entity", pl.col("name").alias("shown"), is_main=pl.lit(True))
    other = (
        rows.select("entity", pl.col("aka").str.split(";").alias("shown"), is_main=pl.lit(False))
        .explode("shown")
        .with_columns(pl.col("shown").str.split("|"))
        .explode("shown")
        .with_columns(pl.col("shown").str.strip_chars())
        .filter(pl.col("shown") != "")
    )
    names = pl.concat([main, other]).filter(pl.col("shown").is_not_null()).with_columns(text=pl.col("shown"))
    return frame_of(names, NAME_SCHEMA)


def _contacts(rows: pl.DataFrame, *, parameters: MatchParameters) -> pl.DataFrame:
    """Return phones, e-mail addresses and own domains."""
    phone = (
        rows.select("entity", pl.col("phone").str.extract_all(_PHONE).alias("shown"))
        .explode("shown")
        .drop_nulls("shown")
        .with_columns(digits=pl.col("shown").str.replace_all(r"\D", ""))
        .with_columns(
            digits=pl.when(pl.col("digits").str.len_chars() == 10).then("1" + pl.col("digits")).otherwise("digits")
        )
        # One digit all through (000-0000) is a default, not a number.
        .filter(pl.col("digits").str.slice(-7).str.split("").list.n_unique() > 1)
    )
    has_short = bool(phone["digits"].str.len_chars().eq(7).any())
    phone = phone.with_columns(key=pl.col("digits").str.slice(-7) if has_short else pl.col("digits"))
    email = (
        rows.select("entity", pl.col("email").str.extract_all(_EMAIL).alias("shown"))
        .explode("shown")
        .drop_nulls("shown")
        .with_columns(key=pl.col("shown").str.to_lowercase())
    )
    hosts = pl.concat(
        [
            rows.select("entity", host=pl.col("url").str.to_lowercase()),
            email.select("entity", host=pl.col("key").str.extract(r"@(.+)$", 1)),
        ]
    ).drop_nulls()
    domain = hosts.join(own_domains(hosts["host"], shared=parameters.hosts), on="host", how="inner").drop_nulls(
        "domain"
    )
    parts = [
        phone.select("entity", "key", "shown", signal=pl.lit("phone")),
        email.select("entity", "key", "shown", signal=pl.lit("email")),
        domain.select(
            "entity", pl.col("domain").alias("key"), pl.col("domain").alias("shown"), signal=pl.lit("domain")
        ),
    ]
    both = pl.concat([part.select("entity", "signal", "key", "shown") for part in parts])
    return frame_of(both.with_columns(is_private=pl.lit(False), is_own=pl.lit(True)), CONTACT_SCHEMA)


def _places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the address of each row that has one, or at least a city or ZIP."""
    places = rows.with_columns(
        address_key=pl.lit(None, dtype=pl.String),
        house_number=house_number_of(pl.col("address")),
        street=street_of(pl.col("address")),
        city=city_of(pl.col("city")),
        shown=pl.concat_str("address", "city", "postal_code", separator=", ", ignore_nulls=True),
        postal_code=postal_code_of(pl.col("postal_code")),
        is_private=pl.lit(False),
        is_own=pl.lit(True),
    ).filter(pl.any_horizontal(pl.col("street", "city", "postal_code").is_not_null()))
    return frame_of(places, PLACE_SCHEMA)
