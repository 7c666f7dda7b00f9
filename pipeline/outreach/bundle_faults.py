"""What is wrong with a bundle, so that the call that verifies it also mends it."""

from __future__ import annotations

import polars as pl

#: Rules told in words beside an agency; the list of findings has all (project choice: what one looks at before a call).
_TOLD = 5
#: Records named for a rule.
_NAMED = 3
_ORDER = {"error": 0, "warning": 1, "info": 2}
#: Findings about a verification that is due: that is why the agency is called.
_OF_DATES = "^FRE-0(?:01|02|03|08|12)$"
_AGENCY = ["center_id", "agency_uid"]


def tell_bundle_faults(findings: pl.DataFrame) -> pl.DataFrame:
    """Return what is wrong with every bundle, the gravest first.

    Findings about a verification that is due are left out, for the call mends them. Notes (info) are counted, not told.

    Args:
        findings: Open findings, `schemas.quality.Finding`. Values in them that are private say `withheld` already.

    Returns:
        `center_id`, `agency_uid`, `error_count`, `warning_count`, `info_count`, and `to_fix`: up to five rules in words, one a line,
        each with its records and, where there is a single one, the value found; null when there is nothing but notes.
    """
    about = findings.filter(
        pl.col("agency_uid").is_not_null() & ~pl.col("rule_id").str.contains(_OF_DATES)
    ).with_columns(grade=pl.col("severity").replace_strict(_ORDER, return_dtype=pl.Int8))
    counts = about.group_by(_AGENCY).agg(
        **{f"{name}_count": (pl.col("severity") == name).sum().cast(pl.Int64) for name in _ORDER}
    )
    number = pl.coalesce("native_id", "record_name", "record_uid")
    names = pl.when(pl.col("kind") != "agency").then(
        pl.format("{} {}", pl.col("kind").str.replace_all("_", " ", literal=True), number)
    )
    by_rule = (
        about.filter(pl.col("grade") < _ORDER["info"])
        .with_columns(record=names)
        .sort("grade", "rule_id", "kind", "native_id", "finding_id")
        .group_by(*_AGENCY, "rule_id", "message", "how_to_fix", maintain_order=True)
        .agg(
            grade=pl.col("grade").min(),
            records=pl.col("record").drop_nulls().unique(maintain_order=True),
            values=pl.col("value").drop_nulls().unique(maintain_order=True),
        )
    )
    # Lengths are unsigned: two less three would be four billion.
    more = pl.col("records").list.len().cast(pl.Int64) - _NAMED
    named = pl.col("records").list.head(_NAMED).list.join(", ")
    told = (
        by_rule.with_columns(
            where=pl.when(pl.col("records").list.len() > 0).then(
                pl.concat_str(
                    named, pl.when(more > 0).then(pl.format(" and {} more", more)).fill_null(""), pl.lit(": ")
                )
            ),
            found=pl.when(pl.col("values").list.len() == 1).then(pl.format(" ({})", pl.col("values").list.first())),
        )
        .with_columns(
            line=pl.concat_str(
                pl.col("where").fill_null(""),
                "message",
                pl.col("found").fill_null(""),
                pl.lit(" "),
                "how_to_fix",
                pl.lit(" ["),
                "rule_id",
                pl.lit("]"),
            )
        )
        .sort(*_AGENCY, "grade", "rule_id", "line")
        .group_by(_AGENCY, maintain_order=True)
        .agg(to_fix=pl.col("line").head(_TOLD).str.join("\n"))
    )
    return counts.join(told, on=_AGENCY, how="left").sort(_AGENCY)
