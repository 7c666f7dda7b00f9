"""How a second entry of one agency differs from the first.

The abbreviations are kept here, apart from any list a duplicate search uses: a search that shares its list with the generator
would look better than it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pipeline.synthesize.agency import Setting
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.naming import Registry, invent_name, invent_person
from pipeline.synthesize.records import Address, Phone, Record
from schemas.enumerations import RecordKind, Status

_SHORT_WORDS = {
    "Community": "Comm.",
    "Center": "Ctr",
    "Counseling": "Couns.",
    "Services": "Svcs",
    "Public": "Pub.",
    "Library": "Libr.",
    "Township": "Twp.",
    "Memorial": "Meml",
    "Association": "Assn",
    "Associates": "Assoc.",
    "Housing": "Hsg",
    "Authority": "Auth.",
    "Hospital": "Hosp.",
    "Health": "Hlth",
    "Project": "Proj.",
    "Office": "Ofc.",
    "Assistance": "Asst.",
    "Recovery": "Recov.",
    "Emergency": "Emerg.",
    "Learning": "Lrng",
    "Family": "Fam.",
    "Senior": "Sr.",
    "Food": "Fd",
    "Pantry": "Ptry",
    "Shelter": "Shltr",
    "District": "Dist.",
}
_SHORT_STREETS = {
    "Street": "St",
    "Avenue": "Av",
    "Road": "Rd.",
    "Lane": "Ln",
    "Drive": "Dr.",
    "Court": "Ct",
    "Boulevard": "Blvd.",
    "Place": "Pl",
    "North ": "N. ",
    "South ": "S ",
    "East ": "E. ",
    "West ": "W ",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """What one way of damaging may use."""

    setting: Setting
    draws: Draws
    used: Registry


#: A copy of an agency with new number in, the same copy damaged out.
DamageStep = Callable[[Record, Damage], Record]


def misspell(text: str, draws: Draws) -> str:
    """Return the text with two neighbouring letters swapped, or one left out, inside its longest word."""
    word = max(re.findall(r"[A-Za-z]+", text), key=len)
    at = 1 + draws.below(max(1, len(word) - 3))
    if draws.chance(50) and word[at] != word[at + 1]:
        wrong = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        wrong = word[:at] + word[at + 1 :]
    return text.replace(word, wrong, 1)


def abbreviate(name: str) -> str:
    """Return the name with every known long word cut short."""
    return " ".join(_SHORT_WORDS.get(word, word) for word in name.split(" "))


def abbreviate_street(address: Address) -> Address:
    """Return the address with street words and directions cut short and the unit on the street line."""
    line1 = address.line1
    for word, short in _SHORT_STREETS.items():
        line1 = re.sub(rf"\b{word.strip()}\b{' ' if word.endswith(' ') else ''}", short, line1)
    if address.line2:
        line1 = f"{line1}, {address.line2.replace('Suite', 'Ste')}"
    return replace(address, line1=line1, line2="")


def initials(name: str) -> str:
    """Return the first letters of the words that begin with a capital."""
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", name) if word[0].isupper())


def respell_phone(number: str) -> str:
    """Return `217-555-0142` as `(217) 555-0142`."""
    return re.sub(r"^(\d{3})-(\d{3})-(\d{4})$", r"(\1) \2-\3", number)


def _typo(agency: Record, damage: Damage) -> Record:
    return replace(_respelled(agency), name=misspell(agency.name, damage.draws), ein="")


def _abbreviation(agency: Record, damage: Damage) -> Record:
    name = abbreviate(agency.name)
    name = name if name != agency.name else misspell(agency.name, damage.draws)
    return replace(_respelled(agency), name=name, email="", ein="")


def _acronym(agency: Record, _damage: Damage) -> Record:
    return replace(_respelled(agency), name=initials(agency.name), aka=(), official_name="", email="")


def _aka_only(agency: Record, damage: Damage) -> Record:
    place = damage.draws.pick(damage.setting.vocabulary.words["localities"])
    name = invent_name(
        damage.draws,
        ("{word} {word2} Partners",),
        locality=place,
        vocabulary=damage.setting.vocabulary,
        used=damage.used,
    )
    return replace(agency, name=name, aka=(agency.name,), official_name="", url="", ein="")


def _renamed(agency: Record, damage: Damage) -> Record:
    place = damage.draws.pick(damage.setting.vocabulary.words["localities"])
    name = invent_name(
        damage.draws,
        ("{surname} Commons", "{word} Forward"),
        locality=place,
        vocabulary=damage.setting.vocabulary,
        used=damage.used,
    )
    return replace(agency, name=name, aka=(), official_name="", url=f"https://www.{damage.used.domain(name)}", email="")


def _moved(agency: Record, damage: Damage) -> Record:
    assert agency.physical is not None
    place = damage.draws.pick(damage.setting.places)
    words = damage.setting.vocabulary.words
    street = f"{damage.draws.between(100, 4999)} {damage.draws.pick(words['streets'])} {damage.draws.pick(words['street_kinds'])}"
    address = replace(
        agency.physical,
        line1=street,
        line2="",
        city=place.city,
        county=place.county,
        postal_code=place.postal_code,
        latitude=f"{place.latitude + 0.0111:.4f}",
        longitude=f"{place.longitude - 0.0074:.4f}",
    )
    return _with_main_phone(replace(agency, physical=address, mailing=None, ein=""), damage.used.phone(place.area_code))


def _defunct_twin(agency: Record, damage: Damage) -> Record:
    """The entry of years ago, closed and forgotten. Open data carries no status of an agency; there it is merely old."""
    old = damage.setting.as_of - timedelta(days=damage.draws.between(1200, 2200))
    agency = replace(agency, verified_on=old, edited_on=old, created_on=old - timedelta(days=900), email="")
    if damage.setting.has_public_rows_only:
        return agency
    return replace(agency, status=Status.INACTIVE.value, inactive_on=old)


def _reordered(agency: Record, _damage: Damage) -> Record:
    words = agency.name.split(" ")
    return replace(
        _respelled(agency), name=f"{' '.join(words[1:])} of {words[0]}" if len(words) > 1 else agency.name, ein=""
    )


def _legal_ending(agency: Record, _damage: Damage) -> Record:
    return replace(agency, name=f"The {agency.name}, Inc.", official_name="", url="")


def _exact_copy(agency: Record, _damage: Damage) -> Record:
    return agency


def _thin(agency: Record, _damage: Damage) -> Record:
    """Little more than a name and a number, as taken down from a caller."""
    assert agency.physical is not None
    address = replace(agency.physical, line1="", line2="", latitude="", longitude="")
    return replace(_respelled(agency), physical=address, mailing=None, url="", email="", ein="", aka=())


def _typo_and_moved(agency: Record, damage: Damage) -> Record:
    return replace(_moved(agency, damage), name=misspell(agency.name, damage.draws), email="")


def _wrong_digit(agency: Record, _damage: Damage) -> Record:
    number = next(phone.number for phone in agency.phones if phone.slot == "phone1")
    last = (int(number[-1]) + 1) % 10
    city = agency.physical.city if agency.physical else ""
    return _with_main_phone(replace(agency, name=f"{agency.name} of {city}", email="", ein=""), f"{number[:-1]}{last}")


#: Ways of damaging by name, in the order in which they are used.
DAMAGES: dict[str, DamageStep] = {
    "typo": _typo,
    "abbreviation": _abbreviation,
    "acronym": _acronym,
    "aka_only": _aka_only,
    "renamed_same_phone": _renamed,
    "moved": _moved,
    "defunct_twin": _defunct_twin,
    "reordered": _reordered,
    "legal_ending": _legal_ending,
    "exact_copy": _exact_copy,
    "thin": _thin,
    "typo_and_moved": _typo_and_moved,
    "wrong_digit": _wrong_digit,
}


def _respelled(agency: Record) -> Record:
    """Return the agency with its address and numbers written another way."""
    phones = tuple(replace(phone, number=respell_phone(phone.number)) for phone in agency.phones)
    physical = abbreviate_street(agency.physical) if agency.physical else None
    return replace(agency, phones=phones, physical=physical)


def _with_main_phone(agency: Record, number: str) -> Record:
    return replace(agency, phones=(Phone("phone1", number, label="Main", type="Voice"),))


def copy_children(bundle: list[Record], agency: Record, damage: Damage, *, first_number: int) -> list[Record]:
    """Return the damaged agency with its first site and up to two services, under new numbers and another curator.

    Args:
        bundle: The original agency and everything below it.
        agency: The damaged copy of the agency.
        damage: Setting and draws.
        first_number: First of the native numbers set aside for the copy.
    """
    setting, draws = damage.setting, damage.draws
    person = invent_person(draws, setting.vocabulary)
    numbers = iter(range(first_number, first_number + len(bundle)))
    curator = draws.pick(setting.curators)
    own: dict[str, Any] = {"curator": curator, "verified_by": person, "record_owner": setting.owner_code}
    agency = replace(agency, native_id=setting.native_id(agency.kind, next(numbers)), **own)
    site = next(record for record in bundle if record.kind.value == "site")
    services = [record for record in bundle if record.kind.value == "service" and record.status == Status.ACTIVE.value][
        :2
    ]
    dates: dict[str, Any] = {
        "created_on": agency.created_on,
        "edited_on": agency.edited_on,
        "verified_on": agency.verified_on,
        "status": agency.status,
        "inactive_on": agency.inactive_on,
        "agency_id": agency.native_id,
    }
    phone = tuple(phone for phone in agency.phones if phone.slot == "phone1")
    site = replace(
        site,
        native_id=setting.native_id(site.kind, next(numbers)),
        name=f"{agency.name} - Main Office",
        physical=agency.physical,
        phones=phone,
        contacts=(),
        url="",
        email="",
        **dates,
        **own,
    )
    copies = [
        replace(
            service,
            native_id=setting.native_id(service.kind, next(numbers)),
            description=_reworded(service.description, draws),
            phones=phone,
            contacts=(),
            url="",
            email="",
            **dates,
            **own,
        )
        for service in services
    ]
    joins = [_join(setting, copy, site, next(numbers)) for copy in copies]
    return [replace(agency, contacts=(), description=_reworded(agency.description, draws)), site, *copies, *joins]


def _join(setting: Setting, service: Record, site: Record, number: int) -> Record:
    return Record(
        kind=RecordKind.SERVICE_AT_SITE,
        native_id=setting.native_id(RecordKind.SERVICE_AT_SITE, number),
        agency_id=service.agency_id,
        service_id=service.native_id,
        site_id=site.native_id,
        name=service.name,
        link_only=True,
        status=service.status,
        created_on=service.created_on,
        edited_on=service.edited_on,
    )


def _reworded(text: str, draws: Draws) -> str:
    """Return the text as another person notes it: sentences in another order, one perhaps left out."""
    sentences = re.findall(r"[^.!?]+[.!?]", text)
    if len(sentences) < 2:
        return text
    shuffled = [sentence.strip() for sentence in draws.shuffled(sentences)]
    return " ".join(shuffled[: max(1, len(shuffled) - draws.below(2))])
