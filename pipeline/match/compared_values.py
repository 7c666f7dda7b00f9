"""What is compared of single agencies, in comparison form: kept with a verdict, so that a later night can tell what has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import polars as pl

from pipeline.match.entities import Entities
from pipeline.match.names import words_of
from schemas.decided import Key
from schemas.match_parameters import NameWords

#: Version of the comparison forms. It goes up when a release reads values in another way: what was kept with a verdict under
#: another version cannot be held against what is compared now, and does not reopen it.
FORMS = 1

#: What is shown of a private value.
WITHHELD = "withheld"


def compared_values(
    entities: Entities, *, keys: Collection[Key], words: NameWords
) -> dict[Key, dict[str, dict[str, str]]]:
    """Return the compared values of some agencies.

    Where an agency has a value of its own, those of its sites and services do not count: they change for reasons that have
    nothing to do with who the agency is.

    Args:
        entities: What is compared.
        keys: (center id, record uid) of the agencies wanted; unknown ones are passed over.
        words: Word lists with which names are compared.

    Returns:
        By agency and field (`name`, `aka`, `ein`, `phone`, `email`, `domain`, `address`): values in comparison form, each with the
        text that may be shown. Of a private value the form is its SHA-256, shortened, and the text is `withheld`. Fields without
        a value are left out.
    """
    wanted = pl.DataFrame(sorted(keys), schema={"center_id": pl.String, "uid": pl.String}, orient="row")
    entity = entities.entity.join(wanted, on=["center_id", "uid"], how="semi").select("entity", "center_id", "uid")
    rows = pl.concat(
        [
            _names(entities, entity, words=words),
            _own(entities.contact.join(entity.select("entity"), on="entity", how="semi"), field="signal"),
            _places(entities.place.join(entity.select("entity"), on="entity", how="semi")),
        ]
    ).join(entity, on="entity")
    found: dict[Key, dict[str, dict[str, str]]] = {key: {} for key in entity.select("center_id", "uid").iter_rows()}
    columns = ("center_id", "uid", "field", "form", "shown", "is_private")
    for center, uid, field, form, shown, is_private in rows.sort(columns).select(columns).iter_rows():
        values = found[center, uid].setdefault(field, {})
        if is_private:
            values[f"{WITHHELD}:{hashlib.sha256(form.encode()).hexdigest()[:16]}"] = WITHHELD
        else:
            values.setdefault(form, shown)
    return found


_SCHEMA = ("entity", "field", "form", "shown", "is_private")


def _names(entities: Entities, entity: pl.DataFrame, *, words: NameWords) -> pl.DataFrame:
    names = entities.name.join(entity.select("entity"), on="entity", how="semi").drop_nulls("text")
    forms = (
        words_of(names["text"], words=words).group_by("text").agg(form=pl.col("word").sort_by("position").str.join(" "))
    )
    return (
        names.join(forms, on="text", how="inner")
        .with_columns(
            field=pl.when("is_main").then(pl.lit("name")).otherwise(pl.lit("aka")),
            shown=pl.coalesce("shown", "text"),
            is_private=pl.lit(value=False),
        )
        .select(_SCHEMA)
    )


def _own(contact: pl.DataFrame, *, field: str) -> pl.DataFrame:
    has_own = pl.col("is_own").any().over("entity", field)
    return (
        contact.filter(pl.col("is_own") | ~has_own)
        .rename({field: "field", "key": "form"})
        .with_columns(shown=pl.coalesce("shown", "form"))
        .select(_SCHEMA)
    )


def _places(place: pl.DataFrame) -> pl.DataFrame:
    """Return house, street and city of each address; ZIPs come and go with four more digits and say nothing more."""
    filled = place.filter(pl.any_horizontal(pl.col("house_number", "street").is_not_null())).with_columns(
        signal=pl.lit("address"),
        key=pl.concat_str(pl.col("house_number", "street").fill_null(""), separator=" ").str.strip_chars(),
    )
    return _own(filled, field="signal")
