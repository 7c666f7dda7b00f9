"""What AIRS XML has no place for, or tells in another shape. `airs_lost` counts it under the reasons named here."""

from __future__ import annotations

from pipeline.publish.losses import Loss

_NOWHERE = "nowhere in this file; HSDS packages and the directory itself have it"
_NO_ELEMENT = "the format has no element for it"

AIRS_LOSSES: tuple[Loss, ...] = (
    Loss(
        what="native id of a service at a site",
        why="a SiteService has one key, and that is the service's, so that a reader can join the service again",
        kept="rebuilt from the key of the service and that of the site",
    ),
    Loss(
        what="native ids that are no whole numbers, begin with a zero, or are used by several centers",
        why="keys are whole numbers, and one number must name one record",
        kept="airs_keys.csv, with the key that stands in the file",
    ),
    Loss(
        what="records without a place in the tree: sites of no agency that leaves, services without a valid taxonomy code",
        why="a site stands in its agency, and a SiteService must have a code",
        kept="the list of withheld records, with the reason and rule TAX-001 or TAX-002",
    ),
    Loss(
        what="agencies without a description (3.0 only), with their sites and services",
        why="3.0 requires a description, and none is invented",
        kept="the list of withheld records",
    ),
    Loss(
        what="that a service stands at no site",
        why="a SiteService stands at a site",
        kept="a Site without address that says so, one for each agency; airs_keys.csv lists its key as services_without_site",
    ),
    Loss(
        what="that an agency has no site (3.0 only), and that it has no number or no address of its own",
        why="3.0 requires a site, a number and a location of every agency",
        kept="a Site and an AgencyLocation without address, a Phone without number, each with the reason in words",
    ),
    Loss(
        what="that a service works at a site of another agency",
        why="a service belongs to the agency in which its site stands",
        kept="the site is written under that agency once more, under a key of its own; airs_keys.csv lists it as site_of_another_agency",
    ),
    Loss(
        what="agencies whose parents form a circle or are nested too deep",
        why="the format tells parents by nesting",
        kept="the agency stands beside its parent",
        reason="parent_agency",
    ),
    Loss(
        what="dates of sites: added, edited, verified",
        why="a Site has no ResourceInfo",
        kept=_NOWHERE,
        reason="no_place_for_site_",
    ),
    Loss(
        what="who verified, and how",
        why="ResourceInfo names persons, and verifiers are internal",
        kept="the directory itself",
    ),
    Loss(
        what="do not refer, of a site",
        why="AvailableForReferral stands on agencies and services only",
        kept=_NOWHERE,
        reason="no_place_for_site_do_not_refer",
    ),
    Loss(
        what="temporarily closed",
        why="the status of the format is active, inactive or defunct",
        kept="active, with the words in Seasonal/Description of a service and TimeOpen/Notes of a site; of an agency: nowhere",
        reason="no_place_for_agency_temporarily_closed",
    ),
    Loss(
        what="status (3.0 only)",
        why="3.0 has no status",
        kept="every record in the file is active; do not refer and temporarily closed are told as in 3.1",
    ),
    Loss(
        what="temporary messages (alerts) with their dates",
        why=_NO_ELEMENT,
        kept="beside the words that the service or site is temporarily closed, otherwise " + _NOWHERE,
        reason="no_place_for_",
    ),
    Loss(
        what="hours and languages of agencies, their access and transportation, their taxonomy codes and those of sites",
        why="the format has them on sites and services only",
        kept=_NOWHERE,
        reason="no_place_for_agency_",
    ),
    Loss(
        what="also-known-as names, e-mail, access, transportation, accreditations, wait time and capacity of services",
        why=_NO_ELEMENT,
        kept=_NOWHERE,
        reason="no_place_for_service_",
    ),
    Loss(
        what="addresses of services",
        why="addresses stand on sites and agencies",
        kept="on the site, when one was derived from them; otherwise " + _NOWHERE,
        reason="no_place_for_service_address",
    ),
    Loss(
        what="contacts of services, but those to ask about the record itself",
        why="a SiteService has contacts within ResourceInfo only, and those are for updates",
        kept=_NOWHERE,
        reason="no_place_for_contact_of_service",
    ),
    Loss(
        what="contacts without a name (3.0 only)",
        why="3.0 requires a name",
        kept=_NOWHERE,
        reason="contact_without_name",
    ),
    Loss(
        what="source of funds (3.1 only); web address and payment methods of services (3.0 only)",
        why="the version has no element for it",
        kept=_NOWHERE,
        reason="no_place_for_",
    ),
    Loss(
        what="names of taxonomy terms",
        why="a Taxonomy holds codes alone, and the names are licensed",
        kept="every owner of the taxonomy finds them by the code",
        reason="no_place_for_term_name",
    ),
    Loss(
        what="taxonomy codes that are not well formed",
        why="the schema takes any text, its readers do not",
        kept="the warnings of the pre-flight name the most frequent",
        reason="taxonomy_code_not_valid",
    ),
    Loss(
        what="private and confidential numbers and addresses, and city and county of such a place",
        why="an address that is withheld holds a reason and nothing else",
        kept="Confidential=true with ReasonWithheld; never the value",
        reason="private_",
    ),
    Loss(
        what="e-mail addresses that the pattern of the schema does not accept, such as those with a long ending",
        why="the schema would refuse the whole file",
        kept=_NOWHERE,
        reason="email_not_by_schema",
    ),
    Loss(
        what="record owner codes that are not four to eight capitals or digits, and those of sites and services",
        why="only an Agency has a record owner, of that pattern",
        kept=_NOWHERE,
        reason="record_owner_not_by_schema",
    ),
    Loss(
        what="incomplete addresses (3.0 only)",
        why="3.0 requires street, city, state, ZIP code and country",
        kept="a site left without any address says that no complete one is given",
        reason="incomplete_address",
    ),
    Loss(
        what="areas served that are no city, county, state, ZIP code or country",
        why="a GeographicAreaServed begins with one of these",
        kept="in words in its Description, behind the places that could be read or, as in the official instance, an empty Country",
    ),
    Loss(
        what="minimum and maximum ages that are no whole years",
        why="ages are whole numbers",
        kept="in words in AgeRequirements",
        reason="age_not_by_schema",
    ),
    Loss(
        what="opening and closing to the minute before midnight",
        why="our last minute of a day stands for its end",
        kept="24:00:00; hours over midnight stand on two days",
    ),
    Loss(
        what="characters that XML forbids",
        why="no XML file can hold them",
        kept="the text is written without them",
        reason="character_not_allowed_in_xml",
    ),
    Loss(
        what="removals (3.0 only), and those of records whose parent is in the file no more or whose key is in use",
        why="only 3.1 has them, and they stand where the record stood",
        kept="removed.csv of a package of changes",
        reason="removal_",
    ),
    Loss(
        what="findings, confidence and origin of values",
        why=_NO_ELEMENT,
        kept="the directory itself",
    ),
)
