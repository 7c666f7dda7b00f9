"""Table of agency bundles with the counts that drive the effort of their yearly update."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Complexity(Table):
    """One row per counted agency, with the counted rows of its bundle."""

    center_id: pl.String = required("Center that delivered the agency.")
    record_uid: pl.String = required("The agency.")
    native_id: pl.String = optional("Identifier in the center's software.")
    name: pl.String = optional("Name of the agency.")
    county: pl.String = optional("County of the agency's own physical address.")
    curator: pl.String = optional("Curator of the agency record.")
    service_count: pl.Int64 = required("Counted services (V).")
    site_count: pl.Int64 = required("Counted sites (S); sites derived by us are not counted.")
    service_at_site_count: pl.Int64 = required("Edited, active service-at-site rows (E); link-only rows are 0.")
    service_term_count: pl.Int64 = required(
        "Service terms over all counted services (T): distinct codes of each service, joined codes too, Y codes not."
    )
    target_term_count: pl.Int64 = required(
        "Target (Y) terms over all counted services: distinct codes of each service."
    )
    language_version_count: pl.Int64 = required(
        "Languages in which the bundle is kept (L): 1, or more when versions in further languages were delivered."
    )
    extra_version_count: pl.Int64 = required(
        "Versions of counted services and sites beyond the first; (L - 1) x (V + S) when every one has every language."
    )
    language_count: pl.Int64 = required("Distinct languages offered over the bundle.")
    phone_count: pl.Int64 = required("Distinct phone numbers over the bundle.")
    area_unit_count: pl.Int64 = required("Distinct units of area served over the services.")
    verified_on: pl.Date = optional(
        "Day of the agency record's own last verification; null when blank or in the future."
    )
    verification_age_days: pl.Int64 = optional("Days from that day to as_of; null when there is none.")
    update_minutes: pl.Float64 = required(
        "Minutes of one update at the central values, before channel and interim work."
    )
    complexity_score: pl.Float64 = required(
        "update_minutes / minutes of one service at one site; 1.0 = the simplest bundle."
    )
    tier: pl.String = required("Tier T1 to T4.")
