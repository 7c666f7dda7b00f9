"""Files of parts of a directory, put together to the file of the whole.

Every part is a complete package in a folder of its own. Parts hold whole agencies, with all that stands in them, so that what is
between the tags of the root can be copied as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from pipeline.publish.airs_checks import no_agency, repeated_key
from pipeline.publish.airs_header import END, FILE, KEYS, start_of
from pipeline.publish.airs_keys import KEY_COLUMNS, sorted_keys
from pipeline.publish.preflight import Fault
from schemas.errors import ContractError

#: Bytes that are copied at once: more takes memory and is no faster (project choice).
_AT_ONCE = 1 << 20
#: What the two lines before the content begin with.
_START = (b"<?xml ", b"<Source")
_KEY_SCHEMA = dict.fromkeys(KEY_COLUMNS, pl.String)
#: Keys below this are told as themselves, and others by a hash that lies above it.
_AS_NUMBER = 18
_ABOVE = 1 << 63


def join_airs(folder: Path, parts: Sequence[Path], *, header: Mapping[str, str], version: str) -> int:
    """Write `airs.xml` and `airs_keys.csv` of a whole directory from those of its parts.

    Args:
        folder: Where they are written.
        parts: Folders of the parts, each with both files; in this order they stand behind one another.
        header: Attributes of `Source` for the whole, `airs_header`.
        version: Version of the format, that of all parts.

    Returns:
        The number of keys in the list.

    Raises:
        ContractError: A file of a part is not as we write it: a bug of ours.
    """
    with (folder / FILE).open("wb") as whole:
        whole.write(start_of(header, version=version))
        for part in parts:
            _copy_content(part / FILE, whole)
        whole.write(END)
    lists = [pl.read_csv(part / KEYS, schema=_KEY_SCHEMA, glob=False) for part in parts]
    keys = sorted_keys(pl.concat([pl.DataFrame(schema=_KEY_SCHEMA), *lists]))
    keys.write_csv(folder / KEYS, line_terminator="\n")
    return keys.height


def _copy_content(path: Path, whole: BinaryIO) -> None:
    """Copy what stands between the tags of the root, some at a time."""
    with path.open("rb") as file:
        starts = [file.readline() for _ in _START]
        if not all(line.startswith(start) for line, start in zip(starts, _START, strict=True)):
            raise ContractError(f"The part {path} does not begin as an AIRS file of ours.")
        begin = file.tell()
        end = file.seek(0, 2) - len(END)
        file.seek(max(end, 0))
        if end < begin or file.read() != END:
            raise ContractError(f"The part {path} does not end as an AIRS file of ours.")
        file.seek(begin)
        left = end - begin
        while left:
            piece = file.read(min(left, _AT_ONCE))
            if not piece:
                raise ContractError(f"The part {path} became shorter while it was copied.")
            whole.write(piece)
            left -= len(piece)


def keys_of_part(keys: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
    """Return keys in eight bytes each, so that those of a nation can be compared.

    Args:
        keys: Element -> its keys (text).

    Returns:
        Element -> UInt64: a key of up to 18 digits as the number it is, any other as a hash that is larger than all of these.
    """
    return {table: _as_numbers(texts) for table, texts in keys.items()}


def _as_numbers(texts: pl.Series) -> pl.Series:
    key = pl.col("key")
    is_short = key.str.contains(rf"^[0-9]{{1,{_AS_NUMBER}}}$").fill_null(value=False)
    number = key.cast(pl.UInt64, strict=False)
    return (
        texts.to_frame("key")
        .select(pl.when(is_short).then(number).otherwise(key.hash() % _ABOVE + pl.lit(_ABOVE, dtype=pl.UInt64)))
        .to_series()
    )


def check_parts(parts: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return the faults of the whole file that no part can know.

    Args:
        parts: `ExportPackage.part` of every part.

    Returns:
        That the whole holds no agency, and keys that stand in several parts. What stands twice within a part is a fault of the part
        already and is not counted again, so that the counts of both add up to that of the whole.
    """
    faults = [] if any(part["agencies"] for part in parts) else [no_agency()]
    return [*faults, *repeated_keys([part["keys"] for part in parts])]


def repeated_keys(parts: Sequence[Mapping[str, pl.Series]]) -> list[Fault]:
    """Return the faults of keys that stand in several parts, without what stands twice within one.

    Args:
        parts: Element -> `keys_of_part`, of every part.
    """
    faults = []
    for table in dict.fromkeys(table for part in parts for table in part):
        of_parts = [part[table] for part in parts if table in part]
        within = sum(_repeated(keys) for keys in of_parts)
        across = _repeated(pl.concat(of_parts)) - within
        if across:
            faults.append(repeated_key(table, count=across, example=None))
    return faults


def _repeated(keys: pl.Series) -> int:
    """Return how many records have a key that another one has too."""
    return int(keys.is_duplicated().sum())
