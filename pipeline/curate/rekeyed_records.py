"""Records that came back under another number: told from records that came and records that went.

Four proofs, the strongest first; a record is taken by the first that fits, and only where the pair is one to one on both sides.
Whatever is ambiguous stays added and removed: a wrong pair would hang one record's history on another. Records that are equal word
for word are not ambiguous: when as many come as went, they are paired in the order of their numbers.
"""

from __future__ import annotations

import polars as pl

from pipeline.curate.record_contents import KINDS, delivered_records, fingerprint
from schemas.changes import RekeyedBy, RekeyedRecord
from schemas.contract import conform, empty_table
from schemas.directory import Directory

_KEY = ("center_id", "kind", "record_uid")


def find_rekeyed(now: Directory, *, before: Directory) -> pl.DataFrame:
    """Return the records that came back under another number, or under the same number as another kind of record.

    The proofs: the record names its old number; the same number came back as another kind; every word is the same; the name and
    the place (of a service: the name and the agency) are the same.

    Args:
        now: The later night.
        before: The earlier night.

    Returns:
        `schemas.changes.RekeyedRecord`, ordered by center, kind and new number.
    """
    later, earlier = _keys(now), _keys(before)
    added = later.join(earlier, on=list(_KEY), how="anti")
    removed = earlier.join(later, on=list(_KEY), how="anti")
    if added.is_empty() or removed.is_empty():
        return empty_table(RekeyedRecord)
    added = _with_proofs(added, now)
    removed = _with_proofs(removed, before)
    found = [empty_table(RekeyedRecord)]
    for proof, keys in (
        (RekeyedBy.PRIOR_NUMBER, ("center_id", "kind", "prior")),
        (RekeyedBy.PRIOR_NUMBER, ("center_id", "kind", "back")),
        (RekeyedBy.OTHER_KIND, ("center_id", "number", "name_key")),
        (RekeyedBy.SAME_CONTENT, ("center_id", "kind", "content_key", "twin", "twins")),
        (RekeyedBy.SAME_NAME_AND_PLACE, ("center_id", "kind", "name_key", "place_key")),
    ):
        if proof == RekeyedBy.SAME_NAME_AND_PLACE:
            # The agencies are known by now: a service is at home at its agency, whatever number that has.
            removed = _moved_places(removed, pl.concat(found))
        if proof == RekeyedBy.SAME_CONTENT:
            added, removed = _number_twins(added), _number_twins(removed)
        pairs = _pairs(added, removed, keys=keys, proof=proof)
        found.append(pairs)
        added = added.join(pairs.select("center_id", "kind", record_uid="new_record_uid"), on=list(_KEY), how="anti")
        removed = removed.join(
            pairs.select("center_id", kind="old_kind", record_uid="old_record_uid"), on=list(_KEY), how="anti"
        )
    return conform(pl.concat(found).sort("center_id", "kind", "new_native_id", "new_record_uid"), RekeyedRecord)


def _keys(directory: Directory) -> pl.DataFrame:
    columns = (*_KEY, "native_id", "prior_native_id", "agency_uid", "name_key")
    return pl.concat([delivered_records(directory, kind).select(columns) for kind in KINDS])


def _with_proofs(records: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    places = _places(directory)
    return (
        records.join(fingerprint(directory), on=list(_KEY), how="left")
        .join(places, on=list(_KEY), how="left")
        .with_columns(
            number=pl.col("native_id"),
            # On the new side the number it says it had, on the old side the number it had; and the other way round, for a center
            # that goes back to its old numbers.
            prior=pl.col("prior_native_id"),
            back=pl.col("native_id"),
            place_key=pl.when(pl.col("kind") == "service").then("agency_uid").otherwise("place_key"),
        )
    )


def _places(directory: Directory) -> pl.DataFrame:
    """Return one comparison key of the place per record: the physical address, else the first phone."""
    owner = {"kind": "owner_kind", "record_uid": "owner_uid"}
    addresses = (
        directory.address.filter((pl.col("address_kind") == "physical") & pl.col("address_key").is_not_null())
        .group_by("center_id", "owner_kind", "owner_uid")
        .agg(address=pl.col("address_key").min())
    )
    phones = (
        directory.phone.filter(pl.col("e164").is_not_null())
        .group_by("center_id", "owner_kind", "owner_uid")
        .agg(phone=pl.col("e164").min())
    )
    both = addresses.join(phones, on=["center_id", "owner_kind", "owner_uid"], how="full", coalesce=True)
    return both.select(
        "center_id",
        **{name: pl.col(source) for name, source in owner.items()},
        place_key=pl.coalesce("address", "phone"),
    )


def _moved_places(removed: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    agencies = found.filter(pl.col("kind") == "agency").select(
        "center_id", agency_uid="old_record_uid", moved_uid="new_record_uid"
    )
    moved = removed.join(agencies, on=["center_id", "agency_uid"], how="left", maintain_order="left")
    return moved.with_columns(
        place_key=pl.when(pl.col("kind") == "service")
        .then(pl.coalesce("moved_uid", "place_key"))
        .otherwise("place_key")
    ).drop("moved_uid")


def _number_twins(records: pl.DataFrame) -> pl.DataFrame:
    """Number the records that say the same word for word, in the order of their numbers, and say how many there are.

    Copies of one record cannot be told apart by anybody, so that when as many come as went, any pairing is right.
    """
    group = ["center_id", "kind", "content_key"]
    return records.sort(pl.col("native_id").str.len_chars(), "native_id", "record_uid").with_columns(
        twin=pl.int_range(pl.len()).over(group), twins=pl.len().over(group)
    )


def _pairs(added: pl.DataFrame, removed: pl.DataFrame, *, keys: tuple[str, ...], proof: RekeyedBy) -> pl.DataFrame:
    old = removed.with_columns(prior="native_id", back="prior_native_id")
    left = added.drop_nulls(keys).filter(pl.struct(keys).is_unique())
    right = old.drop_nulls(keys).filter(pl.struct(keys).is_unique())
    # A value that several share on one side belongs to none of them.
    pairs = left.join(right, on=list(keys), suffix="_old").with_columns(
        old_kind=pl.col("kind_old") if "kind" not in keys else pl.col("kind"),
        new_record_uid="record_uid",
        old_record_uid="record_uid_old",
        new_native_id=pl.col("native_id"),
        old_native_id=pl.col("native_id_old"),
        new_prior_id=pl.col("prior_native_id"),
        rekeyed_by=pl.lit(str(proof)),
    )
    if proof == RekeyedBy.OTHER_KIND:
        pairs = pairs.filter(pl.col("kind") != pl.col("old_kind"))
    return conform(pairs, RekeyedRecord)
