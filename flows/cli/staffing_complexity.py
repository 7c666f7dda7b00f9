"""`resdir staffing complexity`: what every agency is like and how many minutes its update takes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.terminal import Common, require_center, require_limit, say, show, show_json, show_table
from flows.staffing_files import caveat_sheet
from pipeline.curate.findings import OPEN, shown_findings
from pipeline.measure.complexity_details import detail_complexity, spread_complexity
from pipeline.measure.staffing import CAVEATS
from pipeline.publish.showable import showable_records
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.enumerations import Tier
from schemas.errors import UsageError
from schemas.staffing_parameters import MINUTE_PARTS

_WITHHELD = "withheld"
_COLUMNS: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 14),
    "native_id": ("Number", 12),
    "name": ("Agency", 40),
    "county": ("County", 16),
    "curator": ("Curator", 18),
    "tier": ("Tier", 7),
    "complexity_score": ("Score", 8),
    "update_minutes": ("Minutes, central", 10),
    "low_minutes": ("Minutes, low", 10),
    "high_minutes": ("Minutes, high", 10),
    **{f"{part}_part_minutes": (f"Minutes for {part.replace('_', ' ')}", 10) for part in MINUTE_PARTS},
    "service_count": ("Services", 9),
    "site_count": ("Sites", 9),
    "service_at_site_count": ("Edited services at sites", 9),
    "service_term_count": ("Service terms", 9),
    "target_term_count": ("Target terms", 9),
    "language_count": ("Languages offered", 9),
    "language_version_count": ("Language versions", 9),
    "phone_count": ("Phones", 9),
    "hours_variant_count": ("Different hours", 9),
    "text_length": ("Characters of text", 10),
    "area_unit_count": ("Units of area served", 9),
    "child_agency_count": ("Child agencies", 9),
    "missing_element_count": ("Mandatory elements missing", 10),
    "verified_on": ("Verified on", 12),
    "verification_age_days": ("Days since", 9),
    "reason": ("Why", 70),
}
_SPREAD: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 14),
    "curator": ("Curator", 20),
    "agencies": ("Agencies", 10),
    **{tier.value: (tier.value, 7) for tier in Tier},
    "minutes": ("Minutes of one update of all", 12),
    "quarter_minutes": ("A quarter take at most", 12),
    "median_minutes": ("Half take at most", 12),
    "three_quarter_minutes": ("Three quarters take at most", 12),
    "largest_minutes": ("The dearest takes", 12),
    "mean_score": ("Mean score", 10),
}


def complexity(
    *,
    center: str | None = None,
    curator: str | None = None,
    tier: Literal["T1", "T2", "T3", "T4"] | None = None,
    limit: int = 100,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show the dearest agencies and why, and how complexity is spread over centers and curators.

    Args:
        center: Only this center.
        curator: Only agencies of this curator.
        tier: Only this tier: T1 simple to T4 complex.
        limit: Agencies to print, the dearest first; a file holds all of them.
        output: Write every agency, with each part of its minutes, to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    require_limit(limit)
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        tracked = snapshot.table("quality.finding").filter(pl.col("status").is_in(OPEN))
        as_of = common.as_of or snapshot.pointer.as_of
    named = showable_records(directory, findings=shown_findings(tracked))
    if center is not None:
        directory = directory.of_centers([center])
    details = detail_complexity(directory, findings=tracked, as_of=as_of, parameters=resolved.settings.staffing)
    if curator is not None:
        known = details["curator"].drop_nulls().unique().sort().to_list()
        if curator not in known:
            raise UsageError(
                f"--curator: no counted agency has the curator {curator}.", advice=f"Known: {', '.join(known)}."
            )
        details = details.filter(pl.col("curator") == curator)
    if tier is not None:
        details = details.filter(pl.col("tier") == tier)
    may = named.filter(pl.col("kind") == "agency").select("center_id", "record_uid", may_be_named=pl.lit(value=True))
    shown = details.join(may, on=["center_id", "record_uid"], how="left", maintain_order="left").with_columns(
        pl.when("may_be_named").then("name").otherwise(pl.lit(_WITHHELD)).alias("name"),
        pl.when("may_be_named").then("county").otherwise(pl.lit(_WITHHELD)).alias("county"),
    )
    centers, curators = (spread_complexity(details, by_curator=by) for by in (False, True))
    if output is not None:
        count = write_table(
            [
                Sheet(title="Agencies", rows=shown, columns=_COLUMNS),
                Sheet(title="By center", rows=centers, columns=_SPREAD),
                Sheet(title="By curator", rows=curators, columns=_SPREAD),
                caveat_sheet(),
            ],
            output,
        )
        say(f"{count_of(count, 'agency')} written to {output}.")
    if common.json:
        show_json(
            {
                "as_of": as_of.isoformat(),
                "agencies": details.height,
                "dearest": shown.head(limit).select(*_COLUMNS).to_dicts(),
                "by_center": centers.to_dicts(),
                "by_curator": curators.to_dicts(),
                "caveats": list(CAVEATS),
            }
        )
    elif output is None:
        _print(shown, limit=limit, centers=centers, curators=curators)
    return 0


def _print(shown: pl.DataFrame, *, limit: int, centers: pl.DataFrame, curators: pl.DataFrame) -> None:
    if shown.is_empty():
        show("No counted agency.")
        return
    show_table(
        f"The dearest {min(limit, shown.height):,} of {count_of(shown.height, 'agency')}",
        ("minutes", "low - high", "tier", "center", "number", "agency", "curator", "why"),
        [
            (
                f"{row['update_minutes']:.1f}",
                f"{row['low_minutes']:.0f} - {row['high_minutes']:.0f}",
                row["tier"],
                row["center_id"],
                row["native_id"],
                row["name"],
                row["curator"],
                row["reason"],
            )
            for row in shown.head(limit).to_dicts()
        ],
        right=("minutes",),
    )
    for title, rows in (("By center", centers), ("By curator; says nothing about anybody's work", curators)):
        show_table(
            title,
            (
                "center",
                "curator",
                "agencies",
                *(tier.value for tier in Tier),
                "hours",
                "a quarter",
                "half",
                "three quarters",
                "dearest",
            ),
            [
                (
                    row["center_id"],
                    row["curator"] or "",
                    f"{row['agencies']:,}",
                    *(row[tier.value] for tier in Tier),
                    f"{row['minutes'] / 60:,.1f}",
                    *(
                        f"{row[name]:.0f}"
                        for name in ("quarter_minutes", "median_minutes", "three_quarter_minutes", "largest_minutes")
                    ),
                )
                for row in rows.to_dicts()
            ],
            right=(
                "agencies",
                *(tier.value for tier in Tier),
                "hours",
                "a quarter",
                "half",
                "three quarters",
                "dearest",
            ),
        )
    show(
        "Hours: one central update of all; then the minutes that a quarter, half, three quarters of the agencies take at most."
    )
    show(f"- {CAVEATS[0]}")
