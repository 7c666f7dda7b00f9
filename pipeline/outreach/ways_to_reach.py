"""The public phone and e-mail by which an agency can be asked."""

from __future__ import annotations

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import PhoneType, RecordKind

_FIRST = (PhoneType.MAIN, PhoneType.VOICE, PhoneType.BUSINESS, PhoneType.TOLL_FREE)
_NO_CALL = (PhoneType.FAX, PhoneType.TTY, PhoneType.TEXT)


def ways_to_reach(directory: Directory) -> pl.DataFrame:
    """Return `center_id`, `agency_uid`, `phone` (as written) and `email` of the agencies; null where there is none to tell.

    Private numbers and those of confidential places are left out: a work list is printed and left lying about.

    Args:
        directory: The canonical tables.
    """
    place = pl.col("type").replace_strict(
        {one.value: number for number, one in enumerate(_FIRST)}, default=len(_FIRST), return_dtype=pl.Int64
    )
    agencies = directory.agency.filter(~pl.col("is_confidential_place")).select(
        "center_id", "email", agency_uid="record_uid"
    )
    phones = (
        directory.phone.filter(
            (pl.col("owner_kind") == RecordKind.AGENCY.value)
            & ~pl.col("is_private")
            & ~pl.col("type").is_in([one.value for one in _NO_CALL]).fill_null(value=False)
        )
        .sort("center_id", "owner_uid", place, "slot")
        .unique(["center_id", "owner_uid"], keep="first", maintain_order=True)
        .select(
            "center_id",
            agency_uid="owner_uid",
            phone=pl.concat_str(
                "number_written",
                pl.when(pl.col("extension").is_not_null()).then(pl.format(" x{}", "extension")).fill_null(""),
            ),
        )
    )
    return (
        agencies.unique(["center_id", "agency_uid"], keep="first", maintain_order=True)
        .join(phones, on=["center_id", "agency_uid"], how="left")
        .select("center_id", "agency_uid", "phone", "email")
    )
