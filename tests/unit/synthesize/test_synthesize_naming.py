"""Names that never run out, and how hard planted duplicates are to recognize."""

from __future__ import annotations

import csv
from datetime import date

from pipeline.synthesize.damage import DAMAGES
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.naming import Registry, claim_surname
from pipeline.synthesize.plant_pairs import DIFFICULTIES, harder
from pipeline.synthesize.synthesize import synthesize
from pipeline.synthesize.vocabulary import read_vocabulary


def test_family_names_never_run_out_and_never_repeat() -> None:
    """A large directory would be looked for in vain: single names are fewer than the traps of 40,000 agencies."""
    used, vocabulary = Registry(), read_vocabulary()
    names = [claim_surname(Draws("names", rank), vocabulary=vocabulary, used=used) for rank in range(6000)]
    assert len({name.casefold() for name in names}) == len(names)
    single = len(vocabulary.words["name_starts"]) * len(vocabulary.words["name_ends"])
    assert single < len(names)
    assert any("-" in name for name in names)
    assert all("-" not in name for name in names[:20])


def test_even_when_every_name_is_taken_there_is_another() -> None:
    """No size may end in a search without end."""
    used, vocabulary = Registry(), read_vocabulary()
    draws = [Draws("one key", "again") for _ in range(3)]
    taken = Draws("one key", "again")
    for _ in range(60):
        first = f"{taken.pick(vocabulary.words['name_starts'])}{taken.pick(vocabulary.words['name_ends'])}"
        used.claim_name(first)
    found = [claim_surname(one, vocabulary=vocabulary, used=used) for one in draws]
    assert len(set(found)) == 3


def test_every_way_of_damaging_has_a_difficulty() -> None:
    """The worse of two damages decides."""
    assert set(DIFFICULTIES) == set(DAMAGES)
    assert harder("exact_copy", "typo") == "medium"
    assert harder("aka_only", "legal_ending") == "hard"


def test_the_truth_tells_how_hard_each_duplicate_is(tmp_path) -> None:
    """A recall without it hides which duplicates are missed."""
    made = synthesize(agencies=300, seed="truth", output=tmp_path, as_of=date(2026, 11, 20))
    with (made.truth / "duplicates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["difficulty"] for row in rows if row["label"] == "duplicate"} == {"easy", "medium", "hard"}
    assert {row["difficulty"] for row in rows if row["label"] != "duplicate"} == {""}
    assert all(DIFFICULTIES[row["trap"]] == row["difficulty"] for row in rows if row["trap"] in DIFFICULTIES)
