"""Duplicates planted in real directories: which kinds of damage the agency profile survives.

    python -m benchmarks.planted_duplicates

No labelled list of agencies is at hand. So agencies of a real export are copied, each copy damaged in one way, and the whole directory is
matched. Real damage comes mixed; read the table by row, not as one figure. Pairs called duplicates that were not planted are counted
apart: they may be mistakes or real duplicates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.ingest.read import read_export
from pipeline.match.agencies import match_agencies
from pipeline.normalize.directory import normalize_delivery
from schemas.directory import Directory
from schemas.match_parameters import MatchParameters
from schemas.parameters import NormalizeParameters

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
EXPORTS = {"dc211": SHARED / "dc211" / "dc211_export.csv", "miami211": SHARED / "miami211"}
COPIES = 25

Row = dict[str, Any]


def main() -> None:
    """Print one table per export."""
    print(f"\nPlanted duplicates, profile 'agency', {COPIES} copies per kind of damage: pairs by band")
    for center, path in EXPORTS.items():
        if not path.exists():
            print(f"{center}: not here, skipped")
            continue
        delivered = read_export(path, center_id=center)
        _report(center, normalize_delivery(delivered, parameters=NormalizeParameters()).directory)


def _report(center: str, directory: Directory) -> None:
    planted, truth = _plant(directory)
    matches = match_agencies(planted, parameters=MatchParameters())
    pairs = matches.pairs.select("uid_a", "uid_b", "band")
    found = truth.join(pairs, on=["uid_a", "uid_b"], how="left").with_columns(pl.col("band").fill_null("below"))
    per_record = matches.candidate_count / matches.entity_count
    print(
        f"{center}: {matches.entity_count} agencies, {matches.candidate_count} candidates ({per_record:.1f} per record)"
    )
    print(f"  {'damage':24}{'duplicate':>10}{'possible':>10}{'related':>10}{'below':>10}")
    for kind in DAMAGES:
        bands = found.filter(pl.col("kind") == kind)["band"].to_list()
        print(
            f"  {kind:24}"
            + "".join(f"{bands.count(band):>10}" for band in ("duplicate", "possible", "related", "below"))
        )
    called = pairs.filter(pl.col("band") == "duplicate")
    print(
        f"  called duplicates and not planted: {called.join(truth, on=['uid_a', 'uid_b'], how='anti').height} of {called.height}"
    )


def _plant(directory: Directory) -> tuple[Directory, pl.DataFrame]:
    """Return the directory with damaged copies of some agencies, and the planted pairs."""
    named = directory.agency.filter(pl.col("name").str.len_chars() > 8)
    chosen = sorted(named.to_dicts(), key=lambda row: hashlib.sha256(row["record_uid"].encode()).hexdigest())
    owners = directory.records().filter(pl.col("agency_uid").is_not_null())
    owner_of = dict(owners.select("record_uid", "agency_uid").iter_rows())
    phones = _owned(directory.phone, owner_of)
    addresses = _owned(directory.address, owner_of)
    agency: list[Row] = []
    phone: list[Row] = []
    address: list[Row] = []
    truth: list[tuple[str, str, str]] = []
    for number, row in enumerate(chosen[: COPIES * len(DAMAGES)]):
        kind = list(DAMAGES)[number % len(DAMAGES)]
        uid = row["record_uid"]
        copy = {"agency": [row], "phone": phones.get(uid, [])[:2], "address": addresses.get(uid, [])[:1]}
        damaged = DAMAGES[kind]({name: [dict(each) for each in rows] for name, rows in copy.items()})
        own = f"{uid}~copy"
        agency.extend(each | {"record_uid": own, "agency_uid": own, "name_key": None} for each in damaged["agency"])
        for rows, into in ((damaged["phone"], phone), (damaged["address"], address)):
            into.extend(
                each | {"record_uid": f"{each['record_uid']}~copy", "owner_kind": "agency", "owner_uid": own}
                for each in rows
            )
        truth.append((kind, *sorted((uid, own))))
    tables = directory.tables() | {
        "agency": _extended(directory.agency, agency),
        "phone": _extended(directory.phone, phone),
        "address": _extended(directory.address, address),
    }
    return Directory(**tables), pl.DataFrame(truth, schema=["kind", "uid_a", "uid_b"], orient="row")


def _owned(table: pl.DataFrame, owner_of: dict[str, str]) -> dict[str, list[Row]]:
    """Return the rows by agency, in order of their id."""
    rows: dict[str, list[Row]] = {}
    for row in table.sort("record_uid").iter_rows(named=True):
        rows.setdefault(owner_of.get(row["owner_uid"], ""), []).append(row)
    return rows


def _extended(table: pl.DataFrame, rows: list[Row]) -> pl.DataFrame:
    return pl.concat([table, pl.DataFrame(rows, schema=table.schema)])


def _slip(name: str, *, at: int) -> str:
    """Swap two letters in the middle of the longest word."""
    longest = max(name.split(), key=len)
    middle = max(1, len(longest) // 2 + at)
    swapped = (
        longest[: middle - 1] + longest[middle : middle + 1] + longest[middle - 1 : middle] + longest[middle + 1 :]
    )
    return name.replace(longest, swapped, 1)


def _cut(name: str) -> str:
    """Cut every word of more than seven letters to four and a dot."""
    return " ".join(f"{word[:4]}." if len(word) > 7 else word for word in name.split())


def _initials(name: str) -> str:
    small = {"of", "the", "and", "for", "in", "a", "at", "to", "inc", "inc.", "-", "&"}
    return "".join(
        word[0] for word in name.replace("-", " ").split() if word.lower() not in small and word[0].isalpha()
    ).upper()


def _renamed(copy: dict[str, list[Row]], new: Callable[[str], str], *, keeps_old: bool = False) -> dict[str, list[Row]]:
    row = copy["agency"][0]
    aka = [row["name"]] if keeps_old else []
    return copy | {"agency": [row | {"name": new(row["name"]), "aka": aka}]}


def _without(
    copy: dict[str, list[Row]], *, phone: bool = False, address: bool = False, web: bool = False
) -> dict[str, list[Row]]:
    changes: dict[str, list[Row]] = {}
    if phone:
        changes["phone"] = []
    if address:
        changes["address"] = []
    if web:
        changes["agency"] = [copy["agency"][0] | {"url": None, "url_domain_key": None, "email": None}]
    return copy | changes


def _other_phone(copy: dict[str, list[Row]]) -> dict[str, list[Row]]:
    number = int(hashlib.sha256(copy["agency"][0]["record_uid"].encode()).hexdigest(), 16) % 10_000_000
    return copy | {
        "phone": [row | {"e164": f"+1999{number:07}", "number_written": f"999{number:07}"} for row in copy["phone"][:1]]
    }


def _other_address(copy: dict[str, list[Row]]) -> dict[str, list[Row]]:
    moved = {
        "line1": "9999 Planted Way",
        "house_number_key": "9999",
        "address_key": "9999 planted way",
        "postal_code": "99999",
    }
    return copy | {"address": [row | moved for row in copy["address"]]}


DAMAGES: dict[str, Callable[[dict[str, list[Row]]], dict[str, list[Row]]]] = {
    "exact copy": lambda copy: copy,
    "one slip in the name": lambda copy: _renamed(copy, lambda name: _slip(name, at=0)),
    "two slips in the name": lambda copy: _renamed(copy, lambda name: _slip(_slip(name, at=0), at=2)),
    "words cut short": lambda copy: _renamed(copy, _cut),
    "initials only": lambda copy: _renamed(copy, _initials),
    "renamed, old name kept": lambda copy: _renamed(copy, lambda _: "Planted Quill Society", keeps_old=True),
    "renamed, old name lost": lambda copy: _renamed(copy, lambda name: f"Planted {name[::-1]}"),
    "other phone": _other_phone,
    "moved": _other_address,
    "phone only": lambda copy: _without(copy, address=True, web=True),
    "web and mail only": lambda copy: _without(copy, phone=True, address=True),
    "name only": lambda copy: _without(copy, phone=True, address=True, web=True),
    "moved, other phone": lambda copy: _other_phone(_other_address(_without(copy, web=True))),
}

if __name__ == "__main__":
    main()
