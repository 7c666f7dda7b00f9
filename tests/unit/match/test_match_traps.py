"""Each trap that has filled review queues with nonsense elsewhere, or hidden a duplicate: one invented case each."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline.match.agencies import Matches, match_agencies
from pipeline.match.explain import explain_pair
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.match_parameters import MatchParameters

CENTER = "north"
PARAMETERS = MatchParameters()

#: Agencies that have nothing to do with the traps but make a word in many names a frequent one.
_WORDS = (
    *("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Katsura", "Larch"),
    *("Maple", "Nutmeg", "Oak", "Poplar", "Quince", "Rowan", "Sumac", "Tamarack"),
)


class Invented:
    """Collects the rows of an invented directory."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {name: [] for name in CORE_TABLES}

    def agency(
        self,
        uid: str,
        name: str,
        *,
        phone: str | None = None,
        address: tuple[str, str, str] | None = None,
        is_private: bool = False,
        center: str = CENTER,
        **more: object,
    ) -> None:
        """Add an agency; `address` is house number, street and ZIP; phones and addresses may be private."""
        row = {
            "center_id": center,
            "record_uid": uid,
            "native_id": uid,
            "origin": "delivered",
            "kind": "agency",
            "agency_uid": uid,
            "name": name,
            "aka": [],
            "status": "active",
            "is_counted": True,
            "is_confidential_place": False,
            "languages": [],
        }
        self.rows["agency"].append(row | more)
        owned = {"center_id": center, "origin": "delivered", "owner_kind": "agency", "owner_uid": uid, "slot": "1"}
        if phone is not None:
            self.rows["phone"].append(
                owned
                | {"record_uid": f"p{uid}", "number_written": phone, "e164": f"+1{phone}", "is_private": is_private}
            )
        if address is not None:
            house, street, postal_code = address
            self.rows["address"].append(
                owned
                | {
                    "record_uid": f"a{uid}",
                    "address_kind": "physical",
                    "line1": f"{house} {street}",
                    "city": "Springfield",
                    "postal_code": postal_code,
                    "house_number_key": house,
                    "address_key": f"{house} {street} springfield {postal_code}".lower(),
                    "is_private": is_private,
                }
            )

    def service(self, uid: str, agency: str, name: str, *, codes: tuple[str, ...] = ()) -> None:
        """Add a service of an agency, with taxonomy codes."""
        row = {
            "center_id": CENTER,
            "record_uid": uid,
            "native_id": uid,
            "origin": "delivered",
            "kind": "service",
            "agency_uid": agency,
            "name": name,
            "aka": [],
            "status": "active",
            "is_counted": True,
            "is_confidential_place": False,
            "languages": [],
            "area_served_units": [],
            "payment_methods": [],
        }
        self.rows["service"].append(row)
        for code in codes:
            self.rows["taxonomy_link"].append(
                {
                    "center_id": CENTER,
                    "record_uid": f"t{uid}{code}",
                    "origin": "delivered",
                    "owner_kind": "service",
                    "owner_uid": uid,
                    "slot": code,
                    "code": code,
                    "joined_codes": [],
                    "link_written": code,
                    "is_repeated": False,
                }
            )

    def bystanders(self, pattern: str = "{} Neighbors") -> None:
        """Add twenty unrelated agencies, each with phone and address of its own."""
        for number, word in enumerate(_WORDS):
            self.agency(
                f"z{number:02}",
                pattern.format(word),
                phone=f"31255510{number:02}",
                address=(f"{900 + number}", f"{word} Rd", "62799"),
            )

    def directory(self) -> Directory:
        """Return the directory."""
        return Directory.of(**{name: _table(name, rows) for name, rows in self.rows.items() if rows})


def _table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = schema_of(CORE_TABLES[name])
    lists = {"aka", "languages", "area_served_units", "payment_methods", "joined_codes"}
    schema = {column: pl.List(pl.String) if column in lists else dtype for column, dtype in schema.items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


@pytest.fixture
def invented() -> Invented:
    made = Invented()
    made.bystanders()
    return made


def band_of(matches: Matches, first: str, second: str) -> tuple[str, str | None]:
    """Band and relation of a pair; `below` when it is not listed."""
    pair = matches.pairs.filter((pl.col("uid_a") == min(first, second)) & (pl.col("uid_b") == max(first, second)))
    return ("below", None) if pair.is_empty() else pair.select("band", "relation").row(0)


def reasons_of(matches: Matches, first: str, second: str) -> dict[str, dict[str, object]]:
    """Reasons of a pair by signal."""
    pair = matches.pairs.filter((pl.col("uid_a") == min(first, second)) & (pl.col("uid_b") == max(first, second)))
    return {row["signal"]: row for row in matches.reasons.join(pair, on="pair_id", how="semi").iter_rows(named=True)}


def run(made: Invented) -> Matches:
    return match_agencies(made.directory(), parameters=PARAMETERS)


def test_plain_duplicate_is_found(invented: Invented) -> None:
    """Otherwise nothing else here means anything: same phone and address, name with a slip and a legal form."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101", address=("12", "Main St", "62701"))
    invented.agency("b", "The Harbor Ligth Mission, Inc.", phone="2175550101", address=("12", "Main Street", "62701"))
    matches = run(invented)
    assert band_of(matches, "a", "b") == ("duplicate", None)
    assert matches.clusters["record_uid"].to_list() == ["a", "b"]


@pytest.mark.parametrize(("elsewhere", "is_worth_more"), [("63{:03}", True), ("627{:02}", False)])
def test_a_house_is_shared_within_its_zip_area_only(invented: Invented, elsewhere: str, is_worth_more: bool) -> None:
    """Otherwise "100 Main Street" of a dozen towns is taken for one house full of agencies, and says nothing any more."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101", address=("100", "Main St", "62701"))
    invented.agency("b", "Harbor Light Mission Inc", phone="2175550101", address=("100", "Main Street", "62701"))
    for number, word in enumerate(_WORDS[:12]):
        invented.agency(f"m{number}", f"{word} Friends", address=("100", "Main St", elsewhere.format(number * 7 + 10)))
    weight = reasons_of(run(invented), "a", "b")["address"]["weight"]
    assert isinstance(weight, float)
    assert (weight > 2) == is_worth_more


@pytest.mark.parametrize("number", ["8002738255", "8005550142"])
def test_hotline_is_no_evidence(invented: Invented, number: str) -> None:
    """Otherwise every agency that prints a national hotline becomes a duplicate of every other."""
    for uid, name in (("a", "Harbor Light Mission"), ("b", "Prairie Counseling"), ("c", "Lakeside Legal Aid")):
        invented.agency(uid, name, phone=number)
    matches = run(invented)
    assert "phone" not in explain(invented, "a", "b")
    assert {band_of(matches, *pair)[0] for pair in ("ab", "ac", "bc")} == {"below"}


def explain(made: Invented, first: str, second: str) -> dict[str, float]:
    """Weights by signal from the full explanation."""
    told = explain_pair(made.directory(), first=(CENTER, first), second=(CENTER, second), parameters=PARAMETERS)
    return dict(told.reasons.select("signal", "weight").iter_rows())


def test_switchboard_counts_less_with_every_owner(invented: Invented) -> None:
    """Otherwise the number of a city hall with a dozen offices makes them all duplicates."""
    for number in range(12):
        invented.agency(f"a{number:02}", f"Office of {_WORDS[number]} Affairs", phone="2175550199")
    matches = run(invented)
    assert explain(invented, "a00", "a01")["phone"] == 0.0
    assert set(matches.pairs.filter(pl.col("uid_a").str.starts_with("a"))["band"].to_list()) <= {"below"}
    capped = matches.blocks.filter(pl.col("block") == "phone").row(0, named=True)
    assert capped["capped_key_count"] == 0, "twelve owners are just within the cap"
    few = Invented()
    for number in range(6):
        few.agency(f"a{number}", f"{_WORDS[number]} Affairs", phone="2175550199")
    # Six owners: half way from two (5 bits) to ten (none).
    assert explain(few, "a0", "a1")["phone"] == 2.5


def test_cap_is_reported(invented: Invented) -> None:
    """Otherwise nobody learns that pairs behind a very common number were never compared."""
    for number in range(13):
        invented.agency(f"a{number:02}", f"{chr(65 + number)}x{chr(75 + number)} Bureau", phone="2175550199")
    block = run(invented).blocks.filter(pl.col("block") == "phone").row(0, named=True)
    assert (block["capped_key_count"], block["capped_record_count"]) == (1, 13)


def test_shared_domain_is_no_evidence(invented: Invented) -> None:
    """Otherwise two agencies with a page on one platform and free mail look like one."""
    invented.agency("a", "Harbor Light Mission", url_domain_key="facebook.com", email="harbor@gmail.com")
    invented.agency("b", "Prairie Counseling", url_domain_key="facebook.com", email="prairie@gmail.com")
    weights = explain(invented, "a", "b")
    assert "domain" not in weights
    assert weights["email"] < 0
    assert band_of(run(invented), "a", "b")[0] == "below"


def test_web_and_mail_domain_meet(invented: Invented) -> None:
    """Otherwise a record with a website and one with only an e-mail address at that site have nothing in common."""
    invented.agency("a", "Harbor Light Mission", url_domain_key="www.harborlight.example.org")
    invented.agency("b", "Harbor Light", email="office@mail.example.org")
    assert explain(invented, "a", "b")["domain"] == 4.0


def test_fiscal_sponsor_is_related(invented: Invented) -> None:
    """Otherwise the projects of one sponsor, sharing its employer number and office, are merged into one."""
    sponsor = {"ein": "36-1234567", "phone": "2175550101", "address": ("12", "Main St", "62701")}
    invented.agency("a", "Harbor Light Mission", **sponsor)
    invented.agency("b", "Prairie Bicycle Kitchen", **sponsor)
    assert band_of(run(invented), "a", "b") == ("related", "shared_sponsor")


def test_different_employer_numbers_speak_against(invented: Invented) -> None:
    """Otherwise two legal persons under one roof with alike names are called one."""
    roof = {"phone": "2175550101", "address": ("12", "Main St", "62701")}
    invented.agency("a", "Harbor Light Mission", ein="36-1234567", **roof)
    invented.agency("b", "Harbor Light Mission Fund", ein="36-7654321", **roof)
    assert band_of(run(invented), "a", "b")[0] != "duplicate"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Lantern Alliance - North", "Lantern Alliance - South"),
        ("Lantern Alliance Eastside Branch", "Lantern Alliance Westside Branch"),
        ("Lantern Alliance", "Lantern Alliance of Springfield"),
    ],
)
def test_branches_are_related(invented: Invented, first: str, second: str) -> None:
    """Otherwise the branches of one organization, all printing its main number, are called duplicates."""
    invented.agency("a", first, phone="2175550101", address=("12", "Main St", "62701"))
    invented.agency("b", second, phone="2175550101", address=("700", "Lake Ave", "62702"))
    assert band_of(run(invented), "a", "b") == ("related", "chapters")


def test_same_parent_is_its_own_question(invented: Invented) -> None:
    """Otherwise departments under one parent are asked as duplicates."""
    shared = {"phone": "2175550101", "address": ("12", "Main St", "62701")}
    invented.agency("p", "Harbor Holding")
    invented.agency("a", "Harbor Light Mission", parent_uid="p", parent_native_id="p", **shared)
    invented.agency("b", "Harbor Light Mission", parent_uid="p", parent_native_id="p", **shared)
    assert band_of(run(invented), "a", "b") == ("related", "chapters")


def test_parent_and_child_are_related(invented: Invented) -> None:
    """Otherwise an agency and its department at one desk are called duplicates."""
    shared = {"phone": "2175550101", "address": ("12", "Main St", "62701")}
    invented.agency("a", "Harbor Light Mission", **shared)
    invented.agency("b", "Harbor Light Mission Office", parent_uid="a", parent_native_id="a", **shared)
    assert band_of(run(invented), "a", "b") == ("related", "parent_and_child")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Head Start Lantern 3", "Head Start Lantern 5"),
        ("Lantern Ward One", "Lantern Ward Seven"),
        ("Lantern Academy II", "Lantern Academy III"),
        ("First Lantern Church", "Second Lantern Church"),
    ],
)
def test_other_numbers_are_a_veto(invented: Invented, first: str, second: str) -> None:
    """Otherwise numbered sites of one agency, alike in all but the number, are merged."""
    shared = {"phone": "2175550101", "address": ("12", "Main St", "62701")}
    invented.agency("a", first, **shared)
    invented.agency("b", second, **shared)
    told = explain_pair(invented.directory(), first=(CENTER, "a"), second=(CENTER, "b"), parameters=PARAMETERS)
    assert told.score <= PARAMETERS.agency.number_cap
    assert told.band == "below"
    assert any("veto" in flip for flip in told.flips)


def test_house_number_in_a_name_is_no_veto(invented: Invented) -> None:
    """Otherwise "Shelter 12 Main" and its twin at the same door are held apart by the house number."""
    invented.agency("a", "Lantern House 12", phone="2175550101", address=("12", "Main St", "62701"))
    invented.agency("b", "Lantern House 3", phone="2175550101", address=("12", "Main St", "62701"))
    assert "number" not in explain(invented, "a", "b")


def test_place_names_weigh_little() -> None:
    """Otherwise every agency named after its town is like every other."""
    made = Invented()
    made.bystanders("Springfield {} Society")
    made.agency("a", "Springfield Food Bank", address=("12", "Main St", "62701"))
    made.agency("b", "Springfield Housing Authority", address=("14", "Main St", "62701"))
    matches = run(made)
    assert band_of(matches, "a", "b")[0] == "below"
    assert explain(made, "a", "b")["name"] < -3


def test_acronym_is_found(invented: Invented) -> None:
    """Otherwise the largest part of missed duplicates stays missed: one record under its initials."""
    invented.agency("a", "Prairie Youth Harbor Network", phone="2175550101")
    invented.agency("b", "PYHN", phone="2175550101")
    matches = run(invented)
    assert band_of(matches, "a", "b")[0] == "duplicate"
    assert "acronym" in matches.pairs.filter(pl.col("uid_a") == "a")["blocks"][0].to_list()


def test_known_name_is_compared(invented: Invented) -> None:
    """Otherwise an agency that was renamed, its old name kept as also-known-as, has a twin nobody sees."""
    invented.agency("a", "Harbor Light Mission", aka=["Sailors' Rest Home"], phone="2175550101")
    invented.agency("b", "Sailors Rest Home", phone="2175550101")
    matches = run(invented)
    assert band_of(matches, "a", "b")[0] == "duplicate"
    assert "also-known-as" in str(reasons_of(matches, "a", "b")["name"]["text"])


def test_defunct_twin_takes_part(invented: Invented) -> None:
    """Otherwise the retired copy of an active record is never found, and the reason must say retire, not merge."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101")
    invented.agency("b", "Harbor Light Mission", phone="2175550101", status="defunct", is_counted=False)
    matches = run(invented)
    assert band_of(matches, "a", "b")[0] == "duplicate"
    assert "retire" in str(reasons_of(matches, "a", "b")["status"]["text"])


def test_missing_values_are_no_agreement(invented: Invented) -> None:
    """Otherwise two records that both lack phone and address would agree on nothing and look alike for it."""
    invented.agency("a", "Harbor Light Mission")
    invented.agency("b", "Harbor Light Mission")
    weights = explain(invented, "a", "b")
    assert set(weights) == {"name", "start", "support"}
    assert band_of(run(invented), "a", "b")[0] == "possible"


def test_own_program_is_the_wrong_level(invented: Invented) -> None:
    """Otherwise an agency that is also entered as a program of another is offered for merging."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101")
    invented.agency("b", "Prairie Bicycle Kitchen", phone="2175550101")
    invented.service("s", "a", "Prairie Bicycle Kitchen")
    matches = run(invented)
    assert band_of(matches, "a", "b") == ("related", "own_program")
    assert "Prairie Bicycle Kitchen" in str(reasons_of(matches, "a", "b")["relation"]["text"])


def test_part_behind_a_dash_is_related(invented: Invented) -> None:
    """Otherwise a hospital and its clinic at the same switchboard are called duplicates."""
    invented.agency("a", "Lantern Prairie Hospital", phone="2175550101", address=("12", "Main St", "62701"))
    invented.agency(
        "b", "Lantern Prairie Hospital - Sleep Laboratory", phone="2175550101", address=("12", "Main St", "62701")
    )
    assert band_of(run(invented), "a", "b") == ("related", "own_program")


def test_private_values_are_compared_but_never_shown(invented: Invented) -> None:
    """Otherwise the address of a shelter is printed in a review queue."""
    secret = {"phone": "2175550177", "address": ("77", "Hidden Ln", "62777")}
    invented.agency("a", "Harbor Light Mission", is_private=True, **secret)
    invented.agency("b", "Harbor Light Mission", **secret)
    told = explain_pair(invented.directory(), first=(CENTER, "a"), second=(CENTER, "b"), parameters=PARAMETERS)
    by_signal = {row["signal"]: row for row in told.reasons.iter_rows(named=True)}
    assert told.band == "duplicate"
    assert (by_signal["phone"]["a"], by_signal["phone"]["b"]) == ("withheld", "withheld")
    assert (by_signal["address"]["a"], by_signal["address"]["b"]) == ("withheld", "withheld")
    everything = (
        " ".join(str(value) for row in told.reasons.iter_rows() for value in row) + " ".join(told.flips) + told.summary
    )
    assert not any(word in everything for word in ("0177", "Hidden", "62777"))


def test_confidential_place_is_never_shown(invented: Invented) -> None:
    """Otherwise an address that is private by its kind, not by a flag, is printed."""
    secret = {"address": ("77", "Hidden Ln", "62777")}
    invented.agency("a", "Harbor Light Mission", is_confidential_place=True, **secret)
    invented.agency("b", "Harbor Light Mission", is_confidential_place=True, address=("78", "Hidden Ln", "62777"))
    matches = run(invented)
    told = " ".join(str(value) for row in matches.reasons.iter_rows() for value in row)
    assert "withheld" in told
    assert "Hidden" not in told
    assert "62777" not in told


@pytest.mark.parametrize(
    "order", [lambda frame: frame.reverse(), lambda frame: frame.sample(fraction=1.0, shuffle=True, seed=7)]
)
def test_row_order_does_not_matter(invented: Invented, order: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Otherwise a re-sorted export changes scores, reasons and groups overnight."""
    for number in range(6):
        invented.agency(
            f"a{number}", f"Harbor Light {_WORDS[number]} Mission", phone="2175550101", aka=["Harbor Light", "HLM"]
        )
        invented.service(f"s{number}", f"a{number}", "Meals", codes=("BD-1000", f"BD-{number}"))
    directory = invented.directory()
    shuffled = Directory(**{name: order(table) for name, table in directory.tables().items()})
    one, other = (match_agencies(each, parameters=PARAMETERS) for each in (directory, shuffled))
    assert one.pairs.equals(other.pairs)
    assert one.reasons.equals(other.reasons)
    assert one.clusters.equals(other.clusters)
    assert one.blocks.equals(other.blocks)


def test_weights_add_up(invented: Invented) -> None:
    """Otherwise the explanation does not explain the score."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101", address=("12", "Main St", "62701"))
    invented.agency("b", "Harbor Light Missions", phone="2175550101", address=("90", "Main St", "62701"))
    matches = run(invented)
    pair = matches.pairs.filter((pl.col("uid_a") == "a") & (pl.col("uid_b") == "b")).row(0, named=True)
    total = sum(matches.reasons.filter(pl.col("pair_id") == pair["pair_id"])["weight"].to_list())
    assert pair["score"] == pytest.approx(1 / (1 + 2**-total), abs=0.005)


def test_centers_are_compared_with_each_other(invented: Invented) -> None:
    """Otherwise a state's roll-up never sees that two centers keep the same agency."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101")
    invented.agency("a", "Harbor Light Mission", phone="2175550101", center="south")
    pairs = run(invented).pairs.filter(pl.col("center_id_a") != pl.col("center_id_b"))
    assert pairs["band"].to_list() == ["duplicate"]


def test_empty_directory_matches_nothing() -> None:
    """Otherwise the first night of a center without agencies fails."""
    matches = match_agencies(Directory.of(), parameters=PARAMETERS)
    assert (matches.entity_count, matches.candidate_count, matches.pairs.height, matches.clusters.height) == (
        0,
        0,
        0,
        0,
    )
    assert matches.blocks.height > 0


def test_explanation_of_a_pair_that_was_no_candidate(invented: Invented) -> None:
    """Otherwise a curator who asks about two records gets no answer because nobody compared them."""
    invented.agency("a", "Harbor Light Mission", phone="2175550101")
    invented.agency("b", "Prairie Bicycle Kitchen", phone="2175550102")
    told = explain_pair(invented.directory(), first=(CENTER, "b"), second=(CENTER, "a"), parameters=PARAMETERS)
    assert told.key_a == (CENTER, "a")
    assert told.blocks == ()
    assert told.band == "below"
    assert told.summary.startswith("Probably two different agencies")


def test_explanation_tells_what_would_flip(invented: Invented) -> None:
    """Otherwise a curator does not know what to find out."""
    invented.agency("a", "Harbor Light Mission", address=("12", "Main St", "62701"))
    invented.agency("b", "Harbor Light Mission", address=("800", "Lake Ave", "62799"))
    told = explain_pair(invented.directory(), first=(CENTER, "a"), second=(CENTER, "b"), parameters=PARAMETERS)
    assert told.band == "possible"
    assert any(flip.startswith("With the same employer number") and "likely duplicate" in flip for flip in told.flips)
