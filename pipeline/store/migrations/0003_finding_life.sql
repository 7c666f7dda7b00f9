-- The life of findings over the nights: come back, accepted, and what happened when.

ALTER TABLE quality.finding ADD COLUMN times_reappeared BIGINT DEFAULT 0;
UPDATE quality.finding SET times_reappeared = 0;
ALTER TABLE quality.finding ALTER COLUMN times_reappeared SET NOT NULL;
ALTER TABLE quality.finding ALTER COLUMN times_reappeared DROP DEFAULT;
ALTER TABLE quality.finding ADD COLUMN accepted_until DATE;
ALTER TABLE quality.finding ADD COLUMN accepted_by VARCHAR;
ALTER TABLE quality.finding ADD COLUMN accepted_reason VARCHAR;

CREATE TABLE quality.finding_event (
    run_id VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    finding_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    rule_id VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    curator VARCHAR,
    event VARCHAR NOT NULL,
    days_open BIGINT NOT NULL
);
