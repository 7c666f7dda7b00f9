"""The whole catalogue at once: pandera counts what the conditions name, and a bare export is asked nothing it cannot answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pandera.errors import SchemaErrors
from pandera.polars import Check, Column, DataFrameSchema

from pipeline.validate.questions import failing_positions
from pipeline.validate.records import list_rounds
from pipeline.validate.subjects import prepare_subjects
from pipeline.validate.taxonomy import list_codes
from schemas.parameters import FreshnessRule
from schemas.rules import rule_catalogue
from tests.real_exports import normalize_once, read_once
from tests.unit.validate.full_directory import full_parts, join_references, join_verifications, make_parameters

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"

#: What the poorest export there can be still says of every record.
BARE = frozenset(f"{kind}.{name}" for kind in ("agency", "site", "service") for name in ("native_id", "name", "status"))

#: Rules that such an export can answer: its number, its name, its status, and whatever text stands in a name.
ANSWERED = {
    # What auditors found is asked of people, whatever an export carries.
    *(rule_id for rule_id in rule_catalogue() if rule_id.startswith("AUD-")),
    *("ID-001", "ID-004", "ID-008", "CMP-A-NAME", "CMP-S-NAME", "CMP-P-NAME", "CMP-PLACEHOLDER", "FMT-060"),
    *("DUP-001", "DUP-002", "DUP-004"),
}


def compare_counts(path: Path, *, center_id: str, as_of: date) -> int:
    """Compare pandera with the bare conditions, question by question; return how many failures there were."""
    delivered, normalized = read_once(path, center_id), normalize_once(path, center_id)
    parameters = make_parameters()
    subjects = prepare_subjects(
        normalized.directory, notes=normalized.notes, no_address_markers=parameters.no_address_markers
    )
    parts = full_parts(center_id)
    rounds = list_rounds(
        subjects,
        codes=list_codes(subjects.owned["taxonomy_link"]),
        carried={center_id: delivered.carried},
        as_of=as_of,
        parameters=parameters,
        freshness=FreshnessRule(),
        references=join_references([parts]),
        verifications=join_verifications([parts]),
    )
    total = 0
    for each in rounds:
        if each.table.is_empty():
            continue
        found = failing_positions(each.table, each.questions).group_by("label").len()
        by_pandera = dict(found.iter_rows())
        for question in each.questions:
            asked = ~pl.col("center_id").is_in(sorted(question.refused))
            direct = each.table.filter(question.broken.fill_null(value=False) & asked).height
            assert by_pandera.get(question.label, 0) == direct, question.label
            total += direct
    return total


@pytest.mark.parametrize(
    ("center_id", "export"), [("prairie211", "prairie211/2026-11-20/resources.csv"), ("riverbend211", "riverbend211")]
)
def test_pandera_counts_every_rule_of_the_samples(center_id, export):
    """A rule that pandera skips would report a clean directory."""
    assert compare_counts(SAMPLES / export, center_id=center_id, as_of=date(2026, 11, 20)) > 1000


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("center_id", "export", "as_of"),
    [
        ("dc211", "dc211/dc211_export.csv", date(2014, 4, 9)),
        ("miami211", "miami211", date(2020, 1, 1)),
    ],
)
def test_pandera_counts_every_rule_of_real_exports(shared: Path, center_id, export, as_of):
    """Real data breaks rules in ways that nobody plants."""
    assert compare_counts(shared / "data" / export, center_id=center_id, as_of=as_of) > 5000


def test_pandera_would_miss_all_of_them_on_a_lazy_frame():
    """Why the questions are asked of eager frames: on lazy ones pandera looks at dtypes only and says that all is well."""
    answers = pl.DataFrame({"rule": [True, False, True]})
    schema = DataFrameSchema({"rule": Column(pl.Boolean, Check(lambda data: data.lazyframe.select(data.key)))})
    schema.validate(answers.lazy(), lazy=True).collect()
    with pytest.raises(SchemaErrors):
        schema.validate(answers, lazy=True)


@pytest.fixture(scope="module")
def bare():
    """A directory of three records with a number, a kind, a name and a status, without any fault in those."""
    parts = full_parts()
    for table in ("phone", "address", "contact", "taxonomy_link", "schedule", "service_at_site"):
        parts.tables[table] = []
    kept = {"center_id", "kind", "native_id", "record_uid", "agency_uid", "origin", "name", "status", "status_written"}
    kept |= {"is_counted", "is_confidential_place", "location_type", "is_address_private", "aka", "languages"}
    kept |= {"area_served_units", "payment_methods"}
    for kind in ("agency", "site", "service"):
        parts.tables[kind] = [
            {name: value for name, value in row.items() if name in kept}
            | {"aka": [], "languages": [], "name": f"Prairie Food Pantry of {kind}"}
            for row in parts.tables[kind]
        ]
        parts.tables[kind][0] |= {"agency_uid": None} if kind != "agency" else {}
    parts.carried = BARE
    return parts.validate()


@pytest.mark.parametrize("rule_id", sorted(rule_catalogue()))
def test_a_bare_export_is_not_blamed_for_columns_it_lacks(rule_id, bare):
    """Thousands of findings about columns that the software does not export would bury the few that can be mended."""
    if rule_id.startswith("STY-"):
        pytest.skip("the style rules have their own test")
    assert rule_id not in bare.findings.get_column("rule_id")
    said = bare.not_applicable.filter(pl.col("rule_id") == rule_id)
    assert said.height == (rule_id not in ANSWERED), said.rows()
    assert all(reason.endswith(".") for reason in said.get_column("reason"))


def test_the_style_of_phones_is_learned_from_the_center():
    """Without a word in the settings, the odd one out is found and the usual way is left alone."""
    parts = full_parts()
    parts.parameters = make_parameters(phone_style="", unused_element_minimum=3)
    parts.owned("phone", "site")[0]["number_written"] = "217-555-0120"
    validation = parts.validate()
    assert validation.findings.select("rule_id", "kind", "value").rows() == [("FMT-004", "site", "217-555-0120")]
    parts.owned("phone", "agency")[0]["number_written"] = "217.555.0120"
    validation = parts.validate()
    assert "FMT-004" not in validation.findings.get_column("rule_id")
    assert "FMT-004" in validation.not_applicable.get_column("rule_id")


def test_rows_without_their_record_are_told_once_with_their_number():
    """Five thousand phones of deleted records are one fault of the export, not five thousand errands."""
    parts = full_parts()
    for number in range(12):
        parts.note("parent_missing", "phone.owner_native_id", str(700 + number), record_uid="gone")
    found = parts.validate().findings
    assert found.select("rule_id", "kind", "field", "value", "is_held_back").rows() == [
        ("ID-002", "load", "phone.owner_native_id", "12 rows, such as of record 700, 701, 702", False)
    ]


def test_a_person_is_named_as_the_public_reads_it_but_a_private_contact_is_not():
    """The curator must see which words to take out; a contact that is private must not travel with the list."""
    parts = full_parts()
    parts.one("service")["intake"] = "Mornings only. Ask for Jo Sample, please."
    assert parts.validate().findings.get_column("value").to_list() == ["Ask for Jo Sample"]
    parts.owned("contact", "service")[0].update(name="Jo Sample", is_private=True)
    assert parts.validate().findings.get_column("value").to_list() == ["withheld"]
