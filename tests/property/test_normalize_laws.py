"""Laws of normalize: twice is once, null stays null, rows are kept, the order of rows does not matter."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize.addresses import address_keys
from pipeline.normalize.dates import read_dates
from pipeline.normalize.directory import Normalized, normalize_delivery
from pipeline.normalize.emails import read_emails
from pipeline.normalize.flags import read_flags
from pipeline.normalize.lists import split_cells
from pipeline.normalize.names import name_key, without_accents
from pipeline.normalize.numbers import read_coordinates, read_eins, read_years
from pipeline.normalize.phone_types import read_phone_types
from pipeline.normalize.phones import read_phones
from pipeline.normalize.regions import read_counties, read_countries, read_states
from pipeline.normalize.text import one_line, plain_text
from pipeline.normalize.websites import read_websites
from schemas.delivered import DELIVERED_COLUMNS, Conventions, Delivered, empty_delivered
from schemas.parameters import NormalizeParameters

#: Pieces that cells of exports are made of, put together at random, and arbitrary text between them.
PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<br />", "<b", ">", "<", "&amp;", "&lt;", "&gt;", "lt;", "&#60;", "&", "#", ";", "\\n", "\\", "n", "\x00",
        " ", "  ", "\n", "\u00a0", "The ", "the", " Inc", " Co.", " LLC", "Saint ", "St. ", "County", " county of ", "Street",
        "N.W.", "Suite 5", "# 3", "PO Box 7", "100 ", "1st", "www.", "http://", "https:", "//", "example.org", "/a", "@", ",", "ext. 12",
        "(202)", "555-0101", " 333-", "4444", "x9", "711", "1-800-", "TALK", "É", "ß", "İ", "ﬁ", "Ａ", "Ã©", "-", ".", "'", "or", "é",
    ]
)  # fmt: skip
CELLS = st.lists(st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join), min_size=1, max_size=20)

CLEANERS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "plain_text": plain_text,
    "one_line": one_line,
    "name_key": name_key,
    "without_accents": without_accents,
    "county": read_counties,
    "state": read_states,
    "country": read_countries,
    "phone_type": read_phone_types,
    "url": lambda values: read_websites(values)["url"],
    "url_domain_key": lambda values: read_websites(values)["url_domain_key"],
    "email": lambda values: read_emails(values)["email"],
    "ein": read_eins,
    "e164": lambda values: read_phones(values)["parts"].list.first().struct.field("e164"),
    "coordinate": lambda values: read_coordinates(values).cast(pl.String),
    "year": lambda values: read_years(values).cast(pl.String),
    "date": lambda values: read_dates(values, formats=("%Y-%m-%d", "%m/%d/%y"), placeholders=("1900-01-01",))[
        "day"
    ].cast(pl.String),
    "flag": lambda values: read_flags(values)["value"].cast(pl.String),
    "street_key": lambda values: _streets(values),
}


def _streets(values: pl.Series) -> pl.Series:
    nothing = pl.Series([None] * len(values), dtype=pl.String)
    keys = address_keys(pl.DataFrame({"line1": values, "line2": nothing, "city": nothing, "postal_code": nothing}))
    return keys["address_key"].str.split("|").list.first()


@pytest.mark.parametrize("cleaner", list(CLEANERS))
@settings(max_examples=40, deadline=None)
@given(cells=CELLS)
def test_cleaning_twice_is_cleaning_once(cleaner: str, cells: list[str]) -> None:
    """If this fails, a record changes every night although nobody touched it."""
    once = CLEANERS[cleaner](pl.Series(cells))
    assert CLEANERS[cleaner](once).to_list() == once.to_list()


@pytest.mark.parametrize("cleaner", list(CLEANERS))
def test_null_stays_null(cleaner: str) -> None:
    """If this fails, values appear that nobody delivered."""
    assert CLEANERS[cleaner](pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(st.text(st.characters(exclude_categories=["C"]) | st.just(";"), max_size=12), min_size=1, max_size=9)
)
def test_lists_lose_nothing_but_blanks_and_repeats(cells: list[str]) -> None:
    """If this fails, languages, names or areas get lost when a cell is split."""
    for items, text in zip(split_cells(pl.Series(cells), separator=";")["items"].to_list(), cells, strict=True):
        pieces = [piece.strip() for piece in text.split(";") if piece.strip()]
        assert set(items) <= set(pieces)
        assert len({item.lower() for item in items}) == len(items)
        assert {piece.lower() for piece in pieces} == {item.lower() for item in items}


_IDS = st.sampled_from(["1", "2", "3", "4", ""])
_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["agency", "site", "service", "service_at_site"]),
            "native_id": _IDS,
            "agency_native_id": _IDS,
            "parent_native_id": _IDS,
            "service_native_id": _IDS,
            "site_native_id": _IDS,
            "language_of_record": st.sampled_from([None, "en", "fr"]),
            "name": st.sampled_from(["Harbor House", "The <b>Café</b>", "", None]),
            "status": st.sampled_from(["Active", "odd", "", None]),
            "verified_on": st.sampled_from(["2025-01-02", "1900-01-01", "soon", ""]),
            "exclude_from_website": st.sampled_from(["Yes", "No", "", None]),
        }
    ),
    max_size=12,
)
_PHONES = st.lists(
    st.fixed_dictionaries(
        {
            "owner_kind": st.sampled_from(["agency", "site", "service"]),
            "owner_native_id": _IDS,
            "slot": st.sampled_from(["a", "b"]),
            "number": st.sampled_from(["217-555-0101", "(217) 555-0102 or 217-555-0103", "711", " ", "call us"]),
        }
    ),
    max_size=8,
)


def _delivery(records: list[dict], phones: list[dict], *, reverse: bool) -> Delivered:
    def frame(table: str, rows: list[dict]) -> pl.DataFrame:
        empty = empty_delivered(table)
        numbered = [
            dict.fromkeys(DELIVERED_COLUMNS[table]) | row | {"source_file": f"{table}.csv", "source_line": line}
            for line, row in enumerate(rows, start=2)
        ]
        built = pl.DataFrame(numbered, schema=empty.schema) if numbered else empty
        return built.reverse() if reverse else built

    nothing = pl.DataFrame()
    return Delivered(
        center_id="demo", format_name="test", format_version="", input_sha256="0", files=(), raw_header=nothing,
        raw_row=nothing, raw_reject=nothing, carried=frozenset(),
        conventions=Conventions(status_words={"active": "active"}),
        record=frame("record", records), phone=frame("phone", phones), address=empty_delivered("address"),
        contact=empty_delivered("contact"), taxonomy_link=empty_delivered("taxonomy_link"),
        schedule=empty_delivered("schedule"),
    )  # fmt: skip


def _normalize(records: list[dict], phones: list[dict], *, reverse: bool = False) -> Normalized:
    return normalize_delivery(_delivery(records, phones, reverse=reverse), parameters=NormalizeParameters())


@settings(max_examples=8, deadline=None)
@given(records=_RECORDS, phones=_PHONES)
def test_rows_in_are_rows_out_and_rows_explained(records: list[dict], phones: list[dict]) -> None:
    """If this fails, records or numbers vanish without anybody being told."""
    result = _normalize(records, phones)
    tables = result.directory
    notes = dict(result.notes["note_kind"].value_counts().rows())
    kept = sum(tables.tables()[name].height for name in ("agency", "site", "service", "service_at_site"))
    repeats = notes.get("repeated_id_same", 0) + notes.get("repeated_id_different", 0)
    assert len(records) == kept + tables.translation.height + repeats
    for table in (tables.agency, tables.site, tables.service, tables.service_at_site):
        assert table["record_uid"].n_unique() == table.height

    numbers = {"217-555-0101": 1, "(217) 555-0102 or 217-555-0103": 2, "711": 1, " ": 0, "call us": 1}
    # A number that names no owner cannot be placed; one whose owner is missing is kept.
    placed = sum(numbers[phone["number"]] for phone in phones if phone["owner_native_id"])
    assert tables.phone.height == placed
    unplaced = sum(1 for phone in phones if not phone["owner_native_id"] and phone["number"].strip())
    unowned = result.notes.filter((pl.col("field") == "phone.owner_native_id") & pl.col("value_written").is_null())
    assert unowned.height == unplaced
    assert tables.phone["record_uid"].n_unique() == tables.phone.height


@settings(max_examples=8, deadline=None)
@given(records=_RECORDS, phones=_PHONES)
def test_the_order_of_rows_does_not_matter(records: list[dict], phones: list[dict]) -> None:
    """If this fails, the same export sorted otherwise looks like a changed directory."""
    one, other = _normalize(records, phones), _normalize(records, phones, reverse=True)
    for name, table in one.directory.tables().items():
        assert table.equals(other.directory.tables()[name]), name
    assert one.notes.equals(other.notes)


@settings(max_examples=5, deadline=None)
@given(records=_RECORDS)
def test_parents_of_agencies_form_no_loop(records: list[dict]) -> None:
    """If this fails, walking up to the head agency never ends."""
    agencies = _normalize(records, []).directory.agency
    parent_of = dict(agencies.select("record_uid", "parent_uid").rows())
    for start in parent_of:
        steps, current = 0, start
        while (current := parent_of.get(current)) is not None:
            steps += 1
            assert steps <= len(parent_of)
