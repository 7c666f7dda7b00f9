-- Merge plans of the groups that people confirmed: members, values with their source, and the work list.

CREATE TABLE matching.merge_member (
    plan_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    name VARCHAR,
    is_survivor BOOLEAN NOT NULL,
    rule VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    told VARCHAR
);

CREATE TABLE matching.merged_value (
    plan_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    value VARCHAR,
    from_center_id VARCHAR NOT NULL,
    from_record_uid VARCHAR NOT NULL,
    from_native_id VARCHAR,
    rule VARCHAR NOT NULL,
    alternatives VARCHAR,
    needs_choice BOOLEAN NOT NULL
);

CREATE TABLE matching.merge_step (
    plan_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    center_id VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    field VARCHAR,
    value_from VARCHAR,
    value_to VARCHAR,
    text VARCHAR NOT NULL
);
