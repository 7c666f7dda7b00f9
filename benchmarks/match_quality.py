"""Match quality of the shipped settings on labelled lists, beside plain yardsticks.

    python -m benchmarks.match_quality

The lists are kept beside the project; a list that is not there is passed over. Pairs are counted, not closed: what a clustering adds or
loses stands in a column of its own. `all` counts every record, `distinct` one record of those that are equal in every compared column.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.match.evaluate import Agreement, View, evaluate_matching
from schemas.match_parameters import MatchParameters

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Labelled:
    """A labelled list: how it is read and what was chosen while looking at it."""

    name: str
    path: Path
    columns: dict[str, str]
    truth: str
    looked_at: str


LISTS: tuple[Labelled, ...] = (
    Labelled(
        name="early-childhood sites",
        path=SHARED / "chicago_early_childhood" / "chicago_dev.csv",
        columns={"id": "Id", "name": "Site name", "address": "Address", "postal_code": "Zip", "phone": "Phone"},
        truth="True Id",
        looked_at="address forms, neighbouring houses and the fading of site phones were chosen while looking at this list",
    ),
    Labelled(
        name="restaurants",
        path=SHARED / "restaurants" / "restaurants.csv",
        columns={"id": "id", "name": "name", "address": "address", "city": "city"},
        truth="unique_id",
        looked_at="city forms and blanks in street names were chosen while looking at this list",
    ),
)


def main() -> None:
    """Print one table per list."""
    print("Match quality, profile 'site', shipped thresholds")
    for labelled in LISTS:
        if not labelled.path.exists():
            print(f"{labelled.name}: not here, skipped")
            continue
        _report(labelled)


def _report(labelled: Labelled) -> None:
    rows = pl.read_csv(labelled.path, infer_schema=False)
    records = rows.select(**labelled.columns)
    began = time.perf_counter()
    result = evaluate_matching(records, truth_labels=rows[labelled.truth], entity="site", parameters=MatchParameters())
    seconds = time.perf_counter() - began
    print(f"\n{labelled.name}: {labelled.looked_at}")
    print(f"both views in {seconds:.2f} s")
    print(f"{'':34}{'pairs':>8}{'P':>8}{'R':>8}{'F1':>8}")
    assert result.distinct is not None
    for view_name, view in (("all", result.full), ("distinct", result.distinct)):
        _print_view(view_name, view, threshold=result.threshold, possible=result.possible_threshold)
    for name, score in YARDSTICKS.items():
        _print_yardstick(name, _distinct(rows, labelled), score=score)


def _print_view(name: str, view: View, *, threshold: float, possible: float) -> None:
    recall = view.blocking_recall if view.blocking_recall is not None else float("nan")
    print(
        f"{name}: {view.records} records, {view.true_pairs} true pairs, {view.candidate_pairs} candidates "
        f"({view.candidate_pairs / view.records:.1f} per record), recall of blocking {recall:.3f}"
    )
    _print_line(f"  duplicate (>= {threshold:.2f})", view.duplicate)
    _print_line(f"  duplicate + possible (>= {possible:.2f})", view.possible)
    _print_line("  within proposed groups", view.clustered)


def _print_line(name: str, agreement: Agreement) -> None:
    figures = "".join(
        f"{'-' if value is None else format(value, '.3f'):>8}"
        for value in (agreement.precision, agreement.recall, agreement.f1)
    )
    print(f"{name:34}{agreement.predicted_pairs:>8}{figures}")


def _distinct(rows: pl.DataFrame, labelled: Labelled) -> pl.DataFrame:
    """Return the text columns and the truth, exact copies collapsed."""
    fields = [name for name in labelled.columns if name != "id"]
    text = rows.select(
        truth=pl.col(labelled.truth),
        **{
            name: pl.col(labelled.columns[name])
            .fill_null("")
            .str.to_lowercase()
            .str.replace_all(r"[^a-z0-9]+", " ")
            .str.strip_chars()
            for name in fields
        },
    )
    return text.unique(fields, keep="first", maintain_order=True)


def _print_yardstick(name: str, records: pl.DataFrame, *, score: Callable[[pl.DataFrame], np.ndarray]) -> None:
    """Print the best F1 over all thresholds on the same data: an upper bound that no shipped threshold reaches."""
    scores = score(records)
    labels = records["truth"].to_numpy()
    above = np.triu_indices(len(labels), k=1)
    is_true = (labels[:, None] == labels[None, :])[above]
    values = scores[above]
    best = (0.0, 0.0, 0.0, 0)
    for threshold in np.arange(50, 100.5, 0.5):
        called = values >= threshold
        right = int((called & is_true).sum())
        if right:
            precision, recall = right / int(called.sum()), right / int(is_true.sum())
            best = max(best, (2 * precision * recall / (precision + recall), precision, recall, int(called.sum())))
    f1, precision, recall, count = best
    print(f"{'yardstick ' + name:34}{count:>8}{precision:>8.3f}{recall:>8.3f}{f1:>8.3f}  best threshold on this data")


def _name_token_set(records: pl.DataFrame) -> np.ndarray:
    names = records["name"].to_list()
    return process.cdist(names, names, scorer=fuzz.token_set_ratio, dtype=np.float32)


def _name_and_address_token_set(records: pl.DataFrame) -> np.ndarray:
    texts = records.select(pl.concat_str("name", "address", separator=" ")).to_series().to_list()
    return process.cdist(texts, texts, scorer=fuzz.token_set_ratio, dtype=np.float32)


YARDSTICKS: dict[str, Callable[[pl.DataFrame], np.ndarray]] = {
    "token_set(name)": _name_token_set,
    "token_set(name + address)": _name_and_address_token_set,
}

if __name__ == "__main__":
    main()
