"""Tables of the schema `control`: runs, what they read, and what the exports carry."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Run(Table):
    """One row per run; of a run that a gate stopped nothing else is kept."""

    run_id: pl.String = required("Run, sortable by time.")
    started_at: pl.Datetime = required("Start, UTC.")
    as_of: pl.Date = required("Day the run speaks of.")
    status: pl.String = required("`published` or `gated`.")
    program_version: pl.String = required("Version of resdir.")
    settings: pl.String = required("Resolved settings as JSON: with the inputs they make the run again.")
    night: pl.String = required("The document of `resdir nightly --json`.")


class RunInput(Table):
    """One row per center and run: what was read."""

    run_id: pl.String = required("Run.")
    center_id: pl.String = required("Center.")
    format_name: pl.String = required("Layout that read it.")
    format_version: pl.String = required("Version or dialect; empty when there is none.")
    delivery: pl.String = required("Name of the file or folder delivered.")
    input_sha256: pl.String = required("Hash over the delivery.")
    rows_read: pl.Int64 = required("Record lines read.")
    rows_rejected: pl.Int64 = required("Record lines that could not be read; see `raw.reject`.")
    added: pl.Int64 = required("Records that the night before did not have.")
    changed: pl.Int64 = required("Records of which a field changed.")
    removed: pl.Int64 = required("Records gone since the night before.")
    rekeyed: pl.Int64 = required("Records that came back under another number.")
    header_sha256: pl.String = optional("Hash over the column names of all files; null for runs of the first release.")
    agency_count: pl.Int64 = optional("Delivered agencies; null for runs of the first release.")
    site_count: pl.Int64 = optional("Delivered sites; null likewise.")
    service_count: pl.Int64 = optional("Delivered services; null likewise.")
    service_at_site_count: pl.Int64 = optional("Delivered services at sites; null likewise.")


class InputFileRow(Table):
    """One row per file of a delivery and how it was read."""

    run_id: pl.String = required("Run.")
    center_id: pl.String = required("Center.")
    name: pl.String = required("Name inside the delivery.")
    sha256: pl.String = required("Hash of the bytes.")
    bytes_count: pl.Int64 = required("Size in bytes.")
    encoding: pl.String = required("Encoding that read it.")
    newline: pl.String = required("LF, CRLF, CR or mixed.")
    separator: pl.String = required("Cell separator.")
    rows_read: pl.Int64 = required("Record lines read.")
    rows_rejected: pl.Int64 = required("Record lines rejected.")
    rows_blank: pl.Int64 = required("Blank lines skipped.")


class Carried(Table):
    """One row per field that a center's last export carries at all."""

    center_id: pl.String = required("Center.")
    item: pl.String = required("`kind.field`, such as `agency.verified_on`.")


class LayoutNote(Table):
    """One row per remark on how a center's last export was read: unmapped columns and accepted oddities."""

    center_id: pl.String = required("Center.")
    remark: pl.String = optional("One sentence or column name.")
    remark_kind: pl.String = required("`notice`, `warning` (drift since the last export) or `unmapped_column`.")
