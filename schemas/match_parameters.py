"""Parameters of the match stage: which keys propose pairs, what each agreement is worth, and where the bands begin.

Weights are in bits: the base-2 logarithm of how much more often something is seen in two records of one thing than in two
records of different things. +1 bit doubles the odds, -1 bit halves them. They were reasoned, not fitted; the decision page
`docs/decisions/0003-match-weights.md` says how, and what they give on labelled lists.
"""

from __future__ import annotations

from pydantic import Field

from schemas.parameters import Parameters


class NameWords(Parameters):
    """Word lists with which names are compared. All words in comparison form: lower case, no accents."""

    ignored: tuple[str, ...] = Field(
        default=(
            *("the", "of", "and", "for", "a", "an", "in", "at", "to", "by", "on", "with", "de", "la", "el", "y", "del"),
            *("inc", "incorporated", "llc", "llp", "ltd", "corp", "corporation", "co", "company", "nfp", "pc", "dba"),
            *("aka", "formerly", "closed", "inactive", "defunct", "duplicate"),
        ),
        description="Words that never tell two names apart: articles, legal forms, remarks of curators (project choice).",
    )
    spelled_alike: dict[str, str] = Field(
        default={
            "saint": "st",
            "sainte": "st",
            "ste": "st",
            "street": "st",
            "mount": "mt",
            "fort": "ft",
            "centre": "center",
            "ctr": "center",
            "cntr": "center",
            "assn": "association",
            "assoc": "association",
            "asso": "association",
            "dept": "department",
            "svc": "service",
            "svcs": "service",
            "serv": "service",
            "comm": "community",
            "cmty": "community",
            "natl": "national",
            "intl": "international",
            "univ": "university",
            "hosp": "hospital",
            "govt": "government",
            "admin": "administration",
            "org": "organization",
            "prog": "program",
            "programme": "program",
            "elem": "elementary",
            "sch": "school",
            "metro": "metropolitan",
            "washingtn": "washington",
            "childrens": "children",
            "womens": "women",
            "mens": "men",
            "daycare": "day care",
            "childcare": "child care",
            "healthcare": "health care",
            "headstart": "head start",
            "preschool": "pre school",
            "prek": "pre k",
            "nonprofit": "non profit",
        },
        description="Abbreviations and variant spellings, each written the way it is compared (project choice).",
    )
    common: tuple[str, ...] = Field(
        default=(
            *("agency", "association", "board", "bureau", "care", "center", "charity", "child", "children", "church"),
            *("city", "clinic", "club", "coalition", "college", "commission", "committee", "community", "council"),
            *("county", "day", "department", "development", "district", "division", "early", "education", "elementary"),
            *(
                "family",
                "federal",
                "food",
                "foundation",
                "fund",
                "group",
                "health",
                "help",
                "home",
                "hospital",
                "house",
            ),
            *("housing", "human", "institute", "international", "learning", "legal", "library", "medical", "mental"),
            *("ministry", "national", "network", "office", "organization", "outreach", "pantry", "parish", "program"),
            *("project", "public", "recreation", "resource", "school", "senior", "service", "shelter", "social"),
            *("society", "state", "st", "support", "system", "training", "university", "us", "women", "youth"),
        ),
        description="Words that say what kind of agency it is, not which; their weight is capped even in short lists (project choice).",
    )
    common_weight: float = Field(
        default=0.4,
        gt=0,
        le=1,
        description="Cap on the weight of a common word; a unique word weighs 1 (project choice).",
    )
    branch: tuple[str, ...] = Field(
        default=(
            *(
                "branch",
                "chapter",
                "campus",
                "location",
                "site",
                "satellite",
                "annex",
                "unit",
                "troop",
                "post",
                "lodge",
            ),
            *("local", "region", "regional", "division", "district", "ward", "area", "precinct", "station", "corps"),
            *("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "central", "upper"),
            *("lower", "downtown", "uptown", "midtown", "northside", "southside", "eastside", "westside"),
            *("ne", "nw", "se", "sw"),
        ),
        description="Words that tell one branch or chapter of an organization from another (project choice).",
    )
    number_words: dict[str, str] = Field(
        default={
            **dict(
                zip(
                    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
                    map(str, range(1, 13)),
                    strict=True,
                )
            ),
            **dict(
                zip(
                    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
                    map(str, range(1, 11)),
                    strict=True,
                )
            ),
            **dict(
                zip(
                    ("ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xiv"),
                    ("2", "3", "4", "6", "7", "8", "9", "11", "12", "13", "14"),
                    strict=True,
                )
            ),
        },
        description="Spelled, ordinal and Roman numbers and their value; the lone letters i, v and x count at the end only.",
    )


class SharedHosts(Parameters):
    """Hosts and addresses that say nothing about who somebody is."""

    platforms: tuple[str, ...] = Field(
        default=(
            *("facebook.com", "fb.com", "fb.me", "instagram.com", "twitter.com", "x.com", "youtube.com", "youtu.be"),
            *("linkedin.com", "tiktok.com", "meetup.com", "yelp.com", "wordpress.com", "blogspot.com", "wix.com"),
            *("wixsite.com", "weebly.com", "squarespace.com", "godaddysites.com", "tripod.com", "angelfire.com"),
            *("geocities.com", "homestead.com", "google.com", "goo.gl", "bit.ly", "tinyurl.com", "linktr.ee"),
            *("eventbrite.com", "guidestar.org", "idealist.org", "volunteermatch.org", "networkforgood.org"),
        ),
        description="Registered domains on which many owners have pages; never evidence (project choice).",
    )
    free_mail: tuple[str, ...] = Field(
        default=(
            *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "hotmail.com", "outlook.com", "live.com"),
            *("msn.com", "aol.com", "icloud.com", "me.com", "mac.com", "comcast.net", "verizon.net", "att.net"),
            *(
                "sbcglobal.net",
                "bellsouth.net",
                "earthlink.net",
                "cox.net",
                "charter.net",
                "mindspring.com",
                "juno.com",
            ),
            *("netzero.net", "frontier.com", "frontiernet.net", "windstream.net", "centurylink.net", "rcn.com"),
            *("starpower.net", "erols.com", "mail.com", "protonmail.com", "proton.me", "aim.com", "optonline.net"),
        ),
        description="Mail providers whose domain is not the agency's own (project choice).",
    )
    hotlines: tuple[str, ...] = Field(
        default=("18002738255", "18007997233", "18006564673", "18004224453", "18007867929", "18002221222"),
        description="National hotlines that stand in many records, digits with the leading 1; never evidence (project choice).",
    )
    toll_free_area_codes: tuple[str, ...] = Field(
        default=("800", "822", "833", "844", "855", "866", "877", "888"),
        description="Toll-free area codes [S: North American Numbering Plan]; such a number counts only when two owners share it.",
    )


class Rarity(Parameters):
    """How fast a shared value loses its worth when more owners have it."""

    full_owners: int = Field(default=2, ge=2, description="Up to this many owners a shared value counts in full.")
    no_owners: int = Field(default=10, ge=3, description="From this many owners on it counts nothing (switchboards).")


class Blocking(Parameters):
    """Which pairs are compared at all."""

    largest_block: int = Field(
        default=60,
        ge=2,
        description="Keys shared by more records are not made into pairs, only reported (project choice).",
    )
    largest_contact_block: int = Field(
        default=12,
        ge=2,
        description="The same for phone, e-mail, domain and EIN, which count nothing from ten owners on.",
    )
    rare_token_records: int = Field(
        default=20, ge=2, description="A name word in at most this many records proposes pairs (project choice)."
    )
    largest_acronym_block: int = Field(
        default=12,
        ge=2,
        description="The same for initials: three letters that many names share are nobody's acronym (project choice).",
    )
    acronym_length: int = Field(default=3, ge=2, description="Shortest acronym that proposes a pair (project choice).")


class ProfileParameters(Parameters):
    """What agreement and disagreement are worth for one level of record, in bits, and where the bands begin."""

    prior_bits: float = Field(description="Log2 odds that a proposed pair is one thing, before any signal.")
    name_knots: tuple[tuple[float, float], ...] = Field(
        description="Likeness of the names (0-1) and its bits; between the knots a straight line."
    )
    name_information: float = Field(
        default=1.6,
        gt=0,
        description="Weight of shared words from which likeness counts in full (a unique word weighs 1).",
    )
    name_floor: float = Field(
        default=0.45, ge=0, le=1, description="Share of the name's bits that remain when only common words are shared."
    )
    clash_penalty: float = Field(
        ge=0, le=1, description="Taken off the likeness when each name has a telling word that the other lacks."
    )
    number_cap: float = Field(
        default=0.03, ge=0, le=1, description="Highest score when the numbers in the names differ (veto)."
    )
    branch_bits: float = Field(description="Names differ in a branch word or place word on both sides.")
    ein_same_bits: float = Field(description="Same employer number.")
    ein_differ_bits: float = Field(description="Different employer numbers.")
    phone_same_bits: float = Field(description="A phone number that only these two have.")
    phone_differ_bits: float = Field(description="Both have numbers, none in common.")
    email_same_bits: float = Field(description="An e-mail address that only these two have.")
    email_differ_bits: float = Field(description="Both have e-mail addresses, none in common.")
    domain_same_bits: float = Field(description="An own web or mail domain that only these two have.")
    domain_differ_bits: float = Field(description="Both have own domains, none in common.")
    address_same_bits: float = Field(description="Same house number and street, which only these two have.")
    address_differ_bits: float = Field(description="Both have street addresses, none in common.")
    neighbouring_houses: int = Field(
        default=4, ge=0, description="House numbers this near on one street may be one building (project choice)."
    )
    neighbouring_house_bits: float = Field(description="Neighbouring houses on one street.")
    same_street_bits: float = Field(
        default=0.0, ge=0, description="Same street in one city, and one of the two has no house number."
    )
    postal_code_same_bits: float = Field(description="Same ZIP, at other addresses.")
    postal_code_differ_bits: float = Field(description="Both have ZIPs, none in common.")
    city_same_bits: float = Field(description="Same city, when no ZIP can be compared.")
    city_differ_bits: float = Field(description="Both have cities, none in common.")
    taxonomy_same_bits: float = Field(description="Services indexed with the same codes.")
    taxonomy_differ_bits: float = Field(description="Both have codes, none in common.")
    renamed_bits: float = Field(
        default=0.0,
        ge=0,
        description="Employer number, phone, address and all service codes agree under another name: renamed rather than sponsored.",
    )
    damping: float = Field(
        default=0.65,
        gt=0,
        le=1,
        description="Phone, e-mail, domain, EIN and address hang together: the second strongest counts this share, the third its square, …",
    )
    child_share: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Worth of a value that only a site or service of the agency has (copied contacts).",
    )
    rarity: Rarity = Rarity()
    address_rarity: Rarity = Rarity()
    support_bits: float = Field(
        default=1.0, ge=0, description="A signal besides the name must bring this much for the band `duplicate`."
    )
    duplicate_score: float = Field(ge=0, le=1, description="Score from which a pair is in the band `duplicate`.")
    possible_score: float = Field(ge=0, le=1, description="Score from which a pair is in the band `possible`.")
    chapters_are_related: bool = Field(
        description="Whether branches of one organization at other addresses are `related` instead of scored."
    )
    stem_weight: float = Field(
        default=1.0,
        gt=0,
        description="Weight of the shared words from which two names can be chapters of one organization.",
    )
    same_name_likeness: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="Names at least this alike are one name: never read as two parts or chapters.",
    )
    shared_sponsor_likeness: float = Field(
        default=0.55,
        ge=0,
        le=1,
        description="Same EIN below this likeness of names is a shared sponsor, not a duplicate.",
    )
    largest_cluster: int = Field(
        default=8, ge=2, description="Groups that would grow larger are left to a person (project choice)."
    )
    wall_score: float = Field(
        default=0.1, ge=0, le=1, description="Two records scored at most this never end in one group (project choice)."
    )
    blocking: Blocking = Blocking()


def agency_profile() -> ProfileParameters:
    """Return the settings for agencies: names and identifiers decide, an address alone says little."""
    return ProfileParameters(
        prior_bits=-7.0,
        name_knots=((0.0, -5.0), (0.3, -4.5), (0.5, -2.5), (0.65, 0.5), (0.8, 4.5), (0.9, 7.5), (1.0, 10.0)),
        clash_penalty=0.25,
        branch_bits=-3.0,
        ein_same_bits=7.0,
        ein_differ_bits=-6.0,
        phone_same_bits=5.0,
        phone_differ_bits=-1.5,
        email_same_bits=5.0,
        email_differ_bits=-0.5,
        domain_same_bits=4.0,
        domain_differ_bits=-2.0,
        address_same_bits=3.5,
        address_differ_bits=-1.5,
        neighbouring_house_bits=-0.5,
        same_street_bits=0.5,
        postal_code_same_bits=0.7,
        postal_code_differ_bits=-0.7,
        city_same_bits=0.3,
        city_differ_bits=-1.0,
        taxonomy_same_bits=1.0,
        taxonomy_differ_bits=-0.7,
        renamed_bits=4.0,
        duplicate_score=0.85,
        possible_score=0.3,
        chapters_are_related=True,
    )


def site_profile() -> ProfileParameters:
    """Return the settings for sites: a site is a place, so the address decides and the name confirms."""
    return ProfileParameters(
        prior_bits=-6.0,
        name_knots=((0.0, -3.0), (0.1, -1.5), (0.3, -0.5), (0.5, 1.0), (0.65, 2.5), (0.8, 4.0), (1.0, 6.0)),
        # Lists of sites name the agency, the site or both: words of one side alone are no clash.
        clash_penalty=0.0,
        branch_bits=-1.0,
        ein_same_bits=2.0,
        ein_differ_bits=-4.0,
        phone_same_bits=4.0,
        # Programs under one roof have telephones of their own.
        phone_differ_bits=-0.5,
        email_same_bits=3.0,
        email_differ_bits=-0.5,
        domain_same_bits=2.0,
        domain_differ_bits=-1.0,
        address_same_bits=8.0,
        address_differ_bits=-7.0,
        neighbouring_house_bits=-2.0,
        same_street_bits=2.0,
        postal_code_same_bits=0.7,
        postal_code_differ_bits=-2.0,
        city_same_bits=0.3,
        city_differ_bits=-2.0,
        taxonomy_same_bits=0.5,
        taxonomy_differ_bits=-0.5,
        address_rarity=Rarity(full_owners=6, no_owners=60),
        rarity=Rarity(full_owners=4, no_owners=20),
        # Lists gathered from many sources name one place dozens of times.
        largest_cluster=60,
        blocking=Blocking(largest_contact_block=60),
        duplicate_score=0.5,
        possible_score=0.2,
        chapters_are_related=False,
    )


class MatchParameters(Parameters):
    """Everything the match stage can be told."""

    agency: ProfileParameters = Field(default_factory=agency_profile, description="Settings for agencies.")
    site: ProfileParameters = Field(default_factory=site_profile, description="Settings for sites.")
    words: NameWords = Field(default_factory=NameWords, description="Word lists for names.")
    hosts: SharedHosts = Field(default_factory=SharedHosts, description="Shared hosts and hotlines.")
    placeholders: tuple[str, ...] = Field(
        default=(
            *(
                "unknown",
                "none",
                "n a",
                "na",
                "not applicable",
                "not available",
                "tbd",
                "tba",
                "test",
                "null",
                "nil",
                "no",
            ),
            *("same", "same as above", "confidential", "various", "varies", "see above", "xxx", "x"),
        ),
        description="Texts in a plain list that stand for nothing, folded; a directory has been cleaned before (project choice).",
    )
    kept_score: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Pairs in the band `below` with a lower score are counted but not listed (project choice).",
    )
    pairs_at_once: int = Field(
        default=400_000,
        ge=1000,
        description="Pairs compared in one go: bounds the memory, changes no result (project choice).",
    )
