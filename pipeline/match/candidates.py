"""Candidate pairs: which entities are compared at all.

Each key proposes the pairs that share one of its values. Values shared by too many records are not made into pairs; how many
and how many records stand behind them is reported, so that the limit of what can be found is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.match.compared import Compared
from pipeline.match.numbered import Numbers, Spans, repeated
from pipeline.match.side_by_side import side_by_side
from schemas.contract import conform
from schemas.match_parameters import Blocking
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
    keys = _keys(compared)
    # Every other block in a thread of its own; the order stays.
    odd, even = side_by_side(
        lambda: [_pairs_of_keys(*block, limits=compared.profile.blocking) for block in keys[1::2]],
        lambda: [_pairs_of_keys(*block, limits=compared.profile.blocking) for block in keys[::2]],
    )
    found = [*even, *odd]
    found[::2], found[1::2] = even, odd
    parts = [pairs for pairs, _ in found]
    capped = [sizes for _, sizes in found]
    proposed = pl.DataFrame(
        {
            "pair": np.concatenate(parts),
            "blocks": np.repeat(1 << np.arange(len(parts), dtype=np.uint32), [len(part) for part in parts]),
        }
    )
    pair = (
        proposed.lazy()
        .group_by("pair")
        .agg(pl.col("blocks").sum())
        .collect(engine="streaming")
        .sort("pair")
        .select(
            a=(pl.col("pair") // 2**32).cast(pl.UInt32),
            b=(pl.col("pair") % 2**32).cast(pl.UInt32),
            blocks=pl.col("blocks").cast(pl.UInt32),
        )
    )
    blocks = pair["blocks"].to_numpy()
    first = blocks & (~blocks + np.uint32(1))
    report = pl.DataFrame(
        {
            "block": BLOCKS,
            "capped_key_count": [sizes.len() for sizes in capped],
            "capped_record_count": [int(sizes.sum()) for sizes in capped],
            "pair_count": [len(part) for part in parts],
            "new_pair_count": [int((first == 1 << position).sum()) for position in range(len(parts))],
        },
        schema_overrides=dict.fromkeys(
            ("capped_key_count", "capped_record_count", "pair_count", "new_pair_count"), pl.Int64
        ),
    )
    return Candidates(pair=pair, block=conform(report, BlockReport))


def block_names(blocks: pl.Expr) -> pl.Expr:
    """Return the names behind the bits of `Candidates.pair.blocks` as a list."""
    named = [pl.when((blocks & (1 << position)) > 0).then(pl.lit(block)) for position, block in enumerate(BLOCKS)]
    return pl.concat_list(named).list.drop_nulls()


def _keys(compared: Compared) -> list[tuple[str, pl.DataFrame]]:
    """Return the key values of every block, in the order of `BLOCKS`: `entity`, and one or two columns that make the key."""
    contact, names = compared.contact, compared.names
    # A value that counts nothing proposes nothing: it is capped, and reported as such. A value of one row proposes nothing either.
    shared = contact.filter(pl.col("value").is_not_null())
    contact_keys = {
        signal: shared.filter(pl.col("signal") == signal).select("entity", "value")
        for signal in ("ein", "phone", "email", "domain")
    }
    key = names.key.select("key_id", "key", "squeezed", "weight", "word_count", same_words=pl.col("key").rle_id())
    by_key = names.name.select("entity", "key_id", "is_main").join(key, on="key_id", how="inner")
    # A name of one common word ("Library") is no key.
    telling = by_key.filter((pl.col("weight") > compared.profile.name_floor) | (pl.col("word_count") > 1))
    house = compared.place.filter(pl.col("house_number").is_not_null())
    keys = {
        **contact_keys,
        "name": telling.filter("is_main").select("entity", "same_words"),
        "known_name": pl.concat([telling.select("entity", "key"), by_key.select("entity", key="squeezed")]),
        "acronym": _acronyms(compared),
        "postal_code_and_house": house.select("entity", "postal_code", "house_number"),
        "house_and_street": house.select("entity", "house_number", street=pl.col("core").str.extract(r"^(\S+)", 1)),
        "postal_code_and_word": _postal_code_and_word(compared),
        "rare_word": _rare_words(compared),
        "program_name": _program_names(compared),
    }
    return [(block, keys[block]) for block in BLOCKS]


def _acronyms(compared: Compared) -> pl.DataFrame:
    """Return one-word names and the initials of names of several words, where they are long enough."""
    length = compared.profile.blocking.acronym_length
    names = compared.names
    short = names.key.filter((pl.col("word_count") == 1) & pl.col("squeezed").str.len_chars().is_between(length, 8))
    # Initials that are nobody's name would only join agencies that happen to share them.
    initials = names.key.filter(pl.col("initials").str.len_chars() >= length).join(
        short.select("squeezed").unique(), left_on="initials", right_on="squeezed", how="semi"
    )
    keys = pl.concat([short.select("key_id", key="squeezed"), initials.select("key_id", key="initials")])
    return names.name.select("entity", "key_id").join(keys, on="key_id", how="inner").select("entity", "key")


def _postal_code_and_word(compared: Compared) -> pl.DataFrame:
    """Return ZIP with the first telling word of the main name."""
    names = compared.names
    first = names.position.filter(pl.col("position") == 0).select("key_id", "token")
    words = (
        names.name.filter("is_main")
        .unique("entity", keep="first", maintain_order=True)
        .join(first, on="key_id", how="inner")
        .select("entity", "token")
    )
    zips = compared.place.select("entity", "postal_code").drop_nulls()
    return zips.join(words, on="entity", how="inner").select("entity", "postal_code", "token")


def _rare_words(compared: Compared) -> pl.DataFrame:
    """Return the words of all names that few entities have."""
    names = compared.names
    rare = names.token.filter(
        (pl.col("record_count") <= compared.profile.blocking.rare_token_records)
        & ~pl.col("text").str.contains(r"^\d+$")
    )
    keys = names.position.select("key_id", "token").join(rare.select("token"), on="token", how="semi")
    return names.name.select("entity", "key_id").join(keys, on="key_id", how="inner").select("entity", "token")


def _program_names(compared: Compared) -> pl.DataFrame:
    """Return service names that are also the name of an agency, and those agencies."""
    names = compared.names
    program = compared.program.select("entity", "key")
    main = (
        names.name.filter("is_main")
        .join(names.key.filter(pl.col("weight") >= compared.profile.stem_weight), on="key_id", how="inner")
        .select("entity", "key")
        .join(program.select("key").unique(), on="key", how="semi")
    )
    return pl.concat([main, program.join(main.select("key").unique(), on="key", how="semi")])


def _pairs_of_keys(block: str, keys: pl.DataFrame, *, limits: Blocking) -> tuple[Numbers, pl.Series]:
    """Return the pairs that share a key value, and how many records have each value that too many share.

    A pair is one number, the smaller entity in its upper half; none twice.
    """
    is_contact = block in ("ein", "phone", "email", "domain")
    largest = limits.largest_contact_block if is_contact else limits.largest_block
    if block == "acronym":
        largest = limits.largest_acronym_block
    by = [name for name in keys.columns if name != "entity"]
    groups = (
        repeated(keys.drop_nulls(by), by=by)
        .select("entity", *by)
        .unique()
        .group_by(by)
        .agg("entity")
        .select("entity", size=pl.col("entity").list.len().cast(pl.Int64))
        .filter(pl.col("size") > 1)
    )
    used = groups.filter(pl.col("size") <= largest)
    entity = used["entity"].explode(keep_nulls=False, empty_as_null=False).cast(pl.Int64).to_numpy()
    count = used["size"].to_numpy()
    group = np.arange(len(count))
    _, first, second = Spans(begin=np.cumsum(count) - count, count=count).crossed(group, group)
    a, b = entity[first], entity[second]
    ordered = a < b
    pairs = pl.Series((a[ordered] << 32) | b[ordered]).unique().to_numpy()
    return pairs, groups.filter(pl.col("size") > largest)["size"]
