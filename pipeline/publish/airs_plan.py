"""Where every record stands in the file, as numbers: made once, so that the file can be written block by block.

Records of a kind are numbered in the order of the file; rows that belong to them are known by the number of their owner and their
place in their table. Nothing of the directory itself is copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import polars as pl

from pipeline.publish.airs_areas import read_areas
from pipeline.publish.airs_keys import key_list, key_order, with_keys, with_made_keys
from pipeline.publish.airs_removed import KEY_IN_USE, gone_of, gone_under, with_service_key
from pipeline.publish.airs_tree import order_agencies
from pipeline.publish.airs_xml import tidied
from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from schemas.airs_parameters import AirsParameters

#: What a site of the file is, beside a site of the directory (null).
SERVICES_WITHOUT_SITE = "services_without_site"
SITE_OF_ANOTHER_AGENCY = "site_of_another_agency"
REMOVED_SITE = "removed_site"
#: Tables whose rows belong to records, and which kinds of owners the format has a place for.
OWNED: Mapping[str, tuple[str, ...]] = {
    "phone": ("agency", "site", "service", "service_at_site"),
    "withheld_value": ("agency", "site", "service", "service_at_site"),
    "address": ("agency", "site"),
    "contact": ("agency", "site", "service", "service_at_site"),
    "schedule": ("site", "service", "service_at_site"),
    "taxonomy_link": ("service", "service_at_site"),
}


@dataclass(frozen=True, kw_only=True)
class AirsPlan:
    """The layout of a file. In all frames `row` is the place in the table of the directory, null where there is no such row.

    Args:
        agencies: One row per agency element: `row`, `record_uid`, `native_id`, `key`, `is_removed`, `position`, `closings`.
        sites: One row per site element, in order: `row`, `record_uid`, `native_id`, `key`, `made` (null for a site of the directory),
            `position` (of the agency element it stands in).
        services: Services that are in the file: `row`, `record_uid`, `native_id`, `key`, `position`, in order of `position`.
        links: One row per SiteService element, in order: `row`, `record_uid`, `site_number`, `service_number`, `key`, `is_removed`,
            `position`.
        owned: Table and kind of owner -> `row`, `number`, in order of `number`: rows of the table, and the element they belong to.
        areas: Areas served that could be read, `read_areas`.
        keys: Content of `airs_keys.csv`.
        counts: What could not be placed, by reason.
    """

    agencies: pl.DataFrame
    sites: pl.DataFrame
    services: pl.DataFrame
    links: pl.DataFrame
    owned: Mapping[tuple[str, str], pl.DataFrame]
    areas: pl.DataFrame
    keys: pl.DataFrame
    counts: Mapping[str, int]

    def blocks(self, *, size: int) -> list[tuple[int, int]]:
        """Return ranges of positions of agencies, each with about `size` sites and services at sites; a larger agency stands alone."""
        if self.agencies.is_empty():
            return []
        at = pl.concat([self.sites.select("position"), self.links.select("position"), self.agencies.select("position")])
        weights = at.group_by("position").len().sort("position")
        block = (weights["len"].cum_sum() - weights["len"]) // size
        starts = pl.select(pl.arg_where(block != block.shift(1))).to_series().to_list()
        starts = [0, *(start for start in starts if start)]
        return list(zip(starts, [*starts[1:], self.agencies.height], strict=True))


def plan_airs(
    public: PublicDirectory,
    *,
    left_out: pl.DataFrame,
    parameters: AirsParameters,
    removed: pl.DataFrame | None,
    shared: Mapping[str, pl.Series] | None = None,
) -> AirsPlan:
    """Return the layout of the file.

    Args:
        public: What may leave.
        left_out: Records that are not written: `kind`, `record_uid`.
        parameters: Layout and version.
        removed: Records that were in an earlier file: `kind`, `record_uid`, and where they are known `native_id`, `agency_uid`,
            `site_uid`, `service_uid`, `service_native_id`.
        shared: Kind -> native ids that several records of the whole directory share, when `public` is a part of it.
    """
    shared = shared or {}
    counts: Counter[str] = Counter()
    removed = removed if parameters.tell_removed and parameters.version != "3.0" else None
    kept = {kind: _kept(frame, kind, left_out, shared=shared.get(kind)) for kind, frame in public.records().items()}
    gone = {
        kind: gone_of(
            removed,
            kind,
            live=kept[kind].select("record_uid", "key"),
            counts=counts,
            shared=shared.get(kind),
        )
        for kind in RECORD_KINDS
    }
    gone_agencies = gone["agency"]
    agencies = _agencies(kept["agency"], public, gone_agencies, inside=parameters.child_agencies_inside, counts=counts)
    live_agencies = agencies.filter(~pl.col("is_removed")).select("record_uid", "position")
    services = _under_agency(kept["service"], public.service, live_agencies).sort(
        "position", *key_order(), "record_uid"
    )
    services = services.with_row_index("number")
    own_sites = _under_agency(kept["site"], public.site, live_agencies)
    links = _link_places(kept["service_at_site"], public, services, own_sites)
    gone_sites = gone_under(gone["site"], "agency_uid", live=live_agencies, ended=gone_agencies, counts=counts)
    gone_services = gone_under(gone["service"], "agency_uid", live=live_agencies, ended=gone_agencies, counts=counts)
    sites = _sites(own_sites, links, services, agencies, gone_sites, gone_services, version=parameters.version)
    written = _links(links, services, sites)
    gone_links = _gone_links(
        gone,
        sites,
        pl.concat([services.select("record_uid", "key"), gone["service"].select("record_uid", "key")]),
        counts,
    )
    ended = _gone_at_sites(gone_services, gone_links, sites)
    taken = ended.join(written, on=["site_number", "key"], how="anti")
    counts[KEY_IN_USE] += ended.height - taken.height
    ordered = (
        pl.concat([written, taken], how="diagonal")
        .join(sites.select(pl.col("number").alias("site_number"), "position"), on="site_number", how="left")
        .sort("site_number", *key_order(), "record_uid")
    )
    numbered = {
        "agency": agencies.filter(~pl.col("is_removed")).select("record_uid", pl.col("position").alias("number")),
        "site": sites.filter(pl.col("row").is_not_null()).select("record_uid", "number"),
        "service": services.select("record_uid", "number"),
        "service_at_site": ordered.with_row_index("number")
        .filter(pl.col("row").is_not_null())
        .select("record_uid", "number"),
    }
    return AirsPlan(
        agencies=agencies,
        sites=sites.drop("number"),
        services=services.drop("number"),
        links=ordered,
        owned={
            (table, kind): _owned(cast("pl.DataFrame", getattr(public, table)), kind, numbered[kind])
            for table, kinds in OWNED.items()
            for kind in kinds
        },
        areas=_areas(public),
        keys=_keys(agencies, sites, services, public, gone),
        counts=counts,
    )


def written_records(public: PublicDirectory, left_out: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record of the directory that is in the file: `kind`, `record_uid`."""
    rows = pl.concat(frame.select(pl.lit(kind).alias("kind"), "record_uid") for kind, frame in public.records().items())
    return rows.join(left_out, on=["kind", "record_uid"], how="anti", maintain_order="left")


def _kept(frame: pl.DataFrame, kind: str, left_out: pl.DataFrame, *, shared: pl.Series | None) -> pl.DataFrame:
    """Return `row`, `record_uid`, `native_id`, `key` of the records of a kind that are written."""
    keyed = with_keys(frame.select("record_uid", "native_id"), shared=shared).with_row_index("row")
    return keyed.join(left_out.filter(pl.col("kind") == kind), on="record_uid", how="anti", maintain_order="left")


def _agencies(
    kept: pl.DataFrame, public: PublicDirectory, gone: pl.DataFrame, *, inside: bool, counts: Counter[str]
) -> pl.DataFrame:
    live = kept.with_columns(public.agency["parent_uid"].gather(kept["row"]), is_removed=pl.lit(value=False))
    ended = gone.select("record_uid", "native_id", "key", is_removed=pl.lit(value=True))
    ordered, beside = order_agencies(pl.concat([live, ended], how="diagonal"), inside=inside)
    counts["parent_agency"] += beside
    return ordered.drop("parent_uid")


def _under_agency(kept: pl.DataFrame, table: pl.DataFrame, agencies: pl.DataFrame) -> pl.DataFrame:
    """Return records with the position of the agency they belong to."""
    named = kept.with_columns(table["agency_uid"].gather(kept["row"]))
    parents = agencies.rename({"record_uid": "agency_uid"})
    return named.join(parents, on="agency_uid", how="inner", maintain_order="left")


def _link_places(
    kept: pl.DataFrame, public: PublicDirectory, services: pl.DataFrame, sites: pl.DataFrame
) -> pl.DataFrame:
    """Return services at sites with the number and agency of their service, and the agency of their site."""
    return (
        kept.select("row", "record_uid")
        .with_columns(public.service_at_site[column].gather(kept["row"]) for column in ("service_uid", "site_uid"))
        .join(
            services.select(
                pl.col("record_uid").alias("service_uid"),
                pl.col("number").alias("service_number"),
                "key",
                "position",
                "agency_uid",
            ),
            on="service_uid",
            how="inner",
            maintain_order="left",
        )
        .join(
            sites.select(
                pl.col("record_uid").alias("site_uid"),
                pl.col("row").alias("site_row"),
                pl.col("position").alias("site_position"),
            ),
            on="site_uid",
            how="inner",
            maintain_order="left",
        )
    )


def _sites(
    own: pl.DataFrame,
    links: pl.DataFrame,
    services: pl.DataFrame,
    agencies: pl.DataFrame,
    gone_sites: pl.DataFrame,
    gone_services: pl.DataFrame,
    *,
    version: str,
) -> pl.DataFrame:
    """Return all site elements in order, with `number`."""
    elsewhere = (
        links.filter(pl.col("position") != pl.col("site_position"))
        .select(
            pl.col("site_row").alias("row"),
            pl.col("site_uid").alias("record_uid"),
            "position",
            pl.concat_str("site_uid", pl.lit(" "), "agency_uid").alias("made_from"),
        )
        .unique()
    )
    homeless = services.join(links, left_on="number", right_on="service_number", how="anti")["position"]
    bare = pl.concat([homeless, gone_services["position"]]).unique()
    if version == "3.0":
        # An agency of 3.0 has a site at least, be it one that says that none is named.
        with_site = pl.concat([own["position"], elsewhere["position"], bare]).unique()
        none = agencies.filter(~pl.col("position").is_in(with_site.implode()))["position"]
        bare = pl.concat([bare, none])
    made = bare.to_frame("position").join(
        agencies.select("position", pl.col("record_uid").alias("made_from")), on="position", how="left"
    )
    parts = [
        own.select("row", "record_uid", "native_id", "key", "position", made=pl.lit(None, dtype=pl.String)),
        with_made_keys(elsewhere, SITE_OF_ANOTHER_AGENCY).with_columns(made=pl.lit(SITE_OF_ANOTHER_AGENCY)),
        with_made_keys(made, SERVICES_WITHOUT_SITE).with_columns(made=pl.lit(SERVICES_WITHOUT_SITE)),
        gone_sites.select("record_uid", "native_id", "key", "position", made=pl.lit(REMOVED_SITE)),
    ]
    return (
        pl.concat(parts, how="diagonal")
        .drop("made_from")
        .sort("position", *key_order(), "record_uid", "made", nulls_last=True)
        .with_row_index("number")
    )


def _links(links: pl.DataFrame, services: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Return the SiteService elements of services at sites, and of services without a site."""
    places = sites.filter(pl.col("row").is_not_null()).select(
        pl.col("record_uid").alias("site_uid"), "position", pl.col("number").alias("site_number")
    )
    at_sites = links.join(places, on=["site_uid", "position"], how="inner", maintain_order="left")
    made = sites.filter(pl.col("made") == SERVICES_WITHOUT_SITE).select(
        "position", pl.col("number").alias("site_number")
    )
    homeless = services.join(links, left_on="number", right_on="service_number", how="anti").join(
        made, on="position", how="inner"
    )
    columns = ["row", "record_uid", "site_number", "service_number", "key"]
    return pl.concat(
        [
            at_sites.select(columns),
            homeless.select(
                pl.lit(None, dtype=pl.UInt32).alias("row"),
                pl.lit(None, dtype=pl.String).alias("record_uid"),
                "site_number",
                pl.col("number").alias("service_number"),
                "key",
            ),
        ]
    ).with_columns(is_removed=pl.lit(value=False))


def _gone_links(
    gone: Mapping[str, pl.DataFrame], sites: pl.DataFrame, services: pl.DataFrame, counts: Counter[str]
) -> pl.DataFrame:
    """Return removed services at sites that are in the file: `record_uid`, `site_number`, `key`."""
    places = sites.filter(pl.col("made").is_null()).select("record_uid", pl.col("number").alias("site_number"))
    at_sites = gone_under(gone["service_at_site"], "site_uid", live=places, ended=gone["site"], counts=counts)
    return with_service_key(at_sites, services, counts=counts)


def _gone_at_sites(services: pl.DataFrame, links: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Return the SiteService elements that tell of removed records; one for every key at a site."""
    made = sites.filter(pl.col("made") == SERVICES_WITHOUT_SITE).select(
        "position", pl.col("number").alias("site_number")
    )
    columns = ["record_uid", "site_number", "key"]
    rows = pl.concat([services.join(made, on="position", how="inner").select(columns), links.select(columns)])
    return (
        rows.sort("site_number", "key", "record_uid")
        .unique(["site_number", "key"], keep="first", maintain_order=True)
        .with_columns(is_removed=pl.lit(value=True))
    )


def _owned(table: pl.DataFrame, kind: str, numbered: pl.DataFrame) -> pl.DataFrame:
    """Return `row` and `number` of the rows that belong to elements, in order of the elements."""
    return (
        table.select("owner_kind", "owner_uid")
        .with_row_index("row")
        .filter(pl.col("owner_kind") == kind)
        .select("row", pl.col("owner_uid").alias("record_uid"))
        .join(numbered, on="record_uid", how="inner")
        .select("row", "number")
        .sort("number", "row")
    )


def _areas(public: PublicDirectory) -> pl.DataFrame:
    said = [
        texts
        for frame in (public.service, public.service_at_site)
        for texts in (
            frame["area_served_units"].explode().drop_nulls().unique(),
            frame["area_served"].drop_nulls().unique(),
        )
    ]
    return read_areas(pl.concat(said).to_frame("unit").select(tidied("unit")).to_series())


def _keys(
    agencies: pl.DataFrame,
    sites: pl.DataFrame,
    services: pl.DataFrame,
    public: PublicDirectory,
    gone: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Return the list of keys that are no native ids."""
    located = public.address.filter(pl.col("owner_kind") == "agency")["owner_uid"]
    stays = public.withheld_value.filter((pl.col("owner_kind") == "agency") & (pl.col("what") == "address"))[
        "owner_uid"
    ]
    offices = agencies.filter(
        ~pl.col("is_removed") & pl.col("record_uid").is_in(pl.concat([located, stays]).unique().implode())
    ).select("record_uid", "native_id", pl.col("record_uid").alias("made_from"), kind=pl.lit("agency_location"))
    by_position = agencies.select(
        "position", pl.col("record_uid").alias("agency"), pl.col("native_id").alias("number_of_agency")
    )
    made = (
        sites.filter(pl.col("made").is_in([SERVICES_WITHOUT_SITE, SITE_OF_ANOTHER_AGENCY]))
        .join(by_position, on="position", how="left")
        .select(
            pl.col("made").alias("kind"),
            pl.coalesce("record_uid", "agency").alias("record_uid"),
            pl.coalesce("native_id", pl.when(pl.col("record_uid").is_null()).then("number_of_agency")).alias(
                "native_id"
            ),
            "key",
        )
    )
    records = {
        "agency": agencies,
        "site": sites.filter(pl.col("made").is_null() | (pl.col("made") == REMOVED_SITE)),
        "service": pl.concat(
            [
                services.select("record_uid", "native_id", "key"),
                gone["service"].select("record_uid", "native_id", "key"),
            ]
        ),
    }
    columns = ["kind", "record_uid", "native_id", "key"]
    return key_list(
        records, pl.concat([with_made_keys(offices, "agency_location").select(columns), made.select(columns)])
    )


assert set(RECORD_KINDS) == {"agency", "site", "service", "service_at_site"}
