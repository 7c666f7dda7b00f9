"""Agencies that stand in the data of several centers, in a report: how many, which, and who is named as owner."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.publish.period_words import count_column, listed, number_column, text_column, top_table
from pipeline.publish.wording import count_of
from schemas.network import CrossDuplicates, CrossPair
from schemas.report_document import ReportTable, Section

_SORTS = {"copy": "copies of one record", "confirmed": "called one by people", "duplicate": "likely", "possible": "possible"}  # fmt: skip
_OWNERS = {
    "both": "named alike by both",
    "one": "named by one",
    "conflicting": "conflicting",
    "none": "named by none",
    "not_known": "not known",
}

#: Longest number of a record that stands beside its name; longer ones are made by machines for machines (project choice).
_NUMBER_LENGTH = 20


def shared_section(cross: CrossDuplicates, *, names: Mapping[str, str]) -> Section:
    """Return the pairs of agencies across centers.

    Args:
        cross: The pairs.
        names: Names of the centers by id.
    """
    centers = [
        f"{names.get(one.center_a, one.center_a)} and {names.get(one.center_b, one.center_b)}"
        for one in cross.by_centers
    ]
    counts = ReportTable(
        table_id="shared-counts",
        title="Pairs of agencies across centers",
        columns=(
            text_column("centers", "Centers"),
            *(count_column(key, words.capitalize()) for key, words in _SORTS.items()),
            count_column("counted_twice", "Copies that both count"),
            count_column("different", "Called two by people"),
        ),
        rows=tuple(
            (words, *(one.sorts[key] for key in _SORTS), one.counted_twice, one.different)
            for words, one in zip(centers, cross.by_centers, strict=True)
        ),
        notes=("Pairs that people called two are in no other column, here and below.",),
    )
    owners = ReportTable(
        table_id="shared-owners",
        title="Who is named as owner of these records",
        columns=(
            text_column("centers", "Centers"),
            *(count_column(key.replace(" ", "_"), words.capitalize()) for key, words in _OWNERS.items()),
        ),
        rows=tuple(
            (words, *(one.owners[key] for key in _OWNERS)) for words, one in zip(centers, cross.by_centers, strict=True)
        ),
    )
    listed_pairs = top_table(
        "shared-pairs",
        "The first of them",
        (
            text_column("a", "A"),
            text_column("center_a", "Center of A"),
            text_column("b", "B"),
            text_column("center_b", "Center of B"),
            text_column("sort", "What it is"),
            number_column("score", "Score", decimals=2, missing=""),
            text_column("owner", "Owner"),
        ),
        [
            (
                _named(pair.name_a, pair.native_id_a),
                names.get(pair.center_a, pair.center_a),
                _named(pair.name_b, pair.native_id_b),
                names.get(pair.center_b, pair.center_b),
                _SORTS[pair.sort],
                pair.score,
                _owner_words(pair),
            )
            for pair in cross.pairs
        ],
        most=len(cross.pairs),
        of_rows=cross.pair_count,
        where_all="resdir duplicates list --json",
        notes=("Names of private, excluded and confidential records are withheld.",),
    )
    return Section(
        section_id="shared",
        heading="Agencies in several centers",
        paragraphs=(_words(cross),),
        tables=(*((counts, owners) if cross.by_centers else ()), *((listed_pairs,) if cross.pairs else ())),
        notes=tuple(_notes(cross, names=names)),
    )


def _words(cross: CrossDuplicates) -> str:
    if not cross.pair_count:
        return "No agency of one center is found again in another."
    return f"{count_of(cross.pair_count, 'pair')} of agencies of two centers are copies of one record, or may be one."


def _notes(cross: CrossDuplicates, *, names: Mapping[str, str]) -> list[str]:
    told = [
        "The owner of the record decides who keeps and exports it; where two owners are named the centers agree, not the program.",
        "The same identifier delivered by two centers means copies of one record. Everything else is a proposal that a person looks at.",
    ]
    if cross.owner_conflicts is None:
        told.append("Conflicts of ownership (rule ID-009) are not known: no center's export names record owners.")
    else:
        told.append(f"Open findings on conflicts of ownership (rule ID-009): {cross.owner_conflicts:,}.")
    if cross.without_owners:
        centers = listed([names.get(one, one) for one in cross.without_owners])
        told.append(f"No record owner is named in the export of {centers}: there the owner is not known.")
    return told


def _named(name: str, number: str | None) -> str:
    return name if number is None or len(number) > _NUMBER_LENGTH else f"{name} ({number})"


def _owner_words(pair: CrossPair) -> str:
    owners = [one for one in dict.fromkeys(pair.owners) if one is not None]
    said = _OWNERS[pair.owner]
    return f"{said}: {', '.join(owners)}" if owners else said
