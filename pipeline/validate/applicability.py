"""Of which centers a rule cannot be asked, and why.

A column that an export does not have would otherwise give one finding per record, thousands a night, that nobody can mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from pipeline.validate.questions import PLURALS, Question
from schemas.contract import conform, schema_of
from schemas.quality import NotApplicable
from schemas.rules import rule_catalogue

_SWITCHED_OFF = "The settings switch this rule off."
_OFF_BY_DEFAULT = "This rule is off unless the settings switch it on."


def refuse_uncarried(
    carried: Mapping[str, frozenset[str]], *, any_of: Iterable[str], words: str, kind: str | None = None
) -> dict[str, str]:
    """Return the centers whose export carries none of the fields, each with the reason.

    Args:
        carried: Delivered fields by center.
        any_of: Delivered field names such as `agency.hours`; one of them is enough.
        words: The field in words, such as `days and hours`.
        kind: Record kind the field belongs to, where that matters.
    """
    wanted = frozenset(any_of)
    whose = f" for {PLURALS[kind]}" if kind else ""
    return {
        center: f"The export carries no {words}{whose}."
        for center, fields in sorted(carried.items())
        if wanted.isdisjoint(fields)
    }


def count_use(records: pl.DataFrame, **things: pl.Expr) -> pl.DataFrame:
    """Return one row per center, sorted, with `record_count` and, for each thing, how many counted records have it.

    Args:
        records: One record kind; needs `center_id` and `is_counted`.
        things: Whether a record has the thing, by the name of the column to make.
    """
    return (
        records.filter("is_counted")
        .group_by("center_id")
        .agg(record_count=pl.len(), **{name: has.fill_null(value=False).sum() for name, has in things.items()})
        .sort("center_id")
    )


def _each_use(use: pl.DataFrame, thing: str) -> Iterator[tuple[str, int, int]]:
    # One row per center, and a hundred questions each night: a query for each costs more than the few rows.
    return zip(*(use.get_column(name).to_list() for name in ("center_id", "record_count", thing)), strict=True)


def refuse_unused(use: pl.DataFrame, *, thing: str, words: str, kind: str, minimum: int) -> dict[str, str]:
    """Return the centers in which no counted record of a kind has the thing at all, each with the reason.

    A column can be there and empty all the way down; and rows that belong to records (phones, addresses) have one layout for
    all kinds, so that their columns do not tell whether the center keeps them at a level. The records do.

    Args:
        use: What `count_use` counted of one record kind.
        thing: Its column.
        words: The thing in words.
        kind: Record kind.
        minimum: Fewer counted records than this prove nothing; then the question is asked.
    """
    return {
        center: f"None of the {count:,} {PLURALS[kind]} has any {words}; the export seems not to carry it at this level."
        for center, count, used in _each_use(use, thing)
        if count >= minimum and used == 0
    }


def refuse_hardly_used(
    use: pl.DataFrame, *, thing: str, words: str, kind: str, minimum: int, share: float
) -> dict[str, str]:
    """Return the centers in which only a few counted records of a kind have the thing, each with the reason.

    A handful of filled cells in a column of hundreds shows that the center does not keep it: the others are no omissions.

    Args:
        use: What `count_use` counted of one record kind.
        thing: Its column.
        words: The thing in words.
        kind: Record kind.
        minimum: Fewer counted records than this prove nothing; then the question is asked.
        share: Smallest share of counted records, 0-1, from which on the center keeps the thing.
    """
    return {
        center: f"Only {used:,} of {count:,} {PLURALS[kind]} {'has' if used == 1 else 'have'} any {words}: the center does not "
        "keep it. To ask for it all the same, set unused_element_share = 0 under [rules]."
        for center, count, used in _each_use(use, thing)
        if count >= minimum and 0 < used < share * count
    }


def refuse_untracked(
    records: pl.DataFrame, *, carried: Mapping[str, frozenset[str]], kind: str, tracked_share: float
) -> dict[str, str]:
    """Return the centers that do not keep verification dates at a level, each with the reason.

    Args:
        records: One record kind; needs `center_id`, `is_counted` and `verified_on`.
        carried: Delivered fields by center.
        kind: Record kind.
        tracked_share: Smallest share of counted records with a date, 0-1.
    """
    dated = (
        records.filter("is_counted")
        .group_by("center_id")
        .agg(record_count=pl.len(), dated_count=pl.col("verified_on").is_not_null().sum())
        .filter(pl.col("dated_count") < tracked_share * pl.col("record_count"))
    )
    refused = {
        center: f"Only {dated_count:,} of {count:,} {PLURALS[kind]} have a verification date: the level is not tracked."
        for center, count, dated_count in sorted(dated.select("center_id", "record_count", "dated_count").iter_rows())
    }
    uncarried = refuse_uncarried(carried, any_of=[f"{kind}.verified_on"], words="verification date", kind=kind)
    return refused | uncarried


def not_applicable(questions: Iterable[Question], *, disabled: Iterable[str], centers: Iterable[str]) -> pl.DataFrame:
    """Return one row per center and rule that could not be asked, at one level or at all, with the reasons.

    Args:
        questions: All questions, with the centers that refuse them.
        disabled: Rules that the settings switch off.
        centers: All centers of the directory.

    Returns:
        Rows of `NotApplicable`, sorted by center and rule.
    """
    off = set(disabled)
    reasons: dict[tuple[str, str], list[str]] = {
        (center, rule_id): [_OFF_BY_DEFAULT if rule_catalogue()[rule_id].is_off_by_default else _SWITCHED_OFF]
        for center in centers
        for rule_id in off
    }
    for question in questions:
        if question.rule_id not in off:
            for center, reason in question.refused.items():
                reasons.setdefault((center, question.rule_id), []).append(reason)
    rows = [(center, rule_id, _in_one_sentence(each)) for (center, rule_id), each in sorted(reasons.items())]
    return conform(pl.DataFrame(rows, schema=list(schema_of(NotApplicable)), orient="row"), NotApplicable)


def _in_one_sentence(reasons: Iterable[str]) -> str:
    """Return the reasons with those that differ in the record kind alone told once.

    >>> _in_one_sentence(["The export carries no name for sites.", "The export carries no name for agencies."])
    'The export carries no name for agencies and sites.'
    """
    kinds_of: dict[str, list[str]] = {}
    for reason in sorted(set(reasons)):
        what, _, kind = reason.removesuffix(".").rpartition(" for ")
        if kind in PLURALS.values():
            kinds_of.setdefault(f"{what} for", []).append(kind)
        else:
            kinds_of[reason] = []
    return " ".join(f"{what} {_listed(kinds)}." if kinds else what for what, kinds in kinds_of.items())


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
