"""Taxonomy of services in the NDP-shaped bundle: service terms with the target terms joined to them.

Names of terms are licensed: without a licensed list only codes are written, also where the export delivered names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.ndp_block import Remarks
from pipeline.publish.ndp_ids import long_number
from pipeline.publish.ndp_json import joined_lists, json_objects
from pipeline.publish.ndp_shape import LEVELS, TARGET
from schemas.taxonomy_code import CODE_GRAMMAR

_GRAMMAR = f"^(?:{CODE_GRAMMAR})$"
_PARTS = r"^([A-Z])([A-Z])?(-[0-9]{4})?(\.[0-9]{4})?(-[0-9]{3})?(\.[0-9]{2})?(?:-L)?$"
_TARGET_BRANCH = "Y"


@dataclass(frozen=True, kw_only=True)
class ReadLinks:
    """What links say, by what they are made of: few different ones stand in many records.

    Args:
        service_terms: One row per service term of a link: `link`, `code`, `targets_key` (text), `term`, the levels, `targets`
            (finished items).
        faults: One row per link: `link`, `not_valid` (codes that break the grammar), `is_targets_only`.
    """

    service_terms: pl.DataFrame
    faults: pl.DataFrame


def taxonomy_rows(links: pl.DataFrame, *, read: ReadLinks, remarks: Remarks) -> pl.DataFrame:
    """Return one object per service term of every link of a service, with its targets.

    A link of target terms only names no service: it is left out and noted. Codes that break the grammar, and links of other records
    than services, are left out and counted.

    Args:
        links: `PublicDirectory.taxonomy_link` with `owner_id`, `owner_kind`.
        read: What the links say.
        remarks: What was left out.
    """
    of_services = links.filter(pl.col("owner_kind") == "service").select("center_id", "owner_id", _LINK)
    remarks.removed["taxonomy_of_other_record"] += links.height - of_services.height
    faulty = of_services.join(read.faults, on="link", how="inner", maintain_order="left")
    remarks.removed["taxonomy_code_not_valid"] += int(faulty["not_valid"].sum())
    alone = faulty.filter("is_targets_only")["owner_id"]
    remarks.removed["target_without_service_term"] += len(alone)
    if len(alone):
        remarks.targets_only.append(alone)
    rows = (
        of_services.join(read.service_terms, on="link", how="inner", maintain_order="left")
        .unique(["owner_id", "code", "targets_key"], maintain_order=True)
        .sort("owner_id", "code", "targets_key")
    )
    return rows.select(
        "owner_id",
        long_number("taxonomy", pl.col("center_id"), pl.col("owner_id"), pl.col("code"), pl.col("targets_key")).alias(
            "id"
        ),
        pl.col("term").alias("taxonomyTerm"),
        pl.col("code").alias("taxonomyCode"),
        *LEVELS,
        "targets",
    )


def read_links(links: pl.DataFrame, term_names: Mapping[str, str] | None) -> ReadLinks:
    """Return what the different links of an export say.

    Args:
        links: `PublicDirectory.taxonomy_link`.
        term_names: Names of terms by code, from a licensed list; None without one, and then all names are null.
    """
    names = dict(term_names or {})
    different = links.select(_LINK, "code", "joined_codes", "target_code").unique("link", maintain_order=True)
    is_target = pl.element().str.starts_with(_TARGET_BRANCH)
    codes = (
        different.select(
            "link",
            pl.concat_list("code", "joined_codes", "target_code")
            .list.drop_nulls()
            .list.unique(maintain_order=True)
            .alias("given"),
        )
        .with_columns(pl.col("given").list.filter(pl.element().str.contains(_GRAMMAR)).alias("codes"))
        .with_columns(
            pl.col("codes").list.filter(~is_target).alias("code"),
            pl.col("codes").list.filter(is_target).list.sort().alias("target_codes"),
        )
    )
    faults = codes.select(
        "link",
        (pl.col("given").list.len().cast(pl.Int64) - pl.col("codes").list.len().cast(pl.Int64)).alias("not_valid"),
        ((pl.col("code").list.len() == 0) & (pl.col("target_codes").list.len() > 0)).alias("is_targets_only"),
    ).filter((pl.col("not_valid") > 0) | pl.col("is_targets_only"))
    rows = codes.select(
        "link",
        "code",
        pl.col("target_codes").list.join(" ").alias("targets_key"),
        "target_codes",
    ).explode("code", keep_nulls=False, empty_as_null=False)
    targets = rows.select("targets_key", pl.col("target_codes").alias("code")).unique(
        "targets_key", maintain_order=True
    )
    exploded = targets.explode("code", keep_nulls=False, empty_as_null=False)
    named = exploded.select("code", _named("code", names).alias("term")).to_dict()
    texts = joined_lists(exploded["targets_key"], json_objects(named, TARGET, lists={}, rows=exploded.height))
    rows = rows.drop("target_codes").join(
        texts.rename({"owner_id": "targets_key", "text": "targets"}),
        on="targets_key",
        how="left",
        maintain_order="left",
    )
    levels = _levels(rows.select(pl.col("code").unique()), names)
    return ReadLinks(service_terms=rows.join(levels, on="code", how="left", maintain_order="left"), faults=faults)


#: A link as text: its codes.
_LINK = pl.concat_str(
    pl.col("code"),
    pl.col("joined_codes").list.join(" ").fill_null(""),
    pl.col("target_code").fill_null(""),
    separator="\x1f",
).alias("link")


def _levels(codes: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Return `code`, `term` and the names of its ancestors, one per level; its own name stands at its own level."""
    parts = codes.with_columns(pl.col("code").str.extract_groups(_PARTS).alias("parts")).unnest("parts")
    levels = []
    for level, member in enumerate(LEVELS, start=1):
        # Null parts make the joined text null: the code does not reach that level.
        upto = pl.concat_str(*(str(place) for place in range(1, level + 1)))
        is_own = pl.col(str(level + 1)).is_null() if level < len(LEVELS) else pl.lit(value=True)
        own_name = pl.when(is_own).then(_named("code", names))
        levels.append(pl.when(upto.is_not_null()).then(pl.coalesce(own_name, _named(upto, names))).alias(member))
    return parts.select("code", _named("code", names).alias("term"), *levels)


def _named(code: pl.Expr | str, names: Mapping[str, str]) -> pl.Expr:
    column = pl.col(code) if isinstance(code, str) else code
    return column.replace_strict(names, default=None, return_dtype=pl.String)
