"""What HSDS has no place for, as tables and as nested JSON."""

from __future__ import annotations

from pipeline.publish.losses import Loss

_SIDE = "resdir_records (our side table in the package)"
_NOWHERE = "nowhere in this file"

#: What both forms of HSDS lose of the public directory.
_SHARED: tuple[Loss, ...] = (
    Loss(
        what="Verification and edit dates of agencies, sites and services at sites",
        why="HSDS has dates of verification and change for services only; `metadata` tells a verification only where the day before "
        "it is known, too.",
        kept=_SIDE,
    ),
    Loss(
        what="Native ids of services and of services at sites",
        why="HSDS has external identifiers for locations and organizations only.",
        kept=_SIDE,
    ),
    Loss(
        what="Record owner, whether a record was delivered or derived, and whether a link was the site list of a service only",
        why="HSDS does not say who keeps a record or where it comes from.",
        kept=_SIDE,
    ),
    Loss(
        what="Which target terms belong to which service term",
        why="An attribute is one term of one record; HSDS has no tie between attributes.",
        kept=_SIDE,
    ),
    Loss(
        what="Taxonomy codes that break the grammar of the 2-1-1 taxonomy",
        why="They name no term.",
        kept=_NOWHERE,
        reason="taxonomy_code_not_valid",
    ),
    Loss(
        what="Days on which records were created, whether they may be used for referral, and the difference between active and 'active, "
        "do not refer'",
        why="HSDS has a status of services only, with four values.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Hours, languages, accessibility, transportation, accreditations, alert, tax status and addresses of agencies",
        why="An HSDS organization has no schedules, languages or addresses; its tax status is deprecated.",
        kept=_NOWHERE,
    ),
    Loss(
        what="E-mail, accreditations, alert and status of sites",
        why="An HSDS location has no such fields.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Transportation, accessibility, availability and capacity of services",
        why="HSDS has transportation and accessibility of locations only, and capacity as numbers of units, where ours is text.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Name, web address, e-mail, fees, eligibility, ages, intake, documents, languages and other own texts of a service at one "
        "site",
        why="An HSDS service at location has a description, phones, contacts, hours and areas of its own, and nothing else.",
        kept=_NOWHERE,
    ),
    Loss(
        what="The day on which an alert begins and ends",
        why="HSDS has the text only; it is written only while the day of the export lies between them.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Area served in words, where it is told as a list of areas too",
        why="A service area of HSDS is one area with its description; the words speak of all of them.",
        kept="nowhere in this file",
    ),
    Loss(
        what="That a link is a link only, and the ties of target terms, when the package is read back",
        why="They stand in our side table, from which dates, numbers and owners are read back and these are not.",
        kept="resdir_records (our side table in the package)",
    ),
    Loss(
        what="Role of a contact",
        why="An HSDS contact has a title and a department, and no role.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Type of a phone where ours is finer: main, toll-free, hotline, business, after hours, from outside the area",
        why="Phone types of HSDS follow RFC 6350 (voice, fax, text, textphone, cell).",
        kept="description of the phone",
    ),
    Loss(
        what="Extensions with leading zeros or letters, as extensions",
        why="The extension is a number in HSDS.",
        kept="description of the phone",
    ),
    Loss(
        what="Other names and methods of payment as lists",
        why="HSDS has one field each.",
        kept="alternate_name, joined by '; '; fees_description, as a sentence",
    ),
    Loss(
        what="Addresses without street, city, state, ZIP or country",
        why="HSDS asks for all of them; a city alone cannot be told.",
        kept=_NOWHERE,
        reason="incomplete_address",
    ),
    Loss(
        what="Addresses that are neither physical nor mailing addresses",
        why="Whether such an address is a place to go to is not known.",
        kept=_NOWHERE,
        reason="address_of_other_kind",
    ),
    Loss(
        what="E-mail addresses that a strict reader refuses",
        why="The descriptor types them as one e-mail address.",
        kept=_NOWHERE,
        reason="unusable_email",
    ),
    Loss(
        what="Web addresses without scheme or host",
        why="The descriptor types them as web addresses.",
        kept=_NOWHERE,
        reason="unusable_url",
    ),
    Loss(
        what="Service areas of a service at one site, in HSDS 3.0",
        why="3.1 brought them; 3.0 has areas of services only.",
        kept=_NOWHERE,
        reason="service_area_of_link",
    ),
)

#: What HSDS tables lose.
HSDS_LOSSES: tuple[Loss, ...] = _SHARED

#: What HSDS as nested JSON loses, beside what the tables lose.
HSDS_JSON_LOSSES: tuple[Loss, ...] = (
    *_SHARED,
    Loss(
        what="Ids of owners and of objects that are nested, as members of their own",
        why="The nesting tells them, and the official examples leave them out.",
        kept="id of the object that holds the other, or is held",
    ),
    Loss(
        what="In services.jsonl, other locations and services of the organization",
        why="With them an agency of a hundred sites and a hundred services would be written ten thousand times.",
        kept="organizations.jsonl",
    ),
    Loss(
        what="Terms, vocabularies and units that no record uses, and the table meta_table_description",
        why="Nested JSON holds objects only where a record holds them.",
        kept=_NOWHERE,
    ),
)
