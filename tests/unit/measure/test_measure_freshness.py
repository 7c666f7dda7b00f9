from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.measure.freshness import Freshness, measure_freshness
from pipeline.measure.freshness_cases import MEASURES
from schemas.directory import Directory, join_directories
from schemas.parameters import FreshnessRule

AS_OF = date(2026, 11, 20)
FRESH = date(2026, 3, 1)
OLD = date(2025, 6, 1)
CUTOFF = date(2025, 11, 20)

Build = Callable[..., Directory]


def measured(directory: Directory, **rule: Any) -> Freshness:
    dimensions = ("center", "county", "curator", "kind", "tier")
    return measure_freshness(directory, as_of=AS_OF, rule=FreshnessRule(**rule), dimensions=dimensions)


def agency(uid: str, verified_on: date | None = FRESH, **changes: Any) -> dict[str, Any]:
    return {"record_uid": uid, "verified_on": verified_on, **changes}


def child(uid: str, agency_uid: str, verified_on: date | None = FRESH, **changes: Any) -> dict[str, Any]:
    return {"record_uid": uid, "agency_uid": agency_uid, "verified_on": verified_on, **changes}


def counts(figure: dict[str, object]) -> tuple[object, ...]:
    return figure["numerator"], figure["denominator"], figure["unknown"]


def test_complete_update_needs_the_agency_and_all_its_children(directory_of: Build) -> None:
    """A half-done update would be published as a complete one."""
    directory = directory_of(
        agency=[agency("A"), agency("B"), agency("C"), agency("D", OLD)],
        site=[child("A-s", "A"), child("B-s", "B", OLD)],
        service=[child("A-p", "A"), child("C-p1", "C"), child("C-p2", "C", None), child("D-p", "D")],
    )
    freshness = measured(directory)
    # A is complete; B has an old site; C has an undated service (unknown); D is itself old.
    assert counts(freshness.headline()) == (1, 4, 1)
    assert freshness.headline()["share"] == 0.25
    # 3 agencies, 1 site and 3 services in the window, of 10 records; C-p2 has no date.
    assert counts(freshness.headline("verified_record")) == (7, 10, 1)


def test_cutoff_and_as_of_count_and_the_days_beside_them_do_not(directory_of: Build) -> None:
    """An update made exactly a year ago or today would be lost, or a date of tomorrow would count."""
    days = [CUTOFF, date(2025, 11, 19), AS_OF, date(2026, 11, 21)]
    freshness = measured(directory_of(agency=[agency(str(place), day) for place, day in enumerate(days)]))
    assert freshness.cutoff_on == CUTOFF
    assert counts(freshness.headline()) == (2, 4, 1)


def test_rows_that_do_not_count_are_in_no_share_and_are_listed(directory_of: Build) -> None:
    """Link-only, inactive, draft and foreign rows would make the share look better or worse than it is."""
    directory = directory_of(
        agency=[agency("A"), agency("B", not_counted_reason="inactive"), agency("C", not_counted_reason="other_owner")],
        service=[child("p1", "A"), child("p2", "A", None, not_counted_reason="draft")],
        service_at_site=[child("x", "A", None, not_counted_reason="link_only", link_only=True)],
    )
    freshness = measured(directory)
    assert counts(freshness.headline()) == (1, 1, 0)
    assert counts(freshness.headline("verified_record")) == (2, 2, 0)
    assert freshness.excluded.rows() == [
        ("c1", "agency", "inactive", 1),
        ("c1", "agency", "other_owner", 1),
        ("c1", "service", "draft", 1),
        ("c1", "service_at_site", "link_only", 1),
    ]
    left_out = freshness.figures.filter(pl.col("measure") == "not_counted", pl.col("center_id").is_null())
    assert left_out.get_column("numerator").sum() == 4
    assert left_out.get_column("denominator").unique().to_list() == [6]


def test_untracked_level_is_left_out_of_the_bundle_and_said(directory_of: Build) -> None:
    """A center that keeps dates on agencies only would be shown 0 % complete updates."""
    directory = directory_of(
        agency=[agency(f"a{place}") for place in range(40)],
        site=[child(f"s{place}", f"a{place}", FRESH if place == 0 else None) for place in range(40)],
        service=[child(f"p{place}", f"a{place}", FRESH if place < 2 else None) for place in range(40)],
    )
    freshness = measured(directory)
    tracked = dict(freshness.levels.select("kind", "is_tracked").rows())
    # 1 of 40 sites is 2.5 %: not tracked. 2 of 40 services is exactly 5 %: tracked.
    assert tracked == {"agency": True, "site": False, "service": True}
    assert counts(freshness.headline()) == (2, 40, 38)
    assert freshness.level_notes == (
        (
            "Center c1: the date of a bundle is the oldest over its agencies and services; left out as not tracked "
            "(under 5 % dated): sites (1 of 40 dated)."
        ),
    )


def test_dates_on_services_only_still_give_a_bundle_date(directory_of: Build) -> None:
    """HSDS carries verification on services only; such centers would have no headline at all."""
    directory = directory_of(
        agency=[agency("A", None), agency("B", None), agency("C", None)],
        service=[child("A-p", "A"), child("B-p1", "B"), child("B-p2", "B", OLD)],
    )
    freshness = measured(directory)
    # A yes, B has an old service, C has no service and so no date at all.
    assert counts(freshness.headline()) == (1, 3, 1)
    kinds = freshness.figures.filter(
        pl.col("measure") == "verified_record", pl.col("dimension") == "kind", pl.col("center_id").is_null()
    )
    by_kind = {row["value"]: row for row in kinds.to_dicts()}
    assert by_kind["agency"]["share"] is None
    assert by_kind["agency"]["reason"] == "The export has no verification date on agencies."
    assert by_kind["service"]["share"] == pytest.approx(2 / 3)


def test_export_without_dates_is_unknown_with_a_reason_never_zero(directory_of: Build) -> None:
    """A center whose software exports no dates would be accused of having updated nothing."""
    directory = directory_of(agency=[agency("A", None), agency("B", None)], service=[child("p", "A", None)])
    freshness = measured(directory)
    for measure in MEASURES:
        figure = freshness.headline(measure, center_id="c1")
        assert figure["share"] is None
        assert figure["numerator"] is None
        assert figure["unknown"] == figure["denominator"]
        assert "has no" in str(figure["reason"])
    assert freshness.bands.get_column("record_count").null_count() == freshness.bands.height
    shares = freshness.figures.filter(pl.col("dimension") != "reason").get_column("share")
    assert shares.null_count() == shares.len()


def test_center_without_dates_is_kept_out_of_the_common_share(directory_of: Build) -> None:
    """One center without dates would drag the share of a whole state towards 0 %."""
    directory = join_directories(
        [
            directory_of(agency=[agency("A"), agency("B", OLD)]),
            directory_of(agency=[agency(f"x{place}", None, center_id="c2") for place in range(8)]),
        ]
    )
    freshness = measured(directory)
    figure = freshness.headline()
    assert counts(figure) == (1, 2, 0)
    assert figure["share"] == 0.5
    assert figure["kept_out"] == [
        {
            "center_id": "c2",
            "record_count": 8,
            "reason": "The export has no verification date that counts.",
        }
    ]
    assert freshness.headline(center_id="c2")["share"] is None
    assert (
        "Center c2: its 8 agencies are kept out of complete_agency_update over all centers. "
        "The export has no verification date that counts."
    ) in freshness.level_notes
    assert "kept_out" not in freshness.headline(center_id="c1")
    all_bands = freshness.bands.filter(pl.col("center_id").is_null(), pl.col("kind") == "all")
    assert all_bands.group_by("measure").agg(pl.col("record_count").sum()).get_column("record_count").to_list() == [
        2,
        2,
    ]


def test_few_dates_everywhere_give_record_shares_but_no_headline(directory_of: Build) -> None:
    """With dates on a handful of records nobody can say which bundles are complete."""
    rows = [agency(f"a{place}", FRESH if place == 0 else None) for place in range(100)]
    freshness = measured(directory_of(agency=rows))
    assert freshness.headline()["share"] is None
    assert "5 % of its records" in str(freshness.headline()["reason"])
    assert counts(freshness.headline("verified_record")) == (1, 100, 99)


def test_edited_is_not_verified(directory_of: Build) -> None:
    """A mass save would push up the published share."""
    directory = directory_of(agency=[agency("A", OLD, edited_on=FRESH), agency("B", edited_on=OLD)])
    freshness = measured(directory)
    assert counts(freshness.headline("verified_record")) == (1, 2, 0)
    assert counts(freshness.headline("edited_record")) == (1, 2, 0)


def test_verifier_option_leaves_out_dates_without_who_or_how(directory_of: Build) -> None:
    """The stricter count that a funder asks for would be the same as the ordinary one."""
    directory = directory_of(
        agency=[
            agency("A", verified_by="Person"),
            agency("B", verified_by_title="Director"),
            agency("C", verification_method="portal"),
            agency("D"),
        ]
    )
    assert counts(measured(directory).headline()) == (4, 4, 0)
    assert counts(measured(directory, require_verifier=True).headline()) == (3, 4, 1)
    nobody = measured(directory_of(agency=[agency("A")]), require_verifier=True).headline()
    assert nobody["share"] is None
    assert "says who confirmed it" in str(nobody["reason"])


def test_record_of_two_languages_takes_the_older_day(directory_of: Build) -> None:
    """A record whose Spanish text was never looked at again would pass as updated."""
    directory = directory_of(
        agency=[agency("A"), agency("B"), agency("C")],
        translation=[
            {"record_uid": "A", "kind": "agency", "verified_on": OLD},
            {"record_uid": "B", "kind": "agency", "verified_on": None},
            {"record_uid": "C", "kind": "agency", "verified_on": OLD, "status": "inactive"},
        ],
    )
    # A is as old as its translation, B's translation has no day, the inactive one of C does not count.
    assert counts(measured(directory).headline()) == (1, 3, 1)


def test_languages_without_own_days_do_not_hide_the_record(directory_of: Build) -> None:
    """A system that keeps one date for all languages would show every translated record as never verified."""
    directory = directory_of(
        agency=[agency("A")], translation=[{"record_uid": "A", "kind": "agency", "verified_on": None}]
    )
    assert counts(measured(directory).headline()) == (1, 1, 0)


def test_child_without_agency_counts_among_the_records_only(directory_of: Build) -> None:
    """An orphan would vanish from the record share, or count for a bundle that is not there."""
    freshness = measured(directory_of(agency=[agency("A")], service=[{"record_uid": "p", "verified_on": OLD}]))
    assert counts(freshness.headline()) == (1, 1, 0)
    assert counts(freshness.headline("verified_record")) == (1, 2, 0)


def test_children_belong_to_the_agency_of_their_own_center(directory_of: Build) -> None:
    """Two centers that deliver a copy of one agency would spoil each other's update."""
    directory = join_directories(
        [
            directory_of(agency=[agency("A")], service=[child("p", "A")]),
            directory_of(agency=[agency("A", center_id="c2")], service=[child("p", "A", OLD, center_id="c2")]),
        ]
    )
    freshness = measured(directory)
    assert counts(freshness.headline(center_id="c1")) == (1, 1, 0)
    assert counts(freshness.headline(center_id="c2")) == (0, 1, 0)
    assert counts(freshness.headline()) == (1, 2, 0)


def test_breakdowns_fall_back_to_the_agency_and_name_the_unknown(directory_of: Build) -> None:
    """Curators and counties would lose their services, and records without either would vanish."""
    directory = directory_of(
        agency=[agency("A", county="Sangamon", curator="K1"), agency("B", OLD)],
        service=[child("p1", "A"), child("p2", "A", county="Menard", curator="K2")],
    )
    rows = measured(directory).figures.filter(pl.col("measure") == "verified_record", pl.col("center_id").is_null())
    found = {(row["dimension"], row["value"]): (row["numerator"], row["denominator"]) for row in rows.to_dicts()}
    assert found[("county", "Sangamon")] == (2, 2)
    assert found[("county", "Menard")] == (1, 1)
    assert found[("county", "(unknown)")] == (0, 1)
    assert found[("curator", "K2")] == (1, 1)
    assert found[("curator", "(unknown)")] == (0, 1)
    assert found[("kind", "agency")] == (1, 2)
    assert found[("center", "c1")] == (3, 4)
    assert found[("tier", "T2")] == (3, 3)
    assert found[("tier", "T1")] == (0, 1)


def test_every_breakdown_adds_up_to_the_whole(directory_of: Build) -> None:
    """Tables that do not add up cost a report its trust."""
    directory = directory_of(
        agency=[agency("A", county="X"), agency("B", OLD, curator="K"), agency("C", None)],
        service=[child("p1", "A"), child("p2", "B", None), child("p3", "C", OLD)],
    )
    figures = measured(directory).figures.filter(pl.col("center_id").is_null())
    whole = {row["measure"]: row for row in figures.filter(pl.col("dimension") == "all").to_dicts()}
    parts = (
        figures.filter(pl.col("dimension").is_in(["center", "county", "curator", "kind", "tier"]))
        .group_by("measure", "dimension")
        .agg(pl.col("numerator", "denominator", "unknown").sum())
    )
    assert parts.height == 5 * 3 - 1  # the headline has no kinds
    for row in parts.filter(pl.col("measure") != "edited_record").to_dicts():
        assert row["denominator"] == whole[row["measure"]]["denominator"], row
        assert row["numerator"] == whole[row["measure"]]["numerator"], row


def test_bands_count_records_and_bundles(directory_of: Build) -> None:
    """The work list of the coming months would be wrong."""
    directory = directory_of(
        agency=[
            agency("A"),
            agency("B", date(2026, 1, 1)),
            agency("C", OLD),
            agency("D", date(2024, 1, 1)),
            agency("E", None),
        ],
        service=[child("p", "A", date(2026, 1, 1))],
    )
    bands = measured(directory).bands.filter(pl.col("center_id") == "c1", pl.col("kind") == "all")
    by_measure = {
        measure: rows.get_column("record_count").to_list()
        for (measure,), rows in bands.group_by("measure", maintain_order=True)
    }
    assert by_measure == {"complete_agency_update": [0, 2, 1, 1, 1], "verified_record": [1, 2, 1, 1, 1]}


def test_most_frequent_day_shows_a_mass_stamp(directory_of: Build) -> None:
    """Dates moved by an import would stay unseen behind a good share."""
    rows = [agency(f"a{place}", FRESH if place < 3 else None) for place in range(5)]
    freshness = measured(directory_of(agency=rows))
    assert freshness.frequent_days.rows() == [
        (None, "verified_on", FRESH, 3, 0.6),
        ("c1", "verified_on", FRESH, 3, 0.6),
    ]


def test_empty_directory_has_no_share(directory_of: Build) -> None:
    """The first night of a new center must not fall over, nor print 0 %."""
    freshness = measured(directory_of())
    for measure in MEASURES:
        assert freshness.headline(measure) == {
            "numerator": 0,
            "denominator": 0,
            "unknown": 0,
            "share": None,
            "reason": "There is no counted agency." if measure == MEASURES[0] else "There is no counted record.",
        }


def test_center_without_counted_agency_has_rows_of_its_own(directory_of: Build) -> None:
    """A center whose agencies are all inactive must be shown as such, not left out of the table."""
    freshness = measured(directory_of(agency=[agency("A", not_counted_reason="inactive")]))
    assert freshness.headline(center_id="c1")["reason"] == "There is no counted agency."


def test_row_order_does_not_matter(directory_of: Build) -> None:
    """Two runs over the same export would differ, and nobody could check a figure again."""
    agencies = [agency(f"a{place}", day) for place, day in enumerate([FRESH, OLD, None, CUTOFF])]
    services = [child(f"p{place}", f"a{place % 4}", day) for place, day in enumerate([OLD, FRESH, None, FRESH, AS_OF])]
    one = measured(directory_of(agency=agencies, service=services))
    other = measured(directory_of(agency=agencies[::-1], service=services[::-1]))
    for name in ("figures", "bands", "levels", "excluded", "unknowable", "frequent_days"):
        assert getattr(one, name).equals(getattr(other, name)), name
