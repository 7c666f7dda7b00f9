"""Writes reports of a period as files: one, or one for every center or curator with an index beside them."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.period_facts import center_name, curators_of, period_facts, scope_of
from flows.period_ground import PeriodGround
from pipeline.publish.period_document import period_document
from pipeline.publish.period_json import period_json
from pipeline.publish.period_words import period_words, title_of
from pipeline.publish.wording import day
from schemas.errors import StorageError, UsageError
from schemas.period_facts import PeriodFacts
from schemas.report_document import Column, ReportDocument, ReportTable, Section

#: Forms by the ending of the file's name.
FORMS = {".html": "html", ".htm": "html", ".pdf": "pdf", ".xlsx": "xlsx", ".md": "md", ".json": "json"}

#: Characters of a name in a file's name, and hexadecimal digits that tell two alike names apart (project choice).
_NAME_LENGTH, _MARK_LENGTH = 40, 6


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One written report of several.

    Attributes:
        name: Center or curator.
        path: The file.
    """

    name: str
    path: Path


def form_of(path: Path) -> str:
    """Return the form that a file's name asks for.

    Raises:
        UsageError: It asks for none that can be written.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            f"{path}: a report is written as .html, .pdf, .xlsx, .md or .json.", advice="Name it like report.html."
        )
    return form


def write_report(facts: PeriodFacts, path: Path) -> ReportDocument:
    """Write a report in the form that the file's name asks for, and return its document. A file of that name is replaced at once.

    Raises:
        UsageError: The name asks for no form that can be written.
        StorageError: The disk refuses.
    """
    form = form_of(path)
    document = period_document(facts)
    if form == "json":
        text = json.dumps(period_json(facts, document), ensure_ascii=False, indent=2)
        _replace(path, lambda place: place.write_text(text + "\n", encoding="utf-8", newline="\n"))
    else:
        _replace(path, _writer(document, form=form))
    return document


def write_editions(ground: PeriodGround, *, by: str, folder: Path, form: str) -> list[Edition]:
    """Write one report for every center or curator, and an index of them.

    Args:
        ground: The period.
        by: `centers` or `curators`.
        folder: Where they are written; made when it is not there.
        form: Form of all of them.

    Returns:
        The files, in the order of the names; the index is `index.html` of the folder, led by the period in its name.
    """
    editions = []
    period = ground.chosen.period.name
    if by == "centers":
        scopes = [
            (center_name(ground, center), f"center_{center}", scope_of(ground, center_id=center))
            for center in ground.centers
        ]
    else:
        scopes = [(name, f"curator_{file_name(name)}", scope_of(ground, curator=name)) for name in curators_of(ground)]
    for name, stem, scope in scopes:
        path = folder / f"{period}_{stem}.{form}"
        write_report(period_facts(ground, scope), path)
        editions.append(Edition(name=name, path=path))
    index = _index(ground, by=by, editions=editions)
    _replace(folder / f"{period}_{by}_index.html", _writer(index, form="html"))
    return editions


def file_name(name: str) -> str:
    """Return a name as part of a file's name: plain letters, digits and `-`, and a mark made of the name itself.

    The mark keeps names apart that look alike without accents, signs and capitals; it stays the same from report to report.

    >>> file_name("Zoë O'Brien / night shift")
    'zoe-o-brien-night-shift_ace9fe'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_NAME_LENGTH].strip("-") or "name"
    return f"{words}_{hashlib.sha256(name.encode()).hexdigest()[:_MARK_LENGTH]}"


def _writer(document: ReportDocument, *, form: str) -> Callable[[Path], object]:
    """Return what writes a document to a place. Forms are loaded when they are asked for: that of PDF is large."""
    if form == "html":
        from pipeline.publish.document_html import render_document_html

        page = render_document_html(document)
        return lambda place: place.write_text(page, encoding="utf-8", newline="\n")
    if form == "md":
        from pipeline.publish.document_markdown import render_document_markdown

        text = render_document_markdown(document, short=True)
        return lambda place: place.write_text(text, encoding="utf-8", newline="\n")
    if form == "pdf":
        from pipeline.publish.document_pdf import render_document_pdf

        data = render_document_pdf(document)
        return lambda place: place.write_bytes(data)
    from pipeline.publish.document_workbook import write_document_workbook

    return lambda place: write_document_workbook(document, place)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file and put it in its place at once, so that nobody opens half a report."""
    unfinished = path.with_name(f".{path.stem}.unfinished{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(unfinished)
        unfinished.replace(path)
    except OSError as fault:
        raise StorageError(
            f"{path} cannot be written: {fault.strerror or fault}.",
            advice="Is it open in another program? Close it there, or choose another place.",
        ) from fault
    finally:
        unfinished.unlink(missing_ok=True)


def _index(ground: PeriodGround, *, by: str, editions: Sequence[Edition]) -> ReportDocument:
    facts = period_facts_of_index(ground)
    one = by.removesuffix("s")
    return ReportDocument(
        title=title_of(facts),
        subtitle=f"Reports by {one}. {period_words(facts)}.",
        as_of=facts.as_of,
        facts=(("Figures of", f"the night of {day(facts.as_of)}"),),
        summary=(f"{len(editions):,} reports lie beside this page, one for each {one}.",),
        warnings=facts.warnings,
        sections=(
            Section(
                section_id="editions",
                heading="Reports",
                tables=(
                    ReportTable(
                        table_id="editions",
                        title=f"Reports by {one}",
                        columns=(Column(key="name", heading=one.capitalize()), Column(key="file", heading="File")),
                        rows=tuple((edition.name, edition.path.name) for edition in editions),
                    ),
                ),
            ),
        ),
    )


def period_facts_of_index(ground: PeriodGround) -> PeriodFacts:
    """Return the facts of the whole, from which the index takes period, day and warnings."""
    return period_facts(ground, scope_of(ground))
