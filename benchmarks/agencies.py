"""Duplicate agencies in a large invented directory: quality by kind of damage, candidates, seconds and memory; beside Splink when asked.

    python -m benchmarks.agencies [--agencies 200000] [--seed agencies] [--splink]

The directory is made by `resdir synthesize`, which keeps its own list of abbreviations and its own typing slips; the truth lies beside it.
It is read and normalized in one process, and matched in a fresh one with two threads. Handed over are the columns that the matcher reads
(`MATCH_COLUMNS`) and a few more for the truth and for Splink. The seconds are those of matching alone, its imports included, the loading of
the tables not; the peak holds the tables and all that matching makes of them. Pairs that the truth does not name are two agencies. Nothing
is asserted; one JSON document is printed.

`--splink` runs Splink (not a dependency: `pip install splink` into an environment of your own and run this with it) on the same agencies as
flat rows: its default estimation, F1 at .5, .95 and at the best threshold for this truth.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.memory import forget_peak, memory_mb

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 11, 20)
#: Columns besides `MATCH_COLUMNS`: the truth names agencies by their native id, Splink gets one flat row per agency.
_ALSO = {"agency": ("native_id",), "address": ("address_kind", "postal_code5")}


def main(arguments: list[str] | None = None) -> None:
    """Make the directory, match it and print one JSON document."""
    asked = _parser().parse_args(arguments)
    if asked.stage:
        stage = {"make": _make, "match": _match, "splink": _splink}[asked.stage]
        print(json.dumps(stage(asked)))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = asked.work or Path(folder)
        document: dict[str, Any] = {
            "cores": os.cpu_count(),
            "threads": 2,
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("polars", "rapidfuzz")},
            "directory": _stage("make", asked, work),
            "match": _stage("match", asked, work),
        }
        if asked.splink:
            document["splink"] = _stage("splink", asked, work)
        print(json.dumps(document, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.agencies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agencies", type=int, default=200_000, metavar="N", help="agencies (200000)")
    parser.add_argument("--seed", default="agencies", help="seed of the directory")
    parser.add_argument("--splink", action="store_true", help="run Splink on the same agencies")
    parser.add_argument("--work", type=Path, help="folder to keep the tables in (a temporary one)")
    parser.add_argument("--stage", choices=("make", "match", "splink"), help=argparse.SUPPRESS)
    return parser


def _stage(stage: str, asked: argparse.Namespace, work: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.agencies", "--stage", stage, "--work", str(work)]
    command += ["--agencies", str(asked.agencies), "--seed", asked.seed]
    environment = {**os.environ, "POLARS_MAX_THREADS": "2"}  # noqa: TID251 - handed on
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"stage {stage} ended with {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _make(asked: argparse.Namespace) -> dict[str, Any]:
    from pipeline.ingest.read import read_export
    from pipeline.match.columns import MATCH_COLUMNS
    from pipeline.normalize.directory import normalize_delivery
    from pipeline.synthesize.synthesize import synthesize
    from schemas.parameters import IngestParameters, NormalizeParameters

    work: Path = asked.work
    if (work / "directory.pickle").exists():
        return {"kept": True}
    begun = time.perf_counter()
    made = synthesize(agencies=asked.agencies, seed=asked.seed, output=work / "invented", as_of=AS_OF)
    seconds = {"synthesize": round(time.perf_counter() - begun, 1)}
    (center,) = made.centers
    delivered = read_export(center.path, center_id=center.center_id, parameters=IngestParameters(settle_seconds=0))
    directory = normalize_delivery(delivered, parameters=NormalizeParameters()).directory
    del delivered
    tables = {
        name: directory.tables()[name].select(*columns, *_ALSO.get(name, ())) for name, columns in MATCH_COLUMNS.items()
    }
    with (work / "directory.pickle").open("wb") as file:
        pickle.dump(tables, file, protocol=5)
    center.path.unlink()
    return {
        "agencies": directory.agency.height,
        "records": center.records,
        "truth_pairs": made.pairs,
        "seconds": seconds | {"all": round(time.perf_counter() - begun, 1)},
        "peak_mb": memory_mb("VmHWM"),
    }


def _truth(work: Path, agency: pl.DataFrame) -> pl.DataFrame:
    """Return the planted pairs with sorted uids: `uid_a`, `uid_b`, `label`, `trap`, `difficulty`."""
    numbers = agency.select("native_id", "record_uid")
    rows = pl.read_csv(work / "invented" / "truth" / "duplicates.csv", infer_schema=False)
    both = rows.join(numbers.rename({"native_id": "native_id_a", "record_uid": "one"}), on="native_id_a").join(
        numbers.rename({"native_id": "native_id_b", "record_uid": "other"}), on="native_id_b"
    )
    return both.select(
        pl.min_horizontal("one", "other").alias("uid_a"), pl.max_horizontal("one", "other").alias("uid_b"), "label", "trap",
        "difficulty",
    ).unique(["uid_a", "uid_b"], keep="first", maintain_order=True)  # fmt: skip


def _match(asked: argparse.Namespace) -> dict[str, Any]:
    from schemas.core import CORE_TABLES
    from schemas.directory import Directory

    with (asked.work / "directory.pickle").open("rb") as file:
        tables = pickle.load(file)
    from schemas.contract import empty_table

    directory = Directory(**{name: tables.get(name, empty_table(model)) for name, model in CORE_TABLES.items()})
    before = memory_mb("VmRSS")
    forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    from pipeline.match.agencies import match_agencies
    from schemas.match_parameters import MatchParameters

    matches = match_agencies(directory, parameters=MatchParameters())
    measured = {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "memory_before_mb": before,
        "peak_mb": memory_mb("VmHWM"),
    }
    truth = _truth(asked.work, directory.agency)
    true = truth.filter(pl.col("label") == "duplicate")
    compared_pairs = _candidates(directory)
    found = (
        true.join(matches.pairs.select("uid_a", "uid_b", "band"), on=["uid_a", "uid_b"], how="left")
        .join(compared_pairs.with_columns(is_compared=pl.lit(value=True)), on=["uid_a", "uid_b"], how="left")
        # Pairs scored next to nothing are counted and not kept.
        .with_columns(
            pl.coalesce("band", pl.when("is_compared").then(pl.lit("below")), pl.lit("not compared")).alias("band")
        )
    )
    called = matches.pairs.filter(pl.col("band") == "duplicate")
    asked_pairs = matches.pairs.filter(pl.col("band").is_in(["duplicate", "possible"]))
    right = called.join(true, on=["uid_a", "uid_b"], how="semi").height
    reached = asked_pairs.join(true, on=["uid_a", "uid_b"], how="semi").height
    precision, recall = _share(right, called.height), _share(right, true.height)
    traps = truth.filter(pl.col("label") != "duplicate").join(
        matches.pairs.select("uid_a", "uid_b", "band"), on=["uid_a", "uid_b"], how="left"
    )
    return {
        **measured,
        "agencies": matches.entity_count,
        "true_pairs": true.height,
        "candidates": matches.candidate_count,
        "candidates_per_record": round(matches.candidate_count / matches.entity_count, 2),
        "candidate_recall": _share(found.filter(pl.col("band") != "not compared").height, true.height),
        "duplicate": {
            "pairs": called.height,
            "precision": precision,
            "recall": recall,
            "f1": None if not precision or not recall else round(2 * precision * recall / (precision + recall), 4),
        },
        "duplicate_and_possible": {
            "pairs": asked_pairs.height,
            "recall": _share(reached, true.height),
            "pairs_to_review_per_true_pair": round(asked_pairs.height / max(reached, 1), 2),
        },
        "by_difficulty": _by(found, "difficulty"),
        "by_damage": _by(found, "trap"),
        "traps_called_duplicate": _by(traps.with_columns(pl.col("band").fill_null("not compared")), "trap"),
        "blocks": matches.blocks.to_dicts(),
        "groups": matches.clusters.get_column("cluster_id").n_unique(),
    }


def _candidates(directory: Any) -> pl.DataFrame:  # noqa: ANN401 - a Directory; imported where it is used
    """Return the compared pairs with sorted uids; made once more, outside the measured time."""
    from pipeline.match.candidates import propose_candidates
    from pipeline.match.compared import prepare
    from pipeline.match.directory_entities import entities_of_directory
    from schemas.match_parameters import MatchParameters

    parameters = MatchParameters()
    entities = entities_of_directory(directory, parameters=parameters)
    pair = propose_candidates(prepare(entities, profile=parameters.agency, parameters=parameters)).pair
    uid = entities.entity.select("entity", "uid")
    both = pair.join(uid.rename({"entity": "a", "uid": "one"}), on="a").join(
        uid.rename({"entity": "b", "uid": "other"}), on="b"
    )
    return both.select(
        pl.min_horizontal("one", "other").alias("uid_a"), pl.max_horizontal("one", "other").alias("uid_b")
    )


def _by(found: pl.DataFrame, column: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, band, count in found.group_by(column, "band").len().sort(column, "band").iter_rows():
        counts.setdefault(name, {})[band] = count
    return counts


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _splink(asked: argparse.Namespace) -> dict[str, Any]:
    try:
        import splink.comparison_library as cl
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        return {"skipped": "Splink is not installed here: pip install splink, in an environment of your own."}
    with (asked.work / "directory.pickle").open("rb") as file:
        tables = pickle.load(file)
    agency, phone, address = tables["agency"], tables["phone"], tables["address"]
    own = pl.col("owner_kind") == "agency"
    phones = phone.filter(own).group_by(unique_id="owner_uid").agg(phone=pl.col("e164").first())
    places = (
        address.filter(own & (pl.col("address_kind") == "physical"))
        .group_by(unique_id="owner_uid")
        .agg(street=pl.col("line1").first(), city=pl.col("city").first(), zip=pl.col("postal_code5").first())
    )
    flat = (
        agency.select("name", "ein", "email", unique_id="record_uid", domain="url_domain_key")
        .join(phones, on="unique_id", how="left")
        .join(places, on="unique_id", how="left")
    )
    truth = _truth(asked.work, agency)
    true = truth.filter(pl.col("label") == "duplicate").select("uid_a", "uid_b")
    forget_peak()
    wall = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            *(block_on(column) for column in ("phone", "domain", "email", "ein", "name", "street")),
            block_on("substr(name,1,6)", "zip"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.75]),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            *(cl.ExactMatch(column) for column in ("phone", "domain", "email", "ein", "zip")),
        ],
    )
    engine = DuckDBAPI()
    linker = Linker(engine.register(flat.to_arrow()), settings, log_level="WARNING")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone", "name"), block_on("ein")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    scored = linker.inference.predict(threshold_match_probability=0.01).as_duckdbpyrelation().pl()
    seconds = time.perf_counter() - wall
    pairs = scored.select(
        pl.min_horizontal("unique_id_l", "unique_id_r").alias("uid_a"),
        pl.max_horizontal("unique_id_l", "unique_id_r").alias("uid_b"),
        pl.col("match_probability").alias("p"),
    ).join(true.with_columns(is_true=pl.lit(value=True)), on=["uid_a", "uid_b"], how="left")

    def f1(threshold: float) -> float:
        chosen = pairs.filter(pl.col("p") >= threshold)
        right = chosen["is_true"].sum()
        return round(2 * right / max(chosen.height + true.height, 1), 4)

    steps = [0.5, 0.95, *(1 - 10.0**-power for power in range(2, 13))]
    best = max(steps, key=f1)
    return {
        "version": version("splink"),
        "seconds": round(seconds, 1),
        "peak_mb": memory_mb("VmHWM"),
        "f1_at_0.5": f1(0.5),
        "f1_at_0.95": f1(0.95),
        "f1_at_best": f1(best),
        "best_threshold": best,
    }


if __name__ == "__main__":
    main()
