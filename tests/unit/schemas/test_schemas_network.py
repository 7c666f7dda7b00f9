"""The contract of a center's summary, and of the file that lists a state's counties."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.network_parameters import NetworkParameters
from schemas.network_state import StateFile
from schemas.network_summary import CenterSummary
from tests.network_summaries import summary_values


def changed(path: str, value: Any) -> str:
    values = deepcopy(summary_values())
    *way, last = path.split(".")
    part = values
    for key in way:
        part = part[key]
    part[last] = value
    return json.dumps(values)


def test_a_valid_summary_comes_back_as_it_was():
    text = json.dumps(summary_values())
    assert json.loads(CenterSummary.model_validate_json(text).model_dump_json()) == json.loads(text)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("counted.agency", -1, "counted.agency"),
        ("counted.agency", 40.5, "counted.agency"),
        ("counted.agency", "40", "counted.agency"),
        ("counted.agency", True, "counted.agency"),
        ("shares.complete_agency_update.numerator", 41, "shares.complete_agency_update"),
        ("shares.complete_agency_update.numerator", None, "shares.complete_agency_update"),
        ("shares.complete_agency_update.unknown", 11, "shares.complete_agency_update"),
        ("staffing.curator_fte", 0, "staffing.curator_fte"),
        ("staffing.certified_share", 1.2, "staffing.certified_share"),
        ("staffing.estimated_fte.low", 0.05, "staffing.estimated_fte"),
        ("center_id", "../east", "center_id"),
        ("as_of", "20 November", "as_of"),
        ("agencies", [], "agencies"),
        ("counted.names", ["x"], "counted.names"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(path: str, value: Any, place: str):
    with pytest.raises(ValidationError) as fault:
        CenterSummary.model_validate_json(changed(path, value))
    assert ".".join(str(part) for part in fault.value.errors()[0]["loc"]) == place


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("findings.error", 4, "adds up to 3"),
        ("cutoff_on", "2026-12-01", "is after as_of"),
        ("counties", None, "both be null"),
        ("counted.agency", 39, "more than the counted agencies"),
        ("counted.service", 90, "more than the counted records"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(path: str, value: Any, words: str):
    with pytest.raises(ValidationError, match=words):
        CenterSummary.model_validate_json(changed(path, value))


def test_a_share_over_nothing_is_unknown():
    nothing = {"numerator": 0, "denominator": 0, "unknown": 0, "reason": None}
    values = summary_values(
        counted={"agency": 0, "site": 0, "service": 0, "service_at_site": 0},
        shares=dict.fromkeys(("complete_agency_update", "verified_record", "edited_record"), nothing),
    )
    told = CenterSummary.model_validate_json(json.dumps(values))
    assert told.shares.complete_agency_update.share is None


def entry(**changes: Any) -> dict[str, Any]:
    return {"fips": "17031", "name": "Cook", "short": "Cook", "tile": [0, 0], **changes}


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (entry(name="DuPage", tile=[1, 0]), "FIPS code 17031"),
        (entry(fips="17043", name="cook", tile=[1, 0]), "the name cook"),
        (entry(fips="17043", name="DuPage"), r"the tile \[0, 0\]"),
    ],
)
def test_a_state_lists_each_county_once(second: dict[str, Any], words: str):
    with pytest.raises(ValidationError, match=words):
        StateFile.model_validate({"state": "Illinois", "code": "IL", "counties": [entry(), second]})


def test_a_center_is_published_once():
    row = {"id": "a", "name": "A", "source": "s", "stated_for": "2024"}
    with pytest.raises(ValidationError, match="twice"):
        NetworkParameters.model_validate({"published": [row, row]})
