"""Gates: totals that stop a run before anything is published. A damaged or cut export must never replace a good night."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.enumerations import Status
from schemas.gating import Gate, GateName
from schemas.notes import NoteKind
from schemas.parameters import GateParameters

_KINDS: tuple[str, ...] = ("agency", "site", "service", "service_at_site")

#: Dates whose readability is watched, each with the column of the text as delivered.
_DATES: tuple[str, ...] = ("verified_on", "edited_on", "created_on")

_WORDS: dict[str, str] = {
    "agency": "agencies",
    "site": "sites",
    "service": "services",
    "service_at_site": "services at sites",
    "verified_on": "verification dates",
    "edited_on": "dates of the last edit",
    "created_on": "dates of entry",
}


def check_rejects(delivered: Delivered, *, parameters: GateParameters) -> list[Gate]:
    """Return the gates of files of which too many rows could not be read."""
    gates = []
    for file in delivered.files:
        rows = file.rows_read + file.rows_rejected
        share = file.rows_rejected / rows if rows else 0.0
        many = file.rows_rejected >= parameters.smallest_reject_count and share > parameters.largest_reject_share
        if many or share > parameters.most_rejected_share:
            gates.append(
                Gate(
                    name=GateName.REJECTED_ROWS,
                    center_id=delivered.center_id,
                    message=f"{file.rows_rejected:,} of {rows:,} rows of {file.name} could not be read ({share:.1%}; at most "
                    f"{parameters.largest_reject_share:.0%} may). The export looks damaged.",
                    measured=share,
                    limit=parameters.largest_reject_share,
                )
            )
    return gates


def check_totals(
    now: Directory, *, before: Directory, centers: Sequence[str], parameters: GateParameters
) -> list[Gate]:
    """Return the gates of record kinds that are missing or fell too far below the night before.

    Args:
        now: Tonight's canonical tables.
        before: Those of the night before; kinds it does not hold are not compared.
        centers: Centers read tonight.
        parameters: The floor.
    """
    was = _count(before)
    is_now = _count(now)
    gates = []
    for center in centers:
        if not is_now.get((center, "agency"), 0):
            gates.append(_no_agencies(center, earlier=was.get((center, "agency"), 0)))
        for kind in _KINDS:
            earlier = was.get((center, kind), 0)
            later = is_now.get((center, kind), 0)
            fell = later < earlier * parameters.smallest_load_share and (later or kind != "agency")
            # Of a handful of records a share says nothing: one site that went is a change, not a cut export.
            if earlier >= parameters.fewest_records_compared and fell:
                gates.append(_fell(center, kind, earlier=earlier, later=later, parameters=parameters))
    return gates


def check_columns(
    filled: pl.DataFrame, *, before: pl.DataFrame, center_id: str, carried: frozenset[str], parameters: GateParameters
) -> list[Gate]:
    """Return the gates of columns that were filled the night before and are all but empty now.

    Args:
        filled: Tonight's counts (`schemas.gating.FilledCells`).
        before: Those of the last accepted night.
        center_id: The center.
        carried: Fields that tonight's export carries; a column that is gone altogether is drift, not a gate.
        parameters: What counts as filled, and as emptied.
    """
    compared = compare_filled(filled, before=before, center_id=center_id, carried=carried)
    floor = pl.col("share_before") * (1 - parameters.largest_fill_drop)
    emptied = compared.filter(
        (pl.min_horizontal("record_count", "record_count_before") >= parameters.fewest_records_compared)
        & (pl.col("share_before") >= parameters.filled_share)
        & (pl.col("share") < floor)
    ).with_columns(column=pl.col("item").str.replace(r"^[a-z_]+\.", ""), limit=floor)
    # One column of a flat export feeds several kinds of record; phones and the like lose all their columns at once.
    groups = emptied.with_columns(thing=pl.col("column").str.extract(r"^([a-z_]+)", 1)).partition_by(
        "thing", as_dict=True, maintain_order=True
    )
    return [_emptied(rows, center_id=center_id) for rows in groups.values()]


def check_values(
    directory: Directory, *, notes: pl.DataFrame, center_id: str, parameters: GateParameters
) -> list[Gate]:
    """Return the gates of dates that cannot be read and of status words that nobody knows: signs of a changed format.

    Args:
        directory: Canonical tables; only the center's delivered rows are looked at.
        notes: What normalize noticed (`schemas.quality.Note`).
        center_id: The center.
        parameters: The largest shares.
    """
    records = pl.concat(
        [
            table.filter((pl.col("center_id") == center_id) & (pl.col("origin") == "delivered")).select(
                "status", "status_written", *(f"{name}_written" for name in _DATES)
            )
            for name, table in directory.tables().items()
            if name in _KINDS
        ]
    )
    noted = notes.filter((pl.col("center_id") == center_id) & (pl.col("note_kind") == NoteKind.UNREADABLE_DATE))
    gates = []
    for name in _DATES:
        filled = records.get_column(f"{name}_written").drop_nulls().len()
        unread = noted.filter(pl.col("field") == name).height
        gates += _too_many(
            GateName.UNREADABLE_DATES, center_id, bad=unread, of=filled, limit=parameters.largest_unreadable_date_share,
            words=f"{_WORDS[name]} cannot be read", sign="The date format of the export has probably changed.",
            parameters=parameters,
        )  # fmt: skip
    written = records.filter(pl.col("status_written").is_not_null())
    unknown = written.filter(pl.col("status") == Status.UNKNOWN).height
    gates += _too_many(
        GateName.UNKNOWN_STATUS, center_id, bad=unknown, of=written.height, limit=parameters.largest_unknown_status_share,
        words="status words are not in the list", sign="The words of the export have probably changed.",
        parameters=parameters,
    )  # fmt: skip
    return gates


def compare_filled(
    filled: pl.DataFrame, *, before: pl.DataFrame, center_id: str, carried: frozenset[str]
) -> pl.DataFrame:
    """Return the filled shares of both nights side by side, of the fields that both exports carry.

    Returns:
        `item`, `record_count`, `filled_count`, `share` and the same with `_before`; shares are cells per record and can be
        above 1 for phones and the like. Kinds without records in either night are left out.
    """
    earlier = before.filter((pl.col("center_id") == center_id) & (pl.col("record_count") > 0))
    kinds = dict(filled.select(pl.col("item").str.extract(r"^([a-z_]+)\.", 1), "record_count").unique().iter_rows())
    both = earlier.drop("center_id").join(filled.drop("center_id"), on="item", how="left", suffix="_now")
    return (
        both.filter(_still_carried(carried))
        .with_columns(
            # A kind of child row that is gone altogether has no row tonight; its owners have.
            record_count_now=pl.coalesce(
                "record_count_now",
                pl.col("item").str.extract(r"^([a-z_]+)\.", 1).replace_strict(kinds, default=0, return_dtype=pl.Int64),
            ),
            filled_count_now=pl.col("filled_count_now").fill_null(0),
        )
        .filter(pl.col("record_count_now") > 0)
        .select(
            "item",
            record_count=pl.col("record_count_now"),
            filled_count=pl.col("filled_count_now"),
            share=pl.col("filled_count_now") / pl.col("record_count_now"),
            record_count_before=pl.col("record_count"),
            filled_count_before=pl.col("filled_count"),
            share_before=pl.col("filled_count") / pl.col("record_count"),
        )
        .sort("item")
    )


def field_words(item: str) -> str:
    """Return a field as people say it.

    >>> field_words("agency.verified_on"), field_words("service_at_site.phone.number")
    ('verified on of agencies', 'phone number of services at sites')
    """
    kind, *names = item.split(".")
    return f"{' '.join(names).replace('_', ' ')} of {_WORDS.get(kind, kind)}"


def _still_carried(carried: frozenset[str]) -> pl.Expr:
    whole = sorted(carried)
    return pl.col("item").is_in(whole) | pl.col("item").str.replace(r"^[a-z_]+\.", "").is_in(whole)


def _emptied(rows: pl.DataFrame, *, center_id: str) -> Gate:
    columns = ", ".join(dict.fromkeys(name.replace(".", " ").replace("_", " ") for name in rows["column"]))
    shares = "; ".join(
        f"{field_words(row['item'])} {_percent(row['share_before'])} to {_percent(row['share'])}"
        for row in rows.to_dicts()
    )
    worst = rows.sort("share").row(0, named=True)
    return Gate(
        name=GateName.COLUMN_EMPTIED,
        center_id=center_id,
        message=f"Filled the night before, all but empty now: {columns} ({shares}). The export has probably lost it.",
        measured=worst["share"],
        limit=worst["limit"],
    )


def _no_agencies(center: str, *, earlier: int) -> Gate:
    before = f" ({earlier:,} the night before)" if earlier else ""
    return Gate(
        name=GateName.TABLE_EMPTY,
        center_id=center,
        message=f"The export holds no agency at all{before}. It was probably made with the wrong filter.",
        measured=0,
        limit=1,
    )


def _fell(center: str, kind: str, *, earlier: int, later: int, parameters: GateParameters) -> Gate:
    return Gate(
        name=GateName.ROWS_FELL,
        center_id=center,
        message=f"{later:,} {_WORDS[kind]} against {earlier:,} the night before ({later / earlier:.0%}; at least "
        f"{parameters.smallest_load_share:.0%} are expected). The export looks cut short.",
        measured=later / earlier,
        limit=parameters.smallest_load_share,
    )


def _too_many(
    name: GateName, center: str, *, bad: int, of: int, limit: float, words: str, sign: str, parameters: GateParameters
) -> list[Gate]:
    share = bad / of if of else 0.0
    if bad < parameters.smallest_reject_count or share <= limit:
        return []
    message = f"{bad:,} of {of:,} {words} ({share:.1%}; at most {limit:.0%} may). {sign}"
    return [Gate(name=name, center_id=center, message=message, measured=share, limit=limit)]


def _percent(share: float) -> str:
    return f"{min(share, 1.0):.0%}"


def _count(directory: Directory) -> dict[tuple[str, str], int]:
    delivered = directory.records().filter(pl.col("origin") == "delivered")
    counts = delivered.group_by("center_id", "kind").len()
    return {(row["center_id"], row["kind"]): row["len"] for row in counts.to_dicts()}
