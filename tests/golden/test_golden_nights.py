"""Two whole nights over the sample data, held against stored results.

`make golden` writes the results again; the difference is read by a person before it is committed.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.publish.night_json import night_json
from pipeline.publish.summary import summarize_night
from pipeline.store.snapshot import open_published
from tests.sample_nights import sample_nights

GOLDEN = Path(__file__).parent


@pytest.fixture(scope="module")
def nights(tmp_path_factory, sample_data):
    """Both nights of the first center, the second center beside it in the second night."""
    return sample_nights(tmp_path_factory, sample_data)


def compare(name: str, text: str, *, write: bool) -> None:
    path = GOLDEN / name
    if write:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text, f"{name} differs: read the difference, then `make golden`"


#: A range that was drawn: its last digit belongs to the release of numpy, which is not the same for every Python.
DRAWN = re.compile(r"(On \d+ \w+ \d+): [\d.]+ %, in 80 of 100 cases between [\d.]+ % and [\d.]+ %")


def timeless(document: dict) -> str:
    kept = {key: value for key, value in document.items() if key not in {"seconds", "peak_memory_mb"}}
    forecast = kept["freshness"]["forecast"]
    assert 0 < forecast["share"]["low"] < forecast["share"]["central"] < forecast["share"]["high"] < 1
    kept["freshness"] = {**kept["freshness"], "forecast": {**forecast, "share": "drawn"}}
    return json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@pytest.fixture
def write(request) -> bool:
    return request.config.getoption("--write-golden")


@pytest.mark.parametrize("which", ["first", "second"])
def test_the_answer_of_the_night(nights, write, which):
    """Any figure of the night that moves without somebody meaning it is a wrong figure tomorrow morning."""
    _, first, second = nights
    compare(f"{which}_night.json", timeless(night_json(first if which == "first" else second)), write=write)


def test_the_summary_a_curator_reads(nights, write):
    """The words of the morning: nothing confidential, nothing that changes by itself."""
    text = summarize_night(nights[2])
    lines = [line for line in text.splitlines() if "The run took" not in line]
    told, count = DRAWN.subn(r"\1: (drawn)", "\n".join(lines) + "\n")
    assert count == 1
    compare("second_summary.md", told, write=write)


def test_every_finding(nights, write):
    """Each finding with its life over two nights; a rule that changes its mind shows here."""
    with open_published(nights[0]) as snapshot:
        findings = snapshot.table("quality.finding")
    shown = findings.filter(pl.col("severity") != "info").select(
        "finding_id", "center_id", "native_id", "rule_id", "field", "severity", "status", "first_seen_on", "closed_on"
    )
    compare(
        "findings.csv", shown.sort("center_id", "rule_id", "native_id", "field", "finding_id").write_csv(), write=write
    )


def test_every_pair(nights, write):
    """Pairs a person is asked about must not come and go by themselves."""
    with open_published(nights[0]) as snapshot:
        pairs = snapshot.table("matching.scored_pair")
    shown = pairs.filter(pl.col("band") != "below").select(
        "pair_id", "band", "relation", pl.col("score").round(4), pl.col("blocks").list.join(" ")
    )
    compare("pairs.csv", shown.sort("pair_id").write_csv(), write=write)


def test_the_audit_sample(nights, write):
    """The month's sample must be the same for everybody who draws it."""
    with open_published(nights[0]) as snapshot:
        items = snapshot.table("auditing.draw_item")
    shown = items.select("batch_id", "rank", "center_id", "native_id", pl.col("u").round(9))
    compare("audit_sample.csv", shown.sort("batch_id", "rank").write_csv(), write=write)


def test_the_public_package_byte_for_byte(nights, write):
    """Equal data must give equal files, or receivers see changes where there are none."""
    folder = nights[0].exports / "hsds"
    rows = [f"{path.name},{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted(folder.glob("*.csv"))]
    compare("package.csv", "\n".join(["file,sha256", *rows]) + "\n", write=write)
