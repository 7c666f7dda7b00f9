"""`resdir duplicates`: pairs to compare, why they look alike, and how good the matcher is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from cyclopts import Parameter

from flows.cli.duplicate_pairs import START, choose_pairs, name_pair, pair_documents, read_pairs, told_reasons
from flows.cli.terminal import Common, require_limit, say, show, show_json, show_table
from flows.labelled_list import labelled_records, parse_columns, read_text_table, require_column
from pipeline.curate.verdict_log import VerdictEntry
from pipeline.match.evaluate import evaluate_matching
from pipeline.match.explain import explain_pair
from pipeline.publish.wording import count_of
from schemas.errors import UsageError

#: Pairs printed on a terminal; `--json` gives all.
PAIRS_SHOWN = 25


def list_pairs(
    *,
    band: Literal["duplicate", "possible", "related", "all"] = "all",
    standing: Literal[
        "asked", "open", "reopened", "conflict", "decided", "implied", "waiting", "dormant", "all"
    ] = "asked",
    center: str | None = None,
    limit: int = PAIRS_SHOWN,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List pairs of agencies that may be one, most likely first, with the reasons. Decided pairs are not asked again.

    Args:
        band: Only this band; `all` gives duplicate and possible. `related` are parents, chapters and sponsors.
        standing: `asked` (left to a person: open, reopened and in conflict), `open` (nobody decided), `reopened` (what a verdict
            rested on has changed), `conflict` (verdicts contradict each other), `decided`, `implied` (follows from verdicts on
            other pairs), `waiting` (nobody could tell), `dormant` (a record has left the directory) or `all`.
        center: Only pairs in which this center takes part.
        limit: Pairs to print, at least 1; --json gives all.
        common: What every command takes.
    """
    require_limit(limit)
    view = read_pairs(common, center=center)
    pairs = choose_pairs(view, band=band, standing=standing)
    documents = pair_documents(view, pairs)
    if common.json:
        show_json(documents)
        return 0
    show_table(
        f"{count_of(len(documents), 'pair')} {'to compare' if standing == 'asked' else standing}"
        + (f", the first {limit} shown" if len(documents) > limit else ""),
        ("pair", "A", "B", "band", "score", "why"),
        [
            (
                one["pair_id"] if one["standing"] == "open" else f"{one['pair_id']}\n{one['standing']}",
                f"{one['a']['name']} ({one['a']['native_id']})",
                f"{one['b']['name']} ({one['b']['native_id']})",
                one["band"] or "-",
                "-" if one["score"] is None else f"{one['score']:.2f}",
                _why(one),
            )
            for one in documents[:limit]
        ],
        right=("score",),
    )
    say("More about one: resdir duplicates explain A B, with the record numbers or the pair's id.")
    say("Decide:         resdir duplicates decide A B same|different|unsure --by NAME --reason TEXT")
    return 0


def _why(document: dict[str, Any]) -> str:
    """Return what a row of the list says about a pair: what people decided first, then what speaks for and against."""
    said = []
    if document["verdict"] is not None:
        by = f" ({document['decided_by']})" if document["basis"] == "decided" else ""
        said.append(f"{document['verdict'].capitalize()}{by}.")
    if document["told"]:
        said.append(document["told"])
    if document["standing"] in ("open", "reopened"):
        said += [reason["text"] for reason in document["reasons"] if reason["signal"] != START][:3]
    return " ".join(said)


def explain(
    a: str,
    b: str | None = None,
    *,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Explain in words why two agencies look alike, what people said of them, and what would change the verdict.

    Args:
        a: Record number or uid of an agency, or the id of a pair from the list.
        b: The same of the other agency; not needed with the id of a pair.
        center: Center of both, when a record number stands in more than one.
        common: What every command takes.
    """
    resolved = common.resolve()
    view = read_pairs(common)
    first, second = name_pair(view, a, b, center=center)
    told = explain_pair(view.directory, first=first, second=second, parameters=resolved.settings.match)
    stands = view.pairs.filter(pl.col("pair_id") == told.pair_id).to_dicts()
    state = stands[0] if stands else None
    entries = [
        tell_entry(entry, gone=view.judgement.verdicts.out_of_force.get(entry.sequence))
        for entry in view.judgement.verdicts.entries
        if entry.pair == (first, second)
    ]
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
                "reasons": told_reasons(told.reasons),
                "flips": list(told.flips),
                "verdict": None if state is None else state["verdict"],
                "standing": None if state is None else state["standing"],
                "told": None if state is None else state["told"],
                "history": entries,
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
    if state is not None and state["told"]:
        show(f"\n{str(state['standing']).capitalize()}: {state['told']}")
    if entries:
        show_table(
            "What people said",
            ("entry", "when", "who", "verdict", "reason", "in force"),
            [
                (e["entry"], e["decided_at"][:16], e["decided_by"], e["verdict"], e["reason"], e["in_force"])
                for e in entries
            ],
        )
    return 0


def tell_entry(entry: VerdictEntry, *, gone: str | None) -> dict[str, Any]:
    """Return a verdict as the history of a pair lists it.

    Args:
        entry: The verdict.
        gone: Why it is not in force; None when it is.
    """
    return {
        "entry": entry.sequence,
        "decided_at": entry.decided_at.isoformat(),
        "decided_by": entry.decided_by,
        "verdict": str(entry.verdict),
        "reason": entry.reason,
        "in_force": "yes" if gone is None else gone,
    }


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
