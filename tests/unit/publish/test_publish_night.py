"""The report, the summary and the JSON answer of one night."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from pipeline.publish.night_json import night_json
from pipeline.publish.report import render_report
from pipeline.publish.summary import summarize_night, without_escapes
from pipeline.publish.tasks import tasks_today
from schemas.night import (
    AuditedFigures,
    Example,
)
from tests.night_facts import stopped_night, whole_night


@pytest.fixture
def night():
    """A whole night with something of everything."""
    return whole_night()


@pytest.fixture
def gated():
    """A night that a gate stopped."""
    return stopped_night()


class Page(HTMLParser):
    """What stands in a page: its tags in order, and its words."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.words = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def named(self, tag):
        """The attributes of all tags of one name."""
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self):
        """All words with single blanks."""
        return " ".join(" ".join(self.words).split())


def test_json_has_the_promised_keys(night):
    """Scripts that read the answer would break."""
    document = json.loads(json.dumps(night_json(night)))
    assert list(document) == [
        "run_id", "as_of", "status", "centers", "duplicates", "freshness", "staffing", "published", "seconds", "peak_memory_mb",
        "audit",
    ]  # fmt: skip
    assert list(document["centers"][0]) == [
        "center_id", "format", "input_sha256", "rows_read", "rows_rejected", "records", "counted", "findings",
        "findings_by_rule", "findings_life", "signals", "changes", "notices", "rejects", "not_applicable",
    ]  # fmt: skip
    assert document["centers"][0]["records"] == {"agency": 131, "site": 120, "service": 407, "service_at_site": 50}
    assert document["centers"][0]["counted"] == {"agency": 100, "site": 120, "service": 400, "service_at_site": 0}
    assert document["centers"][0]["notices"] == ["One column is new."]
    assert document["centers"][0]["rejects"] == {"The line has too many cells.": 3}
    assert document["centers"][0]["not_applicable"] == [{"rule_id": "FRE-007", "reason": "No verifier is delivered."}]
    assert document["freshness"]["complete_agency_update"] == {
        "numerator": 60,
        "denominator": 100,
        "unknown": 8,
        "share": 0.6,
    }
    assert list(document["seconds"]) == ["ingest", "normalize", "validate", "match", "measure", "publish", "total"]
    assert document["staffing"] == {
        "low_fte": 1.04, "central_fte": 1.5, "high_fte": 2.2, "calibrated": [1.2, 1.7, 2.5],
        "centers": [
            {"center_id": "prairie", "estimated": [1.0, 1.4, 2.0], "calibrated": [1.2, 1.7, 2.4], "actual_fte": 1.6}
        ],
    }  # fmt: skip
    assert document["peak_memory_mb"] == 312


def test_json_says_why_a_share_is_not_known(night):
    """An unknown share would be read as 0 %."""
    edited = night_json(night)["freshness"]["edited_record"]
    assert edited == {
        "numerator": None,
        "denominator": None,
        "unknown": None,
        "share": None,
        "reason": "The export has no such date.",
    }


def test_json_of_a_stopped_night(gated):
    """A script could not tell that nothing was published."""
    document = night_json(gated)
    assert (document["status"], document["published"], document["staffing"]["central_fte"]) == ("gated", None, None)
    assert document["gates"] == [
        {
            "gate": "rows-fell", "center_id": "prairie", "measured": 0.4, "limit": 0.6,
            "message": "The export holds 40 agencies; the last night had 100.",
        }
    ]  # fmt: skip


def test_a_stopped_night_tells_what_it_counted_and_no_zero_for_the_rest(gated):
    """`agencies 0, findings 0` would be taken for the content of the export."""
    center = replace(
        gated.centers[0], delivered={"agency": 40, "site": 12}, delivered_before={"agency": 100, "site": 31}
    )
    stopped = replace(gated, centers=(center,))
    document = json.loads(json.dumps(night_json(stopped)))
    (told,) = document["centers"]
    assert told["records"] == {"agency": 40, "site": 12, "service": 0, "service_at_site": 0}
    assert told["records_before"] == {"agency": 100, "site": 31, "service": 0, "service_at_site": 0}
    for part in (told["findings"], told["changes"], told["signals"], told["findings_life"], document["duplicates"]):
        assert part
        assert set(part.values()) == {None}
    assert (told["findings_by_rule"], told["not_applicable"]) == (None, None)
    assert (document["seconds"]["ingest"], document["seconds"]["validate"]) == (0.25, None)
    assert "| prairie | agencies | 40 | 100 |" in summarize_night(stopped)
    text = Page(render_report(stopped)).text()
    assert "tonight last night" in text
    assert "prairie agencies 40 100" in text


def test_report_asks_nothing_of_any_network(night):
    """The report would be broken offline, or tell others who reads it."""
    text = render_report(night)
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.tags}
    assert not [attrs for _, attrs in page.tags if {"src", "href", "action", "srcset", "xlink:href"} & set(attrs)]
    assert not re.search(r"@import|url\((?!#)", text)
    assert "http:" not in text.replace("alert", "")
    assert "https:" not in text


def test_report_can_be_read_by_everyone(night):
    """A screen reader would find no headings, no names of charts and no table heads."""
    page = Page(render_report(night))
    assert page.named("html")[0]["lang"] == "en"
    assert len(page.named("h1")) == 1
    assert {"header", "main", "footer", "title"} <= {tag for tag, _ in page.tags}
    assert page.named("meta")[1]["content"].startswith("width=device-width")
    assert len(page.named("table")) == len(page.named("caption"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.named("th"))
    charts = [attrs for attrs in page.named("svg") if "role" in attrs]
    assert len(charts) == 2
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for chart in charts:
        assert chart["role"] == "img"
        assert set(chart["aria-labelledby"].split()) <= set(ids)
    assert {attrs["aria-labelledby"] for attrs in page.named("section")} <= set(ids)


def test_report_escapes_what_people_typed(night):
    """A name in the directory could run a program in the curator's browser."""
    text = render_report(night)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize("told", [render_report, summarize_night])
def test_share_stands_beside_its_numbers(night, told):
    """A share without its denominator cannot be judged."""
    text = " ".join(re.sub(r"<[^>]+>", " ", told(night)).split())
    assert "60.0 %" in text
    assert "60 of 100 agencies; 8 of the 100 have no date and count as not updated" in text
    assert "Agencies with all their records verified in the window." in text
    assert "not known" in text
    assert "The export has no such date." in text
    assert " 0 %" not in text.replace("100 %", "")


@pytest.mark.parametrize("told", [render_report, summarize_night])
def test_curators_are_told_with_band_and_caveats(night, told):
    """One number would be taken for a fact."""
    text = re.sub(r"<[^>]+>", "", told(night))
    for part in ("1.0", "2.2", "1.5", "Minutes are assumptions."):
        assert part in text


@pytest.mark.parametrize("told", [render_report, summarize_night])
def test_stopped_night_says_so_first(gated, told):
    """A curator would work with yesterday's figures without knowing."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", told(gated), flags=re.DOTALL)
    assert "othing was published" in text[:300]
    assert "The export holds 40 agencies; the last night had 100." in text
    assert "Updated in the last year" not in text


def test_long_lists_say_what_they_leave_out(night):
    """Fifteen rows would pass for all of them."""
    assert "Showing 15 of 17." in Page(render_report(night)).text()


def test_what_to_do_today_is_in_order_of_urgency(night):
    """The first thing read in the morning would not be the most urgent."""
    assert [task.title for task in tasks_today(night)] == [
        "Look at 3 rows of prairie that could not be read",
        "Fix 2 findings that keep records out of the public directory",
        "Say who may use it (10 findings)",
        "Confirm that 2 records of prairie were meant to go",
        "Compare 4 pairs of agencies that are probably one",
        "Ask for verification of 40 records",
        "Go on with this month's audit of 32 agencies",
    ]


def test_held_back_findings_are_counted_over_all_rules(night):
    """The task would promise 2 findings and its command list 7."""
    (task,) = [one for one in tasks_today(replace(night, held_back=7)) if "out of the public directory" in one.title]
    assert task.title.startswith("Fix 7 findings")
    assert task.where == "resdir findings --held-back"


def test_quiet_night_says_that_nothing_waits(night):
    """An empty list would look like a fault."""
    quiet = replace(
        night,
        centers=(replace(night.centers[0], rows_rejected=0, changes={}),),
        duplicates=replace(night.duplicates, asked=0, asked_likely=0),
        freshness=replace(night.freshness, bands=()),
        top_findings=(),
        audit=None,
    )
    assert tasks_today(quiet) == ()
    assert "Nothing waits for you." in summarize_night(quiet)
    assert "Nothing waits for you." in Page(render_report(quiet)).text()


def test_first_night_has_no_changes_to_confirm(night):
    """Every record would be reported as new or gone."""
    first = replace(night, centers=(replace(night.centers[0], is_first_night=True),))
    assert not [task for task in tasks_today(first) if "meant to go" in task.title]
    assert "first night" in summarize_night(first)


def test_names_do_not_break_the_summary(night):
    """A name with a bar or a star would tear the page apart."""
    odd = replace(
        night,
        top_pairs=(replace(night.top_pairs[0], a=Example(center_id="c", native_id="1", name="A | B *C* <b>\nD")),),
    )
    assert r"A \| B \*C\* \<b\> D" in summarize_night(odd)


def test_a_terminal_shows_names_as_they_are(night):
    """Somebody would search the export for a column called `service\\_id`."""
    noticed = replace(night, centers=(replace(night.centers[0], notices=(r"service_id <b> #1 \ is new.",)),))
    text = summarize_night(noticed)
    assert r"service\_id" in text
    assert r"prairie: service_id <b> #1 \ is new." in without_escapes(text)


def test_records_under_new_numbers_stand_in_the_table(night):
    """They would be missed between added and removed."""
    center = replace(night.centers[0], changes={"added": 1, "changed": 5, "removed": 2, "rekeyed": 77})
    text = summarize_night(replace(night, centers=(center,)))
    assert "| added | changed | removed | new number |" in text
    assert "| 1 | 5 | 2 | 77 |" in text
    table = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert len(set(table)) == 1


@pytest.mark.parametrize("told", [render_report, summarize_night])
def test_one_is_no_many(night, told):
    """`1 errors` makes a reader doubt the figure."""
    center = replace(night.centers[0], findings={"error": 1, "warning": 30, "info": 1})
    text = re.sub(r"<[^>]+>", "", told(replace(night, centers=(center,))))
    assert "1 error, 30 warnings, 1 note" in text


def test_report_says_what_its_seconds_are(night):
    """The report is written before the night ends: its figure is smaller than that of the JSON answer."""
    assert "up to the saving of the results it took 12.5 seconds and 312 MB" in Page(render_report(night)).text()


def test_charts_tell_the_same_as_their_tables(night):
    """The picture and the numbers would disagree."""
    page = Page(render_report(night))
    text = page.text()
    assert "Freshness: 0 errors, 30 warnings, 0 notes" in text
    assert "Agencies: 60 current, 0 due soon, 30 overdue, 0 stale, 10 never verified" in text


def test_severity_of_the_catalogue_stands_in_only_when_it_agrees(night):
    """A chart would show errors that a center has turned into warnings."""
    uncounted = replace(night.centers[0], findings_by_rule_and_severity={})
    agreeing = render_report(replace(night, centers=(uncounted,)))
    assert "Freshness: 0 errors, 30 warnings" in Page(agreeing).text()
    lowered = replace(uncounted, findings={"error": 0, "warning": 42, "info": 5})
    assert "Freshness: 30 findings" in Page(render_report(replace(night, centers=(lowered,)))).text()


def test_report_of_a_night_without_anything(night):
    """The first night of an empty center would crash."""
    empty = replace(
        night,
        centers=(),
        freshness=replace(night.freshness, bands=(), by_curator=()),
        staffing=None,
        audit=None,
        exports=(),
        top_findings=(),
        top_pairs=(),
        places=(),
    )
    assert "<h1>" in render_report(empty)
    assert summarize_night(empty).startswith("# Directory night of Friday, 20 November 2026")


def test_same_night_gives_the_same_page(night):
    """Two copies of one report would differ without a reason."""
    assert render_report(night) == render_report(night)


def test_the_audit_so_far_and_the_last_one_are_told(night):
    """What an audit said must not lie in a table that nobody opens."""
    last = AuditedFigures(
        batch_id="b0", as_of=date(2026, 10, 1), drawn=32, done=30, unit="agency", speaks_for=100, score=91.24,
        record_error_rate=(0.25, 0.125, 0.5), critical_error_rate=(0.0, 0.0, 0.1),
    )  # fmt: skip
    begun = replace(night, audit=replace(night.audit, done=7, last=last))
    summary = summarize_night(begun)
    assert "7 of them are done." in summary
    assert "## How good it is" in summary
    assert "25.0 % (12.5 to 50.0 %) have a fault" in summary
    assert "Done: 7." in render_report(begun)
    assert "The mean score is 91.2 of 100." in render_report(begun)
    told = night_json(begun)["audit"]
    assert told["done"] == 7
    assert told["last"]["record_error_rate"] == {"estimate": 0.25, "low": 0.125, "high": 0.5}
    finished = replace(night, audit=replace(night.audit, done=32))
    assert "audit of 32 agencies" not in summarize_night(finished)
    assert night_json(night)["audit"]["last"] is None


def test_curators_are_told_with_their_band_calibration_and_who_is_there(night):
    """A single figure would be quoted as if it were known."""
    for text in (summarize_night(night), Page(render_report(night)).text()):
        plain = without_escapes(text)
        assert "By the centers' own calibration: 1.2 to 2.5, in the middle 1.7." in plain
        assert "At work: prairie 1.6 (estimated 1.0 to 2.0)." in plain
        assert "384 audited records" in plain
        assert "Minutes are assumptions." in plain
