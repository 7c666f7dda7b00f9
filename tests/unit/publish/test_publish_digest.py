"""The digest of a night: what it says, when it counts as news, and that no record is ever named in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.publish.digest import failed_digest, night_digest, stale_digest
from schemas.digest import Digest, LastGoodNight
from schemas.night import Example, MovedFinding, NightFacts
from tests.night_facts import stopped_night, whole_night

NOW = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
YESTERDAY = LastGoodNight(as_of=date(2026, 11, 19), published_at=NOW - timedelta(hours=24))
LONG_AGO = LastGoodNight(as_of=date(2026, 11, 15), published_at=NOW - timedelta(days=5))


def digest_of(night: NightFacts, *, before: LastGoodNight | None = YESTERDAY, report_address: str = "") -> Digest:
    return night_digest(night, before=before, now=NOW, stale_after_hours=30.0, report_address=report_address)


def quiet_night() -> NightFacts:
    """A night in which nothing moved."""
    night = whole_night()
    centers = tuple(
        replace(center, changes=dict.fromkeys(center.changes, 0), rows_rejected=0, findings_life={})
        for center in night.centers
    )
    return replace(night, centers=centers)


def test_a_published_night_is_told_in_counts_with_their_basis() -> None:
    text = digest_of(whole_night()).text
    assert "Counted: 100 agencies, 120 sites, 400 services." in text
    assert "open are 12 errors, 30 warnings, 5 notes" in text
    assert "60.0 % of the agencies (60 of 100 agencies; 8 of the 100 have no date and count as not updated)" in text
    assert "13 pairs of agencies to compare." in text
    assert "reports/night_2026-11-20.html in the workspace" in text


def test_the_three_most_urgent_things_stand_in_it_and_how_many_more_there_are() -> None:
    text = digest_of(whole_night()).text
    assert "1. " in text
    assert "3. " in text
    assert "4. " not in text
    assert "more in the report" in text


def test_a_report_address_stands_as_a_link() -> None:
    text = digest_of(whole_night(), report_address="https://intranet.example/reports/").text
    assert "https://intranet.example/reports/night_2026-11-20.html" in text


def test_no_record_is_ever_named() -> None:
    """Mail is read on telephones and forwarded: not even what reports may show goes into it."""
    night = replace(
        whole_night(),
        moved_first=(
            MovedFinding(
                event="opened",
                finding_id="f",
                center_id="prairie",
                rule_id="FMT-001",
                severity="error",
                record="Quillfeather House (88)",
                field="phone",
                value="217-555-7391",
                how_to_fix="Dial it.",
            ),
        ),
    )
    named = Example(center_id="prairie", native_id="4711", name="Zephyrine Circle")
    night = replace(night, top_findings=tuple(replace(one, examples=(named,)) for one in night.top_findings))
    text = digest_of(night).text
    for secret in ("Quillfeather", "7391", "Zephyrine", "4711", "Hope Pantry", "<script>"):
        assert secret not in text


def test_a_stopped_night_says_that_nothing_was_published_and_why() -> None:
    digest = digest_of(stopped_night())
    assert digest.status == "gated"
    assert "nothing was published" in digest.subject
    assert "The export holds 40 agencies; the last night had 100." in digest.text
    assert "Counted" not in digest.text


def test_an_old_last_good_night_is_told_by_the_night_that_stops_and_by_the_one_that_comes_late() -> None:
    stopped = digest_of(stopped_night(), before=LONG_AGO).text
    assert "The last good night is too old: it is of 15 November 2026 and was published 5 days ago." in stopped
    late = digest_of(quiet_night(), before=LONG_AGO)
    assert "Before this one there was no good night for 5 days; the last was of 15 November 2026." in late.text
    assert late.is_news
    assert "too old" not in digest_of(stopped_night()).text


def test_a_night_in_which_nothing_moved_is_no_news() -> None:
    assert not digest_of(quiet_night()).is_news


@pytest.mark.parametrize(
    "moved",
    [
        {"changes": {"added": 0, "changed": 1, "removed": 0, "rekeyed": 0}},
        {"findings_life": {"opened": 1}},
        {"findings_life": {"fixed": 1}},
        {"rows_rejected": 1},
        {"warnings": ("The column Fax is gone.",)},
        {"is_first_night": True},
    ],
)
def test_whatever_moves_is_news(moved: dict[str, object]) -> None:
    night = quiet_night()
    assert digest_of(replace(night, centers=(replace(night.centers[0], **moved),))).is_news


def test_a_failed_night_names_the_kind_of_trouble_and_the_night_in_force() -> None:
    digest = failed_digest(
        kind="the disk refused", as_of=date(2026, 11, 21), last=LONG_AGO, now=NOW, stale_after_hours=30.0
    )
    assert digest.status == "failed"
    assert "The night failed: the disk refused. Nothing was changed." in digest.text
    assert "The night of 15 November 2026 stays in force; it was published 5 days ago." in digest.text
    assert "too old to work with" in digest.text


def test_a_failed_first_night_says_that_there_is_none() -> None:
    digest = failed_digest(kind="x", as_of=date(2026, 11, 21), last=None, now=NOW, stale_after_hours=30.0)
    assert "Nothing was published yet." in digest.text


@pytest.mark.parametrize(("hours", "is_told"), [(29.9, False), (30.0, False), (30.1, True)])
def test_a_warning_is_made_only_when_the_last_good_night_is_too_old(hours: float, is_told: bool) -> None:
    last = LastGoodNight(as_of=date(2026, 11, 19), published_at=NOW - timedelta(hours=hours))
    digest = stale_digest(last, as_of=date(2026, 11, 21), now=NOW, stale_after_hours=30.0)
    assert (digest is not None) is is_told


def test_no_night_at_all_is_too_old() -> None:
    digest = stale_digest(None, as_of=date(2026, 11, 21), now=NOW, stale_after_hours=30.0)
    assert digest is not None
    assert "Nothing was published yet." in digest.text
