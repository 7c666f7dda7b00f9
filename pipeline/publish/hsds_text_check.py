"""Do names and descriptions in the tables say what the directory says? Compared text by text (rule EXP-006)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.preflight import Fault
from pipeline.publish.public_directory import PublicDirectory

#: Kind of record -> table.
_TABLES = {"agency": "organization", "site": "location", "service": "service"}
_COLUMNS = ("name", "description")
#: Blanks, line ends and control characters: what may differ.
_MAY_DIFFER = r"[\s\x00-\x20\x7f-\x9f]+"


def check_texts(tables: Mapping[str, pl.DataFrame], public: PublicDirectory) -> list[Fault]:
    """Return one fault per column in which a text says something else than the directory.

    Args:
        tables: Rows as text by table name.
        public: What may leave; a text of which a sentence stayed home has lost it here already.
    """
    faults = []
    for kind, table in _TABLES.items():
        source = public.records()[kind].select(pl.col("record_uid").alias("id"), *_COLUMNS)
        both = tables[table].select("id", *_COLUMNS).join(source, on="id", how="inner", suffix="_told")
        for column in _COLUMNS:
            told = f"{column}_told"
            # Most are the same to the letter; only the others are looked at closely.
            differing = both.filter(pl.col(told).is_not_null() & pl.col(column).ne_missing(pl.col(told)))
            changed = differing.filter(_said(column).ne_missing(_said(told)))
            if changed.height:
                faults.append(
                    Fault(
                        table=table,
                        column=column,
                        check="text",
                        message="A text says something else than the directory.",
                        count=changed.height,
                        example=changed["id"].sort()[0],
                        rule_id="EXP-006",
                    )
                )
    return faults


def _said(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(_MAY_DIFFER, " ").str.strip_chars().fill_null("")
