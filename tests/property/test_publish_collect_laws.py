"""Law of collecting private values part by part: the same as of the whole, however whole families are put into parts, in any order."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.publish.collect_private import collect_from_parts, collect_private_values
from pipeline.publish.public_records import KEY, Selection, select_public
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.identity import dependent_uid, record_uid
from schemas.quality import Finding

SCHEMAS = {name: schema_of(model) for name, model in CORE_TABLES.items()}
RECORDS = ("agency", "site", "service", "service_at_site")
LAWS = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# Few values, so that one is private here and public there.
rarely = st.sampled_from([False, False, False, True])
persons = st.sampled_from(
    [None, None, "Jane Doe", "Dr. Jane Q. Doe, MSW", "Roe, John", "Ann and Bob Lee", "Front Desk"]
)
names = st.sampled_from([None, "Pantry", "Shelter", "Jane Doe House", "John Roe Center", "Roe John Annex"])
emails = st.sampled_from(
    [None, None, "jane.doe@a.example", "Desk <desk@a.example>", "desk@a.example; roe@b.example", "John.Roe@b.example"]
)
numbers = st.sampled_from(
    ["217-555-0142", "(217) 555-0142 ext. 5", "309-555-0143", "555-0142", "1-800-273-TALK", "800.273.talk", "none"]
)
streets = st.sampled_from(
    [
        {},
        {"line1": "12 Oak Street", "city": "Springfield"},
        {"line1": "12 Oak St., Suite 5", "city": "Springfield", "postal_code": "62701"},
        {"line1": "Oak House", "line2": "12 N Oak St", "postal_code": "62701"},
        {"line1": "14 Elm Road", "city": "Peoria"},
        {"line1": "14-16 Elm Rd", "city": "Peoria"},
    ]
)
spots = st.sampled_from(
    [{}, {"latitude": 39.81234, "longitude": -89.61234}, {"latitude": 40.71239, "longitude": -89.5}]
)  # fmt: skip


def record(draw: st.DrawFn, center: str, kind: str, number: int) -> dict[str, Any]:
    """What all records share."""
    return {
        "center_id": center,
        "kind": kind,
        "native_id": str(number),
        "record_uid": record_uid(center, kind, str(number)),
        "origin": "delivered",
        "name": draw(names),
        "status": "inactive" if draw(rarely) else "active",
        "withheld_reason": "excluded_from_website" if draw(rarely) else None,
        "is_confidential_place": draw(rarely) and draw(rarely),
        "email": draw(emails),
        "email_written": draw(emails),
        "verified_by": draw(persons),
        "verified_by_email": draw(emails),
        "curator": draw(persons) if draw(rarely) else None,
    }


def owned(draw: st.DrawFn, center: str, table: str, kind: str, owner: int, slot: int) -> dict[str, Any]:
    """One row that belongs to a record."""
    shared = {
        "center_id": center,
        "origin": "delivered",
        "owner_kind": kind,
        "owner_uid": record_uid(center, kind, str(owner)),
        "record_uid": dependent_uid(center, table, kind, str(owner), str(slot)),
        "slot": str(slot),
        "is_private": draw(rarely),
    }
    if table == "contact":
        return {**shared, "name": draw(persons), "email": draw(emails), "phone": draw(st.none() | numbers)}
    if table == "address":
        return {**shared, **draw(streets), **draw(spots)}
    written = draw(numbers)
    digits = "".join(sign for sign in written.partition("ext")[0] if sign.isdigit())
    return {
        **shared,
        "number_written": written,
        "e164": f"+1{digits}" if len(digits) == 10 else None,
        "extension": draw(st.sampled_from([None, None, "5"])),
    }


@st.composite
def parted(draw: st.DrawFn) -> tuple[list[dict[str, list[dict[str, Any]]]], list[int]]:
    """Agencies with everything below them, and the block of each: agencies that a link ties are in one block."""
    families: list[dict[str, list[dict[str, Any]]]] = []
    count = draw(st.integers(1, 6))
    blocks = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    for number in range(count):
        center = draw(st.sampled_from(["c1", "c1", "c2"]))
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        agency = record_uid(center, "agency", str(number))
        rows["agency"].append({**record(draw, center, "agency", number), "agency_uid": agency})
        kinds = [kind for kind in ("site", "service") if draw(st.booleans())]
        for kind in kinds:
            row = {**record(draw, center, kind, number), "agency_uid": agency, "agency_native_id": str(number)}
            if kind == "site":
                row |= {"is_address_private": draw(rarely), **draw(streets), **draw(spots)}
            rows[kind].append(row)
        for table in ("phone", "contact", "address"):
            for slot in range(draw(st.integers(0, 2))):
                rows[table].append(owned(draw, center, table, draw(st.sampled_from(["agency", *kinds])), number, slot))
        families.append(rows)
    for slot in range(draw(st.integers(0, 2))):
        one, other = draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))
        services, sites = families[one]["service"], families[other]["site"]
        if services and sites and services[0]["center_id"] == sites[0]["center_id"]:
            blocks = [blocks[one] if block == blocks[other] else block for block in blocks]
            ends = {"service_uid": services[0]["record_uid"], "site_uid": sites[0]["record_uid"], "link_only": False}
            center = services[0]["center_id"]
            link = {**record(draw, center, "service_at_site", slot), "agency_uid": services[0]["agency_uid"]}
            families[one]["service_at_site"].append({**link, **ends})
    return families, blocks


def as_directory(families: list[dict[str, list[dict[str, Any]]]]) -> Directory:
    """The rows of families as typed tables."""
    tables = {}
    for name, schema in SCHEMAS.items():
        blank = {column: [] if isinstance(dtype, pl.List) else None for column, dtype in schema.items()}
        rows = [{**blank, **row} for family in families for row in family[name]]
        tables[name] = pl.DataFrame(rows, schema=schema)
    return Directory(**tables)


def verdicts_on(directory: Directory, selection: Selection) -> Selection:
    """The verdicts on the records of a part."""
    own = pl.concat([directory.tables()[kind].select(*KEY, "kind") for kind in RECORDS])
    return Selection(records=selection.records.join(own, on=[*KEY, "kind"], how="semi"))


@LAWS
@given(parted(), st.sampled_from([None, None, ["c1"]]), st.sampled_from([1, 4, 1000]), st.booleans())
def test_parts_hold_the_same_private_values_as_the_whole(drawn, center_ids, rows_at_once, last_first):
    """A value would be shown, or taken away, because of the block its agency happens to be in."""
    families, blocks = drawn
    whole = as_directory(families)
    selection = select_public(whole, findings=empty_table(Finding), center_ids=center_ids, withhold=True)
    directories = [
        as_directory([family for family, own in zip(families, blocks, strict=True) if own == block])
        for block in sorted(set(blocks), reverse=last_first)
    ]
    parts = [(directory, verdicts_on(directory, selection)) for directory in directories]
    assert collect_from_parts(lambda: parts, rows_at_once=rows_at_once) == collect_private_values(whole, selection)
