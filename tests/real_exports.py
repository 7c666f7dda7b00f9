"""Exports that many tests look at and none changes: each is read and worked up once in a process, not once in every file.

Frames cannot be changed in place by what is asked of them here, so one is safe for all.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import Normalized, normalize_delivery
from pipeline.validate.records import Validation, validate_directory
from schemas.delivered import Delivered
from schemas.parameters import FreshnessRule, NormalizeParameters, ValidateParameters


@cache
def read_once(path: Path, center_id: str) -> Delivered:
    """Return an export as delivered."""
    return read_export(path, center_id=center_id)


@cache
def normalize_once(path: Path, center_id: str, blank_status: str = "unknown") -> Normalized:
    """Return an export normalized as a center starts but for the meaning of a blank status, without references."""
    return normalize_delivery(read_once(path, center_id), parameters=NormalizeParameters(blank_status=blank_status))


@cache
def validate_once(path: Path, center_id: str, as_of: date) -> Validation:
    """Return what the rules say of an export as a center starts, without references."""
    normalized = normalize_once(path, center_id)
    return validate_directory(
        normalized.directory,
        notes=normalized.notes,
        carried={center_id: read_once(path, center_id).carried},
        as_of=as_of,
        parameters=ValidateParameters(),
        freshness=FreshnessRule(),
    )
