"""Phone numbers that may leave, as they are written."""

from __future__ import annotations

import polars as pl

#: An extension written into a number; what is left of a usable number has three digits at least, like 211.
_EXTENSION = r"(?i)\b(?:ext|x)\.? ?[0-9]+"
_SHORTEST_NUMBER = 3


def public_phones(phones: pl.DataFrame, owners: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the public phones of records that leave with the column `number`, and how many stay, by reason.

    North American numbers are written `(217) 555-0101`, short codes as digits, others as delivered. A text without any number in
    it is left out and counted.

    Args:
        phones: Canonical phones.
        owners: Records that leave: `center_id`, `owner_kind`, `owner_uid`.
    """
    theirs = phones.join(owners, on=["center_id", "owner_kind", "owner_uid"], how="semi", maintain_order="left")
    public = theirs.filter(~pl.col("is_private")).with_columns(_number().alias("number"))
    usable = public.filter(can_be_called("number"))
    return usable, {"private_phone": theirs.height - public.height, "unusable_phone": public.height - usable.height}


def can_be_called(column: str) -> pl.Expr:
    """Return whether a text holds a number at all."""
    return pl.col(column).str.replace_all(_EXTENSION, "").str.count_matches("[0-9]") >= _SHORTEST_NUMBER


def _number() -> pl.Expr:
    digits = pl.col("e164").str.extract(r"^\+1([0-9]{10})$", 1)
    area, exchange, line = (digits.str.slice(*span) for span in ((0, 3), (3, 3), (6, 4)))
    written = pl.concat_str(pl.lit("("), area, pl.lit(") "), exchange, pl.lit("-"), line)
    return pl.coalesce(written, "short_code", "number_written")
