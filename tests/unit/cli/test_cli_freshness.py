"""`resdir freshness`, `forecast` and `queue`, as a coordinator asks them."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import openpyxl
import pytest

from flows.cli import run
from tests.export_center import ExportCenter

FIRST = date(2026, 11, 19)
LAST = FIRST + timedelta(days=1)


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    """A center with two nights: on the second, the agency verified longest ago is verified anew."""
    made = ExportCenter(tmp_path_factory.mktemp("freshness"), agencies=40, seed="freshness", as_of=FIRST)
    made.night()
    oldest = min(
        (row for row in made.rows if row["TaxonomyLevelName"] == "Agency" and row["LastVerifiedOn"][:2] == "20"),
        key=lambda row: row["LastVerifiedOn"],
    )
    for row in made.rows:
        if row["ParentAgencyNum"] == oldest["ResourceAgencyNum"] or row is oldest:
            row["LastVerifiedOn"] = FIRST.isoformat()
    made.renewed = oldest["ResourceAgencyNum"]
    # Of another agency nobody knows who confirmed it.
    nameless = next(
        row for row in made.rows if row["TaxonomyLevelName"] == "Agency" and row["LastVerifiedOn"] > "2026-03"
    )
    nameless |= {column: "" for column in nameless if column.startswith("LastVerifiedBy")}
    made.nameless = nameless["ResourceAgencyNum"]
    made.night()
    return made


@pytest.fixture
def answer(center, capsys):
    """Run a command with --json and return its document."""

    def ask(*words: str, code: int = 0):
        assert run([*words, "--workspace", str(center.workspace.root), "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return ask


@pytest.fixture
def told(center, capsys):
    """Run a command and return what it prints, both ways."""

    def ask(*words: str, code: int = 0):
        assert run([*words, "--workspace", str(center.workspace.root)]) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    return ask


def whole(document):
    return document["rows"][0]


def test_a_share_never_stands_without_what_it_is_made_of(answer, told):
    """A bare percentage is what the quarrel is about."""
    document = answer("freshness")
    assert (document["window"], document["source"], document["as_of"]) == ("rolling", "records", LAST.isoformat())
    assert document["excluded"]
    assert {"reason", "rows", "kind", "center_id"} == set(document["excluded"][0])
    row = whole(document)
    assert row["numerator"] + row["unknown"] <= row["denominator"]
    assert row["share_without_suspicious"] <= row["share"]
    assert sum(document["bands"].values()) == row["denominator"]
    assert document["bands"]["never"] == row["unknown"]
    assert document["most_frequent_day"]["records"] >= 1
    text = told("freshness")
    assert "Left out of every share" in text
    assert "Most frequent single day" in text
    assert "without suspicious" in text


def test_years_have_their_own_cutoff(answer):
    assert answer("freshness", "--window", "fiscal_year")["cutoff"] == "2026-07-01"
    year = answer("freshness", "--window", "calendar_year")
    assert year["cutoff"] == "2026-01-01"
    assert whole(year)["numerator"] <= whole(answer("freshness"))["numerator"]


@pytest.mark.parametrize("by", ["branch", "language"])
def test_rows_that_overlap_say_so(answer, told, by):
    """Somebody would add them up and get 140 % of the agencies."""
    assert answer("freshness", "--by", by)["rows_overlap"] is True
    assert "do not add up" in told("freshness", "--by", by)


def test_a_past_day_is_told_by_its_night(answer, center):
    """Today's dates know nothing of yesterday: the renewed agency counted as overdue then."""
    then, now = whole(answer("freshness", "--as-of", FIRST.isoformat())), whole(answer("freshness"))
    assert now["numerator"] == then["numerator"] + 1
    assert whole(answer("freshness", "--night", FIRST.isoformat())) == then
    late = answer("freshness", "--as-of", (LAST + timedelta(days=400)).isoformat())
    assert whole(late)["numerator"] == 0


def test_a_night_without_snapshot_is_told_as_it_was_published(answer, center, told):
    """After two weeks the records of a night are gone; its figures stay."""
    before = answer("freshness", "--night", FIRST.isoformat(), "--by", "curator")
    snapshot = center.workspace.published / f"run_{before['run_id']}.duckdb"
    kept = snapshot.rename(snapshot.with_suffix(".away"))
    try:
        stored = answer("freshness", "--night", FIRST.isoformat(), "--by", "curator")
        assert stored["source"] == "stored"
        assert stored["rows"] == before["rows"]
        year = answer("freshness", "--night", FIRST.isoformat(), "--window", "fiscal_year")
        assert whole(year)["denominator"] == whole(answer("freshness"))["denominator"]
        assert "no longer kept" in told("freshness", "--night", FIRST.isoformat(), "--by", "tier", code=3)
        # An empty table with exit code 0 looked like a center without records.
        edits = ("--window", "fiscal_year", "--rule", "edited_record")
        assert "stored no edited_record" in told("freshness", "--night", FIRST.isoformat(), *edits, code=3)
    finally:
        kept.rename(snapshot)


def test_a_day_before_the_first_night_is_a_range(answer, told):
    """One number for last spring would be invented."""
    document = answer("freshness", "--as-of", "2026-05-31", "--by", "center")
    assert document["source"] == "reconstructed"
    row = whole(document)
    assert row["share_low"] <= row["share_high"]
    assert row["share"] is None
    assert row["reason"]
    assert "at most" in told("freshness", "--as-of", "2026-05-31")
    assert "before the first night" in told("freshness", "--as-of", "2026-05-31", "--rule", "edited_record", code=2)
    assert "before the first night" in told("freshness", "--as-of", "2026-05-31", "--by", "county", code=3)


def test_the_trend_marks_what_was_not_published(answer, told):
    rows = answer("freshness", "trend", "--every", "night", "--months", "6")["rows"]
    assert [row["origin"] for row in rows][-3:] == ["reconstructed", "night", "night"]
    assert rows[-1]["numerator"] == rows[-2]["numerator"] + 1
    assert "reconstructed" in told("freshness", "trend", "--months", "3")


def test_the_trend_of_a_part_is_of_nights_alone(answer, told):
    name = answer("freshness", "--by", "curator")["rows"][0]["value"]
    rows = answer("freshness", "trend", "--by", "curator", "--value", name, "--every", "night")["rows"]
    assert [row["origin"] for row in rows] == ["night", "night"]
    assert name in told("freshness", "trend", "--by", "curator", "--value", "Nobody Such", code=2)
    assert "belong together" in told("freshness", "trend", "--by", "curator", code=2)


def test_the_trend_of_a_center_goes_as_far_back_as_the_whole(answer, told):
    """Its records are known as well as those of all centers; only who curated them before is not."""
    whole_rows = answer("freshness", "trend", "--center", "one", "--months", "3")["rows"]
    rows = answer("freshness", "trend", "--by", "center", "--value", "one", "--months", "3")["rows"]
    assert rows == whole_rows
    assert "reconstructed" in {row["origin"] for row in rows}
    assert "before" not in told("freshness", "trend", "--by", "center", "--value", "one")


def test_the_trend_ends_on_the_day_that_is_asked(answer):
    """`--as-of` was taken and told nothing."""
    days = [row["as_of"] for row in answer("freshness", "trend", "--as-of", "2026-08-15", "--months", "3")["rows"]]
    assert days == ["2026-05-31", "2026-06-30", "2026-07-31"]
    nights = answer("freshness", "trend", "--as-of", FIRST.isoformat(), "--every", "night", "--months", "1")["rows"]
    assert nights[-1]["as_of"] == FIRST.isoformat()


def test_edits_are_never_called_updates(told, tmp_path):
    for words in (["freshness"], ["freshness", "trend"]):
        text = told(*words, "--rule", "edited_record")
        assert "edited" in text
        assert "updated" not in text
    file = tmp_path / "edits.csv"
    told("freshness", "--rule", "edited_record", "--output", str(file))
    assert "updated" not in file.read_text().lower()


def test_a_chance_that_was_not_drawn_is_no_certainty(told):
    """ "0 % of cases" beside a range that nearly touches the target reads like "impossible"."""
    text = told("forecast", "--target", "1", "--to", "2026-11-27")
    assert "fewer than 1 % of cases" in text
    assert "80 % of cases" in text


def test_one_of_anything_is_told_in_the_singular(told, tmp_path):
    assert "1 row written" in told("freshness", "--output", str(tmp_path / "one.csv"))
    assert "1 record was verified" in told("freshness", "--by", "kind")


def test_why_a_record_counts_is_said_of_any_record(answer, told, center):
    document = answer("freshness", "explain", center.renewed)
    assert document["verdicts"][0]["counts"] is True
    assert document["counts_until"] == "2027-11-19"
    assert {row["day"] for row in document["members"]} == {FIRST.isoformat()}
    text = told("freshness", "explain", center.renewed, "--as-of", "2028-01-01")
    assert "complete_agency_update: no" in text
    # Its dates have overwritten those of that day: "no" would be invented.
    assert "overwritten" in told("freshness", "explain", center.renewed, "--as-of", "2026-01-01", code=2)
    assert "no record 999999" in told("freshness", "explain", "999999", code=2)


def test_suspicious_verifications_are_listed_until_somebody_accepts_them(answer, told, center):
    """A question that was answered and comes back every morning is not read any more."""
    rows = answer("freshness", "suspicious")["rows"]
    assert (center.nameless, "no_verifier") in {(row["native_id"], row["reason"]) for row in rows}
    assert answer("freshness", "suspicious", "--reason", "mass_stamp")["rows"] == []
    assert "deserve a question" in told("freshness", "suspicious")
    before = whole(answer("freshness", "--rule", "verified_record"))
    (finding,) = answer("findings", "--rule", "FRE-007", "--record", center.nameless)
    told("findings", "accept", finding["finding_id"], "--until", "2027-06-30", "--reason", "a visit", "--by", "Ann")
    assert center.nameless not in {row["native_id"] for row in answer("freshness", "suspicious")["rows"]}
    after = whole(answer("freshness", "--rule", "verified_record"))
    assert after["numerator_without_suspicious"] == before["numerator_without_suspicious"] + 1
    assert after["numerator"] == before["numerator"]
    told("findings", "reopen", finding["finding_id"], "--reason", "no visit after all", "--by", "Ann")


def test_files_hold_the_same_rows(center, told, tmp_path):
    for command, name in (
        (["freshness", "--by", "county"], "Freshness"),
        (["freshness", "trend"], "Trend"),
        (["freshness", "suspicious"], "Suspicious"),
        (["forecast"], "Forecast"),
    ):
        path = tmp_path / f"{name}.xlsx"
        told(*command, "--output", str(path))
        sheet = openpyxl.load_workbook(path)[name]
        assert sheet.max_row > 1
        plain = tmp_path / f"{name}.csv"
        told(*command, "--output", str(plain))
        with plain.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == sheet.max_row - 1


def test_the_forecast_keeps_what_is_certain_apart(answer, told):
    """A coordinator must see what is luck and what is the calendar."""
    document = answer("forecast")
    assert {"target_date", "share", "needed_per_week"} <= set(document)
    share = document["share"]
    assert document["target_date"] == "2026-12-31"
    assert document["share_without_work"] <= share["low"] <= share["central"] <= share["high"] <= 1
    assert document["needed"] == max(
        0, -(-95 * document["units"] // 100) - (document["updated_now"] - document["expiring"])
    )
    assert document["basis"]
    assert answer("forecast") == document
    text = told("forecast", "--path", "--target", "0.5", "--to", "2027-03-01")
    assert "if nobody verified" in text
    assert answer("forecast", "--window", "fiscal_year")["target_date"] == "2027-06-30"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["forecast", "--to", "2026-11-20"], "--to"),
        (["forecast", "--to", "2031-01-01"], "--to"),
        (["forecast", "--target", "95"], "0.95"),
        (["forecast", "--as-of", "2026-11-01"], "--as-of"),
        (["queue", "--as-of", "2026-11-01"], "--as-of"),
        (["queue", "--weeks", "0"], "--weeks"),
        (["queue", "--weeks", "2", "--week", "3"], "--week"),
        (["queue", "--target", "0"], "--target"),
        (["queue", "--curator", "Nobody Such"], "Nearest"),
        (["queue", "--limit", "0"], "--limit"),
        (["queue", "--by", "2026-11-20"], "--by"),
        (["freshness", "--night", ""], "--night"),
        (["freshness", "--night", "2026-11-20", "--as-of", "2026-03-01"], "--as-of"),
        (["freshness", "suspicious", "--as-of", "2026-03-01"], "--as-of"),
        (["freshness", "trend", "--by", "kind", "--value", "agency"], "verified_record"),
        (["freshness", "trend", "--rule", "edited_record", "--window", "fiscal_year"], "--window"),
        (["freshness", "trend", "--months", "0"], "--months"),
        (["freshness", "trend", "--months", "100000"], "--months"),
        (["freshness", "--center", "elsewhere"], "elsewhere"),
        (["forecast", "--center", "elsewhere"], "elsewhere"),
        (["queue", "--center", "elsewhere"], "elsewhere"),
    ],
)
def test_a_wrong_word_is_told(told, words, said):
    assert said in told(*words, code=2)


def test_a_queue_without_such_a_file_is_bad_input(told, tmp_path):
    assert "no file" in told("queue", "--use", str(tmp_path / "none.csv"), code=3)


def test_the_queue_says_who_calls_whom_and_why(answer, told):
    document = answer("queue")
    assert document["weeks"] == 13
    item = document["items"][0]
    assert {"curator", "week", "name", "minutes", "reason", "stage", "to_fix", "phone", "email"} <= set(item)
    assert all(row["curator_minutes"] <= row["hours_limit_minutes"] for row in document["loads"])
    assert document["targets"][-1]["shortfall"] == 0
    text = told("queue")
    for words in ("To verify", "The weeks", "What it brings", "if nobody verified"):
        assert words in text


def test_one_curator_sees_their_own_part_of_the_same_plan(answer):
    """A plan made for one alone would ask less of everybody than the target takes."""
    document = answer("queue")
    name = document["items"][0]["curator"]
    own = answer("queue", "--curator", name)["items"]
    assert own == [item for item in document["items"] if item["curator"] == name]
    assert len(own) < len(document["items"])


def test_a_higher_target_asks_for_more(answer):
    assert len(answer("queue", "--target", "0.5")["items"]) < len(answer("queue", "--target", "1")["items"])


def test_most_used_come_first(answer, tmp_path):
    """What is asked for most must be right first."""
    first = answer("queue", "--target", "1")["items"]
    last = first[-1]
    path = tmp_path / "use.csv"
    path.write_text(f"record,use\n{last['native_id']},900\n", encoding="utf-8")
    used = answer("queue", "--target", "1", "--use", str(path))["items"]
    (item,) = [item for item in used if item["native_id"] == last["native_id"]]
    assert item["use"] == 900
    assert (item["week"], item["position"]) <= (last["week"], last["position"])


def test_the_requests_and_the_file_of_the_queue(told, tmp_path):
    assert "Requests by step" in told("queue", "--outreach")
    path = tmp_path / "queue.xlsx"
    told("queue", "--output", str(path))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Queue", "Hours", "Targets", "Left out", "Requests"]
    assert book["Queue"].max_row > 1
