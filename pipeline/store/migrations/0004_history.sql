-- What earlier nights showed: changes, records under new numbers, verification dates.

CREATE TABLE history.field_change (
    center_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    name VARCHAR,
    curator VARCHAR,
    change VARCHAR NOT NULL,
    field VARCHAR,
    before VARCHAR,
    now VARCHAR,
    rekeyed_by VARCHAR,
    run_id VARCHAR NOT NULL,
    as_of DATE NOT NULL
);

CREATE TABLE history.rekeyed (
    center_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    old_kind VARCHAR NOT NULL,
    new_record_uid VARCHAR NOT NULL,
    old_record_uid VARCHAR NOT NULL,
    new_native_id VARCHAR,
    old_native_id VARCHAR,
    new_prior_id VARCHAR,
    rekeyed_by VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    as_of DATE NOT NULL
);

CREATE TABLE history.verification (
    center_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    verified_on DATE NOT NULL,
    content_key VARCHAR NOT NULL,
    first_seen_on DATE NOT NULL
);

CREATE TABLE history.signal (
    center_id VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    kind VARCHAR,
    record_uid VARCHAR,
    native_id VARCHAR,
    name VARCHAR,
    curator VARCHAR,
    "on" DATE,
    since DATE,
    record_count BIGINT NOT NULL,
    share DOUBLE,
    message VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    as_of DATE NOT NULL
);
