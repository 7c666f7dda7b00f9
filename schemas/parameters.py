"""Parameters of the stages: thresholds, weights and windows, each with unit and source.

All models are frozen and refuse unknown keys. `curation.toml` sets them (see `flows.settings`); a stage gets only its own.
"[S]" marks a sourced value, "project choice" an assumption that a center may change.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.enumerations import Severity
from schemas.rules import rule_catalogue
from schemas.style_parameters import StyleParameters


class Parameters(BaseModel):
    """Base of all parameter models."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PrivacyParameters(Parameters):
    """Which places must not be located, beyond the flags."""

    confidential_place_patterns: tuple[str, ...] = Field(
        default=(
            r"domestic violence shelter",
            r"(?:battered|abused) (?:women|persons?|spouses?)(?:'s|s')? shelter",
            r"shelters? for (?:battered|abused) ",
            r"shelters? for (?:victims|survivors) of (?:domestic|intimate partner|sexual|dating)",
            r"safe ?house for (?:victims|survivors|women)",
            r"undisclosed location",
            r"confidential (?:address|location|site)",
            r"(?:address|location) (?:is )?confidential",
        ),
        description="Regular expressions, case folded, looked for in name, description and taxonomy term names (project choice).",
    )
    confidential_place_codes: tuple[str, ...] = Field(
        default=(),
        description="Taxonomy codes (with everything below them) whose sites are never located. Licensed: set by the center.",
    )
    keep_city_of_private_address: bool = Field(
        default=True, description="Whether city, county and state of a private address may leave (project choice)."
    )


class IngestParameters(Parameters):
    """Limits that protect a night from files that are not what they should be."""

    longest_row_lines: int = Field(
        default=200,
        ge=1,
        description="Lines after which an opened quote is taken for one that never closes (project choice).",
    )
    largest_broken_share: float = Field(
        default=0.10,
        ge=0,
        le=1,
        description="UTF-8 characters among the special characters of a Windows-1252 file: a larger share means that two files "
        "were joined, and stops the run; fewer are kept and told (project choice).",
    )
    longest_cell: int = Field(
        default=131_072,
        ge=1,
        le=131_072,
        description="Characters of a cell; a row with a longer one is rejected (the limit of Python's own CSV reader).",
    )
    largest_file_bytes: int = Field(
        default=4_000_000_000,
        ge=1,
        description="Largest file, and largest sum of the files in an archive, in bytes (project choice).",
    )
    most_files: int = Field(default=2_000, ge=1, description="Most files in a folder or archive (project choice).")
    largest_packing_ratio: float = Field(
        default=200.0,
        gt=1,
        description="Most bytes that one packed byte may become; exports pack about 5 to 30 to one (project choice).",
    )
    deepest_folder: int = Field(
        default=3, ge=1, description="Folders below this depth of a delivery are not looked into (project choice)."
    )


class NormalizeParameters(Parameters):
    """How delivered text becomes typed values."""

    own_owner_codes: tuple[str, ...] = Field(
        default=(),
        description="Record owner codes that mean 'our own record'. Empty: every record counts as own, whatever its owner code.",
    )
    blank_status: str = Field(
        default="unknown",
        description="Status given to a blank status cell: `unknown` (a finding, not counted) or `active` (center's word for it).",
    )
    derive_sites_below_share: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Sites are derived from addresses when fewer than this share of delivered rows are sites (project choice).",
    )
    zip_reference: str = Field(
        default="",
        description="CSV file of ZIP codes with their counties, relative to the settings file; from it a blank county is filled. "
        "One for all centers. Empty: nothing is filled.",
    )
    cut_text_length: int = Field(
        default=100,
        ge=2,
        description="A column is cut by the export when many cells share its greatest length and that is at least this "
        "many characters (project choice: shorter ones are names and phrases).",
    )
    cut_text_cells: int = Field(
        default=20, ge=2, description="Cells of a column that share its greatest length (project choice)."
    )
    privacy: PrivacyParameters = PrivacyParameters()


class FreshnessRule(Parameters):
    """Window, bands and kinds of the annual update percentage (calendar months, both end days counted)."""

    window_months: int = Field(
        default=12, ge=1, description="Months after which a verification is overdue [S: yearly]."
    )
    due_months: int = Field(
        default=10, ge=1, description="Months after which the next verification is due (project choice)."
    )
    stale_months: int = Field(default=18, ge=1, description="Months after which a record is stale (project choice).")
    tracked_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="A level counts as tracked when at least this share of its counted records has a date (project choice).",
    )
    require_verifier: bool = Field(
        default=False, description="Whether a verification without name, title or method is left out (project choice)."
    )


class RuleOverride(Parameters):
    """What a center changes about one rule."""

    severity: Severity | None = Field(default=None, description="`error`, `warning`, `info`; unchanged when not given.")
    enabled: bool = Field(default=True, description="Whether the rule is asked at all.")


class ValidateParameters(Parameters):
    """Thresholds, word lists and overrides of the rule catalogue."""

    override: dict[str, RuleOverride] = Field(
        default={}, description="Severity or absence of single rules, by rule id."
    )
    service_term_limit: int = Field(
        default=6, ge=1, description="TAX-009: service terms on one service (project choice)."
    )
    bulk_stamp_share: float = Field(
        default=0.10, gt=0, le=1, description="FRE-009: share verified on one day (project choice)."
    )
    bulk_stamp_minimum: int = Field(
        default=50, ge=1, description="FRE-009: records verified on one day (project choice)."
    )
    owner_code_pattern: str = Field(
        default="[A-Z0-9]{4,8}", description="ID-011: whole owner code [S: AIRS XSD]; CIOC uses 3 letters."
    )
    placeholder_texts: tuple[str, ...] = Field(
        default=(
            "tbd",
            "tba",
            "xxx",
            "xx",
            "x",
            "see above",
            "see below",
            "same",
            "same as above",
            "unknown",
            "?",
            "-",
            "--",
            ".",
        ),
        description="CMP-PLACEHOLDER: texts that stand for nothing, compared after trimming and folding case (project choice).",
    )
    none_markers: tuple[str, ...] = Field(
        default=(
            "none",
            "none.",
            "n/a",
            "na",
            "not applicable",
            "no fee",
            "no fees",
            "no fee.",
            "free",
            "free.",
            "none required",
            "none required.",
            "no documents required",
            "no restrictions",
            "open to all",
            "none given",
            "no aka",
        ),
        description="Answers that mean 'there is none'; count as present where the standard allows it (project choice).",
    )
    no_address_markers: tuple[str, ...] = Field(
        default=("no physical address", "virtual", "online only", "telephone only", "no office"),
        description="Texts in a street line that mean a service without a place (project choice).",
    )
    free_mail_domains: tuple[str, ...] = Field(
        default=(
            "gmail.com",
            "yahoo.com",
            "hotmail.com",
            "aol.com",
            "outlook.com",
            "icloud.com",
            "msn.com",
            "comcast.net",
            "verizon.net",
            "sbcglobal.net",
            "att.net",
            "live.com",
            "ymail.com",
            "mail.com",
            "me.com",
        ),
        description="PRV-003: domains of private mail boxes (project choice).",
    )
    shared_page_domains: tuple[str, ...] = Field(
        default=(
            "facebook.com",
            "instagram.com",
            "twitter.com",
            "x.com",
            "linkedin.com",
            "youtube.com",
            "tiktok.com",
            "yelp.com",
            "google.com",
            "bing.com",
            "search.yahoo.com",
            "duckduckgo.com",
            "linktr.ee",
        ),
        description="FMT-012: hosts of search engines and social networks; ID-009 does not compare them (project choice).",
    )
    shared_value_limit: int = Field(
        default=5,
        ge=2,
        description="ID-009: a number or domain carried by more agencies than this says nothing (project choice).",
    )
    unused_element_minimum: int = Field(
        default=20,
        ge=1,
        description="From this many records on, a thing that no record of a level has counts as not carried (project choice).",
    )
    hours_pattern: str = Field(
        default=(
            r"\b(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[eé]|jue|vie|s[aá]b|dom|week ?(?:day|end|ly)|daily|every|nightly|"
            r"monthly|(?:seven|7|five|5|six|6) days|(?:mt|mw|tth|wth)[a-z]*\b|"
            r"(?:m|tu?|w|th|f|sa?|su?)(?:(?:[-–,/& ]| to | thru )+(?:m|tu?|w|th|f|sa?|su?))+\b)|"
            r"24 ?/ ?7|24[- ]?h(?:ou)?rs?|twenty-four|around the clock|appointment|appt|by request|var(?:y|ies|iable)|"
            r"call|contact|inquire|seasonal|school (?:year|hours|days)|dusk|dawn|always|anytime|on-?line|flexible"
        ),
        description="FMT-030: words that make a text about hours, case folded (project choice).",
    )
    earliest_year: int = Field(
        default=1600, ge=1, description="FMT-041: first possible year of incorporation (project choice)."
    )
    general_term_level: int = Field(
        default=2, ge=0, le=6, description="TAX-010: service terms up to this level are too general (project choice)."
    )
    longest_acceptance_months: int = Field(
        default=24, ge=1, description="An exception to a finding may last at most this many months (project choice)."
    )
    smallest_cell: int = Field(
        default=10, ge=1, description="Fix rates of fewer findings are marked as too small to compare (project choice)."
    )
    value_length: int = Field(
        default=200, ge=20, description="Characters of a value shown in a finding (project choice)."
    )

    style: StyleParameters = StyleParameters()

    @field_validator("override")
    @classmethod
    def _name_rules_of_the_catalogue(cls, rules: dict[str, RuleOverride]) -> dict[str, RuleOverride]:
        """Refuse ids that no rule has: a slip of the pen would leave the rule as it was, without a word."""
        if unknown := sorted(set(rules) - set(rule_catalogue())):
            raise ValueError(f"no rule of the catalogue is called {', '.join(unknown)}")
        return rules


class StaffingParameters(Parameters):
    """The staffing model: minutes are assumptions, hours of a year are sourced (docs/staffing.md)."""

    agency_minutes: tuple[float, float, float] = Field(
        default=(14.0, 20.0, 28.0), description="Low, central, high; min/year."
    )
    service_minutes: tuple[float, float, float] = Field(
        default=(5.5, 8.0, 11.0), description="Low, central, high; min per service."
    )
    site_minutes: tuple[float, float, float] = Field(
        default=(3.0, 4.0, 5.0), description="Low, central, high; min per site."
    )
    service_at_site_minutes: tuple[float, float, float] = Field(
        default=(1.0, 2.0, 3.0),
        description="Low, central, high; min per edited service-at-site row; link-only rows are 0 [S].",
    )
    term_minutes: tuple[float, float, float] = Field(
        default=(0.0, 0.5, 1.0), description="Low, central, high; min per service term beyond one per service."
    )
    language_minutes: tuple[float, float, float] = Field(
        default=(2.0, 4.0, 6.0), description="Low, central, high; min per extra language version of a service or site."
    )
    channel_factor: float = Field(default=1.0, gt=0, description="portal 0.8, mixed 1.0, calling 1.3 (assumption).")
    verifications_per_year: float = Field(
        default=1.0, gt=0, description="Verifications per record and year [S: yearly]."
    )
    target_coverage: float = Field(
        default=1.0, gt=0, le=1, description="Share of the directory to be verified in a year."
    )
    interim_share: float = Field(
        default=0.15, ge=0, description="Interim changes as a share of update hours (assumption)."
    )
    new_agency_hours: float = Field(default=2.0, ge=0, description="Hours per new agency (assumption).")
    audit_hours: float = Field(default=0.5, ge=0, description="Hours per audited record (assumption).")
    merge_hours: float = Field(default=0.5, ge=0, description="Hours per merged duplicate (assumption).")
    new_agencies: int = Field(default=0, ge=0, description="New agencies expected in the year.")
    audits: int = Field(default=0, ge=0, description="Audited records expected in the year.")
    merges: int = Field(default=0, ge=0, description="Merged duplicates expected in the year.")
    productive_hours: float = Field(default=1776.0, gt=0, description="Productive hours of one FTE in a year [S].")
    direct_share: float = Field(
        default=0.70, gt=0, le=1, description="Share of productive hours spent on records (assumption)."
    )
    channel_factor_range: tuple[float, float] = Field(
        default=(0.8, 1.3), description="Ends tried in the sensitivity table: portal, calling (assumption)."
    )
    target_coverage_range: tuple[float, float] = Field(
        default=(0.85, 1.0), description="Ends tried in the sensitivity table (assumption)."
    )
    interim_share_range: tuple[float, float] = Field(
        default=(0.05, 0.30), description="Ends tried in the sensitivity table (assumption)."
    )
    productive_hours_range: tuple[float, float] = Field(
        default=(1776.0, 1600.0), description="Ends tried in the sensitivity table; the fewer hours, the more FTE."
    )
    direct_share_range: tuple[float, float] = Field(
        default=(0.85, 0.60), description="Ends tried in the sensitivity table; the smaller the share, the more FTE."
    )
    tier_services: tuple[int, int, int] = Field(
        default=(2, 5, 15), description="Fewest services of tiers T2, T3, T4 (assumption; tiers never enter minutes)."
    )
    tier_sites: tuple[int, int, int] = Field(
        default=(2, 4, 10), description="Fewest sites of tiers T2, T3, T4 (the same)."
    )

    @model_validator(mode="after")
    def _low_to_high(self) -> StaffingParameters:
        """Refuse minutes that do not rise from low to high: the band would not hold the central value."""
        for name in ("agency", "service", "site", "service_at_site", "term", "language"):
            low, central, high = getattr(self, f"{name}_minutes")
            if not 0 <= low <= central <= high:
                raise ValueError(f"{name}_minutes must rise from low over central to high and not be negative")
        return self


class AuditParameters(Parameters):
    """How many records the nightly run draws for the standing audit sample."""

    size: int = Field(
        default=32,
        ge=0,
        description="Records in the nightly audit sample; 0 draws none (project choice: monthly 30-32).",
    )
    seed: str = Field(
        default="", description="Seed; empty: year and month of as_of, so that one month keeps one sample."
    )
    unit: str = Field(default="agency", description="`agency` (the bundle) or `service`.")


class ExportParameters(Parameters):
    """What the public HSDS package holds."""

    utc_offset_hours: float = Field(
        default=-6.0, ge=-12, le=14, description="The center's standard-time offset, all year."
    )
    write_term_names: bool = Field(
        default=False,
        description="Whether licensed term names may be written; otherwise name = code, description = 'licensed term'.",
    )
    description_falls_back_to_name: bool = Field(
        default=False,
        description="Whether an agency without description is exported with its name there, else it is withheld.",
    )
    largest_agency_drop_share: float = Field(
        default=0.10,
        gt=0,
        le=1,
        description="A larger drop of agencies since the last export needs confirmation (project choice).",
    )


class GateParameters(Parameters):
    """Totals that stop a run before anything is published."""

    smallest_load_share: float = Field(
        default=0.60,
        ge=0,
        le=1,
        description="Fewer records of a kind than this share of the last night stop the run (project choice).",
    )
    largest_reject_share: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="More rejected rows than this share of a file stop the run (project choice).",
    )
    smallest_reject_count: int = Field(
        default=20,
        ge=1,
        description="Rejected rows, unreadable dates or unknown status words below this number never stop a run (project choice).",
    )
    largest_unreadable_date_share: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="More unreadable dates than this share of the filled ones stop the run: the format changed (project choice).",
    )
    largest_unknown_status_share: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="More unknown status words than this share of the filled ones stop the run (project choice).",
    )
    filled_share: float = Field(
        default=0.50,
        gt=0,
        le=1,
        description="A column filled in at least this share of the records is watched for emptying (project choice).",
    )
    largest_fill_drop: float = Field(
        default=0.90,
        gt=0,
        le=1,
        description="A watched column that loses more than this part of its filled share overnight stops the run (project choice).",
    )
    fill_change_told: float = Field(
        default=0.20,
        gt=0,
        le=1,
        description="A filled share that changes by this much, up or down, gives a warning (project choice).",
    )
    fewest_records_compared: int = Field(
        default=20, ge=1, description="Filled shares of fewer records than this are not compared (project choice)."
    )
