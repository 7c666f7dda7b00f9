"""What was planted, beside the data: the rows of the truth files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault that the named rule should find.

    Attributes:
        native_id: Record that shows it; blank where the missing number is the fault.
        field: Field that a finding should name; a finding may say more after a dot, such as `phone.Phone1Number`.
        note: What was done, in words.
        fixed_on: Night on which the export no longer shows it; blank while it stands.
    """

    center_id: str
    kind: str
    native_id: str
    rule_id: str
    field: str
    note: str
    fixed_on: str = ""


@dataclass(frozen=True, slots=True)
class PlantedPair:
    """Two agencies whose relation is known.

    Attributes:
        label: `duplicate` (one agency entered twice), `related` (belong together, are not the same) or `distinct`.
        trap: How the copy was damaged, or what makes the two look alike.
        difficulty: Of a duplicate `easy`, `medium` or `hard`, by what is left to recognize it by (`plant_pairs.DIFFICULTIES`); blank
            for the others.
    """

    center_id_a: str
    native_id_a: str
    center_id_b: str
    native_id_b: str
    label: str
    trap: str
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class PlantedChange:
    """A change between two nights of one center.

    Attributes:
        native_id: Number on the later night, or on the earlier one for a removed record.
        change: `added`, `changed`, `removed` or `rekeyed`.
        field: Field that changed; blank when the record as a whole came or went.
    """

    center_id: str
    kind: str
    native_id: str
    change: str
    field: str


def write_truth(rows: Sequence[PlantedFault | PlantedPair | PlantedChange], path: Path, *, row_type: type) -> None:
    """Write truth rows as CSV, sorted, with the field names as header; an empty list writes the header alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(row_type)])
        writer.writerows(sorted(astuple(row) for row in rows))
