"""Which records count in totals, shares, audits and effort, and why the others do not."""

from __future__ import annotations

import polars as pl

from schemas.enumerations import COUNTED_STATUSES, NotCountedReason, Origin, RecordKind, Status

_REASON_OF_STATUS = {
    Status.INACTIVE: NotCountedReason.INACTIVE,
    Status.DEFUNCT: NotCountedReason.DEFUNCT,
    Status.DELETED: NotCountedReason.DELETED,
    Status.DRAFT: NotCountedReason.DRAFT,
}


def mark_counted(records: pl.DataFrame, *, own_owner_codes: tuple[str, ...]) -> pl.DataFrame:
    """Return the records with `is_counted` and `not_counted_reason`.

    Args:
        records: Needs `kind`, `origin`, `status`, `record_owner`, `link_only`.
        own_owner_codes: Codes that mean "our own record"; case does not matter. A record without owner code is taken for
            our own. Empty: every record is our own.
    """
    own = [code.strip().lower() for code in own_owner_codes]
    is_others = pl.col("record_owner").str.to_lowercase().is_in(own).not_() if own else pl.lit(False)
    is_link = pl.col("kind") == RecordKind.SERVICE_AT_SITE
    by_status = pl.col("status").replace_strict(
        {str(status): str(reason) for status, reason in _REASON_OF_STATUS.items()},
        default=str(NotCountedReason.UNKNOWN_STATUS),
        return_dtype=pl.String,
    )
    reason = (
        pl.when(pl.col("origin") == Origin.DERIVED)
        .then(pl.lit(str(NotCountedReason.DERIVED)))
        .when(is_link & pl.col("link_only"))
        .then(pl.lit(str(NotCountedReason.LINK_ONLY)))
        .when(is_link)
        .then(pl.lit(str(NotCountedReason.EDITED_SERVICE_AT_SITE)))
        .when(~pl.col("status").is_in([str(status) for status in COUNTED_STATUSES]))
        .then(by_status)
        .when(is_others.fill_null(value=False))
        .then(pl.lit(str(NotCountedReason.OTHER_OWNER)))
    )
    return records.with_columns(reason.alias("not_counted_reason"), reason.is_null().alias("is_counted"))
