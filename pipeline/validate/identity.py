"""Rules ID: every record is itself, has a known status, and hangs where it should. Asked of all delivered rows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.validate.applicability import count_use, refuse_uncarried, refuse_unused
from pipeline.validate.questions import FAILURE_SCHEMA, PLURALS, Question
from pipeline.validate.subjects import OWN_RECORD_KINDS
from schemas.enumerations import RecordKind, Status
from schemas.notes import NoteKind
from schemas.parameters import ValidateParameters

#: Statuses of a parent under which an active child is odd.
_CLOSED = (Status.INACTIVE, Status.DEFUNCT, Status.DELETED)

_DELIVERED = pl.col("is_delivered")


def ask_identity(
    records: pl.DataFrame, *, kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    """Return the identity questions to one record kind.

    Args:
        records: The records of the kind, as in `Subjects.records`.
        kind: Record kind.
        carried: Delivered fields by center.
        parameters: Pattern of owner codes and the smallest level that proves anything.
    """
    questions = [*_ask_parents(kind, carried), *_ask_status_of_parents(kind, carried)]
    if kind != RecordKind.SERVICE_AT_SITE:
        questions += [*_ask_number(), *_ask_status(records, kind, carried, parameters)]
    if kind == RecordKind.AGENCY:
        questions += [*_ask_owner(carried, parameters), *_ask_services(records, carried, parameters)]
    if kind == RecordKind.SERVICE:
        questions += _ask_site(records, carried, parameters)
    if kind == RecordKind.SERVICE_AT_SITE:
        questions += _ask_links(records, carried, parameters)
    return questions


def find_parent_circles(agencies: pl.DataFrame) -> pl.DataFrame:
    """Return a failure of ID-002 for every agency on a circle of parent agencies.

    Args:
        agencies: Needs `center_id`, `record_uid`, `parent_uid` and `parent_native_id`.
    """
    # Peeling: whoever has no parent left, or no child left, cannot stand on a circle. One turn per level of the tree.
    left = agencies.select("center_id", "record_uid", "parent_uid", "parent_native_id").drop_nulls("parent_uid")
    while True:
        has_parent = left.join(
            left, left_on=["center_id", "parent_uid"], right_on=["center_id", "record_uid"], how="semi"
        )
        has_child = has_parent.join(
            has_parent, left_on=["center_id", "record_uid"], right_on=["center_id", "parent_uid"], how="semi"
        )
        if has_child.height == left.height:
            break
        left = has_child
    return left.select(
        "center_id",
        "record_uid",
        kind=pl.lit(RecordKind.AGENCY.value),
        rule_id=pl.lit("ID-002"),
        variant=pl.lit("loop"),
        field=pl.lit("parent_native_id"),
        value=pl.col("parent_native_id"),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def find_ownerless_rows(notes: pl.DataFrame) -> pl.DataFrame:
    """Return a failure of ID-002 for every center and table with rows whose record is not in the export.

    One for the whole load, with the count: the record that would be mended is the one that is missing.

    Args:
        notes: The notes, as in `Subjects.notes`; their field is `<table>.owner_native_id`.
    """
    field, number = pl.col("field"), pl.col("value_written")
    orphans = notes.filter(pl.col("note_kind") == NoteKind.PARENT_MISSING, field.str.ends_with(".owner_native_id"))
    some = number.drop_nulls().unique().sort().head(3).str.join(", ")
    counts = orphans.group_by("center_id", "field").agg(row_count=pl.len(), some=some)
    named = pl.when(pl.col("some") != "").then(pl.format(", such as of record {}", "some")).otherwise(pl.lit(""))
    return counts.select(
        "center_id",
        kind=pl.lit("load"),
        record_uid=pl.lit("load"),
        rule_id=pl.lit("ID-002"),
        variant=pl.lit("ownerless_rows"),
        field="field",
        value=pl.format("{} rows{}", "row_count", named),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def find_kinds_without_status(
    records: Mapping[str, pl.DataFrame], *, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> pl.DataFrame:
    """Return a failure of ID-004 for every center and record kind of which no delivered record has any status.

    One for the whole load, with the count: the software leaves the status blank, perhaps that of active records only. A center
    whose export has no such column is not asked, as everywhere.

    Args:
        records: Frames by record kind, as in `Subjects.records`.
        carried: Delivered fields by center.
        parameters: Fewer records of a kind than `unused_element_minimum` prove nothing; they are asked one by one.
    """
    parts = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    for kind in OWN_RECORD_KINDS:
        blank = _without_status(records[kind], minimum=parameters.unused_element_minimum)
        uncarried = refuse_uncarried(carried, any_of=[f"{kind}.status"], words="status", kind=kind)
        parts.append(
            blank.filter(~pl.col("center_id").is_in(sorted(uncarried)))
            .select(
                "center_id",
                kind=pl.lit("load"),
                record_uid=pl.lit("load"),
                rule_id=pl.lit("ID-004"),
                variant=pl.lit("load"),
                field=pl.lit(f"{kind}.status"),
                value=pl.format("blank in all {} " + PLURALS[kind], pl.col("record_count")),
                is_private=pl.lit(value=False),
            )
            .select(*FAILURE_SCHEMA)
        )
    return pl.concat(parts)


def _without_status(records: pl.DataFrame, *, minimum: int) -> pl.DataFrame:
    """Return `center_id` and `record_count` of the centers whose delivered records of a kind have no status at all."""
    nothing = pl.col("status_written").fill_null("").str.strip_chars() == ""
    return (
        records.filter(_DELIVERED)
        .group_by("center_id")
        # A center that has said what a blank status means (blank_status) has no unknown ones.
        .agg(record_count=pl.len(), is_blank=(nothing & (pl.col("status") == Status.UNKNOWN)).all())
        .filter(pl.col("is_blank"), pl.col("record_count") >= minimum)
        .select("center_id", "record_count")
        .sort("center_id")
    )


def find_two_owners(agencies: pl.DataFrame, *, phones: pl.DataFrame, parameters: ValidateParameters) -> pl.DataFrame:
    """Return a failure of ID-009 for every counted agency that shares a federal number, phone or domain with another owner's.

    A value carried by many agencies (a hotline, a switchboard, a shared web host) says nothing and is left out.

    Args:
        agencies: The agencies, as in `Subjects.records`, of all centers.
        phones: The phones, as in `Subjects.owned`; private ones are not compared.
        parameters: Largest number of agencies that share a telling value; domains of social networks.
    """
    counted = agencies.filter("is_counted", pl.col("record_owner").is_not_null())
    columns = ["center_id", "record_uid", "record_owner"]
    numbers = (
        phones.filter(pl.col("owner_kind") == RecordKind.AGENCY, ~pl.col("is_private"), pl.col("e164").is_not_null())
        .select("center_id", record_uid="owner_uid", value="e164")
        .unique()
        .join(counted.select(columns), on=["center_id", "record_uid"])
    )
    domains = pl.col("url_domain_key")
    own_domain = ~domains.is_in(list(parameters.shared_page_domains))
    shared = pl.concat(
        [
            counted.select(*columns, field=pl.lit("ein"), value="ein"),
            counted.filter(own_domain).select(*columns, field=pl.lit("url"), value=domains),
            numbers.select(*columns, field=pl.lit("phone"), value="value"),
        ]
    ).drop_nulls("value")
    owner_count = pl.col("record_owner").n_unique().over("field", "value")
    agency_count = pl.len().over("field", "value")
    odd = shared.filter((owner_count > 1) & (agency_count <= parameters.shared_value_limit))
    return odd.select(
        "center_id",
        "record_uid",
        "field",
        "value",
        kind=pl.lit(RecordKind.AGENCY.value),
        rule_id=pl.lit("ID-009"),
        variant=pl.lit(""),
        is_private=pl.lit(value=False),
    ).select(*FAILURE_SCHEMA)


def _ask_parents(kind: str, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    fields = {
        RecordKind.AGENCY: [("parent_native_id", "parent_uid")],
        RecordKind.SITE: [("agency_native_id", "agency_uid")],
        RecordKind.SERVICE: [("agency_native_id", "agency_uid")],
        RecordKind.SERVICE_AT_SITE: [("service_native_id", "service_uid"), ("site_native_id", "site_uid")],
    }[RecordKind(kind)]
    questions = []
    for written, uid in fields:
        broken = _DELIVERED & pl.col(uid).is_null()
        if kind == RecordKind.AGENCY:
            # An agency needs no parent; only one that is named must exist. Circles have their own words.
            broken = broken & pl.col(written).is_not_null() & ~pl.col("has_parent_loop")
        words = "number of the record above"
        refused = refuse_uncarried(carried, any_of=[f"{kind}.{written}"], words=words, kind=kind)
        questions.append(
            Question(rule_id="ID-002", field=written, broken=broken, value=pl.col(written), refused=refused)
        )
    return questions


def _ask_status_of_parents(kind: str, carried: Mapping[str, frozenset[str]]) -> list[Question]:
    parents = {
        RecordKind.AGENCY: [],
        RecordKind.SITE: ["agency_status"],
        RecordKind.SERVICE: ["agency_status"],
        RecordKind.SERVICE_AT_SITE: ["agency_status", "service_status", "site_status"],
    }[RecordKind(kind)]
    if not parents:
        return []
    closed = pl.any_horizontal(pl.col(name).is_in(list(_CLOSED)).fill_null(value=False) for name in parents)
    # Where the export gives a kind no status of its own (HSDS links), it is not active by anybody's word.
    said_active = pl.col("is_shown") & pl.col("status_written").is_not_null()
    numbers = [f"{kind}.{name}" for name in ("agency_native_id", "service_native_id", "site_native_id")]
    unstated = refuse_uncarried(carried, any_of=[f"{kind}.status"], words="status", kind=kind)
    unattached = refuse_uncarried(carried, any_of=numbers, words="number of the record above", kind=kind)
    return [
        Question(
            rule_id="ID-005",
            field="status",
            broken=said_active & closed,
            value=pl.col("status_written"),
            refused=unattached | unstated,
        )
    ]


def _ask_number() -> list[Question]:
    number = pl.col("native_id")
    repeated = pl.struct("center_id", "native_id").is_duplicated()
    return [
        Question(
            rule_id="ID-001",
            field="native_id",
            broken=_DELIVERED & (number.is_null() | repeated),
            value=number,
        )
    ]


def _ask_status(
    records: pl.DataFrame, kind: str, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    # Told once for the load, by `find_kinds_without_status`.
    blank = _without_status(records, minimum=parameters.unused_element_minimum).get_column("center_id").to_list()
    return [
        Question(
            rule_id="ID-004",
            field="status",
            broken=_DELIVERED & (pl.col("status") == Status.UNKNOWN) & ~pl.col("center_id").is_in(blank),
            value=pl.col("status_written"),
            refused=refuse_uncarried(carried, any_of=[f"{kind}.status"], words="status", kind=kind),
        )
    ]


def _ask_owner(carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    owner = pl.col("record_owner")
    refused = refuse_uncarried(carried, any_of=["agency.record_owner"], words="record owner", kind=RecordKind.AGENCY)
    return [
        Question(rule_id="ID-003", field="record_owner", broken=_DELIVERED & owner.is_null(), refused=refused),
        Question(
            rule_id="ID-011",
            field="record_owner",
            broken=_DELIVERED & ~owner.str.contains(f"^(?:{parameters.owner_code_pattern})$"),
            value=owner,
            refused=refused,
        ),
    ]


def _ask_services(
    agencies: pl.DataFrame, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    # An umbrella agency may leave all services to the agencies below it.
    idle = pl.col("is_counted") & ~pl.col("has_service") & ~pl.col("has_active_child")
    unattached = refuse_uncarried(
        carried, any_of=["service.agency_native_id"], words="number of the agency", kind=RecordKind.SERVICE
    )
    unused = refuse_unused(
        count_use(agencies, has_service=pl.col("has_service")),
        thing="has_service",
        words="active service",
        kind=RecordKind.AGENCY,
        minimum=parameters.unused_element_minimum,
    )
    return [Question(rule_id="ID-010", field="record", broken=idle, refused=unused | unattached)]


def _ask_site(
    services: pl.DataFrame, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    unlinked = refuse_uncarried(
        carried,
        any_of=["service_at_site.site_native_id", "service_at_site.service_native_id", "address.line1"],
        words="links between services and sites",
    )
    return [
        Question(
            rule_id="ID-006",
            field="site",
            broken=_DELIVERED & pl.col("is_counted") & ~pl.col("has_site") & ~pl.col("has_no_address_marker"),
            refused=refuse_unused(
                count_use(services, has_site=pl.col("has_site")),
                thing="has_site",
                words="link to a site",
                kind=RecordKind.SERVICE,
                minimum=parameters.unused_element_minimum,
            )
            | unlinked,
        )
    ]


def _ask_links(
    links: pl.DataFrame, carried: Mapping[str, frozenset[str]], parameters: ValidateParameters
) -> list[Question]:
    uncarried = refuse_uncarried(
        carried, any_of=["service_at_site.link_only"], words="mark of link-only rows", kind=RecordKind.SERVICE_AT_SITE
    )
    counts = (
        links.filter("is_delivered")
        .group_by("center_id")
        .agg(row_count=pl.len(), has_other=(~pl.col("link_only")).any())
    )
    nothing_else = counts.filter(~pl.col("has_other"), pl.col("row_count") >= parameters.unused_element_minimum)
    only_links = {
        center: f"All {count:,} services at sites are mere links, the usual form of this export; none is listed singly."
        for center, count in sorted(nothing_else.select("center_id", "row_count").iter_rows())
    }
    return [
        Question(
            rule_id="ID-007",
            field="record",
            broken=_DELIVERED & pl.col("link_only"),
            refused=only_links | uncarried,
        )
    ]
