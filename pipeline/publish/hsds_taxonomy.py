"""Vocabulary, terms and attributes: how taxonomy links leave without a word of licensed text.

All centers share the ids of vocabulary and terms, so that their packages can be joined by term.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping

import polars as pl

from pipeline.publish.dependent_ids import with_id
from pipeline.publish.hsds_rows import of_owners
from schemas.export_parameters import ExportParameters
from schemas.taxonomy_code import CODE_GRAMMAR

#: A code of the 2-1-1 taxonomy, for the whole text.
_GRAMMAR = f"^{CODE_GRAMMAR}$"
_PARTS = r"^([A-Z])([A-Z])?(-[0-9]{4})?(\.[0-9]{4})?(-[0-9]{3})?(\.[0-9]{2})?(?:-L)?$"
_VOCABULARY_NAME = "211 Human Services Indexing System"
_VOCABULARY = uuid.uuid5(uuid.NAMESPACE_URL, "urn:resdir:taxonomy:211hsis")
_TARGET_BRANCH = "Y"
_ENTITIES = {
    "agency": "organization",
    "site": "location",
    "service": "service",
    "service_at_site": "service_at_location",
}


def taxonomy_tables(
    links: pl.DataFrame,
    owners: pl.DataFrame,
    *,
    parameters: ExportParameters,
    term_names: Mapping[str, str],
    terms: pl.DataFrame | None = None,
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """Return the tables `taxonomy`, `taxonomy_term` and `attribute` for the records that leave.

    A code that breaks the grammar is left out and counted. Terms are named by their code unless the parameters say that the
    licence allows names.

    Args:
        links: Taxonomy links.
        owners: Records that leave.
        parameters: Whether names may be written.
        term_names: Names by code, from a licensed list. With it the broader terms above those in use are written too, so that a
            receiver sees every level.
        terms: The table `taxonomy_term` of a whole directory of which these links are a part; None: it is made of these links.
    """
    codes = _codes(of_owners(links, owners))
    good = codes.filter(pl.col("code").str.contains(_GRAMMAR))
    attributes = good.unique(["center_id", "owner_kind", "owner_uid", "link_type", "code"], maintain_order=True)
    attributes = with_id(
        attributes.with_columns(
            pl.col("owner_uid").alias("record_uid"),
            pl.col("owner_native_id").alias("native_id"),
            pl.concat_str("link_type", "code", separator=":").alias("slot"),
        ),
        kind="attribute",
        owner_kind=None,
        slot="slot",
    ).select(
        "id",
        "center_id",
        "owner_kind",
        "owner_uid",
        pl.col("owner_uid").alias("link_id"),
        term_id("code").alias("taxonomy_term_id"),
        "link_type",
        pl.col("owner_kind").replace_strict(_ENTITIES, return_dtype=pl.String).alias("link_entity"),
    )
    return {
        "attribute": attributes,
        "taxonomy_term": _terms(good, parameters=parameters, term_names=term_names) if terms is None else terms,
        "taxonomy": pl.DataFrame(
            {
                "id": [str(_VOCABULARY)],
                "name": [_VOCABULARY_NAME],
                "description": ["Codes of the licensed taxonomy of human services."],
                "uri": ["https://211hsis.org"],
            }
        ),
    }, {"taxonomy_code_not_valid": codes.height - good.height}


def whole_terms(
    links: Iterable[pl.DataFrame], *, parameters: ExportParameters, term_names: Mapping[str, str]
) -> pl.DataFrame:
    """Return the rows of `taxonomy_term` for all links of a directory, whatever becomes of their records.

    Args:
        links: Taxonomy links, piece by piece: `code`, `target_code`, `joined_codes`, `term`.
        parameters: Whether names may be written.
        term_names: Names by code, from a licensed list.
    """
    said = [_said_codes(piece).select("code", "term").unique() for piece in links]
    none = pl.DataFrame(schema={"code": pl.String, "term": pl.String})
    codes = pl.concat([none, *said]).unique().filter(pl.col("code").str.contains(_GRAMMAR))
    return _terms(codes, parameters=parameters, term_names=term_names)


def term_id(column: str) -> pl.Expr:
    """Return the id of the term with the code in a column."""
    return pl.col(column).map_batches(_term_ids, return_dtype=pl.String)


def _codes(links: pl.DataFrame) -> pl.DataFrame:
    """Return one row per code of every link, service terms and targets told apart."""
    keys = ("center_id", "owner_kind", "owner_uid", "owner_native_id")
    is_target = pl.col("code").str.starts_with(_TARGET_BRANCH)
    return (
        _said_codes(links, *keys, "slot", "record_uid")
        .with_columns(pl.when(is_target).then(pl.lit("target")).otherwise(pl.lit("service_term")).alias("link_type"))
        .unique([*keys[:3], "code", "link_type", "term"], maintain_order=True)
        .sort("owner_kind", "owner_uid", "center_id", "code", "term", nulls_last=True)
    )


def _said_codes(links: pl.DataFrame, *kept: str) -> pl.DataFrame:
    """Return one row per code that a link names, with its term where it names one code only."""
    alone = pl.col("joined_codes").list.len().eq(0) & pl.col("target_code").is_null()
    no_term = pl.lit(None, dtype=pl.String).alias("term")
    return pl.concat(
        [
            links.select(*kept, "code", pl.when(alone).then("term").alias("term")),
            links.select(*kept, pl.col("joined_codes").alias("code"), no_term).explode("code"),
            links.select(*kept, pl.col("target_code").alias("code"), no_term),
        ]
    ).drop_nulls("code")


def _terms(codes: pl.DataFrame, *, parameters: ExportParameters, term_names: Mapping[str, str]) -> pl.DataFrame:
    terms = codes.group_by("code").agg(pl.col("term").drop_nulls().sort().first()).sort("code")
    if not parameters.write_term_names:
        terms = terms.with_columns(pl.lit(None, dtype=pl.String).alias("term"))
    elif term_names:
        used = terms["code"].to_list()
        broader = sorted({code for one in used for code in ancestors(one) if code in term_names} - set(used))
        terms = (
            pl.concat([terms, pl.DataFrame({"code": broader, "term": None}, schema=terms.schema)])
            .with_columns(
                pl.coalesce(
                    pl.col("code").replace_strict(dict(term_names), default=None, return_dtype=pl.String), "term"
                ).alias("term")
            )
            .sort("code")
        )
    above = _nearest_above(terms["code"].to_list())
    return terms.with_columns(pl.Series("above", above, dtype=pl.String)).select(
        term_id("code").alias("id"),
        "code",
        pl.coalesce("term", "code").alias("name"),
        pl.lit("licensed term").alias("description"),
        term_id("above").alias("parent_id"),
        pl.lit(_VOCABULARY_NAME).alias("taxonomy"),
        pl.when(pl.col("term").is_not_null()).then(pl.lit("en")).alias("language"),
        pl.lit(str(_VOCABULARY)).alias("taxonomy_id"),
    )


def ancestors(code: str) -> list[str]:
    """Return the broader codes above a code, the nearest first.

    >>> ancestors("BD-1800.2000-340")
    ['BD-1800.2000', 'BD-1800', 'BD', 'B']
    """
    found = re.match(_PARTS, code)
    filled = [part for part in found.groups() if part] if found else []
    above = ["".join(filled[:length]) for length in range(len(filled) - 1, 0, -1)]
    # A code of a center's own is the last step below the code that it is made from.
    return [broader for broader in above if broader != code]


def _nearest_above(codes: list[str]) -> list[str | None]:
    """Return for each code the nearest broader one in the list.

    >>> _nearest_above(["BD", "BD-1800", "BD-1800.2000-340"])
    [None, 'BD', 'BD-1800']
    """
    known = set(codes)
    return [next((broader for broader in ancestors(code) if broader in known), None) for code in codes]


def _term_ids(codes: pl.Series) -> pl.Series:
    ids = {code: str(uuid.uuid5(_VOCABULARY, code)) for code in codes.drop_nulls().unique().to_list()}
    return pl.Series(codes.name, [ids.get(code) for code in codes.to_list()], dtype=pl.String)
