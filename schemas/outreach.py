"""Tables of the verification queue: the bundles it is made from, what is to be done in which week, and what that brings."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from schemas.contract import Table, optional, required


class OutreachStage(StrEnum):
    """Steps towards a verification, in their order."""

    FIRST_REQUEST = "first_request"  # e-mail or form to the contact for updates
    REMINDER = "reminder"  # the same contact once more
    OTHER_CONTACT = "other_contact"  # somebody else at the agency
    LAST_CALL = "last_call"  # by phone, for the last time
    CHECK_EXISTENCE = "check_existence"  # does the agency still exist?


class QueueBundle(Table):
    """One row per counted agency: its whole bundle, that is the agency with all counted sites and services."""

    center_id: pl.String = required("Center that delivered the agency.")
    agency_uid: pl.String = required("The agency.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the agency.")
    curator: pl.String = optional("Curator; null when nobody is named.")
    county: pl.String = optional("County of the agency.")
    day: pl.Date = optional("Oldest verification day in the bundle; null when a part of it was never verified.")
    counts_until: pl.Date = optional("Last day on which it still counts as updated; null when it does not count now.")
    minutes: pl.Float64 = required("Estimated minutes of one update of the bundle; less than 1 is planned as 1.")
    site_count: pl.Int64 = required("Counted sites.")
    service_count: pl.Int64 = required("Counted services.")
    use: pl.Int64 = optional("How often it was asked for; null when unknown.")
    excluded_reason: pl.String = optional(
        "Why it must not be queued, such as temporarily closed; it stays in the denominator. Null: it may be queued."
    )
    contacted_on: pl.Date = optional("Day on which a form was sent, when known.")


class QueueItem(Table):
    """One row per agency to be verified within the weeks asked for; one contact covers its sites and services."""

    center_id: pl.String = required("Center.")
    curator: pl.String = optional("Curator; null when nobody is named.")
    week: pl.Int64 = required("Week in which it is begun: 1 is the week that begins on the day of the plan.")
    week_start_on: pl.Date = required("First day of that week.")
    position: pl.Int64 = required("Place in the curator's week, from 1: oldest and most used first.")
    agency_uid: pl.String = required("The agency.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the agency.")
    county: pl.String = optional("County of the agency.")
    day: pl.Date = optional("Oldest verification day in the bundle.")
    counts_until: pl.Date = optional("Last day on which it still counts; null when it does not count now.")
    site_count: pl.Int64 = required("Counted sites.")
    service_count: pl.Int64 = required("Counted services.")
    minutes: pl.Float64 = required("Estimated minutes of the update.")
    use: pl.Int64 = optional("How often it was asked for; null when unknown.")
    last_week: pl.Int64 = required(
        "Week in which it is finished; later than `week` only when it takes longer than a whole week's hours."
    )
    needed_by_on: pl.Date = required("Week end by which it is needed to hold or reach the target.")
    stage: pl.String = required("Step of outreach at the beginning of that week (`OutreachStage`).")
    reason: pl.String = required("Why it is in the queue, in words.")


class QueueLoad(Table):
    """One row per center, curator and week."""

    center_id: pl.String = required("Center.")
    curator: pl.String = optional("Curator; null when nobody is named.")
    week: pl.Int64 = required("Week.")
    week_start_on: pl.Date = required("First day of the week.")
    agencies: pl.Int64 = required("Agencies begun in this week.")
    minutes: pl.Float64 = required(
        "Minutes of work in this week; a bundle longer than a week's hours is spread over several."
    )
    curator_minutes: pl.Float64 = required("Minutes of this curator in all centers together.")
    hours_limit_minutes: pl.Float64 = required("Minutes that this curator has in a week, in all centers together.")


class QueueTarget(Table):
    """One row per center and week end."""

    center_id: pl.String = required("Center.")
    week: pl.Int64 = required("Week.")
    week_end_on: pl.Date = required("Last day of the week: the day on which is counted.")
    denominator: pl.Int64 = required("Counted agencies.")
    target_share: pl.Float64 = required("Target of the center, 0-1.")
    target_count: pl.Int64 = required("Agencies that must count to reach the target.")
    needed: pl.Int64 = required("Agencies that must count at this week end: less than the target while catching up.")
    counting_without: pl.Int64 = required("Agencies that will still count if nobody verifies anything.")
    counting_with: pl.Int64 = required("Agencies that will count if the queue is followed.")
    shortfall: pl.Int64 = required("Agencies missing from `needed` with the queue.")
    share_without: pl.Float64 = required("counting_without / denominator, 0-1.")
    share_with: pl.Float64 = required("counting_with / denominator, 0-1.")


class QueueExcluded(Table):
    """One row per bundle that is left out although it does not count at the last week end asked for."""

    center_id: pl.String = required("Center.")
    curator: pl.String = optional("Curator.")
    agency_uid: pl.String = required("The agency.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the agency.")
    day: pl.Date = optional("Oldest verification day in the bundle.")
    counts_until: pl.Date = optional("Last day on which it still counts; null when it does not count now.")
    excluded_reason: pl.String = required("Why it is left out.")


class StagedBundle(Table):
    """One row per bundle: where outreach stands."""

    center_id: pl.String = required("Center.")
    agency_uid: pl.String = required("The agency.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the agency.")
    curator: pl.String = optional("Curator.")
    day: pl.Date = optional("Oldest verification day in the bundle.")
    contacted_on: pl.Date = optional("Day on which a form was sent, when known.")
    stage: pl.String = optional("Present step (`OutreachStage`); null when there is nothing to do yet, or excluded.")
    stage_since_on: pl.Date = optional(
        "First day of the present step; the day of the plan for a first request of a bundle that was never verified."
    )
    next_stage: pl.String = optional("Next step if no verification comes; null after the last, or excluded.")
    next_stage_on: pl.Date = optional("First day of the next step.")
    excluded_reason: pl.String = optional("Why no step is taken.")
