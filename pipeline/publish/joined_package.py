"""A package put together from packages of blocks: one whole for its receiver, with the counts and faults of all parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.export_package import ExportPackage, Package, check_counts
from pipeline.publish.preflight import Fault, Preflight
from schemas.private_values import PrivateValues

#: Words of a list that a fault shows, at most; the targets show no more of a directory of one block.
_MOST_WORDS = 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is kept of the package of one block once its files are written.

    Args:
        package: The package without its frames of records: what counts, and what `part` tells.
        folder: Folder with its files.
        delivered: Records of the block in the delivery, by kind.
        written: Records in the package, by kind.
        told: `ExportPackage.part`.
    """

    package: Package
    folder: Path
    delivered: Mapping[str, int]
    written: Mapping[str, int]
    told: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class JoinedPackage(Package):
    """A package put together from parts.

    Args:
        of_day: Day the data speaks of.
        of_centers: Centers in it, sorted.
        values: What must not be found in the written files.
        delivered: Records of the delivery, by kind.
        written: Records in the package, by kind.
    """

    of_day: date
    of_centers: tuple[str, ...]
    values: PrivateValues
    delivered: Mapping[str, int]
    written: Mapping[str, int]

    @property
    def as_of(self) -> date:
        """Day the data speaks of."""
        return self.of_day

    @property
    def center_ids(self) -> tuple[str, ...]:
        """Centers in it, sorted."""
        return self.of_centers

    @property
    def private_values(self) -> PrivateValues:
        """What must not be found in the written files."""
        return self.values

    def delivered_by_kind(self) -> dict[str, int]:
        """Return the number of records of the delivery, by kind."""
        return dict(self.delivered)

    def written_by_kind(self) -> dict[str, int]:
        """Return the number of records in the package, by kind."""
        return dict(self.written)


def as_part(package: ExportPackage, folder: Path) -> Part:
    """Return what is kept of a package of a block.

    Args:
        package: The package.
        folder: Folder into which its files were written.
    """
    kept = JoinedPackage(
        **{name: getattr(package, name) for name in Package.__dataclass_fields__ if name != "write_files"},
        write_files=_nothing,
        of_day=package.as_of,
        of_centers=package.center_ids,
        values=package.private_values,
        delivered=package.delivered_by_kind(),
        written=package.written_by_kind(),
    )
    return Part(package=kept, folder=folder, delivered=kept.delivered, written=kept.written, told=package.part)


def join_packages(
    parts: Sequence[Part],
    *,
    write_files: Callable[[Path], None],
    rows: Mapping[str, int] | None = None,
    faults: Iterable[Fault] = (),
    notes: Mapping[str, Any] | None = None,
) -> JoinedPackage:
    """Return the whole that the packages of all blocks make together.

    Args:
        parts: One per block, in order; at least one.
        write_files: Puts the files of the parts together in an empty folder.
        rows: Rows by table that are not the sum of those of the parts.
        faults: Errors that no part could see by itself.
        notes: Notes for the manifest that are not those of the first part.

    Raises:
        ContractError: A record of the delivery is in neither the package nor the list of what is left out, or in both: a bug of ours.
    """
    packages = [part.package for part in parts]
    first = packages[0]
    preflight = join_preflights([package.preflight for package in packages])
    withheld = pl.concat([package.withheld for package in packages]).sort("center_id", "kind", "record_uid")
    return check_counts(
        JoinedPackage(
            target=first.target,
            version=first.version,
            run_id=first.run_id,
            names=first.names,
            withheld=withheld,
            rows={**_sum(package.rows for package in packages), **(rows or {})},
            removed_values=dict(sorted(_sum(package.removed_values for package in packages).items())),
            preflight=replace(preflight, errors=(*preflight.errors, *faults)),
            settings=first.settings,
            write_files=write_files,
            notes=first.notes if notes is None else notes,
            of_day=first.as_of,
            of_centers=first.center_ids,
            values=first.private_values,
            delivered=_sum(part.delivered for part in parts),
            written=_sum(part.written for part in parts),
        )
    )


def join_preflights(parts: Sequence[Preflight]) -> Preflight:
    """Return the faults of all parts: the same fault of several is one, with their counts added and the smallest example.

    Of the words that a fault shows, those that many parts show come first.
    """
    return Preflight(
        errors=_joined_faults(fault for part in parts for fault in part.errors),
        warnings=_joined_faults(fault for part in parts for fault in part.warnings),
        official=parts[0].official,
    )


def _joined_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    same: dict[tuple[str, ...], list[Fault]] = {}
    for fault in faults:
        place = (fault.table, fault.column, fault.check, fault.message, fault.rule_id or "")
        same.setdefault(place, []).append(fault)
    return tuple(
        replace(
            together[0],
            count=sum(fault.count for fault in together),
            example=min((fault.example for fault in together if fault.example is not None), default=None),
            values=_most_shown(together),
        )
        for _, together in sorted(same.items())
    )


def _most_shown(faults: Sequence[Fault]) -> tuple[str, ...]:
    shown = Counter(word for fault in faults for word in fault.values)
    best = {word: place for fault in reversed(faults) for place, word in reversed(list(enumerate(fault.values)))}
    ordered = sorted(shown, key=lambda word: (-shown[word], best[word], word))
    return tuple(ordered[:_MOST_WORDS])


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _nothing(_: Path) -> None:
    """Write nothing: the files of a part are written already."""
