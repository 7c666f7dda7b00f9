"""The style profile: word lists and thresholds of the rules STY, one model that a center can replace line by line.

Words and phrases are written in lower case and found as whole words written so: capitalised words may be part of a name.
Where a value follows no source it is a project choice and meant to be changed to the center's own style guide.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

#: Adjectives and phrases that praise. Words with an innocent use ("outstanding debts") stand with the noun they praise.
_PRAISING_WORDS = (
    *("world-class", "world class", "state-of-the-art", "state of the art", "cutting-edge", "cutting edge"),
    *("top-notch", "top-quality", "first-rate", "first-class", "high-caliber", "one-of-a-kind", "second to none"),
    *("premier", "renowned", "world-renowned", "acclaimed", "prestigious", "award-winning", "award winning"),
    *("nationally recognized", "nationally acclaimed", "excellent", "exceptional", "outstanding service"),
    *("outstanding services", "outstanding care", "outstanding education", "outstanding programs", "superb"),
    *("unparalleled", "unsurpassed", "unmatched", "amazing", "wonderful", "fantastic", "incredible", "extraordinary"),
    *("leading provider", "leading organization", "leading agency", "leading source", "leader in", "the best possible"),
    *("highest quality", "the finest", "proudly", "is proud to", "caring staff", "compassionate staff"),
    *("dedicated staff", "dedicated team", "friendly staff", "warm and welcoming", "ground-breaking", "groundbreaking"),
)

#: How mission statements begin; `…` in the comments stands for the name of the agency.
_MISSION_OPENINGS = (
    # "The mission of … is to", "Our goal is", "…'s vision is"
    r"(?:[\w'’&.,()-]+ ){0,10}?(?:mission|vision|purpose|goal|aim)s?(?: statement)?(?: (?:of|for|at) [^.;]{1,90}?)? (?:is|are|was)\b",
    r"mission(?: statement)?\s?[:–-]",
    # "… is dedicated to", "… was founded to", "Dedicated to"
    r"(?:[\w'’&.,()-]+ ){0,6}?(?:dedicated|committed|devoted) to\b",
    r"(?:[\w'’&.,()-]+ ){0,10}?(?:strives|seeks|aims|aspires|exists|endeavors|envisions|believes)(?: to| that| in| a)\b",
)

#: Phrase found -> preferred phrase.
_PREFERRED_USAGE = {
    # spelling, one way for the whole directory
    "e-mail": "email",
    "e-mails": "emails",
    "web site": "website",
    "web sites": "websites",
    "web-site": "website",
    "on-line": "online",
    "non-profit": "nonprofit",
    "non profit": "nonprofit",
    "not for profit": "nonprofit",
    "childcare": "child care",
    "daycare": "day care",
    "healthcare": "health care",
    "pre-school": "preschool",
    "pre-natal": "prenatal",
    "counselling": "counseling",
    "counsellor": "counselor",
    "counsellors": "counselors",
    "programme": "program",
    "programmes": "programs",
    "care giver": "caregiver",
    "care givers": "caregivers",
    "care-givers": "caregivers",
    "case worker": "caseworker",
    "case workers": "caseworkers",
    "work shops": "workshops",
    # a compound before its noun
    "drop in center": "drop-in center",
    "drop in centers": "drop-in centers",
    "drop in hours": "drop-in hours",
    "walk in clinic": "walk-in clinic",
    "walk in hours": "walk-in hours",
    "low income families": "low-income families",
    "low income individuals": "low-income individuals",
    "low income persons": "low-income persons",
    "low income people": "low-income people",
    "low income residents": "low-income residents",
    "after school program": "after-school program",
    "after school programs": "after-school programs",
    "after school care": "after-school care",
    "toll free number": "toll-free number",
    "toll free hotline": "toll-free hotline",
    "24 hour hotline": "24-hour hotline",
    "24 hour crisis": "24-hour crisis",
    "24 hour emergency": "24-hour emergency",
    "one on one": "one-on-one",
    "in home care": "in-home care",
    "in home services": "in-home services",
    "long term care": "long-term care",
    "short term housing": "short-term housing",
    "self help group": "self-help group",
    "self help groups": "self-help groups",
    "faith based": "faith-based",
    "community based": "community-based",
    # people first
    "handicapped": "people with disabilities",
    "the disabled": "people with disabilities",
    "handicap accessible": "accessible",
    "handicapped accessible": "accessible",
    "wheelchair bound": "people who use wheelchairs",
    "wheelchair-bound": "people who use wheelchairs",
    "mentally retarded": "people with intellectual disabilities",
    "mental retardation": "intellectual disability",
    "the mentally ill": "people with mental illness",
    "the elderly": "older adults",
    "senior citizens": "older adults",
    "hearing impaired": "deaf or hard of hearing",
    "hearing-impaired": "deaf or hard of hearing",
    "ex-convicts": "people returning from prison",
    "ex-offenders": "people returning from prison",
    "drug addicts": "people with a substance use disorder",
    "addicts": "people with a substance use disorder",
    "alcoholics": "people with an alcohol use disorder",
    "aids victims": "people with AIDS",
    "unwed mothers": "single mothers",
    # shorter
    "free of charge": "free",
    "in order to": "to",
    "utilize": "use",
    "utilizes": "uses",
}

#: Words of the field and of its places that an everyday word list does not know.
_ALLOWED_WORDS = (
    *("caregiver", "caregivers", "caregiving", "casework", "caseworker", "caseworkers", "nonprofit", "nonprofits"),
    *("telehealth", "respite", "weatherization", "intake", "intakes", "copay", "copays", "copayment", "copayments"),
    *("homebound", "paratransit", "unhoused", "underserved", "uninsured", "underinsured", "guardianship", "perinatal"),
    *("prenatal", "doula", "doulas", "naloxone", "buprenorphine", "methadone", "dialysis", "hospice", "palliative"),
    *("immunization", "immunizations", "podiatry", "audiology", "optometry", "geriatric", "geriatrics", "ombudsman"),
    *("afterschool", "homeschool", "preschool", "preschoolers", "prekindergarten", "mentee", "mentees", "webinar"),
    *("onsite", "offsite", "onboard", "intubation", "vitro", "neuro", "improv", "zumba", "enrollee", "designee"),
    *("webinars", "website", "websites", "online", "email", "emails", "voicemail", "transgender", "bisexual", "queer"),
)

#: Beginnings and ends with which English makes a word of a known one that no list holds in full.
_WORD_BEGINNINGS = (
    *(
        "anti",
        "bi",
        "bio",
        "co",
        "counter",
        "cyber",
        "eco",
        "extra",
        "geo",
        "hydro",
        "hyper",
        "inter",
        "intra",
        "macro",
    ),
    *(
        "mega",
        "micro",
        "mid",
        "mini",
        "mis",
        "multi",
        "neuro",
        "non",
        "off",
        "on",
        "out",
        "over",
        "para",
        "peri",
        "poly",
        "post",
    ),
    *("pre", "pro", "psycho", "radio", "re", "semi", "socio", "sub", "super", "tele", "trans", "ultra", "un", "under"),
)
_WORD_ENDINGS = (
    *("s", "es", "ed", "d", "ing", "ings", "er", "ers", "ly", "ness", "less", "able", "ship", "ships", "wide", "based"),
    *("ization", "like", "al", "ally", "ist", "ists", "ism", "ee", "ees"),
)


class StyleParameters(BaseModel):
    """Style profile: word lists and thresholds of the rules STY (project choices unless a source is named)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    legal_endings: tuple[str, ...] = Field(
        default=("inc", "incorporated", "llc", "l.l.c", "corp", "ltd", "llp", "pllc"),
        description="STY-001: endings of a company name that belong to the official name (project choice; the rule: 211 centers' "
        "style guides).",
    )
    capital_share: float = Field(
        default=0.95, gt=0.5, le=1, description="STY-002: share of capitals among the letters (project choice)."
    )
    capital_letters: int = Field(
        default=12, ge=2, description="STY-002: fewest letters; shorter names may be acronyms (project choice)."
    )
    acronym_letters: int = Field(
        default=6,
        ge=2,
        description="STY-004: most letters of a one-word name that counts as an acronym (project choice).",
    )
    praising_words: tuple[str, ...] = Field(
        default=_PRAISING_WORDS, description="STY-010: words and phrases that praise, lower case (project choice)."
    )
    mission_openings: tuple[str, ...] = Field(
        default=_MISSION_OPENINGS,
        description="STY-011: regular expressions for the beginning of a description, case folded (project choice).",
    )
    first_person_words: tuple[str, ...] = Field(
        default=("we", "our", "ours", "us", "ourselves", "we're", "we've", "we'll", "we’re", "we’ve", "we’ll"),
        description="STY-012: words of the first person, lower case (project choice).",
    )
    site_sentences: int = Field(
        default=2, ge=1, description="STY-020: most sentences of a site description (weakly sourced)."
    )
    fewest_words: int = Field(
        default=5, ge=1, description="STY-021: fewest words of a service description (project choice)."
    )
    most_words: int = Field(
        default=150, ge=1, description="STY-021: most words of a service description (project choice)."
    )
    sentence_words: float = Field(
        default=25.0, gt=0, description="STY-022: most words of the average sentence of a description (project choice)."
    )
    show_grade_from: float = Field(
        default=18.0,
        description="STY-023: Flesch-Kincaid grade from which a description is named; 12 is the end of school (project choice).",
    )
    grade_words: int = Field(
        default=40,
        ge=1,
        description="STY-023: fewest words; the grade of a shorter text says nothing (project choice).",
    )
    preferred_usage: dict[str, str] = Field(
        default=_PREFERRED_USAGE,
        description="STY-030: phrase found, lower case, and the preferred one (project choice: replace by your style guide).",
    )
    allowed_words: tuple[str, ...] = Field(
        default=_ALLOWED_WORDS,
        description="STY-031: words that are right although the word list does not know them (project choice).",
    )
    spelling_agencies: int = Field(
        default=3,
        ge=2,
        description="STY-031: a word that so many agencies of a center use is no slip (project choice).",
    )
    spelling_letters: int = Field(
        default=5, ge=3, description="STY-031: fewest letters of a word that is looked up (project choice)."
    )
    spelling_frequency: int = Field(
        default=100,
        ge=1,
        description="STY-031: a word is named when a word one letter away is at least so frequent in the word list, or is used in "
        "the same directory (project choice).",
    )
    spelling_lead: float = Field(
        default=3.0,
        ge=1,
        description="STY-031: the nearest word is suggested when it is so many times as frequent as any other near word "
        "(project choice).",
    )
    spelling_lookups: int = Field(
        default=20_000,
        ge=0,
        description="STY-031: unknown words of a run for which a near word is sought; further ones, from the end of the alphabet, "
        "are not named (project choice, about 0.1 ms each).",
    )
    spelling_foreign_share: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="STY-031: share of unknown words from which a text counts as not English and is skipped (project choice).",
    )
    word_beginnings: tuple[str, ...] = Field(
        default=_WORD_BEGINNINGS,
        description="STY-031: beginnings that make a right word of a known one (project choice).",
    )
    word_endings: tuple[str, ...] = Field(
        default=_WORD_ENDINGS, description="STY-031: ends that make a right word of a known one (project choice)."
    )
    blanks_after_sentence: bool = Field(
        default=True, description="STY-032: whether two blanks between sentences are accepted (project choice)."
    )
    bare_access_phrases: tuple[str, ...] = Field(
        default=(
            *("accessible", "handicap accessible", "handicapped accessible", "handicap access", "disabled access"),
            *("fully accessible", "is accessible", "building is accessible", "ada accessible", "ada compliant", "ada"),
            *(
                "accessible building",
                "accessible to people with disabilities",
                "accessible for people with disabilities",
            ),
            *("barrier free", "barrier-free", "handicapped accessibility", "handicap accessibility"),
        ),
        description="STY-033: whole texts that say nothing of what is accessible, lower case (weakly sourced). Add `yes` where "
        "curators type the field; in many exports it is a tick box.",
    )
    phone_pattern: str = Field(
        default=r"(?:\b1[-. ])?(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[-./ ])[2-9][0-9]{2}[-. ][0-9]{4}\b",
        description="STY-034: a ten-digit phone number (NANP).",
    )
    url_pattern: str = Field(
        default=r"(?i)\b(?:https?://|www\.)[^\s,;)]+|\b[\w.+-]+@[\w-]+\.[\w.-]*[a-z]{2,}\b",
        description="STY-034: a web or e-mail address (project choice).",
    )
    date_pattern: str = Field(
        default=(
            r"(?i)\b(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|"
            r"sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?) [0-9]{1,2}(?:st|nd|rd|th)?,? [12][0-9]{3}\b|"
            r"\b[01]?[0-9]/[0-3]?[0-9]/(?:[12][0-9])?[0-9]{2}\b"
        ),
        description="STY-034: a calendar day with its year (project choice).",
    )
    history_words: tuple[str, ...] = Field(
        default=(
            *("since", "founded", "established", "incorporated", "opened", "began", "created", "started", "formed"),
            *("dedicated", "chartered", "organized", "built", "act", "law", "history", "merged", "born", "launched"),
            *(
                "prior to",
                "before",
                "after",
                "enacted",
                "passed",
                "amended",
                "census",
                "on or after",
                "as of",
                "designated",
            ),
            *("initiated", "held its first", "received", "awarded", "named", "became", "joined", "acquired", "served"),
        ),
        description="STY-035: words of a sentence that make its year part of the history (project choice).",
    )
    event_words: tuple[str, ...] = Field(
        default=(
            *("spring", "summer", "fall", "autumn", "winter", "fy", "fiscal year", "school year", "tax year", "season"),
            *("until", "through", "by", "deadline", "beginning", "starting", "effective", "upcoming", "next", "ends"),
            *("expires", "expected", "scheduled", "closed until", "available in", "anticipated", "will open in"),
        ),
        description="STY-035: words before a year that make it the year of an event (project choice).",
    )
