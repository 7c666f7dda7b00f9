"""XML as text, made column by column.

A million services at sites with some twenty elements each are written a hundred columns at a time; element by element it takes
several times as long. That the text is well formed is the duty of these few functions: every value goes through `text` or
`attribute_text`, every tag is written as a pair.
"""

from __future__ import annotations

import polars as pl

#: Characters that XML 1.0 forbids, beside surrogates, which no text of ours can hold.
FORBIDDEN = (*(chr(number) for number in range(32) if number not in (9, 10, 13)), "\ufffe", "\uffff")
#: What is written in place of what, leftmost first: line ends become LF.
_IN_TEXT = {"\r\n": "\n", "\r": "\n", "&": "&amp;", "<": "&lt;", ">": "&gt;", **dict.fromkeys(FORBIDDEN, "")}
#: A reader makes blanks of line ends and tabs in attributes: they are written as such.
_IN_ATTRIBUTES = {**_IN_TEXT, "\r\n": " ", "\r": " ", "\n": " ", "\t": " ", '"': "&quot;"}


def text(value: str | pl.Expr) -> pl.Expr:
    """Return text as the content of an element, without outer blanks; null when nothing is left."""
    return _replaced(value, _IN_TEXT)


def attribute_text(value: str | pl.Expr) -> pl.Expr:
    """Return text as the value of an attribute, without outer blanks; null when nothing is left."""
    return _replaced(value, _IN_ATTRIBUTES)


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
    whole = joined(*parts)
    return pl.when(whole != "").then(whole)


def joined_by(frame: pl.DataFrame, owner: str, column: str, *, separator: str = "") -> pl.DataFrame:
    """Return one row per owner with the texts of its rows one after the other, in the order of the rows.

    Args:
        frame: Needs both columns; rows whose text is null are passed over.
        owner: Column of owners; kept.
        column: Column of text; kept.
        separator: What stands between two texts.
    """
    return (
        frame.select(owner, column)
        .drop_nulls(column)
        .group_by(owner, maintain_order=True)
        .agg(pl.col(column).str.join(separator))
    )


def has_forbidden(column: str) -> pl.Expr:
    """Return whether a text holds characters that XML forbids; they are left out."""
    return pl.col(column).str.contains("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _replaced(value: str | pl.Expr, replacements: dict[str, str]) -> pl.Expr:
    cell = pl.col(value) if isinstance(value, str) else value
    tidy = cell.str.replace_many(list(replacements), list(replacements.values()), leftmost=True).str.strip_chars()
    return pl.when(tidy != "").then(tidy)
