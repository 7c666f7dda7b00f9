"""Cleaners of single values, against answers worked by hand."""

from __future__ import annotations

from datetime import date, time

import polars as pl
import pytest

from pipeline.normalize.address_words import ADDRESS_WORDS
from pipeline.normalize.addresses import address_keys
from pipeline.normalize.dates import read_dates
from pipeline.normalize.emails import read_emails
from pipeline.normalize.names import name_key
from pipeline.normalize.phones import read_phones
from pipeline.normalize.privacy import is_confidential_text
from pipeline.normalize.regions import read_counties, read_states
from pipeline.normalize.schedules import split_day_rows, split_day_texts
from pipeline.normalize.taxonomy import split_links
from pipeline.normalize.text import has_broken_characters, has_markup, one_line, plain_text
from pipeline.normalize.websites import read_websites
from schemas.errors import InputError
from schemas.parameters import PrivacyParameters


def only(values: pl.Series) -> object:
    return values.to_list()[0]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("<p>One.<br /><br /><b>Two.</b></p>", "One.\n\nTwo."),
        ("&amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;", "bold"),
        ("Fish&nbsp;&amp;&#160;Chips &#8217;n&#x2019; more", "Fish & Chips ’n’ more"),
        ("if income < $500 & age > 5", "if income < $500 & age > 5"),
        ("write to <info@example.org>", "write to <info@example.org>"),
        ("see page?a=1&copy=2", "see page?a=1&copy=2"),
        ("cut at the end <a href='htt", "cut at the end"),
        ("<!-- [if mso] --><style>p{}</style>Text", "Text"),
        ("one\\n\\ntwo", "one\n\ntwo"),
        ("a\x00b\x07c\u200bd", "abcd"),
        ("tab\there  and   there", "tab here and there"),
        ("line one \r\n\r\n\r\n line two", "line one\n\nline two"),
        ("<script>alert(1)</script>", None),
        ("\u00a0 ", None),
    ],
)
def test_text_loses_markup_but_no_words(written: str, plain: str | None) -> None:
    """If this fails, people read tags in descriptions, or miss words that only looked like tags."""
    assert only(plain_text(pl.Series([written]))) == plain


def test_broken_text_is_told_and_not_repaired() -> None:
    """If this fails, a wrong guess about an encoding silently replaces the center's own words."""
    written = pl.Series(["CafÃ©", "Womenâ€™s", "KidsGÇÖ Club", "lost \ufffd byte", "Café", "CHÂTEAU", "naïve"])
    assert plain_text(written).to_list() == written.to_list()
    assert has_broken_characters(written).to_list() == [True, True, True, True, False, False, False]


def test_markup_is_noticed_only_where_there_is_some() -> None:
    """If this fails, curators are sent to clean text that has no markup."""
    assert has_markup(pl.Series(["R&D", "a < b", "x &copy y", "&eacute;", "<br>", None])).to_list() == [
        False, False, False, True, True, False,
    ]  # fmt: skip


def test_names_stay_on_one_line() -> None:
    """If this fails, a name with a line break splits rows in every list that shows it."""
    assert only(one_line(pl.Series(["Harbor<br/>House\nNorth"]))) == "Harbor House North"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-08-04 0:00:00", date(2025, 8, 4)),
        ("2/22/11 0:00", date(2011, 2, 22)),
        ("10/9/03 0:00", date(2003, 10, 9)),
        ("1/1/68", date(2068, 1, 1)),
        ("1/1/69", date(1969, 1, 1)),
        ("2026-06-09T19:29:58.000Z", date(2026, 6, 9)),
        ("2026-06-09T19:29:58-06:00", date(2026, 6, 9)),
        ("08/04/2026 12:00:00 AM", date(2026, 8, 4)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("2025-13-01", None),
        ("13/1/25", None),
        ("last week", None),
        ("2025-08-04 noon", None),
    ],
)
def test_days_are_read_as_written(written: str, day: date | None) -> None:
    """If this fails, verification dates move or vanish, and with them the share of records up to date."""
    read = read_dates(
        pl.Series([written]), formats=("%Y-%m-%d %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%Y"), placeholders=("1899-12-30",)
    )
    assert only(read["day"]) == day
    assert only(read["is_unreadable"]) is (day is None)
    assert only(read["is_placeholder"]) is False


def test_days_that_mean_empty_are_no_days() -> None:
    """If this fails, a spreadsheet's zero counts as a date of 1899 or as an unreadable one."""
    read = read_dates(
        pl.Series(["1899-12-30 00:00:00", "1900-01-01 0:00:00", "1/1/00", "1/2/00", "", None]),
        formats=("%Y-%m-%d", "%m/%d/%y"),
        placeholders=("1899-12-30", "1900-01-01"),
    )
    assert read["day"].to_list() == [None, None, None, date(2000, 1, 2), None, None]
    assert read["is_placeholder"].to_list() == [True, True, True, False, False, False]
    assert read["is_unreadable"].to_list() == [False] * 6


def test_a_date_pattern_nobody_can_read_is_an_error() -> None:
    """If this fails, a slip in a mapping file turns every date of a center into nothing."""
    with pytest.raises(InputError, match="%j"):
        read_dates(pl.Series(["2025-001"]), formats=("%Y-%j",), placeholders=())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("(202) 333- 4444", [("+12023334444", None)]),
        ("202.745.7000", [("+12027457000", None)]),
        ("1-(800) 933-5470", [("+18009335470", None)]),
        ("(202 454-6400", [("+12024546400", None)]),
        ("202/429-0400", [("+12024290400", None)]),
        ("+1 202 555 0100", [("+12025550100", None)]),
        ("(202) 842-0858 ext. 106", [("+12028420858", "106")]),
        ("202-797-8806 xt 2109", [("+12027978806", "2109")]),
        ("202-842-0858x012", [("+12028420858", "012")]),
        ("1-800-273-TALK (8255)", [("+18002738255", None)]),
        ("202-MISSION", [("+12026477466", None)]),
        ("(800) TAX-1040", [("+18008291040", None)]),
        ("(202) 727-2832, Ask for the Lead Social Worker", [("+12027272832", None)]),
        ("(202) 667-1758 Press 2", [("+12026671758", None)]),
        ("(301) 652-7617 or 202 487-3604", [("+13016527617", None), ("+12024873604", None)]),
        ("(202) 555-0110 ext. 4; (202) 555-0111", [("+12025550110", "4"), ("+12025550111", None)]),
        ("(202) 727-442-6100", [(None, None)]),
        ("(2301) 562-1921", [(None, None)]),
        ("(202) 123-4567", [(None, None)]),
        ("(002) 279-7500", [(None, None)]),
        ("(202) 565-500", [(None, None)]),
        ("+44 20 7946 0958", [("+442079460958", None)]),
        ("011 44 20 7946 0958", [("+442079460958", None)]),
        ("0044 20 7946 0958", [(None, None)]),
        ("+52 55 1234 5678", [("+525512345678", None)]),
        ("+999 123456", [(None, None)]),
        ("604-555-0199", [("+16045550199", None)]),
        ("1-876-555-0123", [("+18765550123", None)]),
        ("(217) 555-0120 option 3", [("+12175550120", None)]),
        ("217 555 0120 #12", [("+12175550120", "12")]),
        ("217-555-0120 Ext12", [("+12175550120", "12")]),
        ("TTY 217-555-0120", [("+12175550120", None)]),
        ("555-0120", [(None, None)]),
        ("301-555-7617/7618", [(None, None)]),
        ("same as intake", [(None, None)]),
        ("Executive Director", [(None, None)]),
    ],
)
def test_phone_numbers_are_read_or_left_alone(written: str, expected: list[tuple[str | None, str | None]]) -> None:
    """If this fails, callers are given a number that nobody wrote, or two records seem to share one."""
    parts = only(read_phones(pl.Series([written]))["parts"])
    assert [(part["e164"], part["extension"]) for part in parts] == expected


@pytest.mark.parametrize(
    ("written", "code"), [("(   ) 711-    ", "711"), ("988", "988"), ("211", "211"), ("741741", "741741")]
)
def test_short_codes_are_right_numbers(written: str, code: str) -> None:
    """If this fails, 911 and 988 are reported as broken telephone numbers."""
    part = only(read_phones(pl.Series([written]))["parts"])[0]
    assert (part["short_code"], part["e164"]) == (code, None)


def test_two_numbers_keep_their_own_words() -> None:
    """If this fails, the second number of a cell cannot be told from the first in a worksheet."""
    parts = only(read_phones(pl.Series(["(301) 652-7617 or 202 487-3604"]))["parts"])
    assert [part["number"] for part in parts] == ["(301) 652-7617", "202 487-3604"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The Salvation Army", "Salvation Army, Inc."),
        ("Café & Pantry", "Cafe and Pantry"),
        ("St. Mary's Center", "Saint Marys Center"),
        ("Y.M.C.A.", "YMCA"),
        ("HARBOR HOUSE, L.L.C.", "Harbor House"),
        ("Ｈａｒｂｏｒ", "harbor"),
    ],
)
def test_names_that_mean_the_same_have_one_key(a: str, b: str) -> None:
    """If this fails, obvious duplicates are never put in front of a curator."""
    keys = name_key(pl.Series([a, b])).to_list()
    assert keys[0] == keys[1]


def test_names_that_differ_keep_their_difference() -> None:
    """If this fails, Ward 1 and Ward 7 look like one agency."""
    keys = name_key(pl.Series(["Ward 1", "Ward 7", "Incorporated Village", "The Inc", "Co"])).to_list()
    assert keys == ["ward 1", "ward 7", "incorporated village", "the", "co"]


def test_addresses_that_mean_the_same_have_one_key() -> None:
    """If this fails, one building becomes several sites, and duplicates at one address are missed."""
    lines = [
        ("100 North Main Street", "Suite 5"), ("100 N. Main St., Ste. 5", None), ("100 N MAIN ST #5", None),
        ("Harbor Hall", "100 N Main St Suite 5"),
    ]  # fmt: skip
    keys = address_keys(
        pl.DataFrame(
            {
                "line1": [first for first, _ in lines],
                "line2": [second for _, second in lines],
                "city": ["Springfield"] * 4,
                "postal_code": ["62701", "62701-0001", "62701", "62701"],
            }
        )
    )
    assert set(keys["address_key"]) == {"100 n main st|springfield|62701"}
    assert keys["unit_key"].to_list() == ["5", "5", "5", "5 hbr hall"]
    assert set(keys["house_number_key"]) == {"100"}


@pytest.mark.parametrize(
    ("line", "key", "number"),
    [
        ("1200 First Street, N.W.", "1200 1st st nw", "1200"),
        ("16Th & Kennedy Streets, Nw", "16th kennedy st nw", None),
        ("P. O. Box 598", "pobox 598", None),
        ("Post Office Box 34125", "pobox 34125", None),
        ("3339 Martin Luther King Jr. Avenue, SE, 2nd Floor", "3339 martin luther king jr ave se", "3339"),
        ("5656A 3rd Street, NW", "5656a 3rd st nw", "5656"),
    ],
)
def test_street_lines_of_real_exports(line: str, key: str, number: str | None) -> None:
    """If this fails, the comparison of addresses breaks on spellings that occur in every large directory."""
    keys = address_keys(
        pl.DataFrame(
            {"line1": [line], "line2": [None], "city": ["X"], "postal_code": ["20001"]},
            schema_overrides={"line2": pl.String},
        )
    )
    assert keys.row(0) == (f"{key}|x|20001", "2nd" if "2nd" in line else None, number)


def test_address_words_lead_to_one_form_only() -> None:
    """If this fails, comparing an address twice gives two answers."""
    assert not set(ADDRESS_WORDS) & set(ADDRESS_WORDS.values())


def test_states_and_counties() -> None:
    """If this fails, full state names are reported as wrong states, or county lists show one county twice."""
    states = read_states(pl.Series(["IL", "illinois", "District of Columbia", "D.C.", "Ontario", "XX", "-1", None]))
    assert states.to_list() == ["IL", "IL", "DC", "DC", "ON", None, None, None]
    counties = read_counties(pl.Series(["Sangamon County", "Sangamon", "St. Clair Co.", "County of Cook", None]))
    assert counties.to_list() == ["Sangamon", "Sangamon", "St. Clair", "Cook", None]


@pytest.mark.parametrize(
    ("written", "url", "host"),
    [
        ("www.example.org", "https://www.example.org", "example.org"),
        ("HTTP://WWW.Example.org/Path?q=1", "http://www.example.org/Path?q=1", "example.org"),
        ("http:// www.example.org", "http://www.example.org", "example.org"),
        ("example.org/a|b", "https://example.org/a%7Cb", "example.org"),
        ("example.org/serving neighbors", None, "example.org"),
        ("no website", None, None),
        ("info@example.org", None, None),
        ("hhttp://example.org", None, None),
        ("localhost", None, None),
    ],
)
def test_websites_get_a_scheme_and_nothing_else(written: str, url: str | None, host: str | None) -> None:
    """If this fails, links in exports are dead, or words are published as links."""
    assert read_websites(pl.Series([written])).row(0) == (url, host, False)


def test_a_cell_with_two_websites_gives_the_first() -> None:
    """If this fails, both addresses are glued into one dead link; commas inside a path must not split it."""
    cells = pl.Series(["http://a.example.org/, www.b.example.org", "http://example.org/view,a,1209,.asp"])
    assert read_websites(cells).rows() == [
        ("http://a.example.org/", "a.example.org", True),
        ("http://example.org/view,a,1209,.asp", "example.org", False),
    ]


@pytest.mark.parametrize(
    ("written", "email", "several"),
    [
        ("Info@Example.ORG", "Info@example.org", False),
        ("a@example.org; b@example.org", "a@example.org", True),
        ("mailto:a@example.org", "a@example.org", False),
        ("<a@example.org>", "a@example.org", False),
        ("use the form for Person 9", None, False),
        ("a@b", None, False),
        ("www.example.org", None, False),
    ],
)
def test_email_cells(written: str, email: str | None, several: bool) -> None:
    """If this fails, verification requests go to addresses that do not exist."""
    assert read_emails(pl.Series([written])).row(0) == (email, several)


def test_links_with_targets_and_names() -> None:
    """If this fails, a target stands for a service, or a term carries the name of its neighbor."""
    cells = pl.DataFrame(
        {
            "cell": [0, 1, 2, 3],
            "codes": ["TM-5100 * TM-5100; YN-0500", "YJ-2050 * BH-1800 * PH-6100", "PH-6100; BD-1800", ""],
            "terms": ["One; Two; ", "One", "only one name; ", None],
        }
    )
    rows = split_links(cells).select("cell", "code", "target_code", "joined_codes", "term").rows()
    assert rows == [
        (0, "TM-5100", None, ["TM-5100"], "One"),
        (0, "YN-0500", None, [], "Two"),
        (1, "BH-1800", "YJ-2050", ["PH-6100"], "One"),
        (2, "PH-6100", None, [], None),
        (2, "BD-1800", None, [], None),
    ]


def test_a_cut_cell_gives_no_names() -> None:
    """If this fails, a name cut off by the export is shown as the name of a term."""
    cut = "One; " + "x" * 250
    rows = split_links(pl.DataFrame({"cell": [0], "codes": ["A; B"], "terms": [cut]}))
    assert rows["term"].to_list() == [None, None]


def spans(rows: pl.DataFrame) -> list[tuple[str, time, time]]:
    return rows.select("weekday", "opens_at", "closes_at").rows()


def test_hours_in_one_cell() -> None:
    """If this fails, people stand in front of closed doors."""
    cell = "Mon 08:00 - 16:00; Tue 9:00 am - 5:00 PM; Wed 24/7; Thu 00:00 - 23:59; Fri 20:00 - 06:00; Sat 12:00 pm - 12:00 am; "
    rows = split_day_texts(pl.DataFrame({"cell": [0], "text": [cell]}))
    assert spans(rows) == [
        ("MO", time(8), time(16)),
        ("TU", time(9), time(17)),
        ("WE", time(0), time(23, 59)),
        ("TH", time(0), time(23, 59)),
        ("FR", time(20), time(6)),
        ("SA", time(12), time(23, 59)),
    ]


@pytest.mark.parametrize(
    "text", ["Mon; Tue; Wed; ", "Sun Close - Close", "Tue 8:00 - 5:00", "Mon 8:00am - 5:00", "Mon 25:00 - 26:00"]
)
def test_hours_nobody_can_be_sure_of_give_no_row(text: str) -> None:
    """If this fails, opening hours are published that the agency never stated."""
    assert spans(split_day_texts(pl.DataFrame({"cell": [0], "text": [text]}))) == []


def test_hours_in_rows() -> None:
    """If this fails, hours of HSDS packages are lost or put on the wrong weekday."""
    rows = split_day_rows(
        pl.DataFrame(
            {
                "cell": [0, 1, 2, 3, 4, 5],
                "weekday": ["Monday", "7", "MO,WE;FR", "1MO", "Tuesday", "Sat"],
                "opens_at": ["9:00am", "09:00", "09:00:00-06:00", "09:00", "", "09:00Z"],
                "closes_at": ["5:00pm", "24:00", "17:30:00-06:00", "17:00", "17:00", "12:30Z"],
            }
        )
    )
    assert spans(rows) == [
        ("MO", time(9), time(17)),
        ("SU", time(9), time(23, 59)),
        ("MO", time(9), time(17, 30)),
        ("WE", time(9), time(17, 30)),
        ("FR", time(9), time(17, 30)),
        ("SA", time(9), time(12, 30)),
    ]


def test_a_confidential_pattern_nobody_can_use_is_an_error() -> None:
    """If this fails, a slip in the settings switches the protection of shelters off without a word."""
    chosen = PrivacyParameters(confidential_place_patterns=("(?=shelter)",))
    with pytest.raises(InputError, match="confidential_place_patterns"):
        is_confidential_text(pl.Series(["shelter"]), parameters=chosen)
