"""Forms as files: names that any computer takes, and files that appear whole or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter

from pipeline.outreach.packet_form import PrintedForm
from pipeline.outreach.packet_page import render_page
from pipeline.outreach.packet_sheets import write_workbook
from schemas.errors import StorageError

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
#: Characters of an agency's name and of its number in a file name: with the folder they must stay under the 260 of Windows.
_NAME_LENGTH, _NUMBER_LENGTH = 48, 24


def file_stems(forms: Sequence[PrintedForm]) -> list[str]:
    """Return the name of every form without its ending: agency and record number, no two alike on any file system.

    Args:
        forms: The forms, in an order that is always the same.
    """
    plain = [_stem(form) for form in forms]
    count = Counter(plain)
    stems: list[str] = []
    taken: set[str] = set()
    for form, stem in zip(forms, plain, strict=True):
        candidates = iter(_further(stem, form.packet.center_id if count[stem] > 1 else ""))
        chosen = next(one for one in candidates if one not in taken)
        taken.add(chosen)
        stems.append(chosen)
    return stems


def _further(stem: str, center_id: str) -> Iterator[str]:
    start = f"{stem}-{center_id}" if center_id else stem
    yield start
    number = 2
    while True:
        yield f"{start}-{number}"
        number += 1


def _stem(form: PrintedForm) -> str:
    packet = form.packet
    name = _plain(packet.name)[:_NAME_LENGTH].strip("-") or "agency"
    # Other numbers might be folded into the same letters: the first letters of the record's own id tell them apart.
    number = _plain(packet.native_id or "")
    is_told = packet.native_id is not None and number == packet.native_id.lower() and len(number) <= _NUMBER_LENGTH
    return f"{name}-{number}" if is_told else f"{name}-{packet.agency_uid[:8]}"


def _plain(text: str) -> str:
    """Return small letters and digits of a text, hyphens between them.

    >>> _plain("Café & Crèche, Inc.")
    'cafe-creche-inc'
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_NAMES.sub("-", folded).strip("-")


@contextmanager
def unfinished_files(forms: Iterable[PrintedForm], paths: Sequence[tuple[Path, Path]]) -> Iterator[Callable[[], None]]:
    """Write all forms beside their places and give a function that puts them there; without its call nothing stays.

    Args:
        forms: The forms.
        paths: Page and workbook of each.

    Raises:
        StorageError: The folder or a file cannot be written.
    """
    moves: list[tuple[Path, Path]] = []
    try:
        for form, (page, workbook) in zip(forms, paths, strict=True):
            with _told_in_words(page):
                page.parent.mkdir(parents=True, exist_ok=True)
                moves += [(target.with_name(f".{target.name}.partial"), target) for target in (page, workbook)]
                moves[-2][0].write_text(render_page(form), encoding="utf-8", newline="\n")
                write_workbook(form, moves[-1][0])

        def finish() -> None:
            for partial, target in moves:
                with _told_in_words(target):
                    partial.replace(target)

        yield finish
    finally:
        for partial, _ in moves:
            partial.unlink(missing_ok=True)


@contextmanager
def _told_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise StorageError(
            f"The form {path} cannot be written: {fault}.",
            advice="Close it if it is open in another program, and see that the folder may be written to.",
        ) from fault
