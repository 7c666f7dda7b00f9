"""Laws of NDP-shaped bundles, for any directory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.publish.ndp_shape import (
    ADDRESS,
    CONTACT,
    LOCATION,
    META,
    ORGANIZATION,
    PHONE,
    SCHEDULE,
    SERVICE,
    SERVICE_AREA,
    SERVICE_AT_LOCATION,
    TAXONOMY,
)
from schemas.directory import Directory
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import bundles_of, package_of, public_of, written
from tests.property.test_publish_laws import directories

LAWS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENTERS = NdpParameters(owner_codes={"c1": "211one", "c2": "211two"})
SHAPES = {
    "services": SERVICE,
    "locations": LOCATION,
    "servicesAtLocations": SERVICE_AT_LOCATION,
    "contacts": CONTACT,
    "phones": PHONE,
    "addresses": ADDRESS,
    "schedules": SCHEDULE,
    "taxonomy": TAXONOMY,
    "serviceAreas": SERVICE_AREA,
}


def objects(value: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object below a member with the name of the member."""
    if isinstance(value, dict):
        yield name, value
        for member, below in value.items():
            yield from objects(below, member)
    elif isinstance(value, list):
        for below in value:
            yield from objects(below, name)


@LAWS
@given(directories())
def test_every_record_is_written_or_listed_and_every_reference_is_answered(directory):
    """Records would vanish, or a receiver would look for a place that is not in the bundle."""
    package = package_of(public_of(directory), parameters=CENTERS)
    assert package.preflight.errors == ()
    bundles = bundles_of(package)
    ids = Counter()
    for bundle in bundles:
        below = {
            name: {item["id"] for item in bundle[name]} for name in ("services", "locations", "servicesAtLocations")
        }
        for name, item in objects(bundle, "organization"):
            if "idOrganization" in item:
                assert item["idOrganization"] == bundle["id"]
            if "id" in item:
                ids[item["id"]] += 1
            if name in SHAPES:
                assert list(item) == list(SHAPES[name])
        assert list(bundle) == list(ORGANIZATION)
        assert list(bundle["meta"]) == list(META)
        for link in bundle["servicesAtLocations"]:
            assert link["idService"] in below["services"]
            assert link["idLocation"] in below["locations"]
        for service in bundle["services"]:
            assert set(service["locationIds"]) <= below["locations"]
        for location in bundle["locations"]:
            assert set(location["serviceIds"]) <= below["services"]
        assert all(bundle["name"] and service["name"] for service in bundle["services"])
    assert [one for one, count in ids.items() if count > 1] == []
    told = {
        "organization": len(bundles),
        "service": sum(len(bundle["services"]) for bundle in bundles),
        "location": sum(len(bundle["locations"]) for bundle in bundles),
        "serviceAtLocation": sum(len(bundle["servicesAtLocations"]) for bundle in bundles),
    }
    assert package.records() == told
    for kind, counts in package.counts().items():
        delivered = directory.tables()[kind].height
        assert counts["delivered"] == delivered == counts["written"] + sum(counts["withheld"].values())


@LAWS
@given(directories(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_change_a_byte(directory, random):
    """A reshuffled export would look changed to every receiver."""
    shuffled = {}
    for name, table in directory.tables().items():
        places = list(range(table.height))
        random.shuffle(places)
        shuffled[name] = table[places] if places else table
    first = package_of(public_of(directory), parameters=CENTERS)
    second = package_of(public_of(Directory(**shuffled)), parameters=CENTERS)
    assert written(first) == written(second)
    assert first.preflight == second.preflight
    assert first.removed_values == second.removed_values


@LAWS
@given(directories())
def test_no_bundle_holds_a_private_number(directory):
    """Somebody in hiding could be found."""
    package = package_of(public_of(directory), parameters=CENTERS)
    private = directory.phone.filter("is_private")
    public = directory.phone.filter(~pl.col("is_private"))
    texts = [
        value
        for bundle in bundles_of(package)
        for _, item in objects(bundle, "organization")
        for name, value in item.items()
        if isinstance(value, str) and not name.startswith("id")
    ]
    digits = ",".join("".join(filter(str.isdigit, text)) for text in texts)
    for number in set(private["e164"].drop_nulls()) - set(public["e164"].drop_nulls()):
        assert number[2:] not in digits
    assert json.dumps(texts)
