"""What the pre-flight of NDP-shaped bundles warns of: values without a counterpart, links of target terms only, sites of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pipeline.publish.ndp_block import UNMAPPED_SCHEMA, Remarks
from pipeline.publish.ndp_selection import NdpSelection
from pipeline.publish.preflight import Fault

#: Short name of the warning that values have no counterpart.
WORD_CHECK = "enumeration"
_MOST_WORDS = 20
#: Longer than this it is a sentence, not a word of a list; with a digit or @ it could be a number or address. Both are counted only.
_LONGEST_WORD = 40
_UNSHOWN = r"[0-9@\n]"

#: What is written in place of a value without a counterpart.
_INSTEAD = {
    "fees.type": "`unknown` is written",
    "eligibility.types": "`unknown` is written",
    "documents.types": "no type is written",
    "accessibility.types": "no type is written",
    "languages.codes": "the language stands in the description only",
}


@dataclass(kw_only=True)
class NdpWarnings:
    """What was noticed so far, over all blocks.

    Args:
        words: By block: `table`, `column`, `word`, `len`, `id` (the first).
        targets_only: By block, ids of services with a link of target terms only.
    """

    words: list[pl.DataFrame] = field(default_factory=list)
    targets_only: list[pl.Series] = field(default_factory=list)

    def take(self, remarks: Remarks) -> None:
        """Add what was noticed in one block."""
        if remarks.unmapped:
            self.words.append(
                pl.concat(remarks.unmapped).group_by("table", "column", "word").agg(pl.len(), pl.col("id").min())
            )
        self.targets_only += remarks.targets_only

    def shown(self) -> pl.DataFrame:
        """Return the words that may be shown, of all blocks: `table`, `column`, `word`, `len`, `id`, for those who join parts."""
        return _counted(self.words).filter(_IS_SHOWN)

    def faults(self, selection: NdpSelection) -> tuple[Fault, ...]:
        """Return the warnings of all blocks, in a fixed order."""
        return (*_without_counterpart(self.words), *_targets_only(self.targets_only), *_elsewhere(selection))


#: Whether a word may be told.
_IS_SHOWN = (pl.col("word").str.len_chars() <= _LONGEST_WORD) & ~pl.col("word").str.contains(_UNSHOWN)


def most_frequent_words(parts: Sequence[pl.DataFrame]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the words to be told by object and member, the most frequent first.

    Args:
        parts: What `NdpWarnings.shown` gave for parts of an export.
    """
    places = _counted(parts).group_by("table", "column", maintain_order=True).agg(pl.col("word").head(_MOST_WORDS))
    return {(table, column): tuple(words) for table, column, words in places.iter_rows()}


def _counted(blocks: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return how often every word stands, in a fixed order: the most frequent of a place first."""
    return (
        pl.concat([_NO_WORDS, *blocks])
        .group_by("table", "column", "word")
        .agg(pl.col("len").sum(), pl.col("id").min())
        .sort("table", "column", "len", "word", descending=[False, False, True, False])
    )


_NO_WORDS = pl.DataFrame(
    schema={"table": pl.String, "column": pl.String, "word": pl.String, "len": pl.get_index_type(), "id": pl.String}
)


def _without_counterpart(blocks: Sequence[pl.DataFrame]) -> list[Fault]:
    words = _counted(blocks)
    shown = most_frequent_words([words.filter(_IS_SHOWN)])
    places = words.group_by("table", "column", maintain_order=True).agg(pl.col("len").sum(), pl.col("id").min())
    return [
        Fault(
            table=table,
            column=column,
            check=WORD_CHECK,
            message=f"The receiver's list has no word for a value: {_INSTEAD.get(column, 'it is left out')}. Name its word in "
            "[export_ndp.words].",
            count=count,
            example=example,
            rule_id="EXP-003",
            values=shown.get((table, column), ()),
        )
        for table, column, count, example in places.iter_rows()
    ]


def _targets_only(services: Sequence[pl.Series]) -> list[Fault]:
    ids = pl.concat(services) if services else pl.Series(dtype=pl.String)
    if ids.is_empty():
        return []
    return [
        Fault(
            table="service",
            column="taxonomy",
            check="target_only",
            message="A link has target terms and no service term: it is left out.",
            count=len(ids),
            example=str(ids.min()),
            rule_id="TAX-007",
        )
    ]


def _elsewhere(selection: NdpSelection) -> list[Fault]:
    if selection.elsewhere.is_empty():
        return []
    return [
        Fault(
            table="serviceAtLocation",
            column="idLocation",
            check="other_bundle",
            message="A service is offered at a site of another agency: a bundle cannot name it, so that the link is left out.",
            count=selection.elsewhere.height,
            example=str(selection.elsewhere["id"].min()),
        )
    ]


assert set(UNMAPPED_SCHEMA) == {"table", "column", "word", "id"}
