"""The export of the following night: what curators did in a day, and the list of what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from pipeline.synthesize.agency import invent_agency
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.naming import invent_person
from pipeline.synthesize.plot import Plot
from pipeline.synthesize.records import Record
from pipeline.synthesize.truth import PlantedChange, PlantedFault
from schemas.enumerations import RecordKind, Status

#: Names of our own fields for those of an invented record, where they differ.
_FIELD_NAMES = {
    "agency_id": "agency_native_id",
    "service_id": "service_native_id",
    "site_id": "site_native_id",
    "prior_id": "prior_native_id",
    "physical": "address",
    "mailing": "address",
    "spans": "schedule",
    "phones": "phone",
    "contacts": "contact",
    "links": "taxonomy_link",
    "counties": "area_served",
    "is_statewide": "area_served",
}
_REKEYED_NUMBER = 700_000
_VERIFIED, _FIXED, _ADDED, _REMOVED = 14, 8, 3, 2


@dataclass(frozen=True, kw_only=True)
class NextNight:
    """The following night.

    Attributes:
        plot: The center as it stands then.
        faults: The faults of the night before, those that are gone marked with the day.
        changes: What differs from the night before, one row per record and field.
    """

    plot: Plot
    faults: tuple[PlantedFault, ...]
    changes: tuple[PlantedChange, ...]


def invent_next_night(plot: Plot, *, clean: dict[str, Record], faults: Sequence[PlantedFault], on: date) -> NextNight:
    """Return the center one day on: faults fixed, agencies verified, records added, removed, edited, and one under a new number.

    Only agencies in which nothing was planted are verified, edited, removed or re-keyed.

    Args:
        plot: The center as it stood; left as it is.
        clean: Records before faults were planted, by native id.
        faults: Faults planted in this center.
        on: Day of the following night.
    """
    setting = replace(plot.setting, as_of=on)
    after = Plot(setting=setting, used=plot.used, bundles=dict(plot.bundles), untouched=list(plot.untouched))
    draws = Draws(setting.seed, setting.center_id, "night", on.isoformat())
    fixed = _fix(after, clean=clean, faults=faults, on=on)
    for _ in range(_VERIFIED):
        _verify(after, draws, on=on)
    _edit(after, draws, on=on)
    rekeyed = _rekey(after, on=on)
    for _ in range(_REMOVED):
        rank = after.take()
        if rank is not None:
            del after.bundles[rank]
    _remove_service(after)
    first_new = max(plot.bundles) + 1
    for rank in range(first_new, first_new + _ADDED):
        after.bundles[rank] = [
            replace(record, created_on=on - timedelta(days=1), edited_on=on, verified_on=record.verified_on and on)
            for record in invent_agency(setting, rank, after.used)
            if record.status == Status.ACTIVE.value
        ]
    return NextNight(
        plot=after,
        faults=tuple(replace(fault, fixed_on=on.isoformat()) if fault in fixed else fault for fault in faults),
        changes=tuple(_compare(plot, after, rekeyed=rekeyed)),
    )


def _fix(plot: Plot, *, clean: dict[str, Record], faults: Sequence[PlantedFault], on: date) -> set[PlantedFault]:
    """Put the clean record back for every sixth fault of a single field."""
    fixed: set[PlantedFault] = set()
    where = {record.native_id: rank for rank, bundle in plot.bundles.items() for record in bundle}
    for fault in faults[::6]:
        before = clean.get(fault.native_id)
        # Faults of several records, and of dates that only time or a new verification mends, stay.
        if before is None or len(fixed) == _FIXED or fault.rule_id.startswith(("ID-0", "FRE-", "PRV-002")):
            continue
        rank = where[fault.native_id]
        plot.bundles[rank] = [
            replace(before, edited_on=on) if record.native_id == fault.native_id else record
            for record in plot.bundles[rank]
        ]
        fixed.add(fault)
    return fixed


def _verify(plot: Plot, draws: Draws, *, on: date) -> None:
    """Verify an agency with everything below it, as a returned update form does."""
    rank = plot.take()
    if rank is None:
        return
    person = invent_person(draws, plot.setting.vocabulary)
    plot.bundles[rank] = [
        record if record.link_only else replace(record, verified_on=on, edited_on=on, verified_by=person)
        for record in plot.bundles[rank]
    ]


def _edit(plot: Plot, draws: Draws, *, on: date) -> None:
    """Change single fields without verifying: a number, hours, a name, an address, a text, a status."""
    words = plot.setting.vocabulary.words
    for kind, name in (
        (RecordKind.AGENCY, "phones"),
        (RecordKind.AGENCY, "name"),
        (RecordKind.AGENCY, "physical"),
        (RecordKind.AGENCY, "email"),
        (RecordKind.SITE, "hours"),
        (RecordKind.SITE, "accessibility"),
        (RecordKind.SERVICE, "eligibility"),
        (RecordKind.SERVICE, "description"),
        (RecordKind.SERVICE, "links"),
        (RecordKind.SERVICE, "fees"),
    ):
        rank = plot.take()
        if rank is None:
            return
        bundle = plot.bundles[rank]
        old = next(record for record in bundle if record.kind is kind)
        new: Any
        if name == "phones":
            new = (replace(old.phones[0], number=plot.used.phone(old.phones[0].number[:3])), *old.phones[1:])
        elif name == "name":
            new = f"{old.name} and Friends"
        elif name == "physical":
            assert old.physical is not None
            new = replace(
                old.physical, line1=f"{draws.between(100, 4999)} {draws.pick(words['streets'])} Way", line2=""
            )
        elif name == "email":
            new = old.email.replace(old.email.split("@")[0], "welcome")
        elif name == "links":
            new = ("AB-1300.1500",) if old.links != ("AB-1300.1500",) else ("AB-1100.1500",)
        else:
            new = {
                "hours": "Monday and Friday, 10am-2pm",
                "accessibility": "Ramp at the rear entrance.",
                "eligibility": "Residents of the county aged 21 and over",
                "description": f"{old.description} Closed on public holidays.",
                "fees": "$3 per visit",
            }[name]
        changed = replace(old, edited_on=on, **{name: new})
        plot.bundles[rank] = [changed if record is old else record for record in bundle]
    rank = plot.take()
    if rank is not None:
        closed: dict[str, Any] = {"status": Status.INACTIVE.value, "inactive_on": on, "edited_on": on}
        plot.bundles[rank] = [replace(record, **closed) for record in plot.bundles[rank]]


def _rekey(plot: Plot, *, on: date) -> dict[str, str]:
    """Give one agency a new number; the old one stands as the number in the system before. Return new number to old."""
    rank = plot.take()
    if rank is None:
        return {}
    bundle = plot.bundles[rank]
    old = bundle[0].native_id
    new = plot.setting.native_id(RecordKind.AGENCY, _REKEYED_NUMBER)
    plot.bundles[rank] = [
        replace(record, native_id=new, prior_id=old, edited_on=on)
        if record.kind is RecordKind.AGENCY
        else replace(record, agency_id=new)
        for record in bundle
    ]
    return {new: old}


def _remove_service(plot: Plot) -> None:
    rank = plot.take(lambda bundle: sum(record.kind is RecordKind.SERVICE for record in bundle) > 1)
    if rank is None:
        return
    bundle = plot.bundles[rank]
    last = [record for record in bundle if record.kind is RecordKind.SERVICE][-1]
    plot.bundles[rank] = [record for record in bundle if record is not last and record.service_id != last.native_id]


def _compare(before: Plot, after: Plot, *, rekeyed: dict[str, str]) -> list[PlantedChange]:
    """Return every difference between the two nights, by native id."""
    center_id = after.setting.center_id
    # A number given to two records is left out: which of them changed cannot be told from its number.
    old, new = _by_number(before), _by_number(after)
    changes: list[PlantedChange] = []
    for native_id, record in new.items():
        kind = record.kind.value
        earlier = old.get(rekeyed.get(native_id, native_id))
        if earlier is None:
            changes.append(PlantedChange(center_id, kind, native_id, "added", ""))
            continue
        if native_id in rekeyed:
            changes.append(PlantedChange(center_id, kind, native_id, "rekeyed", "native_id"))
        names = {_FIELD_NAMES.get(name, name) for name in _changed_fields(earlier, record)}
        changes.extend(PlantedChange(center_id, kind, native_id, "changed", name) for name in sorted(names))
    gone = old.keys() - new.keys() - set(rekeyed.values())
    changes.extend(PlantedChange(center_id, old[number].kind.value, number, "removed", "") for number in sorted(gone))
    return changes


def _by_number(plot: Plot) -> dict[str, Record]:
    numbers = [record.native_id for record in plot.records()]
    seen: set[str] = set()
    repeated = {number for number in numbers if number in seen or seen.add(number)}  # type: ignore[func-returns-value]
    return {
        record.native_id: record for record in plot.records() if record.native_id and record.native_id not in repeated
    }


def _changed_fields(earlier: Record, record: Record) -> list[str]:
    names = (field.name for field in fields(record) if field.name != "native_id")
    return [name for name in names if getattr(earlier, name) != getattr(record, name)]
