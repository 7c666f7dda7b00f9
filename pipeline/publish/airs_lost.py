"""What of the records that are written has no place in AIRS XML, counted by reason. `airs_losses` says the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from pipeline.publish.airs_agencies import record_owner, year_incorporated
from pipeline.publish.airs_owned import email_of, is_complete
from pipeline.publish.airs_selection import is_valid_code
from pipeline.publish.airs_words import MAIN_CONTACT
from pipeline.publish.airs_xml import has_forbidden, text
from pipeline.publish.hsds_rows import strict_url
from pipeline.publish.public_directory import PublicDirectory
from pipeline.publish.public_phones import can_be_called
from schemas.enumerations import Status
from schemas.public_columns import public_tables

#: Columns without a place, by kind of record, whatever the version.
_SERVICE = ("aka", "email", "accessibility", "transportation", "accreditations", "wait_time", "capacity")
WITHOUT_PLACE: Mapping[str, tuple[str, ...]] = {
    "agency": ("hours", "languages", "accessibility", "transportation", "alert"),
    "site": ("accreditations", "created_on", "edited_on", "verified_on"),
    "service": _SERVICE,
    "service_at_site": _SERVICE,
}
#: Columns without a place in one version only.
WITHOUT_PLACE_IN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "3.1": {"agency": ("funding",)},
    "3.0": {"service": ("url", "payment_methods"), "service_at_site": ("url", "payment_methods")},
}
#: Kinds whose alert is told when they are temporarily closed, and only then.
_ALERTED = ("site", "service", "service_at_site")
#: Rows of these tables have no place when they belong to these kinds.
_ROWS_WITHOUT_PLACE: Mapping[str, tuple[str, ...]] = {
    "address": ("service", "service_at_site"),
    "schedule": ("agency",),
    "taxonomy_link": ("agency", "site"),
}


def count_losses(public: PublicDirectory, written: pl.DataFrame, *, version: str) -> dict[str, int]:
    """Return how many values of records that are written are not in the file, by reason.

    Args:
        public: What may leave.
        written: Records in the file: `kind`, `record_uid`.
        version: Version of the format.
    """
    records = {
        kind: frame.join(written.filter(pl.col("kind") == kind), on="record_uid", how="semi", maintain_order="left")
        for kind, frame in public.records().items()
    }
    is_closed = pl.col("status") == Status.TEMPORARILY_CLOSED
    counts: dict[str, int] = {}
    for kind, frame in records.items():
        columns = (*WITHOUT_PLACE[kind], *WITHOUT_PLACE_IN[version].get(kind, ()))
        asked = {f"no_place_for_{kind}_{column}": _is_filled(frame, column) for column in columns}
        if kind in _ALERTED:
            asked[f"no_place_for_{kind}_alert"] = pl.col("alert").is_not_null() & ~is_closed
        if kind in ("agency", "site"):
            asked["email_not_by_schema"] = pl.col("email").is_not_null() & email_of("email", version=version).is_null()
        if kind == "agency" or version == "3.1":
            asked["unusable_url"] = pl.col("url").is_not_null() & strict_url("url").is_null()
        if kind == "site":
            asked["no_place_for_site_do_not_refer"] = (pl.col("status") == Status.ACTIVE_DO_NOT_REFER) | (
                ~pl.col("available_for_referral")
            )
        if kind == "agency":
            asked["record_owner_not_by_schema"] = pl.col("record_owner").is_not_null() & record_owner().is_null()
            asked["year_not_by_schema"] = pl.col("year_incorporated").is_not_null() & year_incorporated().is_null()
            asked["no_place_for_agency_temporarily_closed"] = is_closed
        _add(counts, frame, asked)
    for table, asked in _of_rows(version=version).items():
        frame = public.tables()[table].join(
            written.rename({"kind": "owner_kind", "record_uid": "owner_uid"}),
            on=["owner_kind", "owner_uid"],
            how="semi",
        )
        for kind in _ROWS_WITHOUT_PLACE.get(table, ()):
            counts[f"no_place_for_{kind}_{table}"] = frame.filter(pl.col("owner_kind") == kind).height
        _add(counts, frame, asked)
        if table == "taxonomy_link":
            further = frame.filter(pl.col("owner_kind").is_in(["service", "service_at_site"]))["joined_codes"].explode()
            counts["taxonomy_code_not_valid"] = counts.get("taxonomy_code_not_valid", 0) + (
                further.drop_nulls().to_frame("code").filter(~is_valid_code("code")).height
            )
    counts["character_not_allowed_in_xml"] = _forbidden([*records.items(), *_texts_of(public)])
    return {reason: count for reason, count in counts.items() if count}


def _of_rows(*, version: str) -> dict[str, dict[str, pl.Expr]]:
    of_service = pl.col("owner_kind").is_in(["service", "service_at_site"])
    is_main = (pl.col("role") == MAIN_CONTACT).fill_null(value=False)
    has_place = ~of_service | is_main
    contact = {
        "no_place_for_contact_of_service": ~has_place,
        "email_not_by_schema": has_place & pl.col("email").is_not_null() & email_of("email", version=version).is_null(),
        "unusable_phone": has_place & pl.col("phone").is_not_null() & ~can_be_called("phone"),
    }
    address: dict[str, pl.Expr] = {}
    if version == "3.0":
        contact["contact_without_name"] = has_place & text("name").is_null()
        address["incomplete_address"] = pl.col("owner_kind").is_in(["agency", "site"]) & ~is_complete()
    return {
        "contact": contact,
        "address": address,
        "schedule": {},
        "taxonomy_link": {
            "taxonomy_code_not_valid": of_service
            & (~is_valid_code("code") | (pl.col("target_code").is_not_null() & ~is_valid_code("target_code"))),
            "no_place_for_term_name": of_service & pl.col("term").is_not_null(),
        },
    }


def _add(counts: dict[str, int], frame: pl.DataFrame, asked: Mapping[str, pl.Expr]) -> None:
    if not asked or frame.is_empty():
        return
    answers = frame.select(question.fill_null(value=False).sum().alias(reason) for reason, question in asked.items())
    for reason, count in answers.row(0, named=True).items():
        counts[reason] = counts.get(reason, 0) + int(count)


def _is_filled(frame: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(frame.schema[column], pl.List):
        return pl.col(column).list.len() > 0
    return pl.col(column).is_not_null()


def _texts_of(public: PublicDirectory) -> Iterable[tuple[str, pl.DataFrame]]:
    return [(name, public.tables()[name]) for name in ("phone", "address", "contact", "schedule")]


def _forbidden(frames: Iterable[tuple[str, pl.DataFrame]]) -> int:
    total = 0
    for name, frame in frames:
        table = public_tables()[name]
        texts = [column for column in (*table.short, *table.prose) if frame.schema[column] == pl.String]
        if texts and not frame.is_empty():
            asked = frame.select(has_forbidden(column).sum().alias(column) for column in texts)
            total += sum(int(count or 0) for count in asked.row(0))
    return total
