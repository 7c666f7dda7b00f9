"""Validate a directory: ask every rule of the catalogue of every record it concerns.

Rules about one row run as pandera checks, one lazy validation per table; rules about several tables are polars joins; what
normalize could not read comes in as notes. All of them give failures, and failures become findings in one place. A rule whose
column an export does not carry gives one row in `not_applicable` and no finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.validate.applicability import not_applicable, refuse_uncarried
from pipeline.validate.areas import ask_areas, mark_unknown_areas
from pipeline.validate.audited import find_audited, no_faults
from pipeline.validate.completeness import ask_completeness
from pipeline.validate.duplicates import (
    find_double_entries,
    find_duplicates,
    find_shared_ein,
    no_pairs,
    none_alike,
    places_of_services,
    places_of_sites,
)
from pipeline.validate.findings import disabled_rules, write_findings
from pipeline.validate.formats import (
    ask_address_formats,
    ask_contact_formats,
    ask_phone_formats,
    ask_record_formats,
    ask_schedule_formats,
)
from pipeline.validate.freshness import (
    ask_freshness,
    find_mass_stamps,
    find_partial_updates,
    find_unchanged_agencies,
    find_uneven_translations,
)
from pipeline.validate.identity import (
    ask_identity,
    find_kinds_without_status,
    find_ownerless_rows,
    find_parent_circles,
    find_two_owners,
)
from pipeline.validate.noted import find_cut_texts, find_noted, list_cut_cells
from pipeline.validate.persons import LONG_TEXTS, find_named_persons
from pipeline.validate.places import ask_coordinates, ask_zip_places, mark_state_boxes, mark_zip_places
from pipeline.validate.privacy import ask_address_privacy, ask_contact_privacy, ask_record_privacy
from pipeline.validate.private_passages import hide_private_passages
from pipeline.validate.questions import FAILURE_SCHEMA, Question, ask_table
from pipeline.validate.style_names import find_repeated_aka
from pipeline.validate.style_questions import ask_style, hide_named_persons
from pipeline.validate.subjects import KINDS, OWN_RECORD_KINDS, SHOW_FLAGS, Subjects, prepare_subjects
from pipeline.validate.taxonomy import (
    ask_codes,
    ask_indexing,
    count_service_terms,
    find_double_indexing,
    list_codes,
)
from pipeline.validate.term_list import (
    ask_repeated_links,
    ask_terms,
    find_same_activity,
    mark_terms,
    refuse_unpaired,
)
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.errors import ContractError
from schemas.parameters import FreshnessRule, ValidateParameters
from schemas.reference import References


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What the rules found.

    Attributes:
        findings: `schemas.quality.Finding`, sorted by center, record, rule and field.
        not_applicable: `schemas.quality.NotApplicable`, sorted by center and rule. A rule asked of several levels can stand
            here for one level and have findings on another.
    """

    findings: pl.DataFrame
    not_applicable: pl.DataFrame


def validate_directory(
    directory: Directory,
    *,
    notes: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    as_of: date,
    parameters: ValidateParameters,
    freshness: FreshnessRule,
    references: References | None = None,
    verifications: pl.DataFrame | None = None,
    pairs: pl.DataFrame | None = None,
    alike: pl.DataFrame | None = None,
    faults: pl.DataFrame | None = None,
) -> Validation:
    """Return the findings about a directory of one or many centers.

    Identity rules are asked of all delivered rows, all others of counted records. Values of private fields, of withheld
    records' contact data and of places that must not be located are never shown.

    Args:
        directory: The canonical tables.
        notes: What normalize noticed (`schemas.quality.Note`).
        carried: Delivered fields (`kind.field`) by center.
        as_of: Day of the run.
        parameters: Thresholds, word lists and overrides of the catalogue.
        freshness: Window and bands of verification dates.
        references: ZIP codes and licensed terms, where the center has pointed to them.
        verifications: What earlier nights showed (`schemas.history.Verification`); None when nothing is known of them.
        pairs: Agencies that may be one and what people said of them, see `pipeline.validate.duplicates.pairs_to_ask`; None when
            the directory was not matched.
        alike: Sites and services of one agency under one name (`center_id`, `record_uid`, `first_uid`); None as above.
        faults: What auditors found and nobody has mended yet, see `pipeline.validate.audited`; None for nothing.

    Raises:
        ContractError: `carried` does not name a center of the directory.
    """
    references = references or References()
    _require_carried(directory, carried)
    subjects = prepare_subjects(directory, notes=notes, no_address_markers=parameters.no_address_markers)
    codes = list_codes(subjects.owned["taxonomy_link"])
    rounds = list_rounds(
        subjects,
        codes=codes,
        carried=carried,
        as_of=as_of,
        parameters=parameters,
        freshness=freshness,
        references=references,
        verifications=verifications,
    )
    off = disabled_rules(parameters)
    style = ask_style(
        subjects.records,
        cut=list_cut_cells(subjects.notes),
        carried=carried,
        parameters=parameters,
        as_of=as_of,
        off=off,
    )
    rounds += [
        Round(table=table, questions=questions, kind="kind", uid="record_uid") for table, questions in style.values()
    ]
    failures = [
        ask_table(each.table, [q for q in each.questions if q.rule_id not in off], kind=each.kind, uid=each.uid)
        for each in rounds
    ]
    failures += _relate(subjects, codes=codes, carried=carried, parameters=parameters, freshness=freshness)
    failures += _doubled(
        subjects,
        directory,
        pairs=no_pairs() if pairs is None else pairs,
        alike=none_alike() if alike is None else alike,
    )
    failures.append(find_audited(subjects.records, faults=no_faults() if faults is None else faults))
    failures += _translated(subjects, directory.translation, as_of=as_of, freshness=freshness)
    found = hide_named_persons(pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *failures]))
    return Validation(
        findings=write_findings(
            hide_private_passages(found, subjects=subjects, parameters=parameters),
            records=subjects.records,
            parameters=parameters,
        ),
        not_applicable=not_applicable(
            [question for each in rounds for question in each.questions] + _ask_columns(carried, parameters),
            disabled=off,
            centers=sorted(carried),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Round:
    """Questions to one table.

    Attributes:
        table: The rows that are asked, with all facts that the questions need.
        questions: The questions.
        kind, uid: Columns that hold kind and id of the record a failure belongs to.
    """

    table: pl.DataFrame
    questions: list[Question]
    kind: str
    uid: str


def list_rounds(
    subjects: Subjects,
    *,
    codes: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    as_of: date,
    parameters: ValidateParameters,
    freshness: FreshnessRule,
    references: References,
    verifications: pl.DataFrame | None,
) -> list[Round]:
    """Return everything that is asked of single rows, table by table.

    Args:
        subjects: The tables.
        codes: The taxonomy codes, as in `list_codes`.
        carried: Delivered fields by center.
        as_of: Day of the run.
        parameters: Thresholds and word lists.
        freshness: Window and bands of verification dates.
        references: ZIP codes and licensed terms.
        verifications: What earlier nights showed.
    """
    return [
        *_ask_records(
            subjects,
            codes=codes,
            carried=carried,
            as_of=as_of,
            parameters=parameters,
            freshness=freshness,
            references=references,
            verifications=verifications,
        ),
        *_ask_owned(subjects, codes=codes, carried=carried, parameters=parameters, references=references),
    ]


def _require_carried(directory: Directory, carried: Mapping[str, frozenset[str]]) -> None:
    centers = set(directory.records().get_column("center_id").unique())
    if missing := sorted(centers - set(carried)):
        raise ContractError(f"Nothing says which columns the export of {', '.join(missing)} carries.")


def _ask_records(
    subjects: Subjects,
    *,
    codes: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    as_of: date,
    parameters: ValidateParameters,
    freshness: FreshnessRule,
    references: References,
    verifications: pl.DataFrame | None,
) -> list[Round]:
    tables = dict(subjects.records)
    tables[RecordKind.AGENCY], partial = find_partial_updates(tables, carried=carried, rule=freshness, as_of=as_of)
    tables[RecordKind.AGENCY], unchanged = find_unchanged_agencies(
        tables[RecordKind.AGENCY],
        verifications=verifications,
        carried=carried,
        parameters=parameters,
        as_of=as_of,
    )
    tables[RecordKind.SITE] = mark_state_boxes(tables[RecordKind.SITE])
    services = count_service_terms(tables[RecordKind.SERVICE], codes)
    tables[RecordKind.SERVICE] = mark_unknown_areas(services, zips=references.zips)
    further = {
        RecordKind.AGENCY.value: [*partial, *unchanged],
        RecordKind.SITE.value: ask_coordinates(carried),
        RecordKind.SERVICE.value: [
            *ask_indexing(carried=carried, parameters=parameters),
            *ask_areas(zips=references.zips, carried=carried),
        ],
    }
    rounds = []
    for kind in KINDS:
        table = tables[kind]
        questions = [*ask_identity(table, kind=kind, carried=carried, parameters=parameters), *further.get(kind, [])]
        if kind in OWN_RECORD_KINDS:
            questions += [
                *ask_completeness(table, kind=kind, carried=carried, parameters=parameters),
                *ask_freshness(table, kind=kind, carried=carried, rule=freshness, parameters=parameters, as_of=as_of),
                *ask_record_formats(kind=kind, carried=carried, parameters=parameters, as_of=as_of),
                *ask_record_privacy(kind=kind, carried=carried, parameters=parameters),
            ]
        rounds.append(Round(table=table, questions=questions, kind="kind", uid="record_uid"))
    return rounds


def _ask_owned(
    subjects: Subjects,
    *,
    codes: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    parameters: ValidateParameters,
    references: References,
) -> list[Round]:
    phones, links = subjects.owned["phone"], subjects.owned["taxonomy_link"]
    terms, zips = references.terms, references.zips
    services = subjects.records[RecordKind.SERVICE]
    asked = [
        (phones, ask_phone_formats(phones, carried=carried, parameters=parameters)),
        (
            mark_zip_places(subjects.owned["address"], zips=zips),
            [
                *ask_address_formats(carried=carried),
                *ask_zip_places(zips=zips, carried=carried),
                *ask_address_privacy(carried=carried),
            ],
        ),
        (
            subjects.owned["contact"],
            [
                *ask_contact_formats(carried=carried, parameters=parameters),
                *ask_contact_privacy(carried=carried, parameters=parameters),
            ],
        ),
        (subjects.owned["schedule"], ask_schedule_formats(carried=carried)),
        (links, ask_repeated_links(carried=carried)),
        (
            mark_terms(codes, terms=terms, services=services, parameters=parameters),
            [
                *ask_codes(codes, carried=carried, parameters=parameters),
                *ask_terms(terms=terms, carried=carried, parameters=parameters),
            ],
        ),
    ]
    return [Round(table=table, questions=questions, kind="owner_kind", uid="owner_uid") for table, questions in asked]


def _relate(
    subjects: Subjects,
    *,
    codes: pl.DataFrame,
    carried: Mapping[str, frozenset[str]],
    parameters: ValidateParameters,
    freshness: FreshnessRule,
) -> list[pl.DataFrame]:
    """Return the failures of rules that look at several rows."""
    agencies = subjects.records[RecordKind.AGENCY]
    return [
        find_parent_circles(agencies),
        find_two_owners(agencies, phones=subjects.owned["phone"], parameters=parameters),
        find_mass_stamps(subjects.records, carried=carried, rule=freshness, parameters=parameters),
        find_named_persons(subjects, parameters=parameters),
        find_same_activity(codes, pairs=parameters.same_activity),
        find_ownerless_rows(subjects.notes),
        find_kinds_without_status(subjects.records, carried=carried, parameters=parameters),
        find_double_indexing(codes),
        find_noted(subjects.notes),
        find_cut_texts(subjects.notes),
        find_repeated_aka(subjects.notes),
    ]


def _doubled(
    subjects: Subjects, directory: Directory, *, pairs: pl.DataFrame, alike: pl.DataFrame
) -> list[pl.DataFrame]:
    """Return the failures of the rules on records that stand in the directory twice."""
    agencies = subjects.records[RecordKind.AGENCY]
    return [
        find_duplicates(agencies, pairs=pairs),
        find_shared_ein(agencies, pairs=pairs),
        find_double_entries(subjects.records[RecordKind.SITE], alike=alike, places=places_of_sites(directory.address)),
        find_double_entries(
            subjects.records[RecordKind.SERVICE], alike=alike, places=places_of_services(directory.service_at_site)
        ),
    ]


def _translated(
    subjects: Subjects,
    translations: pl.DataFrame,
    *,
    as_of: date,
    freshness: FreshnessRule,
) -> list[pl.DataFrame]:
    return [
        find_uneven_translations(subjects.records[kind], translations=translations, rule=freshness, as_of=as_of)
        for kind in OWN_RECORD_KINDS
    ]


def _ask_columns(carried: Mapping[str, frozenset[str]], parameters: ValidateParameters) -> list[Question]:
    """Return what the rules that look at several rows, or at notes, need of an export; they are asked of no single row."""
    show_flags = [f"{kind}.{flag}" for kind in KINDS for flag in SHOW_FLAGS]
    part_flags = [f"{table}.is_private" for table in ("phone", "address", "contact")]
    needs = {
        "DUP-001": (["agency.name"], "agency name"),
        "DUP-002": (["agency.name"], "agency name"),
        "DUP-003": (["agency.ein"], "employer number"),
        "DUP-004": (["site.name", "service.name"], "name of a site or service"),
        "FMT-002": (["phone.number"], "phone number"),
        "FMT-061": (LONG_TEXTS, "long texts"),
        "PRV-005": ([*LONG_TEXTS, "phone.label", "phone.note"], "texts in which a person could be named"),
        "FRE-009": ([f"{kind}.verified_on" for kind in OWN_RECORD_KINDS], "verification date"),
        "FRE-010": ([f"{kind}.language_of_record" for kind in KINDS], "language of a record"),
        "ID-009": (["agency.record_owner"], "record owner"),
        "PRV-001": ([*show_flags, *part_flags], "privacy flag"),
        "TAX-005": (["taxonomy_link.codes"], "taxonomy codes"),
    }
    refused = {
        rule_id: refuse_uncarried(carried, any_of=names, words=words) for rule_id, (names, words) in needs.items()
    }
    refused["TAX-006"] = refuse_unpaired(carried, parameters=parameters)
    return [
        Question(rule_id=rule_id, field="*", broken=pl.lit(value=False), refused=centers)
        for rule_id, centers in refused.items()
    ]
