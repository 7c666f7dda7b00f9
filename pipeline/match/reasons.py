"""Why a pair scored as it did: each signal with both values, its weight and a sentence that needs no statistics.

Private phones, contacts and addresses are compared in memory; what is written here says `withheld` in their place.
"""

from __future__ import annotations

import polars as pl

from pipeline.match.compare_values import CONTACT_SIGNALS
from pipeline.match.compared import Compared
from pipeline.match.relations import CHAPTERS, OWN_PROGRAM, PARENT_AND_CHILD, SHARED_SPONSOR
from pipeline.match.score import SIGNALS
from schemas.contract import conform
from schemas.enumerations import COUNTED_STATUSES, Status
from schemas.matching import PairReason

WITHHELD = "withheld"

_CONTACT_WORDS: dict[str, tuple[str, str]] = {
    "ein": ("employer number (EIN)", "employer numbers (EIN)"),
    "phone": ("phone number", "phone numbers"),
    "email": ("e-mail address", "e-mail addresses"),
    "domain": ("web or mail domain", "web or mail domains"),
}
#: Reasons of equal weight are told in this order.
_ORDER: tuple[str, ...] = ("relation", "number", *SIGNALS, "support", "status", "start")
_A = pl.col("a_value")
_B = pl.col("b_value")


def tell_reasons(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return the reasons of the given pairs, strongest first.

    The weights of a pair add up to the log2 odds of its score, unless a reason `support` says that the score was held back.

    Args:
        pairs: Rows of `score_pairs` with `pair_id`.
        compared: Prepared entities.

    Returns:
        A `PairReason` frame, sorted by pair and position.
    """
    parts = [
        _tell_name(pairs, compared),
        _tell_branch(pairs),
        _tell_number(pairs, compared),
        *(_tell_contact(pairs, compared, signal=signal) for signal in CONTACT_SIGNALS),
        _tell_address(pairs, compared),
        _tell_area(pairs, compared, signal="postal_code", word="ZIP"),
        _tell_area(pairs, compared, signal="city", word="city"),
        _tell_taxonomy(pairs),
        _tell_renamed(pairs),
        _tell_relation(pairs),
        _tell_support(pairs),
        _tell_status(pairs, compared),
        _tell_start(pairs, compared),
    ]
    columns = ("pair_id", "signal", "a", "b", "weight", "text")
    told = pl.concat([part.select(columns) for part in parts]).with_columns(pl.col("weight").round(2))
    order = pl.DataFrame({"signal": _ORDER, "order": range(len(_ORDER))})
    ranked = (
        told.join(order, on="signal", how="left")
        .sort("pair_id", pl.col("weight").abs(), "order", descending=[False, True, False])
        .with_columns(position=pl.int_range(1, pl.len() + 1).over("pair_id").cast(pl.Int64))
    )
    return conform(ranked, PairReason)


def _reason(rows: pl.DataFrame, *, signal: str, a: pl.Expr, b: pl.Expr, weight: pl.Expr, text: pl.Expr) -> pl.DataFrame:
    """Return rows of reasons; values are evaluated first so that the text may use them."""
    return rows.with_columns(a_value=a.cast(pl.String), b_value=b.cast(pl.String)).select(
        "pair_id",
        signal=pl.lit(signal),
        a=_A,
        b=_B,
        weight=weight.cast(pl.Float64),
        text=text,
    )


def _nothing() -> pl.Expr:
    return pl.lit(None, dtype=pl.String)


def _tell_name(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Tell how the best two names compare."""
    name = compared.names.name.select("name_row", "shown", "is_main")
    rows = (
        pairs.filter(pl.col("name_bits").is_not_null())
        .join(name.rename({"name_row": "name_a", "shown": "shown_a", "is_main": "main_a"}), on="name_a", how="inner")
        .join(name.rename({"name_row": "name_b", "shown": "shown_b", "is_main": "main_b"}), on="name_b", how="inner")
    )
    known = (
        pl.when(pl.col("main_a") & pl.col("main_b"))
        .then(pl.lit(""))
        .otherwise(pl.lit(" (also-known-as names counted)"))
    )
    text = (
        pl.when("has_same_name")
        .then(pl.format("Both go by the same name{}.", known))
        .when("is_acronym")
        .then(pl.format("One name is the initials of the other{}.", known))
        .when((pl.col("name_bits") > 0) & (pl.col("shared") < 1.0))
        .then(pl.format("The names are alike, but mostly in words that many agencies have{}.", known))
        .when(pl.col("name_bits") > 0)
        .then(pl.format("The names are alike in the words that tell agencies apart{}.", known))
        .when(pl.col("likeness") > 0)
        .then(pl.format("The names share some words but differ in those that tell agencies apart{}.", known))
        .otherwise(pl.lit("The names have no word in common."))
    )
    return _reason(rows, signal="name", a=pl.col("shown_a"), b=pl.col("shown_b"), weight=pl.col("name_bits"), text=text)


def _tell_branch(pairs: pl.DataFrame) -> pl.DataFrame:
    rows = pairs.filter(pl.col("branch_bits").is_not_null())
    text = pl.lit("The names hold different places or branch words, as branches of one organization do.")
    return _reason(rows, signal="branch", a=_nothing(), b=_nothing(), weight=pl.col("branch_bits"), text=text)


def _tell_number(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Tell the veto of numbers: its weight is what it takes to hold the score at the cap."""
    rows = pairs.filter("is_vetoed")
    cap = compared.profile.number_cap
    held = (pl.lit(cap) / (1 - pl.lit(cap))).log(2) - pl.col("bits")
    weight = pl.min_horizontal(held, pl.lit(0.0))
    text = pl.format("The names are numbered differently ({} and {}), so these are two, not one.", _A, _B)
    numbers = {side: pl.col(f"numbers_{side}").list.join(", ") for side in ("a", "b")}
    return _reason(rows, signal="number", a=numbers["a"], b=numbers["b"], weight=weight, text=text)


def _tell_contact(pairs: pl.DataFrame, compared: Compared, *, signal: str) -> pl.DataFrame:
    """Tell what phones, e-mails, domains or employer numbers say."""
    one, many = _CONTACT_WORDS[signal]
    rows = pairs.filter(pl.col(f"{signal}_bits").is_not_null())
    contact = compared.contact.select("contact_row", "shown", "is_private", "is_own", "owner_count")
    shared = (
        rows.filter(pl.col(f"{signal}_row_a").is_not_null())
        .join(
            contact.rename({name: f"{name}_a" for name in contact.columns}),
            left_on=f"{signal}_row_a",
            right_on="contact_row_a",
        )
        .join(
            contact.rename({name: f"{name}_b" for name in contact.columns}),
            left_on=f"{signal}_row_b",
            right_on="contact_row_b",
        )
        .with_columns(is_hidden=pl.col("is_private_a") | pl.col("is_private_b"))
    )
    text = (
        pl.when(pl.col(f"{signal}_bits") <= 0)
        .then(
            pl.format(
                "Both have the same {}, but so do {} agencies in all: it says nothing.", pl.lit(one), "owner_count_a"
            )
        )
        .when(pl.col("owner_count_a") > 2)
        .then(
            pl.format(
                "Both have the same {}; {} agencies in all have it, so it counts less.", pl.lit(one), "owner_count_a"
            )
        )
        .when(~(pl.col("is_own_a") & pl.col("is_own_b")))
        .then(pl.format("Both have the same {}, but one has it only on a site or service.", pl.lit(one)))
        .otherwise(pl.format("Both have the same {} and nobody else has it.", pl.lit(one)))
    )
    shown = {side: pl.when("is_hidden").then(pl.lit(WITHHELD)).otherwise(f"shown_{side}") for side in ("a", "b")}
    same = _reason(shared, signal=signal, a=shown["a"], b=shown["b"], weight=pl.col(f"{signal}_bits"), text=text)
    differing = rows.filter(pl.col(f"{signal}_row_a").is_null())
    first = _first_contacts(differing, compared, signal=signal)
    apart = differing.join(first.rename({"entity": "a", "first": "first_a"}), on="a", how="left").join(
        first.rename({"entity": "b", "first": "first_b"}), on="b", how="left"
    )
    differ = _reason(
        apart,
        signal=signal,
        a=pl.col("first_a"),
        b=pl.col("first_b"),
        weight=pl.col(f"{signal}_bits"),
        text=pl.lit(f"They have no {one} in common, though both have {many}."),
    )
    return pl.concat([same, differ])


def _of_pairs(pairs: pl.DataFrame) -> pl.Series:
    """Return the entities of some pairs, as `is_in` takes them."""
    return pl.concat([pairs["a"], pairs["b"]]).unique().implode()


def _first_contacts(pairs: pl.DataFrame, compared: Compared, *, signal: str) -> pl.DataFrame:
    """Return one value per entity to show where none is shared: the agency's own before those of its children."""
    return (
        compared.contact.filter((pl.col("signal") == signal) & pl.col("entity").is_in(_of_pairs(pairs)))
        .sort("entity", ~pl.col("is_own"), "is_private", "key")
        .unique("entity", keep="first", maintain_order=True)
        .select("entity", first=pl.when("is_private").then(pl.lit(WITHHELD)).otherwise("shown"))
    )


def _tell_address(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    place = compared.place.select("place_row", "shown", "is_private", "owner_count")
    rows = (
        pairs.filter(pl.col("address_bits").is_not_null())
        .join(place.rename({name: f"{name}_a" for name in place.columns}), on="place_row_a", how="left")
        .join(place.rename({name: f"{name}_b" for name in place.columns}), on="place_row_b", how="left")
        .with_columns(
            # A private address that is shared would be told by its public copy.
            hidden_a=pl.col("is_private_a") | (pl.col("is_place_shared") & pl.col("is_private_b")),
            hidden_b=pl.col("is_private_b") | (pl.col("is_place_shared") & pl.col("is_private_a")),
        )
    )
    owners = pl.min_horizontal("owner_count_a", "owner_count_b")
    text = (
        pl.when(pl.col("is_place_shared") & (pl.col("address_bits") <= 0))
        .then(pl.format("Both are at the same address, but so are {} agencies in all: it says nothing.", owners))
        .when(pl.col("is_place_shared") & (owners > 2))
        .then(pl.format("Both are at the same address; {} agencies in all are, so it counts less.", owners))
        .when("is_place_shared")
        .then(pl.lit("Both are at the same address and nobody else is."))
        .when(pl.col("nearness") == 3)
        .then(pl.lit("They are on the same street; one of them gives no house number."))
        .when(pl.col("nearness") == 2)
        .then(pl.lit("They are in neighbouring houses on one street."))
        .when((pl.col("nearness") == 1) & ~pl.col("is_house_different"))
        .then(pl.lit("They have the same house number on different streets of one area."))
        .when("is_house_different")
        .then(pl.lit("They are on the same street, but the house numbers differ."))
        .otherwise(pl.lit("They have no address in common, though both have addresses."))
    )
    shown = {side: pl.when(f"hidden_{side}").then(pl.lit(WITHHELD)).otherwise(f"shown_{side}") for side in ("a", "b")}
    return _reason(rows, signal="address", a=shown["a"], b=shown["b"], weight=pl.col("address_bits"), text=text)


def _tell_area(pairs: pl.DataFrame, compared: Compared, *, signal: str, word: str) -> pl.DataFrame:
    area = (
        compared.place.filter(pl.col("entity").is_in(_of_pairs(pairs)))
        .group_by("entity")
        .agg(values=pl.col(signal).drop_nulls().unique().sort(), is_private=pl.col("is_private").any())
        .select(
            "entity",
            shown=pl.when("is_private").then(pl.lit(WITHHELD)).otherwise(pl.col("values").list.head(3).list.join(", ")),
        )
    )
    rows = (
        pairs.filter(pl.col(f"{signal}_bits").is_not_null())
        .join(area.rename({"entity": "a", "shown": "shown_a"}), on="a", how="left")
        .join(area.rename({"entity": "b", "shown": "shown_b"}), on="b", how="left")
    )
    text = (
        pl.when(pl.col(f"{signal}_bits") > 0)
        .then(pl.lit(f"They are in the same {word}."))
        .otherwise(pl.lit(f"They have no {word} in common."))
    )
    return _reason(
        rows, signal=signal, a=pl.col("shown_a"), b=pl.col("shown_b"), weight=pl.col(f"{signal}_bits"), text=text
    )


def _tell_taxonomy(pairs: pl.DataFrame) -> pl.DataFrame:
    rows = pairs.filter(pl.col("taxonomy_bits").is_not_null())
    text = (
        pl.when(pl.col("codes_shared") > 0)
        .then(
            pl.format(
                "Their services share {} taxonomy codes; the one with fewer has {}.", "codes_shared", "codes_fewer"
            )
        )
        .otherwise(pl.lit("Their services have no taxonomy code in common."))
    )
    return _reason(rows, signal="taxonomy", a=_nothing(), b=_nothing(), weight=pl.col("taxonomy_bits"), text=text)


def _tell_renamed(pairs: pl.DataFrame) -> pl.DataFrame:
    rows = pairs.filter(pl.col("renamed_bits").is_not_null())
    text = pl.lit("Employer number, phone, address and all services agree, only the name is another: perhaps renamed.")
    return _reason(rows, signal="renamed", a=_nothing(), b=_nothing(), weight=pl.col("renamed_bits"), text=text)


def _tell_relation(pairs: pl.DataFrame) -> pl.DataFrame:
    """Tell why a pair is a class of its own."""
    rows = pairs.filter(pl.col("relation").is_not_null())
    relation = pl.col("relation")
    text = (
        pl.when(relation == PARENT_AND_CHILD)
        .then(
            pl.lit(
                "One is entered as the parent of the other: ask whether they are levels of one agency, not duplicates."
            )
        )
        .when((relation == CHAPTERS) & pl.col("is_same_parent"))
        .then(pl.lit("Both are entered under the same parent: ask whether this is a branch or a duplicate."))
        .when(relation == CHAPTERS)
        .then(pl.lit("The names look like branches of one organization, at different addresses: branch or duplicate?"))
        .when(relation == SHARED_SPONSOR)
        .then(pl.lit("Same employer number under different names: a fiscal sponsor or a department, not a duplicate."))
        .when((relation == OWN_PROGRAM) & pl.col("program").is_not_null())
        .then(pl.format("One agency is also entered as the program “{}” of the other: wrong level?", "program"))
        .when(relation == OWN_PROGRAM)
        .then(
            pl.lit(
                "By their names one is a part or program of the other, or both of a third: wrong level, not a duplicate?"
            )
        )
    )
    return _reason(rows, signal="relation", a=relation, b=relation, weight=pl.lit(0.0), text=text)


def _tell_support(pairs: pl.DataFrame) -> pl.DataFrame:
    rows = pairs.filter(pl.col("lacks_support") & (pl.col("bits") > 0) & ~pl.col("is_vetoed"))
    text = pl.lit(
        "Nothing but the name speaks for one agency, so a person has to look before it is called a duplicate."
    )
    return _reason(rows, signal="support", a=_nothing(), b=_nothing(), weight=pl.lit(0.0), text=text)


def _tell_status(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Tell when one record is no longer active: then it is to be retired, not merged."""
    counted = [status.value for status in COUNTED_STATUSES]
    status = compared.entity.select("entity", "status")
    rows = (
        pairs.join(status.rename({"entity": "a", "status": "status_a"}), on="a", how="left")
        .join(status.rename({"entity": "b", "status": "status_b"}), on="b", how="left")
        .filter(
            (pl.col("status_a").is_in(counted) != pl.col("status_b").is_in(counted))
            & (pl.col("status_a") != Status.UNKNOWN)
            & (pl.col("status_b") != Status.UNKNOWN)
        )
    )
    words = {side: pl.col(f"status_{side}").str.replace_all("_", " ") for side in ("a", "b")}
    text = pl.format(
        "One record is {}, the other {}: if they are one agency, retire the old record rather than merge.", _A, _B
    )
    return _reason(rows, signal="status", a=words["a"], b=words["b"], weight=pl.lit(0.0), text=text)


def _tell_start(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    text = pl.lit("Starting point: most pairs that are compared turn out to be two agencies.")
    weight = pl.lit(compared.profile.prior_bits)
    return _reason(pairs, signal="start", a=_nothing(), b=_nothing(), weight=weight, text=text)
