"""Taking private values out of the free text of frames that may leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

import polars as pl

from pipeline.publish.working_ahead import done_together, worked_ahead
from schemas.private_values import PrivateValues, clean_texts, find_kinds, suspected_texts
from schemas.public_columns import PublicTable
from schemas.taxonomy_code import CODE_GRAMMAR

#: Columns made from listed ones, searched with them.
_MADE_COLUMNS = (("phone", "number"),)
#: Streets are not looked for in these columns: addresses are compared as places, street and city together.
_STREET_COLUMNS = frozenset({("site", "line1"), ("site", "line2"), ("address", "line1"), ("address", "line2")})
_NOTHING = pl.Series("text", [], dtype=pl.String)
#: Distinct texts that are searched together: all of a small directory, and not more memory than needed for a large one.
_BLOCK = 150_000


def scrub_frames(
    frames: Mapping[str, pl.DataFrame], tables: Mapping[str, PublicTable], values: PrivateValues
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """Take private values out of every column that a person may have typed into.

    From prose the sentence goes; a name, a line or a web address goes as a whole; of a list, the entry.

    Args:
        frames: Rows by name of table, with their public columns.
        tables: Which columns are searched, and how.
        values: What must not be seen.

    Returns:
        The frames, and how many cells lost something, by kind of value (`private_phone_in_text` and so on).
    """
    removed: Counter[str] = Counter()
    scrubbed = dict(frames)
    streetless = values.without_streets()
    listed = [(name, column) for name, table in tables.items() for column in (*table.short, *table.prose)]
    for of_streets, asked in ((False, values), (True, streetless)):
        columns = [place for place in (*listed, *_MADE_COLUMNS) if (place in _STREET_COLUMNS) is of_streets]
        # Building the search costs more than searching a short column: all columns are searched at once.
        suspects = _suspects(scrubbed, columns, asked)
        found = clean_texts(pl.concat([_NOTHING, *suspects.values()]), asked)
        for (name, column), texts in suspects.items():
            kinds = {text: found[text][0] for text in texts.unique().to_list() if text in found}
            if not kinds:
                continue
            frame = scrubbed[name]
            is_prose = column in tables[name].prose
            replace = _in_texts if frame.schema[column] == pl.String else _in_lists
            scrubbed[name] = replace(frame, column, {text: found[text][1] if is_prose else None for text in kinds})
            _count(texts, kinds, removed)
    _empty_split(scrubbed, [place for place in listed if _is_list(scrubbed, place)], values, removed)
    return scrubbed, {f"private_{kind}_in_text": count for kind, count in sorted(removed.items())}


def without_private_codes(links: pl.DataFrame, values: PrivateValues) -> tuple[pl.DataFrame, int]:
    """Return taxonomy links without those in whose cell of codes somebody wrote a private value, and how many went.

    A well-formed code is none: its digits are not searched.

    Args:
        links: Taxonomy links.
        values: What must not be seen.
    """
    is_code = f"^(?:{CODE_GRAMMAR})$"
    numbered = links.with_row_index("row")
    written = numbered.select("row", pl.concat_list("code", "target_code", "joined_codes").alias("text"))
    odd = written.explode("text").filter(~pl.col("text").str.contains(is_code))
    private = odd.filter(pl.col("text").is_in(list(find_kinds(odd["text"], values))))["row"].unique()
    return numbered.filter(~pl.col("row").is_in(private.implode())).drop("row"), private.len()


def _suspects(
    frames: Mapping[str, pl.DataFrame], columns: list[tuple[str, str]], values: PrivateValues
) -> dict[tuple[str, str], pl.Series]:
    """Return the texts of each column that may hold a private value; columns without any are left out."""
    distinct = done_together({place: partial(_distinct, frames, place) for place in columns})
    known = pl.concat([_NOTHING, *distinct.values()]).unique()
    blocks = (block.to_series() for block in known.to_frame().iter_slices(_BLOCK))
    suspects = pl.concat(
        [_NOTHING, *worked_ahead(lambda texts: texts.filter(suspected_texts(texts, values)), blocks)]
    ).implode()
    return {
        place: texts.filter(texts.is_in(suspects))
        for place, some in distinct.items()
        if some.is_in(suspects).any()
        for texts in (_texts(frames, place),)
    }


def _distinct(frames: Mapping[str, pl.DataFrame], place: tuple[str, str]) -> pl.Series:
    return _texts(frames, place).unique()


def _texts(frames: Mapping[str, pl.DataFrame], place: tuple[str, str]) -> pl.Series:
    cells = frames[place[0]][place[1]]
    return (cells if cells.dtype == pl.String else cells.explode()).drop_nulls().alias("text")


def _in_texts(frame: pl.DataFrame, column: str, better: Mapping[str, str | None]) -> pl.DataFrame:
    replaced = pl.DataFrame(
        {column: list(better), "better": list(better.values())},
        schema={column: pl.String, "better": pl.String},
    ).with_columns(pl.lit(value=True).alias("is_private"))
    return (
        frame.join(replaced, on=column, how="left", maintain_order="left")
        .with_columns(pl.when("is_private").then("better").otherwise(column).alias(column))
        .drop("better", "is_private")
    )


def _in_lists(frame: pl.DataFrame, column: str, better: Mapping[str, str | None]) -> pl.DataFrame:
    private = sorted(better)
    return frame.with_columns(pl.col(column).list.eval(pl.element().filter(~pl.element().is_in(private))).alias(column))


def _is_list(frames: Mapping[str, pl.DataFrame], place: tuple[str, str]) -> bool:
    return frames[place[0]].schema[place[1]] != pl.String


def _empty_split(
    frames: dict[str, pl.DataFrame], lists: list[tuple[str, str]], values: PrivateValues, removed: Counter[str]
) -> None:
    """Empty the lists over whose entries a private value is split: `Jane` and `Doe` would be written side by side."""
    joined = {
        (name, column): frames[name]
        .select(pl.when(pl.col(column).list.len() > 1).then(pl.col(column).list.join("; ")).alias("text"))
        .to_series()
        for name, column in lists
    }
    kinds = find_kinds(pl.concat([_NOTHING, *joined.values()]), values)
    for (name, column), texts in joined.items():
        is_split = texts.is_in(list(kinds)).fill_null(value=False)
        if is_split.any():
            _count(texts, kinds, removed)
            frames[name] = frames[name].with_columns(pl.when(~is_split).then(column).otherwise([]).alias(column))


def _count(cells: pl.Series, kinds: Mapping[str, frozenset[str]], removed: Counter[str]) -> None:
    """Count how many cells lose something, by kind of value."""
    texts = cells.filter(cells.is_in(list(kinds)))
    for text, times in texts.value_counts().iter_rows():
        removed.update(dict.fromkeys(kinds[text], times))
