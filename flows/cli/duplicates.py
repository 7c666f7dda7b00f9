"""`resdir duplicates`: pairs to compare, why they look alike, and how good the matcher is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, require_limit, say, show, show_json, show_table
from flows.labelled_list import labelled_records, parse_columns, read_text_table, require_column
from pipeline.match.evaluate import evaluate_matching
from pipeline.match.explain import explain_pair
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.directory import Directory
from schemas.errors import InputError, UsageError

#: Pairs printed on a terminal; `--json` gives all.
PAIRS_SHOWN = 25


#: The reason that says where every pair starts; it tells one pair from another in nothing.
START = "start"


def list_pairs(
    *,
    band: Literal["duplicate", "possible", "related", "all"] = "all",
    center: str | None = None,
    limit: int = PAIRS_SHOWN,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List pairs of agencies that may be one, most likely first, with the reasons.

    Args:
        band: Only this band; `all` gives duplicate and possible. `related` are parents, chapters and sponsors.
        center: Only pairs in which this center takes part.
        limit: Pairs to print, at least 1; --json gives all.
        common: What every command takes.
    """
    require_limit(limit)
    with open_published(common.place(common.resolve())) as snapshot:
        require_center(snapshot, center)
        pairs = snapshot.table("matching.scored_pair")
        reasons = snapshot.table("matching.pair_reason")
        agencies = snapshot.directory().agency
    wanted = ["duplicate", "possible"] if band == "all" else [band]
    pairs = pairs.filter(pl.col("band").is_in(wanted))
    if center is not None:
        pairs = pairs.filter((pl.col("center_id_a") == center) | (pl.col("center_id_b") == center))
    pairs = pairs.sort("score", "pair_id", descending=[True, False])
    documents = _documents(pairs, reasons=reasons, agencies=agencies)
    if common.json:
        show_json(documents)
        return 0
    show_table(
        f"{count_of(len(documents), 'pair')} to compare"
        + (f", the first {limit} shown" if len(documents) > limit else ""),
        ("pair", "A", "B", "band", "score", "why"),
        [
            (
                one["pair_id"],
                f"{one['a']['name']} ({one['a']['native_id']})",
                f"{one['b']['name']} ({one['b']['native_id']})",
                one["band"],
                f"{one['score']:.2f}",
                " ".join([reason["text"] for reason in one["reasons"] if reason["signal"] != START][:3]),
            )
            for one in documents[:limit]
        ],
        right=("score",),
    )
    say("More about one: resdir duplicates explain A B, with the record numbers or the pair's id.")
    return 0


def explain(
    a: str,
    b: str | None = None,
    *,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Explain in words why two agencies look alike, and what would change that.

    Args:
        a: Record number or uid of an agency, or the id of a pair from the list.
        b: The same of the other agency; not needed with the id of a pair.
        center: Center of both, when a record number stands in more than one.
        common: What every command takes.
    """
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        pairs = snapshot.table("matching.scored_pair")
    if b is None:
        first, second = _of_pair(pairs, a)
    else:
        first, second = _find(directory, a, center=center), _find(directory, b, center=center)
    told = explain_pair(directory, first=first, second=second, parameters=resolved.settings.match)
    if common.json:
        show_json(
            {
                "pair_id": told.pair_id,
                "a": {"center_id": told.key_a[0], "record_uid": told.key_a[1], "name": told.name_a},
                "b": {"center_id": told.key_b[0], "record_uid": told.key_b[1], "name": told.name_b},
                "score": told.score,
                "band": told.band,
                "relation": told.relation,
                "blocks": list(told.blocks),
                "summary": told.summary,
                "reasons": _reasons(told.reasons),
                "flips": list(told.flips),
                "verdict": None,
            }
        )
        return 0
    show(f"A: {told.name_a}\nB: {told.name_b}\n\n{told.summary}\n")
    show_table(
        "What speaks for (+) and against (-)",
        ("signal", "A", "B", "weight", "in words"),
        [(one["signal"], one["a"], one["b"], f"{one['weight']:+.1f}", one["text"]) for one in told.reasons.to_dicts()],
        right=("weight",),
    )
    if told.flips:
        show("What would change it:")
        for flip in told.flips:
            show(f"- {flip}")
    return 0


def evaluate(
    *,
    records: Path,
    columns: str,
    id: str | None = None,  # noqa: A002 - the promised name of the option
    truth_column: str | None = None,
    truth_pairs: Path | None = None,
    entity: Literal["agency", "site"] = "agency",
    require_f1: Annotated[float | None, Parameter(name="--require-f1")] = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Tell how good the shipped settings are on a labelled list; the shipped threshold is used, not the best one for the file.

    Args:
        records: CSV with one record per row.
        columns: Which column is what, such as name=Agency,address=Street,phone=Phone.
        id: Column with an id per row; the row number when not given. Truth pairs need it.
        truth_column: Column that holds the same label for records that are one thing.
        truth_pairs: CSV with columns id_a, id_b, label (duplicate, related, distinct, unsure).
        entity: Profile of settings: agency or site.
        require_f1: Exit code 1 when F1 is below this.
        common: What every command takes.
    """
    if (truth_column is None) == (truth_pairs is None):
        raise UsageError("The list needs one kind of truth.", advice="Give either --truth-column or --truth-pairs.")
    table = read_text_table(records)
    listed = labelled_records(table, columns=parse_columns(columns), id_column=id, file=records.name)
    labels = pairs = None
    if truth_column is not None:
        require_column(table, truth_column, file=records.name)
        labels = table.get_column(truth_column)
    elif truth_pairs is not None:
        pairs = read_text_table(truth_pairs)
        for column in ("id_a", "id_b", "label"):
            require_column(pairs, column, file=truth_pairs.name)
    begin = time.perf_counter()
    evaluation = evaluate_matching(
        listed,
        truth_labels=labels,
        truth_pairs=pairs,
        entity=entity,
        parameters=common.resolve().settings.match,
    )
    document = {**evaluation.to_json(), "seconds": round(time.perf_counter() - begin, 3)}
    if common.json:
        show_json(document)
    else:
        _print_evaluation(document)
    f1 = document["f1"]
    return 1 if require_f1 is not None and (f1 is None or float(str(f1)) < require_f1) else 0


def _documents(pairs: pl.DataFrame, *, reasons: pl.DataFrame, agencies: pl.DataFrame) -> list[dict[str, Any]]:
    names = {
        (center, uid): {"record_uid": uid, "native_id": native_id, "name": name, "center_id": center}
        for center, uid, native_id, name in agencies.select("center_id", "record_uid", "native_id", "name").iter_rows()
    }
    told = {
        pair_id: _reasons(rows)
        for (pair_id,), rows in reasons.sort("pair_id", "position").partition_by("pair_id", as_dict=True).items()
    }
    return [
        {
            "pair_id": row["pair_id"],
            "a": names[row["center_id_a"], row["uid_a"]],
            "b": names[row["center_id_b"], row["uid_b"]],
            "score": row["score"],
            "band": row["band"],
            "relation": row["relation"],
            "reasons": told.get(row["pair_id"], []),
            "verdict": None,
        }
        for row in pairs.to_dicts()
    ]


def _reasons(reasons: pl.DataFrame) -> list[dict[str, Any]]:
    return reasons.select("signal", "a", "b", "weight", "text").to_dicts()


def _of_pair(pairs: pl.DataFrame, pair_id: str) -> tuple[tuple[str, str], tuple[str, str]]:
    found = pairs.filter(pl.col("pair_id") == pair_id)
    if found.is_empty():
        raise InputError(
            f"There is no pair {pair_id}.", advice="Name two agencies, or a pair of `resdir duplicates list`."
        )
    row = found.row(0, named=True)
    return (row["center_id_a"], row["uid_a"]), (row["center_id_b"], row["uid_b"])


def _find(directory: Directory, text: str, *, center: str | None) -> tuple[str, str]:
    agencies = directory.agency.filter((pl.col("native_id") == text) | (pl.col("record_uid") == text))
    if center is not None:
        agencies = agencies.filter(pl.col("center_id") == center)
    keys = agencies.select("center_id", "record_uid").unique().rows()
    if not keys:
        raise InputError(f"There is no agency {text}.", advice="Name its record number or its record_uid.")
    if len(keys) > 1:
        centers = ", ".join(sorted(key[0] for key in keys))
        raise UsageError(f"The agency {text} stands in {centers}.", advice="Add --center.")
    return keys[0]


def _print_evaluation(document: dict[str, Any]) -> None:
    def line(title: str, view: dict[str, Any]) -> tuple[object, ...]:
        figures = (view["precision"], view["recall"], view["f1"])
        return (
            title,
            view["records"],
            view["true_pairs"],
            view["predicted_pairs"],
            *("unknown" if one is None else f"{one:.3f}" for one in figures),
        )

    lines = [line("all rows", document)]
    if "distinct" in document:
        lines.append(line("exact copies collapsed", document["distinct"]))
    columns = ("view", "records", "true pairs", "called duplicate", "precision", "recall", "F1")
    show_table(
        f"Profile {document['entity']}, shipped threshold {document['threshold']}", columns, lines, right=columns[1:]
    )
    say(f"{document['candidate_pairs']:,} pairs compared in {document['seconds']:.2f} s.")
