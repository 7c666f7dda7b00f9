"""Which layout an export has: told by file and column names, never by the position of a column or a descriptor's claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from pipeline.ingest.columns import UNCUT_ADVICE, Header, describe_uncut
from pipeline.ingest.delivery import Delivery, folder_of
from schemas.errors import InputError
from schemas.header_names import fold_name
from schemas.layout import Condition, Layout, VersionRule

#: Ends of file names that a separated text has.
_TEXT_ENDS: tuple[str, ...] = (".csv", ".tsv", ".tab", ".txt")
#: A folder with this many files of a layout is taken for that layout (project choice).
_ENOUGH_FILES = 2
#: Header names shown in a message.
_SHOWN_NAMES = 12
#: A layout is called the nearest when it knows at least this many of a header's names and this share of them (project choice).
_FEWEST_KNOWN = 2
_LEAST_KNOWN_SHARE = 0.25


def score_flat(layout: Layout, header: Header) -> float:
    """Return the share of the layout's columns that the header has (0-1)."""
    columns = known_columns(layout)
    return sum(header.find(column) is not None for column in columns) / len(columns)


def known_columns(layout: Layout) -> tuple[str, ...]:
    """Return all columns that a flat layout knows; none twice."""
    return tuple(dict.fromkeys((*layout.files[0].mapped_columns, *layout.files[0].raw_only_columns)))


def recognize_flat(header: Header, *, layouts: Sequence[Layout], name: str) -> Layout:
    """Return the layout of a flat file: all key columns are there, and more of its columns than of any other layout.

    Raises:
        InputError: No layout fits, or two fit equally well.
    """
    flat = [layout for layout in layouts if layout.is_flat]
    scores = {layout.name: score_flat(layout, header) for layout in flat}
    fitting = [layout for layout in flat if layout.key_columns and header.holds(layout.key_columns)]
    if not fitting:
        uncut = describe_uncut(header)
        if uncut:
            raise InputError(f"{name} has no known layout: {uncut}.", advice=UNCUT_ADVICE)
        raise InputError(_describe_misfit(header, flat, scores, name=name), advice=_HOW_TO_NAME_A_FORMAT)
    best = max(scores[layout.name] for layout in fitting)
    winners = [layout for layout in fitting if scores[layout.name] == best]
    if len(winners) > 1:
        titles = " and ".join(layout.title for layout in winners)
        raise InputError(f"{name} fits {titles} equally well ({best:.0%}).", advice=_HOW_TO_NAME_A_FORMAT)
    return winners[0]


_HOW_TO_NAME_A_FORMAT = "Name the format, or describe the columns in a mapping file (docs/mapping.md)."


def _describe_misfit(header: Header, flat: Sequence[Layout], scores: dict[str, float], *, name: str) -> str:
    shown = ", ".join(header.names[:_SHOWN_NAMES])
    more = len(header.names) - _SHOWN_NAMES
    text = f"{name} has no known layout. Its header: {shown}{f' and {more:,} more' if more > 0 else ''}."
    if not flat:
        return text
    near = max(flat, key=lambda layout: scores[layout.name])
    folded = {fold_name(column) for column in known_columns(near)}
    known = sum(fold_name(column) in folded for column in header.names)
    if known < max(_FEWEST_KNOWN, _LEAST_KNOWN_SHARE * len(header.names)):
        return text
    lacking = [column for column in near.key_columns if header.find(column) is None]
    return (
        f"{text} The nearest layout is {near.title} (it knows {known:,} of these {len(header.names):,} columns); "
        f"it lacks {', '.join(lacking) or 'key columns that tell it from others'}."
    )


def find_text_files(delivery: Delivery) -> list[str]:
    """Return the paths of the files that can be tables, by their names' ends, sorted."""
    return sorted(file for file in delivery.files if file.lower().endswith(_TEXT_ENDS))


def recognize_package(delivery: Delivery, *, layouts: Sequence[Layout]) -> tuple[Layout, str] | None:
    """Return the layout of a folder of tables and the folder inside the delivery that holds them.

    Returns:
        None when no folder of the delivery holds enough files of any layout.

    Raises:
        InputError: Several folders, or several layouts, fit.
    """
    found = {
        (layout.name, folder): count
        for layout in layouts
        if not layout.is_flat
        for folder, count in count_known_files(delivery, layout=layout).items()
        if count >= _ENOUGH_FILES
    }
    if not found:
        return None
    folders = sorted({folder for _, folder in found})
    if len(folders) > 1:
        raise InputError(
            f"{delivery.name} holds several packages, in {', '.join(folder or 'the folder itself' for folder in folders)}.",
            advice="Give one of these folders.",
        )
    best = max(found.values())
    winners = [name for (name, _), count in found.items() if count == best]
    if len(winners) > 1:
        raise InputError(
            f"{delivery.name} fits the layouts {' and '.join(winners)} equally well.", advice=_HOW_TO_NAME_A_FORMAT
        )
    return next(layout for layout in layouts if layout.name == winners[0]), folders[0]


def find_package_folder(delivery: Delivery, *, layout: Layout) -> str:
    """Return the folder inside the delivery that holds the tables of a layout which the user has named.

    Raises:
        InputError: No folder holds any file of the layout, or several hold equally many.
    """
    counts = count_known_files(delivery, layout=layout)
    if not counts:
        required = [file.names[0] for file in layout.files if file.required] or [layout.files[0].names[0]]
        there = ", ".join(PurePosixPath(file).name for file in find_text_files(delivery)[:_SHOWN_NAMES])
        raise InputError(
            f"{delivery.name} holds no file of {layout.title or layout.name}: it needs {', '.join(required)}; "
            f"found {there or 'no table'}.",
            advice="Give the folder or zip archive with the tables.",
        )
    best = max(counts.values())
    folders = sorted(folder for folder, count in counts.items() if count == best)
    if len(folders) > 1:
        raise InputError(
            f"{delivery.name} holds several packages, in {', '.join(folder or 'the folder itself' for folder in folders)}.",
            advice="Give one of these folders.",
        )
    return folders[0]


def count_known_files(delivery: Delivery, *, layout: Layout) -> dict[str, int]:
    """Return how many files of the layout each folder of the delivery holds; folders without any are left out."""
    names = {name.casefold() for file in layout.files for name in file.names}
    counts: dict[str, int] = {}
    for path in delivery.files:
        if PurePosixPath(path).name.casefold() in names:
            counts[folder_of(path)] = counts.get(folder_of(path), 0) + 1
    return counts


def find_version(layout: Layout, *, headers: dict[str, Header], name: str) -> str:
    """Return the version that files and columns prove; empty when the layout has none or nothing proves one.

    Args:
        layout: The layout.
        headers: Header of each file by case-folded name.
        name: Name of the delivery for messages.

    Raises:
        InputError: The tables are of a kind that is not read.
    """
    for rule in layout.versions:
        if any(_holds(condition, headers) for condition in rule.when_any):
            _refuse_version(rule, name=name)
            return rule.version
    return ""


def _holds(condition: Condition, headers: dict[str, Header]) -> bool:
    files: Iterable[str] = (*condition.files, *condition.columns)
    if not all(file.casefold() in headers for file in files):
        return False
    return all(headers[file.casefold()].holds(columns) for file, columns in condition.columns.items())


def _refuse_version(rule: VersionRule, *, name: str) -> None:
    if rule.refused:
        raise InputError(f"{name}: {rule.refused}.", advice=_HOW_TO_NAME_A_FORMAT)
