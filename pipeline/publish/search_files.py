"""Looking for private values in what was written, before it is released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.publish.working_ahead import worked_ahead
from pipeline.publish.written_cells import Places, WrittenFile, WrittenTexts, written_files
from schemas.private_values import PrivateValues, find_kinds, suspected_texts

#: Distinct texts that are searched together.
_TEXTS = 250_000
_NOTHING = pl.Series("text", [], dtype=pl.String)
#: Places that hold a street: whether it is a private one depends on its city, and was decided when the address was chosen
#: (`public_places`). Number and street alone would take the neighbour town's 100 Main Street for it.
_STREET_PLACES = frozenset({"address_1", "address_2", "street", "Line1", "Line2", "PreAddressLine"})
#: Places that hold record numbers, keys, codes, coordinates and hashes: in their digits a number could stand by chance, and what
#: they hold was never typed as text.
_NUMBER_PLACES = (
    r"^(?:id|.+_id|.+_uid|id[A-Z]\w*|\w*Ids|identifier|external_identifier|native_id|Key|AgencyKey|\w+@ServiceGroupKey|key|sha256|"
    r"code|Code|taxonomyCode|taxonomy_links|latitude|longitude|Latitude|Longitude|coordinates|\w+@FEIN|taxId|postal_code|postalCode|"
    r"ZipCode)$"
)


def find_in_files(folder: Path, values: PrivateValues) -> dict[str, int]:
    """Return how many texts of each file and place hold a private value; empty when none does.

    Args:
        folder: Folder of a written package.
        values: What must not be seen.
    """
    places = Places(passed_over=_NUMBER_PLACES, streets=_STREET_PLACES)
    with written_files(folder, places=places) as files:
        suspects = [
            (file.name, place, text)
            for file, texts in _suspicious(files, values).items()
            for place, text in file.cells(texts)
        ]
    cells = pl.DataFrame(
        suspects, schema={"file": pl.String, "place": pl.String, "text": pl.String}, orient="row"
    ).filter(~pl.col("place").str.contains(_NUMBER_PLACES))
    is_street = pl.col("place").is_in(_STREET_PLACES)
    found: Counter[str] = Counter()
    for part, asked in ((cells.filter(~is_street), values), (cells.filter(is_street), values.without_streets())):
        private = list(find_kinds(part["text"], asked))
        for file, place in part.filter(pl.col("text").is_in(private)).select("file", "place").iter_rows():
            found[f"{file}: {place}"] += 1
    return dict(found)


def _suspicious(files: list[WrittenFile], values: PrivateValues) -> dict[WrittenFile, set[str]]:
    """Return the texts that hold a private value wherever they stand, by file; in some places they may."""
    found: dict[WrittenFile, set[str]] = {}
    asked = (values, values.without_streets())
    suspects: list[list[tuple[WrittenFile, pl.Series]]] = [[], []]
    for others, streets in worked_ahead(partial(_suspects, asked=asked), _gathered(files)):
        suspects[0] += others
        suspects[1] += streets
    # Most suspicions prove wrong when the texts themselves are looked at: all of them at once.
    for few, parts in zip(asked, suspects, strict=True):
        private = list(find_kinds(pl.concat([_NOTHING, *(part for _, part in parts)]), few)) if parts else []
        for file, part in parts if private else ():
            telling = part.filter(part.is_in(private)).to_list()
            if telling:
                found.setdefault(file, set()).update(telling)
    return found


def _suspects(
    together: list[tuple[WrittenFile, WrittenTexts]], *, asked: tuple[PrivateValues, PrivateValues]
) -> tuple[list[tuple[WrittenFile, pl.Series]], list[tuple[WrittenFile, pl.Series]]]:
    """Return the texts that may hold a private value, by file: those that stand anywhere, and those in places of streets."""
    values, streetless = asked
    return (
        _suspects_of([(file, part.others) for file, part in together], values),
        _suspects_of([(file, part.streets) for file, part in together], streetless),
    )


def _suspects_of(
    parts: list[tuple[WrittenFile, pl.Series]], values: PrivateValues
) -> list[tuple[WrittenFile, pl.Series]]:
    texts = pl.concat([part for _, part in parts], rechunk=False).unique()
    suspects = texts.filter(suspected_texts(texts, values))
    if suspects.is_empty():
        return []
    by_file = [(file, part.filter(part.is_in(suspects.implode()))) for file, part in parts]
    return [(file, part) for file, part in by_file if len(part)]


def _gathered(files: list[WrittenFile]) -> Iterator[list[tuple[WrittenFile, WrittenTexts]]]:
    """Put small parts together: preparing a search costs more than searching a small file."""
    together: list[tuple[WrittenFile, WrittenTexts]] = []
    size = 0
    for file in files:
        for texts in file.texts():
            together.append((file, texts))
            size += len(texts.others)
            if size >= _TEXTS:
                yield together
                together, size = [], 0
    if together:
        yield together
