"""Two packages of the same directory compared as their receiver reads them: the order of rows, lines and agencies is no difference."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from flows.exports import Exported
from pipeline.publish.preflight import Fault
from tests.airs_exports import agency_texts


def parts_of(path: Path):
    """What stands in a file, whatever the order of its rows, lines or agencies."""
    if path.name == "airs.xml":
        begin, agencies, end = agency_texts(path)
        return begin, sorted(agencies), end
    if path.name == "organizations.jsonl" and (path.parent / "organizations").is_dir():
        return path.read_bytes()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return header, sorted(rows)
    if path.suffix == ".jsonl":
        return sorted(path.read_bytes().splitlines())
    return path.read_bytes()


def told_in(exported: Exported) -> dict:
    """What the written pre-flight tells, whatever the order of the kinds of fault."""
    document = json.loads((exported.manifest.path / "preflight.json").read_bytes())
    for name in ("error_list", "warning_list"):
        faults = [Fault(**{**fault, "values": ()}) for fault in document[name]]
        document[name] = faults_of(faults)
    return document


def faults_of(faults: Iterable[Fault]) -> dict[tuple, tuple[int, str]]:
    """Every fault with its count and the first record concerned; a format may tell one of two kinds of record apart."""
    found: dict[tuple, tuple[int, str]] = {}
    for fault in faults:
        what = (fault.table, fault.column, fault.check, fault.message, fault.rule_id)
        number, example = found.get(what, (0, "~"))
        found[what] = (number + fault.count, min(example, fault.example or "~"))
    return found


def assert_same_packages(whole: Exported, blocks: Exported) -> None:
    """The two packages hold the same and tell the same of themselves."""
    documents = [one.manifest.document() for one in (whole, blocks)]
    sums = [document.pop("sha256") for document in documents]
    assert documents[1] == documents[0]
    assert list(documents[1]["removed_values"]) == list(documents[0]["removed_values"])
    assert told_in(blocks) == told_in(whole)
    assert list(sums[1]) == list(sums[0])
    for name in sums[0]:
        if name.endswith((".parquet", ".zip")) or name == "preflight.json":
            continue
        assert parts_of(blocks.manifest.path / name) == parts_of(whole.manifest.path / name), name
    assert sum(documents[0]["records"].values()) > 20
