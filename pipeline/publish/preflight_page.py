"""The pre-flight as a page for the person who sends the package: would the receiver take it, what stays home, and why."""

from __future__ import annotations

from pipeline.publish.document_html import render_document_html
from pipeline.publish.export_package import Package
from pipeline.publish.preflight import Fault
from pipeline.publish.wording import count_of, kind_words, number, reason_words
from schemas.report_document import Column, ColumnKind, Headline, ReportDocument, ReportTable, Section

#: Words of a list that are shown of one fault (project choice).
_SHOWN_WORDS = 10


def render_preflight(package: Package, *, title: str) -> str:
    """Return the page as one HTML document. No value of a record is in it, only ids, counts and words of lists.

    Args:
        package: The package, with the pre-flight to be told.
        title: What the target is called, such as `HSDS tables`.
    """
    return render_document_html(preflight_document(package, title=title))


def preflight_document(package: Package, *, title: str) -> ReportDocument:
    """Return the pre-flight as a document; see `render_preflight`."""
    told = package.preflight.document()
    errors, warnings = int(told["errors"]), int(told["warnings"])
    official = package.preflight.official
    written = sum(package.records().values())
    withheld = package.withheld.height
    verdict = "would be accepted" if not errors else "would be refused"
    return ReportDocument(
        title=f"Pre-flight of {title} {package.version}",
        subtitle=f"Centers: {', '.join(package.center_ids) or 'none'}",
        as_of=package.as_of,
        facts=(
            ("Target", f"{package.target} {package.version}"),
            ("Run", package.run_id),
            ("Official schema", official or "not asked; name its folder with --schema-dir"),
        ),
        summary=(
            f"By the rules of the format this package {verdict}: {count_of(errors, 'error')}, {count_of(warnings, 'warning')}.",
            f"{count_of(written, 'record')} of {number(written + withheld)} go out; {number(withheld)} stay home, each with a reason.",
        ),
        headlines=(
            Headline(label="Errors", value=number(errors), basis="what the receiver would refuse"),
            Headline(
                label="Warnings",
                value=number(warnings),
                basis="what the receiver would take, and somebody should look at",
            ),
            Headline(
                label="Records that go out",
                value=number(written),
                basis=f"of {number(written + withheld)} in the directory",
            ),
        ),
        sections=(
            _faults_section("errors", "Errors", package.preflight.errors, none="No errors."),
            _faults_section("warnings", "Warnings", package.preflight.warnings, none="No warnings."),
            _counts_section(package),
            _removed_section(package),
        ),
    )


def _faults_section(section_id: str, heading: str, faults: tuple[Fault, ...], *, none: str) -> Section:
    if not faults:
        return Section(section_id=section_id, heading=heading, paragraphs=(none,))
    rows = tuple(
        (
            f"{fault.table}.{fault.column}",
            fault.message + (f" Such as: {', '.join(fault.values[:_SHOWN_WORDS])}." if fault.values else ""),
            fault.count,
            fault.rule_id,
            fault.example,
        )
        for fault in sorted(faults, key=lambda fault: (-fault.count, fault.table, fault.column, fault.check))
    )
    table = ReportTable(
        table_id=section_id,
        title=f"{heading} by where they are",
        columns=(
            Column(key="place", heading="Where"),
            Column(key="what", heading="What is wrong"),
            Column(key="count", heading="How often", kind=ColumnKind.COUNT),
            Column(key="rule", heading="Rule", missing="–"),
            Column(key="example", heading="First record (id)", missing="–"),
        ),
        rows=rows,
    )
    return Section(section_id=section_id, heading=heading, tables=(table,))


def _counts_section(package: Package) -> Section:
    rows = []
    for kind, counts in package.counts().items():
        rows.append((kind_words(kind), "in the directory", counts["delivered"]))
        rows.append((kind_words(kind), "goes out", counts["written"]))
        rows += [
            (kind_words(kind), f"stays home: {reason_words(reason)}", n) for reason, n in counts["withheld"].items()
        ]
    table = ReportTable(
        table_id="counts",
        title="From the directory to the package",
        columns=(
            Column(key="kind", heading="Kind"),
            Column(key="what", heading="What becomes of it"),
            Column(key="count", heading="Records", kind=ColumnKind.COUNT),
        ),
        rows=tuple(rows),
        notes=("What is in the directory is what goes out and what stays home, together, for every kind.",),
    )
    return Section(section_id="counts", heading="Every difference explained", tables=(table,))


def _removed_section(package: Package) -> Section:
    heading = "Values that stay home, of records that go out"
    if not package.removed_values:
        return Section(section_id="values", heading=heading, paragraphs=("None.",))
    table = ReportTable(
        table_id="values",
        title="By reason; the values themselves are nowhere",
        columns=(
            Column(key="reason", heading="Why"),
            Column(key="count", heading="Values", kind=ColumnKind.COUNT),
        ),
        rows=tuple(
            (reason.replace("_", " "), count)
            for reason, count in sorted(package.removed_values.items(), key=lambda one: (-one[1], one[0]))
        ),
    )
    return Section(section_id="values", heading=heading, tables=(table,))
