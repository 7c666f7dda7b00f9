"""Taxonomy of services in the NDP-shaped bundle: service terms with the target terms joined to them.

Names of terms are licensed: without a licensed list only codes are written, also where the export delivered names.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.ndp_block import Remarks
from pipeline.publish.ndp_ids import long_number
from pipeline.publish.ndp_shape import LEVELS, TARGET, list_of
from schemas.taxonomy_code import CODE_GRAMMAR

_GRAMMAR = f"^(?:{CODE_GRAMMAR})$"
_PARTS = r"^([A-Z])([A-Z])?(-[0-9]{4})?(\.[0-9]{4})?(-[0-9]{3})?(\.[0-9]{2})?(?:-L)?$"
_TARGET_BRANCH = "Y"


def taxonomy_rows(
    links: pl.DataFrame, *, terms: pl.DataFrame, term_names: Mapping[str, str] | None, remarks: Remarks
) -> pl.DataFrame:
    """Return one object per service term of every link of a service, with its targets.

    A link of target terms only names no service: it is left out and noted. Codes that break the grammar, and links of other records
    than services, are left out and counted.

    Args:
        links: `PublicDirectory.taxonomy_link` with `owner_id`, `owner_kind`.
        terms: What `term_levels` gave for the codes.
        term_names: Names of terms by code; None without a licensed list.
        remarks: What was left out.
    """
    of_services = links.filter(pl.col("owner_kind") == "service")
    remarks.removed["taxonomy_of_other_record"] += links.height - of_services.height
    is_target = pl.element().str.starts_with(_TARGET_BRANCH)
    codes = of_services.select(
        "center_id",
        "owner_id",
        "slot",
        pl.concat_list("code", "joined_codes", "target_code")
        .list.drop_nulls()
        .list.unique(maintain_order=True)
        .alias("given"),
    ).with_columns(
        pl.col("given").list.filter(pl.element().str.contains(_GRAMMAR)).alias("codes"),
    )
    remarks.removed["taxonomy_code_not_valid"] += int(
        codes.select((pl.col("given").list.len() - pl.col("codes").list.len()).sum()).item() or 0
    )
    told = codes.with_columns(
        pl.col("codes").list.filter(~is_target).alias("service_codes"),
        pl.col("codes").list.filter(is_target).list.sort().alias("target_codes"),
    )
    alone = told.filter((pl.col("service_codes").list.len() == 0) & (pl.col("target_codes").list.len() > 0))
    remarks.removed["target_without_service_term"] += alone.height
    if alone.height:
        remarks.targets_only.append(alone["owner_id"])
    rows = (
        told.select("center_id", "owner_id", pl.col("service_codes").alias("code"), "target_codes")
        .explode("code", keep_nulls=False, empty_as_null=False)
        .with_columns(pl.col("target_codes").list.join(" ").alias("targets_key"))
        .unique(["owner_id", "code", "targets_key"], maintain_order=True)
        .sort("owner_id", "code", "targets_key")
    )
    name = pl.element().replace_strict(dict(term_names or {}), default=None, return_dtype=pl.String)
    targets = pl.col("target_codes").list.eval(pl.struct(pl.element().alias("code"), name.alias("term")))
    return rows.join(terms, on="code", how="left", maintain_order="left").select(
        "owner_id",
        long_number("taxonomy", pl.col("center_id"), pl.col("owner_id"), pl.col("code"), pl.col("targets_key")).alias(
            "id"
        ),
        pl.col("term").alias("taxonomyTerm"),
        pl.col("code").alias("taxonomyCode"),
        *LEVELS,
        targets.cast(list_of(TARGET)).alias("targets"),
    )


def term_levels(links: pl.DataFrame, term_names: Mapping[str, str] | None) -> pl.DataFrame:
    """Return `code`, `term` and the names of its ancestors, one per level; its own name stands at its own level.

    Args:
        links: `PublicDirectory.taxonomy_link`.
        term_names: Names of terms by code; None without a licensed list, and then all names are null.
    """
    codes = (
        pl.concat([links["code"], links["joined_codes"].explode(keep_nulls=False, empty_as_null=False)])
        .drop_nulls()
        .unique()
    )
    frame = pl.DataFrame({"code": codes}, schema={"code": pl.String}).filter(pl.col("code").str.contains(_GRAMMAR))
    names = dict(term_names or {})

    def named(code: pl.Expr) -> pl.Expr:
        return code.replace_strict(names, default=None, return_dtype=pl.String)

    parts = frame.with_columns(pl.col("code").str.extract_groups(_PARTS).alias("parts")).unnest("parts")
    levels = []
    for level, member in enumerate(LEVELS, start=1):
        upto = pl.concat_str(*(str(place) for place in range(1, level + 1)))
        is_own = pl.col(str(level + 1)).is_null() if level < len(LEVELS) else pl.lit(value=True)
        own_name = pl.when(is_own).then(named(pl.col("code")))
        # Null parts make the joined text null: the code does not reach that level.
        levels.append(pl.when(upto.is_not_null()).then(pl.coalesce(own_name, named(upto))).alias(member))
    return parts.select("code", named(pl.col("code")).alias("term"), *levels)
