"""How alike two forms of names are: by shared words, misspellings, containment and initials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from pipeline.match.compare_words import compare_words
from pipeline.match.names import Names
from pipeline.match.numbered import Flags, Numbers, Spans

Weights = NDArray[np.float64]

#: Letter likeness, 0-100 without blanks, from which two names may differ by slips alone, and from which single words are
#: paired off: bounds the work, loses nothing that could count (project choice).
_SLIP_LETTERS, _MISSPELLED_LETTERS = 78.0, 50.0
#: Likeness of names that differ by slips alone (project choice).
_SLIP_LIKENESS = 0.95
#: A word of at least so many letters and so much weight may be written in two; looked for where hardly anything else is shared
#: (project choice: shorter ones stand inside others by chance).
_COMPOUND_LETTERS, _COMPOUND_WEIGHT, _COMPOUND_SHARED = 7, 0.6, 0.5
#: Likeness given to an acronym and the name it abbreviates: short initials agree by chance now and then (project choice).
ACRONYM_LIKENESS = 0.82
#: Words that a name has at least when another is its acronym.
_ACRONYM_WORDS = 3
#: Likeness given to a name that holds the whole of the other and more, when the shorter one is telling (project choice).
_CONTAINED_LIKENESS = 0.80
#: Weight of shared words from which a contained name is telling (project choice).
_CONTAINED_WEIGHT = 1.2


@dataclass(frozen=True, kw_only=True)
class FormLikeness:
    """What pairs of forms have in common; one element per pair.

    Attributes:
        likeness: 0-1.
        shared: Weight of the shared words, of words written in two, of slips and initials.
        is_exact: The same words, or the same letters in a row.
        is_acronym: One is the initials of the other.
        common: Weight of the words that both have as they are.
        is_local_a, is_local_b: Among the words that the other lacks is a place, a branch word or a number.
        left_a, left_b: How many words the other lacks.
    """

    likeness: Weights
    shared: Weights
    is_exact: Flags
    is_acronym: Flags
    common: Weights
    is_local_a: Flags
    is_local_b: Flags
    left_a: Numbers
    left_b: Numbers


@dataclass(frozen=True, kw_only=True)
class _Left:
    """Words that one form has and the other lacks, in order of the pairs of forms: number of the pair and number of the word."""

    form: Numbers
    word: Numbers

    def kept(self, which: Flags) -> _Left:
        """Return the words of some pairs."""
        chosen = which[self.form]
        return _Left(form=self.form[chosen], word=self.word[chosen])


def compare_forms(key_a: Numbers, key_b: Numbers, names: Names, *, clash_penalty: float) -> FormLikeness:
    """Compare pairs of name forms.

    Args:
        key_a: `key_id` of the first of each pair.
        key_b: The same of the second.
        names: Prepared names.
        clash_penalty: As in the profile.
    """
    token, size = names.token, len(key_a)
    weights = token["weight"].to_numpy()
    is_place = token["is_place"].to_numpy()
    common, left = _apart(key_a, key_b, names)
    shared = _sums(common.form, weights[common.word], size=size)
    counts = [np.bincount(side.form, minlength=size) for side in left]
    is_local = [np.bincount(side.form[is_place[side.word]], minlength=size) > 0 for side in left]
    squeezed = names.key["squeezed"].to_numpy()
    texts_a, texts_b = squeezed[key_a], squeezed[key_b]
    letters = process.cpdist(texts_a.tolist(), texts_b.tolist(), scorer=fuzz.ratio, dtype=np.float32)
    is_slip = _slips(
        texts_a,
        texts_b,
        letters=letters,
        may_slip=~(is_local[0] & is_local[1]) & ~((counts[0] == 1) & (counts[1] == 1)),
    )
    close = letters >= _MISSPELLED_LETTERS
    paired = _misspelled(left[0].kept(close), left[1].kept(close), token, size=size)
    telling = shared + _compounds(left, (texts_a, texts_b), token, is_unlike=shared < _COMPOUND_SHARED)
    text = names.key["key"].rle_id().to_numpy()
    is_exact = (text[key_a] == text[key_b]) | (letters >= 100)
    is_acronym = _is_acronym(key_a, key_b, names) | _is_acronym(key_b, key_a, names)
    weight = names.key["weight"].to_numpy()
    flags = {"is_slip": is_slip, "is_acronym": is_acronym, "is_exact": is_exact}
    likeness, shared_words = _combine(
        (weight[key_a], weight[key_b]), telling, paired, **flags, clash_penalty=clash_penalty
    )
    return FormLikeness(
        likeness=likeness,
        shared=shared_words,
        is_exact=is_exact,
        is_acronym=is_acronym & ~is_exact,
        common=shared,
        is_local_a=is_local[0],
        is_local_b=is_local[1],
        left_a=counts[0],
        left_b=counts[1],
    )


def _apart(key_a: Numbers, key_b: Numbers, names: Names) -> tuple[_Left, tuple[_Left, _Left]]:
    """Return the words that both forms have, and those that only one has."""
    count = names.key["tokens"].list.len().cast(pl.Int64).to_numpy()
    spans = Spans(begin=np.cumsum(count) - count, count=count)
    words = names.key["tokens"].explode(keep_nulls=False, empty_as_null=False).cast(pl.Int64).to_numpy()
    (form_a, place_a), (form_b, place_b) = spans.rows(key_a), spans.rows(key_b)
    word_a, word_b = words[place_a], words[place_b]
    # Both are sorted by pair and word: what one finds in the other is common.
    packed_a, packed_b = (form_a << 32) | word_a, (form_b << 32) | word_b
    place = np.searchsorted(packed_b, packed_a)
    place[place == len(packed_b)] = 0
    in_b = packed_b[place] == packed_a if len(packed_b) else np.zeros(len(packed_a), dtype=bool)
    in_a = np.zeros(len(packed_b), dtype=bool)
    in_a[place[in_b]] = True
    return (
        _Left(form=form_a[in_b], word=word_a[in_b]),
        (_Left(form=form_a[~in_b], word=word_a[~in_b]), _Left(form=form_b[~in_a], word=word_b[~in_a])),
    )


def _sums(group: Numbers, values: Weights, *, size: int) -> Weights:
    """Return the sum of the values of each group, 0 for none."""
    return np.bincount(group, values, minlength=size).astype(np.float64, copy=False)


def _combine(
    weight: tuple[Weights, Weights],
    shared: Weights,
    paired: _Paired,
    *,
    is_slip: Flags,
    is_acronym: Flags,
    is_exact: Flags,
    clash_penalty: float,
) -> tuple[Weights, Weights]:
    """Take the best of what words, slips, containment and initials say; return likeness and weight of what is shared."""
    weight_a, weight_b = weight
    smaller = np.minimum(weight_a, weight_b)
    is_contained = (shared >= 0.999 * smaller) & (shared >= _CONTAINED_WEIGHT)
    # A telling word on each side that the other lacks ("Jubilant Housing" / "Jubilant Jobs") says more than many shared ones.
    unmatched = np.minimum(weight_a - shared - paired.matched_a, weight_b - shared - paired.matched_b)
    by_words = (2 * shared + paired.credit) / (weight_a + weight_b - paired.surplus)
    likeness = np.maximum.reduce(
        [
            by_words - clash_penalty * unmatched.clip(0.0, 1.0),
            np.where(is_slip, _SLIP_LIKENESS, 0.0),
            np.where(is_acronym, ACRONYM_LIKENESS, 0.0),
            np.where(is_contained, _CONTAINED_LIKENESS, 0.0),
        ]
    )
    # Forms that differ in blanks alone, slips and initials may share no word at all.
    at_least = np.where(is_acronym & ~is_exact, np.maximum(weight_a, weight_b), smaller)
    is_whole = is_exact | is_slip | is_acronym
    return (
        np.where(is_exact, 1.0, likeness.clip(0.0, 0.99)),
        np.where(is_whole, np.maximum(shared, at_least), shared + paired.credit / 2),
    )


def _is_acronym(short: Numbers, long: Numbers, names: Names) -> Flags:
    """Tell whether one form is a single word that is the initials of the other."""
    count = names.key["word_count"].to_numpy()
    found = np.zeros(len(short), dtype=bool)
    may_be = np.flatnonzero((count[short] == 1) & (count[long] >= _ACRONYM_WORDS))
    squeezed, initials = names.key["squeezed"], names.key["initials"]
    is_same = squeezed.gather(pl.Series(short[may_be])) == initials.gather(pl.Series(long[may_be]))
    found[may_be] = is_same.to_numpy()
    return found


def _slips(
    texts_a: NDArray[np.object_], texts_b: NDArray[np.object_], *, letters: NDArray[np.float32], may_slip: Flags
) -> Flags:
    """Tell which forms differ by a few slips of the pen, blanks not counted ("Lantern House" / "LanternHuose").

    One slip (a letter more, less, other, or two changed places) is allowed from 8 letters on, two from 16, three from 28. Other
    digits, or other place and branch words on both sides, are never slips. Where a single word differs it is judged by its own
    length, not by the whole name's ("Birch Affairs" / "Larch Affairs").
    """
    found = np.zeros(len(letters), dtype=bool)
    near = np.flatnonzero((letters >= _SLIP_LETTERS) & may_slip)
    texts = pl.DataFrame(
        {"a": texts_a[near].tolist(), "b": texts_b[near].tolist()}, schema={"a": pl.String, "b": pl.String}
    )
    slips = process.cpdist(texts["a"].to_list(), texts["b"].to_list(), scorer=OSA.distance, dtype=np.int32)
    length = pl.min_horizontal(pl.col("a").str.len_chars(), pl.col("b").str.len_chars())
    allowed = pl.when(length >= 28).then(3).when(length >= 16).then(2).when(length >= 8).then(1)
    is_slip = texts.with_columns(slips=pl.Series(slips, dtype=pl.Int32)).select(
        (
            (pl.col("slips") <= allowed) & (pl.col("a").str.extract_all(r"\d") == pl.col("b").str.extract_all(r"\d"))
        ).fill_null(value=False)
    )
    found[near] = is_slip.to_series().to_numpy()
    return found


@dataclass(frozen=True, kw_only=True)
class _Paired:
    """Words paired off with words they misspell or abbreviate; one element per pair of forms.

    Attributes:
        credit: Likeness times weight, both sides.
        surplus: Weight that a misspelled word has only because it is rare.
        matched_a, matched_b: Weight of the words paired off.
    """

    credit: Weights
    surplus: Weights
    matched_a: Weights
    matched_b: Weights


def _misspelled(left_a: _Left, left_b: _Left, token: pl.DataFrame, *, size: int) -> _Paired:
    """Pair off words that only one form has with the other's words they misspell or abbreviate."""
    first, second = Spans.of(pl.Series(left_b.form), count=size).rows(left_a.form)
    packed = (left_a.word[first] << 32) | left_b.word[second]
    distinct = pl.Series(packed).unique().to_numpy()
    alike = compare_words(pl.DataFrame({"word_a": distinct >> 32, "word_b": distinct & 0xFFFFFFFF}), token)
    known = (alike["word_a"].cast(pl.Int64).to_numpy() << 32) | alike["word_b"].cast(pl.Int64).to_numpy()
    place = np.searchsorted(known, packed)
    place[place == len(known)] = 0
    hit = np.flatnonzero(known[place] == packed) if len(known) else np.zeros(0, dtype=np.int64)
    smaller = pl.min_horizontal("weight_a", "weight_b")
    matched = (
        pl.concat(
            [pl.DataFrame({"form": left_a.form[first[hit]]}), alike[pl.Series(place[hit], dtype=pl.Int64)]],
            how="horizontal",
        )
        .sort("form", "likeness", "word_a", "word_b", descending=[False, True, False, False])
        .unique(["form", "word_a"], keep="first", maintain_order=True)
        .unique(["form", "word_b"], keep="first", maintain_order=True)
        .select(
            "form",
            credit=2 * pl.col("likeness") * smaller,
            surplus=pl.col("weight_a") + pl.col("weight_b") - 2 * smaller,
            matched_a="weight_a",
            matched_b="weight_b",
        )
    )
    form = matched["form"].to_numpy()
    return _Paired(
        credit=_sums(form, matched["credit"].to_numpy(), size=size),
        surplus=_sums(form, matched["surplus"].to_numpy(), size=size),
        matched_a=_sums(form, matched["matched_a"].to_numpy(), size=size),
        matched_b=_sums(form, matched["matched_b"].to_numpy(), size=size),
    )


def _compounds(
    left: tuple[_Left, _Left],
    texts: tuple[NDArray[np.object_], NDArray[np.object_]],
    token: pl.DataFrame,
    *,
    is_unlike: Flags,
) -> Weights:
    """Return the weight of a telling word of one form that the other writes in two ("Bunnyland" / "Bunny Land"), else 0.

    Of several the heaviest counts.
    """
    is_telling = token.select(
        (pl.col("weight") >= _COMPOUND_WEIGHT) & (pl.col("text").str.len_chars() >= _COMPOUND_LETTERS)
    ).to_series()
    compound = np.zeros(len(is_unlike))
    for own, other in ((left[0], texts[1]), (left[1], texts[0])):
        kept = own.kept(is_unlike)
        chosen = is_telling.to_numpy()[kept.word]
        form, word = kept.form[chosen], pl.Series(kept.word[chosen])
        looked_in = pl.DataFrame(
            {"text": pl.Series(other[form].tolist(), dtype=pl.String), "word": token["text"].gather(word)}
        )
        holds = looked_in.select(pl.col("text").str.contains(pl.col("word"), literal=True)).to_series().to_numpy()
        np.maximum.at(compound, form[holds], token["weight"].gather(word).to_numpy()[holds])
    return compound
