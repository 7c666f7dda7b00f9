"""Rules STY-020 to -023: how long descriptions and their sentences are, and how hard they are to read.

A text that the export cut off is not measured: nobody knows how long it is, nor where its last sentence ends.
"""

from __future__ import annotations

import polars as pl

from pipeline.validate.style_sentences import count_syllables, count_words, estimate_grade, split_sentences
from pipeline.validate.style_texts import slips_of
from schemas.style_parameters import StyleParameters

_WORDS, _SENTENCES = pl.col("words"), pl.col("sentences")
_READ = pl.col("in_agency") | pl.col("in_service")


def find_length(texts: pl.DataFrame, *, style: StyleParameters) -> pl.DataFrame:
    """Return the slips of the rules about length and reading grade.

    Args:
        texts: As `list_texts` returns them.
        style: The style profile.
    """
    measured = _measure(texts.filter(_READ | pl.col("in_site"), ~pl.col("is_cut")))
    read, service = measured.filter(_READ & pl.col("is_english") & (_SENTENCES > 0)), measured.filter("in_service")
    average = _WORDS / _SENTENCES
    counted = pl.format("{} words", _WORDS)
    grade = estimate_grade(words=_WORDS, sentences=_SENTENCES, syllables=count_syllables(pl.col("plain")))
    return pl.concat(
        [
            slips_of(
                measured.filter("in_site"),
                rule_id="STY-020",
                passage=pl.when(style.site_sentences < _SENTENCES).then(pl.format("{} sentences", _SENTENCES)),
            ),
            slips_of(
                service,
                rule_id="STY-021",
                passage=pl.when(style.fewest_words > _WORDS).then(
                    pl.when(_WORDS == 1).then(pl.lit("1 word")).otherwise(counted)
                ),
            ),
            slips_of(
                service, rule_id="STY-021", variant="long", passage=pl.when(style.most_words < _WORDS).then(counted)
            ),
            slips_of(
                read,
                rule_id="STY-022",
                passage=pl.when(average > style.sentence_words).then(
                    pl.format("{} words on average: {}", average.round(0).cast(pl.Int64), _longest())
                ),
            ),
            slips_of(
                read.filter(style.grade_words <= _WORDS),
                rule_id="STY-023",
                passage=pl.when(grade >= style.show_grade_from).then(
                    pl.format("grade {}, {} words in {} sentences", grade.round(0).cast(pl.Int64), _WORDS, _SENTENCES)
                ),
            ),
        ]
    )


def _measure(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(split=split_sentences(pl.col("text"))).with_columns(
        words=count_words(pl.col("text")), sentences=pl.col("split").list.len()
    )


def _longest() -> pl.Expr:
    return (
        pl.col("split")
        .list.eval(pl.element().sort_by(pl.element().str.len_chars(), descending=True, maintain_order=True).head(1))
        .list.first()
    )
