"""How many curators the yearly update of a directory asks for, as a band.

    minutes of a bundle x channel x updates a year x coverage   = update hours
    + interim changes, new agencies, audits, merges             = workload hours
    / (productive hours x share spent on records)               = FTE

The minutes are assumptions, so no FTE is ever given without its low and its high.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from pipeline.measure.complexity import minutes_by_part
from pipeline.measure.workload import number_of
from schemas.contract import conform
from schemas.enumerations import Tier
from schemas.measures import Measure
from schemas.staffing_parameters import StaffingParameters

#: Ends of the band and its middle, in the order in which the minutes are written.
BAND: tuple[str, ...] = ("low", "central", "high")

#: To be printed with every figure.
CAVEATS: tuple[str, ...] = (
    "The minutes per agency, service, site and term are assumptions of this project: nobody has published a norm.",
    "Low and high are the ends of a range of assumptions; they are no statistical confidence interval.",
    "Link-only service-at-site rows, inactive records and records that another center owns are not counted.",
    "Yearly update, changes in between, new agencies, audits and merges are in; supervision, contacts, outreach, disasters are not.",
    "Two published centers differ by a factor of 1.6 in agencies per curator: a center's own figures tell more than these values.",
    "The figure is meant for talking about staffing. It says nothing about the work of any one person.",
)

_MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True, kw_only=True)
class Band:
    """A value with the ends of its range; the three are always shown together."""

    low: float
    central: float
    high: float

    def rounded(self, digits: int = 2) -> dict[str, float]:
        """Return the three values, rounded, by name."""
        return {name: round(getattr(self, name), digits) for name in BAND}


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """The estimate for a directory.

    Attributes:
        agencies, sites, services: Counted records it rests on.
        fte: Curators needed: low, central, high.
        hours: Workload hours a year.
        workings: One row per part: `part`, `amount` (of what is counted), `unit`, `minutes_low/central/high` per unit (null
            for parts that are given in hours), `hours_low/central/high` a year after channel, coverage and updates a year.
            The hours of all parts add up to `hours`.
        by_center: One row per center: counts, `hours_*` and `fte_*` of its update and interim work. Hours for new
            agencies, audits and merges belong to the whole and are not divided.
        tiers: Agencies per complexity tier.
        caveats: Sentences to print with every figure.
        notes: What the delivered data leave out of the estimate, one sentence each.
        parameters: What was assumed.
    """

    agencies: int
    sites: int
    services: int
    fte: Band
    hours: Band
    workings: pl.DataFrame
    by_center: pl.DataFrame
    tiers: dict[str, int]
    caveats: tuple[str, ...]
    notes: tuple[str, ...]
    parameters: StaffingParameters

    def headline(self) -> dict[str, float]:
        """Return the band as the night's JSON document shows it."""
        return {f"{name}_fte": value for name, value in self.fte.rounded(4).items()}

    def document(self) -> dict[str, object]:
        """Return everything as one JSON document."""
        return {
            "agencies": self.agencies,
            "sites": self.sites,
            "services": self.services,
            **self.headline(),
            "hours": self.hours.rounded(2),
            "parameters": self.parameters.model_dump(mode="json"),
            "parameter_table": [asdict(row) for row in self.parameters.rows()],
            "tiers": self.tiers,
            "workings": self.workings.to_dicts(),
            "centers": self.by_center.to_dicts(),
            "notes": list(self.notes),
            "caveats": list(self.caveats),
        }

    def figures(self, *, as_of: date) -> pl.DataFrame:
        """Return the bands as `schemas.measures.Measure` rows: dimension `band`, values low, central and high.

        Args:
            as_of: Day of the directory.
        """
        whole = pl.DataFrame(
            {
                "center_id": [None] * len(BAND) * 2,
                "measure": ["staffing_fte"] * len(BAND) + ["staffing_hours"] * len(BAND),
                "value": BAND * 2,
                "numerator": [
                    *(getattr(self.fte, name) for name in BAND),
                    *(getattr(self.hours, name) for name in BAND),
                ],
            },
            schema={"center_id": pl.String, "measure": pl.String, "value": pl.String, "numerator": pl.Float64},
        )
        centers = (
            self.by_center.unpivot(
                [f"{unit}_{name}" for unit in ("fte", "hours") for name in BAND],
                index="center_id",
                value_name="numerator",
            )
            .with_columns(pl.col("variable").str.split("_").alias("words"))
            .select(
                "center_id",
                "numerator",
                measure=pl.format("staffing_{}", pl.col("words").list.first()),
                value=pl.col("words").list.last(),
            )
        )
        return conform(
            pl.concat([whole, centers], how="diagonal").with_columns(as_of=pl.lit(as_of), dimension=pl.lit("band")),
            Measure,
        )


def estimate_staffing(complexity: pl.DataFrame, *, parameters: StaffingParameters) -> Staffing:
    """Estimate the curators that the yearly update of the bundles asks for.

    Args:
        complexity: `schemas.complexity.Complexity` rows; the counts and the tier are used.
        parameters: Minutes (low, central, high) and everything else; in the band all minutes move together and the rest
            stays central. Numbers that are to be taken as observed count as 0: settle them first (`pipeline.measure.workload`).

    Returns:
        The band with its workings. Without bundles everything is 0 but the hours of new agencies, audits and merges.
    """
    workings = _workings(complexity, parameters=parameters)
    hours = Band(**{name: float(workings.get_column(f"hours_{name}").sum()) for name in BAND})
    direct_hours = parameters.direct_hours
    return Staffing(
        agencies=complexity.height,
        sites=int(complexity.get_column("site_count").sum()),
        services=int(complexity.get_column("service_count").sum()),
        fte=Band(low=hours.low / direct_hours, central=hours.central / direct_hours, high=hours.high / direct_hours),
        hours=hours,
        workings=workings,
        by_center=_by_center(complexity, parameters=parameters),
        tiers=_tiers(complexity),
        caveats=CAVEATS,
        notes=_notes(complexity),
        parameters=parameters,
    )


def update_hours_factor(parameters: StaffingParameters) -> float:
    """Return the hours a year for each minute of one update: channel, updates a year and coverage over 60."""
    return (
        parameters.effective_channel
        * parameters.verifications_per_year
        * parameters.target_coverage
        / _MINUTES_PER_HOUR
    )


def _workings(complexity: pl.DataFrame, *, parameters: StaffingParameters) -> pl.DataFrame:
    """Return the parts of the workload in hours; they add up to the whole."""
    factor = update_hours_factor(parameters)
    minutes = [_part_minutes(complexity, parameters=parameters, place=place) for place in range(len(BAND))]
    amounts = {
        "agency": (complexity.height, "agencies"),
        "service": (int(complexity.get_column("service_count").sum()), "services"),
        "site": (int(complexity.get_column("site_count").sum()), "sites"),
        "service_at_site": (int(complexity.get_column("service_at_site_count").sum()), "edited services at sites"),
        "term": (_extra_terms(complexity), "service terms beyond one per service"),
        "language": (int(complexity.get_column("extra_version_count").sum()), "further language versions"),
    }
    rows: list[dict[str, object]] = []
    for part, (amount, unit) in amounts.items():
        per_unit = getattr(parameters, f"{part}_minutes")
        rows.append(
            {"part": part, "amount": float(amount), "unit": unit}
            | {f"minutes_{name}": per_unit[place] for place, name in enumerate(BAND)}
            | {f"hours_{name}": minutes[place][part] * factor for place, name in enumerate(BAND)}
        )
    interim = [sum(minutes[place].values()) * factor * parameters.interim_share for place in range(len(BAND))]
    rows.append(
        {"part": "interim", "amount": parameters.interim_share, "unit": "share of the update hours"}
        | {f"hours_{name}": interim[place] for place, name in enumerate(BAND)}
    )
    for part, amount, unit, each in (
        ("new_agencies", number_of(parameters.new_agencies), "new agencies", parameters.new_agency_hours),
        ("audits", number_of(parameters.audits), "audited records", parameters.audit_hours),
        ("merges", number_of(parameters.merges), "merged duplicates", parameters.merge_hours),
    ):
        rows.append(
            {"part": part, "amount": float(amount), "unit": unit} | {f"hours_{name}": amount * each for name in BAND}
        )
    numbers = [f"{quantity}_{name}" for quantity in ("minutes", "hours") for name in BAND]
    return pl.DataFrame(
        rows,
        schema={"part": pl.String, "amount": pl.Float64, "unit": pl.String} | dict.fromkeys(numbers, pl.Float64),
    )


def _part_minutes(complexity: pl.DataFrame, *, parameters: StaffingParameters, place: int) -> dict[str, float]:
    """Return the minutes of one update of all bundles, part by part."""
    parts = minutes_by_part(parameters, place=place)
    if complexity.is_empty():
        return dict.fromkeys(parts, 0.0)
    # The agency part is a literal: multiplied by a column of ones it takes the height of the frame.
    ones = pl.col("service_count") * 0 + 1
    sums = complexity.select(**{part: (minutes * ones).sum() for part, minutes in parts.items()})
    return {part: float(value) for part, value in sums.to_dicts()[0].items()}


def _extra_terms(complexity: pl.DataFrame) -> int:
    extra = (pl.col("service_term_count") - pl.col("service_count")).clip(lower_bound=0).sum()
    return int(complexity.select(extra).item())


def _by_center(complexity: pl.DataFrame, *, parameters: StaffingParameters) -> pl.DataFrame:
    factor = update_hours_factor(parameters) * (1 + parameters.interim_share)
    direct_hours = parameters.direct_hours
    hours = {
        f"hours_{name}": (pl.sum_horizontal(minutes_by_part(parameters, place=place).values()) * factor).sum()
        for place, name in enumerate(BAND)
    }
    return (
        complexity.group_by("center_id")
        .agg(
            agencies=pl.len().cast(pl.Int64),
            services=pl.col("service_count").sum(),
            sites=pl.col("site_count").sum(),
            **hours,
        )
        .with_columns(**{f"fte_{name}": pl.col(f"hours_{name}") / direct_hours for name in BAND})
        .sort("center_id")
    )


def _tiers(complexity: pl.DataFrame) -> dict[str, int]:
    found = dict(complexity.group_by("tier").agg(pl.len()).rows())
    return {tier.value: int(found.get(tier.value, 0)) for tier in Tier}


def _notes(complexity: pl.DataFrame) -> tuple[str, ...]:
    """Say which parts a center's data hardly show, so that a small figure is not mistaken for little work.

    Every agency works from some place and offers something, so fewer sites or services than agencies mean that they were
    not delivered, or do not count.
    """
    sums = complexity.group_by("center_id").agg(
        agencies=pl.len(), sites=pl.col("site_count").sum(), services=pl.col("service_count").sum()
    )
    notes = []
    for row in sums.sort("center_id").to_dicts():
        few = [
            f"{row[part]:,} {part.removesuffix('s') if row[part] == 1 else part}"
            for part in ("sites", "services")
            if row[part] < row["agencies"]
        ]
        if few:
            notes.append(
                f"Center {row['center_id']} has only {' and '.join(few)} that count for {row['agencies']:,} agencies; the "
                "rest gets no minutes, so its figure is rather low."
            )
    return tuple(notes)
