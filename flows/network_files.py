"""Writes the network as a file: page, PDF, workbook, table, letter or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from flows.document_files import Writer, document_writer, form_of, text_writer, write_whole
from pipeline.measure.staffing import CAVEATS
from pipeline.publish.network_document import network_document
from pipeline.publish.network_json import network_json
from pipeline.publish.table_file import Sheet, write_table
from schemas.network import NetworkFacts
from schemas.report_document import ReportDocument

_FORMS = ("html", "pdf", "xlsx", "csv", "json", "md")

_COLUMNS: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 18),
    "name": ("Name", 34),
    "as_of": ("Data of", 12),
    "source": ("Source", 12),
    "is_stale": ("Older than asked for", 12),
    "agencies": ("Agencies", 10),
    "sites": ("Sites", 10),
    "services": ("Services", 10),
    "services_at_sites": ("Services at sites", 10),
    "records": ("All kinds", 10),
    "updated": ("Agencies completely updated", 12),
    "updated_of": ("Of counted agencies", 12),
    "updated_unknown": ("Without a date", 12),
    "updated_share": ("Share updated", 10),
    "updated_reason": ("Why not known", 40),
    "errors": ("Errors", 9),
    "warnings": ("Warnings", 9),
    "notes": ("Notes", 9),
    "curator_fte": ("Curators at work, FTE", 10),
    "curator_fte_of": ("Curators known of", 16),
    "low_fte": ("Estimated FTE, low", 10),
    "central_fte": ("Estimated FTE, central", 10),
    "high_fte": ("Estimated FTE, high", 10),
    "agencies_per_fte": ("Agencies per FTE at work", 10),
    "records_per_fte": ("Counted records per FTE at work", 10),
    "certified_share": ("Certified (approximate)", 10),
    "county_count": ("Counties", 9),
}


def network_form(path: Path) -> str:
    """Return the form that a file's name asks for.

    Raises:
        UsageError: It asks for none that can be written.
    """
    return form_of(path, forms=_FORMS, what="the network")


def document_of(facts: NetworkFacts) -> ReportDocument:
    """Return the network as a document."""
    # What the model covers as a whole is not what a table by center holds: there the work besides updates is left out.
    return network_document(facts, caveats=tuple(one for one in CAVEATS if not one.startswith("Yearly update,")))


def write_network(facts: NetworkFacts, path: Path) -> None:
    """Write the network in the form that the file's name asks for. A file of that name is replaced at once.

    Raises:
        UsageError: The name asks for no form that can be written.
        StorageError: The disk refuses.
    """
    form = network_form(path)
    if form == "csv":
        write = _csv_writer(facts)
    elif form == "json":
        write = text_writer(json.dumps(network_json(facts), ensure_ascii=False, indent=2) + "\n")
    else:
        write = document_writer(document_of(facts), form=form, is_short=False)
    write_whole(path, write)


def center_rows(facts: NetworkFacts) -> pl.DataFrame:
    """Return one row per center and one for all of them: the columns of the .csv file. Published figures are not among them."""
    rows: list[dict[str, object]] = []
    for one in facts.centers:
        summary = one.summary
        head, fte = summary.shares.complete_agency_update, summary.staffing.curator_fte
        rows.append(
            {
                "center_id": summary.center_id,
                "name": summary.center_name,
                "as_of": summary.as_of,
                "source": "summary" if one.is_included else "workspace",
                "is_stale": one.is_stale,
                **_counted(summary.counted.model_dump(), summary.counted.total),
                **_updated(head.numerator, head.denominator, head.unknown, head.share, head.reason),
                **_found(summary.findings.model_dump()),
                "curator_fte": fte,
                **{f"{end}_fte": value for end, value in summary.staffing.estimated_fte.model_dump().items()},
                "agencies_per_fte": None if fte is None else summary.counted.agency / fte,
                "records_per_fte": None if fte is None else summary.counted.total / fte,
                "certified_share": summary.staffing.certified_share,
                "county_count": one.county_count,
            }
        )
    if facts.total is not None:
        total, whole = facts.total, facts.total.shares["complete_agency_update"]
        of = None if whole.known == whole.centers else f"of {whole.known} of {whole.centers} centers"
        rows.append(
            {
                "center_id": "",
                "name": "all centers",
                **_counted(total.counted, total.records),
                **_updated(whole.numerator, whole.denominator, whole.unknown, whole.share, of),
                **_found(total.findings),
                "curator_fte": total.curator_fte.value,
                "curator_fte_of": f"{total.curator_fte.known} of {total.curator_fte.centers} centers",
                **{f"{end}_fte": value for end, value in zip(("low", "central", "high"), total.estimated_fte, strict=True)},
                "agencies_per_fte": total.agencies_per_fte,
                "records_per_fte": total.records_per_fte,
                "certified_share": total.certified.share,
                "county_count": None if facts.coverage is None else len(facts.coverage.covered()),
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    name: pl.String
    if name in ("center_id", "name", "source", "updated_reason", "curator_fte_of")
    else pl.Date
    if name == "as_of"
    else pl.Boolean
    if name == "is_stale"
    else pl.Float64
    if name.endswith(("_fte", "_share"))
    else pl.Int64
    for name in _COLUMNS
}


def _counted(by_kind: object, records: int) -> dict[str, object]:
    assert isinstance(by_kind, dict)
    return {
        "agencies": by_kind["agency"],
        "sites": by_kind["site"],
        "services": by_kind["service"],
        "services_at_sites": by_kind["service_at_site"],
        "records": records,
    }


def _updated(
    numerator: int | None, denominator: int | None, unknown: int | None, share: float | None, reason: str | None
) -> dict[str, object]:
    return {
        "updated": numerator,
        "updated_of": denominator,
        "updated_unknown": unknown,
        "updated_share": share,
        "updated_reason": reason,
    }


def _found(by_severity: object) -> dict[str, object]:
    assert isinstance(by_severity, dict)
    return {"errors": by_severity["error"], "warnings": by_severity["warning"], "notes": by_severity["info"]}


def _csv_writer(facts: NetworkFacts) -> Writer:
    sheet = Sheet(title="Centers", rows=center_rows(facts), columns=_COLUMNS)
    return lambda place: write_table([sheet], place)
