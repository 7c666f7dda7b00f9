"""What we export our own readers read, and everything that a format promises to carry comes back the same.

The columns that a format carries are listed here kind by kind; what is not listed stands in its table of losses (docs/exports.md).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.export_ground import ExportGround, read_export_ground
from flows.exports import ExportWish, run_export
from flows.settings import Resolved, Settings
from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.airs_parameters import AirsParameters
from schemas.directory import Directory
from schemas.parameters import IngestParameters, NormalizeParameters
from tests.export_center import ExportCenter
from tests.nights import MOMENT

AS_OF = date(2026, 11, 20)
TEXTS = ("name", "description", "url")
HSDS = {
    "agency": (*TEXTS, "email", "ein", "year_incorporated", "legal_status", "funding", "parent_uid", "verified_on", "edited_on"),
    "site": (
        *TEXTS, "agency_uid", "location_type", "latitude", "longitude", "transportation", "accessibility", "languages", "verified_on",
        "edited_on",
    ),
    "service": (
        *TEXTS, "agency_uid", "status", "eligibility", "minimum_age", "maximum_age", "documents", "intake", "wait_time",
        "accreditations", "languages", "area_served_units", "alert", "verified_on", "edited_on",
    ),
    "service_at_site": ("service_uid", "site_uid", "description", "verified_on", "edited_on"),
}  # fmt: skip
AIRS = {
    "agency": (
        "native_id", *TEXTS, "status", "record_owner", "ein", "year_incorporated", "legal_status", "tax_status", "created_on",
        "edited_on", "verified_on", "aka",
    ),
    "site": (*TEXTS, "agency_uid", "status", "hours", "languages", "accessibility", "transportation", "latitude", "longitude", "aka"),
    "service": (
        "native_id", "name", "agency_uid", "fees", "documents", "intake", "languages", "area_served_units", "minimum_age", "maximum_age",
    ),
}  # fmt: skip
CARRIED = {"hsds": HSDS, "hsds-json": HSDS, "airs": AIRS}
#: Values that a format tells under another one: a status that the receiver's list lacks.
STATUS = {"active_do_not_refer": "active"}


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> tuple[ExportCenter, Resolved, ExportGround]:
    """A night of an invented center and what may leave of it."""
    center = ExportCenter(tmp_path_factory.mktemp("round"), agencies=25, seed="round trip", as_of=AS_OF)
    center.night()
    settings = Settings(export_airs=AirsParameters(taxonomy_version="2026-01-01T00:00:00Z"))
    resolved = Resolved(settings=settings, base=center.folder, source=None)
    return (
        center,
        resolved,
        read_export_ground(resolved, place=center.workspace, center=None, as_of=None, withhold=True),
    )


def read_back(
    center: ExportCenter, resolved: Resolved, ground: ExportGround, target: str
) -> tuple[Directory, pl.DataFrame]:
    """The directory of our own export, and what was written into it (`kind`, `record_uid`)."""
    output = center.folder / target
    done = run_export(
        ground, ExportWish(target=target, output=output), resolved=resolved, place=center.workspace, moment=MOMENT
    )
    source: Path = output / "airs.xml" if target == "airs" else output
    delivered = read_export(source, center_id="one", parameters=IngestParameters(settle_seconds=0))
    assert delivered.rows_rejected == 0
    left_out = pl.DataFrame(
        [(entry["kind"], entry["record_uid"]) for entry in done.manifest.withheld],
        schema={"kind": pl.String, "record_uid": pl.String},
        orient="row",
    )
    return normalize_delivery(delivered, parameters=NormalizeParameters()).directory, left_out


def comparable(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """The columns as texts, lists in order, sorted by record."""
    texts = [
        (
            pl.col(name).list.unique().list.sort().list.join("; ")
            if frame.schema[name] == pl.List(pl.String)
            else pl.col(name)
        )
        .cast(pl.String)
        .alias(name)
        for name in columns
    ]
    told = frame.select("record_uid", *texts).sort("record_uid")
    return told.with_columns(pl.col("status").replace(STATUS)) if "status" in columns else told


@pytest.mark.parametrize("target", ["hsds", "hsds-json", "airs"])
def test_what_a_format_carries_comes_back(ground, target):
    """A partner who reads our export would see another directory than ours."""
    directory, left_out = read_back(*ground, target)
    public = ground[2].public.read(0)
    for kind, columns in CARRIED[target].items():
        sent = public.records()[kind].join(left_out.filter(pl.col("kind") == kind), on="record_uid", how="anti")
        back = directory.tables()[kind].filter(
            pl.col("origin") == "delivered" if target == "airs" else pl.lit(value=True)
        )
        written = comparable(sent, columns)
        read = comparable(back.join(sent, on="record_uid", how="semi"), columns)
        assert written["record_uid"].to_list() == read["record_uid"].to_list(), kind
        for column in columns:
            differing = [
                (uid, said, heard)
                for uid, said, heard in zip(written["record_uid"], written[column], read[column], strict=True)
                if said != heard
            ]
            assert not differing, (kind, column, len(differing), differing[:2])


@pytest.mark.parametrize("target", ["hsds", "hsds-json", "airs"])
def test_phones_codes_and_links_come_back(ground, target):
    directory, left_out = read_back(*ground, target)
    public = ground[2].public.read(0)
    gone = left_out.select(pl.col("kind").alias("owner_kind"), pl.col("record_uid").alias("owner_uid"))
    kinds = ["agency", "site", "service"] if target != "airs" else ["agency", "site"]

    def owned(frame: pl.DataFrame, *columns: pl.Expr | str) -> set[tuple]:
        theirs = frame.filter(pl.col("owner_kind").is_in(kinds)).join(gone, on=["owner_kind", "owner_uid"], how="anti")
        return set(theirs.select("owner_kind", "owner_uid", *columns).unique().iter_rows())

    numbers = pl.coalesce("e164", "short_code", "number_written").alias("number")
    assert owned(directory.phone, numbers) == owned(public.phone, numbers)
    if target != "airs":
        code = pl.col("code")
        valid = code.str.contains(r"^[A-Z](?:[A-Z](?:-[0-9]{4}(?:\.[0-9]{4}(?:-[0-9]{3}(?:\.[0-9]{2})?)?)?)?)?(?:-L)?$")
        assert owned(directory.taxonomy_link, code) >= owned(public.taxonomy_link.filter(valid), code)
    links = public.service_at_site.join(
        left_out.filter(pl.col("kind") == "service_at_site"), on="record_uid", how="anti"
    ).select("service_uid", "site_uid")
    back = directory.service_at_site.select("service_uid", "site_uid").unique()
    assert links.unique().join(back, on=["service_uid", "site_uid"], how="anti").is_empty()


def test_tables_and_json_say_the_same(ground):
    """Two roads to the statewide directory would lead to two directories."""
    tables, _ = read_back(*ground, "hsds")
    nested, _ = read_back(*ground, "hsds-json")
    for name, table in tables.tables().items():
        columns = [column for column in table.columns if column not in ("source_file", "source_line", "slot")]
        lists = [column for column in columns if table.schema[column] == pl.List(pl.String)]
        both = [
            frame.select(columns)
            .with_columns(pl.col(column).list.sort() for column in lists)
            .sort("record_uid", *(["owner_kind", "owner_uid"] if "owner_uid" in columns else []))
            for frame in (table, nested.tables()[name])
        ]
        assert both[0].equals(both[1]), name
