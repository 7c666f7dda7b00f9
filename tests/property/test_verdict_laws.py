"""Laws of verdicts: whatever people write into the log, in whatever order."""

from __future__ import annotations

from itertools import combinations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.curate.verdict_groups import VerdictGroups
from pipeline.curate.verdict_log import fold_verdicts
from pipeline.match.clusters import cluster_pairs
from schemas.decided import DecidedPairs, pairs_frame
from schemas.verdicts import Verdict
from tests.verdict_entries import Log, key, pair

UIDS = "abcdef"
PAIRS = [a + b for a, b in combinations(UIDS, 2)]
SAYING = st.tuples(
    st.sampled_from(PAIRS), st.sampled_from(["same", "different", "unsure"]), st.sampled_from(["Ana", "Bo", "Cy"])
)
#: What people do: say something, or withdraw an earlier entry.
ACTS = st.lists(st.one_of(SAYING, st.integers(1, 20)), max_size=14)
LINKS = st.lists(st.tuples(st.sampled_from(PAIRS), st.floats(0.85, 1)), max_size=10, unique_by=lambda one: one[0])


def written(acts) -> Log:
    log = Log()
    for act in acts:
        if isinstance(act, int):
            if act <= len(log.entries):
                log.withdraw(act)
        else:
            names, verdict, by = act
            log.say(names[0], names[1], verdict, by=by)
    return log


def standing(entries):
    return {one: (said.verdict, said.persons) for one, said in fold_verdicts(entries).standing.items()}


def decided(groups: VerdictGroups, verdicts) -> DecidedPairs:
    in_question = {entry.pair for one in groups.contradictions for entry in one.entries}
    found: dict[Verdict, list] = {Verdict.SAME: [], Verdict.DIFFERENT: []}
    for one, said in verdicts.standing.items():
        if said.verdict in found and (said.verdict == Verdict.DIFFERENT or one not in in_question):
            found[said.verdict].append(one)
    return DecidedPairs(same=pairs_frame(found[Verdict.SAME]), different=pairs_frame(found[Verdict.DIFFERENT]))


@given(acts=ACTS, seed=st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_does_not_matter(acts, seed) -> None:
    """The log is ordered by its own numbers, however it is read."""
    entries = written(acts).entries
    shuffled = list(entries)
    seed.shuffle(shuffled)
    assert standing(entries) == standing(shuffled)


@given(acts=ACTS, saying=SAYING)
def test_a_verdict_that_is_withdrawn_leaves_everything_as_it_was(acts, saying) -> None:
    """Undo, for any log before it."""
    log = written(acts)
    before = standing(log.entries)
    names, verdict, by = saying
    log.withdraw(log.say(names[0], names[1], verdict, by=by))
    assert standing(log.entries) == before


@given(acts=ACTS)
def test_nothing_follows_against_a_verdict(acts) -> None:
    """What is implied never contradicts what somebody said, and is the same from both sides."""
    verdicts = fold_verdicts(written(acts).entries)
    groups = VerdictGroups(verdicts.standing)
    in_question = {entry.pair for one in groups.contradictions for entry in one.entries}
    for names in PAIRS:
        a, b = pair(*names)
        implied, reverse = groups.implied(a, b), groups.implied(b, a)
        assert (implied and implied.verdict) == (reverse and reverse.verdict)
        said = verdicts.standing.get((a, b))
        if implied is not None:
            assert len(implied.chain) >= 1
            if said is not None and said.verdict in (Verdict.SAME, Verdict.DIFFERENT) and (a, b) not in in_question:
                assert implied.verdict == said.verdict


@given(acts=ACTS)
def test_confirmed_groups_hold_no_pair_that_is_called_different(acts) -> None:
    """No verdict, no merge; and no merge against a verdict."""
    verdicts = fold_verdicts(written(acts).entries)
    seen: set = set()
    for members in VerdictGroups(verdicts.standing).groups():
        assert len(members) > 1
        assert not seen & set(members)
        seen |= set(members)
        for a, b in combinations(members, 2):
            said = verdicts.standing.get((a, b))
            assert said is None or said.verdict != Verdict.DIFFERENT


@settings(max_examples=200)
@given(acts=ACTS, links=LINKS, largest=st.integers(2, 6))
def test_no_group_holds_a_pair_that_people_called_different(acts, links, largest) -> None:
    """The wall holds against any links, chains of them, and verdicts on others; and everything confirmed is together."""
    verdicts = fold_verdicts(written(acts).entries)
    groups = VerdictGroups(verdicts.standing)
    said = decided(groups, verdicts)
    scored = pairs_frame([pair(*names) for names, _ in links]).with_columns(
        score=pl.Series([score for _, score in links], dtype=pl.Float64), band=pl.lit("duplicate")
    )
    found = cluster_pairs(scored, walls=pairs_frame([]), largest=largest, decided=said).cluster
    group_of = dict(found.select("record_uid", "cluster_id").iter_rows())
    for _, a, _, b in said.different.iter_rows():
        assert a not in group_of or group_of[a] != group_of.get(b)
    for _, a, _, b in said.same.iter_rows():
        assert group_of[a] == group_of[b]
    proposed = found.filter(~pl.col("is_confirmed"))
    confirmed_sizes = max((len(members) for members in groups.groups()), default=0)
    assert (proposed["size"].max() or 0) <= max(largest, confirmed_sizes)


@given(acts=ACTS)
def test_new_numbers_for_everybody_change_no_decision(acts) -> None:
    """Renaming all ids through the log changes what records are called and nothing else."""
    log = written(acts)
    before = standing(log.entries)
    for uid in UIDS:
        log.renumber(uid, uid.upper())

    def renamed(one):
        return tuple(sorted(key(uid.upper()) for _, uid in one))

    assert standing(log.entries) == {renamed(one): said for one, said in before.items()}
