"""Writes reports of a period as files: one, or one for every center or curator with an index beside them."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.document_files import document_writer, form_of, text_writer, write_whole
from flows.period_facts import center_name, curators_of, period_facts, scope_of
from flows.period_ground import PeriodGround
from pipeline.publish.period_document import period_document
from pipeline.publish.period_json import period_json
from pipeline.publish.period_words import period_words, title_of
from pipeline.publish.wording import day
from schemas.period_facts import PeriodFacts
from schemas.report_document import Column, ReportDocument, ReportTable, Section

#: Forms that can be written.
FORMS = ("html", "pdf", "xlsx", "md", "json")

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


def report_form(path: Path) -> str:
    """Return the form that a file's name asks for.

    Raises:
        UsageError: It asks for none that can be written.
    """
    return form_of(path, forms=FORMS, what="a report")


def write_report(facts: PeriodFacts, path: Path) -> ReportDocument:
    """Write a report in the form that the file's name asks for, and return its document. A file of that name is replaced at once.

    Raises:
        UsageError: The name asks for no form that can be written.
        StorageError: The disk refuses.
    """
    form = report_form(path)
    document = period_document(facts)
    if form == "json":
        write = text_writer(json.dumps(period_json(facts, document), ensure_ascii=False, indent=2) + "\n")
    else:
        write = document_writer(document, form=form, is_short=True)
    write_whole(path, write)
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
    write_whole(folder / f"{period}_{by}_index.html", document_writer(index, form="html", is_short=True))
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
