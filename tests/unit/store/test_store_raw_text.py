"""An older working file keeps its delivered rows when they become texts."""

from __future__ import annotations

import csv
import hashlib

import duckdb

from pipeline.store.migrate import migrations


def test_cells_of_an_older_file_become_the_text_of_the_row():
    """The delivered rows of the last night would be gone after an update, or say something else."""
    cells = ["7", 'The "Ark", Inc.', "", "two\r\nlines", " blank "]
    connection = duckdb.connect()
    steps = {number: sql for number, _, sql in migrations()}
    connection.execute("CREATE SCHEMA control; CREATE SCHEMA raw")
    connection.execute(
        "CREATE TABLE raw.row (center_id VARCHAR NOT NULL, source_file VARCHAR NOT NULL, source_line BIGINT NOT NULL, "
        "row_hash VARCHAR NOT NULL, cells VARCHAR[] NOT NULL)"
    )
    connection.execute("INSERT INTO raw.row VALUES ('c', 'export.csv', 2, 'old', ?)", [cells])
    connection.execute("BEGIN")
    connection.execute(steps[6])
    connection.execute("COMMIT")
    ((line, row_hash, text),) = connection.execute("SELECT source_line, row_hash, text FROM raw.row").fetchall()
    assert next(csv.reader(text.splitlines(keepends=True))) == cells
    assert (line, row_hash) == (2, hashlib.sha256(text.encode()).hexdigest()[:32])
