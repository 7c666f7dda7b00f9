"""`resdir duplicates export` and `import`: pairs as a spreadsheet, and the verdicts that come back in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from cyclopts import Parameter

from flows.cli.duplicate_pairs import PairView, choose_pairs, pair_documents, read_pairs
from flows.cli.terminal import Common, say, show, show_json, show_table
from flows.clock import now
from flows.duplicate_verdicts import Judgement, read_judgement, values_of, verdict_decision
from flows.verdict_file import read_verdict_file
from pipeline.curate.verdict_rows import ReadVerdicts, Remark, RowVerdict, read_verdict_rows
from pipeline.publish.table_file import write_table
from pipeline.publish.verdict_sheet import verdict_sheets
from pipeline.publish.wording import count_of
from pipeline.store.decisions import append_decisions
from pipeline.store.snapshot import open_published
from schemas.decided import Key, Pair
from schemas.errors import UsageError

Band = Literal["duplicate", "possible", "related", "all"]
Standing = Literal["asked", "open", "reopened", "conflict", "decided", "implied", "waiting", "dormant", "all"]


def export_pairs(
    output: Path,
    /,
    *,
    band: Band = "all",
    standing: Standing = "asked",
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write pairs to a .xlsx or .csv file in which people give their verdicts; `import` reads it back.

    Args:
        output: The file. In .xlsx the verdict is chosen from a list, and everything but verdict, name and reason is locked.
        band: As in `list`.
        standing: As in `list`.
        center: Only pairs in which this center takes part.
        common: What every command takes.
    """
    if output.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(f"{output.name} ends in neither .xlsx nor .csv.", advice="Choose one of the two.")
    view = read_pairs(common, center=center)
    documents = pair_documents(view, choose_pairs(view, band=band, standing=standing))
    write_table(verdict_sheets(documents, directory=view.directory), output)
    if common.json:
        show_json({"path": str(output), "pairs": len(documents)})
    else:
        say(
            f"{count_of(len(documents), 'pair')} written to {output}. Hand it back with: resdir duplicates import {output}"
        )
    return 0


def import_verdicts(
    file: Path,
    /,
    *,
    by: str | None = None,
    reason: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Read verdicts back from a file that `export` wrote. Good rows are written down; every other row is told with its reason.

    Importing a file twice adds nothing. A verdict against that of another person is written down and told as a conflict.
    Exit code 1 when rows were refused.

    Args:
        file: The .xlsx or .csv file.
        by: Who decides, for rows in which decided_by is blank.
        reason: Why, for rows in which reason is blank.
        dry_run: Tell what would happen and write nothing.
        common: What every command takes.
    """
    rows = read_verdict_file(file)
    resolved = common.resolve()
    place = common.place(resolved)
    view = read_pairs(common)
    with open_published(place) as snapshot:
        rekeyed = snapshot.table("history.rekeyed").filter(pl.col("kind") == "agency").sort("as_of", "run_id")
    agencies: dict[str, list[Key]] = {}
    for key in view.directory.agency.select("center_id", "record_uid").iter_rows():
        agencies.setdefault(key[1], []).append((key[0], key[1]))
    read = read_verdict_rows(
        rows,
        pairs=known_pairs(view),
        agencies=agencies,
        numbers={key: name["native_id"] for key, name in view.names.items()},
        renumbered=dict(rekeyed.select("old_record_uid", "new_record_uid").iter_rows()),
        by=by,
        reason=reason,
    )
    states = {
        ((row["center_id_a"], row["uid_a"]), (row["center_id_b"], row["uid_b"])): row for row in view.pairs.to_dicts()
    }
    new = [one for one in read.verdicts if not _is_known(one, view.judgement, states.get(one.pair, {}).get("standing"))]
    values = values_of(view.directory, {key for one in new for key in one.pair}, parameters=resolved.settings.match)
    decisions = []
    for one in new:
        state = states.get(one.pair, {})
        answered = view.judgement.settles(one.pair) if state.get("standing") == "reopened" else None
        decisions.append(
            verdict_decision(
                one.pair,
                verdict=one.verdict,
                reason=one.reason,
                by=one.by,
                names=view.names,
                values=values,
                score=state.get("score"),
                band=state.get("band"),
                run_id=view.run_id,
                overrules=[entry.sequence for entry in answered.entries] if answered else (),
                source=f"{file.name}, row {one.row}",
            )
        )
    if decisions and not dry_run:
        append_decisions(place, decisions, now=now())
    after = read_judgement(place, also=decisions, now=now()) if dry_run else read_judgement(place)
    conflicts = _conflicts(after, new)
    _tell(file, read, applied=len(new), conflicts=conflicts, dry_run=dry_run, common=common)
    return 1 if read.refused else 0


def known_pairs(view: PairView) -> dict[str, Pair]:
    """Return the pairs that are known by an id."""
    sides = ("pair_id", "center_id_a", "uid_a", "center_id_b", "uid_b")
    return {row[0]: ((row[1], row[2]), (row[3], row[4])) for row in view.pairs.select(sides).iter_rows()}


def _is_known(one: RowVerdict, judgement: Judgement, standing: str | None) -> bool:
    """Tell whether the person has said so before and nothing has changed since."""
    stands = judgement.settles(one.pair)
    if stands is None or standing == "reopened":
        return False
    own = [entry for entry in stands.entries if entry.decided_by.casefold() == one.by.casefold()]
    return bool(own) and own[-1].verdict == one.verdict


def _conflicts(judgement: Judgement, new: list[RowVerdict]) -> list[Remark]:
    """Return the rows whose verdicts contradict others, those of other persons or chains of them."""
    told = {entry.pair: one.told for one in judgement.groups.contradictions for entry in one.entries}
    return [Remark(row=one.row, column="verdict", message=told[one.pair]) for one in new if one.pair in told]


def _tell(
    file: Path, read: ReadVerdicts, *, applied: int, conflicts: list[Remark], dry_run: bool, common: Common
) -> None:
    known = len(read.verdicts) - applied + read.repeated
    if common.json:
        show_json(
            {
                "file": file.name,
                "rows": len(read.verdicts) + len(read.refused) + read.blank + read.repeated,
                "applied": 0 if dry_run else applied,
                "would_apply": applied if dry_run else None,
                "known": known,
                "blank": read.blank,
                "refused": [asdict(one) for one in read.refused],
                "warnings": [asdict(one) for one in read.warnings],
                "conflicts": [asdict(one) for one in conflicts],
            }
        )
        return
    verb = "would be written down" if dry_run else "written down"
    show(
        f"{file.name}: {count_of(applied, 'verdict')} {verb}, {known:,} known before, {read.blank:,} rows without an answer, "
        f"{count_of(len(read.refused), 'row')} refused."
    )
    for title, remarks in (
        ("Refused", read.refused),
        ("Contradictions: nothing follows until they are settled", conflicts),
        ("Odd, but read", read.warnings),
    ):
        if remarks:
            show_table(
                title,
                ("row", "column", "what"),
                [(one.row, one.column, one.message) for one in remarks],
                right=("row",),
            )
