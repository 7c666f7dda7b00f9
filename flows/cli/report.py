"""`resdir report`: the report of a month, quarter or year, or the page of the last night."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from flows.cli.terminal import Common, say, show, show_json
from flows.period_choice import choose_period
from flows.period_ground import PeriodGround, last_day, read_period
from pipeline.store.snapshot import read_pointer
from schemas.errors import InputError, UsageError
from schemas.period import PeriodKind


def report(
    *,
    output: Path,
    period: Literal["month", "quarter", "year", "night"] | None = None,
    of: str | None = None,
    center: str | None = None,
    curator: str | None = None,
    editions: Literal["centers", "curators"] | None = None,
    form: Literal["html", "pdf", "xlsx", "md", "json"] = "html",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write the report of a month, quarter or year: records, share updated, findings, audits, duplicates, staffing, visitors.

    The figures are those of the last night of the period; while it runs, of the last night so far. No single record is named.

    Args:
        output: The file to write: .html, .pdf, .xlsx, .md or .json. With --editions a folder.
        period: month (when nothing is said), quarter, year, or night: the page of the last night as it lies in the workspace (.html).
        of: Which period: 2026-11, 2026-Q4, 2026, or FY2027 for the fiscal year that ends in 2027 ([freshness]
            fiscal_year_start_month). When not given, the one in which the last night lies.
        center: Only this center.
        curator: Only the records of this curator.
        editions: Write one report for every center or every curator into the folder --output, and an index.
        form: Form of these reports.
        common: What every command takes; with --as-of the report is made as on that day.
    """
    if period == "night":
        _refuse_beside_night(of=of, center=center, curator=curator, editions=editions)
        return _copy_night(output, common=common)
    from flows.period_files import report_form

    if editions is None:
        report_form(output)
    elif center is not None or curator is not None:
        raise UsageError("--editions writes a report for each of them.", advice="Leave --center and --curator out.")
    elif output.is_file() or output.suffix.lower() in {".html", ".pdf", ".xlsx", ".md", ".json"}:
        raise UsageError(
            f"{output}: --editions writes into a folder.", advice="Name a folder, and the form with --form."
        )
    resolved = common.resolve()
    place = common.place(resolved)
    day = common.as_of or last_day(place).as_of
    chosen = choose_period(
        kind=None if period is None else PeriodKind(period),
        of=of,
        day=day,
        fiscal_month=resolved.settings.freshness.fiscal_year_start_month,
    )
    ground = read_period(resolved, place=place, period=chosen, day=day)
    if editions is not None:
        return _write_editions(ground, by=editions, folder=output, form=form, as_json=common.json)
    return _write_one(ground, output=output, center=center, curator=curator, as_json=common.json)


def _write_one(ground: PeriodGround, *, output: Path, center: str | None, curator: str | None, as_json: bool) -> int:
    from flows.period_facts import period_facts, scope_of
    from flows.period_files import write_report
    from pipeline.publish.period_json import period_json
    from pipeline.publish.period_words import period_words

    facts = period_facts(ground, scope_of(ground, center_id=center, curator=curator))
    document = write_report(facts, output)
    if as_json:
        show_json({**period_json(facts, document), "path": str(output)})
        return 0
    for warning in document.warnings:
        say(f"Note: {warning}")
    show(f"{document.title}, {facts.scope.title}. {period_words(facts)}.")
    for sentence in document.summary:
        show(f"  {sentence}")
    show(f"Written to {output}.")
    return 0


def _write_editions(ground: PeriodGround, *, by: str, folder: Path, form: str, as_json: bool) -> int:
    from flows.period_files import write_editions

    chosen = ground.chosen
    written = write_editions(ground, by=by, folder=folder, form=form)
    if as_json:
        show_json(
            {
                "period": chosen.period.name,
                "from": chosen.period.first_on,
                "to": chosen.until,
                "as_of": chosen.as_of,
                "run_id": chosen.run_id,
                "editions": [{"name": one.name, "path": str(one.path)} for one in written],
                "warnings": list(chosen.warnings),
                "paths": [str(one.path) for one in written],
            }
        )
        return 0
    for warning in chosen.warnings:
        say(f"Note: {warning}")
    if not written:
        say(f"There are no {by} in that night: only the index was written.")
    show(f"{len(written):,} reports by {by.removesuffix('s')} and an index written to {folder}.")
    return 0


def _refuse_beside_night(**options: str | None) -> None:
    named = [name for name, value in options.items() if value is not None]
    if named:
        raise UsageError(
            f"--period night is the page of the last night: it knows no --{named[0]}.",
            advice="Choose month, quarter or year.",
        )


def _copy_night(output: Path, *, common: Common) -> int:
    """Copy the page of the last published night to a file of its own."""
    if output.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"{output}: the page of a night is .html only.", advice="Name it like night.html.")
    place = common.place(common.resolve())
    pointer = read_pointer(place)
    if pointer is None:
        raise InputError(f"Nothing was published yet in {place.root}.", advice="Run `resdir nightly` first.")
    source = place.reports / f"night_{pointer.as_of}.html"
    if not source.is_file():
        raise InputError(
            f"The night of {pointer.as_of} left no report at {source}.",
            advice="Run `resdir nightly` again with [run] report = true.",
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.name}.tmp")
    unfinished.write_bytes(source.read_bytes())
    unfinished.replace(output)
    if common.json:
        show_json({"path": str(output), "run_id": pointer.run_id, "as_of": pointer.as_of.isoformat()})
    else:
        show(f"Report of the night of {pointer.as_of} written to {output}.")
    return 0
