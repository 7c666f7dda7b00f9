"""The reference tables that the settings point to, read once per run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.settings import Resolved
from pipeline.ingest.licensed_terms import read_licensed_terms
from pipeline.ingest.zip_reference import read_zip_reference
from schemas.errors import InputError
from schemas.reference import References


def load_references(resolved: Resolved) -> References:
    """Return the reference tables that the settings name; None for each that they do not.

    Raises:
        InputError: A file is not there or not what it should be, or a center names a ZIP reference of its own.
    """
    zip_path, term_list = zip_reference_path(resolved), resolved.settings.rules.term_list
    return References(
        zips=read_zip_reference(zip_path) if zip_path else None,
        terms=read_licensed_terms(resolved.base / term_list) if term_list else None,
    )


def zip_reference_path(resolved: Resolved) -> Path | None:
    """Return the file of ZIP codes, or None when the settings name none.

    Raises:
        InputError: A center names another one: places are the same for all of them.
    """
    settings = resolved.settings
    for center in settings.centers:
        own = center.normalize.zip_reference if center.normalize else ""
        if own and own != settings.normalize.zip_reference:
            raise InputError(
                f"The center {center.id} names a zip_reference of its own.",
                advice="Name it once for all centers, under [normalize].",
            )
    named = settings.normalize.zip_reference
    return resolved.base / named if named else None


def term_names(resolved: Resolved) -> Mapping[str, str] | None:
    """Return the names of the licensed list by code, when the center has one and its licence lets them leave."""
    if not resolved.settings.export.write_term_names:
        return None
    terms = load_references(resolved).terms
    if terms is None or "name" not in terms.columns:
        return None
    return dict(terms.select("code", "name").drop_nulls().iter_rows())
