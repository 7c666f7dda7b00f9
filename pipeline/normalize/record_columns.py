"""The cells that agencies, sites, services and services at sites share, as typed columns."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.normalize.dates import read_dates
from pipeline.normalize.distinct import change_where, map_distinct
from pipeline.normalize.emails import read_emails
from pipeline.normalize.lists import split_cells
from pipeline.normalize.names import name_key
from pipeline.normalize.noticing import note_where
from pipeline.normalize.numbers import read_coordinates, read_eins, read_figures, read_years
from pipeline.normalize.status import read_statuses
from pipeline.normalize.text import columns_to_clean, has_broken_characters, has_markup, one_line, plain_text
from pipeline.normalize.websites import read_websites
from schemas.delivered import Conventions
from schemas.enumerations import COUNTED_STATUSES
from schemas.notes import NoteKind

#: Prefix of the columns that hold a cell exactly as delivered while the cell itself is cleaned.
WRITTEN = "__written_"
#: Cells whose text as delivered is kept beside the typed value.
KEPT_AS_WRITTEN = (
    "name", "description", "status", "created_on", "edited_on", "verified_on", "inactive_on", "alert_from_on",
    "alert_to_on", "url", "email", "ein", "year_incorporated", "latitude", "longitude",
)  # fmt: skip

_LINES = (
    "name", "official_name", "aka", "record_owner", "curator", "verified_by", "verified_by_title", "verified_by_email",
    "verification_method", "legal_status", "tax_status", "languages", "payment_methods", "area_served_units",
)  # fmt: skip
_TEXTS = (
    "description", "accreditations", "funding", "accessibility", "transportation", "hours", "eligibility", "area_served",
    "fees", "documents", "intake", "wait_time", "availability", "capacity", "alert",
)  # fmt: skip
#: Text columns in which many cells of one greatest length show that the export cut them.
CUT_COLUMNS = (*(name for name in _LINES if not name.startswith("verified_by")), *_TEXTS)
_DAYS = ("created_on", "edited_on", "verified_on", "inactive_on", "alert_from_on", "alert_to_on")
#: A website in the e-mail cell is sure only with its scheme or `www.`; a bare host may be an address without its first half.
_PLAIN_LINK = r"(?i)^(?:https?://|www\.)[^@]+$"
_INTERNAL = ("verified_by", "verified_by_title", "verified_by_email")
#: Dates of work on a record. A placeholder in another date cell (no message, never inactive) is the export's way to leave it blank, in
#: nearly every row of some exports; it is read as blank and not noted.
_DATED_WORK = ("created_on", "edited_on", "verified_on")


def read_texts(records: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with all text cells as plain text, and notes on markup and broken characters.

    Args:
        records: Needs `center_id`, `record_uid`, `kind` and the text cells of a delivered record, trimmed, blank ones null.
    """
    notes = []
    changes = []
    for name in columns_to_clean(records, (*_LINES, *_TEXTS)):
        cells = records[name]
        changes.append(one_line(cells) if name in _LINES else plain_text(cells))
        for found, note_kind in (
            (has_markup(cells), NoteKind.HTML_REMOVED),
            (has_broken_characters(cells), NoteKind.BROKEN_CHARACTERS),
        ):
            if found.any():
                notes.append(
                    note_where(
                        records, found, note_kind=note_kind, field=name, value=name, is_private=name in _INTERNAL
                    )
                )
    return records.with_columns(changes), notes


def read_days(records: pl.DataFrame, *, conventions: Conventions) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with all date cells as days, and notes on days that mean nothing or cannot be read.

    Args:
        records: Needs `center_id`, `record_uid`, `kind`, the date cells and the same as delivered.
        conventions: Patterns to try and days that stand for "empty".
    """
    notes = []
    changes = []
    for name in _DAYS:
        days = read_dates(records[name], formats=conventions.date_formats, placeholders=conventions.placeholder_dates)
        changes.append(days["day"].alias(name))
        seen = [(days["is_unreadable"], NoteKind.UNREADABLE_DATE)]
        if name in _DATED_WORK:
            seen.append((days["is_placeholder"], NoteKind.PLACEHOLDER_DATE))
        for mask, note_kind in seen:
            notes.append(note_where(records, mask, note_kind=note_kind, field=name, value=f"{WRITTEN}{name}"))
    return records.with_columns(changes), notes


def read_status_column(
    records: pl.DataFrame, *, conventions: Conventions, blank_status: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with their status after the crosswalk, and notes on statuses nobody knows.

    Args:
        records: Needs `center_id`, `record_uid`, `kind` and the status exactly as delivered (`""` when blank).
        conventions: Words of the layout.
        blank_status: Status of a blank cell.
    """
    statuses = read_statuses(records[f"{WRITTEN}status"], conventions=conventions, blank_status=blank_status)
    note = note_where(
        records, statuses["is_unknown"], note_kind=NoteKind.UNKNOWN_STATUS, field="status", value=f"{WRITTEN}status"
    )
    return records.with_columns(statuses["status"]), [note]


def read_lists(records: pl.DataFrame, *, conventions: Conventions) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with cells of several values as lists and `name_key`, and notes on repeats.

    Args:
        records: Needs `center_id`, `record_uid`, `kind` and the cells as plain text.
        conventions: Separators of the layout.

    The official name joins the also-known-as names unless it is the name itself. Languages are also split at commas: no
    name of a language holds one.
    """
    key = _key_once(records["name"])
    official = pl.select(
        pl.when((_key_once(records["official_name"]) != key).fill_null(value=True)).then(records["official_name"])
    ).to_series()
    aka = split_cells(records["aka"], separator=conventions.aka_separator, key=name_key)
    has_official = official.is_not_null() & ~_holds(aka["items"], official)
    aka_names = change_where(
        aka["items"],
        has_official,
        lambda chosen: pl.select(pl.concat_list(chosen, official.filter(has_official))).to_series(),
    )
    languages = records["languages"]
    plain_languages = pl.select(
        pl.when(~languages.str.contains("(", literal=True))
        .then(languages.str.replace_all(",", conventions.list_separator, literal=True))
        .otherwise(languages)
    ).to_series()
    lists = {
        "aka": aka,
        "languages": split_cells(plain_languages, separator=conventions.list_separator),
        "payment_methods": split_cells(records["payment_methods"], separator=conventions.list_separator),
        "area_served_units": split_cells(records["area_served_units"], separator=conventions.list_separator),
    }
    notes = [
        note_where(records, split["has_repeats"], note_kind=NoteKind.REPEATED_VALUE, field=name, value=name)
        for name, split in lists.items()
    ]
    changed = {name: split["items"] for name, split in lists.items()} | {"aka": aka_names, "name_key": key}
    return records.with_columns(values.alias(name) for name, values in changed.items()), notes


def read_contact_points(records: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with website, host and e-mail address, and notes on cells with several of them or with the other.

    Args:
        records: Needs `center_id`, `record_uid`, `kind`, `url`, `email`.
    """
    url_cells, email_cells = one_line(records["url"]), one_line(records["email"])
    websites, emails = _read_once(url_cells, read_websites), _read_once(email_cells, read_emails)
    # Each cell may hold what belongs into the other; it moves only where that one is blank.
    moved_email = pl.select(
        pl.when(email_cells.is_null()).then(_read_once(url_cells, read_emails)["email"])
    ).to_series()
    is_link = email_cells.str.contains(_PLAIN_LINK) & url_cells.is_null()
    moved = _read_once(pl.select(pl.when(is_link).then(email_cells)).to_series(), read_websites)
    notes = [
        note_where(records, websites["has_several"], note_kind=NoteKind.SEVERAL_VALUES, field="url", value="url"),
        note_where(records, emails["has_several"], note_kind=NoteKind.SEVERAL_VALUES, field="email", value="email"),
        note_where(records, moved_email.is_not_null(), note_kind=NoteKind.MISPLACED_VALUE, field="url", value="url"),
        note_where(
            records, moved["url"].is_not_null(), note_kind=NoteKind.MISPLACED_VALUE, field="email", value="email"
        ),
    ]
    found = pl.select(
        pl.coalesce(websites["url"], moved["url"]).alias("url"),
        pl.coalesce(websites["url_domain_key"], moved["url_domain_key"]).alias("url_domain_key"),
        pl.coalesce(emails["email"], moved_email).alias("email"),
    )
    return records.with_columns(found.iter_columns()), notes


def _read_once(cells: pl.Series, read: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    # The sites and services of an agency mostly give its own website and address.
    return map_distinct(cells, read).with_columns(pl.col("has_several").fill_null(value=False))


def read_numbers(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records with coordinates, ages, year of incorporation and employer number as values.

    Args:
        records: Needs the cells of these names as text.
    """
    return records.with_columns(
        read_coordinates(records["latitude"]),
        read_coordinates(records["longitude"]),
        read_figures(records["minimum_age"]),
        read_figures(records["maximum_age"]),
        read_years(records["year_incorporated"]),
        read_eins(records["ein"]),
    )


def settle_meaning(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records without dates that mean nothing beside their other cells.

    A day of closing belongs to a record that is closed; the days of a message belong to a message.

    Args:
        records: Needs `status`, `inactive_on`, `alert`, `alert_from_on`, `alert_to_on`.
    """
    is_open = pl.col("status").is_in([str(status) for status in COUNTED_STATUSES])
    has_message = pl.col("alert").is_not_null()
    return records.with_columns(
        pl.when(~is_open).then("inactive_on").alias("inactive_on"),
        pl.when(has_message).then("alert_from_on").alias("alert_from_on"),
        pl.when(has_message).then("alert_to_on").alias("alert_to_on"),
    )


def _holds(lists: pl.Series, values: pl.Series) -> pl.Series:
    # Whether a list of names holds the value, by their comparison forms.
    pairs = pl.DataFrame({"item": lists, "value": values}).with_row_index("row")
    rows = pairs.filter(pl.col("value").is_not_null() & (pl.col("item").list.len() > 0)).explode("item")
    is_same = name_key(rows["item"]) == name_key(rows["value"])
    hits = rows.filter(is_same.fill_null(value=False))["row"].unique()
    return pairs["row"].is_in(hits.implode())


def _key_once(names: pl.Series) -> pl.Series:
    # A service often bears the name of its agency, and a link that of its service.
    return map_distinct(names, lambda distinct: name_key(distinct).to_frame("key"))["key"]
