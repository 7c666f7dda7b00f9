"""Faults by rule: what a curator, an import or a vendor does to a clean record, each in an agency of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pipeline.synthesize.agency import Setting
from pipeline.synthesize.plot import Plot
from pipeline.synthesize.records import Phone, Record
from pipeline.synthesize.truth import PlantedFault
from pipeline.synthesize.vocabulary import read_vocabulary
from schemas.enumerations import RecordKind, Status

_AGENCY, _SITE, _SERVICE, _JOIN = (
    RecordKind.AGENCY,
    RecordKind.SITE,
    RecordKind.SERVICE,
    RecordKind.SERVICE_AT_SITE,
)
_UNKNOWN_NUMBER = 99_000_001


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a fault may look at besides the record: the center's setting and the bundle."""

    setting: Setting
    bundle: list[Record]

    def days_ago(self, days: int) -> date:
        """Return the day so many days before the directory's day."""
        return self.setting.as_of - timedelta(days=days)

    def unknown_number(self, kind: RecordKind) -> str:
        """Return a native id that no record has."""
        return self.setting.native_id(kind, _UNKNOWN_NUMBER)


#: The fields of the record that change, from the record as it was.
Change = Callable[[Record, Occasion], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fault:
    """How one rule is broken.

    Attributes:
        rule_id: Rule that should find it.
        kind: Kind of record that shows it.
        field: Field that the finding should name.
        note: What was done, in words.
        change: What changes in the record.
        in_open_data: Whether a table package of HSDS can carry it and still be valid.
        needs_sibling: Whether the agency needs a second service, so that nothing else breaks with this one.
    """

    rule_id: str
    kind: RecordKind
    field: str
    note: str
    change: Change
    in_open_data: bool = False
    needs_sibling: bool = False


def plant_fault(plot: Plot, fault: Fault) -> list[PlantedFault]:
    """Break the rule in an untouched agency of the plot and return what was done; nothing when none is left."""
    rank = plot.take(_has_two_services if fault.needs_sibling else None)
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    record = next(record for record in bundle if record.kind is fault.kind)
    changes = fault.change(record, Occasion(plot.setting, bundle))
    plot.bundles[rank] = _replaced(bundle, record, **changes)
    return [_planted(plot, fault.kind, record.native_id, fault.rule_id, fault.field, fault.note)]


def plant_repeated_number(plot: Plot) -> list[PlantedFault]:
    """Give two services of one agency the same number, with different content."""
    rank = plot.take(_has_two_services)
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    first, second = (record for record in bundle if record.kind is _SERVICE)
    moved = _replaced(bundle, second, native_id=first.native_id)
    plot.bundles[rank] = [
        replace(record, service_id=first.native_id) if record.service_id == second.native_id else record
        for record in moved
    ]
    note = "two services with different content under one number"
    return [_planted(plot, _SERVICE, first.native_id, "ID-008", "native_id", note)]


def plant_missing_number(plot: Plot) -> list[PlantedFault]:
    """Take away the number of a service; its rows at sites go with it."""
    rank = plot.take(_has_two_services)
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    last = [record for record in bundle if record.kind is _SERVICE][-1]
    kept = [record for record in bundle if record.service_id != last.native_id]
    plot.bundles[rank] = _replaced(kept, last, native_id="")
    note = f"service '{last.name}' of agency {bundle[0].native_id} without a number"
    return [
        _planted(plot, _SERVICE, "", "ID-001", "native_id", note),
        _planted(plot, _SERVICE, "", "ID-006", "site", note),
    ]


def plant_parent_loop(plot: Plot) -> list[PlantedFault]:
    """Make two agencies each other's parent."""
    one, other = plot.take(), plot.take()
    if one is None or other is None:
        return []
    planted = []
    for rank, parent in ((one, plot.bundles[other][0]), (other, plot.bundles[one][0])):
        head = plot.bundles[rank][0]
        plot.bundles[rank] = _replaced(plot.bundles[rank], head, agency_id=parent.native_id)
        note = "two agencies are each other's parent"
        planted.append(_planted(plot, _AGENCY, head.native_id, "ID-002", "parent_native_id", note))
    return planted


def plant_active_child(plot: Plot) -> list[PlantedFault]:
    """Close an agency but leave one of its services active."""
    rank = plot.take()
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    service = next(record for record in bundle if record.kind is _SERVICE)
    closed_on = plot.setting.as_of - timedelta(days=20)
    closed: dict[str, Any] = {"status": Status.INACTIVE.value, "inactive_on": closed_on, "edited_on": closed_on}
    plot.bundles[rank] = [record if record is service else replace(record, **closed) for record in bundle]
    return [_planted(plot, _SERVICE, service.native_id, "ID-005", "status", "service active under an inactive agency")]


def plant_agency_without_service(plot: Plot) -> list[PlantedFault]:
    """Leave an active agency without any active service."""
    rank = plot.take()
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    plot.bundles[rank] = [
        replace(record, status=Status.INACTIVE.value, inactive_on=record.edited_on)
        if record.kind in (_SERVICE, _JOIN)
        else record
        for record in bundle
    ]
    return [_planted(plot, _AGENCY, bundle[0].native_id, "ID-010", "record", "all services inactive, agency active")]


def plant_partial_update(plot: Plot) -> list[PlantedFault]:
    """Verify an agency last month, and leave one of its services as it was over a year ago."""
    rank = plot.take()
    if rank is None:
        return []
    bundle = plot.bundles[rank]
    last_month, long_ago = (plot.setting.as_of - timedelta(days=days) for days in (30, 460))
    service = next(record for record in bundle if record.kind is _SERVICE)
    created_on = long_ago - timedelta(days=800)
    plot.bundles[rank] = [
        record
        if record.link_only
        else replace(
            record,
            created_on=created_on,
            edited_on=last_month,
            verified_on=long_ago if record is service else last_month,
        )
        for record in bundle
    ]
    return [_planted(plot, _AGENCY, bundle[0].native_id, "FRE-008", "verified_on", "agency verified, one service not")]


def plant_located_shelter(plot: Plot) -> list[PlantedFault]:
    """Publish the street address of a shelter for survivors of violence; nothing when the center has none left."""
    for rank in sorted(plot.bundles):
        bundle = plot.bundles[rank]
        if bundle[0].physical and bundle[0].physical.is_private and _is_open_shelter(bundle):
            break
    else:
        return []
    site = next(record for record in bundle if record.kind is _SITE)
    assert site.physical is not None
    public = replace(site.physical, is_private=False)
    plot.bundles[rank] = _replaced(bundle, site, physical=public, description="Domestic violence shelter.")
    note = "street address of a domestic violence shelter is public"
    return [_planted(plot, _SITE, site.native_id, "PRV-002", "address", note)]


def _is_open_shelter(bundle: list[Record]) -> bool:
    return (
        all(record.status == Status.ACTIVE.value for record in bundle)
        and not bundle[0].exclude_from_website
        and all(record.physical.is_private for record in bundle if record.physical)
        and any(record.name == "Confidential shelter" for record in bundle)
    )


def _has_two_services(bundle: list[Record]) -> bool:
    return sum(record.kind is _SERVICE for record in bundle) == 2


def _replaced(bundle: list[Record], record: Record, **changes: Any) -> list[Record]:  # noqa: ANN401 - fields differ in type
    """Return the bundle with that one record changed."""
    return [replace(other, **changes) if other is record else other for other in bundle]


def _planted(plot: Plot, kind: RecordKind, native_id: str, rule_id: str, field: str, note: str) -> PlantedFault:
    return PlantedFault(plot.setting.center_id, kind.value, native_id, rule_id, field, note)


def _with(**changes: Any) -> Change:  # noqa: ANN401 - as above
    return lambda _record, _occasion: changes


def _phone(number: Callable[[str], str]) -> Change:
    """Rewrite the first number of the record."""

    def change(record: Record, _occasion: Occasion) -> dict[str, Any]:
        first = record.phones[0]
        return {"phones": (replace(first, number=number(first.number)), *record.phones[1:])}

    return change


def _physical(**changes: Any) -> Change:  # noqa: ANN401 - as above
    def change(record: Record, _occasion: Occasion) -> dict[str, Any]:
        assert record.physical is not None
        return {"physical": replace(record.physical, **changes)}

    return change


def _swapped(record: Record, _occasion: Occasion) -> dict[str, Any]:
    assert record.physical is not None
    latitude, longitude = record.physical.latitude, record.physical.longitude
    return {"physical": replace(record.physical, latitude=longitude, longitude=latitude)}


def _verified(days: int) -> Change:
    def change(_record: Record, occasion: Occasion) -> dict[str, Any]:
        return {
            "verified_on": occasion.days_ago(days),
            "edited_on": occasion.days_ago(days),
            "created_on": occasion.days_ago(days + 700),
        }

    return change


def _created_late(_record: Record, occasion: Occasion) -> dict[str, Any]:
    return {
        "verified_on": occasion.days_ago(60),
        "created_on": occasion.days_ago(21),
        "edited_on": occasion.days_ago(21),
    }


def _described(text: Callable[[str], str]) -> Change:
    return lambda record, _occasion: {"description": text(record.description)}


def _many_terms(_record: Record, _occasion: Occasion) -> dict[str, Any]:
    codes = [code for code in read_vocabulary().terms if len(code) == 12 and not code.startswith("Y")]
    return {"links": tuple(codes[rank * 5] for rank in range(8))}


def _term_and_ancestor(record: Record, _occasion: Occasion) -> dict[str, Any]:
    code = record.links[0].split(" * ")[0]
    return {"links": (code, code.split(".")[0])}


def _apart(record: Record, _occasion: Occasion) -> dict[str, Any]:
    return {"links": (record.links[0].split(" * ")[0], "YX-9500")}


def _first_code(change: Callable[[str], str]) -> Change:
    return lambda record, _occasion: {"links": (change(record.links[0].split(" * ")[0]),)}


def _host(record: Record) -> str:
    return record.email.split("@")[1]


#: Local part that the mail provider would refuse (underscore), so that the box cannot be anybody's.
_FREE_MAIL = "pantry_desk_invented@gmail.com"

#: Faults of single fields. The order is that of planting: a small directory gets the first ones.
FAULTS: tuple[Fault, ...] = (
    Fault("FMT-001", _AGENCY, "phone", "one digit lost", _phone(lambda n: n[:-1]), in_open_data=True),
    Fault(
        "CMP-P-ELIG",
        _SERVICE,
        "eligibility",
        "eligibility empty",
        _with(eligibility="", ages=(None, None)),
        in_open_data=True,
    ),
    Fault("TAX-001", _SERVICE, "taxonomy_link", "no code", _with(links=()), in_open_data=True),
    Fault("FRE-003", _SERVICE, "verified_on", "verified 25 months ago", _verified(765), in_open_data=True),
    Fault("FRE-012", _SERVICE, "verified_on", "never verified", _with(verified_on=None), in_open_data=True),
    Fault(
        "FMT-020", _SITE, "address.postal_code", "ZIP lost its zero", _physical(postal_code="2138"), in_open_data=True
    ),
    Fault("CMP-PLACEHOLDER", _SERVICE, "eligibility", "TBD", _with(eligibility="TBD"), in_open_data=True),
    Fault("TAX-004", _SERVICE, "taxonomy_link", "code in lower case", _first_code(str.lower), in_open_data=True),
    Fault(
        "FMT-060",
        _AGENCY,
        "description",
        "broken encoding",
        _described(lambda t: t + " The CafÃ© is open to visitors."),
        in_open_data=True,
    ),
    Fault("FRE-001", _SERVICE, "verified_on", "verified 14 months ago", _verified(425), in_open_data=True),
    Fault("FMT-023", _SITE, "latitude", "latitude and longitude swapped", _swapped, in_open_data=True),
    Fault(
        "TAX-002",
        _SERVICE,
        "taxonomy_link",
        "code with a three-digit level",
        _first_code(lambda c: c[:-1]),
        in_open_data=True,
    ),
    Fault("FMT-040", _AGENCY, "ein", "employer number with eight digits", _with(ein="79-123456"), in_open_data=True),
    Fault("ID-003", _AGENCY, "record_owner", "owner code empty", _with(record_owner="")),
    Fault("ID-004", _SERVICE, "status", "status empty", _with(status=""), needs_sibling=True),
    Fault("FMT-010", _AGENCY, "email", "at sign written as a word", lambda r, _: {"email": f"office(at){_host(r)}"}),
    Fault("FMT-011", _AGENCY, "url", "blank inside the host", lambda r, _: {"url": f"www {_host(r)}"}),
    Fault(
        "ID-002",
        _SERVICE,
        "agency_native_id",
        "agency not in the export",
        lambda _, o: {"agency_id": o.unknown_number(_AGENCY)},
        needs_sibling=True,
    ),
    Fault(
        "PRV-003", _AGENCY, "email", "private mail box in a public field", _with(email=_FREE_MAIL), in_open_data=True
    ),
    Fault(
        "FRE-004",
        _SERVICE,
        "verified_on",
        "verified in the future",
        _with(verified_on=date(2031, 3, 1)),
        in_open_data=True,
    ),
    Fault("TAX-005", _SERVICE, "taxonomy_link", "term beside its ancestor", _term_and_ancestor, in_open_data=True),
    Fault("TAX-007", _SERVICE, "taxonomy_link", "target group not joined to the service term", _apart),
    Fault(
        "TAX-008",
        _SERVICE,
        "taxonomy_link",
        "target group alone",
        _with(links=("YX-9500",)),
        in_open_data=True,
    ),
    Fault("TAX-009", _SERVICE, "taxonomy_link", "eight service terms", _many_terms, in_open_data=True),
    Fault("CMP-A-DESC", _AGENCY, "description", "description empty", _with(description="")),
    Fault("CMP-P-DESC", _SERVICE, "description", "description empty", _with(description=""), in_open_data=True),
    Fault("CMP-A-PHONE", _AGENCY, "phone", "no number at all", _with(phones=()), in_open_data=True),
    Fault(
        "CMP-P-AREA",
        _SERVICE,
        "area_served",
        "area served empty",
        _with(counties=(), is_statewide=False),
        in_open_data=True,
    ),
    Fault("CMP-P-INTAKE", _SERVICE, "intake", "intake empty", _with(intake=""), in_open_data=True),
    Fault("CMP-PLACEHOLDER", _SERVICE, "intake", "see above", _with(intake="See above"), in_open_data=True),
    Fault("CMP-PLACEHOLDER", _AGENCY, "description", "xxx", _with(description="xxx"), in_open_data=True),
    Fault("FRE-001", _SITE, "verified_on", "verified 15 months ago", _verified(455)),
    Fault("FRE-003", _AGENCY, "verified_on", "verified four years ago", _verified(1460)),
    Fault("FRE-004", _AGENCY, "verified_on", "a month that does not exist", _with(verified_on="2026-13-04 0:00:00")),
    Fault("FRE-004", _SITE, "edited_on", "edited in the future", _with(edited_on=date(2031, 1, 8))),
    Fault("FRE-005", _SERVICE, "verified_on", "verified before it was entered", _created_late),
    Fault(
        "FRE-007",
        _AGENCY,
        "verified_by",
        "nobody named who confirmed",
        _with(verified_by="", verified_by_title="", verified_by_email=""),
    ),
    Fault("FRE-012", _AGENCY, "verified_on", "never verified", _with(verified_on=None)),
    Fault(
        "FMT-001",
        _SITE,
        "phone",
        "area code beginning with one",
        _phone(lambda n: f"117{n[3:]}"),
        in_open_data=True,
    ),
    Fault(
        "FMT-001",
        _SERVICE,
        "phone",
        "two numbers in one cell",
        _phone(lambda n: f"{n} / {n[:-2]}99"),
        in_open_data=True,
    ),
    Fault(
        "FMT-002",
        _SERVICE,
        "phone",
        "extension inside the number",
        _phone(lambda n: f"{n} ext. 14"),
        in_open_data=True,
    ),
    Fault(
        "FMT-003",
        _SITE,
        "phone",
        "number without a type",
        lambda r, _: {"phones": (Phone("phone1", r.phones[0].number),)},
        in_open_data=True,
    ),
    Fault("FMT-010", _SERVICE, "email", "no domain", _with(email="intake@")),
    Fault("FMT-011", _SITE, "url", "scheme misspelled", lambda r, _: {"url": f"htp:/{r.native_id}"}),
    Fault(
        "FMT-020",
        _AGENCY,
        "address.postal_code",
        "six digits",
        lambda r, _: {"physical": replace(r.physical, postal_code=f"{r.physical.postal_code}1")} if r.physical else {},
    ),
    Fault("FMT-021", _SITE, "address.state", "state that is none", _physical(state="IO"), in_open_data=True),
    Fault(
        "FMT-024",
        _SITE,
        "latitude",
        "coordinates in another state",
        _physical(latitude="39.0997", longitude="-94.5786"),
        in_open_data=True,
    ),
    Fault("FMT-041", _AGENCY, "year_incorporated", "year 1066", _with(year_incorporated="1066"), in_open_data=True),
    Fault(
        "FMT-060",
        _SERVICE,
        "description",
        "HTML left in the text",
        _described(lambda t: f"<p>{t}</p>"),
        in_open_data=True,
    ),
    Fault(
        "FMT-060",
        _SITE,
        "description",
        "control character",
        _with(description="Ramp at\x07 the rear door."),
        in_open_data=True,
    ),
    Fault(
        "TAX-010",
        _SERVICE,
        "taxonomy_link",
        "code of the second level",
        _first_code(lambda c: c[:2]),
        in_open_data=True,
    ),
    Fault("TAX-002", _SERVICE, "taxonomy_link", "dash that is none", _first_code(lambda c: c.replace("-", "–"))),
    Fault(
        "ID-002", _JOIN, "site_native_id", "site not in the export", lambda _, o: {"site_id": o.unknown_number(_SITE)}
    ),
    Fault(
        "ID-002",
        _AGENCY,
        "parent_native_id",
        "parent agency not in the export",
        lambda _, o: {"agency_id": o.unknown_number(_AGENCY)},
        in_open_data=True,
    ),
    Fault("ID-004", _SITE, "status", "unknown word", _with(status="Pending review")),
    Fault(
        "FRE-011",
        _SERVICE,
        "alert",
        "message ended four months ago",
        lambda _, o: {
            "alert": "Moved to the gym while the roof is repaired.",
            "alert_from_on": o.days_ago(200),
            "alert_to_on": o.days_ago(120),
        },
    ),
    Fault(
        "PRV-003",
        _SERVICE,
        "email",
        "private mail box in a public field",
        _with(email="night_line_invented@gmail.com"),
        in_open_data=True,
    ),
    Fault(
        "FMT-031",
        _SITE,
        "schedule",
        "closes before it opens",
        _with(hours="Monday-Friday, 5pm-9am", spans="MO,TU,WE,TH,FR 17:00-09:00"),
        in_open_data=True,
    ),
)

#: Faults that concern several records of an agency, or several agencies.
GROUP_FAULTS: tuple[Callable[[Plot], list[PlantedFault]], ...] = (
    plant_agency_without_service,
    plant_active_child,
    plant_partial_update,
    plant_repeated_number,
    plant_missing_number,
    plant_parent_loop,
    plant_located_shelter,
)
#: The same for a table package of HSDS, in which numbers are unique and statuses belong to services.
OPEN_GROUP_FAULTS: tuple[Callable[[Plot], list[PlantedFault]], ...] = (
    plant_agency_without_service,
    plant_located_shelter,
)
