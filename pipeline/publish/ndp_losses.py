"""What an NDP-shaped bundle has no place for, as data."""

from __future__ import annotations

from pipeline.publish.losses import Loss

_NOWHERE = "nowhere in this file"

NDP_LOSSES: tuple[Loss, ...] = (
    Loss(
        what="Values that must not be seen, and records kept off the website or out of the directory",
        why="The format marks them with `access`; whether the receiver honours it is not published, so they are not sent.",
        kept="only their number, in the manifest",
        reason="private_",
    ),
    Loss(
        what="Sites without an agency, and services at a site of another agency",
        why="A bundle is one agency with everything below it, and every reference must be answered inside it.",
        kept="the list of withheld records, reason parent_missing",
    ),
    Loss(what="Parent agency", why="An organization names no other organization.", kept=_NOWHERE),
    Loss(what="Program groups", why="Our records hold none: `programs` is an empty list.", kept=_NOWHERE),
    Loss(
        what="Addresses of agencies and services",
        why="Only locations have addresses.",
        kept=_NOWHERE,
        reason="address_without_place",
    ),
    Loss(what="Hours of agencies", why="An organization has no schedules.", kept=_NOWHERE, reason="hours_of_agency"),
    Loss(
        what="Languages, accessibility, accreditations and directions of agencies",
        why="An organization has no members for them; services and locations have some.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Accessibility and directions of services",
        why="Only locations have them.",
        kept=_NOWHERE,
    ),
    Loss(what="Accreditations of sites", why="Only services have them.", kept=_NOWHERE),
    Loss(
        what="Name, description, eligibility, area, fees, documents, intake and waiting time of a service at a site",
        why="A service at a location has contacts, phones, schedules, web address and e-mail only.",
        kept=_NOWHERE,
        reason="text_of_service_at_location",
    ),
    Loss(what="Availability and capacity of services", why="There is no member for them.", kept=_NOWHERE),
    Loss(
        what="Ages of a service as numbers",
        why="There is no member for ages.",
        kept="a line of the description of `eligibility`",
    ),
    Loss(
        what="Payment methods as a list",
        why="There is no member for them.",
        kept="a line of the description of `fees`",
    ),
    Loss(
        what="Text of the area served beside a list of areas",
        why="A service area is a place; the text would be one more, and wider or narrower than the others.",
        kept=_NOWHERE,
    ),
    Loss(
        what="Values without a word in the receiver's lists",
        why="They are not guessed and never become `other`.",
        kept="as text in the description beside the list; legal and tax status and countries only in the pre-flight (EXP-003)",
    ),
    Loss(
        what="Several kinds of access for people with disabilities as words",
        why="`accessibility.types` takes one value.",
        kept="the description of `accessibility`",
    ),
    Loss(
        what="Taxonomy links of agencies, sites and services at sites",
        why="Only services have a taxonomy.",
        kept=_NOWHERE,
        reason="taxonomy_of_other_record",
    ),
    Loss(
        what="Links of target terms only",
        why="A target stands below a service term (TAX-007).",
        kept=_NOWHERE,
        reason="target_without_service_term",
    ),
    Loss(
        what="Taxonomy codes that break the grammar",
        why="The receiver could not look them up.",
        kept=_NOWHERE,
        reason="taxonomy_code_not_valid",
    ),
    Loss(
        what="Names of taxonomy terms without a licensed list",
        why="The names are licensed.",
        kept="the center's own licensed list",
    ),
    Loss(what="Role of a contact, except the main one", why="A contact has a title and `isMain`.", kept=_NOWHERE),
    Loss(
        what="Web addresses that are none",
        why="The member must be a web address with scheme and host.",
        kept=_NOWHERE,
        reason="unusable_url",
    ),
    Loss(
        what="E-mail addresses that are none",
        why="A receiver could not write to them.",
        kept=_NOWHERE,
        reason="unusable_email",
    ),
    Loss(
        what="Names of agencies, sites and services that are gone",
        why="Nobody has them any more, and a bundle with status `deleted` needs one.",
        kept="their ids, in `removed.jsonl`",
    ),
)
