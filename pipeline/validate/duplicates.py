"""Rules DUP: records that may stand in the directory twice.

Which agencies look alike is found by matching; what people said about them is known before the rules are asked. A pair that was
called different, or that follows from other verdicts, is no finding any more. A pair that was called the same stays one until an
export shows it merged.
"""

from __future__ import annotations

import polars as pl

from pipeline.validate.questions import FAILURE_SCHEMA
from schemas.contract import empty_table
from schemas.enumerations import Origin, PairBand, RecordKind
from schemas.identity import pair_id
from schemas.matching import ScoredPair
from schemas.verdicts import ASKED, PairState, Verdict

#: Columns of the pairs that the rules are asked of.
PAIR_COLUMNS: tuple[str, ...] = (
    "pair_id", "center_id_a", "uid_a", "center_id_b", "uid_b", "band", "standing", "verdict",
)  # fmt: skip
#: Agencies under one employer number that are compared pair by pair (bounds the work).
_MOST_UNDER_EIN = 200


def pairs_to_ask(pairs: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with band and standing, columns `PAIR_COLUMNS`; decided pairs that were not scored have no band.

    Args:
        pairs: `ScoredPair`.
        states: `PairState`.
    """
    return states.join(pairs.select("pair_id", "band"), on="pair_id", how="left").select(PAIR_COLUMNS)


def no_pairs() -> pl.DataFrame:
    """Return a frame without pairs, for directories that were not matched."""
    return pairs_to_ask(empty_table(ScoredPair), empty_table(PairState))


def none_alike() -> pl.DataFrame:
    """Return the frame that `find_double_entries` takes when no records were compared."""
    return pl.DataFrame(schema={"center_id": pl.String, "record_uid": pl.String, "first_uid": pl.String})


def find_duplicates(agencies: pl.DataFrame, *, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the failures of DUP-001 and DUP-002.

    One per pair, at a record that counts; at both where the records have different curators or centers.

    Args:
        agencies: The agencies, as in `Subjects.records`.
        pairs: Columns `PAIR_COLUMNS`.
    """
    is_asked = pl.col("standing").is_in([str(one) for one in ASKED])
    is_same = (pl.col("verdict") == Verdict.SAME) & ~pl.col("standing").is_in(["conflict", "dormant"])
    told = pairs.with_columns(
        rule_id=pl.when(is_same | (is_asked & (pl.col("band") == PairBand.DUPLICATE)))
        .then(pl.lit("DUP-001"))
        .when(is_asked & (pl.col("band") == PairBand.POSSIBLE))
        .then(pl.lit("DUP-002")),
        variant=pl.when(is_same)
        .then(pl.lit("confirmed"))
        .when(pl.col("standing") == "reopened")
        .then(pl.lit("reopened"))
        .when(pl.col("standing") == "conflict")
        .then(pl.lit("conflict"))
        .otherwise(pl.lit("")),
    ).drop_nulls("rule_id")
    record = agencies.select(
        "center_id", "record_uid", "name", "native_id", "curator", "is_counted",
        is_hidden=pl.col("is_withheld") | pl.col("is_confidential_place"),
    )  # fmt: skip
    sides = {
        side: record.rename(
            {"center_id": f"center_id_{side}", "record_uid": f"uid_{side}"}
            | {name: f"{name}_{side}" for name in ("name", "native_id", "curator", "is_counted", "is_hidden")}
        )
        for side in ("a", "b")
    }
    both = told.join(sides["a"], on=["center_id_a", "uid_a"]).join(sides["b"], on=["center_id_b", "uid_b"])
    # A twin that is closed already is no work for anybody.
    both = both.filter(
        pl.when(pl.col("verdict") == Verdict.SAME)
        .then(pl.col("is_counted_a") & pl.col("is_counted_b"))
        .otherwise(pl.col("is_counted_a") | pl.col("is_counted_b"))
    )
    is_shared = (pl.col("center_id_a") != pl.col("center_id_b")) | pl.col("curator_a").ne_missing(pl.col("curator_b"))
    return pl.concat(
        [
            _at(both.filter(pl.col("is_counted_a")), own="a", other="b"),
            _at(both.filter(pl.col("is_counted_b") & (is_shared | ~pl.col("is_counted_a"))), own="b", other="a"),
        ]
    )


def _at(pairs: pl.DataFrame, *, own: str, other: str) -> pl.DataFrame:
    return pairs.select(
        center_id=f"center_id_{own}",
        kind=pl.lit(RecordKind.AGENCY.value),
        record_uid=f"uid_{own}",
        rule_id="rule_id",
        variant="variant",
        field=pl.format("pair.{}", "pair_id"),
        value=_named(pl.col(f"name_{other}"), pl.col(f"native_id_{other}"), pl.col(f"center_id_{other}"), own=own),
        is_private=pl.col(f"is_hidden_{other}"),
    ).select(*FAILURE_SCHEMA)


def _named(name: pl.Expr, number: pl.Expr, center: pl.Expr, *, own: str) -> pl.Expr:
    where = pl.when(center != pl.col(f"center_id_{own}")).then(pl.format(" of {}", center)).otherwise(pl.lit(""))
    return pl.format("{} ({}){}", name.fill_null("(no name)"), number.fill_null("no number"), where)


def find_shared_ein(agencies: pl.DataFrame, *, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the failures of DUP-003: agencies under one employer number between which nothing is said yet.

    Said is: one is the parent of the other, both have one parent, or the pair is asked elsewhere or was decided.

    Args:
        agencies: The agencies, as in `Subjects.records`.
        pairs: Columns `PAIR_COLUMNS`.
    """
    named = agencies.filter(pl.col("ein").is_not_null() & pl.col("is_counted") & pl.col("is_delivered")).select(
        "center_id", "record_uid", "native_id", "name", "ein",
        parent=pl.coalesce("parent_uid", "parent_native_id"),
        is_hidden=pl.col("is_withheld") | pl.col("is_confidential_place"),
    )  # fmt: skip
    sized = named.filter(pl.len().over("ein").is_between(2, _MOST_UNDER_EIN))
    both = sized.join(sized, on="ein", suffix="_b").filter(
        (pl.col("center_id") != pl.col("center_id_b")) | (pl.col("record_uid") != pl.col("record_uid_b"))
    )
    is_family = (
        (pl.col("parent") == pl.col("record_uid_b"))
        | (pl.col("parent_b") == pl.col("record_uid"))
        | (pl.col("parent") == pl.col("parent_b"))
    ).fill_null(value=False)
    both = both.filter(~is_family)
    sides = ("center_id", "record_uid", "center_id_b", "record_uid_b")
    # Few agencies share an employer number; the id of a pair is a hash that no expression computes.
    ids = pl.Series([pair_id(*row) for row in both.select(sides).iter_rows()], dtype=pl.String)
    spoken = pairs.filter(
        pl.col("verdict").is_not_null() | pl.col("band").is_in([PairBand.DUPLICATE.value, PairBand.POSSIBLE.value])
    )
    open_pairs = both.with_columns(pair_id=ids).join(spoken.select("pair_id"), on="pair_id", how="anti")
    shown = pl.when(~pl.col("is_hidden_b")).then(
        _named(pl.col("name_b"), pl.col("native_id_b"), pl.col("center_id_b"), own="own")
    )
    told = (
        open_pairs.rename({"center_id": "center_id_own"})
        .with_columns(other=shown)
        .sort("center_id_own", "record_uid", "center_id_b", "record_uid_b")
        .group_by("center_id_own", "record_uid", "ein", maintain_order=True)
        .agg(other=pl.col("other").drop_nulls().first(), count=pl.len())
    )
    more = pl.when(pl.col("count") > 1).then(pl.format(" and {} more", pl.col("count") - 1)).otherwise(pl.lit(""))
    return told.select(
        center_id="center_id_own",
        kind=pl.lit(RecordKind.AGENCY.value),
        record_uid="record_uid",
        rule_id=pl.lit("DUP-003"),
        variant=pl.lit(""),
        field=pl.lit("ein"),
        value=pl.format("{}: also {}{}", "ein", pl.col("other").fill_null("a record that is not shown"), more),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def find_double_entries(records: pl.DataFrame, *, alike: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the failures of DUP-004: sites or services of one agency under one name.

    Of each record the first that is alike is named. Records that are clearly at different places are branches and asked
    differently: of services, whether one record at both sites would do; of sites nothing.

    Args:
        records: Sites or services, as in `Subjects.records`.
        alike: Records of one agency under one name: `center_id`, `record_uid`, `first_uid`.
        places: What tells one record's place from another's: `center_id`, `record_uid`, `place` (null when unknown).
    """
    rows = (
        records.filter(pl.col("is_counted") & pl.col("is_delivered"))
        .select(
            "center_id", "kind", "record_uid", "native_id", "name",
            is_hidden=pl.col("is_withheld") | pl.col("is_confidential_place"),
        )
        .join(places, on=["center_id", "record_uid"], how="left")
    )  # fmt: skip
    other = rows.select(
        "center_id",
        first_uid="record_uid",
        other_name="name",
        other_id="native_id",
        other_place="place",
        other_hidden="is_hidden",
    )
    both = (
        alike.join(rows, on=["center_id", "record_uid"])
        .join(other, on=["center_id", "first_uid"])
        .with_columns(is_elsewhere=(pl.col("place") != pl.col("other_place")).fill_null(value=False))
        .filter(~(pl.col("is_elsewhere") & (pl.col("kind") == RecordKind.SITE)))
        # A record that is entered twice at one place says more than one that is at two places.
        .sort("center_id", "record_uid", "is_elsewhere", "other_id", "first_uid")
        .unique(["center_id", "record_uid"], keep="first", maintain_order=True)
    )
    return both.select(
        "center_id",
        "kind",
        "record_uid",
        rule_id=pl.lit("DUP-004"),
        variant=pl.when("is_elsewhere").then(pl.lit("branch")).otherwise(pl.lit("")),
        field=pl.lit("name"),
        value=pl.format("{} ({})", "other_name", pl.col("other_id").fill_null("no number")),
        is_private=pl.col("is_hidden") | pl.col("other_hidden"),
    ).select(*FAILURE_SCHEMA)


def places_of_sites(addresses: pl.DataFrame) -> pl.DataFrame:
    """Return the place of each site: its physical address in comparison form.

    Args:
        addresses: Addresses with `owner_kind`, `owner_uid`, `address_kind`, `address_key`.
    """
    return (
        addresses.filter(
            (pl.col("owner_kind") == RecordKind.SITE)
            & (pl.col("address_kind") == "physical")
            & pl.col("address_key").is_not_null()
        )
        .group_by("center_id", record_uid="owner_uid")
        .agg(place=pl.col("address_key").min())
    )


def places_of_services(links: pl.DataFrame) -> pl.DataFrame:
    """Return the place of each service: the sites at which it is offered.

    Args:
        links: Services at sites, with `service_uid` and `site_uid`.
    """
    return (
        links.filter(pl.col("origin") == Origin.DELIVERED)
        .drop_nulls(["service_uid", "site_uid"])
        .group_by("center_id", record_uid="service_uid")
        .agg(place=pl.col("site_uid").unique().sort().str.join(" "))
    )
