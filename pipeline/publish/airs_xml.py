"""XML as text, made column by column.

A million services at sites with some twenty elements each are written a hundred columns at a time; element by element it takes
several times as long. That the text is well formed is the duty of these few functions: every value goes through `text` or
`attribute_text`, every tag is written as a pair.
"""

from __future__ import annotations

import polars as pl

#: Characters that XML 1.0 forbids, beside surrogates, which no text of ours can hold.
FORBIDDEN = (*(chr(number) for number in range(32) if number not in (9, 10, 13)), "\ufffe", "\uffff")
#: The same, and carriage returns, as a pattern.
_FORBIDDEN_PATTERN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_ODD_PATTERN = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"
#: What is written in place of what, leftmost first: line ends become LF.
_TIDY = {"\r\n": "\n", "\r": "\n", **dict.fromkeys(FORBIDDEN, "")}
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: A reader makes blanks of line ends and tabs in attributes: they are written as such.
_IN_ATTRIBUTES = {**_TIDY, **_ESCAPED, "\r\n": " ", "\r": " ", "\n": " ", "\t": " ", '"': "&quot;"}


def is_odd(column: str) -> pl.Expr:
    """Return whether a text holds characters that XML forbids, or carriage returns."""
    return pl.col(column).str.contains(_ODD_PATTERN)


def has_forbidden(column: str) -> pl.Expr:
    """Return whether a text holds characters that XML forbids; they are left out."""
    return pl.col(column).str.contains(_FORBIDDEN_PATTERN)


def tidied(value: str | pl.Expr) -> pl.Expr:
    """Return text without characters that XML forbids, with LF as its line ends."""
    cell = pl.col(value) if isinstance(value, str) else value
    return cell.str.replace_many(list(_TIDY), list(_TIDY.values()), leftmost=True)


def text(value: str | pl.Expr) -> pl.Expr:
    """Return text as the content of an element, without outer blanks; null when nothing is left.

    Characters that XML forbids must be gone already (`tidied`): looking for them in every text takes longer than all the rest.
    """
    cell = pl.col(value) if isinstance(value, str) else value
    # The function runs on the values of one column, whatever the frame: every value is escaped for itself.
    return not_empty(cell.map_batches(_escape, return_dtype=pl.String, is_elementwise=True).str.strip_chars())


def attribute_text(value: str | pl.Expr) -> pl.Expr:
    """Return text as the value of an attribute, without outer blanks; null when nothing is left."""
    cell = pl.col(value) if isinstance(value, str) else value
    told = cell.str.replace_many(list(_IN_ATTRIBUTES), list(_IN_ATTRIBUTES.values()), leftmost=True)
    return not_empty(told.str.strip_chars())


def element(name: str, content: str | pl.Expr) -> pl.Expr:
    """Return an element around content that is XML already; null when the content is."""
    return pl.format(f"<{name}>{{}}</{name}>", content)


def text_element(name: str, value: str | pl.Expr) -> pl.Expr:
    """Return an element with text; null when there is none, for an empty element says nothing."""
    return element(name, text(value))


def attribute(name: str, value: str | pl.Expr) -> pl.Expr:
    """Return an attribute, with the blank before it; null when the value is."""
    return pl.format(f' {name}="{{}}"', value)


def joined(*parts: str | pl.Expr) -> pl.Expr:
    """Return parts one after the other, passing over null; empty when all are."""
    return pl.concat_str(*parts, ignore_nulls=True)


def filled(*parts: str | pl.Expr) -> pl.Expr:
    """Return parts one after the other; null when all are."""
    return not_empty(joined(*parts))


def not_empty(told: pl.Expr) -> pl.Expr:
    """Return text, null in place of the empty one."""
    # Not a condition on the text: polars would make the text twice, once to look at it.
    return told.replace("", None)


def joined_by(frame: pl.DataFrame, owner: str, *columns: str, separator: str = "") -> pl.DataFrame:
    """Return one row per owner with the texts of its rows one after the other, in the order of the rows.

    Args:
        frame: Needs all columns; texts that are null are passed over.
        owner: Column of owners; kept.
        columns: Columns of text; kept. Empty where all texts of an owner are null.
        separator: What stands between two texts.
    """
    rows = frame.select(owner, *columns)
    if not rows[owner].is_sorted():
        rows = rows.sort(owner, maintain_order=True)
    # Runs of a sorted column are cut out without hashing, and lists are joined at once: six times as fast.
    lists = rows.with_columns(pl.col(owner).set_sorted()).group_by(owner, maintain_order=True).agg(columns)
    return lists.with_columns(pl.col(column).list.join(separator) for column in columns)


def attached(records: pl.DataFrame, number: str, *frames: pl.DataFrame) -> pl.DataFrame:
    """Return records with the columns of frames that have at most one row per record, null where they have none.

    Args:
        records: The records.
        number: Column of the records that the frames name `owner`.
        frames: What belongs to them.
    """
    # Joined by the number alone and set side by side: the many columns of the records are not copied for every frame.
    places = records.select(pl.col(number).alias("owner"))
    return pl.concat(
        [
            records,
            *(places.join(frame, on="owner", how="left", maintain_order="left").drop("owner") for frame in frames),
        ],
        how="horizontal",
    )


def _escape(texts: pl.Series) -> pl.Series:
    """Escape texts; few hold anything to be escaped, and only those are touched."""
    if texts.null_count() == texts.len():
        return texts
    is_escaped = texts.str.contains("[&<>]")
    if not is_escaped.any():
        return texts
    places = is_escaped.arg_true()
    told = texts.gather(places).str.replace_many(list(_ESCAPED), list(_ESCAPED.values()))
    return texts.scatter(places, told)
