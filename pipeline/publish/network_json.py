"""The network as one JSON document. Scripts rely on its keys; they are promised in docs/network.md."""

from __future__ import annotations

from typing import Any

from schemas.network import (
    Certified,
    Coverage,
    CrossDuplicates,
    NetworkCenter,
    NetworkFacts,
    NetworkTotal,
    Part,
    PublishedTotal,
)
from schemas.network_parameters import PublishedCenter
from schemas.network_summary import SEVERITIES, CenterSummary, Reading

_READINGS = ("complete_agency_update", "verified_record", "edited_record")


def network_json(facts: NetworkFacts) -> dict[str, Any]:
    """Return the network as JSON values: days as YYYY-MM-DD, shares as 0-1, null for what is not known or not published."""
    main = facts.coverage or facts.published_coverage
    return {
        "as_of": facts.as_of.isoformat(),
        "name": facts.name,
        "program_version": facts.program_version,
        "definition": facts.rule_words,
        "centers": [_center(one) for one in facts.centers],
        "total": None if facts.total is None else _total(facts.total),
        "coverage": None if main is None else _coverage(main),
        "published_coverage": None if facts.published_coverage is None else _coverage(facts.published_coverage),
        "cross_center_duplicates": None if facts.cross is None else _cross(facts.cross),
        "published": [_published(one) for one in facts.published],
        "published_total": None if facts.published_total is None else _published_total(facts.published_total),
        "notes": list(facts.notes),
    }


def per_hundred(findings: int, records: int) -> float | None:
    """Return findings per 100 counted records; None without records.

    >>> per_hundred(5, 200), per_hundred(0, 0)
    (2.5, None)
    """
    return findings / records * 100 if records else None


def _center(one: NetworkCenter) -> dict[str, Any]:
    summary = one.summary
    records, fte = summary.counted.total, summary.staffing.curator_fte
    return {
        "center_id": summary.center_id,
        "name": summary.center_name,
        "as_of": summary.as_of.isoformat(),
        "age_days": one.age_days,
        "is_stale": one.is_stale,
        "source": "summary" if one.is_included else "workspace",
        "program_version": summary.program_version,
        "counted": {**summary.counted.model_dump(), "total": records},
        "shares": {name: _reading(getattr(summary.shares, name)) for name in _READINGS},
        "cutoff_on": summary.cutoff_on.isoformat(),
        "definition": summary.definition.model_dump(),
        "findings": summary.findings.model_dump(),
        "findings_per_100": {name: per_hundred(getattr(summary.findings, name), records) for name in SEVERITIES},
        "curator_fte": fte,
        "estimated_fte": summary.staffing.estimated_fte.model_dump(),
        "update_minutes": summary.staffing.update_minutes.model_dump(),
        "agencies_per_fte": None if fte is None else summary.counted.agency / fte,
        "records_per_fte": None if fte is None else records / fte,
        "certified_share": summary.staffing.certified_share,
        "counties": None if summary.counties is None else list(summary.counties),
        "county_count": one.county_count,
        "counties_from": summary.counties_from,
        "duplicates": summary.duplicates.model_dump(),
    }


def _reading(one: Reading) -> dict[str, Any]:
    return {**one.model_dump(), "share": one.share}


def _total(total: NetworkTotal) -> dict[str, Any]:
    return {
        "centers": total.centers,
        "counted": {**total.counted, "total": total.records},
        "shares": {
            name: {
                "numerator": one.numerator,
                "denominator": one.denominator,
                "unknown": one.unknown,
                "share": one.share,
                "of_centers": one.known,
                "left_out": dict(sorted(one.left_out.items())),
            }
            for name, one in total.shares.items()
        },
        "findings": dict(total.findings),
        "findings_per_100": {name: per_hundred(count, total.records) for name, count in total.findings.items()},
        "curator_fte": _part(total.curator_fte),
        "estimated_fte": dict(zip(("low", "central", "high"), total.estimated_fte, strict=True)),
        "update_minutes": dict(zip(("low", "central", "high"), total.update_minutes, strict=True)),
        "agencies_per_fte": total.agencies_per_fte,
        "records_per_fte": total.records_per_fte,
        "certified": _certified(total.certified),
        "duplicates": dict(total.duplicates),
    }


def _part(part: Part) -> dict[str, Any]:
    return {"value": part.value, "of_centers": part.known}


def _certified(one: Certified) -> dict[str, Any]:
    return {
        "share": one.share,
        "certified_fte": one.certified_fte,
        "fte": one.fte,
        "of_centers": one.known,
        "is_approximate": True,
    }


def _coverage(one: Coverage) -> dict[str, Any]:
    return {
        "basis": one.basis,
        "state": one.state.name,
        "counties": len(one.counties),
        "covered": [
            {"fips": each.county.fips, "county": each.county.name, "centers": list(each.center_ids)}
            for each in one.covered()
        ],
        "uncovered": [{"fips": each.county.fips, "county": each.county.name} for each in one.uncovered()],
        "several": [
            {"fips": each.county.fips, "county": each.county.name, "centers": list(each.center_ids)}
            for each in one.several()
        ],
        "by_center": {center: None if codes is None else list(codes) for center, codes in one.by_center.items()},
        "remarks": [
            {"center_id": remark.center_id, "written": remark.written, "read_as": remark.read_as}
            for remark in one.remarks
        ],
    }


def _cross(one: CrossDuplicates) -> dict[str, Any]:
    return {
        "pair_count": one.pair_count,
        "by_centers": [
            {
                "centers": [each.center_a, each.center_b],
                **each.sorts,
                "counted_twice": each.counted_twice,
                "different": each.different,
                "owners": dict(each.owners),
            }
            for each in one.by_centers
        ],
        "pairs": [
            {
                "sort": pair.sort,
                "score": pair.score,
                "owner": pair.owner,
                "a": {"center_id": pair.center_a, "name": pair.name_a, "native_id": pair.native_id_a},
                "b": {"center_id": pair.center_b, "name": pair.name_b, "native_id": pair.native_id_b},
                "owners": list(pair.owners),
            }
            for pair in one.pairs
        ],
        "owner_conflicts": one.owner_conflicts,
        "centers_without_owners": list(one.without_owners),
    }


def _published(one: PublishedCenter) -> dict[str, Any]:
    return one.model_dump(mode="json")


def _published_total(one: PublishedTotal) -> dict[str, Any]:
    return {"curator_fte": _part(one.curator_fte), "certified": _certified(one.certified)}


def summary_words(summary: CenterSummary) -> str:
    """Return a summary in one line: center, day and counted records."""
    return f"{summary.center_name} ({summary.center_id}), {summary.as_of}, {summary.counted.total:,} counted records"
