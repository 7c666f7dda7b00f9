"""The root of an AIRS file: who sends it, of which day, and the tag that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version as version_of
from typing import Any

import polars as pl

from pipeline.publish.airs_words import NAMESPACES
from pipeline.publish.airs_xml import attribute_text
from pipeline.publish.manifest import PRODUCER
from schemas.airs_parameters import AirsParameters

#: Files of the package.
FILE, KEYS = "airs.xml", "airs_keys.csv"
#: What the file ends with.
END = b"</Source>\n"


def airs_header(
    *,
    as_of: date,
    center_ids: Sequence[str],
    owners: Iterable[str],
    parameters: AirsParameters,
    center_names: Mapping[str, str],
    software_version: str | None = None,
) -> dict[str, str]:
    """Return the attributes of `Source`, in order.

    Args:
        as_of: Day the data speaks of.
        center_ids: Centers in the file, sorted.
        owners: Codes of the record owners of the agencies in the file, in any order and however often.
        parameters: Version and header.
        center_names: Center id -> its name for people; the id is used where there is none.
        software_version: Version of this program; that of the installed package when not given.
    """
    names = ", ".join(center_names.get(center, "").strip() or center for center in center_ids)
    of_agencies = sorted(set(owners))
    entity = names + (f" ({', '.join(of_agencies)})" if of_agencies else "")
    source_id = {"SourceID": parameters.source_id.strip() or " ".join(center_ids)}
    return {
        "SourceEntity": parameters.source_entity.strip() or entity,
        **(source_id if parameters.version != "3.0" else {}),
        # The day of the data, not of the writing: the same data gives the same bytes.
        "OriginTimestamp": f"{as_of.isoformat()}T00:00:00Z",
        "SoftwareVendor": PRODUCER,
        "SoftwareVersion": software_version or version_of(PRODUCER),
        "TaxonomyVersion": parameters.taxonomy_version,
        "SchemaVersion": parameters.version,
    }


def airs_notes(header: Mapping[str, str], *, keys_made: int) -> dict[str, Any]:
    """Return what the manifest tells of a file besides its records.

    Args:
        header: Attributes of `Source`.
        keys_made: Rows of the list of keys.
    """
    return {"source": dict(header), "keys_made": keys_made, "keys_listed_in": KEYS}


def start_of(header: Mapping[str, str], *, version: str) -> bytes:
    """Return what the file begins with: two lines, for in an attribute a line end is written as a blank.

    Args:
        header: Attributes of `Source`, in order.
        version: Version of the format.
    """
    namespace = NAMESPACES[version]
    attributes = {**({} if namespace is None else {"xmlns": namespace}), **header}
    values = pl.DataFrame({"value": list(attributes.values())}, schema={"value": pl.String}).select(
        attribute_text("value").fill_null("")
    )
    told = "".join(f' {name}="{value}"' for name, value in zip(attributes, values.to_series(), strict=True))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Source{told}>\n'.encode()
