"""Looking for private values in what was written, before it is released."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

from pipeline.publish.written_cells import written_blocks
from schemas.private_values import PrivateValues, find_kinds, suspected_texts

#: Places that hold a street: whether it is a private one depends on its city, and was decided when the address was chosen
#: (`public_places`). Number and street alone would take the neighbour town's 100 Main Street for it.
_STREET_PLACES = frozenset({"address_1", "address_2", "street", "Line1", "Line2", "PreAddressLine"})
#: Places that hold record numbers, keys, codes, coordinates and hashes: in their digits a number could stand by chance, and what
#: they hold was never typed as text.
_NUMBER_PLACES = (
    r"^(?:id|.+_id|.+_uid|id[A-Z]\w*|\w*Ids|identifier|external_identifier|native_id|Key|AgencyKey|\w+@ServiceGroupKey|key|sha256|"
    r"code|Code|taxonomyCode|taxonomy_links|latitude|longitude|Latitude|Longitude|coordinates)$"
)


def find_in_files(folder: Path, values: PrivateValues) -> dict[str, int]:
    """Return how many texts of each file and place hold a private value; empty when none does.

    Args:
        folder: Folder of a written package.
        values: What must not be seen.
    """
    found: Counter[str] = Counter()
    streetless = values.without_streets()
    for block in written_blocks(folder):
        suspects = suspected_texts(block.texts, values).arg_true().to_list()
        cells = pl.DataFrame(
            [cell for place in suspects for cell in block.cells(place)],
            schema={"place": pl.String, "text": pl.String},
            orient="row",
        ).filter(~pl.col("place").str.contains(_NUMBER_PLACES))
        is_street = pl.col("place").is_in(_STREET_PLACES)
        for part, asked in ((cells.filter(~is_street), values), (cells.filter(is_street), streetless)):
            private = list(find_kinds(part["text"], asked))
            for place in part.filter(pl.col("text").is_in(private))["place"].to_list():
                found[f"{block.file}: {place}"] += 1
    return dict(found)
