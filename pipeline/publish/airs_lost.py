"""What of the records that are written has no place in AIRS XML, counted by reason. `airs_losses` says the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from pipeline.publish.airs_agencies import record_owner, year_incorporated
from pipeline.publish.airs_owned import email_of, is_complete
from pipeline.publish.airs_selection import is_valid_code
from pipeline.publish.airs_services import is_age
from pipeline.publish.airs_words import MAIN_CONTACT
from pipeline.publish.airs_xml import text
from pipeline.publish.hsds_rows import strict_url
from pipeline.publish.public_directory import PublicDirectory
from pipeline.publish.public_phones import can_be_called
from schemas.enumerations import Status

_SERVICES = ("service", "service_at_site")
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
#: Kinds with an e-mail address and a web address of their own, in both versions.
_WITH_EMAIL = ("agency", "site")
#: Rows of these tables have no place when they belong to these kinds.
_ROWS_WITHOUT_PLACE: Mapping[str, tuple[str, ...]] = {
    "address": ("service", "service_at_site"),
    "schedule": ("agency",),
    "taxonomy_link": ("agency", "site"),
}


def count_losses(public: PublicDirectory, left_out: pl.DataFrame, *, version: str) -> dict[str, int]:
    """Return how many values of records that are written are not in the file, by reason.

    Args:
        public: What may leave.
        left_out: Records that are not written: `kind`, `record_uid`.
        version: Version of the format.
    """
    counts: Counter[str] = Counter()
    owners = left_out.select(pl.col("kind").alias("owner_kind"), pl.col("record_uid").alias("owner_uid"))
    for kind, frame in public.records().items():
        asked = _of_records(frame, kind, version=version)
        counts.update(_answers(frame, asked))
        # What is left out is little: taking it off again costs less than a copy of what is written.
        gone = frame.join(left_out.filter(pl.col("kind") == kind), on="record_uid", how="semi")
        counts.subtract(_answers(gone, asked))
    for table, asked in _of_rows(version=version).items():
        frame = public.tables()[table]
        gone = frame.join(owners, on=["owner_kind", "owner_uid"], how="semi")
        counts.update(_answers(frame, asked))
        counts.subtract(_answers(gone, asked))
        if table == "taxonomy_link":
            counts["taxonomy_code_not_valid"] += _joined_not_valid(frame) - _joined_not_valid(gone)
    return {reason: count for reason, count in counts.items() if count}


def _of_records(frame: pl.DataFrame, kind: str, *, version: str) -> dict[str, pl.Expr]:
    is_closed = pl.col("status") == Status.TEMPORARILY_CLOSED
    columns = (*WITHOUT_PLACE[kind], *WITHOUT_PLACE_IN[version].get(kind, ()))
    asked = {f"no_place_for_{kind}_{column}": _is_filled(frame, column) for column in columns}
    if kind in _ALERTED:
        asked[f"no_place_for_{kind}_alert"] = pl.col("alert").is_not_null() & ~is_closed
    if kind in _WITH_EMAIL:
        asked["email_not_by_schema"] = pl.col("email").is_not_null() & email_of("email", version=version).is_null()
    if kind in _WITH_EMAIL or version != "3.0":
        asked["unusable_url"] = pl.col("url").is_not_null() & strict_url("url").is_null()
    if kind == "site":
        asked["no_place_for_site_do_not_refer"] = (pl.col("status") == Status.ACTIVE_DO_NOT_REFER) | (
            ~pl.col("available_for_referral")
        )
    elif kind == "agency":
        asked["record_owner_not_by_schema"] = pl.col("record_owner").is_not_null() & record_owner().is_null()
        asked["year_not_by_schema"] = pl.col("year_incorporated").is_not_null() & year_incorporated().is_null()
        asked["no_place_for_agency_temporarily_closed"] = is_closed
    else:
        asked["age_not_by_schema"] = pl.any_horizontal(~is_age("minimum_age"), ~is_age("maximum_age"))
    return asked


def _of_rows(*, version: str) -> dict[str, dict[str, pl.Expr]]:
    of_service = pl.col("owner_kind").is_in(_SERVICES)
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
    taxonomy = {
        "taxonomy_code_not_valid": of_service
        & (~is_valid_code("code") | (pl.col("target_code").is_not_null() & ~is_valid_code("target_code"))),
        "no_place_for_term_name": of_service & pl.col("term").is_not_null(),
    }
    asked = {"contact": contact, "address": address, "schedule": {}, "taxonomy_link": taxonomy}
    for table, kinds in _ROWS_WITHOUT_PLACE.items():
        asked[table] |= {f"no_place_for_{kind}_{table}": pl.col("owner_kind") == kind for kind in kinds}
    return asked


def _joined_not_valid(links: pl.DataFrame) -> int:
    """Return how many further codes of links of services are not well formed."""
    further = links.filter(pl.col("owner_kind").is_in(_SERVICES))["joined_codes"].explode().drop_nulls()
    return further.to_frame("code").filter(~is_valid_code("code")).height


def _answers(frame: pl.DataFrame, asked: Mapping[str, pl.Expr]) -> dict[str, int]:
    if not asked or frame.is_empty():
        return {}
    answers = frame.select(question.fill_null(value=False).sum().alias(reason) for reason, question in asked.items())
    return {reason: int(count) for reason, count in answers.row(0, named=True).items()}


def _is_filled(frame: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(frame.schema[column], pl.List):
        return pl.col(column).list.len() > 0
    return pl.col(column).is_not_null()
