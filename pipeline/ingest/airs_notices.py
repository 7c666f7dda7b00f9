"""What was accepted in an AIRS file and is worth a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import polars as pl

from pipeline.ingest.airs_reading import Reading
from pipeline.ingest.airs_rows import WORKED_OUT
from pipeline.ingest.cells import is_filled
from pipeline.ingest.regular_rows import cell_name
from pipeline.ingest.tables import Table
from schemas.header_names import fold_name

#: Names listed in one notice; further ones are counted.
_SHOWN = 12
#: What is told about single records, in this order: key of the tally, sentence.
_SENTENCES: tuple[tuple[str, str], ...] = (
    *(
        (
            f"{kind} without key",
            (
                f"{kind[0].upper()}{kind[1:]} without a key: {{count}} ({{shown}}). Their place in the file stands for it, which "
                "may be another in the next export: these numbers are not stable."
            ),
        )
        for kind in ("agencies", "sites", "services", "services at sites")
    ),
    *(
        (
            f"{kind} with a key that is no number",
            f"{kind[0].upper()}{kind[1:]} with a key that is no whole number, as AIRS wants it: {{count}} ({{shown}}); they are kept.",
        )
        for kind in ("agencies", "sites", "services")
    ),
    (
        "sites with the key of another agency",
        "Sites whose AgencyKey is not that of the agency in which they stand: {count} ({shown}); the agency in which they stand is meant.",
    ),
    (
        "head offices that are sites",
        "Head offices (AgencyLocation) at an address that no site of their agency has: {count} ({shown}); each became a site.",
    ),
    ("other elements", "Elements beside the records, which stay in raw: {count} ({shown})."),
)


def describe_reading(reading: Reading, *, is_numbered: bool, several: bool) -> list[str]:
    """Return the notices about a delivery.

    Args:
        reading: The delivery, read to its end.
        is_numbered: Whether rows are numbered because lines do not tell them apart.
        several: Whether there are several files.
    """
    tally = reading.tally
    notices = []
    if is_numbered:
        why = "there are several files" if several else "several records stand on one line"
        notices.append(f"Rows are counted from 1 in each table instead of by line, because {why}; raw keeps the lines.")
    for what, sentence in _SENTENCES:
        examples = reading.examples.get(what, [])
        if examples:
            notices.append(sentence.format(count=f"{len(examples):,}", shown=_list(list(dict.fromkeys(examples)))))
    if tally["phones without number"]:
        withheld = tally["phones withheld"]
        notices.append(
            f"Phones without a number: {tally['phones without number']:,} of {tally['phones']:,}"
            f"{f', {withheld:,} of them with a reason for withholding it' if withheld else ''}; they stay in raw only."
        )
    own, empty = tally["codes of their own"], tally["codes empty"]
    if own or empty:
        notices.append(
            f"Codes that are no codes of the taxonomy, such as a center's own categories: {own:,} of {tally['codes']:,}"
            f"{f'; empty: {empty:,}' if empty else ''}. They stay in raw and make no link."
        )
    if tally["names kept inside"]:
        notices.append(f"Other names marked as confidential: {tally['names kept inside']:,}; they stay in raw only.")
    if tally["places with words of their own"]:
        notices.append(
            "Services at a site that say something else than the service at its other sites: "
            f"{tally['places with words of their own']:,}; they keep it as their own."
        )
    if tally["values blank at a place"]:
        notices.append(
            "Values of a service that are blank at one of its sites: "
            f"{tally['values blank at a place']:,}; the value of the service counts there too."
        )
    return notices


def describe_unknown(table: Table) -> list[str]:
    """Return the notice about elements that the layout does not know, with how often each is filled."""
    layout = table.layout
    if layout is None or layout.raw_only:
        return []
    known = {fold_name(column) for column in (*layout.mapped_columns, *layout.raw_only_columns)}
    unknown = [
        (name, cell_name(place))
        for place, name in enumerate(table.header.names)
        if not name.startswith(WORKED_OUT)
        and fold_name(name) not in known
        and not any(fnmatchcase(name, pattern) for pattern in layout.expected_columns)
    ]
    if not unknown:
        return []
    counts = table.parsed.cells.select(is_filled(pl.col(cell)).sum().alias(name) for name, cell in unknown).row(0)
    shown = [f"{name} {count:,}" for (name, _), count in zip(unknown, counts, strict=True)]
    return [f"{table.name}: elements that the layout does not know stay in raw: {len(shown):,} ({_list(shown)})."]


def _list(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"
