"""What the directory says now about each drawn record, as short texts for the worksheet.

An agency is shown with all of its counted sites and services; values that several of them share are shown once, with the
names of those that have them. Private values never appear: `withheld` stands in their place.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.workbook.phone_text import phone_text
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, AddressKind, NotCountedReason, Origin, RecordKind
from schemas.private_values import PrivateValues, clean_texts, suspected_texts

#: Stands in place of a private value.
WITHHELD = "withheld"

_UNIT = ("center_id", "unit_uid")
# What only services say: a value that all of them share needs no names beside it.
_SERVICE_VALUES = ("eligibility", "fees", "intake", "area", "terms")
#: Values that people type freely, in which they may repeat what a flag of another cell keeps back.
_SEARCHED = ("phones", "hours", "description", "eligibility", "fees", "intake", "area")
_LABELS_SHOWN = 4
_VALUES_SHOWN = 8
_TEXT_LENGTH = 1200
_CUT = " … (shortened; see the record)"


def show_present_values(
    items: pl.DataFrame, *, directory: Directory, unit: str, private: PrivateValues, is_complete: bool = False
) -> pl.DataFrame:
    """Return what the directory says about every drawn record.

    Args:
        items: Drawn records: `center_id`, `record_uid`.
        directory: The directory they were drawn from.
        unit: `agency` (shown as a bundle) or `service` (shown with its agency's name).
        private: What must not be seen; `withheld` stands in place of a sentence that repeats it.
        is_complete: Whether long texts and long lists are kept whole; otherwise they are shortened for a worksheet.

    Returns:
        One row per drawn record and kind of value that it has: `center_id`, `unit_uid`, `shows` (name, phones, address,
        hours, eligibility, fees, intake, area, services, terms, description), `text`.
    """
    members = unit_members(items, directory=directory, unit=unit)
    values = pl.concat(
        [
            _names(members),
            _phones(members, directory),
            _addresses(members, directory),
            _texts(members, directory),
            _services(members),
            _terms(members, directory),
        ]
    )
    return _as_texts(_without_private(values, private), members=members, is_complete=is_complete)


def show_findings(members: pl.DataFrame, *, findings: pl.DataFrame, prefixes: Sequence[str]) -> pl.DataFrame:
    """Return the findings of every drawn record whose rule id starts with one of the prefixes, as one text each.

    Args:
        members: The records looked at for every drawn record, see `unit_members`.
        findings: `schemas.quality.Finding` rows.
        prefixes: Beginnings of rule ids.

    Returns:
        `center_id`, `unit_uid`, `text`; records without such findings are absent.
    """
    wanted = pl.any_horizontal(pl.col("rule_id").str.starts_with(prefix) for prefix in prefixes)
    rows = findings.filter(wanted).join(
        members.select(*_UNIT, "record_uid", "label", "place"), on=["center_id", "record_uid"], how="inner"
    )
    texts = rows.select(
        *_UNIT, "label", "place", shows=pl.lit("findings"), value=pl.format("{}: {}", "rule_id", "message")
    )
    return _as_texts(texts, members=members).drop("shows")


def unit_members(items: pl.DataFrame, *, directory: Directory, unit: str) -> pl.DataFrame:
    """Return the records that are looked at for every drawn record: itself and, for an agency, its counted children.

    Edited service-at-site rows belong to the bundle whether or not the center counts them as records.
    """
    drawn = items.select("center_id", unit_uid="record_uid").unique()
    columns = [
        "center_id",
        "record_uid",
        "agency_uid",
        "kind",
        "name",
        "aka",
        "description",
        "hours",
        "is_confidential_place",
        pl.col("withheld_reason").is_not_null().alias("is_withheld"),
    ]
    tables = directory.tables()
    kinds = [kind.value for kind in RecordKind] if unit == RecordKind.AGENCY.value else [unit]
    records = pl.concat(
        [
            tables[kind]
            .filter(_belongs(kind))
            .with_columns(agency_uid=pl.col("record_uid") if kind == RecordKind.AGENCY.value else pl.col("agency_uid"))
            .select(columns)
            for kind in kinds
        ]
    ).with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    owner = "agency_uid" if unit == RecordKind.AGENCY.value else "record_uid"
    is_unit = pl.col("record_uid") == pl.col("unit_uid")
    return (
        drawn.join(
            records.with_columns(unit_uid=pl.col(owner)).unique(
                ["center_id", "kind", "record_uid"], maintain_order=True
            ),
            on=list(_UNIT),
            how="inner",
        )
        .with_columns(label=pl.when(~is_unit).then(pl.col("name").fill_null("(no name)")))
        .with_columns(place=pl.when(is_unit).then(-1).otherwise("place"))
        .sort(*_UNIT, "place", "record_uid")
    )


def _belongs(kind: str) -> pl.Expr:
    """Tell whether a record is looked at: counted ones, and active service-at-site rows with content of their own."""
    if kind != RecordKind.SERVICE_AT_SITE.value:
        return pl.col("is_counted")
    is_edited = pl.col("not_counted_reason").fill_null("") == NotCountedReason.EDITED_SERVICE_AT_SITE.value
    is_active = pl.col("status").is_in([status.value for status in COUNTED_STATUSES])
    return pl.col("is_counted") | (is_edited & is_active & ~pl.col("link_only"))


def _names(members: pl.DataFrame) -> pl.DataFrame:
    is_unit = pl.col("record_uid") == pl.col("unit_uid")
    also = pl.when(pl.col("aka").list.len() > 0).then(pl.format("also: {}", pl.col("aka").list.join("; ")))
    rows = members.filter(is_unit | (pl.col("kind") == RecordKind.SITE.value))
    return pl.concat(
        [
            _value_rows(rows.with_columns(label=pl.when(~is_unit).then(pl.lit("site"))), "name", pl.col("name")),
            _value_rows(rows.filter(is_unit), "name", also),
        ]
    )


def _phones(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    phones = directory.phone.rename({"label": "number_label"}).join(
        _owners(members), on=["center_id", "owner_kind", "owner_uid"], how="inner"
    )
    is_hidden = pl.col("is_private") | pl.col("is_withheld")
    return _value_rows(phones, "phones", pl.when(is_hidden).then(pl.lit(WITHHELD)).otherwise(phone_text()))


def _addresses(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    is_secret = pl.col("is_private") | pl.col("is_confidential_place")
    # The same place under another record of the center would give a secret address away.
    is_same_place = (is_secret & pl.col("address_key").is_not_null()).any().over("center_id", "address_key")
    addresses = (
        _all_addresses(directory)
        .with_columns(is_hidden=is_secret | is_same_place | pl.col("is_withheld"))
        .join(
            _owners(members).drop("is_withheld", "is_confidential_place"),
            on=["center_id", "owner_kind", "owner_uid"],
            how="inner",
        )
    )
    written = pl.concat_str(
        "line1",
        "line2",
        "city",
        pl.concat_str("state", "postal_code", separator=" ", ignore_nulls=True),
        separator=", ",
        ignore_nulls=True,
    )
    is_mailing = pl.col("address_kind") == AddressKind.MAILING.value
    text = pl.when(pl.col("is_hidden")).then(pl.lit(WITHHELD)).otherwise(written.str.strip_chars(" ,"))
    return _value_rows(addresses, "address", pl.when(is_mailing).then(pl.format("mail: {}", text)).otherwise(text))


def _all_addresses(directory: Directory) -> pl.DataFrame:
    """Return the delivered addresses of the whole directory with the flags of their owners."""
    owners = directory.records().select(
        "center_id",
        "is_confidential_place",
        owner_kind="kind",
        owner_uid="record_uid",
        is_withheld=pl.col("withheld_reason").is_not_null(),
    )
    return (
        directory.address.filter(pl.col("origin") == Origin.DELIVERED.value)
        .join(
            owners.unique(["center_id", "owner_kind", "owner_uid"], keep="first", maintain_order=True),
            on=["center_id", "owner_kind", "owner_uid"],
            how="left",
        )
        .with_columns(pl.col("is_confidential_place", "is_withheld").fill_null(value=False))
    )


def _owners(members: pl.DataFrame) -> pl.DataFrame:
    return members.select(
        *_UNIT,
        "label",
        "place",
        "is_withheld",
        "is_confidential_place",
        owner_kind="kind",
        owner_uid="record_uid",
    )


def _texts(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """Return hours and descriptions of all records, and the fields that only services have."""
    services = members.filter(pl.col("kind").is_in([RecordKind.SERVICE.value, RecordKind.SERVICE_AT_SITE.value])).join(
        pl.concat(
            [
                table.select(
                    "center_id",
                    "record_uid",
                    "kind",
                    "eligibility",
                    "fees",
                    "intake",
                    area=pl.coalesce(
                        "area_served",
                        pl.when(pl.col("area_served_units").list.len() > 0).then(
                            pl.col("area_served_units").list.join("; ")
                        ),
                    ),
                )
                for table in (directory.service, directory.service_at_site)
            ]
        ).unique(["center_id", "kind", "record_uid"], keep="first", maintain_order=True),
        on=["center_id", "kind", "record_uid"],
        how="inner",
    )
    return pl.concat(
        [_value_rows(members, name, pl.col(name)) for name in ("hours", "description")]
        + [_value_rows(services, name, pl.col(name)) for name in ("eligibility", "fees", "intake", "area")]
    )


def _services(members: pl.DataFrame) -> pl.DataFrame:
    services = members.filter(pl.col("kind") == RecordKind.SERVICE.value)
    return _value_rows(services.with_columns(label=pl.lit(None, dtype=pl.String)), "services", pl.col("name"))


def _terms(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    links = directory.taxonomy_link.filter(~pl.col("is_repeated")).join(
        _owners(members).filter(pl.col("owner_kind") == RecordKind.SERVICE.value),
        on=["center_id", "owner_kind", "owner_uid"],
        how="inner",
    )
    text = pl.concat_str("link_written", pl.format(" {}", "term"), ignore_nulls=True)
    return _value_rows(links, "terms", text)


def _without_private(values: pl.DataFrame, private: PrivateValues) -> pl.DataFrame:
    """Return the values with `withheld` in place of what repeats a private value; names and addresses have rules of their own."""
    asked = values.filter(pl.col("shows").is_in(_SEARCHED)).get_column("value").drop_nulls().unique().sort()
    cleaned = clean_texts(asked.filter(suspected_texts(asked, private)), private)
    told = {text: WITHHELD if left is None else f"{left} [{WITHHELD}]" for text, (_, left) in cleaned.items()}
    searched = pl.col("value").replace(list(told), list(told.values()))
    return values.with_columns(value=pl.when(pl.col("shows").is_in(_SEARCHED)).then(searched).otherwise("value"))


def _value_rows(rows: pl.DataFrame, shows: str, value: pl.Expr) -> pl.DataFrame:
    return rows.select(*_UNIT, "label", "place", shows=pl.lit(shows), value=value.str.strip_chars()).filter(
        pl.col("value").is_not_null() & (pl.col("value") != "")
    )


def _as_texts(values: pl.DataFrame, *, members: pl.DataFrame, is_complete: bool = False) -> pl.DataFrame:
    """Return one text per drawn record and kind of value: a line per distinct value, with the records that have it."""
    services = members.group_by(_UNIT).agg(
        service_count=(pl.col("label").is_not_null() & (pl.col("kind") == RecordKind.SERVICE.value))
        .sum()
        .cast(pl.Int64)
    )
    labels = pl.col("label").drop_nulls().unique(maintain_order=True)
    # Counts are unsigned: cast before subtracting.
    more = labels.len().cast(pl.Int64) - _LABELS_SHOWN
    lines = (
        values.sort(*_UNIT, "shows", "place", "value", "label", nulls_last=False)
        .group_by(*_UNIT, "shows", "value", maintain_order=True)
        .agg(
            has_unit=pl.col("label").is_null().any(),
            labels=labels.head(_LABELS_SHOWN).str.join(", "),
            more=more,
            owner_count=pl.col("place").n_unique().cast(pl.Int64),
        )
        .join(services, on=_UNIT, how="left", maintain_order="left")
        .with_columns(line=pl.concat_str("value", _owners_text(), ignore_nulls=True))
    )
    if is_complete:
        return (
            lines.group_by(*_UNIT, "shows", maintain_order=True)
            .agg(text=pl.col("line").str.join("\n"))
            .sort(*_UNIT, "shows")
        )
    hidden = pl.len().cast(pl.Int64) - _VALUES_SHOWN
    return (
        lines.with_columns(line=_shortened("line", length=_TEXT_LENGTH // 2))
        .group_by(*_UNIT, "shows", maintain_order=True)
        .agg(text=pl.col("line").head(_VALUES_SHOWN).str.join("\n"), hidden=hidden)
        .with_columns(
            text=pl.concat_str(
                _shortened("text", length=_TEXT_LENGTH),
                pl.when(pl.col("hidden") > 0).then(pl.format("\n… and {} more", "hidden")),
                ignore_nulls=True,
            )
        )
        .drop("hidden")
        .sort(*_UNIT, "shows")
    )


def _owners_text() -> pl.Expr:
    """Return the records that have a value, in brackets; nothing when the drawn record itself has it."""
    is_of_services = pl.col("shows").is_in(_SERVICE_VALUES)
    is_of_all = is_of_services & (pl.col("owner_count") == pl.col("service_count"))
    named = pl.concat_str(
        pl.lit(" ["),
        "labels",
        pl.when(pl.col("more") > 0).then(pl.format(" and {} more", "more")),
        pl.lit("]"),
        ignore_nulls=True,
    )
    return (
        pl.when(pl.col("has_unit") | (pl.col("labels") == ""))
        .then(None)
        .when(is_of_all & (pl.col("service_count") == 1))
        .then(None)
        .when(is_of_all)
        .then(pl.format(" [all {} services]", "service_count"))
        .otherwise(named)
    )


def _shortened(column: str, *, length: int) -> pl.Expr:
    return (
        pl.when(pl.col(column).str.len_chars() > length)
        .then(pl.concat_str(pl.col(column).str.head(length), pl.lit(_CUT)))
        .otherwise(column)
    )
