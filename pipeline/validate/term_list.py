"""Rules TAX that need more than the codes: the center's licensed term list, or its pairs of terms for one activity.

Neither comes with the program. Without the list its rules are not asked, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.questions import FAILURE_SCHEMA, Question
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters

_OF_SERVICE = pl.col("owner_is_counted") & (pl.col("owner_kind") == RecordKind.SERVICE)
_OWNER = ("center_id", "owner_kind", "owner_uid")
_NO_LIST = "The settings name no licensed term list (term_list)."

#: Words shorter than this say too little to be looked for; and only this much of a word, so that endings do not matter.
_SHORTEST_WORD, _STEM = 4, 5


def mark_terms(
    codes: pl.DataFrame, *, terms: pl.DataFrame | None, services: pl.DataFrame, parameters: ValidateParameters
) -> pl.DataFrame:
    """Return the codes with what the term list says about each.

    Args:
        codes: The codes of all records, as in `list_codes`.
        terms: `schemas.reference.LicensedTerm`; None when the center has pointed to none.
        services: The services, for their descriptions.
        parameters: The level at which a branch begins, and words that say nothing.

    Returns:
        The codes, in the same order, with `is_listed`, `term_status`, `term_successor`, `is_preferred`, `has_preferred` (whether
        the branch of the code has preferred terms) and `is_described` (whether name or description of the service holds a
        word of the term; null when the term has no words).
    """
    if terms is None:
        terms = pl.DataFrame(
            schema={
                "code": pl.String,
                "name": pl.String,
                "status": pl.String,
                "successor": pl.String,
                "is_preferred": pl.Boolean,
            }
        )
    length = {1: 1, 2: 2, 3: 7, 4: 12, 5: 16, 6: 19}[parameters.preferred_branch_level]
    known = terms.select(
        upper="code",
        is_listed=pl.lit(value=True),
        term_name="name",
        term_status="status",
        term_successor="successor",
        is_preferred=pl.col("is_preferred").fill_null(value=False),
    )
    branches = (
        known.filter("is_preferred", pl.col("upper").str.len_chars() >= length)
        .select(branch=pl.col("upper").str.head(length), has_preferred=pl.lit(value=True))
        .unique()
    )
    marked = (
        codes.with_columns(branch=pl.col("upper").str.head(length))
        .join(known, on="upper", how="left", maintain_order="left")
        .join(branches, on="branch", how="left", maintain_order="left")
        .drop("branch")
        .with_columns(
            pl.col("is_listed", "is_preferred", "has_preferred").fill_null(value=False),
        )
    )
    return _with_words(marked, services=services, parameters=parameters)


def ask_terms(
    *, terms: pl.DataFrame | None, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the questions to codes that `mark_terms` has marked.

    Args:
        terms: The licensed term list; None when there is none, and then nothing is asked.
        carried: Delivered fields by center.
        parameters: The level at which a branch begins.
    """
    code, successor = pl.col("code"), pl.col("term_successor")
    uncarried = refuse_uncarried(carried, any_of=["taxonomy_link.codes"], words="taxonomy codes")
    if terms is None:
        everywhere = dict.fromkeys(carried, _NO_LIST)
        unpreferred = undescribed = everywhere
    else:
        everywhere = {}
        preferred = bool(terms.get_column("is_preferred").any())
        unpreferred = {} if preferred else dict.fromkeys(carried, "The licensed term list marks no term as preferred.")
        undescribed = refuse_uncarried(
            carried, any_of=["service.description"], words="description", kind=RecordKind.SERVICE
        )
    asked = _OF_SERVICE & pl.col("upper").is_not_null()
    retired = asked & (pl.col("term_status") == "retired")
    in_use = asked & pl.col("is_listed") & ~retired.fill_null(value=False)
    with_successor = pl.format("{}: {}", code, successor)
    unwanted = in_use & ~pl.col("is_target") & pl.col("has_preferred") & ~pl.col("is_preferred")
    conditions: list[tuple[str, str, pl.Expr, pl.Expr, dict[str, str]]] = [
        ("TAX-003", "", asked & ~pl.col("is_listed"), code, everywhere),
        ("TAX-011", "", unwanted & (pl.col("level") >= parameters.preferred_branch_level), code, unpreferred),
        ("TAX-012", "", in_use & ~pl.col("is_target") & ~pl.col("is_described"), code, undescribed),
        ("TAX-013", "", retired & successor.is_not_null(), with_successor, everywhere),
        ("TAX-013", "no_successor", retired & successor.is_null(), code, everywhere),
    ]
    return [
        Question(
            rule_id=rule_id,
            field="taxonomy_link",
            slot=pl.col("place"),
            variant=variant,
            broken=broken,
            value=value,
            refused=centers | uncarried,
        )
        for rule_id, variant, broken, value, centers in conditions
    ]


def ask_repeated_links(*, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    """Return the question to taxonomy links, as in `Subjects.owned`, whether the record has the same link already."""
    return [
        Question(
            rule_id="TAX-014",
            field="taxonomy_link",
            slot=pl.col("slot"),
            broken=pl.col("owner_is_counted") & pl.col("is_repeated"),
            value=pl.col("link_written"),
            refused=refuse_uncarried(carried, any_of=["taxonomy_link.codes"], words="taxonomy codes"),
        )
    ]


def find_same_activity(codes: pl.DataFrame, *, pairs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Return a failure of TAX-006 for every service that carries both codes of a pair.

    Args:
        codes: The codes of all records, as in `list_codes`.
        pairs: Codes that the center calls the same activity.
    """
    listed = pl.DataFrame(list(pairs), schema={"upper": pl.String, "other": pl.String}, orient="row").unique()
    carried = codes.filter(_OF_SERVICE, pl.col("upper").is_not_null()).unique(
        [*_OWNER, "upper"], keep="first", maintain_order=True
    )
    second = carried.select(*_OWNER, other="upper", second="code")
    both = carried.join(listed, on="upper").join(second, on=[*_OWNER, "other"])
    return both.select(
        "center_id",
        kind="owner_kind",
        record_uid="owner_uid",
        rule_id=pl.lit("TAX-006"),
        variant=pl.lit(""),
        field=pl.format("taxonomy_link.{}", "place"),
        value=pl.format("{} beside {}", "code", "second"),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def refuse_unpaired(carried: Mapping[str, frozenset[str]], *, parameters: ValidateParameters) -> dict[str, str]:
    """Return the centers of which TAX-006 cannot be asked, each with the reason."""
    if not parameters.same_activity:
        return dict.fromkeys(carried, "The settings name no pairs of terms for the same activity (same_activity).")
    return refuse_uncarried(carried, any_of=["taxonomy_link.codes"], words="taxonomy codes")


def _with_words(codes: pl.DataFrame, *, services: pl.DataFrame, parameters: ValidateParameters) -> pl.DataFrame:
    texts = services.select(
        "center_id",
        owner_kind=pl.lit(RecordKind.SERVICE.value),
        owner_uid="record_uid",
        text=pl.concat_str(pl.col("name", "description"), separator=" ", ignore_nulls=True).str.to_lowercase(),
        has_description=pl.col("description").is_not_null(),
    )
    words = pl.col("term_name").str.to_lowercase().str.extract_all(rf"\p{{L}}{{{_SHORTEST_WORD},}}")
    telling = words.list.eval(pl.element().filter(~pl.element().is_in(list(parameters.empty_term_words))))
    numbered = codes.with_row_index("row")
    described = (
        numbered.filter(_OF_SERVICE)
        .select(*_OWNER, "row", stem=telling.list.eval(pl.element().str.head(_STEM)))
        .explode("stem", empty_as_null=True)
        .drop_nulls("stem")
        .join(texts.filter("has_description"), on=list(_OWNER))
        .group_by("row")
        .agg(is_described=pl.col("text").str.contains(pl.col("stem"), literal=True).any())
    )
    return numbered.join(described, on="row", how="left", maintain_order="left").drop("row", "term_name")
