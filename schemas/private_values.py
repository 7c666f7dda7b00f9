"""The values of a load that must not be seen in anything that leaves, and how to find them in free text.

A value is private when its own row is flagged, or when it belongs to a record that is withheld for privacy. The same value
delivered as public by a record that leaves is not searched for - its center publishes it itself - with one exception: the street
of a confidential place is private wherever it stands.

A phone number is found in any spelling, an e-mail address also where its signs are words, a street by number and street name (long or
short words for direction, with or without the kind of street), a person by first and last name in either order, a place that must not
be located by its coordinates. The forms of text in which they are searched are in `schemas.searched_texts`; what each kind of value
looks like is in the modules `private_numbers`, `private_emails`, `private_streets`, `private_names` and `private_spots`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

import polars as pl

from schemas.many_patterns import Anchor, holds_any, patterns_in
from schemas.private_emails import DISGUISED, email_texts, holds_email, without_emails
from schemas.private_names import name_patterns
from schemas.private_numbers import (
    FULL_DIGITS,
    KEYPAD,
    KEYPAD_LOCAL,
    KEYPAD_NUMBER,
    KEYPAD_START,
    LOCAL_DIGITS,
    holds_phone,
    phone_digits,
    vanity_number,
)
from schemas.private_spots import SPOT, holds_spot, spot_key, spots_in
from schemas.private_streets import place_keys, street_patterns
from schemas.searched_texts import (
    condensed_text,
    condensed_texts,
    person_text,
    person_texts,
    plain_text,
    plain_texts,
    word_text,
    word_texts,
)
from schemas.street_words import spellings_of, street_text, street_texts

__all__ = [
    "PrivateValues",
    "clean_texts",
    "find_kinds",
    "kinds_in",
    "name_patterns",
    "narrow_values",
    "phone_digits",
    "place_keys",
    "sentences_of",
    "street_patterns",
    "suspect_cells",
    "suspected_texts",
    "vanity_number",
    "without_private",
]

#: What a text must hold to hold a number of digits, and one with letters.
_SEVEN_DIGITS = r"(?:[0-9][^\p{L}\p{N}]*){7}"
#: A number with an area code and nothing else; an area code that is none makes no number another one.
_WHOLE_NUMBER = r"^\(?[2-9](?:[02-9][0-9]|1[02-9])(?:\) |-|\.)[0-9]{3}[-.][0-9]{4}$"
_SOME_DIGITS = r"(?:[0-9][^\p{L}\p{N}]*){3}"
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s*\n+\s*")
#: An area code at the end of a sentence.
_AREA_CODE_LEFT = re.compile(r"(?<![0-9])[2-9][0-9]{2}[)\W]*$")
#: How the kinds of values are found among many texts; see `schemas.many_patterns`.
_NUMBER, _EMAIL, _PHRASE, _WORD = Anchor(width=7), Anchor(sign="@", before=3), Anchor(sign=" "), Anchor(width=5)
#: Most sentences side by side over which one value can run: an address with its full stops (project choice).
_LONGEST_RUN = 4


@dataclass(frozen=True, kw_only=True)
class PrivateValues:
    """What must not be seen, in search form. Never shown: not part of the text form of anything.

    Args:
        phones: Digits of numbers, without the country code of North America.
        vanity: Numbers written with letters, or with their extension: small letters, nothing but letters and digits.
        emails: Addresses in small letters.
        streets: House number and street name as words, blank at both ends, as `street_patterns`.
        places: Street with city, and street with ZIP: what an address row is compared with.
        names: Names of persons as words, blank at both ends, as `name_patterns`.
        spots: Coordinates of places that must not be located, as `schemas.private_spots.spot_keys`.
        shown_emails: Public addresses in which a private person's name stands: they may be shown all the same.
    """

    phones: frozenset[str] = frozenset()
    vanity: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    spots: frozenset[str] = frozenset()
    shown_emails: frozenset[str] = frozenset()

    @cached_property
    def numbers(self) -> pl.Series:
        """Whole numbers, numbers without area code, and those with letters: what condensed text is searched for."""
        return _sorted(self.phones | self.vanity | {digits[-LOCAL_DIGITS:] for digits in self.phones})

    @cached_property
    def whole_numbers(self) -> pl.Series:
        """Numbers as they are known: what a text that is nothing but a number is compared with."""
        return _sorted(self.phones)

    @cached_property
    def addresses(self) -> pl.Series:
        """E-mail addresses: what plain text is searched for."""
        return _sorted(self.emails)

    @cached_property
    def street_phrases(self) -> pl.Series:
        """Streets: what text is searched for in the words of streets."""
        return _sorted(self.streets)

    @cached_property
    def name_phrases(self) -> pl.Series:
        """Names: what text is searched for as words."""
        return _sorted(self.names)

    @cached_property
    def telling_of_streets(self) -> pl.Series:
        """The longest word of every street, however it is spelled: a text without any of them holds none of these."""
        return _telling_of_streets(self.streets)

    @cached_property
    def telling_of_names(self) -> pl.Series:
        """The longest word of every name: a text without any of them holds none of these."""
        return _telling_of_names(self.names)

    @cached_property
    def by_local(self) -> dict[str, frozenset[str]]:
        """Numbers by their digits without area code."""
        return _grouped((digits[-LOCAL_DIGITS:], digits) for digits in self.phones)

    def without_streets(self) -> PrivateValues:
        """Return the values without streets and places, for what is compared as an address."""
        return PrivateValues(
            phones=self.phones,
            vanity=self.vanity,
            emails=self.emails,
            names=self.names,
            spots=self.spots,
            shown_emails=self.shown_emails,
        )

    def __repr__(self) -> str:
        return "PrivateValues(…)"

    def __or__(self, other: PrivateValues) -> PrivateValues:
        return PrivateValues(
            **{field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(PrivateValues)}
        )


def suspect_cells(column: str, values: PrivateValues, *, text: pl.Expr | None = None) -> pl.Expr:
    """Return whether a text cell may hold a private value; `kinds_in` then tells for certain.

    Args:
        column: Column of text.
        values: What is looked for.
        text: The text to look at, where it is not the column itself.
    """
    asked = pl.col(column) if text is None else text
    return asked.map_batches(lambda texts: suspected_texts(texts, values), return_dtype=pl.Boolean)


def suspected_texts(texts: pl.Series, values: PrivateValues) -> pl.Series:
    """Return which texts may hold a private value (Boolean, never null).

    Each kind of value is looked for only in texts that can hold one at all - enough digits, an @, a word of a name - because
    taking a text apart costs more than everything else.
    """
    # Values repeat a lot: each is looked at once.
    cells = texts.cast(pl.String)
    distinct = cells.unique().drop_nulls()
    suspects = distinct.filter(_suspected(distinct, values))
    if suspects.is_empty():
        return pl.repeat(value=False, n=len(cells), dtype=pl.Boolean, eager=True).alias(cells.name)
    return cells.is_in(suspects.implode()).fill_null(value=False)


def _suspected(texts: pl.Series, values: PrivateValues) -> pl.Series:
    hits = pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)
    plain = plain_texts(texts)
    for places in (
        _number_places(plain, values),
        _keypad_places(plain, values),
        _email_places(plain, values),
        _street_places(plain, values),
        _name_places(plain, values),
        _spot_places(plain, values),
    ):
        if places is not None and len(places):
            hits = hits.scatter(places, values=True)
    return hits


def _number_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.numbers.is_empty():
        return None
    candidates = plain.str.contains(_SOME_DIGITS if values.vanity else _SEVEN_DIGITS).arg_true()
    places = candidates.filter(holds_any(condensed_texts(plain.gather(candidates)), values.numbers, anchor=_NUMBER))
    # A number that stands alone, with its area code, is a private one or none; most cells of phones are such.
    is_whole = plain.gather(places).str.contains(_WHOLE_NUMBER)
    whole = places.filter(is_whole)
    private = whole.filter(holds_any(condensed_texts(plain.gather(whole)), values.whole_numbers, anchor=_NUMBER))
    return pl.concat([places.filter(~is_whole), private])


def _keypad_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if not values.phones:
        return None
    found = []
    for start, whole, length, known in (
        (KEYPAD_START, KEYPAD_NUMBER, FULL_DIGITS, values.phones),
        (KEYPAD_LOCAL, KEYPAD_LOCAL, LOCAL_DIGITS, set(values.by_local)),
    ):
        candidates = plain.str.contains(start).arg_true()
        written = plain.gather(candidates).str.extract_all(whole).list.explode(keep_nulls=False, empty_as_null=False)
        lengths = plain.gather(candidates).str.extract_all(whole).list.len()
        digits = written.to_frame("text").select(
            pl.col("text")
            .str.replace_many(list(KEYPAD), list(KEYPAD.values()))
            .str.replace_all("[^0-9]", "")
            .str.tail(length)
            .is_in(_sorted(known).implode())
        )
        found.append(_repeated(candidates, lengths).filter(digits.to_series()))
    return pl.concat(found)


def _email_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.addresses.is_empty():
        return None
    candidates = plain.str.contains(f"@|{DISGUISED}").arg_true()
    return candidates.filter(holds_any(email_texts(plain.gather(candidates)), values.addresses, anchor=_EMAIL))


def _street_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.street_phrases.is_empty():
        return None
    candidates = holds_any(plain, values.telling_of_streets, anchor=_WORD).arg_true()
    return candidates.filter(
        holds_any(street_texts(word_texts(plain.gather(candidates))), values.street_phrases, anchor=_PHRASE)
    )


def _name_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.name_phrases.is_empty():
        return None
    candidates = holds_any(plain, values.telling_of_names, anchor=_WORD).arg_true()
    return candidates.filter(
        holds_any(person_texts(word_texts(plain.gather(candidates))), values.name_phrases, anchor=_PHRASE)
    )


def _spot_places(plain: pl.Series, values: PrivateValues) -> pl.Series | None:
    if not values.spots:
        return None
    candidates = plain.str.contains(SPOT).arg_true()
    pairs = plain.gather(candidates).str.extract_all(SPOT)
    lengths = pairs.list.len()
    found = [spot_key(pair) in values.spots for pair in pairs.list.explode(keep_nulls=False, empty_as_null=False)]
    return _repeated(candidates, lengths).filter(pl.Series(found, dtype=pl.Boolean))


def _repeated(places: pl.Series, times: pl.Series) -> pl.Series:
    """Return each place as often as told."""
    return pl.select(places.alias("place").repeat_by(times)).to_series().explode(keep_nulls=False, empty_as_null=False)


def narrow_values(texts: pl.Series, values: PrivateValues) -> list[PrivateValues]:
    """Return for each text the few values that may stand in it, so that only those are looked at one by one.

    A large directory has tens of thousands of private values; all of them are searched for at once here, in one pass over a text.

    Args:
        texts: Texts; null holds nothing.
        values: What is looked for.
    """
    plain = plain_texts(texts)
    words = word_texts(plain)
    condensed = condensed_texts(plain)
    keypad = pl.col("text").str.replace_many(list(KEYPAD), list(KEYPAD.values()))
    keyed = plain.to_frame("text").select(keypad).to_series()
    columns = (
        patterns_in(condensed + "|" + condensed_texts(keyed), values.numbers, anchor=_NUMBER),
        patterns_in(email_texts(plain), values.addresses, anchor=_EMAIL),
        patterns_in(street_texts(words) if values.streets else words, values.street_phrases, anchor=_PHRASE),
        patterns_in(person_texts(words), values.name_phrases, anchor=_PHRASE),
    )
    narrowed = []
    for text, *hits in zip(plain.to_list(), *columns, strict=True):
        numbers, emails, streets, names = (frozenset(found or ()) for found in hits)
        of_local = {digits for local in numbers for digits in values.by_local.get(local, ())}
        narrowed.append(
            PrivateValues(
                phones=(values.phones & numbers) | of_local,
                vanity=values.vanity & numbers,
                emails=emails,
                streets=streets,
                names=names,
                spots=values.spots & spots_in(text) if text and values.spots else frozenset(),
                shown_emails=values.shown_emails if names else frozenset(),
            )
        )
    return narrowed


def find_kinds(texts: pl.Series, values: PrivateValues) -> dict[str, frozenset[str]]:
    """Return the texts in which a private value stands, each with the kinds that `kinds_in` tells.

    Args:
        texts: Texts; repetitions and nulls do not matter.
        values: What is looked for.
    """
    distinct = texts.cast(pl.String).unique().drop_nulls()
    return {text: kinds for text, (kinds, _) in _closely(distinct.filter(_suspected(distinct, values)), values).items()}


def clean_texts(suspects: pl.Series, values: PrivateValues) -> dict[str, tuple[frozenset[str], str | None]]:
    """Return the texts in which a private value stands, each with the kinds that `kinds_in` tells and what `without_private` leaves.

    Args:
        suspects: Texts that `suspected_texts` found; repetitions do not matter.
        values: What is looked for.
    """
    return {text: (kinds, without_private(text, few)) for text, (kinds, few) in _closely(suspects, values).items()}


def _closely(suspects: pl.Series, values: PrivateValues) -> dict[str, tuple[frozenset[str], PrivateValues]]:
    """Return the texts in which a private value stands, with its kinds and the few values that may be meant."""
    known = suspects.drop_nulls().unique().sort()
    if known.is_empty():
        return {}
    return {
        text: (kinds, few)
        for text, few in zip(known.to_list(), narrow_values(known, values), strict=True)
        if (kinds := kinds_in(text, few))
    }


def kinds_in(text: str, values: PrivateValues) -> frozenset[str]:
    """Return which kinds of private values a text holds: `phone`, `email`, `address`, `name`, `coordinates`."""
    plain = plain_text(text)
    condensed = condensed_text(plain)
    kinds = set()
    if (values.phones and holds_phone(plain, condensed, values.phones)) or _holds_any(condensed, values.vanity):
        kinds.add("phone")
    if values.emails and holds_email(plain, values.emails):
        kinds.add("email")
    if values.streets and _holds_any(street_text(word_text(plain)), values.streets):
        kinds.add("address")
    if values.names and _holds_any(person_text(word_text(without_emails(plain, values.shown_emails))), values.names):
        kinds.add("name")
    if values.spots and holds_spot(plain, values.spots):
        kinds.add("coordinates")
    return frozenset(kinds)


def without_private(text: str, values: PrivateValues) -> str | None:
    """Return the text without the sentences that hold a private value; None when nothing is left.

    A value that runs over the end of a sentence, as `1407 N. Elm`, takes the sentences with it over which it runs; one that runs further
    takes the whole text.
    """
    parts = sentences_of(text)
    for length in range(1, _LONGEST_RUN + 1):
        place = 0
        while place + length <= len(parts):
            if kinds_in(" ".join(parts[place : place + length]), values):
                # An area code that was parted from its number goes with it.
                begin = place - 1 if place and _AREA_CODE_LEFT.search(parts[place - 1]) else place
                del parts[begin : place + length]
                place = begin
            else:
                place += 1
    # The parts are joined by a blank; line breaks inside a text that lost a sentence are given up.
    left = " ".join(parts).strip()
    return left if left and not kinds_in(left, values) else None


def sentences_of(text: str) -> list[str]:
    """Return the sentences and lines of a text.

    >>> sentences_of("Open daily. Bring papers! Free")
    ['Open daily.', 'Bring papers!', 'Free']
    """
    return [part for part in _SENTENCE.split(text) if part]


# The same streets and names are asked for with others and without: what tells of them is found once.
@lru_cache(maxsize=4)
def _telling_of_streets(streets: frozenset[str]) -> pl.Series:
    return _sorted({spelling for phrase in streets for spelling in _telling(phrase)})


@lru_cache(maxsize=4)
def _telling_of_names(names: frozenset[str]) -> pl.Series:
    return _sorted({max(phrase.split(), key=len) for phrase in names})


def _telling(phrase: str) -> tuple[str, ...]:
    """Return the spellings of the word of a street by which a text is best known to be worth a closer look."""
    words = [word for word in phrase.split() if word.isalnum()]
    return max((spellings_of(word) for word in words), key=lambda spellings: min(len(one) for one in spellings))


def _holds_any(text: str, patterns: Iterable[str]) -> bool:
    return any(pattern in text for pattern in patterns)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(members) for key, members in found.items()}


def _sorted(patterns: Iterable[str]) -> pl.Series:
    return pl.Series("patterns", sorted(patterns), dtype=pl.String)
