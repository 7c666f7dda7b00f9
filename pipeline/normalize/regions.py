"""States, provinces, countries, counties and ZIP codes.

Two-letter codes: USPS Publication 28, appendix B; Canada Post; ISO 3166-1 for countries.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalize.distinct import map_distinct

_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "Virgin Islands",
    "FM": "Federated States of Micronesia", "MH": "Marshall Islands", "PW": "Palau",
    "AA": "Armed Forces Americas", "AE": "Armed Forces Europe", "AP": "Armed Forces Pacific",
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick", "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island",
    "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_OTHER_STATE_NAMES = {
    "us virgin islands": "VI",
    "newfoundland": "NL",
    "yukon territory": "YT",
    "washington dc": "DC",
    "québec": "QC",
    "pq": "QC",
}
_COUNTRIES = {
    "US": ("united states", "united states of america", "usa", "us", "u s", "u s a", "america"),
    "CA": ("canada", "can", "ca"),
    "MX": ("mexico", "méxico", "mex", "mx"),
    "PR": ("puerto rico", "pr"),
    "GB": ("united kingdom", "great britain", "england", "scotland", "wales", "uk", "gb", "gbr"),
}

STATE_CODES: dict[str, str] = (
    {code.lower(): code for code in _STATES}
    | {name.lower(): code for code, name in _STATES.items()}
    | _OTHER_STATE_NAMES
)
COUNTRY_CODES: dict[str, str] = {name: code for code, names in _COUNTRIES.items() for name in names}


def read_states(values: pl.Series) -> pl.Series:
    """Return two-letter codes of states and provinces, from codes or full names; null for anything else.

    >>> read_states(pl.Series(["il", "Illinois", "B.C.", "British Columbia", "-1", None])).to_list()
    ['IL', 'IL', 'BC', 'BC', None, None]
    """
    return _looked_up(values, STATE_CODES)


def read_countries(values: pl.Series) -> pl.Series:
    """Return ISO two-letter country codes; null for a country not in the list, unless it is two letters already.

    >>> read_countries(pl.Series(["United States", "U.S.A.", "CANADA", "fr", "Atlantis"])).to_list()
    ['US', 'US', 'CA', 'FR', None]
    """
    found = _looked_up(values, COUNTRY_CODES)
    code = values.str.strip_chars().str.extract("^([A-Za-z]{2})$", 1).str.to_uppercase()
    return pl.select(pl.coalesce(found, code)).to_series().alias(values.name)


def read_counties(values: pl.Series) -> pl.Series:
    """Return county names without the word County.

    >>> read_counties(pl.Series(["Sangamon County", "County of Cook", "Baltimore City", "county"])).to_list()
    ['Sangamon', 'Cook', 'Baltimore City', 'county']
    """
    tidy = values.str.strip_chars().str.replace_all(r"\s+", " ")
    return tidy.str.replace(r"(?i)^(.+?)(?: county| cnty\.?| co\.)+$", "$1").str.replace(
        r"(?i)^(?:county of )+(.+)$", "$1"
    )


def read_postal_codes(values: pl.Series) -> pl.DataFrame:
    """Return the digits of ZIP codes: `postal_code5` and `postal_code4`; null for what is not five or nine digits.

    >>> read_postal_codes(pl.Series(["62701", "62701-1234", "20849 6303", "627011234", "62701-", "7930", "200011"])).rows()
    [('62701', None), ('62701', '1234'), ('20849', '6303'), ('62701', '1234'), ('62701', None), (None, None), (None, None)]
    """
    parts = values.str.strip_chars().str.extract_groups(r"^([0-9]{5})(?: ?-? ?([0-9]{4})|-)?$").struct.unnest()
    parts.columns = ["postal_code5", "postal_code4"]
    return parts


def _looked_up(values: pl.Series, codes: dict[str, str]) -> pl.Series:
    def read(distinct: pl.Series) -> pl.DataFrame:
        word = distinct.str.to_lowercase().str.replace_all(r"[.]", "").str.replace_all(r"[\s,]+", " ").str.strip_chars()
        return pl.DataFrame({"code": word.replace_strict(codes, default=None, return_dtype=pl.String)})

    return map_distinct(values, read)["code"].alias(values.name)
