"""The shape of the NDP-shaped bundle: every object with its members in the receiver's order, and where its lists of words apply.

From second-hand tables of *Export: Organization* (Query V2); the receiver has not published what it accepts. Every key is written,
null where nothing is known. `geocode` and `geoJson` are always null: nothing of ours fills them.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

TEXT = pl.String
TEXTS = pl.List(pl.String)

Shape = Mapping[str, "pl.DataType | type[pl.DataType]"]


def as_struct(shape: Shape) -> pl.Struct:
    """Return the type of an object."""
    return pl.Struct(dict(shape))


def list_of(shape: Shape) -> pl.List:
    """Return the type of a list of objects."""
    return pl.List(as_struct(shape))


PHONE: Shape = {
    "id": TEXT,
    "name": TEXT,
    "type": TEXT,
    "number": TEXT,
    "extension": TEXT,
    "description": TEXT,
    "isMain": pl.Boolean(),
    "access": TEXT,
}
CONTACT: Shape = {
    "id": TEXT,
    "name": TEXT,
    "title": TEXT,
    "email": TEXT,
    "phones": list_of(PHONE),
    "isMain": pl.Boolean(),
    "access": TEXT,
}
ADDRESS: Shape = {
    "id": TEXT,
    "type": TEXT,
    "postalCode": TEXT,
    "street": TEXT,
    "city": TEXT,
    "county": TEXT,
    "state": TEXT,
    "country": TEXT,
    "geocode": TEXT,
    "description": TEXT,
    "access": TEXT,
}
OPEN: Shape = {"day": TEXT, "opensAt": TEXT, "closesAt": TEXT}
SCHEDULE: Shape = {
    "id": TEXT,
    "type": TEXT,
    "validFrom": TEXT,
    "validTo": TEXT,
    "open": list_of(OPEN),
    "description": TEXT,
}
TARGET: Shape = {"code": TEXT, "term": TEXT}
LEVELS = tuple(f"taxonomyTermLevel{level}" for level in range(1, 7))
TAXONOMY: Shape = {
    "id": TEXT,
    "taxonomyTerm": TEXT,
    "taxonomyCode": TEXT,
    **dict.fromkeys(LEVELS, TEXT),
    "targets": list_of(TARGET),
}
GEO_COMPONENT: Shape = dict.fromkeys(("postalCode", "locality", "county", "state", "country"), TEXT)
SERVICE_AREA: Shape = {
    "id": TEXT,
    "type": TEXT,
    "value": TEXT,
    "geoJson": TEXT,
    "geoComponents": list_of(GEO_COMPONENT),
}
FEES: Shape = {"type": TEXT, "description": TEXT}
LANGUAGES: Shape = {"description": TEXT, "codes": TEXTS}
TYPES: Shape = {"description": TEXT, "types": TEXTS}
ACCESSIBILITY: Shape = {"description": TEXT, "types": TEXT}
MESSAGE: Shape = {"message": TEXT, "validFrom": TEXT, "validTo": TEXT}
META: Shape = {
    "idResource": TEXT,
    "tags": TEXTS,
    "access": TEXT,
    "status": TEXT,
    "reasonInactive": TEXT,
    "lastUpdated": TEXT,
    "lastVerified": TEXT,
    "created": TEXT,
    "temporaryMessage": as_struct(MESSAGE),
}
PROGRAM: Shape = {"id": TEXT, "idOrganization": TEXT, "name": TEXT, "alternateNames": TEXTS, "description": TEXT}
SERVICE: Shape = {
    "id": TEXT,
    "idProgram": TEXT,
    "idOrganization": TEXT,
    "name": TEXT,
    "alternateNames": TEXTS,
    "description": TEXT,
    "contacts": list_of(CONTACT),
    "phones": list_of(PHONE),
    "schedules": list_of(SCHEDULE),
    "taxonomy": list_of(TAXONOMY),
    "applicationProcess": TEXT,
    "interpretationServices": TEXT,
    "email": TEXT,
    "url": TEXT,
    "waitTime": TEXT,
    "fees": as_struct(FEES),
    "accreditations": TEXTS,
    "licenses": TEXTS,
    "languages": as_struct(LANGUAGES),
    "funding": TEXT,
    "eligibility": as_struct(TYPES),
    "serviceAreas": list_of(SERVICE_AREA),
    "documents": as_struct(TYPES),
    "locationIds": TEXTS,
    "meta": as_struct(META),
}
LOCATION: Shape = {
    "id": TEXT,
    "idOrganization": TEXT,
    "name": TEXT,
    "alternateNames": TEXTS,
    "description": TEXT,
    "contacts": list_of(CONTACT),
    "phones": list_of(PHONE),
    "schedules": list_of(SCHEDULE),
    "longitude": pl.Float64(),
    "latitude": pl.Float64(),
    "addresses": list_of(ADDRESS),
    "accessibility": as_struct(ACCESSIBILITY),
    "transportation": TEXT,
    "languages": as_struct(LANGUAGES),
    "url": TEXT,
    "email": TEXT,
    "serviceIds": TEXTS,
    "meta": as_struct(META),
}
SERVICE_AT_LOCATION: Shape = {
    "id": TEXT,
    "idOrganization": TEXT,
    "idService": TEXT,
    "idLocation": TEXT,
    "contacts": list_of(CONTACT),
    "phones": list_of(PHONE),
    "schedules": list_of(SCHEDULE),
    "url": TEXT,
    "email": TEXT,
    "meta": as_struct(META),
}
ORGANIZATION: Shape = {
    "id": TEXT,
    "name": TEXT,
    "alternateNames": TEXTS,
    "description": TEXT,
    "url": TEXT,
    "email": TEXT,
    "yearIncorporated": pl.Int64(),
    "taxStatus": TEXT,
    "taxId": TEXT,
    "legalStatus": TEXT,
    "funding": TEXT,
    "contacts": list_of(CONTACT),
    "phones": list_of(PHONE),
    "services": list_of(SERVICE),
    "programs": list_of(PROGRAM),
    "locations": list_of(LOCATION),
    "servicesAtLocations": list_of(SERVICE_AT_LOCATION),
    "meta": as_struct(META),
    "dataOwner": TEXT,
    "dataOwnerDisplayName": TEXT,
    "dataSteward": TEXT,
    "dataStewardDisplayName": TEXT,
}

#: Kind of record -> the object it becomes.
RECORD_OBJECTS: Mapping[str, str] = {
    "agency": "organization",
    "site": "location",
    "service": "service",
    "service_at_site": "serviceAtLocation",
}
