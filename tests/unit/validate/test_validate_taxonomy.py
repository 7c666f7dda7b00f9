"""Taxonomy codes: the grammar, levels and ancestors."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.taxonomy import CODE_PATTERN, list_codes
from schemas.parameters import RuleOverride
from tests.unit.validate.full_directory import frame_of, full_parts, make_parameters, owned_row, validate_parts

ACCEPTED = {
    "B": 1,
    "BD": 2,
    "BD-1800": 3,
    "BD-1800.2000": 4,
    "ND-3500.3500-340": 5,
    "PL-8000.1800-150": 5,
    "RP-1500.1400-800": 5,
    "BD-1800.2000-340.02": 6,
    "BD-1800.2000-340.02-L": 6,
    "YB-8000": 3,
    "LF-4900.1700": 4,
    "BD-1800-L": 3,
}
REJECTED = [
    *("BD-150", "B-1800", "Y-1200", "BD1800", "BD-1800.200", "BD-1800-2000", "BD-1800.2000.340", "BD-1800.2000-34"),
    *("BD-18000", "BDE-1800", "BD–1800", "BD-１８００", "BD-1800\n", " BD-1800", "BD-1800 ", ""),
]
WRONG_CASE = ["bd-1800", "Bd-1800", "bd-1800-l"]


@pytest.mark.parametrize("code", ACCEPTED)
def test_well_formed_codes_pass_with_their_level(code):
    """Rejecting a good code would send curators to a taxonomy that has nothing to correct."""
    link = owned_row("taxonomy_link", "service", "3", code, code=code)
    links = frame_of([link], "taxonomy_link")
    frame = links.with_columns(pl.lit(value=False).alias("is_repeated"), owner_is_counted=pl.lit(value=True))
    for name in ("target_code",):
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    assert list_codes(frame).select("upper", "level").rows() == [(code, ACCEPTED[code])]


@pytest.mark.parametrize("code", [*REJECTED, *WRONG_CASE])
def test_malformed_codes_do_not_fit_the_grammar(code):
    """A code that looks right on paper finds nothing in a search."""
    assert not pl.Series([code]).str.contains(CODE_PATTERN).item()


def test_each_way_of_being_wrong_has_its_own_words():
    """A legacy code needs a successor, a lower-case code only capitals: the sentence must say which."""
    codes = [*REJECTED, *WRONG_CASE]
    cases = []
    for number, code in enumerate(codes):
        case = full_parts(f"t{number}")
        case.drop_owned("taxonomy_link", "service")
        case.link("BD-9900.1000")
        case.link(code)
        cases.append(case)
    findings = validate_parts(cases).findings.sort("center_id")
    assert findings.height == len(codes)
    found = {
        codes[int(center[1:])]: (rule_id, severity, message)
        for center, rule_id, severity, message in findings.select("center_id", "rule_id", "severity", "message").rows()
    }
    legacy = ("TAX-002", "error", "This is a three-digit code from before 2005.")
    lone_y = ("TAX-002", "warning", "The target code lacks its second letter.")
    capitals = ("TAX-004", "warning", "The taxonomy code is not written in capitals.")
    plain = ("TAX-002", "error", "This is not a well-formed taxonomy code.")
    expected = dict.fromkeys(REJECTED, plain) | dict.fromkeys(WRONG_CASE, capitals)
    assert found == expected | {"BD-150": legacy, "Y-1200": lone_y}


def test_ancestors_are_found_at_every_distance_and_nowhere_else():
    """Double indexing skews every search and statistic; a false alarm would remove a needed term."""
    parts = full_parts()
    parts.drop_owned("taxonomy_link", "service")
    for code in ("N", "ND-3500", "ND-3500.3500-340", "ND-3600", "YB", "YB-8000", "BD-1800.2000-340-L", "BD-1800"):
        parts.link(code)
    findings = parts.validate().findings.filter(pl.col("rule_id") == "TAX-005")
    assert findings.select("field", "value").rows() == [
        ("taxonomy_link.BD-1800", "BD-1800 beside BD-1800.2000-340-L"),
        ("taxonomy_link.N", "N beside ND-3500"),
        ("taxonomy_link.ND-3500", "ND-3500 beside ND-3500.3500-340"),
    ]


def test_all_codes_of_a_joined_link_are_read():
    """A fault behind the asterisk is as wrong as one before it."""
    parts = full_parts()
    parts.drop_owned("taxonomy_link", "service")
    parts.link("BD-1800", target_code="YB-80000", joined_codes=["nd-3500"])
    findings = parts.validate().findings
    assert sorted(findings.select("rule_id", "value").rows()) == [("TAX-002", "YB-80000"), ("TAX-004", "nd-3500")]


def test_many_lone_targets_without_a_single_join_are_the_form_of_the_export():
    """HSDS lists targets beside service terms and cannot join them: thousands of warnings would say nothing."""
    parts = full_parts()
    for number in range(20):
        parts.link(f"YB-{8000 + number}")
    validation = parts.validate()
    assert "TAX-007" not in validation.findings.get_column("rule_id")
    assert validation.not_applicable.get_column("rule_id").to_list() == ["TAX-007"]


def test_a_service_of_target_terms_alone_is_one_finding():
    """Two targets and no service term are one gap: one service term fills it."""
    parts = full_parts()
    parts.drop_owned("taxonomy_link", "service")
    parts.link("YB-8000")
    parts.link("YB-9000")
    findings = parts.validate().findings
    assert findings.select("rule_id", "severity", "value").rows() == [("TAX-008", "error", "YB-8000")]
    parts.parameters = make_parameters(override={"TAX-008": RuleOverride(enabled=False)})
    assert parts.validate().findings.get_column("rule_id").to_list() == ["TAX-001"]


def test_a_service_whose_only_target_is_malformed_still_lacks_a_service_term():
    """The malformed code is one fault, the missing service term another; neither may hide the other."""
    parts = full_parts()
    parts.drop_owned("taxonomy_link", "service")
    parts.link("YB-80000")
    assert sorted(parts.validate().findings.get_column("rule_id")) == ["TAX-001", "TAX-002"]
