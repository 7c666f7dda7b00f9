"""A center's figures as a small file: the contract under which centers that share no records can be laid side by side.

The file holds counts, shares and names of counties; no record, no name of an agency or person, no value of a field. The same model
holds the figures of a center that this workspace reads itself, so that both kinds are added up alike.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas.enumerations import RecordKind, Severity

#: What the file calls itself, and the number of this contract.
DOCUMENT, VERSION = "resdir network summary", 1

#: Largest file that is read, in bytes: hundreds of times that of a large center (project choice).
MOST_BYTES = 1_000_000

_Count = Annotated[int, Field(ge=0, le=10**12)]
_Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _plain_words(text: str) -> str:
    """Refuse texts that are blank, and signs that steer a screen: a file comes from elsewhere, and its words are printed.

    Raises:
        ValueError: The text is blank or holds such a sign.
    """
    if not text.strip():
        raise ValueError("must not be blank")
    # Cc: control signs; Cf: signs without a shape, such as those that turn the direction of writing.
    if any(unicodedata.category(sign) in ("Cc", "Cf") for sign in text):
        raise ValueError("must not hold signs that cannot be seen")
    return text


def _short_name(text: str) -> str:
    """Refuse what is no short name of a center.

    Raises:
        ValueError: It is none.
    """
    if not re.fullmatch(CENTER_ID, text):
        raise ValueError("must be a short name of small letters, digits, - and _, at most 63 of them")
    return text


_Words = Annotated[str, Field(max_length=200), AfterValidator(_plain_words)]

#: A center's short name, as in the settings.
CENTER_ID = r"^[a-z0-9][a-z0-9_-]{0,62}$"
CenterId = Annotated[str, AfterValidator(_short_name)]


class _Part(BaseModel):
    """A part of the file: no key more, no key of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CountedRecords(_Part):
    """Counted records by kind."""

    agency: _Count
    site: _Count
    service: _Count
    service_at_site: _Count

    @property
    def total(self) -> int:
        """All kinds together."""
        return self.agency + self.site + self.service + self.service_at_site


class Reading(_Part):
    """One reading of the share updated. Numerator, denominator and unknown are null together with a reason: it is not known."""

    numerator: _Count | None
    denominator: _Count | None
    unknown: _Count | None
    reason: _Words | None

    @model_validator(mode="after")
    def _is_a_share(self) -> Reading:
        numbers = (self.numerator, self.denominator, self.unknown)
        if all(number is None for number in numbers):
            if not self.reason:
                raise ValueError("numerator, denominator and unknown are null, and no reason is given")
            return self
        if self.numerator is None or self.denominator is None or self.unknown is None:
            raise ValueError("numerator, denominator and unknown must be numbers, or null all three")
        if self.numerator + self.unknown > self.denominator:
            raise ValueError(
                f"numerator {self.numerator:,} and unknown {self.unknown:,} are together more than the denominator {self.denominator:,}"
            )
        return self

    @property
    def share(self) -> float | None:
        """Numerator over denominator; None when it is not known, or over nothing."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


class Readings(_Part):
    """The three readings of the share updated."""

    complete_agency_update: Reading
    verified_record: Reading
    edited_record: Reading


class Definition(_Part):
    """What makes two shares comparable: figures under different definitions are never added up."""

    window_months: Annotated[int, Field(ge=1, le=1200)]
    tracked_share: _Share
    require_verifier: bool


class SeverityCounts(_Part):
    """Open findings by severity."""

    error: _Count
    warning: _Count
    info: _Count

    @property
    def total(self) -> int:
        """All severities together."""
        return self.error + self.warning + self.info


class RuleCount(_Part):
    """Open findings of one rule and severity."""

    rule_id: Annotated[str, Field(pattern=r"^[A-Z]{2,4}-[A-Z0-9-]{1,40}$")]
    severity: Literal["error", "warning", "info"]
    count: _Count


class FteBand(_Part):
    """An estimate with the ends of its range; the three are always shown together."""

    low: _Amount
    central: _Amount
    high: _Amount

    @model_validator(mode="after")
    def _rises(self) -> FteBand:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high must rise in this order")
        return self


class StaffingSummary(_Part):
    """Curators and the work of a year.

    Attributes:
        curator_fte: Curators at work; null: not known.
        certified_share: Share of them who are certified; null: not known.
        estimated_fte: Curators that update and interim work take.
        update_minutes: Minutes of one update of every record.
    """

    curator_fte: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None
    certified_share: _Share | None
    estimated_fte: FteBand
    update_minutes: FteBand


class PairCounts(_Part):
    """Pairs of agencies within the center that may be one.

    Attributes:
        duplicate: Likely ones.
        possible: Possible ones.
        asked: Pairs that a person should look at.
    """

    duplicate: _Count
    possible: _Count
    asked: _Count


class CenterSummary(_Part):
    """Everything that is told of a center in a network.

    Attributes:
        document: What the file calls itself.
        version: Number of this contract.
        center_id: Short name of the center.
        center_name: Its name for people.
        as_of: Day that its figures speak of: that of its last night.
        program_version: Version of resdir that wrote it.
        counted: Counted records by kind.
        shares: The three readings of the share updated.
        definition: What they rest on.
        cutoff_on: First day of the window.
        findings: Open findings by severity.
        findings_by_rule: The same by rule; they add up to it.
        staffing: Curators and work.
        counties: Counties that the center serves; null: not known.
        counties_from: Where they are known from; null with them.
        duplicates: Pairs within the center.
    """

    document: Literal["resdir network summary"]
    version: Literal[1]
    center_id: CenterId
    center_name: _Words
    as_of: date
    program_version: Annotated[str, Field(max_length=60)]
    counted: CountedRecords
    shares: Readings
    definition: Definition
    cutoff_on: date
    findings: SeverityCounts
    findings_by_rule: Annotated[tuple[RuleCount, ...], Field(max_length=2_000)]
    staffing: StaffingSummary
    counties: (
        Annotated[tuple[Annotated[str, Field(max_length=80), AfterValidator(_plain_words)], ...], Field(max_length=500)]
        | None
    )
    counties_from: Literal["settings", "area_served"] | None
    duplicates: PairCounts

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> CenterSummary:
        if self.cutoff_on > self.as_of:
            raise ValueError(f"cutoff_on {self.cutoff_on} is after as_of {self.as_of}")
        if (self.counties is None) != (self.counties_from is None):
            raise ValueError("counties and counties_from must both be given or both be null")
        headline, records = self.shares.complete_agency_update, self.counted.total
        if (headline.denominator or 0) > self.counted.agency:
            raise ValueError(
                f"shares.complete_agency_update.denominator {headline.denominator:,} is more than the counted agencies "
                f"{self.counted.agency:,}"
            )
        for name in ("verified_record", "edited_record"):
            denominator = getattr(self.shares, name).denominator or 0
            if denominator > records:
                raise ValueError(
                    f"shares.{name}.denominator {denominator:,} is more than the counted records {records:,}"
                )
        keys = [(one.rule_id, one.severity) for one in self.findings_by_rule]
        if len(set(keys)) != len(keys):
            raise ValueError("findings_by_rule names a rule and severity twice")
        for severity in Severity:
            told = sum(one.count for one in self.findings_by_rule if one.severity == severity)
            if told != getattr(self.findings, severity.value):
                raise ValueError(
                    f"findings.{severity.value} is {getattr(self.findings, severity.value):,}, but findings_by_rule adds up to {told:,}"
                )
        return self


#: Kinds in the order in which they are told.
KINDS: tuple[str, ...] = tuple(kind.value for kind in RecordKind)
SEVERITIES: tuple[str, ...] = tuple(severity.value for severity in Severity)
