"""Rules TAX: the grammar of taxonomy codes and how services are indexed. Asked of counted records only.

The term list is licensed and never part of the program, so nothing here knows a term. What can be told from the codes alone is
told: whether a code is well formed, its level, and which code stands above which.

A code has one to six parts: a letter, a letter, `-` and four digits, `.` and four digits, `-` and three digits, `.` and two digits;
a local suffix `-L` may follow. Its level is the number of parts. Codes of the branch Y say for whom, all others what is done.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import refuse_uncarried
from pipeline.validate.findings import disabled_rules
from pipeline.validate.questions import FAILURE_SCHEMA, Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind
from schemas.parameters import ValidateParameters
from schemas.taxonomy_code import CODE_GRAMMAR

#: The whole code, for polars.
CODE_PATTERN = rf"^(?:{CODE_GRAMMAR})$"

#: Length of a code without local suffix, by level.
_LENGTHS = {1: 1, 2: 2, 3: 7, 4: 12, 5: 16, 6: 19}

#: Codes of the generation before 2005 had three digits where four stand today.
_LEGACY = r"(?i)^[A-Z]{2}-[0-9]{3}(?:[.-].*)?$"

#: A target code without its second letter, as some platforms write it.
_LONE_Y = r"^Y-[0-9]{4}(?:\.[0-9]{4}(?:-[0-9]{3}(?:\.[0-9]{2})?)?)?(?:-L)?$"

_COUNTED = pl.col("owner_is_counted") & pl.col("owner_kind").is_in(OWN_RECORD_KINDS)
_OWNER = ("center_id", "owner_kind", "owner_uid")
#: A well-formed target term in a link that holds no service term; further codes of the link go with the first.
_LONE_TARGET = (
    pl.col("upper").is_not_null() & pl.col("is_target") & ~pl.col("link_has_service") & (pl.col("position") == 1)
)


def list_codes(links: pl.DataFrame) -> pl.DataFrame:
    """Return one row per code of every link.

    Args:
        links: Taxonomy links as in `Subjects.owned`; repeated links are left out.

    Returns:
        The owner, `place` (slot of the link, with `#2` and so on for further codes), `code` as written, `upper` (in capitals,
        null when that is not well formed), `level` (1-6, null likewise), `is_target`, and about the link `link_has_service`
        (whether it holds a code that is not a target).
    """
    link = links.filter(~pl.col("is_repeated")).select(
        *_OWNER,
        "owner_is_counted",
        "slot",
        codes=pl.concat_list(pl.concat_list("code", "target_code"), "joined_codes")
        .list.drop_nulls()
        .list.unique(maintain_order=True),
    )
    # Polars' explode keeps the order of the list, so the first code of a link is the one it is about.
    codes = (
        link.with_columns(position=pl.int_ranges(1, pl.col("codes").list.len() + 1))
        .explode("codes", "position")
        .rename({"codes": "code"})
    )
    upper = pl.col("code").str.to_uppercase()
    length = pl.col("upper").str.replace(r"-L$", "").str.len_chars()
    is_target = upper.str.starts_with("Y")
    return codes.with_columns(
        place=pl.when(pl.col("position") == 1).then("slot").otherwise(pl.format("{}#{}", "slot", pl.col("position"))),
        upper=pl.when(upper.str.contains(CODE_PATTERN)).then(upper),
        is_target=is_target,
    ).with_columns(
        level=length.replace_strict(
            {value: key for key, value in _LENGTHS.items()}, default=None, return_dtype=pl.Int64
        ),
        link_has_service=(~pl.col("is_target")).any().over(*_OWNER, "slot"),
        owner_has_service=(~pl.col("is_target")).any().over(*_OWNER),
    )


def ask_codes(
    codes: pl.DataFrame, *, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the questions to codes, as in `list_codes`.

    Args:
        codes: The codes of all records.
        carried: Delivered fields by center.
        parameters: The level from which a service term is exact enough.
    """
    code, upper = pl.col("code"), pl.col("upper")
    refused = refuse_uncarried(carried, any_of=["taxonomy_link.codes"], words="taxonomy codes")
    unjoined = _refuse_unjoined(codes, minimum=parameters.unused_element_minimum)
    malformed = _COUNTED & upper.is_null()
    legacy, lone_y = code.str.contains(_LEGACY), code.str.contains(_LONE_Y)
    of_service = _COUNTED & (pl.col("owner_kind") == RecordKind.SERVICE)
    lone_target = of_service & _LONE_TARGET
    # Once per service, however many target terms it has: what is missing is the one service term.
    first_target = (lone_target & ~pl.col("owner_has_service")).cum_sum().over(*_OWNER) == 1
    general = ~pl.col("is_target") & (pl.col("level") <= parameters.general_term_level)
    conditions: list[tuple[str, str, pl.Expr, dict[str, str]]] = [
        ("TAX-002", "", malformed & ~legacy & ~lone_y, refused),
        ("TAX-002", "legacy", malformed & legacy, refused),
        ("TAX-002", "lone_y", malformed & lone_y, refused),
        ("TAX-004", "", _COUNTED & upper.is_not_null() & (code != upper), refused),
        ("TAX-007", "", lone_target & pl.col("owner_has_service"), refused | unjoined),
        ("TAX-008", "", lone_target & ~pl.col("owner_has_service") & first_target, refused),
        ("TAX-010", "", of_service & general, refused),
    ]
    return [
        Question(
            rule_id=rule_id,
            field="taxonomy_link",
            slot=pl.col("place"),
            variant=variant,
            broken=broken,
            value=code,
            refused=centers,
        )
        for rule_id, variant, broken, centers in conditions
    ]


def ask_indexing(*, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    """Return the questions to services that `count_service_terms` has counted."""
    refused = refuse_uncarried(carried, any_of=["taxonomy_link.codes"], words="taxonomy codes")
    count = pl.col("service_term_count")
    unindexed = pl.col("is_counted") & (count == 0)
    if "TAX-008" not in disabled_rules(parameters):
        # A service of target terms alone is told by TAX-008, which says what to do with the terms it has.
        unindexed = unindexed & ~pl.col("has_lone_target")
    return [
        Question(rule_id="TAX-001", field="taxonomy_link", broken=unindexed, refused=refused),
        Question(
            rule_id="TAX-009",
            field="taxonomy_link",
            broken=pl.col("is_counted") & (count > parameters.service_term_limit),
            value=pl.format("{} service terms", count),
            refused=refused,
        ),
    ]


def count_service_terms(services: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return the services, in the same order, with `service_term_count` and `has_lone_target`.

    The first is the number of distinct codes outside the branch Y; the second says that there is none, but a target term.
    """
    counts = (
        codes.filter(pl.col("owner_kind") == RecordKind.SERVICE, ~pl.col("is_target"))
        .group_by("center_id", record_uid="owner_uid")
        .agg(service_term_count=pl.col("upper").fill_null(pl.col("code")).n_unique())
    )
    targets = (
        codes.filter(pl.col("owner_kind") == RecordKind.SERVICE, _LONE_TARGET, ~pl.col("owner_has_service"))
        .select("center_id", record_uid="owner_uid", has_lone_target=pl.lit(value=True))
        .unique()
    )
    for part in (counts, targets):
        services = services.join(part, on=["center_id", "record_uid"], how="left", maintain_order="left")
    return services.with_columns(
        pl.col("service_term_count").fill_null(0), pl.col("has_lone_target").fill_null(value=False)
    )


def find_double_indexing(codes: pl.DataFrame) -> pl.DataFrame:
    """Return a failure of TAX-005 for every service term that stands above another term of the same service.

    `a` stands above `b` when `b` begins with all parts of `a` and has more. Targets are exempt.

    Args:
        codes: The codes of all records, as in `list_codes`.
    """
    terms = codes.filter(
        _COUNTED, pl.col("owner_kind") == RecordKind.SERVICE, ~pl.col("is_target"), pl.col("upper").is_not_null()
    )
    # Every code names its own ancestors: cut it back to each shorter length. A join then finds those that are there.
    above = pl.concat(
        [
            terms.filter(pl.col("level") > level).select(
                *_OWNER, upper=pl.col("upper").str.slice(0, length), below="upper"
            )
            for level, length in _LENGTHS.items()
        ]
    )
    lowest = above.group_by(*_OWNER, "upper").agg(pl.col("below").min())
    broader = terms.join(lowest, on=[*_OWNER, "upper"]).sort(*_OWNER, "place").unique([*_OWNER, "upper"], keep="first")
    return broader.select(
        "center_id",
        kind="owner_kind",
        record_uid="owner_uid",
        rule_id=pl.lit("TAX-005"),
        variant=pl.lit(""),
        field=pl.format("taxonomy_link.{}", "place"),
        value=pl.format("{} beside {}", "code", "below"),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def _refuse_unjoined(codes: pl.DataFrame, *, minimum: int) -> dict[str, str]:
    """Return the centers whose export joins no target to a service term at all: then a lone target is its usual form."""
    unjoined = (
        codes.filter("is_target")
        .group_by("center_id")
        .agg(target_count=pl.len(), joined_count=pl.col("link_has_service").sum())
        .filter((pl.col("joined_count") == 0) & (pl.col("target_count") >= minimum))
    )
    return {
        center: f"None of the {count:,} target terms is joined to a service term; the export seems not to join them."
        for center, count in sorted(unjoined.select("center_id", "target_count").iter_rows())
    }
