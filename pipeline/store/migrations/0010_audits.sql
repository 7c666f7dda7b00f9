-- Audits in full: strata, what the rules say of drawn records, answers, scores and results.

ALTER TABLE auditing.draw ADD COLUMN recent_size BIGINT DEFAULT 0;
UPDATE auditing.draw SET recent_size = 0;
ALTER TABLE auditing.draw ALTER COLUMN recent_size SET NOT NULL;
ALTER TABLE auditing.draw ALTER COLUMN recent_size DROP DEFAULT;
ALTER TABLE auditing.draw ADD COLUMN covers_recent BOOLEAN DEFAULT true;
UPDATE auditing.draw SET covers_recent = true;
ALTER TABLE auditing.draw ALTER COLUMN covers_recent SET NOT NULL;
ALTER TABLE auditing.draw ALTER COLUMN covers_recent DROP DEFAULT;
ALTER TABLE auditing.draw ADD COLUMN cooldown_months BIGINT DEFAULT 0;
UPDATE auditing.draw SET cooldown_months = 0;
ALTER TABLE auditing.draw ALTER COLUMN cooldown_months SET NOT NULL;
ALTER TABLE auditing.draw ALTER COLUMN cooldown_months DROP DEFAULT;
ALTER TABLE auditing.draw ADD COLUMN allocation VARCHAR;
ALTER TABLE auditing.draw ADD COLUMN extends VARCHAR;
ALTER TABLE auditing.draw ADD COLUMN parameters VARCHAR DEFAULT '{}';
UPDATE auditing.draw SET parameters = '{}';
ALTER TABLE auditing.draw ALTER COLUMN parameters SET NOT NULL;
ALTER TABLE auditing.draw ALTER COLUMN parameters DROP DEFAULT;
ALTER TABLE auditing.draw_item ADD COLUMN curator VARCHAR;
ALTER TABLE auditing.draw_item ADD COLUMN county VARCHAR;
ALTER TABLE auditing.draw_item ADD COLUMN tier VARCHAR;
ALTER TABLE auditing.draw_item ADD COLUMN minutes DOUBLE;
ALTER TABLE auditing.draw_item ADD COLUMN risk DOUBLE;
ALTER TABLE auditing.draw_item ADD COLUMN carried_from VARCHAR;

CREATE TABLE auditing.stratum (
    batch_id VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    frame_size BIGINT NOT NULL,
    size BIGINT NOT NULL,
    drawn_as VARCHAR NOT NULL,
    is_recent BOOLEAN NOT NULL,
    spread DOUBLE
);

CREATE TABLE auditing.automatic_score (
    batch_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    points BIGINT NOT NULL,
    possible BIGINT NOT NULL
);

CREATE TABLE auditing.answer (
    batch_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    auditor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    answer VARCHAR,
    comment VARCHAR,
    source_note VARCHAR,
    shown_sha256 VARCHAR,
    checked_on DATE NOT NULL,
    entry BIGINT NOT NULL,
    is_standing BOOLEAN NOT NULL
);

CREATE TABLE auditing.score (
    batch_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    auditor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    unanswered BIGINT NOT NULL,
    faults BIGINT NOT NULL,
    critical_errors BIGINT NOT NULL,
    accuracy DOUBLE,
    completeness DOUBLE,
    indexing DOUBLE,
    readability DOUBLE,
    grammar DOUBLE,
    score DOUBLE,
    band VARCHAR
);

CREATE TABLE auditing.result (
    batch_id VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    n BIGINT NOT NULL,
    count DOUBLE,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    standard_error DOUBLE,
    method VARCHAR NOT NULL
);
