r"""Text as people should read it: without markup, stray characters and surplus blanks.

Exports carry HTML from web editors (often escaped a second time), control characters from copied text, the two characters
`\\n` where a program meant a line break, and hard blanks. What is broken beyond doubt about the meaning (`Ã©`) is told, not
repaired: a wrong repair cannot be seen any more.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from html.entities import html5

import polars as pl

from pipeline.normalize.distinct import change_where

#: Rounds of decoding. Text escaped twice occurs in exports, three times never did; text that still changes after three
#: rounds is no text of an editor and stays as it was.
DECODING_ROUNDS = 3

_BLOCK_TAGS = (
    "address|article|blockquote|br|center|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|"
    "table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE_TAGS = (
    "a|abbr|acronym|b|big|body|button|cite|code|em|font|head|html|i|iframe|img|input|ins|del|label|link|meta|o:p|option|q|s|"
    "script|select|small|span|strike|strong|style|sub|sup|title|tt|u"
)
_BLOCK = rf"(?i)</?(?:{_BLOCK_TAGS})(?:\s[^<>]*|/)?>"
_INLINE = rf"(?i)</?(?:{_INLINE_TAGS})(?:\s[^<>]*|/)?>"
#: Cells cut at a fixed length end inside a tag.
_CUT_TAG = rf"(?i)<(?:/?(?:{_BLOCK_TAGS}|{_INLINE_TAGS})(?:\s[^<>]*|/)?|!--[^<>]*|/)?$"
_HIDDEN = r"(?is)<!--.*?-->|<style\b[^>]*>.*?</style\s*>|<script\b[^>]*>.*?</script\s*>"
_CONTROL = r"[\x00-\x08\x0E-\x1F\x7F-\x{9F}]"
_INVISIBLE = r"[\x00-\x08\x0E-\x1F\x7F-\x{9F}\x{200B}\x{FEFF}]"
_WRITTEN_BREAK = r"\\r\\n|\\n|\\r"
_LINE_BREAK = r"\r\n|[\r\x0B\x0C\x{2028}\x{2029}]"
#: UTF-8 read as Windows-1252 (`Ã©`, `â€™`, `Â `) or as code page 437 (`ΓÇÖ`), or bytes replaced on the way.
_MISREAD = r"[ΓG]Ç[^\x00-\x7F]|Ã[\x{80}-\x{BF}ŒœŠšŽžŸƒˆ˜‚„†‡‰‹›€™•…–—‘’“”]|â€|Â[\x{A0}-\x{BF}]|ï»¿|ï¿½|\x{FFFD}"
_SUSPECT = r"[<&\\\x00-\x09\x0B-\x1F\x7F-\x{A0}\x{200B}\x{FEFF}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{1680}]|  |\n"

_NAMED = {f"&{name}": text for name, text in html5.items() if name.endswith(";")}
_NAMED_FROM = list(_NAMED)
_NAMED_TO = list(_NAMED.values())


def plain_text(values: pl.Series) -> pl.Series:
    r"""Return text without markup, control characters and surplus blanks; blank becomes null.

    Block tags become line breaks, other tags vanish, entities are decoded until nothing changes (three rounds at most),
    runs of blanks become one, more than one empty line becomes one.

    >>> plain_text(pl.Series(["<p>Open &lt;b&gt;daily&lt;/b&gt;</p><p>9&nbsp;-&nbsp;5 </p>", "a <5 & b", "  ", None])).to_list()
    ['Open daily\n\n9 - 5', 'a <5 & b', None, None]
    """
    trimmed = values.str.strip_chars()
    suspects = trimmed.str.contains(_SUSPECT)
    cleaned = change_where(trimmed, suspects, lambda part: _tidy_blanks(_without_markup(part)))
    return pl.select(pl.when(cleaned != "").then(cleaned)).to_series().alias(values.name)


def columns_to_clean(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """Return those of the columns in which some cell is not plain text yet; the others can be left alone.

    Args:
        frame: Needs the columns, with cells trimmed and blank ones null.
        names: Text columns to ask about.
    """
    asked = list(names)
    found = frame.select(pl.col(name).str.contains(f"{_SUSPECT}|{_MISREAD}").any() for name in asked)
    return [name for name in asked if found[name].item()] if frame.height else []


def one_line(values: pl.Series) -> pl.Series:
    """Return plain text on one line, as names and streets need it; blank becomes null.

    >>> one_line(pl.Series([" Harbor<br>House ", "A  &amp;  B"])).to_list()
    ['Harbor House', 'A & B']
    """
    return plain_text(values).str.replace_all(r" ?\n+ ?", " ")


def has_markup(values: pl.Series) -> pl.Series:
    """Tell where text holds HTML tags or entities.

    >>> has_markup(pl.Series(["<b>x</b>", "R&D", "a < b", "&amp;"])).to_list()
    [True, False, False, True]
    """
    suspects = values.str.contains("[<&]").fill_null(value=False)
    if not suspects.any():
        return suspects
    changed = change_where(values, suspects, lambda part: _without_tags(_decoded(part)))
    return (changed != values).fill_null(value=False)


def has_broken_characters(values: pl.Series) -> pl.Series:
    r"""Tell where text holds control characters, line breaks spelled `\n`, or signs of a wrong encoding.

    >>> has_broken_characters(pl.Series(["Caf\u00e9", "Caf\u00c3\u00a9", "a\x07b", "one\\ntwo", "SÃO"])).to_list()
    [False, True, True, True, False]
    """
    return values.str.contains(rf"{_CONTROL}|{_WRITTEN_BREAK}|{_MISREAD}").fill_null(value=False)


def _without_markup(values: pl.Series) -> pl.Series:
    current = values
    for _ in range(DECODING_ROUNDS):
        current = _cleaned_once(current)
    is_stable = _cleaned_once(current) == current
    return pl.select(pl.when(is_stable).then(current).otherwise(values)).to_series()


def _cleaned_once(values: pl.Series) -> pl.Series:
    visible = values.str.replace_all(_INVISIBLE, "").str.replace_all(_WRITTEN_BREAK, "\n")
    return _without_tags(_decoded(visible))


def _decoded(values: pl.Series) -> pl.Series:
    has_entity = values.str.contains(r"&#?[0-9A-Za-z]{2,32};")
    return change_where(values, has_entity, _decode)


def _decode(values: pl.Series) -> pl.Series:
    # Numbers first and names second in one round would decode `&#38;amp;` twice; a text with numbers is read by the library.
    numbered = values.str.contains(r"&#[0-9xX]")
    named = values.str.replace_many(_NAMED_FROM, _NAMED_TO)
    by_library = change_where(values, numbered, lambda part: part.map_elements(_unescape, return_dtype=pl.String))
    return pl.select(pl.when(numbered).then(by_library).otherwise(named)).to_series()


def _unescape(text: str) -> str:
    # The library also accepts entities without semicolon, which turns `a=1&copy=2` into a copyright sign.
    head, *rest = text.split("&")
    parts = [head]
    for part in rest:
        name, semicolon, tail = part.partition(";")
        is_entity = bool(semicolon) and (f"{name};" in html5 or _is_number(name))
        parts.append(html.unescape(f"&{name};") + tail if is_entity else f"&{part}")
    return "".join(parts)


def _is_number(name: str) -> bool:
    digits, allowed = (name[2:], "0123456789abcdefABCDEF") if name[:2] in ("#x", "#X") else (name[1:], "0123456789")
    return name.startswith("#") and 0 < len(digits) <= 7 and all(digit in allowed for digit in digits)


def _without_tags(values: pl.Series) -> pl.Series:
    return change_where(
        values,
        values.str.contains("<", literal=True),
        lambda part: (
            part.str.replace_all(_HIDDEN, " ")
            .str.replace_all(_BLOCK, "\n")
            .str.replace_all(_INLINE, "")
            .str.strip_chars_end()
            .str.replace_all(_CUT_TAG, "")
        ),
    )


def _tidy_blanks(values: pl.Series) -> pl.Series:
    return (
        values.str.replace_all(_LINE_BREAK, "\n")
        .str.replace_all(r"[\t\p{Zs}]+", " ")
        .str.replace_all(r" ?\n ?", "\n")
        .str.replace_all(r"\n{3,}", "\n\n")
        .str.strip_chars()
    )
