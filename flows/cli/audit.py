"""`resdir audit plan` and `draw`: how many records, and which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, cast

import polars as pl
from cyclopts import Parameter

from flows.audit_ground import AuditView, read_audit_view
from flows.audits import draw_batch, framed, known_auditors, plan_of
from flows.cli.terminal import Common, say, show_json, show_table
from flows.clock import now
from flows.drawn import KIND, drawn_payload
from flows.use_figures import read_use
from pipeline.audit.assignment import second_count
from pipeline.audit.draw import AuditDraw, Method
from pipeline.audit.estimate import design_effect
from pipeline.audit.frame import words_for
from pipeline.audit.sample_size import margin_of, sample_size
from pipeline.store.decisions import append_decision
from schemas.errors import UsageError
from schemas.parameters import AuditParameters

#: Margins that `audit plan` shows when none is asked for.
PLANNED_MARGINS: tuple[float, ...] = (0.03, 0.05, 0.10)

#: How alike the services of one agency are taken to be in the note on services (assumption).
ASSUMED_LIKENESS = 0.3

Strata = Literal["tier", "curator", "county", "center"]


def plan(
    *,
    margin: float | None = None,
    size: int | None = None,
    expected_share: float = 0.5,
    completion_share: float = 1.0,
    center: str | None = None,
    unit: Literal["agency", "service"] | None = None,
    auditors: int | None = None,
    cooldown_months: int | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Tell how many records to audit, what a size can say, and how long it takes.

    Args:
        margin: Half width of the wanted interval, such as 0.05 for 5 points.
        size: Instead of a margin: what this many records can say.
        expected_share: Share expected to pass; 0.5 is the most cautious.
        completion_share: Share of the audits expected to be finished; the draw is made larger accordingly.
        center: Only this center.
        unit: The agency with its sites and services, or the single service (default: [audit] unit).
        auditors: How many people share the work (default: those of [audit] auditors).
        cooldown_months: Months in which an audited record is not drawn again (default: [audit] cooldown_months).
        common: What every command takes.
    """
    if margin is not None and size is not None:
        raise UsageError("Give a margin or a size, not both.", advice="Leave one of --margin and --size out.")
    if size is not None and size < 1:
        raise UsageError(f"--size: {size} is less than 1.", advice="Give the number of records, from 1 on.")
    resolved = common.resolve()
    parameters = _changed(resolved.settings.audit, unit=unit, cooldown_months=cooldown_months)
    view = read_audit_view(common.place(resolved), settings=resolved.settings, as_of=common.as_of)
    _require_center(view, center)
    wanted = plan_of(parameters, size=0, seed="plan", as_of=common.as_of or view.as_of, center=center)
    frame = framed(view.ground, audits=view.audits, plan=replace(wanted, method="simple"))
    eligible = frame.height - int(frame["is_recent"].sum())
    if size is not None:
        sizes = [(margin_of(size, frame_size=eligible, expected_share=expected_share), min(size, eligible))]
    else:
        sizes = [
            (
                one,
                sample_size(
                    frame_size=eligible,
                    margin=one,
                    expected_share=expected_share,
                    confidence=parameters.confidence,
                    completion_share=completion_share,
                ),
            )
            for one in (PLANNED_MARGINS if margin is None else (margin,))
        ]
    people = auditors if auditors is not None else len(parameters.auditors)
    rows = [_planned(one, records, people=people, parameters=parameters) for one, records in sizes]
    services = _services_per_agency(view, center=center) if parameters.unit == "agency" else None
    if common.json:
        show_json(
            {
                "unit": parameters.unit,
                "frame_size": frame.height,
                "recently_audited": frame.height - eligible,
                "expected_share": expected_share,
                "confidence": parameters.confidence,
                "completion_share": completion_share,
                "auditors": people,
                "services_per_agency": services,
                "plans": rows,
            }
        )
        return 0
    show_table(
        f"Audit of {eligible:,} counted {words_for(parameters.unit, eligible)} ({parameters.confidence * 100:g} % confidence)",
        ("± points", "records", "of them scored twice", "about hours", "hours per auditor"),
        [
            (
                "none: all audited" if row["margin"] == 0 else f"{cast('float', row['margin']) * 100:.1f}",
                row["size"],
                row["second"],
                row["hours"],
                row["hours_per_auditor"] if row["hours_per_auditor"] is not None else "name auditors",
            )
            for row in rows
        ],
        right=("± points", "records", "of them scored twice", "about hours", "hours per auditor"),
    )
    if eligible < frame.height:
        say(
            f"{frame.height - eligible:,} more were audited in the last {parameters.cooldown_months} months and would not be drawn."
        )
    if services is not None and services > 1:
        effect = design_effect(services, ASSUMED_LIKENESS)
        say(
            f"An agency has {services:.1f} services on average. Services of one agency resemble each other: as much as {effect:.1f} of "
            f"them say what one independent service would (assumed likeness {ASSUMED_LIKENESS})."
        )
    return 0


def draw(
    *,
    seed: str,
    size: int | None = None,
    margin: float | None = None,
    expected_share: float = 0.5,
    method: Method | None = None,
    strata: Annotated[tuple[Strata, ...] | None, Parameter(negative="")] = None,
    allocation: Literal["auto", "proportional", "neyman"] = "auto",
    center: str | None = None,
    unit: Literal["agency", "service"] | None = None,
    cooldown_months: int | None = None,
    overlap: float | None = None,
    auditor: Annotated[tuple[str, ...], Parameter(negative="", show_default=False)] = (),
    second_share: float | None = None,
    second_minimum: int | None = None,
    use: Path | None = None,
    by: str = "resdir",
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Draw a random sample from the last published night. The same seed draws the same records again.

    With the seed of an earlier, smaller draw the new sample contains the earlier one, and what was answered there counts.

    Args:
        seed: Any text; tell it only after the draw.
        size: Records to draw.
        margin: Instead of a size: half width of the wanted interval, such as 0.05.
        expected_share: With --margin: share expected to pass.
        method: simple, stratified (within groups), or risk (records at risk with a greater chance) (default: [audit] method).
        strata: What makes the groups of a stratified draw; may be given several times (default: [audit] strata).
        allocation: How a stratified draw is shared out: by size, or by size and spread (Neyman, needs two finished rounds); auto
            takes Neyman's when it can.
        center: Only this center.
        unit: The agency with its sites and services, or the single service (default: [audit] unit).
        cooldown_months: Months in which an audited record is not drawn again; 0: none (default: [audit] cooldown_months).
        overlap: Share of the sample from the records audited lately, so that the result speaks for all (default: [audit] overlap).
        auditor: Who audits; may be given several times. "Name = curator, curator" says whose records are their own besides
            (default: [audit] auditors).
        second_share: Share scored blind by a second auditor (default: [audit] second_share).
        second_minimum: Fewest records scored twice (default: [audit] second_minimum).
        use: With --method risk: a .csv file with the columns record and use (how often it was asked for).
        by: Who draws; kept in the decision log.
        dry_run: Show what would be drawn and write nothing down.
        common: What every command takes.
    """
    if (size is None) == (margin is None):
        raise UsageError("Say how many.", advice="Give either --size N or --margin E.")
    resolved = common.resolve()
    place = common.place(resolved)
    parameters = _changed(
        resolved.settings.audit,
        unit=unit,
        method=method,
        strata=strata,
        cooldown_months=cooldown_months,
        overlap=overlap,
        second_share=second_share,
        second_minimum=second_minimum,
    )
    if use is not None and parameters.method != "risk":
        raise UsageError("--use is for --method risk.", advice="Leave it out, or draw by risk.")
    view = read_audit_view(place, settings=resolved.settings, as_of=common.as_of)
    audits = replace(view.audits, parameters=parameters)
    _require_center(view, center)
    wanted = plan_of(
        parameters,
        size=size or 0,
        seed=seed,
        as_of=common.as_of or view.as_of,
        center=center,
        snapshot=view.ground.snapshot,
    )
    if margin is not None:
        frame = framed(view.ground, audits=audits, plan=replace(wanted, method="simple"))
        can_be = frame.height if wanted.overlap else frame.height - int(frame["is_recent"].sum())
        wanted = replace(
            wanted,
            size=sample_size(
                frame_size=can_be, margin=margin, expected_share=expected_share, confidence=parameters.confidence
            ),
        )
    figures, told = (
        read_use(use, directory=view.ground.directory, unit=parameters.unit) if use is not None else (None, ())
    )
    sample = draw_batch(
        view.ground,
        audits=audits,
        plan=wanted,
        auditors=known_auditors(parameters, auditor),
        allocation=allocation,
        use=figures,
    )
    is_known = sample.batch_id in audits.draws.draw["batch_id"].to_list()
    if is_known:
        # Assignments of the first time stand, whatever has been recorded since.
        sample = replace(audits.draws.batch(sample.batch_id), notices=sample.notices)
        told = (*told, f"{sample.batch_id} was drawn before; it is shown again.")
    elif not dry_run:
        append_decision(
            place, kind=KIND, subject=sample.batch_id, payload=drawn_payload(sample), decided_by=by, now=now()
        )
    for notice in (*told, *sample.notices):
        say(notice)
    if common.json:
        show_json(sample.document())
        return 0
    _show(sample, seed=seed)
    if not dry_run:
        say(f"Its worksheets: resdir audit worksheet {sample.batch_id} --output audit.xlsx")
    return 0


def _planned(margin: float, records: int, *, people: int, parameters: AuditParameters) -> dict[str, float | int | None]:
    second = second_count(records, share=parameters.second_share, minimum=parameters.second_minimum)
    hours = (records + second) * parameters.minutes / 60
    return {
        "margin": margin,
        "size": records,
        "second": second,
        "hours": round(hours, 1),
        "hours_per_auditor": round(hours / people, 1) if people else None,
    }


def _changed(parameters: AuditParameters, **options: object) -> AuditParameters:
    """Return the settings with what was said on the command line, checked as the settings are."""
    from pydantic import ValidationError

    said = {name: value for name, value in options.items() if value is not None}
    try:
        return AuditParameters.model_validate(parameters.model_dump() | said)
    except ValidationError as fault:
        first = fault.errors()[0]
        option = str(first["loc"][0]).replace("_", "-") if first["loc"] else "option"
        raise UsageError(f"--{option}: {first['msg']}.", advice="See `resdir audit draw --help`.") from fault


def _require_center(view: AuditView, center: str | None) -> None:
    if center is not None and center not in view.centers:
        raise UsageError(
            f"There is no center {center} in the last published night.", advice=f"Known: {', '.join(view.centers)}."
        )


def _services_per_agency(view: AuditView, *, center: str | None) -> float | None:
    bundles = view.ground.complexity
    if center is not None:
        bundles = bundles.filter(pl.col("center_id") == center)
    mean = bundles["service_count"].mean()
    return None if mean is None else round(float(cast("float", mean)), 2)


def _show(sample: AuditDraw, *, seed: str) -> None:
    row = sample.draw.row(0, named=True)
    if sample.strata.height > 1:
        show_table(
            "Strata" if row["allocation"] is None else f"Strata ({row['allocation']})",
            ("stratum", "records", "drawn"),
            sample.strata.select("stratum", "frame_size", "size").iter_rows(),
            right=("records", "drawn"),
        )
    show_table(
        f"Batch {row['batch_id']}: {row['size']:,} of {row['frame_size']:,}, {row['method']}, seed {seed}",
        ("rank", "record", "name", "stratum", "probability", "auditor", "second"),
        [
            (
                one["rank"],
                one["native_id"],
                one["name"],
                one["stratum"],
                f"{one['inclusion_probability']:.4f}",
                one["auditor"],
                one["second_rater"],
            )
            for one in sample.items.to_dicts()
        ],
        right=("rank", "probability"),
    )
