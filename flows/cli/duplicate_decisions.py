"""`resdir duplicates decide` and `undo`: verdicts of people, kept in the decision log and never asked again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import Parameter

from flows.cli.duplicate_pairs import name_pair, read_pairs
from flows.cli.terminal import Common, say, show, show_json
from flows.clock import now
from flows.duplicate_verdicts import Judgement, plan_ids, read_judgement, values_of, verdict_decision
from pipeline.curate.verdict_groups import Contradiction
from pipeline.curate.verdict_log import WITHDRAWN, VerdictEntry
from pipeline.publish.wording import count_of
from pipeline.store.decisions import NewDecision, append_decisions
from schemas.decided import Pair
from schemas.errors import UsageError
from schemas.identity import pair_id
from schemas.verdicts import Verdict

_VERDICTS = tuple(str(one) for one in Verdict)


def decide(
    a: str,
    b: str,
    verdict: Literal["same", "different", "unsure"] | None = None,
    *,
    by: str,
    reason: str,
    overrule: Annotated[bool, Parameter(negative="")] = False,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Say whether two agencies are one. The pair, and what follows from it, is not asked again.

    The log keeps who said it, when, why and what the records said then. If another person has said otherwise, both verdicts stand
    against each other until one is withdrawn, or a coordinator decides with --overrule.

    Args:
        a: Record number or uid of an agency, or the id of a pair from the list.
        b: The same of the other agency; with the id of a pair the verdict stands here.
        verdict: `same`, `different` or `unsure` (asked again after a while, or when something changes).
        by: Who decides.
        reason: Why, for whoever asks later.
        overrule: Settle it: verdicts of others on this pair are no longer in force.
        center: Center of both, when a record number stands in more than one.
        common: What every command takes.
    """
    if verdict is None and b in _VERDICTS:
        second, said = None, Verdict(b)
    elif verdict is not None:
        second, said = b, Verdict(verdict)
    else:
        raise UsageError("The verdict is missing.", advice="Give same, different or unsure behind the two agencies.")
    require_words(by=by, reason=reason)
    resolved = common.resolve()
    place = common.place(resolved)
    view = read_pairs(common)
    pair = name_pair(view, a, second, center=center)
    stands = view.judgement.settles(pair)
    state = next(iter(view.pairs.filter(view.pairs["pair_id"] == pair_id(*pair[0], *pair[1])).to_dicts()), None)
    is_reopened = state is not None and state["standing"] == "reopened"
    own = [
        entry for entry in (stands.entries if stands else ()) if entry.decided_by.casefold() == by.strip().casefold()
    ]
    if own and own[-1].verdict == said and not is_reopened and not overrule:
        return _tell(view.judgement, pair, entry=own[-1].sequence, is_new=False, common=common)
    # A verdict on a pair that came up again answers the question that the old verdicts left open.
    settled = [entry.sequence for entry in (stands.entries if stands else ()) if overrule or is_reopened]
    decision = verdict_decision(
        pair,
        verdict=said,
        reason=reason.strip(),
        by=by.strip(),
        names=view.names,
        values=values_of(view.directory, pair, parameters=resolved.settings.match),
        score=None if state is None else state["score"],
        band=None if state is None else state["band"],
        run_id=view.run_id,
        overrules=settled,
    )
    (entry,) = append_decisions(place, [decision], now=now())
    return _tell(read_judgement(place), pair, entry=entry, is_new=True, common=common, before=view.judgement)


def undo(
    a: str | None = None,
    b: str | None = None,
    *,
    by: str,
    reason: str,
    entry: int | None = None,
    plan: str | None = None,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Withdraw a verdict: the pair is asked again, and nothing follows from the verdict any more. The log keeps both entries.

    Args:
        a: Record number or uid of an agency, or the id of a pair; its last verdict in force is withdrawn.
        b: The same of the other agency; not needed with the id of a pair.
        by: Who withdraws it.
        reason: Why.
        entry: Number of one entry of the log, as `resdir duplicates explain` lists them, instead of a pair.
        plan: A merge plan, instead of a pair: every verdict `same` inside its group is withdrawn.
        center: Center of both, when a record number stands in more than one.
        common: What every command takes.
    """
    if sum(one is not None for one in (a, entry, plan)) != 1:
        raise UsageError("Name what to withdraw.", advice="Two agencies or a pair, or --entry, or --plan.")
    require_words(by=by, reason=reason)
    place = common.place(common.resolve())
    view = read_pairs(common)
    if plan is not None:
        chosen = _of_plan(view.judgement, plan)
    elif entry is not None:
        chosen = [_of_number(view.judgement, entry)]
    else:
        assert a is not None
        pair = name_pair(view, a, b, center=center)
        stands = view.judgement.settles(pair)
        if stands is None:
            raise UsageError("No verdict stands on this pair.", advice="`resdir duplicates explain` shows its history.")
        chosen = [stands.last]
    standing = [one for one in chosen if one.sequence not in view.judgement.verdicts.withdrawals]
    places = (
        append_decisions(
            place,
            [
                NewDecision(
                    kind=WITHDRAWN,
                    subject=pair_id(*one.pair[0], *one.pair[1]),
                    payload={"entry": one.sequence, "reason": reason.strip()},
                    decided_by=by.strip(),
                )
                for one in standing
            ],
            now=now(),
        )
        if standing
        else []
    )
    after = read_judgement(place)
    ended = sorted(set(plan_ids(view.judgement)) - set(plan_ids(after)))
    if common.json:
        show_json(
            {
                "withdrawn": [one.sequence for one in standing],
                "entries": places,
                "plans_ended": ended,
            }
        )
        return 0
    if not standing:
        show("It was withdrawn before; nothing was changed.")
    for one in standing:
        show(f"Withdrawn: entry {one.sequence}, {one.verdict} by {one.decided_by}.")
    if ended:
        say(f"Merge plans that no longer stand: {', '.join(ended)}.")
    return 0


def require_words(**texts: str) -> None:
    """Stop when an option that the log needs is blank.

    Raises:
        UsageError: Names the option.
    """
    for name, text in texts.items():
        if not text.strip():
            raise UsageError(f"--{name} is empty.", advice="The log must tell later who decided, and why.")


def _of_number(judgement: Judgement, number: int) -> VerdictEntry:
    for one in judgement.verdicts.entries:
        if one.sequence == number:
            return one
    raise UsageError(
        f"The entry {number} of the log is no verdict on a pair.", advice="`resdir duplicates explain A B` lists them."
    )


def _of_plan(judgement: Judgement, plan: str) -> list[VerdictEntry]:
    plans = plan_ids(judgement)
    if plan not in plans:
        known = ", ".join(list(plans)[:10])
        raise UsageError(
            f"There is no merge plan {plan}.", advice=f"Known: {known}." if known else "There is none yet."
        )
    members = set(plans[plan])
    return [
        entry
        for (a, b), said in judgement.verdicts.standing.items()
        if said.verdict == Verdict.SAME and a in members and b in members
        for entry in said.entries
    ]


def _tell(
    judgement: Judgement, pair: Pair, *, entry: int, is_new: bool, common: Common, before: Judgement | None = None
) -> int:
    stands = judgement.settles(pair)
    verdict = None if stands is None or stands.verdict is None else str(stands.verdict)
    new = _new_contradictions(judgement, before) if is_new else ()
    group = judgement.groups.group_of(pair[0])
    plan = next(
        (name for name, members in plan_ids(judgement).items() if pair[0] in members and pair[1] in members), None
    )
    if common.json:
        document: dict[str, Any] = {
            "pair_id": pair_id(*pair[0], *pair[1]),
            "entry": entry,
            "is_new": is_new,
            "verdict": verdict,
            "plan_id": plan,
            "contradictions": [one.told for one in new],
        }
        show_json(document)
        return 0
    if not is_new:
        show(f"You said so before (entry {entry}); nothing was added.")
        return 0
    show(f"Written down as entry {entry}." + ("" if verdict is None else f" The pair stands as {verdict}."))
    for one in new:
        say(f"Verdicts contradict each other. {one.told} Nothing follows from them until that is settled.")
    if verdict == Verdict.SAME and len(group) > 1:
        say(f"{count_of(len(group), 'record')} are one agency now; what to do: resdir duplicates plan {plan}")
    return 0


def _new_contradictions(judgement: Judgement, before: Judgement | None) -> tuple[Contradiction, ...]:
    known = {one.told for one in before.groups.contradictions} if before is not None else set()
    return tuple(one for one in judgement.groups.contradictions if one.told not in known)
