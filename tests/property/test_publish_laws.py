"""Laws of the public package, for any directory."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.publish.hsds import RECORD_TABLES, HsdsPackage, export_hsds
from pipeline.publish.search_files import find_in_files
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.enumerations import Status, WithheldReason
from schemas.export_parameters import ExportParameters
from schemas.hsds_tables import hsds_tables
from schemas.identity import dependent_uid, record_uid
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
SCHEMAS = {name: schema_of(model) for name, model in CORE_TABLES.items()}
LAWS = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

statuses = st.sampled_from([Status.ACTIVE] * 5 + list(Status)).map(str)
withheld = st.sampled_from([None] * 6 + [str(reason) for reason in WithheldReason])
texts = st.sampled_from(
    [None, "", "Plain text.", "Call 217-555-0142 now. Open daily.", "At 12 Oak Street.", 'Odd, "text"\r\n']
)
numbers = st.sampled_from(["217-555-0142", "2175550143", "911", "none"])


def base(kind: str, number: int, draw: st.DrawFn, center: str) -> dict[str, Any]:
    """What all records share."""
    status = draw(statuses)
    return {
        "center_id": center,
        "kind": kind,
        "native_id": str(number),
        "record_uid": record_uid(center, kind, str(number)),
        "origin": draw(st.sampled_from(["delivered", "delivered", "derived"])) if kind == "site" else "delivered",
        "name": draw(st.sampled_from([f"{kind} {number}", None, "Oak House"])),
        "description": draw(texts),
        "status": status,
        "is_counted": status in ("active", "active_do_not_refer", "temporarily_closed"),
        "not_counted_reason": draw(st.sampled_from([None, None, None, "other_owner"])),
        "withheld_reason": draw(withheld),
        "is_confidential_place": draw(st.sampled_from([False] * 5 + [True])),
        "email": draw(st.sampled_from([None, "x@example.org", "bad"])),
        "verified_on": draw(st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 1)])),
    }


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """A small directory of two centers in which anything may be private, missing or inactive."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for center in ("c1", "c2"):
        agencies = draw(st.integers(0, 3))
        parents = st.sampled_from([*range(agencies), 99])
        for number in range(agencies):
            row = base("agency", number, draw, center)
            rows["agency"].append({**row, "agency_uid": row["record_uid"]})
        sites, services = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        for kind, count in (("site", sites), ("service", services)):
            for number in range(count):
                row = base(kind, number, draw, center)
                agency = str(draw(parents))
                row |= {"agency_uid": record_uid(center, "agency", agency), "agency_native_id": agency}
                if kind == "site":
                    row |= {
                        "location_type": "physical",
                        "is_address_private": draw(st.booleans()),
                        "line1": draw(st.sampled_from(["12 Oak Street", "14 Elm Rd", None])),
                        "city": "Springfield",
                        "state": "IL",
                        "postal_code": draw(st.sampled_from(["62701", None])),
                        "latitude": 39.8,
                        "longitude": -89.6,
                    }
                rows[kind].append(row)
        for number in range(draw(st.integers(0, 4))):
            row = base("service_at_site", number, draw, center)
            service, site = draw(st.integers(0, 3)), draw(st.integers(0, 3))
            rows["service_at_site"].append(
                {
                    **row,
                    "link_only": draw(st.booleans()),
                    "service_uid": record_uid(center, "service", str(service)),
                    "site_uid": record_uid(center, "site", str(site)),
                }
            )
        for number in range(draw(st.integers(0, 5))):
            owner_kind, owner = draw(st.sampled_from(["agency", "site", "service"])), str(draw(st.integers(0, 3)))
            shared = {
                "center_id": center,
                "origin": "delivered",
                "owner_kind": owner_kind,
                "owner_uid": record_uid(center, owner_kind, owner),
                "slot": str(number),
            }
            written = draw(numbers)
            digits = "".join(character for character in written if character.isdigit())
            rows["phone"].append(
                {
                    **shared,
                    "record_uid": dependent_uid(center, "phone", owner_kind, owner, str(number)),
                    "number_written": written,
                    "e164": f"+1{digits}" if len(digits) == 10 else None,
                    "is_private": draw(st.booleans()),
                }
            )
            rows["taxonomy_link"].append(
                {
                    **shared,
                    "record_uid": dependent_uid(center, "taxonomy_link", owner_kind, owner, str(number)),
                    "code": draw(st.sampled_from(["BD", "BD-1800", "YB-8000", "bad"])),
                    "link_written": "x",
                    "is_repeated": False,
                }
            )
    return as_directory(rows)


def as_directory(rows: dict[str, list[dict[str, Any]]]) -> Directory:
    """The rows as typed tables."""
    tables = {}
    for name, schema in SCHEMAS.items():
        blank = {column: [] if isinstance(dtype, pl.List) else None for column, dtype in schema.items()}
        tables[name] = pl.DataFrame([{**blank, **row} for row in rows[name]], schema=schema)
    return Directory(**tables)


def package_of(directory: Directory) -> HsdsPackage:
    """The package with the settings a center starts from."""
    return export_hsds(
        directory,
        findings=empty_table(Finding),
        as_of=AS_OF,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        run_id="run",
    )


@LAWS
@given(directories())
def test_every_record_is_written_or_listed(directory):
    """Records would vanish between the center and the state without anybody seeing it."""
    package = package_of(directory)
    for kind, table in RECORD_TABLES.items():
        delivered = set(directory.tables()[kind].select("center_id", "record_uid").iter_rows())
        left_out = set(package.withheld.filter(pl.col("kind") == kind).select("center_id", "record_uid").iter_rows())
        assert left_out <= delivered
        assert set(package.tables[table]["id"]) == {uid for _, uid in delivered - left_out}
        assert package.tables[table].height + len(left_out) == len(delivered)


@LAWS
@given(directories())
def test_every_package_passes_its_preflight(directory):
    """One odd record would stop the whole export: references, required cells, ids and formats must hold always."""
    package = package_of(directory)
    assert package.preflight.errors == ()
    for name, table in hsds_tables().items():
        for column in table.columns:
            if column.refers_to is not None:
                values = set(package.tables[name][column.name].drop_nulls())
                assert values <= set(package.tables[column.refers_to]["id"])


@LAWS
@given(directories())
def test_no_package_holds_a_private_value(directory):
    """Somebody in hiding could be found."""
    package = package_of(directory)
    with TemporaryDirectory() as folder:
        package.write_files(Path(folder))
        assert find_in_files(Path(folder), package.private_values) == {}
    private = directory.phone.filter("is_private")
    public = directory.phone.filter(~pl.col("is_private"))
    everywhere = str([frame.to_dicts() for frame in package.tables.values()])
    digits = "".join(character for character in everywhere if character.isdigit() or character == ",")
    for number in set(private["e164"].drop_nulls()) - set(public["e164"].drop_nulls()):
        assert number[2:] not in digits


@LAWS
@given(directories(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(directory, random):
    """A reshuffled export would look changed to every receiver."""
    shuffled = {}
    for name, table in directory.tables().items():
        places = list(range(table.height))
        random.shuffle(places)
        shuffled[name] = table[places] if places else table
    first, second = package_of(directory), package_of(Directory(**shuffled))
    for name, frame in first.tables.items():
        assert_frame_equal(frame, second.tables[name])
    assert_frame_equal(first.withheld, second.withheld)
    assert first.removed_values == second.removed_values
