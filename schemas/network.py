"""Many centers side by side, as facts: the flow fills them, publishing words them.

Everything here may be shown to the people who read the report; names of agencies that may not be told are withheld before they get
here. Null means not known and is never 0. Measured figures and figures that somebody published never stand in one field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schemas.network_parameters import PublishedCenter
from schemas.network_summary import CenterSummary


@dataclass(frozen=True, kw_only=True)
class County:
    """One county of a state, with its place on a tile map."""

    fips: str
    name: str
    short: str
    column: int
    row: int


@dataclass(frozen=True, kw_only=True)
class State:
    """All counties of a state.

    Attributes:
        name: Its name.
        code: Two-letter code.
        counties: Its counties, in the order of their FIPS codes.
    """

    name: str
    code: str
    counties: tuple[County, ...]


@dataclass(frozen=True, kw_only=True)
class SpellingRemark:
    """A county name that is not spelled as the state spells it.

    Attributes:
        center_id, center_name: Who wrote it.
        written: As written.
        read_as: County that it is read as; None when none is near, or several are.
    """

    center_id: str
    center_name: str
    written: str
    read_as: str | None


@dataclass(frozen=True, kw_only=True)
class CountyCover:
    """One county and the centers that serve it, in the order of their names."""

    county: County
    center_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which counties of a state are served, and by whom.

    Attributes:
        basis: `measured` (settings, areas served, summaries) or `published`.
        state: The state.
        counties: Every county of it.
        by_center: Counties (FIPS codes) of each center; None when they are not known.
        remarks: Spellings that were not the state's own.
    """

    basis: str
    state: State
    counties: tuple[CountyCover, ...]
    by_center: Mapping[str, tuple[str, ...] | None]
    remarks: tuple[SpellingRemark, ...]

    def covered(self) -> tuple[CountyCover, ...]:
        """Return the counties that one center or several serve."""
        return tuple(one for one in self.counties if one.center_ids)

    def several(self) -> tuple[CountyCover, ...]:
        """Return the counties that several centers serve."""
        return tuple(one for one in self.counties if len(one.center_ids) > 1)

    def uncovered(self) -> tuple[CountyCover, ...]:
        """Return the counties that nobody serves, as far as counties are known."""
        return tuple(one for one in self.counties if not one.center_ids)


@dataclass(frozen=True, kw_only=True)
class NetworkCenter:
    """One center of the network.

    Attributes:
        summary: Its figures.
        is_included: Whether they come from its summary and not from this workspace.
        age_days: Days from its figures to the day of the report.
        is_stale: Whether that is more than is taken for fresh.
        county_count: Counties that it serves; None when not known.
        area_note: What has to be known about its areas served; None when nothing.
    """

    summary: CenterSummary
    is_included: bool
    age_days: int
    is_stale: bool
    county_count: int | None = None
    area_note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sum over those centers of which its parts are known.

    Attributes:
        value: The sum; None when no part is known.
        known: Centers in it.
        centers: Centers in all.
    """

    value: float | None
    known: int
    centers: int


@dataclass(frozen=True, kw_only=True)
class ShareSum:
    """A share of several centers: sums of numerators and denominators, never a mean of shares.

    Attributes:
        numerator, denominator, unknown: Sums; None when no part is known.
        known: Centers in them.
        centers: Centers in all.
        left_out: Why each of the others is not in it, by center.
    """

    numerator: int | None
    denominator: int | None
    unknown: int | None
    known: int
    centers: int
    left_out: Mapping[str, str]

    @property
    def share(self) -> float | None:
        """Numerator over denominator; None when it is not known, or over nothing."""
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None


@dataclass(frozen=True, kw_only=True)
class Certified:
    """Curators who are certified, weighted by full-time equivalents: approximate.

    Attributes:
        certified_fte: Sum of FTE times share.
        fte: FTE of the centers in it.
        known: Centers in it.
        centers: Centers in all.
    """

    certified_fte: float | None
    fte: float | None
    known: int
    centers: int

    @property
    def share(self) -> float | None:
        """Certified FTE over FTE; None when it is not known."""
        return self.certified_fte / self.fte if self.certified_fte is not None and self.fte else None


@dataclass(frozen=True, kw_only=True)
class NetworkTotal:
    """All centers: the sum of its parts.

    Attributes:
        centers: Centers in it.
        counted: Counted records by kind.
        shares: The readings by name.
        findings: Open findings by severity.
        curator_fte: Curators at work.
        agencies_per_fte, records_per_fte: Sums over those centers whose FTE is known; None when none is.
        estimated_fte: Low, central, high.
        update_minutes: Low, central, high minutes of one update of everything.
        certified: Certified curators.
        duplicates: Pairs within centers by band, and `asked`.
    """

    centers: int
    counted: Mapping[str, int]
    shares: Mapping[str, ShareSum]
    findings: Mapping[str, int]
    curator_fte: Part
    agencies_per_fte: float | None
    records_per_fte: float | None
    estimated_fte: tuple[float, float, float]
    update_minutes: tuple[float, float, float]
    certified: Certified
    duplicates: Mapping[str, int]

    @property
    def records(self) -> int:
        """Counted records of all kinds."""
        return sum(self.counted.values())


@dataclass(frozen=True, kw_only=True)
class PublishedTotal:
    """What the published figures add up to, where they may be added."""

    curator_fte: Part
    certified: Certified


@dataclass(frozen=True, kw_only=True)
class CrossPair:
    """Two agencies of two centers that may be one, or are copies of one record.

    Attributes:
        center_a, center_b: Their centers.
        name_a, name_b: Their names, or `withheld`.
        native_id_a, native_id_b: Their numbers; None when not delivered, or withheld.
        sort: `copy`, `confirmed`, `duplicate` or `possible`.
        score: How likely they are one, 0-1; None for copies that were not scored.
        owner: `both`, `one`, `conflicting`, `none` or `not known`.
        owners: Owners named, A then B; None where blank.
    """

    center_a: str
    center_b: str
    name_a: str
    name_b: str
    native_id_a: str | None
    native_id_b: str | None
    sort: str
    score: float | None
    owner: str
    owners: tuple[str | None, str | None]


@dataclass(frozen=True, kw_only=True)
class CrossCounts:
    """Pairs across two centers.

    Attributes:
        center_a, center_b: The centers.
        sorts: Pairs by `copy`, `confirmed`, `duplicate`, `possible`.
        counted_twice: Of the copies, those that both centers count.
        different: Pairs that people called two; in none of the others.
        owners: Pairs by who is named as owner.
    """

    center_a: str
    center_b: str
    sorts: Mapping[str, int]
    counted_twice: int
    different: int
    owners: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class CrossDuplicates:
    """Agencies that stand in several centers.

    Attributes:
        by_centers: Counts by pair of centers; pairs of centers without any are left out.
        pairs: The first pairs.
        pair_count: Pairs in all.
        owner_conflicts: Open findings of rule ID-009; None when the rule could not be asked of any center.
        without_owners: Centers whose export names no record owner.
    """

    by_centers: tuple[CrossCounts, ...]
    pairs: tuple[CrossPair, ...]
    pair_count: int
    owner_conflicts: int | None
    without_owners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NetworkFacts:
    """The network on one day.

    Attributes:
        name: Name of the network; empty when the settings give none.
        as_of: Day of the report.
        program_version: Version of resdir.
        centers: Centers in the order of their names.
        total: All of them; None when there is none.
        coverage: Counties by the centers' own word; None without a state file or without counties.
        published_coverage: Counties by what was published; None likewise.
        cross: Agencies in several centers; None when this workspace reads fewer than two.
        published: Published figures in the order of the names.
        published_total: What they add up to; None when nothing was published.
        notes: What must be known, one sentence each.
        rule_words: Definition of the headline.
        stale_days: Age in days beyond which data are warned of.
    """

    name: str
    as_of: date
    program_version: str
    centers: tuple[NetworkCenter, ...]
    total: NetworkTotal | None
    coverage: Coverage | None
    published_coverage: Coverage | None
    cross: CrossDuplicates | None
    published: tuple[PublishedCenter, ...]
    published_total: PublishedTotal | None
    notes: tuple[str, ...]
    rule_words: str
    stale_days: int
