"""A delivery as named files, whether it comes as one file, a folder or a zip archive.

Only names and bytes: nothing here knows what a file holds. An archive is not trusted: names that point outside it, links,
encrypted members and sizes beyond the limits are refused before a byte is unpacked, and nothing is ever written to disk.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from pipeline.ingest.settle import Found, refuse_changed, refuse_written, wait_until_settled
from schemas.errors import InputError
from schemas.parameters import IngestParameters

#: Descriptor that stands beside the tables of a package.
DESCRIPTOR = "datapackage.json"
#: Bit of a zip member's flags that says it is encrypted.
_ENCRYPTED = 0x1
#: Below this size the packing ratio of a member is not looked at (project choice).
_HARMLESS_BYTES = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Files of a delivery.

    Attributes:
        name: Name of the file, folder or archive, for messages.
        is_package: Whether it came as a folder or archive.
        files: Path inside the delivery (with `/`) to a function that reads the bytes.
        list_again: Looks at the files on disk once more.
        found: The files on disk as they were listed.
    """

    name: str
    is_package: bool
    files: dict[str, Callable[[], bytes]]
    list_again: Callable[[], Found]
    found: Found = field(default_factory=dict)

    def folder(self, path: str) -> Delivery:
        """Return the files that stand directly in one folder of the delivery, under their bare names."""
        return Delivery(
            name=self.name,
            is_package=self.is_package,
            files={PurePosixPath(file).name: read for file, read in self.files.items() if folder_of(file) == path},
            list_again=self.list_again,
            found=self.found,
        )

    def refuse_changed(self) -> None:
        """Stop when a file has been written to, has come or has gone since the delivery was opened.

        Raises:
            InputError: Names the first such file.
        """
        try:
            now = self.list_again()
        except OSError as fault:
            raise InputError(f"{self.name} cannot be read: {fault.strerror or fault}.") from fault
        refuse_changed(self.found, now)


def folder_of(file: str) -> str:
    """Return the folder part of a path inside a delivery; empty at the top.

    >>> folder_of("data/table.csv"), folder_of("table.csv")
    ('data', '')
    """
    return str(PurePosixPath(file).parent).removeprefix(".")


def open_delivery(path: Path, *, parameters: IngestParameters) -> Delivery:
    """Return the files behind a path: one file, a folder, a zip archive, or the folder of a `datapackage.json`.

    Raises:
        InputError: There is nothing at the path, it cannot be read, or the archive cannot be trusted.
    """
    try:
        if not path.exists():
            raise InputError(f"There is no file or folder {path}.", advice="Check the path of the export.")
        is_folder = path.is_dir() or path.name.lower() == DESCRIPTOR
        place = path if path.is_dir() or not is_folder else path.parent
        list_again = partial(_list_folder if is_folder else _list_file, place, parameters=parameters)
        found = list_again()
        wait_until_settled(found, settle_seconds=parameters.settle_seconds)
        refuse_changed(found, list_again())
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    files: dict[str, Callable[[], bytes]]
    if not is_folder and path.suffix.lower() == ".zip":
        files = _open_archive(path, parameters=parameters)
        return Delivery(name=path.name, is_package=True, files=files, list_again=list_again, found=found)
    files = {
        file.relative_to(place if is_folder else place.parent).as_posix(): partial(_read_file, file, known)
        for file, known in found.items()
    }
    return Delivery(name=place.name, is_package=is_folder, files=files, list_again=list_again, found=found)


def _list_file(path: Path, *, parameters: IngestParameters) -> Found:
    found = path.stat()
    _refuse_large(path.name, found.st_size, parameters=parameters)
    return {path: found}


def _list_folder(path: Path, *, parameters: IngestParameters) -> Found:
    files: dict[Path, os.stat_result] = {}
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if _is_hidden(inside.as_posix()) or not file.is_file():
            continue
        if len(inside.parts) > parameters.deepest_folder:
            continue
        files[file] = file.stat()
        _refuse_large(str(inside), files[file].st_size, parameters=parameters)
        _refuse_many(path.name, len(files), parameters=parameters)
    return files


def _read_file(path: Path, found: os.stat_result) -> bytes:
    """Return the bytes of a file, unless it has been written to since it was found."""
    try:
        data = path.read_bytes()
        now = path.stat()
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    refuse_written(path, found, now)
    if len(data) != now.st_size:
        raise InputError(
            f"{path.name} was being written while it was read: {len(data):,} of {now.st_size:,} bytes were there.",
            advice="Wait until the export is finished, then run again.",
        )
    return data


def _open_archive(path: Path, *, parameters: IngestParameters) -> dict[str, Callable[[], bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as fault:
        raise InputError(
            f"{path.name} is not a zip archive that can be read ({fault}).", advice="Pack or download it again."
        ) from fault
    _refuse_many(path.name, len(members), parameters=parameters)
    for member in members:
        _refuse_untrusted(path.name, member)
        _refuse_large(f"{path.name}: {member.filename}", member.file_size, parameters=parameters)
        _refuse_bomb(path.name, member, parameters=parameters)
    _refuse_large(path.name, sum(member.file_size for member in members), parameters=parameters)
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise InputError(f"{path.name} holds two files of the same name.", advice="Pack it again.")
    kept = [name for name in names if not _is_hidden(name) and name.count("/") < parameters.deepest_folder]
    return {name: partial(_read_member, path, name, parameters=parameters) for name in sorted(kept)}


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _refuse_untrusted(archive: str, member: zipfile.ZipInfo) -> None:
    # `filename` is already cut at a NUL and rewritten by zipfile; the name as stored shows the trick.
    name = member.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name:
        raise InputError(
            f"{archive} holds a file whose name points outside the archive: {name!r}.",
            advice="It was not made by an export. Do not open it; ask where it came from.",
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InputError(f"{archive} holds a link instead of a file: {name}.", advice="Pack the files themselves.")
    if member.flag_bits & _ENCRYPTED:
        raise InputError(f"{archive} is protected by a password.", advice="Unpack it and give the folder.")


def _refuse_bomb(archive: str, member: zipfile.ZipInfo, *, parameters: IngestParameters) -> None:
    # Small files of blanks pack extremely well and harm nobody.
    is_large = member.file_size > _HARMLESS_BYTES
    if is_large and member.file_size > parameters.largest_packing_ratio * max(member.compress_size, 1):
        raise InputError(
            f"{archive}: {member.filename} would unpack to {member.file_size:,} bytes from {member.compress_size:,}.",
            advice="No export packs like that; the archive is damaged or hostile.",
        )


def _read_member(path: Path, name: str, *, parameters: IngestParameters) -> bytes:
    limit = parameters.largest_file_bytes
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            # The size in the archive's directory may lie, so the bytes that come out are counted too.
            data = member.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as fault:
        raise InputError(f"{path.name}: {name} cannot be unpacked ({fault}).", advice="Pack it again.") from fault
    _refuse_large(f"{path.name}: {name}", len(data), parameters=parameters)
    return data


def _refuse_large(name: str, size: int, *, parameters: IngestParameters) -> None:
    if size > parameters.largest_file_bytes:
        raise InputError(
            f"{name} is too large: {size:,} bytes, more than {parameters.largest_file_bytes:,}.",
            advice="Check that it is the export; the limit can be raised in the settings (ingest.largest_file_bytes).",
        )


def _refuse_many(name: str, count: int, *, parameters: IngestParameters) -> None:
    if count > parameters.most_files:
        raise InputError(
            f"{name} holds more than {parameters.most_files:,} files.",
            advice="Give the folder that holds the export, not one above it.",
        )
