"""Normalize a delivery: delivered text in, canonical tables and notes out.

The steps, in order: name every record, settle repeats and languages, find parents, read the cells, read what belongs to
records, settle privacy, derive sites where the export has none, and say what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.normalize.address_counties import fill_counties
from pipeline.normalize.address_rows import build_addresses
from pipeline.normalize.confidential_places import hide_confidential_addresses, mark_confidential_places
from pipeline.normalize.contact_rows import build_contacts
from pipeline.normalize.counted import mark_counted
from pipeline.normalize.cut_texts import note_cut_texts
from pipeline.normalize.derived_sites import DerivedSites, derive_sites, needs_sites
from pipeline.normalize.flags import read_flags
from pipeline.normalize.identity import CONTENT_SEPARATOR, record_uids
from pipeline.normalize.link_rows import build_links
from pipeline.normalize.noticing import join_notes, note_where
from pipeline.normalize.null_texts import null_blank_texts
from pipeline.normalize.owned_rows import Owners
from pipeline.normalize.parents import resolve_parents
from pipeline.normalize.phone_rows import build_phones
from pipeline.normalize.places import add_counties, add_site_addresses, physical_addresses
from pipeline.normalize.privacy import RECORD_FLAGS, read_record_flags
from pipeline.normalize.record_columns import (
    CUT_COLUMNS,
    KEPT_AS_WRITTEN,
    WRITTEN,
    read_contact_points,
    read_days,
    read_lists,
    read_numbers,
    read_status_column,
    read_texts,
    settle_meaning,
)
from pipeline.normalize.repeats import Settled, primary_language, settle_repeats
from pipeline.normalize.schedule_rows import build_schedules
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES, Translation
from schemas.delivered import DELIVERED_COLUMNS, Delivered
from schemas.directory import Directory
from schemas.enumerations import LeftOut, Origin, RecordKind
from schemas.notes import NoteKind
from schemas.parameters import NormalizeParameters
from schemas.reference import References

_LINE = ("kind", "source_file", "source_line")
_DEPENDENTS = ("phone", "address", "contact", "taxonomy_link", "schedule")
#: Cells that make a service at a site more than a link.
_OWN_CONTENT = (
    "description", "url", "email", "hours", "eligibility", "area_served", "fees", "documents", "intake", "languages",
    "wait_time", "availability", "capacity", "alert", "accessibility", "transportation", "payment_methods",
)  # fmt: skip


@dataclass(frozen=True)
class Normalized:
    """A delivery in canonical form.

    Attributes:
        directory: The canonical tables, sorted by their ids.
        notes: One row per value that was cleaned or could not be read (`schemas.quality.Note`).
        left_out: One row per delivered record that is no record of the directory: `kind`, `source_file`, `source_line`, and
            `reason` (a value of `LeftOut`).
    """

    directory: Directory
    notes: pl.DataFrame
    left_out: pl.DataFrame


def normalize_delivery(
    delivered: Delivered, *, parameters: NormalizeParameters, references: References | None = None
) -> Normalized:
    """Return the canonical tables of a delivery, and notes on what was noticed on the way.

    Every delivered record becomes a row of its table, a translation, or a note on a repeated number; every filled phone,
    address, contact, code and time becomes at least one row. The order of the delivered rows does not matter, except that
    of two different records under one number the first line is kept.

    Args:
        delivered: Text frames of `schemas.delivered`; null means that the export does not carry the column.
        parameters: Status of blank cells, own owner codes, when to derive sites, what is confidential.
        references: ZIP codes, from which a missing county is filled.

    Raises:
        InputError: A date pattern of the layout cannot be used.
    """
    named, id_notes = _name_records(delivered)
    settled = settle_repeats(named, content=_contents(named, delivered))
    # Records are wide: what has been made into something else is let go at once.
    del named
    resolved, parent_notes = resolve_parents(
        settled.records, own_or_zero_parent=delivered.conventions.own_or_zero_parent
    )
    left_out, translated, repeat_notes = _left_out(settled), settled.translations, settled.notes
    owners = Owners(
        center_id=delivered.center_id,
        records=settled.records.select("kind", "record_uid", "native_id", "source_file", "source_line"),
        left_out=left_out.drop("reason"),
    )
    del settled
    dependents, dependent_notes = _build_dependents(delivered, owners)
    read, cell_notes = _read_cells(resolved, dependents, delivered=delivered, parameters=parameters)
    del resolved
    flagged, flag_notes = read_record_flags(read)
    del read
    marked = mark_confidential_places(flagged, dependents["taxonomy_link"], parameters=parameters.privacy)
    placed = fill_counties(dependents["address"], zips=references.zips if references else None)
    addresses = hide_confidential_addresses(placed, marked)
    physical = physical_addresses(addresses)
    records = add_counties(marked, physical)
    derived = _derived(records, physical, delivered=delivered, parameters=parameters)
    sites = add_site_addresses(_of_kind(records, RecordKind.SITE), addresses, physical)
    tables = {
        "agency": _of_kind(records, RecordKind.AGENCY),
        "site": _appended(sites, derived.sites if derived else None),
        "service": _of_kind(records, RecordKind.SERVICE),
        "service_at_site": _appended(_of_kind(records, RecordKind.SERVICE_AT_SITE), derived.links if derived else None),
    }
    counted = {
        name: _prepared(mark_counted(table, own_owner_codes=parameters.own_owner_codes), name)
        for name, table in tables.items()
    }
    translations, translation_notes = _translations(translated, delivered=delivered, parameters=parameters)
    directory = Directory.of(
        **counted,
        **{name: _prepared(table, name) for name, table in (dependents | {"address": addresses}).items()},
        translation=translations,
    )
    notes = [
        *id_notes, *repeat_notes, *parent_notes, *dependent_notes, *cell_notes, *flag_notes, *translation_notes,
    ]  # fmt: skip
    return Normalized(directory=directory, notes=join_notes(_masked(notes, addresses)), left_out=left_out)


def _left_out(settled: Settled) -> pl.DataFrame:
    """Return the delivered records that are not in the record tables, with the reason."""
    same, different, translation = (pl.lit(str(reason), dtype=pl.String) for reason in LeftOut)
    return pl.concat(
        [
            settled.dropped.select(*_LINE, pl.when("is_same").then(same).otherwise(different).alias("reason")),
            settled.translations.select(*_LINE, translation.alias("reason")),
        ]
    )


def _name_records(delivered: Delivered) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    raw = delivered.record
    written = raw.select(pl.col(name).alias(f"{WRITTEN}{name}") for name in KEPT_AS_WRITTEN)
    flags = raw.select(*RECORD_FLAGS)
    cleaned = null_blank_texts(raw, table="record", conventions=delivered.conventions)
    cleaned = cleaned.with_columns(
        *flags.iter_columns(), *written.iter_columns(), pl.lit(delivered.center_id).alias("center_id")
    )
    is_nameless = cleaned["native_id"].is_null()
    keys = cleaned.select("kind", "native_id")
    if is_nameless.any():
        keys = keys.with_columns(_with_content(keys["native_id"], cleaned, is_nameless))
    uids = record_uids(keys, center_id=delivered.center_id)
    named = cleaned.with_columns(uids, _origin().alias("origin"))
    return named, [note_where(named, is_nameless, note_kind=NoteKind.MISSING_ID, field="native_id")]


def _origin() -> pl.Expr:
    # A package of ours says which records we had made ourselves; they are never counted, whoever reads them again.
    is_derived = (pl.col("origin").str.to_lowercase() == Origin.DERIVED).fill_null(value=False)
    return pl.when(is_derived).then(pl.lit(str(Origin.DERIVED))).otherwise(pl.lit(str(Origin.DELIVERED)))


def _row_content(frame: pl.DataFrame) -> pl.Expr:
    columns = [name for name in DELIVERED_COLUMNS["record"] if name in frame.columns]
    return pl.concat_str([pl.col(name).fill_null("") for name in columns], separator=CONTENT_SEPARATOR)


def _with_content(texts: pl.Series, frame: pl.DataFrame, mask: pl.Series) -> pl.Series:
    """Return the texts with the content of their rows in place of those that the mask chooses; it takes as much room as the rows."""
    contents = frame.filter(mask).select(_row_content(frame).alias("content")).to_series()
    return texts.clone().scatter(mask.arg_true(), contents)


def _contents(named: pl.DataFrame, delivered: Delivered) -> pl.Series:
    # Only rows whose key occurs more than once need to be compared; their phones and addresses stand on the same line.
    is_repeated = named.select(pl.struct("kind", "record_uid").is_duplicated()).to_series()
    none = pl.select(pl.repeat("", named.height, dtype=pl.String).alias("content")).to_series()
    if not is_repeated.any():
        return none
    contents = _with_content(none, named, is_repeated)
    lines = named.filter(is_repeated).select("source_file", "source_line").unique()
    said = []
    for table in _DEPENDENTS:
        cells = DELIVERED_COLUMNS[table]
        rows = getattr(delivered, table).join(lines, on=["source_file", "source_line"], how="semi")
        said.append(
            rows.select(
                "source_file",
                "source_line",
                pl.concat_str(
                    [pl.lit(table), *(pl.col(name).fill_null("").str.strip_chars() for name in cells)],
                    separator=CONTENT_SEPARATOR,
                ).alias("text"),
            )
        )
    by_line = pl.concat(said).group_by("source_file", "source_line").agg(pl.col("text").sort().str.join("\x1e"))
    places = named.select("source_file", "source_line")
    texts = places.join(by_line, on=["source_file", "source_line"], how="left", maintain_order="left")["text"]
    return contents + texts.fill_null("")


def _build_dependents(delivered: Delivered, owners: Owners) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    builders = {
        "phone": build_phones,
        "address": build_addresses,
        "contact": build_contacts,
        "taxonomy_link": build_links,
        "schedule": build_schedules,
    }
    tables: dict[str, pl.DataFrame] = {}
    notes: list[pl.DataFrame] = []
    for name, build in builders.items():
        tables[name], found = build(getattr(delivered, name), owners=owners, conventions=delivered.conventions)
        notes += found
    return tables, notes


def _read_cells(
    records: pl.DataFrame, dependents: dict[str, pl.DataFrame], *, delivered: Delivered, parameters: NormalizeParameters
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    conventions = delivered.conventions
    cut_notes = note_cut_texts(
        records, columns=CUT_COLUMNS, shortest=parameters.cut_text_length, fewest=parameters.cut_text_cells,
        written_prefix=WRITTEN,
    )  # fmt: skip
    texts, text_notes = read_texts(records)
    days, day_notes = read_days(texts, conventions=conventions)
    statuses, status_notes = read_status_column(days, conventions=conventions, blank_status=parameters.blank_status)
    linked = _with_link_only(statuses, dependents)
    lists, list_notes = read_lists(linked, conventions=conventions)
    points, point_notes = read_contact_points(lists)
    cells = settle_meaning(read_numbers(points)).with_columns(_written_columns())
    return cells, [*cut_notes, *text_notes, *day_notes, *status_notes, *list_notes, *point_notes]


def _written_columns() -> list[pl.Expr]:
    return [
        pl.when(pl.col(f"{WRITTEN}{name}").str.strip_chars() != "").then(f"{WRITTEN}{name}").alias(f"{name}_written")
        for name in KEPT_AS_WRITTEN
    ]


def _with_link_only(records: pl.DataFrame, dependents: dict[str, pl.DataFrame]) -> pl.DataFrame:
    # Where the export does not say, a link is a row with nothing of its own.
    flag = read_flags(records["link_only"])["value"]
    owning = pl.concat([table.select("owner_kind", "owner_uid") for table in dependents.values()])
    owner_uids = owning.filter(pl.col("owner_kind") == RecordKind.SERVICE_AT_SITE)["owner_uid"].unique()
    has_content = pl.any_horizontal(pl.col(name).is_not_null() for name in _OWN_CONTENT) | pl.col("record_uid").is_in(
        owner_uids.implode()
    )
    is_link = pl.col("kind") == RecordKind.SERVICE_AT_SITE
    return records.with_columns((is_link & pl.coalesce(flag, ~has_content)).alias("link_only"))


def _derived(
    records: pl.DataFrame, physical: pl.DataFrame, *, delivered: Delivered, parameters: NormalizeParameters
) -> DerivedSites | None:
    if not needs_sites(delivered.record, below_share=parameters.derive_sites_below_share):
        return None
    return derive_sites(records, physical, center_id=delivered.center_id)


def _of_kind(records: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    return records.filter(pl.col("kind") == kind)


def _appended(table: pl.DataFrame, derived: pl.DataFrame | None) -> pl.DataFrame:
    return table if derived is None else pl.concat([table, derived], how="diagonal")


def _prepared(table: pl.DataFrame, name: str) -> pl.DataFrame:
    model = CORE_TABLES[name]
    # Only the columns of the contract go on: what the steps carried along is let go here.
    kept = [column for column in (*schema_of(model), "owner_row") if column in table.columns]
    lists = [
        column
        for column, dtype in schema_of(model).items()
        if dtype == pl.List(pl.String) and column in kept and table[column].null_count()
    ]
    filled = table.select(kept).with_columns(
        pl.col(column).fill_null(pl.lit([], dtype=pl.List(pl.String))) for column in lists
    )
    if name == "taxonomy_link":
        return filled.sort("owner_row", "source_file", "source_line", maintain_order=True)
    # The rows of owners come numbered and sorted, and so do records, unless derived ones were appended.
    is_sorted = "owner_uid" in kept or filled["record_uid"].is_sorted()
    return filled if is_sorted else filled.sort("record_uid", maintain_order=True)


def _translations(
    rows: pl.DataFrame, *, delivered: Delivered, parameters: NormalizeParameters
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    if rows.is_empty():
        return empty_table(Translation), []
    texts, text_notes = read_texts(rows)
    days, day_notes = read_days(texts, conventions=delivered.conventions)
    statuses, status_notes = read_status_column(
        days, conventions=delivered.conventions, blank_status=parameters.blank_status
    )
    language = primary_language(delivered.record["language_of_record"]) or "unknown"
    filled = statuses.with_columns(pl.col("language_of_record").fill_null(language))
    return filled.sort("record_uid", "kind", "language_of_record"), [*text_notes, *day_notes, *status_notes]


def _masked(notes: list[pl.DataFrame], addresses: pl.DataFrame) -> list[pl.DataFrame]:
    # Places found confidential later than their addresses were read: what was noted on those addresses is private too.
    private = (
        addresses.filter("is_private")
        .select(pl.col("owner_kind").alias("kind"), pl.col("owner_uid").alias("record_uid"))
        .unique()
        .with_columns(pl.lit(value=True).alias("__is_private"))
    )
    return [
        part.join(private, on=["kind", "record_uid"], how="left", maintain_order="left")
        .with_columns(
            pl.col("is_private")
            | (pl.col("field").str.starts_with("address.") & pl.col("__is_private").fill_null(value=False))
        )
        .drop("__is_private")
        for part in notes
        if part.height
    ]
