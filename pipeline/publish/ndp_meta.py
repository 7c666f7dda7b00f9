"""`meta` of the four record objects: status, who may see the record, dates and the temporary message."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.ndp_words import NdpWords


def with_status(records: Mapping[str, pl.DataFrame], words: NdpWords) -> dict[str, pl.DataFrame]:
    """Return the records with `meta_status`, `meta_reason` and `meta_access`.

    A row that carries no status of its own (derived by us, or only a link) has its parent's: a site its agency's, a service at a site
    its service's. A service at a site is seen by nobody who may not see its service and its site.

    Args:
        records: By kind, with `status`, `alert`, `available_for_referral`, `id`, `org_id`, `service_id`, `location_id`.
        words: The table of statuses.
    """
    done = {kind: _own(records[kind], words) for kind in ("agency", "service")}
    done["site"] = _inherit(_own(records["site"], words), done["agency"], on="org_id", words=words)
    links = _inherit(_own(records["service_at_site"], words), done["service"], on="service_id", words=words)
    for kind, column in (("service", "service_id"), ("site", "location_id")):
        seen = done[kind].select(pl.col("id").alias(column), pl.col("meta_access").alias(f"{kind}_access"))
        links = links.join(seen, on=column, how="left", maintain_order="left")
    done["service_at_site"] = links.with_columns(
        _strictest("meta_access", "service_access", "site_access", words=words).alias("meta_access")
    ).drop("service_access", "site_access")
    return done


def meta_struct() -> pl.Expr:
    """Return the object `meta`. Dates that are not known are null; a temporary message lasts from midnight to midnight, UTC."""
    message = pl.when(pl.col("alert").is_not_null()).then(
        pl.struct(
            pl.col("alert").alias("message"),
            pl.col("alert_from_on").dt.strftime("%Y-%m-%dT00:00:00Z").alias("validFrom"),
            pl.col("alert_to_on").dt.strftime("%Y-%m-%dT00:00:00Z").alias("validTo"),
        )
    )
    return pl.struct(
        pl.col("id").alias("idResource"),
        pl.lit([], dtype=pl.List(pl.String)).alias("tags"),
        pl.col("meta_access").alias("access"),
        pl.col("meta_status").alias("status"),
        pl.col("meta_reason").alias("reasonInactive"),
        *(
            pl.col(ours).dt.strftime("%Y-%m-%d").alias(theirs)
            for ours, theirs in (
                ("edited_on", "lastUpdated"),
                ("verified_on", "lastVerified"),
                ("created_on", "created"),
            )
        ),
        message.alias("temporaryMessage"),
    ).alias("meta")


def _own(records: pl.DataFrame, words: NdpWords) -> pl.DataFrame:
    def member(name: str) -> pl.Expr:
        table = {status: facts[name] for status, facts in words.status.items() if name in facts}
        return pl.col("status").replace_strict(table, default=None, return_dtype=pl.String)

    shows_message = pl.col("alert").is_not_null() & member("with_message").is_not_null()
    limited = pl.when(pl.col("available_for_referral").eq(other=False)).then(pl.lit("directory"))
    return records.with_columns(
        pl.when(shows_message).then(member("with_message")).otherwise(member("status")).alias("meta_status"),
        pl.when(~shows_message).then(member("reason_inactive")).alias("meta_reason"),
        pl.coalesce(member("access"), limited, pl.lit("public")).alias("meta_access"),
    )


def _inherit(records: pl.DataFrame, parents: pl.DataFrame, *, on: str, words: NdpWords) -> pl.DataFrame:
    above = parents.select(
        pl.col("id").alias(on),
        pl.col("meta_status").alias("parent_status"),
        pl.col("meta_reason").alias("parent_reason"),
        pl.col("meta_access").alias("parent_access"),
    )
    says_nothing = pl.col("meta_status").is_null()
    joined = records.join(above, on=on, how="left", maintain_order="left")
    return joined.with_columns(
        *(
            pl.when(says_nothing).then(f"parent_{name}").otherwise(f"meta_{name}").alias(f"meta_{name}")
            for name in ("status", "reason")
        ),
        pl.when(says_nothing)
        .then(_strictest("meta_access", "parent_access", words=words))
        .otherwise("meta_access")
        .alias("meta_access"),
    ).drop("parent_status", "parent_reason", "parent_access")


def _strictest(*columns: str, words: NdpWords) -> pl.Expr:
    order = {word: place for place, word in enumerate(words.access_order)}
    names = {place: word for word, place in order.items()}
    ranks = (pl.col(column).replace_strict(order, default=None, return_dtype=pl.Int8) for column in columns)
    return pl.min_horizontal(*ranks).replace_strict(names, default=None, return_dtype=pl.String)
