"""Laws of the sheet of verdicts: what comes back is what people wrote, whatever was done to the order of rows."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.curate.verdict_rows import TableRow, read_verdict_rows
from schemas.identity import pair_id
from tests.verdict_entries import key, pair

UIDS = "abcde"
PAIRS = {pair_id(*one[0], *one[1]): one for one in (pair(*names) for names in combinations(UIDS, 2))}
ANSWERS = st.dictionaries(st.sampled_from(sorted(PAIRS)), st.sampled_from(["same", "different", "unsure", ""]))
#: What a spreadsheet does to the id of a pair.
SPOILED = st.sampled_from(["", "1.23E+15", "20260304"])


def read(rows: list[dict[str, str]]):
    return read_verdict_rows(
        [TableRow(row=place, cells=cells) for place, cells in enumerate(rows, start=2)],
        pairs=PAIRS,
        agencies={uid: [key(uid)] for uid in UIDS},
        numbers={},
        renumbered={},
        by="Ana",
        reason="looked",
    )


def row_of(pair_name: str, verdict: str) -> dict[str, str]:
    first, second = PAIRS[pair_name]
    return {"pair_id": pair_name, "record_uid_a": first[1], "record_uid_b": second[1], "verdict": verdict}


def said(found) -> dict:
    return {one.pair: str(one.verdict) for one in found.verdicts}


@given(answers=ANSWERS, shuffle=st.randoms(use_true_random=False), spoiled=st.lists(SPOILED, max_size=10))
def test_what_is_filled_in_is_what_is_decided(answers, shuffle, spoiled) -> None:
    """Export, fill in, sort, spoil the ids, import: the same as deciding each pair by hand."""
    rows = [row_of(name, verdict) for name, verdict in answers.items()]
    for row, wrong in zip(rows, spoiled, strict=False):
        row["pair_id"] = wrong
    shuffle.shuffle(rows)
    found = read(rows)
    assert said(found) == {PAIRS[name]: verdict for name, verdict in answers.items() if verdict}
    assert (found.refused, found.blank) == ((), sum(not verdict for verdict in answers.values()))


@given(answers=st.lists(st.tuples(st.sampled_from(sorted(PAIRS)), st.sampled_from(["same", "different", "what"]))))
def test_every_row_is_applied_known_or_refused(answers) -> None:
    """Nothing is lost, and a pair of which the file says two things is decided by none of its rows."""
    found = read([row_of(name, verdict) for name, verdict in answers])
    assert len(found.verdicts) + found.repeated + len(found.refused) + found.blank == len(answers)
    for name, one in PAIRS.items():
        valid = {verdict for asked, verdict in answers if asked == name and verdict != "what"}
        assert said(found).get(one) == (valid.pop() if len(valid) == 1 else None)
