"""Reference tables that a center may point to: ZIP codes with their places, and its own licensed taxonomy terms.

Neither comes with the program. Without them the rules that need them report "not applicable" and nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.contract import Table, optional, required


class ZipPlace(Table):
    """One row per ZIP code and county or city that it serves."""

    postal_code: pl.String = required("Five digits.")
    city: pl.String = optional("City, as the reference writes it.")
    county: pl.String = optional("County without the word County.")
    state: pl.String = required("Two-letter state code, capitals.")
    latitude: pl.Float64 = optional("Decimal degrees of the middle, north positive.")
    longitude: pl.Float64 = optional("Decimal degrees of the middle, east positive.")


class LicensedTerm(Table):
    """One row per term of the center's licensed taxonomy list."""

    code: pl.String = required("Taxonomy code; none twice.")
    name: pl.String = optional("Name of the term.")
    status: pl.String = required("`active` or `retired`.")
    successor: pl.String = optional("Code that replaces a retired term.")
    is_preferred: pl.Boolean = optional(
        "Whether the center prefers the term in its branch; null when the list does not say."
    )


@dataclass(frozen=True, kw_only=True)
class References:
    """The reference tables of a run.

    Attributes:
        zips: `ZipPlace` rows; None when the settings name no file.
        terms: `LicensedTerm` rows; None when the settings name no file.
    """

    zips: pl.DataFrame | None = None
    terms: pl.DataFrame | None = None
