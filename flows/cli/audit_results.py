"""`resdir audit result` and `list`: what audits say, and which there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from cyclopts import Parameter

from flows.audit_ground import read_audit_view
from flows.audit_results import AuditReport, report_of
from flows.cli.terminal import Common, percent, say, show, show_json, show_table
from pipeline.audit.report import words_of
from pipeline.audit.results import RATES
from pipeline.publish.audit_sheets import audit_sheets
from pipeline.publish.table_file import write_table
from schemas.scorecard import AUTOMATIC_ITEMS, QUESTIONS, SCORED_CRITERIA

Group = Literal["stratum", "curator", "county", "tier", "center"]


def result(
    batch: str | None = None,
    *,
    by: Group | None = None,
    interval: Literal["wilson", "clopper-pearson"] | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Tell what an audit says about the whole directory: estimates with intervals, weak points, agreement of the auditors, trend.

    Args:
        batch: Batch id; without it the newest batch with answers.
        by: Also show the figures by stratum, curator, county, tier or center.
        interval: Interval of shares in a simple draw (default: [audit] interval).
        output: Write all tables to a .xlsx file (or the estimates to .csv or .json).
        common: What every command takes.
    """
    resolved = common.resolve()
    settings = resolved.settings
    if interval is not None:
        settings = settings.model_copy(update={"audit": settings.audit.model_copy(update={"interval": interval})})
    view = read_audit_view(common.place(resolved), settings=settings, as_of=common.as_of)
    report = report_of(view.audits, batch)
    if output is not None:
        write_table(audit_sheets(report.result.results, report.document, scores=report.scores), output)
    if common.json:
        show_json(report.document)
        return 0
    _show(report, by=by)
    if output is not None:
        say(f"All tables written to {output}.")
    return 0


def list_batches(
    *,
    all_batches: Annotated[bool, Parameter(name="--all", negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the batches that were drawn, the newest first, and how far each one is.

    Args:
        all_batches: Also those that nobody has begun and that are not the newest of their month.
        common: What every command takes.
    """
    resolved = common.resolve()
    view = read_audit_view(common.place(resolved), settings=resolved.settings, as_of=common.as_of)
    audits = view.audits
    opinions = audits.scores.group_by("batch_id").agg(
        done=pl.col("record_uid").filter(pl.col("unanswered") == 0).n_unique().cast(pl.Int64),
        begun=pl.col("record_uid").n_unique().cast(pl.Int64),
    )
    rows = (
        audits.draws.draw.join(opinions, on="batch_id", how="left")
        .with_columns(pl.col("done", "begun").fill_null(0))
        .sort("as_of", "batch_id", descending=True)
    )
    if not all_batches:
        newest = pl.col("batch_id") == pl.col("batch_id").first().over(
            pl.col("as_of").dt.truncate("1mo"), "seed", "unit"
        )
        rows = rows.filter((pl.col("begun") > 0) | newest)
    columns = ("batch_id", "as_of", "method", "unit", "center_id", "seed", "frame_size", "size", "begun", "done")
    documents = rows.select(columns).to_dicts()
    if common.json:
        show_json(documents)
        return 0
    show_table(
        f"Audits ({len(documents):,})",
        ("batch", "drawn on", "method", "unit", "center", "seed", "of", "drawn", "begun", "done"),
        [tuple(row[name] for name in columns) for row in documents],
        right=("of", "drawn", "begun", "done"),
    )
    return 0


def _show(report: AuditReport, *, by: Group | None) -> None:
    document = report.document
    show(
        f"Audit {document['batch_id']} of {document['as_of']}: {document['method']} draw, {document['drawn']:,} drawn, "
        f"{document['n']:,} audited; speaks for {document['speaks_for']:,} records."
    )
    for notice in document["notices"]:
        say(notice)
    if not document["n"]:
        show("No record is finished yet: there is nothing to estimate.")
        return
    _table("The whole directory", report, ("score", *map(str, SCORED_CRITERIA), *RATES))
    questions = sorted(
        (question.item_id for question in QUESTIONS),
        key=lambda item_id: (
            document["items"][item_id]["estimate"] if document["items"][item_id]["estimate"] is not None else 2
        ),
    )
    _table("Weakest items (share found right)", report, questions[:8])
    _table(
        "Elements and services (agencies are what was drawn: wider than a count of services would be)",
        report,
        [item.item_id for item in AUTOMATIC_ITEMS],
    )
    if by is not None:
        _groups(report, by)
    _training(report)
    _agreement(report)
    _trend(document["trend"])


def _table(title: str, report: AuditReport, measures: Any) -> None:  # noqa: ANN401 - any sequence of names
    overall = {row["measure"]: row for row in report.result.results.filter(pl.col("dimension") == "all").to_dicts()}
    show_table(
        title,
        ("measure", "n", "estimate", "95 % interval" if report.confidence == 0.95 else "interval", "how"),
        [
            (
                words_of(measure),
                overall[measure]["n"],
                _figure(measure, overall[measure]["estimate"]),
                _interval(measure, overall[measure]),
                overall[measure]["method"],
            )
            for measure in measures
            if measure in overall
        ],
        right=("n", "estimate"),
    )


def _groups(report: AuditReport, by: Group) -> None:
    rows = report.result.results.filter(pl.col("dimension") == by)
    shown = ("score", "record_error_rate", "critical_error_rate")
    table = []
    for value in rows["value"].unique().sort():
        own = {row["measure"]: row for row in rows.filter(pl.col("value") == value).to_dicts()}
        cells: list[object] = [value, own["score"]["n"]]
        for measure in shown:
            row = own[measure]
            if row["estimate"] is None:
                count = "" if row["count"] is None else f"{row['count']:.0f} of {row['n']}"
                cells.append(count or "too few")
            else:
                cells.append(f"{_figure(measure, row['estimate'])} ({_interval(measure, row)})")
        table.append(cells)
    show_table(
        f"By {by} (small groups: counts only)",
        (by, "n", "score", "records with a fault", "critical"),
        table,
        right=("n",),
    )


def _training(report: AuditReport) -> None:
    needs = report.document["training_needs"]
    if needs:
        show_table(
            "Training needs: the weakest items of each curator",
            ("curator", "item", "faults", "of"),
            [(row["curator"], words_of(row["item_id"]), row["faults"], row["n"]) for row in needs],
            right=("faults", "of"),
        )


def _agreement(report: AuditReport) -> None:
    agreement = report.document["agreement"]
    if not agreement["pairs"]:
        show("No record was scored by two auditors yet: nothing is known about their agreement.")
        return
    show_table(
        "Agreement of the auditors (read the percentage first)",
        ("about", "pairs", "alike", "kappa", "alpha"),
        [
            (about, row["pairs"], percent(row["percent"]), _defined(row["kappa"]), _defined(row["alpha"]))
            for about, row in {"all items": agreement, **agreement["by"]}.items()
        ],
        right=("pairs", "alike", "kappa", "alpha"),
    )
    differing = report.document["differing_items"]
    open_ones = [row for row in differing if row["third"] is None]
    if differing:
        show(
            f"They differ on {len(differing):,} items, {len(open_ones):,} without a third opinion: "
            f"resdir audit worksheet {report.document['batch_id']} --third --auditor NAME --output third.xlsx"
        )


def _trend(trend: list[dict[str, Any]]) -> None:
    rounds = [row for row in trend if row["measure"] in ("score", "record_error_rate", "critical_error_rate")]
    if len({row["batch_id"] for row in rounds}) > 1:
        show_table(
            "Rounds so far",
            ("day", "batch", "measure", "n", "estimate", "interval"),
            [
                (
                    row["as_of"],
                    row["batch_id"],
                    words_of(row["measure"]),
                    row["n"],
                    _figure(row["measure"], row["estimate"]),
                    _interval(row["measure"], row),
                )
                for row in rounds
            ],
            right=("n", "estimate"),
        )


def _figure(measure: str, value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:.1f}" if measure == "score" else percent(value)


def _interval(measure: str, row: dict[str, Any]) -> str:
    if row["low"] is None:
        return ""
    if measure == "score":
        return f"{row['low']:.1f} - {row['high']:.1f}"
    return f"{row['low'] * 100:.1f} - {row['high'] * 100:.1f} %"


def _defined(value: float | None) -> str:
    return "not defined, all alike" if value is None else f"{value:.3f}"
