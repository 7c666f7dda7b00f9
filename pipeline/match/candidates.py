"""Candidate pairs: which entities are compared at all.

Each key proposes the pairs that share one of its values. Values shared by too many records are not made into pairs; how many
and how many records stand behind them is reported, so that the limit of what can be found is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.compared import Compared
from schemas.contract import conform
from schemas.matching import BlockReport

#: Blocking keys in the order in which they are counted.
BLOCKS: tuple[str, ...] = (
    "ein",
    "phone",
    "email",
    "domain",
    "name",
    "known_name",
    "acronym",
    "postal_code_and_house",
    "house_and_street",
    "postal_code_and_word",
    "rare_word",
    "program_name",
)
_KEY_SCHEMA = {"entity": pl.UInt32, "key": pl.String}


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Proposed pairs.

    Attributes:
        pair: One row per pair: `a` < `b` (entity numbers) and `blocks` (bit i is set when `BLOCKS[i]` proposed it), sorted.
        block: The `BlockReport`.
    """

    pair: pl.DataFrame
    block: pl.DataFrame


def propose_candidates(compared: Compared) -> Candidates:
    """Return the union of the pairs that the blocking keys propose, none twice, and what each key costs and adds."""
    limits = compared.profile.blocking
    proposals: list[pl.DataFrame] = []
    reports: list[dict[str, object]] = []
    for position, (block, keys) in enumerate(_keys(compared)):
        is_contact = block in ("ein", "phone", "email", "domain")
        largest = limits.largest_contact_block if is_contact else limits.largest_block
        if block == "acronym":
            largest = limits.largest_acronym_block
        pairs, capped = _pairs_of_keys(keys, largest=largest)
        proposals.append(pairs.with_columns(bit=pl.lit(1 << position, dtype=pl.UInt32)))
        reports.append({"block": block, "capped_key_count": capped.height, "capped_record_count": capped["size"].sum()})
    proposed = pl.concat(proposals)
    pair = proposed.group_by("a", "b").agg(blocks=pl.col("bit").sum()).sort("a", "b")
    first = proposed.group_by("a", "b").agg(bit=pl.col("bit").min())
    report = (
        pl.DataFrame(reports, schema_overrides={"capped_key_count": pl.Int64, "capped_record_count": pl.Int64})
        .with_columns(bit=pl.lit(1, dtype=pl.UInt32) * 2 ** pl.int_range(pl.len(), dtype=pl.UInt32))
        .with_columns(pl.col("bit").cast(pl.UInt32))
        .join(
            proposed.group_by("bit").agg(pair_count=pl.len().cast(pl.Int64)),
            on="bit",
            how="left",
            maintain_order="left",
        )
        .join(
            first.group_by("bit").agg(new_pair_count=pl.len().cast(pl.Int64)),
            on="bit",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("pair_count", "new_pair_count").fill_null(0))
        .sort("bit")
    )
    return Candidates(pair=pair, block=conform(report, BlockReport))


def block_names(blocks: pl.Expr) -> pl.Expr:
    """Return the names behind the bits of `Candidates.pair.blocks` as a list."""
    named = [pl.when((blocks & (1 << position)) > 0).then(pl.lit(block)) for position, block in enumerate(BLOCKS)]
    return pl.concat_list(named).list.drop_nulls()


def _keys(compared: Compared) -> list[tuple[str, pl.DataFrame]]:
    """Return the key values of every block, in the order of `BLOCKS`."""
    contact, place, names = compared.contact, compared.place, compared.names
    # A value that counts nothing proposes nothing: it is capped, and reported as such.
    contact_keys = {
        signal: contact.filter(pl.col("signal") == signal).select("entity", "key")
        for signal in ("ein", "phone", "email", "domain")
    }
    by_key = names.name.join(names.key, on="key_id", how="inner", maintain_order="left")
    # A name of one common word ("Library") is no key.
    telling = by_key.filter((pl.col("weight") > compared.profile.name_floor) | (pl.col("word_count") > 1))
    house = place.filter(pl.col("house_number").is_not_null())
    keys = {
        **contact_keys,
        "name": telling.filter("is_main").select("entity", "key"),
        "known_name": _concat(telling.select("entity", "key"), by_key.select("entity", key="squeezed")),
        "acronym": _acronyms(compared),
        "postal_code_and_house": house.select(
            "entity", key=pl.concat_str("postal_code", "house_number", separator="|")
        ),
        "house_and_street": house.select(
            "entity", key=pl.concat_str("house_number", pl.col("core").str.extract(r"^(\S+)", 1), separator="|")
        ),
        "postal_code_and_word": _postal_code_and_word(compared),
        "rare_word": _rare_words(compared),
        "program_name": _program_names(compared),
    }
    return [(block, keys[block].drop_nulls("key").unique()) for block in BLOCKS]


def _acronyms(compared: Compared) -> pl.DataFrame:
    """Return one-word names and the initials of names of several words, where they are long enough."""
    length = compared.profile.blocking.acronym_length
    names = compared.names.name.join(compared.names.key, on="key_id", how="inner", maintain_order="left")
    short = names.filter((pl.col("word_count") == 1) & pl.col("squeezed").str.len_chars().is_between(length, 8))
    initials = names.filter(pl.col("initials").str.len_chars() >= length)
    acronyms = short.select(key="squeezed").unique()
    # Initials that are nobody's name would only join agencies that happen to share them.
    return _concat(
        short.select("entity", key="squeezed"),
        initials.select("entity", key="initials").join(acronyms, on="key", how="semi"),
    )


def _postal_code_and_word(compared: Compared) -> pl.DataFrame:
    """Return ZIP with the first telling word of the main name."""
    names = compared.names
    first = (
        names.name.filter("is_main")
        .join(names.position, on="key_id", how="inner", maintain_order="left")
        .join(names.token.select("token", "text"), on="token", how="inner", maintain_order="left")
        .sort("entity", "position")
        .unique("entity", keep="first", maintain_order=True)
    )
    zips = compared.place.select("entity", "postal_code").drop_nulls().unique()
    return first.join(zips, on="entity", how="inner", maintain_order="left").select(
        "entity", key=pl.concat_str("postal_code", "text", separator="|")
    )


def _rare_words(compared: Compared) -> pl.DataFrame:
    """Return the words of all names that few entities have."""
    names = compared.names
    rare = names.token.filter(
        (pl.col("record_count") <= compared.profile.blocking.rare_token_records)
        & ~pl.col("text").str.contains(r"^\d+$")
    )
    return (
        names.name.select("entity", "key_id")
        .join(names.position.select("key_id", "token"), on="key_id", how="inner", maintain_order="left")
        .join(rare.select("token", key="text"), on="token", how="inner", maintain_order="left")
        .select("entity", "key")
    )


def _program_names(compared: Compared) -> pl.DataFrame:
    """Return service names that are also the name of an agency, and those agencies."""
    names = compared.names
    main = (
        names.name.filter("is_main")
        .join(names.key, on="key_id", how="inner", maintain_order="left")
        .filter(pl.col("weight") >= compared.profile.stem_weight)
        .select("entity", "key")
    )
    program = compared.program.select("entity", "key").join(main.select("key").unique(), on="key", how="semi")
    return _concat(main.join(program.select("key").unique(), on="key", how="semi"), program)


def _concat(*parts: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([part.select(pl.col(name).cast(dtype) for name, dtype in _KEY_SCHEMA.items()) for part in parts])


def _pairs_of_keys(keys: pl.DataFrame, *, largest: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pairs that share a key value, and the values shared by too many."""
    sizes = keys.group_by("key").agg(size=pl.len().cast(pl.Int64)).filter(pl.col("size") > 1)
    used = keys.join(sizes.filter(pl.col("size") <= largest), on="key", how="semi")
    pairs = (
        used.select("key", a="entity")
        .join(used.select("key", b="entity"), on="key", how="inner", maintain_order="left")
        .filter(pl.col("a") < pl.col("b"))
        .select("a", "b")
        .unique()
    )
    return pairs, sizes.filter(pl.col("size") > largest)
