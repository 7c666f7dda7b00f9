"""Writes documents as files in the form that their name asks for: beside its place first, then renamed whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.errors import StorageError, UsageError
from schemas.report_document import ReportDocument

#: What writes to a place.
Writer = Callable[[Path], object]

#: Forms by the ending of a file's name.
FORMS = {".html": "html", ".htm": "html", ".pdf": "pdf", ".xlsx": "xlsx", ".csv": "csv", ".md": "md", ".json": "json"}


def form_of(path: Path, *, forms: tuple[str, ...], what: str) -> str:
    """Return the form that a file's name asks for.

    Args:
        path: The file.
        forms: Forms that can be written, in the order in which they are told.
        what: What is written, such as `a report`; its last word makes the example.

    Raises:
        UsageError: It asks for none of them.
    """
    form = FORMS.get(path.suffix.lower())
    if form not in forms:
        endings = [f".{one}" for one in forms]
        raise UsageError(
            f"{path}: {what} is written as {', '.join(endings[:-1])} or {endings[-1]}.",
            advice=f"Name it like {what.rsplit(' ', 1)[-1]}.html.",
        )
    return form


def text_writer(text: str) -> Writer:
    """Return what writes a text to a place."""
    return lambda place: place.write_text(text, encoding="utf-8", newline="\n")


def document_writer(document: ReportDocument, *, form: str, is_short: bool) -> Writer:
    """Return what writes a document to a place. Forms are loaded when they are asked for: that of PDF is large.

    Args:
        document: The document.
        form: `html`, `md`, `pdf` or `xlsx`.
        is_short: Whether Markdown is a digest for a mail instead of the whole.
    """
    if form == "html":
        from pipeline.publish.document_html import render_document_html

        return text_writer(render_document_html(document))
    if form == "md":
        from pipeline.publish.document_markdown import render_document_markdown

        return text_writer(render_document_markdown(document, short=is_short))
    if form == "pdf":
        from pipeline.publish.document_pdf import render_document_pdf

        data = render_document_pdf(document)
        return lambda place: place.write_bytes(data)
    from pipeline.publish.document_workbook import write_document_workbook

    return lambda place: write_document_workbook(document, place)


def write_whole(path: Path, write: Writer) -> None:
    """Write beside the file and put it in its place at once, so that nobody opens half of it.

    Raises:
        StorageError: The disk refuses, or the file is open elsewhere.
    """
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
