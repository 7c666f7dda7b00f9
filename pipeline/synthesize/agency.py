"""One invented agency with its sites, services and services at sites."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from pipeline.synthesize.draws import Draws
from pipeline.synthesize.geography import Geography
from pipeline.synthesize.naming import Registry, invent_name, invent_person
from pipeline.synthesize.records import Address, Contact, Phone, Record
from pipeline.synthesize.vocabulary import AgencyKind, Place, ServiceKind, Vocabulary
from schemas.enumerations import RecordKind, Status
from schemas.identity import record_uid

#: Native numbers set aside for one agency and everything below it.
NUMBERS_PER_AGENCY = 40
#: Native number of the first agency.
FIRST_NUMBER = 100_000
_SITE_WEIGHTS = (60, 23, 11, 6)  # one to four sites
_SERVICE_WEIGHTS = (30, 30, 19, 10, 5, 3, 2, 1)  # one to eight services
#: Days since the last verification: verified this year, due, overdue, stale. About 83 in 100 within twelve months.
_AGE_BANDS = ((2, 300), (301, 358), (372, 540), (556, 1150))
_AGE_WEIGHTS = (70, 13, 11, 6)
_LEGAL_STATUS = {
    "nonprofit": ("Nonprofit - Incorporated", "501(c)(3)"),
    "public": ("Government - Local", "None or unknown"),
    "faith": ("Nonprofit - Religious", "501(c)(3)"),
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all agencies of one invented center share.

    Attributes:
        seed: Seed of all draws.
        center_id: The center.
        as_of: Day on which the directory stands so.
        geography: Places of the center's region, and invented towns beside them in a large center.
        curators: Invented curators; each looks after the counties that fall to them.
        has_public_rows_only: Whether the center gives away published rows only: nothing private, excluded or inactive.
        has_uuids: Whether native ids are UUIDs instead of numbers.
        vocabulary: Words and kinds.
    """

    seed: str
    center_id: str
    as_of: date
    geography: Geography
    curators: tuple[str, ...]
    has_public_rows_only: bool
    has_uuids: bool
    vocabulary: Vocabulary

    @property
    def places(self) -> tuple[Place, ...]:
        """Places that agencies and sites lie in."""
        return self.geography.places

    @property
    def owner_code(self) -> str:
        """Owner code of the center: up to eight capitals and digits."""
        return re.sub(r"[^A-Z0-9]", "", self.center_id.upper())[:8]

    def native_id(self, kind: RecordKind, number: int) -> str:
        """Return the number as the center's software shows it."""
        return record_uid(self.center_id, kind.value, str(number)) if self.has_uuids else str(number)


def invent_agency(
    setting: Setting,
    index: int,
    used: Registry,
    *,
    kind: AgencyKind | None = None,
    name: str = "",
    place: Place | None = None,
) -> list[Record]:
    """Return an agency followed by its sites, services and services at sites.

    Args:
        setting: What the center's agencies share.
        index: Rank of the agency; its native numbers and all draws follow from it.
        used: What was handed out already; names and numbers taken here are entered.
        kind: Kind of agency; drawn when not given.
        name: Name; invented when not given.
        place: Place of the first site; drawn when not given.
    """
    draws = Draws(setting.seed, setting.center_id, "agency", index)
    vocabulary = setting.vocabulary
    kind = kind or draws.pick(vocabulary.kinds)
    place = place or draws.pick(setting.places)
    locality = draws.pick(setting.geography.localities(place))
    if name:
        used.claim_name(name)
    else:
        name = invent_name(draws, kind.names, locality=locality, vocabulary=vocabulary, used=used)
    bundle = _Bundle(setting, draws, kind, place, locality, name, used, index)
    return bundle.records()


class _Bundle:
    """Working state while one agency is invented, step by step downwards."""

    def __init__(
        self,
        setting: Setting,
        draws: Draws,
        kind: AgencyKind,
        place: Place,
        locality: str,
        name: str,
        used: Registry,
        index: int,
    ) -> None:
        self.setting, self.draws, self.kind, self.place, self.locality = setting, draws, kind, place, locality
        self.name, self.used, self.index = name, used, index
        self.next_number = FIRST_NUMBER + index * NUMBERS_PER_AGENCY
        self.domain = used.domain(name)
        self.main_phone = used.phone(place.area_code)
        self.manager = Person(invent_person(draws, setting.vocabulary), draws.pick(self._words("director_titles")))
        self.clerk = Person(invent_person(draws, setting.vocabulary), draws.pick(self._words("contact_titles")))
        self.curator = setting.curators[setting.geography.rank(place) % len(setting.curators)]
        low, high = _AGE_BANDS[draws.weighted(_AGE_WEIGHTS)]
        self.verified_on = _workday(setting.as_of - timedelta(days=draws.between(low, high)))
        self.created_on = _workday(self.verified_on - timedelta(days=draws.between(200, 5200)))
        self.slots = self._slots()

    def records(self) -> list[Record]:
        agency = self._agency()
        sites = [self._site(agency, rank) for rank in range(1 + self.draws.weighted(_SITE_WEIGHTS))]
        services = [self._service(agency, offer) for offer in self._offers()]
        joins = [join for rank, service in enumerate(services) for join in self._joins(service, rank, sites)]
        return self._age(self._close([agency, *sites, *services, *joins]))

    def _agency(self) -> Record:
        draws = self.draws
        legal_status, tax_status = _LEGAL_STATUS[self.kind.legal]
        sentences = [draws.pick(self.kind.opens), *draws.shuffled(self._words("agency_tails"))[: draws.between(1, 3)]]
        return Record(
            kind=RecordKind.AGENCY,
            native_id=self._number(RecordKind.AGENCY),
            name=self.name,
            aka=self._aka(),
            official_name=f"{self.name}, Inc." if self.kind.legal == "nonprofit" and draws.chance(25) else "",
            description=self._text(*sentences),
            legal_status=legal_status,
            tax_status=tax_status,
            ein=self.used.ein(),
            year_incorporated=str(self.slots["year"]),
            url=f"https://www.{self.domain}" if draws.chance(80) else f"http://{self.domain}/home",
            email=f"{draws.pick(('office', 'info', 'contact', 'hello'))}@{self.domain}",
            physical=self._address(self.place),
            mailing=self._mailing(),
            hours=self._hours("office")[0],
            accreditations="None" if draws.chance(50) else "",
            funding=draws.pick(("County; Donations", "State; Federal", "Donations", "Federal; Fees", "")),
            exclude_from_website=not self.setting.has_public_rows_only and draws.chance(2),
            internal_notes="Voice mail is often full; try before ten." if draws.chance(6) else "",
            phones=self._agency_phones(),
            contacts=self._contacts(),
            **self._verification(),
        )

    def _site(self, agency: Record, rank: int) -> Record:
        draws = self.draws
        place = self.place if rank == 0 else draws.pick(self.setting.geography.near(self.place))
        address = agency.physical if rank == 0 else self._address(place)
        assert address is not None
        suffix = "Main Office" if rank == 0 else f"{address.line1.split(' ', 1)[1].rsplit(' ', 1)[0]} Site"
        hours, spans = self._hours("office")
        phone = self.main_phone if rank == 0 and draws.chance(80) else self.used.phone(place.area_code)
        return Record(
            kind=RecordKind.SITE,
            native_id=self._number(RecordKind.SITE),
            agency_id=agency.native_id,
            name=f"{self.name} - {suffix}",
            description=self._text(draws.pick(self.kind.opens)) if draws.chance(30) else "",
            physical=address,
            mailing=self._mailing() if self.kind.is_confidential else None,
            hours=hours,
            spans=spans,
            accessibility=draws.pick(self._words("accessibility")) if draws.chance(75) else "",
            transportation=draws.pick(self._words("transportation")) if draws.chance(60) else "",
            directions=f"Corner of {draws.pick(self._words('streets'))} and {draws.pick(self._words('streets'))}"
            if draws.chance(15)
            else "",
            phones=(self._main("phone1", phone),),
            contacts=self._contacts()[:1] if draws.chance(30) else (),
            email=agency.email if draws.chance(50) else "",
            url=agency.url if draws.chance(40) else "",
            aka=("None",) if draws.chance(20) and not self.setting.has_public_rows_only else (),
            **self._verification(),
        )

    def _offers(self) -> list[ServiceKind]:
        wanted = 1 + self.draws.weighted(_SERVICE_WEIGHTS)
        offers = self.draws.shuffled(self.kind.services)[:wanted]
        names = {offer.name for offer in offers}
        while len(offers) < wanted:
            # A larger agency also does what others do.
            other = self.draws.pick(self.setting.vocabulary.kinds)
            offer = self.draws.pick(other.services)
            if not other.is_confidential and not other.is_statewide and offer.name not in names:
                names.add(offer.name)
                offers.append(offer)
        return offers

    def _service(self, agency: Record, offer: ServiceKind) -> Record:
        draws, vocabulary = self.draws, self.setting.vocabulary
        hours, spans = self._hours(offer.hours)
        tails = draws.shuffled(self._words("service_tails"))[: draws.between(1, 3)]
        near = self.setting.geography.near(self.place)
        counties = dict.fromkeys([self.place.county, *(place.county for place in near[: draws.between(0, 3)])])
        own_phone = draws.chance(25)
        phones = [self._main("phone1", self.used.phone(self.place.area_code) if own_phone else self.main_phone)]
        if self.kind.is_statewide:
            phones.append(Phone("hotline", self.used.phone("800"), type="Hotline", note="Day and night"))
        languages = (
            "English",
            *dict.fromkeys(draws.pick(self._words("languages")) for _ in range(draws.weighted((60, 30, 10)))),
        )
        alert = not self.setting.has_public_rows_only and draws.chance(2)
        return Record(
            kind=RecordKind.SERVICE,
            native_id=self._number(RecordKind.SERVICE),
            agency_id=agency.native_id,
            name=offer.name,
            description=self._text(draws.pick(offer.does), *tails),
            eligibility=draws.pick(offer.who).format(**self.slots),
            ages=_ages(offer.who[0]),
            counties=() if self.kind.is_statewide else tuple(counties),
            is_statewide=self.kind.is_statewide,
            fees=draws.pick(vocabulary.choices["fees"][offer.fees]),
            payment_methods=("Cash", "Check", "Credit card")[: draws.between(1, 3)]
            if offer.fees in ("small", "insurance")
            else (),
            documents=draws.pick(vocabulary.choices["documents"][offer.documents]),
            intake=draws.pick(vocabulary.choices["intake"][offer.intake]),
            languages=languages,
            wait_time=draws.pick(("", "", "One week", "Two to four weeks", "Same day")),
            hours=hours,
            spans=spans,
            email=agency.email if draws.chance(60) else "",
            url=agency.url if draws.chance(50) else "",
            aka=("None",) if draws.chance(20) and not self.setting.has_public_rows_only else (),
            accreditations="None" if draws.chance(20) else "",
            links=(f"{offer.code} * {offer.target}" if offer.target else offer.code,),
            alert="Closed for the week of the holiday." if alert else "",
            alert_from_on=self.setting.as_of - timedelta(days=5) if alert else None,
            alert_to_on=self.setting.as_of + timedelta(days=40) if alert else None,
            phones=tuple(phones),
            contacts=self._contacts()[:1] if draws.chance(25) else (),
            **self._verification(),
        )

    def _joins(self, service: Record, rank: int, sites: list[Record]) -> list[Record]:
        """Each service at one site at least; some at two. One in six rows carries hours and a number of its own."""
        draws = self.draws
        first = draws.below(len(sites)) if rank else 0
        chosen = [sites[first]]
        if len(sites) > 1 and draws.chance(25):
            chosen.append(sites[(first + 1) % len(sites)])
        joins = []
        for site in chosen:
            join = Record(
                kind=RecordKind.SERVICE_AT_SITE,
                native_id=self._number(RecordKind.SERVICE_AT_SITE),
                agency_id=service.agency_id,
                service_id=service.native_id,
                site_id=site.native_id,
                name=service.name,
                link_only=True,
                created_on=self.created_on,
                edited_on=self.verified_on,
            )
            if draws.chance(16):
                hours, spans = self._hours("few")
                join = replace(
                    join,
                    link_only=False,
                    hours=hours,
                    spans=spans,
                    phones=(self._main("phone1", self.used.phone(self.place.area_code)),),
                    **self._verification(),
                )
            joins.append(join)
        return joins

    def _age(self, records: list[Record]) -> list[Record]:
        """Verify one child later than the rest in one bundle of ten: a partial update."""
        if self.draws.chance(10):
            rank = 1 + self.draws.below(len(records) - 1)
            older = _workday(self.verified_on - timedelta(days=self.draws.between(120, 420)))
            if not records[rank].link_only and older > self.created_on:
                records[rank] = replace(records[rank], verified_on=older)
        return records

    def _close(self, records: list[Record]) -> list[Record]:
        """Give the bundle its statuses: a few agencies are closed, a few take no referrals, a few services have ended."""
        draws, public = self.draws, self.setting.has_public_rows_only
        outcome = draws.below(100)
        if outcome < 4 and not public:
            closed_on = _workday(
                self.verified_on
                + timedelta(days=draws.between(1, max(1, (self.setting.as_of - self.verified_on).days - 1)))
            )
            return [
                replace(record, status=Status.INACTIVE.value, inactive_on=closed_on, edited_on=closed_on)
                for record in records
            ]
        if outcome < 6 and not public:
            return [replace(records[0], status=Status.ACTIVE_DO_NOT_REFER.value), *records[1:]]
        services = [rank for rank, record in enumerate(records) if record.kind is RecordKind.SERVICE]
        if outcome < 12 and len(services) > 1:
            ended = records[services[-1]]
            status = Status.TEMPORARILY_CLOSED if public and outcome < 8 else Status.INACTIVE
            for rank, record in enumerate(records):
                if record is ended or record.service_id == ended.native_id:
                    ended_on = None if status is Status.TEMPORARILY_CLOSED else self.verified_on
                    records[rank] = replace(record, status=status.value, inactive_on=ended_on)
        return records

    def _number(self, kind: RecordKind) -> str:
        number, self.next_number = self.next_number, self.next_number + 1
        return self.setting.native_id(kind, number)

    def _words(self, name: str) -> tuple[str, ...]:
        return self.setting.vocabulary.words[name]

    def _slots(self) -> dict[str, object]:
        draws = self.draws
        return {
            "place": self.locality,
            "county": self.place.county,
            "street": f"{draws.pick(self._words('streets'))} {draws.pick(self._words('street_kinds'))}",
            "year": draws.between(1921, 2021),
            "people": draws.between(4, 60),
            "staff": draws.between(2, 40),
            "helpers": draws.between(5, 150),
        }

    def _text(self, *sentences: str) -> str:
        draws = self.draws
        own = {
            "minutes": draws.between(2, 12) * 10,
            "times": draws.pick(("two", "three", "four")),
            "days": draws.pick(("two", "three", "five")),
        }
        return " ".join(sentences).format(**self.slots, **own)

    def _aka(self) -> tuple[str, ...]:
        draws = self.draws
        words = [word for word in re.findall(r"[A-Za-z]+", self.name) if word[0].isupper()]
        outcome = draws.below(100)
        if outcome < 22 and len(words) > 2:
            return ("".join(word[0] for word in words),)
        if outcome < 34 and len(words) > 2:
            return (f"{words[0]} {words[-1]}",)
        return ("None",) if outcome < 52 and not self.setting.has_public_rows_only else ()

    def _address(self, place: Place) -> Address:
        draws = self.draws
        street = f"{draws.pick(self._words('directions'))}{draws.pick(self._words('streets'))} {draws.pick(self._words('street_kinds'))}"
        return Address(
            line1=f"{draws.between(100, 4999)} {street}",
            line2=draws.pick(self._words("units")),
            city=place.city,
            county=place.county,
            postal_code=place.postal_code,
            latitude=f"{place.latitude + draws.between(-250, 250) / 10_000:.4f}",
            longitude=f"{place.longitude + draws.between(-250, 250) / 10_000:.4f}",
            is_private=self.kind.is_confidential,
        )

    def _mailing(self) -> Address | None:
        if not self.kind.is_confidential and not self.draws.chance(25):
            return None
        return Address(
            line1=f"PO Box {self.draws.between(10, 9999)}",
            city=self.place.city,
            county=self.place.county,
            postal_code=self.place.postal_code,
        )

    def _hours(self, name: str) -> tuple[str, str]:
        return self.draws.pick(self.setting.vocabulary.hours[name])

    def _main(self, slot: str, number: str) -> Phone:
        return Phone(slot, number, label="Main", type="Voice")

    def _agency_phones(self) -> tuple[Phone, ...]:
        draws, area_code = self.draws, self.place.area_code
        phones = [self._main("phone1", self.main_phone)]
        if draws.chance(15):
            phones.append(Phone("phone2", self.used.phone(area_code), label="Intake", type="Voice"))
        if draws.chance(5) and not self.setting.has_public_rows_only:
            phones.append(
                Phone("phone3", self.used.phone(area_code), label="Back office", type="Voice", is_private=True)
            )
        if draws.chance(30):
            phones.append(Phone("fax", self.used.phone(area_code), type="Fax"))
        if draws.chance(5):
            phones.append(Phone("tty", self.used.phone(area_code), type="TTY"))
        if self.kind.is_statewide or draws.chance(4):
            phones.append(Phone("toll_free", self.used.phone("800"), type="Toll free"))
        if draws.chance(5):
            phones.append(Phone("after_hours", self.used.phone(area_code), type="After hours"))
        return tuple(phones)

    def _contacts(self) -> tuple[Contact, ...]:
        director = Contact(
            "director",
            self.manager.name,
            self.manager.title,
            email=self.manager.mailbox(self.domain),
            phone=self.main_phone,
            is_private=self.index % 3 == 0,
        )
        main = Contact("main", self.clerk.name, self.clerk.title, email=self.clerk.mailbox(self.domain))
        return (director, main) if self.index % 2 else (director,)

    def _verification(self) -> dict[str, Any]:
        """Dates and people of the last verification; some rows were edited again afterwards."""
        draws = self.draws
        later = (self.setting.as_of - self.verified_on).days - 1
        edited_on = self.verified_on
        if draws.chance(25) and later > 1:
            edited_on = self.verified_on + timedelta(days=draws.between(1, later))
        return {
            "record_owner": self.setting.owner_code,
            "curator": self.curator,
            "created_on": self.created_on,
            "edited_on": edited_on,
            "verified_on": self.verified_on,
            "verified_by": self.clerk.name,
            "verified_by_title": self.clerk.title,
            "verified_by_email": self.clerk.mailbox(self.domain),
        }


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person with a title."""

    name: str
    title: str

    def mailbox(self, domain: str) -> str:
        """Return the person's address at the agency."""
        first, last = self.name.split(" ", 1)
        return f"{first[0]}{last}@{domain}".lower()


def _workday(day: date) -> date:
    """Return the day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@cache
def _ages(who: str) -> tuple[int | None, int | None]:
    """Return youngest and oldest age as far as the text of eligibility says them in years."""
    span = re.search(r"(?:Children|Youth|Teens|people) (\d+) to (\d+)", who)
    if span:
        return int(span[1]), int(span[2])
    over = re.search(r"(?:Adults|Men|Women) (\d+) and over", who)
    return (int(over[1]), None) if over else (None, None)
