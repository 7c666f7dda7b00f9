"""The table of what is read of HSDS, out of the layout itself, for docs/mapping.md (`make docs` writes it there)."""

from __future__ import annotations

from pipeline.ingest.load_layout import load_shipped_layout
from schemas.layout import FileLayout

#: Why a table or column has no field of ours.
REASONS: tuple[tuple[str, str], ...] = (
    ("programs", "a program of HSDS groups services; no table of ours has such groups"),
    ("taxonomy, taxonomy_terms, taxonomies", "looked up for codes and names of terms; not kept as records"),
    ("meta_table_descriptions, units", "say something about the tables, not about a service"),
    (
        "program_id, interpretation_services",
        "no field: the one names a group, the other is a sentence about languages, not a list",
    ),
    ("logo, uri, extent, extent_type", "pictures, addresses of data and shapes on a map are not audited"),
    ("phone language, phone_id", "languages are kept for records, not for single phones"),
    ("taxonomy_links of resdir_records", "service and target terms are told apart by their own codes"),
    (
        "dtstart, until, count, interval, byweekno, byyearday, timezone, wkst",
        "one week is kept; a rule beyond it stays as its text",
    ),
    ("metadata without resource_type (1.1)", "nothing says to which table the record belongs"),
)


def render_hsds_reading() -> str:
    """Return the table of files, columns and where they go, and what is kept in raw only, as Markdown."""
    lines = ["| table | columns and where they go | kept in raw only |", "|---|---|---|"]
    for file in load_shipped_layout("hsds").files:
        read = "; ".join(f"{column} → {', '.join(targets)}" for column, targets in _targets(file).items())
        raw = "the whole table" if file.raw_only else ", ".join(file.raw_only_columns)
        lines.append(f"| `{file.names[0]}` | {read or '–'} | {raw or '–'} |")
    lines += ["", "Kept in raw on purpose:", "", *(f"- {what}: {why}." for what, why in REASONS), ""]
    return "\n".join(lines)


def _targets(file: FileLayout) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def add(columns: tuple[str, ...], target: str) -> None:
        for column in columns:
            known = found.setdefault(column, [])
            if target not in known:
                known.append(target)

    for rows in file.records:
        for field, cell in rows.cells.items():
            add(cell.all_columns, f"{rows.kinds[0]}.{field}")
    for name, child in file.children():
        for field, cell in child.cells.items():
            add(cell.all_columns, f"{name}.{field}")
        for owner in child.owners:
            add((owner.column,), "owner")
    for part in file.collected:
        add(part.columns, f"{'contact.' if part.into_contact else ''}{part.into}")
        for owner in part.owners:
            add((owner.column,), "owner")
    return found
