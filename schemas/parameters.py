"""Parameters of the stages: thresholds, weights and windows, each with unit and source.

All models are frozen and refuse unknown keys. `curation.toml` sets them (see `flows.settings`); a stage gets only its own.
"[S]" marks a sourced value, "project choice" an assumption that a center may change.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.enumerations import Severity
from schemas.rules import rule_catalogue
from schemas.style_parameters import StyleParameters
from schemas.taxonomy_code import CODE


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
    settle_seconds: float = Field(
        default=2.0,
        ge=0,
        le=600,
        description="A file that was written to within this many seconds is waited for, because it may still grow; what changes "
        "until it is read is refused (project choice).",
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
    fiscal_year_start_month: int = Field(
        default=7,
        ge=1,
        le=12,
        description="Month with which the fiscal year begins [S: 1 July in reports of the network].",
    )
    suspicious_unchanged_months: int = Field(
        default=24,
        ge=1,
        description="A verification is questioned when nothing was changed for this many months before it although a phone, link or "
        "e-mail is known to be wrong (project choice).",
    )


class RuleOverride(Parameters):
    """What a center changes about one rule."""

    severity: Severity | None = Field(default=None, description="`error`, `warning`, `info`; unchanged when not given.")
    enabled: bool | None = Field(
        default=None, description="Whether the rule is asked at all; as the catalogue says when not given."
    )


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
    unused_element_share: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="CMP: an element that fewer of a level's counted records have is not kept by the center, and its rule is not "
        "asked there unless it is an error; 0: asked as soon as one record has it (project choice, as tracked_share).",
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
    phone_style: str = Field(
        default="",
        description="FMT-004: how numbers are written, N for a digit, such as `(NNN) NNN-NNNN`. Empty: as most numbers of the "
        "center are (project choice).",
    )
    phone_style_share: float = Field(
        default=0.60,
        gt=0.5,
        le=1,
        description="FMT-004: share of a center's numbers that makes a way of writing its style (project choice).",
    )
    unchanged_verifications: int = Field(
        default=3, ge=2, description="FRE-013: yearly verifications in a row without any change (project choice)."
    )
    term_list: str = Field(
        default="",
        description="CSV file of the center's licensed taxonomy terms (columns code, name, status, successor, preferred); "
        "relative to the settings file. Empty: TAX-003, -011, -012, -013 are not asked.",
    )
    same_activity: tuple[tuple[str, str], ...] = Field(
        default=(), description="TAX-006: pairs of taxonomy codes that mean the same activity; set by the center."
    )
    preferred_branch_level: int = Field(
        default=3,
        ge=1,
        le=6,
        description="TAX-011: level of the codes whose branches have preferred terms (project choice).",
    )
    empty_term_words: tuple[str, ...] = Field(
        default=(
            "service",
            "services",
            "program",
            "programs",
            "assistance",
            "center",
            "centers",
            "general",
            "other",
            "with",
        ),
        description="TAX-012: words of a term that say nothing about it (project choice).",
    )
    person_titles: tuple[str, ...] = Field(
        default=(
            "Mr",
            "Mrs",
            "Ms",
            "Miss",
            "Mx",
            "Rev",
            "Reverend",
            "Fr",
            "Father",
            "Sister",
            "Rabbi",
            "Imam",
            "Pastor",
            "Deacon",
            "Chaplain",
        ),
        description="PRV-005: forms of address before a name; `Dr.` is treated apart, for streets end so (project choice).",
    )
    person_lead_words: tuple[str, ...] = Field(
        default=(
            "contact",
            "contact person",
            "ask for",
            "ask to speak (?:to|with)",
            "speak (?:to|with)",
            "call",
            "phone",
            "see",
            "attn",
            "attention:",
            "c/o",
            "e-?mail",
            "executive director",
            "director",
            "coordinator",
            "manager",
            "supervisor",
            "administrator",
            "president",
            "pastor",
            "chaplain",
        ),
        description="PRV-005: words after which a full name is a person; regular expressions, case folded (project choice).",
    )
    person_positions: tuple[str, ...] = Field(
        default=(
            "director",
            "coordinator",
            "manager",
            "supervisor",
            "administrator",
            "president",
            "chairperson",
            "officer",
            "counselor",
            "principal",
            "pastor",
            "secretary",
            "assistant",
        ),
        description="PRV-005: positions that follow a name after a comma; regular expressions, case folded (project choice).",
    )
    not_person_words: tuple[str, ...] = Field(
        default=(
            "academy",
            "access",
            "administrative",
            "administrator",
            "admission",
            "advisor",
            "advocate",
            "agency",
            "aid",
            "all",
            "american",
            "any",
            "appointment",
            "april",
            "army",
            "assistant",
            "association",
            "august",
            "avenue",
            "award",
            "bank",
            "benefit",
            "board",
            "boulevard",
            "boys",
            "building",
            "bus",
            "call",
            "care",
            "case",
            "catholic",
            "center",
            "central",
            "chair",
            "charities",
            "chief",
            "child",
            "childhood",
            "children",
            "choir",
            "christian",
            "church",
            "circle",
            "cities",
            "city",
            "claim",
            "client",
            "clinic",
            "club",
            "college",
            "commission",
            "community",
            "consumer",
            "coordinator",
            "council",
            "counselor",
            "county",
            "court",
            "crisis",
            "customer",
            "day",
            "december",
            "deficit",
            "department",
            "desk",
            "development",
            "director",
            "disability",
            "disorder",
            "district",
            "division",
            "drive",
            "duty",
            "east",
            "elementary",
            "eligibility",
            "emergency",
            "employment",
            "english",
            "enrollment",
            "executive",
            "family",
            "february",
            "federal",
            "financial",
            "food",
            "foundation",
            "friday",
            "friend",
            "front",
            "fund",
            "garden",
            "general",
            "gift",
            "girls",
            "government",
            "group",
            "hall",
            "head",
            "health",
            "hearts",
            "help",
            "high",
            "holiday",
            "home",
            "hospital",
            "hotel",
            "hotline",
            "house",
            "housing",
            "human",
            "information",
            "initiative",
            "institute",
            "intake",
            "international",
            "january",
            "jewish",
            "job",
            "july",
            "june",
            "kid",
            "law",
            "lead",
            "league",
            "legal",
            "library",
            "line",
            "lodge",
            "mail",
            "main",
            "manager",
            "manor",
            "march",
            "may",
            "medicaid",
            "medicare",
            "member",
            "memorial",
            "men",
            "mental",
            "mentoring",
            "middle",
            "ministries",
            "ministry",
            "moms",
            "monday",
            "mothers",
            "national",
            "net",
            "night",
            "north",
            "november",
            "number",
            "nurse",
            "nursing",
            "october",
            "of",
            "office",
            "officer",
            "online",
            "only",
            "open",
            "operation",
            "operator",
            "our",
            "outpatient",
            "parent",
            "park",
            "pastor",
            "patient",
            "personnel",
            "place",
            "plaza",
            "police",
            "president",
            "principal",
            "program",
            "project",
            "public",
            "reception",
            "receptionist",
            "records",
            "red",
            "referral",
            "region",
            "registration",
            "rehabilitation",
            "representative",
            "request",
            "research",
            "resident",
            "resource",
            "road",
            "room",
            "safety",
            "salvation",
            "saturday",
            "scholarship",
            "school",
            "secretary",
            "section",
            "security",
            "senior",
            "september",
            "service",
            "social",
            "society",
            "south",
            "spanish",
            "specialist",
            "staff",
            "state",
            "station",
            "store",
            "street",
            "student",
            "studio",
            "suite",
            "sunday",
            "supervisor",
            "support",
            "team",
            "technical",
            "telephone",
            "the",
            "their",
            "then",
            "this",
            "thursday",
            "toll",
            "tower",
            "training",
            "transportation",
            "treatment",
            "tuesday",
            "unit",
            "united",
            "university",
            "urban",
            "vet",
            "veteran",
            "veterans",
            "villa",
            "village",
            "visit",
            "visitor",
            "volunteer",
            "walk",
            "ward",
            "wednesday",
            "welfare",
            "west",
            "women",
            "worker",
            "workshop",
            "year",
            "young",
            "your",
            "youth",
        ),
        description="PRV-005: words, with or without a final s, that make two capitalized words an office, a place or an "
        "organization; regular expressions, case folded (project choice).",
    )

    @field_validator("same_activity")
    @classmethod
    def _pair_two_codes(cls, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Refuse a pair that is no pair, or of which a half is no taxonomy code: it could never be found."""
        for pair in pairs:
            for code in pair:
                if not CODE.fullmatch(code):
                    raise ValueError(f"{code!r} is not a well-formed taxonomy code")
            if pair[0] == pair[1]:
                raise ValueError(f"{pair[0]} is paired with itself")
        return pairs

    @field_validator("phone_style")
    @classmethod
    def _hold_ten_digits(cls, style: str) -> str:
        """Refuse a style that no number of ten digits can have: every number would be found wanting."""
        if style and (style.count("N") != 10 or re.search(r"[0-9]", style)):
            raise ValueError("a style of phone numbers has N for each of the ten digits, such as (NNN) NNN-NNNN")
        return style

    style: StyleParameters = StyleParameters()

    @field_validator("override")
    @classmethod
    def _name_rules_of_the_catalogue(cls, rules: dict[str, RuleOverride]) -> dict[str, RuleOverride]:
        """Refuse ids that no rule has: a slip of the pen would leave the rule as it was, without a word."""
        if unknown := sorted(set(rules) - set(rule_catalogue())):
            raise ValueError(f"no rule of the catalogue is called {', '.join(unknown)}")
        return rules


class AuditParameters(Parameters):
    """Random audits: how many records, how they are drawn, who audits, how a record is scored (docs/audits.md)."""

    size: int = Field(
        default=32,
        ge=0,
        description="Records in the standing sample of each month; 0 draws none (project choice: monthly 30-32).",
    )
    seed: str = Field(
        default="", description="Seed; empty: year and month of as_of, so that one month keeps one sample."
    )
    unit: Literal["agency", "service"] = Field(default="agency", description="`agency` (the bundle) or `service`.")
    method: Literal["simple", "stratified", "risk"] = Field(
        default="simple", description="How the standing sample is drawn."
    )
    strata: tuple[Literal["tier", "curator", "county", "center"], ...] = Field(
        default=("tier", "curator"), description="What makes the strata of a stratified draw (project choice)."
    )
    stratum_minimum: int = Field(default=2, ge=2, description="Fewest records of a stratum [S: 2 for a variance].")
    cooldown_months: int = Field(
        default=12, ge=0, description="Months in which an audited record is not drawn again; 0: none (project choice)."
    )
    overlap: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of a sample from the records in cool-down, so that it speaks for all; 0 leaves them out. "
        "For the yearly statement 0.1 (project choice).",
    )
    auditors: tuple[str, ...] = Field(
        default=(), description="Who audits. `Name = curator, curator` names whose records are their own besides."
    )
    second_share: float = Field(
        default=0.15, ge=0, le=1, description="Share scored blind by a second auditor (project choice: 0.10-0.20)."
    )
    second_minimum: int = Field(
        default=20, ge=0, description="Fewest records scored twice; below 20 an agreement says little (project choice)."
    )
    minutes: float = Field(
        default=30.0, gt=0, description="Minutes to audit one record, for `audit plan` (assumption)."
    )
    risk_findings: float = Field(
        default=0.4, ge=0, description="Weight of findings in the risk score (project choice)."
    )
    risk_age: float = Field(
        default=0.4, ge=0, description="Weight of the days since verification in the risk score (project choice)."
    )
    risk_use: float = Field(
        default=0.2,
        ge=0,
        description="Weight of use in the risk score, when figures of use are given (project choice).",
    )
    risk_floor: float = Field(
        default=0.25, gt=0, le=1, description="Least weight of a record, as a share of the mean (project choice)."
    )
    weight_accuracy: float = Field(default=35.0, ge=0, description="Weight of accuracy in the score (project choice).")
    weight_completeness: float = Field(default=25.0, ge=0, description="Weight of completeness (project choice).")
    weight_indexing: float = Field(default=20.0, ge=0, description="Weight of indexing (project choice).")
    weight_readability: float = Field(default=10.0, ge=0, description="Weight of readability (project choice).")
    weight_grammar: float = Field(default=10.0, ge=0, description="Weight of grammar and spelling (project choice).")
    mandatory_share: float = Field(
        default=0.8, ge=0, le=1, description="Weight of mandatory elements within completeness (project choice)."
    )
    meets_from: float = Field(
        default=90.0, ge=0, le=100, description="Score from which a record meets (project choice)."
    )
    fails_below: float = Field(
        default=80.0, ge=0, le=100, description="Score below which a record fails; between: coaching (project choice)."
    )
    smallest_cell: int = Field(
        default=5, ge=1, description="Fewest audited records of a group for which a share is printed (project choice)."
    )
    confidence: float = Field(default=0.95, gt=0, lt=1, description="Confidence of all intervals.")
    interval: Literal["wilson", "clopper-pearson"] = Field(
        default="wilson", description="Interval of a share in a simple draw; Clopper-Pearson is never too short."
    )


class ChangeParameters(Parameters):
    """From when on the comparison of two nights says something about how the directory is kept."""

    unchanged_years: int = Field(
        default=3,
        ge=1,
        description="Verified again with not a word changed for at least this many years (project choice).",
    )
    bulk_share: float = Field(
        default=0.10,
        gt=0,
        le=1,
        description="Share of a center's counted records that got one verification date in one night (project choice).",
    )
    bulk_minimum: int = Field(default=50, ge=1, description="The same as a number of records (project choice).")


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
    most_rejected_share: float = Field(
        default=0.50,
        ge=0,
        le=1,
        description="More rejected rows than this share stop the run, however small the file is (project choice).",
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
        default=20,
        ge=1,
        description="Totals and filled shares of fewer records than this are not compared (project choice).",
    )
