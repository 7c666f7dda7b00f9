"""The facts known about two real exports, each measured: docs/known_answers.toml says where each one shows up."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.zip_reference import read_zip_reference
from pipeline.normalize.directory import normalize_delivery
from pipeline.validate.records import validate_directory
from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.parameters import FreshnessRule, NormalizeParameters, ValidateParameters
from schemas.reference import References
from tests.real_exports import normalize_once, read_once, validate_once

FACTS = tomllib.loads((Path(__file__).resolve().parents[2] / "docs" / "known_answers.toml").read_text(encoding="utf-8"))

EXPORTS = {
    "dc211": ("dc211/dc211_export.csv", date(2014, 4, 9)),
    "miami211": ("miami211", date(2019, 8, 18)),
}


@dataclass(frozen=True)
class Read:
    """One export, read, normalized and asked all rules."""

    delivered: Delivered
    directory: Directory
    notes: pl.DataFrame
    findings: pl.DataFrame

    @property
    def records(self) -> pl.DataFrame:
        """Delivered agencies, sites and services with all their columns."""
        tables = (self.directory.agency, self.directory.site, self.directory.service)
        return pl.concat(tables, how="diagonal").filter(pl.col("origin") == "delivered")

    def kind(self, kind: str) -> int:
        return self.records.filter(pl.col("kind") == kind).height

    def status(self, status: str) -> int:
        return self.records.filter(pl.col("status") == status).height

    def noted(self, note_kind: str, field: str) -> pl.DataFrame:
        return self.notes.filter((pl.col("note_kind") == note_kind) & (pl.col("field") == field))

    def rule(self, rule_id: str, kind: str | None = None) -> pl.DataFrame:
        found = self.findings.filter(pl.col("rule_id") == rule_id)
        return found if kind is None else found.filter(pl.col("kind") == kind)

    def zips(self, pattern: str) -> int:
        return self.directory.address["postal_code"].drop_nulls().str.contains(pattern).sum()


def read(path: Path, center_id: str, as_of: date, *, references: References | None = None) -> Read:
    delivered = read_once(path, center_id)
    if references is None:
        normalized = normalize_once(path, center_id)
        return Read(delivered, normalized.directory, normalized.notes, validate_once(path, center_id, as_of).findings)
    normalized = normalize_delivery(delivered, parameters=NormalizeParameters(), references=references)
    validation = validate_directory(
        normalized.directory,
        notes=normalized.notes,
        carried={center_id: delivered.carried},
        as_of=as_of,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
        references=references,
    )
    return Read(delivered, normalized.directory, normalized.notes, validation.findings)


@pytest.fixture(scope="module")
def exports(shared: Path) -> dict[str, Read]:
    found = {center: read(shared / "data" / path, center, day) for center, (path, day) in EXPORTS.items()}
    path, day = EXPORTS["dc211"]
    zips = References(zips=read_zip_reference(shared / "data" / "zips" / "us_zips.csv"))
    return found | {"dc211 with a ZIP table": read(shared / "data" / path, "dc211", day, references=zips)}


def since_a_year(records: pl.DataFrame, column: str) -> int:
    # As the fact was counted: 365 days back from the latest date of the same column.
    return records.filter(pl.col(column) >= pl.col(column).max() - pl.duration(days=365)).height


def html_tags(one: Read) -> int:
    return one.noted("html_removed", "description")["value_written"].str.contains("</?[a-zA-Z][^<>]*>").sum()


def service_streets(one: Read) -> int:
    owned = one.directory.address.filter(
        (pl.col("owner_kind") == "service") & (pl.col("address_kind") == "physical") & pl.col("line1").is_not_null()
    )
    return owned["owner_uid"].n_unique()


def uncoded(one: Read) -> int:
    active = one.directory.service.filter(pl.col("status").is_in(["active", "active_do_not_refer"]))
    links = one.directory.taxonomy_link
    return active.join(links, left_on="record_uid", right_on="owner_uid", how="anti").height


def childless(one: Read) -> int:
    return one.directory.agency.join(
        one.directory.service, left_on="record_uid", right_on="agency_uid", how="anti"
    ).height


def codes(one: Read) -> int:
    links = one.directory.taxonomy_link
    assert one.rule("TAX-002").is_empty()
    return links.height + links["target_code"].count() + int(links["joined_codes"].list.len().sum())


def joined(one: Read) -> int:
    return one.directory.taxonomy_link["link_written"].str.contains("*", literal=True).sum()


def bare_n11(one: Read) -> int:
    phones = one.directory.phone.filter(pl.col("number_written").str.contains("^[0-9]{3}$"))
    assert not set(phones["number_written"]) & set(one.rule("FMT-001")["value"])
    return phones["short_code"].count()


def dates_without_message(one: Read) -> int:
    rows = one.delivered.record
    filled = [pl.col(name).str.strip_chars() != "" for name in ("alert_from_on", "alert_to_on")]
    without = rows.filter(pl.any_horizontal(filled) & (pl.col("alert").str.strip_chars() == ""))
    numbers = without.select(native_id=pl.col("native_id").str.strip_chars(), kind="kind")
    alerts = one.records.filter(pl.col("alert").is_not_null())
    assert alerts.join(numbers, on=["native_id", "kind"], how="semi").is_empty()
    return without.height


def written_breaks(one: Read) -> int:
    services = one.directory.service
    assert not services["description"].str.contains("\\n", literal=True).any()
    return services["description_written"].str.contains("\\n", literal=True).sum()


def blank_statuses(one: Read) -> int:
    (told,) = one.rule("ID-004", "load").filter(pl.col("field") == "service.status")["value"]
    assert told == "blank in all 4089 services"
    assert one.rule("ID-004", "service").is_empty()
    return one.directory.service.filter(pl.col("status") == "unknown").height


def cut_descriptions(one: Read) -> int:
    cut = one.noted("cut_text", "description").height
    assert one.rule("FMT-061").select("kind", "field", "value").rows() == [
        ("load", "description", f"{cut} texts end at 255 characters")
    ]
    return cut


def repaired_zips(pattern: str) -> Callable[[Read], int]:
    return lambda one: one.zips(pattern)


#: Facts that show up only when the center points to a table of ZIP codes.
NEEDS_ZIPS = frozenset({"dc-coverage-counties"})

MEASURES: dict[str, Callable[[Read], int]] = {
    "dc-rows": lambda one: one.delivered.rows_read - one.delivered.rows_rejected,
    "dc-agencies": lambda one: one.kind("agency"),
    "dc-services": lambda one: one.kind("service"),
    "dc-sites": lambda one: one.kind("site"),
    "dc-active": lambda one: one.status("active"),
    "dc-inactive": lambda one: one.status("inactive"),
    "dc-do-not-refer": lambda one: one.status("active_do_not_refer"),
    "dc-blank-status": lambda one: one.rule("ID-004").height,
    "dc-county-minus-one": lambda one: (
        one.directory.address.filter((pl.col("county_written") == "-1") & pl.col("county").is_null()).height
    ),
    "dc-zero-parent": lambda one: one.directory.agency["parent_uid"].null_count(),
    "dc-orphans": lambda one: one.rule("ID-002").height,
    "dc-html": html_tags,
    "dc-cut": cut_descriptions,
    "dc-zip-four-digits": repaired_zips("^7930$"),
    "dc-zip-six-digits": repaired_zips("^[0-9]{6}$"),
    "dc-zip-several": lambda one: one.rule("FMT-020")["value"].str.contains(",.*,").sum(),
    "dc-spreadsheet-zero": lambda one: (
        one.records.filter(
            pl.col("created_on_written").str.starts_with("1899-12-30") & pl.col("created_on").is_null()
        ).height
    ),
    "dc-urls": lambda one: one.records["url_written"].count(),
    "dc-urls-without-scheme": lambda one: (
        one.records.filter(~pl.col("url_written").str.strip_chars().str.contains("(?i)^https?://")).height
    ),
    "dc-two-emails": lambda one: one.noted("several_values", "email").height,
    "dc-verified": lambda one: one.records["verified_on"].count(),
    "dc-edited": lambda one: one.records["edited_on"].count(),
    "dc-verified-in-the-last-year": lambda one: since_a_year(one.records, "verified_on"),
    "dc-edited-in-the-last-year": lambda one: since_a_year(one.records, "edited_on"),
    "dc-verified-after-edited": lambda one: one.records.filter(pl.col("verified_on") > pl.col("edited_on")).height,
    "dc-no-privacy-flag": lambda one: len(
        one.delivered.carried & {f"{table}.is_private" for table in ("address", "phone", "contact")}
    ),
    "dc-own-street": service_streets,
    "dc-trailing-blanks": lambda one: one.records["accessibility"].drop_nulls().str.contains(r"^\s|\s$").sum(),
    "dc-quadrants": lambda one: one.records.filter(pl.col("accessibility") == "NW").height,
    "dc-coverage": lambda one: one.records["area_served_units"].list.first().drop_nulls().str.starts_with("MD -").sum(),
    "dc-coverage-counties": lambda one: one.rule("FMT-051").height,
    "dc-hours": lambda one: one.directory.schedule["owner_uid"].n_unique(),
    "dc-excluded": lambda one: one.records["exclude_from_website"].fill_null(value=False).sum(),
    "dc-unclear-flag": lambda one: (
        one.rule("PRV-001")["record_uid"].n_unique()
        or one.records.filter(pl.col("withheld_reason") == "flag_unclear").height
    ),
    "dc-nameless": lambda one: one.records["name"].null_count(),
    "dc-childless": childless,
    "dc-active-under-inactive": lambda one: one.rule("ID-005").height,
    "dc-uncoded": uncoded,
    "dc-coded-rows": lambda one: one.directory.taxonomy_link["owner_uid"].n_unique(),
    "dc-links": lambda one: one.directory.taxonomy_link.height,
    "dc-distinct-links": lambda one: one.directory.taxonomy_link["link_written"].n_unique(),
    "dc-joined-links": joined,
    "dc-codes": codes,
    "dc-repeated-links": lambda one: one.directory.taxonomy_link.filter("is_repeated")["owner_uid"].n_unique(),
    "dc-phones": lambda one: one.directory.phone.height,
    "dc-n11": bare_n11,
    "dc-coordinates": lambda one: one.directory.address["latitude"].drop_nulls().n_unique(),
    "dc-alerts": dates_without_message,
    "miami-organizations": lambda one: one.kind("agency"),
    "miami-services": lambda one: one.kind("service"),
    "miami-locations": lambda one: one.kind("site"),
    "miami-links": lambda one: one.directory.taxonomy_link.height,
    "miami-schedules": lambda one: one.delivered.schedule.height,
    "miami-orphan-locations": lambda one: one.rule("ID-002", "site").height,
    "miami-orphan-services": lambda one: one.rule("ID-002", "service").height,
    "miami-phones": lambda one: one.directory.phone.height,
    "miami-blank-status": blank_statuses,
    "miami-line-breaks-services": written_breaks,
    "miami-line-breaks-organizations": lambda one: (
        one.rule("FMT-060", "agency").filter(pl.col("severity") == "info").height
    ),
    "miami-markers": lambda one: one.directory.service["description"].str.contains("###").sum(),
    "miami-extensions": lambda one: one.noted("extension_in_number", "phone.number").height,
    "miami-no-dates": lambda one: one.findings.filter(pl.col("rule_id").str.starts_with("FRE")).height,
    "miami-repeated-terms": lambda one: one.directory.taxonomy_link.height - 26259,
}


def test_every_fact_is_measured() -> None:
    """A fact that nobody measures is only a claim."""
    ids = [fact["id"] for fact in FACTS["fact"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(MEASURES)


@pytest.mark.real_data
@pytest.mark.parametrize("fact", FACTS["fact"], ids=lambda fact: fact["id"])
def test_the_fact_shows_up_where_the_page_says(exports: dict[str, Read], fact: dict) -> None:
    """If this fails, docs/known-answers.md tells something about a real export that is not so."""
    export = "dc211 with a ZIP table" if fact["id"] in NEEDS_ZIPS else fact["export"]
    assert MEASURES[fact["id"]](exports[export]) == fact["count"], fact["fact"]
