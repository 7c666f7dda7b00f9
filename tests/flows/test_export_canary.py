"""Hundreds of secrets planted in an export, looked for in every byte that leaves the house in any format, and in all that goes with it."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest

from flows.cli import run
from flows.duplicate_verdicts import values_of, verdict_decision
from flows.export_ground import read_export_ground
from flows.exports import Exported, ExportWish, run_export
from flows.period_facts import period_facts, scope_of
from flows.period_files import write_report
from flows.period_ground import read_period
from flows.settings import Resolved, load_settings
from pipeline.measure.periods import period_named
from pipeline.publish.digest import night_digest
from pipeline.publish.night_json import night_json
from pipeline.publish.summary import summarize_night
from pipeline.store.decisions import append_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.match_parameters import MatchParameters
from schemas.verdicts import Verdict
from tests.export_center import ExportCenter
from tests.nights import night
from tests.planted_secrets import Planted, plant

#: Secrets that were public on the first night.
_LATER = ("private from the second night", "contact private from the second night")
AS_OF = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = """[export]
parquet = true
archive = true
profile = true
write_term_names = true
[export_airs]
taxonomy_version = "2026-01-01T00:00:00Z"
[export_ndp]
owner_code = "211one"
per_organization_files = true
"""
#: Target, model of the setting, name and value of the setting.
FORMATS = {
    "hsds": ("hsds", "export", "hsds_version", "3.1"),
    "hsds of version 3.0": ("hsds", "export", "hsds_version", "3.0"),
    "hsds-json": ("hsds-json", "export", "hsds_version", "3.1"),
    "hsds-json of version 3.0": ("hsds-json", "export", "hsds_version", "3.0"),
    "airs": ("airs", "export_airs", "version", "3.1"),
    "airs of version 3.0": ("airs", "export_airs", "version", "3.0"),
    "ndp": ("ndp", "export_ndp", "owner_code", "211one"),
}
OLDER = {name for name in FORMATS if "version" in name}
NEWEST = tuple(name for name in FORMATS if name not in OLDER)
#: Agencies, sites, services and links in a block, when the second night is exported in blocks too.
BLOCK = 60


@dataclass
class Released:
    """What was planted, and what is there after two nights."""

    planted: Planted
    inputs: tuple[Path, Path]
    workspace: Workspace
    exported: dict[str, Exported]
    told: dict[str, str]
    places: tuple[Path, ...]


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Released:
    """Two nights of a center full of secrets, everything exported after each, and everything told about it."""
    folder = tmp_path_factory.mktemp("canary")
    center = ExportCenter(folder, agencies=24, seed="planted", as_of=AS_OF)
    untouched = searched(json.dumps(center.rows))
    planted = plant(center.rows)
    needles = [needle for own in planted.secrets.values() for needle in own]
    assert not [needle for needle in needles if needle in untouched]
    config = folder / "curation.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    told: dict[str, str] = {}
    exported: dict[str, Exported] = {}
    inputs = []
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        for number, rows in enumerate((planted.before, planted.rows), start=1):
            inputs.append(written_rows(rows, folder / f"night{number}.csv"))
            facts = night(
                center.workspace.root,
                ("one", inputs[-1]),
                as_of=date(2026, 11, 19 + number),
                run_id=f"2026112{number}T020000000Z-aaaaaa",
                run={"report": number == 2, "queue": False, "export_hsds": number == 2},
            )
            told |= {
                f"summary {number}": summarize_night(facts),
                f"facts {number}": json.dumps(night_json(facts)),
                f"digest {number}": str(night_digest(facts, before=None, now=MOMENT, stale_after_hours=30.0)),
            }
            if number == 1:
                confirm_same(center.workspace, planted.merged)
            exported |= export_all(center.workspace, config, folder / "packages", number=number)
        exported |= export_in_blocks(center.workspace, config, folder / "packages")
        told |= {what: json.dumps(one.document()) for what, one in exported.items()}
        (folder / "asked").mkdir()
        told |= commands(center.workspace, config, folder / "asked")
    told["what commands print"] = out.getvalue()
    return Released(
        planted=planted,
        inputs=(inputs[0], inputs[1]),
        workspace=center.workspace,
        exported=exported,
        told=told,
        places=(
            folder / "packages",
            folder / "asked",
            center.workspace.exports,
            center.workspace.reports,
            center.workspace.logs,
        ),
    )


def written_rows(rows: list[dict[str, str]], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def confirm_same(workspace: Workspace, numbers: tuple[str, str]) -> None:
    """Let a person say that two agencies are one."""
    with open_published(workspace) as snapshot:
        directory = snapshot.directory()
    rows = {
        (row["center_id"], row["record_uid"]): row
        for row in directory.agency.filter(pl.col("native_id").is_in(numbers)).to_dicts()
    }
    first, second = sorted(rows)
    decision = verdict_decision(
        (first, second), verdict=Verdict.SAME, reason="looked", by="Ana", names=rows, score=0.99, band="likely", run_id="x",
        values=values_of(directory, set(rows), parameters=MatchParameters()),
    )  # fmt: skip
    append_decisions(workspace, [decision], now=MOMENT)


def export_all(workspace: Workspace, config: Path, folder: Path, *, number: int) -> dict[str, Exported]:
    """Write every format of a night whole, and from the second night on as a delta too; older versions of the second night only."""
    resolved = load_settings(config, workspace=workspace.root)
    ground = read_export_ground(resolved, place=workspace, center=None, as_of=None, withhold=True)
    exported = {}
    for is_delta in (True, False)[2 - number :]:
        for name, (target, model, setting, value) in FORMATS.items():
            if name in OLDER and (is_delta or number == 1):
                continue
            what = f"{name}{', delta' if is_delta else ''}, night {number}"
            exported[what] = run_export(
                ground,
                ExportWish(target=target, output=folder / what.replace(", ", "_"), delta=is_delta, sent_to="the state"),  # type: ignore[arg-type]
                resolved=with_setting(resolved, model, setting, value),
                place=workspace,
                moment=MOMENT.replace(minute=10 * number + is_delta),
            )
    return exported


def export_in_blocks(workspace: Workspace, config: Path, folder: Path) -> dict[str, Exported]:
    """Write the second night once more, as that of a nation is written: parted, made block by block and joined."""
    resolved = load_settings(config, workspace=workspace.root)
    exported = {}
    with read_export_ground(
        resolved, place=workspace, center=None, as_of=None, withhold=True, block_records=BLOCK
    ) as ground:
        assert ground.public.count >= 4
        for name in NEWEST:
            target, model, setting, value = FORMATS[name]
            what = f"{name} in blocks, night 2"
            exported[what] = run_export(
                ground,
                ExportWish(target=target, output=folder / what.replace(", ", "_"), sent_to="the state"),  # type: ignore[arg-type]
                resolved=with_setting(resolved, model, setting, value),
                place=workspace,
                moment=MOMENT.replace(minute=30),
            )
    return exported


def with_setting(resolved: Resolved, model: str, setting: str, value: str) -> Resolved:
    settings = resolved.settings
    changed = getattr(settings, model).model_copy(update={setting: value})
    return resolved.with_settings(settings.model_copy(update={model: changed}))


def commands(workspace: Workspace, config: Path, folder: Path) -> dict[str, str]:
    """Return what commands answer that people and scripts use around an export; files go into a folder."""
    place = ["--workspace", str(workspace.root), "--config", str(config)]
    told = {}
    for name, words in {
        "receipts": ["export", "receipts", "--json"],
        "receipts for people": ["export", "receipts", "--output", str(folder / "receipts.csv")],
        "changes": ["changes", "--json"],
        "period": ["report", "--period", "month", "--output", str(folder / "period.html"), "--json"],
    }.items():
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
            assert run([*words, *place]) == 0, out.getvalue()
        told[name] = out.getvalue()
    ground = read_period(
        load_settings(config, workspace=workspace.root),
        place=workspace,
        period=period_named("2026-11", fiscal_month=7),
        day=AS_OF + timedelta(days=1),
    )
    facts = period_facts(ground, scope_of(ground))
    for form in ("xlsx", "md", "json"):
        write_report(facts, folder / f"period.{form}")
    return told


def searched(text: str) -> str:
    """Letters and digits only, small, without accents: what a determined reader compares."""
    return re.sub("[^a-z0-9]+", "", unicodedata.normalize("NFKD", text).casefold().replace("\u0301", ""))


def texts_in(name: str, content: bytes) -> Iterator[str]:
    """Every text in a file; containers are unpacked."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from texts_in(inner, archive.read(inner))
        return
    if name.endswith(".parquet"):
        for column in pl.read_parquet(io.BytesIO(content)).iter_columns():
            yield from column.cast(pl.String).drop_nulls()
        return
    text = content.decode("utf-8")
    yield text
    if name.endswith((".json", ".jsonl", ".geojson")):
        for document in text.splitlines() if name.endswith(".jsonl") else [text]:
            yield from strings_in(json.loads(document))
    elif name.endswith((".xml", ".html", ".rels", ".svg")):
        # As a reader sees it: a name may be parted by tags.
        yield unescape(unescape(re.sub(r"<[^>]*>", "", text)))
        yield from (unescape(unescape(part)) for part in re.split(r"[<>]", text))
    elif name.endswith(".csv"):
        for row in csv.reader(io.StringIO(text)):
            yield from row


def strings_in(value) -> Iterator[str]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from strings_in(held)
    elif isinstance(value, list):
        for held in value:
            yield from strings_in(held)
    else:
        yield str(value)


def found_in(texts: dict[str, list[str]], planted: Planted) -> list[tuple[str, str]]:
    """Return which secrets stand in which texts."""
    places: dict[str, list[str]] = {}
    for place, own in texts.items():
        for text in dict.fromkeys(own):
            places.setdefault(text, []).append(place)
    rows = pl.DataFrame({"text": list(places)}, schema={"text": pl.String}).with_columns(
        searched=pl.Series([searched(unquote(unescape(text))) for text in places], dtype=pl.String)
    )
    by_needle = {needle: what for what, own in planted.secrets.items() for needle in own}
    # Seven digits stand everywhere by chance: they are looked for as people write them.
    words = sorted(needle for needle in by_needle if not re.fullmatch("[0-9]{7}", needle))
    hits = rows.select("text", pl.col("searched").str.extract_many(words, overlapping=True)).explode("searched")
    found = [(by_needle[needle], text) for text, needle in hits.drop_nulls().unique().iter_rows()]
    short = re.compile(
        r"(?<![0-9])(?<![2-9][0-9][0-9][-. )/–])(?<![2-9][0-9][0-9]\) )([0-9]{3})[\W_]{0,3}([0-9]{4})(?![0-9])"
    )
    for text in places:
        found += [(by_needle[a + b], text) for a, b in short.findall(text) if a + b in by_needle]
    return sorted({(what, place) for what, text in found for place in places[text]})


def not_yet_public(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out what may be seen: what was public on the first night in what that night wrote, and curators in reports for the house."""
    return [
        (what, place)
        for what, place in found
        if not (what.startswith(_LATER) and ("night 1" in place or place in ("facts 1", "summary 1", "digest 1")))
        and not (what.startswith("curator") and not place.startswith(("packages", "exports", *FORMATS)))
    ]


def files_of(*folders: Path) -> dict[str, list[str]]:
    return {
        str(path.relative_to(folder.parent)): [*texts_in(path.name, path.read_bytes()), str(path.relative_to(folder))]
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_secret_was_delivered(released):
    """The search would prove nothing if a secret had never been there."""
    assert len(released.planted.secrets) >= 300
    cells = {str(path): list(texts_in(path.name, path.read_bytes())) for path in released.inputs}
    delivered = {what for what, _ in found_in(cells, released.planted)}
    assert set(released.planted.secrets) - delivered == set()


def test_no_secret_leaves_in_any_format(released):
    """Somebody in hiding could be found; what a receiver has got cannot be taken back."""
    texts = files_of(*released.places)
    assert len(texts) > 200
    assert not_yet_public(found_in(texts, released.planted)) == []


def test_no_secret_is_told_about_the_exports(released):
    """A message, a page or a log goes to people who must not know."""
    assert sum(bool(text) for text in released.told.values()) > 10
    found = found_in({name: [text] for name, text in released.told.items()}, released.planted)
    assert not_yet_public(found) == []


@pytest.mark.parametrize("name", [*FORMATS, *(f"{name} in blocks" for name in NEWEST)])
def test_public_values_are_in_every_format(released, name):
    """A package of nothing holds no secret either."""
    exported = released.exported[f"{name}, night 2"]
    text = "\n".join(text for own in files_of(exported.manifest.path).values() for text in own)
    seen = searched(text)
    assert [what for what, value in released.planted.public.items() if searched(value) not in seen] == []
    agencies = next(iter(exported.manifest.counts.values()))
    assert agencies["written"] > 20


def test_what_stays_home_is_counted_and_not_told(released):
    """The sender could not see that values were taken out, or the list of them would tell them."""
    manifest = released.exported["hsds, night 2"].manifest
    assert set(manifest.removed_values) >= {
        "private_phone", "private_contact", "private_address", "private_phone_in_text", "private_address_in_text",
        "private_email_in_text", "private_name_in_text", "private_coordinates_in_text", "private_coordinates",
        "private_directions", "private_map_link", "private_history", "site_not_located_confidential_place",
        "site_not_located_private_address",
    }  # fmt: skip
    assert all(count > 0 for count in manifest.removed_values.values())
    assert manifest.withheld_by_reason["merged"] == 1
    assert manifest.withheld_by_reason["excluded_from_website"] == 3


@pytest.mark.parametrize("name", NEWEST)
def test_as_much_stays_home_in_blocks(released, name):
    """A value could be private in one block and leave with another."""
    whole, blocks = (released.exported[f"{name}{how}, night 2"].manifest for how in ("", " in blocks"))
    assert blocks.removed_values == whole.removed_values
    assert blocks.counts == whole.counts
    assert blocks.rows == whole.rows


def test_changes_of_a_delta_hold_no_secret_and_something_else(released):
    """A delta of nothing would prove nothing."""
    for name in NEWEST:
        exported = released.exported[f"{name}, delta, night 2"]
        assert (
            0
            < sum(exported.manifest.records.values())
            < sum(released.exported[f"{name}, night 2"].manifest.records.values())
        )
        assert (exported.manifest.path / "removed.csv").is_file()
