"""Looking for private values in what was written, before it is released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline.publish.written_cells import WrittenBlock, written_blocks
from schemas.private_values import PrivateValues, find_kinds, suspected_texts

#: Texts that are searched together; a row of JSON Lines counts as one.
_TEXTS = 1_000_000
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
    suspects = [
        cell
        for together in _gathered(written_blocks(folder, passed_over=_NUMBER_PLACES))
        for cell in _suspicious(together, values)
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


def _gathered(blocks: Iterator[WrittenBlock]) -> Iterator[list[WrittenBlock]]:
    """Put small blocks together: preparing a search costs more than searching a small file."""
    together: list[WrittenBlock] = []
    size = 0
    for block in blocks:
        together.append(block)
        size += len(block.texts)
        if size >= _TEXTS:
            yield together
            together, size = [], 0
    if together:
        yield together


def _suspicious(blocks: list[WrittenBlock], values: PrivateValues) -> Iterator[tuple[str, str, str]]:
    """Return file, place and text of every cell of a text that may hold a private value."""
    texts = pl.concat([block.texts for block in blocks], rechunk=False)
    hits = suspected_texts(texts, values)
    # Most suspicions prove wrong when the text itself is looked at; where it stands is asked of the others only.
    hits = hits & texts.is_in(list(find_kinds(texts.filter(hits), values)))
    begin = 0
    for block in blocks:
        for place in hits.slice(begin, len(block.texts)).fill_null(value=False).arg_true().to_list():
            for where, text in block.cells(place):
                yield block.file, where, text
        begin += len(block.texts)
