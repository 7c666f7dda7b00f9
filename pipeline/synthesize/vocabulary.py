"""The words and kinds of agencies that invented directories draw from, read once from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A real place: city, county, ZIP, rough coordinates in decimal degrees, area code."""

    city: str
    county: str
    postal_code: str
    latitude: float
    longitude: float
    area_code: str


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """What a kind of agency offers, with the choices of wording for one service."""

    name: str
    code: str
    term: str
    does: tuple[str, ...]
    who: tuple[str, ...]
    fees: str
    documents: str
    intake: str
    hours: str
    target: str


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """A kind of agency: name patterns, first sentences, services and the peculiarities of the kind."""

    key: str
    legal: str
    names: tuple[str, ...]
    opens: tuple[str, ...]
    services: tuple[ServiceKind, ...]
    is_confidential: bool
    is_statewide: bool
    federation: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All word lists, and the names of all taxonomy codes that are used."""

    words: dict[str, tuple[str, ...]]
    choices: dict[str, dict[str, tuple[str, ...]]]
    hours: dict[str, tuple[tuple[str, str], ...]]
    regions: dict[str, tuple[Place, ...]]
    kinds: tuple[AgencyKind, ...]
    terms: dict[str, str]


@cache
def read_vocabulary() -> Vocabulary:
    """Return the vocabulary; read once."""
    words, places, kinds = (_read(name) for name in ("vocabulary.toml", "places.toml", "kinds.toml"))
    terms: dict[str, str] = dict(words["targets"])
    for kind in kinds["kind"]:
        branch, branch_name = kind["branch"]
        terms[branch] = branch_name
        for service in kind["service"]:
            terms[service["code"]] = service["term"]
            terms.setdefault(service["code"].split(".")[0], f"{service['term']}, all forms")
    return Vocabulary(
        words={name: tuple(value) for name, value in words.items() if isinstance(value, list)},
        choices={
            name: {key: tuple(value) for key, value in words[name].items()} for name in ("fees", "documents", "intake")
        },
        hours={key: tuple((text, spans) for text, spans in value) for key, value in words["hours"].items()},
        regions={name: tuple(Place(*row) for row in rows) for name, rows in places["regions"].items()},
        kinds=tuple(_agency_kind(kind) for kind in kinds["kind"]),
        terms=dict(sorted(terms.items())),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("pipeline.synthesize").joinpath(name).read_text(encoding="utf-8"))


def _agency_kind(kind: dict[str, Any]) -> AgencyKind:
    return AgencyKind(
        key=kind["key"],
        legal=kind["legal"],
        names=tuple(kind["names"]),
        opens=tuple(kind["opens"]),
        services=tuple(
            ServiceKind(
                name=service["name"],
                code=service["code"],
                term=service["term"],
                does=tuple(service["does"]),
                who=tuple(service["who"]),
                fees=service["fees"],
                documents=service["documents"],
                intake=service["intake"],
                hours=service["hours"],
                target=service.get("target", ""),
            )
            for service in kind["service"]
        ),
        is_confidential=kind.get("confidential", False),
        is_statewide=kind.get("statewide", False),
        federation=kind.get("federation", ""),
    )
