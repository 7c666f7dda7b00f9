-- A delivered row is kept as its text, not as a list of cells: a large directory has more cells than memory.
-- Rows of an older file are written anew from their cells: joined by commas, quoted where that is needed.

CREATE TABLE raw.row_as_text (
    center_id VARCHAR NOT NULL,
    source_file VARCHAR NOT NULL,
    source_line BIGINT NOT NULL,
    row_hash VARCHAR NOT NULL,
    text VARCHAR NOT NULL
);

INSERT INTO raw.row_as_text
WITH written AS (
    SELECT
        center_id,
        source_file,
        source_line,
        array_to_string(
            list_transform(
                cells,
                lambda cell: CASE
                    WHEN regexp_matches(cell, '[",\r\n]') THEN '"' || replace(cell, '"', '""') || '"'
                    ELSE cell
                END
            ),
            ','
        ) AS text
    FROM raw.row
)
SELECT center_id, source_file, source_line, substr(sha256(text), 1, 32), text
FROM written;

DROP TABLE raw.row;
ALTER TABLE raw.row_as_text RENAME TO row;
