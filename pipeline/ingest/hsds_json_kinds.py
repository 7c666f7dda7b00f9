"""Of which kind the records of a JSON file are: by the name of the file, else by the members of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from pipeline.ingest.hsds_json_shape import KINDS, Kind, declared, kind_of_table
from schemas.hsds_tables import hsds_tables
from schemas.layout import Layout

#: Ends of names of files that hold JSON.
JSON_ENDS = (".json", ".jsonl", ".ndjson")
#: What stands behind the kind in names of files, such as `service_list_data` and `organizations-2026-11-20`.
_BEHIND = re.compile(r"[-_. ]+(?:full|list|page|data|all|part|[0-9]+)$")
#: Table of the vocabularies.
_VOCABULARY = "taxonomy"
#: A record is of a kind when this share of its members, or more, belongs to the kind (project choice): other systems have records
#: with `id`, `name` and `status` as well.
_LEAST_KNOWN_SHARE = 0.5


def kind_of_file(file: str, layout: Layout) -> Kind | None:
    """Return the kind that the name of a file tells; None when it tells none.

    `services.jsonl`, `service_full.json` and `Services-2026-11-20.json` hold services.
    """
    path = PurePosixPath(file)
    if path.suffix.lower() not in JSON_ENDS:
        return None
    stem, plurals = path.stem.casefold(), declared()["plurals"]
    while True:
        known = f"{plurals.get(stem, stem)}.csv"
        for part in layout.files:
            if known in (name.casefold() for name in part.names):
                return kind_of_table(part)
        shorter = _BEHIND.sub("", stem)
        if shorter == stem:
            return None
        stem = shorter


def kind_of_record(members: Mapping[str, Any], told: Kind | None) -> Kind | None:
    """Return the kind of a record; None when it cannot be told.

    Args:
        members: Its members.
        told: The kind that the name of its file tells.
    """
    if told is not None:
        terms = declared()["terms_before_3"]
        is_vocabulary = told.file == terms["file"] and members.keys().isdisjoint(terms["members"])
        return KINDS[_VOCABULARY] if is_vocabulary else told
    for sign in declared()["signs"]:
        if any(members.get(member) is not None for member in sign["members"]):
            known = sum(member in _KNOWN[sign["table"]] for member in members)
            return KINDS[sign["table"]] if known >= _LEAST_KNOWN_SHARE * len(members) else None
    return None


#: Members of each kind.
_KNOWN = {kind.name: frozenset((*hsds_tables()[kind.name].column_names(), *kind.members)) for kind in KINDS.values()}
