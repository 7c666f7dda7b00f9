"""`resdir freshness`: the share of the directory that was updated in the last year."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import polars as pl

from flows.cli.terminal import Common, percent, require_center, say, show_json, show_table
from flows.freshness_ground import ToldFreshness, tell_freshness
from pipeline.measure.freshness import WITHOUT_SUSPICIOUS
from pipeline.measure.freshness_cases import EDITED, HEADLINE, VERIFIED
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of, reason_words
from pipeline.store.snapshot import open_published
from schemas.enumerations import Band, WindowKind
from schemas.errors import UsageError

By = Literal["all", "center", "county", "curator", "kind", "tier", "branch", "language"]
Rule = Literal["complete_agency_update", "verified_record", "edited_record"]
Window = Literal["rolling", "fiscal_year", "calendar_year"]

#: Divisions in which an agency can stand several times, with the words that tell it.
_SEVERAL = {
    "branch": "An agency with services in several branches stands in each of these rows: they do not add up.",
    "language": "A record kept in several languages stands in each of these rows: they do not add up.",
}

_COLUMNS: dict[str, tuple[str, int]] = {
    "value": ("Of", 34),
    "numerator": ("Updated", 11),
    "denominator": ("Of counted", 11),
    "unknown": ("Unknown", 11),
    "share": ("Share", 9),
    "share_without_suspicious": ("Share without suspicious", 13),
    "share_low": ("At least", 9),
    "share_high": ("At most", 9),
    "reason": ("Why unknown", 60),
}
_EXCLUDED: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 16),
    "kind": ("Kind", 16),
    "reason": ("Why it does not count", 44),
    "rows": ("Rows left out", 14),
}


def freshness(
    *,
    by: By = "all",
    rule: Rule | None = None,
    window: Window = "rolling",
    center: str | None = None,
    night: str | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show how much of the directory was updated in the last year, with everything that is needed to read the figure.

    Updated, of how many, how many of them without a date, what is left out and why, and the share without verifications that deserve
    a question. A past day is told by the night that knew it, never by today's dates.

    Args:
        by: How to divide it. Branch is the first letter of the taxonomy codes, language the version of the record.
        rule: Which reading: complete_agency_update (the headline), verified_record (the default by kind, which the headline cannot
            be divided by), or edited_record, which shows work and is never to be called updated.
        window: What counts as the last year: rolling (twelve calendar months back), fiscal_year or calendar_year (since its first
            day; [freshness] fiscal_year_start_month).
        center: Only this center.
        night: A past night: its run, the beginning of its name, or a day (the last night that speaks of it or of a day before).
        output: Write the rows, and what is left out, to a .csv, .xlsx or .json file.
        common: What every command takes; with --as-of a day: after the last night its records are judged on that day, before it the
            night that knew that day is asked.
    """
    chosen = rule or (VERIFIED if by == "kind" else HEADLINE)
    if by == "kind" and chosen == HEADLINE:
        raise UsageError(
            "The complete agency update is about whole agencies and has no kinds.", advice="Add --rule verified_record."
        )
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
    told = tell_freshness(
        place,
        as_of=common.as_of,
        night=night,
        rule=resolved.settings.freshness,
        dimensions=() if by == "all" else (by,),
        window_kind=WindowKind(window),
        measure=chosen,
    )
    rows = _rows(told, measure=chosen, by=by, center=center)
    excluded = _excluded(told, center=center)
    document = _document(told, measure=chosen, by=by, window=window, rows=rows, excluded=excluded, center=center)
    if output is not None:
        listed = pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame()
        # An edit is no update: the column must not say so in a file that is passed on.
        columns = _COLUMNS | ({"numerator": ("Edited", 11)} if chosen == EDITED else {})
        sheets = [Sheet(title="Freshness", rows=listed, columns=columns)]
        if excluded:
            sheets.append(Sheet(title="Left out", rows=pl.DataFrame(excluded), columns=_EXCLUDED))
        say(f"{count_of(write_table(sheets, output), 'row')} written to {output}.")
    if common.json:
        show_json(document)
    elif output is None:
        _show(told, measure=chosen, by=by, rows=rows, excluded=excluded)
        bands, day = document["bands"], document["most_frequent_day"]
        if bands is not None:
            say("By band: " + ", ".join(f"{count:,} {band}" for band, count in bands.items()) + ".")
        if day is not None:
            say(f"Most frequent single day: {day['day']}, on {day['records']:,} records ({percent(day['share'])}).")
    return 0


def _rows(told: ToldFreshness, *, measure: str, by: str, center: str | None) -> list[dict[str, Any]]:
    if told.points is not None:
        return _range_rows(told, measure=measure, by=by, center=center)
    is_scope = pl.col("center_id").eq_missing(pl.lit(center, dtype=pl.String))
    if by == "center" and center is not None:
        is_scope = pl.col("center_id").is_null() & (pl.col("value") == center)
    found = told.figures.filter((pl.col("dimension") == by) & is_scope)
    without = found.filter(pl.col("measure") == f"{measure}_{WITHOUT_SUSPICIOUS}").select(
        "value", share_without_suspicious="share", numerator_without_suspicious="numerator"
    )
    listed = (
        found.filter(pl.col("measure") == measure)
        .join(without, on="value", how="left")
        .sort("denominator", "value", descending=[True, False], nulls_last=True)
    )
    return [_row(row, by=by) for row in listed.to_dicts()]


def _row(row: dict[str, Any], *, by: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "by": by,
        "value": row["value"],
        "numerator": _whole(row["numerator"]),
        "denominator": _whole(row["denominator"]),
        "unknown": _whole(row["unknown"]),
        "share": row["share"],
        "numerator_without_suspicious": _whole(row["numerator_without_suspicious"]),
        "share_without_suspicious": row["share_without_suspicious"],
    }
    if row["share"] is None:
        shown["reason"] = row["reason"]
    return shown


def _range_rows(told: ToldFreshness, *, measure: str, by: str, center: str | None) -> list[dict[str, Any]]:
    if told.points is None or measure not in told.points:
        raise UsageError(
            f"{measure} cannot be told of a day before the first night: edit dates are overwritten at every edit.",
            advice="Ask for complete_agency_update or verified_record.",
        )
    points = told.points[measure]
    wanted = pl.col("center_id").is_not_null() if by == "center" else pl.col("center_id").is_null()
    if center is not None:
        wanted = pl.col("center_id") == center
    return [
        {
            "by": by,
            "value": row["center_id"] if by == "center" else "all",
            "numerator": _whole(row["numerator"]),
            "denominator": _whole(row["denominator"]),
            "unknown": _whole(row["unknown"]),
            "share": row["share"],
            "share_low": row["share_low"],
            "share_high": row["share_high"],
            **({"reason": "Dates of that time were overwritten since."} if row["share"] is None else {}),
        }
        for row in points.filter(wanted).to_dicts()
    ]


def _excluded(told: ToldFreshness, *, center: str | None) -> list[dict[str, Any]]:
    """Return the rows left out, with the reason; by kind where the records are known."""
    if told.measured is not None:
        rows = told.measured.excluded
        return [
            {"center_id": row[0], "kind": row[1], "reason": row[2], "rows": row[3]}
            for row in rows.filter(pl.lit(center is None) | (pl.col("center_id") == (center or ""))).rows()
        ]
    if told.figures.is_empty():
        return []
    scope = pl.col("center_id").is_not_null() if center is None else pl.col("center_id") == center
    rows = told.figures.filter((pl.col("measure") == "not_counted") & scope).sort("center_id", "value")
    return [
        {"center_id": row["center_id"], "kind": None, "reason": row["value"], "rows": _whole(row["numerator"])}
        for row in rows.to_dicts()
    ]


def _document(
    told: ToldFreshness,
    *,
    measure: str,
    by: str,
    window: str,
    rows: list[dict[str, Any]],
    excluded: list[dict[str, Any]],
    center: str | None,
) -> dict[str, Any]:
    suspicious = (
        []
        if told.figures.is_empty()
        else told.figures.filter(
            (pl.col("measure") == "suspicious_verification")
            & pl.col("center_id").eq_missing(pl.lit(center, dtype=pl.String))
        ).to_dicts()
    )
    return {
        "as_of": told.as_of.isoformat(),
        "rule": measure,
        "window": window,
        "cutoff": told.cutoff_on.isoformat(),
        "source": told.source,
        "run_id": told.run_id,
        "rows": rows,
        "excluded": excluded,
        "suspicious": [{"reason": row["value"], "records": _whole(row["numerator"])} for row in suspicious],
        "bands": _bands(told, measure=measure, center=center),
        "most_frequent_day": _frequent_day(told, measure=measure, center=center),
        "notes": [*told.notes, *(() if told.measured is None else told.measured.level_notes)],
        **({"rows_overlap": True} if by in _SEVERAL else {}),
    }


def _bands(told: ToldFreshness, *, measure: str, center: str | None) -> dict[str, int] | None:
    """Return the counted units by band; None when they are not known, or not about verification."""
    if told.figures.is_empty():
        return None
    rows = told.figures.filter(
        (pl.col("measure") == measure)
        & (pl.col("dimension") == "band")
        & pl.col("center_id").eq_missing(pl.lit(center, dtype=pl.String))
        & pl.col("numerator").is_not_null()
    )
    found = {row["value"]: int(row["numerator"]) for row in rows.to_dicts()}
    return {band.value: found[band.value] for band in Band} if found else None


def _frequent_day(told: ToldFreshness, *, measure: str, center: str | None) -> dict[str, Any] | None:
    """Return the single day on which most records are stamped: a large share of them deserves a look."""
    if told.figures.is_empty():
        return None
    field = "edited" if measure == EDITED else "verified"
    rows = told.figures.filter(
        (pl.col("measure") == f"most_frequent_day_{field}")
        & pl.col("center_id").eq_missing(pl.lit(center, dtype=pl.String))
    ).to_dicts()
    return {"day": rows[0]["value"], "records": int(rows[0]["numerator"]), "share": rows[0]["share"]} if rows else None


def _show(
    told: ToldFreshness, *, measure: str, by: str, rows: list[dict[str, Any]], excluded: list[dict[str, Any]]
) -> None:
    title = f"{measure}: {told.cutoff_on} to {told.as_of}"
    if told.source == "reconstructed":
        show_table(
            f"{title}, reconstructed",
            (by, "certainly updated", "of counted", "overwritten", "at least", "at most"),
            [
                (row["value"], row["numerator"], row["denominator"], row["unknown"],
                 percent(row["share_low"]), percent(row["share_high"]))
                for row in rows
            ],
            right=("certainly updated", "of counted", "overwritten", "at least", "at most"),
        )  # fmt: skip
    else:
        # Nobody asks of edits, or of single language versions, whether they were real.
        met = "edited" if measure == EDITED else "updated"
        beside = ("without suspicious",) if any(row["share_without_suspicious"] is not None for row in rows) else ()
        show_table(
            title,
            (by, met, "of counted", "unknown", "share", *beside, "why unknown"),
            [
                (
                    row["value"],
                    row["numerator"],
                    row["denominator"],
                    row["unknown"],
                    percent(row["share"]),
                    *([percent(row["share_without_suspicious"])] if beside else []),
                    row.get("reason"),
                )
                for row in rows
            ],
            right=(met, "of counted", "unknown", "share", "without suspicious"),
        )
    if excluded:
        show_table(
            "Left out of every share",
            ("center", "kind", "reason", "rows"),
            [
                (row["center_id"], (row["kind"] or "").replace("_", " "), reason_words(row["reason"]), row["rows"])
                for row in excluded
            ],
            right=("rows",),
        )
    for note in (*told.notes, *(() if told.measured is None else told.measured.level_notes)):
        say(note)
    if by in _SEVERAL:
        say(_SEVERAL[by])
    if told.measured is not None and told.measured.suspicions is not None and told.measured.suspicions.height:
        count = told.measured.suspicions.select("center_id", "kind", "record_uid").unique().height
        were = "was" if count == 1 else "were"
        say(
            f"{count_of(count, 'record')} {were} verified in a way that deserves a question: resdir freshness suspicious"
        )


def _whole(number: object) -> int | None:
    return int(number) if isinstance(number, int | float) else None
