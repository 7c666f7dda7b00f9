"""The 211 profile of HSDS: what 2-1-1 centers ask of a record beyond HSDS, as JSON Merge Patches over the official schemas.

HSDS lets a publisher narrow its schemas by such patches. Ours asks of every service for the date of verification, the organization and at
least one service term, and describes `services` as a member of organizations. It is our own proposal (project choice) and not an official
profile; a record that does not keep it is still valid HSDS, so what is found is a warning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.preflight import Fault

#: Folder of the profile in a package.
PROFILE = "profile"
_README = """\
# 211 profile of HSDS

JSON Merge Patches (RFC 7386) over the official schemas of HSDS {version}: null removes a member, a list replaces the one before.

| patch | over the official | asks for |
|---|---|---|
| `service.json` | `service.json` | `assured_date`, `organization`, at least one attribute with `link_type` `service_term` |
| `organization.json` | `organization.json` | describes `services` as a member |
| `service_in_organization.json` | `service.json` | the same as `service.json`, without `organization`; save the result under this name |

A proposal of the publisher, not an official profile. Records that do not keep it are still valid HSDS.
"""


@dataclass(frozen=True, kw_only=True)
class ProfilePatch:
    """One patch of the profile.

    Args:
        base: File name of the official schema that is patched. The result stands under the name of the patch.
        patch: The merge patch.
    """

    base: str
    patch: Mapping[str, Any]


@cache
def profile_211() -> dict[str, ProfilePatch]:
    """Return the patches of the profile by file name."""
    text = resources.files("pipeline.publish").joinpath("hsds_profile.json").read_text(encoding="utf-8")
    return {name: ProfilePatch(**declared) for name, declared in json.loads(text).items()}


def apply_merge_patch(schema: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value with a merge patch applied (RFC 7386, section 2). Neither argument is changed.

    >>> apply_merge_patch({"a": "b", "c": {"d": "e", "f": "g"}}, {"a": "z", "c": {"f": None}})
    {'a': 'z', 'c': {'d': 'e'}}
    """
    if not isinstance(patch, Mapping):
        return deepcopy(patch)
    patched = dict(schema) if isinstance(schema, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            patched.pop(name, None)
        else:
            patched[name] = apply_merge_patch(patched.get(name), value)
    return patched


def apply_profile(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the official schemas, by file name, with the profile applied; the schemas given are not changed."""
    patched = {name: apply_merge_patch(schemas[patch.base], patch.patch) for name, patch in profile_211().items()}
    return {**schemas, **patched}


def write_profile(folder: Path, *, version: str = "3.1") -> None:
    """Write the patches and a short readme into `profile/` of a package.

    Args:
        folder: Folder of the package.
        version: Version of HSDS, named in the readme.
    """
    target = folder / PROFILE
    target.mkdir()
    for name, patch in profile_211().items():
        text = json.dumps(patch.patch, indent=2, sort_keys=True, ensure_ascii=False)
        (target / name).write_bytes(f"{text}\n".encode())
    (target / "README.md").write_bytes(_README.format(version=version).encode())


def check_profile(tables: Mapping[str, pl.DataFrame]) -> list[Fault]:
    """Return what of the tables of a package does not keep the profile: warnings, never errors.

    Args:
        tables: The finished tables, frames of text by name: `HsdsPackage.tables`.
    """
    services = tables["service"]
    terms = tables["attribute"].filter((pl.col("link_entity") == "service") & (pl.col("link_type") == "service_term"))
    asked = (
        ("assured_date", "A service without the date of its verification.", pl.col("assured_date").is_null()),
        (
            "organization_id",
            "A service without an organization.",
            ~pl.col("organization_id").is_in(tables["organization"]["id"].implode()).fill_null(value=False),
        ),
        ("id", "A service without a service term.", ~pl.col("id").is_in(terms["link_id"].implode())),
    )
    faults = []
    for column, message, is_missing in asked:
        missing = services.filter(is_missing)["id"]
        if len(missing):
            fault = Fault(
                table="service",
                column="attributes" if column == "id" else column,
                check="profile",
                message=message,
                count=len(missing),
                example=missing.sort()[0],
            )
            faults.append(fault)
    return faults
